package gradus.nn.calculus;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One side of a line in both forms.
 *
 * @param tex  LaTeX
 * @param text plain text
 */
public record Written(String tex, String text) {

    /** How many digits a rounded number shows. */
    static final int DIGITS = 6;
    /** How far it may be from the number itself, relatively. */
    static final double ROUNDING = 1e-5;

    static final Written NOTHING = new Written("", "");

    static Written of(Expression e) {
        return new Written(e.tex(), e.text());
    }

    /** A number with six digits at most, always with a point and never as a fraction. */
    static Written rounded(double value) {
        if (!Double.isFinite(value)) {
            return new Written("\\mathrm{" + value + "}", Double.toString(value));
        }
        var decimal = new BigDecimal(value).round(new MathContext(DIGITS)).stripTrailingZeros();
        int power = decimal.precision() - decimal.scale() - 1;
        if (value == 0 || power >= -4 && power < 9) {
            var plain = value == 0 ? "0" : decimal.toPlainString();
            return new Written(plain, plain);
        }
        var digits = decimal.movePointLeft(power).stripTrailingZeros().toPlainString();
        return new Written(digits + " \\cdot 10^{" + power + "}", digits + "e" + power);
    }

    /** A column of numbers or formulas. */
    static Written vector(List<Written> entries) {
        return matrix(entries.stream().map(List::of).toList());
    }

    /** Rows of numbers or formulas; a single column stands as a list in plain text. */
    static Written matrix(List<List<Written>> rows) {
        var tex = rows.stream().map(row -> row.stream().map(Written::tex).collect(Collectors.joining(" & ")))
                .collect(Collectors.joining(" \\\\ ", "\\begin{bmatrix} ", " \\end{bmatrix}"));
        var text = rows.stream().map(row -> row.stream().map(Written::text).collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; ", "[", "]"));
        return new Written(tex, rows.stream().allMatch(row -> row.size() == 1) ? text.replace("; ", ", ") : text);
    }
}
