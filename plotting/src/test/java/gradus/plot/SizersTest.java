package gradus.plot;

import static gradus.nn.Nn.linear;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gradus.nn.DType;
import gradus.nn.Tensor;
import org.junit.jupiter.api.Test;

class SizersTest {

    @Test
    void tensorsAndNetworksHoldTheirElements() {
        var x = Tensor.of(1, 2, 3);
        assertEquals(12, new TensorSizer().bytes(x));
        assertEquals(24, new TensorSizer().bytes(x.as(DType.FLOAT64)));
        assertEquals(4 * (3 * 2 + 2), new LayerSizer().bytes(linear(3, 2)));
    }
}
