package gradus.nn.backend.cpu;

import gradus.nn.backend.Fn;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of many numbers and one, exact in any width: sums and products in loops that the JIT makes vectors of,
 * comparisons and extremes, where it branches instead, in vectors of ours.
 */
final class ScalarLoops {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private ScalarLoops() {
    }

    /** {@code z[zAt + i] = f(x[xAt + i], b)}, if there is a loop for f; says whether. */
    static boolean withNumber(Fn f, float[] x, int xAt, float b, float[] z, int zAt, int n) {
        switch (f) {
            case ADD -> addNumber(x, xAt, b, z, zAt, n);
            case SUB -> subNumber(x, xAt, b, z, zAt, n);
            case MUL -> mulNumber(x, xAt, b, z, zAt, n);
            case DIV -> divNumber(x, xAt, b, z, zAt, n);
            case GT -> gtNumber(x, xAt, b, z, zAt, n);
            case GE -> geNumber(x, xAt, b, z, zAt, n);
            case EQ -> eqNumber(x, xAt, b, z, zAt, n);
            case MAX -> maxNumber(x, xAt, b, z, zAt, n);
            case MIN -> minNumber(x, xAt, b, z, zAt, n);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void addNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i++) {
            z[zAt + i] = x[xAt + i] + b;
        }
    }

    private static void subNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i++) {
            z[zAt + i] = x[xAt + i] - b;
        }
    }

    private static void mulNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i++) {
            z[zAt + i] = x[xAt + i] * b;
        }
    }

    private static void divNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i++) {
            z[zAt + i] = x[xAt + i] / b;
        }
    }

    private static void gtNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        var zero = FloatVector.zero(SPECIES);
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            var v = FloatVector.fromArray(SPECIES, x, xAt + i);
            zero.blend(1f, v.compare(VectorOperators.GT, b)).intoArray(z, zAt + i);
        }
        for (int i = whole; i < n; i++) {
            z[zAt + i] = x[xAt + i] > b ? 1f : 0f;
        }
    }

    private static void geNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        var zero = FloatVector.zero(SPECIES);
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            var v = FloatVector.fromArray(SPECIES, x, xAt + i);
            zero.blend(1f, v.compare(VectorOperators.GE, b)).intoArray(z, zAt + i);
        }
        for (int i = whole; i < n; i++) {
            z[zAt + i] = x[xAt + i] >= b ? 1f : 0f;
        }
    }

    private static void eqNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        var zero = FloatVector.zero(SPECIES);
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            var v = FloatVector.fromArray(SPECIES, x, xAt + i);
            zero.blend(1f, v.compare(VectorOperators.EQ, b)).intoArray(z, zAt + i);
        }
        for (int i = whole; i < n; i++) {
            z[zAt + i] = x[xAt + i] == b ? 1f : 0f;
        }
    }

    private static void ltNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        var zero = FloatVector.zero(SPECIES);
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            var v = FloatVector.fromArray(SPECIES, x, xAt + i);
            zero.blend(1f, v.compare(VectorOperators.LT, b)).intoArray(z, zAt + i);
        }
        for (int i = whole; i < n; i++) {
            z[zAt + i] = x[xAt + i] < b ? 1f : 0f;
        }
    }

    private static void leNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        var zero = FloatVector.zero(SPECIES);
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            var v = FloatVector.fromArray(SPECIES, x, xAt + i);
            zero.blend(1f, v.compare(VectorOperators.LE, b)).intoArray(z, zAt + i);
        }
        for (int i = whole; i < n; i++) {
            z[zAt + i] = x[xAt + i] <= b ? 1f : 0f;
        }
    }

    private static void maxNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            FloatVector.fromArray(SPECIES, x, xAt + i).max(b).intoArray(z, zAt + i);
        }
        for (int i = whole; i < n; i++) {
            z[zAt + i] = Math.max(x[xAt + i], b);
        }
    }

    private static void minNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            FloatVector.fromArray(SPECIES, x, xAt + i).min(b).intoArray(z, zAt + i);
        }
        for (int i = whole; i < n; i++) {
            z[zAt + i] = Math.min(x[xAt + i], b);
        }
    }

    /** {@code z[zAt + i] = f(a, y[yAt + i])}, if there is a loop for f; says whether. */
    static boolean numberWith(Fn f, float a, float[] y, int yAt, float[] z, int zAt, int n) {
        switch (f) {
            case ADD -> addNumber(y, yAt, a, z, zAt, n);
            case MUL -> mulNumber(y, yAt, a, z, zAt, n);
            case SUB -> numberSub(a, y, yAt, z, zAt, n);
            case DIV -> numberDiv(a, y, yAt, z, zAt, n);
            case GT -> ltNumber(y, yAt, a, z, zAt, n);
            case GE -> leNumber(y, yAt, a, z, zAt, n);
            case EQ -> eqNumber(y, yAt, a, z, zAt, n);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void numberSub(float a, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i++) {
            z[zAt + i] = a - y[yAt + i];
        }
    }

    private static void numberDiv(float a, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i++) {
            z[zAt + i] = a / y[yAt + i];
        }
    }
}
