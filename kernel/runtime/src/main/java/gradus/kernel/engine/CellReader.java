package gradus.kernel.engine;

import static com.sun.tools.javac.parser.Tokens.TokenKind.ASSERT;
import static com.sun.tools.javac.parser.Tokens.TokenKind.BREAK;
import static com.sun.tools.javac.parser.Tokens.TokenKind.CLASS;
import static com.sun.tools.javac.parser.Tokens.TokenKind.COLON;
import static com.sun.tools.javac.parser.Tokens.TokenKind.CONTINUE;
import static com.sun.tools.javac.parser.Tokens.TokenKind.DO;
import static com.sun.tools.javac.parser.Tokens.TokenKind.ENUM;
import static com.sun.tools.javac.parser.Tokens.TokenKind.EOF;
import static com.sun.tools.javac.parser.Tokens.TokenKind.IMPORT;
import static com.sun.tools.javac.parser.Tokens.TokenKind.INTERFACE;
import static com.sun.tools.javac.parser.Tokens.TokenKind.LPAREN;
import static com.sun.tools.javac.parser.Tokens.TokenKind.RETURN;
import static com.sun.tools.javac.parser.Tokens.TokenKind.SEMI;
import static com.sun.tools.javac.parser.Tokens.TokenKind.THROW;
import static com.sun.tools.javac.parser.Tokens.TokenKind.VOID;

import com.sun.tools.javac.api.JavacTool;
import com.sun.tools.javac.code.Flags;
import com.sun.tools.javac.code.TypeTag;
import com.sun.tools.javac.parser.JavacParser;
import com.sun.tools.javac.parser.Lexer;
import com.sun.tools.javac.parser.ParserFactory;
import com.sun.tools.javac.parser.ScannerFactory;
import com.sun.tools.javac.parser.Tokens.TokenKind;
import com.sun.tools.javac.resources.CompilerProperties.Errors;
import com.sun.tools.javac.tree.JCTree;
import com.sun.tools.javac.tree.JCTree.JCClassDecl;
import com.sun.tools.javac.tree.JCTree.JCExpression;
import com.sun.tools.javac.tree.JCTree.JCMethodDecl;
import com.sun.tools.javac.tree.JCTree.JCModifiers;
import com.sun.tools.javac.tree.JCTree.JCTypeParameter;
import com.sun.tools.javac.tree.JCTree.JCVariableDecl;
import com.sun.tools.javac.tree.TreeInfo;
import com.sun.tools.javac.tree.TreeScanner;
import com.sun.tools.javac.util.Context;
import com.sun.tools.javac.util.JCDiagnostic;
import com.sun.tools.javac.util.ListBuffer;
import com.sun.tools.javac.util.Log;
import gradus.kernel.engine.Piece.Declarator;
import gradus.kernel.engine.Piece.Header;
import gradus.kernel.engine.Piece.Initialiser;
import gradus.kernel.engine.Piece.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Takes a cell apart with javac's own parser: a whole cell at once, so that a syntax error in its last line is found
 * before its first line has run. Not safe for several threads: the engine locks.
 *
 * <p>A cell is a sequence of statements, expressions and declarations of anything; a semicolon may lack at the end of a
 * line and at the end of the cell.
 */
final class CellReader {

    /**
     * A cell taken apart; its pieces are to be run only if there is no fault.
     *
     * @param text       the cell, perhaps with a last semicolon
     * @param unfinished whether more text could still complete the last piece
     */
    record Reading(String text, List<Piece> pieces, List<Fault> faults, boolean unfinished) {
    }

    private static final Set<String> UNFINISHED = Set.of("compiler.err.premature.eof", "compiler.err.unclosed.comment",
            "compiler.err.unclosed.text.block", "compiler.err.try.without.catch.finally.or.resource.decls",
            "compiler.err.else.without.if");
    private static final Set<TokenKind> ENDS_IN_SEMICOLON = Set.of(THROW, RETURN, BREAK, CONTINUE, ASSERT, DO);
    private static final Set<String> NUMBERS = Set.of("INT", "LONG", "FLOAT", "DOUBLE", "CHAR", "BOOLEAN");

    private final Context context = new Context();
    private final Log log;
    private final ParserFactory parsers;
    private final ScannerFactory scanners;

