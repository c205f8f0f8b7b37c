package gradus.nn.explanation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Typesetting;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Tex;
import java.util.List;
import java.util.stream.Stream;

/** Tensors as what formulas are evaluated on, and how far two results are apart. */
final class Numbers {

    private Numbers() {
    }

    static NdArray array(Tensor x) {
        return array(x, x.shape());
    }

    static NdArray array(Tensor x, Shape as) {
        return new NdArray(as.dims(), x.toDoubleArray());
    }

    static Tensor tensor(NdArray x) {
        return Tensor.of(new Shape(x.shape()), x.data());
    }

    /** The largest difference of two results, among many. */
    static final class Difference {

        private double largest;
        private double scale;

        Difference() {
            this(0);
        }

        /** With a size below which numbers count as 0: sums that cancel leave rounding behind. */
        Difference(double nothing) {
            scale = nothing;
        }

        private boolean comparable = true;

        void add(NdArray found, NdArray expected) {
            boolean everywhere = found.data().length == 1;
            comparable &= everywhere || found.data().length == expected.data().length;
            for (int i = 0; comparable && i < expected.data().length; i++) {
                add(found.data()[everywhere ? 0 : i], expected.data()[i]);
            }
        }

        void add(double found, double expected) {
            double difference = found == expected ? 0 : Math.abs(found - expected);   // ∞ equals ∞
            largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
            scale = Double.isFinite(expected) ? Math.max(scale, Math.abs(expected)) : scale;
        }

        /** Relative to the largest number; ∞ where numbers are missing. */
        double error() {
            return !comparable ? Double.POSITIVE_INFINITY : largest == 0 ? 0 : largest / scale;
        }

        Check check(double central) {
            return error() <= Check.COMPUTED && !(central > Check.CENTRAL) ? new Check.Holds(error(), central)
                    : new Check.Fails(error(), central);
        }
    }

    /** Names with their sizes, and numbers. */
    static List<String> settings(Formulas formulas) {
        return Stream.concat(formulas.all(Formulas.Given.class).stream()
                .map(g -> g.name() + " " + Typesetting.member(g.as())),
                formulas.all(Formulas.Setting.class).stream().map(s -> s.name() + " = " + Tex.number(s.value())))
                        .toList();
    }

    static List<String> notes(Formulas formulas) {
        return formulas.all(Formulas.Convention.class).stream().map(Formulas.Convention::text).toList();
    }
}
