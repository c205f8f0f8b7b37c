package gradus.nn.study;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.layer.Mode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a net makes of an input of this shape, layer by layer: sizes, parameters, multiply–adds and memory. Found by
 * running the net's own code on shapes alone, so nothing is allocated and lambdas are no exception.
 *
 * @param inputs     the sizes that go in
 * @param output     the sizes that come out
 * @param rows       the layers in the order of their work
 * @param parameters how many numbers can be learned, each once
 * @param parameterBytes the memory of parameters and of other state
 */
public record Shapes(List<List<Integer>> inputs, List<Integer> output, List<Row> rows, long parameters,
        long parameterBytes) {

    /**
     * One layer. Each parameter, operation and result is counted in one row only.
     *
     * @param path         where it is in the net, {@code 0.attention} say; empty for the net itself
     * @param layer        as a net prints it
     * @param formula      what it computes; for a layer that nobody knows, its operations
     * @param rule         how the output's sizes follow from the input's, where that is more than copying
     * @param output       the sizes that come out
     * @param multiplyAdds those of products, convolutions and recurrences
     * @param bytes        of all results of operations in use, those that are views of others left out
     */
    public record Row(String path, String layer, String formula, String rule, List<Integer> output, long parameters,
            long multiplyAdds, long bytes) {
    }

    /**
     * The table of a net for inputs of these shapes: one, or for a Transformer what it reads and what it writes.
     *
     * @throws ShapeException where sizes do not fit: which layer, which sizes
     * @throws IllegalStateException where a layer's way depends on numbers
     */
    public static Shapes of(Layer net, Shape... inputs) {
        return of(net, Arrays.stream(inputs).map(shape -> ShapeTrace.tensor(shape, DType.FLOAT32))
                .toArray(Tensor[]::new));
    }

    /** The same for inputs of the shapes and types that these tensors have. */
    public static Shapes of(Layer net, Tensor... inputs) {
        var walk = new ShapeWalk();
        var out = Mode.evaluating(() -> walk.through("", net, inputs));
        return new Shapes(Arrays.stream(inputs).map(x -> sizes(x.shape())).toList(), sizes(out.shape()), walk.rows(),
                net.parameters().stream().mapToLong(Tensor::size).sum(),
                net.state().values().stream().mapToLong(x -> (long) x.size() * x.dtype().bytes()).sum());
    }

    /**
     * The same for one input of these sizes, of any number of elements. What no tensor could hold is computed from
     * small batches, where all grows evenly with the batch.
     */
    public static Shapes of(Layer net, int... input) {
        ShapeException first;
        try {
            return of(net, new Shape(input));
        } catch (ShapeException e) {
            first = e;
        }
        if (input.length < 2 || input[0] <= 3 || Arrays.stream(input).anyMatch(n -> n < 0)) {
            throw first;
        }
        try {
            var two = of(net, batch(2, input));
            var three = of(net, batch(3, input));
            if (at(4, two, three).equals(of(net, batch(4, input)))) {
                return at(input[0], two, three);
            }
        } catch (ShapeException | ArithmeticException e) {
            // it was not the number of elements, or a single size is too large
        }
        throw first;
    }

    private static Shape batch(int n, int[] input) {
        return new Shape(IntStream.range(0, input.length).map(axis -> axis == 0 ? n : input[axis]).toArray());
    }

    private static Shapes at(long batch, Shapes two, Shapes three) {
        var rows = IntStream.range(0, two.rows.size())
                .mapToObj(i -> at(batch, two.rows.get(i), three.rows.get(i))).toList();
        return new Shapes(List.of(at(batch, two.inputs.getFirst(), three.inputs.getFirst())),
                at(batch, two.output, three.output), rows, two.parameters, two.parameterBytes);
    }

    private static Row at(long batch, Row two, Row three) {
        return new Row(two.path, two.layer, two.formula, two.rule, at(batch, two.output, three.output), two.parameters,
                at(batch, two.multiplyAdds, three.multiplyAdds), at(batch, two.bytes, three.bytes));
    }

    private static List<Integer> at(long batch, List<Integer> two, List<Integer> three) {
        return IntStream.range(0, two.size()).mapToObj(axis ->
                Math.toIntExact(at(batch, two.get(axis), three.get(axis)))).toList();
    }

    private static long at(long batch, long two, long three) {
        return two + (batch - 2) * (three - two);
    }

    /** The multiply–adds of all layers. */
    public long multiplyAdds() {
        return rows.stream().mapToLong(Row::multiplyAdds).sum();
    }

    /** The memory of all results. */
    public long activationBytes() {
        return rows.stream().mapToLong(Row::bytes).sum();
    }

    /** The table for a notebook. */
    public String html() {
        return ShapesText.html(this);
    }

    @Override
    public String toString() {
        return ShapesText.of(this);
    }

    static List<Integer> sizes(Shape shape) {
        return Arrays.stream(shape.dims()).boxed().toList();
    }
}
