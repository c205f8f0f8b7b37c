package gradus.nn;

import gradus.nn.backend.Backend;
import gradus.nn.backend.opencl.OpenCl;
import gradus.nn.calculus.Calculus;
import gradus.nn.calculus.Expression;
import gradus.nn.calculus.ScalarDerivation;
import gradus.nn.compile.Compiled;
import gradus.nn.data.Dataset;
import gradus.nn.data.Split;
import gradus.nn.derivation.Derivation;
import gradus.nn.derivation.unrolled.Unrolled;
import gradus.nn.explanation.Explain;
import gradus.nn.explanation.Explanation;
import gradus.nn.grad.Derivatives;
import gradus.nn.grad.GradCheck;
import gradus.nn.grad.Gradients;
import gradus.nn.io.Npy;
import gradus.nn.io.Safetensors;
import gradus.nn.layer.Mode;
import gradus.nn.loss.Distances;
import gradus.nn.loss.Loss;
import gradus.nn.op.Custom;
import gradus.nn.optim.Optimizer;
import gradus.nn.optim.Schedule;
import gradus.nn.study.Shapes;
import gradus.nn.train.Fit;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The words of a notebook: everything one needs to say unqualified, by {@code import static gradus.nn.Nn.*}. */
public final class Nn extends Building {

    private Nn() {
    }

    // ---- tensors ----

    /** A vector, float32. */
    public static Tensor tensor(double... values) {
        return Tensor.of(values);
    }

    /** A matrix from its rows, float32. */
    public static Tensor tensor(double[][] rows) {
        return Tensor.of(rows);
    }

    public static Tensor zeros(int... dims) {
        return Tensor.zeros(dims);
    }

    public static Tensor ones(int... dims) {
        return Tensor.ones(dims);
    }

    /** 0, 1, … n−1. */
    public static Tensor arange(int n) {
        return Tensor.arange(n);
    }

    /** n numbers from {@code from} to {@code to}, both included. */
    public static Tensor linspace(double from, double to, int n) {
        return Tensor.linspace(from, to, n);
    }

    /** Normal random numbers with mean 0 and variance 1, those of this seed and shape. */
    public static Tensor randn(Seed seed, int... dims) {
        return Tensor.normal(seed.stream("randn" + new Shape(dims)), 0, 1, dims);
    }

    /** Where random numbers come from. */
    public static Seed seed(long value) {
        return new Seed(value);
    }

    /** Products summed over letters: {@code einsum("bij,bjk->bik", a, b)} multiplies batches of matrices. */
    public static Tensor einsum(String subscripts, Tensor... operands) {
        return Tensor.einsum(subscripts, operands);
    }

    // ---- parts of tensors: x.at(all(), range(0, 5), -1) ----

    /** The whole axis. */
    public static Index all() {
        return new Index.All();
    }

    /** One entry; the axis disappears. */
    public static Index at(int i) {
        return new Index.At(i);
    }

    /** The entries {@code from} up to {@code to}, not included; negative numbers count from the end. */
    public static Index range(int from, int to) {
        return range(from, to, 1);
    }

    /** Every {@code step}-th of them; downwards for a negative step. */
    public static Index range(int from, int to, int step) {
        return new Index.Range(from, to, step);
    }

    /** The entries {@code from} up to the last. */
    public static Index from(int from) {
        return range(from, Integer.MAX_VALUE);
    }

    /** The entries where the mask is not 0. */
    public static Index mask(Tensor mask) {
        return new Index.Mask(mask);
    }

    /** The entries with these indices, in this order. */
    public static Index pick(int... indices) {
        return pick(Tensor.indices(new Shape(indices.length), indices));
    }

    /** The entries with these int32 indices, whose shape takes the axis's place. */
    public static Index pick(Tensor indices) {
        return new Index.Pick(indices);
    }

    // ---- training ----

    /** A training of this net on the first part of the data, watched on the second; {@code .epochs(n)} begins it. */
    public static Fit fit(Layer net, Split data) {
        return new Fit(net, data);
    }

    /** A training of this net on all of the data. */
    public static Fit fit(Layer net, Dataset data) {
        return new Fit(net, data, Optional.empty());
    }

    /**
     * A step that is recorded once per shape and replayed: for a loop of one's own as fast as {@code fit}'s.
     * {@snippet :
     * var step = compile((x, y) -> opt.step(loss.of(net.apply(x), y)));
     * }
     */
    public static Compiled compile(BinaryOperator<Tensor> step) {
        return new Compiled(in -> new Tensor[] {step.apply(in[0], in[1])});
    }

    /** The same for a function of one tensor. */
    public static Compiled compile(UnaryOperator<Tensor> step) {
        return new Compiled(in -> new Tensor[] {step.apply(in[0])});
    }

