package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.api.Session;
import gradus.kernel.engine.Footprint;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;

/** Where the memory is. */
final class MemoryMagic {

    private static final int SHOWN = 20;

    private record Held(Session.Variable variable, Footprint footprint) {
    }

    static final List<Magic> ALL = List.of(BuiltIn.line("mem", """
            %mem [-n NUMBER] [--gc]
            What each variable holds, the largest first, and how full the memory is.

            The sizes are estimates: ≥ stands before what has parts that cannot be looked into. What two variables share
            counts for both. --gc collects garbage first, so that what is in use is what is needed; -n 50 shows more rows.
            To free what a variable holds, assign null to it, or use %reset.""", MemoryMagic::show));

    private MemoryMagic() {
    }

    private static Object show(String text, Session session) {
        var arguments = Arguments.of("%mem", text);
        int rows = arguments.number("-n").orElse(SHOWN);
        boolean collect = arguments.flag("--gc");
        arguments.none();
        if (collect) {
            System.gc();
        }
        var held = session.variables().stream().map(v -> new Held(v, Footprint.of(v.value())))
                .sorted(Comparator.comparingLong((Held h) -> h.footprint.bytes()).reversed()).toList();
        var table = new Table(List.of("variable", "type", " holds"), held.stream().limit(rows)
                .map(h -> List.of(h.variable.name(), h.variable.type(), h.footprint.toString())).toList());
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long outside = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
        System.out.println("heap: " + Footprint.text(heap.getUsed()) + " in use" + (collect ? "" : ", garbage included")
                + ", at most " + Footprint.text(heap.getMax()) + "; buffers outside it: " + Footprint.text(outside));
        return held.isEmpty() ? null : table.render();
    }
}
