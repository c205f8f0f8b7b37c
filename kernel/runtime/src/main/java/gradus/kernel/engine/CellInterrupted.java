package gradus.kernel.engine;

/** Thrown out of a cell that is to stop. An {@link Error}, so that a cell's {@code catch (Exception e)} lets it pass. */
final class CellInterrupted extends Error {

    private static final long serialVersionUID = 1;

    CellInterrupted() {
        super("the cell was interrupted");
    }
}
