package gradus.nn.op;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.linalg.LinalgException;
import gradus.nn.tex.Tex;
import java.util.List;

/**
 * 1/x, and 0 where x is nothing but rounding, provided that what is to be divided vanishes there too; throws {@link
 * LinalgException} when it does not.
 *
 * <p>Inputs: x [.., r, c]; the size of the numbers that x is a difference of, [.., 1, 1]; the numerators relative to the
 * numbers that they are sums of, [.., r, c]. With 1 + ε the next number after 1, x is rounding up to 16 ε times its
 * size, and a numerator vanishes up to √ε.
 */
public record GuardedReciprocal(String operation) implements Op {
    @Override
    public String name() {
        return operation;
    }

    @Override
    public Shape shape(Shape... in) {
        return Shape.broadcast(operation, in[0], in[2]);
    }

    @Override
    public Tensor forward(Tensor... in) {
        double epsilon = in[0].dtype() == DType.FLOAT64 ? Math.ulp(1.0) : Math.ulp(1f);
        return Matrices.each(operation + " backward", in[0].shape(), 2, x -> {
            var reciprocals = new double[x[0].length];
            for (int i = 0; i < reciprocals.length; i++) {
                if (Math.abs(x[0][i]) > 16 * epsilon * x[1][0]) {
                    reciprocals[i] = 1 / x[0][i];
                } else if (Math.abs(x[2][i]) > Math.sqrt(epsilon)) {
                    throw new LinalgException("values that coincide, or are 0, leave their vectors undetermined, and the"
                            + " loss depends on them", "let the loss depend on the values or on whole subspaces only, or"
                            + " add a small random matrix");
                }
            }
            return reciprocals;
        }, in);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
        return new Tensor[] {d.times(out.square()).neg(), null, null};
    }

    @Override
    public Tex tex(Tex... in) {
        return Tex.number(1).over(in[0]);
    }

    @Override
    public Tex[] localTex(Tex[] in, Tex out) {
        return new Tex[] {Tex.number(1).over(in[0].pow(2)).neg(), Tex.number(0), Tex.number(0)};
    }

    @Override
    public List<Tensor[]> samples() {
        return List.of(Samples.of(Samples.awayFromZero(3, 3), Samples.awayFromZero(1, 1), Samples.normal(3, 3)),
                Samples.of(Samples.awayFromZero(2, 1, 3), Samples.awayFromZero(2, 1, 1), Samples.normal(2, 1, 3)));
    }

    @Override
    public List<Shape[]> misfits() {
        return List.of(new Shape[][] {{new Shape(2, 3), new Shape(1, 1), new Shape(2, 4)}});
    }
}
