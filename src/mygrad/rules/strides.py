"""Views by strides: `np.lib.stride_tricks.as_strided`.

Strides count bytes of memory, which a cotangent needn't be laid out like. So what is differentiated is a view
of the elements in the order of their memory, by strides that count elements.
"""

import numpy as np
from numpy.lib import stride_tricks

from mygrad.engine.calling import plain
from mygrad.engine.function import linear
from mygrad.engine.record import Handle
from mygrad.engine.regions import PLACE, Region
from mygrad.engine.rule import composite, rules
from mygrad.engine.views import base_of, own_memory


def numbers_of(shape, strides, offset):
    """The numbers of the elements that a view by strides shows."""
    numbers = np.full(shape, offset)
    for axis, (n, stride) in enumerate(zip(shape, strides, strict=True)):
        numbers += np.reshape(np.arange(n) * stride, (-1,) + (1,) * (len(shape) - axis - 1))
    return numbers


def overlaps(shape, strides):
    """Whether a view by strides shows an element twice."""
    extent = 0
    for stride, n in sorted((abs(stride), n) for n, stride in zip(shape, strides, strict=True) if n > 1):
        if stride <= extent:
            numbers = numbers_of(shape, strides, 0)
            return np.unique(numbers).size < numbers.size
        extent += stride * (n - 1)
    return False


def strided(a, shape, strides, offset, writeable):
    """A view of the vector `a` that begins at element `offset`, by strides that count elements."""
    (unit,) = a.strides
    return stride_tricks.as_strided(
        a[offset:], shape, [stride * unit for stride in strides], writeable=writeable and a.flags.writeable
    )


def strided_vjp(g, a_shape, shape, strides, offset):
    """What shows an element twice adds up."""
    shown = Region(None, (numbers_of(shape, strides, offset),))
    return PLACE(g, shown, a_shape, g.dtype)


linear(strided, view=True, a=strided_vjp)


def in_memory_order(t):
    """A view of all elements of the tensor `t` in the order of its memory; None if they lie apart."""
    strides = own_memory(t).strides
    axes = sorted(range(t.ndim), key=lambda axis: -strides[axis])
    t = np.transpose(t, axes)
    return np.reshape(t, -1) if plain(t).flags.c_contiguous else None


@composite(stride_tricks.as_strided)
def as_strided(x, shape=None, strides=None, subok=False, writeable=True):
    """The view may show any memory of the tensor that `x` is a view of, and none beside it. A view that shows
    an element more than once can only be read: which of two values written to it counts is not said."""
    if not isinstance(x, Handle):
        return stride_tricks.as_strided(x, shape, strides, subok, writeable)
    data = own_memory(x)
    shape = data.shape if shape is None else tuple(map(int, shape))
    strides = data.strides if strides is None else tuple(map(int, strides))
    if len(shape) != len(strides):
        raise ValueError("mismatch in length of strides and shape")
    base = base_of(x)
    flat = in_memory_order(base)
    if flat is None:
        raise ValueError(
            f"as_strided needs a tensor whose elements lie side by side in memory; this one has shape "
            f"{base.shape} and strides {base.strides}. Give it a copy."
        )
    unit = data.itemsize
    if any(stride % unit for stride in strides):
        raise ValueError(
            f"The strides of a tensor of {data.dtype} must be multiples of {unit} bytes; got {strides}."
        )
    steps = tuple(stride // unit for stride in strides)
    offset = (_address(data) - _address(plain(flat))) // unit
    reach = [(n - 1) * step for n, step in zip(shape, steps, strict=True)]
    first, last = offset + sum(min(r, 0) for r in reach), offset + sum(max(r, 0) for r in reach)
    if 0 not in shape and (first < 0 or last >= flat.size):
        raise ValueError(
            f"The shape {shape} with strides {strides} reaches memory outside of the tensor, from element "
            f"{first} to {last} of {flat.size}."
        )
    return rules[strided](flat, shape, steps, offset, writeable and not overlaps(shape, steps))


def _address(array):
    return array.__array_interface__["data"][0]
