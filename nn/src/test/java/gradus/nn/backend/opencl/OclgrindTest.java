package gradus.nn.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kernel under Oclgrind, which interprets them and tells of data races, of what is read before it was written, of
 * accesses beyond the end, and of wrong calls. It is found as a driver of its own in a process that sees no other, for a
 * JVM started by it crashes; and it knows no code that was optimised.
 */
class OclgrindTest {

    private static final Path DRIVER = Path.of("/usr/lib/oclgrind/liboclgrind-rt-icd.so");

    @Test
    void kernelsNeitherRaceNorReadWhatWasNotWritten(@TempDir Path folder) throws IOException {
        assumeTrue(Files.exists(DRIVER) || Boolean.getBoolean("opencl.required"), "Oclgrind is not installed");
        assertTrue(Files.exists(DRIVER), "no Oclgrind: apt-get install oclgrind");
        Files.writeString(folder.resolve("oclgrind.icd"), DRIVER + "\n");
        var log = folder.resolve("log");
        var output = ChildProcess.output(WatchedKernels.class, Map.of("OCL_ICD_VENDORS", folder + "/", "OCLGRIND_LOG",
                log.toString(), "OCLGRIND_DATA_RACES", "1", "OCLGRIND_UNINITIALIZED", "1", "OCLGRIND_CHECK_API", "1",
                "OCLGRIND_BUILD_OPTIONS", "-cl-opt-disable", "XDG_CACHE_HOME", folder.toString()), "-Dopencl.watched=true");
        assertEquals("opencl (Oclgrind Simulator)\ndone\n", output);
        assertEquals("", Files.readString(log));
    }
}
