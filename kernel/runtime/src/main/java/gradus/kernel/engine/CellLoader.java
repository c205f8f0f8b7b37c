package gradus.kernel.engine;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Loads the classes of cells, woven, and whatever the class path has been given on top of the kernel's own.
 *
 * <p>The kernel has libraries for itself, which a cell cannot name. Of those, a cell that adds one to its class path gets
 * its own copy, in the version that it was compiled against.
 */
final class CellLoader extends URLClassLoader {

    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> compiled = new ConcurrentHashMap<>();
    private final List<String> shared;
    private final Weaver weaver = new Weaver(this::getResourceAsStream);

    /** @param shared the jars and folders whose classes are the same for cells and for the kernel */
    CellLoader(ClassLoader parent, Collection<Path> shared) {
        super("cells", new URL[0], parent);
        this.shared = shared.stream().map(entry -> entry.toUri().getRawPath()).toList();
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
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        var resource = name.replace('.', '/') + ".class";
        synchronized (getClassLoadingLock(name)) {
            boolean replaced = findLoadedClass(name) == null && getURLs().length > 0 && findResource(resource) != null
                    && isKernelsOwn(resource);
            return replaced ? findClass(name) : super.loadClass(name, resolve);
        }
    }

    @Override
    public URL getResource(String name) {
        var own = getURLs().length == 0 ? null : findResource(name);
        return own != null && isKernelsOwn(name) ? own : super.getResource(name);
    }

    private boolean isKernelsOwn(String resource) {
        var outside = getParent().getResource(resource);
        return outside != null && !outside.getProtocol().equals("jrt")   // jrt: the JDK's own classes
                && shared.stream().noneMatch(outside.getPath()::contains);
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
