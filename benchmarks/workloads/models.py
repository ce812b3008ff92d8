"""What people differentiate: formulas, networks, likelihoods, energies."""

import numpy as np

from workloads.problem import Problem


def elementwise(shape):
    """Build ``sum(exp(-x * x) * sin(y) / (1 + y * y))``."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=shape), rng.normal(size=shape)

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

    def loss(xp, x, y):
        return (xp.exp(-(x * x)) * xp.sin(y) / (1.0 + y * y)).sum()

    return Problem([x, y], by_hand, loss)


def rnn(steps, batch, width):
    """Build ``h = tanh(x[t] @ w + h @ u + b)`` and the mean square of the last h."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=(steps, batch, width))
    w, u = rng.normal(size=(2, width, width)) / np.sqrt(width)
    b = rng.normal(size=width)

    def by_hand():
        h = np.zeros((batch, width))
        states = [h]
        for t in range(steps):
            h = np.tanh(x[t] @ w + h @ u + b)
            states.append(h)
        value = np.mean(h * h)
        g = h * (2.0 / h.size)
        gw, gu, gb = np.zeros_like(w), np.zeros_like(u), np.zeros_like(b)
        for t in reversed(range(steps)):
            h = states[t + 1]
            g = g * (1.0 - h * h)
            gw += x[t].T @ g
            gu += states[t].T @ g
            gb += g.sum(0)
            g = g @ u.T
        return value, gw, gu, gb

    def loss(xp, w, u, b, x, h):
        for t in range(steps):
            h = xp.tanh(x[t] @ w + h @ u + b)
        return xp.mean(h * h)

    return Problem([w, u, b], by_hand, loss, [x, np.zeros((batch, width))])


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

    def loss(xp, w1, b1, w2, b2, w3, b3, x, target):
        h1 = xp.tanh(x @ w1 + b1)
        h2 = xp.tanh(h1 @ w2 + b2)
        error = h2 @ w3 + b3 - target
        return xp.mean(error * error)

    return Problem(parameters, by_hand, loss, [x, target])


def cross_entropy(batch, width, classes):
    """Build a linear classifier with the softmax cross-entropy of its labels."""
    rng = np.random.default_rng(7)
    x, labels = rng.normal(size=(batch, width)), rng.integers(classes, size=batch)
    w, b = rng.normal(size=(width, classes)), rng.normal(size=classes)
    rows = np.arange(batch)

    def by_hand():
        scores = x @ w + b
        scores -= scores.max(axis=1, keepdims=True)
        g = np.exp(scores)
        total = g.sum(axis=1, keepdims=True)
        value = np.mean(np.log(total[:, 0]) - scores[rows, labels])
        g /= total
        g[rows, labels] -= 1.0
        g /= batch
        return value, x.T @ g, g.sum(0)

    def loss(xp, w, b, x, rows, labels):
        scores = x @ w + b
        scores = scores - xp.max(scores, axis=1, keepdims=True)
        return xp.mean(xp.log(xp.sum(xp.exp(scores), axis=1)) - scores[rows, labels])

    def in_torch(torch, w, b, x, rows, labels):
        return torch.nn.functional.cross_entropy(x @ w + b, labels)

    return Problem([w, b], by_hand, loss, [x, rows, labels], {"torch": in_torch})


