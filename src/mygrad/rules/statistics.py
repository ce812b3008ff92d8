"""Averages and spreads."""

import math

import numpy as np

from mygrad.engine.calling import plain, the_one
from mygrad.engine.function import general, linear
from mygrad.engine.record import FLOAT64, make
from mygrad.engine.rule import composite, rules
from mygrad.engine.sums import sum_over
from mygrad.rules.arguments import delivered, given, values_of
from mygrad.rules.reductions import expanded, masked, stretched


def counted(shape, axis, where):
    """How many elements each mean is taken over."""
    if where is not None and where is not True:
        return np.sum(np.broadcast_to(where, shape), axis=axis, keepdims=True)
    if axis is None:
        return math.prod(shape)
    if type(axis) is int:
        return shape[axis]
    axes = np.lib.array_utils.normalize_axis_tuple(axis, len(shape))
    return math.prod(shape[i] for i in axes)


def mean_of(a, axis=None, dtype=None, out=None, keepdims=False):
    """``a.mean(...)``; of float64 without what NumPy finds out first, which takes as long as a small mean."""
    if a.dtype is not FLOAT64 or dtype is not None or out is not None or not (a.size and a.ndim):
        return a.mean(axis, dtype, out, keepdims)
    total = np.add.reduce(a, axis, None, None, keepdims)
    total /= a.size // total.size
    return total


linear(
    np.mean,
    method=mean_of,
    a=lambda g, a_shape, axis, keepdims, where: masked(
        stretched(
            expanded(g, axis, keepdims, len(a_shape)) / as_weak(counted(a_shape, axis, where), g), a_shape
        ),
        where,
    ),
)


def as_weak(count, g):
    """`count` in a form that doesn't change the precision of `g`."""
    return count if isinstance(count, int) else count.astype(g.real.dtype)


def integral(function, a, axis, dtype, out, ddof, keepdims, options, mean):
    """A spread in a dtype of integers, which has no derivative."""
    options = options | given(mean=plain(mean))
    into = None if out is None else np.empty_like(plain(out))
    values = function(plain(a), axis, dtype, into, ddof, keepdims, **options)
    return delivered(make(np.asarray(values)), out)


def variance(a, axis=None, ddof=0, keepdims=False):
    """The everyday `np.var`. About the mean it is least, so the derivative of the mean plays no part."""
    return np.var(a, axis=axis, ddof=ddof, keepdims=keepdims)


def deviation_by(factor, a, variance, axis, ddof):
    """``2 conj(a - mean) / n``, times a factor that broadcasts against it."""
    if type(axis) is int:
        axes = (axis % a.ndim,)
    else:
        axes = tuple(range(a.ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, a.ndim)
    count = counted(a.shape, axis, None)
    deviation = a - sum_over(a, axes) / count
    error = sum_over(deviation, axes) / count  # of the mean, which is rounded as a large number is
    scale = factor * (2.0 / (count - ddof))
    if type(deviation) is type(scale) is np.ndarray and deviation.dtype.kind == "f":  # it is ours
        coarse = abs(error.reshape(variance.shape)) > 4.0 * np.finfo(a.dtype).eps * np.sqrt(variance)
        if np.count_nonzero(coarse):
            deviation -= error
        return np.multiply(deviation, scale, out=deviation)
    deviation = deviation - error
    return (np.conjugate(deviation) if a.dtype.kind == "c" else deviation) * scale


general(
    variance,
    vjp={
        "a": lambda g, a, out, axis, ddof, keepdims: deviation_by(
            expanded(g, axis, keepdims, a.ndim), a, out, axis, ddof
        )
    },
    jvp={
        "a": lambda t, a, out, axis, ddof, keepdims: np.real(
            np.sum(deviation_by(t, a, out, axis, ddof), axis=axis, keepdims=bool(keepdims))
        )
    },
)


def spread(a, axis=None, ddof=0, keepdims=False):
    """The everyday `np.std`."""
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims)


