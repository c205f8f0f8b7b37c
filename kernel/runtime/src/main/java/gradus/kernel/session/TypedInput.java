package gradus.kernel.session;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** What a cell reads from {@code System.in}: asks the reader for a line whenever the cell wants input and has none left. */
final class TypedInput extends InputStream {

    private final Supplier<String> ask;
    private InputStream line = InputStream.nullInputStream();

    TypedInput(Supplier<String> ask) {
        this.ask = ask;
    }

    @Override
    public synchronized int read() throws IOException {
        fill();
        return line.read();
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        fill();
        return line.read(bytes, offset, length);   // what is there, without asking for more
    }

    @Override
    public synchronized int available() throws IOException {
        return line.available();
    }

    private void fill() throws IOException {
        if (line.available() == 0) {
            line = new ByteArrayInputStream((ask.get() + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
