package gradus.kernel.engine;

import com.sun.tools.javac.api.ClientCodeWrapper;
import com.sun.tools.javac.api.JavacTaskImpl;
import com.sun.tools.javac.api.JavacTaskPool;
import com.sun.tools.javac.code.Symbol.ClassSymbol;
import com.sun.tools.javac.code.Symbol.PackageSymbol;
import com.sun.tools.javac.code.Symtab;
import com.sun.tools.javac.tree.JCTree.JCClassDecl;
import com.sun.tools.javac.tree.JCTree.JCCompilationUnit;
import com.sun.tools.javac.util.Context;
import com.sun.tools.javac.util.JCDiagnostic;
import com.sun.tools.javac.util.Name;
import com.sun.tools.javac.util.Names;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * The compiler, kept warm: one context serves all compilations, so what it has learnt of the JDK and of libraries stays
 * learnt. A cell of one line took 3.0 ms so, 10 ms with a new context each time, and 19 ms in JShell, which runs five
 * to seven compiler tasks per snippet. Not safe for several threads: the engine locks.
 *
 * <p>All cells' classes are in one package, so they may use one another as the author expects. javac lists a package
 * once; later classes are entered into its table by hand.
 */
final class Javac {

    /** The package of the cells' classes. */
    static final String PACKAGE = "notebook";

    /** A compiled class by its binary name. */
    record ClassFile(String name, byte[] bytes) {
    }

    /** An error in one of the texts; offsets are the text's. */
    record Problem(Source source, String code, String message, int start, int end, Optional<String> missing) {
    }

    /** @param classes empty when there is a problem */
    record Compiled(List<Problem> problems, List<ClassFile> classes) {
    }

    private final List<String> options;
    private final StandardJavaFileManager standard =
            ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
    private final Files files = new Files(standard);
    private final List<Path> classPath = new ArrayList<>();
    private ClassIndex index;
    private JavacTaskPool pool = new JavacTaskPool(1);
    /** How many of the cells' classes each context knows; a new one lists them all by itself. */
    private final Map<Context, Integer> known = new WeakHashMap<>();

    Javac(Collection<Path> classPath, List<String> options) {
        this.options = options;
        addClassPath(classPath);
    }

