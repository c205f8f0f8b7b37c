package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernels.Unary;
import gradus.nn.tex.Tex;
import java.util.List;

/** Operations of one tensor that treat each element by itself. */
public final class Elementwise {

    private Elementwise() {
    }

    /** What they all share: the shape stays, a kernel does the work. */
    private interface Pointwise extends Op {

        Unary kernel();

        default double constant() {
            return 0;
        }

        /** The derivative at each element, as a tensor. */
        Tensor derivative(Tensor x, Tensor y);

        @Override
        default Shape shape(Shape... in) {
            return in[0];
        }

        @Override
        default Tensor forward(Tensor... in) {
            var x = in[0].dense();
            var out = Buffer.allocate(x.dtype(), x.size());
            Backend.current().unary(kernel(), constant(), x.buffer(), out, x.size());
            return Tensor.dense(x.shape(), out);
        }

        @Override
        default Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.times(derivative(in[0], out))};
        }

        @Override
        default List<Tensor[]> samples() {
            return Samples.pointwise();
        }
    }

    /** −x. */
    public record Neg() implements Pointwise {
        @Override
        public String name() {
            return "neg";
        }

        @Override
        public Unary kernel() {
            return Unary.NEG;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return Tensor.scalar(-1, x.dtype());
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].neg();
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(-1)};
        }
    }

    /** x + c. */
    public record AddConstant(double constant) implements Pointwise {
        @Override
        public String name() {
            return "add constant";
        }

        @Override
        public Unary kernel() {
            return Unary.ADD;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return Tensor.scalar(1, x.dtype());
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d};
        }

        @Override
        public Tex tex(Tex... in) {
            return constant < 0 ? in[0].minus(Tex.number(-constant)) : in[0].plus(Tex.number(constant));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1)};
        }
    }

    /** c x. */
    public record Scale(double constant) implements Pointwise {
        @Override
        public String name() {
            return "scale";
        }

        @Override
        public Unary kernel() {
            return Unary.SCALE;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return Tensor.scalar(constant, x.dtype());
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.times(constant)};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.number(constant).times(in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(constant)};
        }
    }

    /** eˣ. */
    public record Exp() implements Pointwise {
        @Override
        public String name() {
            return "exp";
        }

        @Override
        public Unary kernel() {
            return Unary.EXP;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return y;
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("e").pow(in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("e").pow(in[0])};
        }
    }

    /** ln x, for x > 0. */
    public record Log() implements Pointwise {
        @Override
        public String name() {
            return "log";
        }

        @Override
        public Unary kernel() {
            return Unary.LOG;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.pow(-1);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\ln", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(in[0])};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** √x, for x ≥ 0. */
    public record Sqrt() implements Pointwise {
        @Override
        public String name() {
            return "sqrt";
        }

        @Override
        public Unary kernel() {
            return Unary.SQRT;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return y.pow(-1).times(0.5);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\sqrt{" + in[0] + "}");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(Tex.number(2).times(tex(in)))};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** |x|; its derivative at 0 is taken as 0. */
    public record Abs() implements Pointwise {
        @Override
        public String name() {
            return "abs";
        }

        @Override
        public Unary kernel() {
            return Unary.ABS;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.sign();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\left|" + in[0] + "\\right|");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.call("\\operatorname{sign}", in[0])};
        }
    }

    /** −1, 0 or 1: the sign; its derivative is 0 wherever it has one. */
    public record Sign() implements Pointwise {
        @Override
        public String name() {
            return "sign";
        }

        @Override
        public Unary kernel() {
            return Unary.SIGN;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return Tensor.scalar(0, x.dtype());
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{sign}", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(0)};
        }
    }

    /** 1 where x > 0, else 0 (Heaviside); its derivative is 0 wherever it has one. */
    public record Step() implements Pointwise {
        @Override
        public String name() {
            return "step";
        }

        @Override
        public Unary kernel() {
            return Unary.STEP;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return Tensor.scalar(0, x.dtype());
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\mathbf{1}_{" + in[0] + " > 0}");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(0)};
        }
    }

    /** x². */
    public record Square() implements Pointwise {
        @Override
        public String name() {
            return "square";
        }

        @Override
        public Unary kernel() {
            return Unary.SQUARE;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.times(2);
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].pow(2);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(2).times(in[0])};
        }
    }

    /** x to the power of a constant. */
    public record Power(double constant) implements Pointwise {
        @Override
        public String name() {
            return "pow";
        }

        @Override
        public Unary kernel() {
            return Unary.POW;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return constant == 0 ? Tensor.scalar(0, x.dtype()) : x.pow(constant - 1).times(constant);
        }

        @Override
        public Tex tex(Tex... in) {
            return power(in[0], constant);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {constant == 0 ? Tex.number(0) : Tex.number(constant).times(power(in[0], constant - 1))};
        }

        /** A fraction for −1, because {@code A^{-1}} is the inverse of a matrix. */
        private static Tex power(Tex x, double exponent) {
            return exponent == 0 ? Tex.number(1) : exponent == 1 ? x
                    : exponent == -1 ? Tex.number(1).over(x) : x.pow(exponent);
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** tanh x = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ). */
    public record Tanh() implements Pointwise {
        @Override
        public String name() {
            return "tanh";
        }

        @Override
        public Unary kernel() {
            return Unary.TANH;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor h) {
            return h.square().neg().plus(1);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\tanh", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex h) {
            return new Tex[] {Tex.number(1).minus(h.pow(2))};
        }
    }

    /** The logistic function σ(x) = 1/(1 + e⁻ˣ). */
    public record Sigmoid() implements Pointwise {
        @Override
        public String name() {
            return "sigmoid";
        }

        @Override
        public Unary kernel() {
            return Unary.SIGMOID;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor s) {
            return s.minus(s.square());
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\sigma", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex s) {
            return new Tex[] {s.odot(Tex.number(1).minus(s))};
        }
    }

    /** max(0, x); its derivative at 0 is taken as 0. */
    public record Relu() implements Pointwise {
        @Override
        public String name() {
            return "relu";
        }

        @Override
        public Unary kernel() {
            return Unary.RELU;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.step();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\max", Tex.atom("0, " + in[0]));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("\\mathbf{1}_{" + in[0] + " > 0}")};
        }
    }

    /** ln(1 + eˣ), computed without overflow. */
    public record Softplus() implements Pointwise {
        @Override
        public String name() {
            return "softplus";
        }

        @Override
        public Unary kernel() {
            return Unary.SOFTPLUS;
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.sigmoid();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\ln", Tex.number(1).plus(Tex.atom("e").pow(in[0])));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.call("\\sigma", in[0])};
        }
    }
}
