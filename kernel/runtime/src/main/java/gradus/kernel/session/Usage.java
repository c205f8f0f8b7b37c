package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What the kernel and its machine use, for the front end's resource display. */
final class Usage {

    private static final Path LINUX_MEMORY = Path.of("/proc/meminfo");
    private static final Path LINUX_PROCESS = Path.of("/proc/self/status");

    private final String host = hostName();
    private long lastNanos = System.nanoTime();
    private Duration lastCpu = cpu();

    /** The content of a {@code usage_reply}; CPU figures are means since the last one. */
    synchronized ObjectNode content() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long now = System.nanoTime();
        var cpu = cpu();
        double kernelPercent = 100.0 * cpu.minus(lastCpu).toNanos() / Math.max(1, now - lastNanos);
        lastNanos = now;
        lastCpu = cpu;

        long total = system.getTotalMemorySize();
        long free = system.getFreeMemorySize();
        long available = kilobytes(LINUX_MEMORY, "MemAvailable:").orElse(free);
        var content = Json.ok().put("hostname", host).put("pid", ProcessHandle.current().pid())
                .put("kernel_cpu", tenths(Math.max(0, kernelPercent)))
                .put("kernel_memory", kilobytes(LINUX_PROCESS, "VmRSS:").orElseGet(Usage::committed))
                .put("cpu_count", Runtime.getRuntime().availableProcessors());
        double hostLoad = system.getCpuLoad();
        if (hostLoad >= 0) {   // unknown before its second question
            content.put("host_cpu_percent", tenths(100 * hostLoad));
        }
        content.putObject("host_virtual_memory").put("total", total).put("available", available)
                .put("percent", tenths(100.0 * (total - available) / Math.max(1, total)))
                .put("used", total - available).put("free", free);
        return content;
    }

    /** The CPU time of this process and of what it has started. */
    private static Duration cpu() {
        var own = ProcessHandle.current();
        return Stream.concat(Stream.of(own), own.descendants())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** A figure that Linux tells in kB, in bytes; none elsewhere. */
    private static OptionalLong kilobytes(Path file, String name) {
        if (!Files.isReadable(file)) {
            return OptionalLong.empty();
        }
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", ""))).findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static long committed() {
        var memory = ManagementFactory.getMemoryMXBean();
        return memory.getHeapMemoryUsage().getCommitted() + memory.getNonHeapMemoryUsage().getCommitted();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static double tenths(double percent) {
        return Math.round(10 * percent) / 10.0;
    }
}
