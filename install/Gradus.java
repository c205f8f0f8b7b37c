import java.awt.GraphicsEnvironment;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;

/**
 * The one command of a Gradus checkout: {@code java install/Gradus.java VERB}.
 *
 * <p>Any JDK from 17 on runs this file from its source, so it is written in Java 17 with the JDK alone. What it starts
 * (Maven, the kernel) runs on the JDK ≥ 25 that it finds. Everything it makes lies in {@code .gradus/} and in Maven's
 * {@code target/} folders; each thing made carries a fingerprint of what it was made from, and is made again only when
 * that changed.
 */
public final class Gradus {

    public static void main(String[] words) {
        System.exit(run(List.of(words)));
    }

    private static int run(List<String> words) {
        try {
            if (words.isEmpty() || isHelp(words.get(0))) {
                System.out.println(words.size() > 1 ? Verb.named(words.get(1)).page() : Verb.overview());
                return 0;
            }
            Verb verb = Verb.named(words.get(0));
            Arguments arguments = new Arguments(verb, words.subList(1, words.size()));
            if (arguments.asksForHelp()) {
                System.out.println(verb.page());
                return 0;
            }
            return verb.action.run(arguments);
        } catch (Failure failure) {
            System.err.println(failure.getMessage());
            return failure.status;
        } catch (IOException | UncheckedIOException failure) {
            System.err.println("A file could not be read or written: " + failure.getMessage());
            return 1;
        }
    }

    private static boolean isHelp(String word) {
        return Set.of("help", "--help", "-h").contains(word);
    }
}

/** What can be asked of the command, each with the page that {@code help VERB} prints. */
enum Verb {
    LAB("[--no-browser] [--port N] [-- JUPYTER-ARGUMENT...]", "opens JupyterLab on notebooks/", """
            Builds Gradus, sets up Jupyter in .gradus/, installs the kernel there, and opens JupyterLab.
            The first time takes a minute or two; later only what changed is made again. Ctrl-C ends it all.

              --no-browser   prints the address and opens no browser
              --port N       listens on this port and on no other (without it: the first free one from 8888)
              -- ...         what follows goes to JupyterLab as it is""", Lab::run),
    RUN("NOTEBOOK [-o OUT]", "executes a notebook without a browser", """
            Executes the notebook cell by cell in its own folder and prints a line for each: its number, its first
            line of code, its seconds. A failing cell prints its error and ends the run with exit status 1.

              -o OUT         writes the executed notebook, with its outputs, also when a cell failed""",
            Execution::run),
    TEST("[SUITE...]", "runs every test", """
            unit        JUnit in every module (mvn verify)
            protocol    the installed kernel, judged by jupyter_kernel_test and jupyter_client
            notebooks   every notebook in notebooks/, executed and exported
            outsiders   nbclient, jupyter console, papermill and nbconvert at the installed kernel
            browser     JupyterLab in Chromium: run all cells, look up, interrupt, answer a question
            entry       this command

            Without a name: all of them. The last line is "N passed, N failed"; what could not run has failed.""",
            Testing::run),
    KERNELSPEC("[--user | --prefix DIR]", "installs the kernel for another Jupyter", """
            Installs a copy that stands alone: the jars lie beside kernel.json, and the checkout may go.

              --user         for every Jupyter of this user (the default)
              --prefix DIR   into DIR/share/jupyter/kernels, for a virtual environment or conda at DIR""",
            Kernel::run),
    BENCH("[NAME...] [--peers] [--json FILE]", "measures Gradus, beside its peers where there are any", """
            A NAME is a measurement or the beginning of several: kernel, nn. Without one: all of them.

              --peers        nn beside PyTorch and JAX, which are installed in .gradus/peers the first time:
                             about 3 GB to download and 6 GB on disk. Without it nn shows our own figures.
              --json FILE    also writes [{"name", "unit", "ours", "peer", "theirs", "ratio", "must", "aim",
                             "others"}, ...]""", Bench::run),
    DOCTOR("", "says what this machine has, what is missing, and how to get it", """
            Looks at the JDK, Maven, Python, Jupyter, a browser, fonts and OpenCL, and changes nothing.
            Ends with exit status 1 when something that lab needs is missing.""", Doctor::run);

    interface Action {
        int run(Arguments arguments) throws IOException;
    }

    private final String parameters;
    private final String summary;
    private final String text;
    final Action action;

    Verb(String parameters, String summary, String text, Action action) {
        this.parameters = parameters;
        this.summary = summary;
        this.text = text;
        this.action = action;
    }

    static Verb named(String word) {
        return Arrays.stream(values()).filter(verb -> verb.word().equals(word)).findFirst().orElseThrow(
                () -> new Failure(2, "There is no verb '" + word + "'. The verbs are: " + Arrays.stream(values())
                        .map(Verb::word).collect(Collectors.joining(", ")) + ".\n  java install/Gradus.java help"));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String usage() {
        return ("java install/Gradus.java " + word() + " " + parameters).strip();
    }

    String page() {
        return usage() + "\n" + summary + "\n\n" + text.stripIndent();
    }

    static String overview() {
        return "java install/Gradus.java VERB\n\n" + Arrays.stream(values())
                .map(verb -> String.format("  %-11s %s", verb.word(), verb.summary)).collect(Collectors.joining("\n"))
                + "\n\njava install/Gradus.java help VERB says more.";
    }
}

/** The words after the verb; each question takes its words away, and {@link #end} objects to what is left. */
final class Arguments {

    private final Verb verb;
    private final List<String> words;
    private final List<String> passedOn;

    Arguments(Verb verb, List<String> all) {
        int split = all.indexOf("--");
        this.verb = verb;
        this.words = new ArrayList<>(split < 0 ? all : all.subList(0, split));
        this.passedOn = split < 0 ? List.of() : all.subList(split + 1, all.size());
    }

