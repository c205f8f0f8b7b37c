"""Functions of one number, reductions and losses, for fuzz.py."""
import math

import torch
import torch.nn.functional as F

from fuzz import case, dice, grid, positive

INFINITY = math.inf
TINY = 2.0 ** -30
SPECIAL = torch.tensor([math.nan, INFINITY, -INFINITY, 0.0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 20, -20, TINY, -TINY, 1000,
                        -1000])
ALL = torch.tensor([0.0, 1, -1, 0.5, -0.5, 2, -2, 2.75, -2.75, 6, -6, 10, -10, 20, -20, TINY, -TINY])
ABOVE_0 = torch.tensor([TINY, 0.0625, 0.5, 1, 1.5, 2, 3.25, 10, 100, 1e6])
INSIDE_1 = torch.tensor([0.0, 0.5, -0.5, 0.25, -0.875, 0.984375, TINY, -TINY])
ABOVE_1 = torch.tensor([1.015625, 1.5, 2, 3, 10, 1000])
SMOOTH = ALL[1:]  # without the kink at 0
BETWEEN = torch.tensor([0.25, 1.25, -0.5, -1.75, 2.5, -2.5, 4.75, -4.75, 7])  # none of the kinks at whole numbers


def exact_hard_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """PyTorch's has float32's 1/6 as its derivative in float64 too."""
    return (x / 6 + 0.5).clamp(0, 1)


# name: function, and the points where its derivative is looked at; at special points only the value is
PRECISE = {
    "neg": (torch.neg, ALL), "abs": (torch.abs, ALL), "sign": (torch.sign, ALL), "exp": (torch.exp, ALL),
    "log": (torch.log, ABOVE_0), "log1p": (torch.log1p, ABOVE_0),
    "log2": (torch.log2, ABOVE_0), "log10": (torch.log10, ABOVE_0), "sqrt": (torch.sqrt, ABOVE_0),
    "rsqrt": (torch.rsqrt, ABOVE_0), "square": (torch.square, ALL), "reciprocal": (torch.reciprocal, SMOOTH),
    "sin": (torch.sin, ALL), "cos": (torch.cos, ALL), "floor": (torch.floor, BETWEEN),
    "ceil": (torch.ceil, BETWEEN), "round": (torch.round, BETWEEN), "trunc": (torch.trunc, BETWEEN),
    "relu": (torch.relu, ALL),
}
# those that are composed of others, or lose digits near a zero: some roundings of numbers around 1 as well
COMPOSED = {
    "expm1": (torch.expm1, ALL),
    "tan": (torch.tan, ALL), "asin": (torch.asin, INSIDE_1), "acos": (torch.acos, INSIDE_1), "atan": (torch.atan, ALL),
    "sinh": (torch.sinh, ALL), "cosh": (torch.cosh, ALL), "tanh": (torch.tanh, ALL), "asinh": (torch.asinh, ALL),
    "acosh": (torch.acosh, ABOVE_1), "atanh": (torch.atanh, INSIDE_1), "erf": (torch.erf, ALL),
    "sigmoid": (torch.sigmoid, ALL), "softplus": (lambda x: torch.logaddexp(x, torch.zeros_like(x)), ALL), "elu": (F.elu, ALL), "selu": (F.selu, SMOOTH),
    "leakyRelu": (lambda x: F.leaky_relu(x, 0.125), SMOOTH), "gelu": (F.gelu, ALL),
    "geluTanh": (lambda x: F.gelu(x, approximate="tanh"), ALL), "silu": (F.silu, ALL), "mish": (F.mish, ALL),
    "hardSigmoid": (exact_hard_sigmoid, BETWEEN), "hardTanh": (F.hardtanh, BETWEEN), "hardSwish": (F.hardswish, BETWEEN),
    "relu6": (F.relu6, BETWEEN), "softsign": (F.softsign, ALL), "tanhShrink": (F.tanhshrink, ALL),
    "logSigmoid": (F.logsigmoid, ALL), "clip": (lambda x: torch.clamp(x, -1, 2), ALL),
}


