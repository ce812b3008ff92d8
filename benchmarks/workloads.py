"""The workloads: each gradient once by hand in NumPy, and once as somebody who uses mygrad would write it.

A workload is built with its data, so that making it is not timed. Both sides return the value and the
gradients.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

import mygrad as mg

Side = Callable[[], Sequence]


@dataclass(frozen=True)
class Workload:
    """`build` makes both sides, by hand and ours; their time is divided by `units`."""

    name: str
    size: str
    units: int
    build: Callable[[], tuple[Side, Side]]


def gradients(loss, *tensors):
    """Go backward from `loss`; return its value and what arrived at the tensors."""
    loss.backward()
    return (loss.data, *(t.grad for t in tensors))


def chain(shape, n):
    """Build ``y = y * w`` and ``y = y + x``, n operations in turn."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=shape), 1 + 0.01 * rng.normal(size=shape)

    def by_hand():
        values, y = [], x
        for i in range(n):
            if i % 2:
                y = y + x
            else:
                values.append(y)
                y = y * w
        value = y.sum()
        g = np.ones(shape)
        gx, gw = np.zeros(shape), np.zeros(shape)
        for i in reversed(range(n)):
            if i % 2:
                gx += g
            else:
                gw += g * values.pop()
                g = g * w
        return value, gx + g, gw

    tx, tw = mg.tensor(x), mg.tensor(w)

    def ours():
        y = tx
        for i in range(n):
            y = y + tx if i % 2 else y * tw
        return gradients(y.sum(), tx, tw)

    return by_hand, ours


def reads(size, n=1000, width=100):
    """Build a sum of squares of n slices of an array of `size`."""
    x = np.random.default_rng(1).normal(size=size)
    starts = np.linspace(0, size - width, n).astype(int).tolist()

    def by_hand():
        value, g = 0.0, np.zeros(size)
        for i in starts:
            part = x[i : i + width]
            value = value + (part * part).sum()
            g[i : i + width] += 2.0 * part
        return value, g

    t = mg.tensor(x)

    def ours():
        value = 0.0
        for i in starts:
            part = t[i : i + width]
            value = value + (part * part).sum()
        return gradients(value, t)

    return by_hand, ours


def writes(n, size):
    """Build n steps of ``y[i] = tanh(y[i - 1] * a) + 0.1``, written into an array of `size`."""
    a = np.array(0.9)

    def by_hand():
        y, slopes = np.zeros(size), np.zeros(n)
        for i in range(1, n):
            out = np.tanh(y[i - 1] * a)
            slopes[i] = 1.0 - out * out
            y[i] = out + 0.1
        value = y.sum()
        g, ga = np.ones(size), np.array(0.0)
        for i in reversed(range(1, n)):
            step = g[i] * slopes[i]
            ga = ga + step * y[i - 1]
            g[i - 1] += step * a
        return value, ga

    t = mg.tensor(a)

    def ours():
        y = mg.zeros(size)
        for i in range(1, n):
            y[i] = np.tanh(y[i - 1] * t) + 0.1
        return gradients(y.sum(), t)

    return by_hand, ours


def fan_in(n):
    """Build a sum of n products, each of the same tensor with a constant."""
    rng = np.random.default_rng(2)
    x, weights = rng.normal(size=10), list(rng.normal(size=(n, 10)))

    def by_hand():
        y = np.zeros(10)
        for w in weights:
            y = y + x * w
        value, g, gx = y.sum(), np.ones(10), np.zeros(10)
        for w in weights:
            gx += g * w
        return value, gx

    t = mg.tensor(x)

    def ours():
        y = np.zeros(10)
        for w in weights:
            y = y + t * w
        return gradients(y.sum(), t)

    return by_hand, ours


def elementwise(size):
    """Build ``sum(exp(-x * x) * sin(y) / (1 + y * y))``."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=size), rng.normal(size=size)

    def by_hand():
        bell = np.exp(-(x * x))
        wave = np.sin(y)
        top = bell * wave
        bottom = 1.0 + y * y
        value = (top / bottom).sum()
        g_top = 1.0 / bottom
        g_bottom = -g_top * (top / bottom)
        gx = g_top * wave * bell * (-2.0 * x)
        gy = g_top * bell * np.cos(y) + g_bottom * (2.0 * y)
        return value, gx, gy

    tx, ty = mg.tensor(x), mg.tensor(y)

    def ours():
        return gradients((np.exp(-(tx * tx)) * np.sin(ty) / (1.0 + ty * ty)).sum(), tx, ty)

    return by_hand, ours


def mlp(batch, width):
    """Build the gradient of a network of two hidden layers on one batch."""
    rng = np.random.default_rng(4)
    x, target = rng.normal(size=(batch, width)), rng.normal(size=(batch, 1))
    shapes = [(width, width), (width,), (width, width), (width,), (width, 1), (1,)]
    parameters = [rng.normal(size=s) / np.sqrt(width) for s in shapes]

    def by_hand():
        w1, b1, w2, b2, w3, b3 = parameters
        h1 = np.tanh(x @ w1 + b1)
        h2 = np.tanh(h1 @ w2 + b2)
        error = h2 @ w3 + b3 - target
        value = np.mean(error * error)
        g3 = error * (2.0 / error.size)
        g2 = (g3 @ w3.T) * (1.0 - h2 * h2)
        g1 = (g2 @ w2.T) * (1.0 - h1 * h1)
        return value, x.T @ g1, g1.sum(0), h1.T @ g2, g2.sum(0), h2.T @ g3, g3.sum(0)

    tensors = [mg.tensor(p) for p in parameters]

    def ours():
        w1, b1, w2, b2, w3, b3 = tensors
        h1 = np.tanh(x @ w1 + b1)
        h2 = np.tanh(h1 @ w2 + b2)
        error = h2 @ w3 + b3 - target
        return gradients(np.mean(error * error), *tensors)

    return by_hand, ours


TIMED = [
    Workload("scalar_chain", "100 operations", 100, partial(chain, (), 100)),
    Workload("chain", "100 operations on 10", 100, partial(chain, (10,), 100)),
    Workload("chain", "10000 operations on 10", 10_000, partial(chain, (10,), 10_000)),
    Workload("reads", "1000 of 1e4", 1000, partial(reads, 10_000)),
    Workload("reads", "1000 of 1e6", 1000, partial(reads, 1_000_000)),
    Workload("writes", "100 into 1e2", 100, partial(writes, 100, 100)),
    Workload("writes", "1000 into 1e3", 1000, partial(writes, 1000, 1000)),
    Workload("writes", "1000 into 1e6", 1000, partial(writes, 1000, 1_000_000)),
    Workload("writes", "10000 into 1e4", 10_000, partial(writes, 10_000, 10_000)),
    Workload("fan_in", "1000 uses", 1000, partial(fan_in, 1000)),
    Workload("elementwise", "1e6 elements", 1, partial(elementwise, 1_000_000)),
    Workload("mlp", "64 x 64", 1, partial(mlp, 64, 64)),
    Workload("mlp", "512 x 512", 1, partial(mlp, 512, 512)),
]
MEMORY = [
    Workload("memory", "10000 nodes of 10", 10_000, partial(chain, (10,), 10_000)),
    Workload("memory", "20 nodes of 1e6", 20, partial(chain, (1_000_000,), 20)),
]
