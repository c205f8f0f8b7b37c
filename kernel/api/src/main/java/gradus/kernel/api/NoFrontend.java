package gradus.kernel.api;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Where no notebook is: nothing is shown, nobody answers, nothing else fails. */
final class NoFrontend implements Frontend {

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

    @Override
    public void page(Object value) {
    }

    @Override
    public void setNextInput(String code) {
    }

    @Override
    public void outputLimit(int characters) {
    }

    @Override
    public Comm openComm(String target, CommMessage opening) {
        return new Comm() {
            @Override
            public String id() {
                return "";
            }

            @Override
            public String target() {
                return target;
            }

            @Override
            public CommMessage opening() {
                return opening;
            }

            @Override
            public boolean isOpen() {
                return false;
            }

            @Override
            public void send(Object data, Map<String, ?> metadata, List<byte[]> buffers) {
            }

            @Override
            public void onMessage(Consumer<CommMessage> handler) {
            }

            @Override
            public void onClose(Consumer<CommMessage> handler) {
            }

            @Override
            public void close(Object data) {
            }
        };
    }

    @Override
    public void registerComm(String target, Consumer<Comm> opened) {
    }
}