def functions() -> None:
    for name, (f, points) in PRECISE.items():
        special = SPECIAL[1:] if name == "sign" else SPECIAL  # PyTorch's sign of NaN is 0, NumPy's and ours NaN
        case(name, lambda x: f(x), {"x": special.double()}, roundings=0, relative=8, gradients=False)
        case(name, lambda x: f(x), {"x": points.double()}, roundings=0, relative=12)
    for name, (f, points) in COMPOSED.items():
        finite = SPECIAL if name not in ("geluTanh", "silu", "mish", "gelu", "tanhShrink", "hardSwish", "softsign") \
            else SPECIAL[~SPECIAL.isinf()]  # at infinity the formulas give 0 times infinity, and libraries differ
        case(name, lambda x: f(x), {"x": finite.double()}, roundings=14, relative=8, size=1, gradients=False)
        case(name, lambda x: f(x), {"x": points.double()}, roundings=30, relative=16, size=1)
    for exponent in (0, 1, 2, 3, -1, 0.5, 2.5):
        points = ABOVE_0 if exponent in (0.5, 2.5) else SMOOTH
        case("pow", lambda x: x ** exponent, {"x": points.double()}, roundings=0, relative=16,
             exponent=exponent)


def axes_of(rank: int) -> tuple[int, ...]:
    return tuple(sorted(dice.sample(range(rank), dice.randint(1, rank))))


def shape(least: int = 1) -> list[int]:
    return [dice.randint(least, 4) for _ in range(dice.randint(1, 3))]


def reductions() -> None:
    for turn in range(6):
        sizes = shape() if turn else [3, 0, 2]
        axes = axes_of(len(sizes)) if turn else (1,)
        keep = dice.random() < 0.5
        n = math.prod(sizes[axis] for axis in axes)
        at = {"axes": axes, "keep": keep}
        case("sum", lambda x: x.sum(axes, keepdim=keep), {"x": grid(*sizes)}, roundings=n,
             products=lambda x: x.sum(axes, keepdim=keep), **at)
        case("mean", lambda x: x.mean(axes, keepdim=keep), {"x": grid(*sizes)}, roundings=n + 1,
             products=lambda x: x.mean(axes, keepdim=keep), **at)
        if turn == 0:
            continue
        for ddof in (0, 1):
            if n > ddof + 1:
                x = grid(*sizes)
                x.flatten()[0] += 3  # no variance of 0
                case("var", lambda x: x.var(axes, correction=ddof, keepdim=keep), {"x": x}, roundings=3 * n, size=4,
                     ddof=ddof, **at)
                if (x.var(axes) > 0.1).all():
                    case("std", lambda x: x.std(axes, correction=ddof, keepdim=keep), {"x": x}, roundings=4 * n, size=12,
                         ddof=ddof, **at)
        tied = lambda: grid(*sizes, step=2, reach=1)  # five values: there will be ties, which share the gradient
        case("max", lambda x: x.amax(axes, keepdim=keep), {"x": tied()}, roundings=1, **at)
        case("min", lambda x: x.amin(axes, keepdim=keep), {"x": tied()}, roundings=1, **at)
        axis = axes[0]
        case("logSumExp", lambda x: x.logsumexp(axis), {"x": grid(*sizes) * 8}, roundings=sizes[axis] + 8, size=4, axis=axis)
        case("softmax", lambda x: x.softmax(axis), {"x": grid(*sizes) * 4}, roundings=2 * sizes[axis] + 24, size=2, axis=axis)
        case("logSoftmax", lambda x: x.log_softmax(axis), {"x": grid(*sizes) * 4}, roundings=2 * sizes[axis] + 24, size=4,
             axis=axis)
        case("cumsum", lambda x: x.cumsum(axis), {"x": grid(*sizes)}, roundings=sizes[axis],
             products=lambda x: x.cumsum(axis), axis=axis)
        case("prod", lambda x: x.prod(axis), {"x": grid(*sizes, step=2)}, roundings=2 * sizes[axis],
             products=lambda x: x.prod(axis), axis=axis)  # with zeros among them
        case("argmax", lambda x: x.argmax(axis), {"x": grid(*sizes)}, roundings=0, gradients=False, axis=axis)
        case("argmin", lambda x: x.argmin(axis), {"x": grid(*sizes)}, roundings=0, gradients=False, axis=axis)
        for order in (1, 2, 3, INFINITY):
            x = positive(*sizes) * (grid(*sizes) > 0).double().mul(2).sub(1)
            case("norm", lambda x: torch.linalg.vector_norm(x, order, axis), {"x": x}, roundings=2 * sizes[axis] + 12,
                 size=2, order=order, axis=axis)
    for values in ([[1, 1], [1, 0]], [[-2, -2, -2], [-2, -3, -2]]):  # ties across several axes
        case("max", lambda x: x.amax((0, 1)), {"x": torch.tensor(values).double()}, roundings=1, axes=(0, 1), keep=False)
    for values in ([-INFINITY, -INFINITY], [INFINITY, 1], [1000, 1000.5], [-INFINITY, 3]):
        case("logSumExp", lambda x: x.logsumexp(0), {"x": torch.tensor(values).double()}, roundings=4, gradients=False, axis=0)
    for order in (1, 2, 3):  # the gradient at 0 is 0
        case("norm", lambda x: torch.linalg.vector_norm(x, order, 0), {"x": torch.zeros(3, dtype=torch.float64)},
             roundings=1, order=order, axis=0)


