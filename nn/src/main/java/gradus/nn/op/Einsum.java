package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Einstein's sum: {@code "bij,bjk->bik"} names the axes of each operand and of the result; what has one letter is multiplied
 * at equal indices, and a letter that the result lacks is summed over. A letter twice in an operand takes its diagonal.
 *
 * <p>Operands are contracted from left to right, two at a time, each pair as one batched matrix product.
 */
public record Einsum(String subscripts) implements Op {

    /** A tensor and the letters of its axes. */
    private record Lettered(Tensor x, String letters) {

        private int axis(char letter) {
            return letters.indexOf(letter);
        }

        boolean has(char letter) {
            return axis(letter) >= 0;
        }

        private Lettered without(int axis, Tensor smaller) {
            return new Lettered(smaller, letters.substring(0, axis) + letters.substring(axis + 1));
        }

        /** Of a letter that comes twice, the diagonal. */
        Lettered diagonals() {
            for (int axis = 0; axis < letters.length(); axis++) {
                int second = letters.indexOf(letters.charAt(axis), axis + 1);
                if (second > 0) {
                    int last = letters.length() - 2;
                    return without(second, x.movedim(second, -1).movedim(axis, -2).diagonal().movedim(last, axis)).diagonals();
                }
            }
            return this;
        }

        /** Without axes of size 1: they repeat whatever others have there. */
        Lettered squeezed(String kept) {
            for (int axis = 0; axis < letters.length(); axis++) {
                if (x.shape().dim(axis) == 1 && kept.indexOf(letters.charAt(axis)) < 0) {
                    return without(axis, x.squeeze(axis)).squeezed(kept);
                }
            }
            return this;
        }

        /** Summed over the letters that are needed no more. */
        Lettered summed(String needed) {
            int[] gone = IntStream.range(0, letters.length()).filter(axis -> needed.indexOf(letters.charAt(axis)) < 0).toArray();
            return gone.length == 0 ? this : new Lettered(x.sum(gone), only(needed));
        }

        /** The letters among these, in their order here. */
        String only(String wanted) {
            return Subscripts.only(letters, letter -> wanted.indexOf(letter) >= 0);
        }

        /** With the axes in this order. */
        Lettered as(String order) {
            return order.equals(letters) ? this
                    : new Lettered(x.transpose(order.chars().map(letters::indexOf).toArray()), order);
        }

        int size(String of) {
            return of.chars().map(letter -> x.shape().dim(axis((char) letter))).reduce(1, (a, b) -> a * b);
        }

        int[] dims() {
            return x.shape().dims();
        }

        /** The product with another, summed over the letters that both have and that are needed no more. */
        Lettered times(Lettered other, String needed) {
            var a = summed(needed + other.letters);
            var b = other.summed(needed + letters);
            var shared = a.only(b.letters);
            var batch = Subscripts.only(shared, letter -> needed.indexOf(letter) >= 0);
            var met = remove(shared, batch);
            var left = remove(a.letters, shared);
            var right = remove(b.letters, shared);
            a = a.as(batch + left + met);
            b = b.as(batch + met + right);
            var dims = IntStream.concat(Arrays.stream(a.dims(), 0, batch.length() + left.length()),
                    Arrays.stream(b.dims(), shared.length(), b.letters.length())).toArray();
            int count = a.size(batch);
            int sum = a.size(met);
            var product = met.isEmpty() && left.isEmpty() && right.isEmpty() ? a.x.times(b.x)
                    : a.x.reshape(count, a.size(left), sum).matmul(b.x.reshape(count, sum, b.size(right))).reshape(dims);
            return new Lettered(product, batch + left + right);
        }

        private static String remove(String letters, String gone) {
            return Subscripts.only(letters, letter -> gone.indexOf(letter) < 0);
        }
    }

    @Override
    public String name() {
        return "einsum";
    }

