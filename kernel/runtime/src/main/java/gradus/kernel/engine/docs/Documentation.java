package gradus.kernel.engine.docs;

import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Documentation and source of any class or member whose sources or pages can be found.
 *
 * <p>Parsed files are kept as long as memory allows. Safe for several threads.
 */
public final class Documentation {

    private final Sources sources;
    private final Map<String, SoftReference<SourceFile>> files = new ConcurrentHashMap<>();

    public Documentation(Sources sources) {
        this.sources = sources;
    }

    /** What the comment of this very class or member says. */
    public Optional<Javadoc> find(Member member) {
        return file(member).flatMap(file -> file.javadoc(member))
                .or(() -> sources.page(member).flatMap(page -> JavadocPage.read(page, member)));
    }

    /**
     * What is said of a member or of what it overrides.
     *
     * @param candidates the member, then those of the same signature in its supertypes, the nearest first
     */
    public Optional<Javadoc> find(List<Member> candidates) {
        return candidates.stream().flatMap(candidate -> find(candidate).stream()).reduce(Javadoc::inheriting);
    }

    /** The declaration of a class or member as its author wrote it, without its comment. */
    public Optional<String> source(Member member) {
        return file(member).flatMap(file -> file.source(member));
    }

    private Optional<SourceFile> file(Member member) {
        var name = member.topLevelClass();
        var kept = files.get(name);
        var file = kept == null ? null : kept.get();
        if (file != null) {
            return Optional.of(file);
        }
        var parsed = sources.of(name).map(text -> SourceFile.parse(name, text));
        parsed.ifPresent(found -> files.put(name, new SoftReference<>(found)));
        return parsed;
    }
}
