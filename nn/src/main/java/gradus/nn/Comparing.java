package gradus.nn;

import gradus.nn.op.Comparisons.Kind;
import gradus.nn.op.Comparisons.Relation;
import gradus.nn.op.Comparisons;

/** The verbs of {@link Tensor} that compare: 1 where it is so, else 0. */
sealed interface Comparing permits Tensor {

    private Tensor x() {
        return (Tensor) this;
    }

    default Tensor eq(Tensor other) {
        return compare(Relation.EQ, other);
    }

    default Tensor eq(double number) {
        return eq(x().number(number));
    }

    default Tensor ne(Tensor other) {
        return compare(Relation.NE, other);
    }

    default Tensor ne(double number) {
        return ne(x().number(number));
    }

    default Tensor lt(Tensor other) {
        return compare(Relation.LT, other);
    }

    default Tensor lt(double number) {
        return lt(x().number(number));
    }

    default Tensor le(Tensor other) {
        return compare(Relation.LE, other);
    }

    default Tensor le(double number) {
        return le(x().number(number));
    }

    default Tensor gt(Tensor other) {
        return compare(Relation.GT, other);
    }

    default Tensor gt(double number) {
        return gt(x().number(number));
    }

    default Tensor ge(Tensor other) {
        return compare(Relation.GE, other);
    }

    default Tensor ge(double number) {
        return ge(x().number(number));
    }

    private Tensor compare(Relation relation, Tensor other) {
        return Tensor.apply(new Comparisons.Compare(relation), x(), other);
    }

    /** 1 where both are not 0. */
    default Tensor and(Tensor other) {
        return Tensor.apply(new Comparisons.And(), x(), other);
    }

    /** 1 where one of both is not 0. */
    default Tensor or(Tensor other) {
        return Tensor.apply(new Comparisons.Or(), x(), other);
    }

    /** 1 where this is 0. */
    default Tensor not() {
        return eq(0);
    }

    default Tensor isNaN() {
        return Tensor.apply(new Comparisons.Is(Kind.NAN), x());
    }

    default Tensor isFinite() {
        return Tensor.apply(new Comparisons.Is(Kind.FINITE), x());
    }

    default Tensor isInfinite() {
        return Tensor.apply(new Comparisons.Is(Kind.INFINITE), x());
    }

    /** The first of both where this is not 0, elsewhere the second; all three broadcast. */
    default Tensor where(Tensor then, Tensor otherwise) {
        return Tensor.apply(new Comparisons.Where(), x(), then, otherwise);
    }
}
