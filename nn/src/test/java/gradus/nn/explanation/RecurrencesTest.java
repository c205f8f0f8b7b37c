package gradus.nn.explanation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.derivation.Check;
import gradus.nn.optim.Momentum;
import gradus.nn.optim.Optimizer;
import gradus.nn.optim.Schedule;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every optimizer and schedule does what its formulas say. */
class RecurrencesTest {

    static Stream<Optimizer> optimizers() {
        return Stream.of(new Optimizer.Sgd(0.1, new Momentum.None()), new Optimizer.Sgd(0.1,
                new Momentum.LrOutside(0.9)),
                new Optimizer.Sgd(0.1, new Momentum.LrInside(0.9)), new Optimizer.Sgd(0.05, new Momentum.Nesterov(0.8)),
                new Optimizer.Adam(1e-3, 0.9, 0.999, 1e-8), new Optimizer.Adam(0.5, 0, 0.5, 0.1));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void anOptimizerDoesWhatItsRecurrencesSay(Optimizer optimizer) {
        assertAllHold(Explain.of(optimizer));
    }

    static Stream<Schedule> schedules() {
        return Stream.of(new Schedule.Step(0.1, 0.1, 10), new Schedule.Exponential(0.1, 0.95),
                new Schedule.InverseTime(0.5, 0.01), new Schedule.Cosine(0.1, 0.001, 60),
                new Schedule.WarmRestarts(0.1, 0, 10, 1), new Schedule.WarmRestarts(0.1, 0.01, 7, 3),
                new Schedule.Warmup(0.1, 40), new Schedule.Noam(512, 40));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void aScheduleDoesWhatItsFormulaSays(Schedule schedule) {
        assertAllHold(Explain.of(schedule));
    }

    static void assertAllHold(Explanation explanation) {
        var text = explanation.toString();
        assertTrue(explanation.lines().stream().allMatch(line -> line.check().isEmpty()
                || line.check().get() instanceof Check.Holds), text);
        assertTrue(explanation.lines().getLast().check().isPresent(), text);
    }

    @Test
    void stepDecayFallsAtMultiplesOfItsStep() {
        var step = new Schedule.Step(0.1, 0.1, 10);
        assertEquals(0.1, step.at(9), 1e-15);
        assertEquals(0.01, step.at(10), 1e-15);
        assertEquals(1e-4, step.at(30), 1e-15);
    }
}
