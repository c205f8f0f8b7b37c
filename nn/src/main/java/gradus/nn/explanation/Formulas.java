package gradus.nn.explanation;

import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What something computes, as formulas beside the computation: an optimizer, a schedule, a loss and a layer give
 * theirs by
 * {@code formulas(…)}, {@code explain(…)} shows them and proves each on numbers. Formulas are LaTeX as {@link
 * gradus.nn.tex.Evaluator} reads it; in them stand the names given by earlier items.
 *
 * @param title what is explained, with its source
 * @param items in the order in which a reader wants them; a result comes before the gradients, which are of it
 */
public record Formulas(String title, List<Item> items) {

    public Formulas {
        items = List.copyOf(items);
    }

    /** Nothing said so far. */
    public static Formulas of(String title) {
        return new Formulas(title, List.of());
    }

    /** One thing that is said. */
    public sealed interface Item {
    }

    /** A tensor by its name, for formulas in this shape: a parameter, or what comes in. */
    public record Given(String name, Tensor tensor, Shape as) implements Item {
    }

    /** A number by its name: a setting, or a size. */
    public record Setting(String name, double value) implements Item {
    }

    /** A function of tensors by its name: a layer that is explained by itself, say. */
    public record Function(String name, java.util.function.Function<Tensor[], Tensor> of) implements Item {
    }

    /**
     * A name for something in between, {@code left = right}.
     *
     * @param sizes of the axes whose indices, counted from 0, stand in brackets on the left; none where the formula
     * is of the whole
     */
    public record Where(String name, String left, String right, String says, Shape sizes) implements Item {
    }

    /**
     * Something that is computed, and the formula for it; of the first one gradients are given.
     *
     * @param indices of its axes, counted from 0, {@code "i, j"}; empty where the formula is of the whole
     */
    public record Result(String name, String indices, String right, String says, Supplier<Tensor> computed)
            implements Item {
    }

    /** The derivative of the result by a given tensor; {@code \delta} is what arrives at the result. */
    public record Gradient(String name, String indices, String right) implements Item {
    }

    /** The value of a step from the one before, {@code m_t} from {@code m_{t-1}}. */
    public record Recurrence(String left, String right, String says) implements Item {
    }

    /** What a parameter is at first. */
    public record Initial(String name, Law law, String formula) implements Item {
    }

    /** How initial numbers are spread. */
    public enum Law {
        /** Uniform between minus and plus the formula. */
        UNIFORM,
        /** Normal with mean 0 and the formula as standard deviation. */
        NORMAL,
        /** The formula's value. */
        EQUAL
    }

    /** A choice that others make otherwise. */
    public record Convention(String text) implements Item {
    }

    /** A layer inside of this one, and what it is given; an input of its own where that is not told. */
    public record Part(String name, Layer layer, Optional<Tensor> input) implements Item {
    }

    /** These and one more. */
    public Formulas and(Item item) {
        return new Formulas(title, Stream.concat(items.stream(), Stream.of(item)).toList());
    }

    public Formulas given(String name, Tensor tensor) {
        return given(name, tensor, tensor.shape());
    }

    public Formulas given(String name, Tensor tensor, Shape as) {
        return and(new Given(name, tensor, as));
    }

    public Formulas setting(String name, double value) {
        return and(new Setting(name, value));
    }

    public Formulas where(String name, String right, String says) {
        return where(name, name, right, says);
    }

    public Formulas where(String name, String left, String right, String says, int... sizes) {
        return and(new Where(name, left, right, says, new Shape(sizes)));
    }

    public Formulas result(String name, String right, Supplier<Tensor> computed) {
        return result(name, "", right, "", computed);
    }

    public Formulas result(String name, String indices, String right, String says, Supplier<Tensor> computed) {
        return and(new Result(name, indices, right, says, computed));
    }

    public Formulas gradient(String name, String right) {
        return gradient(name, "", right);
    }

    public Formulas gradient(String name, String indices, String right) {
        return and(new Gradient(name, indices, right));
    }

    public Formulas recurrence(String left, String right, String says) {
        return and(new Recurrence(left, right, says));
    }

    public Formulas initially(String name, Law law, String formula) {
        return and(new Initial(name, law, formula));
    }

    public Formulas convention(String text) {
        return and(new Convention(text));
    }

    public Formulas function(String name, java.util.function.Function<Tensor[], Tensor> of) {
        return and(new Function("\\operatorname{" + name + "}", of));
    }

    /** A layer inside, as a function and to be explained. */
    public Formulas part(String name, Layer layer) {
        return function(name, in -> layer.apply(in[0])).and(new Part(name, layer, Optional.empty()));
    }

    /** All items of one kind. */
    public <I extends Item> List<I> all(Class<I> kind) {
        return items.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
