package gradus.nn.compile;

import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A recorded step made ready to be replayed: its events, to recognise it by, and its kernels without those whose results
 * nobody needs, fused, on memory that is laid out once and used again within the step.
 */
final class Plan {

    private final List<Event> events;
    private final List<Tensor> like = new ArrayList<>();      // every tensor's layout; those given from outside themselves
    private final boolean[] given;
    private final boolean[] fixed;                             // given and changed in place: must be the very same again
    private final int[] sameMemory;                            // the first number with the same memory
    private final int[] results;                               // what has numbers afterwards
    private final Map<Integer, Buffer> bound = new HashMap<>();   // given tensors to the buffers that stand for theirs
    private final Buffer[] resultBuffers;
    private final boolean[] handedOver;                        // results whose memory nothing else shares
    private final Kernel[] kernels;
    private final Buffer[][] cleared;                          // what must be zeros before each kernel
    private final List<Buffer> changed;                        // what outlives the step and is changed by it
    private final int recorded;
    private final long bytes;

    /**
     * @param results the numbers of the tensors that are wanted afterwards
     */
    Plan(Recording recording, int[] results) {
        this.events = List.copyOf(recording.events());
        this.results = results;
        var tensors = recording.tensors();
        int n = tensors.size();
        this.given = new boolean[n];
        this.fixed = new boolean[n];
        this.sameMemory = new int[n];
        Map<Buffer, Integer> first = new IdentityHashMap<>();
        var written = identitySet();
        recording.kernels().forEach(kernel -> written.addAll(List.of(kernel.writes())));
        for (int i = 0; i < n; i++) {
            var x = tensors.get(i);
            given[i] = recording.isGiven(i);
            int before = first.computeIfAbsent(x.buffer(), _ -> like.size());
            sameMemory[i] = before;
            if (given[i] && before < i) {   // memory seen under two names cannot be exchanged under one
                fixed[i] = true;
                fixed[before] = given[before];
            }
            fixed[i] |= given[i] && written.contains(x.buffer());
            like.add(x);
        }
        var wanted = identitySet();
        for (int result : results) {
            wanted.add(tensors.get(result).buffer());
        }
        var outside = outside(recording, tensors);
        var needed = Fusion.fuse(needed(recording.kernels(), wanted, outside), wanted, outside);
        var layout = new Layout(needed, wanted, outside);
        for (int i = 0; i < n; i++) {
            if (given[i] && !fixed[i]) {
                var stand = Buffer.allocate(tensors.get(i).dtype(), tensors.get(i).buffer().length());
                bound.put(i, stand);
                layout.replace(tensors.get(i).buffer(), stand);
            }
        }
        this.kernels = needed.stream().map(kernel -> kernel.on(layout::of)).toArray(Kernel[]::new);
        this.cleared = Arrays.stream(kernels).map(kernel -> kernel instanceof Kernel.Host host
                ? Arrays.stream(host.out()).filter(out -> !outside.contains(out)).toArray(Buffer[]::new) : new Buffer[0])
                .toArray(Buffer[][]::new);
        this.resultBuffers = Arrays.stream(results).mapToObj(i -> layout.of(tensors.get(i).buffer())).toArray(Buffer[]::new);
        this.handedOver = new boolean[results.length];
        for (int i = 0; i < results.length; i++) {
            var buffer = resultBuffers[i];
            handedOver[i] = !given[results[i]] && !outside.contains(tensors.get(results[i]).buffer())
                    && Arrays.stream(resultBuffers).filter(other -> other == buffer).count() == 1;
        }
        this.changed = needed.stream().flatMap(kernel -> Arrays.stream(kernel.writes())).filter(outside::contains)
                .distinct().toList();
        this.recorded = recording.kernels().size();
        this.bytes = layout.bytes();
        for (int i = 0; i < n; i++) {   // of what was computed only the layout is kept
            if (!given[i]) {
                var x = tensors.get(i);
                like.set(i, Tensor.pending(x, Buffer.allocate(x.dtype(), x.buffer().length())));   // takes no memory before use
            }
        }
    }

    static Set<Buffer> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /** The buffers that were there before the step: first read, or assigned to. */
    private static Set<Buffer> outside(Recording recording, List<Tensor> tensors) {
        var outside = identitySet();
        var inside = identitySet();
        recording.assigned().forEach(i -> outside.add(tensors.get(i).buffer()));
        for (var kernel : recording.kernels()) {
            for (var buffer : kernel.reads()) {
                if (!inside.contains(buffer)) {
                    outside.add(buffer);
                }
            }
            for (var buffer : kernel.writes()) {
                inside.add(buffer);
            }
        }
        return outside;
    }

