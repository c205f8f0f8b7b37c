"""Broadcasting, products, einsum, indexing, moving and padding, for fuzz.py."""
import math

import torch
import torch.nn.functional as F

from fuzz import case, dice, grid, positive


def broadcastable() -> tuple[list[int], list[int]]:
    """Two shapes of which each may lack leading axes or have ones, and now and then an empty axis."""
    common = [dice.choice([0, 1, 2, 3, 4, 4, 3, 2]) for _ in range(dice.randint(0, 4))]

    def partner() -> list[int]:
        kept = common[dice.randint(0, len(common)):] if dice.random() < 0.4 else list(common)
        return [1 if dice.random() < 0.3 else n for n in kept]
    return partner(), partner()


def broadcasting() -> None:
    for _ in range(14):
        left, right = broadcastable()
        a, b = grid(*left), grid(*right)
        case("plus", lambda a, b: a + b, {"a": a, "b": b}, roundings=1, products=lambda a, b: a + b)
        case("minus", lambda a, b: a - b, {"a": a, "b": b}, roundings=1, products=lambda a, b: a + b)
        case("times", lambda a, b: a * b, {"a": a, "b": b}, roundings=1, products=lambda a, b: a * b)
        case("div", lambda a, b: a / b, {"a": a, "b": positive(*right)}, roundings=3, size=32)
        case("atan2", lambda a, b: torch.atan2(a, b), {"a": a, "b": positive(*right)}, roundings=30, size=8)
        coarse = {"a": grid(*left, step=2), "b": grid(*right, step=2)}  # with ties, ½ of the gradient for each
        case("maximum", lambda a, b: torch.maximum(a, b), coarse, roundings=1, products=lambda a, b: a + b)
        case("minimum", lambda a, b: torch.minimum(a, b), coarse, roundings=1, products=lambda a, b: a + b)
    for _ in range(14):
        before, _ = broadcastable()
        before = before[:2]
        m, k, n = (dice.choice([0, 1, 2, 3, 5]) for _ in range(3))
        a = grid(*[1 if dice.random() < 0.3 else size for size in before], m, k)
        b = grid(*before[dice.randint(0, len(before)):], k, n)
        case("matmul", lambda a, b: a @ b, {"a": a, "b": b}, roundings=k, products=lambda a, b: a @ b)
        if k and min(a.numel(), b.numel()):
            case("matmulOfTransposed", lambda a, b: a.mT @ b.mT, {"a": a.mT.contiguous(), "b": b.mT.contiguous()},
                 roundings=k, products=lambda a, b: a.mT @ b.mT)


EQUATIONS = ("ij,jk->ik", "ij,kj->ik", "bij,bjk->bik", "bij,jk->bik", "i,j->ij", "i,i->", "ii->i", "ii->", "ij->ji", "ij->",
             "ijk->kj", "ij,ij->ij", "ij,ij->i", "bqhd,bkhd->bhqk", "bhqk,bkhd->bqhd", "ab,bc,cd->ad", "a,ab,b->",
             "...ij,...jk->...ik", "...i->...", "i...,i...->...", "iij->j", "ij,j", "abc,cd,db->a", "bi,oi->bo", ",i->i")


def einsum() -> None:
    for equation in EQUATIONS:
        size = {letter: dice.randint(1, 4) for letter in "abcdehijkoq"}
        dots = [dice.randint(1, 3) for _ in range(dice.randint(0, 2))]

        def operand(subscripts: str) -> torch.Tensor:
            sizes = []
            for part in subscripts.replace("...", "."):
                sizes += dots if part == "." else [size[part]]
            return grid(*sizes)
        operands = [operand(subscripts) for subscripts in equation.split("->")[0].split(",")]
        f = lambda **inputs: torch.einsum(equation, *inputs.values())
        case("einsum", f, dict(zip("xyz", operands)), roundings=math.prod(size[c] for c in set(equation) & set(size)) + 4,
             products=f, equation=equation)


def pick(n: int, sizes: list[int], axis: int) -> torch.Tensor:
    return torch.tensor([dice.randrange(sizes[axis]) for _ in range(n)])