    /**
     * Computes something with layers that learn, dropout and batch normalisation: for a loop of one's own; {@code fit} does so
     * by itself.
     */
    public static <T> T training(Supplier<T> computation) {
        return Mode.training(computation);
    }

    /** Computes something with layers that are being used, gradients included. */
    public static <T> T evaluating(Supplier<T> computation) {
        return Mode.evaluating(computation);
    }

    // ---- gradients ----

    /** A copy that gradients are computed for. */
    public static Tensor parameter(Tensor initial) {
        return Tensor.parameter(initial);
    }

    /** The gradients of a scalar with respect to each of these, differentiable again. */
    public static Tensor[] grad(Tensor loss, Tensor... wrt) {
        return Gradients.withGraph(loss, wrt);
    }

    /** The gradient ∇f(x) of a scalar function, of x's shape. */
    public static Tensor gradient(UnaryOperator<Tensor> f, Tensor x) {
        return Derivatives.gradient(in -> f.apply(in[0]), x)[0];
    }

    /** The gradients of a scalar function of several arguments. */
    public static Tensor[] gradient(Function<Tensor[], Tensor> f, Tensor... x) {
        return Derivatives.gradient(f, x);
    }

    /** The Jacobian ∂f/∂x: entry [i.., j..] is the derivative of f(x)[i..] in x[j..]. */
    public static Tensor jacobian(UnaryOperator<Tensor> f, Tensor x) {
        return Derivatives.jacobian(f, x);
    }

    /** The Hessian of a scalar function: entry [i.., j..] is ∂²f/∂x[i..]∂x[j..]. */
    public static Tensor hessian(UnaryOperator<Tensor> f, Tensor x) {
        return Derivatives.hessian(f, x);
    }

