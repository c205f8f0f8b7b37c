package gradus.nn.backend.cpu;

import gradus.nn.DType;
import gradus.nn.backend.Kernel;

/** Windows over one channel each, as their formulas say, for both float types. */
final class PlainPooling {

    private PlainPooling() {
    }

    static void run(Kernel.MaxPositions max) {
        var g = max.geometry();
        var positions = max.positions().ints();
        for (int plane = 0; plane < g.batch() * g.inChannels(); plane++) {
            int from = plane * g.inPlane();
            for (int at = 0; at < g.outPlane(); at++) {
                int best = -1;
                double largest = 0;
                for (int k = 0; k < g.window(); k++) {
                    int place = PlainConv.place(g, at, k);
                    if (place >= 0) {
                        double value = max.in().get(from + place);
                        if (best < 0 || value > largest || Double.isNaN(value) && !Double.isNaN(largest)) {
                            best = place;
                            largest = value;
                        }
                    }
                }
                positions[plane * g.outPlane() + at] = best;
            }
        }
    }

    static void run(Kernel.WindowSum sum) {
        var g = sum.geometry();
        boolean single = sum.out().dtype() == DType.FLOAT32;
        int inPlane = sum.back() ? g.outPlane() : g.inPlane();
        int outPlane = sum.back() ? g.inPlane() : g.outPlane();
        for (int plane = 0; plane < g.batch() * g.inChannels(); plane++) {
            for (int at = 0; at < outPlane; at++) {
                double total = 0;
                for (int k = 0; k < g.window(); k++) {
                    int place = sum.back() ? PlainConv.outputAt(g, at, k) : PlainConv.place(g, at, k);
                    if (place >= 0) {
                        double value = sum.in().get(plane * inPlane + place);
                        total = single ? (float) (total + value) : total + value;
                    }
                }
                sum.out().set(plane * outPlane + at, total);
            }
        }
    }
}