def indexing() -> None:
    for _ in range(6):
        sizes = [dice.randint(2, 5) for _ in range(dice.randint(1, 3))]
        axis = dice.randrange(len(sizes))
        n = sizes[axis]
        x = lambda: {"x": grid(*sizes)}
        free = {"roundings": 0}
        start = dice.randint(0, n - 1)
        end = dice.randint(start, n)
        case("slice", lambda x: x.narrow(axis, start, end - start), x(), axis=axis, start=start, end=end, **free)
        step = dice.randint(2, 3)
        case("sliceWithStep", lambda x: x[(slice(None),) * axis + (slice(start, None, step),)], x(), axis=axis, start=start,
             end=n, step=step, **free)
        backwards = torch.tensor(range(n - 1, start - 1, -step), dtype=torch.long)
        case("sliceWithStep", lambda x: x.index_select(axis, backwards), x(), axis=axis, start=n - 1, end=start - 1,
             step=-step, **free)
        case("flip", lambda x: x.flip(axis), x(), axis=axis, **free)
        by = dice.randint(-3, 3)
        case("roll", lambda x: x.roll(by, axis), x(), axis=axis, by=by, **free)
        indices = pick(dice.randint(1, 4), sizes, axis)  # some may come twice: their gradients are added
        case("select", lambda x, indices: x.index_select(axis, indices), x(), constants={"indices": indices}, axis=axis,
             roundings=4, products=lambda x, indices: x.index_select(axis, indices))
        along = [dice.randint(1, 4) if i == axis else size for i, size in enumerate(sizes)]
        places = torch.tensor([dice.randrange(n) for _ in range(math.prod(along))]).reshape(along)
        case("gather", lambda x, indices: x.gather(axis, indices), x(), constants={"indices": places}, axis=axis,
             roundings=8, products=lambda x, indices: x.gather(axis, indices))
        zeros = torch.zeros(sizes)
        case("scatterAdd", lambda x, indices: zeros.to(x.dtype).scatter_add(axis, indices, x), {"x": grid(*along)},
             constants={"indices": places}, axis=axis, entries=n, roundings=8,
             products=lambda x, indices: zeros.to(x.dtype).scatter_add(axis, indices, x))
        case("sort", lambda x: x.sort(dim=axis, stable=True).values, x(), axis=axis, **free)
        k = dice.randint(1, n)
        shuffled = [float(i) for i in dice.sample(range(math.prod(sizes)), math.prod(sizes))]
        case("topk", lambda x: x.topk(k, axis).values, {"x": torch.tensor(shuffled, dtype=torch.float64).reshape(sizes) / 4},
             axis=axis, k=k, **free)
        mask = (grid(*sizes) > 0).double()
        case("maskSelect", lambda x, mask: x[mask > 0], x(), constants={"mask": mask}, **free)
        case("where", lambda a, b, mask: torch.where(mask > 0, a, b), {"a": grid(*sizes), "b": grid(*sizes)},
             constants={"mask": mask}, **free)
        case("permute", lambda x: x.permute(*reversed(range(len(sizes)))), x(), **free)
        case("concat", lambda x, y: torch.cat([x, y], axis), {"x": grid(*sizes), "y": grid(*sizes)}, axis=axis, **free)
        case("stack", lambda x, y: torch.stack([x, y], axis), {"x": grid(*sizes), "y": grid(*sizes)}, axis=axis, **free)
    for diagonal in (-1, 0, 2):
        case("tril", lambda x: x.tril(diagonal), {"x": grid(2, 3, 4)}, diagonal=diagonal, roundings=0)
        case("triu", lambda x: x.triu(diagonal), {"x": grid(2, 3, 4)}, diagonal=diagonal, roundings=0)
    case("embedding", lambda weight, indices: F.embedding(indices, weight), {"weight": grid(5, 3)}, roundings=8,
         constants={"indices": torch.tensor([[0, 4, 4], [2, 0, 4]])}, products=lambda weight, indices: F.embedding(indices, weight))
    case("oneHot", lambda indices: F.one_hot(indices, 4).double(), {}, constants={"indices": torch.tensor([3, 0, 0, 2])},
         classes=4, gradients=False, roundings=0)


def padding() -> None:
    for mode in ("constant", "reflect", "replicate", "circular"):
        for rank in (1, 2, 3):
            inner = [dice.randint(3, 4) for _ in range(rank)]
            pads = [dice.randint(0, 2) for _ in range(2 * rank)]  # the last axis first, before and after
            extra = {"value": 1.5} if mode == "constant" else {}
            f = lambda x: F.pad(x, pads, mode, **extra)
            case("pad", f, {"x": grid(1, 2, *inner)}, roundings=8, size=8, mode=mode, pads=pads, **extra)


FAMILIES = {"broadcasting": broadcasting, "einsum": einsum, "indexing": indexing, "padding": padding}
