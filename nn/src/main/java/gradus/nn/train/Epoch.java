package gradus.nn.train;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * One pass over the training data.
 *
 * @param number             from 1
 * @param lr                 the learning rate of its last step
 * @param loss               mean over the training samples, while they were learned from
 * @param validationLoss     mean over the validation samples, afterwards
 * @param accuracy           fraction of training samples classified right
 * @param validationAccuracy the same for the validation samples
 * @param seconds            how long it took
 */
public record Epoch(int number, double lr, double loss, OptionalDouble validationLoss, OptionalDouble accuracy,
                    OptionalDouble validationAccuracy, double seconds) {

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "epoch %d: loss %.4f%s%s%s", number, loss,
                text(", validation loss %.4f", validationLoss, 1), text(", accuracy %.1f %%", accuracy, 100),
                text(", validation accuracy %.1f %%", validationAccuracy, 100));
    }

    private static String text(String format, OptionalDouble value, double scale) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble() * scale) : "";
    }
}
