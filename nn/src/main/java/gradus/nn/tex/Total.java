package gradus.nn.tex;

import java.util.function.DoubleBinaryOperator;

/** What an operator like {@code \sum} has gathered so far. */
final class Total {

    private final String operator;
    private NdArray sum;   // or product, or extreme
    private double where;
    double index;   // the value that the index has now, which the arg operators give

    Total(String operator) {
        this.operator = operator;
    }

    void add(NdArray term) {
        if (sum == null) {
            sum = term;
            where = index;
            return;
        }
        boolean better = operator.startsWith("arg")
                && (operator.endsWith("max") ? term.item() > sum.item() : term.item() < sum.item());
        where = better ? index : where;
        sum = operator.equals("prod") && sum.rank() > 1 && term.rank() > 1 ? sum.times(term) : sum.with(term, join());
    }

    private DoubleBinaryOperator join() {
        return switch (operator) {
            case "sum" -> Double::sum;
            case "prod" -> (a, b) -> a * b;
            case "max", "argmax" -> Math::max;
            default -> Math::min;
        };
    }

    NdArray result() {
        if (sum == null) {
            return switch (operator) {
                case "sum" -> NdArray.scalar(0);
                case "prod" -> NdArray.scalar(1);
                case "max" -> NdArray.scalar(Double.NEGATIVE_INFINITY);
                case "min" -> NdArray.scalar(Double.POSITIVE_INFINITY);
                default -> throw NdArray.unfit("the " + operator + " over nothing", "give the index a range of at least one");
            };
        }
        return operator.startsWith("arg") ? NdArray.scalar(where) : sum;
    }
}