def through_root(x, out):
    """``x / (2 out)``, 0 where `out` is."""
    if np.count_nonzero(out) == out.size:
        return x / (2.0 * out)
    flat = values_of(out) == 0
    return np.where(flat, 0.0, x) / np.where(flat, 1.0, 2.0 * out)


general(
    spread,
    vjp={
        "a": lambda g, a, out, axis, ddof, keepdims: deviation_by(
            expanded(through_root(g, out), axis, keepdims, a.ndim), a, out * out, axis, ddof
        )
    },
    jvp={
        "a": lambda t, a, out, axis, ddof, keepdims: through_root(
            np.real(np.sum(deviation_by(t, a, out * out, axis, ddof), axis=axis, keepdims=bool(keepdims))),
            out,
        )
    },
)


def everyday(a, axis, ddof):
    """Whether this is a variance of numbers enough, of which NumPy takes the mean as they are."""
    numbers = a.dtype.char in "fdFD" and a.size > 0 and type(ddof) in (int, float)
    there = type(axis) is not int or -a.ndim <= axis < a.ndim  # else np.mean tells
    return numbers and there and counted(a.shape, axis, None) > ddof


@composite(np.var)
def var(
    a,
    axis=None,
    dtype=None,
    out=None,
    ddof=0,
    keepdims=False,
    *,
    where=True,
    mean=np._NoValue,
    correction=np._NoValue,
):
    if correction is not np._NoValue:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    a = a if hasattr(a, "shape") else np.asarray(a)
    options = {} if where is True else {"where": where}
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        return integral(np.var, a, axis, dtype, out, ddof, keepdims, options, mean)
    plain_call = dtype is None and out is None and not options and (mean is np._NoValue or mean is None)
    if plain_call and everyday(a, axis, ddof):
        return rules[variance](a, axis, ddof, keepdims)
    if dtype is None and a.dtype.kind in "biu":
        dtype = np.dtype(float)
    if mean is np._NoValue or mean is None:
        mean = np.mean(a, axis=axis, dtype=dtype, keepdims=True, **options)
    deviation = a - mean
    squares = (
        np.square(deviation) if a.dtype.kind != "c" else np.square(deviation.real) + np.square(deviation.imag)
    )
    # The sums are in the dtype, and nothing else is: as NumPy does it.
    total = np.sum(squares, axis=axis, dtype=dtype, keepdims=keepdims, **options)
    count = counted(a.shape, axis, where)
    if not isinstance(count, int) and not keepdims:
        count = np.reshape(count, total.shape)
    free = np.maximum(count - ddof, 0)
    result = total / (float(free) if np.ndim(free) == 0 else as_weak(free, total))
    return delivered(result, out, casting="unsafe")  # as NumPy does, into integers too


@composite(np.std)
def std(
    a,
    axis=None,
    dtype=None,
    out=None,
    ddof=0,
    keepdims=False,
    *,
    where=True,
    mean=np._NoValue,
    correction=np._NoValue,
):
    """The derivative for constant data is 0, the element of least norm."""
    plain_call = dtype is None and out is None and where is True and mean is correction is np._NoValue
    if plain_call and hasattr(a, "shape") and everyday(a, axis, ddof):
        return rules[spread](a, axis, ddof, keepdims)
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        options = {} if where is True else {"where": where}
        return integral(np.std, a, axis, dtype, out, ddof, keepdims, options, mean)
    variance = np.var(
        a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction
    )
    flat = np.equal(variance, 0)
    if np.any(flat):
        root = np.where(flat, variance, np.sqrt(np.where(flat, np.ones_like(variance), variance)))
    else:
        root = np.sqrt(variance)
    integers = out is not None and plain(the_one(out)).dtype.kind in "biu"  # which NumPy's root can't be
    return delivered(root, out, casting="same_kind" if integers else "unsafe")
