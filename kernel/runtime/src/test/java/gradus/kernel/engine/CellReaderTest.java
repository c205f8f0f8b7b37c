package gradus.kernel.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellReaderTest {

    private final CellReader reader = new CellReader(List.of());

    @ParameterizedTest
    @ValueSource(strings = {"int x = = 3;", "import = 7q", "1 +* 2", "var s = \"open", "int y = 1;\nint f() { retrun 1; }",
        "class A { int }", "foo(1,, 2)", "a b c", "int x = 3 int y = 4;"})
    void aSyntaxErrorIsOne(String cell) {
        assertFalse(reader.read(cell).faults().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 + 1", "x", "int x = 3", "import java.util.*;", "import module java.base;",
        "public static void main(String[] a) {}", "@Deprecated void z() {}", "<T> T id(T t) { return t; }",
        "record P(int a) {}", "sealed interface S permits Q {}\nrecord Q() implements S {}", "enum E { A, B }",
        "for (int i = 0; i < 3; i++) System.out.println(i);", "// nothing but a comment", "",
        "var t = \"\"\"\n  \"text\" // no comment\n  \"\"\";", "x++", "switch (1) { case 1 -> {} default -> {} }",
        "a < b", "i < n && j > 0", "throw new Exception()", "int a = 1\nint b = 2\na + b", "foo()\nbar()", ";;",
        "synchronized (x) { }", "label: for (;;) { break label; }", "int a[] = {1}, b = 2;", "@interface Mark { }",
        "non-sealed class N extends S {}", "List<String>[] xs", "x -> x", "(int a) -> a + 1", "int.class", "a.b.<C>d()"})
    void whatACellMayHoldPasses(String cell) {
        assertEquals(List.of(), reader.read(cell).faults());
    }

    @Test
    void aFaultStandsAtItsPlaceInTheCell() {
        var fault = reader.read("int a = 1;\nint b = = 2;").faults().getFirst();
        assertEquals("int a = 1;\nint b = ".length(), fault.start());
    }

    @Test
    void piecesKeepTheirPlaces() {
        var cell = "int a = 1;\n\n// sum\na + 1";
        var pieces = reader.read(cell).pieces();
        assertEquals(2, pieces.size());
        assertEquals("a + 1", cell.substring(pieces.get(1).start(), pieces.get(1).end()));
    }

    @Test
    void aFinalSemicolonSilencesAlsoBeforeAComment() {
        assertTrue(expression("x;").silenced());
        assertTrue(expression("x; // shown?").silenced());
        assertFalse(expression("x // a;").silenced());
        assertFalse(expression("\"a;\"").silenced());
    }

    private Piece.Expression expression(String cell) {
        return assertInstanceOf(Piece.Expression.class, reader.read(cell).pieces().getLast());
    }

    @ParameterizedTest
    @ValueSource(strings = {"for (;;) {", "int f(", "if (x)", "while (true)", "foo(1,", "class A {", "/* open", "var t = \"\"\"\n  a",
        "try { }", "int x =", "xs."})
    void aBeginIsUnfinished(String cell) {
        assertTrue(reader.read(cell).unfinished());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 + 1", "int x = 3", "return 1", "if (x) y();", "\"open"})
    void anEndIsNot(String cell) {
        assertFalse(reader.read(cell).unfinished());
    }

    @Test
    void aDeclarationTellsItsNamesAndWhatItUses() {
        var method = assertInstanceOf(Piece.Method.class, reader.read("static double f(List<Point> xs, int... n) { return g(xs); }")
                .pieces().getFirst());
        assertEquals(List.of("List<Point>", "int..."), method.header().parameterTypes());
        assertEquals(Set.of("List", "Point"), method.header().headerUses());
        assertTrue(method.uses().containsAll(Set.of("g", "xs")));
        var variables = assertInstanceOf(Piece.Variables.class, reader.read("int a = 1, b[] = {2};").pieces().getFirst());
        assertEquals(List.of(Optional.of("int"), Optional.of("int[]")),
                variables.declarators().stream().map(Piece.Declarator::type).toList());
    }
}
