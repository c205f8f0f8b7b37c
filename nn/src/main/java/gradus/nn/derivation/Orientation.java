package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.op.Mapped;
import gradus.nn.op.Movement;
import gradus.nn.op.Pointwise;
import gradus.nn.op.Products;
import gradus.nn.tex.Dimensions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Which tensors of a graph change places with their transposes when samples become columns, or rows: the batches that
 * meet a weight, and what is computed from them and with them element by element.
 *
 * @param turned matrices that are written transposed
 * @param rows   vectors that are added to each row, so that they count as rows and become columns
 */
record Orientation(Set<Tensor> turned, Set<Tensor> rows) {

    static Orientation none() {
        return new Orientation(Set.of(), Set.of());
    }

    /** Those that turn when every sample is to be a column, or a row. */
    static Orientation of(Graph graph, boolean columns) {
        Set<Tensor> turned = Collections.newSetFromMap(new IdentityHashMap<>());
        boolean more = true;
        while (more) {
            more = false;
            for (var x : graph.order()) {
                for (var found : columns ? samplesInRows(x, turned) : samplesInColumns(x, turned)) {
                    more |= found.rank() == 2 && !isWeight(found) && turned.add(found);
                }
            }
        }
        graph.oneHots().stream().filter(labels -> turned.contains(labels.loss().inputs()[0]))
                .forEach(labels -> turned.add(labels.matrix()));
        return new Orientation(turned, rows(graph, turned));
    }

    /** Vectors among matrices that turn, or among all. */
    private static Set<Tensor> rows(Graph graph, Set<Tensor> turned) {
        Set<Tensor> rows = Collections.newSetFromMap(new IdentityHashMap<>());
        for (var x : graph.order()) {
            boolean adds = x.op() instanceof Pointwise || x.op() instanceof Mapped || x.op() instanceof Products.Linear;
            if (adds && turned.contains(x)) {
                for (var in : x.inputs()) {
                    if (in.rank() == 1) {
                        rows.add(in);
                    }
                }
            }
        }
        return rows;
    }

    private static boolean isWeight(Tensor x) {
        return x.op() == null ? x.requiresGrad() : x.op() instanceof Movement.Permute && isWeight(x.inputs()[0]);
    }

    private static List<Tensor> samplesInRows(Tensor x, Set<Tensor> turned) {
        return switch (x.op()) {
            case Products.Linear _ -> List.of(x.inputs()[0], x);
            case Products.MatMul _ -> factor(x, x.inputs()[0], x.inputs()[1], turned);
            case null, default -> alike(x, turned);
        };
    }

    private static List<Tensor> samplesInColumns(Tensor x, Set<Tensor> turned) {
        return switch (x.op()) {
            case Products.Linear _ -> List.of();
            case Products.MatMul _ -> factor(x, x.inputs()[1], x.inputs()[0], turned);
            case null, default -> alike(x, turned);
        };
    }

    /** Of a product of samples with a weight, the samples and the result; of one with samples, the result. */
    private static List<Tensor> factor(Tensor x, Tensor samples, Tensor other, Set<Tensor> turned) {
        return isWeight(samples) ? List.of() : isWeight(other) ? List.of(samples, x)
                : turned.contains(other) ? List.of(x) : List.of();
    }

    /** A result and its inputs of the same shape, as soon as one of them turns. */
    private static List<Tensor> alike(Tensor x, Set<Tensor> turned) {
        if (x.op() == null || x.op() instanceof Movement.Permute) {
            return List.of();
        }
        var all = new ArrayList<>(List.of(x.inputs()));
        all.add(x);
        var shapes = all.stream().filter(turned::contains).map(Tensor::shape).toList();
        return all.stream().filter(y -> shapes.contains(y.shape())).toList();
    }

    boolean isTurned(Tensor x) {
        return turned.contains(x) || rows.contains(x);
    }

    /** The shape in which a tensor is written. */
    Shape shape(Tensor x) {
        return turned.contains(x) ? Dimensions.transposed(x.shape())
                : rows.contains(x) ? new Shape(x.size(), 1) : x.shape();
    }
}
