package gradus.nn.data;

/** Samples to learn from, and others to see whether the learning holds. */
public record Split(Dataset train, Dataset validation) {
}
