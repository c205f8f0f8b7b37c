package gradus.nn.derivation;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.op.Op;
import gradus.nn.op.OpDb;
import gradus.nn.op.Pooling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs put together at random from all operations that have formulas: every line about them is true. */
class RandomGraphTest {

    private static final List<Op> OPS = OpDb.all().stream().filter(op -> op.formulas() != Op.Formulas.NAMES).toList();

    private final List<Tensor> pool = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void everyLineHolds(int decade) {
        for (int seed = 20 * decade; seed < 20 * (decade + 1); seed++) {
            pool.clear();
            var loss = graph(new Random(seed));
            for (var step : Derivation.of(loss).steps()) {
                int number = seed;
                if (step.check() instanceof Check.Open(var why) && why.equals("its value is not finite")) {
                    continue;
                }
                assertInstanceOf(Check.Holds.class, step.check(), () -> "graph " + number + ": " + step);
            }
        }
    }

    private Tensor graph(Random random) {
        int results = 3 + random.nextInt(4);
        while (results > 0) {
            var op = OPS.get(random.nextInt(OPS.size()));
            var samples = op.samples().stream().filter(sample -> Arrays.stream(sample).allMatch(x -> x.size() > 0)).toList();
            if (!samples.isEmpty() && applied(op, samples.get(random.nextInt(samples.size())), random)) {
                results--;
            }
        }
        var loss = Tensor.full(0, new gradus.nn.Shape(), DType.FLOAT64);
        for (var x : pool) {
            if (x.op() != null) {
                loss = loss.plus(x.square().mean());
            }
        }
        return loss;
    }

    /** Puts a result into the pool; inputs come from there where that gives numbers of a sensible size. */
    private boolean applied(Op op, Tensor[] sample, Random random) {
        var in = new Tensor[sample.length];
        for (int i = 0; i < in.length; i++) {
            var wanted = sample[i];
            var there = pool.stream().filter(x -> x.shape().equals(wanted.shape())).toList();
            boolean fresh = there.isEmpty() || random.nextBoolean()
                    || op instanceof Pooling.WindowMax;   // whose maxima lie where its sample says
            in[i] = op.takesIndices(i) ? wanted : fresh ? Tensor.parameter(wanted)
                    : there.get(random.nextInt(there.size()));
        }
        var out = Tensor.apply(op, in);
        if (!isSensible(out)) {
            for (int i = 0; i < in.length; i++) {
                in[i] = op.takesIndices(i) ? sample[i] : Tensor.parameter(sample[i]);
            }
            out = Tensor.apply(op, in);
        }
        if (!isSensible(out) || !out.requiresGrad() || out.size() == 0) {
            return false;
        }
        pool.add(out);
        return true;
    }

    private static boolean isSensible(Tensor x) {
        return Arrays.stream(x.toDoubleArray()).allMatch(v -> Double.isFinite(v) && Math.abs(v) < 100);
    }
}