    boolean asksForHelp() {
        return words.contains("--help") || words.contains("-h");
    }

    boolean flag(String name) {
        return words.remove(name);
    }

    Optional<String> option(String name) {
        int at = words.indexOf(name);
        if (at < 0) {
            return Optional.empty();
        }
        if (at + 1 == words.size()) {
            throw refuse(name + " needs a value.");
        }
        words.remove(at);
        return Optional.of(words.remove(at));
    }

    Optional<Integer> port() {
        return option("--port").map(text -> {
            if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65535) {
                throw refuse("--port " + text + " is not a port: it wants a number from 1 to 65535.");
            }
            return Integer.valueOf(text);
        });
    }

    /** The words that are no options, at least {@code least} of them. */
    List<String> names(int least, int most, String what) {
        List<String> names = words.stream().filter(word -> !word.startsWith("-")).toList();
        words.removeAll(names);
        if (names.size() < least || names.size() > most) {
            throw refuse(names.isEmpty() ? "Which " + what + "?" : "Too many: " + String.join(" ", names) + ".");
        }
        return names;
    }

    List<String> passedOn() {
        return passedOn;
    }

    void end() {
        if (!words.isEmpty()) {
            throw refuse(verb.word() + " does not know '" + words.get(0) + "'.");
        }
    }

    Failure refuse(String sentence) {
        return new Failure(2, sentence + "\n  " + verb.usage());
    }
}

/** An end that the person at the keyboard can do something about: the sentence is all they see. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1;
    final int status;

    Failure(int status, String sentence) {
        super(sentence);
        this.status = status;
    }
}

/** The verb {@code lab}. */
final class Lab {

    private static final int FIRST_PORT = 8888;

    static int run(Arguments arguments) throws IOException {
        boolean browser = !arguments.flag("--no-browser");
        Optional<Integer> port = arguments.port();
        arguments.end();
        port.ifPresent(Lab::requireFree);
        Python python = Python.ready("requirements.txt");
        Kernel.ready();

        List<String> words = new ArrayList<>(List.of(
                "-m", "jupyterlab",
                // no question at Ctrl-C, no page of INFO lines around the address
                "-y", "--log-level=WARN", "--LabApp.log_level=WARN"));
        port.ifPresent(number -> words.addAll(List.of("--port=" + number, "--port-retries=0")));
        if (!browser) {
            words.add("--no-browser");
        }
        if (System.getProperty("user.name").equals("root")) {
            words.add("--allow-root");
        }
        words.addAll(arguments.passedOn());
        System.out.println("Starting JupyterLab on notebooks/; Ctrl-C ends it.");
        return python.command(words).in(Checkout.path("notebooks")).run();
    }

    private static void requireFree(int port) {
        if (!isFree(port)) {
            int free = FIRST_PORT;
            while (free == port || !isFree(free)) {
                free++;
            }
            throw new Failure(1, "Port " + port + " is in use by another program.\n"
                    + "  java install/Gradus.java lab --port " + free);
        }
    }

    private static boolean isFree(int port) {
        try {
            new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }
}

/** The verb {@code run}. */
final class Execution {

    static int run(Arguments arguments) throws IOException {
        Optional<String> out = arguments.option("-o");
        String name = arguments.names(1, 1, "notebook").get(0);
        arguments.end();
        Path notebook = Path.of(name).toAbsolutePath().normalize();
        if (!Files.isRegularFile(notebook)) {
            throw new Failure(1, "There is no notebook at " + notebook + ".");
        }
        Python python = Python.ready("requirements.txt");
        Kernel.ready();
        List<String> words = new ArrayList<>(List.of(Checkout.path("install/python/run_notebook.py").toString(),
                notebook.toString()));
        out.ifPresent(file -> words.add(Path.of(file).toAbsolutePath().toString()));
        return python.command(words).with("GRADUS_HISTORY", "off").run(); // nobody has typed these cells
    }
}

/** The verb {@code bench}. */
final class Bench {

    static int run(Arguments arguments) throws IOException {
        Optional<String> json = arguments.option("--json");
        boolean peers = arguments.flag("--peers");
        List<String> names = arguments.names(0, Integer.MAX_VALUE, "measurement");
        arguments.end();
        Python python = Python.ready("requirements.txt");
        Path kernel = Kernel.ready();
        List<String> words = new ArrayList<>(List.of(Checkout.path("install/python/bench").toString()));
        words.addAll(names);
        json.ifPresent(file -> words.addAll(List.of("--json", Path.of(file).toAbsolutePath().toString())));
        // the Java measurements see what a cell sees, on the JVM options that a kernel has
        List<String> java = new ArrayList<>(List.of(Jdk.required().java().toString()));
        java.addAll(Kernel.JVM_OPTIONS);
        java.addAll(List.of("-cp", Kernel.classPath(kernel.resolve("cell")) + File.pathSeparator
                + Checkout.path("install/target/classes")));
        Command bench = python.command(words).with("GRADUS_BENCH_JAVA", String.join("\n", java))
                .with("GRADUS_HISTORY", "off");
        return (peers ? bench.with("GRADUS_BENCH_PEERS", Python.peers().executable().toString()) : bench).run();
    }
}

/** The verb {@code test}. */
final class Testing {

    /** One line of the closing table. {@code trouble} says why a suite could not run, which counts as a failure. */
    private record Row(String suite, int passed, int failed, int skipped, double seconds, String trouble) {

        static Row couldNotRun(String suite, String why) {
            return new Row(suite, 0, 1, 0, 0, why);
        }
    }

    private static final Map<String, String> PYTHON_SUITES = new LinkedHashMap<>();

