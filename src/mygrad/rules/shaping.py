"""Changing shapes, axes and order of elements. Where NumPy gives a view, so do we.

A view whose VJP is None shows part of its input: its cotangent is added into that part.
"""

from math import prod
from operator import attrgetter

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mygrad.engine.calling import plain
from mygrad.engine.function import linear
from mygrad.engine.record import Handle
from mygrad.engine.regions import PLACE, Region
from mygrad.engine.rule import composite
from mygrad.engine.views import read


def in_shape(g, a_shape, order):
    return g.reshape(a_shape) if order == "C" else np.reshape(g, a_shape, order=order)


_reshape = linear(
    np.reshape,
    signature="a, shape=None, order='C', *, newshape=None, copy=None",
    view=True,
    method=np.ndarray.reshape,
    a=in_shape,
)
_ravel = linear(np.ravel, view=True, method=np.ndarray.ravel, a=in_shape)


def flattened(a, order="C"):
    """``a.flatten(order)`` as a function, for its rule."""
    return a.flatten(order)


linear(flattened, method=np.ndarray.flatten, a=in_shape)


def order_of(a, order):
    """ "C" or "F": what "A" stands for depends on the memory layout, which a cotangent needn't share."""
    if order == "A":
        return "F" if plain(a).flags.fnc else "C"
    return order


@composite(np.reshape)
def reshape(a, shape=None, order="C", *, newshape=None, copy=None):
    if order == "C" and copy is None and newshape is None:
        return _reshape(a, shape)
    options = {} if copy is None else {"copy": copy}
    return _reshape(a, newshape if shape is None else shape, order=order_of(a, order), **options)


@composite(np.ravel)
def ravel(a, order="C"):
    if order == "C":
        return _ravel(a)
    if order == "K":
        # In the order of memory: C order of the axes sorted by stride.
        strides = plain(a).strides
        return _ravel(np.transpose(a, sorted(range(a.ndim), key=lambda axis: -abs(strides[axis]))))
    return _ravel(a, order=order_of(a, order))


def inverse(axes):
    """The permutation that undoes `axes`."""
    order = [0] * len(axes)
    for i, axis in enumerate(axes):
        order[axis] = i
    return order


linear(
    np.transpose,
    view=True,
    method=np.ndarray.transpose,
    a=lambda g, axes: g.T if axes is None else g.transpose(inverse(axes)),
)
linear(
    np.swapaxes,
    signature="a, axis1, axis2",
    view=True,
    method=np.ndarray.swapaxes,
    a=lambda g, axis1, axis2: g.swapaxes(axis1, axis2),
)


def moved(a, source, destination):
    """``np.moveaxis``: a single axis in a third of the time."""
    n = a.ndim
    if not (type(source) is type(destination) is int and -n <= source < n and -n <= destination < n):
        return np.moveaxis(a, source, destination)
    order = list(range(n))
    order.insert(destination % n, order.pop(source))
    return a.transpose(order)


linear(
    np.moveaxis,
    view=True,
    method=moved,
    a=lambda g, source, destination: moved(g, destination, source),
)
linear(np.squeeze, view=True, method=np.ndarray.squeeze, a=lambda g, a_shape: g.reshape(a_shape))
linear(np.expand_dims, view=True, a=lambda g, a_shape: g.reshape(a_shape))
linear(np.matrix_transpose, signature="x, /", view=True, x=lambda g: g.swapaxes(-1, -2))
# The engine sums what was broadcast.
linear(np.broadcast_to, view=True, array=lambda g: g)


def reversed_along(m, axis=None):
    """``np.flip``: along a single axis in a third of the time."""
    if type(m) is np.ndarray and type(axis) is int and -m.ndim <= axis < m.ndim:
        return m[(*(slice(None),) * (axis % m.ndim), slice(None, None, -1))]
    return np.flip(m, axis)


linear(np.flip, view=True, method=reversed_along, m=lambda g, axis: reversed_along(g, axis))
linear(np.diagonal, view=True, method=np.ndarray.diagonal, a=None)
linear(np.real, signature="val", view=True, method=attrgetter("real"), val=None)
linear(np.imag, signature="val", view=True, method=attrgetter("imag"), val=lambda g: -1j * g)


