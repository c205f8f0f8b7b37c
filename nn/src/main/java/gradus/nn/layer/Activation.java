package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Tensor;

/** Layers without parameters, element by element or shape to shape. */
public enum Activation implements Layer {

    TANH {
        @Override
        public Tensor apply(Tensor x) {
            return x.tanh();
        }
    },
    RELU {
        @Override
        public Tensor apply(Tensor x) {
            return x.relu();
        }
    },
    SIGMOID {
        @Override
        public Tensor apply(Tensor x) {
            return x.sigmoid();
        }
    },
    /** [n, ..] → [n, the product of the rest]. */
    FLATTEN {
        @Override
        public Tensor apply(Tensor x) {
            return x.reshape(x.shape().dim(0), -1);
        }
    };

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT) + "()";
    }
}
