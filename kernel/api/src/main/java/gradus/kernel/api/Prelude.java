package gradus.kernel.api;

import java.util.List;

/**
 * What a library wants in scope before the first cell.
 *
 * <p>Found by {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/gradus.kernel.api.Prelude}.
 */
public interface Prelude {

    /** Import declarations without {@code import} and semicolon: {@code "java.util.*"}, {@code "static a.B.*"}. */
    List<String> imports();
}
