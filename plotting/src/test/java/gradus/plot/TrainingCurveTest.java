package gradus.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.Comm;
import gradus.kernel.api.CommMessage;
import gradus.kernel.api.Display;
import gradus.kernel.api.Frontend;
import gradus.kernel.api.Prelude;
import gradus.kernel.api.Renderer;
import gradus.nn.Tensor;
import gradus.nn.train.Epoch;
import gradus.nn.train.History;
import gradus.nn.train.TrainingListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainingCurveTest {

    /** A notebook that writes down what it is shown. */
    private static final class Paper implements Frontend {

        private final List<String> shown = Collections.synchronizedList(new ArrayList<>());

        @Override
        public Display display(Object value) {
            shown.add("display " + value);
            return new Display() {
                @Override
                public String id() {
                    return "1";
                }

                @Override
                public void update(Object newValue) {
                    shown.add("update " + newValue);
                }
            };
        }

        @Override
        public void clearOutput(boolean wait) {
            shown.add("clear");
        }

        @Override
        public String input(String prompt, boolean hidden) {
            return "";
        }

        @Override
        public void page(Object value) {
            shown.add("page " + value);
        }

        @Override
        public void setNextInput(String code) {
            shown.add("next " + code);
        }

        @Override
        public void outputLimit(int characters) {
            shown.add("limit " + characters);
        }

        @Override
        public Comm openComm(String target, CommMessage opening) {
            throw new UnsupportedOperationException("no curve opens a comm");
        }

        @Override
        public void registerComm(String target, Consumer<Comm> opened) {
            throw new UnsupportedOperationException("no curve registers a comm");
        }
    }

    private final Paper paper = new Paper();
    private final AtomicLong now = new AtomicLong();

    @AfterEach
    void detach() {
        Frontend.bind(Frontend.NONE);
    }

    private static History history(int epochs, int planned) {
        return new History(IntStream.rangeClosed(1, epochs).mapToObj(i -> new Epoch(i, 0.1, 1.0 / i,
                OptionalDouble.of(2.0 / i), OptionalDouble.of(0.5), OptionalDouble.empty(), 0.1)).toList(), planned);
    }

    private List<String> train(int epochs, long nanosPerEpoch) {
        Frontend.bind(paper);
        var curve = new TrainingCurve(now::get);
        curve.started(epochs);
        for (int i = 1; i <= epochs; i++) {
            now.addAndGet(nanosPerEpoch);
            curve.epochEnded(history(i, epochs));
        }
        curve.ended(history(epochs, epochs));
        return paper.shown;
    }

    @Test
    void oneFigureIsShownAndEndsComplete() {
        var shown = train(50, 100_000_000);
        assertEquals(1, shown.stream().filter(s -> s.startsWith("display")).count());
        assertTrue(shown.getFirst().startsWith("display"));
        assertTrue(shown.getLast().contains("epoch 50 of 50"), shown.getLast());
        assertTrue(shown.getLast().contains("'training': 50 points") && shown.getLast().contains("'validation': 50 points"));
    }

    @Test
    void fourFramesASecondAtMost() {
        // 1000 epochs in one second: one frame at the start, four more, and the last
        assertTrue(train(1000, 1_000_000).size() <= 6, paper.shown.size() + " frames");
    }

    @Test
    void anInterruptedTrainingHasItsLastFrameAndStaysInterrupted() {
        Frontend.bind(paper);
        var curve = new TrainingCurve(now::get);
        curve.started(9);
        Thread.currentThread().interrupt();
        curve.ended(history(3, 9));
        assertTrue(Thread.interrupted());
        assertTrue(paper.shown.getLast().contains("epoch 3 of 9"));
    }

    @Test
    void withoutANotebookNothingIsDrawn() {
        assertTrue(!(new TrainingCurve.Provider().listener() instanceof TrainingCurve));
    }

    @Test
    void servicesAreFound() {
        assertInstanceOf(TrainingCurve.Provider.class, ServiceLoader.load(TrainingListener.Provider.class).findFirst().orElseThrow());
        assertTrue(ServiceLoader.load(Prelude.class).findFirst().orElseThrow().imports().contains("static gradus.nn.Nn.*"));
        var types = ServiceLoader.load(Renderer.class).stream().map(provider -> provider.get().type()).toList();
        assertTrue(types.contains(Tensor.class) && types.contains(History.class), types.toString());
    }
}
