package gradus.nn.op;

import static gradus.nn.Nn.einsum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.grad.GradCheck;
import gradus.nn.tex.Tex;
import org.junit.jupiter.api.Test;

class EinsumTest {

    private final Tensor a = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}});
    private final Tensor square = Tensor.of(new double[][] {{1, 2}, {3, 4}});

    private static void is(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubleArray());
    }

    private static String refused(String subscripts, Tensor... in) {
        var message = assertThrows(ShapeException.class, () -> einsum(subscripts, in)).getMessage();
        assertTrue(message.startsWith("einsum: ") && message.contains("\nhelp: "), message);
        return message.lines().findFirst().orElseThrow();
    }

    @Test
    void lettersNameProductsSumsAndDiagonals() {
        is(einsum("ij,kj->ik", a, a), 14, 32, 32, 77);
        is(einsum("ii", square), 5);
        is(einsum("ii->i", square), 1, 4);
        is(einsum("ji", a), 1, 4, 2, 5, 3, 6);
        is(einsum("i,j", Tensor.of(1, 2), Tensor.of(3, 4)), 3, 4, 6, 8);
        is(einsum("ij->j", a), 5, 7, 9);
        is(einsum(" ij , j -> i ", a, Tensor.of(1, 0, -1)), -2, -2);
        is(einsum("...i,...i", a, a), 14, 77);
        is(einsum("iii", Tensor.arange(8).reshape(2, 2, 2)), 7);
        is(einsum(",", Tensor.scalar(2), Tensor.scalar(3)), 6);
        assertEquals(new Shape(4, 2, 5), einsum("...ab,...bc->...ac", Tensor.ones(4, 2, 3), Tensor.ones(3, 5)).shape());
        assertEquals(0, einsum("ij,jk->ik", Tensor.ones(2, 0), Tensor.ones(0, 3)).sum().item());
    }

    @Test
    void anAxisOfSizeOneRepeats() {
        is(einsum("ij,ij->i", a, Tensor.of(new double[][] {{1}, {10}})), 6, 150);
        is(einsum("ij,ij->", a, Tensor.ones(1, 1)), 21);
        var report = GradCheck.check(in -> einsum("ij,jk,ik->k", in), a, Tensor.ones(1, 2), Tensor.ones(2, 1));
        assertTrue(report.passed(), report.toString());
    }

    @Test
    void whatOnlyOneOperandHasIsSummedBeforeAnyProduct() {
        var report = GradCheck.check(in -> einsum("iik,jl,m->kl", in), Tensor.arange(8).reshape(2, 2, 2).div(3), a, Tensor.of(1, 2));
        assertTrue(report.passed(), report.toString());
    }

    @Test
    void theFormulaIsASumOverEntries() {
        var x = Tex.symbol("A", new Shape(2, 3));
        var y = Tex.symbol("B", new Shape(3, 4));
        assertEquals("\\sum_{j} A[i, j] \\, B[j, k]", new Einsum("ij,jk->ik").tex(x, y).text());
        assertEquals("A[j, i]", new Einsum("ij->ji").tex(x).text());
        assertEquals("\\sum_{k} B[j, k] \\, \\delta[i, k]",
                new Einsum("ij,jk->ik").backTex(new Tex[] {x, y}, x, Tex.symbol("\\delta", new Shape(2, 4)))[0].text());
    }

    @Test
    void lettersThatDoNotFitAreRefused() {
        assertEquals("einsum: [2, 3] and [2, 2] do not fit: j has size 3 and 2", refused("ij,jk->ik", a, square));
        assertEquals("einsum: [2, 3] do not fit: 'ijk' gives operand 1 3 axes, but it has 2", refused("ijk", a));
        refused("ij,jk", a);
        refused("ij->k", a);
        refused("ij->ii", a);
        refused("i1->i", a);
        refused("i...j...->i", a);
        refused("ij->i->j", a);
        refused("...i", Tensor.scalar(1));
        refused("ij->...ij...", a);
    }
}
