package gradus.plot;

import gradus.kernel.api.Session;
import gradus.nn.derivation.Names;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lets derivations call tensors as the notebook's variables are called. */
public final class NotebookNames implements Names.Source {

    @Override
    public Map<String, Object> variables() {
        var variables = new LinkedHashMap<String, Object>();
        if (Session.isBound()) {
            Session.current().variables().forEach(variable -> variables.put(variable.name(), variable.value()));
        }
        return variables;
    }
}