def windows_vjp(g, x_shape, x_dtype, window_shape, axis):
    """Each place of the window is a slice of the input: add up over the places."""
    ndim = len(x_shape)
    window = (window_shape,) if np.ndim(window_shape) == 0 else tuple(window_shape)
    axes = (
        range(ndim)
        if axis is None
        else np.lib.array_utils.normalize_axis_tuple(axis, ndim, allow_duplicate=True)
    )
    total = np.zeros_like(g, shape=x_shape)
    for place in np.ndindex(*window):
        offset = [0] * ndim
        for axis, i in zip(axes, place, strict=True):
            offset[axis] += i
        total[tuple(slice(o, o + m) for o, m in zip(offset, g.shape))] += g[(..., *place)]
    return total


linear(sliding_window_view, view=True, x=windows_vjp)


def rolled(a, shift, axis=None):
    """``np.roll``, with the same values: along one axis in a third of the time."""
    if a.ndim == 1 and axis is None:
        axis = 0
    along_one = type(shift) is type(axis) is int and -a.ndim <= axis < a.ndim
    if type(a) is not np.ndarray or not along_one:
        return np.roll(a, shift, axis)
    n = a.shape[axis]
    last = n - shift % n if n else 0
    before = (slice(None),) * (axis % a.ndim)
    return np.concatenate((a[(*before, slice(last, None))], a[(*before, slice(last))]), axis)


def roll_vjp(g, shift, axis):
    return rolled(g, -shift if type(shift) is int else -np.asarray(shift), axis)


linear(np.roll, method=rolled, a=roll_vjp)


def repeat_vjp(g, a_shape, repeats, axis):
    """What an element was repeated to is added up."""
    if axis is None or not a_shape:
        axis, shape = 0, (prod(a_shape),)
    else:
        axis, shape = axis % len(a_shape), a_shape
    before = (slice(None),) * axis
    if type(repeats) is not int and np.size(repeats) != 1:
        named = Region(None, (*before, np.repeat(np.arange(shape[axis]), repeats)))
        return np.reshape(PLACE(g, named, shape, g.dtype), a_shape)
    count = repeats if type(repeats) is int else int(np.reshape(repeats, ()))
    each = g.reshape((*shape[: axis + 1], count, *shape[axis + 1 :]))
    if not 0 < count <= 8:
        return each.sum(axis + 1).reshape(a_shape)
    total = each[(*before, slice(None), 0)]
    for i in range(1, count):  # a sum of so few along an axis takes NumPy up to twenty times as long
        total = total + each[(*before, slice(None), i)]
    return total if shape == a_shape else total.reshape(a_shape)


linear(np.repeat, a=repeat_vjp, selects=True)


def take_vjp(g, a_shape, indices, axis, mode):
    """The cotangent is added where the elements were taken from."""
    if axis is None or not a_shape:
        axis, shape = 0, (int(np.prod(a_shape)),)
    else:
        axis, shape = axis % len(a_shape), a_shape
    if mode != "raise":
        n = shape[axis]
        indices = np.clip(indices, 0, n - 1) if mode == "clip" else np.mod(indices, n)
    taken = Region(None, (slice(None),) * axis + (np.asarray(indices),))
    total = PLACE(g, taken, shape, g.dtype)
    return total if shape == a_shape else np.reshape(total, a_shape)


# By NumPy itself, as the result has a memory layout of its own.
_take = linear(np.take, a=take_vjp, selects=True)


@composite(np.take, uses_last=True)
def take(a, indices, axis=None, out=None, mode="raise"):
    """The cotangent is added where the elements were taken from."""
    of_row = isinstance(a, Handle) and a.ndim == 1 and axis in (None, 0, -1)
    numbers = type(indices) is np.ndarray and indices.ndim and indices.dtype.kind in "iu"
    if of_row and numbers and mode == "raise" and out is None:
        return read(a, indices)  # which adds what comes back where it belongs
    return _take(a, indices, axis, out, mode)


def _at_least(ndim, pad):
    def atleast(*arys):
        results = [pad(a if hasattr(a, "shape") else np.asarray(a)) for a in arys]
        return results[0] if len(results) == 1 else tuple(results)

    return atleast


composite(np.atleast_1d)(_at_least(1, lambda a: np.reshape(a, (1,)) if a.ndim == 0 else a))
composite(np.atleast_2d)(
    _at_least(2, lambda a: np.reshape(a, (1, 1)) if a.ndim == 0 else a[None, :] if a.ndim == 1 else a)
)
composite(np.atleast_3d)(
    _at_least(
        3,
        lambda a: (
            np.reshape(a, (1, 1, 1))
            if a.ndim == 0
            else a[None, :, None]
            if a.ndim == 1
            else a[:, :, None]
            if a.ndim == 2
            else a
        ),
    )
)