    void addClassPath(Collection<Path> entries) {
        classPath.addAll(entries);
        try {
            standard.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        index = null;
        pool = new JavacTaskPool(1);   // the old contexts have listed the packages as they were
    }

    /** All classes that a cell can import; made when first asked for. */
    ClassIndex index() {
        if (index == null) {
            index = ClassIndex.of(classPath);
        }
        return index;
    }

    Optional<byte[]> bytes(String className) {
        return Optional.ofNullable(files.classes.get(className)).map(InMemory::bytes);
    }

    /** Compiles, and shows the attributed trees to {@code look} before code is made from them. */
    Compiled compile(List<Source> sources, BiConsumer<Source, JCClassDecl> look) {
        return task(sources, (task, problems) -> {
            var before = files.classes.size();
            var trees = parseAndAnalyze(task);
            if (!problems.get().isEmpty()) {
                return new Compiled(problems.get(), List.of());
            }
            trees.forEach(unit -> unit.defs.forEach(tree -> {
                if (tree instanceof JCClassDecl type) {
                    look.accept((Source) unit.sourcefile, type);
                }
            }));
            task.generate();
            if (!problems.get().isEmpty()) {
                return new Compiled(problems.get(), List.of());
            }
            return new Compiled(List.of(), files.classes.values().stream().skip(before)
                    .map(file -> new ClassFile(file.name, file.bytes())).toList());
        });
    }

    /** Attributes only, whatever errors there are, and asks the trees. */
    <T> T analyze(Source source, Function<JCCompilationUnit, T> question) {
        return analyze(source, (task, unit) -> question.apply(unit));
    }

    <T> T analyze(Source source, java.util.function.BiFunction<JavacTaskImpl, JCCompilationUnit, T> question) {
        return task(List.of(source), (task, problems) -> question.apply(task, parseAndAnalyze(task).getFirst()));
    }

    private static List<JCCompilationUnit> parseAndAnalyze(JavacTaskImpl task) {
        var units = new ArrayList<JCCompilationUnit>();
        task.parse().forEach(unit -> units.add((JCCompilationUnit) unit));
        task.analyze();
        return units;
    }

    private interface Work<T> {
        T with(JavacTaskImpl task, java.util.function.Supplier<List<Problem>> problems);
    }

    private <T> T task(List<Source> sources, Work<T> work) {
        var found = new DiagnosticCollector<JavaFileObject>();
        return pool.getTask(null, files, found, options, null, sources, task -> {
            var javac = (JavacTaskImpl) task;
            var context = javac.getContext();   // the task forgets it when it has generated
            enterNewClasses(context);
            int before = files.classes.size();
            try {
                return work.with(javac, () -> problems(found));
            } finally {
                forgetSources(context, sources, files.classes.keySet().stream().skip(before).toList());
            }
        });
    }

    /** Tells the context of the classes that were compiled since it was used last. */
    private void enterNewClasses(Context context) {
        var symbols = Symtab.instance(context);
        var names = Names.instance(context);
        int seen = known.getOrDefault(context, -1);
        if (seen >= 0) {
            var cells = symbols.enterPackage(symbols.unnamedModule, names.fromString(PACKAGE));
            files.classes.values().stream().skip(seen).forEach(file -> {
                var symbol = symbols.enterClass(symbols.unnamedModule, names.fromString(file.name));
                symbol.classfile = file;
                if (file.name.indexOf('$') < 0) {
                    cells.members().enter(symbol);
                }
            });
        }
        known.put(context, files.classes.size());
    }

    /**
     * What was compiled is known as a class file from now on, not as a source.
     *
     * @param compiled the binary names: the pool forgets what it finds in the trees, but generating code has taken the
     *                 nested classes out of those
     */
    private static void forgetSources(Context context, List<Source> sources, List<String> compiled) {
        var symbols = Symtab.instance(context);
        var names = Names.instance(context);
        PackageSymbol cells = symbols.getPackage(symbols.unnamedModule, names.fromString(PACKAGE));
        for (var source : sources) {
            var name = names.fromString(PACKAGE + "." + source.className());
            ClassSymbol symbol = symbols.getClass(symbols.unnamedModule, name);
            if (symbol != null && cells != null && cells.members_field != null) {
                cells.members_field.remove(symbol);
            }
        }
        compiled.forEach(name -> symbols.removeClass(symbols.unnamedModule, names.fromString(name)));
    }

    private static List<Problem> problems(DiagnosticCollector<JavaFileObject> found) {
        return found.getDiagnostics().stream().filter(d -> d.getKind() == Diagnostic.Kind.ERROR && d.getSource() != null)
                .map(d -> {
                    var missing = Optional.<String>empty();
                    if (d instanceof ClientCodeWrapper.DiagnosticSourceUnwrapper wrapped
                            && (d.getCode().startsWith("compiler.err.cant.resolve")
                            || d.getCode().equals("compiler.err.doesnt.exist"))) {
                        missing = missing(wrapped.d);
                    }
                    return new Problem((Source) d.getSource(), d.getCode(), message(d),
                            (int) d.getStartPosition(), (int) d.getEndPosition(), missing);
                }).toList();
    }

    /** Without packages, and without the class that was written around the cell. */
    private static String message(Diagnostic<?> diagnostic) {
        return TypeText.brief(diagnostic.getMessage(Locale.ROOT)).lines()
                .filter(line -> !line.matches("\\s*location: class In\\d+(_\\d+)?")).collect(Collectors.joining("\n"));
    }

    private static Optional<String> missing(JCDiagnostic diagnostic) {
        for (var argument : diagnostic.getArgs()) {
            if (argument instanceof Name || argument instanceof PackageSymbol) {
                return Optional.of(argument.toString()).filter(name -> !name.contains("."));
            }
        }
        return Optional.empty();
    }

    /** Keeps what is compiled in memory, and lists it where javac looks for the cells' package. */
    @ClientCodeWrapper.Trusted
    private static final class Files extends ForwardingJavaFileManager<StandardJavaFileManager> {

        private final Map<String, InMemory> classes = new LinkedHashMap<>();

        Files(StandardJavaFileManager standard) {
            super(standard);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(Location location, String className, JavaFileObject.Kind kind,
                                                   javax.tools.FileObject sibling) {
            var file = new InMemory(className);
            classes.put(className, file);
            return file;
        }

        @Override
        public Iterable<JavaFileObject> list(Location location, String packageName, Set<JavaFileObject.Kind> kinds,
                                             boolean recurse) throws IOException {
            if (packageName.equals(PACKAGE)) {
                return location == StandardLocation.CLASS_PATH ? List.copyOf(classes.values()) : List.of();
            }
            return super.list(location, packageName, kinds, recurse);
        }

        @Override
        public String inferBinaryName(Location location, JavaFileObject file) {
            return file instanceof InMemory compiled ? compiled.name : super.inferBinaryName(location, file);
        }

        @Override
        public boolean isSameFile(javax.tools.FileObject a, javax.tools.FileObject b) {
            return a == b || !(a instanceof SimpleJavaFileObject) && !(b instanceof SimpleJavaFileObject)
                    && super.isSameFile(a, b);
        }

        @Override
        public boolean contains(JavaFileManager.Location location, javax.tools.FileObject file) throws IOException {
            return !(file instanceof SimpleJavaFileObject) && super.contains(location, file);
        }
    }

    @ClientCodeWrapper.Trusted
    private static final class InMemory extends SimpleJavaFileObject {

        private final String name;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        InMemory(String name) {
            super(URI.create("compiled:///" + name.replace('.', '/') + Kind.CLASS.extension), Kind.CLASS);
            this.name = name;
        }

        byte[] bytes() {
            return content.toByteArray();
        }

        @Override
        public OutputStream openOutputStream() {
            return content;
        }

        @Override
        public InputStream openInputStream() {
            return new ByteArrayInputStream(bytes());
        }
    }
}
