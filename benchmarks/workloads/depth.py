"""Deep computations on large arrays: they show what is held at the peak."""

import numpy as np

from workloads.problem import Problem


def sines(size, n):
    """Build n sines, one of the other: a gradient has to remember each argument."""
    x = np.random.default_rng(14).normal(size=size)

    def by_hand():
        values, y = [], x
        for _ in range(n):
            values.append(y)
            y = np.sin(y)
        value, g = y.sum(), np.ones(size)
        while values:
            g *= np.cos(values.pop())
        return value, g

    def loss(xp, x):
        for _ in range(n):
            x = xp.sin(x)
        return x.sum()

    return Problem([x], by_hand, loss)


def additions(size, n):
    """Build n additions of the same array: a gradient has to remember nothing."""
    x = np.random.default_rng(15).normal(size=size)

    def by_hand():
        y = x
        for _ in range(n):
            y = y + x
        value, g, gx = y.sum(), np.ones(size), np.zeros(size)
        for _ in range(n):
            gx += g
        gx += g
        return value, gx

    def loss(xp, x):
        y = x
        for _ in range(n):
            y = y + x
        return y.sum()

    return Problem([x], by_hand, loss)


def layers(batch, width, n):
    """Build n layers ``h = tanh(h @ w)`` and the mean square of the last h."""
    rng = np.random.default_rng(16)
    x = rng.normal(size=(batch, width))
    weights = list(rng.normal(size=(n, width, width)) / np.sqrt(width))

    def by_hand():
        states = [x]
        for w in weights:
            h = states[-1] @ w
            states.append(np.tanh(h, out=h))
        h = states.pop()
        value, g, gradients = np.mean(h * h), h * (2.0 / h.size), []
        for w in reversed(weights):
            g *= 1.0 - h * h
            h = states.pop()
            gradients.append(h.T @ g)
            g = g @ w.T
        return value, *reversed(gradients)

    def loss(xp, *arguments):
        *weights, h = arguments
        for w in weights:
            h = xp.tanh(h @ w)
        return xp.mean(h * h)

    return Problem(weights, by_hand, loss, [x])
