"""Sorting: the cotangent goes back to where the elements came from."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from mygrad.engine.calling import plain, with_value
from mygrad.engine.function import general, linear
from mygrad.engine.mending import has_nan
from mygrad.engine.record import Handle, recorded_node
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, of_dtype, values_of

FEW = 256
"""Elements up to which it takes less time to find their order again than to remember it."""


@composite(np.take_along_axis)
def take_along_axis(arr, indices, axis=-1):
    indices = values_of(indices)
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        return np.ravel(arr)[indices]
    if indices.ndim != arr.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    return arr[grid_of(indices, axis, arr.shape)]


def grid_of(places, axis, shape):
    """The index of the elements at these places along an axis of an array of this shape."""
    ndim = len(shape)
    axis = normalize_axis_index(axis, ndim)
    grid = [places if i == axis else along(i, n, ndim) for i, n in enumerate(shape)]
    return tuple(grid)


def along(axis, n, ndim):
    """The numbers up to n, along an axis of so many."""
    return np.arange(n).reshape((1,) * axis + (n,) + (1,) * (ndim - axis - 1))


def inverse_order(places, axis):
    """The permutations that undo `places` along an axis: a scatter, which costs less than another sort."""
    inverse = np.empty_like(places)
    axis = axis % places.ndim
    inverse[grid_of(places, axis, places.shape)] = along(axis, places.shape[axis], places.ndim)
    return inverse


def in_order(a, places, axis):
    """The elements at these places along an axis."""
    if axis is None:
        return a.reshape(-1)[places]
    return a[places if a.ndim == 1 else grid_of(places, axis, a.shape)]


def in_order_vjp(g, a_shape, places, axis):
    if isinstance(g, Handle):
        inverse = inverse_order(places, 0 if axis is None else axis)
        return np.reshape(in_order(g, inverse, axis), a_shape)
    c = np.empty(a_shape, g.dtype)  # of arrays by one scatter, without the inverse of the order
    if axis is None or places.ndim == 1:
        c.reshape(-1)[places] = g
    else:
        c[grid_of(places, axis, a_shape)] = g
    return c


linear(in_order, a=in_order_vjp)


def order_of(a, axis, kind=None, stable=None):
    return plain(a).argsort(axis, "stable" if stable else kind)


general(
    np.sort,
    vjp={
        "a": lambda g, a, axis, kind, stable: in_order_vjp(g, a.shape, order_of(a, axis, kind, stable), axis)
    },
    jvp={"a": lambda t, a, axis, kind, stable: in_order(t, order_of(a, axis, kind, stable), axis)},
)


@composite(np.sort)
def sort(a, axis=-1, kind=None, order=None, *, stable=None, **descending):
    """One search for the order, forward and backward: to look for it again would take as long, but for few
    elements."""
    a = arraylike(a)
    if a.size <= FEW and not descending:  # which NumPy knows since 2.5
        if kind is order is stable is None:
            return rules[np.sort](a, axis)
        return rules[np.sort](a, axis, kind, order, stable=stable)
    values, options = values_of(a), {"axis": axis, "kind": kind, "order": order, "stable": stable}
    options |= descending
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


def ranked(a, out, axis):
    """The places of `out` in order, and those of the same elements in `a`: NumPy partitions by one algorithm,
    and finds places by another."""
    return order_of(a, axis), order_of(out, -1 if axis is None else axis)


def partition_vjp(g, a, out, axis):
    places, ranks = ranked(a, out, axis)
    return in_order_vjp(in_order(g, ranks, 0 if axis is None else axis), a.shape, places, axis)


def partition_jvp(t, a, out, axis):
    places, ranks = ranked(a, out, axis)
    return in_order_vjp(in_order(t, places, axis), out.shape, ranks, 0 if axis is None else axis)


general(np.partition, vjp={"a": partition_vjp}, jvp={"a": partition_jvp})


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