    static {
        PYTHON_SUITES.put("protocol", "kernel/runtime/src/test/python");
        PYTHON_SUITES.put("notebooks", "notebooks/src/test/python");
        PYTHON_SUITES.put("outsiders", "install/src/test/python/test_outsiders.py");
        PYTHON_SUITES.put("browser", "install/src/test/python/test_browser.py");
        PYTHON_SUITES.put("entry", "install/src/test/python/test_gradus.py");
    }

    static int run(Arguments arguments) throws IOException {
        List<String> all = Stream.concat(Stream.of("unit"), PYTHON_SUITES.keySet().stream()).toList();
        List<String> wanted = arguments.names(0, all.size(), "suite");
        arguments.end();
        for (String name : wanted) {
            if (!all.contains(name)) {
                throw arguments.refuse("There is no suite '" + name + "'. The suites are: " + String.join(", ", all)
                        + ".");
            }
        }
        List<Row> rows = new ArrayList<>();
        for (String suite : wanted.isEmpty() ? all : wanted) {
            System.out.println("\n--- " + suite + " ---");
            try {
                rows.addAll(suite.equals("unit") ? unit() : List.of(python(suite)));
            } catch (Failure failure) {
                rows.add(Row.couldNotRun(suite, failure.getMessage()));
            }
        }
        return summary(rows);
    }

    private static List<Row> unit() throws IOException {
        List<Path> reports = Checkout.modules().stream()
                .map(module -> Checkout.path(module).resolve("target/surefire-reports")).toList();
        for (Path folder : reports) {
            Checkout.delete(folder);
        }
        boolean succeeded = Build.maven("verify", "--fail-at-end", "-Dopencl.required=" + Machine.installOpenCl()) == 0;
        List<Row> rows = new ArrayList<>();
        for (String module : Checkout.modules()) {
            List<Path> files = Checkout.files(Checkout.path(module).resolve("target/surefire-reports"),
                    file -> file.getFileName().toString().matches("TEST-.*\\.xml"));
            if (!files.isEmpty()) {
                rows.add(counted("unit " + module, files));
            }
        }
        if (!succeeded && rows.stream().allMatch(row -> row.failed == 0)) {
            rows.add(Row.couldNotRun("unit", "mvn verify failed; its messages stand above."));
        }
        return rows;
    }

    private static Row python(String suite) throws IOException {
        Path tests = Checkout.path(PYTHON_SUITES.get(suite));
        if (!Files.exists(tests)) {
            return Row.couldNotRun(suite, "There are no tests at " + tests + ".");
        }
        Python python = Python.ready("requirements.txt", "requirements-test.txt");
        Kernel.ready();
        Path own = Checkout.path(".gradus/test");
        Path report = own.resolve(suite + ".xml");
        Files.createDirectories(own);
        Files.deleteIfExists(report);
        Command command = python.command(List.of("-m", "pytest", "-v", "--no-header", "-p", "no:cacheprovider",
                "-o", "console_output_style=times", "--junitxml=" + report, tests.toString()))
                .with("PYTHONDONTWRITEBYTECODE", "1")
                .with("GRADUS_HISTORY", "off")
                // the person's own Jupyter settings and kernels must not decide over a test
                .with("JUPYTER_CONFIG_DIR", own.resolve("config").toString())
                .with("JUPYTER_DATA_DIR", own.resolve("data").toString())
                .with("JUPYTER_RUNTIME_DIR", own.resolve("runtime").toString());
        if (suite.equals("browser")) {
            command = command.with("GRADUS_BROWSER", Machine.browserOrInstall().toString());
        }
        int status = command.run();
        Row row = Files.exists(report) ? counted(suite, List.of(report)) : Row.couldNotRun(suite,
                "pytest ended with status " + status + " and left no report.");
        return status != 0 && row.failed == 0
                ? Row.couldNotRun(suite, "pytest ended with status " + status + ".") : row;
    }

    /** JUnit's XML, which Surefire and pytest both write: the figures stand in each {@code testsuite} element. */
    private static Row counted(String suite, List<Path> reports) throws IOException {
        int tests = 0;
        int failed = 0;
        int skipped = 0;
        double seconds = 0;
        for (Path report : reports) {
            try (InputStream in = Files.newInputStream(report)) {
                var xml = XMLInputFactory.newDefaultFactory().createXMLStreamReader(in);
                while (xml.hasNext()) {
                    if (xml.next() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("testsuite")) {
                        tests += Integer.parseInt(xml.getAttributeValue(null, "tests"));
                        failed += Integer.parseInt(xml.getAttributeValue(null, "failures"))
                                + Integer.parseInt(xml.getAttributeValue(null, "errors"));
                        skipped += Integer.parseInt(xml.getAttributeValue(null, "skipped"));
                        seconds += Double.parseDouble(xml.getAttributeValue(null, "time").replace(",", ""));
                    }
                }
            } catch (XMLStreamException broken) {
                return Row.couldNotRun(suite, "The report " + report + " is not whole: " + broken.getMessage());
            }
        }
        return new Row(suite, tests - failed - skipped, failed, skipped, seconds, "");
    }

    private static int summary(List<Row> rows) {
        System.out.printf("%n%-20s %7s %7s %7s %8s%n", "suite", "passed", "failed", "skipped", "seconds");
        for (Row row : rows) {
            System.out.printf(Locale.ROOT, "%-20s %7d %7d %7d %8.1f%n", row.suite, row.passed, row.failed, row.skipped,
                    row.seconds);
        }
        for (Row row : rows) {
            if (!row.trouble.isEmpty()) {
                System.out.println("\n" + row.suite + " could not run. " + row.trouble);
            }
        }
        int passed = rows.stream().mapToInt(Row::passed).sum();
        int failed = rows.stream().mapToInt(Row::failed).sum();
        int skipped = rows.stream().mapToInt(Row::skipped).sum();
        System.out.println("\n" + passed + " passed, " + failed + " failed"
                + (skipped == 0 ? "" : ", " + skipped + " skipped"));
        return failed == 0 && passed > 0 ? 0 : 1;
    }
}

/** The verb {@code kernelspec}, and the kernel that the other verbs use: jars, kernel.json, logos, start-up archive. */
final class Kernel {

