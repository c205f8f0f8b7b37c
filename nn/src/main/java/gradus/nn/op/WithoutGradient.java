package gradus.nn.op;

import gradus.nn.Tensor;
import gradus.nn.tex.Tex;

/** An operation on one tensor whose result no gradient flows back from: places, counts, random numbers. */
interface WithoutGradient extends Op {

    @Override
    default Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
        return new Tensor[] {null};
    }

    @Override
    default Formulas formulas() {
        return Formulas.NAMES;
    }

    @Override
    default Tex[] localTex(Tex[] in, Tex out) {
        return new Tex[] {Tex.number(0)};
    }

    @Override
    default Tex[] backTex(Tex[] in, Tex out, Tex d) {
        return localTex(in, out);
    }
}
