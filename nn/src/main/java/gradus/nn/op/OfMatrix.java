package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.tex.Tex;
import java.util.List;

/** An operation on a matrix: the last two axes; those before are a batch, of which the formulas do not speak. */
interface OfMatrix extends Op {

    @Override
    default Formulas formulas() {
        return Formulas.OF_EACH_MATRIX;
    }

    @Override
    default Tex[] localTex(Tex[] in, Tex out) {
        return backTex(in, out, Tex.atom("\\cdot"));
    }

    /** Matrices of full rank and every form. */
    @Override
    default List<Tensor[]> samples() {
        return List.of(Samples.of(Matrices.regular(3, 3)), Samples.of(Matrices.rectangular(4, 2)),
                Samples.of(Matrices.rectangular(2, 4)), Samples.of(Matrices.rectangular(4, 3).t()),
                Samples.of(Matrices.rectangular(2, 3, 2)), Samples.of(Matrices.rectangular(0, 2)));
    }

    @Override
    default List<Shape[]> misfits() {
        return List.of(new Shape[][] {{new Shape(3)}, {Shape.SCALAR}});
    }

    /** On a square one, which gives another of its size. */
    interface Square extends OfMatrix {

        @Override
        default Shape shape(Shape... in) {
            Matrices.batchOfSquare(name(), in[0]);
            return in[0];
        }

        /** Matrices with a safe inverse, and the same seen transposed, in a batch, of one element, of none. */
        @Override
        default List<Tensor[]> samples() {
            return List.of(Samples.of(Matrices.regular(4, 4)), Samples.of(Matrices.regular(3, 3).t()),
                    Samples.of(Matrices.regular(2, 3, 3)), Samples.of(Matrices.regular(1, 1)),
                    Samples.of(Matrices.regular(0, 0)));
        }

        @Override
        default List<Shape[]> misfits() {
            return Matrices.notSquare();
        }
    }
}
