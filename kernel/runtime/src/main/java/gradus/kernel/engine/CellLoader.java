package gradus.kernel.engine;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Loads the classes of cells, woven, and whatever the class path has been given on top of the kernel's own. */
final class CellLoader extends URLClassLoader {

    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> compiled = new ConcurrentHashMap<>();
    private final Weaver weaver = new Weaver(this::getResourceAsStream);

    CellLoader(ClassLoader parent) {
        super("cells", new URL[0], parent);
    }

    void addClassPath(Collection<Path> entries) {
        for (var entry : entries) {
            try {
                addURL(entry.toUri().toURL());
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(entry + " cannot be on the class path", e);
            }
        }
    }

    /** Makes compiled classes known; each is defined when it is first needed. */
    void add(Collection<Javac.ClassFile> classes) {
        classes.forEach(file -> compiled.put(file.name(), file.bytes()));
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        var bytes = compiled.get(name);
        if (bytes == null) {
            return super.findClass(name);
        }
        var woven = weaver.weave(bytes);
        return defineClass(name, woven, 0, woven.length);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        var bytes = name.endsWith(".class")
                ? compiled.get(name.substring(0, name.length() - ".class".length()).replace('/', '.')) : null;
        return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
    }
}
