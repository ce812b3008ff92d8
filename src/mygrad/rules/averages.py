"""Weighted averages, covariances, and the distance from the least to the greatest."""

import warnings

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from mygrad.engine.calling import plain
from mygrad.engine.function import general
from mygrad.engine.rule import composite, rules
from mygrad.engine.sums import sum_over
from mygrad.rules.arguments import allowed_by, arraylike, given, of_dtype
from mygrad.rules.products import conjugated
from mygrad.rules.reductions import expanded, extreme_jvp, extreme_places, extreme_vjp, reduced


def extremes_of(a, axis):
    """The greatest and the least, with the axes kept."""
    a = plain(a)
    return a.max(axis, keepdims=True), a.min(axis, keepdims=True)


def ptp_vjp(g, a, axis, keepdims):
    g = expanded(g, axis, keepdims, a.ndim)
    to_greatest, to_least = (extreme_vjp(g, a, out, axis, True, None, None) for out in extremes_of(a, axis))
    return to_greatest - to_least


def ptp_jvp(t, a, axis, keepdims):
    greatest, least = (extreme_jvp(t, a, out, axis, True, None, None) for out in extremes_of(a, axis))
    return reduced(greatest - least, axis, keepdims)


def ptp_places(g, a, axis, keepdims):
    g = expanded(g, axis, keepdims, a.ndim)
    greatest, least = (extreme_places(g, a, out, axis, True, None, None) for out in extremes_of(a, axis))
    if greatest is None or least is None:
        return None
    return greatest + [(places, -share) for places, share in least]


general(np.ptp, vjp={"a": ptp_vjp}, jvp={"a": ptp_jvp}, selects=True, few=ptp_places)


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


# ------------------------------------------------------------------------------ covariances of all with all


def centred(x):
    """The deviations of rows from their means, and from the means of these: they were rounded as large
    numbers are."""
    n = x.shape[1]
    x = x - sum_over(x, (1,)) / n
    return x - sum_over(x, (1,)) / n


def squares(x):
    """The sums of squares of rows, as a column."""
    return sum_over(np.real(x * conjugated(x)), (1,))


def with_mirrored(a):
    return a + conjugated(a).T


def in_pairs(g, x):
    """The cotangent of the rows `x` of ``x @ conjugate(x.T)``, a matrix or the number that NumPy makes of
    one by one."""
    return with_mirrored(g.reshape(len(x), len(x))) @ conjugated(x)


def pairs(t, x):
    """The tangent of ``x @ conjugate(x.T)``."""
    return np.squeeze(with_mirrored(t @ conjugated(x).T))


def covariances(x, ddof):
    """The everyday `np.cov`, of rows. The derivative of the means has no part: deviations add up to 0."""
    return np.cov(x, ddof=ddof)


general(
    covariances,
    vjp={"x": lambda g, x, ddof: in_pairs(g * (1.0 / (x.shape[1] - ddof)), centred(x))},
    jvp={"x": lambda t, x, ddof: pairs(t, centred(x)) * (1.0 / (x.shape[1] - ddof))},
)


def correlations(x):
    """The everyday `np.corrcoef`, of rows: products of rows of length 1."""
    return np.corrcoef(x)


def correlations_vjp(g, x):
    x = centred(x)
    length = np.sqrt(squares(x))
    x = x / length
    c = in_pairs(g, x)
    return (c - conjugated(x) * sum_over(np.real(c * x), (1,))) / length


def correlations_jvp(t, x):
    x = centred(x)
    length = np.sqrt(squares(x))
    x, t = x / length, centred(t) / length
    return pairs(t - x * sum_over(np.real(t * conjugated(x)), (1,)), x)


general(correlations, vjp={"x": correlations_vjp}, jvp={"x": correlations_jvp})


