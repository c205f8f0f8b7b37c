package gradus.nn.train;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * How a training went, epoch by epoch.
 *
 * @param planned how many epochs it was to have; fewer are listed when it was stopped, or is still running
 */
public record History(List<Epoch> epochs, int planned) {

    public History {
        epochs = List.copyOf(epochs);
    }

    /** The latest epoch. */
    public Epoch last() {
        if (epochs.isEmpty()) {
            throw new IllegalStateException("no epoch has been completed");
        }
        return epochs.getLast();
    }

    public double[] losses() {
        return epochs.stream().mapToDouble(Epoch::loss).toArray();
    }

    /** η of each epoch's last step. */
    public double[] learningRates() {
        return epochs.stream().mapToDouble(Epoch::lr).toArray();
    }

    /** Empty when there are no validation data. */
    public double[] validationLosses() {
        return series(Epoch::validationLoss);
    }

    /** Empty when the loss classifies nothing. */
    public double[] accuracies() {
        return series(Epoch::accuracy);
    }

    public double[] validationAccuracies() {
        return series(Epoch::validationAccuracy);
    }

    public double seconds() {
        return epochs.stream().mapToDouble(Epoch::seconds).sum();
    }

    private double[] series(Function<Epoch, OptionalDouble> value) {
        return epochs.stream().map(value).filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble).toArray();
    }

    @Override
    public String toString() {
        var text = new StringBuilder("epoch      loss  validation  accuracy  validation\n");
        int n = epochs.size();
        for (int i = 0; i < n; i++) {
            if (n > 12 && i == 5) {
                text.append("    …\n");
                i = n - 5;
            }
            var e = epochs.get(i);
            text.append(String.format(Locale.ROOT, "%5d  %8.4f  %10s  %8s  %10s%n", e.number(), e.loss(),
                    text(e.validationLoss(), "%.4f", 1), text(e.accuracy(), "%.1f %%", 100),
                    text(e.validationAccuracy(), "%.1f %%", 100)));
        }
        return text.toString().stripTrailing();
    }

    private static String text(OptionalDouble value, String format, double scale) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble() * scale) : "";
    }
}
