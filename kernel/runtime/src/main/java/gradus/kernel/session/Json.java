package gradus.kernel.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.api.MimeBundle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Java values as JSON and back, and the contents that many messages begin with. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode ok() {
        return object().put("status", "ok");
    }

    static ObjectNode error(String name, String message, List<String> traceback) {
        var content = object().put("status", "error").put("ename", name).put("evalue", message == null ? "" : message);
        traceback.forEach(content.putArray("traceback")::add);
        return content;
    }

    /** This content with the forms of a value. */
    static ObjectNode with(ObjectNode content, MimeBundle bundle) {
        content.set("data", tree(bundle.data()));
        content.set("metadata", tree(bundle.metadata()));
        return content;
    }

    /** Maps, lists, strings, numbers and booleans as the tree of the same content. */
    static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** A tree as maps, lists, strings, numbers, booleans and {@code null}. */
    static Object plain(JsonNode tree) {
        try {
            return tree.isMissingNode() ? Map.of() : MAPPER.treeToValue(tree, Object.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no plain Java for " + tree.getNodeType(), e);
        }
    }

    /** The members of an object as {@link #plain} values, in their order. */
    static Map<String, Object> map(JsonNode object) {
        var map = new LinkedHashMap<String, Object>();
        object.properties().forEach(member -> map.put(member.getKey(), plain(member.getValue())));
        return map;
    }
}
