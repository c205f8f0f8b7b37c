"""Writes random cases with what PyTorch computes for them, for FuzzTest: python fuzz.py [FAMILY...]

Each family is a file in ../resources/golden/fuzz. A case is a line `case NAME option=value ...` and below it

    in NAME;sizes;numbers           an input; multiples of 1/64 or of 1/4, so that float32 holds it exactly
    indices NAME;sizes;numbers      an input of whole numbers
    out;sizes;A R;numbers           the result in float64
    grad NAME;sizes;A R;numbers     the gradient of the sum of weights * out in an input; weights is an input too

A float32 result may differ from the float64 one by 2^-24 (A + R |number|) and the smallest normal number. Of the bounds
R is for functions of one number, in half units of the last place. A is the number of roundings that a number passes
times the size of what is rounded: for sums of products, K terms, that is K times the same sum of absolute values, the
bound gamma_K |A||B| of numerical analysis; else the size is the largest result, and the count is given by each family.
PyTorch's own float32 results are held against the bounds before anything is written.
"""
import random
import sys
from pathlib import Path
from typing import Any, Callable

import numpy
import torch

SEED = 20261121
FOLDER = Path(__file__).parent.parent / "resources/golden/fuzz"

dice = random.Random(SEED)
lines: list[str] = []


def grid(*sizes: int, step: int = 64, reach: float = 2) -> torch.Tensor:
    """Random multiples of 1/step between -reach and reach."""
    count = int(numpy.prod(sizes, dtype=int))
    numbers = [dice.randint(-int(reach * step), int(reach * step)) / step for _ in range(count)]
    return torch.tensor(numbers, dtype=torch.float64).reshape(sizes)


def positive(*sizes: int, least: float = 0.25) -> torch.Tensor:
    return grid(*sizes).abs() + least


def number(value: float) -> str:
    return repr(value).removesuffix(".0")


def text(tensor: torch.Tensor) -> str:
    return " ".join(number(v) for v in tensor.flatten().tolist())


def sizes(tensor: torch.Tensor) -> str:
    return " ".join(map(str, tensor.shape))


def option(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value).lower()


def results(f: Callable, inputs: dict, constants: dict, weights: torch.Tensor | None, kind: torch.dtype,
            absolute: bool = False) -> dict[str, torch.Tensor]:
    """What f gives for these inputs, and its gradients."""
    put = (lambda t: t.abs().to(kind)) if absolute else (lambda t: t.to(kind))
    leaves = {name: put(value.detach()).clone().requires_grad_(weights is not None) for name, value in inputs.items()}
    out = f(**leaves, **{name: value.to(kind) if value.is_floating_point() else value for name, value in constants.items()})
    found = {"out": out.detach().double()}
    if weights is not None:
        (out * put(weights)).sum().backward()
        found |= {f"grad {name}": (leaf.grad if leaf.grad is not None else torch.zeros_like(leaf)).double()
                  for name, leaf in leaves.items()}
    return found


def case(name: str, f: Callable, inputs: dict[str, torch.Tensor], *, roundings: float, products: Callable | None = None,
         relative: float = 0, size: float = 0, constants: dict[str, torch.Tensor] = {}, gradients: bool = True,
         **options: Any) -> None:
    """products: f with sums instead of differences, for a sum of products; size: at least that large is what is rounded."""
    out = f(**inputs, **constants)
    weights = grid(*out.shape) if gradients else None
    exact = results(f, inputs, constants, weights, torch.float64)
    rounded = results(f, inputs, constants, weights, torch.float32)
    sums = results(products, inputs, constants, weights, torch.float64, absolute=True) if products else exact
    lines.append(" ".join([f"case {name}", *(f"{key}={option(value)}" for key, value in options.items())]))
    lines.extend(f"in {key};{sizes(value)};{text(value)}" for key, value in inputs.items())
    lines.extend(f"{'in' if value.is_floating_point() else 'indices'} {key};{sizes(value)};{text(value)}"
                 for key, value in constants.items())
    if gradients:
        lines.append(f"in weights;{sizes(weights)};{text(weights)}")
    for key, value in exact.items():
        finite = sums[key].abs()[sums[key].isfinite()]
        largest = size if relative else max(size, finite.max().item() if finite.numel() else 0)
        # a gradient sums over everything that its input had a share in
        terms = roundings + 2 + (out.numel() if key != "out" and products else 0)
        absolute = terms * largest
        allowed = 2 ** -24 * (absolute + relative * value.abs()) + 2 ** -126
        same = (rounded[key] == value.float().double()) | ((rounded[key] - value).abs() <= allowed) \
            | (rounded[key].isnan() & value.isnan())
        assert same.all(), (name, options, key, value, rounded[key], allowed)
        lines.append(f"{key};{sizes(value)};{absolute:.3g} {relative:g};{text(value)}")


def main() -> None:
    import fuzz_functions
    import fuzz_layers
    import fuzz_shapes
    families = fuzz_shapes.FAMILIES | fuzz_functions.FAMILIES | fuzz_layers.FAMILIES
    for family in sys.argv[1:] or families:
        dice.seed(f"{SEED} {family}")
        lines.clear()
        lines.append(f"# PyTorch {torch.__version__.split('+')[0]}, NumPy {numpy.__version__}, seed {SEED}: {family}")
        families[family]()
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{family}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.modules["fuzz"] = sys.modules["__main__"]
    main()
