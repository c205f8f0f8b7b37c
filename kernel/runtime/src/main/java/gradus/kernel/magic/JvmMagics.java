package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.api.Notebook;
import gradus.kernel.api.Session;
import gradus.kernel.engine.Footprint;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The machine below the notebook. */
final class JvmMagics {

    static final List<Magic> ALL = List.of(
            BuiltIn.line("javap", """
                    %javap [-c] [-p] [-v] CLASS
                    Shows what a class was compiled to: its members; with -c the bytecode, -p private members, -v everything.

                    The class may be one that a cell defined, or any on the class path: %javap -c java.lang.Math""",
                    JvmMagics::javap),
            BuiltIn.line("jvm", """
                    %jvm
                    The Java virtual machine that runs the cells, its options, and how to change them.""", (arguments, session) -> {
                        Arguments.of("%jvm", arguments).none();
                        describe();
                        return null;
                    }),
            BuiltIn.line("output", """
                    %output cap NUMBER
                    Lets each cell show at most so many characters of printed text; the rest goes into a file.

                    The cell says where that file is. Tables and pictures do not count.""", (text, session) -> {
                        var words = Arguments.of("%output", text).rest();
                        if (words.size() != 2 || !words.getFirst().equals("cap") || !words.get(1).matches("[1-9]\\d{0,8}")) {
                            throw new IllegalArgumentException("%output wants a number of characters above 0"
                                    + "\nsuch as: %output cap 100000");
                        }
                        Notebook.outputLimit(Integer.parseInt(words.get(1)));
                        return null;
                    }));

    private JvmMagics() {
    }

    private static Object javap(String text, Session session) throws IOException {
        var arguments = Arguments.of("%javap", text);
        var options = new ArrayList<>(Stream.of("-c", "-p", "-v", "-l", "-s").filter(option -> arguments.flag(option)).toList());
        var name = arguments.only("a class");
        var printed = new StringWriter();
        var own = session.bytecode(name);
        var folder = Files.createTempDirectory("javap");
        var file = folder.resolve("cell.class");
        int status;
        try (var writer = new PrintWriter(printed)) {
            if (own.isPresent()) {
                Files.write(file, own.get());
                options.add(file.toString());
            } else {
                options.add("-classpath");
                options.add(Stream.concat(session.classPath().stream().map(Object::toString),
                        Stream.of(System.getProperty("java.class.path"))).collect(Collectors.joining(File.pathSeparator)));
                options.add(name);
            }
            status = ToolProvider.findFirst("javap").orElseThrow(() -> new IllegalStateException(
                    "this Java has no javap: it is no JDK, or lacks the module jdk.jdeps\nstart the kernel with a full JDK"))
                    .run(writer, writer, options.toArray(String[]::new));
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
        if (status != 0 || printed.toString().startsWith("Error:")) {
            throw new IllegalArgumentException("there is no class " + name
                    + "\nname one that a cell defined, or one with its package: %javap java.lang.String");
        }
        // the head of javap's answer about a file says where that lay, and we have deleted it
        System.out.print(printed.toString().lines().filter(line -> !line.contains(file.toString()))
                .collect(Collectors.joining("\n", "", "\n")));
        return null;
    }

    private static void describe() {
        var machine = ManagementFactory.getRuntimeMXBean();
        System.out.println(machine.getVmName() + " " + Runtime.version() + ", " + machine.getVmVendor());
        System.out.println("in " + System.getProperty("java.home") + ", process " + machine.getPid() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, heap at most "
                + Footprint.text(Runtime.getRuntime().maxMemory()));
        System.out.println("options in force:");
        machine.getInputArguments().forEach(option -> System.out.println("  " + option));
        var name = File.separatorChar == '\\' ? "JDK_JAVA_OPTIONS" : "GRADUS_JVM_OPTS";
        System.out.println("To change them, set " + name + " in the environment of Jupyter, " + name + "=\"-Xmx8g\" say, and start"
                + "\nit anew: options are read once, when a kernel starts.");
    }
}
