"""Writes what PyTorch computes, for GoldenTest: python golden.py > ../resources/golden/pytorch.txt

Each line is `name;sizes;numbers`: all float64, inputs as well as results, so the test needs no generator of PyTorch's.
"""
import torch
import torch.nn.functional as F

SEED = 20260101


def put(name, tensor):
    sizes = " ".join(str(n) for n in tensor.shape)
    print(f"{name};{sizes};" + " ".join(repr(v) for v in tensor.detach().flatten().tolist()))


def gradients(case, loss, **inputs):
    """Writes the inputs, the loss, and the gradient in each input that has one."""
    put(f"{case}.loss", loss)
    loss.backward()
    for name, value in inputs.items():
        put(f"{case}.{name}", value)
        if value.requires_grad:
            put(f"{case}.{name}.grad", value.grad)


def leaf(*sizes):
    return torch.randn(*sizes).requires_grad_()


def networks():
    for case in ("indices", "distributions"):
        x, w1, b1, w2, b2 = torch.randn(5, 4), leaf(6, 4), leaf(6), leaf(3, 6), leaf(3)
        scores = F.linear(torch.tanh(F.linear(x, w1, b1)), w2, b2)
        target = torch.tensor([2, 0, 1, 1, 2]) if case == "indices" else torch.softmax(torch.randn(5, 3), -1)
        gradients(f"mlp.{case}", F.cross_entropy(scores, target), x=x, w1=w1, b1=b1, w2=w2, b2=b2,
                  target=target.double())


def losses():
    z, t = leaf(4, 3), torch.rand(4, 3)
    gradients("bce", F.binary_cross_entropy_with_logits(z, t), z=z, t=t)
    z = (100 * torch.randn(6)).requires_grad_()
    gradients("bce.large", F.binary_cross_entropy_with_logits(z, torch.ones(6), reduction="sum"), z=z)
    p, y = leaf(4, 3), torch.randn(4, 3)
    gradients("mse", F.mse_loss(p, y), p=p, y=y)


def operations():
    weights = torch.randn(3, 5)
    for name, f in {"softmax": lambda x: torch.softmax(x, 1), "softmax0": lambda x: torch.softmax(x, 0),
                    "logsoftmax": lambda x: torch.log_softmax(x, 1), "tanh": torch.tanh, "sigmoid": torch.sigmoid,
                    "softplus": F.softplus, "relu": torch.relu, "exp": torch.exp}.items():
        x = leaf(3, 5)
        gradients(f"op.{name}", (f(x) * weights).sum(), x=x, weights=weights)
    for name, f in {"plus": torch.add, "minus": torch.sub, "times": torch.mul, "div": torch.div}.items():
        a, b = leaf(3, 1), (torch.rand(1, 5) + 0.5).requires_grad_()
        gradients(f"op.{name}", (f(a, b) * weights).sum(), a=a, b=b, weights=weights)
    a, b = leaf(2, 3, 4), leaf(4, 5)
    weights = torch.randn(2, 3, 5)
    gradients("op.matmul", (a @ b * weights).sum(), a=a, b=b, weights=weights)


def optimizers():
    """Twenty steps on half the sum of scale (theta - target)^2; after ten the learning rate falls to a tenth."""
    scale, target, start = torch.rand(4) * 3 + 0.2, torch.randn(4), torch.randn(4)
    put("optim.scale", scale)
    put("optim.target", target)
    put("optim.start", start)
    for name, make in {"sgd": lambda p: torch.optim.SGD(p, lr=0.1),
                       "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
                       "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
                       "adam": lambda p: torch.optim.Adam(p, lr=0.1)}.items():
        theta = start.clone().requires_grad_()
        optimizer, course = make([theta]), []
        for step in range(20):
            if step == 10:
                optimizer.param_groups[0]["lr"] = 0.01
            optimizer.zero_grad()
            (0.5 * scale * (theta - target) ** 2).sum().backward()
            optimizer.step()
            course.append(theta.detach().clone())
        put(f"optim.{name}", torch.stack(course))


def plateau():
    """The learning rate after each epoch with these losses, beginning at 0.1."""
    losses = [1, 0.9, 0.9, 0.95, 0.89995, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, float("nan"), 0.4, 0.4, 0.4, 0.4, 0.4]
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    schedule, rates = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.3, patience=2, min_lr=0.002), []
    for loss in losses:
        schedule.step(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    put("plateau.losses", torch.tensor(losses).nan_to_num(9))   # a NaN counts as a loss that is no better
    put("plateau.rates", torch.tensor(rates))


def write(*families):
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(SEED)
    print(f"# PyTorch {torch.__version__.split('+')[0]}, seed {SEED}")
    for family in families:
        family()


if __name__ == "__main__":
    write(networks, losses, operations, optimizers, plateau)
