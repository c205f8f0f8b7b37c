package gradus.nn.io;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.backend.Buffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A {@code .safetensors} file: named tensors and a few words about them, without any code. Opened, it is mapped into
 * memory, and only the tensors that are asked for are read:
 * {@snippet :
 * try (var file = Safetensors.open(Path.of("model.safetensors"))) {
 *     var w = file.tensor("layers.0.weight");
 * }
 * }
 *
 * <p>Layout: 8 bytes of header length, little-endian; the header, JSON, filled up with blanks to a multiple of 8; the
 * numbers, little-endian, row by row, one tensor behind the other without gaps. Every length and offset is checked
 * before a number is read. What is written equals what the Python library writes, byte for byte.
 *
 * <p>Source: the format's description in the repository huggingface/safetensors.
 */
public final class Safetensors implements AutoCloseable {

    private static final String METADATA = "__metadata__";
    /** The reference implementation's limit too. */
    private static final long LONGEST_HEADER = 100_000_000;
    /** How much heap a byte of header may take: entries took 5, the worst, metadata of shortest keys, 17. */
    private static final int HEAP_PER_HEADER_BYTE = 24;

    private record Entry(String name, Element element, Shape shape, long begin, long end) { }

    private final Path path;
    private final Arena arena;
    private final MemorySegment data;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    private Safetensors(Path path, Arena arena, MemorySegment data, Map<String, Entry> entries, Map<String, String> metadata) {
        this.path = path;
        this.arena = arena;
        this.data = data;
        this.entries = entries;
        this.metadata = metadata;
    }

    /** Maps a file and checks its header; throws {@link FormatException} when anything in it does not fit. */
    public static Safetensors open(Path path) {
        return Disk.read(path, file -> {
            var arena = Arena.ofShared();
            try (var channel = FileChannel.open(file)) {
                return checked(file, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
            } catch (IOException | RuntimeException e) {
                arena.close();
                throw e;
            }
        });
    }

    /** All tensors of a file by name, in the order in which they lie in it. */
    public static Map<String, Tensor> load(Path path) {
        try (var file = open(path)) {
            var tensors = new LinkedHashMap<String, Tensor>();
            file.names().forEach(name -> tensors.put(name, file.tensor(name)));
            return tensors;
        }
    }

    /**
     * Overwrites these tensors with those of the same names in a file, converted to their types. Names and shapes must agree
     * both ways: else nothing is changed, and an {@link IllegalArgumentException} lists all that does not fit.
     */
    public static void load(Path path, Map<String, Tensor> into) {
        try (var file = open(path)) {
            var wrong = new ArrayList<String>();
            into.forEach((name, x) -> {
                if (!file.names().contains(name)) {
                    wrong.add(name + " " + x.shape() + " is not in the file");
                } else if (!file.shape(name).equals(x.shape())) {
                    wrong.add(name + " is " + x.shape() + " here and " + file.shape(name) + " in the file");
                }
            });
            file.names().stream().filter(name -> !into.containsKey(name))
                    .forEach(name -> wrong.add(name + " " + file.shape(name) + " is only in the file"));
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException("load: " + path.getFileName() + " does not fit:\n  "
                        + String.join("\n  ", wrong) + "\nhelp: build the net with the layers and sizes it was saved with");
            }
            into.forEach((name, x) -> x.assign(file.tensor(name, x.dtype())));
        }
    }

    /** The names of the tensors, in the order in which they lie in the file. */
    public Set<String> names() {
        return entries.keySet();
    }

    /** What is said about the file, such as {@code format}; often nothing. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The shape of a tensor, known without reading it. */
    public Shape shape(String name) {
        return entry(name).shape;
    }

    /** A copy of one tensor: float32 for single and half precision, float64 for double, int32 for whole numbers. */
    public Tensor tensor(String name) {
        return tensor(name, entry(name).element.natural());
    }

    /** A copy of one tensor as this element type, rounded where it must be. */
    public Tensor tensor(String name, DType dtype) {
        var entry = entry(name);
        var buffer = Buffer.allocate(entry.element.isWhole() ? dtype : entry.element.natural(), entry.shape.size());
        try {
            entry.element.read(data, entry.begin, ByteOrder.LITTLE_ENDIAN, buffer.array(), 0, buffer.length());
        } catch (ArithmeticException tooLarge) {
            throw new FormatException(path, "holds " + tooLarge.getMessage() + " in '" + name + "', which is no int32",
                    "ask for another type: Safetensors.open(path).tensor(\"" + name + "\", FLOAT64)");
        }
        return Tensor.dense(entry.shape, buffer).as(dtype).named(name);
    }

