package gradus.plot;

import gradus.kernel.api.Sizer;
import gradus.nn.DType;
import gradus.nn.Tensor;

/** The elements of a tensor; those of a view too, since it keeps them alive, but nothing of how it was computed. */
public final class TensorSizer implements Sizer<Tensor> {

    @Override
    public Class<Tensor> type() {
        return Tensor.class;
    }

    @Override
    public long bytes(Tensor x) {
        return (long) x.size() * (x.dtype() == DType.FLOAT64 ? Double.BYTES : Float.BYTES);
    }
}
