package gradus.nn.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.grad.GradCheck;
import gradus.nn.tex.Tex;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every operation, on every sample. */
class OpDbTest {

    static Stream<Op> all() {
        return OpDb.all().stream();
    }

    private static Shape[] shapes(Tensor... in) {
        return Arrays.stream(in).map(Tensor::shape).toArray(Shape[]::new);
    }

    private static Function<Tensor[], Tensor> applied(Op op) {
        return in -> Tensor.apply(op, in);
    }

    /** Whether a difference quotient says anything: not for what is constant but for jumps or refuses to be differentiated. */
    private static boolean smooth(Op op) {
        return !(op instanceof Elementwise.Sign || op instanceof Elementwise.Step || op instanceof Spectra.EigenvaluesBack);
    }

    @Test
    void everyOperationOfThePackageIsListed() throws Exception {
        var listed = OpDb.all().stream().map(Object::getClass).collect(Collectors.toSet());
        assertEquals(Set.of(), Stream.of(classesBesides(OpDb.class)).filter(Op.class::isAssignableFrom)
                .filter(c -> !Modifier.isAbstract(c.getModifiers()) && !listed.contains(c)).collect(Collectors.toSet()));
    }

    private static Class<?>[] classesBesides(Class<?> neighbour) throws IOException, ReflectiveOperationException {
        var folder = Path.of(neighbour.getResource(neighbour.getSimpleName() + ".class").getPath()).getParent();
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".class"))
                    .map(name -> neighbour.getPackageName() + "." + name.replace(".class", ""))
                    .map(name -> {
                        try {
                            return Class.forName(name);
                        } catch (ClassNotFoundException e) {
                            throw new IllegalStateException(e);
                        }
                    }).toArray(Class<?>[]::new);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theShapeRuleTellsTheResultsShape(Op op) {
        for (var in : op.samples()) {
            assertEquals(op.shape(shapes(in)), Tensor.apply(op, in).shape());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void float32IsFloat64UpToRounding(Op op) {
        for (var in : op.samples()) {
            var exact = Tensor.apply(op, in).toDoubleArray();
            var single = Tensor.apply(op, Arrays.stream(in)
                    .map(x -> x.dtype() == DType.INT32 ? x : x.as(DType.FLOAT32)).toArray(Tensor[]::new));
            // each sample needs at most some ten roundings of numbers below 10 in size: 2⁻²⁴ · 10 · 10
            assertArrayEquals(exact, single.toDoubleArray(), 6e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theVectorJacobianProductIsTheDerivative(Op op) {
        for (var in : op.samples()) {
            if (smooth(op)) {
                var report = GradCheck.check(applied(op), in);
                assertTrue(report.passed() && report.kinks() == 0, op + ": " + report);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theVectorJacobianProductIsDifferentiable(Op op) {
        for (var in : op.samples()) {
            if (smooth(op) && op.twiceDifferentiable()) {
                var report = GradCheck.checkTwice(1e-5, applied(op), in);
                assertTrue(report.passed(), op + ": " + report);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyFormulaIsThereAndBalanced(Op op) {
        for (var in : op.samples()) {
            var names = IntStream.range(0, in.length).mapToObj(i -> Tex.symbol("x_" + (i + 1), in[i].shape()))
                    .toArray(Tex[]::new);
            var out = Tex.symbol("y", op.shape(shapes(in)));
            var d = Tex.symbol("\\delta", out.shape());
            balanced(op.tex(names));
            assertEquals(in.length, op.localTex(names, out).length);
            assertEquals(in.length, op.backTex(names, out, d).length);
            Stream.of(op.localTex(names, out), op.backTex(names, out, d)).flatMap(Stream::of).forEach(OpDbTest::balanced);
        }
    }

    private static void balanced(Tex formula) {
        var text = formula.text();
        assertFalse(text.isBlank());
        assertEquals(text.chars().filter(c -> c == '{').count(), text.chars().filter(c -> c == '}').count(), text);
        assertEquals(text.split("\\\\left", -1).length, text.split("\\\\right", -1).length, text);
    }

    @ParameterizedTest
    @MethodSource("all")
    void misfitsAreRefusedWithAReason(Op op) {
        for (var shapes : op.misfits()) {
            var refused = assertThrows(ShapeException.class, () -> op.shape(shapes), () -> op + " " + Arrays.toString(shapes));
            assertTrue(refused.getMessage().contains("\nhelp: "), refused.getMessage());
        }
    }

    @Test
    void aMisfitNamesTheOperationAndBothShapes() {
        var refused = assertThrows(ShapeException.class, () -> Tensor.ones(2, 3).matmul(Tensor.ones(2, 4)));
        assertEquals("matmul: [2, 3] and [2, 4] do not fit: 3 columns meet 2 rows\nhelp: a.t().matmul(b) would fit",
                refused.getMessage());
    }
}