def everyday_rows(m, y, rowvar, ddof):
    """The variables in rows, if they are numbers of double precision and there are enough; else None."""
    m, y = arraylike(m), None if y is None else arraylike(y)
    given_arrays = (m,) if y is None else (m, y)
    if not all(a.dtype.char in "dD" and 0 < a.ndim < 3 for a in given_arrays):
        return None
    if y is None:
        x = m if m.ndim == 2 else m.reshape(1, -1)
        x = x if rowvar or m.ndim == 1 else x.T
    elif m.ndim == y.ndim == 1 and m.shape == y.shape:
        x = np.stack(given_arrays)
    else:
        return None
    return x if x.shape[0] and x.shape[1] > ddof else None


@composite(np.cov)
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    if fweights is aweights is dtype is None and (ddof is None or type(ddof) is int):
        ddof = (0 if bias else 1) if ddof is None else ddof
        rows = everyday_rows(m, y, rowvar, ddof)
        if rows is not None:
            return rules[covariances](rows, ddof)
    return any_cov(m, y, rowvar, bias, ddof, fweights, aweights, dtype=dtype)


@allowed_by(np.cov)
def any_cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    m = arraylike(m)
    y = None if y is None else arraylike(y)
    for name, a in (("m", m), ("y", y)):
        if a is not None and a.ndim > 2:
            raise ValueError(f"{name} has more than 2 dimensions")
    if dtype is None:
        dtype = np.result_type(m, np.float64) if y is None else np.result_type(m, y, np.float64)
    x = np.atleast_2d(of_dtype(m, dtype))
    if not rowvar and m.ndim != 1:
        x = x.T
    if not x.shape[0]:
        return np.zeros_like(x, shape=(0, 0), dtype=float)
    if y is not None:
        y = np.atleast_2d(of_dtype(y, dtype))
        x = np.concatenate((x, y.T if not rowvar and y.shape[0] != 1 else y), axis=0)
    if ddof is None:
        ddof = 0 if bias else 1
    if fweights is not None and not np.array_equal(fweights, np.around(fweights)):
        raise TypeError("fweights must be integer")
    weights = None
    for name, given_weights in (("fweights", fweights), ("aweights", aweights)):
        if given_weights is None:
            continue
        w = of_dtype(arraylike(given_weights), float)
        if w.ndim > 1:
            raise RuntimeError(f"cannot handle multidimensional {name}")
        if w.shape[0] != x.shape[1]:
            raise RuntimeError(f"incompatible numbers of samples and {name}")
        if np.any(np.less(w, 0)):
            raise ValueError(f"{name} cannot be negative")
        weights = w if weights is None else weights * w
    mean, total = np.average(x, axis=1, weights=weights, returned=True)
    total = total[0]
    if weights is None:
        free = x.shape[1] - ddof
    elif ddof == 0:
        free = total
    elif aweights is None:
        free = total - ddof
    else:
        # NumPy adds up one after the other.
        free = total - ddof * np.cumsum(weights * of_dtype(arraylike(aweights), float))[-1] / total
    if free <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        free = 0.0
    deviation = of_dtype(x - mean[:, None], x.dtype)  # NumPy does it in place, and the next but one too
    other = deviation if weights is None else deviation * weights
    c = np.dot(deviation, np.conjugate(other.T))
    return np.squeeze(of_dtype(c * np.true_divide(1, free), c.dtype))


@composite(np.corrcoef)
def corrcoef(x, y=None, rowvar=True, *, dtype=None, **kwargs):
    rows = everyday_rows(x, y, rowvar, 1) if dtype is None and not kwargs else None
    if rows is not None and len(rows) > 1:
        return rules[correlations](rows)
    return any_corrcoef(x, y, rowvar, dtype=dtype, **kwargs)


@allowed_by(np.corrcoef)
def any_corrcoef(x, y=None, rowvar=True, *, dtype=None, **kwargs):
    c = np.cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    spread = np.sqrt(np.real(np.diagonal(c)))
    c = c / spread[:, None] / spread[None, :]
    if c.dtype.kind == "c":
        return np.clip(np.real(c), -1, 1) + 1j * np.clip(np.imag(c), -1, 1)
    return np.clip(c, -1, 1)
