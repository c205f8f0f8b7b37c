package gradus.nn.explanation;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Tensor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records copied with all their tensors in float64: what is tried on the copy leaves the original alone. */
final class Doubled {

    private final Map<Object, Object> copies = new IdentityHashMap<>();   // what is shared stays shared

    private Doubled() {
    }

    /** The copy of a layer or a loss that is a record; another one itself. */
    static <T> T of(T original) {
        @SuppressWarnings("unchecked")
        var copy = (T) new Doubled().copy(original);
        return copy;
    }

    static Tensor of(Tensor x) {
        if (x.dtype() == DType.INT32) {
            return Tensor.indices(x.shape(), x.toIntArray());
        }
        var numbers = Tensor.of(x.shape(), x.toDoubleArray());
        return (x.requiresGrad() ? Tensor.parameter(numbers) : numbers).named(x.name());
    }

    private Object copy(Object original) {
        if (!copies.containsKey(original)) {
            copies.put(original, switch (original) {
                case Tensor x -> of(x);
                case Optional<?> some -> some.map(this::copy);
                case List<?> all -> all.stream().map(this::copy).toList();
                case Record some when hasTensors(some) -> record(some);
                default -> original;
            });
        }
        return copies.get(original);
    }

    /** Whether tensors may be among its components, or in them. */
    private static boolean hasTensors(Record some) {
        return Arrays.stream(some.getClass().getRecordComponents()).map(RecordComponent::getType).anyMatch(type ->
                Set.of(Tensor.class, Optional.class, List.class).contains(type) || Layer.class.isAssignableFrom(type));
    }

    private Object record(Record some) {
        try {
            var components = some.getClass().getRecordComponents();
            var values = new Object[components.length];
            for (int i = 0; i < values.length; i++) {
                components[i].getAccessor().setAccessible(true);   // a record of a cell need not be public
                values[i] = copy(components[i].getAccessor().invoke(some));
            }
            var constructor = some.getClass().getDeclaredConstructor(Arrays.stream(components)
                    .map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot copy " + some.getClass().getName(), e);
        }
    }
}
