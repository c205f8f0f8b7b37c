package gradus.kernel.api;

import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One value in all the forms it can be shown in, keyed by MIME type; the front end picks the richest it knows.
 *
 * <p>Binary forms are Base64 strings, as Jupyter's protocol wants them. A bundle always carries {@code text/plain}:
 * consoles, diffs and screen readers have nothing else.
 *
 * @param data     MIME type → form: a string, or for {@code +json} types a map, list, number or boolean
 * @param metadata MIME type → hints for that form, such as the size of a picture in CSS pixels
 */
public record MimeBundle(Map<String, Object> data, Map<String, Object> metadata) {

    public static final String TEXT = "text/plain";
    public static final String HTML = "text/html";
    public static final String LATEX = "text/latex";
    public static final String MARKDOWN = "text/markdown";
    public static final String PNG = "image/png";

    /** A copy that keeps the order of its forms; throws {@link IllegalArgumentException} when {@code text/plain} lacks. */
    public MimeBundle {
        if (!data.containsKey(TEXT)) {
            throw new IllegalArgumentException("a bundle needs text/plain beside " + data.keySet()
                    + "; start from MimeBundle.text(...)");
        }
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Plain text alone; add richer forms with {@link #with}. */
    public static MimeBundle text(String plain) {
        return new MimeBundle(Map.of(TEXT, plain), Map.of());
    }

    /** This bundle with one more form, replacing any of the same type. */
    public MimeBundle with(String mimeType, Object form) {
        var more = new LinkedHashMap<>(data);
        more.put(mimeType, form);
        return new MimeBundle(more, metadata);
    }

    /**
     * This bundle with a PNG picture that the front end shows at {@code width × height} CSS pixels, whatever the
     * picture's own resolution: a picture rendered at twice that size stays sharp on dense screens.
     */
    public MimeBundle withPng(byte[] png, int width, int height) {
        var hints = new LinkedHashMap<>(metadata);
        hints.put(PNG, Map.of("width", width, "height", height));
        return new MimeBundle(with(PNG, Base64.getEncoder().encodeToString(png)).data, hints);
    }

    /** The {@code text/plain} form. */
    public String plain() {
        return data.get(TEXT).toString();
    }
}
