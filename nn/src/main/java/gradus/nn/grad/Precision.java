package gradus.nn.grad;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.compile.Interpretation;
import gradus.nn.op.Movement;
import gradus.nn.op.Op;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A computation in one precision throughout, with copies of its parameters in their places, which may be moved. */
final class Precision implements Interpretation {

    private final DType dtype;
    private final Map<Tensor, Tensor> standIns = new IdentityHashMap<>();

    Precision(DType dtype, List<Tensor> parameters) {
        this.dtype = dtype;
        parameters.stream().filter(parameter -> parameter.dtype() != DType.INT32)
                .forEach(parameter -> standIns.put(parameter, Tensor.parameter(parameter.detach().as(dtype))));
    }

    @Override
    public Tensor apply(Op op, Tensor... in) {
        var here = Arrays.stream(in).map(this::of).toArray(Tensor[]::new);
        return Tensor.compute(op instanceof Movement.Cast(var to) && to != DType.INT32 ? new Movement.Cast(dtype) : op,
                here);
    }

    @Override
    public Tensor of(Tensor x) {
        return x.dtype() == DType.INT32 ? x : standIns.getOrDefault(x, x).as(dtype);
    }
}
