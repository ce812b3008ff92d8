"""Running sums and products."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from mygrad.engine.calling import plain
from mygrad.engine.function import general, linear
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules
from mygrad.engine.views import make_over
from mygrad.rules.arguments import arraylike, values_of
from mygrad.rules.reductions import ordinary


def backward_sum(g, axis):
    """For each element the sum of `g` from there on."""
    if type(g) is np.ndarray and g.ndim:
        reverse = (slice(None),) * (axis % g.ndim) + (slice(None, None, -1),)
        out = np.empty(g.shape, g.dtype)  # a view of the sums in reverse would have to be copied later
        g[reverse].cumsum(axis, out=out[reverse])
        return out
    return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


def cumsum_vjp(g, a_shape, axis):
    if axis is None:
        return np.reshape(backward_sum(g, 0), a_shape)
    return backward_sum(g, axis)


linear(np.cumsum, method=np.ndarray.cumsum, a=cumsum_vjp)


def as_multiplied(a, dtype):
    """`a` without the imaginary part, if ``dtype=`` leaves that out."""
    return np.real(a) if dtype is not None and np.dtype(dtype).kind != "c" else a


def cumprod_jvp(t, a, axis, dtype):
    """A step of ``p[i] = p[i-1] * a[i]`` is linear: solved by doubling, without a division, so that zeros do
    no harm."""
    a, t = as_multiplied(a, dtype), as_multiplied(t, dtype)
    shape = (a.size,) if axis is None else a.shape
    if axis is None or a.ndim == 0:
        a, t, axis = np.ravel(a), np.ravel(t), 0
    p, s = np.moveaxis(a, axis, 0), np.moveaxis(t, axis, 0)
    n, step = p.shape[0], 1
    while step < n:
        s = np.concatenate([s[:step], s[step:] * p[:-step] + p[step:] * s[:-step]])
        p = np.concatenate([p[:step], p[step:] * p[:-step]])
        step *= 2
    return np.reshape(np.moveaxis(s, 0, axis), shape)


def divisible(a, out, axis):
    """Whether products leave nothing out of the range.

    A rule that is mended is given other numbers for inf and NaN, each for itself. What doesn't depend on them
    is told by being the same for any, and a division would round that away.
    """
    if not ordinary(out):
        return False
    product, last = values_of(np.prod(values_of(a), axis)), np.take(values_of(out), -1, axis)
    return bool((abs(product - last) <= 1e-5 * abs(last)).all())


def cumprod_vjp(g, a, out, axis, dtype):
    """The transpose of the recurrence ``p[i] = p[i-1] * a[i]``: ``c[i] = g[i] + a[i+1] * c[i+1]``, by
    doubling; or by a division, if no product is 0 or leaves the range."""
    a = as_multiplied(a, dtype)
    shape = a.shape
    if a.size and divisible(a, out, axis) and ordinary(products := g * out, g):
        return np.reshape(backward_sum(products, 0 if axis is None else axis), shape) / a
    if axis is None or a.ndim == 0:
        a, g, axis = np.ravel(a), np.ravel(g), 0
    x, c = np.moveaxis(a, axis, 0), np.moveaxis(g, axis, 0)
    n = x.shape[0]
    if n == 0:
        return np.reshape(np.zeros_like(a), shape)
    # c[i] = sum over k >= i of g[k] * a[i+1] ... a[k]; factors f[i] = a[i+1] * ... * a[i+step].
    f, step = x[1:], 1
    while step < n:
        head = c[:-step] + f[: n - step] * c[step:]
        c = np.concatenate([head, c[-step:]])
        if f.shape[0] > step:
            f = f[:-step] * f[step:]
        else:
            f = f[:0]
        step *= 2
    before = np.concatenate([np.ones_like(x[:1]), np.cumprod(x, axis=0)[:-1]])
    return np.reshape(np.moveaxis(before * c, 0, axis), shape)


general(np.cumprod, method=np.ndarray.cumprod, vjp={"a": cumprod_vjp}, jvp={"a": cumprod_jvp})


def _accumulation(ufunc, function):
    def accumulate(array, axis=0, dtype=None, out=None):
        if not isinstance(axis, int):  # running sums of all elements have no axis; NumPy's method refuses
            values = ufunc.accumulate(plain(array), axis=axis)
            (axis,) = axis if isinstance(axis, tuple) else (axis,)
            axis = axis if values.ndim else None
        if isinstance(out, tuple):
            (out,) = out
        return rules[function](array, axis=axis, dtype=dtype, **({} if out is None else {"out": out}))

    return accumulate


composite((np.add, "accumulate"))(_accumulation(np.add, np.cumsum))
composite((np.multiply, "accumulate"))(_accumulation(np.multiply, np.cumprod))


def _cumulative(function, start):
    def cumulative(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
        x = np.atleast_1d(arraylike(x))
        if axis is None:
            if x.ndim > 1:
                raise ValueError(
                    "For arrays which have more than one dimension ``axis`` argument is required."
                )
            axis = 0
        if not include_initial:
            options = {} if out is None else {"out": out}
            return rules[function](x, axis=axis, dtype=dtype, **options)
        before = (slice(None),) * normalize_axis_index(axis, x.ndim)
        if out is not None:
            out = out if isinstance(out, Handle) else make_over(out)
            rules[function](x, axis=axis, dtype=dtype, out=out[(*before, slice(1, None))])
            out[(*before, 0)] = start
            return out
        result = rules[function](x, axis=axis, dtype=dtype)
        shape = [1 if i == len(before) else n for i, n in enumerate(x.shape)]
        return np.concatenate([np.full_like(result.data, start, shape=shape), result], axis=axis)

    return cumulative


if hasattr(np, "cumulative_sum"):  # NumPy 2.1
    composite(np.cumulative_sum)(_cumulative(np.cumsum, 0))
    composite(np.cumulative_prod)(_cumulative(np.cumprod, 1))
