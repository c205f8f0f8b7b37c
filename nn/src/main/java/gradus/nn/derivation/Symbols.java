package gradus.nn.derivation;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.op.Activations;
import gradus.nn.op.Convolutions;
import gradus.nn.op.Losses;
import gradus.nn.op.Op;
import gradus.nn.op.Pointwise;
import gradus.nn.op.Pooling;
import gradus.nn.op.Products;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names of a graph's tensors. What was given is named always, a result when it has a name of its own, is used more than
 * once, or would make the formulas with it too long; all other results are written out where they are used.
 *
 * <p>A graph none of whose results has a name gets the usual ones: z for affine maps, h for activations of them (v
 * beside a recurrent layer), u for others; where there are convolutions Z and A, P for pooling and κ for where its
 * maxima lie; the letters of attention.
 */
final class Symbols {

    /** Characters of LaTeX from which on a result gets a name: about a line. */
    private static final int LONGEST = 160;

    private static final Pattern NUMBER = Pattern.compile("(?<=^[A-Za-z])_\\{\\d+}$");

    private final Map<Tensor, Tex> formulas = new IdentityHashMap<>();
    private final Map<Tensor, Tex> names = new IdentityHashMap<>();
    private final Names given;
    private final boolean images;   // which are written Z, A and P
    private final Map<Tensor, String> heads;
    private final List<OneHot> oneHots;

    /**
     * The names, with one for each of these results.
     *
     * @param timed whether h and z are what a recurrent layer has at each step
     */
    Symbols(Graph graph, Set<Tensor> needed, boolean timed) {
        given = Names.of(graph.order());
        images = graph.order().stream().anyMatch(Symbols::isConvolution);
        heads = AttentionNames.of(graph.order());
        Set<Tensor> places = Collections.newSetFromMap(new IdentityHashMap<>());
        graph.order().stream().filter(x -> x.op() instanceof Pooling.WindowMax).forEach(x -> places.add(x.inputs()[1]));
        oneHots = graph.oneHots();
        boolean usual = graph.order().stream().noneMatch(x -> x.op() != null && x != graph.loss() && given.of(x).isPresent());
        for (var x : graph.order()) {
            var wanted = given.of(x).orElseGet(() -> x == graph.loss() ? fresh("L", false) : x.op() != null ? ""
                    : places.contains(x) ? fresh("\\kappa", true) : heads.containsKey(x) ? head(x) : leaf(x));
            if (x.op() != null) {
                formulas.put(x, written(x.op().tex(inputs(x)).of(x.shape())));
                if (wanted.isEmpty() && usual) {
                    wanted = usual(x, graph, timed);
                }
                if (wanted.isEmpty() && (graph.isShared(x) || needed.contains(x) || isUnwieldy(x, formulas.get(x)))) {
                    wanted = x.op().getClass().getEnclosingClass() == Losses.class ? fresh("\\ell", false)
                            : images ? usual(x, graph, timed) : heads.containsKey(x) ? head(x) : "";
                    wanted = wanted.isEmpty() ? fresh("u", true) : wanted;
                }
            }
            if (!wanted.isEmpty()) {
                names.put(x, Tex.symbol(wanted, x.shape()));
            }
        }
    }

    private static boolean isUnwieldy(Tensor x, Tex formula) {
        return x.op().formulas() == Op.Formulas.NAMES || isBatched(x) || !canBeWrittenOut(formula);
    }

    /** Whether its formula speaks of each matrix of a batch. */
    static boolean isBatched(Tensor x) {
        return x.op() != null && x.op().formulas() == Op.Formulas.OF_EACH_MATRIX
                && Arrays.stream(x.inputs()).anyMatch(in -> in.rank() > 2);
    }

    /** Whether a formula may stand within another: it is not too long, and is not that of one element with its indices. */
    static boolean canBeWrittenOut(Tex formula) {
        return (formula.text().length() <= LONGEST || Vectors.isLaidOut(formula)
                && Vectors.plain(formula).text().length() <= LONGEST) && isWhole(formula);
    }

    /** Whether a formula is that of whole tensors, not of one element. */
    static boolean isWhole(Tex formula) {
        return !FreeIndices.hasEntries(formula) && FreeIndices.of(formula).isEmpty();
    }