    /** The kernels on which a result, or memory that outlives the step, depends. */
    private static List<Kernel> needed(List<Kernel> all, Set<Buffer> wanted, Set<Buffer> outside) {
        var alive = identitySet();
        alive.addAll(wanted);
        alive.addAll(outside);
        var needed = new ArrayList<Kernel>();
        for (var kernel : all.reversed()) {
            if (Arrays.stream(kernel.writes()).anyMatch(alive::contains)) {
                needed.add(kernel);
                alive.addAll(List.of(kernel.reads()));
            }
        }
        return needed.reversed();
    }

    List<Event> events() {
        return events;
    }

    /** The tensor that was given under this number when the step was recorded. */
    Tensor given(int number) {
        return like.get(number);
    }

    /** Whether this tensor can be the one given under this number. */
    boolean accepts(int number, Tensor x) {
        if (number >= given.length || !given[number]) {
            return false;
        }
        var known = like.get(number);
        return x == known || (!fixed[number] && x.requiresGrad() == known.requiresGrad() && x.dtype() == known.dtype()
                && x.shape().equals(known.shape()) && x.offset() == known.offset()
                && Arrays.equals(x.strides(), known.strides()) && x.buffer().length() == known.buffer().length());
    }

    /** Whether so many events are the same as in another plan, and these tensors fit to both. */
    boolean beginsLike(Plan other, int count, List<Tensor> tensors) {
        return events.size() >= count && IntStream.range(0, count).allMatch(i -> Event.same(events.get(i), other.events.get(i)))
                && IntStream.range(0, tensors.size()).allMatch(i -> i < given.length && given[i] == other.given[i]
                        && (!given[i] || accepts(i, tensors.get(i))));
    }

    /** A tensor without numbers with the layout of the one recorded under this number. */
    Tensor like(int number, List<Tensor> tensors, Buffer.DeviceMemory pending) {
        var known = like.get(number);
        int owner = sameMemory[number];
        if (owner < number) {
            return Tensor.pending(known, tensors.get(owner).buffer());
        }
        var buffer = Buffer.allocate(known.dtype(), known.buffer().length());
        buffer.onlyOn(pending);
        return Tensor.pending(known, buffer);
    }

    boolean returns(int[] numbers) {
        return Arrays.equals(results, numbers);
    }

    /** Computes the step with these tensors; those that are results have their numbers then. */
    void run(Backend backend, List<Tensor> tensors) {
        bound.forEach((number, buffer) -> buffer.rebind(tensors.get(number).buffer().array()));
        for (int i = 0; i < results.length; i++) {
            if (handedOver[i] && resultBuffers[i].onHost()) {   // which the last run gave away
                resultBuffers[i].rebind(Buffer.allocate(resultBuffers[i].dtype(), resultBuffers[i].length()).array());
            }
        }
        for (int i = 0; i < kernels.length; i++) {
            for (var buffer : cleared[i]) {
                clear(buffer);
            }
            backend.run(kernels[i]);
        }
        for (var buffer : changed) {
            buffer.changedInPlace();
        }
        for (int i = 0; i < results.length; i++) {
            if (!given[results[i]]) {
                var numbers = handedOver[i] && !resultBuffers[i].onDevice() ? over(resultBuffers[i].array())
                        : copyOf(resultBuffers[i]);
                tensors.get(results[i]).become(Tensor.pending(like.get(results[i]), numbers));
            }
        }
    }

    private static Buffer over(Object array) {
        return switch (array) {
            case float[] floats -> Buffer.of(floats);
            case double[] doubles -> Buffer.of(doubles);
            default -> Buffer.of((int[]) array);
        };
    }

    private static void clear(Buffer buffer) {
        switch (buffer.dtype()) {
            case FLOAT32 -> Arrays.fill(buffer.floats(), 0);
            case FLOAT64 -> Arrays.fill(buffer.doubles(), 0);
            case INT32 -> Arrays.fill(buffer.ints(), 0);
        }
        buffer.arrayChanged();
    }

    private static Buffer copyOf(Buffer buffer) {
        return switch (buffer.dtype()) {
            case FLOAT32 -> Buffer.of(buffer.floats().clone());
            case FLOAT64 -> Buffer.of(buffer.doubles().clone());
            case INT32 -> Buffer.of(buffer.ints().clone());
        };
    }

    @Override
    public String toString() {
        return events.size() + " operations, " + recorded + " kernels, " + kernels.length + " after fusion, "
                + (bytes + 1023) / 1024 + " KiB for intermediate values";
    }
}
