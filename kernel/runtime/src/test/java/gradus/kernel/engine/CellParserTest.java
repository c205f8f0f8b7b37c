package gradus.kernel.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.engine.CellParser.Piece;
import java.util.List;
import jdk.jshell.JShell;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellParserTest {

    private static final JShell SHELL = JShell.builder().executionEngine("local").build();
    private final CellParser parser = new CellParser(SHELL.sourceCodeAnalysis());

    @AfterAll
    static void close() {
        SHELL.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"int x = = 3;", "import = 7q", "1 +* 2", "var s = \"open", "int y = 1;\nint f() { retrun 1; }",
        "class A { int }", "foo(1,, 2)"})
    void javacRejectsWhatJShellCallsComplete(String cell) {
        assertFalse(parser.parse(cell).faults().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 + 1", "x", "int x = 3", "import java.util.*;", "import module java.base;",
        "public static void main(String[] a) {}", "@Deprecated void z() {}", "<T> T id(T t) { return t; }",
        "record P(int a) {}", "sealed interface S permits Q {}\nrecord Q() implements S {}", "enum E { A, B }",
        "for (int i = 0; i < 3; i++) System.out.println(i);", "// nothing but a comment", "",
        "var t = \"\"\"\n  \"text\" // no comment\n  \"\"\";", "x++", "switch (1) { case 1 -> {} default -> {} }"})
    void whatACellMayHoldPasses(String cell) {
        assertEquals(List.of(), parser.parse(cell).faults());
    }

    @Test
    void aFaultStandsAtItsPlaceInTheCell() {
        var cell = "int a = 1;\nint b = = 2;";
        var fault = parser.parse(cell).faults().getFirst();
        assertEquals("int a = 1;\nint b = ".length(), fault.start());
    }

    @Test
    void piecesKeepTheirPlaces() {
        var cell = "int a = 1;\n\n// sum\na + 1";
        var pieces = parser.parse(cell).pieces();
        assertEquals(2, pieces.size());
        assertTrue(cell.startsWith(pieces.get(1).source(), pieces.get(1).offset()));
    }

    @Test
    void aFinalSemicolonSilencesAlsoBeforeAComment() {
        assertTrue(last("x;").silenced());
        assertTrue(last("x; // shown?").silenced());
        assertFalse(last("x // a;").silenced());
        assertFalse(last("\"a;\"").silenced());
    }

    private Piece last(String cell) {
        return parser.parse(cell).pieces().getLast();
    }

    @Test
    void aBeginIsUnfinished() {
        assertTrue(parser.parse("for (;;) {").unfinished());
        assertTrue(parser.parse("int f(").unfinished());
        assertFalse(parser.parse("1 + 1").unfinished());
    }
}
