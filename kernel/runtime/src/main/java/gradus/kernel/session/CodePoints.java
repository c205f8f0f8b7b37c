package gradus.kernel.session;

import com.fasterxml.jackson.databind.JsonNode;

/** Jupyter counts cursors in Unicode code points, Java strings in UTF-16 units. */
final class CodePoints {

    private CodePoints() {
    }

    /** The offset in {@code code} of a cursor from a message; its end when the message has none or one outside. */
    static int offset(String code, JsonNode cursor) {
        int points = code.codePointCount(0, code.length());
        return cursor.isInt() && cursor.asInt() >= 0 && cursor.asInt() <= points
                ? code.offsetByCodePoints(0, cursor.asInt()) : code.length();
    }
}
