package gradus.nn.calculus;

import gradus.nn.DType;
import gradus.nn.Linalg;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.calculus.Expression.Number;
import gradus.nn.calculus.Expression.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where the gradient of a function is 0, each point classed by the eigenvalues of the Hessian there.
 *
 * @param points in the order of their first coordinate
 * @param how    by algebra or by Newton's method, and what that leaves open
 */
public record StationaryPoints(List<Point> points, String how, Calculation steps) implements Worked {

    /** What the Hessian says: its eigenvalues all positive, all negative, of both signs, or one of them 0. */
    public enum Kind {
        MINIMUM, MAXIMUM, SADDLE, UNDECIDED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One stationary point.
     *
     * @param exact       its coordinates as expressions where they are known as such, otherwise as rounded numbers
     * @param coordinates in the order of the variables
     * @param eigenvalues of the Hessian, ascending
     */
    public record Point(Optional<List<Expression>> exact, List<Double> coordinates, double value,
            List<Double> eigenvalues, Kind kind) {
    }

    private static final double RANGE = 5;
    private static final double GRADIENT = 1e-10;
    private static final int MOST = 60;   // more than these are not isolated points, or not worth listing

    static StationaryPoints of(ScalarDerivation derivation) {
        return new Search(derivation).found();
    }

    private static final class Search {

        private final ScalarDerivation derivation;
        private final List<Variable> variables;
        private final List<Expression> gradient;
        private final List<List<Expression>> hessian;

        Search(ScalarDerivation derivation) {
            this.derivation = derivation;
            this.variables = derivation.variables;
            if (!variables.containsAll(derivation.f.variables())) {
                throw new IllegalArgumentException("stationaryPoints: " + derivation.f.text() + " has parameters"
                        + "\nhelp: put numbers in their place with f.with(Map.of(parameter, number(2)))");
            }
            gradient = variables.stream().map(derivation::partial).toList();
            hessian = variables.stream().map(x -> variables.stream().map(y -> derivation.partial(x, y)).toList())
                    .toList();
        }

        StationaryPoints found() {
            var solved = variables.size() == 1 ? Roots.of(gradient.getFirst(), variables.getFirst())
                    .map(roots -> roots.stream().map(List::of).toList()) : linear();
            var points = new ArrayList<Point>();
            String how;
            if (solved.isPresent()) {
                solved.get().forEach(exact -> point(Optional.of(exact),
                        exact.stream().mapToDouble(e -> e.value(Map.of())).toArray()).ifPresent(points::add));
                how = "solved exactly: there are no others";
            } else {
                newton().stream().limit(MOST).map(x -> point(exact(x), x)).flatMap(Optional::stream)
                        .forEach(points::add);
                how = "found by Newton's method from a grid over −5 … 5: there may be others";
                how = points.size() >= MOST ? how + "; more than " + MOST + " were met, they may not be isolated" : how;
            }
            points.sort((a, b) -> Arrays.compare(a.coordinates.stream().mapToDouble(x -> x).toArray(),
                    b.coordinates.stream().mapToDouble(x -> x).toArray()));
            return new StationaryPoints(List.copyOf(points), how, calculation(points, how));
        }

        private Map<Variable, Double> at(double... x) {
            var at = new LinkedHashMap<Variable, Double>();
            IntStream.range(0, x.length).forEach(i -> at.put(variables.get(i), x[i]));
            return at;
        }

        /** The solution of a linear gradient, if it is one and has one. */
        private Optional<List<List<Expression>>> linear() {
            int n = variables.size();
            var rows = new Rational[n][n + 1];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    if (!(hessian.get(i).get(j) instanceof Number(var value))) {
                        return Optional.empty();
                    }
                    rows[i][j] = value;
                }
                var origin = variables.stream().collect(Collectors.toMap(x -> x, x -> (Expression) Expression.ZERO));
                if (!(gradient.get(i).with(origin).simplified() instanceof Number(var constant))) {
                    return Optional.empty();
                }
                rows[i][n] = constant.negated();
            }
            for (int k = 0; k < n; k++) {
                int column = k;
                var pivot = IntStream.range(k, n).filter(i -> rows[i][column].signum() != 0).findFirst();
                if (pivot.isEmpty()) {
                    return Optional.empty();
                }
                var swapped = rows[k];
                rows[k] = rows[pivot.getAsInt()];
                rows[pivot.getAsInt()] = swapped;
                var lead = rows[k][k].reciprocal();
                for (int j = k; j <= n; j++) {
                    rows[k][j] = rows[k][j].times(lead);
                }
                for (int i = 0; i < n; i++) {
                    var factor = rows[i][k].negated();
                    for (int j = k; j <= n && i != k; j++) {
                        rows[i][j] = rows[i][j].plus(factor.times(rows[k][j]));
                    }
                }
            }
            return Optional.of(List.of(Arrays.stream(rows).<Expression>map(row -> new Number(row[n])).toList()));
        }