    static final List<String> JVM_OPTIONS = Stream.concat(
            Stream.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                    "-Djava.awt.headless=true",
                    // a start runs much code a little: C2 took 40 % of its processor time, and is now asked later
                    "-XX:Tier4InvocationThreshold=30000", "-XX:Tier4CompileThreshold=60000",
                    "-XX:Tier4BackEdgeThreshold=120000", "-XX:-UsePerfData",
                    // a tensor of a megabyte is an object like others: as a "humongous" one it cost a product 8 % more
                    "-XX:G1HeapRegionSize=16m",
                    // a second interrupt lets the kernel put checks into library code that was deaf to the first
                    "-Djdk.attach.allowAttachSelf=true", "-XX:+EnableDynamicAgentLoading"),
            // the parts of javac that the kernel compiles cells with
            Stream.of("api", "code", "parser", "resources", "tree", "util")
                    .map(part -> "--add-exports=jdk.compiler/com.sun.tools.javac." + part + "=ALL-UNNAMED")).toList();
    private static final Path CRASHES = Machine.dataFolder().resolve("gradus");

    static int run(Arguments arguments) throws IOException {
        Optional<String> prefix = arguments.option("--prefix");
        boolean user = arguments.flag("--user");
        arguments.end();
        if (user && prefix.isPresent()) {
            throw arguments.refuse("--user and --prefix exclude each other.");
        }
        Path data = prefix.map(dir -> Path.of(dir).toAbsolutePath().normalize().resolve("share/jupyter"))
                .orElseGet(Machine::jupyterDataFolder);
        Path folder = install(data);
        System.out.println("The kernel 'Java (Gradus)' is in " + folder + "\nIt needs nothing of this checkout"
                + (prefix.isPresent() ? "; a Jupyter installed in that prefix lists it."
                : "; every Jupyter of yours lists it."));
        return 0;
    }

    /** The kernel in {@code .gradus/}. */
    static Path ready() throws IOException {
        return install(Checkout.path(".gradus/venv/share/jupyter"));
    }

    private static Path install(Path data) throws IOException {
        Jdk jdk = Jdk.required();
        Build.ready();
        Path folder = data.resolve("kernels/gradus");
        Fingerprint made = new Fingerprint().add(jdk.toString()).add(folder.toString()).add(kernelJson(jdk, folder))
                .addFiles(Build.DISTRIBUTION).addFiles(Checkout.path("install/kernelspec"));
        Path stamp = folder.resolve("fingerprint");
        if (made.standsIn(stamp)) {
            return folder;
        }
        System.out.println("Installing the kernel in " + folder);
        Checkout.delete(folder);
        Checkout.copy(Build.DISTRIBUTION, folder);
        Checkout.copy(Checkout.path("install/kernelspec"), folder);
        Files.writeString(folder.resolve("kernel.json"), kernelJson(jdk, folder));
        rehearse(jdk, folder);
        made.writeTo(stamp);
        return folder;
    }

    private static String kernelJson(Jdk jdk, Path folder) {
        List<String> argv = new ArrayList<>();
        if (!Machine.WINDOWS) {   // a shell puts in what the reader wants of the JVM, then Java takes its place
            argv.addAll(List.of("/bin/sh", "-c", "set -f; exec \"$0\" $GRADUS_JVM_OPTS \"$@\""));
        }
        argv.addAll(command(jdk, folder,
                "-XX:SharedArchiveFile=" + archive(folder), "-Xlog:cds*=off", "-Xlog:aot*=off"));
        argv.add("{connection_file}");
        return """
                {
                  "argv": [
                    %s
                  ],
                  "display_name": "Java (Gradus)",
                  "language": "java",
                  "interrupt_mode": "message",
                  "metadata": {"supported_encryption": ["curve"]}
                }
                """.formatted(argv.stream().map(Kernel::quoted).collect(Collectors.joining(",\n    ")));
    }

    private static List<String> command(Jdk jdk, Path folder, String... archive) {
        List<String> words = new ArrayList<>(List.of(jdk.java().toString()));
        words.addAll(JVM_OPTIONS);
        words.addAll(List.of(archive));
        String cell = classPath(folder.resolve("cell"));
        words.addAll(List.of("-cp", cell + File.pathSeparator + classPath(folder.resolve("kernel")),
                "-Dgradus.cell.classpath=" + cell,
                // where a JVM that crashes says why, for the next kernel to tell the reader
                "-XX:ErrorFile=" + CRASHES.resolve("hs_err_pid%p.log"), "-Dgradus.crash.folder=" + CRASHES,
                "gradus.kernel.Main"));
        return words;
    }

    /**
     * Lets the kernel run a few cells once, so that the JVM keeps what it loaded for every later start: a class data
     * archive. On two busy cores it took the start from 0.39 to 0.30 s and the first cell from 0.36 to 0.18 s. JDK 25's
     * AOT cache was as quick to start but its first cell took 0.28 s, since it compiles much at once from its recorded
     * profiles; it is larger (38 against 23 MB), and refuses to serve a JVM that is debugged.
     */
    private static void rehearse(Jdk jdk, Path folder) throws IOException {
        List<String> words = new ArrayList<>(command(jdk, folder, "-XX:ArchiveClassesAtExit=" + archive(folder)));
        words.addAll(List.of("--rehearse", folder.resolve("rehearsal.jshell").toString()));
        Path log = folder.resolve("rehearsal.log");
        if (new Command(words).runInto(log) != 0) {
            Files.deleteIfExists(archive(folder));
            System.out.println("  The kernel's rehearsal failed, so it has no start-up archive; see " + log);
        }
    }

