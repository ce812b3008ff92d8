"""NumPy's buffers, which it fills with what doesn't lie in memory as an operation reads it.

Since 2.3 that is done with what is broadcast, too, along rows that are shorter than the buffer: half of the
time of an operation on a large matrix and a column goes into copying the column. With a buffer shorter than
the rows it is read where it is; along short rows the column is written out, and the result over it, in up to
two fifths less time. The values are the same.
"""

from math import prod

import numpy as np
from numpy import ndarray

__all__ = ["WIDE", "best", "broadcasting", "spare"]

BUFFER = 512
"""Elements of a buffer that are still quick to handle, and twice what is the least; NumPy has 8192."""

WIDE = 2**16
"""Elements from which on it pays to set the size, which takes two microseconds."""


def best(shape):
    """The size of the shorter buffer that makes a difference for an array of this shape; 0 for none."""
    if prod(shape) < WIDE or shape[-1] < BUFFER // 2:
        return 0
    return BUFFER if shape[-1] >= BUFFER else BUFFER // 2


def spare(size):
    """Have NumPy take buffers of this size, for as long as the ``np.errstate`` around lasts."""
    np.setbufsize(size)


def broadcasting(ufunc, p, q):
    """``ufunc(p, q)`` of two arrays, or tensors, of different shapes."""
    if type(p) is not ndarray or type(q) is not ndarray or p.size + q.size < WIDE:
        return ufunc(p, q)
    larger, smaller = (p, q) if p.size > q.size else (q, p)
    if smaller.size == 1:
        return ufunc(p, q)
    if best(larger.shape) == BUFFER:
        with np.errstate():
            spare(BUFFER)
            return ufunc(p, q)
    column = smaller.shape == (*larger.shape[:-1], 1) and smaller.dtype is larger.dtype
    if not column or larger.dtype.char not in "fd" or not larger.flags.c_contiguous:
        return ufunc(p, q)
    full = smaller.reshape(-1).repeat(larger.shape[-1]).reshape(larger.shape)
    return ufunc(p, full, full) if larger is p else ufunc(full, q, full)