def losses() -> None:
    for reduction in ("mean", "sum", "mean", "sum"):
        how = {"reduction": reduction}
        n, classes = dice.randint(1, 4), dice.randint(2, 5)
        labels = torch.tensor([dice.randrange(classes) for _ in range(n)])
        of_classes = {"constants": {"labels": labels}, "roundings": 3 * classes + n + 24, "size": 8 * n}
        scores = lambda: {"scores": grid(n, classes) * 4}
        for smoothing in (0, 0.125):
            case("crossEntropy", lambda scores, labels: F.cross_entropy(scores, labels, label_smoothing=smoothing), scores(),
                 smoothing=smoothing, **of_classes)
            shares = (grid(n, classes) > 0).double() * 0.5
            shares[:, 0] = 1 - shares[:, 1:].sum(1)
            case("crossEntropy", lambda scores, labels: F.cross_entropy(scores, labels, label_smoothing=smoothing), scores(),
                 smoothing=smoothing, **(of_classes | {"constants": {"labels": shares}}))
            weighted = {"constants": {"labels": torch.cat([labels, torch.tensor([0])]), "class_weights": positive(classes)}}
            case("crossEntropy", lambda scores, labels, class_weights: F.cross_entropy(
                scores, labels, class_weights, label_smoothing=smoothing), {"scores": grid(n + 1, classes)},
                smoothing=smoothing, **(of_classes | weighted))
            if smoothing == 0:
                case("crossEntropy", lambda scores, labels: F.cross_entropy(scores, labels, ignore_index=0),
                     {"scores": grid(n + 1, classes)}, smoothing=smoothing, ignored=0,
                     **(of_classes | {"constants": {"labels": torch.cat([labels, torch.tensor([1])])}}))
        case("nll", lambda scores, labels: F.nll_loss(scores, labels, **how), scores(), **of_classes, **how)
        case("multiClassHinge", lambda scores, labels: F.multi_margin_loss(scores, labels, margin=0.5, **how), scores(),
             margin=0.5, **of_classes, **how)
        logs, q = grid(n, classes).log_softmax(1).mul(64).round() / 64, positive(n, classes) / 4
        case("kl", lambda logs, q: F.kl_div(logs, q, reduction="batchmean" if reduction == "mean" else "sum"), {"logs": logs},
             constants={"q": q}, roundings=n * classes + 24, size=8 * n, **how)
        sizes = shape()
        a, b = grid(*sizes) * 2, grid(*sizes, step=16)
        n = a.numel()
        two = {"roundings": n + 24, "size": 64 * (n if reduction == "sum" else 1), **how}
        other = {"constants": {"y": b}}
        shares = {"constants": {"t": b.abs() / 2}}
        case("bceWithLogits", lambda z, t: F.binary_cross_entropy_with_logits(z, t, **how), {"z": a * 4}, **shares, **two)
        case("bce", lambda p, t: F.binary_cross_entropy(p, t, **how), {"p": (a.abs() * 64 + 8).round() / 512}, **shares, **two)
        case("mse", lambda p, y: F.mse_loss(p, y, **how), {"p": a}, **other, **two)
        case("mae", lambda p, y: F.l1_loss(p, y, **how), {"p": a}, **other, **two)
        case("huber", lambda p, y: F.huber_loss(p, y, delta=1.5, **how), {"p": a}, delta=1.5, **other, **two)
        case("smoothL1", lambda p, y: F.smooth_l1_loss(p, y, beta=0.5, **how), {"p": a}, beta=0.5, **other, **two)
        case("poisson", lambda p, y: F.poisson_nll_loss(p, y, log_input=True, **how), {"p": a}, constants={"y": b.abs()}, **two)
        signs = {"constants": {"t": torch.where(b > 0, 1.0, -1.0).double()}}
        reduced = torch.mean if reduction == "mean" else torch.sum
        case("hinge", lambda s, t: reduced((1 - t * s).relu()), {"s": a}, **signs, **two)
        rows = lambda *names: {name: grid(3, 2) + 0.5 for name in names}
        case("cosine", lambda a, b: reduced(1 - F.cosine_similarity(a, b)), rows("a", "b"), **two)
        case("triplet", lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=4, **how), rows("a", "p", "n"), margin=4, **two)


FAMILIES = {"functions": functions, "reductions": reductions, "losses": losses}
