package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An operation that treats each element by itself; of several inputs, broadcast to one shape by NumPy's rule. Its value is
 * an expression, from which the loops of every backend come, the derivatives of any order, and the formulas: an
 * operation says itself only what it wants computed or written in another way.
 */
public interface Pointwise extends Op {

    /** What is computed at each element. */
    Expr value(Expr... x);

    /** The derivative in each input, in terms of the inputs and of the value y; {@link Expr#ZERO} where there is none. */
    default Expr[] derivatives(Expr[] x, Expr y) {
        int n = x.length;
        var value = value(Mapped.inputs(n));
        var arguments = Arrays.copyOf(x, n + 1);
        arguments[n] = y;
        return IntStream.range(0, n).mapToObj(i -> value.derivative(i, Expr.input(n)).with(arguments)).toArray(Expr[]::new);
    }

    @Override
    default Tex tex(Tex... in) {
        return ExprTex.of(value(Mapped.inputs(in.length)), in);
    }

    @Override
    default Tex[] localTex(Tex[] in, Tex out) {
        var names = Arrays.copyOf(in, in.length + 1);
        names[in.length] = out;
        return Arrays.stream(derivatives(Mapped.inputs(in.length), Expr.input(in.length)))
                .map(derivative -> ExprTex.of(derivative, names)).toArray(Tex[]::new);
    }

    @Override
    default Shape shape(Shape... in) {
        var shape = in[0];
        for (int i = 1; i < in.length; i++) {
            shape = Shape.broadcast(name(), shape, in[i]);
        }
        return shape;
    }

    @Override
    default Tensor forward(Tensor... in) {
        return Mapped.value(this, in.length).forward(in);
    }

    @Override
    default Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
        var shares = new Tensor[in.length];
        for (int i = 0; i < in.length; i++) {
            shares[i] = in[i].requiresGrad() ? Mapped.share(this, i, in, out, d) : null;
        }
        return shares;
    }

    /** One of a single input. */
    interface OfOne extends Pointwise {

        /** What is computed at each element. */
        Expr value(Expr x);

        /** The derivative, in terms of the input and of the value y. */
        default Expr derivative(Expr x, Expr y) {
            return Pointwise.super.derivatives(new Expr[] {x}, y)[0];
        }

        @Override
        default Expr value(Expr... x) {
            return value(x[0]);
        }

        @Override
        default Expr[] derivatives(Expr[] x, Expr y) {
            return new Expr[] {derivative(x[0], y)};
        }

        @Override
        default List<Tensor[]> samples() {
            return Samples.pointwise();
        }
    }

    /** One of two inputs. */
    interface OfTwo extends Pointwise {

        /** What is computed at each pair of elements. */
        Expr value(Expr a, Expr b);

        @Override
        default Expr value(Expr... x) {
            return value(x[0], x[1]);
        }

        @Override
        default List<Tensor[]> samples() {
            return Samples.pairs();
        }

        @Override
        default List<Shape[]> misfits() {
            return List.of(new Shape[] {new Shape(2, 3), new Shape(4)}, new Shape[] {new Shape(2), new Shape(3)});
        }
    }
}
