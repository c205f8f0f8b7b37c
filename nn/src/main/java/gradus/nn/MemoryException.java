package gradus.nn;

/** There is no memory for a tensor; the message lists the largest that are alive. What was computed before stays valid. */
public final class MemoryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private MemoryException(String message, OutOfMemoryError cause) {
        super(message, cause);
    }

    /** No array for so many elements. */
    public static MemoryException of(DType dtype, int length, OutOfMemoryError cause) {
        var runtime = Runtime.getRuntime();
        long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
        var table = LargeTensors.table();
        return new MemoryException("out of memory: " + length + " elements of " + dtype + " need "
                + LargeTensors.size((long) length * dtype.bytes()) + ", and of " + LargeTensors.size(runtime.maxMemory()) + " "
                + LargeTensors.size(free) + " are free" + (table.isEmpty() ? "" : "\nthe largest tensors alive:\n" + table)
                + "\nhelp: set variables to null whose tensors are no longer needed, compute in smaller batches, or give the"
                + " JVM more memory with -Xmx", cause);
    }
}
