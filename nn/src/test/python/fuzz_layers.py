"""Convolution, pooling, norms, attention and recurrent sequences, for fuzz.py."""
import math
from typing import Any, Callable

import torch
import torch.nn.functional as F
from torch import nn

from fuzz import case, dice, grid, positive


def each(rank: int, *choices: int) -> tuple[int, ...]:
    return tuple(dice.choice(choices) for _ in range(rank))


CONVOLUTIONS = {1: (F.conv1d, F.conv_transpose1d), 2: (F.conv2d, F.conv_transpose2d), 3: (F.conv3d, F.conv_transpose3d)}


def convolution() -> None:
    for rank in (1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3):
        groups = dice.choice([1, 1, 2])
        inputs, outputs = groups * dice.randint(1, 2), groups * dice.randint(1, 2)
        options = {"stride": each(rank, 1, 1, 2), "padding": each(rank, 0, 1, 2), "dilation": each(rank, 1, 1, 2),
                   "groups": groups}
        kernel = each(rank, 1, 2, 3) if rank < 3 else each(rank, 1, 2)
        reach = [d * (k - 1) + 1 for d, k in zip(options["dilation"], kernel)]
        size = [max(dice.randint(3, 6 - rank), r - 2 * p) + (1 if rank < 3 else 0)
                for r, p in zip(reach, options["padding"])]
        forward, transposed = CONVOLUTIONS[rank]
        f = lambda x, weight, bias: forward(x, weight, bias, **options)
        case("conv", f, {"x": grid(dice.randint(1, 2), inputs, *size), "weight": grid(outputs, inputs // groups, *kernel),
                         "bias": grid(outputs)},
             roundings=inputs // groups * math.prod(kernel) + 1, products=f, **options)
        # PyTorch also takes more, below the dilation; then it is no longer the transpose of a convolution
        options["output_padding"] = tuple(dice.randint(0, s - 1) for s in options["stride"])
        size = [max(2, -(-(2 * p + 1 - r) // s) + 1) for p, r, s in zip(options["padding"], reach, options["stride"])]
        g = lambda x, weight, bias: transposed(x, weight, bias, **options)
        case("convTransposed", g, {"x": grid(1, inputs, *size), "weight": grid(inputs, outputs // groups, *kernel),
                                   "bias": grid(outputs)},
             roundings=inputs // groups * math.prod(kernel) + 1, products=g, **options)
    case("convFlipped", lambda x, weight, bias: F.conv2d(x, weight.flip(2, 3), bias), roundings=9,
         inputs={"x": grid(1, 2, 4, 5), "weight": grid(2, 2, 2, 2), "bias": grid(2)},
         products=lambda x, weight, bias: F.conv2d(x, weight.flip(2, 3), bias))


MAXIMA = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
MEANS = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


def pooling() -> None:
    for rank in (1, 1, 2, 2, 2, 2, 3):
        kernel = each(rank, 2, 3) if rank < 3 else each(rank, 1, 2)
        stride = each(rank, 1, 2, 3)
        padding = tuple(dice.randint(0, k // 2) for k in kernel)
        size = [dice.randint(k, k + 3) if rank < 3 else k + 1 for k in kernel]
        options = {"kernel": kernel, "stride": stride, "padding": padding}
        # a gradient goes to the first of equal largest ones
        case("maxPool", lambda x: MAXIMA[rank](x, kernel, stride, padding), {"x": grid(1, 2, *size, step=2)},
             roundings=math.prod(kernel), size=8, **options)
        for counted in (True, False):
            f = lambda x: MEANS[rank](x, kernel, stride, padding, count_include_pad=counted)
            case("averagePool", f, {"x": grid(1, 2, *size)}, roundings=math.prod(kernel) + 1, products=f,
                 count_padding=counted, **options)
    for rank in (1, 2, 3):
        axes = tuple(range(2, 2 + rank))
        x = lambda: {"x": grid(2, 2, *each(rank, 2, 3))}
        case("globalAveragePool", lambda x: x.mean(axes), x(), roundings=30, products=lambda x: x.mean(axes))
        case("globalMaxPool", lambda x: x.amax(axes), x(), roundings=1)
        for mode, name in (("nearest", "nearest"), (LINEAR[rank], "linear"), (LINEAR[rank], "linear_corners")):
            corners = {} if name == "nearest" else {"align_corners": name == "linear_corners"}
            f = lambda x: F.interpolate(x, scale_factor=2, mode=mode, **corners)
            case("upsample", f, x(), roundings=12, products=f, mode=name, factor=2)


def norms() -> None:
    for turn in range(4):
        channels, batch = dice.choice([2, 4]), dice.randint(2, 3)
        inner = each(turn % 3, 2, 3)
        x = lambda: grid(batch, channels, *inner) * 2
        affine = lambda *sizes: {"weight": grid(*sizes), "bias": grid(*sizes)}
        n = batch * math.prod(inner)
        model = {"size": 40, "eps": 0.5 ** 10}
        case("batchNorm", lambda x, weight, bias: F.batch_norm(x, None, None, weight, bias, True, eps=0.5 ** 10),
             {"x": x(), **affine(channels)}, roundings=4 * n + 12, **model)
        case("batchNormRunning",
             lambda x, weight, bias, mean, var: F.batch_norm(x, mean, var, weight, bias, False, eps=0.5 ** 10),
             {"x": x(), **affine(channels)}, roundings=n + 12,
             constants={"mean": grid(channels), "var": positive(channels)}, **model)
        sizes = (channels, *inner)
        case("layerNorm", lambda x, weight, bias: F.layer_norm(x, sizes, weight, bias, eps=0.5 ** 10),
             {"x": x(), **affine(*sizes)}, roundings=4 * math.prod(sizes) + 12, **model)
        case("rmsNorm", lambda x, weight: F.rms_norm(x.movedim(1, -1), (channels,), weight, eps=0.5 ** 10),
             {"x": x(), "weight": grid(channels)}, roundings=4 * channels + 12, **model)
        case("groupNorm", lambda x, weight, bias: F.group_norm(x, 2, weight, bias, eps=0.5 ** 10),
             {"x": grid(batch, channels, *inner, 3), **affine(channels)},
             roundings=4 * channels * 3 * math.prod(inner) + 12, groups=2, **model)
    running_mean, running_var = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    x = grid(4, 3)
    F.batch_norm(x, running_mean, running_var, training=True, momentum=0.25)
    case("runningStatistics", lambda x: torch.stack([running_mean, running_var]).to(x.dtype), {"x": x}, roundings=20, size=4,
         momentum=0.25, gradients=False)  # the variance kept is the unbiased one


def attention() -> None:
    for turn in range(8):
        batch, heads, queries, keys, depth = dice.randint(1, 2), dice.randint(1, 2), dice.randint(1, 4), dice.randint(1, 4), 3
        kind = ("none", "causal", "mask", "none", "causal", "mask", "bias", "bias")[turn]
        if kind == "causal":
            keys = queries
        mask = {}
        if kind == "mask":
            allowed = (grid(queries, keys) > -0.5).double()
            allowed[:, 0] = 1  # a query that may look nowhere has no weights
            mask = {"mask": allowed}
        elif kind == "bias":
            mask = {"mask": grid(queries, keys)}

        def f(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
            return F.scaled_dot_product_attention(q, k, v, mask > 0 if kind == "mask" else mask, is_causal=kind == "causal")
        case("attention", f, {"q": grid(batch, heads, queries, depth), "k": grid(batch, heads, keys, depth),
                              "v": grid(batch, heads, keys, depth)}, constants=mask, roundings=40 + 4 * keys, size=16,
             masking=kind)


# PyTorch's parameters; its gates are i f g o for LSTM and r z n for GRU, whose reset gate acts after the product.
SEQUENCES = {"rnn": (nn.RNN, 1), "lstm": (nn.LSTM, 4), "gru": (nn.GRU, 3)}


def recurrent() -> None:
    for turn in range(3):
        for name, (kind, gates) in SEQUENCES.items():
            inputs, hidden, batch, time = dice.randint(1, 3), dice.randint(1, 3), dice.randint(1, 2), dice.randint(1, 4)
            values = {"x": grid(time, batch, inputs), "h0": grid(batch, hidden)}
            if name == "lstm":
                values["c0"] = grid(batch, hidden)
            values |= {"weight_ih": grid(gates * hidden, inputs), "weight_hh": grid(gates * hidden, hidden),
                       "bias_ih": grid(gates * hidden), "bias_hh": grid(gates * hidden)}

            def f(x: torch.Tensor, h0: torch.Tensor, c0: torch.Tensor | None = None, **weights: torch.Tensor) -> torch.Tensor:
                net = kind(inputs, hidden).to(x.dtype)
                state = h0[None] if c0 is None else (h0[None], c0[None])
                return torch.func.functional_call(net, {f"{key}_l0": w for key, w in weights.items()}, (x, state))[0]
            case(name, f, values, roundings=time * (24 + inputs + hidden), size=8)  # time first: [time, batch, features]
    for name, (kind, gates) in SEQUENCES.items():
        inputs, hidden, batch, time = 2, 2, 2, 4
        values = {"x": grid(batch, time, inputs)} | {
            f"{weight}_{part}{way}": grid(gates * hidden, *([size] if weight == "weight" else []))
            for way in ("", "_reverse") for weight in ("weight", "bias")
            for part, size in (("ih", inputs), ("hh", hidden))}
        net = kind(inputs, hidden, batch_first=True, bidirectional=True)

        def both(x: torch.Tensor, **weights: torch.Tensor) -> torch.Tensor:
            named = {key.replace("_reverse", "") + "_l0" + ("_reverse" if "_reverse" in key else ""): w
                     for key, w in weights.items()}
            return torch.func.functional_call(net.to(x.dtype), named, (x,))[0]
        case("bidirectional", both, values, roundings=time * (24 + inputs + hidden), size=8, cell=name)
        values = {key: value for key, value in values.items() if "_reverse" not in key}
        lengths = [2, 4]
        padded = kind(inputs, hidden, batch_first=True)

        def ended(x: torch.Tensor, **weights: torch.Tensor) -> torch.Tensor:
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            named = {f"{key}_l0": w for key, w in weights.items()}
            out = torch.func.functional_call(padded.to(x.dtype), named, (packed,))[0]
            return nn.utils.rnn.pad_packed_sequence(out, batch_first=True)[0]
        case("padded", ended, values, roundings=time * (24 + inputs + hidden), size=8, cell=name, lengths=lengths)


def positions(time: int, d: int) -> torch.Tensor:
    angles = torch.arange(time)[:, None] * 10000.0 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


def transformer() -> None:
    """PyTorch's own layers, without dropout; W_Q, W_K, W_V lie one above the other in in_proj_weight.

    A number passes some 30 roundings in attention, twice 28 in the norms, 15 in the net at each position, twice that
    on its way back.
    """
    batch, time, d, heads, hidden, eps = 2, 3, 4, 2, 3, 0.5 ** 10

    def layer(name: str, net: nn.Module, sequences: dict[str, torch.Tensor], call: Callable, **options: Any) -> None:
        weights = {key: grid(*w.shape, reach=1) for key, w in net.named_parameters()}

        def f(**given: torch.Tensor) -> torch.Tensor:
            read = [given.pop(key) for key in sequences]
            return call(lambda *a, **k: torch.func.functional_call(net.to(read[0].dtype), given, a, k), *read)
        case(name, f, sequences | weights, roundings=200, size=4, heads=heads, **options)

    def masks(masking: str, kind: torch.dtype) -> dict[str, torch.Tensor]:
        return {"causal": {"attn_mask": nn.Transformer.generate_square_subsequent_mask(time, dtype=kind)},
                "padding": {"key_padding_mask": torch.arange(time) >= torch.tensor([[2], [3]])}, "none": {}}[masking]

    for masking in ("none", "causal", "padding"):
        layer("multiHeadAttention", nn.MultiheadAttention(d, heads, batch_first=True), {"x": grid(batch, time, d)},
              lambda net, x: net(x, x, x, **masks(masking, x.dtype))[0], masking=masking)
    options = {"dim_feedforward": hidden, "dropout": 0, "layer_norm_eps": eps, "batch_first": True}
    for masking, first, activation in (("none", False, "relu"), ("causal", True, "relu"), ("padding", False, "gelu"),
                                       ("padding", True, "relu")):
        net = nn.TransformerEncoderLayer(d, heads, norm_first=first, activation=activation, **options)
        layer("encoderLayer", net, {"x": grid(batch, time, d)}, lambda net, x: net(x, **{
            {"attn_mask": "src_mask", "key_padding_mask": "src_key_padding_mask"}[key]: mask
            for key, mask in masks(masking, x.dtype).items()}),
              masking=masking, first=first, activation=activation, eps=eps)
    for masking, first in (("none", False), ("padding", True)):
        net = nn.TransformerDecoderLayer(d, heads, norm_first=first, **options)
        layer("decoderLayer", net, {"x": grid(batch, time, d), "memory": grid(batch, time, d)},
              lambda net, x, memory: net(x, memory, tgt_mask=masks("causal", x.dtype)["attn_mask"],
                                         memory_key_padding_mask=masks(masking, x.dtype).get("key_padding_mask")),
              masking=masking, first=first, activation="relu", eps=eps)
    case("sinusoidalPositions", lambda x: x + positions(5, 6).to(x.dtype), {"x": grid(2, 5, 6)}, roundings=4)


FAMILIES = {"convolution": convolution, "pooling": pooling, "norms": norms, "attention": attention,
            "recurrent": recurrent, "transformer": transformer}
