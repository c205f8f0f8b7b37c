package gradus.kernel.magic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gradus.kernel.magic.Libraries.Found;
import gradus.kernel.magic.Libraries.Lost;
import gradus.kernel.magic.Libraries.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a repository of files, reached by settings of its own; nothing here needs the network. */
@Timeout(120)
class MavenMagicsTest {

    @TempDir
    Path folder;

    private Path settings;

    @BeforeEach
    void repository() throws IOException {
        release("base", "1.0");
        release("base", "2.0");
        release("left", "1.0", "base:1.0");
        release("right", "1.0", "base:2.0");
        pom("bom", "1.0", "<packaging>pom</packaging><dependencyManagement><dependencies>" + dependency("left", "1.0")
                + dependency("base", "1.0") + "</dependencies></dependencyManagement>");
        settings = Files.writeString(folder.resolve("settings.xml"), """
                <settings>
                  <localRepository>%s</localRepository>
                  <mirrors><mirror><id>files</id><mirrorOf>*</mirrorOf><url>%s</url></mirror></mirrors>
                </settings>
                """.formatted(folder.resolve("local"), folder.resolve("remote").toUri()));
    }

    private void release(String name, String version, String... needs) throws IOException {
        var needed = Stream.of(needs).map(need -> need.split(":")).map(need -> dependency(need[0], need[1])).toList();
        pom(name, version, "<dependencies>" + String.join("", needed) + "</dependencies>");
        var jar = folder.resolve("remote/demo/" + name + "/" + version + "/" + name + "-" + version + ".jar");
        var type = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        var source = Files.writeString(folder.resolve(type + ".java"),
                "package demo; public class " + type + " { public static String version() { return \"" + version + "\"; } }");
        assertEquals(0, ToolProvider.findFirst("javac").orElseThrow().run(System.out, System.err, source.toString()));
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("demo/" + type + ".class"));
            out.write(Files.readAllBytes(folder.resolve(type + ".class")));
        }
    }

    private void pom(String name, String version, String rest) throws IOException {
        var file = folder.resolve("remote/demo/" + name + "/" + version + "/" + name + "-" + version + ".pom");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "<project><modelVersion>4.0.0</modelVersion><groupId>demo</groupId><artifactId>" + name
                + "</artifactId><version>" + version + "</version>" + rest + "</project>");
        var versions = file.getParent().getParent().resolve("maven-metadata.xml");
        Files.writeString(versions, "<metadata><groupId>demo</groupId><artifactId>" + name + "</artifactId><versioning><release>"
                + version + "</release><versions><version>" + version + "</version></versions></versioning></metadata>");
    }

    private static String dependency(String name, String version) {
        return "<dependency><groupId>demo</groupId><artifactId>" + name + "</artifactId><version>" + version
                + "</version></dependency>";
    }

    private Request request(String... wanted) {
        return new Request(Stream.of(wanted).map(Coordinates::of).toList(), Optional.empty(), List.of(), false,
                Optional.of(settings));
    }

    private static Found fetch(Request request) throws IOException, RepositoryException {
        return Libraries.fetch(request, new AbstractTransferListener() {
        });
    }

    private static List<String> names(Found found) {
        return found.jars().stream().map(jar -> jar.name() + ":" + jar.version()).toList();
    }

    @Test
    void theNewestVersionWinsAndTheLoserIsNamed() throws Exception {
        var found = fetch(request("demo:left:1.0", "demo:right:1.0"));
        assertEquals(List.of("demo:left:1.0", "demo:right:1.0", "demo:base:2.0"), names(found));
        assertEquals(List.of(new Lost("demo:base", "1.0", Optional.of("demo:left"), "2.0")), found.lost());
        assertTrue(Files.exists(found.jars().getLast().file()));
        assertEquals(List.of("demo:base:2.0", "demo:right:1.0"),
                names(fetch(request("demo:base:1.0", "demo:right:1.0"))).stream().sorted().toList());
    }

    @Test
    void aListOfVersionsGivesTheMissingOnes() throws Exception {
        assertEquals(List.of("demo:left:1.0", "demo:base:1.0"), names(fetch(request("demo:bom:1.0@pom", "demo:left"))));
        assertEquals(List.of("demo:base:1.0"), names(fetch(request("demo:bom:1.0@pom", "demo:base"))));
        assertEquals(List.of("demo:base:2.0"), names(fetch(request("demo:base"))), "without a list, the newest release");
    }

    @Test
    void offlineTakesOnlyWhatIsHere() throws Exception {
        fetch(request("demo:left:1.0"));
        var offline = new Request(List.of(Coordinates.of("demo:left:1.0")), Optional.empty(), List.of(), true,
                Optional.of(settings));
        assertEquals(List.of("demo:left:1.0", "demo:base:1.0"), names(fetch(offline)));
        var missing = new Request(List.of(Coordinates.of("demo:right:1.0")), Optional.empty(), List.of(), true,
                Optional.of(settings));
        var why = assertThrows(RepositoryException.class, () -> fetch(missing));
        assertTrue(Libraries.explain(why, missing).contains("--offline"), () -> Libraries.explain(why, missing));
        assertTrue(Libraries.explain(why, missing).contains("demo:right"), () -> Libraries.explain(why, missing));
    }

    @Test
    void aPastedProjectBringsItsDependencies() throws Exception {
        var pom = Pom.parse("""
                <?xml version="1.0"?>
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>mine</groupId><artifactId>app</artifactId><version>1</version>
                  <properties><left>1.0</left></properties>
                  <dependencies>
                    <dependency><groupId>demo</groupId><artifactId>left</artifactId><version>${left}</version></dependency>
                    <dependency><groupId>demo</groupId><artifactId>right</artifactId><version>1.0</version>
                      <scope>test</scope></dependency>
                  </dependencies>
                </project>""");
        assertEquals(List.of("demo:left:1.0", "demo:base:1.0"), names(fetch(pom)));
        assertEquals(List.of("demo:right:1.0", "demo:base:2.0"), names(fetch(Pom.parse(dependency("right", "1.0")))));
        assertEquals(List.of("demo:base:1.0"), names(fetch(Pom.parse("""
                <dependencyManagement><dependencies><dependency><groupId>demo</groupId><artifactId>bom</artifactId>
                  <version>1.0</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>
                <dependencies><dependency><groupId>demo</groupId><artifactId>base</artifactId></dependency></dependencies>
                """))));
    }

    private Found fetch(Pom pom) throws IOException, RepositoryException {
        return fetch(new Request(List.of(), Optional.of(pom), List.of(), false, Optional.of(settings)));
    }

    @Test
    void whatIsNoPomIsRefused() {
        for (var text : List.of("", "hello", "<project>", "<dependencies/>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><dependency>&e;</dependency>")) {
            var why = assertThrows(IllegalArgumentException.class, () -> Pom.parse(text));
            assertTrue(why.getMessage().contains("\npaste a whole pom.xml"), why::getMessage);
        }
        assertThrows(IllegalArgumentException.class, () -> Coordinates.of("commons-math3"));
    }

    @Test
    void aRepositoryCanBeNamed() throws Exception {
        var bare = Files.writeString(folder.resolve("bare.xml"),
                "<settings><localRepository>" + folder.resolve("other") + "</localRepository></settings>");
        var request = new Request(List.of(Coordinates.of("demo:right:1.0")), Optional.empty(),
                List.of("mine=" + folder.resolve("remote").toUri()), false, Optional.of(bare));
        assertEquals(List.of("demo:right:1.0", "demo:base:2.0"), names(fetch(request)));
    }

    @Test
    void credentialsAndProxiesAreThoseOfTheSettings() throws Exception {
        var asked = new CopyOnWriteArrayList<String>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> serve(exchange, asked)).setAuthenticator(new BasicAuthenticator("demo") {
            @Override
            public boolean checkCredentials(String name, String password) {
                return name.equals("ada") && password.equals("lovelace");
            }
        });
        server.start();
        try {
            var here = "127.0.0.1:" + server.getAddress().getPort();
            var mirror = Files.writeString(folder.resolve("mirror.xml"), """
                    <settings><localRepository>%s</localRepository>
                      <servers><server><id>mine</id><username>ada</username><password>lovelace</password></server></servers>
                      <mirrors><mirror><id>mine</id><mirrorOf>*</mirrorOf><url>http://%s/</url></mirror></mirrors>
                    </settings>""".formatted(folder.resolve("first"), here));
            assertEquals(List.of("demo:base:2.0"), names(fetch(withSettings(mirror))));
            var proxy = Files.writeString(folder.resolve("proxy.xml"), """
                    <settings><localRepository>%s</localRepository>
                      <servers><server><id>mine</id><username>ada</username><password>lovelace</password></server></servers>
                      <proxies><proxy><active>true</active><protocol>http</protocol>
                        <host>127.0.0.1</host><port>%s</port></proxy></proxies>
                      <mirrors><mirror><id>mine</id><mirrorOf>*</mirrorOf><url>http://repository.invalid/</url></mirror></mirrors>
                    </settings>""".formatted(folder.resolve("second"), here.substring(here.indexOf(':') + 1)));
            assertEquals(List.of("demo:base:2.0"), names(fetch(withSettings(proxy))));
            assertTrue(asked.stream().anyMatch(host -> host.equals("repository.invalid")), asked::toString);
            var stranger = Files.writeString(folder.resolve("stranger.xml"),
                    Files.readString(mirror).replace("lovelace", "byron").replace("first", "third"));
            var request = withSettings(stranger);
            var why = assertThrows(RepositoryException.class, () -> fetch(request));
            assertTrue(Libraries.explain(why, request).contains("401"), () -> Libraries.explain(why, request));
        } finally {
            server.stop(0);
        }
    }

    private static Request withSettings(Path file) {
        return new Request(List.of(Coordinates.of("demo:base:2.0")), Optional.empty(), List.of(), false, Optional.of(file));
    }

    private void serve(HttpExchange exchange, List<String> asked) throws IOException {
        asked.add(exchange.getRequestHeaders().getFirst("Host"));
        var file = folder.resolve("remote" + exchange.getRequestURI().getPath());
        try (exchange) {
            if (Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(200, Files.size(file));
                Files.copy(file, exchange.getResponseBody());
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    @Test
    void theLinesBelowUseWhatWasFetched() {
        try (var cells = new CellRunner(List.of())) {
            assertEquals("2.0", cells.value("int before = 1;\n%maven --settings " + settings
                    + " demo:left:1.0 demo:right:1.0\nimport demo.*;\nBase.version()"));
            assertTrue(cells.plain().contains("demo:base 2.0 instead of 1.0, which demo:left wants"), cells::plain);
            assertEquals("1.0", cells.value("demo.Left.version()"));
            cells.run("%maven --settings " + settings + " demo:base:1.0");
            assertTrue(cells.plain().contains("not demo:base 1.0: 2.0 is loaded"), cells::plain);
            cells.run("%%pom --settings " + settings + "\n" + dependency("left", "1.0"));
            assertEquals("all of it is on the class path already", cells.plain().lines().findFirst().orElseThrow());
        }
    }

    @Test
    void whatCannotBeFetchedAddsNothing() {
        try (var cells = new CellRunner(List.of())) {
            var failed = cells.fail("%maven --settings " + settings + " demo:nothing:1.0");
            assertTrue(failed.message().contains("demo:nothing:"), failed.message());
            assertEquals("nothing was added", cells.plain());
            assertTrue(cells.fail("%maven").message().contains("such as:"));
            assertTrue(cells.fail("%maven --wrong a:b:1").message().contains("no option --wrong"));
        }
    }
}
