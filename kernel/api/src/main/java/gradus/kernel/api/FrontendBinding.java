package gradus.kernel.api;

/** Holds the bindings that {@link Frontend} hands out; an interface cannot keep them out of sight. */
final class FrontendBinding {

    static final InheritableThreadLocal<Frontend> CURRENT = new InheritableThreadLocal<>() {
        @Override
        protected Frontend initialValue() {
            return Frontend.NONE;
        }
    };

    static volatile Frontend latest = Frontend.NONE;

    private FrontendBinding() {
    }
}
