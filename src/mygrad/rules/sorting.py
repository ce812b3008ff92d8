"""Sorting: the cotangent goes back to where the elements came from."""

import numpy as np

from mygrad.engine.calling import with_value
from mygrad.engine.function import general, linear
from mygrad.engine.mending import has_nan
from mygrad.engine.record import recorded_node
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, of_dtype, values_of


@composite(np.take_along_axis)
def take_along_axis(arr, indices, axis=-1):
    indices = values_of(indices)
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        return np.ravel(arr)[indices]
    if indices.ndim != arr.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    axis = np.lib.array_utils.normalize_axis_index(axis, arr.ndim)
    grid = [
        np.arange(n).reshape((1,) * i + (-1,) + (1,) * (arr.ndim - i - 1)) for i, n in enumerate(arr.shape)
    ]
    grid[axis] = indices
    return arr[tuple(grid)]


def inverse_order(places, axis):
    """The permutations that undo `places` along an axis: a scatter, which costs less than another sort."""
    inverse = np.empty_like(places)
    shape = [1] * places.ndim
    shape[axis] = -1
    np.put_along_axis(inverse, places, np.arange(places.shape[axis]).reshape(shape), axis)
    return inverse


def in_order(a, places, axis):
    """The elements at these places along an axis."""
    return a[places] if a.ndim == 1 else np.take_along_axis(a, places, axis)


def in_order_vjp(g, a_shape, places, axis):
    if hasattr(g, "backward"):
        inverse = inverse_order(places, 0 if axis is None else axis)
        return np.reshape(take_along_axis(g, inverse, axis), a_shape)
    c = np.empty(a_shape, g.dtype)  # of arrays by one scatter, without the inverse of the order
    if axis is None or places.ndim == 1:
        c.reshape(-1)[places] = g
    else:
        np.put_along_axis(c, places, g, axis)
    return c


linear(in_order, a=in_order_vjp)


@composite(np.sort)
def sort(a, axis=-1, kind=None, order=None, *, stable=None):
    """One search for the order, forward and backward: to look for it again would take as long."""
    a = arraylike(a)
    values, options = values_of(a), {"axis": axis, "kind": kind, "order": order, "stable": stable}
    if recorded_node(a) is None or not values.ndim:
        return with_value(np.sort(values, **options), np.reshape(a, -1) if axis is None else a)
    result = rules[in_order](a, np.argsort(values, **options), axis)
    # Zeros of both signs, and NaNs, are as np.sort leaves them, and what isn't in C order is laid out so.
    parts = (values.real, values.imag) if values.dtype.kind == "c" else (values,)
    if values.flags.c_contiguous and all(part.all() for part in parts) and not has_nan(values):
        return result
    return with_value(np.sort(values, **options), result)


@composite(np.sort_complex)
def sort_complex(a):
    a = np.sort(arraylike(a))
    if a.dtype.kind == "c":
        return a
    return of_dtype(a, "F" if a.dtype.char in "bhBH" else "G" if a.dtype.char == "g" else "D")


@composite(np.partition)
def partition(a, kth, axis=-1, kind="introselect", order=None):
    if axis is None:
        a, axis = np.ravel(a), 0
    values = values_of(a)
    places = np.argpartition(values, kth, axis=axis, kind=kind, order=order)
    expected = np.partition(values, kth, axis=axis, kind=kind, order=order)
    if not np.array_equal(np.take_along_axis(values, places, axis), expected, equal_nan=True):
        # NumPy has two algorithms for the two functions: match the elements by rank.
        places = np.empty_like(places)
        ranks = np.argsort(expected, axis=axis, kind="stable")
        np.put_along_axis(places, ranks, np.argsort(values, axis=axis, kind="stable"), axis)
    return take_along_axis(a, places, axis)


_weighted = general(
    np.bincount,
    signature="x, /, weights=None, minlength=0",
    vjp={"weights": lambda g, x: g[x]},
)


@composite(np.bincount)
def bincount(x, /, weights=None, minlength=0):
    if weights is None:
        return np.bincount(values_of(x), minlength=minlength)
    return _weighted(x, weights, minlength)
