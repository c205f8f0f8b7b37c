package gradus.kernel.engine;

import com.sun.tools.javac.api.ClientCodeWrapper;
import java.net.URI;
import javax.tools.SimpleJavaFileObject;

/** Java source text in memory. */
@ClientCodeWrapper.Trusted
class Source extends SimpleJavaFileObject {

    private final String className;
    private final String text;

    /** @param className the simple name of the top-level class in it */
    Source(String className, String text) {
        super(URI.create("cell:///" + className + Kind.SOURCE.extension), Kind.SOURCE);
        this.className = className;
        this.text = text;
    }

    String className() {
        return className;
    }

    @Override
    public String getCharContent(boolean ignoreEncodingErrors) {
        return text;
    }
}