def convolution(batch, channels, side, filters, width):
    """Build the sum of squares of a two-dimensional convolution, by windows."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(batch, channels, side, side))
    w = rng.normal(size=(filters, channels, width, width))
    windows = np.lib.stride_tricks.sliding_window_view

    def by_hand():
        parts = windows(x, (width, width), axis=(2, 3))
        y = np.tensordot(parts, w, axes=([1, 4, 5], [1, 2, 3]))  # batch, row, column, filter
        value = (y * y).sum()
        g = 2.0 * y
        gw = np.tensordot(g, parts, axes=([0, 1, 2], [0, 2, 3]))
        g_parts = np.tensordot(w, g, axes=([0], [3]))  # channel, within the window, batch, row, column
        gx, n = np.zeros((channels, batch, side, side)), side - width + 1
        for i in range(width):
            for j in range(width):
                gx[:, :, i : i + n, j : j + n] += g_parts[:, i, j]
        return value, gx.swapaxes(0, 1), gw

    def loss(xp, x, w):
        parts = windows(x, (width, width), axis=(2, 3))
        y = xp.tensordot(parts, w, axes=([1, 4, 5], [1, 2, 3]))
        return (y * y).sum()

    def in_torch(torch, x, w):
        y = torch.nn.functional.conv2d(x, w)
        return (y * y).sum()

    return Problem([x, w], by_hand, loss, variants={"autograd": None, "torch": in_torch})


def attention(heads, tokens, width, depth):
    """Build self-attention of many heads, with the weights of queries, keys and values."""
    rng = np.random.default_rng(9)
    x = rng.normal(size=(tokens, width))
    wq, wk, wv = rng.normal(size=(3, heads, width, depth)) / np.sqrt(width)
    scale = depth**-0.5

    def by_hand():
        q, k, v = x @ wq, x @ wk, x @ wv
        scores = q @ k.swapaxes(1, 2) * scale
        p = np.exp(scores - scores.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        y = p @ v
        value = np.mean(y * y)
        g = y * (2.0 / y.size)
        gp = g @ v.swapaxes(1, 2)
        gs = p * (gp - (gp * p).sum(axis=-1, keepdims=True)) * scale
        gq, gk, gv = gs @ k, gs.swapaxes(1, 2) @ q, p.swapaxes(1, 2) @ g
        return value, x.T @ gq, x.T @ gk, x.T @ gv

    def loss(xp, wq, wk, wv, x):
        q, k, v = x @ wq, x @ wk, x @ wv
        scores = q @ xp.swapaxes(k, 1, 2) * scale
        p = xp.exp(scores - xp.max(scores, axis=-1, keepdims=True))
        p = p / xp.sum(p, axis=-1, keepdims=True)
        y = p @ v
        return xp.mean(y * y)

    def in_torch(torch, wq, wk, wv, x):
        q, k, v = x @ wq, x @ wk, x @ wv
        y = torch.softmax(q @ k.swapaxes(1, 2) * scale, dim=-1) @ v
        return torch.mean(y * y)

    return Problem([wq, wk, wv], by_hand, loss, [x], {"torch": in_torch})


def gaussian_process(n):
    """Build the negative log likelihood of a Gaussian process, by length, height and noise of its kernel."""
    rng = np.random.default_rng(10)
    x = np.sort(rng.uniform(0, 10, n))
    y = np.sin(x) + 0.1 * rng.normal(size=n)
    squares, identity = (x[:, None] - x) ** 2, np.eye(n)
    logs = np.log([1.0, 1.0, 0.1])  # of length, height and noise

    def by_hand():
        length, height, noise = np.exp(logs)
        scaled = squares / length**2
        kernel = height * np.exp(-0.5 * scaled)
        root = np.linalg.cholesky(kernel + noise * identity)
        half = np.linalg.inv(root)
        z = half @ y
        value = 0.5 * (z @ z) + np.log(np.diagonal(root)).sum()
        alpha = half.T @ z
        g = 0.5 * (half.T @ half - np.outer(alpha, alpha))
        g_kernel = g * kernel
        return value, np.array([(g_kernel * scaled).sum(), g_kernel.sum(), noise * np.trace(g)])

    def loss(xp, logs, squares, identity, y):
        length, height, noise = xp.exp(logs)
        kernel = height * xp.exp(-0.5 * squares / length**2)
        root = xp.linalg.cholesky(kernel + noise * identity)
        z = xp.linalg.solve(root, y)
        return 0.5 * (z @ z) + xp.log(xp.diag(root)).sum()

    return Problem([logs], by_hand, loss, [squares, identity, y])


def sort(n):
    """Build a weighted sum of the order statistics."""
    rng = np.random.default_rng(11)
    x, weights = rng.normal(size=n), rng.normal(size=n)

    def by_hand():
        order = np.argsort(x)
        g = np.empty(n)
        g[order] = weights
        return (x[order] * weights).sum(), g

    def loss(xp, x, weights):
        return (xp.sort(x) * weights).sum()

    def in_torch(torch, x, weights):
        return (torch.sort(x).values * weights).sum()

    return Problem([x], by_hand, loss, [weights], {"torch": in_torch})


def logsumexp(rows, columns):
    """Build the sum of the logarithms of sums of exponentials."""
    x = np.random.default_rng(12).normal(size=(rows, columns))

    def by_hand():
        top = x.max(axis=1, keepdims=True)
        g = np.exp(x - top)
        total = g.sum(axis=1, keepdims=True)
        value = (np.log(total) + top).sum()
        g /= total
        return value, g

    def loss(xp, x):
        top = xp.max(x, axis=1, keepdims=True)
        return (xp.log(xp.sum(xp.exp(x - top), axis=1, keepdims=True)) + top).sum()

    def in_torch(torch, x):
        return torch.logsumexp(x, dim=1).sum()

    return Problem([x], by_hand, loss, variants={"torch": in_torch})


def n_body(n):
    """Build the energy of n bodies that attract each other, softened; its gradient is the forces."""
    rng = np.random.default_rng(13)
    r, masses = rng.normal(size=(n, 3)), rng.uniform(1, 2, n)
    pairs = 0.5 * np.outer(masses, masses)

    def by_hand():
        d = r[:, None, :] - r
        inverse = 1.0 / np.sqrt((d * d).sum(-1) + 0.01)
        energies = pairs * inverse
        g = 2.0 * ((energies * inverse * inverse)[..., None] * d).sum(1)
        return -energies.sum(), g

    def loss(xp, r, pairs):
        d = r[:, None, :] - r
        return -(pairs / xp.sqrt((d * d).sum(-1) + 0.01)).sum()

    return Problem([r], by_hand, loss, [pairs])
