"""Writes what PyTorch computes in linear algebra, for LinalgTest: python golden_linalg.py > ../resources/golden/linalg.txt

Where a factorisation is unique up to signs only, they are made ours: the diagonal of R is positive, the largest element of
each eigenvector and of each left singular vector is positive.
"""
import torch
from torch import linalg

from golden import gradients, write


def regular(*sizes):
    return (0.4 * torch.randn(*sizes) + torch.eye(sizes[-1])).requires_grad_()


def rectangular(*sizes):
    return (0.3 * torch.randn(*sizes) + torch.diag_embed(torch.arange(1.0, 9))[: sizes[-2], : sizes[-1]]).requires_grad_()


def case(name, f, **inputs):
    """The loss is the sum of all results, each element with a weight of its own."""
    results = f(*inputs.values())
    results = results if isinstance(results, (tuple, list)) else (results,)
    weights = {f"w{i}": torch.randn(result.shape) for i, result in enumerate(results)}
    loss = sum((result * weight).sum() for result, weight in zip(results, weights.values()))
    gradients(f"linalg.{name}", loss, **inputs, **weights)


def signs(vectors):
    largest = vectors.abs().max(-2, keepdim=True).indices
    return torch.sign(torch.gather(vectors, -2, largest)).detach()


def qr(a):
    q, r = linalg.qr(a)
    sign = torch.sign(torch.diagonal(r, dim1=-2, dim2=-1)).detach()
    return q * sign[..., None, :], r * sign[..., :, None]


def eigh(a):
    values, vectors = linalg.eigh((a + a.mT) / 2)
    return values, vectors * signs(vectors)


def svd(a):
    u, s, vt = linalg.svd(a, full_matrices=False)
    sign = signs(u)
    return u * sign, s, vt * sign.mT


def eigvals(a):
    values = linalg.eigvals(a)
    order = sorted(range(len(values)), key=lambda i: (values[i].real.item(), values[i].imag.item()))
    return values[order].real, values[order].imag


def cases():
    case("solve", linalg.solve, a=regular(4, 4), b=torch.randn(4, 2, requires_grad=True))
    case("solve.batch", linalg.solve, a=regular(2, 1, 3, 3), b=torch.randn(2, 3, 2, requires_grad=True))
    case("inverse", linalg.inv, a=regular(2, 3, 3))
    case("det", linalg.det, a=regular(2, 4, 4))
    case("slogdet", lambda a: linalg.slogdet(a).logabsdet, a=regular(2, 4, 4))
    case("cholesky", lambda a: linalg.cholesky(a @ a.mT + 2 * torch.eye(4)), a=torch.randn(2, 4, 4, requires_grad=True))
    for name, sizes in {"square": (4, 4), "tall": (5, 3), "wide": (3, 5), "batch": (2, 4, 3)}.items():
        case(f"lu.{name}", lambda a: tuple(linalg.lu(a))[1:], a=torch.randn(*sizes, requires_grad=True))
        case(f"qr.{name}", qr, a=torch.randn(*sizes, requires_grad=True))
        case(f"svd.{name}", svd, a=rectangular(*sizes))
        case(f"pinv.{name}", linalg.pinv, a=rectangular(*sizes))
    case("lstsq", lambda a, b: linalg.lstsq(a, b).solution, a=rectangular(5, 3), b=torch.randn(5, 2, requires_grad=True))
    case("eigh", eigh, a=rectangular(2, 4, 4))
    case("eigvals", eigvals, a=torch.randn(6, 6, requires_grad=True))
    case("matrixExp", linalg.matrix_exp, a=torch.randn(2, 4, 4, requires_grad=True))
    for kind, order in {"FROBENIUS": "fro", "ONE": 1, "INFINITY": torch.inf, "TWO": 2, "NUCLEAR": "nuc"}.items():
        case(f"norm.{kind}", lambda a: linalg.matrix_norm(a, order), a=rectangular(2, 4, 3))
        case(f"cond.{kind}", lambda a: linalg.matrix_norm(a, order) * linalg.matrix_norm(linalg.inv(a), order),
             a=regular(4, 4))
    case("kron", torch.kron, a=torch.randn(2, 3, requires_grad=True), b=torch.randn(3, 2, requires_grad=True))


write(cases)
