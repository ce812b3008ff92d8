"""Sorting: the cotangent goes back to where the elements came from."""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.rule import composite
from mygrad.rules.reductions import plain_values


@composite(np.take_along_axis)
def take_along_axis(arr, indices, axis=-1):
    indices = plain_values(indices)
    if axis is None:
        return np.ravel(arr)[indices]
    axis = np.lib.array_utils.normalize_axis_index(axis, arr.ndim)
    grid = [np.arange(n).reshape((1,) * i + (-1,) + (1,) * (arr.ndim - i - 1)) for i, n in enumerate(arr.shape)]
    grid[axis] = indices
    return arr[tuple(grid)]


def sort_order(a, axis, kind, order, stable):
    """The order that sorts `a`; stable, so that equal elements have a place of their own."""
    if kind is None and stable is None:
        kind = "stable"
    return np.argsort(plain_values(a), axis=axis, kind=kind, order=order, stable=stable)


def sort_vjp(g, a, axis, kind, order, stable):
    places = sort_order(a, axis, kind, order, stable)
    if axis is None:
        return np.reshape(g[np.argsort(places)], a.shape)
    return take_along_axis(g, np.argsort(places, axis=axis), axis)


general(
    np.sort,
    vjp={"a": sort_vjp},
    jvp={"a": lambda t, a, axis, kind, order, stable: take_along_axis(t, sort_order(a, axis, kind, order, stable), axis)},
)


@composite(np.partition)
def partition(a, kth, axis=-1, kind="introselect", order=None):
    if axis is None:
        a, axis = np.ravel(a), 0
    return take_along_axis(a, np.argpartition(plain_values(a), kth, axis=axis, kind=kind, order=order), axis)


_weighted = general(
    np.bincount,
    signature="x, /, weights=None, minlength=0",
    vjp={"weights": lambda g, x: g[x]},
)


@composite(np.bincount)
def bincount(x, /, weights=None, minlength=0):
    if weights is None:
        return np.bincount(plain_values(x), minlength=minlength)
    return _weighted(x, weights, minlength)
