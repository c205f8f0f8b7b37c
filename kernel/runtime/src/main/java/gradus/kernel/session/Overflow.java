package gradus.kernel.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a cell prints beyond its limit: a file in the temporary folder, so that nothing is lost. */
final class Overflow {

    /** A loop that prints for ever must not fill the disk. */
    private static final long MAX_CHARACTERS = 1L << 28;

    private static final String HINT = "; outputLimit(n) sets another limit]";

    private final int limit;
    private final Path file;
    private String trouble;
    private long kept;
    private long lost;

    /** @param limit what the cell may print into the notebook */
    Overflow(int limit) {
        this.limit = limit;
        Path made = null;
        try {
            made = Files.createTempFile("gradus-output-", ".txt");
        } catch (IOException e) {
            trouble = "no file could be made (" + e.getMessage() + ")";
        }
        file = made;
    }

    void append(String text) {
        if (trouble == null && kept + text.length() > MAX_CHARACTERS) {
            trouble = "the file is full";
        }
        if (trouble == null) {
            try {
                Files.writeString(file, text, StandardOpenOption.APPEND);
                kept += text.length();
                return;
            } catch (IOException e) {
                trouble = "the file could not be written (" + e.getMessage() + ")";
            }
        }
        lost += text.length();
    }

    /** One line for the reader when it begins: what is not shown, and where it goes. */
    String begun() {
        return "[" + limit + " characters are shown, the rest " + (file == null ? "is lost: " + trouble : "goes into " + file)
                + HINT;
    }

    /** The same line when the cell has ended. */
    String ended() {
        return "[" + limit + " characters are shown"
                + (kept == 0 ? "" : ", " + kept + " more are in " + file)
                + (lost == 0 ? "" : ", " + lost + " are lost: " + trouble)
                + HINT;
    }
}
