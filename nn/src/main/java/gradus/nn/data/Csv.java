package gradus.nn.data;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Reads comma-separated samples. */
final class Csv {

    private record Line(int number, String[] fields) {
    }

    private Csv() {
    }

    static double[] numbers(String line) {
        return Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray();
    }

    /** @param source how messages name the text */
    static Dataset parse(String name, List<String> text, String source) {
        var lines = new ArrayList<Line>();
        for (int i = 0; i < text.size(); i++) {
            if (!text.get(i).isBlank()) {
                lines.add(new Line(i + 1, Arrays.stream(text.get(i).split(",", -1)).map(Csv::unquoted).toArray(String[]::new)));
            }
        }
        List<String> header = List.of();
        if (!lines.isEmpty() && Arrays.stream(lines.getFirst().fields).limit(Math.max(1, lines.getFirst().fields.length - 1))
                .noneMatch(Csv::isNumber)) {
            header = List.of(lines.removeFirst().fields);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("csv: " + source + " has no samples\nhelp: one line per sample");
        }
        int columns = lines.getFirst().fields.length;
        if (columns < 2) {
            throw new IllegalArgumentException("csv: " + source + " has one field per line"
                    + "\nhelp: fields are separated by commas, and the last is the target");
        }
        var x = new float[lines.size() * (columns - 1)];
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            if (line.fields.length != columns) {
                throw new IllegalArgumentException("csv: " + source + ", line " + line.number + " has " + line.fields.length
                        + " fields, the first has " + columns + "\nhelp: every line has the same fields");
            }
            for (int j = 0; j < columns - 1; j++) {
                if (!isNumber(line.fields[j])) {
                    throw new IllegalArgumentException("csv: " + source + ", line " + line.number + ", field " + (j + 1)
                            + ": \"" + line.fields[j] + "\" is not a number\nhelp: only the last field may be a name");
                }
                x[i * (columns - 1) + j] = Float.parseFloat(line.fields[j]);
            }
        }
        var targets = lines.stream().map(line -> line.fields[columns - 1]).toList();
        boolean values = targets.stream().allMatch(Csv::isNumber);
        var classes = values ? List.<String>of() : targets.stream().distinct().sorted().toList();
        var y = new float[targets.size()];
        IntStream.range(0, y.length).forEach(i -> y[i] = values ? Float.parseFloat(targets.get(i))
                : classes.indexOf(targets.get(i)));
        return new Dataset(name, Tensor.of(new Shape(y.length, columns - 1), x), Tensor.of(new Shape(y.length), y),
                header.isEmpty() ? header : header.subList(0, columns - 1), classes);
    }

    private static String unquoted(String field) {
        var text = field.strip();
        return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"") ? text.substring(1, text.length() - 1) : text;
    }

    private static boolean isNumber(String field) {
        try {
            Float.parseFloat(field);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
