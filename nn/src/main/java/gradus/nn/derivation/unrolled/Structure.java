package gradus.nn.derivation.unrolled;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step;
import gradus.nn.layer.Cell;
import java.util.List;

/**
 * A layer whose derivation is known as a whole: a recurrence through time, sums over windows, an attention head. It
 * computes
 * step by step, by single operations, what the layer computes in one, and writes the lines that belong to it.
 */
public sealed interface Structure permits Rnn, Lstm, Gru, Convolved, Pooled, Head {

    /** All lines, checked: forward, local derivatives, δ backwards, gradients. */
    List<Step> lines();

    /** A recurrent layer through time. */
    static Structure of(Walked walked) {
        return switch (walked.cell()) {
            case Cell.Rnn _ -> new Rnn(walked);
            case Cell.Lstm _ -> new Lstm(walked);
            case Cell.Gru _ -> new Gru(walked);
        };
    }

    /** The numbers of a tensor in float64, apart from any graph. */
    static Tensor precise(Tensor x) {
        return x.detach().as(DType.FLOAT64);
    }
}
