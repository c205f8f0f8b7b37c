package gradus.kernel.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellLoaderTest {

    private static final String NAME = ObjectMapper.class.getName();

    @TempDir
    Path folder;

    /** Another library of the same name as one that the kernel uses itself. */
    private Path otherVersion() throws IOException {
        var source = folder.resolve("ObjectMapper.java");
        Files.writeString(source, "package com.fasterxml.jackson.databind; public class ObjectMapper {}");
        assertEquals(0, ToolProvider.findFirst("javac").orElseThrow().run(System.out, System.err, source.toString(),
                "-d", folder.resolve("classes").toString()));
        return folder.resolve("classes");
    }

    @Test
    void aCellGetsItsOwnVersionOfALibraryThatTheKernelUses() throws Exception {
        try (var loader = new CellLoader(getClass().getClassLoader(), List.of())) {
            loader.addClassPath(List.of(otherVersion()));
            assertNotSame(ObjectMapper.class, loader.loadClass(NAME));
            assertSame(loader.loadClass(NAME), loader.loadClass(NAME));
            assertSame(String.class, loader.loadClass("java.lang.String"));
        }
    }

    @Test
    void whatCellsAndKernelShareIsOneClass() throws Exception {
        var jar = Path.of(ObjectMapper.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (var loader = new CellLoader(getClass().getClassLoader(), List.of(jar))) {
            loader.addClassPath(List.of(otherVersion()));
            assertSame(ObjectMapper.class, loader.loadClass(NAME));
        }
    }
}