    CellReader(List<String> options) {
        JavacTool.create().getTask(null, null, diagnostic -> { }, options, null, List.of(), context);
        log = Log.instance(context);
        parsers = ParserFactory.instance(context);
        scanners = ScannerFactory.instance(context);
    }

    Reading read(String cell) {
        var reading = read(cell, Set.of());
        if (reading.unfinished) {
            // "throw x" lacks nothing but a semicolon; "for (;;)" lacks a body, which a semicolon would be
            var closed = read(cell + ";", Set.of());
            boolean onlySemicolon = closed.faults.isEmpty() && !closed.pieces.isEmpty()
                    && startsLike(cell, closed.pieces.getLast().start(), ENDS_IN_SEMICOLON);
            return onlySemicolon ? closed : reading;
        }
        return reading;
    }

    private static boolean startsLike(String cell, int offset, Set<TokenKind> kinds) {
        return kinds.stream().anyMatch(kind -> cell.startsWith(kind.name, offset));
    }

    /** @param asExpression the offsets at which {@code a < b} is to be taken for a comparison, not for a type */
    private Reading read(String cell, Set<Integer> asExpression) {
        var handler = log.new DeferredDiagnosticHandler();
        var previous = log.useSource(new Source("Cell", cell));
        try {
            var parser = new Parser(scanners.newScanner(cell, false), cell, handler, asExpression);
            parser.readAll();
            var faults = new ArrayList<Fault>();
            boolean unfinished = false;
            for (var diagnostic : handler.getDiagnostics()) {
                if (diagnostic.getKind() == javax.tools.Diagnostic.Kind.ERROR) {
                    unfinished |= faults.isEmpty() && UNFINISHED.contains(diagnostic.getCode());
                    faults.add(fault(diagnostic, cell));
                }
            }
            if (!faults.isEmpty() && !asExpression.contains(parser.failed) && parser.failed >= 0) {
                var forced = new HashSet<>(asExpression);
                forced.add(parser.failed);
                var second = read(cell, forced);
                if (second.faults.isEmpty() || second.faults.getFirst().start() > faults.getFirst().start()) {
                    return second;
                }
            }
            return new Reading(cell, List.copyOf(parser.pieces), distinct(faults), unfinished);
        } finally {
            log.useSource(previous);
            log.popDiagnosticHandler(handler);
        }
    }

    private static Fault fault(JCDiagnostic diagnostic, String cell) {
        int length = cell.length();
        int start = Math.clamp(diagnostic.getStartPosition(), 0, length);
        int end = Math.clamp(diagnostic.getEndPosition(), start, length);
        return new Fault(diagnostic.getCode(), diagnostic.getMessage(Locale.ROOT), start, end, Optional.empty());
    }

    /** The parser says more than one thing about one place; the first is what was meant. */
    private static List<Fault> distinct(List<Fault> faults) {
        var places = new HashSet<Integer>();
        return faults.stream().filter(fault -> places.add(fault.start())).toList();
    }

    /** The simple names that a tree mentions. */
    private static Set<String> names(List<? extends JCTree> trees) {
        var names = new LinkedHashSet<String>();
        var scanner = new TreeScanner() {
            @Override
            public void visitIdent(JCTree.JCIdent identifier) {
                names.add(identifier.name.toString());
            }
        };
        trees.forEach(tree -> {
            if (tree != null) {
                tree.accept(scanner);
            }
        });
        return names;
    }

    private final class Parser extends JavacParser {

        private final String cell;
        private final Log.DeferredDiagnosticHandler problems;
        private final Set<Integer> asExpression;
        private final List<Piece> pieces = new ArrayList<>();
        /** Where the piece begins that has a syntax error, or -1. */
        private int failed = -1;

        Parser(Lexer lexer, String cell, Log.DeferredDiagnosticHandler problems, Set<Integer> asExpression) {
            super(parsers, lexer, false, false, true);
            this.cell = cell;
            this.problems = problems;
            this.asExpression = asExpression;
        }

        void readAll() {
            while (token.kind != EOF) {
                if (token.kind == SEMI) {
                    nextToken();
                } else {
                    int start = token.pos;
                    var piece = piece(start);
                    if (problems.getDiagnostics().stream()
                            .anyMatch(d -> d.getKind() == javax.tools.Diagnostic.Kind.ERROR)) {
                        failed = start;
                        return;
                    }
                    pieces.add(piece);
                }
            }
        }

