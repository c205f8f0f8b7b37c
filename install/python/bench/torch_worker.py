"""The workloads of nn.py in PyTorch: torch_worker.py WORKLOAD [--compile]. Optimizers are the fused ones."""

import os
import sys
from typing import Callable

import torch
import torch.nn.functional as F
from torch import nn

from worker import serve

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
torch.manual_seed(1)


def sgemm() -> Callable[[], object]:
    a, b, c = torch.randn(768, 768), torch.randn(768, 768), torch.empty(768, 768)
    return lambda: torch.mm(a, b, out=c)


def training(net: nn.Module, loss: Callable[[], torch.Tensor], optimizer: type) -> Callable[[], object]:
    """Forward, backward and update."""
    update = optimizer(net.parameters(), lr=1e-3, fused=True)
    loss = torch.compile(loss) if "--compile" in sys.argv else loss

    def step() -> None:
        update.zero_grad()
        loss().backward()
        update.step()
    return step


def mlp() -> Callable[[], object]:
    net = nn.Sequential(nn.Linear(784, 128), nn.Tanh(), nn.Linear(128, 64), nn.Tanh(), nn.Linear(64, 10))
    x, classes = torch.randn(64, 784), torch.arange(64) % 10
    return training(net, lambda: F.cross_entropy(net(x), classes), torch.optim.Adam)


def mlp_tiny() -> Callable[[], object]:
    net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
    x, t = torch.randn(32, 2), (torch.arange(32) % 2).float().reshape(32, 1)
    return training(net, lambda: F.binary_cross_entropy_with_logits(net(x), t), torch.optim.SGD)


def cnn() -> Callable[[], object]:
    net = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                        nn.Flatten(), nn.Linear(2048, 128), nn.ReLU(), nn.Linear(128, 10))
    x, classes = torch.randn(64, 3, 32, 32), torch.arange(64) % 10
    return training(net, lambda: F.cross_entropy(net(x), classes), torch.optim.Adam)


def lstm() -> Callable[[], object]:
    net = nn.LSTM(32, 64)
    x = torch.randn(50, 32, 32)  # [time, batch, features]
    return training(net, lambda: net(x)[0].square().mean(), torch.optim.SGD)


def encoder() -> Callable[[], object]:
    net = nn.TransformerEncoderLayer(128, 4, 512, dropout=0.0, batch_first=True)
    x = torch.randn(16, 64, 128)  # [batch, time, features]
    return training(net, lambda: net(x).square().mean(), torch.optim.SGD)


WORKLOADS = {"sgemm": sgemm, "mlp": mlp, "mlp-tiny": mlp_tiny, "cnn": cnn, "lstm": lstm, "encoder": encoder}

serve(f"PyTorch {torch.__version__.split('+')[0]}" + (" compiled" if "--compile" in sys.argv else ""),
      WORKLOADS[sys.argv[1]]())
