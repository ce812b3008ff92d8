"""Reversing, turning, permuting and repeating."""

import numpy as np

from mygrad.engine.function import linear
from mygrad.engine.sums import sum_over
from mygrad.rules.shaping import moved

linear(np.flipud, view=True, m=lambda g: np.flipud(g))
linear(np.fliplr, view=True, m=lambda g: np.fliplr(g))
linear(np.rot90, view=True, m=lambda g, k, axes: np.rot90(g, -k, axes))


def rollaxis_vjp(g, axis, start):
    axis, start = axis % g.ndim, start + g.ndim if start < 0 else start
    return moved(g, start - 1 if axis < start else start, axis)


linear(np.rollaxis, view=True, a=rollaxis_vjp)


def tile_vjp(g, A_shape, reps):
    """Each axis of `g` is so many copies of one of the input: add them up."""
    reps = (reps,) if type(reps) is int else tuple(np.ravel(reps))
    ndim = max(len(reps), len(A_shape))
    reps, shape = (1,) * (ndim - len(reps)) + reps, (1,) * (ndim - len(A_shape)) + A_shape
    copies = g.reshape([n for pair in zip(reps, shape, strict=True) for n in pair])
    return sum_over(copies, tuple(range(0, 2 * ndim, 2))).reshape(A_shape)


linear(np.tile, A=tile_vjp)


def resize_vjp(g, a_shape):
    """The elements in a row, over and over until the result is full."""
    n = int(np.prod(a_shape))
    flat = np.ravel(g)
    if not n or not flat.size:
        return np.zeros_like(g, shape=a_shape)
    rows = -(-flat.size // n)
    flat = np.concatenate([flat, np.zeros_like(flat, shape=rows * n - flat.size)])
    return np.reshape(sum_over(np.reshape(flat, (rows, n)), (0,)), a_shape)


linear(np.resize, a=resize_vjp)
