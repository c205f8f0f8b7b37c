package gradus.kernel.session;

import gradus.kernel.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/**
 * SQLite's native library, unpacked once for all kernels of a user. The driver itself unpacks a copy for every process
 * into the folder for temporary files, and a kernel that is killed leaves its megabyte there for good.
 */
final class SqliteLibrary {

    private static final Log LOG = new Log(SqliteLibrary.class);
    private static final String FOLDER = "org.sqlite.lib.path";
    private static final String NAME = "org.sqlite.lib.name";

    private SqliteLibrary() {
    }

    /** Loads it unless it is; where it cannot be unpacked or not be loaded from, the driver does as it always does. */
    static synchronized void load(Path dataFolder) {
        if (System.getProperty(FOLDER) != null) {   // somebody knows better
            return;
        }
        try {
            var library = unpacked(dataFolder.resolve("sqlite-" + SQLiteJDBCLoader.getVersion())
                    .resolve(OSInfo.getNativeLibFolderPathForCurrentOS()));
            System.setProperty(FOLDER, library.getParent().toString());
            System.setProperty(NAME, library.getFileName().toString());
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            LOG.log(System.Logger.Level.DEBUG, "SQLite's library is left to its driver", e);
        } finally {   // a driver of another version, that a cell has loaded, must not follow them
            System.clearProperty(FOLDER);
            System.clearProperty(NAME);
        }
    }

    private static Path unpacked(Path folder) throws IOException {
        var name = LibraryLoaderUtil.getNativeLibName();
        var library = folder.toAbsolutePath().resolve(name);
        if (!Files.exists(library)) {
            Files.createDirectories(library.getParent());
            var part = Files.createTempFile(library.getParent(), name, ".part");
            try (var packed = SQLiteJDBCLoader.class.getResourceAsStream(
                    LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
                if (packed == null) {
                    throw new IOException("there is no SQLite for " + OSInfo.getNativeLibFolderPathForCurrentOS());
                }
                Files.copy(packed, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        }
        return library;
    }
}
