package gradus.kernel.engine.docs;

import com.sun.source.tree.AnnotatedTypeTree;
import com.sun.source.tree.ArrayTypeTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeParameterTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A source file, parsed and not attributed: which types its names mean is not known, only how they are written. */
final class SourceFile {

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

    private final String text;
    private final CompilationUnitTree unit;
    private final DocTrees trees;

    private SourceFile(String text, CompilationUnitTree unit, DocTrees trees) {
        this.text = text;
        this.unit = unit;
        this.trees = trees;
    }

    /** One at a time: the tasks of javac share what reads files. */
    static synchronized SourceFile parse(String name, String text) {
        var file = new SimpleJavaFileObject(URI.create("source:///" + name.replace('.', '/') + ".java"),
                JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
        var task = (JavacTask) COMPILER.getTask(null, FILES, new DiagnosticCollector<>(),
                List.of("-proc:none"), null, List.of(file));
        try {
            return new SourceFile(text, task.parse().iterator().next(), DocTrees.instance(task));
        } catch (IOException e) {
            throw new UncheckedIOException(e);   // the text is in memory
        }
    }

    /** What the comment of a type or member says; for the parts of a record its own comment speaks too. */
    synchronized Optional<Javadoc> javadoc(Member member) {
        return path(member).map(trees::getDocCommentTree).map(comment -> reader(member).read(comment))
                .or(() -> fromRecord(member));
    }

    /** The declaration as it is written, without its comment. */
    synchronized Optional<String> source(Member member) {
        return path(member).flatMap(path -> {
            var positions = trees.getSourcePositions();
            int start = (int) positions.getStartPosition(unit, path.getLeaf());
            int end = (int) positions.getEndPosition(unit, path.getLeaf());
            if (start < 0 || end < start) {
                return Optional.empty();
            }
            int lineStart = text.lastIndexOf('\n', start - 1) + 1;
            var indentation = text.substring(lineStart, start);
            return Optional.of(((indentation.isBlank() ? indentation : "") + text.substring(start, end)).stripIndent());
        });
    }

    private CommentReader reader(Member member) {
        return new CommentReader(reference -> constant(member, reference));
    }

    /** Found in this file; {@code {@value}} of constants elsewhere shows their name. */
    private Optional<String> constant(Member member, String reference) {
        var field = reference.isEmpty() ? member.name() : reference.substring(reference.indexOf('#') + 1);
        var owner = reference.indexOf('#') <= 0 ? member.simpleNames()
                : List.of(reference.substring(0, reference.indexOf('#')).replaceFirst("^.*\\.(?=[A-Z])", ""));
        return type(owner).or(() -> type(List.of(member.simpleNames().getFirst(), owner.getLast())))
                .flatMap(type -> field((ClassTree) type.getLeaf(), field))
                .map(VariableTree::getInitializer)
                .filter(LiteralTree.class::isInstance)
                .map(Tree::toString);
    }

    private Optional<Javadoc> fromRecord(Member member) {
        return type(member.simpleNames()).filter(type -> type.getLeaf().getKind() == Tree.Kind.RECORD)
                .flatMap(type -> {
                    var ofRecord = Optional.ofNullable(trees.getDocCommentTree(type)).map(reader(member)::read);
                    return member.name().equals(Member.CONSTRUCTOR) ? ofRecord
                            : ofRecord.flatMap(javadoc -> ofComponent(javadoc, member.name()));
                });
    }

    private static Optional<Javadoc> ofComponent(Javadoc ofRecord, String name) {
        return ofRecord.tags().stream().filter(tag -> tag.kind().equals("param") && tag.name().equals(name)).findFirst()
                .map(tag -> new Javadoc(tag.text(), List.of()));
    }

    private Optional<TreePath> path(Member member) {
        if (member.equals(Member.ofPackage(member.packageName())) && unit.getPackage() != null) {
            return Optional.of(new TreePath(new TreePath(unit), unit.getPackage()));
        }
        return type(member.simpleNames()).flatMap(path -> {
            if (member.isType()) {
                return Optional.of(path);
            }
            var type = (ClassTree) path.getLeaf();
            Optional<? extends Tree> found = method(path, member).map(Tree.class::cast)
                    .or(() -> member.erasedParameterTypes().isEmpty() ? field(type, member.name()) : Optional.empty());
            return found.map(tree -> new TreePath(path, tree));
        });
    }

    private Optional<TreePath> type(List<String> simpleNames) {
        var path = new TreePath(unit);
        List<? extends Tree> among = unit.getTypeDecls();
        for (var name : simpleNames) {
            var found = among.stream().filter(tree -> tree instanceof ClassTree type
                    && type.getSimpleName().contentEquals(name)).findFirst();
            if (found.isEmpty()) {
                return Optional.empty();
            }
            path = new TreePath(path, found.get());
            among = ((ClassTree) found.get()).getMembers();
        }
        return Optional.of(path);
    }

    /** By its parameter types; by their number where only one method of the name has that many. */
    private static Optional<MethodTree> method(TreePath type, Member member) {
        var named = ((ClassTree) type.getLeaf()).getMembers().stream()
                .filter(MethodTree.class::isInstance).map(MethodTree.class::cast)
                .filter(method -> method.getName().contentEquals(member.name())
                        && method.getParameters().size() == member.erasedParameterTypes().size()).toList();
        return named.stream().filter(method -> member.hasParameters(erasedParameters(type, method))).findFirst()
                .or(() -> named.size() == 1 ? Optional.of(named.getFirst()) : Optional.empty());
    }

    private static Optional<VariableTree> field(ClassTree type, String name) {
        return type.getMembers().stream().filter(VariableTree.class::isInstance).map(VariableTree.class::cast)
                .filter(field -> field.getName().contentEquals(name)).findFirst();
    }

    private static List<String> erasedParameters(TreePath type, MethodTree method) {
        var bounds = new HashMap<String, String>();
        for (var path = type; path != null; path = path.getParentPath()) {
            if (path.getLeaf() instanceof ClassTree enclosing) {
                enclosing.getTypeParameters().forEach(parameter -> bounds.putIfAbsent(
                        parameter.getName().toString(), bound(parameter, bounds)));
            }
        }
        method.getTypeParameters().forEach(parameter -> bounds.put(parameter.getName().toString(), "Object"));
        method.getTypeParameters().forEach(parameter -> bounds.put(parameter.getName().toString(),
                bound(parameter, bounds)));
        return method.getParameters().stream().map(parameter -> erased(parameter.getType(), bounds)).toList();
    }

    private static String bound(TypeParameterTree parameter, Map<String, String> bounds) {
        return parameter.getBounds().isEmpty() ? "Object" : erased(parameter.getBounds().getFirst(), bounds);
    }

    private static String erased(Tree type, Map<String, String> bounds) {
        return switch (type) {
            case ArrayTypeTree array -> erased(array.getType(), bounds) + "[]";
            case ParameterizedTypeTree generic -> erased(generic.getType(), bounds);
            case AnnotatedTypeTree annotated -> erased(annotated.getUnderlyingType(), bounds);
            case MemberSelectTree qualified -> qualified.getIdentifier().toString();
            case IdentifierTree name -> bounds.getOrDefault(name.getName().toString(), name.getName().toString());
            default -> type.toString();
        };
    }
}
