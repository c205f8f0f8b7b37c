package gradus.kernel.api;

/** A value that knows how it looks; when the class is not yours, write a {@link Renderer} for it. */
public interface Displayable {

    /** All forms of this value. Called when the value is shown, not before, on the thread of the cell. */
    MimeBundle render();
}
