"""Weighted averages, covariances, and the distance from the least to the greatest."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, delivered, given


@composite(np.ptp)
def ptp(a, axis=None, out=None, keepdims=np._NoValue):
    options = given(keepdims=keepdims)
    return delivered(np.max(a, axis=axis, **options) - np.min(a, axis=axis, **options), out)


def matching(weights, a, axis):
    """`weights` in the shape in which they broadcast against `a`."""
    weights = arraylike(weights)
    if weights.shape == a.shape:
        return weights
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    if weights.shape != tuple(a.shape[i] for i in axis):
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    weights = np.transpose(weights, np.argsort(axis))
    return np.reshape(weights, [n if i in axis else 1 for i, n in enumerate(a.shape)])


@composite(np.average)
def average(a, axis=None, weights=None, returned=False, *, keepdims=np._NoValue):
    a = arraylike(a)
    options = given(keepdims=keepdims)
    if axis is not None:
        axis = normalize_axis_tuple(axis, a.ndim, argname="axis")
    if weights is None:
        result = np.mean(a, axis=axis, **options)
        scale = result.dtype.type(a.size / result.size)
    else:
        weights = matching(weights, a, axis)
        dtype = np.result_type(a.dtype, weights.dtype, *(["f8"] if a.dtype.kind in "biu" else []))
        scale = np.sum(weights, axis=axis, dtype=dtype, **options)
        if np.any(np.equal(scale, 0)):
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        result = np.sum(np.multiply(a, weights, dtype=dtype), axis=axis, **options) / scale
    if not returned:
        return result
    return result, np.copy(np.broadcast_to(scale, result.shape))


@composite(np.cov)
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    rows = [arraylike(m)] + ([] if y is None else [arraylike(y)])
    for name, row in zip("my", rows, strict=False):
        if row.ndim > 2:
            raise ValueError(f"{name} has more than 2 dimensions")
    dtype = dtype or np.result_type(*rows, np.float64)
    transpose = not rowvar and rows[0].ndim != 1
    rows = [np.atleast_2d(row.astype(dtype, copy=False)) for row in rows]
    rows = [row.T if not rowvar and row.shape[0] != 1 else row for row in rows]
    x = np.concatenate(rows) if len(rows) > 1 else rows[0]
    if transpose and x.shape[0] == 1 and rows[0].ndim == 2 and arraylike(m).shape[0] == 1:
        x = x.T
    if ddof is None:
        ddof = 0 if bias else 1
    weights = None
    if fweights is not None:
        weights = arraylike(fweights).astype(float, copy=False)
    if aweights is not None:
        aweights = arraylike(aweights).astype(float, copy=False)
        weights = aweights if weights is None else weights * aweights
    mean, total = np.average(x, axis=1, weights=weights, returned=True)
    total = total[0]
    if weights is None:
        free = x.shape[1] - ddof
    elif ddof == 0:
        free = total
    elif aweights is None:
        free = total - ddof
    else:
        free = total - ddof * np.sum(weights * aweights) / total
    deviation = x - mean[:, None]
    other = deviation if weights is None else deviation * weights
    product = np.dot(deviation, np.conjugate(other.T))
    return np.squeeze(product * np.true_divide(1, free))


@composite(np.corrcoef)
def corrcoef(x, y=None, rowvar=True, *, dtype=None, **deprecated):
    c = np.cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    spread = np.sqrt(np.real(np.diagonal(c)))
    c = c / spread[:, None] / spread[None, :]
    if c.dtype.kind == "c":
        return np.clip(np.real(c), -1, 1) + 1j * np.clip(np.imag(c), -1, 1)
    return np.clip(c, -1, 1)
