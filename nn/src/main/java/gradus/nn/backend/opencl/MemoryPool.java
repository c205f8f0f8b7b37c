package gradus.nn.backend.opencl;

import static org.jocl.CL.CL_DEVICE_GLOBAL_MEM_SIZE;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_MEM_READ_WRITE;
import static org.jocl.CL.CL_OUT_OF_HOST_MEMORY;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;
import static org.jocl.CL.clCreateBuffer;
import static org.jocl.CL.clReleaseMemObject;

import gradus.nn.DType;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * A device's memory, in blocks that are used again. A block belongs to an {@link Allocation}; when nobody reaches that any
 * more, it is idle. Its next owner's commands stand behind the last owner's in the one queue, so it need not be waited for.
 *
 * <p>The garbage collector sees how much Java memory is lost, not how much of a device's: it is asked to collect whenever
 * the blocks in use have become twice those in use after it last did. Not safe for several threads: {@link DeviceQueue}
 * guards it.
 */
final class MemoryPool {

    private static final long SMALLEST = 256;
    private static final long COLLECT_BYTES = 256L << 20;
    private static final int COLLECT_BLOCKS = 16_384;
    private static final int FIRST_MILLIS = 2000;
    private static final int COLLECT_MILLIS = 20;

    /** A piece of device memory. */
    static final class Block {

        final cl_mem memory;
        final Pointer pointer;   // to its handle, as an argument of a kernel
        final long bytes;
        private long idleSince;

        private Block(cl_mem memory, long bytes) {
            this.memory = memory;
            this.pointer = Pointer.to(memory);
            this.bytes = bytes;
        }
    }

    /** Who has a block, seen from beyond the owner's end. */
    private static final class Owner extends PhantomReference<Allocation> {

        private final Block block;
        private final DType dtype;
        private final int length;

        private Owner(Allocation allocation, DType dtype, int length, ReferenceQueue<Object> gone) {
            super(allocation, gone);
            this.block = allocation.block();
            this.dtype = dtype;
            this.length = length;
        }

        private long bytes() {
            return (long) length * dtype.bytes();
        }

        private String text() {
            return String.format(Locale.ROOT, "%,d of %s, %.1f MiB", length, dtype, bytes() / 0x1p20);
        }
    }

    private final DeviceQueue device;
    private final cl_context context;
    private final long limit;
    private final Map<Long, Deque<Block>> idle = new HashMap<>();
    private final Set<Owner> owners = new HashSet<>();
    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();
    private long usedBytes;
    private long idleBytes;
    private long collectAtBytes = COLLECT_BYTES;
    private int collectAtBlocks = COLLECT_BLOCKS;
    private long clock;

    /** Memory up to this many bytes, in use and idle. */
    MemoryPool(DeviceQueue device, cl_context context, long limit) {
        this.device = device;
        this.context = context;
        this.limit = limit;
    }

    /** What of a device's memory is ours to take: a twentieth is left to others. */
    static long limitOf(Platforms.Device device) {
        return device.number(CL_DEVICE_GLOBAL_MEM_SIZE, Long.BYTES) / 20 * 19;
    }

    long usedBytes() {
        return usedBytes;
    }

    long idleBytes() {
        return idleBytes;
    }

    /** Memory for so many numbers; what it holds is undefined. */
    Allocation allocate(DType dtype, int length) {
        drain();
        long size = sizeClass((long) length * dtype.bytes());
        var block = take(size);
        if (block == null && (usedBytes + size > Math.min(collectAtBytes, limit) || owners.size() >= collectAtBlocks)) {
            collect();
            block = take(size);
        }
        if (block == null) {
            block = create(size, dtype, length);
        }
        usedBytes += size;
        var allocation = new Allocation(device, block);
        owners.add(new Owner(allocation, dtype, length, gone));
        return allocation;
    }

    /** Sizes rise by an eighth at most, so that a block fits many. */
    static long sizeClass(long bytes) {
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long step = Long.highestOneBit(bytes - 1) >> 3;
        return (bytes + step - 1) / step * step;
    }

    private Block take(long size) {
        var blocks = idle.get(size);
        if (blocks == null || blocks.isEmpty()) {
            return null;
        }
        idleBytes -= size;
        return blocks.pop();
    }

    private Block create(long size, DType dtype, int length) {
        trim(limit - usedBytes - size);
        if (usedBytes + size <= limit) {
            for (int attempt = 0; attempt < 2; attempt++) {
                try {
                    return new Block(clCreateBuffer(context, CL_MEM_READ_WRITE, size, null, null), size);
                } catch (CLException e) {
                    if (!isExhaustion(e)) {
                        throw e;
                    }
                    freeIdle();
                }
            }
        }
        throw new OpenClException(String.format(Locale.ROOT, "no memory on the device for %,d numbers of %s: %.1f MiB are"
                + " in use of %.1f MiB%nthe largest: %s%nhelp: smaller batches need less; what no variable holds any more"
                + " is freed by itself", length, dtype, usedBytes / 0x1p20, limit / 0x1p20, largest()));
    }

    static boolean isExhaustion(CLException e) {
        return e.getStatus() == CL_MEM_OBJECT_ALLOCATION_FAILURE || e.getStatus() == CL_OUT_OF_RESOURCES
                || e.getStatus() == CL_OUT_OF_HOST_MEMORY;
    }

    private String largest() {
        return owners.stream().sorted(Comparator.comparingLong(Owner::bytes).reversed()).limit(10).map(Owner::text)
                .collect(Collectors.joining("\n             "));
    }

    /** Takes back the blocks whose owners are gone. */
    private void drain() {
        for (var one = gone.poll(); one != null; one = gone.poll()) {
            takeBack(one);
        }
    }

    private void takeBack(Reference<?> one) {
        if (!(one instanceof Owner owner) || !owners.remove(owner)) {
            return;
        }
        usedBytes -= owner.block.bytes;
        idleBytes += owner.block.bytes;
        owner.block.idleSince = clock++;
        idle.computeIfAbsent(owner.block.bytes, _ -> new ArrayDeque<>()).push(owner.block);
        trim(limit / 4);
    }

    /** Asks the garbage collector which blocks are in use, and waits for its answers: for the first until it comes. */
    private void collect() {
        var lost = new PhantomReference<>(new Object(), gone);   // sure to be among them, however busy the machine
        System.gc();
        boolean interrupted = false;
        try {
            for (var one = gone.remove(FIRST_MILLIS); one != null; one = gone.remove(COLLECT_MILLIS)) {
                takeBack(one);
                drain();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        Reference.reachabilityFence(lost);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        collectAtBytes = Math.max(COLLECT_BYTES, 2 * usedBytes);
        collectAtBlocks = Math.max(COLLECT_BLOCKS, 2 * owners.size());
    }

    /** Gives back what nobody uses. */
    void freeIdle() {
        collect();
        trim(0);
    }

    /** Frees idle blocks, those first that have been idle longest, down to so many bytes. */
    private void trim(long bytes) {
        while (idleBytes > Math.max(0, bytes)) {
            var oldest = idle.values().stream().filter(blocks -> !blocks.isEmpty())
                    .min(Comparator.comparingLong(blocks -> blocks.getLast().idleSince)).orElseThrow().removeLast();
            idleBytes -= oldest.bytes;
            clReleaseMemObject(oldest.memory);
        }
    }
}
