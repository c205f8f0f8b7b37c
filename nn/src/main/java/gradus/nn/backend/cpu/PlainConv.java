package gradus.nn.backend.cpu;

import gradus.nn.DType;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.Kernel;

/**
 * Convolutions as the formula says, for both float types. Sums follow the canonical order of products: blocks of
 * {@value PlainCpu#K_BLOCK} terms, each by fused multiply-add from 0, added in order.
 *
 * <p>The terms of an output run over channel and window position; those of an input's gradient over channel and window
 * position of the output channels of its group; those of a weight's gradient over batch and output position. A position
 * outside of the input counts as a term of 0.
 */
final class PlainConv {

    private PlainConv() {
    }

    static void run(Kernel.Convolution c) {
        var g = c.geometry();
        switch (c.direction()) {
            case FORWARD -> forward(g, c.left(), c.right(), c.out());
            case INPUT_GRADIENT -> inputGradient(g, c.left(), c.right(), c.out());
            case WEIGHT_GRADIENT -> weightGradient(g, c.left(), c.right(), c.out());
        }
    }

    private static void forward(ConvGeometry g, Buffer x, Buffer w, Buffer y) {
        int inGroup = g.inChannels() / g.groups();
        int outGroup = g.outChannels() / g.groups();
        var sum = Sum.of(y);
        for (int b = 0; b < g.batch(); b++) {
            for (int o = 0; o < g.outChannels(); o++) {
                int firstChannel = b * g.inChannels() + o / outGroup * inGroup;
                for (int at = 0; at < g.outPlane(); at++) {
                    sum.clear();
                    for (int c = 0; c < inGroup; c++) {
                        for (int k = 0; k < g.window(); k++) {
                            int place = place(g, at, k);
                            sum.add(x, place < 0 ? -1 : (firstChannel + c) * g.inPlane() + place,
                                    w, (o * inGroup + c) * g.window() + k);
                        }
                    }
                    y.set((b * g.outChannels() + o) * g.outPlane() + at, sum.total());
                }
            }
        }
    }

    private static void inputGradient(ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
        int inGroup = g.inChannels() / g.groups();
        int outGroup = g.outChannels() / g.groups();
        var sum = Sum.of(dx);
        for (int b = 0; b < g.batch(); b++) {
            for (int c = 0; c < g.inChannels(); c++) {
                int firstOut = c / inGroup * outGroup;
                for (int place = 0; place < g.inPlane(); place++) {
                    sum.clear();
                    for (int o = firstOut; o < firstOut + outGroup; o++) {
                        for (int k = 0; k < g.window(); k++) {
                            int at = outputAt(g, place, k);
                            sum.add(dy, at < 0 ? -1 : (b * g.outChannels() + o) * g.outPlane() + at,
                                    w, (o * inGroup + c % inGroup) * g.window() + k);
                        }
                    }
                    dx.set((b * g.inChannels() + c) * g.inPlane() + place, sum.total());
                }
            }
        }
    }

    private static void weightGradient(ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
        int inGroup = g.inChannels() / g.groups();
        int outGroup = g.outChannels() / g.groups();
        var sum = Sum.of(dw);
        for (int o = 0; o < g.outChannels(); o++) {
            for (int c = 0; c < inGroup; c++) {
                for (int k = 0; k < g.window(); k++) {
                    sum.clear();
                    for (int b = 0; b < g.batch(); b++) {
                        int channel = b * g.inChannels() + o / outGroup * inGroup + c;
                        for (int at = 0; at < g.outPlane(); at++) {
                            int place = place(g, at, k);
                            sum.add(x, place < 0 ? -1 : channel * g.inPlane() + place,
                                    dy, (b * g.outChannels() + o) * g.outPlane() + at);
                        }
                    }
                    dw.set((o * inGroup + c) * g.window() + k, sum.total());
                }
            }
        }
    }

    /** Where in the input's plane window position k of output position {@code at} lies, −1 outside of it. */
    static int place(ConvGeometry g, int at, int k) {
        int width = along(g.width(), at % g.width().out(), k % g.width().kernel());
        int row = at / g.width().out();
        int windowRow = k / g.width().kernel();
        int height = along(g.height(), row % g.height().out(), windowRow % g.height().kernel());
        int depth = along(g.depth(), row / g.height().out(), windowRow / g.height().kernel());
        return width < 0 || height < 0 || depth < 0 ? -1 : (depth * g.height().in() + height) * g.width().in() + width;
    }

    private static int along(ConvGeometry.Axis axis, int at, int k) {
        int place = at * axis.stride() - axis.padBefore() + k * axis.dilation();
        return place < axis.in() ? place : -1;
    }

    /** The output position whose window has this place of the input's plane at its position k, −1 where there is none. */
    static int outputAt(ConvGeometry g, int place, int k) {
        int width = back(g.width(), place % g.width().in(), k % g.width().kernel());
        int row = place / g.width().in();
        int windowRow = k / g.width().kernel();
        int height = back(g.height(), row % g.height().in(), windowRow % g.height().kernel());
        int depth = back(g.depth(), row / g.height().in(), windowRow / g.height().kernel());
        return width < 0 || height < 0 || depth < 0 ? -1
                : (depth * g.height().out() + height) * g.width().out() + width;
    }

    private static int back(ConvGeometry.Axis axis, int place, int k) {
        int steps = place + axis.padBefore() - k * axis.dilation();
        return steps < 0 || steps % axis.stride() != 0 || steps / axis.stride() >= axis.out() ? -1 : steps / axis.stride();
    }

    /** A sum of products in the canonical order of its type. */
    private abstract static sealed class Sum {

        static Sum of(Buffer target) {
            return target.dtype() == DType.FLOAT32 ? new OfFloats() : new OfDoubles();
        }

        abstract void clear();

        /** Adds {@code a[i] · b[j]}; an index of −1 stands for a 0. */
        abstract void add(Buffer a, int i, Buffer b, int j);

        abstract double total();

        private static final class OfFloats extends Sum {

            private float total;
            private float block;
            private int terms;

            @Override
            void clear() {
                total = 0;
                block = 0;
                terms = 0;
            }

            @Override
            void add(Buffer a, int i, Buffer b, int j) {
                if (terms > 0 && terms % PlainCpu.K_BLOCK == 0) {
                    total = terms == PlainCpu.K_BLOCK ? block : total + block;
                    block = 0;
                }
                block = Math.fma(i < 0 ? 0 : a.floats()[i], b.floats()[j], block);
                terms++;
            }

            @Override
            double total() {
                return terms <= PlainCpu.K_BLOCK ? block : total + block;
            }
        }

        private static final class OfDoubles extends Sum {

            private double total;

            @Override
            void clear() {
                total = 0;
            }

            @Override
            void add(Buffer a, int i, Buffer b, int j) {
                total = Math.fma(i < 0 ? 0 : a.doubles()[i], b.doubles()[j], total);
            }

            @Override
            double total() {
                return total;
            }
        }
    }
}
