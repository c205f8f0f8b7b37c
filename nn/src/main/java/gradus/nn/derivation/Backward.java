package gradus.nn.derivation;

import gradus.nn.Tensor;
import gradus.nn.derivation.rules.Match;
import gradus.nn.derivation.rules.Rules;
import gradus.nn.op.Pointwise;
import gradus.nn.tex.Tex;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The formulas of all gradients, from the loss back. */
final class Backward {

    private final Map<Tensor, Tex> formulas = new IdentityHashMap<>();
    private final Set<Tensor> unnamed = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Map<Tensor, Rule> rules = new IdentityHashMap<>();
    private final Graph graph;
    private final Symbols symbols;
    private final Predicate<Match> cites;

    /** @param cites which known results stand for their steps */
    Backward(Graph graph, Symbols symbols, Predicate<Match> cites) {
        this.graph = graph;
        this.symbols = symbols;
        this.cites = cites;
        for (var x : graph.order().reversed()) {
            if (x.requiresGrad() && x.op() != null && (x == graph.loss() || formulas.containsKey(x))) {
                pass(x);
            }
        }
    }

    private void pass(Tensor x) {
        var d = hasDelta(x) ? symbols.delta(x) : x == graph.loss() ? Tex.number(1).of(x.shape()) : formulas.get(x);
        if (!hasDelta(x) && !symbols.isNamed(x) && !Symbols.canBeWrittenOut(d)) {
            unnamed.add(x);
        }
        var known = Rules.match(x, symbols::isNamed).filter(cites).filter(match -> match.isClosed(graph.uses()));
        if (known.isPresent()) {
            var rule = known.get().rule();
            known.get().shares().forEach(share -> add(share.input(), share.gradient().of(d, symbols::of), rule));
            return;
        }
        var shares = x.op().backTex(symbols.inputs(x), symbols.of(x), d);
        for (int i = 0; i < shares.length; i++) {
            if (x.inputs()[i].requiresGrad()) {
                add(x.inputs()[i], shares[i], hasDelta(x) ? null : rules.get(x));
            }
        }
    }

    private void add(Tensor x, Tex share, Rule rule) {
        formulas.merge(x, symbols.written(Transposition.inwards(share)).of(x.shape()), (a, b) -> added(a, b).of(x.shape()));
        if (rule != null) {
            rules.putIfAbsent(x, rule);
        }
    }

    /** The known result by which the gradient in a tensor was found. */
    Optional<Rule> rule(Tensor x) {
        return Optional.ofNullable(rules.get(x));
    }

    /** A sum; of a formula with indices and one without, both with indices. */
    static Tex added(Tex a, Tex b) {
        if (a.text().equals(b.text())) {
            return Tex.number(2).times(a);
        }
        boolean first = Symbols.isWhole(a);
        boolean second = Symbols.isWhole(b);
        return first == second ? a.plus(b) : first ? FreeIndices.put(a, a.shape(), b).plus(b)
                : a.plus(FreeIndices.put(b, b.shape(), a));
    }

    /** Results that need names before all this can be written. */
    Set<Tensor> unnamed() {
        return unnamed;
    }

    /** The loss's gradient in a tensor, null where there is none. */
    Tex of(Tensor x) {
        return formulas.get(x);
    }

    /** An activation of a named tensor has no δ of its own: it would only be multiplied by the slope. */
    boolean hasDelta(Tensor x) {
        boolean activation = x.op() instanceof Pointwise.OfOne && x.inputs()[0].op() != null
                && symbols.isNamed(x.inputs()[0]) && !graph.isShared(x) && !graph.isShared(x.inputs()[0])
                && formulas.containsKey(x) && Symbols.canBeWrittenOut(formulas.get(x));
        return x != graph.loss() && symbols.isNamed(x) && !activation;
    }
}
