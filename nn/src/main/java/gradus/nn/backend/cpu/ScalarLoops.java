package gradus.nn.backend.cpu;

import gradus.nn.backend.Fn;

/** Functions of many numbers and one: loops simple enough for the JIT to vectorise, and exact in any width. */
final class ScalarLoops {

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
            case MAX -> maxNumber(x, xAt, b, z, zAt, n);
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
        for (int i = 0; i < n; i++) {
            z[zAt + i] = x[xAt + i] > b ? 1f : 0f;
        }
    }

    private static void maxNumber(float[] x, int xAt, float b, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i++) {
            z[zAt + i] = Math.max(x[xAt + i], b);
        }
    }

    /** {@code z[zAt + i] = f(a, y[yAt + i])}, if there is a loop for f; says whether. */
    static boolean numberWith(Fn f, float a, float[] y, int yAt, float[] z, int zAt, int n) {
        switch (f) {
            case ADD -> addNumber(y, yAt, a, z, zAt, n);
            case MUL -> mulNumber(y, yAt, a, z, zAt, n);
            case SUB -> numberSub(a, y, yAt, z, zAt, n);
            case DIV -> numberDiv(a, y, yAt, z, zAt, n);
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
