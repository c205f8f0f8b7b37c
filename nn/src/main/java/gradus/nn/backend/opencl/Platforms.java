package gradus.nn.backend.opencl;

import static org.jocl.CL.CL_DEVICE_GLOBAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_COMPUTE_UNITS;
import static org.jocl.CL.CL_DEVICE_NAME;
import static org.jocl.CL.CL_DEVICE_TYPE_ALL;
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
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** What OpenCL offers on this machine. */
public final class Platforms {

    /** A device that can compute. */
    public record Device(String platform, String name, int computeUnits, long memoryBytes) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s: %s, %d compute units, %.1f GiB", platform, name, computeUnits,
                    memoryBytes / 0x1p30);
        }
    }

    private Platforms() {
    }

    /** Prints one device per line; when there is none, one sentence, and ends with exit status 1. */
    public static void main(String[] arguments) {
        try {
            var devices = devices();
            devices.forEach(System.out::println);
            if (devices.isEmpty()) {
                System.err.println("OpenCL is installed, but offers no device; a CPU becomes one with PoCL");
                System.exit(1);
            }
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            System.err.println("no OpenCL on this machine: its library (libOpenCL) is not installed");
            System.exit(1);
        }
    }

    /** All devices of all platforms; throws {@link UnsatisfiedLinkError} when OpenCL is not installed. */
    public static List<Device> devices() {
        var devices = new ArrayList<Device>();
        var count = new int[1];
        if (clGetPlatformIDs(0, null, count) != CL_SUCCESS || count[0] == 0) {
            return devices;
        }
        var platforms = new cl_platform_id[count[0]];
        clGetPlatformIDs(platforms.length, platforms, null);
        for (var platform : platforms) {
            if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, null, count) == CL_SUCCESS) {
                var ids = new cl_device_id[count[0]];
                clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, ids.length, ids, null);
                for (var id : ids) {
                    devices.add(new Device(platformName(platform), deviceName(id),
                            (int) number(id, CL_DEVICE_MAX_COMPUTE_UNITS, Integer.BYTES),
                            number(id, CL_DEVICE_GLOBAL_MEM_SIZE, Long.BYTES)));
                }
            }
        }
        return devices;
    }

    private static String platformName(cl_platform_id platform) {
        var size = new long[1];
        clGetPlatformInfo(platform, CL_PLATFORM_NAME, 0, null, size);
        var text = new byte[(int) size[0]];
        clGetPlatformInfo(platform, CL_PLATFORM_NAME, text.length, Pointer.to(text), null);
        return text(text);
    }

    private static String deviceName(cl_device_id device) {
        var size = new long[1];
        clGetDeviceInfo(device, CL_DEVICE_NAME, 0, null, size);
        var text = new byte[(int) size[0]];
        clGetDeviceInfo(device, CL_DEVICE_NAME, text.length, Pointer.to(text), null);
        return text(text);
    }

    private static long number(cl_device_id device, int what, int bytes) {
        var value = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
        clGetDeviceInfo(device, what, bytes, Pointer.to(value), null);
        return bytes == Integer.BYTES ? value.getInt(0) : value.getLong(0);
    }

    private static String text(byte[] zeroTerminated) {
        return new String(zeroTerminated, StandardCharsets.UTF_8).replace("\0", "").strip();
    }
}
