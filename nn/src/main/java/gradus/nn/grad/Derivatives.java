package gradus.nn.grad;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Derivatives of functions at a point: gradients, Jacobians, Hessians and their products with vectors. Results are
 * constants, unless asked for inside a function that is itself being differentiated.
 */
public final class Derivatives {

    private Derivatives() {
    }

    /** The gradients of a scalar function of several tensors at these, one of each shape. */
    public static Tensor[] gradient(Function<Tensor[], Tensor> f, Tensor... x) {
        var at = Arrays.stream(x).map(Derivatives::variable).toArray(Tensor[]::new);
        var y = f.apply(at);
        return y.requiresGrad() ? Gradients.withGraph(y, at)
                : Arrays.stream(x).map(v -> Tensor.full(0, v.shape(), v.dtype())).toArray(Tensor[]::new);
    }

    /** What is differentiated already stays part of its graph; anything else becomes a variable. */
    private static Tensor variable(Tensor x) {
        return x.requiresGrad() ? x : Tensor.parameter(x);
    }

    /** The Jacobian [f(x)'s axes.., x's axes..]: a backward pass for each element of f(x). */
    public static Tensor jacobian(UnaryOperator<Tensor> f, Tensor x) {
        var at = variable(x);
        var y = f.apply(at);
        var flat = y.reshape(-1);
        var rows = IntStream.range(0, y.size()).mapToObj(i -> y.requiresGrad()
                ? Gradients.withGraph(flat.slice(0, i, i + 1), at)[0] : Tensor.full(0, x.shape(), x.dtype()))
                .map(row -> row.reshape(1, x.size())).toArray(Tensor[]::new);
        var dims = IntStream.concat(Arrays.stream(y.shape().dims()), Arrays.stream(x.shape().dims())).toArray();
        return rows.length == 0 ? Tensor.full(0, new Shape(dims), x.dtype()) : Tensor.concat(0, rows).reshape(dims);
    }

    /** The Hessian [x's axes.., x's axes..] of a scalar function: the Jacobian of its gradient. */
    public static Tensor hessian(UnaryOperator<Tensor> f, Tensor x) {
        return jacobian(at -> gradient(in -> f.apply(in[0]), at)[0], x);
    }

    /** H v for the Hessian H of a scalar function: the gradient of ∇f · v. */
    public static Tensor hvp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        same("hvp", x, v);
        return gradient(at -> gradient(in -> f.apply(in[0]), at[0])[0].times(v).sum(), x)[0];
    }

    /** vᵀ J for the Jacobian J of f at x. */
    public static Tensor vjp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        return gradient(at -> {
            var y = f.apply(at[0]);
            same("vjp", y, v);
            return y.times(v).sum();
        }, x)[0];
    }

    /** J v for the Jacobian J of f at x: uᵀ J is linear in u, and J v is the gradient in u of uᵀ J v. */
    public static Tensor jvp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        same("jvp", x, v);
        var y = Gradients.noGrad(() -> f.apply(x));
        return gradient(u -> vjp(f, variable(x), u[0]).times(v).sum(), Tensor.full(0, y.shape(), y.dtype()))[0];
    }

    private static void same(String operation, Tensor x, Tensor v) {
        if (!x.shape().equals(v.shape())) {
            throw ShapeException.of(operation, "differ", "the vector needs the shape of what it multiplies", x.shape(), v.shape());
        }
    }
}
