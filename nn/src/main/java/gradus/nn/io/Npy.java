package gradus.nn.io;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.backend.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * NumPy's files for one array, {@code .npy}, and for several in a zip, {@code .npz}.
 *
 * <p>A file begins with {@code \x93NUMPY}, two bytes of version, the header's length (2 bytes, from version 2 on 4), and the
 * header: a Python dict of element type, order of axes and shape. Numbers and booleans are read in either byte order and
 * either order of axes; what is written is version 1, little-endian, row by row, byte for byte as NumPy 2 does.
 *
 * <p>Source: NumPy, "A simple file format for NumPy arrays" (NEP 1 and numpy.lib.format).
 */
public final class Npy {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** More header than an array of 32 axes needs is no header. */
    private static final int LONGEST_HEADER = 1 << 16;
    /** Deflate cannot make more of a byte; an entry that claims to be larger lies. */
    private static final long DEFLATE_LIMIT = 1032;
    private static final int CHUNK = 1 << 20;

    private record Header(Element element, ByteOrder order, boolean columnsFirst, Shape shape) { }

    private Npy() {
    }

    /**
     * The array in a file, in the type that holds its numbers: float32 for half and single precision, float64 for double,
     * int32 for whole numbers and booleans. Throws {@link FormatException} when the file is not whole, when it holds no
     * numbers, and for whole numbers that are too large.
     */
    public static Tensor load(Path path) {
        return load(path, Optional.empty());
    }

    /** The array in a file as this element type, rounded where it must be. */
    public static Tensor load(Path path, DType dtype) {
        return load(path, Optional.of(dtype));
    }

    private static Tensor load(Path path, Optional<DType> dtype) {
        return Disk.read(path, file -> {
            try (var in = Files.newInputStream(file)) {
                return read(in, Files.size(file), file.getFileName(), dtype);
            }
        });
    }

    /** All arrays of an {@code .npz} file by name, in the order of the file. */
    public static Map<String, Tensor> loadZip(Path path) {
        return Disk.read(path, file -> {
            var arrays = new LinkedHashMap<String, Tensor>();
            try (var zip = new ZipFile(file.toFile())) {
                for (var entry : Collections.list(zip.entries())) {
                    var where = path.getFileName() + "/" + entry.getName();
                    if (entry.getSize() > DEFLATE_LIMIT * (entry.getCompressedSize() + 1)) {
                        throw new FormatException(where, "claims to unpack to " + entry.getSize() + " bytes from "
                                + entry.getCompressedSize(), "the file is damaged; write it again with numpy.savez");
                    }
                    try (var in = zip.getInputStream(entry)) {
                        var array = read(in, entry.getSize(), where, Optional.empty());
                        if (arrays.put(entry.getName().replaceFirst("\\.npy$", ""), array) != null) {
                            throw new FormatException(where, "is there twice", "write the file again with numpy.savez");
                        }
                    }
                }
            } catch (ZipException e) {
                throw new FormatException(path, "is no whole zip file (" + e.getMessage() + ")",
                        "for a single array use loadNpy(path)");
            }
            return arrays;
        });
    }

    /** Writes a tensor's numbers; a file that is there is replaced once the new one is whole. */
    public static void save(Path path, Tensor x) {
        Disk.write(path, out -> {
            out.write(header(x));
            Disk.elements(x, out);
        });
    }

