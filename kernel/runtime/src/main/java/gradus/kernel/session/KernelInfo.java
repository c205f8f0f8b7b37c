package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.wire.Message;

/** What the kernel says about itself. */
final class KernelInfo {

    static final String VERSION = "0.1.0";

    private KernelInfo() {
    }

    static ObjectNode content() {
        var content = JsonNodeFactory.instance.objectNode();
        var java = Runtime.version().toString();
        content.put("status", "ok");
        content.put("protocol_version", Message.PROTOCOL_VERSION);
        content.put("implementation", "gradus");
        content.put("implementation_version", VERSION);
        content.put("banner", "Gradus " + VERSION + " on Java " + java);
        content.put("debugger", false);
        content.putArray("help_links").addObject()
                .put("text", "Java " + Runtime.version().feature() + " API")
                .put("url", "https://docs.oracle.com/en/java/javase/" + Runtime.version().feature() + "/docs/api/");
        content.putObject("language_info")
                .put("name", "java")
                .put("version", java)
                .put("mimetype", "text/x-java-source")
                .put("file_extension", ".jshell")
                .put("pygments_lexer", "java")
                .put("codemirror_mode", "text/x-java");
        content.putArray("supported_features").add("kernel subshells");
        return content;
    }
}
