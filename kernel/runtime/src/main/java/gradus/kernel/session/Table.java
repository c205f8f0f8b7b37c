package gradus.kernel.session;

import gradus.kernel.api.MimeBundle;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Records of one type, or maps, one a line.
 *
 * @param rows  the lines that are shown, each as long as there are columns
 * @param total how many lines there are
 */
record Table(List<String> columns, List<List<Object>> rows, int total) {

    private static final int MAX_ROWS = 50;
    private static final int MAX_COLUMNS = 50;
    private static final int MAX_CELL = 200;
    private static final Object MISSING = "";

    /** The table in a list; none when it holds something else. */
    static Optional<Table> of(List<?> list) {
        var shown = list.stream().limit(MAX_ROWS).toList();
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        if (shown.stream().allMatch(Map.class::isInstance)) {
            return Optional.of(ofMaps(shown.stream().<Map<?, ?>>map(row -> (Map<?, ?>) row).toList(), list.size()));
        }
        if (shown.getFirst() instanceof Record first
                && shown.stream().allMatch(row -> row != null && row.getClass() == first.getClass())) {
            return ofRecords(shown.stream().map(Record.class::cast).toList(), list.size());
        }
        return Optional.empty();
    }

    private static Table ofMaps(List<Map<?, ?>> maps, int total) {
        // copied, because a map may refuse to be asked for a key that only others have
        var copies = maps.stream().map(map -> new LinkedHashMap<Object, Object>(map)).toList();
        var keys = copies.stream().flatMap(map -> map.keySet().stream()).distinct().limit(MAX_COLUMNS).toList();
        var rows = copies.stream().map(map -> keys.stream()
                .map(key -> map.containsKey(key) ? shown(map.get(key)) : MISSING).toList()).toList();
        return new Table(keys.stream().map(String::valueOf).toList(), rows, total);
    }

    private static Optional<Table> ofRecords(List<Record> records, int total) {
        var components = records.getFirst().getClass().getRecordComponents();
        if (components.length == 0) {
            return Optional.empty();
        }
        try {
            var rows = records.stream()
                    .map(record -> Arrays.stream(components).map(component -> shown(Plain.value(record, component))).toList())
                    .toList();
            return Optional.of(new Table(Arrays.stream(components).map(c -> c.getName()).toList(), rows, total));
        } catch (RuntimeException e) {   // an accessor threw, or is out of reach: the list still has its text
            return Optional.empty();
        }
    }

    /** A number as it is, so that it can stand on the right; everything else as one line of text. */
    private static Object shown(Object value) {
        return value instanceof Number ? value : Plain.text(value, MAX_CELL).replaceAll("\\s*\\R\\s*", " ");
    }

    MimeBundle render() {
        return MimeBundle.text(plain()).with(MimeBundle.HTML, html());
    }

    private String plain() {
        var widths = IntStream.range(0, columns.size()).map(c -> Math.max(columns.get(c).length(),
                rows.stream().mapToInt(row -> row.get(c).toString().length()).max().orElse(0))).toArray();
        var text = new StringBuilder(line(columns, widths));
        rows.forEach(row -> text.append('\n').append(line(row, widths)));
        return text.append(rest().map(more -> "\n" + more).orElse("")).toString();
    }

    private String line(List<?> cells, int[] widths) {
        return IntStream.range(0, widths.length).mapToObj(c -> {
            var cell = cells.get(c).toString();
            var space = " ".repeat(widths[c] - cell.length());
            return isNumeric(c) ? space + cell : cell + space;
        }).collect(Collectors.joining("  ")).stripTrailing();
    }

    private String html() {
        var html = new StringBuilder("<table><thead>");
        row(html, "th", columns);
        html.append("</thead><tbody>");
        rows.forEach(row -> row(html, "td", row));
        html.append("</tbody></table>");
        return html.append(rest().map(more -> "<p>" + more + "</p>").orElse("")).toString();
    }

    private void row(StringBuilder html, String tag, List<?> cells) {
        html.append("<tr>");
        for (int c = 0; c < cells.size(); c++) {
            html.append('<').append(tag).append(" style=\"text-align: ").append(isNumeric(c) ? "right" : "left")
                    .append("\">").append(escaped(cells.get(c).toString())).append("</").append(tag).append('>');
        }
        html.append("</tr>");
    }

    private boolean isNumeric(int column) {
        return rows.stream().map(row -> row.get(column)).allMatch(cell -> cell instanceof Number || cell == MISSING);
    }

    private Optional<String> rest() {
        return total > rows.size() ? Optional.of("… " + total + " rows in all") : Optional.empty();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
