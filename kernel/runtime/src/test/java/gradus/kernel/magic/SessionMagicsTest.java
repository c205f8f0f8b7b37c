package gradus.kernel.magic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.MimeBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SessionMagicsTest {

    private final CellRunner cells = new CellRunner(List.of());

    @AfterEach
    void close() {
        cells.close();
    }

    private String html() {
        return ((MimeBundle) cells.shown().getLast()).data().get(MimeBundle.HTML).toString();
    }

    private String paged() {
        return ((MimeBundle) cells.paged().getLast()).plain();
    }

    @Test
    void variablesAreListedWithTypesAndValues() {
        cells.run("int a = 7;\nList<String> names = List.of(\"x\", \"<y>\");\nvar big = new int[1_000_000];");
        cells.run("%vars");
        assertTrue(cells.plain().contains("List<String>  2 elements: x, <y>"), cells::plain);
        assertTrue(cells.plain().contains("1000000 elements: 0, 0, 0"), cells::plain);
        assertTrue(html().contains("&lt;y>"), this::html);
        cells.run("%vars List");
        assertFalse(cells.plain().contains("big"), cells::plain);
        cells.run("%who");
        assertEquals("a  names  big\n", cells.printed());
    }

    @Test
    void importsAreListed() {
        cells.run("import java.util.zip.CRC32;");
        cells.run("%imports");
        assertTrue(cells.printed().lines().toList().contains("import java.util.zip.CRC32;"), cells::printed);
    }

    @Test
    void forgettingAsksFirst() {
        cells.run("int a = 7;");
        cells.answers("n");
        cells.run("%reset");
        assertEquals(7, cells.value("a"));
        cells.run("%reset -f");
        assertEquals("CompilationError", cells.fail("a").name());
        assertEquals(8, cells.value("int a = 8;\na"));
    }

    @Test
    void theHistoryIsPrinted() {
        cells.run("int a = 1;");
        cells.run("int b = 2;\nint c = 3;");
        cells.run("%history -n 1-2");
        assertEquals("1: int a = 1;\n2: int b = 2;\n   int c = 3;\n", cells.printed());
        cells.run("%history -g \"b = 2\"");
        assertEquals("int b = 2;\nint c = 3;\n%history -g \"b = 2\"\n", cells.printed());
        cells.run("%history -l 2");
        assertEquals("%history -g \"b = 2\"\n%history -l 2\n", cells.printed());
        assertTrue(cells.fail("%history x").message().contains("such as 3-7"));
    }

    @Test
    void magicsAreListedAndExplained() {
        cells.run("%lsmagic");
        for (var name : List.of("%maven", "%%pom", "%classpath", "%load", "%run", "%time", "%timeit", "!COMMAND", "%%bash", "%cd",
                "%pwd", "%env", "%%writefile", "%%html", "%%markdown", "%%latex", "%%javascript", "%%svg", "%vars", "%who",
                "%imports", "%reset", "%history", "%lsmagic", "%help", "%mem", "%output", "%javap", "%jvm")) {
            assertTrue(cells.plain().lines().anyMatch(line -> line.startsWith(name)), () -> name + "\n" + cells.plain());
        }
        cells.run("%help");
        assertTrue(cells.plain().contains("//DEPS"), cells::plain);
        cells.run("%timeit?");
        assertTrue(paged().startsWith("%timeit [-n LOOPS]"), this::paged);
        cells.run("%%bash?");
        assertTrue(paged().startsWith("%%bash"), this::paged);
        cells.run("%maven --help");
        assertTrue(paged().contains("--offline"), this::paged);
        assertTrue(cells.fail("%nosuch?").message().contains("there is no magic %nosuch"));
    }

    @Test
    void everyMagicSaysHowItIsUsed() {
        for (var magic : new Catalog().all()) {
            var lines = magic.help().lines().toList();
            assertTrue(lines.getFirst().contains("%" + magic.name()) || magic.name().matches("system|sx|pinfo2?"), magic.name());
            assertTrue(lines.size() > 1 && lines.get(1).matches("[A-Z%].*[.,].*|.*\\."), () -> magic.name() + ": " + lines);
            assertTrue(lines.stream().allMatch(line -> line.length() <= 132), magic.name());
        }
    }

    @Test
    void namesAreInspected() {
        cells.run("String.join?");
        assertTrue(paged().contains("join"), this::paged);
        assertTrue(cells.fail("noSuchNameAtAll?").message().contains("nothing is known about noSuchNameAtAll"));
    }

    @Test
    void memoryIsShownByVariable() {
        cells.run("var array = new double[1000];\nvar text = \"abc\";\nvar list = List.of(new int[250], new int[250]);\n"
                + "class Held { int[] inside = new int[250]; }\nvar held = List.of(new Held());");
        cells.run("%mem");
        assertTrue(cells.printed().startsWith("heap: "), cells::printed);
        var rows = cells.plain().lines().map(line -> line.replaceAll(" +", " ")).toList();
        assertEquals("array double[] 8.0 kB", rows.get(1));
        assertTrue(rows.get(2).matches("list List<int\\[\\]> 2\\.1 kB"), rows.get(2));
        assertTrue(rows.stream().anyMatch(row -> row.matches("held List<Held> 1\\.[01] kB")), cells::plain);
    }

    @Test
    void bytecodeOfACellIsShown() {
        cells.run("class Adder {\n  int add(int a, int b) { return a + b; }\n}");
        cells.run("%javap -c Adder");
        assertTrue(cells.printed().contains("iadd"), cells::printed);
        cells.run("%javap java.lang.Runnable");
        assertTrue(cells.printed().contains("public abstract void run();"), cells::printed);
        assertTrue(cells.fail("%javap no.such.Class").message().contains("there is no class no.such.Class"));
    }

    @Test
    void theMachineIsDescribed() {
        cells.run("%jvm");
        assertTrue(cells.printed().contains(String.valueOf(Runtime.version())), cells::printed);
        assertTrue(cells.printed().contains("GRADUS_JVM_OPTS"), cells::printed);
        cells.run("%output cap 5000");
        assertEquals(5000, cells.limit());
        assertTrue(cells.fail("%output").message().contains("such as: %output cap"));
    }

    @Test
    void otherLanguagesAreShown() {
        cells.run("%%html\n<b>bold</b>");
        assertEquals("<b>bold</b>", html());
        cells.run("%%markdown\n# Title\n$x^2$");
        assertEquals("# Title\n$x^2$", ((MimeBundle) cells.shown().getLast()).data().get(MimeBundle.MARKDOWN));
        cells.run("%%latex\n$x$");
        cells.run("%%svg\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        assertTrue(((MimeBundle) cells.shown().getLast()).data().containsKey("image/svg+xml"));
        cells.run("%%javascript\nalert(1)");
        assertTrue(((MimeBundle) cells.shown().getLast()).data().containsKey("application/javascript"));
        assertTrue(cells.fail("%%html now\nx").message().contains("wants nothing behind it"));
        assertTrue(cells.fail("%html x").message().contains("begin the cell with %%html"));
    }

    @Test
    void foldersJoinTheClassPath(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("lib"));
        Files.writeString(folder.resolve("lib/a.jar"), "");
        cells.run("%cd " + folder);
        cells.run("%classpath lib");
        cells.run("%classpath");
        assertEquals(folder.resolve("lib") + "\n", cells.printed());
        assertTrue(cells.fail("%classpath lib/*.zip").message().contains("nothing matches"));
        assertTrue(cells.fail("%classpath nothing.jar").message().contains("there is no "));
    }

    @Test
    void aLibraryBringsMagicsOfItsOwn(@TempDir Path folder) throws IOException {
        var source = Files.writeString(folder.resolve("Shout.java"), """
                package mine;

                public class Shout implements gradus.kernel.api.Magic {
                    public String name() {
                        return "shout";
                    }

                    public String help() {
                        return "%shout TEXT\\nSays it louder.";
                    }

                    public Object line(String text, gradus.kernel.api.Session session) {
                        return text.toUpperCase() + session.evaluate("40 + 2");
                    }
                }
                """);
        assertEquals(0, ToolProvider.findFirst("javac").orElseThrow().run(System.out, System.err, "-d", folder.toString(),
                "-classpath", System.getProperty("java.class.path"), source.toString()));
        Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(folder.resolve("META-INF/services/gradus.kernel.api.Magic"), "mine.Shout\n");
        cells.run("%classpath " + folder);
        assertEquals("HELLO42", cells.value("var loud = %shout hello\nloud"));
        cells.run("%shout?");
        assertEquals("%shout TEXT\nSays it louder.", paged());
    }
}
