package gradus.nn.tex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;

/**
 * The functions that a formula may use without being told, by the word inside {@code \operatorname}; those with a command
 * of their own ({@code \tanh}) have it as their word. All act on elements unless they are about rows (the last axis),
 * matrices (the last two axes) or all elements; the axes of {@code \operatorname{mean}_{0, 2}} stay with size 1.
 */
final class Functions {

    private static final Map<String, Value.Function> ALL = new TreeMap<>();

    private Functions() {
    }

    static {
        elements();
        several();
        rows();
        matrices();
        shapes();
    }

    static boolean has(Formula name) {
        return name instanceof Formula.Symbol(var word) && ALL.containsKey(word);
    }

    static Value.Function get(Formula name) {
        return ALL.get(((Formula.Symbol) name).name());
    }

    private static void elementwise(String name, DoubleUnaryOperator f) {
        unary(name, x -> x.map(f));
    }

    private static void unary(String name, UnaryOperator<NdArray> f) {
        ALL.put(name, (parameters, arguments) -> {
            if (parameters.length != 0 || arguments.length != 1) {
                throw NdArray.unfit(name + " takes one argument, not " + arguments.length
                        + (parameters.length > 0 ? ", and nothing below it" : ""), name + "\\left(x\\right)");
            }
            return f.apply(arguments[0]);
        });
    }

