package gradus.nn.backend.opencl;

import static gradus.nn.Nn.adam;
import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.fit;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tanh;

import gradus.nn.backend.Backend;
import gradus.nn.data.Data;

/** The quickstart notebook's training in a process of its own: prints what computed, and the loss of each epoch. */
final class Quickstart {

    private Quickstart() {
    }

    public static void main(String[] arguments) {
        System.out.println(Backend.current().name());
        var data = Data.digits().split(0.8, seed(1));
        var net = sequential(linear(64, 128), tanh(), linear(128, 10));
        net.reset(seed(1));
        for (double loss : fit(net, data).loss(crossEntropy()).optimizer(adam(3e-4)).quiet().epochs(3).history().losses()) {
            System.out.println(loss);
        }
    }
}