    private String leaf(Tensor x) {
        if (x.requiresGrad()) {
            return fresh("\\theta", true);
        }
        return x.size() == 1 && x.dtype() != DType.INT32 ? "" : fresh(x.dtype() == DType.INT32 ? "y" : "x", false);
    }

    private String usual(Tensor x, Graph graph, boolean timed) {
        if (heads.containsKey(x) && x != graph.loss()) {
            return head(x);
        }
        if (x.op() instanceof Products.Linear || isConvolution(x)) {
            return fresh(timed ? "u" : images ? "Z" : "z", true);
        }
        var in = x.inputs()[0];
        if (x.op() instanceof Pooling.WindowMax || x.op() instanceof Pooling.WindowMean) {
            return like("P", in);
        }
        boolean activation = x.op().getClass().getEnclosingClass() == Activations.class || x.op().name().equals("tanh");
        return activation && x.op() instanceof Pointwise.OfOne && names.containsKey(in) && in.op() != null && x != graph.loss()
                ? like(timed ? "v" : images ? "A" : "h", in) : "";
    }

    /** Numbered where there are several heads. */
    private String head(Tensor x) {
        var letter = heads.get(x);
        return fresh(letter, Collections.frequency(heads.values(), letter) > 1);
    }

    private static boolean isConvolution(Tensor x) {
        return x.op() instanceof Convolutions.Conv || x.op() instanceof Convolutions.ConvInputGradient;
    }

    /** A letter with the number of another tensor, A₂ for what is made of Z₂, if that has one and the name is free. */
    private String like(String letter, Tensor other) {
        var number = NUMBER.matcher(names.containsKey(other) ? names.get(other).text() : "");
        return number.find() && !given.isTaken(letter + number.group()) ? given.free(letter + number.group())
                : fresh(letter, true);
    }

    /** A name that nobody has: with a number always, or only if it is needed. */
    private String fresh(String base, boolean number) {
        return number ? given.numbered(base) : given.free(base);
    }

    /** A formula with matrices for the labels of cross-entropies. */
    Tex written(Tex formula) {
        var written = formula;
        for (var labels : oneHots) {
            if (isNamed(labels.labels()) && isNamed(labels.matrix())) {
                written = labels.written(written, this);
            }
        }
        return written;
    }

    boolean isNamed(Tensor x) {
        return names.containsKey(x);
    }

    /** The name of a tensor, or its formula if it has none. */
    Tex of(Tensor x) {
        var name = names.get(x);
        return name != null ? name : x.op() == null ? Tex.number(x.item()).of(x.shape()) : formulas.get(x);
    }

    /** How a result is computed, in names. */
    Tex formula(Tensor x) {
        return formulas.get(x);
    }

    Tex[] inputs(Tensor x) {
        return List.of(x.inputs()).stream().map(this::of).toArray(Tex[]::new);
    }

    /** The name of the loss's gradient in a tensor: δ₃ for that of z₃, δ with the whole name below for others; above as well. */
    Tex delta(Tensor x) {
        var name = names.get(x).text();
        if (name.startsWith("z^") && !given.isTaken("z")) {
            return Tex.symbol("\\delta" + name.substring(1), x.shape());
        }
        boolean affine = name.startsWith("z_")
                || images && name.startsWith("Z_") && !given.isTaken("z" + name.substring(1));
        boolean numbered = affine && !given.isTaken(name.substring(0, 1)) && !given.isTaken(name.substring(2));
        var below = numbered ? name.substring(2) : name;
        return Tex.symbol("\\delta_{" + (below.startsWith("{") && below.endsWith("}") ? below.substring(1, below.length() - 1)
                : below) + "}", x.shape());
    }

    /** The name of the derivative of one tensor in another. */
    Tex derivative(Tensor x, Tensor in) {
        return Tex.atom("\\frac{\\partial " + of(x) + "}{\\partial " + of(in) + "}");
    }

    /** All names as they are written. */
    Set<String> texts() {
        return names.values().stream().map(Tex::text).collect(Collectors.toSet());
    }

    Map<Tensor, Tex> names() {
        return names;
    }
}