    private static void elements() {
        elementwise("sin", Math::sin);
        elementwise("cos", Math::cos);
        elementwise("tan", Math::tan);
        elementwise("arcsin", Math::asin);
        elementwise("arccos", Math::acos);
        elementwise("arctan", Math::atan);
        elementwise("sinh", Math::sinh);
        elementwise("cosh", Math::cosh);
        elementwise("tanh", Math::tanh);
        elementwise("arsinh", x -> Math.copySign(Math.log1p(Math.abs(x) + x * x / (1 + Math.sqrt(x * x + 1))), x));
        elementwise("arcosh", x -> Math.log(x + Math.sqrt((x - 1) * (x + 1))));
        elementwise("artanh", x -> 0.5 * (Math.log1p(x) - Math.log1p(-x)));
        elementwise("exp", Math::exp);
        elementwise("ln", Math::log);
        elementwise("lg", Math::log10);
        elementwise("\\sigma", Functions::sigmoid);
        elementwise("ReLU", x -> Math.max(0, x));
        elementwise("sign", Math::signum);
        elementwise("sgn", Math::signum);
        elementwise("erf", Functions::erf);
        elementwise("\\Phi", x -> 0.5 * (1 + erf(x / Math.sqrt(2))));
        elementwise("\\varphi", x -> Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI));
        elementwise("abs", Math::abs);
        elementwise("floor", Math::floor);
        elementwise("ceil", Math::ceil);
        elementwise("round", Math::rint);
        elementwise("not", x -> x == 0 ? 1 : 0);
        ALL.put("log", (base, x) -> {
            double scale = base.length == 0 ? 1 : Math.log(base[0].item());
            return x[0].map(v -> base.length == 0 ? Math.log(v) : base[0].item() == 10 ? Math.log10(v) : Math.log(v) / scale);
        });
        ALL.put("sqrt", (root, x) -> x[0].map(v -> root.length == 0 ? Math.sqrt(v)
                : root[0].item() == 3 ? Math.cbrt(v) : Math.pow(v, 1 / root[0].item())));
    }

    private static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    /** Below 3 the series 2/√π e^{−x²} Σ 2ⁿ x^{2n+1}/(2n+1)!!, beyond the continued fraction of 1 − erf. */
    static double erf(double x) {
        double a = Math.abs(x);
        if (Double.isNaN(x) || a > 6) {
            return Double.isNaN(x) ? x : Math.signum(x);
        }
        double scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
        if (a < 3) {
            double term = x;
            double sum = x;
            for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
                term *= 2 * x * x / (2 * n + 1);
                sum += term;
            }
            return 2 * scale * sum;
        }
        double fraction = a;
        for (int n = 60; n > 0; n--) {
            fraction = a + n / 2.0 / fraction;
        }
        return Math.signum(x) * (1 - scale / fraction);
    }

    private static void several() {
        ALL.put("mean", (axes, x) -> mean(x[0], whole(axes)));
        ALL.put("var", (axes, x) -> mean(x[0].with(mean(x[0], whole(axes)), (v, m) -> (v - m) * (v - m)), whole(axes)));
        ALL.put("max", (parameters, x) -> extreme(1, x));
        ALL.put("min", (parameters, x) -> extreme(-1, x));
        ALL.put("atan2", (parameters, x) -> x[0].with(x[1], Math::atan2));
        ALL.put("mod", (parameters, x) -> x[0].with(x[1], (a, b) -> a - Math.floor(a / b) * b));
    }

    /** Over some axes, which stay with size 1; over all when none is named. */
    private static NdArray mean(NdArray x, int... axes) {
        var shape = axes.length == 0 ? new int[0] : x.shape().clone();
        for (int axis : axes) {
            shape[axis] = 1;
        }
        var sums = x.summedTo(shape);
        return sums.map(sum -> sum * sums.data().length / x.data().length);
    }

    /** Of several arguments element by element; of one, over all its elements. */
    private static NdArray extreme(int sign, NdArray... x) {
        if (x.length == 1) {
            return NdArray.scalar(sign * Arrays.stream(x[0].data()).map(v -> sign * v).max().orElseThrow(
                    () -> NdArray.unfit("nothing has no maximum and no minimum", "give at least one element")));
        }
        var result = x[0];
        for (var next : List.of(x).subList(1, x.length)) {
            result = result.with(next, (a, b) -> sign * Math.max(sign * a, sign * b));
        }
        return result;
    }

    private static void rows() {
        unary("softmax", x -> x.rows(row -> {
            double max = Arrays.stream(row).max().orElseThrow();
            double total = Arrays.stream(row).map(v -> Math.exp(v - max)).sum();
            return Arrays.stream(row).map(v -> Math.exp(v - max) / total).toArray();
        }));
        unary("diag", x -> {
            if (x.rank() == 1 || x.dim(1) == 1) {   // a column n × 1 is a vector, too
                return NdArray.identity(x.dim(0)).with(NdArray.vector(x.data()), (one, v) -> one * v);
            }
            int n = Math.min(x.dim(0), x.dim(1));
            return NdArray.vector(DoubleStream.iterate(0, i -> i + 1).limit(n)
                    .map(i -> x.data()[(int) i * (x.dim(1) + 1)]).toArray());
        });
        ALL.put("norm", (p, x) -> {
            if (p.length == 0) {   // ‖x‖ and ‖A‖_F
                return NdArray.scalar(Math.sqrt(Arrays.stream(x[0].data()).map(v -> v * v).sum()));
            }
            if (x[0].rank() > 1) {
                throw NdArray.unfit("the norm with an index is not read of a matrix",
                        "write \\|A\\|_F or a formula of its entries");
            }
            var sizes = x[0].map(Math::abs).data();
            double order = p[0].item();
            return NdArray.scalar(Double.isInfinite(order) ? Arrays.stream(sizes).max().orElse(0)
                    : order == 2 ? Math.sqrt(Arrays.stream(sizes).map(v -> v * v).sum())
                    : Math.pow(Arrays.stream(sizes).map(v -> Math.pow(v, order)).sum(), 1 / order));
        });
        unary("vec", x -> x.reshape(x.data().length));
    }

    private static void matrices() {
        unary("tr", a -> onMatrices(a, m -> {
            double sum = 0;
            for (int i = 0; i < m.dim(0); i++) {
                sum += m.data()[i * m.dim(0) + i];
            }
            return NdArray.scalar(sum);
        }));
        unary("sym", a -> a.with(a.transposed(), (x, y) -> (x + y) / 2));
        unary("cholesky", a -> onMatrices(a, Functions::cholesky));
        unary("expm", a -> onMatrices(a, Functions::exponential));
        unary("det", a -> onMatrices(a, m -> NdArray.scalar(eliminated(m, NdArray.identity(m.dim(0)))[0].item())));
        for (boolean lower : new boolean[] {true, false}) {
            ALL.put(lower ? "tril" : "triu", (k, a) -> onLastTwo(a[0], (i, j) ->
                    (j - i - (k.length == 0 ? 0 : k[0].item())) * (lower ? 1 : -1) <= 0));
        }
    }

    private interface Keeps {
        boolean test(int row, int column);
    }

    private static NdArray onLastTwo(NdArray a, Keeps keeps) {
        int n = a.dim(-1);
        int m = a.dim(-2);
        var kept = a.data().clone();
        for (int at = 0; at < kept.length; at++) {
            kept[at] = keeps.test(at / n % m, at % n) ? kept[at] : 0;
        }
        return new NdArray(a.shape(), kept);
    }

    /** A function of each square matrix of a stack. */
    private static NdArray onMatrices(NdArray a, UnaryOperator<NdArray> f) {
        if (a.rank() < 2 || a.dim(-1) != a.dim(-2)) {
            throw NdArray.unfit("a square matrix is wanted where the shape is " + Arrays.toString(a.shape()),
                    "the last two sizes must be equal");
        }
        if (a.rank() == 2) {
            return f.apply(a);
        }
        var parts = new ArrayList<NdArray>();
        for (int i = 0; i < a.dim(0); i++) {
            parts.add(onMatrices(a.at(i), f));
        }
        return NdArray.stack(parts);
    }

    /** The lower triangle L with L Lᵀ = A, row by row. */
    private static NdArray cholesky(NdArray a) {
        int n = a.dim(0);
        var l = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double rest = a.data()[i * n + j];
                for (int k = 0; k < j; k++) {
                    rest -= l[i * n + k] * l[j * n + k];
                }
                l[i * n + j] = i == j ? Math.sqrt(rest) : rest / l[j * n + j];
            }
        }
        return new NdArray(a.shape(), l);
    }

    /** A Taylor series of A/2ˢ, small enough for it, squared s times. */
    private static NdArray exponential(NdArray a) {
        int squarings = Math.max(0, Math.getExponent(Arrays.stream(a.data()).map(Math::abs).sum()) + 3);
        var small = a.map(x -> Math.scalb(x, -squarings));
        var sum = NdArray.identity(a.dim(0));
        var term = sum;
        for (int k = 1; k < 20; k++) {
            int divisor = k;
            term = term.times(small).map(x -> x / divisor);
            sum = sum.with(term, Double::sum);
        }
        for (int s = 0; s < squarings; s++) {
            sum = sum.times(sum);
        }
        return sum;
    }

    /** A⁺ of a matrix whose columns, or rows, are independent. */
    static NdArray pseudoInverse(NdArray a) {
        var t = a.transposed();
        return a.dim(-2) >= a.dim(-1) ? inverse(t.times(a)).times(t) : t.times(inverse(a.times(t)));
    }

    static NdArray inverse(NdArray a) {
        return onMatrices(a, m -> eliminated(m, NdArray.identity(m.dim(0)))[1]);
    }

    /** By Gauss and Jordan with row pivots: the determinant, and a⁻¹ b. */
    private static NdArray[] eliminated(NdArray a, NdArray b) {
        int n = a.dim(0);
        var rows = new double[n][];
        for (int i = 0; i < n; i++) {
            rows[i] = DoubleStream.concat(Arrays.stream(a.at(i).data()), Arrays.stream(b.at(i).data())).toArray();
        }
        double det = 1;
        for (int k = 0; k < n; k++) {
            int pivot = k;
            for (int i = k + 1; i < n; i++) {
                pivot = Math.abs(rows[i][k]) > Math.abs(rows[pivot][k]) ? i : pivot;
            }
            var swapped = rows[k];
            rows[k] = rows[pivot];
            rows[pivot] = swapped;
            double lead = rows[k][k];
            det *= pivot == k ? lead : -lead;
            for (int i = 0; i < n; i++) {
                double factor = i == k ? 0 : rows[i][k] / lead;
                for (int j = k; j < 2 * n && factor != 0; j++) {
                    rows[i][j] -= factor * rows[k][j];
                }
            }
            for (int j = k; j < 2 * n; j++) {
                rows[k][j] /= lead;
            }
        }
        var inverse = Arrays.stream(rows).flatMapToDouble(row -> Arrays.stream(row, n, 2 * n)).toArray();
        return new NdArray[] {NdArray.scalar(det), new NdArray(new int[] {n, n}, inverse)};
    }

    private static void shapes() {
        ALL.put("reshape", (to, x) -> x[0].reshape(whole(to)));
        ALL.put("pad", (ends, x) -> padded(x[0], whole(ends)));
        ALL.put("concat", (axis, x) -> NdArray.concat((int) axis[0].item(), List.of(x)));
    }

    /** Zeros around the last axes, {@code ends} being how many before and after the first of them, and so on. */
    private static NdArray padded(NdArray x, int... ends) {
        var padded = x;
        for (int i = 0; i < ends.length; i += 2) {
            int axis = x.rank() - (ends.length - i) / 2;
            var before = padded.shape().clone();
            var after = padded.shape().clone();
            before[axis] = ends[i];
            after[axis] = ends[i + 1];
            padded = NdArray.concat(axis, List.of(NdArray.full(0, before), padded, NdArray.full(0, after)));
        }
        return padded;
    }

    private static int[] whole(NdArray... numbers) {
        return Arrays.stream(numbers).mapToInt(number -> (int) number.item()).toArray();
    }
}
