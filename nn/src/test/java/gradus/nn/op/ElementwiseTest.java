package gradus.nn.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.grad.Gradients;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Elementwise operations where difference quotients say nothing: at kinks, at special values, at great magnitudes. */
class ElementwiseTest {

    private static Tensor doubles(double... values) {
        return Tensor.of(new Shape(values.length), values);
    }

    private static void slope(double expected, UnaryOperator<Tensor> f, double at) {
        var x = Tensor.parameter(doubles(at));
        assertEquals(expected, Gradients.of(f.apply(x).sum(), x)[0].sum().item(), 1e-15, "at " + at);
    }

    /** Measured in PyTorch 2.15. */
    @Test
    void derivativesAtKinksAreThoseOfPyTorch() {
        slope(0, Tensor::abs, 0);
        slope(0, Tensor::relu, 0);
        slope(0, Tensor::relu6, 0);
        slope(0, Tensor::relu6, 6);
        slope(0, x -> x.clip(-1, 1), -1);
        slope(1, x -> x.clip(-1, 1), 0.5);
        slope(0, x -> x.clip(-1, 1), 1);
        slope(0, Tensor::hardTanh, -1);
        slope(0.1, x -> x.leakyRelu(0.1), 0);
        slope(0.25, x -> x.prelu(Tensor.scalar(0.25)), 0);
        slope(2, x -> x.elu(2), 0);
        slope(1.7580993408473766, Tensor::selu, 0);
        slope(0, Tensor::hardSigmoid, -3);
        slope(0, Tensor::hardSigmoid, 3);
        slope(0, Tensor::hardSwish, -3);
        slope(1, Tensor::hardSwish, 3);
        slope(1, Tensor::softsign, 0);
        slope(0, x -> x.pow(0.0), 0);
        slope(1, x -> x.pow(1), 0);
        slope(0, x -> x.pow(2), 0);
    }

    @Test
    void aTieSharesTheGradient() {
        var a = Tensor.parameter(doubles(1, 2, 3));
        var b = Tensor.parameter(doubles(1, 3, 2));
        var larger = Gradients.of(a.maximum(b).sum(), a, b);
        assertArrayEquals(new double[] {0.5, 0, 1}, larger[0].toDoubleArray());
        assertArrayEquals(new double[] {0.5, 1, 0}, larger[1].toDoubleArray());
        assertArrayEquals(new double[] {0.5, 1, 0}, Gradients.of(a.minimum(b).sum(), a)[0].toDoubleArray());
    }

    @Test
    void powersOfZeroHaveTheGradientsOfPyTorch() {
        var a = Tensor.parameter(doubles(0, 0, 0));
        var b = Tensor.parameter(doubles(0, 1, 2));
        var gradients = Gradients.of(a.pow(b).sum(), a, b);
        assertArrayEquals(new double[] {0, 1, 0}, gradients[0].toDoubleArray());
        assertArrayEquals(new double[] {0, 0, 0}, gradients[1].toDoubleArray());
    }

    @Test
    void comparisonsAnswerByOnesAndZeros() {
        var a = doubles(1, 2, Double.NaN, Double.POSITIVE_INFINITY);
        var b = doubles(2, 2, Double.NaN, 1);
        assertArrayEquals(new double[] {0, 1, 0, 0}, a.eq(b).toDoubleArray());
        assertArrayEquals(new double[] {1, 0, 1, 1}, a.ne(b).toDoubleArray());
        assertArrayEquals(new double[] {1, 0, 0, 0}, a.lt(b).toDoubleArray());
        assertArrayEquals(new double[] {1, 1, 0, 0}, a.le(b).toDoubleArray());
        assertArrayEquals(new double[] {0, 0, 0, 1}, a.gt(b).toDoubleArray());
        assertArrayEquals(new double[] {0, 1, 0, 1}, a.ge(2).toDoubleArray());
        assertArrayEquals(new double[] {0, 0, 1, 0}, a.isNaN().toDoubleArray());
        assertArrayEquals(new double[] {1, 1, 0, 0}, a.isFinite().toDoubleArray());
        assertArrayEquals(new double[] {0, 0, 0, 1}, a.isInfinite().toDoubleArray());
        assertArrayEquals(new double[] {1, 0, 0, 0}, a.lt(2).and(b.eq(2)).toDoubleArray());
        assertArrayEquals(new double[] {1, 1, 0, 0}, a.lt(2).or(b.eq(2)).toDoubleArray());
        assertArrayEquals(new double[] {0, 0, 1, 0}, a.isNaN().not().not().toDoubleArray());
    }

    @Test
    void labelsCompareWithLabelsAndNumbers() {
        var labels = Tensor.indices(new Shape(3), 2, 0, 1);
        assertArrayEquals(new double[] {0, 0, 1}, labels.eq(1).toDoubleArray());
        assertArrayEquals(new double[] {1, 0, 1}, labels.eq(Tensor.indices(new Shape(3), 2, 1, 1)).toDoubleArray());
        assertEquals(DType.FLOAT32, labels.eq(1).dtype());
    }

    @Test
    void aMaskChoosesAndPassesTheGradientToWhatItChose() {
        var a = Tensor.parameter(doubles(1, 2, 3));
        var b = Tensor.parameter(Tensor.scalar(-1, DType.FLOAT64));
        var chosen = doubles(1, 0, -0.5).where(a, b);
        assertArrayEquals(new double[] {1, -1, 3}, chosen.toDoubleArray());
        var gradients = Gradients.of(chosen.sum(), a, b);
        assertArrayEquals(new double[] {1, 0, 1}, gradients[0].toDoubleArray());
        assertEquals(1, gradients[1].item());
    }

