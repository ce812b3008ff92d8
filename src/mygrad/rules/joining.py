"""Joining arrays, and choosing between them."""

import numpy as np

from mygrad.engine.function import general, linear
from mygrad.engine.rule import composite


def pieces(g, arrays_shape, axis):
    """The parts of `g` that the arrays made."""
    if axis is None:
        ends = np.cumsum([int(np.prod(shape)) for shape in arrays_shape])
        return [
            np.reshape(g[end - int(np.prod(s)) : end], s) for s, end in zip(arrays_shape, ends, strict=True)
        ]
    axis = axis % g.ndim
    ends = np.cumsum([shape[axis] for shape in arrays_shape])
    before = (slice(None),) * axis
    return [g[(*before, slice(end - s[axis], end))] for s, end in zip(arrays_shape, ends, strict=True)]


linear(
    np.concatenate,
    signature="arrays, /, axis=0, out=None, *, dtype=None, casting='same_kind'",
    many=True,
    arrays=pieces,
)


@composite(np.stack)
def stack(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    arrays = [a if hasattr(a, "shape") else np.asarray(a) for a in arrays]
    if not arrays:
        raise ValueError("need at least one array to stack")
    if len({a.shape for a in arrays}) > 1:
        raise ValueError(f"all input arrays must have the same shape; got {[a.shape for a in arrays]}")
    axis = np.lib.array_utils.normalize_axis_index(axis, arrays[0].ndim + 1)
    expanded = [np.expand_dims(a, axis) for a in arrays]
    return np.concatenate(expanded, axis=axis, out=out, dtype=dtype, casting=casting)


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
