package gradus.nn.derivation;

/** How the lines of a derivation are written; all are true of the same recorded numbers. */
public enum Layout {
    /**
     * A sample is a column: Z = W X + b, δ hᵀ, Wᵀ δ. What was recorded with a sample per row is transposed, weights
     * stay as they are.
     */
    COLUMNS,
    /**
     * A sample is a row: Z = X Wᵀ + b, δᵀ X, δ W. What was recorded with a sample per column is transposed, weights
     * stay as they are.
     */
    ROWS,
    /** Element by element, with Σ and Kronecker's δᵢⱼ. */
    INDICES,
    /** By differentials: dz = dW h + W dh + db, collected to dL = tr(Gᵀ dW), from which ∂L/∂W = G is read off. */
    DIFFERENTIALS
}