    @Test
    void aMaskHidesNaNFromTheGradient() {
        var x = Tensor.parameter(doubles(-1, 4));
        var y = x.gt(0).where(x.gt(0).where(x, Tensor.scalar(1)).sqrt(), Tensor.scalar(0));
        assertArrayEquals(new double[] {0, 0.25}, Gradients.of(y.sum(), x)[0].toDoubleArray());
    }

    @Test
    void halvesAreRoundedToTheEven() {
        var x = doubles(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.6);
        assertArrayEquals(new double[] {-2, -2, -0.0, 0, 2, 2, 3}, x.round().toDoubleArray());
        assertArrayEquals(new double[] {-3, -2, -1, 0, 1, 2, 2}, x.floor().toDoubleArray());
        assertArrayEquals(new double[] {-2, -1, -0.0, 1, 2, 3, 3}, x.ceil().toDoubleArray());
        assertArrayEquals(new double[] {-2, -1, -0.0, 0, 1, 2, 2}, x.trunc().toDoubleArray());
        assertArrayEquals(x.as(DType.FLOAT32).round().toDoubleArray(), x.round().toDoubleArray());
    }

    @Test
    void remaindersHaveTheDivisorsSign() {
        assertArrayEquals(new double[] {1, 2, 0}, doubles(-5, 5, 6).remainder(3).toDoubleArray());
        assertArrayEquals(new double[] {-2, -1, 0}, doubles(-5, 5, 6).remainder(-3).toDoubleArray());
    }

    @Test
    void logarithmsToTheirBases() {
        assertArrayEquals(new double[] {0, 10, -1074}, doubles(1, 1024, Double.MIN_VALUE).log2().toDoubleArray());
        assertArrayEquals(new double[] {0, 3}, doubles(1, 1000).log10().toDoubleArray());
        assertArrayEquals(new double[] {2, 3}, doubles(9, 27).log(3).toDoubleArray(), 1e-15);
    }

    @Test
    void aSlopePerChannelStandsAlongAxisOne() {
        var x = Tensor.full(-1, 2, 3, 4);
        var y = x.prelu(Tensor.of(1, 2, 3));
        assertArrayEquals(new double[] {-1, -2, -3}, new double[] {y.at(1, 0, 3), y.at(0, 1, 0), y.at(1, 2, 2)});
        assertThrows(ShapeException.class, () -> x.prelu(Tensor.of(1, 2)));
    }

    private record Composed(String name, UnaryOperator<Tensor> f, DoubleUnaryOperator exact, double ulps) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Composed> composed() {
        return List.of(
                new Composed("asinh", Tensor::asinh, x -> Math.copySign(Math.abs(x) > 1e9 ? Math.log(Math.abs(x)) + Math.log(2)
                        : Math.log1p(Math.abs(x) + x * x / (1 + Math.sqrt(x * x + 1))), x), 4),
                new Composed("acosh", Tensor::acosh, x -> x > 1e9 ? Math.log(x) + Math.log(2)
                        : Math.log1p(x - 1 + Math.sqrt((x - 1) * (x + 1))), 4),
                new Composed("atanh", Tensor::atanh, x -> 0.5 * (Math.log1p(x) - Math.log1p(-x)), 4),
                new Composed("silu", Tensor::silu, x -> x / (1 + Math.exp(-x)), 4),
                new Composed("mish", Tensor::mish, x -> x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))), 7),
                new Composed("elu", x -> x.elu(1), x -> x > 0 ? x : Math.expm1(x), 2),
                new Composed("logSigmoid", Tensor::logSigmoid,
                        x -> Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))), 4),
                new Composed("softsign", Tensor::softsign, x -> x / (1 + Math.abs(x)), 2));
    }

    /** Over numbers of all magnitudes; where the result is next to subnormal, so are factors of it. */
    @ParameterizedTest
    @MethodSource("composed")
    void composedFunctionsStayAccurateAtAllMagnitudes(Composed f) {
        var values = new float[1 << 14];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(i << 18 | 0x12345);
        }
        var actual = f.f.apply(Tensor.of(new Shape(values.length), values)).toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            double exact = f.exact.applyAsDouble(values[i]);
            if (Math.abs(exact) >= 1e-35 && Math.abs(exact) <= Float.MAX_VALUE) {
                double ulps = Math.abs(actual[i] - exact) / Math.ulp((float) exact);
                assertTrue(ulps <= f.ulps, f + " " + values[i] + ": " + actual[i] + " is " + ulps + " ulp off " + exact);
            }
        }
    }

    @Test
    void limitsAndBasesThatMeanNothingAreRefused() {
        var x = doubles(1, 2);
        for (Executable senseless : new Executable[] {() -> x.clip(1, -1), () -> x.clip(Double.NaN, 1), () -> x.log(1),
            () -> x.log(-2), () -> x.softplus(0)}) {
            var refused = assertThrows(IllegalArgumentException.class, senseless);
            assertTrue(refused.getMessage().contains("\nhelp: "), refused.getMessage());
        }
        assertArrayEquals(new double[] {1, 2}, x.clip(0, Double.POSITIVE_INFINITY).toDoubleArray());
    }

    @Test
    void nothingIsComputedOfNothing() {
        var nothing = Tensor.zeros(0, 3);
        assertEquals(new Shape(0, 3), nothing.gelu().shape());
        assertEquals(new Shape(0, 3), nothing.where(nothing, Tensor.scalar(1)).shape());
        assertEquals(new Shape(0, 3), nothing.pow(Tensor.of(1, 2, 3)).shape());
    }
}
