package gradus.kernel.api;

import java.util.Optional;

/** Holds the binding that {@link Session} hands out; an interface cannot keep it out of sight. */
final class SessionBinding {

    static final InheritableThreadLocal<Optional<Session>> CURRENT = new InheritableThreadLocal<>() {
        @Override
        protected Optional<Session> initialValue() {
            return Optional.empty();
        }
    };

    private SessionBinding() {
    }
}
