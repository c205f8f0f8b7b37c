package gradus.nn.optim;

/**
 * A smaller learning rate when the loss no longer falls: times {@code factor} after more than {@code patience} epochs in
 * a row without a new least loss, and again after as many more, down to {@code least}.
 *
 * <p>An epoch counts as better when its loss is below the least so far by more than the part {@code threshold} of it.
 * The same as PyTorch's {@code ReduceLROnPlateau} with its other settings left alone.
 *
 * @param factor    in (0, 1)
 * @param patience  epochs that may pass without a better loss
 * @param least     the rate that it stops at
 * @param threshold in [0, 1)
 */
public record ReduceOnPlateau(double factor, int patience, double least, double threshold) {

    public ReduceOnPlateau {
        if (!(factor > 0 && factor < 1) || patience < 0 || !(least >= 0) || !(threshold >= 0 && threshold < 1)) {
            throw new IllegalArgumentException("reduce on plateau: factor " + factor + ", patience " + patience
                    + ", least rate " + least + ", threshold " + threshold
                    + "\nhelp: 0 < factor < 1, patience ≥ 0, least rate ≥ 0, 0 ≤ threshold < 1");
        }
    }

    /** Down to 0, with a threshold of 0.0001 as in PyTorch. */
    public ReduceOnPlateau(double factor, int patience) {
        this(factor, patience, 0, 1e-4);
    }

    /** The learning rate after epochs with these losses, when it began with {@code lr}. */
    public double after(double lr, double... losses) {
        double best = Double.POSITIVE_INFINITY;
        int waited = 0;
        for (double loss : losses) {
            boolean better = best == Double.POSITIVE_INFINITY ? loss < best : loss < best - threshold * Math.abs(best);
            best = better ? loss : best;
            waited = better ? 0 : waited + 1;
            if (waited > patience) {
                lr = Math.min(lr, Math.max(lr * factor, least));
                waited = 0;
            }
        }
        return lr;
    }
}
