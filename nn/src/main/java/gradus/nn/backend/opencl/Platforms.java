package gradus.nn.backend.opencl;

import static org.jocl.CL.CL_DEVICE_GLOBAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_COMPUTE_UNITS;
import static org.jocl.CL.CL_DEVICE_NAME;
import static org.jocl.CL.CL_DEVICE_TYPE;
import static org.jocl.CL.CL_DEVICE_TYPE_ALL;
import static org.jocl.CL.CL_DEVICE_TYPE_GPU;
import static org.jocl.CL.CL_DRIVER_VERSION;
import static org.jocl.CL.CL_PLATFORM_NAME;
import static org.jocl.CL.CL_SUCCESS;
import static org.jocl.CL.clGetDeviceIDs;
import static org.jocl.CL.clGetDeviceInfo;
import static org.jocl.CL.clGetPlatformIDs;
import static org.jocl.CL.clGetPlatformInfo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** What OpenCL offers on this machine. */
public final class Platforms {

    /** What to type where there is nothing. */
    static final String HELP = "\nhelp: apt-get install pocl-opencl-icd makes the CPU an OpenCL device;"
            + " for a GPU install its maker's driver";

    /** A device that can compute. */
    public record Device(cl_platform_id platformId, cl_device_id id, String platform, String name) {

        /** How many groups of work items run at once. */
        public int computeUnits() {
            return (int) number(CL_DEVICE_MAX_COMPUTE_UNITS, Integer.BYTES);
        }

        public long memoryBytes() {
            return number(CL_DEVICE_GLOBAL_MEM_SIZE, Long.BYTES);
        }

        public boolean isGpu() {
            return (number(CL_DEVICE_TYPE, Long.BYTES) & CL_DEVICE_TYPE_GPU) != 0;
        }

        /** The version of what translates and runs its programs. */
        String driver() {
            return deviceText(id, CL_DRIVER_VERSION);
        }

        /** One of the numbers that OpenCL knows of it, of so many bytes. */
        long number(int what, int bytes) {
            var value = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
            clGetDeviceInfo(id, what, bytes, Pointer.to(value), null);
            return bytes == Integer.BYTES ? value.getInt(0) : value.getLong(0);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s: %s, %d compute units, %.1f GiB", platform, name, computeUnits(),
                    memoryBytes() / 0x1p30);
        }
    }

    private Platforms() {
    }

    /** Prints one device per line; when there is none, one sentence, and ends with exit status 1. */
    public static void main(String[] arguments) {
        try {
            devices().forEach(System.out::println);
        } catch (OpenClException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** All devices of all platforms, one at least; throws {@link OpenClException} when there is none. */
    public static List<Device> devices() {
        try {
            var devices = find();
            if (devices.isEmpty()) {
                throw new OpenClException("OpenCL is installed, but offers no device" + HELP);
            }
            return devices;
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            throw new OpenClException("no OpenCL on this machine: its library (libOpenCL) is not installed" + HELP);
        }
    }

    private static List<Device> find() {
        var devices = new ArrayList<Device>();
        var count = new int[1];
        if (!succeeds(() -> clGetPlatformIDs(0, null, count)) || count[0] == 0) {
            return devices;
        }
        var platforms = new cl_platform_id[count[0]];
        clGetPlatformIDs(platforms.length, platforms, null);
        for (var platform : platforms) {
            if (succeeds(() -> clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, null, count))) {
                var ids = new cl_device_id[count[0]];
                clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, ids.length, ids, null);
                for (var id : ids) {
                    devices.add(new Device(platform, id, platformText(platform, CL_PLATFORM_NAME),
                            deviceText(id, CL_DEVICE_NAME)));
                }
            }
        }
        return devices;
    }

    /** Nothing found is a failure to OpenCL, and an exception once a device is in use. */
    private static boolean succeeds(IntSupplier call) {
        try {
            return call.getAsInt() == CL_SUCCESS;
        } catch (CLException e) {
            return false;
        }
    }

    private static String platformText(cl_platform_id platform, int what) {
        var size = new long[1];
        clGetPlatformInfo(platform, what, 0, null, size);
        var text = new byte[(int) size[0]];
        clGetPlatformInfo(platform, what, text.length, Pointer.to(text), null);
        return text(text);
    }

    static String deviceText(cl_device_id device, int what) {
        var size = new long[1];
        clGetDeviceInfo(device, what, 0, null, size);
        var text = new byte[(int) size[0]];
        clGetDeviceInfo(device, what, text.length, Pointer.to(text), null);
        return text(text);
    }

    static String text(byte[] zeroTerminated) {
        return new String(zeroTerminated, StandardCharsets.UTF_8).replace("\0", "").strip();
    }
}
