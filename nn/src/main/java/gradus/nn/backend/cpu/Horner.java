package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.VectorMath.all;

import jdk.incubator.vector.FloatVector;

/**
 * Polynomials by Horner's scheme, from the coefficient of the highest power to the constant.
 *
 * <p>Written out, with coefficients that are constants to C2: in a loop, or with each number broadcast where it is used, tanh
 * has more nodes than C2 inlines (NodeCountInliningCutoff) and its vectors are boxed: 23 or 9.9 instead of 0.9 µs for 2048
 * numbers.
 */
final class Horner {

    private Horner() {
    }

    record Three(FloatVector a, FloatVector b, FloatVector c) {

        static Three of(float[] k) {
            return new Three(all(k[0]), all(k[1]), all(k[2]));
        }

        FloatVector at(FloatVector x) {
            return a.fma(x, b).fma(x, c);
        }
    }

    record Four(FloatVector a, FloatVector b, FloatVector c, FloatVector d) {

        static Four of(float[] k) {
            return new Four(all(k[0]), all(k[1]), all(k[2]), all(k[3]));
        }

        FloatVector at(FloatVector x) {
            return a.fma(x, b).fma(x, c).fma(x, d);
        }
    }

    record Five(FloatVector a, FloatVector b, FloatVector c, FloatVector d, FloatVector e) {

        static Five of(float[] k) {
            return new Five(all(k[0]), all(k[1]), all(k[2]), all(k[3]), all(k[4]));
        }

        FloatVector at(FloatVector x) {
            return a.fma(x, b).fma(x, c).fma(x, d).fma(x, e);
        }
    }

    record Six(FloatVector a, FloatVector b, FloatVector c, FloatVector d, FloatVector e, FloatVector f) {

        static Six of(float[] k) {
            return new Six(all(k[0]), all(k[1]), all(k[2]), all(k[3]), all(k[4]), all(k[5]));
        }

        FloatVector at(FloatVector x) {
            return a.fma(x, b).fma(x, c).fma(x, d).fma(x, e).fma(x, f);
        }
    }

    record Seven(FloatVector a, FloatVector b, FloatVector c, FloatVector d, FloatVector e, FloatVector f,
            FloatVector g) {

        static Seven of(float[] k) {
            return new Seven(all(k[0]), all(k[1]), all(k[2]), all(k[3]), all(k[4]), all(k[5]), all(k[6]));
        }

        FloatVector at(FloatVector x) {
            return a.fma(x, b).fma(x, c).fma(x, d).fma(x, e).fma(x, f).fma(x, g);
        }
    }

    record Nine(FloatVector a, FloatVector b, FloatVector c, FloatVector d, FloatVector e, FloatVector f,
            FloatVector g, FloatVector h, FloatVector i) {

        static Nine of(float[] k) {
            return new Nine(all(k[0]), all(k[1]), all(k[2]), all(k[3]), all(k[4]), all(k[5]), all(k[6]),
                    all(k[7]), all(k[8]));
        }

        FloatVector at(FloatVector x) {
            return a.fma(x, b).fma(x, c).fma(x, d).fma(x, e).fma(x, f).fma(x, g).fma(x, h).fma(x, i);
        }
    }
}
