package gradus.nn.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.grad.GradCheck;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Value;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every operation, on every sample. */
class OpDbTest {

    static Stream<Op> all() {
        return OpDb.all().stream();
    }

    private static Shape[] shapes(Tensor... in) {
        return Arrays.stream(in).map(Tensor::shape).toArray(Shape[]::new);
    }

    /** A difference quotient of an operation: of some of its inputs, the others staying as they are. */
    private record Slope(Function<Tensor[], Tensor> f, Tensor[] in) {

        /**
         * Of the inputs in which the operation has one: not where the result only jumps as the input moves, nor where the
         * operation refuses to be differentiated.
         */
        static Slope of(Op op, Tensor[] in) {
            boolean whole = Tensor.apply(op, in).dtype() == DType.INT32;
            int[] moving = IntStream.range(0, in.length).filter(i -> !whole && !jumps(op, in.length, i)).toArray();
            return new Slope(some -> {
                var all = in.clone();
                for (int k = 0; k < moving.length; k++) {
                    all[moving[k]] = some[k];
                }
                return Tensor.apply(op, all);
            }, Arrays.stream(moving).mapToObj(i -> in[i]).toArray(Tensor[]::new));
        }

        private static boolean jumps(Op op, int inputs, int i) {
            return op instanceof Spectra.EigvalsBack || op instanceof Pointwise elementwise
                    && elementwise.derivatives(Mapped.inputs(inputs), Expr.input(inputs))[i].equals(Expr.ZERO);
        }
    }

    @Test
    void everyOperationOfThePackageIsListed() throws Exception {
        var listed = OpDb.all().stream().map(Object::getClass).collect(Collectors.toSet());
        assertEquals(Set.of(), Stream.of(classesBesides(OpDb.class)).filter(Op.class::isAssignableFrom)
                .filter(c -> !Modifier.isAbstract(c.getModifiers()) && !listed.contains(c)).collect(Collectors.toSet()));
    }

