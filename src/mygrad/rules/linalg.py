"""Linear algebra: norms."""

import math
import operator
from functools import cache

import numpy as np

from mygrad.engine.buffers import broadcasting
from mygrad.engine.calling import plain
from mygrad.engine.function import general
from mygrad.engine.record import make
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, of_dtype, values_of
from mygrad.rules.reductions import SMALL, expanded, ordinary
from mygrad.rules.singular_values import singular_values


def euclidean(x, axis=None, keepdims=False, nan_to_num=True):
    """The 2-norm of vectors, and the Frobenius norm of matrices."""
    return np.linalg.norm(x, axis=axis, keepdims=keepdims)


@cache
def shortest(dtype):
    """The least length whose square has all its digits."""
    limits = np.finfo(dtype)
    return np.sqrt(limits.tiny / limits.eps)


def vector_and_length(x, out, axis, keepdims, nan_to_num):
    """``conj(x)`` and ``|x|``, whose quotient is the direction."""
    length = expanded(out, axis, keepdims, x.ndim)
    lengths = least = most = plain(length)
    if lengths.ndim:
        least, most = lengths.min(initial=1.0), lengths.max(initial=1.0)
    if most == np.inf or least < shortest(lengths.dtype):
        # The squares have overflowed or underflowed: the direction is that of a vector of another length.
        size = np.max(np.abs(values_of(x)), axis=axis, keepdims=True, initial=0.0)
        x = x / np.where(np.isfinite(size) & (size > 0), size, np.ones_like(size))
        length = np.linalg.norm(x, axis=axis, keepdims=True)
        if nan_to_num:
            length = np.where(length == 0, np.full_like(length, np.inf), length)
    return np.conjugate(x) if x.dtype.kind == "c" else x, length


def euclidean_vjp(g, x, out, axis, keepdims, nan_to_num):
    """``g * conj(x) / |x|``, and 0 for a zero vector, the element of least norm."""
    g = expanded(g, axis, keepdims, x.ndim)
    vector, length = vector_and_length(x, out, axis, keepdims, nan_to_num)
    if x.size >= SMALL and ordinary(each := g / length, g):
        return broadcasting(np.multiply, each, vector)
    return g * (vector / length)


def euclidean_jvp(t, x, out, axis, keepdims, nan_to_num):
    vector, length = vector_and_length(x, out, axis, keepdims, nan_to_num)
    return np.real(np.sum(t * (vector / length), axis=axis, keepdims=bool(keepdims)))


general(euclidean, vjp={"x": euclidean_vjp}, jvp={"x": euclidean_jvp})


def powers_norm(x, p, axis, keepdims):
    """``sum(|x|**p)**(1/p)``; for a zero vector with p >= 1 the derivative is 0."""
    total = (abs(x) ** p).sum(axis=axis, keepdims=keepdims)
    # In the precision of the sum: 1 / 3 of a longdouble has more digits than a Python float.
    root = np.reciprocal(p, dtype=total.dtype)
    flat = values_of(total) == 0
    if np.count_nonzero(flat):
        at_zero = np.zeros_like(total) if p > 0 else total**root
        return np.where(flat, at_zero, np.where(flat, np.ones_like(total), total) ** root)
    return total**root


def checked(axis):
    """`axis` as the norms take it: None, a tuple, or what can be made an integer."""
    if axis is None or isinstance(axis, tuple):
        return axis
    try:
        return int(axis)
    except Exception as error:
        raise TypeError("'axis' must be None, an integer or a tuple of integers") from error


@composite(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False, *, nan_to_num=True):
    """The derivative of a norm of a zero vector is 0, the element of least norm, and so is that of a singular
    value that is 0; tied maxima and minima share."""
    x = arraylike(x)
    if x.dtype.kind in "biu":
        x = of_dtype(x, np.dtype(float))
    if axis is None and (ord is None or (ord in ("f", "fro") and x.ndim == 2) or (ord == 2 and x.ndim == 1)):
        return rules[euclidean](x, None, keepdims, nan_to_num)
    if axis is None and x.ndim == 1:
        axis = 0
    if type(axis) is int and -x.ndim <= axis < x.ndim and x.size:
        return _vector_norm(x, ord, axis, keepdims, nan_to_num)
    axis = checked(axis)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if len(axes) not in (1, 2):
        raise ValueError("Improper number of dimensions to norm.")
    if not x.size:  # NumPy knows for which orders there is one
        result = np.linalg.norm(values_of(x), ord, axis, keepdims)
        return np.sum(np.abs(x), axis=axes, keepdims=keepdims) + result
    axes = np.lib.array_utils.normalize_axis_tuple(axes, x.ndim, allow_duplicate=True)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes[0], keepdims, nan_to_num)
    return _matrix_norm(x, ord, axes, keepdims, nan_to_num)


def _vector_norm(x, order, axis, keepdims, nan_to_num):
    if order is None or order == 2:
        return rules[euclidean](x, axis, keepdims, nan_to_num)
    if order == np.inf:
        return abs(x).max(axis=axis, keepdims=keepdims)
    if order == -np.inf:
        return abs(x).min(axis=axis, keepdims=keepdims)
    if order == 0:
        return make(np.linalg.norm(values_of(x), 0, axis, keepdims))
    if order == 1:
        return abs(x).sum(axis=axis, keepdims=keepdims)
    if isinstance(order, str):
        raise ValueError(f"Invalid norm order '{order}' for vectors")
    return powers_norm(x, order, axis, keepdims)


def _matrix_norm(x, order, axes, keepdims, nan_to_num):
    rows, columns = axes
    if rows == columns:
        raise ValueError("Duplicate axes given.")
    if order in (None, "fro", "f"):
        return rules[euclidean](x, axes, keepdims, nan_to_num)
    if order in (1, -1, np.inf, -np.inf):
        along, over = (rows, columns) if abs(order) == 1 else (columns, rows)
        sums = np.sum(np.abs(x), axis=along, keepdims=True)
        result = (np.max if order > 0 else np.min)(sums, axis=over, keepdims=True)
    elif order in (2, -2, "nuc"):
        values = rules[singular_values](x if x.ndim == 2 and rows == 0 else np.moveaxis(x, axes, (-2, -1)))
        result = (np.sum if order == "nuc" else np.max if order == 2 else np.min)(values, axis=-1)
        return np.expand_dims(result, tuple(sorted(axes))) if keepdims else result
    else:
        raise ValueError("Invalid norm order for matrices.")
    return result if keepdims else np.squeeze(result, axis=axes)


@composite(np.linalg.matrix_norm)
def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """As ``numpy.linalg.norm``, of the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)


@composite(np.linalg.vector_norm)
def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """The norm of what lies along several axes, taken as one vector; of zeros the derivative is 0."""
    x = arraylike(x)
    if not isinstance(axis, (tuple, type(None))):
        axis = operator.index(axis) if keepdims else checked(axis)
    if axis is None and x.ndim == 1:
        axis = 0
    if type(axis) is int and -x.ndim <= axis < x.ndim:
        return norm(x, ord, axis, keepdims)
    axes = np.lib.array_utils.normalize_axis_tuple(range(x.ndim) if axis is None else axis, x.ndim)
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    n = math.prod(x.shape[i] for i in axes)
    rows = np.reshape(np.transpose(x, axes + rest), (n, *(x.shape[i] for i in rest)))
    result = norm(rows, ord, 0)
    return np.expand_dims(result, tuple(sorted(axes))) if keepdims else result
