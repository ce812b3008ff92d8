"""Sums of cotangents over the axes along which a value was broadcast.

NumPy's own sum over few or short rows takes many times as long as reading the array does; a matrix product
with ones is quick in every layout. What is constant along an axis, a view with stride 0 as the derivative of
a sum is, isn't multiplied out: it is taken out of the sum.
"""

from functools import lru_cache, partial
from math import prod

import numpy as np
from numpy import ndarray

__all__ = [
    "LARGE",
    "LONG",
    "MIDDLE",
    "Stretched",
    "first_of_still",
    "product_over",
    "small_sum",
    "stretched_axes",
    "sum_over",
    "weighted_sum",
]

LARGE = 4096
"""Elements from which on it pays to look for the quickest way."""

MIDDLE = 2**16
"""Elements up to which one in C order is summed at once, if that is as quick in all ways: to look for the
quickest takes longer."""

LONG = 512
"""Elements in a row from which on NumPy's sum is as quick as BLAS, and more accurate."""

SHORT = 16
"""Elements in a row up to which products are quicker written down and added up than added up at once."""


def small_sum(array, shape):
    """An array of floats that isn't large summed to `shape`, which was broadcast to its own, in a third of
    the time of NumPy's sum; None if that is no product with a row of ones."""
    way = _way_of_ones(array.shape, shape, array.dtype.char)
    if way is None:
        return None
    ones, rows, leading = way
    total = ones.dot(array.reshape(rows)) if leading else array.reshape(rows).dot(ones)
    return total.reshape(shape) if shape else total


@lru_cache(4096)
def _way_of_ones(shape, target, char):
    """The ones, the matrix to multiply them with, and from which side, to sum from one shape to another."""
    extra = len(shape) - len(target)
    if char not in "fd" or extra < 0 or 0 in shape:
        return None
    summed = [i < extra or target[i - extra] != n for i, n in enumerate(shape)]
    if any(target[i - extra] != 1 for i in range(extra, len(shape)) if summed[i]):  # it is smaller
        return None
    n = prod(target)
    m = prod(shape) // n
    for leading in (True, False):
        # The axes that are summed have to be the first or the last.
        if sorted(summed, reverse=leading) == summed:
            if m * n >= LARGE and m >= LONG and (n == 1 or not leading):
                return None
            return np.ones(m, char), m if n == 1 else (m, n) if leading else (n, m), leading
    return None


def sum_over(array, axes, keepdims=True):
    """``array.sum(axis=axes, keepdims=keepdims)``."""
    if type(array) is not ndarray or array.size < LARGE or array.dtype.char not in "fdFD":
        return array.sum(axis=axes, keepdims=keepdims)
    total = _large_sum(array, axes)
    return total if keepdims else total.reshape([n for i, n in enumerate(array.shape) if i not in axes])


def _large_sum(array, axes):
    if still := _still(array):
        total, moving = _part(array, still), tuple([i for i in axes if i not in still])
        if moving:
            total = sum_over(total, moving)
        total = total * prod([array.shape[i] for i in axes if i in still])
        return np.broadcast_to(total, [1 if i in axes else n for i, n in enumerate(array.shape)])
    if array.flags.c_contiguous:
        return _sum_of_rows(array, sorted(axes))
    if array.flags.f_contiguous:
        return _sum_of_rows(array.T, sorted([array.ndim - 1 - i for i in axes])).T
    return array.sum(axis=axes, keepdims=True)


def _still(array):
    """The axes along which a view repeats the same elements."""
    if array.flags.c_contiguous:
        return []
    return [i for i, (n, stride) in enumerate(zip(array.shape, array.strides)) if n > 1 and not stride]


def first_of_still(array):
    """`array`, of length 1 along the axes along which it repeats the same elements."""
    return _part(array, _still(array))


def _part(array, still):
    """The first elements along the axes `still`, which the others repeat."""
    return array[tuple([slice(1) if i in still else slice(None) for i in range(array.ndim)])]


def _sum_of_rows(array, axes):
    """The sum of an array in C order: over the last axes first, those that are next to each other at once."""
    shape = array.shape
    last = first = axes.pop()
    while axes and axes[-1] == first - 1:
        first = axes.pop()
    n, after = prod(shape[first : last + 1]), prod(shape[last + 1 :])
    if n >= LONG and after == 1:
        total = array.reshape((-1, n)).sum(axis=1)
    elif after == 1:
        rows = array.reshape((-1, n))
        total = np.einsum("ij->i", rows) if beyond_cache(rows) else rows @ np.ones(n, array.dtype)
    elif array.size == n * after:
        total = weighted_sum(np.ones(n, array.dtype), array.reshape((n, after)))
    else:
        total = np.ones(n, array.dtype) @ array.reshape((-1, n, after))
    total = total.reshape((*shape[:first], *(1,) * (last + 1 - first), *shape[last + 1 :]))
    return sum_over(total, tuple(axes)) if axes else total