    private static Class<?>[] classesBesides(Class<?> neighbour) throws IOException, ReflectiveOperationException {
        var folder = Path.of(neighbour.getResource(neighbour.getSimpleName() + ".class").getPath()).getParent();
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".class"))
                    .map(name -> neighbour.getPackageName() + "." + name.replace(".class", ""))
                    .map(name -> {
                        try {
                            return Class.forName(name);
                        } catch (ClassNotFoundException e) {
                            throw new IllegalStateException(e);
                        }
                    }).toArray(Class<?>[]::new);
        }
    }

    /** A replayed step recognises its operations by their being equal: a record with an array must say when it is. */
    @ParameterizedTest
    @MethodSource("all")
    void equalParametersMakeEqualOperations(Op op) throws ReflectiveOperationException {
        boolean comparesItself = op.getClass().getDeclaredMethod("equals", Object.class).getDeclaringClass() == op.getClass()
                && java.util.stream.Stream.of(op.getClass().getRecordComponents() == null ? new Object[0]
                : op.getClass().getRecordComponents()).noneMatch(c -> ((java.lang.reflect.RecordComponent) c).getType().isArray());
        assertTrue(comparesItself || op instanceof Movement.Permute && op.equals(new Movement.Permute(1, 0)), op.toString());
    }

    @ParameterizedTest
    @MethodSource("all")
    void theShapeRuleTellsTheResultsShape(Op op) {
        for (var in : op.samples()) {
            assertEquals(op.shape(shapes(in)), Tensor.apply(op, in).shape());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void float32IsFloat64UpToRounding(Op op) {
        for (var in : op.samples()) {
            var exact = Tensor.apply(op, in).toDoubleArray();
            var single = Tensor.apply(op, Arrays.stream(in)
                    .map(x -> x.dtype() == DType.INT32 ? x : x.as(DType.FLOAT32)).toArray(Tensor[]::new));
            // each sample needs at most some ten roundings of numbers below 10 in size: 2⁻²⁴ · 10 · 10
            assertArrayEquals(exact, single.toDoubleArray(), 6e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theVectorJacobianProductIsTheDerivative(Op op) {
        for (var in : op.samples()) {
            var slope = Slope.of(op, in);
            if (slope.in.length > 0) {
                var report = GradCheck.check(slope.f, slope.in);
                assertTrue(report.passed() && report.kinks() == 0, op + ": " + report);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theVectorJacobianProductIsDifferentiable(Op op) {
        for (var in : op.samples()) {
            var slope = Slope.of(op, in);
            if (slope.in.length > 0 && op.twiceDifferentiable()) {
                var report = GradCheck.checkTwice(1e-5, slope.f, slope.in);
                assertTrue(report.passed(), op + ": " + report);
            }
        }
    }

    /** An operation on one sample, or on one matrix of it, in formulas: inputs x_1, x_2 …, result y, its gradient δ. */
    private record Written(Op op, Tensor[] in, Tensor out, Tensor d, Tensor[] gradients) {

        /** All samples, with δ random or 1. */
        static Stream<Written> of(Op op, boolean ones) {
            return op.samples().stream().flatMap(sample -> {
                var in = IntStream.range(0, sample.length).mapToObj(i -> op.takesIndices(i) ? sample[i]
                        : Tensor.parameter(sample[i])).toArray(Tensor[]::new);
                var out = Tensor.apply(op, sample);
                var d = ones ? Tensor.ones(out.shape().dims()).as(DType.FLOAT64) : Samples.normal(out.shape().dims());
                var gradients = op.formulas() == Op.Formulas.NAMES ? new Tensor[0] : op.vjp(in, out, d);
                for (int i = 0; i < gradients.length; i++) {
                    gradients[i] = gradients[i] != null ? gradients[i]
                            : Tensor.zeros(in[i].shape().dims()).as(DType.FLOAT64);
                }
                var all = new Written(op, in, out, d, gradients);
                return op.formulas() == Op.Formulas.OF_EACH_MATRIX ? all.matrices(in[0].rank() - 2) : Stream.of(all);
            });
        }

        private Stream<Written> matrices(int batchAxes) {
            return batchAxes <= 0 ? Stream.of(this) : IntStream.range(0, in[0].shape().dim(0)).boxed()
                    .flatMap(i -> new Written(op, at(i, in), at(i, out)[0], at(i, d)[0], at(i, gradients))
                            .matrices(batchAxes - 1));
        }

        private static Tensor[] at(int index, Tensor... tensors) {
            return Arrays.stream(tensors).map(x -> x.slice(0, index, index + 1).reshape(x.shape().without(0).dims()))
                    .toArray(Tensor[]::new);
        }

        Tex[] names() {
            return IntStream.range(0, in.length).mapToObj(i -> Tex.symbol("x_" + (i + 1), in[i].shape())).toArray(Tex[]::new);
        }

        Tex y() {
            return Tex.symbol("y", out.shape());
        }

        Tex[] back() {
            return op.backTex(names(), y(), Tex.symbol("\\delta", out.shape()));
        }

        /** Whether the gradient of an input is δ times a slope at each element. */
        boolean isElementwise(int i, Written withOnes) {
            return gradients[i].shape().equals(d.shape()) && maxDifference(withOnes.gradients[i].times(d), gradients[i]) < 1e-12;
        }

        /** A formula, read back and evaluated, gives these numbers; axes of size 1 aside, which formulas do not write. */
        void holds(Tex formula, Tensor expected) {
            var names = new HashMap<String, Value>();
            for (int i = 0; i < in.length; i++) {
                names.put("x_" + (i + 1), array(in[i]));
            }
            names.put("y", array(out));
            names.put("\\delta", array(d));
            var found = Evaluator.evaluate(formula.text(), names, expected.shape().dims());
            var numbers = expected.toDoubleArray();
            boolean everywhere = found.data().length == 1;
            if (!everywhere && numbers.length > 0) {
                assertArrayEquals(squeezed(expected.shape().dims()), squeezed(found.shape()), formula.text());
            }
            double scale = Math.max(1, Arrays.stream(numbers).map(Math::abs).max().orElse(0));
            for (int i = 0; i < numbers.length; i++) {
                assertEquals(numbers[i], found.data()[everywhere ? 0 : i], 1e-12 * scale, op + ": " + formula);
            }
        }

        private static NdArray array(Tensor x) {
            return new NdArray(x.shape().dims(), x.toDoubleArray());
        }

        private static int[] squeezed(int... dims) {
            return Arrays.stream(dims).filter(n -> n != 1).toArray();
        }
    }

    static Stream<Op> withFormulas() {
        return all().filter(op -> op.formulas() != Op.Formulas.NAMES);
    }

    @ParameterizedTest
    @MethodSource("withFormulas")
    void theFormulaGivesTheResult(Op op) {
        Written.of(op, false).forEach(sample -> sample.holds(op.tex(sample.names()), sample.out));
    }

    @ParameterizedTest
    @MethodSource("withFormulas")
    void theBackwardFormulaGivesTheVectorJacobianProduct(Op op) {
        Written.of(op, false).forEach(sample -> {
            var formulas = sample.back();
            for (int i = 0; i < formulas.length; i++) {
                sample.holds(formulas[i], sample.gradients[i]);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("withFormulas")
    void theLocalDerivativeIsTheGradientForOnesWhereElementsStayApart(Op op) {
        var samples = Written.of(op, false).toList();
        var ones = Written.of(op, true).toList();
        for (int i = 0; i < op.samples().getFirst().length; i++) {
            int input = i;
            if (IntStream.range(0, samples.size()).allMatch(k -> samples.get(k).isElementwise(input, ones.get(k)))) {
                ones.forEach(sample -> sample.holds(Tex.atom("\\delta")
                        .chain(op.localTex(sample.names(), sample.y())[input]), sample.gradients[input]));
            }
        }
    }

    private static double maxDifference(Tensor a, Tensor b) {
        return Arrays.stream(a.minus(b).toDoubleArray()).map(Math::abs).max().orElse(0);
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyFormulaIsThereAndBalanced(Op op) {
        Written.of(op, false).forEach(sample -> {
            balanced(op.tex(sample.names()));
            assertEquals(sample.in.length, op.localTex(sample.names(), sample.y()).length);
            assertEquals(sample.in.length, sample.back().length);
            Stream.of(op.localTex(sample.names(), sample.y()), sample.back()).flatMap(Stream::of)
                    .forEach(OpDbTest::balanced);
        });
    }

    private static void balanced(Tex formula) {
        var text = formula.text();
        assertFalse(text.isBlank());
        assertEquals(text.chars().filter(c -> c == '{').count(), text.chars().filter(c -> c == '}').count(), text);
        assertEquals(text.split("\\\\left", -1).length, text.split("\\\\right", -1).length, text);
    }

    @ParameterizedTest
    @MethodSource("all")
    void misfitsAreRefusedWithAReason(Op op) {
        for (var shapes : op.misfits()) {
            var refused = assertThrows(ShapeException.class, () -> op.shape(shapes), () -> op + " " + Arrays.toString(shapes));
            assertTrue(refused.getMessage().contains("\nhelp: "), refused.getMessage());
        }
    }

    @Test
    void aMisfitNamesTheOperationAndBothShapes() {
        var refused = assertThrows(ShapeException.class, () -> Tensor.ones(2, 3).matmul(Tensor.ones(2, 4)));
        assertEquals("matmul: [2, 3] and [2, 4] do not fit: 3 columns meet 2 rows\nhelp: a.t().matmul(b) would fit",
                refused.getMessage());
    }
}
