package gradus.kernel.api;

/** Holds the binding that {@link Frontend} hands out; an interface cannot keep it out of sight. */
final class FrontendBinding {

    static final InheritableThreadLocal<Frontend> CURRENT = new InheritableThreadLocal<>() {
        @Override
        protected Frontend initialValue() {
            return Frontend.NONE;
        }
    };

    private FrontendBinding() {
    }
}
