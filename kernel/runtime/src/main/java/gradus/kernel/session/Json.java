package gradus.kernel.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Java values as JSON. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {
    }

    /** Maps, lists, strings, numbers and booleans as the tree of the same content. */
    static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }
}