    private static Path archive(Path folder) {
        return folder.resolve("kernel.jsa");
    }

    /**
     * The jars of classes of the distribution's folder of the same name, as they lie (or will lie) in {@code folder}, in
     * one fixed order: a start-up archive serves only the very class path it was made with.
     */
    static String classPath(Path folder) {
        Path built = Build.DISTRIBUTION.resolve(folder.getFileName());
        return Checkout.files(built, file -> !file.getFileName().toString().endsWith("-sources.jar")).stream()
                .map(jar -> folder.resolve(jar.getFileName()).toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}

/** The Maven build and the jars that it leaves: {@code cell/} for what a cell's code sees, {@code kernel/} the rest. */
final class Build {

    static final Path DISTRIBUTION = Checkout.path("install/target/dist");
    private static final Path STAMP = Checkout.path(".gradus/build.fingerprint");

    static void ready() throws IOException {
        if (Files.isDirectory(DISTRIBUTION) && sources().standsIn(STAMP)) {
            return;
        }
        System.out.println("Building Gradus");
        if (maven("package", "-Dmaven.test.skip=true") != 0) {
            throw new Failure(1, "The build failed; Maven's messages stand above.");
        }
    }

    /** Runs Maven over every module, and notes what was built when that went well. */
    static int maven(String... goals) throws IOException {
        Jdk jdk = Jdk.required();
        Path maven = Machine.maven().orElseThrow(() -> new Failure(1, "Maven is missing.\n  "
                + Machine.advice("apt-get install maven", "brew install maven", "winget install Apache.Maven")));
        Fingerprint sources = sources();
        Checkout.delete(DISTRIBUTION); // Maven would keep the jars of dependencies that are no more
        List<String> words = new ArrayList<>(List.of(maven.toString(), "-q", "-B"));
        words.addAll(List.of(goals));
        int status = new Command(words).in(Checkout.ROOT).with("JAVA_HOME", jdk.home().toString())
                // Maven 3.8's own libraries make a JDK 25 warn on every start
                .with("MAVEN_OPTS", "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow").run();
        if (status == 0) {
            sources.writeTo(STAMP);
        }
        return status;
    }

    /** What the distribution is made from. Notebooks are left out: a person edits them all the time. */
    private static Fingerprint sources() throws IOException {
        Fingerprint sources = new Fingerprint().addFiles(Checkout.path("pom.xml"));
        for (String module : Checkout.modules()) {
            sources.addFiles(Checkout.path(module + "/pom.xml")).addFiles(Checkout.path(module + "/src/main"));
        }
        return sources;
    }
}

/** The folder that this file lies in, and what is done to files. */
final class Checkout {

    static final Path ROOT = root();

    /** The launcher gives the class that it compiled in memory the source file as its code source. */
    private static Path root() {
        try {
            return Path.of(Gradus.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toAbsolutePath().getParent().getParent();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Path path(String name) {
        return ROOT.resolve(name);
    }

    static List<String> modules() throws IOException {
        return Pattern.compile("<module>(.+?)</module>").matcher(Files.readString(path("pom.xml"))).results()
                .map(match -> match.group(1)).toList();
    }

    /** The regular files in and below a folder, in the order of their names; a file is its own only one. */
    static List<Path> files(Path folder, Predicate<Path> wanted) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).filter(wanted).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    static void copy(Path from, Path to) throws IOException {
        for (Path file : files(from, every -> true)) {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}

/** What a thing was made from, as one number that is written beside it. */
final class Fingerprint {

    private final MessageDigest digest;

    Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    Fingerprint add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return this;
    }

    Fingerprint addFiles(Path fileOrFolder) throws IOException {
        for (Path file : Checkout.files(fileOrFolder, every -> true)) {
            add(file.toString());
            digest.update(Files.readAllBytes(file));
        }
        return this;
    }

    boolean standsIn(Path stamp) throws IOException {
        return Files.exists(stamp) && Files.readString(stamp).equals(hex());
    }

    void writeTo(Path stamp) throws IOException {
        Files.createDirectories(stamp.getParent());
        Files.writeString(stamp, hex());
    }

    private String hex() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

/** A Java installation, known by the {@code release} file that every JDK carries. */
record Jdk(Path home, String version) {

    private static final int WANTED = 25;

    static Jdk required() {
        return found().orElseThrow(() -> new Failure(1, "Gradus needs a JDK " + WANTED + " or newer, and none is here"
                + " (this command runs on " + System.getProperty("java.version") + "). To install one:\n"
                + "  Debian, Ubuntu   sudo apt-get install openjdk-25-jdk     (or temurin-25-jdk from adoptium.net)\n"
                + "  macOS            brew install --cask temurin@25\n"
                + "  Windows          winget install EclipseAdoptium.Temurin.25.JDK\n"
                + "One that is unpacked elsewhere is found through JAVA_HOME."));
    }

    /** What JAVA_HOME, this JVM or the PATH name comes first; among the usual places the oldest that is new enough. */
    static Optional<Jdk> found() {
        Stream<Path> named = Stream.of(Optional.ofNullable(System.getenv("JAVA_HOME")).map(Path::of),
                Optional.of(Path.of(System.getProperty("java.home"))),
                Machine.onPath("javac").map(Jdk::homeOf)).flatMap(Optional::stream);
        Stream<Jdk> usual = usualPlaces().stream().flatMap(Jdk::homesIn).flatMap(Jdk::at)
                .sorted(Comparator.comparingInt(Jdk::feature));
        return Stream.concat(named.flatMap(Jdk::at), usual).filter(jdk -> jdk.feature() >= WANTED).findFirst();
    }

    Path java() {
        return home.resolve(Machine.WINDOWS ? "bin/java.exe" : "bin/java");
    }

    private int feature() {
        return Runtime.Version.parse(version.replaceFirst("_.*", "")).feature();
    }

    /** A JRE does not count: the kernel compiles. */
    private static Stream<Jdk> at(Path home) {
        if (!Files.exists(home.resolve(Machine.WINDOWS ? "bin/javac.exe" : "bin/javac"))) {
            return Stream.empty();
        }
        Properties release = new Properties();
        try (InputStream in = Files.newInputStream(home.resolve("release"))) {
            release.load(in);
        } catch (IOException none) {
            return Stream.empty();
        }
        String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
        return version.matches("\\d+(\\.\\d+)*") ? Stream.of(new Jdk(home, version)) : Stream.empty();
    }

    private static Path homeOf(Path javac) {
        try {
            return javac.toRealPath().getParent().getParent();
        } catch (IOException gone) {
            return javac;
        }
    }

    private static List<Path> usualPlaces() {
        Path user = Path.of(System.getProperty("user.home"));
        List<Path> places = new ArrayList<>(List.of(Path.of("/usr/lib/jvm"), Path.of("/opt"), Path.of("/opt/java"),
                Path.of("/Library/Java/JavaVirtualMachines"), Path.of("/opt/homebrew/opt"), Path.of("/usr/local/opt"),
                user.resolve(".sdkman/candidates/java"), user.resolve(".jdks"), user.resolve(".gradle/jdks"),
                user.resolve("Library/Java/JavaVirtualMachines")));
        for (String variable : List.of("ProgramFiles", "LOCALAPPDATA")) {
            Optional.ofNullable(System.getenv(variable)).map(Path::of).ifPresent(programs -> Stream.of("Java",
                    "Eclipse Adoptium", "Microsoft", "Zulu", "Amazon Corretto", "BellSoft", "Programs/Eclipse Adoptium")
                    .map(programs::resolve).forEach(places::add));
        }
        return places;
    }

    /** macOS keeps the home of a JDK in Contents/Home of its bundle. */
    private static Stream<Path> homesIn(Path place) {
        if (!Files.isDirectory(place)) {
            return Stream.empty();
        }
        try (Stream<Path> entries = Files.list(place)) {
            return entries.flatMap(entry -> Stream.of(entry, entry.resolve("Contents/Home"),
                    entry.resolve("libexec/openjdk.jdk/Contents/Home"))).sorted().toList().stream();
        } catch (IOException unreadable) {
            return Stream.empty();
        }
    }
}

/** A Python: the machine's, or that of a virtual environment in {@code .gradus/}. */
record Python(Path executable) {

    private static final Path VENV = Checkout.path(".gradus/venv");
    private static final Path PEERS = Checkout.path(".gradus/peers");

    /** The one with Jupyter, which has what these requirements files of {@code install/python} name. */
    static Python ready(String... requirements) throws IOException {
        return ready(VENV, requirements);
    }

    /** The one with the frameworks that {@code bench} compares with. */
    static Python peers() throws IOException {
        return ready(PEERS, "requirements-peers.txt");
    }

    /** Makes the environment, and installs each requirements file that has changed. */
    private static Python ready(Path venv, String... requirements) throws IOException {
        Python python = in(venv);
        if (!Files.isExecutable(python.executable)) {
            System.out.println("Making a Python environment in " + venv);
            Checkout.delete(venv);
            create(venv);
        }
        for (String name : requirements) {
            Path folder = Checkout.path("install/python");
            Path file = folder.resolve(name);
            Path stamp = venv.resolve(name + ".fingerprint");
            Fingerprint wanted = new Fingerprint().addFiles(file);
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("./")) { // a package of ours, which pip looks for in the folder that it runs in
                    wanted.addFiles(folder.resolve(line).normalize());
                }
            }
            if (!wanted.standsIn(stamp)) {
                System.out.println("Installing " + switch (name) {
                    case "requirements-test.txt" -> "what the tests need";
                    case "requirements-peers.txt" -> "PyTorch and JAX (about 3 GB to download, 6 GB on disk)";
                    default -> "Jupyter";
                } + " in " + venv);
                int status = python.command(List.of("-m", "pip", "install", "-q", "--disable-pip-version-check",
                        "-r", name)).in(folder).run();
                if (status != 0) {
                    throw new Failure(1, "pip could not install what " + file + " names; its message stands above.");
                }
                wanted.writeTo(stamp);
            }
        }
        return python;
    }

    static Python inVenv() {
        return in(VENV);
    }

    private static Python in(Path venv) {
        return new Python(venv.resolve(Machine.WINDOWS ? "Scripts/python.exe" : "bin/python"));
    }

    Command command(List<String> words) {
        List<String> all = new ArrayList<>(List.of(executable.toString()));
        all.addAll(words);
        return new Command(all).with("GRADUS_ROOT", Checkout.ROOT.toString());
    }

    private static void create(Path venv) throws IOException {
        Path python = onMachine().orElseThrow(() -> new Failure(1, "Python 3.11 or newer is missing.\n  "
                + Machine.advice("apt-get install python3 python3-venv", "brew install python",
                "winget install Python.Python.3.13")));
        Optional<Path> virtualenv = Machine.onPath("virtualenv");
        List<String> words = List.of(python.toString(), "-m", "venv", venv.toString());
        if (new Python(python).says("import ensurepip, venv; print('both')").isEmpty()) {
            if (virtualenv.isEmpty()) {
                throw new Failure(1, python + " cannot make a virtual environment: its module ensurepip is missing.\n  "
                        + Machine.advice("apt-get install python3-venv", "brew install python", "py -m ensurepip"));
            }
            words = List.of(virtualenv.get().toString(), "-q", "-p", python.toString(), venv.toString());
        }
        if (new Command(words).run() != 0) {
            throw new Failure(1, "The environment could not be made:\n  " + String.join(" ", words));
        }
        // without this JupyterLab greets its reader with a question about news, and asks the network for updates
        Path settings = venv.resolve("etc/jupyter/labconfig/page_config.json");
        Files.createDirectories(settings.getParent());
        Files.writeString(settings, """
                {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}
                """);
    }

    /** The newest Jupyter wants 3.11, which is Debian 12's. */
    static Optional<Path> onMachine() {
        return Stream.of("python3", "python", "python3.14", "python3.13", "python3.12", "python3.11")
                .flatMap(name -> Machine.onPath(name).stream())
                .filter(path -> new Python(path).says("import sys; print(sys.version_info >= (3, 11))")
                        .equals(Optional.of("True"))).findFirst();
    }

    Optional<String> says(String code) {
        return new Command(List.of(executable.toString(), "-c", code)).output(Duration.ofSeconds(20));
    }
}

/** A program to run. It ends when this command ends, with whatever it started. */
record Command(List<String> words, Path folder, Map<String, String> environment) {

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Command::end)));
    }

