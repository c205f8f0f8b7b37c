package gradus.kernel.engine.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.spi.ToolProvider;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentationTest {

    private static final String SHAPE = """
            package demo;

            /**
             * A shape, &lt;closed&gt;.
             * @param side length, in <b>metres</b>
             * @param label what to call it
             */
            public record Shape<T extends Comparable<T>>(double side, T label) {

                /** The most sides. */
                public static final int MOST = 12;

                /**
                 * {@return the area, at most {@value #MOST}} See {@link java.util.List#add(Object)}.
                 * {@snippet :
                 *   var a = shape.area(2);   // @highlight substring="area"
                 * }
                 * @param scale by <i>this</i>
                 * @throws IllegalArgumentException if it is negative
                 * @deprecated use {@link #side() the side}
                 * @see "A book"
                 */
                @Deprecated
                public double area(double scale) {
                    return scale *
                            side;
                }

                /** Of one object. */
                public void with(Object other) { }

                /** Of one label. */
                public void with(T other) { }

                /** Of many. */
                public <U> void with(U first, T... others) { }

                /** What is in it. */
                public static class Inner {

                    /** Makes it. */
                    public Inner(int[][] numbers, java.util.Map.Entry<String, ?> entry) { }
                }
            }
            """;

    @TempDir
    Path folder;

    private static Member member(String className, String name, String... types) {
        return new Member(className, name, List.of(types));
    }

    private Documentation of(Path... classPath) {
        return new Documentation(new Sources(folder.resolve("no-jdk"), List.of(classPath)));
    }

    private Documentation ofFolder(String className, String source) throws IOException {
        var file = folder.resolve("src").resolve(className.replace('.', '/') + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source);
        return of(folder.resolve("src"));
    }

    private static String plain(Documentation documentation, Member member) {
        return documentation.find(member).map(javadoc -> javadoc.plain(100)).orElse("nothing");
    }

    private static void archive(Path jar, Map<String, String> entries) throws IOException {
        Files.createDirectories(jar.getParent());
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes());
            }
        }
    }

    @Test
    void aCommentIsSetWithItsSections() throws IOException {
        var shapes = ofFolder("demo.Shape", SHAPE);
        assertEquals("""
                Deprecated. use the side

                Returns the area, at most 12. See List.add(Object).

                    var a = shape.area(2);

                Parameters
                    scale  by this
                Returns
                    the area, at most 12
                Throws
                    IllegalArgumentException  if it is negative
                See also
                    "A book\"""", plain(shapes, member("demo.Shape", "area", "double")));
        assertEquals("""
                A shape, <closed>.

                Parameters
                    side   length, in metres
                    label  what to call it""", plain(shapes, Member.type("demo.Shape")));
        var html = shapes.find(member("demo.Shape", "area", "double")).orElseThrow().html();
        assertTrue(html.contains("by <i>this</i>") && html.contains("<code>12</code>"), html);
    }

    @Test
    void overloadsAreToldApartByErasedTypes() throws IOException {
        var shapes = ofFolder("demo.Shape", SHAPE);
        assertEquals("Of one object.", plain(shapes, member("demo.Shape", "with", "java.lang.Object")));
        assertEquals("Of one label.", plain(shapes, member("demo.Shape", "with", "Comparable")));
        assertEquals("Of many.", plain(shapes, member("demo.Shape", "with", "Object", "java.lang.Comparable[]")));
        assertEquals("nothing", plain(shapes, member("demo.Shape", "with", "int", "int", "int")));
        assertEquals("nothing", plain(shapes, member("demo.Shape", "with", "String")));
    }

    @Test
    void nestedClassesFieldsAndRecordPartsAreFound() throws IOException {
        var shapes = ofFolder("demo.Shape", SHAPE);
        assertEquals("What is in it.", plain(shapes, Member.type("demo.Shape$Inner")));
        assertEquals("Makes it.",
                plain(shapes, member("demo.Shape$Inner", "<init>", "int[][]", "java.util.Map$Entry")));
        assertEquals("The most sides.", plain(shapes, member("demo.Shape", "MOST")));
        assertEquals("length, in metres", plain(shapes, member("demo.Shape", "side")));
        assertTrue(plain(shapes, member("demo.Shape", "<init>", "double", "Comparable")).contains("what to call it"));
        assertEquals("nothing", plain(shapes, Member.type("demo.Shape$Absent")));
        assertEquals("nothing", plain(shapes, Member.type("demo.Absent")));
    }

    @Test
    void sourceIsTheDeclarationWithoutCommentAndIndentation() throws IOException {
        var shapes = ofFolder("demo.Shape", SHAPE);
        assertEquals(Optional.of("""
                @Deprecated
                public double area(double scale) {
                    return scale *
                            side;
                }"""), shapes.source(member("demo.Shape", "area", "double")));
        assertEquals(Optional.of("public static final int MOST = 12;"), shapes.source(member("demo.Shape", "MOST")));
        assertTrue(shapes.source(Member.type("demo.Shape")).orElseThrow().startsWith("public record Shape<T"));
        assertEquals(Optional.empty(), shapes.source(member("demo.Shape", "<init>", "double", "Comparable")));
    }

    @Test
    void markdownCommentsKeepTheirTags() throws IOException {
        var documentation = ofFolder("demo.Marked", """
                package demo;
                /// A *marked* class, see {@link java.util.Map} and [java.util.List#size()].
                ///
                /// - one `item`
                /// - two
                ///
                /// @param <T> what it **holds**
                public class Marked<T> { }
                """);
        assertEquals("""
                A marked class, see Map and List.size().

                  • one item
                  • two

                Parameters
                    <T>  what it holds""", plain(documentation, Member.type("demo.Marked")));
    }

    @Test
    void whatACommentLeavesOutComesFromTheOverriddenMember() throws IOException {
        var documentation = ofFolder("demo.Sub", """
                package demo;
                public class Sub extends Base {
                    /**
                     * Faster. {@inheritDoc}
                     * @throws Error {@inheritDoc} Always.
                     */
                    public int run(int n) { return n; }
                    public int stop() { return 0; }
                }
                class Base {
                    /** Runs.
                     * @param n how often
                     * @return how often it did
                     * @throws Error when tired.
                     * @throws RuntimeException never */
                    public int run(int n) { return n; }
                }
                """);
        Files.writeString(folder.resolve("src/demo/Base.java"), """
                package demo;
                public class Base {
                    /** Runs.
                     * @param n how often
                     * @return how often it did
                     * @throws Error when tired.
                     * @throws RuntimeException never */
                    public int run(int n) { return n; }
                    /** Stops. */
                    public int stop() { return 0; }
                }
                """);
        assertEquals("""
                Faster. Runs.

                Parameters
                    n  how often
                Returns
                    how often it did
                Throws
                    Error  when tired. Always.""", documentation.find(List.of(member("demo.Sub", "run", "int"),
                member("demo.Base", "run", "int"))).orElseThrow().plain(100));
        assertEquals("Stops.", documentation.find(List.of(member("demo.Sub", "stop"), member("demo.Base", "stop")))
                .orElseThrow().plain(100));
        assertEquals("Faster.", documentation.find(member("demo.Sub", "run", "int")).orElseThrow().plain(100)
                .lines().findFirst().orElseThrow());
    }

    @Test
    void everyPublicMethodOfTheJdksStringAndListsIsDocumented() {
        assumeTrue(Files.exists(Path.of(System.getProperty("java.home"), "lib", "src.zip")), "a JDK with its sources");
        var jdk = new Documentation(new Sources(List.of()));
        assertTrue(jdk.find(Member.ofPackage("java.util")).orElseThrow().plain(80).contains("collections framework"));
        for (var type : List.of(String.class, List.class, Math.class, java.util.stream.Stream.class)) {
            assertTrue(jdk.find(Member.type(type.getName())).isPresent(), type.getName());
            for (var method : type.getDeclaredMethods()) {
                if (!Modifier.isPublic(method.getModifiers()) || method.isSynthetic()) {
                    continue;
                }
                var types = Arrays.stream(method.getParameterTypes()).map(Class::getTypeName).toList();
                var candidates = List.of(new Member(type.getName(), method.getName(), types),
                        new Member("java.lang.Object", method.getName(), types),
                        new Member("java.lang.CharSequence", method.getName(), types));
                var javadoc = jdk.find(candidates).orElseThrow(() -> new AssertionError("nothing on " + method));
                assertFalse(javadoc.plain(80).contains("{@"), javadoc.plain(80));
                assertTrue(jdk.source(candidates.getFirst()).orElseThrow().contains(method.getName()));
            }
        }
    }

    @Test
    void sourcesLieBesideAJarInItsFolderOfSourcesOrBesideClasses() throws IOException {
        archive(folder.resolve("a/one.jar"), Map.of());
        archive(folder.resolve("a/one-sources.jar"), Map.of("demo/Shape.java", SHAPE));
        archive(folder.resolve("b/two.jar"), Map.of());
        archive(folder.resolve("b/sources/two-sources.jar"), Map.of("demo/Shape.java", SHAPE));
        Files.createDirectories(folder.resolve("c/sources/demo"));
        Files.writeString(folder.resolve("c/sources/demo/Shape.java"), SHAPE);
        Files.createDirectories(folder.resolve("d/target/classes"));
        Files.createDirectories(folder.resolve("d/src/main/java/demo"));
        Files.writeString(folder.resolve("d/src/main/java/demo/Shape.java"), SHAPE);
        for (var entry : List.of("a/one.jar", "b/two.jar", "c/three.jar", "d/target/classes", "a/one-sources.jar")) {
            try (var sources = new Sources(folder.resolve("no-jdk"), List.of())) {
                assertEquals(Optional.empty(), sources.of("demo.Shape"));
                sources.add(folder.resolve(entry));
                assertEquals(Optional.of(SHAPE), sources.of("demo.Shape"), entry);
                assertEquals(Optional.empty(), sources.of("demo.Other"));
            }
        }
    }

    @Test
    void whatIsNoArchiveIsPassedOver() throws IOException {
        Files.writeString(folder.resolve("x.jar"), "no archive");
        Files.writeString(folder.resolve("x-sources.jar"), "nor this");
        assertEquals("nothing", plain(of(folder.resolve("x.jar"), folder.resolve("absent.jar"), Path.of("")),
                Member.type("demo.Shape")));
        var broken = ofFolder("demo.Broken", "package demo; /** Still read. */ public class Broken { int = ;");
        assertEquals("Still read.", plain(broken, Member.type("demo.Broken")));
    }

    @Test
    void pagesOfJavadocSayWhatTheSourceSays() throws IOException {
        var shapes = ofFolder("demo.Shape", SHAPE);
        var pages = folder.resolve("pages");
        assertEquals(0, ToolProvider.findFirst("javadoc").orElseThrow().run(System.out, System.err, "-quiet",
                "-Xdoclint:none", "--no-fonts", "-d", pages.toString(),
                folder.resolve("src/demo/Shape.java").toString()));
        var entries = Map.of("demo/Shape.html", Files.readString(pages.resolve("demo/Shape.html")),
                "demo/Shape.Inner.html", Files.readString(pages.resolve("demo/Shape.Inner.html")));
        archive(folder.resolve("lib/shapes-javadoc.jar"), entries);
        var paged = of(folder.resolve("lib/shapes.jar"));
        for (var member : List.of(Member.type("demo.Shape$Inner"), member("demo.Shape", "with", "Comparable"),
                member("demo.Shape", "with", "Object"), member("demo.Shape", "with", "Object", "Comparable[]"),
                member("demo.Shape$Inner", "<init>", "int[][]", "java.util.Map$Entry"))) {
            assertEquals(plain(shapes, member), plain(paged, member));
        }
        var area = plain(paged, member("demo.Shape", "area", "double"));
        assertTrue(area.startsWith("Deprecated. use the side") && area.contains("    scale  by this")
                && area.contains("    IllegalArgumentException  if it is negative"), area);
        assertTrue(plain(paged, Member.type("demo.Shape")).contains("side   length, in metres"));
        assertEquals("nothing", plain(paged, member("demo.Shape", "absent")));
        assertEquals(Optional.empty(), paged.source(member("demo.Shape", "area", "double")));
    }

    @Test
    void pagesOfOldVersionsAreReadToo() throws IOException {
        archive(folder.resolve("lib/old-javadoc.jar"), Map.of("old.module/demo/Old.html", """
                <div class="description"><ul><li><div class="block">An <b>old</b> class.</div></ul></div>
                <ul class="blockList"><li class="blockList">
                <a name="Old-int-"><!-- --></a><ul><li class="blockList"><h4>Old</h4><pre>public Old(int n)</pre>
                <div class="block">Makes it.</div></li></ul>
                <a name="put-java.lang.String:A-"></a><ul><li class="blockList"><h4>put</h4>
                <div class="block">Puts <code>all</code>.</div>
                <dl><dt><span class="paramLabel">Parameters:</span></dt>
                <dd><code>names</code> - of all</dd></dl></li></ul>
                <a name="put-java.lang.String-"></a><ul><li><h4>put</h4><div class="block">Puts one.</div></li></ul>
                </li></ul>""", "demo/Older.html", """
                <A NAME="run(java.lang.String, int)"><!-- --></A><H3>run</H3><PRE>public void run()</PRE>
                <DL><DD>Runs it.<P><DD><DL><DT><B>Parameters:</B><DD><CODE>s</CODE> - whose</DL></DD></DL><HR>
                <A NAME="run()"><!-- --></A><H3>run</H3><PRE></PRE><DL><DD>Just runs.<P></DL>"""));
        var old = of(folder.resolve("lib/old.jar"));
        assertEquals("An old class.", plain(old, Member.type("demo.Old")));
        assertEquals("Makes it.", plain(old, member("demo.Old", "<init>", "int")));
        assertEquals("Puts all.\n\nParameters\n    names  of all", plain(old, member("demo.Old", "put", "String[]")));
        assertEquals("Puts one.", plain(old, member("demo.Old", "put", "java.lang.String")));
        assertEquals("Runs it.\n\nParameters\n    s  whose", plain(old, member("demo.Older", "run", "String", "int")));
        assertEquals("Just runs.", plain(old, member("demo.Older", "run")));
    }
}
