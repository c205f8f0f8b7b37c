package gradus.nn.compile;

import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import java.util.List;
import java.util.Set;

/** Chains of elementwise kernels made one. */
final class Fusion {

    private Fusion() {
    }

    static List<Kernel> fuse(List<Kernel> kernels, Set<Buffer> wanted, Set<Buffer> outside) {
        return kernels;
    }
}
