package gradus.nn.backend.opencl;

import gradus.nn.backend.Kernel.Reduction;
import gradus.nn.backend.Kernel.RowFunction;

/** What a process of its own runs under Oclgrind: {@link KernelsTest}. */
final class WatchedKernels {

    private WatchedKernels() {
    }

    public static void main(String[] arguments) {
        System.out.println(OnDevice.backend().name());
        var tests = new KernelsTest();
        tests.chainsReadNumbersRowsColumnsAndViewsAndWriteSeveralResults();
        tests.aMapMayChangeItsInputsInPlace();
        for (int arity = 1; arity <= 3; arity++) {
            tests.everyFunctionIsWithinItsBound(arity);
        }
        for (var reduction : Reduction.values()) {
            tests.reductionsGoAlongRowsAndColumns(reduction);
        }
        for (var f : RowFunction.values()) {
            tests.softmaxOfRows(f);
        }
        tests.productsOfMatricesOfAnyLayoutAndSize();
        tests.copiesMoveBlocksAndConvertNumbers();
        tests.gatheringAndItsTransposeAgreeToTheBit();
        tests.randomNumbersAreTheSameToTheBit();
        tests.aWrongIndexIsToldWhenTheResultIsRead();
        System.out.println("done");
    }
}
