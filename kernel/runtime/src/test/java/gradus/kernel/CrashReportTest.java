package gradus.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashReportTest {

    private static final String SEGFAULT = """
            #
            # A fatal error has been detected by the Java Runtime Environment:
            #
            #  SIGSEGV (0xb) at pc=0x00007f2a3c0e1234, pid=4711, tid=4712
            #
            # JRE version: OpenJDK Runtime Environment (25.0+36)
            # Problematic frame:
            # C  [libOpenCL.so.1+0x1234]  clEnqueueNDRangeKernel+0x14
            #
            """;

    @TempDir
    private Path folder;

    @Test
    void aCrashNamesItsSignalAndLibraryOnce() throws IOException {
        Files.writeString(folder.resolve("hs_err_pid4711.log"), SEGFAULT);
        var told = CrashReport.take(folder);
        assertEquals(1, told.size());
        assertTrue(told.getFirst().contains("SIGSEGV in native code: C  [libOpenCL.so.1+0x1234]  clEnqueueNDRangeKernel+0x14"),
                told.getFirst());
        assertEquals(SEGFAULT, Files.readString(folder.resolve("hs_err_pid4711.told.log")));
        assertEquals(List.of(), CrashReport.take(folder));
    }

    @Test
    void anOldCrashIsOfNoInterest() throws IOException {
        var file = Files.writeString(folder.resolve("hs_err_pid4711.log"), SEGFAULT);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        assertEquals(List.of(), CrashReport.take(folder));
        assertTrue(Files.exists(file));
    }

    @Test
    void aReportThatSaysNothingIsToldAllTheSame() throws IOException {
        Files.writeString(folder.resolve("hs_err_pid1.log"), "");
        assertTrue(CrashReport.take(folder).getFirst().startsWith("The last kernel crashed (a fault)"));
    }

    @Test
    void theFolderIsMadeForTheNextCrash() {
        var missing = folder.resolve("runtime");
        assertFalse(Files.exists(missing));
        assertEquals(List.of(), CrashReport.take(missing));
        assertTrue(Files.isDirectory(missing));
    }
}
