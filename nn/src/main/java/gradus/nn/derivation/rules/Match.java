package gradus.nn.derivation.rules;

import gradus.nn.Tensor;
import gradus.nn.derivation.Rule;
import gradus.nn.tex.Tex;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A known result found in a recorded graph: from the gradient of one tensor it gives the gradients of others at once.
 *
 * @param output  the tensor whose δ the result starts from
 * @param covered the results between, without the output, whose own δ is not needed; what else uses one of them adds to
 *                its gradient as ever
 * @param shares  what reaches the tensors at the other end through here
 */
public record Match(Rule rule, Tensor output, List<Tensor> covered, List<Share> shares) {

    static Match of(String rule, Tensor output, List<Tensor> covered, List<Share> shares) {
        var between = covered.stream().filter(x -> x != output).distinct().toList();
        return new Match(Rules.named(rule), output, between, shares);
    }

    /**
     * Whether nothing else uses what is covered, so that its gradients are needed nowhere.
     *
     * @param uses how often each tensor of the graph is an input of another
     */
    public boolean isClosed(Map<Tensor, Integer> uses) {
        var inside = new IdentityHashMap<Tensor, Integer>();
        Stream.concat(Stream.of(output), covered.stream())
                .forEach(x -> Stream.of(x.inputs()).forEach(input -> inside.merge(input, 1, Integer::sum)));
        return covered.stream().allMatch(x -> inside.getOrDefault(x, 0).equals(uses.getOrDefault(x, 0)));
    }

    /** What a tensor's gradient gets. */
    public record Share(Tensor input, Gradient gradient) {
    }

    /** A formula of the gradient in one tensor. */
    @FunctionalInterface
    public interface Gradient {

        /**
         * The formula.
         *
         * @param delta   δ of the output, with its shape; for the loss itself 1
         * @param symbols how each tensor is written, with its shape
         */
        Tex of(Tex delta, Function<Tensor, Tex> symbols);
    }
}
