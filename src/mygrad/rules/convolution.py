"""Convolutions: linear in both, so the rule of one is a correlation of the cotangent with the other."""

import numpy as np

from mygrad.engine.function import multilinear
from mygrad.engine.rule import composite
from mygrad.rules.arguments import allowed_by, arraylike
from mygrad.rules.products import conjugated


def unabridged(g, n, m, mode):
    """The cotangent of ``mode="full"``: zeros at the ends that were left out."""
    mode = "vsf"[mode] if isinstance(mode, int) else mode[0].lower()  # NumPy takes numbers and initials too
    if mode == "f":
        return g
    less = min(n, m)
    before = less - 1 - less // 2 if mode == "s" else less - 1
    after = n + m - 1 - before - g.shape[0]
    return np.concatenate([np.zeros_like(g, shape=before), g, np.zeros_like(g, shape=after)])


def correlated(g, n, other, mode):
    """The cotangent of the operand of length `n`, given the other one."""
    return np.convolve(unabridged(g, n, other.shape[0], mode), other[::-1], "valid")


def length_of(shape):
    return shape[0] if shape else 1


multilinear(
    np.convolve,
    a=lambda g, a_shape, v, mode: np.reshape(correlated(g, length_of(a_shape), np.ravel(v), mode), a_shape),
    v=lambda g, a, v_shape, mode: np.reshape(correlated(g, length_of(v_shape), np.ravel(a), mode), v_shape),
)


@composite(np.correlate)
@allowed_by(np.correlate)
def correlate(a, v, mode="valid"):
    a, v = np.atleast_1d(arraylike(a), arraylike(v))
    v = conjugated(v)
    if len(a) < len(v):  # NumPy swaps them and reverses the result
        return np.convolve(v, a[::-1], mode)[::-1]
    return np.convolve(a, v[::-1], mode)
