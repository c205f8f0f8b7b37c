package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.api.Session;
import java.util.Optional;

/** A magic of our own: what it does on a line, and on a cell. */
record BuiltIn(String name, String help, Optional<OnLine> onLine, Optional<OnCell> onCell, boolean defines) implements Magic {

    @FunctionalInterface
    interface OnLine {
        Object run(String arguments, Session session) throws Exception;
    }

    @FunctionalInterface
    interface OnCell {
        Object run(String arguments, String body, Session session) throws Exception;
    }

    static BuiltIn line(String name, String help, OnLine onLine) {
        return new BuiltIn(name, help, Optional.of(onLine), Optional.empty(), false);
    }

    static BuiltIn cell(String name, String help, OnCell onCell) {
        return new BuiltIn(name, help, Optional.empty(), Optional.of(onCell), false);
    }

    /** Also usable on a cell. */
    BuiltIn and(OnCell action) {
        return new BuiltIn(name, help, onLine, Optional.of(action), defines);
    }

    /** See {@link Magic#defines}. */
    BuiltIn defining() {
        return new BuiltIn(name, help, onLine, onCell, true);
    }

    @Override
    public Object line(String arguments, Session session) throws Exception {
        return onLine.isPresent() ? onLine.get().run(arguments, session) : Magic.super.line(arguments, session);
    }

    @Override
    public Object cell(String arguments, String body, Session session) throws Exception {
        return onCell.isPresent() ? onCell.get().run(arguments, body, session)
                : Magic.super.cell(arguments, body, session);
    }
}
