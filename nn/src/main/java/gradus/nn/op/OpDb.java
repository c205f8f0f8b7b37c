package gradus.nn.op;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.backend.Expr;
import gradus.nn.op.Comparisons.Kind;
import gradus.nn.op.Comparisons.Relation;
import java.util.List;
import java.util.stream.Stream;

/** One specimen of every operation: what the tests check, and where a reader finds what there is. */
public final class OpDb {

    private OpDb() {
    }

    /** All operations; a test fails when one of this package lacks. */
    public static List<Op> all() {
        return Stream.of(elements(), tensors(), layers()).flatMap(List::stream).toList();
    }

    private static List<Op> elements() {
        return List.of(
                new Elementwise.Neg(), new Elementwise.AddConstant(-1.5), new Elementwise.Scale(2.5), new Elementwise.Abs(),
                new Elementwise.Sign(), new Elementwise.Square(), new Elementwise.Sqrt(), new Elementwise.Rsqrt(),
                new Elementwise.Power(2.5), new Elementwise.Power(3), new Elementwise.Power(0.5),
                new Elementwise.Power(0), new Elementwise.Power(-1), new Elementwise.Power(-2), new Elementwise.Exp(),
                new Elementwise.Expm1(), new Elementwise.Log(), new Elementwise.Log1p(), new Elementwise.LogBase(2),
                new Elementwise.LogBase(10), new Elementwise.LogBase(3), new Elementwise.Erf(),
                new Elementwise.Clip(-1, 0.5), new Elementwise.Rounding(Elementwise.Rounding.Direction.FLOOR),
                new Elementwise.Rounding(Elementwise.Rounding.Direction.CEIL),
                new Elementwise.Rounding(Elementwise.Rounding.Direction.ROUND),
                new Elementwise.Rounding(Elementwise.Rounding.Direction.TRUNC),
                new Trigonometric.Sin(), new Trigonometric.Cos(), new Trigonometric.Tan(), new Trigonometric.Asin(),
                new Trigonometric.Acos(), new Trigonometric.Atan(), new Trigonometric.Sinh(), new Trigonometric.Cosh(),
                new Trigonometric.Tanh(), new Trigonometric.Asinh(), new Trigonometric.Acosh(), new Trigonometric.Atanh(),
                new Activations.Relu(), new Activations.Sigmoid(), new Activations.LogSigmoid(), new Activations.Softplus(1),
                new Activations.Softplus(2.5), new Activations.LeakyRelu(0.1), new Activations.Prelu(),
                new Activations.Elu(1), new Activations.Elu(0.7), new Activations.Selu(), new Activations.Gelu(),
                new Activations.GeluTanh(), new Activations.Silu(), new Activations.Mish(), new Activations.HardSigmoid(),
                new Activations.HardSwish(), new Activations.Softsign(), new Activations.TanhShrink(),
                new Arithmetic.Add(), new Arithmetic.Sub(), new Arithmetic.Mul(), new Arithmetic.Div(), new Arithmetic.Pow(),
                new Arithmetic.Remainder(), new Arithmetic.Atan2(), new Arithmetic.Maximum(), new Arithmetic.Minimum(),
                new Comparisons.Compare(Relation.EQ), new Comparisons.Compare(Relation.NE),
                new Comparisons.Compare(Relation.LT), new Comparisons.Compare(Relation.LE),
                new Comparisons.Compare(Relation.GT), new Comparisons.Compare(Relation.GE), new Comparisons.And(),
                new Comparisons.Or(), new Comparisons.Is(Kind.NAN), new Comparisons.Is(Kind.FINITE),
                new Comparisons.Is(Kind.INFINITE), new Comparisons.Where(),
                Custom.of("cube", in -> in[0].times(in[0].square())).vjp((x, y, d) -> d.times(x.square().times(3)))
                        .tex("{0}^{3}"),
                new Mapped(Expr.input(0).times(Expr.input(1)).tanh(), 2));
    }

