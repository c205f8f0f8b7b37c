package gradus.kernel.magic;

import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.collection.UnsolvableVersionConflictException;
import org.eclipse.aether.util.graph.transformer.ConflictResolver.ConflictContext;
import org.eclipse.aether.util.graph.transformer.ConflictResolver.ConflictItem;
import org.eclipse.aether.util.graph.transformer.ConflictResolver.VersionSelector;
import org.eclipse.aether.util.graph.visitor.PathRecordingDependencyVisitor;

/** Of all versions of a library in a graph, selects the newest that every range allows. */
final class NewestVersion extends VersionSelector {

    @Override
    public void selectVersion(ConflictContext context) throws RepositoryException {
        ConflictItem newest = null;
        for (var item : context.getItems()) {
            if (isAllowed(item, context) && (newest == null || isBefore(newest, item))) {
                newest = item;
            }
        }
        if (newest == null) {
            var paths = new PathRecordingDependencyVisitor((node, parents) -> context.isIncluded(node));
            context.getRoot().accept(paths);
            throw new UnsolvableVersionConflictException(paths.getPaths());
        }
        context.setWinner(newest);
    }

    /** Of equal versions the one nearest to the root stays, with its scope. */
    private static boolean isBefore(ConflictItem newest, ConflictItem item) {
        int order = newest.getNode().getVersion().compareTo(item.getNode().getVersion());
        return order < 0 || order == 0 && item.getDepth() < newest.getDepth();
    }

    private static boolean isAllowed(ConflictItem item, ConflictContext context) {
        return context.getItems().stream().map(other -> other.getNode().getVersionConstraint())
                .allMatch(constraint -> constraint.getRange() == null
                        || constraint.containsVersion(item.getNode().getVersion()));
    }
}
