package gradus.kernel.engine.docs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Markdown of {@code ///} comments as HTML: what comments are written with of CommonMark and its tables, and
 * {@code [List#add]}, which in Java names a class or member.
 */
final class Markdown {

    private static final Pattern FENCE = Pattern.compile(" {0,3}(```+|~~~+).*");
    private static final Pattern HEADING = Pattern.compile(" {0,3}(#{1,6})\\s+(.*?)\\s*#*\\s*");
    private static final Pattern RULE = Pattern.compile(" {0,3}([-*_])\\s*(?:\\1\\s*){2,}");
    private static final Pattern ITEM = Pattern.compile("( {0,3})([-*+]|\\d{1,9}[.)])( +|$)(.*)");
    private static final Pattern DIVIDER = Pattern.compile("\\s*\\|?\\s*:?-+:?\\s*(\\|\\s*:?-+:?\\s*)*\\|?\\s*");
    private static final Pattern HTML_BLOCK = Pattern.compile("(?i) {0,3}</?(\\w+)[\\s/>].*|(?i) {0,3}</?(\\w+)");
    private static final Pattern DEFINITION = Pattern.compile(" {0,3}\\[([^\\]]+)]:\\s*(\\S+).*");

    private static final Pattern INLINE = Pattern.compile(String.join("|",
            "\\\\(?<escaped>\\p{Punct})",
            "(?<ticks>`+)(?<code>.+?)(?<!`)\\k<ticks>(?!`)",
            "<(?<auto>https?://[^\\s<>]+)>",
            "(?<html></?[a-zA-Z][^<>]*>|<!--.*?-->)",
            "!?\\[(?<label>(?:[^\\[\\]]++|\\[])*+)]"
                    + "\\((?<address>[^()\\s]*(?:\\([^()\\s]*\\)[^()\\s]*)*)(?:\\s+\"[^\"]*\")?\\)",
            "\\[(?<text>(?:[^\\[\\]]++|\\[])*+)]\\[(?<target>(?:[^\\[\\]\\s]++|\\[])++)]",
            // an array's [i] and a shape's [N] are none
            "(?<!\\w)\\[(?=[^]]*[#.(]|[A-Z]\\w)(?<reference>[a-zA-Z_$#][\\w.#/$]*(?:\\((?:[^()\\[\\]]++|\\[])*+\\))?)]",
            "(?<strong>\\*\\*|(?<!\\w)__)(?=\\S)(?<bold>.+?)(?<=\\S)\\k<strong>",
            "(?<star>\\*|(?<![\\w_])_)(?=[^\\s*_])(?<italic>.+?)(?<=[^\\s])\\k<star>(?![\\w*])",
            "(?<break>(?: {2,}|\\\\)\n)"), Pattern.DOTALL);

    private final List<String> lines;
    private final Map<String, String> definitions;
    private final StringBuilder html = new StringBuilder();
    private int at;

    private Markdown(List<String> lines, Map<String, String> definitions) {
        this.lines = lines;
        this.definitions = definitions;
    }

    static String toHtml(String markdown) {
        var lines = markdown.replace("\t", "    ").lines().toList();
        var definitions = new HashMap<String, String>();
        for (var line : lines) {
            var matcher = DEFINITION.matcher(line);
            if (matcher.matches()) {
                definitions.put(matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2));
            }
        }
        return new Markdown(lines, definitions).blocks();
    }

    private String nested(List<String> inner) {
        return new Markdown(inner, definitions).blocks();
    }

    private String blocks() {
        while (at < lines.size()) {
            var line = lines.get(at);
            if (line.isBlank() || DEFINITION.matcher(line).matches()) {
                at++;
            } else if (FENCE.matcher(line).matches()) {
                fenced();
            } else if (line.startsWith("    ")) {
                indented();
            } else if (HEADING.matcher(line) instanceof Matcher heading && heading.matches()) {
                heading(heading.group(1).length(), heading.group(2));
                at++;
            } else if (RULE.matcher(line).matches()) {
                html.append("<hr>");
                at++;
            } else if (line.stripLeading().startsWith(">")) {
                quote();
            } else if (ITEM.matcher(line).matches()) {
                list();
            } else if (isTable()) {
                table();
            } else if (isHtmlBlock(line)) {
                while (at < lines.size() && !lines.get(at).isBlank()) {
                    html.append(lines.get(at++)).append('\n');
                }
            } else {
                paragraph();
            }
        }
        return html.toString();
    }

    private void fenced() {
        var opening = FENCE.matcher(lines.get(at++));
        opening.matches();
        var code = new ArrayList<String>();
        while (at < lines.size() && !lines.get(at).strip().startsWith(opening.group(1))) {
            code.add(lines.get(at++));
        }
        at++;
        code(code);
    }

    private void indented() {
        var code = new ArrayList<String>();
        while (at < lines.size() && (lines.get(at).startsWith("    ") || lines.get(at).isBlank())) {
            var line = lines.get(at++);
            code.add(line.isBlank() ? "" : line.substring(4));
        }
        code(code);
    }

    private void code(List<String> code) {
        html.append("<pre><code>").append(Html.escape(String.join("\n", code).stripTrailing()))
                .append("</code></pre>\n");
    }

    private void heading(int level, String text) {
        html.append("<h").append(level).append('>').append(inline(text)).append("</h").append(level).append(">\n");
    }

    private void quote() {
        var quoted = new ArrayList<String>();
        while (at < lines.size() && !lines.get(at).isBlank()) {
            quoted.add(lines.get(at++).replaceFirst("^ {0,3}> ?", ""));
        }
        html.append("<blockquote>").append(nested(quoted)).append("</blockquote>\n");
    }

    private void list() {
        var first = ITEM.matcher(lines.get(at));
        first.matches();
        char mark = lastOf(first.group(2));
        var name = Character.isDigit(first.group(2).charAt(0)) ? "ol" : "ul";
        html.append('<').append(name).append('>');
        while (at < lines.size()) {
            var item = ITEM.matcher(lines.get(at));
            if (!item.matches() || lastOf(item.group(2)) != mark || RULE.matcher(lines.get(at)).matches()) {
                break;
            }
            html.append("<li>").append(withoutParagraph(nested(itemLines(item)))).append("</li>\n");
        }
        html.append("</").append(name).append(">\n");
    }

    private static char lastOf(String mark) {
        return mark.charAt(mark.length() - 1);
    }

    /** An item goes on with what is indented to its text, and with lines that only continue its paragraph. */
    private List<String> itemLines(Matcher item) {
        int spaces = Math.clamp(item.group(3).length(), 1, 4);
        int indent = item.group(1).length() + item.group(2).length() + spaces;
        var inner = new ArrayList<String>();
        inner.add(item.group(4));
        at++;
        while (at < lines.size()) {
            var line = lines.get(at);
            boolean indented = line.length() - line.stripLeading().length() >= indent;
            boolean continues = !line.isBlank() && !inner.getLast().isBlank() && !startsBlock(line);
            boolean gap = line.isBlank() && at + 1 < lines.size() && lines.get(at + 1).startsWith(" ".repeat(indent));
            if (!indented && !continues && !gap) {
                break;
            }
            inner.add(indented ? line.substring(indent) : line.stripLeading());
            at++;
        }
        if (at < lines.size() - 1 && lines.get(at).isBlank() && ITEM.matcher(lines.get(at + 1)).matches()) {
            at++;
        }
        return inner;
    }

    private static String withoutParagraph(String html) {
        var stripped = html.strip();
        return stripped.startsWith("<p>") && stripped.indexOf("<p>", 3) < 0
                ? stripped.substring(3).replaceFirst("</p>", "") : stripped;
    }

    private boolean isTable() {
        return lines.get(at).contains("|") && at + 1 < lines.size() && lines.get(at + 1).contains("-")
                && DIVIDER.matcher(lines.get(at + 1)).matches()
                && cells(lines.get(at)).size() == cells(lines.get(at + 1)).size();
    }

    private void table() {
        html.append("<table>");
        int columns = cells(lines.get(at)).size();
        row("th", lines.get(at), columns);
        for (at += 2; at < lines.size() && lines.get(at).contains("|"); at++) {
            row("td", lines.get(at), columns);
        }
        html.append("</table>\n");
    }

    private void row(String cell, String line, int columns) {
        html.append("<tr>");
        for (var text : cells(line).stream().limit(columns).toList()) {
            html.append('<').append(cell).append('>').append(inline(text)).append("</").append(cell).append('>');
        }
        html.append("</tr>\n");
    }

    private static List<String> cells(String line) {
        var inner = line.strip().replaceFirst("^\\|", "").replaceFirst("(?<!\\\\)\\|$", "");
        return Stream.of(inner.split("(?<!\\\\)\\|", -1)).map(cell -> cell.strip().replace("\\|", "|")).toList();
    }

    private static boolean isHtmlBlock(String line) {
        var matcher = HTML_BLOCK.matcher(line);
        if (!matcher.matches()) {
            return line.stripLeading().startsWith("<!--");
        }
        var name = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return Html.BLOCKS.contains(name.toLowerCase(Locale.ROOT));
    }

    private static boolean startsBlock(String line) {
        return FENCE.matcher(line).matches() || HEADING.matcher(line).matches() || RULE.matcher(line).matches()
                || ITEM.matcher(line).matches() || line.stripLeading().startsWith(">") || isHtmlBlock(line);
    }

    private void paragraph() {
        var text = new StringBuilder(lines.get(at++).stripLeading());
        while (at < lines.size() && !lines.get(at).isBlank()) {
            var line = lines.get(at);
            if (line.matches(" {0,3}(=+|-+) *")) {
                at++;
                heading(line.contains("=") ? 1 : 2, text.toString());
                return;
            }
            if (startsBlock(line)) {
                break;
            }
            text.append('\n').append(line.stripLeading());
            at++;
        }
        html.append("<p>").append(inline(text.toString().stripTrailing())).append("</p>\n");
    }

    private String inline(String text) {
        var out = new StringBuilder();
        var found = INLINE.matcher(text);
        int end = 0;
        while (found.find()) {
            out.append(plain(text.substring(end, found.start()))).append(inline(found));
            end = found.end();
        }
        return out.append(plain(text.substring(end))).toString();
    }

    private String inline(Matcher found) {
        if (found.group("escaped") != null) {
            return Html.escape(found.group("escaped"));
        } else if (found.group("code") != null) {
            var code = found.group("code").replace('\n', ' ');
            boolean padded = code.length() > 2 && code.startsWith(" ") && code.endsWith(" ");
            return "<code>" + Html.escape(padded ? code.substring(1, code.length() - 1) : code) + "</code>";
        } else if (found.group("auto") != null) {
            return link(found.group("auto"), Html.escape(found.group("auto")));
        } else if (found.group("html") != null) {
            return found.group("html");
        } else if (found.group("label") != null) {
            return found.group().startsWith("!") ? Html.escape(found.group("label"))
                    : link(found.group("address"), inline(found.group("label")));
        } else if (found.group("target") != null) {
            var address = definitions.get(found.group("target").toLowerCase(Locale.ROOT));
            return address == null ? inline(found.group("text")) : link(address, inline(found.group("text")));
        } else if (found.group("reference") != null) {
            var address = definitions.get(found.group("reference").toLowerCase(Locale.ROOT));
            return address == null ? "<code>" + Html.escape(References.shown(found.group("reference"))) + "</code>"
                    : link(address, Html.escape(found.group("reference")));
        } else if (found.group("bold") != null) {
            return "<strong>" + inline(found.group("bold")) + "</strong>";
        } else if (found.group("italic") != null) {
            return "<em>" + inline(found.group("italic")) + "</em>";
        }
        return "<br>";
    }

    private static String link(String address, String label) {
        return "<a href=\"" + Html.escape(address) + "\">" + label + "</a>";
    }

    /** Text as it is, where {@code &amp;lt;} is already an entity. */
    private static String plain(String text) {
        return text.replaceAll("&(?!#?\\w+;)", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
