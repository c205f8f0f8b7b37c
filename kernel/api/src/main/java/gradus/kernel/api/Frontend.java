package gradus.kernel.api;

/**
 * The way from a thread to the notebook that shows its output: implemented by the kernel, one per running cell,
 * inherited by the threads which that cell starts. Code in cells uses {@link Notebook} instead.
 */
public interface Frontend {

    /** See {@link Notebook#display}. */
    Display display(Object value);

    /** See {@link Notebook#clearOutput(boolean)}. */
    void clearOutput(boolean wait);

    /** See {@link Notebook#input} and {@link Notebook#password}. */
    String input(String prompt, boolean hidden);

    /** No notebook: shows nothing. */
    Frontend NONE = new Frontend() {
        @Override
        public Display display(Object value) {
            return new Display() {
                @Override
                public String id() {
                    return "";
                }

                @Override
                public void update(Object newValue) {
                }
            };
        }

        @Override
        public void clearOutput(boolean wait) {
        }

        @Override
        public String input(String prompt, boolean hidden) {
            throw new IllegalStateException("nobody is there to answer \"" + prompt + "\": no notebook is attached");
        }
    };

    /** The front end of the calling thread, or {@link #NONE}. */
    static Frontend current() {
        return FrontendBinding.CURRENT.get();
    }

    /** Gives the calling thread, and all threads that it starts from now on, this front end. */
    static void bind(Frontend frontend) {
        FrontendBinding.CURRENT.set(frontend);
    }
}
