package gradus.nn.backend.cpu;

import gradus.nn.backend.Fn;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Every {@link Fn} of many float32 numbers, with the bits of {@link Scalars}. Each has a loop of its own because an
 * operator passed as a variable is not compiled to an instruction, and each loop a method of its own because HotSpot
 * compiles no method of more than 8,000 bytes.
 */
final class VectorLoops {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LENGTH = SPECIES.length();

    private static final ThreadLocal<float[]> REST = ThreadLocal.withInitial(() -> new float[MapTiles.TILE]);

    /**
     * The loops, called through handles so that C2 compiles each on its own. It would inline two sigmoids and a tanh, or
     * all loops that {@link #binary} may choose, into their caller, find that too much, and box every vector: an LSTM took
     * 1.0 instead of 0.4 ms. A call costs 5 ns.
     */
    private static final MethodHandle[] LOOPS = new MethodHandle[Fn.values().length];
    private static final MethodType OF_ONE =
            MethodType.methodType(void.class, float[].class, int.class, float[].class, int.class, int.class);
    private static final MethodType OF_TWO = MethodType.methodType(void.class, float[].class, int.class, float[].class,
            int.class, float[].class, int.class, int.class);

    private VectorLoops() {
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(SPECIES, x, i);
    }

    private static MethodHandle loop(Fn f, MethodType type) {
        var loop = LOOPS[f.ordinal()];
        if (loop == null) {
            try {
                loop = MethodHandles.lookup().findStatic(VectorLoops.class, f.name().toLowerCase(Locale.ROOT), type);
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException(f + " is no function of " + (type == OF_ONE ? "one number" : "two"), e);
            }
            LOOPS[f.ordinal()] = loop;
        }
        return loop;
    }

    private static RuntimeException thrown(Throwable t) {
        return switch (t) {
            case Error e -> throw e;
            case RuntimeException e -> e;
            default -> new IllegalStateException(t);
        };
    }

    /** {@code y[yAt + i] = f(x[xAt + i])}. */
    static void unary(Fn f, float[] x, int xAt, float[] y, int yAt, int n) {
        int whole = SPECIES.loopBound(n);
        try {
            loop(f, OF_ONE).invokeExact(x, xAt, y, yAt, whole);
        } catch (Throwable t) {
            throw thrown(t);
        }
        for (int i = whole; i < n; i++) {
            y[yAt + i] = Scalars.apply(f, x[xAt + i], 0, 0);
        }
    }

    private static void neg(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            load(x, xAt + i).neg().intoArray(y, yAt + i);
        }
    }

    private static void abs(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            load(x, xAt + i).abs().intoArray(y, yAt + i);
        }
    }

    private static void square(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            var v = load(x, xAt + i);
            v.mul(v).intoArray(y, yAt + i);
        }
    }

    private static void sqrt(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            load(x, xAt + i).sqrt().intoArray(y, yAt + i);
        }
    }

    private static void reciprocal(float[] x, int xAt, float[] y, int yAt, int n) {
        var one = FloatVector.broadcast(SPECIES, 1f);
        for (int i = 0; i < n; i += LENGTH) {
            one.div(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void exp(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.exp(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void log(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.log(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void tanh(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.tanh(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void sigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.sigmoid(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void softplus(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.softplus(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void sign(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.sign(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void rsqrt(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.rsqrt(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void expm1(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.expm1(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void log1p(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.log1p(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void log2(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.log2(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void log10(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.log10(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void erf(float[] x, int xAt, float[] y, int yAt, int n) {
        var rest = REST.get();
        for (int from = 0; from < n; from += rest.length) {
            int count = Math.min(n - from, rest.length);
            erfExponent(x, xAt + from, rest, count);
            exp(rest, 0, rest, 0, count);
            erf(x, xAt + from, rest, y, yAt + from, count);
        }
    }

    private static void erfExponent(float[] x, int xAt, float[] y, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.erfExponent(load(x, xAt + i)).intoArray(y, i);
        }
    }

    private static void erf(float[] x, int xAt, float[] rest, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.erf(load(x, xAt + i), load(rest, i)).intoArray(y, yAt + i);
        }
    }

    private static void sin(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.sin(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void cos(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.cos(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void tan(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.tan(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void asin(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.asin(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void acos(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.acos(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void atan(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.atan(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void sinh(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.sinh(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void cosh(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.cosh(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void rint(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.rint(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void floor(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.floor(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void ceil(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.ceil(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    private static void trunc(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.trunc(load(x, xAt + i)).intoArray(y, yAt + i);
        }
    }

    /** {@code z[zAt + i] = f(x[xAt + i], y[yAt + i])}. */
    static void binary(Fn f, float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        int whole = f == Fn.REMAINDER ? 0 : SPECIES.loopBound(n);
        try {
            if (whole > 0) {
                loop(f, OF_TWO).invokeExact(x, xAt, y, yAt, z, zAt, whole);
            }
        } catch (Throwable t) {
            throw thrown(t);
        }
        for (int i = whole; i < n; i++) {
            z[zAt + i] = Scalars.apply(f, x[xAt + i], y[yAt + i], 0);
        }
    }

    private static void pow(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        VectorMath.pow(x, xAt, y, yAt, z, zAt, n);
    }

    private static void add(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            load(x, xAt + i).add(load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void sub(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            load(x, xAt + i).sub(load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void mul(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            load(x, xAt + i).mul(load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void div(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            load(x, xAt + i).div(load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void max(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            load(x, xAt + i).max(load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void min(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            load(x, xAt + i).min(load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void gt(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.gt(load(x, xAt + i), load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void ge(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.ge(load(x, xAt + i), load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void eq(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.eq(load(x, xAt + i), load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void atan2(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i += LENGTH) {
            VectorMath.atan2(load(x, xAt + i), load(y, yAt + i)).intoArray(z, zAt + i);
        }
    }

    /** {@code z[zAt + i] = x[xAt + i] != 0 ? y[yAt + i] : w[wAt + i]}. */
    static void select(float[] x, int xAt, float[] y, int yAt, float[] w, int wAt, float[] z, int zAt, int n) {
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += LENGTH) {
            VectorMath.select(load(x, xAt + i), load(y, yAt + i), load(w, wAt + i)).intoArray(z, zAt + i);
        }
        for (int i = whole; i < n; i++) {
            z[zAt + i] = x[xAt + i] != 0f ? y[yAt + i] : w[wAt + i];
        }
    }
}
