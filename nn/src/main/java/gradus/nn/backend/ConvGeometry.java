package gradus.nn.backend;

/**
 * What a convolution or a pooling runs over. There are always three spatial axes; one that is missing has size 1 and a
 * window of 1.
 *
 * <p>Layouts, all dense: input [batch, inChannels, spatial…], weight [outChannels, inChannels/groups, kernel…], output
 * [batch, outChannels, out…]. Of {@code groups} parts of the input channels each is seen by its own part of the output
 * channels.
 */
public record ConvGeometry(int batch, int inChannels, int outChannels, int groups, Axis depth, Axis height, Axis width) {

    /**
     * One spatial axis: output position i and window position k meet at input position
     * {@code i·stride − padBefore + k·dilation}; positions outside of 0 … in−1 hold zeros.
     */
    public record Axis(int in, int kernel, int stride, int padBefore, int padAfter, int dilation) {

        /** An axis that is not there. */
        public static final Axis NONE = new Axis(1, 1, 1, 0, 0, 1);

        /** How many positions the window has: ⌊(in + padBefore + padAfter − dilation (kernel − 1) − 1) / stride⌋ + 1. */
        public int out() {
            return Math.floorDiv(in + padBefore + padAfter - dilation * (kernel - 1) - 1, stride) + 1;
        }
    }

    /** Elements of one channel of the input. */
    public int inPlane() {
        return depth.in * height.in * width.in;
    }

    /** Elements of one channel of the output. */
    public int outPlane() {
        return depth.out() * height.out() * width.out();
    }

    /** Elements of one channel of one filter. */
    public int window() {
        return depth.kernel * height.kernel * width.kernel;
    }
}
