package gradus.nn.derivation;

import gradus.nn.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a loss was computed from.
 *
 * @param order   every tensor once, each after those that it was computed from, the loss last
 * @param uses    how often each is an input of another
 * @param oneHots the labels of cross-entropies as matrices, which are in order as well
 */
record Graph(List<Tensor> order, Map<Tensor, Integer> uses, List<OneHot> oneHots) {

    static Graph of(Tensor loss) {
        if (loss.op() != null && loss.inputs().length == 0) {
            throw new IllegalStateException("derive: this graph has been used and released by backward()"
                    + "\nhelp: compute the loss again, and derive it before loss.backward()");
        }
        var order = new ArrayList<Tensor>();
        var oneHots = new ArrayList<OneHot>();
        var uses = new IdentityHashMap<Tensor, Integer>();
        Set<Tensor> entered = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Tensor> finished = Collections.newSetFromMap(new IdentityHashMap<>());
        var open = new ArrayDeque<Tensor>();
        open.push(loss);
        while (!open.isEmpty()) {
            var x = open.peek();
            if (entered.add(x)) {
                x.checkInputs();
                for (var input : x.inputs()) {
                    uses.merge(input, 1, Integer::sum);
                }
                for (var input : List.of(x.inputs()).reversed()) {
                    if (!entered.contains(input)) {
                        open.push(input);
                    }
                }
            } else {
                open.pop();
                if (finished.add(x)) {
                    if (OneHot.has(x)) {
                        oneHots.add(OneHot.of(x));
                        order.add(oneHots.getLast().matrix());
                    }
                    order.add(x);
                }
            }
        }
        return new Graph(order, uses, oneHots);
    }

    Tensor loss() {
        return order.getLast();
    }

    boolean isShared(Tensor x) {
        return uses.getOrDefault(x, 0) > 1;
    }
}
