package gradus.nn.backend.opencl;

import static org.jocl.CL.CL_PROGRAM_BINARIES;
import static org.jocl.CL.CL_PROGRAM_BINARY_SIZES;
import static org.jocl.CL.CL_PROGRAM_BUILD_LOG;
import static org.jocl.CL.clBuildProgram;
import static org.jocl.CL.clCreateKernel;
import static org.jocl.CL.clCreateProgramWithBinary;
import static org.jocl.CL.clCreateProgramWithSource;
import static org.jocl.CL.clGetProgramBuildInfo;
import static org.jocl.CL.clGetProgramInfo;
import static org.jocl.CL.clReleaseKernel;
import static org.jocl.CL.clReleaseProgram;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_program;

/**
 * The compiled programs of a device: in memory by their text, and as the driver's binaries in files whose names tell
 * device, driver and text, for the next process. Not safe for several threads: {@link DeviceQueue} guards it.
 */
final class Programs {

    private static final int KERNELS = 4096;
    private static final int HASH_BYTES = 32;

    private final Platforms.Device device;
    private final cl_context context;
    private final String options;
    private final Optional<Path> folder;
    private final Map<String, cl_program> programs = new HashMap<>();
    private final Map<Source, DeviceKernel> kernels = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, DeviceKernel> eldest) {
            if (size() > KERNELS) {   // sources differ by their constants, their texts do not
                clReleaseKernel(eldest.getValue().kernel);
                return true;
            }
            return false;
        }
    };

    Programs(Platforms.Device device, cl_context context, String options, Optional<Path> folder) {
        this.device = device;
        this.context = context;
        this.options = options;
        this.folder = folder;
    }

    /** Where binaries are kept: a folder in the user's cache. */
    static Path defaultFolder() {
        var cache = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        return (cache.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
                .resolve("gradus").resolve("opencl");
    }

    DeviceKernel kernel(Source source) {
        var found = kernels.get(source);
        if (found == null) {
            found = new DeviceKernel(clCreateKernel(programs.computeIfAbsent(source.text(), this::program), source.entry(),
                    null));
            kernels.put(source, found);
        }
        return found;
    }

    private cl_program program(String text) {
        var file = folder.map(path -> path.resolve(hash(device.toString(), device.driver(), options, text) + ".bin"));
        return file.flatMap(this::load).orElseGet(() -> {
            var program = clCreateProgramWithSource(context, 1, new String[] {text}, null, null);
            build(program, text);
            file.ifPresent(path -> save(program, path));
            return program;
        });
    }

    private void build(cl_program program, String text) {
        try {
            clBuildProgram(program, 1, new cl_device_id[] {device.id()}, options, null, null);
        } catch (CLException e) {
            throw new OpenClException(device.name() + " refuses a program:\n" + buildLog(program) + "\n" + text);
        }
    }

    private String buildLog(cl_program program) {
        var size = new long[1];
        clGetProgramBuildInfo(program, device.id(), CL_PROGRAM_BUILD_LOG, 0, null, size);
        var log = new byte[(int) size[0]];
        clGetProgramBuildInfo(program, device.id(), CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null);
        return Platforms.text(log);
    }

    /** A binary that was saved, unless it is damaged or the driver refuses it. */
    private Optional<cl_program> load(Path file) {
        try {
            var bytes = Files.readAllBytes(file);
            var binary = Arrays.copyOfRange(bytes, Math.min(HASH_BYTES, bytes.length), bytes.length);
            if (!Arrays.equals(bytes, 0, Math.min(HASH_BYTES, bytes.length), sha256(binary), 0, HASH_BYTES)) {
                return Optional.empty();
            }
            var program = clCreateProgramWithBinary(context, 1, new cl_device_id[] {device.id()},
                    new long[] {binary.length}, new byte[][] {binary}, null, null);
            try {
                clBuildProgram(program, 1, new cl_device_id[] {device.id()}, options, null, null);
                return Optional.of(program);
            } catch (CLException e) {
                clReleaseProgram(program);
                return Optional.empty();
            }
        } catch (IOException | CLException e) {
            return Optional.empty();
        }
    }

    private static void save(cl_program program, Path file) {
        var size = new long[1];
        clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, Long.BYTES, Pointer.to(size), null);
        if (size[0] == 0) {
            return;   // the driver gives none
        }
        var binary = new byte[(int) size[0]];
        clGetProgramInfo(program, CL_PROGRAM_BINARIES, Long.BYTES, Pointer.to(Pointer.to(binary)), null);
        try {
            Files.createDirectories(file.getParent());
            var unfinished = Files.createTempFile(file.getParent(), "program", ".part");
            Files.write(unfinished, sha256(binary));
            Files.write(unfinished, binary, StandardOpenOption.APPEND);
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            System.getLogger(Programs.class.getName()).log(System.Logger.Level.DEBUG, "no program is kept in " + file, e);
        }
    }

    private static String hash(String... parts) {
        return HexFormat.of().formatHex(sha256(String.join("\0", parts).getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
