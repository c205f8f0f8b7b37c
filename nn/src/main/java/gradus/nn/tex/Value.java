package gradus.nn.tex;

/** What a name in a formula stands for: numbers or a function of numbers. */
public sealed interface Value permits NdArray, Value.Function {

    /** A function as {@code f_{parameters}\left(arguments\right)}. */
    @FunctionalInterface
    non-sealed interface Function extends Value {

        /** Throws {@link IllegalArgumentException} for arguments that it does not take. */
        NdArray apply(NdArray[] parameters, NdArray[] arguments);
    }
}
