package gradus.nn.grad;

import static gradus.nn.Nn.gradient;
import static gradus.nn.Nn.hessian;
import static gradus.nn.Nn.hvp;
import static gradus.nn.Nn.jacobian;
import static gradus.nn.Nn.jvp;
import static gradus.nn.Nn.op;
import static gradus.nn.Nn.vjp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Derivatives of functions whose derivatives are known. */
class DerivativesTest {

    private static final Tensor X = vector(0.5, -1.25, 2);
    private static final Tensor V = vector(1, 2, -0.5);
    private static final Tensor A = Tensor.of(new Shape(3, 3), new double[] {2, 1, 0, -1, 3, 0.5, 4, 0, 1});

    /** xᵀ A x, of which the gradient is (A + Aᵀ) x and the Hessian A + Aᵀ. */
    private static final UnaryOperator<Tensor> QUADRATIC = x -> x.reshape(1, 3).matmul(A).matmul(x.reshape(3, 1)).reshape();

    private static Tensor vector(double... values) {
        return Tensor.of(new Shape(values.length), values);
    }

    private static void close(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-12);
    }

    @Test
    void theGradientAndTheHessianOfAQuadraticForm() {
        var both = A.plus(A.t());
        close(both.matmul(X.reshape(3, 1)).reshape(3), gradient(QUADRATIC, X));
        close(both, hessian(QUADRATIC, X));
        close(both.matmul(V.reshape(3, 1)).reshape(3), hvp(QUADRATIC, X, V));
    }

    @Test
    void productsWithTheJacobianAreProductsWithTheJacobian() {
        UnaryOperator<Tensor> f = x -> A.slice(0, 0, 2).matmul(x.tanh().reshape(3, 1)).reshape(2).exp();
        var j = jacobian(f, X);
        assertEquals(new Shape(2, 3), j.shape());
        close(j.matmul(V.reshape(3, 1)).reshape(2), jvp(f, X, V));
        var u = vector(-1, 0.25);
        close(u.reshape(1, 2).matmul(j).reshape(3), vjp(f, X, u));
    }

    @Test
    void severalArgumentsHaveAGradientEach() {
        var gradients = gradient(in -> in[0].square().times(in[1]).sum(), X, V);
        close(X.times(V).times(2), gradients[0]);
        close(X.square(), gradients[1]);
    }

    @Test
    void aConstantFunctionHasGradientZero() {
        close(X.times(0), gradient(x -> Tensor.of(new Shape(), new double[] {3}), X));
    }

    @Test
    void thirdDerivativesToo() {
        var third = gradient(x -> gradient(y -> gradient(z -> z.square().square().sum(), y).sum(), x).sum(), X);
        close(X.times(24), third);
    }

    @Test
    void anOperationOfOnesOwnIsDifferentiatedAsItSays() {
        var straightThrough = op("ste", x -> x.floor()).vjp((x, y, d) -> d).tex("\\lfloor {0} \\rfloor");
        close(vector(1, 1, 1), gradient(x -> straightThrough.of(x).sum(), X));
        var cube = op("cube", x -> x.times(x).times(x));
        close(X.square().times(3), gradient(x -> cube.of(x).sum(), X));
        close(X.times(6), gradient(x -> gradient(y -> cube.of(y).sum(), x).sum(), X));
    }

    @Test
    void anIntermediateResultKeepsItsGradientWhenAskedTo() {
        var w = Tensor.parameter(X);
        var h = w.tanh().retainGrad();
        h.times(V).sum().backward();
        close(V, h.grad());
        close(V.times(h.square().neg().plus(1)), w.grad());
    }

    @Test
    void vectorsOfTheWrongShapeAreRefused() {
        assertThrows(ShapeException.class, () -> hvp(QUADRATIC, X, vector(1, 2)));
        assertThrows(ShapeException.class, () -> jvp(x -> x.exp(), X, vector(1)));
    }
}
