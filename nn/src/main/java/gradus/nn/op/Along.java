package gradus.nn.op;

import gradus.nn.Shape;

/** A shape seen along one axis: {@code outer} blocks of {@code n} entries of {@code inner} elements. */
record Along(int outer, int n, int inner) {

    static Along of(Shape shape, int axis) {
        int at = shape.axis(axis);
        int outer = 1;
        int inner = 1;
        for (int i = 0; i < at; i++) {
            outer *= shape.dim(i);
        }
        for (int i = at + 1; i < shape.rank(); i++) {
            inner *= shape.dim(i);
        }
        return new Along(outer, shape.dim(at), inner);
    }
}
