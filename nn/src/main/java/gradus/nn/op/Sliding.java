package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.ConvGeometry.Axis;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * How a window slides along one axis: in steps of {@code stride}, over the input and so many zeros {@code before} and
 * {@code after} it, seeing every {@code dilation}-th element. A window of k elements has
 * ⌊(in + before + after − dilation (k − 1) − 1) / stride⌋ + 1 positions.
 */
public record Sliding(int stride, int before, int after, int dilation) {

    public Sliding {
        if (stride < 1 || dilation < 1 || before < 0 || after < 0) {
            throw new ShapeException("window: stride " + stride + ", padding " + before + " and " + after + ", dilation "
                    + dilation + "\nhelp: strides and dilations are at least 1, paddings at least 0");
        }
    }

    /** Step by step over the input alone. */
    public static final Sliding PLAIN = new Sliding(1, 0, 0, 1);

    /** The same along so many axes. */
    public List<Sliding> times(int axes) {
        return Collections.nCopies(axes, this);
    }

    private Axis axis(int in, int kernel) {
        return new Axis(in, kernel, stride, before, after, dilation);
    }

    /**
     * The geometry of windows over an input [batch, channels, spatial…]; throws {@link ShapeException} where a window does
     * not fit in.
     */
    static ConvGeometry geometry(String name, List<Sliding> slides, Shape x, int[] kernel, int outChannels, int groups) {
        int axes = slides.size();
        if (x.rank() != axes + 2) {
            throw ShapeException.of(name, "is no batch of " + axes + "-dimensional inputs",
                    "the input is [batch, channels" + ", size".repeat(axes) + "]; a missing 1 comes by reshape(...)", x);
        }
        var all = new Axis[] {Axis.NONE, Axis.NONE, Axis.NONE};
        for (int i = 0; i < axes; i++) {
            var slide = slides.get(i);
            var axis = slide.axis(x.dim(i + 2), kernel[i]);
            int lacks = slide.dilation * (kernel[i] - 1) + 1 - axis.in() - slide.before - slide.after;
            if (kernel[i] < 1 || lacks > 0) {
                throw ShapeException.of(name, "do not fit: a window of " + kernel[i] + (slide.dilation == 1 ? ""
                        : " with dilation " + slide.dilation) + " over " + axis.in() + " elements padded by " + slide.before
                        + " and " + slide.after, kernel[i] < 1 ? "a window has at least one element"
                        : "padding(" + (Math.max(slide.before, slide.after) + (lacks + 1) / 2) + ") would fit, or a smaller window",
                        x, new Shape(kernel));
            }
            all[3 - axes + i] = axis;
        }
        return new ConvGeometry(x.dim(0), x.dim(1), outChannels, groups, all[0], all[1], all[2]);
    }

    /** [batch, outChannels, out…]. */
    static Shape out(ConvGeometry g, int axes) {
        return new Shape(joined(g.batch(), g.outChannels(),
                Arrays.copyOfRange(new int[] {g.depth().out(), g.height().out(), g.width().out()}, 3 - axes, 3)));
    }

    static int[] joined(int first, int second, int... rest) {
        var all = new int[rest.length + 2];
        all[0] = first;
        all[1] = second;
        System.arraycopy(rest, 0, all, 2, rest.length);
        return all;
    }
}