        /** Newton's method from each point of a grid. */
        private List<double[]> newton() {
            int n = variables.size();
            int side = n == 1 ? 201 : n == 2 ? 21 : n == 3 ? 9 : 4;
            int starts = (int) Math.min(Math.pow(side, n), 1024);
            var found = new ArrayList<double[]>();
            for (int start = 0; start < starts && found.size() < MOST; start++) {
                var x = new double[n];
                for (int i = 0, rest = start; i < n; i++, rest /= side) {
                    x[i] = -RANGE + 2 * RANGE * (rest % side) / (side - 1) + 1e-3 * (i + 1);   // not on a symmetry axis
                }
                if (descended(x) && Arrays.stream(x).allMatch(v -> Math.abs(v) <= 2 * RANGE)
                        && found.stream().noneMatch(other -> IntStream.range(0, n)
                        .allMatch(i -> Math.abs(other[i] - x[i]) < 1e-3))) {
                    found.add(x);
                }
            }
            return found;
        }

        private boolean descended(double... x) {
            for (int step = 0; step < 100; step++) {
                var here = at(x);
                var slope = gradient.stream().mapToDouble(g -> g.value(here)).toArray();
                if (!Arrays.stream(slope).allMatch(Double::isFinite)) {
                    return false;
                }
                if (Arrays.stream(slope).allMatch(v -> Math.abs(v) < 1e-15)) {
                    return true;
                }
                var direction = solved(curvature(here), slope);
                if (direction.isEmpty() || !Arrays.stream(direction.get()).allMatch(Double::isFinite)) {
                    break;
                }
                double length = Math.sqrt(Arrays.stream(direction.get()).map(v -> v * v).sum());
                for (int i = 0; i < x.length; i++) {
                    x[i] -= direction.get()[i] * Math.min(1, 1 / length);
                }
                if (length < 1e-15) {
                    break;
                }
            }
            var here = at(x);
            return gradient.stream().allMatch(g -> Math.abs(g.value(here)) < GRADIENT);
        }

        private double[][] curvature(Map<Variable, Double> here) {
            return hessian.stream().map(row -> row.stream().mapToDouble(h -> h.value(here)).toArray())
                    .toArray(double[][]::new);
        }

        private static Optional<double[]> solved(double[][] a, double... b) {
            var matrix = Tensor.of(new Shape(b.length, b.length), Arrays.stream(a).flatMapToDouble(Arrays::stream)
                    .toArray());
            if (b.length == 1) {
                return a[0][0] == 0 ? Optional.empty() : Optional.of(new double[] {b[0] / a[0][0]});
            }
            return Math.abs(matrix.det().item()) < 1e-300 ? Optional.empty()
                    : Optional.of(matrix.solve(Tensor.of(new Shape(b.length), b)).toDoubleArray());
        }

        /** The simple fractions, or multiples of π/2, that are meant, if the gradient is exactly 0 there. */
        private Optional<List<Expression>> exact(double... x) {
            var values = new LinkedHashMap<Variable, Expression>();
            for (int i = 0; i < x.length; i++) {
                double coordinate = x[i];
                var near = fraction(coordinate, 12).or(() -> fraction(coordinate / Math.PI, 2)
                        .map(n -> n.times(Expression.Constant.PI).simplified()));
                if (near.isEmpty()) {
                    return Optional.empty();
                }
                values.put(variables.get(i), near.get());
            }
            boolean zero = gradient.stream().allMatch(g -> g.with(values).simplified().isZero());
            return zero ? Optional.of(List.copyOf(values.values())) : Optional.empty();
        }

        private static Optional<Expression> fraction(double x, int largest) {
            return IntStream.rangeClosed(1, largest)
                    .filter(d -> Math.abs(x * d - Math.rint(x * d)) < 1e-3).<Expression>mapToObj(d ->
                    new Number(Rational.of((long) Math.rint(x * d)).times(Rational.of(d).reciprocal()))).findFirst();
        }