        private int end() {
            return S.prevToken().endPos;
        }

        private Piece piece(int start) {
            return switch (token.kind) {
                case IMPORT -> imported(start);
                case RBRACE, CASE, DEFAULT, LBRACE, IF, FOR, WHILE, DO, TRY, RETURN, THROW, BREAK, CONTINUE, ELSE, FINALLY,
                     CATCH, ASSERT -> statement(start);
                case SYNCHRONIZED -> peekToken(LPAREN) ? statement(start) : declarationOrExpression(start);
                default -> declarationOrExpression(start);
            };
        }

        private Piece imported(int start) {
            var declaration = importDeclaration();
            var text = declaration.toString().strip();
            return new Piece.Import(start, end(), text.substring("import ".length(), text.lastIndexOf(';')));
        }

        private Piece statement(int start) {
            var statement = parseStatement();
            return new Piece.Statement(start, end(), names(List.of(statement)));
        }

        private Piece declarationOrExpression(int start) {
            var modifiers = modifiersOpt();
            int behind = token.pos;
            if (token.kind == CLASS || isRecordStart() || token.kind == INTERFACE || token.kind == ENUM) {
                var type = classOrRecordOrInterfaceOrEnumDeclaration(modifiers, null);
                return type instanceof JCClassDecl declared ? type(start, behind, declared)
                        : new Piece.Statement(start, end(), Set.of());
            }
            var typeParameters = typeParametersOpt();
            int position = token.pos;
            JCExpression term;
            boolean isVoid = token.kind == VOID;
            var first = token;
            if (isVoid) {
                term = to(F.at(position).TypeIdent(TypeTag.VOID));
                nextToken();
            } else {
                term = term(asExpression.contains(start) ? EXPR : EXPR | TYPE);
            }
            if (token.kind == COLON && term.hasTag(JCTree.Tag.IDENT)) {
                nextToken();
                var statement = parseStatement();
                return new Piece.Statement(start, end(), names(List.of(statement)));
            }
            if ((isVoid || wasTypeMode()) && LAX_IDENTIFIER.test(token.kind)) {
                int namePosition = token.pos;
                var name = identOrUnderscore();
                if (token.kind == LPAREN) {
                    var method = methodDeclaratorRest(namePosition, modifiers, term, name, typeParameters, false, isVoid, false,
                            null);
                    return method instanceof JCMethodDecl declared ? method(start, behind, declared)
                            : new Piece.Statement(start, end(), Set.of());
                }
                if (!isVoid && typeParameters.isEmpty()) {
                    var declared = variableDeclaratorsRest(namePosition, modifiers, term, name, false, null,
                            new ListBuffer<JCTree>(), true).toList();
                    var span = new Span(first.pos, namePosition);
                    int end = end();
                    endOfPiece();
                    return variables(start, end, span, modifiers, declared);
                }
                accept(LPAREN);
            }
            if (!typeParameters.isEmpty()) {
                reportSyntaxError(position, Errors.IllegalStartOfType);
            }
            return expression(start, behind, term);
        }

        /** A semicolon, or what may stand in its place in a cell: a new line, or the end. */
        private boolean endOfPiece() {
            if (token.kind == SEMI) {
                nextToken();
                return true;
            }
            boolean newLine = cell.substring(Math.min(end(), cell.length()), Math.min(token.pos, cell.length())).contains("\n");
            if (token.kind != EOF && !newLine) {
                accept(SEMI);
            }
            return false;
        }

        private Piece expression(int start, int textStart, JCExpression term) {
            int textEnd = end();
            boolean silenced = endOfPiece();
            var inner = TreeInfo.skipParens(term);
            boolean isIncrement = inner instanceof JCTree.JCUnary unary
                    && Set.of(JCTree.Tag.PREINC, JCTree.Tag.PREDEC, JCTree.Tag.POSTINC, JCTree.Tag.POSTDEC).contains(unary.getTag());
            boolean isAssignment = inner instanceof JCTree.JCAssign || inner instanceof JCTree.JCAssignOp;
            boolean isCall = inner instanceof JCTree.JCMethodInvocation;
            return new Piece.Expression(start, end(), names(List.of(term)), new Span(textStart, textEnd), silenced,
                    isAssignment, isCall,
                    inner == term && (isIncrement || isAssignment || isCall || inner instanceof JCTree.JCNewClass));
        }

