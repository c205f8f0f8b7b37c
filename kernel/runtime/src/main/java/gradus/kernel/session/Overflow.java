package gradus.kernel.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** What a cell prints beyond its limit: a file in the temporary folder, so that nothing is lost. */
final class Overflow {

    /** A loop that prints for ever must not fill the disk. */
    private static final long MAX_CHARACTERS = 1L << 28;

    private static final String HINT = "; outputLimit(n) sets another limit]";

    private final int limit;
    private final Optional<Path> file;
    private String trouble = "";   // why nothing more is kept
    private long kept;
    private long lost;

    /** @param limit what the cell may print into the notebook */
    Overflow(int limit) {
        this.limit = limit;
        this.file = newFile();
    }

    private Optional<Path> newFile() {
        try {
            return Optional.of(Files.createTempFile("gradus-output-", ".txt"));
        } catch (IOException e) {
            trouble = "no file could be made (" + e.getMessage() + ")";
            return Optional.empty();
        }
    }

    void append(String text) {
        if (trouble.isEmpty() && kept + text.length() > MAX_CHARACTERS) {
            trouble = "the file is full";
        }
        if (trouble.isEmpty()) {
            try {
                Files.writeString(file.orElseThrow(), text, StandardOpenOption.APPEND);
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
        return "[" + limit + " characters are shown, the rest "
                + file.map(path -> "goes into " + path).orElse("is lost: " + trouble) + HINT;
    }

    /** The same line when the cell has ended. */
    String ended() {
        return "[" + limit + " characters are shown"
                + (kept == 0 ? "" : ", " + kept + " more are in " + file.orElseThrow())
                + (lost == 0 ? "" : ", " + lost + " are lost: " + trouble)
                + HINT;
    }
}
