package gradus.nn.derivation;

import gradus.nn.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What in a graph depends on what. */
final class Dependence {

    private final Set<Tensor> moving = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Symbols symbols;

    /**
     * @param varied the tensors on which others may depend
     */
    Dependence(Graph graph, Symbols symbols, Collection<Tensor> varied) {
        this.symbols = symbols;
        moving.addAll(varied);
        for (var x : graph.order()) {
            if (x.requiresGrad() && List.of(x.inputs()).stream().anyMatch(moving::contains)) {
                moving.add(x);
            }
        }
    }

    boolean moves(Tensor x) {
        return moving.contains(x);
    }

    /** The named tensors that a result's formula speaks of, of those that move. */
    List<Tensor> named(Tensor x) {
        Map<Tensor, Boolean> found = new IdentityHashMap<>();
        var order = new ArrayList<Tensor>();
        for (var input : x.inputs()) {
            if (moves(input)) {
                for (var one : symbols.isNamed(input) ? List.of(input) : named(input)) {
                    if (found.put(one, true) == null) {
                        order.add(one);
                    }
                }
            }
        }
        return order;
    }
}
