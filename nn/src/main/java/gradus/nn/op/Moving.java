package gradus.nn.op;

import gradus.nn.tex.Tex;
import java.util.Arrays;

/** An operation that moves elements and computes nothing: int32 stays int32, and each element's derivative is 1. */
interface Moving extends Op {

    @Override
    default boolean movesOnly() {
        return true;
    }

    @Override
    default Tex[] localTex(Tex[] in, Tex out) {
        var local = new Tex[in.length];
        Arrays.fill(local, Tex.number(1));
        return local;
    }
}
