"""Choosing elements: by masks, by numbers, by conditions; leaving them out and putting others in."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from mygrad.engine.function import linear
from mygrad.engine.indexing import only_where
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import allowed_by, arraylike, delivered, of_dtype, values_of

MASKS = np.lib.NumpyVersion(np.__version__) >= "2.1.0"
"""Whether `np.insert` takes truth values as a mask; before NumPy 2.1 they are numbers."""


def kept(a, mask, axis):
    """The elements along an axis where `mask` holds."""
    return a[(slice(None),) * axis + (mask,)]


def along(a, axis):
    """An array and the axis along which to choose from it: all of it in a row for None."""
    a = arraylike(a)
    if axis is None or (not a.ndim and axis in (0, -1)):
        return np.ravel(a), 0
    return a, normalize_axis_index(axis, a.ndim)


@composite(np.compress)
def compress(condition, a, axis=None, out=None):
    a, axis = along(a, axis)
    condition = values_of(condition)
    if condition.ndim != 1:
        raise ValueError("condition must be a 1-d array")
    n = a.shape[axis]
    if out is not None:  # NumPy refuses dtypes by a rule of its own
        np.compress(condition, values_of(a), axis, out=np.empty_like(values_of(out)))
    if condition.shape == (n,) and condition.dtype == bool:
        return delivered(kept(a, condition, axis), out)
    return delivered(np.take(a, np.flatnonzero(condition), axis), out)  # one past the end raises


@composite(np.extract)
def extract(condition, arr):
    flat = np.ravel(arraylike(arr))
    mask = np.ravel(values_of(condition))
    return flat[mask.astype(bool, copy=False)] if mask.shape == flat.shape else flat[np.flatnonzero(mask)]


@composite(np.delete)
def delete(arr, obj, axis=None):
    a, axis = along(arr, axis)
    n = a.shape[axis]
    mask = np.zeros(n, dtype=bool)
    mask[np.delete(np.arange(n), obj if isinstance(obj, slice) else _places(obj))] = True
    return kept(a, mask, axis)


def _places(obj):
    return values_of(obj) if hasattr(obj, "shape") else obj


@composite(np.insert)
@allowed_by(np.insert)
def insert(arr, obj, values, axis=None):
    a, axis = along(arr, axis)
    values = of_dtype(arraylike(values), a.dtype)
    before = (slice(None),) * axis
    n = a.shape[axis]
    if isinstance(obj, slice):
        places = np.arange(*obj.indices(n))
    else:
        places = np.array(values_of(obj))
        if places.dtype == bool and not MASKS:
            places = places.astype(np.intp)
        elif places.dtype == bool:
            if places.ndim != 1:
                raise ValueError("boolean array argument obj to insert must be one dimensional")
            places = np.flatnonzero(places)
        elif places.ndim > 1:
            raise ValueError("index array argument obj to insert must be one dimensional or scalar")
        elif not places.size:
            places = places.astype(np.intp)
    outside = places[(places < -n) | (places > n)]
    if outside.size:
        raise IndexError(f"index {outside[0]} is out of bounds for axis {axis} with size {n}")
    if places.size == 1:
        if values.ndim < a.ndim:
            values = np.reshape(values, (1,) * (a.ndim - values.ndim) + values.shape)
        if places.ndim == 0:
            values = np.moveaxis(values, 0, axis)
        place = places.item() % n if places.item() < 0 else places.item()
        shape = (*a.shape[:axis], values.shape[axis], *a.shape[axis + 1 :])
        new = np.broadcast_to(values, shape)
        return np.concatenate(
            [a[(*before, slice(None, place))], new, a[(*before, slice(place, None))]], axis=axis
        )
    # Where each of the old and the new ends up: in a row, old before new, they are put in that order.
    places[places < 0] += n
    places[np.argsort(places, kind="stable")] += np.arange(places.size)
    total = n + places.size
    old = np.ones(total, dtype=bool)
    old[places] = False
    order = np.empty(total, dtype=np.intp)
    order[old] = np.arange(n)
    order[places] = np.arange(n, total)
    new = np.broadcast_to(values, (*a.shape[:axis], places.size, *a.shape[axis + 1 :]))
    return np.concatenate([a, new], axis=axis)[(*before, order)]


def choose_vjp(g, a, choices_shape, mode):
    """Each choice has the cotangent where its number is named."""
    n = len(choices_shape)
    numbers = np.asarray(a)
    numbers = np.clip(numbers, 0, n - 1) if mode == "clip" else numbers % n if mode == "wrap" else numbers
    return [only_where(numbers == k, g) for k in range(n)]


linear(np.choose, signature="a, choices, out=None, mode='raise'", many=True, choices=choose_vjp, selects=True)


@composite(np.choose)
def choose(a, choices, out=None, mode="raise"):
    numbers = values_of(a)
    if numbers.dtype.kind not in "biu":
        numbers = np.asarray(a)  # a tensor that carries a gradient is refused
    result = rules[np.choose](numbers, [arraylike(c) for c in choices], mode=mode)
    return delivered(result, out)


@composite(np.select)
def select(condlist, choicelist, default=0):
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not len(condlist):
        raise ValueError("select with an empty condition list is not possible")
    conditions = [values_of(c) for c in condlist]
    for i, condition in enumerate(conditions):
        if condition.dtype != bool:
            raise TypeError(f"invalid entry {i} in condlist: should be boolean ndarray")
    choices = [c if type(c) in (int, float, complex) else arraylike(c) for c in (*choicelist, default)]
    dtype = np.result_type(*choices)
    choices = [of_dtype(c, dtype) if hasattr(c, "shape") else np.asarray(c, dtype) for c in choices]
    result = choices.pop()
    for condition, choice in zip(conditions[::-1], choices[::-1], strict=True):
        result = np.where(condition, choice, result)
    return result


@composite(np.put_along_axis)
def put_along_axis(arr, indices, values, axis=-1):
    indices = values_of(indices)
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        np.put_along_axis(np.zeros(arr.shape), indices, values_of(values), None)  # NumPy says what can't be
        arr.flat[indices] = values
        return
    axis = normalize_axis_index(axis, arr.ndim)
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if indices.ndim != arr.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    grid = list(np.ogrid[tuple(slice(n) for n in arr.shape)]) if arr.ndim > 1 else [None]
    grid[axis] = indices
    arr[tuple(grid)] = values


@composite(np.piecewise)
def piecewise(x, condlist, funclist, *args, **kw):
    x = arraylike(x)
    n = len(funclist)
    conditions = values_of(condlist).astype(bool)
    if conditions.ndim == 0 and not (np.isscalar(condlist) or hasattr(condlist, "dtype")):
        raise TypeError(f"condlist must hold conditions; got {type(condlist).__name__}.")
    if conditions.ndim == 0 or (conditions.ndim == 1 and x.ndim != 0 and np.ndim(condlist[0]) == 0):
        conditions = conditions[None]
    if n == len(conditions) + 1:
        conditions = np.concatenate([conditions, ~np.any(conditions, axis=0, keepdims=True)])
    elif n != len(conditions):
        raise ValueError(
            f"with {len(conditions)} condition(s), either {len(conditions)} or {len(conditions) + 1} "
            "functions are expected"
        )
    y = np.zeros_like(x)
    for condition, function in zip(conditions, funclist, strict=True):
        if not callable(function):
            y[condition] = function
        elif condition.any():
            y[condition] = function(x[condition], *args, **kw)
    return y
