package gradus.nn.derivation;

import gradus.nn.Tensor;
import gradus.nn.op.Convolutions;
import gradus.nn.op.Determinants;
import gradus.nn.op.Einsum;
import gradus.nn.op.LinearAlgebra;
import gradus.nn.op.Losses;
import gradus.nn.op.Mapped;
import gradus.nn.op.Normalization;
import gradus.nn.op.Op;
import gradus.nn.op.Pointwise;
import gradus.nn.op.Products;
import gradus.nn.op.Reductions;
import gradus.nn.op.Scans;
import gradus.nn.op.Slicing;
import gradus.nn.tex.Dimensions;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The differentials of a graph's tensors: of {@code z = W h + b}, {@code dz = dW h + W dh + db}; each is linear in
 * those of the tensors it is computed from.
 *
 * @param moves whether a tensor depends on what is varied
 */
record Differentials(Symbols symbols, Predicate<Tensor> moves) {

    /** How the differential of an operation begins that has no formula. */
    static final String UNKNOWN = "\\mathrm{D}\\operatorname";

    /** The symbol of a tensor's differential. */
    Tex symbol(Tensor x) {
        return Tex.symbol("\\mathrm{d}" + symbols.of(x), x.shape());
    }

    /** The differential of a result, in those of named tensors. */
    Tex of(Tensor x) {
        var in = symbols.inputs(x);
        var d = new ArrayList<Optional<Tex>>();
        for (var input : x.inputs()) {
            d.add(!moves.test(input) ? Optional.empty()
                    : Optional.of((symbols.isNamed(input) ? symbol(input) : of(input)).of(input.shape())));
        }
        var dx = symbols.written(of(x.op(), in, symbols.of(x), d));
        var grown = Dimensions.of(dx).filter(shape -> !shape.equals(x.shape()) && shape.size() < x.size());
        return grown.isPresent() ? Tex.atom("\\mathbf{1}_{" + sizes(x) + "}").odot(dx) : dx;
    }

    private static String sizes(Tensor x) {
        return String.join(" \\times ", IntStream.of(x.shape().dims()).mapToObj(Integer::toString).toList());
    }

    /** Of one operation, from the differentials of its inputs, of which those that do not move have none. */
    private static Tex of(Op op, Tex[] in, Tex y, List<Optional<Tex>> d) {
        return switch (op) {
            case Pointwise _, Mapped _, Losses.BceWithLogits _ -> {
                var slopes = op.localTex(in, y);
                yield sum(d, i -> times(slopes[i], d.get(i).orElseThrow()));
            }
            case Products.Linear _ -> linear(in, d);
            case Convolutions.Conv _ when in.length == 3 -> sum(d, i -> i == 2 ? d.get(2).orElseThrow().entry("j")
                    : op.tex(with(new Tex[] {in[0], in[1]}, i, d.get(i).orElseThrow())));
            case LinearAlgebra.Inverse _ -> y.times(d.getFirst().orElseThrow()).times(y).neg();
            case Determinants.Det _ -> y.times(Tex.call("\\operatorname{tr}", in[0].pow(Tex.atom("-1"))
                    .times(d.getFirst().orElseThrow())));
            case Losses.CrossEntropy _, Losses.SmoothedCrossEntropy _ ->
                    op.localTex(in, y)[0].times(d.getFirst().orElseThrow().entry("i, j")).total("\\sum_{j}");
            case Losses.CrossEntropyWithDistribution _ -> {
                var slopes = op.localTex(in, y);
                yield sum(d, i -> slopes[i].times(d.get(i).orElseThrow().sub("ij")).total("\\sum_{j}"));
            }
            case Reductions.Softmax _, Normalization.Standardize _ ->   // whose Jacobian is symmetric
                    op.backTex(in, y, d.getFirst().orElseThrow())[0];
            case Op linear when isLinear(op) -> sum(d, i -> op.tex(with(in, i, d.get(i).orElseThrow())));
            default -> Tex.call(UNKNOWN + "{" + op.name() + "}",
                    d.stream().flatMap(Optional::stream).reduce(Tex::and).orElseThrow());
        };
    }

    /** Linear in each of the inputs that can move. */
    private static boolean isLinear(Op op) {
        return switch (op) {
            case Slicing.Concat _ -> false;
            case Products.MatMul _, Einsum _, Convolutions.Conv _, Reductions.Sum _, LinearAlgebra.Trace _,
                    Scans.CumulativeSum _ -> true;
            default -> op.movesOnly();
        };
    }

    private static Tex linear(Tex[] in, List<Optional<Tex>> d) {
        return sum(d, i -> {
            var dx = d.get(i).orElseThrow();
            return i == 2 ? dx : in[0].shape().rank() == 1 ? i == 0 ? in[1].times(dx) : dx.times(in[0])
                    : i == 0 ? dx.times(in[1].transposed()) : in[0].times(dx.transposed());
        });
    }

    private static Tex sum(List<Optional<Tex>> d, IntFunction<Tex> term) {
        return IntStream.range(0, d.size()).filter(i -> d.get(i).isPresent()).mapToObj(term).reduce(Tex::plus)
                .orElseThrow();
    }

    /** The slope stands before the differential; 1 is not written. */
    private static Tex times(Tex slope, Tex dx) {
        var chained = dx.chain(slope);
        boolean plain = slope.text().equals("0") || slope.text().equals("1");
        return plain || chained.form() instanceof Tex.Form.Fraction ? chained : slope.odot(dx);
    }

    private static Tex[] with(Tex[] in, int i, Tex dx) {
        var changed = in.clone();
        changed[i] = dx;
        return changed;
    }
}
