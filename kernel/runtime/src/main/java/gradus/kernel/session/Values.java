package gradus.kernel.session;

import gradus.kernel.api.Displayable;
import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.stream.BaseStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Turns any value of a cell into the forms it is shown in. */
final class Values {

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
        return best == null ? builtIn(value) : apply(best, value);
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

    private static MimeBundle builtIn(Object value) {
        return switch (value) {
            case List<?> list -> Table.of(list).map(Table::render).orElseGet(() -> MimeBundle.text(Plain.text(list)));
            case BaseStream<?, ?> stream ->
                    MimeBundle.text("a stream, not consumed; add .toList() to see its elements");
            case BufferedImage image -> picture(image);
            default -> MimeBundle.text(Plain.text(value));
        };
    }

    private static MimeBundle picture(BufferedImage image) {
        var png = new ByteArrayOutputStream();
        try (var out = new MemoryCacheImageOutputStream(png)) {   // the other kind would write a temporary file
            if (!ImageIO.write(image, "png", out)) {
                return MimeBundle.text(image.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int width = image.getWidth();
        int height = image.getHeight();
        return MimeBundle.text("BufferedImage, " + width + " × " + height + " pixels")
                .withPng(png.toByteArray(), width, height);
    }
}
