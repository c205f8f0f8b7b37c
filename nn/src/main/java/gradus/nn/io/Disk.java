package gradus.nn.io;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Files as a notebook wants them: whole or not at all, and what goes wrong in a sentence. */
final class Disk {

    /** How many elements are converted at once. */
    private static final int CHUNK = 1 << 16;

    private Disk() {
    }

    interface Writing {
        void to(OutputStream out) throws IOException;
    }

    interface Reading<T> {
        T from(Path path) throws IOException;
    }

    /** Writes beside the file and then puts the result in its place, so that what was there survives a crash. */
    static void write(Path path, Writing content) {
        var part = path.resolveSibling(path.getFileName() + ".part");
        try {
            try {
                try (var out = Files.newOutputStream(part)) {
                    content.to(out);
                }
                Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw sentence("write", path, e);
        }
    }

    static <T> T read(Path path, Reading<T> content) {
        try {
            return content.from(path);
        } catch (IOException e) {
            throw sentence("read", path, e);
        }
    }

    private static UncheckedIOException sentence(String verb, Path path, IOException e) {
        var reason = e instanceof NoSuchFileException ? "there is no such file or folder"
                : e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
        return new UncheckedIOException("cannot " + verb + " " + path.toAbsolutePath().normalize() + ": " + reason
                + "\nhelp: relative paths begin in " + Path.of("").toAbsolutePath(), e);
    }

    /** The elements of {@code x}, row by row, as files hold them: little-endian. */
    static void elements(Tensor x, OutputStream out) throws IOException {
        var array = x.dense().buffer().array();
        int size = Element.of(x.dtype()).bytes;
        var bytes = new byte[Math.min(CHUNK, x.size()) * size];
        var segment = MemorySegment.ofArray(bytes);
        for (int i = 0; i < x.size(); i += CHUNK) {
            int n = Math.min(CHUNK, x.size() - i);
            switch (x.dtype()) {
                case FLOAT32 -> MemorySegment.copy(array, i, segment,
                        JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, n);
                case FLOAT64 -> MemorySegment.copy(array, i, segment,
                        JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, n);
                case INT32 -> MemorySegment.copy(array, i, segment,
                        JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, n);
            }
            out.write(bytes, 0, n * size);
        }
    }

    /** The sizes that a header gives as a shape. */
    static Shape shape(Object file, List<?> dims) {
        try {
            return new Shape(dims.stream().mapToInt(dim -> Math.toIntExact((Long) dim)).toArray());
        } catch (ArithmeticException | ShapeException e) {
            throw new FormatException(file, "holds an array of shape " + dims,
                    "a tensor has at most 2147483647 elements; split it where it is written");
        }
    }
}