    private static String descr(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> "<f4";
            case FLOAT64 -> "<f8";
            case INT32 -> "<i4";
        };
    }

    private static byte[] header(Tensor x) {
        var dims = IntStream.of(x.shape().dims()).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        var dict = "{'descr': '" + descr(x.dtype()) + "', 'fortran_order': False, 'shape': ("
                + dims + (x.rank() == 1 ? "," : "") + "), }";
        // NumPy leaves room for the first size to grow to 21 digits, then fills up to a multiple of 64 bytes
        int room = x.rank() == 0 ? 0 : 21 - String.valueOf(x.shape().dim(0)).length();
        int length = (MAGIC.length + 4 + dict.length() + room + 1 + 63) / 64 * 64;
        var header = new byte[length];
        System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
        header[6] = 1;
        header[8] = (byte) (length - 10);
        header[9] = (byte) (length - 10 >> 8);
        var text = (dict + " ".repeat(length - 11 - dict.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, header, 10, text.length);
        return header;
    }

    /** Reads one array from a stream that should hold {@code available} bytes, and nothing behind it. */
    private static Tensor read(InputStream in, long available, Object file, Optional<DType> dtype) throws IOException {
        var start = in.readNBytes(8);
        if (start.length < 8 || !new String(start, 0, 6, StandardCharsets.ISO_8859_1).equals("\u0093NUMPY")) {
            throw new FormatException(file, "does not begin as an .npy file does",
                    "save it with numpy.save, or read .npz with Npy.loadZip and .safetensors with load(path)");
        }
        if (start[6] < 1 || start[6] > 3) {
            throw new FormatException(file, "has version " + start[6] + " of the .npy format", "versions 1 to 3 are known");
        }
        int digits = start[6] == 1 ? 2 : 4;
        var bytes = in.readNBytes(digits);
        long length = 0;
        for (int i = bytes.length - 1; i >= 0; i--) {
            length = length << 8 | bytes[i] & 0xff;
        }
        if (bytes.length < digits || length > Math.min(LONGEST_HEADER, available - 8 - digits)) {
            throw new FormatException(file, "claims a header of " + length + " bytes in a file of " + available,
                    "the file is damaged; write it again");
        }
        var header = header(file, in.readNBytes((int) length));
        long expected = (long) header.shape.size() * header.element.bytes;
        long data = available - 8 - digits - length;
        if (data != expected) {
            throw new FormatException(file, "holds " + data + " bytes of numbers where shape " + header.shape + " needs "
                    + expected, "the file is damaged, or more than one array was written to it");
        }
        return read(in, header, file, dtype);
    }

    private static Tensor read(InputStream in, Header header, Object file, Optional<DType> dtype) throws IOException {
        var element = header.element;
        var dims = header.shape.dims();
        var natural = element.isWhole() ? dtype.orElse(element.natural()) : element.natural();
        var buffer = Buffer.allocate(natural, header.shape.size());
        var bytes = new byte[(int) Math.min(CHUNK, (long) buffer.length() * element.bytes)];
        for (int done = 0; done < buffer.length(); ) {
            int n = Math.min(CHUNK / element.bytes, buffer.length() - done);
            if (in.readNBytes(bytes, 0, n * element.bytes) < n * element.bytes) {
                throw new FormatException(file, "ends after " + done + " of " + buffer.length() + " numbers",
                        "the file is damaged; write it again");
            }
            try {
                element.read(MemorySegment.ofArray(bytes), 0, header.order, buffer.array(), done, n);
            } catch (ArithmeticException tooLarge) {
                throw new FormatException(file, "holds " + tooLarge.getMessage() + ", which is no int32",
                        "ask for another type: loadNpy(path, FLOAT64)");
            }
            done += n;
        }
        var axes = IntStream.range(0, dims.length).map(axis -> dims.length - 1 - axis).toArray();
        var x = header.columnsFirst
                ? Tensor.dense(new Shape(IntStream.of(axes).map(axis -> dims[axis]).toArray()), buffer).transpose(axes).dense()
                : Tensor.dense(header.shape, buffer);
        return x.as(dtype.orElse(natural));
    }

    private static Header header(Object file, byte[] bytes) {
        var text = new HeaderText(file, bytes, "save it with numpy.save, of an array of numbers");
        var found = new LinkedHashMap<String, Object>();
        text.expect('{');
        while (!text.accept('}')) {
            var key = text.string('\'');
            text.expect(':');
            text.once(found, key, switch (key) {
                case "descr" -> text.accept('[') ? structure(file) : text.string('\'');
                case "fortran_order" -> text.word("True", "False").equals("True");
                case "shape" -> text.naturals('(', ')', true);
                default -> throw text.wrong("has an unknown key '" + key + "'");
            });
            if (!text.accept(',')) {
                text.expect('}');
                break;
            }
        }
        text.end();
        if (!(found.get("descr") instanceof String descr) || !(found.get("fortran_order") instanceof Boolean columnsFirst)
                || !(found.get("shape") instanceof List<?> dims)) {
            throw text.wrong("lacks one of 'descr', 'fortran_order' and 'shape'");
        }
        return new Header(element(file, descr), descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                columnsFirst, Disk.shape(file, dims));
    }

    private static String structure(Object file) {
        throw unreadable(file, "structures");
    }

    private static FormatException unreadable(Object file, String what) {
        return new FormatException(file, "holds " + what,
                "numbers and booleans can be read; convert with x.astype('f8') before numpy.save");
    }

    private static Element element(Object file, String descr) {
        return switch (descr.replaceFirst("^[<>|=]", "")) {
            case "b1" -> Element.BOOL;
            case "i1" -> Element.I8;
            case "u1" -> Element.U8;
            case "i2" -> Element.I16;
            case "u2" -> Element.U16;
            case "i4" -> Element.I32;
            case "u4" -> Element.U32;
            case "i8" -> Element.I64;
            case "u8" -> Element.U64;
            case "f2" -> Element.F16;
            case "f4" -> Element.F32;
            case "f8" -> Element.F64;
            default -> throw unreadable(file, "elements of type " + descr);
        };
    }
}
