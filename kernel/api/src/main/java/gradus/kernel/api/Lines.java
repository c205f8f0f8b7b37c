package gradus.kernel.api;

import java.util.AbstractList;
import java.util.List;

/** What a command printed, line by line: the value of {@code var lines = !command}. */
public final class Lines extends AbstractList<String> {

    private final List<String> lines;
    private final int exitStatus;

    public Lines(List<String> lines, int exitStatus) {
        this.lines = List.copyOf(lines);
        this.exitStatus = exitStatus;
    }

    @Override
    public String get(int index) {
        return lines.get(index);
    }

    @Override
    public int size() {
        return lines.size();
    }

    /** How the command ended: 0 when all went well. */
    public int exitStatus() {
        return exitStatus;
    }

    /** All lines as one text. */
    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
