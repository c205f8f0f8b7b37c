package gradus.nn.backend.opencl;

import static gradus.nn.Nn.adam;
import static gradus.nn.Nn.compile;
import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.data.Data;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The quickstart's network learns on a device what it learns on the CPU. */
class TrainingTest {

    private static final int STEPS = 60;

    private static double[] losses(Backend backend, DType dtype, boolean compiled) {
        return Backend.on(backend, () -> {
            var batch = Data.digits().slice(0, 64);
            var x = batch.x().as(dtype);
            var w1 = Tensor.parameter(randn(seed(1), 64, 128).times(0.1).as(dtype));
            var b1 = Tensor.parameter(Tensor.zeros(128).as(dtype));
            var w2 = Tensor.parameter(randn(seed(2), 128, 10).times(0.1).as(dtype));
            var b2 = Tensor.parameter(Tensor.zeros(10).as(dtype));
            var optimizer = adam(3e-3).over(List.of(w1, b1, w2, b2));
            BinaryOperator<Tensor> step = (in, labels) -> optimizer.step(crossEntropy().of(
                    in.matmul(w1).plus(b1).tanh().matmul(w2).plus(b2), labels));
            var replayed = compile(step);
            return IntStream.range(0, STEPS).mapToDouble(_ -> (compiled ? replayed.apply(x, batch.y())
                    : step.apply(x, batch.y())).item()).toArray();
        });
    }

    /**
     * How far two trainings in float32 may be apart: that in float32 and that in float64 on the CPU differ by what rounding
     * does, E at most. The device rounds as often, and where its functions are off by 8 ulp, the CPU's are by 3: 8/3 E, and
     * E of the CPU's own, less than 4 E. In float64 the same roundings are 2²⁹ times smaller.
     */
    @Test
    void trainingDiffersFromTheCpusByRoundingOnly() {
        var device = OnDevice.backend();
        var exact = losses(Backend.cpu(), DType.FLOAT64, false);
        var single = losses(Backend.cpu(), DType.FLOAT32, false);
        double most = IntStream.range(0, STEPS).mapToDouble(i -> Math.abs(single[i] - exact[i])).max().orElseThrow();
        assertTrue(exact[STEPS - 1] < exact[0] / 10 && most < 1e-4, exact[STEPS - 1] + ", rounding " + most);
        var eager = losses(device, DType.FLOAT32, false);
        assertArrayEquals(single, eager, 4 * most);
        assertArrayEquals(eager, losses(device, DType.FLOAT32, true), "replayed, the numbers are the same");
        assertArrayEquals(exact, losses(device, DType.FLOAT64, false), Math.max(4 * most * 0x1p-29, 1e-13));
    }

    /** The notebook's own code, where only the environment says what computes. */
    @Test
    void theEnvironmentChoosesTheDevice() {
        OnDevice.backend();
        var onCpu = printed("cpu");
        var onDevice = printed("opencl:0");
        for (int epoch = 1; epoch <= 3; epoch++) {   // means over 23 steps each, within the bound above
            assertEquals(Double.parseDouble(onCpu.get(epoch)), Double.parseDouble(onDevice.get(epoch)), 1e-5);
        }
    }

    /** Its lines, without what is logged. */
    private static List<String> printed(String device) {
        var lines = ChildProcess.output(Quickstart.class, Map.of("GRADUS_DEVICE", device)).lines()
                .filter(line -> line.matches("\\S+ \\(.*\\)|[-0-9.E]+")).toList();
        assertTrue(lines.getFirst().startsWith(device.replace(":0", "") + " ("), lines.toString());
        return lines;
    }

    @Test
    void withoutADeviceOneSentenceTellsWhatToInstall() {
        var told = ChildProcess.output(Quickstart.class, Map.of("GRADUS_DEVICE", "opencl", "OCL_ICD_VENDORS", "/nowhere"));
        assertTrue(told.contains("computing on the CPU: ") && told.contains("help: apt-get install pocl-opencl-icd"), told);
        assertTrue(told.contains("\ncpu ("), told);
        told = ChildProcess.output(Quickstart.class, Map.of("GRADUS_DEVICE", "abacus"));
        assertTrue(told.contains("computing on the CPU: there is no GRADUS_DEVICE=abacus\nhelp: "), told);
    }
}