    Command(List<String> words) {
        this(words, Path.of("").toAbsolutePath(), Map.of());
    }

    Command in(Path other) {
        return new Command(words, other, environment);
    }

    Command with(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put(name, value);
        return new Command(words, folder, all);
    }

    /** Runs it on this terminal and gives its exit status. */
    int run() throws IOException {
        return status(builder().inheritIO());
    }

    /** Runs it with all that it says going into a file, and gives its exit status. */
    int runInto(Path log) throws IOException {
        return status(builder().redirectErrorStream(true).redirectOutput(log.toFile()));
    }

    private static int status(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        RUNNING.add(process);
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 130;
        } finally {
            RUNNING.remove(process);
        }
    }

    /** What it prints, without the blanks around it; nothing when it fails, is missing or takes longer. */
    Optional<String> output(Duration patience) {
        try {
            Process process = builder().redirectErrorStream(true).start();
            RUNNING.add(process);
            try {
                String text = CompletableFuture.supplyAsync(() -> read(process.getInputStream()))
                        .get(patience.toMillis(), TimeUnit.MILLISECONDS);
                return process.waitFor() == 0 ? Optional.of(text.strip()) : Optional.empty();
            } finally {
                end(process);
                RUNNING.remove(process);
            }
        } catch (IOException | ExecutionException | TimeoutException notToBeHad) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String read(InputStream in) {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    private ProcessBuilder builder() {
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
        builder.environment().putAll(environment);
        return builder;
    }

    /** Asks first, so that Jupyter can end its kernels; what is still there after ten seconds is killed. */
    private static void end(Process process) {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroy();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }
}

/** What this machine has. */
final class Machine {

    private static final String OS = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    static final boolean WINDOWS = OS.contains("win") && !OS.contains("darwin");
    static final boolean MAC = OS.contains("mac");

    static Optional<Path> onPath(String name) {
        List<String> endings = WINDOWS ? List.of(".exe", ".cmd", ".bat") : List.of("");
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .flatMap(folder -> endings.stream().map(ending -> Path.of(folder, name + ending)))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file)).findFirst();
    }

    static Optional<Path> maven() {
        Stream<Path> homes = Stream.of("MAVEN_HOME", "M2_HOME").map(System::getenv).filter(home -> home != null)
                .map(home -> Path.of(home, "bin", WINDOWS ? "mvn.cmd" : "mvn")).filter(Files::isExecutable);
        return Stream.concat(onPath("mvn").stream(), homes).findFirst();
    }

    static Optional<Path> browser() {
        Stream<Path> onPath = Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
                "chrome", "msedge").flatMap(name -> onPath(name).stream());
        Stream<Path> elsewhere = Stream.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
                "C:/Program Files/Google/Chrome/Application/chrome.exe",
                "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe")
                .map(Path::of).filter(Files::isExecutable);
        return Stream.concat(onPath, elsewhere).findFirst();
    }

    /** The browser test's browser. */
    static Path browserOrInstall() throws IOException {
        if (browser().isEmpty()) {
            installUnasked(List.of("chromium"));
        }
        return browser().orElseThrow(() -> new Failure(1, "There is no Chromium and no Chrome.\n  "
                + advice("apt-get install chromium", "brew install --cask chromium", "winget install Google.Chrome")));
    }

    /**
     * Brings what the OpenCL tests run on: PoCL, which makes the CPU a device, and Oclgrind, which watches the kernels. Tells
     * whether these tests must run: elsewhere than on Linux they do where there is a device.
     */
    static boolean installOpenCl() throws IOException {
        List<String> packages = List.of("pocl-opencl-icd", "ocl-icd-libopencl1", "oclgrind");
        if (!WINDOWS && !MAC && !hasOpenCl()) {
            installUnasked(packages);
            if (!hasOpenCl()) {
                System.out.println("PoCL or Oclgrind is missing: the OpenCL tests will fail.\n  sudo apt-get install "
                        + String.join(" ", packages));
            }
        }
        return !WINDOWS && !MAC;
    }

    private static boolean hasOpenCl() {
        return !Checkout.files(Path.of("/etc/OpenCL/vendors"), file -> file.toString().endsWith(".icd")).isEmpty()
                && Files.exists(Path.of("/usr/lib/oclgrind/liboclgrind-rt-icd.so"));
    }

    /** Only Debian's root gets something installed unasked: anybody else reads what to type. */
    private static void installUnasked(List<String> packages) throws IOException {
        if (onPath("apt-get").isPresent() && System.getProperty("user.name").equals("root")) {
            System.out.println("Installing Debian's " + String.join(", ", packages));
            List<String> install = new ArrayList<>(List.of("apt-get", "install", "-y", "-qq"));
            install.addAll(packages);
            if (apt(install) != 0 && apt(List.of("apt-get", "update", "-qq")) == 0) {
                apt(install);
            }
        }
    }

    private static int apt(List<String> words) throws IOException {
        return new Command(words).with("DEBIAN_FRONTEND", "noninteractive").run();
    }

    /** Asks the JVM itself: headless Java needs fonts and, on Linux, fontconfig to draw a chart's labels. */
    static Optional<String> fonts() {
        System.setProperty("java.awt.headless", "true");
        try {
            int families = GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames().length;
            return families == 0 ? Optional.empty() : Optional.of(families + " families");
        } catch (RuntimeException | LinkageError broken) {
            return Optional.empty();
        }
    }

    /** Where every Jupyter of this user looks for kernels: the rules of Jupyter's own jupyter_data_dir. */
    static Path jupyterDataFolder() {
        String set = System.getenv("JUPYTER_DATA_DIR");
        if (set != null) {
            return Path.of(set);
        }
        return MAC ? Path.of(System.getProperty("user.home"), "Library/Jupyter") : dataFolder().resolve("jupyter");
    }

    /** Where programs keep what belongs to this person. */
    static Path dataFolder() {
        Path home = Path.of(System.getProperty("user.home"));
        if (WINDOWS) {
            return Path.of(System.getenv("APPDATA"));
        }
        if (MAC) {
            return home.resolve("Library/Application Support");
        }
        String shared = System.getenv("XDG_DATA_HOME");
        return shared == null ? home.resolve(".local/share") : Path.of(shared);
    }

    /** The command to type on this system. */
    static String advice(String debian, String mac, String windows) {
        return WINDOWS ? windows : MAC ? mac : "sudo " + debian;
    }
}

