package gradus.plot;

import gradus.kernel.api.Sizer;
import gradus.nn.Layer;

/** The parameters of a layer or a whole network. */
public final class LayerSizer implements Sizer<Layer> {

    private static final TensorSizer TENSORS = new TensorSizer();

    @Override
    public Class<Layer> type() {
        return Layer.class;
    }

    @Override
    public long bytes(Layer layer) {
        return layer.parameters().stream().mapToLong(TENSORS::bytes).sum();
    }
}
