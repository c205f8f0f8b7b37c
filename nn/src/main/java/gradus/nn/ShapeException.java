package gradus.nn;

/** An operation was given shapes that do not fit; the message names the operation, the shapes, and a way out. */
public final class ShapeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    public ShapeException(String message) {
        super(message);
    }

    /** {@code operation: shapes [2, 3] and [4] …; help: …} in two lines. */
    public static ShapeException of(String operation, String what, String help, Shape... shapes) {
        var named = new StringBuilder();
        for (var shape : shapes) {
            named.append(named.isEmpty() ? "" : " and ").append(shape);
        }
        return new ShapeException(operation + ": " + named + " " + what + "\nhelp: " + help);
    }
}