    /** The Hessian times a vector of x's shape, without the Hessian. */
    public static Tensor hvp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        return Derivatives.hvp(f, x, v);
    }

    /** vᵀ ∂f/∂x, for a v of f(x)'s shape: one backward pass. */
    public static Tensor vjp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        return Derivatives.vjp(f, x, v);
    }

    /** (∂f/∂x) v, for a v of x's shape: how f(x) changes as x moves along v. */
    public static Tensor jvp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        return Derivatives.jvp(f, x, v);
    }

    /**
     * How the gradients of a loss come about, as formulas that are checked: see {@link Derivation}.
     *
     * @param parameters whose gradients are wanted; all that the loss depends on if none are given
     */
    public static Derivation derive(Tensor loss, Tensor... parameters) {
        return Derivation.of(loss, parameters);
    }

    /**
     * A recurrent, convolution or pooling layer written out at an input, for the loss ½ Σ y²: see {@link Unrolled#of}.
     *
     * @param x the layer's input: the numbers that the lines are checked at
     */
    public static Unrolled unroll(Layer layer, Tensor x) {
        return Unrolled.of(layer, x);
    }

    /** The same for another loss of the layer's output. */
    public static Unrolled unroll(Layer layer, Tensor x, UnaryOperator<Tensor> loss) {
        return Unrolled.of(layer, x, loss);
    }

    /** What a net makes of an input of these sizes, layer by layer, without any numbers: sizes, parameters, work and memory. */
    public static Shapes shapes(Layer net, int... input) {
        return Shapes.of(net, input);
    }

    /** The same for inputs of these shapes: one, or what a Transformer reads and what it writes. */
    public static Shapes shapes(Layer net, Shape... inputs) {
        return Shapes.of(net, inputs);
    }

    /** The same for an input like this one. */
    public static Shapes shapes(Layer net, Tensor input) {
        return Shapes.of(net, input);
    }

    /** The calculus of a function of x, symbolically: {@code derive(x -> x.square().times(x.sin()))}, see {@link Calculus}. */
    public static ScalarDerivation derive(UnaryOperator<Expression> f) {
        var x = Calculus.variable("x");
        return ScalarDerivation.of(f.apply(x), x);
    }

    /** The calculus of a function of x and y: partial derivatives, gradient, Hessian, stationary points. */
    public static ScalarDerivation derive(BinaryOperator<Expression> f) {
        var x = Calculus.variable("x");
        var y = Calculus.variable("y");
        return ScalarDerivation.of(f.apply(x, y), x, y);
    }

    /** Compares the gradients of {@code f} with central differences in float64, element by element. */
    public static GradCheck.Report gradcheck(Function<Tensor[], Tensor> f, Tensor... inputs) {
        return GradCheck.check(1e-6, true, f, inputs);
    }

    /**
     * Compares the gradients of a loss in a net's parameters with central differences in float64, 64 elements of each:
     * {@code gradcheck(() -> loss.of(net.apply(x), y), net)}.
     */
    public static GradCheck.Report gradcheck(Supplier<Tensor> loss, Layer net) {
        return GradCheck.check(loss, net);
    }

    /** The same in these parameters; without any, in all that the loss depends on. */
    public static GradCheck.Report gradcheck(Supplier<Tensor> loss, Tensor... parameters) {
        return GradCheck.check(loss, parameters);
    }

    /** Compares the gradients of the gradients of {@code f} with central differences in float64. */
    public static GradCheck.Report gradgradcheck(Function<Tensor[], Tensor> f, Tensor... inputs) {
        return GradCheck.checkTwice(1e-5, f, inputs);
    }

    /**
     * An operation of one's own: a name, and what it computes. {@code .vjp(…)} says how gradients flow back, {@code .tex(…)}
     * how it is written; without a vjp the gradients of its own operations are used.
     * {@snippet :
     * var round = op("round", x -> x.floor()).vjp((x, y, d) -> d).tex("\\lfloor {0} \\rfloor");
     * var y = round.of(x);
     * }
     */
    public static Custom op(String name, UnaryOperator<Tensor> forward) {
        return Custom.of(name, in -> forward.apply(in[0]));
    }

    /** An operation of one's own on two tensors. */
    public static Custom op(String name, BinaryOperator<Tensor> forward) {
        return Custom.of(name, in -> forward.apply(in[0], in[1]));
    }

    /** Computes without recording. */
    public static <T> T noGrad(Supplier<T> computation) {
        return Gradients.noGrad(computation);
    }

    // ---- explanations: formulas, each checked on numbers ----

    /** An optimizer's recurrences with its settings, compared with what it does to a small net while η changes. */
    public static Explanation explain(Optimizer optimizer) {
        return Explain.of(optimizer);
    }

    /** A learning-rate schedule's formula, compared with it at 100 times. */
    public static Explanation explain(Schedule schedule) {
        return Explain.of(schedule);
    }

    /** A loss's formula with its reduction, and its derivative, compared on a small batch. */
    public static Explanation explain(Loss loss) {
        return Explain.of(loss);
    }

    /** The same on a batch of one's own. */
    public static Explanation explain(Loss loss, Tensor prediction, Tensor target) {
        return Explain.of(loss, prediction, target);
    }

    /** The triplet loss, which compares three vectors. */
    public static Explanation explain(Distances.Triplet loss) {
        return Explain.of(loss);
    }

    /** A layer's formulas: forward, gradients, initial parameters, conventions; compared on a small input. */
    public static Explanation explain(Layer layer) {
        return Explain.of(layer);
    }

    /** The same on an input of one's own. */
    public static Explanation explain(Layer layer, Tensor x) {
        return Explain.of(layer, x);
    }

    // ---- devices ----

    /** Lets everything from now on be computed there: {@code device(opencl())}, {@code device(cpu())}. */
    public static void device(Backend backend) {
        Backend.use(backend);
    }

    /** Computes this on another device: {@code on(opencl(), () -> a.matmul(b))}. */
    public static <T> T on(Backend backend, Supplier<T> computation) {
        return Backend.on(backend, computation);
    }

    /** The processor of this machine. */
    public static Backend cpu() {
        return Backend.cpu();
    }

    /** The first GPU with OpenCL or, without one, any device with OpenCL; the CPU, and a warning, where there is none. */
    public static Backend opencl() {
        return OpenCl.deviceOrCpu("");
    }

    /**
     * One device with OpenCL, by its number or a part of its name: {@code opencl("nvidia")}.
     *
     * @throws gradus.nn.backend.opencl.OpenClException when there is none, naming those that there are
     */
    public static Backend opencl(String which) {
        return OpenCl.device(which);
    }

    // ---- files ----

    /** Writes named tensors to a {@code .safetensors} file; a whole net writes {@link Layer#save}. */
    public static void save(String path, Map<String, Tensor> tensors) {
        Safetensors.save(Path.of(path), tensors);
    }

    /** The tensors of a {@code .safetensors} file by name; {@link Safetensors#open} reads single ones. */
    public static Map<String, Tensor> load(String path) {
        return Safetensors.load(Path.of(path));
    }

    /** Writes one tensor as NumPy would. */
    public static void saveNpy(String path, Tensor x) {
        Npy.save(Path.of(path), x);
    }

    /** The array in a file of NumPy's. */
    public static Tensor loadNpy(String path) {
        return Npy.load(Path.of(path));
    }

    /** The array in a file of NumPy's as this element type, rounded where it must be. */
    public static Tensor loadNpy(String path, DType dtype) {
        return Npy.load(Path.of(path), dtype);
    }

    /** The arrays in an {@code .npz} file of NumPy's by name. */
    public static Map<String, Tensor> loadNpz(String path) {
        return Npy.loadZip(Path.of(path));
    }
}
