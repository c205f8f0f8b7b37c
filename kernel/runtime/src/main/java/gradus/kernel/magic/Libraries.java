package gradus.kernel.magic;

import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.Runtimes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.collection.DependencyCollectionException;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.graph.DependencyNode;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactDescriptorException;
import org.eclipse.aether.resolution.ArtifactDescriptorRequest;
import org.eclipse.aether.resolution.ArtifactDescriptorResult;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.transfer.TransferListener;
import org.eclipse.aether.util.graph.transformer.ChainedDependencyGraphTransformer;
import org.eclipse.aether.util.graph.transformer.ConflictResolver;
import org.eclipse.aether.util.graph.transformer.JavaDependencyContextRefiner;
import org.eclipse.aether.util.graph.transformer.JavaScopeDeriver;
import org.eclipse.aether.util.graph.transformer.JavaScopeSelector;
import org.eclipse.aether.util.graph.transformer.SimpleOptionalitySelector;
import org.eclipse.aether.util.repository.SimpleArtifactDescriptorPolicy;

/**
 * Fetches libraries with all that they need, by Maven's own resolver: repositories, mirrors, proxies and credentials are
 * those of the user's {@code settings.xml}. Of several versions of one library the newest is taken, where Maven would take
 * the one that stands nearest to the root: in a notebook nobody has ordered the roots.
 */
final class Libraries {

    private static final Set<String> SCOPES = Set.of("", "compile", "runtime");

    /**
     * What to fetch.
     *
     * @param wanted       libraries, and with {@code @pom} lists of versions
     * @param pom          a project or a part of one, whose dependencies are wanted too
     * @param repositories addresses, each with {@code id=} in front if it has one in the settings
     * @param offline      nothing but what this machine has
     * @param settings     in place of {@code ~/.m2/settings.xml}
     */
    record Request(List<Coordinates> wanted, Optional<Pom> pom, List<String> repositories, boolean offline,
                   Optional<Path> settings) {
    }

    /** A library and its file. */
    record Jar(String name, String version, Path file) {
    }

    /** A version that a library, or the reader, wanted and that lost against a newer one. */
    record Lost(String name, String version, Optional<String> by, String winner) {
    }

    record Found(List<Jar> jars, List<Lost> lost) {
    }

    private final RepositorySystem system;
    private final DefaultRepositorySystemSession session;
    private final List<RemoteRepository> repositories;
    private final Request request;

    private Libraries(Context context, Request request) throws IOException {
        this.system = context.repositorySystem();
        this.session = new DefaultRepositorySystemSession(context.repositorySystemSession());
        this.request = request;
        session.setConfigProperty(ConflictResolver.CONFIG_PROP_VERBOSE, true);   // keeps the losers, to name them
        session.setDependencyGraphTransformer(new ChainedDependencyGraphTransformer(
                new ConflictResolver(new NewestVersion(), new JavaScopeSelector(), new SimpleOptionalitySelector(),
                        new JavaScopeDeriver()),
                new JavaDependencyContextRefiner()));
        var all = new ArrayList<>(system.newResolutionRepositories(session,
                request.repositories.stream().map(Libraries::repository).toList()));
        all.addAll(context.remoteRepositories());
        this.repositories = all;
    }

    private static RemoteRepository repository(String text) {
        int sign = text.indexOf('=');
        boolean named = sign > 0 && !text.substring(0, sign).contains(":");
        var address = named ? text.substring(sign + 1) : text;
        return new RemoteRepository.Builder(named ? text.substring(0, sign) : address.replaceAll("\\W+", "-"),
                "default", address).build();
    }

    static Found fetch(Request request, TransferListener progress) throws IOException, RepositoryException {
        var overrides = ContextOverrides.create().withUserSettings(true).offline(request.offline ? true : null)
                .transferListener(progress);
        request.settings.ifPresent(overrides::withUserSettingsXmlOverride);
        try (var context = Runtimes.INSTANCE.getRuntime().create(overrides.build())) {
            return new Libraries(context, request).fetch();
        }
    }

