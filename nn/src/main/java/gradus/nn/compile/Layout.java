package gradus.nn.compile;

import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the intermediate values of a step lie: each buffer of the recording gets one that lasts, and two that are of one
 * type and length share it when the first is needed no more before the second is written.
 */
final class Layout {

    private final Map<Buffer, Buffer> places = new IdentityHashMap<>();
    private long bytes;

    Layout(List<Kernel> kernels, Set<Buffer> wanted, Set<Buffer> outside) {
        Map<Buffer, Integer> lastUse = new IdentityHashMap<>();
        for (int i = 0; i < kernels.size(); i++) {
            for (var buffer : kernels.get(i).reads()) {
                lastUse.put(buffer, i);
            }
            for (var buffer : kernels.get(i).writes()) {
                lastUse.put(buffer, i);
            }
        }
        var free = new ArrayList<Buffer>();
        for (int i = 0; i < kernels.size(); i++) {
            var kernel = kernels.get(i);
            for (var buffer : kernel.writes()) {
                if (!outside.contains(buffer) && !places.containsKey(buffer)) {
                    places.put(buffer, place(buffer, free, isWhole(kernel, buffer) && !wanted.contains(buffer)));
                }
            }
            for (var buffer : lastUse.keySet()) {
                if (lastUse.get(buffer) == i && places.containsKey(buffer) && isShared(buffer, kernels, wanted)) {
                    free.add(places.get(buffer));
                }
            }
        }
    }

    private Buffer place(Buffer buffer, List<Buffer> free, boolean mayShare) {
        for (int i = 0; mayShare && i < free.size(); i++) {
            if (free.get(i).dtype() == buffer.dtype() && free.get(i).length() == buffer.length()) {
                return free.remove(i);
            }
        }
        bytes += (long) buffer.length() * buffer.dtype().bytes();
        return Buffer.allocate(buffer.dtype(), buffer.length());
    }

    /** Memory that is written in parts keeps the zeros between them, so it is never given to another buffer. */
    private static boolean isShared(Buffer buffer, List<Kernel> kernels, Set<Buffer> wanted) {
        if (wanted.contains(buffer)) {
            return false;
        }
        for (var kernel : kernels) {
            for (var written : kernel.writes()) {
                if (written == buffer) {
                    return isWhole(kernel, buffer);   // the first that writes it
                }
            }
        }
        return false;
    }

    /** Whether a kernel fills all of a buffer. */
    private static boolean isWhole(Kernel kernel, Buffer buffer) {
        if (!(kernel instanceof Kernel.Copy copy)) {
            return true;
        }
        int size = 1;
        for (int dim : copy.dims()) {
            size *= dim;
        }
        return size == buffer.length();
    }

    /** Lets another buffer stand for one of the recording. */
    void replace(Buffer recorded, Buffer stand) {
        places.put(recorded, stand);
    }

    /** The buffer that stands for one of the recording. */
    Buffer of(Buffer recorded) {
        return places.getOrDefault(recorded, recorded);
    }

    long bytes() {
        return bytes;
    }
}