        private Piece variables(int start, int end, Span type, JCModifiers modifiers, List<JCTree> declared) {
            var declarators = new ArrayList<Declarator>();
            for (var tree : declared) {
                var variable = (JCVariableDecl) tree;
                var written = variable.vartype == null || variable.isImplicitlyTyped() ? Optional.<String>empty()
                        : Optional.of(variable.vartype.toString());
                declarators.add(new Declarator(variable.name.toString(), written, type, variable.pos,
                        Optional.ofNullable(variable.init).map(this::initialiser)));
            }
            var annotations = modifiers.annotations.stream().map(a -> a + " ").collect(Collectors.joining());
            return new Piece.Variables(start, end, names(declared), annotations, List.copyOf(declarators));
        }

        private Initialiser initialiser(JCExpression value) {
            var text = new Span(TreeInfo.getStartPos(value), TreeInfo.getEndPos(value, endPosTable));
            return new Initialiser(text, names(List.of(value)), obviousType(value),
                    value instanceof JCTree.JCNewArray array && array.elemtype == null);
        }

        private static Optional<String> obviousType(JCExpression value) {
            return switch (value) {
                case JCTree.JCLiteral literal when NUMBERS.contains(literal.typetag.name()) ->
                        Optional.of(literal.typetag.name().toLowerCase(Locale.ROOT));
                case JCTree.JCLiteral literal when literal.value instanceof String -> Optional.of("java.lang.String");
                case JCTree.JCNewArray array when array.elemtype != null && array.dims.nonEmpty() ->
                        Optional.of(array.elemtype + "[]".repeat(array.dims.size()));
                case JCTree.JCNewClass made when made.def == null && made.encl == null
                        && (made.clazz instanceof JCTree.JCIdent || made.clazz instanceof JCTree.JCTypeApply generic
                                && generic.arguments.nonEmpty()) -> Optional.of(made.clazz.toString());
                default -> Optional.empty();
            };
        }

        private Piece method(int start, int behind, JCMethodDecl method) {
            var parameters = method.params.map(parameter -> (parameter.mods.flags & Flags.VARARGS) != 0
                    ? parameter.vartype.toString().replaceFirst("\\[\\]$", "...") : parameter.vartype.toString());
            var signature = new ArrayList<JCTree>(method.params.map(parameter -> parameter.vartype));
            signature.add(method.restype);
            signature.addAll(method.typarams);
            var header = new Header(bracketed(method.typarams), method.restype.toString(), List.copyOf(parameters),
                    method.thrown.isEmpty() ? "" : " throws " + method.thrown, names(signature));
            return new Piece.Method(start, end(), names(List.of(method)), method.name.toString(), modifiers(method.mods,
                    Flags.SYNCHRONIZED | Flags.STRICTFP | Flags.NATIVE | Flags.ABSTRACT | Flags.DEFAULT), behind, header);
        }

        private static String bracketed(com.sun.tools.javac.util.List<JCTypeParameter> parameters) {
            return parameters.isEmpty() ? "" : "<" + parameters + ">";
        }

        private Piece type(int start, int behind, JCClassDecl type) {
            boolean isOpen = (type.mods.flags & Flags.RECORD) == 0 || type.defs.stream().noneMatch(member ->
                    member instanceof JCMethodDecl method && method.name == method.name.table.names.init
                            && (method.mods.flags & Flags.PUBLIC) == 0 && (method.mods.flags & Flags.GENERATEDCONSTR) == 0);
            return new Piece.Type(start, end(), names(List.of(type)), type.name.toString(), modifiers(type.mods,
                    Flags.ABSTRACT | Flags.FINAL | Flags.SEALED | Flags.NON_SEALED | Flags.STRICTFP)
                    + ((type.mods.flags & Flags.ANNOTATION) != 0 ? "@" : ""), behind, isOpen);
        }

        private static String modifiers(JCModifiers modifiers, long kept) {
            var words = new StringBuilder();
            modifiers.annotations.forEach(annotation -> words.append(annotation).append(' '));
            Flags.asFlagSet(modifiers.flags & kept).forEach(flag -> words.append(flag).append(' '));
            return words.toString();
        }
    }
}