    private Found fetch() throws RepositoryException, IOException {
        var managed = new LinkedHashMap<String, Dependency>();
        var direct = new ArrayList<Dependency>();
        var from = new ArrayList<>(repositories);
        if (request.pom.isPresent()) {
            var pom = request.pom.get();
            try (var workspace = pom.workspace()) {
                session.setWorkspaceReader(workspace);
                var described = describe(pom.artifact());
                described.getManagedDependencies().forEach(each -> managed.putIfAbsent(key(each.getArtifact()), each));
                described.getDependencies().stream().filter(each -> SCOPES.contains(each.getScope())).forEach(direct::add);
                from.addAll(described.getRepositories().stream()
                        .filter(each -> from.stream().noneMatch(known -> known.getId().equals(each.getId()))).toList());
                session.setWorkspaceReader(null);
            }
        }
        for (var bom : request.wanted.stream().filter(Coordinates::isBom).toList()) {
            describe(bom.artifact("")).getManagedDependencies()
                    .forEach(each -> managed.putIfAbsent(key(each.getArtifact()), each));
        }
        for (var library : request.wanted.stream().filter(each -> !each.isBom()).toList()) {
            var version = library.version().or(() -> Optional.ofNullable(managed.get(key(library.artifact(""))))
                    .map(each -> each.getArtifact().getVersion()));
            direct.add(new Dependency(library.artifact(version.orElse("RELEASE")), "runtime"));
        }
        var tree = system.collectDependencies(session,
                new CollectRequest(direct, List.copyOf(managed.values()), from)).getRoot();
        var winners = new LinkedHashMap<String, Artifact>();
        var lost = new ArrayList<Lost>();
        walk(tree, winners, lost);
        var files = system.resolveArtifacts(session, winners.values().stream()
                .map(artifact -> new ArtifactRequest(artifact, from, "")).toList());
        return new Found(files.stream().map(result -> result.getArtifact())
                .filter(artifact -> artifact.getExtension().equals("jar"))
                .map(artifact -> new Jar(name(artifact), artifact.getVersion(), artifact.getFile().toPath())).toList(),
                lost.stream().distinct().toList());
    }

    private ArtifactDescriptorResult describe(Artifact pom) throws ArtifactDescriptorException {
        var strict = new DefaultRepositorySystemSession(session);
        strict.setArtifactDescriptorPolicy(new SimpleArtifactDescriptorPolicy(false, false));
        return system.readArtifactDescriptor(strict, new ArtifactDescriptorRequest(pom, repositories, ""));
    }

    private static void walk(DependencyNode node, Map<String, Artifact> winners, List<Lost> lost) {
        for (var child : node.getChildren()) {
            if (child.getData().get(ConflictResolver.NODE_DATA_WINNER) instanceof DependencyNode winner) {
                if (!winner.getArtifact().getVersion().equals(child.getArtifact().getVersion())) {
                    lost.add(new Lost(name(child.getArtifact()), child.getArtifact().getVersion(),
                            Optional.ofNullable(node.getArtifact()).map(Libraries::name), winner.getArtifact().getVersion()));
                }
            } else if (winners.putIfAbsent(key(child.getArtifact()), child.getArtifact()) == null) {
                walk(child, winners, lost);
            }
        }
    }

    /** What two versions of one library have in common. */
    private static String key(Artifact artifact) {
        return name(artifact) + ":" + artifact.getExtension();
    }

    private static String name(Artifact artifact) {
        return artifact.getGroupId() + ":" + artifact.getArtifactId()
                + (artifact.getClassifier().isEmpty() ? "" : ":" + artifact.getClassifier());
    }

    /** What went wrong, in two lines for the reader. */
    static String explain(Exception e, Request request) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        var missing = switch (e) {
            case DependencyCollectionException collection when !collection.getResult().getExceptions().isEmpty() ->
                    collection.getResult().getExceptions().getFirst().getMessage();
            case ArtifactResolutionException resolution -> resolution.getResults().stream()
                    .filter(result -> !result.isResolved()).map(result -> result.getRequest().getArtifact().toString())
                    .collect(Collectors.joining(", ", "not found: ", ""));
            default -> e.getMessage();
        };
        var cause = String.valueOf(deepest.getMessage());
        return missing + (missing.contains(cause) ? "" : " (" + cause + ")") + "\n" + (request.offline
                ? "without --offline it would be looked for in the repositories too"
                : "compare the spelling, group:name:version, and the repositories: --repo adds one");
    }
}
