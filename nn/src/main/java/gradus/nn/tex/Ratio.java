package gradus.nn.tex;

import gradus.nn.tex.Tex.Form;

/** A whole number or a fraction of two, as it stands before a formula. */
record Ratio(long above, long below) {

    private static final Ratio ONE = new Ratio(1, 1);

    private static Ratio reduced(long above, long below) {
        long common = java.math.BigInteger.valueOf(above).gcd(java.math.BigInteger.valueOf(below)).longValue();
        return below == 0 ? null : new Ratio(above / common, below / common);
    }

    /** The number that a formula is, null if it is more than that. */
    private static Ratio of(Tex formula) {
        return switch (formula.form()) {
            case Form.Leaf _ -> formula.text().matches("-?[0-9]{1,9}") ? new Ratio(Long.parseLong(formula.text()), 1) : null;
            case Form.Negative(var inner) -> of(inner) instanceof Ratio(var a, var b) ? new Ratio(-a, b) : null;
            case Form.Fraction(var a, var b) -> of(a) instanceof Ratio(var p, var q) && of(b) instanceof Ratio(var r, var s)
                    ? reduced(p * s, q * r) : null;
            default -> null;
        };
    }

    /** The number before a formula, 1 if there is none. */
    static Ratio before(Tex formula) {
        var whole = of(formula);
        if (whole != null) {
            return whole;
        }
        return switch (formula.form()) {
            case Form.Product(var factors) when of(factors.getFirst()) instanceof Ratio first -> first;
            case Form.Hadamard(var factors) -> before(factors.getFirst());
            case Form.Negative(var inner) -> new Ratio(-1, 1).times(before(inner));
            default -> ONE;
        };
    }

    /** A formula without the number before it. */
    static Tex after(Tex formula) {
        if (of(formula) != null) {
            return Tex.number(1);
        }
        return switch (formula.form()) {
            case Form.Product(var factors) when of(factors.getFirst()) != null -> {
                var rest = factors.get(1);
                for (int i = 2; i < factors.size(); i++) {
                    rest = rest.times(factors.get(i));
                }
                yield formula.known().map(rest::of).orElse(rest);
            }
            case Form.Hadamard(var factors) when !before(formula).equals(ONE) -> {
                var rest = factors.stream().skip(1).reduce(after(factors.getFirst()), Tex::odot);
                yield formula.known().map(rest::of).orElse(rest);
            }
            case Form.Negative(var inner) -> formula.known().map(after(inner)::of).orElse(after(inner));
            default -> formula;
        };
    }

    /** The product; at most as large as its factors, which are small. */
    Ratio times(Ratio other) {
        return reduced(above * other.above, below * other.below);
    }

    boolean isZero() {
        return above == 0;
    }

    boolean isNegative() {
        return above < 0;
    }

    boolean isWhole() {
        return below == 1;
    }

    /** Without its sign. */
    Tex size() {
        return below == 1 ? Tex.number(Math.abs(above)) : Tex.number(Math.abs(above)).over(Tex.number(below));
    }
}
