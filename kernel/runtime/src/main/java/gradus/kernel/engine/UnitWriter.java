package gradus.kernel.engine;

import gradus.kernel.engine.Definitions.Variable;
import gradus.kernel.engine.Piece.Declarator;
import gradus.kernel.engine.Piece.Initialiser;
import gradus.kernel.engine.Piece.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Writes the class around pieces of a cell: variables become static fields, methods and classes static members, each
 * on its own line, and the statements become methods that {@link CellNames#RUN} calls one after another:
 *
 * <pre>{@code
 * int a = 1;              static int a; static void do$1() throws java.lang.Throwable { a = 1; done$ = 1;
 * a++;                    a++; done$ = 2; }
 * int f() { return a; }   static int f() { return a; }
 * f()                     static Object do$2() throws java.lang.Throwable { return f(); }
 * }</pre>
 */
final class UnitWriter {

    /**
     * @param types      of the variables that are declared by {@code var}
     * @param kept       variables that exist with this very type: their fields stay
     * @param former     variables that exist with another type: an initialiser that names its own variable means these
     * @param emptyFirst whether a variable's old value is let go of before the new one is computed
     * @param isShown    whether the last expression is returned
     */
    record Plan(String className, List<String> imports, List<Piece> pieces, Map<String, String> types,
                Map<String, Variable> kept, Map<String, Variable> former, Predicate<Declarator> emptyFirst, boolean isShown) {
    }

    /** Behind the name of a local variable whose initialiser means an older variable of that name. */
    static final String NEW = "$new";

    private final UnitText out;
    private final Plan plan;
    /** To find the types of {@code var}: all statements in one method, in which those variables are local. */
    private final boolean onlyTypes;
    private final Set<String> fields = new HashSet<>();
    private final List<String> calls = new ArrayList<>();
    private int steps;
    private boolean inStep;

    private UnitWriter(String cell, Plan plan, boolean onlyTypes) {
        this.out = new UnitText(cell);
        this.plan = plan;
        this.onlyTypes = onlyTypes;
    }

    /** @param tail members that no line of the cell declares */
    static UnitText write(String cell, Plan plan, List<String> tail) {
        var writer = new UnitWriter(cell, plan, false);
        writer.header();
        for (int i = 0; i < plan.pieces.size(); i++) {
            writer.piece(i, i == plan.pieces.size() - 1 && plan.isShown);
        }
        writer.closeStep();
        writer.footer(tail);
        return writer.out;
    }

    static UnitText writeForTypes(String cell, Plan plan, List<String> tail) {
        var writer = new UnitWriter(cell, plan, true);
        writer.header();
        plan.pieces.stream().filter(Piece.Declaration.class::isInstance).forEach(writer::member);
        writer.openStep("void");
        for (var piece : plan.pieces) {
            if (piece instanceof Piece.Variables variables) {
                variables.declarators().forEach(declarator -> writer.local(declarator));
            }
        }
        writer.closeStep();
        writer.footer(tail);
        return writer.out;
    }

    /** The whole text so far, whatever it is, for the editor's questions. */
    static UnitText writeForQuestion(String cell, Plan plan) {
        var writer = new UnitWriter(cell, plan, true);
        writer.header();
        for (var piece : plan.pieces) {
            switch (piece) {
                case Piece.Declaration declaration -> writer.member(declaration);
                case Piece.Variables variables -> variables.declarators().forEach(declarator -> {
                    if (writer.typeOf(declarator).isPresent()) {
                        writer.field(declarator);
                        writer.closeStep();
                    }
                });
                default -> { }
            }
        }
        writer.openStep("void");
        for (var piece : plan.pieces) {
            switch (piece) {
                case Piece.Variables variables -> variables.declarators().stream()
                        .filter(declarator -> writer.typeOf(declarator).isEmpty()).forEach(writer::local);
                case Piece.Statement statement -> writer.out.insert("{ ").copy(statement.start(), statement.end()).insert(" }");
                case Piece.Expression expression -> {
                    writer.out.insert("{ java.lang.Object value$ = ").copy(expression.text()).insert("; }");
                }
                default -> { }
            }
        }
        writer.closeStep();
        writer.footer(List.of());
        return writer.out;
    }

    private Optional<String> typeOf(Declarator declarator) {
        return declarator.type().or(() -> Optional.ofNullable(plan.types.get(declarator.name())))
                .or(() -> onlyTypes ? declarator.value().flatMap(Initialiser::obviousType) : Optional.empty());
    }

    private void header() {
        out.insert("package " + Javac.PACKAGE + "; ");
        plan.imports.forEach(declaration -> out.insert("import " + declaration + "; "));
        for (var piece : plan.pieces) {
            if (piece instanceof Piece.Import imported) {
                out.insert("import " + imported.declaration() + "; ", new Span(imported.start(), imported.end()));
            }
        }
        out.insert("public final class " + plan.className + " { static int " + CellNames.DONE + "; ");
    }

    private void footer(List<String> tail) {
        out.beyond();
        tail.forEach(out::insert);
        out.insert(" static java.lang.Object " + CellNames.RUN + "() throws java.lang.Throwable { ");
        calls.forEach(out::insert);
        out.insert(plan.isShown && !onlyTypes ? "} }" : "return null; } }");
    }

    private void piece(int index, boolean isShown) {
        out.moveTo(plan.pieces.get(index).start());
        switch (plan.pieces.get(index)) {
            case Piece.Import imported -> { }
            case Piece.Declaration declaration -> {
                closeStep();
                member(declaration);
            }
            case Piece.Variables variables -> {
                variables.declarators().forEach(this::field);
                out.insert(" " + CellNames.DONE + " = " + (index + 1) + ";");
            }
            case Piece.Statement statement -> {
                closeStep();
                openStep("void");
                out.copy(statement.start(), statement.end());
                closeStep();
                calls.add(CellNames.DONE + " = " + (index + 1) + "; ");
            }
            case Piece.Expression expression when isShown -> {
                closeStep();
                openStep("java.lang.Object");
                out.insert("return ").copy(expression.text()).insert(";");
                closeStep();
            }
            case Piece.Expression expression -> {
                if (!inStep) {
                    openStep("void");
                }
                if (expression.standsAlone()) {
                    out.copy(expression.text()).insert(";");
                } else {
                    out.insert("{ java.lang.Object value$ = ").copy(expression.text()).insert("; }");
                }
                out.insert(" " + CellNames.DONE + " = " + (index + 1) + ";");
            }
        }
    }

    private void member(Piece piece) {
        switch (piece) {
            case Piece.Method method -> out.insert(" static " + method.modifiers()).copy(method.bodyStart(), method.end());
            case Piece.Type type -> out.insert((type.isOpen() ? " public" : "") + " static " + type.modifiers())
                    .copy(type.bodyStart(), type.end());
            default -> throw new IllegalArgumentException("no member: " + piece);
        }
    }

    private void openStep(String result) {
        steps++;
        inStep = true;
        out.insert(" static " + result + " " + CellNames.STEP + steps + "() throws java.lang.Throwable { ");
        calls.add((result.equals("void") ? "" : "return ") + CellNames.STEP + steps + "(); ");
    }

    private void closeStep() {
        if (inStep) {
            inStep = false;
            out.insert(" }");
        }
    }

    private void field(Declarator declarator) {
        var type = typeOf(declarator).orElse("java.lang.Object");
        var kept = plan.kept.get(declarator.name());
        boolean isNew = kept == null && fields.add(declarator.name());
        out.moveTo(declarator.at());
        if (isNew) {
            closeStep();
            out.insert(" static ").insert(type, declarator.typeText()).insert(" ")
                    .insert(declarator.name(), nameOf(declarator)).insert(";");
        }
        if (declarator.value().isEmpty() && isNew) {
            if (!inStep) {
                openStep("void");
            }
            return;
        }
        if (!inStep) {
            openStep("void");
        }
        if (!isNew && plan.emptyFirst.test(declarator) && !Definitions.PRIMITIVES.contains(kept == null ? type : kept.type())) {
            out.insert(declarator.name() + " = null; ");
        }
        var former = isNew && declarator.value().get().uses().contains(declarator.name())
                ? plan.former.get(declarator.name()) : null;
        if (former != null) {
            out.insert("{ " + former.type() + " " + former.name() + " = "
                    + Definitions.qualified(former.owner(), former.name()) + "; " + plan.className + ".");
        }
        out.insert(declarator.name(), nameOf(declarator)).insert(" = ");
        declarator.value().ifPresentOrElse(value -> value(value, type),
                () -> out.insert(switch (kept == null ? type : kept.type()) {
                    case "boolean" -> "false";
                    case String t when Definitions.PRIMITIVES.contains(t) -> "0";
                    default -> "null";
                }));
        out.insert(former == null ? ";" : "; }");
    }

    private void value(Initialiser value, String type) {
        if (value.isBraces()) {
            out.insert("new " + type);
        }
        out.copy(value.text());
    }

    private static Span nameOf(Declarator declarator) {
        return new Span(declarator.at(), declarator.at() + declarator.name().length());
    }

    private void local(Declarator declarator) {
        var type = typeOf(declarator).orElse("var");
        boolean namesItself = declarator.value().map(value -> value.uses().contains(declarator.name())).orElse(false);
        out.insert(type + " " + declarator.name() + (namesItself ? NEW : ""));
        declarator.value().ifPresent(value -> {
            out.insert(" = ");
            value(value, type);
        });
        out.insert("; ");
    }
}