    private Entry entry(String name) {
        var entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(path.getFileName() + ": there is no tensor '" + name + "'\nhelp: there are "
                    + String.join(", ", names()));
        }
        return entry;
    }

    /** Lets go of the file; tensors that were read stay. */
    @Override
    public void close() {
        arena.close();
    }

    // ---- reading the header ----

    private static Safetensors checked(Path path, Arena arena, MemorySegment file) {
        long size = file.byteSize();
        long length = size < 8 ? -1 : file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        long limit = Math.min(LONGEST_HEADER, Runtime.getRuntime().maxMemory() / HEAP_PER_HEADER_BYTE);
        if (length < 2 || length > size - 8 || length > limit) {
            throw new FormatException(path, size < 8 ? "has " + size + " bytes, too few for a header"
                    : "claims a header of " + Long.toUnsignedString(length) + " bytes in a file of " + size,
                    length > limit && length <= size - 8 ? "headers up to " + limit + " bytes are read"
                            : "it is no .safetensors file, or damaged");
        }
        var text = new HeaderText(path, file.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE), "the file is damaged; write it again");
        var members = text.object(name -> name.equals(METADATA) ? text.object(key -> text.string('"'))
                : entry(path, text, name));
        text.end();
        var data = file.asSlice(8 + length);
        return new Safetensors(path, arena, data, inPlace(path, data.byteSize(), members), metadata(members));
    }

    private static Map<String, String> metadata(Map<String, Object> members) {
        var metadata = new LinkedHashMap<String, String>();
        if (members.get(METADATA) instanceof Map<?, ?> said) {
            said.forEach((key, value) -> metadata.put((String) key, (String) value));
        }
        return metadata;
    }

    private static Entry entry(Path path, HeaderText text, String name) {
        var found = text.object(key -> switch (key) {
            case "dtype" -> text.string('"');
            case "shape", "data_offsets" -> text.naturals('[', ']', false);
            default -> throw text.wrong("has an unknown key '" + key + "' for '" + name + "'");
        });
        if (!(found.get("dtype") instanceof String dtype) || !(found.get("shape") instanceof List<?> shape)
                || !(found.get("data_offsets") instanceof List<?> offsets) || offsets.size() != 2) {
            throw text.wrong("does not say dtype, shape and two data_offsets for '" + name + "'");
        }
        return new Entry(name, element(path, name, dtype), Disk.shape(path, shape), (Long) offsets.getFirst(),
                (Long) offsets.getLast());
    }

    private static Element element(Path path, String name, String dtype) {
        for (var element : Element.values()) {
            if (element.name().equals(dtype)) {
                return element;
            }
        }
        throw new FormatException(path, "holds '" + name + "' as " + dtype, "known are " + Arrays.toString(Element.values()));
    }

    /** The entries in the order of their data, which must follow each other without gaps up to the end of the file. */
    private static Map<String, Entry> inPlace(Path path, long size, Map<String, Object> members) {
        var entries = new ArrayList<Entry>();
        for (var member : members.values()) {
            if (member instanceof Entry entry) {
                entries.add(entry);
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        var placed = new LinkedHashMap<String, Entry>();
        long at = 0;
        for (var entry : entries) {
            var where = "'" + entry.name + "' at bytes " + entry.begin + " to " + entry.end;
            if (entry.end < entry.begin || entry.end > size) {
                throw new FormatException(path, "has " + where + ", outside its " + size + " bytes of data",
                        "the file is damaged or was not copied to its end");
            }
            if (entry.begin != at) {
                throw new FormatException(path, "has " + where + (entry.begin < at ? ", overlapping" : ", with a gap to")
                        + " what ends at " + at, "the file is damaged; write it again");
            }
            long needed = (long) entry.shape.size() * entry.element.bytes;
            if (entry.end - entry.begin != needed) {
                throw new FormatException(path, "has " + where + ", but " + entry.element + " of shape " + entry.shape
                        + " takes " + needed, "the file is damaged; write it again");
            }
            at = entry.end;
            placed.put(entry.name, entry);
        }
        if (at != size) {
            throw new FormatException(path, "has " + (size - at) + " bytes behind its last tensor",
                    "the file is damaged; write it again");
        }
        return placed;
    }

    // ---- writing ----

    /** Writes these tensors; a file that is there is replaced once the new one is whole. */
    public static void save(Path path, Map<String, Tensor> tensors) {
        save(path, tensors, Map.of());
    }

    /** Writes these tensors and a few words about them. */
    public static void save(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("save: no tensor can be called " + METADATA + "\nhelp: choose another name");
        }
        // the reference's order: wide elements first, so that all stay aligned; then names, byte by byte
        var names = new ArrayList<>(tensors.keySet());
        names.sort(Comparator.comparing((String name) -> Element.of(tensors.get(name).dtype())).reversed()
                .thenComparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
        var header = header(names, tensors, metadata);
        Disk.write(path, out -> {
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
            out.write(header);
            for (var name : names) {
                Disk.elements(tensors.get(name), out);
            }
        });
    }

    private static byte[] header(List<String> names, Map<String, Tensor> tensors, Map<String, String> metadata) {
        var parts = new ArrayList<String>();
        if (!metadata.isEmpty()) {
            parts.add("\"" + METADATA + "\":{" + String.join(",", metadata.entrySet().stream()
                    .map(e -> HeaderText.quoted(e.getKey()) + ":" + HeaderText.quoted(e.getValue())).toList()) + "}");
        }
        long at = 0;
        for (var name : names) {
            var x = tensors.get(name);
            var element = Element.of(x.dtype());
            long end = at + (long) x.size() * element.bytes;
            parts.add(HeaderText.quoted(name) + ":{\"dtype\":\"" + element + "\",\"shape\":"
                    + x.shape().toString().replace(" ", "") + ",\"data_offsets\":[" + at + "," + end + "]}");
            at = end;
        }
        var json = ("{" + String.join(",", parts) + "}").getBytes(StandardCharsets.UTF_8);
        var padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }
}
