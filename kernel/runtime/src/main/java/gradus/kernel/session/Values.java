package gradus.kernel.session;

import gradus.kernel.api.Displayable;
import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.stream.BaseStream;

/** Turns any value of a cell into the forms it is shown in. */
final class Values {

    /** What is longer says so instead of stalling the browser. */
    private static final int MAX_CHARS = 20_000;

    private volatile List<? extends Renderer<?>> renderers;

    /** The forms of a value; throws whatever the value's own {@code toString} or renderer throws. */
    MimeBundle render(Object value) {
        return switch (value) {
            case null -> MimeBundle.text("null");
            case MimeBundle bundle -> bundle;
            case Displayable displayable -> displayable.render();
            default -> byRenderer(value);
        };
    }

    private MimeBundle byRenderer(Object value) {
        Renderer<?> best = null;
        for (var renderer : renderers()) {
            if (renderer.type().isInstance(value) && (best == null || best.type().isAssignableFrom(renderer.type()))) {
                best = renderer;
            }
        }
        return best == null ? MimeBundle.text(truncated(text(value))) : apply(best, value);
    }

    private static <T> MimeBundle apply(Renderer<T> renderer, Object value) {
        return renderer.render(renderer.type().cast(value));
    }

    /** Looked up when first needed: finding them means opening every jar. */
    private List<? extends Renderer<?>> renderers() {
        var found = renderers;
        if (found == null) {
            found = ServiceLoader.load(Renderer.class).stream().map(Provider::get)
                    .map(renderer -> (Renderer<?>) renderer).toList();
            renderers = found;
        }
        return found;
    }

    private static String text(Object value) {
        return switch (value) {
            case boolean[] a -> Arrays.toString(Arrays.copyOf(a, Math.min(a.length, MAX_CHARS))) + more(a.length);
            case byte[] a -> Arrays.toString(Arrays.copyOf(a, Math.min(a.length, MAX_CHARS))) + more(a.length);
            case short[] a -> Arrays.toString(Arrays.copyOf(a, Math.min(a.length, MAX_CHARS))) + more(a.length);
            case char[] a -> Arrays.toString(Arrays.copyOf(a, Math.min(a.length, MAX_CHARS))) + more(a.length);
            case int[] a -> Arrays.toString(Arrays.copyOf(a, Math.min(a.length, MAX_CHARS))) + more(a.length);
            case long[] a -> Arrays.toString(Arrays.copyOf(a, Math.min(a.length, MAX_CHARS))) + more(a.length);
            case float[] a -> Arrays.toString(Arrays.copyOf(a, Math.min(a.length, MAX_CHARS))) + more(a.length);
            case double[] a -> Arrays.toString(Arrays.copyOf(a, Math.min(a.length, MAX_CHARS))) + more(a.length);
            case Object[] a -> Arrays.deepToString(Arrays.copyOf(a, Math.min(a.length, MAX_CHARS))) + more(a.length);
            case BaseStream<?, ?> stream -> "a stream, not consumed; add .toList() to see its elements";
            default -> String.valueOf(value);
        };
    }

    private static String more(int length) {
        return length > MAX_CHARS ? " of " + length + " elements" : "";
    }

    private static String truncated(String text) {
        return text.length() <= MAX_CHARS ? text
                : text.substring(0, MAX_CHARS) + "\n… " + text.length() + " characters in all";
    }
}
