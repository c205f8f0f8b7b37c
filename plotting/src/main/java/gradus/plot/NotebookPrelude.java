package gradus.plot;

import gradus.kernel.api.Prelude;
import java.util.List;

/** What every notebook has in scope: the network library and the words for drawing. */
public final class NotebookPrelude implements Prelude {

    @Override
    public List<String> imports() {
        return List.of("gradus.nn.*", "static gradus.nn.Nn.*", "gradus.nn.calculus.*",
                "static gradus.nn.calculus.Calculus.*", "gradus.nn.data.*", "gradus.nn.derivation.*",
                "gradus.nn.grad.*", "gradus.nn.layer.*", "gradus.nn.loss.*", "gradus.nn.optim.*", "gradus.nn.train.*",
                "gradus.plot.*", "static gradus.plot.Plots.*");
    }
}
