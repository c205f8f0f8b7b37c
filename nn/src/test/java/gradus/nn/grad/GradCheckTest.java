package gradus.nn.grad;

import static gradus.nn.Nn.batchNorm;
import static gradus.nn.Nn.conv2d;
import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.dropout;
import static gradus.nn.Nn.flatten;
import static gradus.nn.Nn.gradcheck;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.lstm;
import static gradus.nn.Nn.lastStep;
import static gradus.nn.Nn.maxPool2d;
import static gradus.nn.Nn.mse;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tanh;
import static gradus.nn.Nn.training;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.layer.Linear;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GradCheckTest {

    private static final Tensor X = randn(seed(1), 8, 5);
    private static final Tensor CLASSES = Tensor.indices(new Shape(8), 0, 1, 2, 0, 1, 2, 0, 1);

    @Test
    void aNetOfFloat32IsCheckedInFloat64AndKeepsItsNumbers() {
        var net = sequential(linear(5, 7), tanh(), linear(7, 3));
        net.reset(seed(3));
        var before = net.parameters().getFirst().toFloatArray();
        var report = gradcheck(() -> crossEntropy().of(net.apply(X), CLASSES), net);
        assertTrue(report.passed() && report.worst() < 1e-7, report.toString());
        assertEquals("[0.weight, 0.bias, 2.weight, 2.bias]", report.parts().stream().map(GradCheck.Part::name).toList()
                .toString());
        assertEquals(35 + 7 + 21 + 3, report.elements().size());
        assertArrayEquals(before, net.parameters().getFirst().toFloatArray());
        assertEquals(DType.FLOAT32, net.parameters().getFirst().dtype());
    }

    @Test
    void theErrorOverTheStepHasAValleyWhereTruncationAndRoundingMeet() {
        var net = sequential(linear(5, 7), tanh(), linear(7, 3));
        net.reset(seed(3));
        var valleys = gradcheck(() -> mse().of(net.apply(X), randn(seed(2), 8, 3)), net).valleys();
        var wide = valleys.getFirst();
        var narrow = valleys.getLast();
        assertEquals("float64 float32", wide.dtype() + " " + narrow.dtype());
        assertEquals(0.1, wide.h().getFirst(), 1e-15);
        assertEquals(1e-15, wide.h().getLast(), 1e-27);
        assertTrue(wide.best() >= 1e-7 && wide.best() <= 1e-3 && wide.smallest() < 1e-8, wide.toString());
        assertTrue(narrow.best() >= 1e-4 && narrow.smallest() < 1e-2 && narrow.smallest() > 1e-6, narrow.toString());
        assertTrue(wide.errors().getLast() > 1e-3 && wide.errors().getFirst() > 1e-6, wide.toString());
        double slope = Math.log10(wide.errors().get(0) / wide.errors().get(4)) / 2;   // over two decades
        assertEquals(2, slope, 0.1);
    }

    @Test
    void layersThatFoldAndPoolPass() {
        var net = sequential(conv2d(1, 3, 3).padding(1), batchNorm(3), relu(), maxPool2d(2), flatten(), linear(12, 3));
        net.reset(seed(5));
        var images = randn(seed(6), 8, 1, 4, 4);
        var report = gradcheck(() -> training(() -> crossEntropy().of(net.apply(images), CLASSES)), net);
        assertTrue(report.passed(), report.toString());
        var walker = sequential(lstm(5, 4), lastStep(), linear(4, 3));
        var steps = randn(seed(7), 8, 3, 5);
        assertTrue(gradcheck(() -> crossEntropy().of(walker.apply(steps), CLASSES), walker).passed());
    }

    @Test
    void droppedUnitsAreTheSameInEachEvaluationAndTheGeneratorStaysWhereItWas() {
        var net = sequential(linear(5, 20), dropout(0.5), linear(20, 3));
        var state = net.state().get("1.random").toIntArray();
        var report = gradcheck(() -> training(() -> crossEntropy().of(net.apply(X), CLASSES)), net);
        assertTrue(report.passed(), report.toString());
        assertArrayEquals(state, net.state().get("1.random").toIntArray());
    }

    @Test
    void aNetOfZerosHasKinksEverywhereAndTheyAreCounted() {
        var first = new Linear(Tensor.parameter(Tensor.zeros(4, 5)), Tensor.parameter(Tensor.zeros(4)));
        var net = sequential(first, relu(), linear(4, 3));
        var report = gradcheck(() -> crossEntropy().of(net.apply(X), CLASSES), net);
        assertTrue(report.passed(), report.toString());
        assertEquals(24, report.parts().get(0).kinks() + report.parts().get(1).kinks());
        assertTrue(report.toString().contains("24 kinks skipped"), report.toString());
    }

    @Test
    void tiesOfAMaximumAreKinks() {
        var x = Tensor.parameter(Tensor.of(5, 5, 1).named("x"));
        var report = gradcheck(() -> x.max(), x);
        assertEquals(2, report.kinks());
        assertTrue(report.passed());
    }

    @Test
    void oneKinkAmongAThousandSamplesIsFound() {
        var samples = Tensor.linspace(-1, 1, 1001);   // the middle one is 0
        var shift = Tensor.parameter(Tensor.zeros());
        assertEquals(1, gradcheck(() -> samples.plus(shift).relu().mean(), shift).kinks());
    }

    @Test
    void aWrongGradientIsNamedByParameterAndIndex() {
        var w = Tensor.parameter(randn(seed(1), 3, 4).named("W"));
        var b = Tensor.parameter(Tensor.ones(4).named("b"));
        var wrong = new double[12];
        wrong[6] = 1e-3;
        var report = gradcheck(() -> w.square().sum().plus(b.sum()).plus(w.detach().times(Tensor.of(new Shape(3, 4),
                wrong)).sum()), w, b);
        assertFalse(report.passed());
        assertTrue(report.toString()
                .matches("(?s)gradient check FAILED: 16 elements.*W +\\[3, 4\\] +all, worst .* at \\[1, 2\\].*"),
                report.toString());
    }

    @Test
    void ofManyParametersSomeAreDrawn() {
        var net = sequential(linear(300, 300), relu(), linear(300, 40));
        net.reset(seed(4));
        var x = randn(seed(9), 4, 300);
        var report = gradcheck(() -> net.apply(x).square().mean(), net);
        assertTrue(report.passed(), report.toString());
        assertEquals(64, report.parts().getFirst().elements().size() + report.parts().getFirst().kinks());
        assertTrue(report.toString().contains("of 102,340") && report.toString().contains("64 drawn"),
                report.toString());
        var fewer = GradCheck.check(1e-6, 5, false, () -> net.apply(x).square().mean(), net.namedParameters());
        assertTrue(fewer.elements().size() <= 20 && fewer.valleys().isEmpty());
    }

    @Test
    void scalarsEmptyTensorsAndWhatTheLossIgnoresAreFine() {
        var scalar = Tensor.parameter(Tensor.scalar(2).named("s"));
        var empty = Tensor.parameter(Tensor.zeros(0, 3).named("e"));
        var idle = Tensor.parameter(Tensor.ones(2).named("idle"));
        var report = gradcheck(() -> scalar.square().plus(empty.sum()), scalar, empty, idle);
        assertTrue(report.passed(), report.toString());
        assertTrue(report.toString().contains("the loss does not change with it"), report.toString());
        assertEquals(4, report.parts().getFirst().elements().getFirst().numeric(), 1e-6);
        assertEquals("s", gradcheck(() -> scalar.square()).parts().getFirst().name());
    }

    @Test
    void badLossesSayWhatToDo() {
        var x = Tensor.parameter(Tensor.of(1, 2).named("x"));
        assertTrue(assertThrows(ShapeException.class, () -> gradcheck(() -> x.exp(), x)).getMessage()
                .contains("[2] is no loss"));
        var calls = new AtomicInteger();
        assertTrue(assertThrows(IllegalStateException.class,
                () -> gradcheck(() -> x.sum().times(calls.incrementAndGet()), x)).getMessage()
                        .contains("computed again"));
        Layer none = relu();
        assertTrue(assertThrows(IllegalArgumentException.class, () -> gradcheck(() -> x.sum(), none)).getMessage()
                .contains("0 parameters"));
        var lost = gradcheck(() -> x.minus(5).log().sum(), x);   // NaN
        assertFalse(lost.passed());
        assertThrows(IllegalStateException.class, () -> gradcheck(() -> {
            x.sum().backward();
            return x.sum();
        }, x));
    }

    @Test
    void aLossWithAGradientInItIsChecked() {
        var w = Tensor.parameter(randn(seed(2), 3));
        var report = gradcheck(() -> Gradients.withGraph(w.pow(3).sum(), w)[0].square().sum(), w);
        assertTrue(report.passed(), report.toString());
        double w0 = w.at(0);
        assertEquals(36 * w0 * w0 * w0, report.elements().getFirst().analytic(), 1e-4 * Math.abs(w0));
    }

    @Test
    void theStepOfAllElementsIsChosenByName() {
        var w = Tensor.parameter(Tensor.of(IntStream.range(0, 100).asDoubleStream().toArray()));
        assertEquals(100, GradCheck.check(1e-6, 1000, false, () -> w.square().mean(), Map.of("w", w)).elements()
                .size());
    }
}
