package gradus.nn.calculus;

import gradus.nn.Tensor;
import java.util.Map;
import java.util.Optional;

/** A function of one number: a well-known one, a logarithm to some base, or one of which only the name is known. */
public sealed interface ScalarFunction permits Elementary, ScalarFunction.Logarithm, ScalarFunction.Unknown {

    /** The function's name in plain text. */
    String plain();

    /**
     * Its value in float64, NaN outside its domain; {@code at} gives what a base is made of, without which it counts as
     * e.
     */
    double value(double x, Map<Expression.Variable, Double> at);

    /** Its derivative at an expression, as the table of derivatives has it. */
    Expression derivative(Expression x);

    /** What its derivative is called by, if it is a rule. */
    Optional<String> rule();

    /** log_a. */
    record Logarithm(Expression base) implements ScalarFunction {

        @Override
        public String plain() {
            return "log_" + Rendering.PLAIN.argument(base);
        }

        @Override
        public double value(double x, Map<Expression.Variable, Double> at) {
            return Math.log(x) / (at.keySet().containsAll(base.variables()) ? Math.log(base.value(at)) : 1);
        }

        @Override
        public Expression derivative(Expression x) {
            return Expression.ONE.div(x.times(base.log()));
        }

        @Override
        public Optional<String> rule() {
            return Optional.of("logarithm");
        }
    }

    /**
     * A function of which only the name is known, for rules as such: f, f′, f″. To check a formula it stands for
     * 2 + sin(ωx + φ) with ω and φ from its name.
     *
     * @param order how often it has been derived
     */
    record Unknown(String name, int order) implements ScalarFunction {

        private double omega() {
            return 0.6 + Math.floorMod(name.hashCode(), 5) * 0.07;
        }

        private double phase() {
            return Math.floorMod(name.hashCode(), 7) * 0.3 + order * Math.PI / 2;
        }

        @Override
        public String plain() {
            return Rendering.PLAIN.name(name) + "'".repeat(order);
        }

        @Override
        public double value(double x, Map<Expression.Variable, Double> at) {
            return (order == 0 ? 2 : 0) + Math.pow(omega(), order) * Math.sin(omega() * x + phase());
        }

        Tensor value(Tensor x) {
            return x.times(omega()).plus(phase()).sin().times(Math.pow(omega(), order)).plus(order == 0 ? 2 : 0);
        }

        @Override
        public Expression derivative(Expression x) {
            return new Expression.Apply(new Unknown(name, order + 1), x);
        }

        @Override
        public Optional<String> rule() {
            return Optional.empty();
        }
    }
}
