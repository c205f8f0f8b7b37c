package gradus.plot;

import gradus.kernel.api.Display;
import gradus.kernel.api.Notebook;
import gradus.nn.train.History;
import gradus.nn.train.TrainingListener;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/**
 * The curve that grows below the cell while a net is trained: one figure, redrawn in place at most four times a second,
 * always with a last frame. It is drawn on a thread of its own, so training waits for nothing but the last frame.
 */
final class TrainingCurve implements TrainingListener {

    private static final long INTERVAL = 250_000_000;   // ns

    /** Finds its way to every training by {@link java.util.ServiceLoader}. */
    public static final class Provider implements TrainingListener.Provider {
        @Override
        public TrainingListener listener() {
            return Notebook.isAttached() ? new TrainingCurve(System::nanoTime) : new TrainingListener() { };
        }
    }

    private final LongSupplier clock;
    private ExecutorService painter;
    private Future<?> painting;
    private volatile Display display;
    private long lastDrawn;
    private boolean drawnBefore;

    TrainingCurve(LongSupplier clock) {
        this.clock = clock;
    }

    @Override
    public void started(int epochs) {
        painter = Executors.newSingleThreadExecutor(task -> {
            var thread = new Thread(task, "training curve");   // inherits the cell that its output belongs to
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void epochEnded(History soFar) {
        boolean idle = painting == null || painting.isDone();
        if (idle && (!drawnBefore || clock.getAsLong() - lastDrawn >= INTERVAL)) {
            lastDrawn = clock.getAsLong();
            drawnBefore = true;
            painting = painter.submit(() -> draw(soFar));
        }
    }

    @Override
    public void ended(History whole) {
        boolean interrupted = Thread.interrupted();   // the last frame is to be drawn all the same
        if (!whole.epochs().isEmpty()) {
            painter.submit(() -> draw(whole));
        }
        painter.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void draw(History history) {
        var figure = Plots.plot(history);
        if (display == null) {
            display = Notebook.display(figure);
        } else {
            display.update(figure);
        }
    }
}