    private static List<Op> tensors() {
        return List.of(
                new Reductions.Sum(0), new Reductions.Sum(-1), new Reductions.Max(0), new Reductions.Max(1),
                new Reductions.Softmax(), new Reductions.LogSoftmax(),
                new Movement.Reshape(new Shape(3, 8)), new Movement.Permute(1, 0),
                new Movement.BroadcastTo(new Shape(2, 3, 4)), new Slicing.Slice(1, 1, 1, 2),
                new Slicing.Slice(0, 3, -2, 2), new Slicing.Inset(0, 1, 1, 9), new Slicing.Inset(1, 11, -2, 12),
                new Slicing.Concat(1), new Movement.Cast(DType.FLOAT64),
                new Indexing.Select(0), new Indexing.SelectBack(0, 4), new Indexing.Gather(1),
                new Indexing.ScatterAdd(1, 4), new Diagonals.Diagonal(0), new Diagonals.Diagonal(-1), new Diagonals.OnDiagonal(1, 3, 4),
                new Scans.CumulativeSum(0, false), new Scans.CumulativeSum(-1, true), new Scans.Recurrence(),
                new Ordering.ArgSort(1, true), new Ordering.ArgSort(0, false), new Ordering.ArgExtreme(1, true),
                new Ordering.ArgExtreme(0, false), new Ordering.CumulativeArgMax(1), new Einsum("bij,bjk->bik"), new Einsum("i,kij,j->k"), new Einsum("iij->ji"),
                new Einsum("...ij,j...->i..."), new Einsum("ij,kl->jl"), new Ordering.Histogram(5, -1, 2),
                new Products.MatMul(), new Products.Linear(),
                new LinearAlgebra.Trace(), new LinearAlgebra.Inverse(), new LinearAlgebra.Solve(),
                new LinearAlgebra.SolveTriangular(true), new LinearAlgebra.SolveTriangular(false), new Determinants.Det(),
                new Determinants.Cofactor(), new Determinants.SlogDet(), new Factorizations.LuFactors(),
                new Factorizations.QrFactors(false), new Factorizations.QrFactors(true), new Factorizations.CholeskyFactor(),
                new Spectra.Eigh(), new Spectra.Svd(), new Spectra.Svdvals(), new Spectra.Eigvals(),
                new Spectra.EigvalsBack(), new GuardedReciprocal("svd"), new MatrixFunctions.MatrixExp(),
                new MatrixFunctions.FrobeniusNorm(), new MatrixFunctions.Pinv(1e-12), new MatrixFunctions.Lstsq(1e-12),
                new Losses.CrossEntropy(), new Losses.CrossEntropyWithDistribution(), new Losses.BceWithLogits());
    }

    private static List<Op> layers() {
        return List.of(
                new Convolutions.Conv(Sliding.PLAIN.times(1), 1),
                new Convolutions.Conv(List.of(new Sliding(2, 1, 2, 1), new Sliding(1, 0, 1, 2)), 2),
                new Convolutions.Conv(new Sliding(1, 1, 1, 1).times(3), 1),
                new Convolutions.ConvInputGradient(List.of(new Sliding(2, 1, 2, 1), new Sliding(1, 0, 1, 2)), 2, new Shape(5, 5)),
                new Convolutions.ConvInputGradient(new Sliding(2, 0, 0, 1).times(3), 1, new Shape(3, 3, 3)),
                new Convolutions.ConvWeightGradient(List.of(new Sliding(2, 1, 2, 1), new Sliding(1, 0, 1, 2)), 2, new Shape(2, 2)),
                new Pooling.MaxPositions(new Shape(2, 3), List.of(new Sliding(2, 1, 0, 1), new Sliding(1, 1, 1, 2))),
                new Pooling.WindowMax(new Shape(2, 3), List.of(new Sliding(2, 1, 0, 1), new Sliding(1, 1, 1, 2))),
                new Pooling.WindowMax(new Shape(2), Sliding.PLAIN.times(1)),
                new Pooling.WindowSum(new Shape(2, 3), List.of(new Sliding(2, 1, 0, 1), new Sliding(1, 1, 1, 2))),
                new Pooling.WindowSum(new Shape(2), Sliding.PLAIN.times(1)),
                new Pooling.WindowMean(new Shape(2, 3), List.of(new Sliding(2, 1, 0, 1), new Sliding(1, 1, 1, 2))),
                new Pooling.WindowMean(new Shape(2), Sliding.PLAIN.times(1)),
                new Pooling.WindowSpread(new Shape(2, 3), List.of(new Sliding(2, 1, 0, 1), new Sliding(1, 1, 1, 2)), new Shape(5, 6)),
                new Heads.Split(2), new Heads.Split(3), new Heads.Join(),
                new Normalization.Standardize(0.25, true), new Normalization.Standardize(0.25, false),
                new Normalization.StandardizeBack(0.25, true), new Normalization.StandardizeBack(0.25, false),
                new Regularization.Uniform(new Shape(2, 5), DType.FLOAT64), new Regularization.Advance(3),
                new Regularization.Drop(0.3), new Recurrence.Lstm(false), new Recurrence.Lstm(true),
                new Losses.SmoothedCrossEntropy(0.2), new ErrorTerms.Huber(0.75), new ErrorTerms.Poisson(), new ErrorTerms.Kl(),
                new ErrorTerms.Bce());
    }
}
