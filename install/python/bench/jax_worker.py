"""The workloads of nn.py in JAX: jax_worker.py WORKLOAD. A step is one jitted function that is given its own buffers."""

import sys
from typing import Any, Callable

import jax
import jax.numpy as jnp
from jax import lax, nn

from worker import serve

KEYS = iter(jax.random.split(jax.random.key(1), 64))


def randn(*sizes: int, scale: float = 1.0) -> jax.Array:
    return scale * jax.random.normal(next(KEYS), sizes)


def linear(inputs: int, outputs: int) -> tuple[jax.Array, jax.Array]:
    return randn(inputs, outputs, scale=inputs ** -0.5), jnp.zeros(outputs)


def sgd(parameters: Any, gradients: Any, state: Any) -> tuple[Any, Any]:
    return jax.tree.map(lambda p, g: p - 1e-3 * g, parameters, gradients), state


def adam(parameters: Any, gradients: Any, state: Any) -> tuple[Any, Any]:
    m, v, t = state
    t = t + 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
    rate = 1e-3 / (1 - 0.9 ** t)
    root = jnp.sqrt(1 - 0.999 ** t)
    return jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + 1e-8), parameters, m, v), (m, v, t)


def training(parameters: Any, loss: Callable[[Any], jax.Array], optimizer: Callable) -> Callable[[], object]:
    """Forward, backward and update."""
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = (zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.float32(0)) if optimizer is adam else ()

    def update(parameters: Any, state: Any) -> tuple[Any, Any, jax.Array]:
        value, gradients = jax.value_and_grad(loss)(parameters)
        return *optimizer(parameters, gradients, state), value

    update = jax.jit(update, donate_argnums=(0, 1))
    held = [parameters, state]

    def step() -> object:
        held[0], held[1], value = update(*held)
        return value
    return step


def cross_entropy(scores: jax.Array, classes: jax.Array) -> jax.Array:
    return -jnp.take_along_axis(nn.log_softmax(scores), classes[:, None], 1).mean()


def dense(layers: list, x: jax.Array, activation: Callable) -> jax.Array:
    for w, b in layers[:-1]:
        x = activation(x @ w + b)
    w, b = layers[-1]
    return x @ w + b


def sgemm() -> Callable[[], object]:
    a, b, product = randn(768, 768), randn(768, 768), jax.jit(jnp.matmul)
    return lambda: product(a, b).block_until_ready()  # else many products would run at a time


def mlp() -> Callable[[], object]:
    x, classes = randn(64, 784), jnp.arange(64) % 10
    return training([linear(784, 128), linear(128, 64), linear(64, 10)],
                    lambda layers: cross_entropy(dense(layers, x, jnp.tanh), classes), adam)


def mlp_tiny() -> Callable[[], object]:
    x, t = randn(32, 2), (jnp.arange(32) % 2).astype(jnp.float32)[:, None]

    def loss(layers: list) -> jax.Array:
        z = dense(layers, x, jnp.tanh)
        return (jnp.maximum(z, 0) - z * t + jnp.log1p(jnp.exp(-jnp.abs(z)))).mean()
    return training([linear(2, 16), linear(16, 16), linear(16, 1)], loss, sgd)


def cnn() -> Callable[[], object]:
    x, classes = randn(64, 32, 32, 3), jnp.arange(64) % 10  # channels last, which XLA's CPU code prefers

    def block(x: jax.Array, filters: tuple) -> jax.Array:
        w, b = filters
        x = lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        return lax.reduce_window(nn.relu(x + b), -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")

    def loss(parameters: dict) -> jax.Array:
        maps = block(block(x, parameters["first"]), parameters["second"])
        return cross_entropy(dense(parameters["head"], maps.reshape(64, 2048), nn.relu), classes)
    return training({"first": (randn(3, 3, 3, 16, scale=0.2), jnp.zeros(16)),
                     "second": (randn(3, 3, 16, 32, scale=0.1), jnp.zeros(32)),
                     "head": [linear(2048, 128), linear(128, 10)]}, loss, adam)


def lstm() -> Callable[[], object]:
    x = randn(50, 32, 32)  # [time, batch, features]

    def loss(parameters: tuple) -> jax.Array:
        (w, b), (u, c) = parameters

        def cell(carry: tuple, projected: jax.Array) -> tuple:
            h, memory = carry
            i, f, g, o = jnp.split(projected + h @ u + c, 4, axis=-1)
            memory = nn.sigmoid(f) * memory + nn.sigmoid(i) * jnp.tanh(g)
            h = nn.sigmoid(o) * jnp.tanh(memory)
            return (h, memory), h
        zeros = jnp.zeros((32, 64))
        return jnp.square(lax.scan(cell, (zeros, zeros), x @ w + b)[1]).mean()
    return training((linear(32, 256), linear(64, 256)), loss, sgd)


def encoder() -> Callable[[], object]:
    x = randn(16, 64, 128)  # [batch, time, features]

    def norm(x: jax.Array, scale: tuple) -> jax.Array:
        gamma, beta = scale
        centred = x - x.mean(-1, keepdims=True)
        return centred * lax.rsqrt(jnp.square(centred).mean(-1, keepdims=True) + 1e-5) * gamma + beta

    def loss(parameters: dict) -> jax.Array:
        w, b = parameters["in"]
        q, k, v = (part.reshape(16, 64, 4, 32) for part in jnp.split(x @ w + b, 3, axis=-1))
        weights = nn.softmax(jnp.einsum("bqhd,bkhd->bhqk", q, k) / 32 ** 0.5)
        w, b = parameters["out"]
        attended = jnp.einsum("bhqk,bkhd->bqhd", weights, v).reshape(16, 64, 128) @ w + b
        y = norm(x + attended, parameters["norm1"])
        return jnp.square(norm(y + dense(parameters["ff"], y, nn.relu), parameters["norm2"])).mean()
    return training({"in": linear(128, 384), "out": linear(128, 128), "ff": [linear(128, 512), linear(512, 128)],
                     "norm1": (jnp.ones(128), jnp.zeros(128)), "norm2": (jnp.ones(128), jnp.zeros(128))}, loss, sgd)


WORKLOADS = {"sgemm": sgemm, "mlp": mlp, "mlp-tiny": mlp_tiny, "cnn": cnn, "lstm": lstm, "encoder": encoder}

serve(f"JAX {jax.__version__}", WORKLOADS[sys.argv[1]](), jax.block_until_ready)
