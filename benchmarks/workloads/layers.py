"""Layers of networks that gather, join and normalise, and what stands between layers."""

import numpy as np

from workloads.problem import Problem


def embedding(words, width, tokens):
    """Build the mean square of ``tanh(table[tokens] @ w)``, where tokens occur again and again."""
    rng = np.random.default_rng(17)
    table, w = rng.normal(size=(words, width)), rng.normal(size=(width, width)) / np.sqrt(width)
    found = (words * rng.random(tokens) ** 3).astype(int)  # a few are frequent, as words are

    def by_hand():
        rows = table[found]
        h = np.tanh(rows @ w)
        value = np.mean(h * h)
        g = h * (2.0 / h.size) * (1.0 - h * h)
        g_table = np.zeros_like(table)
        np.add.at(g_table, found, g @ w.T)
        return value, g_table, rows.T @ g

    def loss(xp, table, w, found):
        h = xp.tanh(table[found] @ w)
        return xp.mean(h * h)

    return Problem([table, w], by_hand, loss, [found])


def lstm(steps, batch, width):
    """Build a recurrent network with gates: input and state are joined, and what comes of them is split."""
    rng = np.random.default_rng(18)
    x = rng.normal(size=(steps, batch, width))
    w, b = rng.normal(size=(2 * width, 4 * width)) / np.sqrt(2 * width), rng.normal(size=4 * width)

    def by_hand():
        h, c, kept = np.zeros((batch, width)), np.zeros((batch, width)), []
        for t in range(steps):
            joined = np.concatenate([x[t], h], axis=1)
            parts = joined @ w + b
            gates = 1.0 / (1.0 + np.exp(-parts[:, : 3 * width]))
            new = np.tanh(parts[:, 3 * width :])
            before, c = c, gates[:, width : 2 * width] * c + gates[:, :width] * new
            bent = np.tanh(c)
            h = gates[:, 2 * width :] * bent
            kept.append((joined, gates, new, before, bent))
        value = np.mean(h * h)
        gh, gc, gw, gb = h * (2.0 / h.size), np.zeros((batch, width)), np.zeros_like(w), np.zeros_like(b)
        for joined, gates, new, before, bent in reversed(kept):
            put, keep, show = gates[:, :width], gates[:, width : 2 * width], gates[:, 2 * width :]
            gc = gc + gh * show * (1.0 - bent * bent)
            g = np.empty((batch, 4 * width))
            g[:, :width] = gc * new
            g[:, width : 2 * width] = gc * before
            g[:, 2 * width : 3 * width] = gh * bent
            g[:, : 3 * width] *= gates * (1.0 - gates)
            g[:, 3 * width :] = gc * put * (1.0 - new * new)
            gw += joined.T @ g
            gb += g.sum(0)
            gh = (g @ w.T)[:, width:]
            gc = gc * keep
        return value, gw, gb

    def step(xp, pieces, w, b, x, h, c):
        put, keep, show, new = pieces(xp.concatenate([x, h], axis=1) @ w + b)
        put, keep, show = (1.0 / (1.0 + xp.exp(-gate)) for gate in (put, keep, show))
        c = keep * c + put * xp.tanh(new)
        return show * xp.tanh(c), c

    def loss(xp, w, b, x, h):
        c = h
        for t in range(steps):
            h, c = step(xp, lambda parts: xp.split(parts, 4, axis=1), w, b, x[t], h, c)
        return xp.mean(h * h)

    def in_torch(torch, w, b, x, h):
        c = h
        for t in range(steps):
            h, c = step(torch, lambda parts: torch.chunk(parts, 4, dim=1), w, b, x[t], h, c)
        return torch.mean(h * h)

    return Problem([w, b], by_hand, loss, [x, np.zeros((batch, width))], {"torch": in_torch})


def layer_norm(tokens, width):
    """Build the weighted sum of rows that are brought to mean 0 and variance 1, with gain and shift."""
    rng = np.random.default_rng(19)
    x, weights = rng.normal(size=(2, tokens, width))
    gain, shift = rng.normal(size=(2, width))

    def by_hand():
        centred = x - x.mean(axis=1, keepdims=True)
        inverse = 1.0 / np.sqrt((centred * centred).mean(axis=1, keepdims=True) + 1e-5)
        z = centred * inverse
        value = ((z * gain + shift) * weights).sum()
        gz = weights * gain
        g = gz - gz.mean(axis=1, keepdims=True) - z * (gz * z).mean(axis=1, keepdims=True)
        return value, inverse * g, (weights * z).sum(0), weights.sum(0)

    def loss(xp, x, gain, shift, weights):
        centred = x - xp.mean(x, axis=1, keepdims=True)
        z = centred / xp.sqrt(xp.var(x, axis=1, keepdims=True) + 1e-5)
        return ((z * gain + shift) * weights).sum()

    def in_torch(torch, x, gain, shift, weights):
        return (torch.nn.functional.layer_norm(x, (width,), gain, shift, 1e-5) * weights).sum()

    return Problem([x, gain, shift], by_hand, loss, [weights], {"torch": in_torch})


def activations(size):
    """Build the sum of a smooth formula of several activations, in single precision."""
    rng = np.random.default_rng(20)
    x, a = rng.normal(size=(2, size)).astype(np.float32)

    def by_hand():
        sigmoid = 1.0 / (1.0 + np.exp(-x))
        swish = x * sigmoid
        bent = np.tanh(a * x)
        bell = np.exp(-0.5 * a * a)
        length = np.sqrt(1.0 + swish * swish)
        softplus = np.log1p(np.exp(bent))
        value = (softplus * bell + length).sum()
        g_bent = bell * (1.0 - 1.0 / (1.0 + np.exp(bent))) * (1.0 - bent * bent)
        g_swish = swish / length
        gx = g_bent * a + g_swish * (sigmoid + swish * (1.0 - sigmoid))
        return value, gx, g_bent * x - softplus * bell * a

    def loss(xp, x, a):
        swish = x / (1.0 + xp.exp(-x))
        softplus = xp.log1p(xp.exp(xp.tanh(a * x)))
        return (softplus * xp.exp(-0.5 * a * a) + xp.sqrt(1.0 + swish * swish)).sum()

    return Problem([x, a], by_hand, loss)
