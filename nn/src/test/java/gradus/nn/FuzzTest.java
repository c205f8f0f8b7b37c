package gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random cases, results and gradients, equal PyTorch's within the bounds that fuzz.py has derived and written down; its
 * docstring says how, and what the lines mean. In float64 the bound is 1e-12 of the largest number, and for functions
 * of one number four of their bounds with 2⁻⁵³ for 2⁻²⁴, for PyTorch errs too. Measured: results that are wrong by one
 * part in 30,000 fail 552 of 646 cases in float32, by one in 10¹¹ 611 in float64; the others are zeros or empty.
 */
class FuzzTest {

    /** A result as it should be: in float32 it may be 2⁻²⁴ (a + r |y|) away. */
    private record Expected(int[] sizes, double a, double r, double[] numbers) {

        double tolerance(int i, DType dtype) {
            double bound = a + r * (Double.isFinite(numbers[i]) ? Math.abs(numbers[i]) : 0);
            if (dtype == DType.FLOAT32) {
                return 0x1p-24 * bound + Float.MIN_NORMAL;
            }
            return r > 0 ? 0x1p-51 * bound + Double.MIN_NORMAL : 1e-12 * largest();
        }

        private double largest() {
            return Math.max(1e-3, Arrays.stream(numbers).map(Math::abs).filter(Double::isFinite).max().orElse(0));
        }
    }

    /** One case; an operation takes its inputs and options from it by their names. */
    record Case(String title, String name, Map<String, String> options, Map<String, Tensor> inputs,
                Map<String, Expected> results) {

        Tensor in(String input) {
            return inputs.get(input);
        }

        /** Whether there is such an input or option. */
        boolean has(String what) {
            return inputs.containsKey(what) || options.containsKey(what);
        }

        String word(String option) {
            return options.get(option);
        }

        boolean flag(String option) {
            return options.get(option).equals("true");
        }

        double number(String option) {
            return Double.parseDouble(options.get(option).replace("inf", "Infinity"));
        }

        int whole(String option) {
            return Integer.parseInt(options.get(option));
        }

        int[] wholes(String option) {
            return Arrays.stream(options.get(option).split(",")).mapToInt(Integer::parseInt).toArray();
        }

        /** The same with inputs of this type, parameters where a gradient is expected. */
        Case as(DType dtype) {
            var cast = new LinkedHashMap<String, Tensor>();
            inputs.forEach((input, x) -> cast.put(input, x.dtype() == DType.INT32 ? x
                    : results.containsKey("grad " + input) ? Tensor.parameter(x.as(dtype)) : x.as(dtype)));
            return new Case(title, name, options, cast, results);
        }

        @Override
        public String toString() {
            return title;
        }
    }

    static List<Case> cases() throws IOException, URISyntaxException {
        try (var files = Files.list(Path.of(FuzzTest.class.getResource("/golden/fuzz").toURI()))) {
            var cases = new ArrayList<Case>();
            for (var file : files.sorted().toList()) {
                read(file, cases);
            }
            return cases;
        }
    }

    private static void read(Path file, List<Case> cases) throws IOException {
        int number = 0;
        for (var line : Files.readAllLines(file)) {
            var fields = line.split(";", -1);
            var words = fields[0].split(" ");
            switch (words[0]) {
                case "#" -> { }
                case "case" -> cases.add(new Case(line.substring(5) + " (line " + (number + 1) + " of " + file.getFileName()
                        + ")", words[1], Arrays.stream(words).skip(2).map(word -> word.split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])), new LinkedHashMap<>(),
                        new LinkedHashMap<>()));
                case "in" -> cases.getLast().inputs.put(words[1],
                        Tensor.of(new Shape(wholes(fields[1])), numbers(fields[2]).toArray()));
                case "indices" -> cases.getLast().inputs.put(words[1],
                        Tensor.indices(new Shape(wholes(fields[1])), wholes(fields[2])));
                default -> {
                    var bound = numbers(fields[2]).toArray();
                    cases.getLast().results.put(fields[0],
                            new Expected(wholes(fields[1]), bound[0], bound[1], numbers(fields[3]).toArray()));
                }
            }
            number++;
        }
    }

    private static Stream<String> words(String text) {
        return text.isEmpty() ? Stream.empty() : Arrays.stream(text.split(" "));
    }

    private static DoubleStream numbers(String text) {
        return words(text.replace("inf", "Infinity").replace("nan", "NaN")).mapToDouble(Double::parseDouble);
    }

    private static int[] wholes(String text) {
        return words(text).mapToInt(Integer::parseInt).toArray();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void float64EqualsPyTorch(Case golden) {
        check(golden, DType.FLOAT64);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void float32StaysWithinItsBounds(Case golden) {
        check(golden, DType.FLOAT32);
    }

    private static void check(Case golden, DType dtype) {
        var operation = FuzzOperations.NAMED.get(golden.name);
        assertNotNull(operation, () -> "FuzzOperations knows no " + golden.name);
        var given = golden.as(dtype);
        var out = operation.apply(given);
        close(golden.title + ": out", golden.results.get("out"), out, dtype);
        if (given.has("weights")) {
            assertEquals(dtype, out.dtype(), golden.title);
            out.times(given.in("weights")).sum().backward();
            golden.results.forEach((key, expected) -> {
                if (key.startsWith("grad ")) {
                    var leaf = given.in(key.substring(5));
                    close(golden.title + ": " + key, expected, leaf.grad() == null ? leaf.detach().times(0) : leaf.grad(), dtype);
                }
            });
        }
    }

    private static void close(String what, Expected expected, Tensor actual, DType dtype) {
        assertEquals(new Shape(expected.sizes), actual.shape(), what);
        var numbers = actual.toDoubleArray();
        for (int i : IntStream.range(0, numbers.length).toArray()) {
            double wanted = dtype == DType.FLOAT32 && (float) expected.numbers[i] == numbers[i] ? numbers[i]
                    : expected.numbers[i];   // what overflows float32 is infinite
            assertEquals(wanted, numbers[i], expected.tolerance(i, dtype), () -> what + ", element " + i);
        }
    }
}
