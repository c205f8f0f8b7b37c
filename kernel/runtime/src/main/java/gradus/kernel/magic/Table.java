package gradus.kernel.magic;

import gradus.kernel.api.MimeBundle;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of text below a head; columns whose head begins with a blank are numbers and stand to the right. */
record Table(List<String> head, List<List<String>> rows) {

    /** For a reader with colours and fonts, and for one without. */
    MimeBundle render() {
        return MimeBundle.text(plain()).with(MimeBundle.HTML, html());
    }

    private boolean isNumber(int column) {
        return head.get(column).startsWith(" ");
    }

    private String plain() {
        int[] widths = IntStream.range(0, head.size()).map(column -> Math.max(head.get(column).strip().length(),
                rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))).toArray();
        return IntStream.range(-1, rows.size()).mapToObj(i -> i < 0 ? head : rows.get(i))
                .map(row -> IntStream.range(0, row.size()).mapToObj(column -> {
                    var text = row == head ? row.get(column).strip() : row.get(column);
                    var blank = " ".repeat(widths[column] - text.length());
                    return isNumber(column) ? blank + text : text + blank;
                }).collect(Collectors.joining("  ")).stripTrailing())
                .collect(Collectors.joining("\n"));
    }

    private String html() {
        var html = new StringBuilder("<table><thead><tr>");
        for (int column = 0; column < head.size(); column++) {
            html.append(cell("th", column, head.get(column).strip()));
        }
        html.append("</tr></thead><tbody>");
        for (var row : rows) {
            html.append("<tr>");
            for (int column = 0; column < row.size(); column++) {
                html.append(cell("td", column, row.get(column)));
            }
            html.append("</tr>");
        }
        return html.append("</tbody></table>").toString();
    }

    private String cell(String tag, int column, String text) {
        return "<" + tag + " style=\"text-align:" + (isNumber(column) ? "right" : "left") + "\">"
                + text.replace("&", "&amp;").replace("<", "&lt;").replace("$", "&#36;") + "</" + tag + ">";
    }
}
