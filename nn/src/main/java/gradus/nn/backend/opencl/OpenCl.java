package gradus.nn.backend.opencl;

import gradus.nn.backend.Backend;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The way to a backend on OpenCL. */
public final class OpenCl {

    private static final Map<Platforms.Device, OpenClBackend> OPENED = new HashMap<>();

    private OpenCl() {
    }

    /**
     * The backend of one device, always the same for the same device.
     *
     * @param which the device's number in {@link Platforms#devices}, a part of its name or of its platform's, or nothing
     *        for the first GPU or, where there is none, the first device
     * @throws OpenClException when there is no OpenCL or no such device
     */
    public static Backend device(String which) {
        var device = choose(Platforms.devices(), which);
        synchronized (OPENED) {
            return OPENED.computeIfAbsent(device, OpenClBackend::new);
        }
    }

    /** The same or, where the machine has no OpenCL, the CPU, and one warning that says so. */
    public static Backend deviceOrCpu(String which) {
        try {
            return device(which);
        } catch (OpenClException e) {
            System.getLogger(Backend.class.getName()).log(System.Logger.Level.WARNING,
                    "computing on the CPU: " + e.getMessage());
            return Backend.cpu();
        }
    }

    private static Platforms.Device choose(List<Platforms.Device> devices, String which) {
        if (which.isBlank()) {
            return devices.stream().filter(Platforms.Device::isGpu).findFirst().orElse(devices.getFirst());
        }
        var wanted = which.strip().toLowerCase(Locale.ROOT);
        return IntStream.range(0, devices.size())
                .filter(i -> wanted.matches("\\d+") ? wanted.equals("" + i)
                        : devices.get(i).toString().toLowerCase(Locale.ROOT).contains(wanted))
                .mapToObj(devices::get).findFirst()
                .orElseThrow(() -> new OpenClException("there is no OpenCL device '" + which + "'\nhelp: there is "
                        + IntStream.range(0, devices.size()).mapToObj(i -> i + " (" + devices.get(i) + ")")
                                .collect(Collectors.joining(", "))));
    }
}
