package gradus.nn.explanation;

import gradus.nn.Tensor;
import gradus.nn.tex.Tex;
import java.util.IdentityHashMap;
import java.util.Map;

/** Formulas of what says none of its own, a lambda say: those of the operations that it was recorded as. */
public final class Recorded {

    private final Map<Tensor, Tex> names = new IdentityHashMap<>();
    private Formulas formulas;

    private Recorded(Formulas formulas) {
        this.formulas = formulas;
    }

    /**
     * The formula of a result; with its gradient where it is one operation of x alone.
     *
     * @param name   how the result is called
     * @param result computed from x while gradients are recorded
     */
    public static Formulas of(String title, String inputName, Tensor x, String name, Tensor result) {
        var recorded = new Recorded(Formulas.of(title).given(inputName, x));
        recorded.names.put(x, Tex.symbol(inputName, x.shape()));
        var right = recorded.formula(result);
        var formulas = recorded.formulas.result(name, right.text(), () -> result);
        if (result == x) {
            return formulas.gradient(inputName, "\\delta");
        }
        if (result.inputs().length == 1 && result.inputs()[0] == x && result.rank() > 0) {
            return formulas.gradient(inputName, result.op().backTex(new Tex[] {recorded.names.get(x)},
                    Tex.symbol(name, result.shape()), Tex.symbol("\\delta", result.shape()))[0].text());
        }
        return formulas.convention("Composed of several operations; derive(loss) shows how gradients flow through"
                + " them.");
    }

    private Tex formula(Tensor x) {
        if (!names.containsKey(x)) {
            if (x.op() != null && x.requiresGrad()) {
                var in = x.inputs();
                var formulasOfInputs = new Tex[in.length];
                for (int i = 0; i < in.length; i++) {
                    formulasOfInputs[i] = formula(in[i]);
                }
                names.put(x, x.op().tex(formulasOfInputs).of(x.shape()));
            } else {
                var name = x.name().isEmpty() ? "c_{" + names.size() + "}" : x.name();
                names.put(x, Tex.symbol(name, x.shape()));
                formulas = formulas.given(name, x);
            }
        }
        return names.get(x);
    }
}