def beyond_cache(rows):
    """Whether rows are read from memory, and so short that BLAS, which takes a few columns at a
    time, reads them in a bad order."""
    return rows.nbytes > 2**24 and 32 <= rows.shape[1] <= 2048


def weighted_sum(weights, rows):
    """``weights @ rows``."""
    if type(rows) is ndarray and beyond_cache(rows) and rows.dtype.char in "fd" and rows.flags.c_contiguous:
        total = np.einsum("ij,i->j", rows, weights)  # in less than half of the time
        if np.isfinite(total).all():  # else the product tells what is 0 * inf
            return total
    return np.matmul(weights, rows)


@lru_cache(4096)
def stretched_axes(shape, target):
    """The axes of an array along which one of shape `target` was broadcast to it."""
    extra = len(shape) - len(target)
    return tuple([k for k, n in enumerate(shape) if n > 1 and (k < extra or target[k - extra] == 1)])


class Stretched:
    """The cotangent of a result, for an operand that was broadcast along `axes`."""

    __slots__ = ("axes", "g")

    def __init__(self, g, axes):
        self.g, self.axes = g, axes

    def dot(self, factor):
        """The products with `factor`, added up."""
        return product_over(self.g, factor, self.axes)


def product_over(a, b, axes):
    """``(a * b).sum(axis=axes, keepdims=True)`` without the product, where there is a quicker way.

    An infinity or a NaN in the result may be one that the product doesn't have. `b` may have to be broadcast.
    """
    if not (type(a) is type(b) is ndarray and a.dtype is b.dtype and a.dtype.char in "fd"):
        return sum_over(a * b, tuple(axes))
    shape = a.shape
    if b.shape == shape and a.flags.c_contiguous and b.flags.c_contiguous:
        return _dot_product(a, b, axes)
    b = b.reshape((1,) * (a.ndim - b.ndim) + b.shape)
    still_a, still_b = _still(a), _still(b)
    still_b += [i for i, n in enumerate(b.shape) if n < shape[i]]
    a, b = _part(a, still_a), _part(b, still_b)
    if ahead := [i for i in axes if i in still_a and i not in still_b]:
        b = sum_over(b, tuple(ahead))
    if ahead := [i for i in axes if i in still_b and i not in still_a]:
        a = sum_over(a, tuple(ahead))
    moving = [i for i in range(len(shape)) if shape[i] > 1 and i not in still_a and i not in still_b]
    inner, stack = [i for i in moving if i in axes], [i for i in moving if i not in axes]
    row = [i for i in still_b if i not in axes and i not in still_a]
    column = [i for i in still_a if i not in axes and i not in still_b]
    if not inner:
        total = a * b
    elif row or column:
        total = _matrix_product(a, b, stack, row, inner, column)
    else:
        total = _dot_product(a, b, inner)
    if count := [shape[i] for i in axes if i in still_a and i in still_b]:
        total = total * prod(count)
    kept = tuple([1 if i in axes else n for i, n in enumerate(shape)])
    return total if total.shape == kept else np.broadcast_to(total, kept)


def _matrix_product(a, b, stack, row, inner, column):
    """The sum of the products over the axes `inner`; of the others, `row` are those of `a` alone, `column`
    those of `b` alone."""
    lengths = [max(pair) for pair in zip(a.shape, b.shape, strict=True)]
    rest = [i for i in range(a.ndim) if i not in stack + row + column + inner]
    left = a.transpose(stack + row + inner + column + rest)
    right = b.transpose(stack + inner + column + row + rest)
    outside, n = [lengths[i] for i in stack], prod([lengths[i] for i in inner])
    product = left.reshape((*outside, -1, n)) @ right.reshape((*outside, n, -1))
    order = stack + row + column + inner + rest
    product = product.reshape([1 if i in inner else lengths[i] for i in order])
    return product.transpose(np.argsort(order))


def _dot_product(a, b, axes):
    """The same of two arrays of the same shape."""
    if a.flags.c_contiguous and b.flags.c_contiguous:
        way = _way_of_rows(a.shape, tuple(axes))
        if way is not None:
            product, rows, kept = way
            return product(a.reshape(rows), b.reshape(rows)).reshape(kept)
    return sum_over(a * b, tuple(axes))


@lru_cache(4096)
def _way_of_rows(shape, axes):
    """A function of two matrices that adds up products along these axes, the shape of the matrices, and that
    of what it gives; None where the axes are neither the last nor the first, or short."""
    n = prod([shape[i] for i in axes])
    if n <= SHORT:
        return None
    others = [i for i, n in enumerate(shape) if n > 1 and i not in axes]
    kept = tuple([1 if i in axes else n for i, n in enumerate(shape)])
    if not others or min(axes) > max(others):
        return np.vecdot, (-1, n), kept
    if max(axes) < min(others) and prod(shape) > SHORT * n:
        return partial(np.einsum, "ij,ij->j"), (n, -1), kept
    return None
