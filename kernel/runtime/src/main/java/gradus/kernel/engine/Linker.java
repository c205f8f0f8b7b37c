package gradus.kernel.engine;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Leads every call of a cell's method to its newest definition. Calls between cells are {@code invokedynamic}
 * instructions that share one call site per name and type, so a method that is defined anew is at once what all its
 * callers call, classes with living instances among them, and the JIT sees a constant.
 *
 * <p>Public because woven classes call {@link #bootstrap}; nobody else should.
 */
public final class Linker {

    private record Key(ClassLoader cells, String name, MethodType type) {
    }

    private static final ConcurrentHashMap<Key, MutableCallSite> SITES = new ConcurrentHashMap<>();

    private Linker() {
    }

    /** Links a woven call; {@code owner} is the class that javac found the method in. */
    public static CallSite bootstrap(MethodHandles.Lookup lookup, String name, MethodType type, Class<?> owner) {
        return SITES.computeIfAbsent(new Key(owner.getClassLoader(), name, type), key -> {
            try {
                return new MutableCallSite(lookup.findStatic(owner, name, type));
            } catch (ReflectiveOperationException e) {
                throw new BootstrapMethodError(e);
            }
        });
    }

    /** From now on this is what calls of that name and type call. */
    static void define(String name, MethodHandle method, ClassLoader cells) {
        var site = SITES.computeIfAbsent(new Key(cells, name, method.type()), key -> new MutableCallSite(method));
        site.setTarget(method);
        MutableCallSite.syncAll(new MutableCallSite[] {site});
    }

    /** The loader's cells are gone. */
    static void forget(ClassLoader cells) {
        SITES.keySet().removeIf(key -> key.cells == cells);
    }
}
