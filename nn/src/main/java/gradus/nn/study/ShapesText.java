package gradus.nn.study;

import gradus.nn.study.Shapes.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The table of a net's shapes, as aligned text and as HTML. */
final class ShapesText {

    private static final List<String> HEAD = List.of("", "layer", "formula", "output", "parameters", "multiply–adds",
            "memory");
    private static final int NUMBERS = 4;   // from this column on

    private ShapesText() {
    }

    static String of(Shapes table) {
        var lines = new ArrayList<List<String>>();
        lines.add(HEAD);
        table.rows().forEach(row -> lines.add(cells(row)));
        lines.add(last(table));
        var widths = IntStream.range(0, HEAD.size())
                .map(i -> lines.stream().mapToInt(line -> line.get(i).length()).max().orElse(0)).toArray();
        return lines.stream().map(line -> IntStream.range(0, widths.length).mapToObj(i -> {
            var room = " ".repeat(widths[i] - line.get(i).length());
            return i < NUMBERS ? line.get(i) + room : room + line.get(i);
        }).collect(Collectors.joining("  ")).stripTrailing()).collect(Collectors.joining("\n")) + "\n" + summary(table);
    }

    static String html(Shapes table) {
        var body = new StringBuilder("<table class=\"dataframe\"><thead>").append(line("th", HEAD))
                .append("</thead><tbody>");
        table.rows().forEach(row -> body.append(line("td", cells(row))));
        return body.append(line("th", last(table))).append("</tbody></table><small>").append(escaped(summary(table)))
                .append("</small>").toString();
    }

    private static String line(String tag, List<String> cells) {
        return IntStream.range(0, cells.size()).mapToObj(i -> "<" + tag + " style=\"text-align: "
                + (i < NUMBERS ? "left" : "right") + "\">" + escaped(cells.get(i)).replace("  ", "&emsp;") + "</" + tag
                + ">").collect(Collectors.joining("", "<tr>", "</tr>"));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static List<String> cells(Row row) {
        return List.of(row.path(), row.layer(), row.formula(), (row.output() + "  " + row.rule()).strip(),
                count(row.parameters()), count(row.multiplyAdds()), row.bytes() == 0 ? "" : bytes(row.bytes()));
    }

    private static List<String> last(Shapes table) {
        return List.of("", "", "", "total", number(table.parameters()), number(table.multiplyAdds()),
                bytes(table.activationBytes()));
    }

    private static String summary(Shapes table) {
        var large = table.rows().stream().filter(row -> size(row) > Integer.MAX_VALUE).findFirst();
        return "input " + table.inputs().stream().map(Object::toString).collect(Collectors.joining(" and "))
                + ", output " + table.output() + "; parameters " + bytes(table.parameterBytes())
                + ", results of operations in use " + bytes(table.activationBytes())
                + large.map(row -> "\nlayer " + row.path() + " makes " + number(size(row)) + " numbers, but a tensor has"
                + " at most 2,147,483,647: take a smaller batch").orElse("");
    }

    private static long size(Row row) {
        return row.output().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }

    private static String count(long number) {
        return number == 0 ? "" : number(number);
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String bytes(long bytes) {
        return bytes < 1024 ? bytes + " B" : bytes < 1 << 20 ? String.format(Locale.ROOT, "%.1f KiB", bytes / 0x1p10)
                : bytes < 1L << 30 ? String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20)
                : String.format(Locale.ROOT, "%.1f GiB", bytes / 0x1p30);
    }
}