/** The verb {@code doctor}. */
final class Doctor {

    private boolean complete = true;

    static int run(Arguments arguments) throws IOException {
        arguments.end();
        Doctor doctor = new Doctor();
        doctor.examine();
        return doctor.complete ? 0 : 1;
    }

    private void examine() throws IOException {
        Optional<Jdk> jdk = Jdk.found();
        needed("JDK", jdk.map(found -> found.version() + "  " + found.home()), Machine.advice(
                "apt-get install openjdk-25-jdk   (or temurin-25-jdk from adoptium.net; JAVA_HOME names any other)",
                "brew install --cask temurin@25", "winget install EclipseAdoptium.Temurin.25.JDK"));
        needed("Maven", Machine.maven().map(Path::toString), Machine.advice(
                "apt-get install maven", "brew install maven", "winget install Apache.Maven"));
        wished("JDK sources", jdk.map(found -> found.home().resolve("lib/src.zip")).filter(Files::isRegularFile)
                .map(Path::toString), Machine.advice("apt-get install openjdk-25-source", "part of every JDK's download",
                "part of every JDK's download") + "   (for the JDK's documentation)");
        Optional<Path> python = Python.onMachine();
        needed("Python", python.map(path -> new Python(path).says("import platform; print(platform.python_version())")
                .orElse("") + "  " + path), Machine.advice(
                "apt-get install python3   (3.11 or newer)", "brew install python",
                "winget install Python.Python.3.13"));
        python.ifPresent(path -> needed("Python venv", new Python(path).says("import ensurepip, venv; print('ready')")
                .or(() -> Machine.onPath("virtualenv").map(Path::toString)), Machine.advice(
                "apt-get install python3-venv", "brew install python", "py -m ensurepip")));
        Python own = Python.inVenv();
        later("Jupyter", Files.isExecutable(own.executable())
                ? own.says("import jupyterlab; print('JupyterLab', jupyterlab.__version__)") : Optional.empty());
        needed("Fonts", Machine.fonts(), Machine.advice(
                "apt-get install fontconfig fonts-dejavu-core", "part of macOS", "part of Windows"));
        wished("Browser", Machine.browser().map(Path::toString), Machine.advice("apt-get install chromium",
                "brew install --cask chromium", "winget install Google.Chrome") + "   (for the browser test)");
        if (jdk.isPresent() && Files.isDirectory(Build.DISTRIBUTION)) {
            wished("OpenCL", devices(jdk.get()), Machine.advice("apt-get install pocl-opencl-icd   (runs OpenCL on the"
                    + " CPU; for a GPU its maker's driver)", "part of macOS", "part of the GPU maker's driver"));
        } else {
            later("OpenCL", Optional.empty());
        }
    }

    private static Optional<String> devices(Jdk jdk) {
        return new Command(List.of(jdk.java().toString(), "--enable-native-access=ALL-UNNAMED",
                "-cp", Kernel.classPath(Build.DISTRIBUTION.resolve("cell")),
                "gradus.nn.backend.opencl.Platforms")).output(Duration.ofSeconds(30));
    }

    private void needed(String what, Optional<String> found, String remedy) {
        complete &= found.isPresent();
        wished(what, found, remedy);
    }

    private void wished(String what, Optional<String> found, String remedy) {
        line(what, found.isPresent() ? "found" : "missing", found.orElse(remedy));
    }

    private void later(String what, Optional<String> found) {
        line(what, found.isPresent() ? "found" : "later", found.orElse("comes with the first lab, run or test"));
    }

    private void line(String what, String state, String detail) {
        System.out.printf("%-12s %-8s %s%n", what, state, detail.replace("\n", "\n" + " ".repeat(22)));
    }
}
