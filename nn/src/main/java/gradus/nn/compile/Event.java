package gradus.nn.compile;

import gradus.nn.op.Op;
import gradus.nn.optim.Stepper;
import java.util.Arrays;

/**
 * One thing that a step does with tensors. Tensors are numbered in the order in which they appear, those given from
 * outside and those computed alike; −1 stands for none.
 */
sealed interface Event {

    /** An operation; {@code recorded} says whether gradients were being recorded. */
    record Applied(Op op, int[] in, int out, boolean recorded) implements Event {
    }

    record Detached(int in, int out) implements Event {
    }

    record Assigned(int target, int values) implements Event {
    }

    /** Gradients gathered in parameters: their gradients before and after. */
    record Backward(int loss, int[] parameters, int[] before, int[] after) implements Event {
    }

    record Differentiated(boolean withGraph, int loss, int[] wrt, int[] out) implements Event {
    }

    /** A step of an optimizer with these gradients. */
    record Stepped(Stepper stepper, int[] gradients) implements Event {
    }

    /** Whether two events of two recordings with equal beginnings are the same. */
    static boolean same(Event a, Event b) {
        return switch (a) {
            case Applied x -> b instanceof Applied y && x.op.equals(y.op) && Arrays.equals(x.in, y.in) && x.out == y.out
                    && x.recorded == y.recorded;
            case Backward x -> b instanceof Backward y && x.loss == y.loss && Arrays.equals(x.parameters, y.parameters)
                    && Arrays.equals(x.before, y.before) && Arrays.equals(x.after, y.after);
            case Differentiated x -> b instanceof Differentiated y && x.withGraph == y.withGraph && x.loss == y.loss
                    && Arrays.equals(x.wrt, y.wrt) && Arrays.equals(x.out, y.out);
            case Stepped x -> b instanceof Stepped y && x.stepper == y.stepper && Arrays.equals(x.gradients, y.gradients);
            case Detached x -> x.equals(b);
            case Assigned x -> x.equals(b);
        };
    }
}
