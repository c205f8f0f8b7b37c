package gradus.nn;

import gradus.nn.op.Products;

/** The verbs of {@link Tensor} for vectors and matrices, the last two axes; more linear algebra is in {@link Linalg}. */
sealed interface Multiplying permits Tensor {

    private Tensor x() {
        return (Tensor) this;
    }

    /** The matrix product over the last two axes; the axes before broadcast. */
    default Tensor matmul(Tensor other) {
        return Tensor.apply(new Products.MatMul(), x(), other);
    }

    /** The inner product Σ x_i y_i of two vectors, a scalar. */
    default Tensor dot(Tensor other) {
        if (x().rank() != 1 || !x().shape().equals(other.shape())) {
            throw ShapeException.of("dot", "are not two vectors of one size",
                    "matmul multiplies matrices; flatten() makes a vector", x().shape(), other.shape());
        }
        return x().reshape(1, -1).matmul(other.reshape(-1, 1)).reshape();
    }

    /** x Wᵀ + b for an input [.., in], a weight [out, in] and a bias [out]. */
    default Tensor linear(Tensor weight, Tensor bias) {
        return Tensor.apply(new Products.Linear(), x(), weight, bias);
    }

    /** The sum of the diagonal of a square matrix. */
    default Tensor trace() {
        return Linalg.trace(x());
    }

    /** The determinant of a square matrix. */
    default Tensor det() {
        return Linalg.det(x());
    }

    /** The inverse of a square matrix; to solve a system {@link #solve} is better. */
    default Tensor inverse() {
        return Linalg.inverse(x());
    }

    /** X with this · X = b, for a vector or the columns of a matrix. */
    default Tensor solve(Tensor b) {
        return Linalg.solve(x(), b);
    }
}
