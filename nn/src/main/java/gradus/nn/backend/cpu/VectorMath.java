package gradus.nn.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link FloatMath} for many numbers at once, with the same bits. */
final class VectorMath {

    private VectorMath() {
    }

    static FloatVector exp(FloatVector x) {
        var clamped = x.max(FloatMath.EXP_LOWEST).min(FloatMath.EXP_HIGHEST);
        var rounder = FloatVector.broadcast(x.species(), FloatMath.ROUNDER);
        var n = clamped.fma(FloatVector.broadcast(x.species(), FloatMath.LOG2_E), rounder).sub(rounder);
        var r = n.fma(FloatVector.broadcast(x.species(), -FloatMath.LN2_HIGH), clamped);
        r = n.fma(FloatVector.broadcast(x.species(), -FloatMath.LN2_LOW), r);
        var p = polynomial(FloatMath.EXP, r);
        var y = p.fma(r.mul(r), r).add(1f);
        var exponent = (IntVector) n.convert(VectorOperators.F2I, 0);
        var half = exponent.lanewise(VectorOperators.ASHR, 1);
        return y.mul(power2(half)).mul(power2(exponent.sub(half)));
    }

    private static FloatVector power2(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector log(FloatVector x) {
        var subnormal = x.lt(Float.MIN_NORMAL);
        var scaled = x.blend(x.mul(FloatMath.TWO_23), subnormal);
        var bits = scaled.reinterpretAsInts();
        var e = (FloatVector) bits.lanewise(VectorOperators.ASHR, 23).sub(126).convert(VectorOperators.I2F, 0);
        e = e.blend(e.sub(23f), subnormal);
        var m = bits.and(0x007FFFFF).or(0x3F000000).reinterpretAsFloats();
        var low = m.lt(FloatMath.SQRT_HALF);
        e = e.blend(e.sub(1f), low);
        var f = m.blend(m.add(m), low).sub(1f);
        var p = polynomial(FloatMath.LOG, f);
        var z = f.mul(f);
        var y = p.mul(f).mul(z);
        y = e.fma(FloatVector.broadcast(x.species(), FloatMath.LN2_LOW), y);
        y = z.fma(FloatVector.broadcast(x.species(), -0.5f), y);
        var result = e.fma(FloatVector.broadcast(x.species(), FloatMath.LN2_HIGH), f.add(y));
        var positive = x.compare(VectorOperators.GT, 0f);
        return FloatVector.broadcast(x.species(), Float.NaN).blend(result, positive)
                .blend(Float.NEGATIVE_INFINITY, x.eq(0f))
                .blend(Float.POSITIVE_INFINITY, x.eq(Float.POSITIVE_INFINITY));
    }

    static FloatVector tanh(FloatVector x) {
        var s = x.mul(x);
        var p = polynomial(FloatMath.TANH, s);
        var near = p.mul(s).fma(x, x);
        var size = x.abs();
        var far = FloatVector.broadcast(x.species(), 1f)
                .sub(FloatVector.broadcast(x.species(), 2f).div(exp(size.add(size)).add(1f)));
        return far.blend(far.neg(), x.lt(0f)).blend(near, size.lt(FloatMath.TANH_SMALL));
    }

    static FloatVector sigmoid(FloatVector x) {
        var one = FloatVector.broadcast(x.species(), 1f);
        return one.div(exp(x.neg()).add(1f));
    }

    static FloatVector softplus(FloatVector x) {
        var u = exp(x.abs().neg());
        var w = u.add(1f);
        var log1p = log(w).sub(w.sub(1f).sub(u).div(w)).blend(u, w.eq(1f));
        return x.max(0f).add(log1p);
    }

    private static FloatVector polynomial(float[] coefficients, FloatVector x) {
        var p = FloatVector.broadcast(x.species(), coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            p = p.fma(x, FloatVector.broadcast(x.species(), coefficients[i]));
        }
        return p;
    }
}
