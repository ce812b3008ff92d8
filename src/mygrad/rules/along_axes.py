"""A Python function applied to rows, along several axes, or to all elements."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from mygrad.engine.record import Handle, make
from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, values_of


@composite(np.apply_along_axis)
def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """The function is given rows that are tensors. As in NumPy the dtype is that of its first result."""
    arr = arraylike(arr)
    axis = normalize_axis_index(axis, arr.ndim)
    rows = np.moveaxis(arr, axis, -1)
    places = rows.shape[:-1]
    if 0 in places:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    result = None
    for place in np.ndindex(places):
        row = arraylike(func1d(rows[(*place, ...)], *args, **kwargs))
        if result is None:
            result = make(np.zeros((*places, *row.shape), row.dtype))
        result[place] = row
    # The axes of the results go where the axis was.
    ndim = result.ndim - len(places)
    return np.moveaxis(result, range(len(places), result.ndim), range(axis, axis + ndim))


@composite(np.apply_over_axes)
def apply_over_axes(func, a, axes):
    a = arraylike(a)
    for axis in np.atleast_1d(values_of(axes)).tolist():
        axis = axis + a.ndim if axis < 0 else axis
        result = func(a, axis)
        if result.ndim != a.ndim:
            result = np.expand_dims(result, axis)
            if result.ndim != a.ndim:
                raise ValueError("function is not returning an array of the correct shape")
        a = result
    return a if isinstance(a, Handle) else make(np.asarray(a))
