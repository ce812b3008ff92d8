"""Loops of small operations: they show what the engine costs."""

import numpy as np

import mygrad as mg
from workloads.problem import Problem


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

    def loss(xp, x, w):
        y = x
        for i in range(n):
            y = y + x if i % 2 else y * w
        return y.sum()

    return Problem([x, w], by_hand, loss)


def items(n):
    """Build Rosenbrock's function of n variables, in a loop that reads one number at a time."""
    x = np.random.default_rng(5).normal(size=n)

    def by_hand():
        value, g = 0.0, np.zeros(n)
        for i in range(n - 1):
            bend, rest = x[i + 1] - x[i] * x[i], 1.0 - x[i]
            value = value + 100.0 * bend * bend + rest * rest
            g[i] -= 400.0 * bend * x[i] + 2.0 * rest
            g[i + 1] += 200.0 * bend
        return value, g

    def loss(xp, x):
        value = 0.0
        for i in range(n - 1):
            bend, rest = x[i + 1] - x[i] * x[i], 1.0 - x[i]
            value = value + 100.0 * bend * bend + rest * rest
        return value

    return Problem([x], by_hand, loss)


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

    def loss(xp, x):
        value = 0.0
        for i in starts:
            part = x[i : i + width]
            value = value + (part * part).sum()
        return value

    return Problem([x], by_hand, loss)


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

    def loss(xp, a):
        y = mg.zeros(size)
        for i in range(1, n):
            y[i] = np.tanh(y[i - 1] * a) + 0.1
        return y.sum()

    def in_torch(torch, a):
        y = torch.zeros(size, dtype=torch.float64)
        for i in range(1, n):  # without the copy it refuses to go backward: the write changed what it kept
            y[i] = torch.tanh(y[i - 1].clone() * a) + 0.1
        return y.sum()

    return Problem([a], by_hand, loss, variants={"autograd": None, "torch": in_torch})


def slices(n, size):
    """Build n slices of ``sin(x) * c``, written side by side into an array of `size`."""
    rng = np.random.default_rng(23)
    x, factors, width = rng.normal(size=size // n), list(rng.normal(size=n)), size // n

    def by_hand():
        y, wave = np.zeros(size), np.sin(x)
        for i, c in enumerate(factors):
            y[i * width : (i + 1) * width] = wave * c
        value, g, g_wave = (y * y).sum(), 2.0 * y, np.zeros(width)
        for i, c in enumerate(factors):
            g_wave += g[i * width : (i + 1) * width] * c
        return value, g_wave * np.cos(x)

    def loss(xp, x):
        y, wave = mg.zeros(size), np.sin(x)
        for i, c in enumerate(factors):
            y[i * width : (i + 1) * width] = wave * c
        return (y * y).sum()

    def in_torch(torch, x):
        y, wave = torch.zeros(size, dtype=torch.float64), torch.sin(x)
        for i, c in enumerate(factors):
            y[i * width : (i + 1) * width] = wave * c
        return (y * y).sum()

    return Problem([x], by_hand, loss, variants={"autograd": None, "torch": in_torch})


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

    def loss(xp, x, *weights):
        y = xp.zeros(10)
        for w in weights:
            y = y + x * w
        return y.sum()

    return Problem([x], by_hand, loss, weights)
