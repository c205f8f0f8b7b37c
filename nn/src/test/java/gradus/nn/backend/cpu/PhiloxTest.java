package gradus.nn.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import org.junit.jupiter.api.Test;

class PhiloxTest {

    private static void block(int[] expected, int key0, int key1, int... counter) {
        Philox.block(key0, key1, counter);
        assertArrayEquals(expected, counter);
    }

    /** The known answers of Salmon et al.'s reference implementation. */
    @Test
    void blocksEqualTheReferences() {
        block(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, 0, 0, 0, 0, 0, 0);
        block(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, -1, -1, -1, -1, -1, -1);
        block(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, 0xa4093822, 0x299f31d0,
                0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344);
    }

    @Test
    void bothFloatTypesGetTheSameNumbersAndACounterCarries() {
        var single = Buffer.of(new float[7]);
        var exact = Buffer.of(new double[7]);
        var state = Buffer.of(new int[] {1, 2, -1, 0});
        new PlainCpu().run(new Kernel.Uniform(state, single));
        new PlainCpu().run(new Kernel.Uniform(state, exact));
        for (int i = 0; i < 7; i++) {
            assertEquals(exact.get(i), single.get(i));
        }
        var next = Buffer.of(new double[3]);
        new PlainCpu().run(new Kernel.Uniform(Buffer.of(new int[] {1, 2, 0, 1}), next));
        assertEquals(exact.get(4), next.get(0));
    }
}
