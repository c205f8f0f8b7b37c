package gradus.nn.op;

import gradus.nn.Linalg;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.linalg.Lu;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;

/** Traces, inverses and systems of equations; matrices are the last two axes, those before a batch. */
public final class LinearAlgebra {

    static final Tex INVERSE = Tex.atom("-1");
    static final Tex INVERSE_TRANSPOSED = Tex.atom("-\\top");

    private LinearAlgebra() {
    }

    /** tr A = Σᵢ Aᵢᵢ, [.., n, n] → [..]. */
    public record Trace() implements OfMatrix.Square {
        @Override
        public String name() {
            return "trace";
        }

        @Override
        public Shape shape(Shape... in) {
            return new Shape(Matrices.batchOfSquare(name(), in[0]));
        }

        @Override
        public Tensor forward(Tensor... in) {
            return in[0].times(Linalg.eye(in[0].shape().dim(-1), in[0].dtype())).sum(-2, -1);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Matrices.scalars(d).times(Linalg.eye(in[0].shape().dim(-1), d.dtype()))};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{tr}", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("I")};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.times(Tex.atom("I_{" + in[0].shape().dim(-1) + "}"))};
        }
    }

    /** A⁻¹, [.., n, n] → [.., n, n]; throws {@link gradus.nn.linalg.LinalgException} when A is singular. */
    public record Inverse() implements OfMatrix.Square {
        @Override
        public String name() {
            return "inverse";
        }

        @Override
        public Formulas formulas() {
            return Formulas.OF_ALL;
        }

        @Override
        public Tensor forward(Tensor... in) {
            int n = in[0].shape().dim(-1);
            return Matrices.each(name(), in[0].shape(), 2, a -> Lu.of(a[0], n, n).inverse(), in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {out.t().matmul(d).matmul(out.t()).neg()};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].pow(INVERSE);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {in[0].pow(INVERSE_TRANSPOSED).times(d).times(in[0].pow(INVERSE_TRANSPOSED)).neg()};
        }
    }

    /** X's shape where two matrices stand for a system of equations A X = B: m × n and m × k give n × k. */
    static Shape solution(String operation, Shape... in) {
        var a = Matrices.batch(operation, in[0]);
        var b = Matrices.batch(operation, in[1]);
        if (in[0].dim(-2) != in[1].dim(-2)) {
            throw ShapeException.of(operation, "do not fit: " + in[0].dim(-2) + " equations, but " + in[1].dim(-2)
                    + " right-hand sides", "the rows of b must be as many as those of a", in[0], in[1]);
        }
        return Matrices.shape(Shape.broadcast(operation, new Shape(a), new Shape(b)).dims(), in[0].dim(-1), in[1].dim(-1));
    }

    private static Shape squareSolution(String operation, Shape... in) {
        Matrices.batchOfSquare(operation, in[0]);
        return solution(operation, in);
    }

    private static List<Shape[]> notSystems() {
        return List.of(new Shape[][] {{new Shape(2, 3), new Shape(2, 1)}, {new Shape(3, 3), new Shape(2, 1)},
            {new Shape(3, 3), new Shape(3)}, {new Shape(2, 3, 3), new Shape(4, 3, 1)}});
    }

    private static Tex[] solutionBack(Tex a, Tex out, Tex d) {
        var back = a.pow(INVERSE_TRANSPOSED).times(d);
        return new Tex[] {back.times(out.transposed()).neg(), back};
    }

    /** The same with the sums over a batch that was broadcast. */
    static Tex[] summed(Tex[] back, Tex[] in, Tex out) {
        var summed = new Tex[back.length];
        Arrays.setAll(summed, i -> back[i].summed(
                out.shape().with(-2, in[i].shape().dim(-2)).with(-1, in[i].shape().dim(-1)), in[i].shape()));
        return summed;
    }

    /**
     * X with A X = B, [.., n, n] × [.., n, k] → [.., n, k]; more accurate than A⁻¹ B and less work. Throws {@link
     * gradus.nn.linalg.LinalgException} when A is singular.
     */
    public record Solve() implements Op {
        @Override
        public String name() {
            return "solve";
        }

        @Override
        public Shape shape(Shape... in) {
            return squareSolution(name(), in);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shape = shape(in[0].shape(), in[1].shape());
            int n = shape.dim(-2);
            return Matrices.each(name(), shape, 2, ab -> Lu.of(ab[0], n, n).solve(ab[1], shape.dim(-1)), in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var back = Tensor.apply(new Solve(), in[0].t(), d);
            return new Tensor[] {in[0].requiresGrad() ? back.matmul(out.t()).neg().sumTo(in[0].shape()) : null,
                back.sumTo(in[1].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].pow(INVERSE).times(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return solutionBack(in[0], out, Tex.atom("\\cdot"));
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return summed(solutionBack(in[0], out, d), in, out);
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Matrices.regular(4, 4), Samples.normal(4, 2)),
                    Samples.of(Matrices.regular(3, 3).t(), Samples.normal(2, 3).t()),
                    Samples.of(Matrices.regular(3, 3), Samples.normal(2, 3, 1)),
                    Samples.of(Matrices.regular(2, 1, 3, 3), Samples.normal(2, 3, 2)),
                    Samples.of(Matrices.regular(0, 0), Samples.normal(0, 2)));
        }

        @Override
        public List<Shape[]> misfits() {
            return notSystems();
        }
    }

    /**
     * X with T X = B for a triangular T, whose other half is not looked at: [.., n, n] × [.., n, k] → [.., n, k]. Throws
     * {@link gradus.nn.linalg.LinalgException} when an element of the diagonal is 0.
     */
    public record SolveTriangular(boolean upper) implements Op {
        @Override
        public String name() {
            return "solveTriangular";
        }

        @Override
        public Shape shape(Shape... in) {
            return squareSolution(name(), in);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shape = shape(in[0].shape(), in[1].shape());
            int n = shape.dim(-2);
            return Matrices.each(name(), shape, 2, tb -> {
                Lu.triangular(tb[0], n, upper, false, tb[1], shape.dim(-1));
                return tb[1];
            }, in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var back = Tensor.apply(new SolveTriangular(!upper), in[0].t(), d);
            if (!in[0].requiresGrad()) {
                return new Tensor[] {null, back.sumTo(in[1].shape())};
            }
            var whole = back.matmul(out.t()).neg();
            return new Tensor[] {(upper ? Matrices.upper(whole) : Matrices.lower(whole, 1)).sumTo(in[0].shape()),
                back.sumTo(in[1].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return triangle(in[0]).pow(INVERSE).times(in[1]);
        }

        private Tex triangle(Tex x) {
            return Tex.call(upper ? "\\operatorname{triu}" : "\\operatorname{tril}", x);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return backTex(in, out, Tex.atom("\\cdot"));
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var back = solutionBack(triangle(in[0]), out, d);
            return summed(new Tex[] {triangle(back[0]), back[1]}, in, out);
        }

        @Override
        public List<Tensor[]> samples() {
            return new Solve().samples();
        }

        @Override
        public List<Shape[]> misfits() {
            return notSystems();
        }
    }
}
