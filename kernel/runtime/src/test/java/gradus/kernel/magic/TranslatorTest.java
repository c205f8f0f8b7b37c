package gradus.kernel.magic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.magic.Translator.Refused;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranslatorTest {

    private static final Set<String> VARIABLES = Set.of("done", "x", "files");

    private final Translator translator = new Translator(new Catalog(), VARIABLES::contains);

    private Translation translate(String cell) throws Refused {
        return translator.translate(cell);
    }

    /** The code, with the long name of the entry left out. */
    private String code(String cell) throws Refused {
        var translation = translate(cell);
        assertTrue(cell.strip().startsWith("%%") || cell.lines().count() == translation.code().lines().count(), translation::code);
        return translation.code().replace("gradus.kernel.api.", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "int a = 7\n    %b;",                                           // an operator at a line's beginning
        "x = y\n %time",
        "foo(a,\n %time\n)",
        "int[] r = {\n a\n %b };",
        "boolean[] flags = {\n !a,\n !b\n};",
        "new boolean[] {\n !a };",
        "@A({\n !b })\nclass C {}",
        "var t = \"\"\"\n%time\n!ls\n\"\"\";",                           // texts
        "var t = \"\"\"\n  \\\"\"\"\n%time\n  \"\"\";",
        "/*\n%time\n!ls\nname?\n*/",                                     // comments
        "/** %time */\nint x;",
        "// !ls\n// %time\n",
        "String s = \"a // b\"\n %c;",
        "char c = '\"';\nint y = c\n %time;",
        "!done",                                                        // conditions
        "!isPrime(7)",
        "!list.isEmpty() && done",
        "!!flag",
        "!(a && b)",
        "!flag\n  && other",
        "boolean b = !flag;",
        "boolean b = !flag",
        "Boolean b = !flag",
        "var b = !done",
        "var b = !flag;",
        "b = !list.isEmpty()",
        "boolean flag = f();\n!flag",
        "boolean flag = f();\nvar other = !flag",
        "a != b",
        "var r = done ?\n  1 : 2;",                                     // choices
        "done?\n 1 : 2",
        "done ? 1 : 2",
        "int r = switch (x) {\n case 1 -> 2;\n default -> 3;\n}\n %time;",   // braces that end no statement
        "Runnable r = () -> {\n f();\n}\n %time;",
        "return new Object() {\n}\n %time",
        "for (int i = 0;\n !stop;\n i++) {}",
        "int a = 17 % 5;",
        "List<?> l = null;",
        "x %= 3;",
    })
    void javaStaysJava(String cell) throws Refused {
        assertEquals(cell, translate(cell).code());
        assertTrue(translate(cell).isNone());
    }

    @Test
    void aMagicIsAStatementOnItsLine() throws Refused {
        assertEquals("int a = 1;\n  Magics.show(\"cd\", \"/tmp\");\nint b = 2;", code("int a = 1;\n  %cd /tmp  \nint b = 2;"));
        assertEquals("Magics.show(\"pwd\", \"\");", code("%pwd"));
        assertEquals("class A {\n}\nMagics.show(\"pwd\", \"\");", code("class A {\n}\n%pwd"));
        assertEquals("// why\nMagics.show(\"pwd\", \"\");", code("// why\n%pwd"));
        assertEquals("/* why */\nMagics.show(\"pwd\", \"\");\n", code("/* why */\n%pwd\n"));
    }

    @Test
    void aMagicStandsInBlocksToo() throws Refused {
        assertEquals("for (int i : is) {\n  Magics.show(\"pwd\", \"\");\n}", code("for (int i : is) {\n  %pwd\n}"));
        assertEquals("switch (x) {\n case 1:\n Magics.show(\"pwd\", \"\");\n}", code("switch (x) {\n case 1:\n %pwd\n}"));
        assertEquals("f(() -> {\n Magics.show(\"pwd\", \"\");\n});", code("f(() -> {\n %pwd\n});"));
        assertEquals("if (x) {\n} else {\n Magics.show(\"pwd\", \"\");\n}", code("if (x) {\n} else {\n %pwd\n}"));
    }

    @Test
    void commandsKeepTheirWords() throws Refused {
        assertEquals("Magics.show(\"system\", \"ls -la | grep \\\"a b\\\" && echo \\\\n\");",
                code("!ls -la | grep \"a b\" && echo \\n"));
        assertEquals("Magics.show(\"system\", \"git status\");", code("!git status"));
        assertEquals("Magics.show(\"system\", \"echo a  b\");\n\nint y;", code("!echo a \\\nb\nint y;"));
        assertEquals("Magics.show(\"system\", \"./run.sh (1)\");", code("!./run.sh (1)"));
        assertEquals("Magics.show(\"system\", \"python3 -c 'print(1)'\");", code("!python3 -c 'print(1)'"));
    }

    @Test
    void valuesAreKept() throws Refused {
        assertEquals("List<String> fs = Magics.shell(\"ls *.java\");", code("List<String> fs = !ls *.java"));
        assertEquals("var fs = Magics.shell(\"ls\");", code("var fs = !ls"));
        assertEquals("files = Magics.shell(\"ls\");", code("files = !ls"));
        assertEquals("var p = Magics.line(\"pwd\", \"\");", code("var p = %pwd"));
        assertEquals("Map<String, List<Integer>> m = Magics.time(() -> f(1));", code("Map<String, List<Integer>> m = %time f(1)"));
        assertEquals("var t = Magics.timeit(\"-n 5 -r2\", () -> f(x));", code("var t = %timeit -n 5 -r2 f(x);"));
    }

    @Test
    void timedCodeIsCompiledInPlace() throws Refused {
        assertEquals("Magics.time(() -> f(x))", code("%time f(x)"));
        assertEquals("Magics.time(() -> f(x));", code("%time f(x);"));
        assertEquals("for (;;) {\n  Magics.time(() -> f(x));\n}", code("for (;;) {\n  %time f(x)\n}"));
        assertEquals("Magics.time(() -> f(x));\nint y = 1;", code("%time f(x)\nint y = 1;"));
        assertEquals("Magics.time(() -> f(x))", code("%time f(x)// why"));
        assertEquals("Magics.start(); var y = f(x); Magics.stop();", code("%time var y = f(x);"));
        assertEquals("Magics.start(); y = f(x); Magics.stop();", code("%time y = f(x)"));
        assertEquals("Magics.start(); a(); b(); Magics.stop();", code("%time a(); b();"));
        assertEquals("Magics.start(); for (int i : is) f(i); Magics.stop();", code("%time for (int i : is) f(i);"));
        assertEquals("Magics.time(() -> map(\n    z -> {\n  return z;\n}));\nint q;",
                code("%time map(\n    z -> {\n  return z;\n})\nint q;"));
        assertEquals("Magics.show(Magics.timeit(\"\", () -> f(x)));", code("%timeit f(x)"));
        assertEquals("Magics.show(Magics.timeit(\"-r 3\", () -> { int a = 1; f(a); }));", code("%timeit -r 3 int a = 1; f(a);"));
    }

    @Test
    void aWholeCellIsTimed() throws Refused {
        assertEquals("Magics.start();\nint a = 1;\na + 1", code("%%time\nint a = 1;\na + 1"));
        assertEquals("Magics.start();\nMagics.show(\"pwd\", \"\");", code("%%time\n%pwd"));
        assertEquals("\nMagics.start();\nf()", code("\n%%time\nf()"));
    }

    @Test
    void theLastExpressionOfAMeasuredCellIsKept() throws Refused {
        var translation = translate("%%timeit -n 3\nint s = 0;\nfor (int i : is) {\n  s += i;\n}\ns * 2");
        assertEquals("gradus.kernel.api.Magics.timeit(\"-n 3\", () -> {\nint s = 0;\nfor (int i : is) {\n  s += i;\n}\n"
                + "return s * 2\n;})", translation.code());
        assertTrue(translation.alternative().orElseThrow().contains("\ns * 2\n;})"));
        assertEquals(Optional.empty(), translate("%%timeit\nf();").alternative());
    }

    @Test
    void aCellMagicTakesTheWholeCell() throws Refused {
        assertEquals("Magics.show(\"bash\", \"-x\", \"echo \\\"%time\\\"\\n!ls\\n\");", code("%%bash -x\necho \"%time\"\n!ls\n"));
        assertEquals("Magics.show(\"html\", \"\", \"\");", code("%%html"));
        assertEquals("\n\nMagics.show(\"html\", \"\", \"<b>\");", code("\n\n%%html\n<b>"));
        assertTrue(translate("%%html\n" + "x".repeat(100_000)).code().contains("String.join(\"\", \"xxx"));
    }

    @Test
    void questionsAreAnswered() throws Refused {
        assertEquals("Magics.show(\"pinfo\", \"List.of\");", code("List.of?"));
        assertEquals("Magics.show(\"pinfo2\", \"x\");\nint y;", code("x??\nint y;"));
        assertEquals("Magics.show(\"pinfo\", \"x\");", code("?x"));
        assertEquals("Magics.show(\"pinfo\", \"%maven\");", code("%maven?"));
        assertEquals("Magics.show(\"pinfo\", \"%%bash\");", code("%%bash?"));
        assertEquals("Magics.show(\"pinfo\", \"%maven\");", code("%maven --help"));
    }

    @Test
    void whatDefinesNamesRunsBeforeTheRestIsCompiled() throws Refused {
        var steps = translate("int a = 1;\n%maven g:a:1\nimport g.a.B;\nnew B()").steps();
        assertEquals(List.of("int a = 1;", "\ngradus.kernel.api.Magics.show(\"maven\", \"g:a:1\");",
                "\n\nimport g.a.B;\nnew B()"), steps);
        assertEquals(1, translate("if (x) {\n%maven g:a:1\n}").steps().size());
        assertEquals(List.of("gradus.kernel.api.Magics.show(\"maven\", \"g:a:1 h:b:2 c:d:3@pom\");",
                "//DEPS g:a:1 h:b:2\n//DEPS c:d:3@pom\nint a;"), translate("//DEPS g:a:1 h:b:2\n//DEPS c:d:3@pom\nint a;").steps());
    }

    @Test
    void dependenciesInTextsAreNone() throws Refused {
        assertTrue(translate("var s = \"\"\"\n//DEPS a:b:1\n\"\"\";").isNone());
        assertTrue(translate("/*\n//DEPS a:b:1\n*/").isNone());
        assertTrue(translate("int a; //DEPS a:b:1").isNone());
    }

    @Test
    void unknownMagicsNameTheNearest() {
        var refused = assertThrows(Refused.class, () -> translate("int a;\n%mavne g:a:1"));
        assertEquals(2, refused.line());
        assertTrue(refused.getMessage().contains("did you mean %maven?"), refused::getMessage);
        assertTrue(refused.getMessage().contains("%lsmagic"), refused::getMessage);
        assertTrue(assertThrows(Refused.class, () -> translate("int a;\n%%bash\nls")).getMessage().contains("first line"));
    }

    @Test
    void offsetsFindTheirWayBothWays() throws Refused {
        var cell = "int a;\n%time foo.ba()\nint b;";
        var translation = translate(cell);
        int inCode = translation.toCode(cell.indexOf("ba()")).orElseThrow();
        assertTrue(translation.code().startsWith("ba()", inCode), translation::code);
        assertEquals(cell.indexOf("ba()"), translation.toOriginal(inCode));
        assertEquals(Optional.empty(), translation.toCode(cell.indexOf("%time") + 2));
        assertTrue(translation.code().startsWith("int b;", translation.toCode(cell.indexOf("int b;")).orElseThrow()));
    }

    @Test
    void tracebacksShowTheAuthorsLines() throws Refused {
        var translation = translate("int a;\n  %time foo(b)");
        var code = translation.code().lines().toList().get(1);
        int column = code.indexOf('b', code.indexOf("foo"));
        assertEquals(List.of("at Cell In[3], line 2", "        1 int a;", "\u001b[32m---->   2 \u001b[0m  %time foo(b)",
                        " ".repeat(10 + 12) + "\u001b[31m^", "  at x"),
                Translation.restore(List.of("at Cell In[3], line 2", "        1 ", "\u001b[32m---->   2 \u001b[0m" + code,
                        " ".repeat(10 + column) + "\u001b[31m^", "  at x"), Map.of(3, translation)));
        var elsewhere = List.of("at Cell In[2], line 2", "---->   2 " + code);
        assertEquals(elsewhere, Translation.restore(elsewhere, Map.of(3, translation)));
    }

    @Test
    void aMeasuredCellsTracebackHasNothingOfOurs() throws Refused {
        var translation = translate("%%timeit\nf();\n  g(x)");
        var code = translation.code().lines().toList();
        assertEquals(List.of("Cell In[1]", "        2 f();", "---->   3   g(x)", " ".repeat(14) + "^"),
                Translation.restore(List.of("Cell In[1]", "        2 f();", "---->   3 " + code.get(2), " ".repeat(21) + "^",
                        "        4 " + code.get(3)), Map.of(1, translation)));
    }
}