    @Override
    public Shape shape(Shape... in) {
        var read = Subscripts.of(subscripts, in);
        var sizes = read.sizes(in);
        return new Shape(read.result().chars().map(letter -> sizes.get((char) letter)).toArray());
    }

    private static Shape[] shapes(Tensor... in) {
        return Arrays.stream(in).map(Tensor::shape).toArray(Shape[]::new);
    }

    @Override
    public Tensor forward(Tensor... in) {
        var read = Subscripts.of(subscripts, shapes(in));
        var sizes = read.sizes(shapes(in));
        var single = sizes.keySet().stream().filter(letter -> sizes.get(letter) == 1).map(String::valueOf).collect(Collectors.joining());
        var parts = new ArrayList<Lettered>();
        for (int i = 0; i < in.length; i++) {
            parts.add(new Lettered(in[i], read.operands().get(i)).diagonals().squeezed(single));
        }
        var product = parts.getFirst();
        for (int i = 1; i < parts.size(); i++) {
            var needed = parts.subList(i + 1, parts.size()).stream().map(Lettered::letters).collect(Collectors.joining(read.result(), read.result(), ""));
            product = product.times(parts.get(i), needed);
        }
        return product.summed(read.result()).as(read.result()).x;
    }

    /** Each gradient is a sum of the same kind, over the other operands and δ. */
    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
        var read = Subscripts.of(subscripts, shapes(in));
        return IntStream.range(0, in.length).mapToObj(i -> in[i].requiresGrad() ? gradient(read, i, in, d) : null).toArray(Tensor[]::new);
    }

    private static Tensor gradient(Subscripts read, int operand, Tensor[] in, Tensor d) {
        var letters = read.operands().get(operand);
        var others = new ArrayList<>(read.without(operand));
        others.add(read.result());
        var factors = new ArrayList<>(List.of(in));
        factors.remove(operand);
        factors.add(d);
        var wanted = Subscripts.distinct(letters);
        var known = Subscripts.only(wanted, letter -> String.join("", others).indexOf(letter) >= 0
                && in[operand].shape().dim(letters.indexOf(letter)) != 1);
        var found = Tensor.apply(new Einsum(Subscripts.text(others, known)), factors.toArray(Tensor[]::new));
        var gradient = new Lettered(found, known);
        for (int i = 0; i < wanted.length(); i++) {   // what was only summed, or repeated from size 1
            if (!gradient.has(wanted.charAt(i))) {
                gradient = new Lettered(gradient.x.unsqueeze(i), gradient.letters.substring(0, i) + wanted.charAt(i)
                        + gradient.letters.substring(i));
            }
        }
        var dims = wanted.chars().map(letter -> in[operand].shape().dim(letters.indexOf(letter))).toArray();
        return onDiagonals(gradient.x.broadcastTo(new Shape(dims)), wanted, letters);
    }

    /** From one axis per letter to those of the operand, where a letter that comes twice is a diagonal. */
    private static Tensor onDiagonals(Tensor x, String have, String letters) {
        for (int axis = 0; axis < letters.length(); axis++) {
            int before = letters.lastIndexOf(letters.charAt(axis), axis - 1);
            if (before >= 0) {   // the axes up to this one are in place
                int last = x.rank();
                x = x.movedim(before, -1).diag().movedim(last - 1, before).movedim(last, axis);
            }
        }
        return x;
    }

    // ---- formulas ----

    @Override
    public Tex tex(Tex... in) {
        var read = Subscripts.of(subscripts, Arrays.stream(in).map(Tex::shape).toArray(Shape[]::new));
        return sum(read.operands(), read.result(), "", in);
    }

    /** The product of entries, summed; the result's letters in alphabetical order, so that its axes have theirs. */
    private static Tex sum(List<String> operands, String result, String factor, Tex... in) {
        var names = new HashMap<Integer, Character>();
        int[] sorted = result.chars().sorted().toArray();
        for (int i = 0; i < sorted.length; i++) {
            names.put((int) result.charAt(i), (char) sorted[i]);
        }
        var entries = new ArrayList<String>();
        for (int i = 0; i < in.length; i++) {
            var letters = operands.get(i).chars().mapToObj(letter -> String.valueOf(names.getOrDefault(letter, (char) letter)))
                    .collect(Collectors.joining(", "));
            entries.add(letters.isEmpty() ? in[i].text() : in[i].entry(letters).text());
        }
        var summed = String.join("", operands).chars().distinct().filter(letter -> result.indexOf(letter) < 0)
                .mapToObj(letter -> String.valueOf((char) letter)).collect(Collectors.joining(", "));
        return new Tex((summed.isEmpty() ? "" : "\\sum_{" + summed + "} ") + factor + String.join(" \\, ", entries), Tex.Binding.PREFIX);
    }

    @Override
    public Tex[] localTex(Tex[] in, Tex out) {
        var read = Subscripts.of(subscripts, Arrays.stream(in).map(Tex::shape).toArray(Shape[]::new));
        return IntStream.range(0, in.length).mapToObj(i -> {
            var others = new ArrayList<>(List.of(in));
            others.remove(i);
            return others.isEmpty() ? Tex.number(1) : sum(read.without(i), String.join("", read.without(i)), "", others.toArray(Tex[]::new));
        }).toArray(Tex[]::new);
    }

    @Override
    public Tex[] backTex(Tex[] in, Tex out, Tex d) {
        var read = Subscripts.of(subscripts, Arrays.stream(in).map(Tex::shape).toArray(Shape[]::new));
        return IntStream.range(0, in.length).mapToObj(i -> {
            var letters = new StringBuilder(read.operands().get(i));
            var factors = new StringBuilder();
            var others = new ArrayList<>(read.without(i));
            others.add(read.result());
            for (int axis = 0; axis < letters.length(); axis++) {
                char letter = letters.charAt(axis);
                if (letters.substring(0, axis).indexOf(letter) >= 0) {   // a diagonal
                    char other = unused(read, letters.toString());
                    letters.setCharAt(axis, other);
                    factors.append("\\mathbf{1}_{").append(letter).append(" = ").append(other).append("} \\, ");
                } else if (String.join("", others).indexOf(letter) < 0) {   // only summed over
                    factors.append("\\mathbf{1}_{").append(in[i].shape().dim(axis)).append("}[").append(letter).append("] \\, ");
                }
            }
            var symbols = new ArrayList<>(List.of(in));
            symbols.remove(i);
            symbols.add(d);
            return sum(others, letters.toString(), factors.toString(), symbols.toArray(Tex[]::new));
        }).toArray(Tex[]::new);
    }

    private static char unused(Subscripts read, String letters) {
        var used = String.join("", read.operands()) + letters;
        return (char) IntStream.rangeClosed('a', 'z').filter(letter -> used.indexOf(letter) < 0).findFirst().orElse('Z');
    }

    // ---- samples ----

    @Override
    public List<Tensor[]> samples() {
        var operands = subscripts.split("->")[0].split(",", -1);
        return List.of(Arrays.stream(operands).map(letters -> Samples.normal(dims(letters))).toArray(Tensor[]::new),
                Arrays.stream(operands).map(letters -> {
                    var dims = dims(letters);
                    var backwards = IntStream.range(0, dims.length).map(i -> dims.length - 1 - i).toArray();
                    return Samples.normal(Arrays.stream(backwards).map(i -> dims[i]).toArray()).transpose(backwards);
                }).toArray(Tensor[]::new));
    }

    private static int[] dims(String letters) {
        return letters.replace("...", "y").chars().map(letter -> 2 + letter % 3).toArray();
    }

    @Override
    public List<Shape[]> misfits() {
        var operands = subscripts.split("->")[0].split(",", -1);
        return List.of(Arrays.stream(operands).map(letters -> Shape.SCALAR).toArray(Shape[]::new), new Shape[0]);
    }
}
