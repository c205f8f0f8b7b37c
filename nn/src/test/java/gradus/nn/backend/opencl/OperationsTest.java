package gradus.nn.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.op.Op;
import gradus.nn.op.OpDb;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation on every sample is on a device what it is on the CPU. Gradients are made of operations, and translating
 * their programs would take PoCL minutes: {@link TrainingTest} sees to them.
 */
class OperationsTest {

    static Stream<Op> all() {
        return OpDb.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void valuesAgree(Op op) {
        var device = OnDevice.backend();
        for (var in : op.samples()) {
            var expected = Tensor.apply(op, in).toDoubleArray();
            var found = Backend.on(device, () -> Tensor.apply(op, in).toDoubleArray());
            for (int i = 0; i < expected.length; i++) {
                // samples are of size 10 at most, their sums and products some hundred terms: 2⁻⁵³ · 10² · 10
                assertEquals(expected[i], found[i], 1e-12 * Math.max(10, Math.abs(expected[i])), () -> op + " of "
                        + Arrays.toString(Arrays.stream(in).map(Tensor::shape).toArray()));
            }
        }
    }
}
