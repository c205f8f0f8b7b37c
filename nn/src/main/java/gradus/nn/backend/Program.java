package gradus.nn.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Expressions as straight-line code: what a backend executes for each element. Registers are numbered: first the inputs,
 * then the constants, then one per step. Equal expressions are computed once.
 */
public final class Program {

    /** One function of registers; arguments that the function lacks are 0. */
    public record Step(Fn f, int a, int b, int c) {
    }

    private final int inputs;
    private final double[] constants;
    private final Step[] steps;
    private final int[] outputs;
    private final int[] slots;   // for each step the scratch slot that holds its result while it is needed
    private int slotCount;
    private volatile Object prepared;

    private Program(int inputs, double[] constants, Step[] steps, int[] outputs) {
        this.inputs = inputs;
        this.constants = constants;
        this.steps = steps;
        this.outputs = outputs;
        this.slots = new int[steps.length];
        assignSlots();
    }

    /** A slot is free again after the last step that reads it; that step may already write into it. */
    private void assignSlots() {
        int first = inputs + constants.length;
        var lastUse = new int[registers()];
        for (int s = 0; s < steps.length; s++) {
            int arity = steps[s].f.arity();
            lastUse[steps[s].a] = s;
            if (arity > 1) {
                lastUse[steps[s].b] = s;
            }
            if (arity > 2) {
                lastUse[steps[s].c] = s;
            }
        }
        for (int output : outputs) {
            lastUse[output] = steps.length;
        }
        var busyUntil = new int[steps.length];
        for (int s = 0; s < steps.length; s++) {
            int slot = 0;
            while (busyUntil[slot] > s) {
                slot++;
            }
            busyUntil[slot] = lastUse[first + s];
            slots[s] = slot;
            slotCount = Math.max(slotCount, slot + 1);
        }
    }

    /** The code for these results of so many inputs. */
    public static Program of(int inputs, Expr... results) {
        var builder = new Builder(inputs);
        return builder.program(Arrays.stream(results).mapToInt(builder::add).toArray());
    }

    public int inputs() {
        return inputs;
    }

    public int constants() {
        return constants.length;
    }

    /** The constant in register {@code inputs() + i}. */
    public double constant(int i) {
        return constants[i];
    }

    public int steps() {
        return steps.length;
    }

    /** The step that computes register {@code inputs() + constants() + i}. */
    public Step step(int i) {
        return steps[i];
    }

    /** Where the result of step {@code i} may be kept: slots are used again when their contents are needed no more. */
    public int slot(int i) {
        return slots[i];
    }

    public int slots() {
        return slotCount;
    }

    public int registers() {
        return inputs + constants.length + steps.length;
    }

    public int outputs() {
        return outputs.length;
    }

    /** The register of result number {@code i}. */
    public int output(int i) {
        return outputs[i];
    }

    /** What a backend has made of this program, {@code null} at first. */
    public Object prepared() {
        return prepared;
    }

    public void prepare(Object what) {
        prepared = what;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Program p && inputs == p.inputs && Arrays.equals(constants, p.constants)
                && Arrays.equals(steps, p.steps) && Arrays.equals(outputs, p.outputs);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(steps) + Arrays.hashCode(constants)) + Arrays.hashCode(outputs);
    }

    @Override
    public String toString() {
        return inputs + " inputs, constants " + Arrays.toString(constants) + ", " + Arrays.toString(steps) + " → "
                + Arrays.toString(outputs);
    }

    /** Code in the making; its registers are named by any distinct numbers until {@link #program}. */
    public static final class Builder {

        private static final int CONSTANTS = 1 << 20;
        private static final int STEPS = 1 << 21;

        private final int inputs;
        private final List<Double> constants = new ArrayList<>();
        private final List<Step> steps = new ArrayList<>();
        private final Map<Object, Integer> known = new HashMap<>();

        public Builder(int inputs) {
            this.inputs = inputs;
        }

        public int constant(double value) {
            return known.computeIfAbsent(value, v -> {
                constants.add(value);
                return CONSTANTS + constants.size() - 1;
            });
        }

        public int step(Fn f, int a, int b, int c) {
            return known.computeIfAbsent(new Step(f, a, b, c), step -> {
                steps.add((Step) step);
                return STEPS + steps.size() - 1;
            });
        }

        int add(Expr e) {
            return switch (e) {
                case Expr.Input(var index) -> index;
                case Expr.Constant(var value) -> constant(value);
                case Expr.Call(var f, var a, var b, var c) -> {
                    var found = known.get(e);
                    if (found == null) {
                        int first = add(a);
                        int second = f.arity() > 1 ? add(b) : 0;
                        int third = f.arity() > 2 ? add(c) : 0;
                        found = step(f, first, second, third);
                        known.put(e, found);
                    }
                    yield found;
                }
            };
        }

        /** The steps of another program, its inputs being these registers; returns the registers of its results. */
        public int[] append(Program program, int... arguments) {
            var at = new int[program.registers()];
            System.arraycopy(arguments, 0, at, 0, program.inputs);
            for (int i = 0; i < program.constants.length; i++) {
                at[program.inputs + i] = constant(program.constants[i]);
            }
            int register = program.inputs + program.constants.length;
            for (var step : program.steps) {
                int arity = step.f.arity();
                at[register++] = step(step.f, at[step.a], arity > 1 ? at[step.b] : 0, arity > 2 ? at[step.c] : 0);
            }
            return Arrays.stream(program.outputs).map(output -> at[output]).toArray();
        }

        /** The whole, with results in these registers. */
        public Program program(int... outputs) {
            return new Program(inputs, constants.stream().mapToDouble(Double::doubleValue).toArray(),
                    steps.stream().map(step -> new Step(step.f, place(step.a), place(step.b), place(step.c)))
                            .toArray(Step[]::new),
                    Arrays.stream(outputs).map(this::place).toArray());
        }

        private int place(int register) {
            return register >= STEPS ? inputs + constants.size() + register - STEPS
                    : register >= CONSTANTS ? inputs + register - CONSTANTS : register;
        }
    }
}
