"""Joining arrays, and choosing between them."""

from itertools import accumulate
from math import prod

import numpy as np

from mygrad.engine.function import general, linear
from mygrad.engine.rule import composite


def pieces(g, arrays_shape, axis):
    """The parts of `g` that the arrays made."""
    if axis is None:
        ends = accumulate(map(prod, arrays_shape))
        return [np.reshape(g[end - prod(s) : end], s) for s, end in zip(arrays_shape, ends, strict=True)]
    axis = axis % g.ndim
    ends = accumulate([shape[axis] for shape in arrays_shape])
    before = (slice(None),) * axis
    return [g[(*before, slice(end - s[axis], end))] for s, end in zip(arrays_shape, ends, strict=True)]


linear(
    np.concatenate,
    signature="arrays, /, axis=0, out=None, *, dtype=None, casting='same_kind'",
    many=True,
    arrays=pieces,
)


def layers(g, arrays_shape, axis):
    """The parts of `g` that the arrays made, each one index of an axis."""
    before = (slice(None),) * (axis % g.ndim)
    return [g[(*before, i)] for i in range(len(arrays_shape))]


linear(
    np.stack,
    signature="arrays, axis=0, out=None, *, dtype=None, casting='same_kind'",
    many=True,
    arrays=layers,
)


def chosen(g, condition):
    """`g` where `condition` holds, else 0."""
    return np.where(condition, g, np.zeros_like(g))


_where = general(
    np.where,
    signature="condition, x=_NoValue, y=_NoValue, /",
    vjp={
        "x": lambda g, condition: chosen(g, condition),
        "y": lambda g, condition: chosen(g, np.logical_not(condition)),
    },
    jvp={
        "x": lambda t, condition: chosen(t, condition),
        "y": lambda t, condition: chosen(t, np.logical_not(condition)),
    },
    selects=True,
)


@composite(np.where)
def where(condition, *values):
    return _where(condition, *values) if values else np.nonzero(condition)
