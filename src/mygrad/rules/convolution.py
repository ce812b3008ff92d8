"""Convolutions: linear in both, so the rule of one is a correlation of the cotangent with the other."""

import numpy as np

from mygrad.engine.function import multilinear
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike
from mygrad.rules.products import conjugated


def initial_of(mode):
    """NumPy takes numbers and initials too."""
    return "vsf"[mode] if isinstance(mode, int) else mode[0].lower()


def unabridged(g, n, m):
    """The cotangent of ``mode="full"``, given that of ``mode="same"``: zeros at the ends that were left
    out."""
    less = min(n, m)
    before = less - 1 - less // 2
    after = n + m - 1 - before - g.shape[0]
    return np.concatenate([np.zeros(before, g.dtype), g, np.zeros(after, g.dtype)])


def correlated(g, n, other, mode):
    """The cotangent of the operand of length `n`, given the other one."""
    m, mode = other.shape[0], initial_of(mode)
    if mode == "s":
        g = unabridged(g, n, m)
    # Of "valid" the longer operand was left out at its ends, where zeros would have to be.
    return np.convolve(g, other[::-1], "full" if mode == "v" and n >= m else "valid")


def length_of(shape):
    return shape[0] if shape else 1


multilinear(
    np.convolve,
    a=lambda g, a_shape, v, mode: correlated(g, length_of(a_shape), v.reshape(-1), mode).reshape(a_shape),
    v=lambda g, a, v_shape, mode: correlated(g, length_of(v_shape), a.reshape(-1), mode).reshape(v_shape),
)


def convolved(g, n, m, mode):
    """The cotangent of the convolution that a correlation is, of operands of these lengths, and its mode: of
    "same" NumPy leaves out other ends where the second is longer."""
    if initial_of(mode) != "s":
        return g, mode
    return unabridged(g, n, m) if n >= m else unabridged(g[::-1], n, m)[::-1], "full"


def correlate_first(g, a_shape, v, mode):
    g, mode = convolved(g, a_shape[0], v.shape[0], mode)
    return correlated(g, a_shape[0], conjugated(v)[::-1], mode)


def correlate_second(g, a, v_shape, mode):
    g, mode = convolved(g, a.shape[0], v_shape[0], mode)
    return conjugated(correlated(g[::-1], v_shape[0], a[::-1], mode))


multilinear(
    np.correlate,
    a=correlate_first,
    v=correlate_second,
    note="Linear in the first and conjugate-linear in the second.",
)


@composite(np.correlate)
def correlate(a, v, mode="valid"):
    return rules[np.correlate](arraylike(a), arraylike(v), mode)