        private Optional<Point> point(Optional<List<Expression>> exact, double... x) {
            var coordinates = exact.map(e -> e.stream().mapToDouble(v -> v.value(Map.of())).toArray()).orElse(x);
            var here = at(coordinates);
            double value = derivation.f.value(here);
            var h = curvature(here);
            if (!Double.isFinite(value) || !Arrays.stream(h).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite)
                    || gradient.stream().anyMatch(g -> !(Math.abs(g.value(here)) < 1e-6))) {
                return Optional.empty();
            }
            var matrix = Tensor.of(new Shape(h.length, h.length), Arrays.stream(h).flatMapToDouble(Arrays::stream)
                    .toArray());
            var eigenvalues = Linalg.eigh(matrix).values().as(DType.FLOAT64).toDoubleArray();
            double tolerance = 1e-9 * Math.max(1, Arrays.stream(eigenvalues).map(Math::abs).max().orElse(1));
            boolean up = Arrays.stream(eigenvalues).anyMatch(v -> v > tolerance);
            boolean down = Arrays.stream(eigenvalues).anyMatch(v -> v < -tolerance);
            boolean flat = Arrays.stream(eigenvalues).anyMatch(v -> Math.abs(v) <= tolerance);
            var kind = up && down ? Kind.SADDLE : flat ? Kind.UNDECIDED : up ? Kind.MINIMUM : Kind.MAXIMUM;
            return Optional.of(new Point(exact, Arrays.stream(coordinates).boxed().toList(), value,
                    Arrays.stream(eigenvalues).boxed().toList(), kind));
        }

        /** At each point the gradient, the value and the second derivatives. */
        private Calculation calculation(List<Point> points, String how) {
            var lines = new ArrayList<Line>();
            var notes = new ArrayList<String>();
            var name = Rendering.PLAIN.name(derivation.name);
            for (var point : points) {
                var here = at(point.coordinates.stream().mapToDouble(x -> x).toArray());
                var place = new Points(List.of(here), derivation.f);
                var coordinates = point.exact.map(e -> e.stream().map(Written::of).toList())
                        .orElseGet(() -> point.coordinates.stream().map(Written::rounded).toList());
                var text = coordinates.stream().map(Written::text).collect(Collectors.joining(", ", "(", ")"));
                var tex = coordinates.stream().map(Written::tex)
                        .collect(Collectors.joining(", ", "\\left(", "\\right)"));
                var zero = variables.size() == 1 ? Written.of(Expression.ZERO)
                        : Written.vector(variables.stream().map(x -> Written.of(Expression.ZERO)).toList());
                var slopes = variables.stream().map(x -> Truth.derivative(derivation.f, List.of(x)))
                        .toArray(Truth[]::new);
                var slope = variables.size() > 1
                        ? new Written("\\nabla " + Rendering.TEX.name(derivation.name), "∇" + name)
                        : new Written(Rendering.TEX.name(derivation.name) + "'", name + "'");
                lines.add(new Line(new Written(slope.tex() + tex, slope.text() + text), zero,
                        point.exact.isEmpty(), "stationary", place.check(zero.tex(), slopes)));
                lines.add(line(derivation.f, point, new Written(Rendering.TEX.name(derivation.name) + tex,
                        name + text), "value",
                        place, List.of()));
                for (int i = 0; i < variables.size(); i++) {
                    for (int j = i; j < variables.size(); j++) {
                        var by = List.of(variables.get(i), variables.get(j));
                        var left = derivation.partialName(by);
                        var bare = variables.size() == 1 ? new Written(left.tex().replaceFirst("\\\\left.*", ""),
                                left.text().replaceFirst("\\(.*", "")) : left;
                        lines.add(line(hessian.get(i).get(j), point, new Written(bare.tex() + tex, bare.text() + text),
                                point.kind.toString(), place, by));
                    }
                }
                boolean bowl = point.kind == Kind.MINIMUM && variables.size() > 1;
                notes.add((variables.size() == 1 ? variables.getFirst().text() + " = " + coordinates.getFirst().text()
                        : text) + ": " + point.kind + ", eigenvalues of the Hessian "
                        + point.eigenvalues.stream().map(v -> Written.rounded(Math.abs(v) < 1e-12 ? 0 : v).text())
                                .collect(Collectors.joining(", ")) + (point.kind == Kind.UNDECIDED
                                ? ": it does not decide" : bowl ? "; condition number "
                                        + Written.rounded(point.eigenvalues.getLast() / point.eigenvalues.getFirst())
                                        .text() : ""));
            }
            notes.addAll(Kinks.of(derivation.f, variables));
            notes.add(points.isEmpty() ? "no stationary point, " + how : how);
            return new Calculation(lines, notes);
        }

        private Line line(Expression e, Point point, Written left, String rule, Points place, List<Variable> by) {
            var truth = Truth.derivative(derivation.f, by);
            if (point.exact.isPresent()) {
                var values = new LinkedHashMap<Variable, Expression>();
                IntStream.range(0, variables.size()).forEach(i -> values.put(variables.get(i), point.exact.get()
                        .get(i)));
                var right = e.with(values).simplified();
                return new Line(left, Written.of(right), rule, place.check(right.tex(), truth));
            }
            var right = Written.rounded(e.value(at(point.coordinates.stream().mapToDouble(x -> x).toArray())));
            return new Line(left, right, true, rule, place.checkRounded(right.tex(), truth));
        }
    }

    @Override
    public String toString() {
        return steps.toString();
    }
}
