package gradus.nn.derivation.rules;

import gradus.nn.tex.Evaluator;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Value;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A quantity that a known result speaks of. */
sealed interface Given {

    /** What it is called, in LaTeX. */
    String name();

    /** Its numbers, where those before it have theirs. */
    NdArray value(RandomGenerator random, Map<String, Value> before);

    /** Anything of its kind: a proof draws numbers. */
    record Drawn(String name, Law law, int... shape) implements Given {

        @Override
        public NdArray value(RandomGenerator random, Map<String, Value> before) {
            return new NdArray(shape, law.numbers(random, shape));
        }
    }

    /**
     * What a formula of those before it gives.
     *
     * @param stated whether the statement shows it; otherwise it belongs to the proof alone
     * @param shape  the sizes, where the formula's indices leave them open
     */
    record Defined(String name, String formula, boolean stated, int... shape) implements Given {

        String equation() {
            var indices = shape.length == 0 ? "" : "[" + String.join(", ", Tex.indices(shape.length).split("")) + "]";
            return name + indices + " = " + formula;
        }

        @Override
        public NdArray value(RandomGenerator random, Map<String, Value> before) {
            return Evaluator.evaluate(formula, before, shape);
        }
    }

    /** What kind of numbers; sizes and matrices are such that no proof divides by nearly nothing. */
    enum Law {
        /** Any. */
        NORMAL,
        /** Between 0.1 and 0.9. */
        FRACTION,
        /** Rows of positive numbers with the sum 1. */
        DISTRIBUTION,
        /** A matrix equal to its transpose. */
        SYMMETRIC,
        /** A matrix whose determinant is above 0. */
        INVERTIBLE;

        private double[] numbers(RandomGenerator random, int... shape) {
            var numbers = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
            int n = shape.length == 0 ? 1 : shape[shape.length - 1];
            boolean positive = this == FRACTION || this == DISTRIBUTION;
            Arrays.setAll(numbers, i -> positive ? random.nextDouble(0.1, 0.9) : random.nextGaussian());
            switch (this) {
                case DISTRIBUTION -> {
                    for (int from = 0; from < numbers.length; from += n) {
                        double sum = Arrays.stream(numbers, from, from + n).sum();
                        for (int i = from; i < from + n; i++) {
                            numbers[i] /= sum;
                        }
                    }
                }
                case SYMMETRIC -> {
                    for (int i = 0; i < n; i++) {
                        for (int j = 0; j < i; j++) {
                            numbers[i * n + j] = numbers[j * n + i];
                        }
                    }
                }
                case INVERTIBLE -> {
                    for (int i = 0; i < n; i++) {   // a dominant diagonal
                        double others = 0;
                        for (int j = 0; j < n; j++) {
                            others += Math.abs(numbers[i * n + j]);
                        }
                        numbers[i * n + i] = others;
                    }
                }
                default -> { }
            }
            return numbers;
        }
    }
}
