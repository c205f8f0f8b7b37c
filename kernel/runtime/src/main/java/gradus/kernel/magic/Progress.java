package gradus.kernel.magic;

import gradus.kernel.api.Display;
import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Notebook;
import gradus.kernel.engine.Footprint;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferEvent;

/** What is being fetched, in one place of the cell's output that is written again and again. */
final class Progress extends AbstractTransferListener {

    private static final long PERIOD_NS = 150_000_000;

    private final Display display;
    private final Map<String, Long> arriving = new ConcurrentHashMap<>();   // bytes so far, by file
    private int done;
    private long bytes;
    private long shownAt;

    Progress(String beginning) {
        this.display = Notebook.display(MimeBundle.text(beginning));
    }

    @Override
    public void transferInitiated(TransferEvent event) {
        transferProgressed(event);
    }

    @Override
    public synchronized void transferProgressed(TransferEvent event) {
        arriving.put(name(event), event.getTransferredBytes());
        long now = System.nanoTime();
        if (now - shownAt > PERIOD_NS) {
            shownAt = now;
            var files = new StringBuilder("fetching, " + done + " files done");
            arriving.forEach((name, size) -> files.append("\n  ").append(name).append("  ").append(Footprint.text(size)));
            display.update(MimeBundle.text(files.toString()));
        }
    }

    @Override
    public synchronized void transferSucceeded(TransferEvent event) {
        arriving.remove(name(event));
        done++;
        bytes += event.getTransferredBytes();
    }

    @Override
    public void transferFailed(TransferEvent event) {
        arriving.remove(name(event));   // another repository may have it
    }

    private static String name(TransferEvent event) {
        var path = event.getResource().getResourceName();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Puts the outcome in the place of it all. */
    synchronized void end(String outcome) {
        display.update(MimeBundle.text(outcome + (done == 0 ? "" : "\nfetched " + done + " files, " + Footprint.text(bytes))));
    }
}
