package gradus.kernel.engine;

import java.util.Optional;

/**
 * An error of the compiler, from {@code start} up to {@code end} in the cell.
 *
 * @param code    javac's name for the kind of error
 * @param missing the name that cannot be found, if that is the error
 */
record Fault(String code, String message, int start, int end, Optional<String> missing) {
}
