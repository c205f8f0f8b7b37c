package gradus.nn.compile;

import static gradus.nn.Nn.adam;
import static gradus.nn.Nn.bceWithLogits;
import static gradus.nn.Nn.compile;
import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.mse;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.sgd;
import static gradus.nn.Nn.tanh;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.grad.Gradients;
import gradus.nn.loss.Loss;
import gradus.nn.optim.Optimizer;
import gradus.nn.optim.Stepper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A compiled step is the step itself, to the bit, whatever it does. */
class CompiledTest {

    private static Layer net() {
        return sequential(linear(5, 8, seed(1)), tanh(), linear(8, 8, seed(2)), relu(), linear(8, 3, seed(3)));
    }

    private static Tensor features(int number, int rows) {
        return Tensor.normal(seed(number).stream("x"), 0, 1, rows, 5);
    }

    private static Tensor labels(int number, int rows) {
        var labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            labels[i] = (i + number) % 3;
        }
        return Tensor.indices(new Shape(rows), labels);
    }

    /** The losses and final parameters of some steps on batches of several sizes. */
    private static List<float[]> train(Function<Layer, Stepper> optimizer, boolean compiled,
                                       Function<Layer, Function<Stepper, BinaryOperator<Tensor>>> step) {
        var net = net();
        var once = step.apply(net).apply(optimizer.apply(net));
        var again = compile(once);
        var seen = new ArrayList<float[]>();
        for (int i = 0; i < 12; i++) {
            int rows = i % 4 == 3 ? 7 : 16;
            var loss = compiled ? again.apply(features(i, rows), labels(i, rows)) : once.apply(features(i, rows), labels(i, rows));
            seen.add(loss.toFloatArray());
        }
        net.parameters().forEach(parameter -> seen.add(parameter.toFloatArray()));
        return seen;
    }

    private static void same(Function<Layer, Stepper> optimizer, Function<Layer, Function<Stepper, BinaryOperator<Tensor>>> step) {
        var expected = train(optimizer, false, step);
        var actual = train(optimizer, true, step);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "number " + i);
        }
    }

    static Stream<Optimizer> optimizers() {
        return Stream.of(sgd(0.1), sgd(0.1).momentum(0.9), sgd(0.1).nesterov(0.9), adam(0.01));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void trainingIsTheSameToTheBit(Optimizer optimizer) {
        same(optimizer::over, net -> stepper -> (x, y) -> stepper.step(crossEntropy().of(net.apply(x), y)));
    }

    @Test
    void gradientsInsideTheLossAreDifferentiatedAgain() {
        same(adam(0.01)::over, net -> stepper -> (x, y) -> {
            var input = Tensor.parameter(x);
            var loss = crossEntropy().of(net.apply(input), y);
            var slope = Gradients.withGraph(loss, input)[0];
            return stepper.step(loss.plus(slope.square().sum().times(0.1)));
        });
    }

    @Test
    void gradientsMayBeChangedBeforeTheStep() {
        same(sgd(0.1)::over, net -> stepper -> (x, y) -> {
            var loss = crossEntropy().of(net.apply(x), y);
            loss.backward();
            net.parameters().forEach(p -> p.setGrad(Gradients.noGrad(() -> p.grad().times(0.5))));
            stepper.step();
            return loss;
        });
    }

    @Test
    void gradientsMayBeGatheredAndLeftBehind() {
        same(sgd(0.1)::over, net -> {
            var outer = new int[1];
            return stepper -> (x, y) -> {
                crossEntropy().of(net.apply(x), y).backward();
                if (++outer[0] % 3 == 0) {   // another way every third time
                    stepper.step();
                }
                return net.parameters().getFirst();
            };
        });
    }

    @Test
    void aLearningRateMayChangeBetweenSteps() {
        same(adam(0.01)::over, net -> {
            var made = new int[1];
            return stepper -> (x, y) -> {
                stepper.lr(0.01 / ++made[0]);
                return stepper.step(crossEntropy().of(net.apply(x), y));
            };
        });
    }

    @Test
    void anotherWayThroughTheCodeIsNoticed() {
        same(adam(0.01)::over, net -> {
            var made = new int[1];
            return stepper -> (x, y) -> {
                var z = net.apply(x);
                for (int i = 0; i < made[0] % 3; i++) {
                    z = z.tanh();
                }
                made[0]++;
                return stepper.step(crossEntropy().of(z, y));
            };
        });
    }

    @Test
    void aStepThatLooksAtNumbersIsRunAsItIs() {
        same(adam(0.01)::over, net -> stepper -> (x, y) -> {
            var loss = crossEntropy().of(net.apply(x), y);
            return loss.item() > 1 ? stepper.step(loss) : stepper.step(loss.times(2));
        });
    }

    @Test
    void stateIsAssignedAndConstantsAreMadeInside() {
        same(adam(0.01)::over, net -> {
            var mean = Tensor.zeros(5);
            return stepper -> (x, y) -> {
                mean.assign(mean.times(0.9).plus(x.mean(0).times(0.1)));
                return stepper.step(crossEntropy().of(net.apply(x.minus(mean).plus(Tensor.of(1, 2, 3, 4, 5))), y));
            };
        });
    }

    @Test
    void partsOfTensorsArePastedAndCut() {
        same(adam(0.01)::over, net -> stepper -> (x, y) -> {
            var wide = Tensor.concat(1, x.slice(1, 0, 2), x.slice(1, 2, 5)).times(2);
            return stepper.step(crossEntropy().of(net.apply(wide.detach()), y));
        });
    }

    @Test
    void itIsReplayedAndSaysSo() {
        var net = net();
        var stepper = adam(0.01).over(net);
        var step = compile((x, y) -> stepper.step(crossEntropy().of(net.apply(x), y)));
        for (int i = 0; i < 5; i++) {
            step.apply(features(i, 16), labels(i, 16));
        }
        assertTrue(step.toString().startsWith("compiled step, 4 replays\nway 1: "), step.toString());
    }

    @Test
    void whatIsNotReturnedHasNoNumbersAndSaysSo() {
        var kept = new Tensor[1];
        var step = compile(x -> {
            kept[0] = x.tanh();
            return kept[0].sum();
        });
        step.apply(Tensor.ones(3));
        step.apply(Tensor.ones(3));
        assertTrue(assertThrows(IllegalStateException.class, () -> kept[0].at(0)).getMessage().contains("return it"));
    }

    @Test
    void aFaultInTheStepsCodeLeavesWhatWasDoneBefore() {
        var w = Tensor.parameter(Tensor.ones(3));
        var stepper = sgd(0.5).over(List.of(w));
        var made = new int[1];
        var step = compile(x -> {
            var loss = stepper.step(w.times(x).sum());
            if (++made[0] == 3) {
                throw new IllegalStateException("in the middle");
            }
            return loss;
        });
        step.apply(Tensor.ones(3));
        step.apply(Tensor.ones(3));
        assertThrows(IllegalStateException.class, () -> step.apply(Tensor.ones(3)));
        assertEquals(-0.5, w.at(0));
        step.apply(Tensor.ones(3));
        assertEquals(-1.0, w.at(0));
    }

    @Test
    void anErrorWhileReplayingIsTheErrorOfTheOperation() {
        var net = net();
        var stepper = adam(0.01).over(net);
        var step = compile((x, y) -> stepper.step(crossEntropy().of(net.apply(x), y)));
        step.apply(features(0, 4), labels(0, 4));
        var message = assertThrows(ShapeException.class, () -> step.apply(features(1, 4), Tensor.indices(new Shape(4), 0, 1, 7, 2)))
                .getMessage();
        assertTrue(message.contains("7"), message);
        assertEquals(null, net.parameters().getFirst().grad());
        assertTrue(Double.isFinite(step.apply(features(2, 4), labels(2, 4)).item()));
    }

    @Test
    void resultsOfEarlierStepsStayWhatTheyWere() {
        var step = compile(x -> x.times(2).reshape(-1));
        var first = step.apply(Tensor.full(1, 2, 2));
        var second = step.apply(Tensor.full(2, 2, 2));
        var third = step.apply(Tensor.full(3, 2, 2));
        assertEquals(List.of(2.0, 4.0, 6.0), List.of(first.at(0), second.at(0), third.at(0)));
    }

    @Test
    void binaryClassificationAndRegression() {
        for (Loss loss : List.of(bceWithLogits(), mse())) {
            same(sgd(0.05)::over, net -> stepper -> (x, y) ->
                    stepper.step(loss.of(net.apply(x).sum(1), x.sum(1).sigmoid())));
        }
    }
}
