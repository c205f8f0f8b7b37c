package gradus.nn.io;

import java.nio.file.Path;

/** A file does not hold what its format demands; the message names the file, what is wrong in it, and a way out. */
public final class FormatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    FormatException(Object file, String what, String help) {
        super((file instanceof Path path ? path.getFileName() : file) + ": " + what + "\nhelp: " + help);
    }
}
