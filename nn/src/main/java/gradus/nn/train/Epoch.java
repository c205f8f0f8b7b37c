package gradus.nn.train;

import java.util.OptionalDouble;

/**
 * One pass over the training data.
 *
 * @param number             from 1
 * @param loss               mean over the training samples, while they were learned from
 * @param validationLoss     mean over the validation samples, afterwards
 * @param accuracy           fraction of training samples classified right
 * @param validationAccuracy the same for the validation samples
 * @param seconds            how long it took
 */
public record Epoch(int number, double loss, OptionalDouble validationLoss, OptionalDouble accuracy,
                    OptionalDouble validationAccuracy, double seconds) {
}
