"""Reductions that leave NaN out, and numbers in the place of NaN and infinities."""

import functools
import warnings

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.function import general
from mygrad.engine.indexing import only_where
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import allowed_by, arraylike, delivered, given, of_dtype, values_of
from mygrad.rules.products import conjugated
from mygrad.rules.reductions import expanded, reduced
from mygrad.rules.statistics import through_root


def filled(a, number):
    """`a` with `number` in the place of NaN, and where that is; None if its dtype has no NaN."""
    a = arraylike(a)
    if a.dtype.kind not in "fc":
        return a, None
    mask = np.isnan(values_of(a))
    return np.where(mask, a.dtype.type(number), a), mask


def there(a):
    """Where there is a number: what equals itself."""
    a = plain(a)
    return a == a


def counted(a, axis):
    """How many numbers there are for each result, 1 at least, in the precision of `a`."""
    return np.maximum(there(a).sum(axis, keepdims=True), 1).astype(a.real.dtype)


def everyday(function, composed):
    """The rule of `function` for arrays that can hold NaN, with little else asked for; else what is
    composed."""

    @functools.wraps(composed)
    def called(a, *args, **kwargs):
        little = len(args) < 2 and kwargs.keys() <= {"axis", "keepdims", "ddof"}
        little = little and kwargs.get("keepdims") is not np._NoValue
        if little and hasattr(a, "dtype") and a.dtype.kind in "fc":
            return rules[function](a, *args, **kwargs)
        return composed(a, *args, **kwargs)

    return called


def _leaving_out(function, number):
    def reduction(
        a, axis=None, dtype=None, out=None, keepdims=np._NoValue, initial=np._NoValue, where=np._NoValue
    ):
        a, _ = filled(a, number)
        return delivered(
            function(a, axis=axis, dtype=dtype, **given(keepdims=keepdims, initial=initial, where=where)), out
        )

    return reduction


def _running(function, number):
    def scan(a, axis=None, dtype=None, out=None):
        return delivered(function(filled(a, number)[0], axis=axis, dtype=dtype), out)

    return scan


general(
    np.nansum,
    vjp={"a": lambda g, a, axis, keepdims: only_where(there(a), expanded(g, axis, keepdims, a.ndim))},
    jvp={
        "a": lambda t, a, axis, keepdims: np.sum(only_where(there(a), t), axis=axis, keepdims=bool(keepdims))
    },
    selects=True,
)
composite(np.nansum)(everyday(np.nansum, allowed_by(np.nansum)(_leaving_out(np.sum, 0))))
composite(np.nanprod)(allowed_by(np.nanprod)(_leaving_out(np.prod, 1)))
composite(np.nancumsum)(allowed_by(np.nancumsum)(_running(np.cumsum, 0)))
composite(np.nancumprod)(allowed_by(np.nancumprod)(_running(np.cumprod, 1)))


def _extreme(function, number):
    def extreme(a, axis=None, out=None, keepdims=np._NoValue, initial=np._NoValue, where=np._NoValue):
        a, mask = filled(a, number)
        result = function(a, axis=axis, **given(keepdims=keepdims, initial=initial, where=where))
        if mask is not None and initial is np._NoValue:
            empty = np.all(mask, axis=axis, **given(keepdims=keepdims, where=where))
            if np.any(empty):
                warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=4)
                result = np.where(empty, result.dtype.type(np.nan), result)
        return delivered(result, out)

    return extreme


def found_in(a, out, axis, keepdims):
    """Which elements are the extreme, and how many are for each result: none where there is no number."""
    chosen = plain(a) == expanded(plain(out), axis, keepdims, a.ndim)
    return chosen, np.maximum(chosen.sum(axis, keepdims=True), 1).astype(a.real.dtype)


def extreme_vjp(g, a, out, axis, keepdims):
    chosen, count = found_in(a, out, axis, keepdims)
    return only_where(chosen, expanded(g, axis, keepdims, a.ndim) / count)


def extreme_jvp(t, a, out, axis, keepdims):
    chosen, count = found_in(a, out, axis, keepdims)
    return reduced(np.sum(only_where(chosen, t), axis=axis, keepdims=True) / count, axis, keepdims)


for _function, _complete, _number in ((np.nanmax, np.max, -np.inf), (np.nanmin, np.min, np.inf)):
    general(_function, vjp={"a": extreme_vjp}, jvp={"a": extreme_jvp}, selects=True)
    composite(_function)(everyday(_function, allowed_by(_function)(_extreme(_complete, _number))))


def counts(mask, axis, options):
    return np.sum(~mask, axis=axis, dtype=np.intp, **options)


def divided(total, count):
    """0 / 0 is NaN, as NumPy says of the mean of nothing; it warns by itself."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / np.asarray(count).astype(total.real.dtype)


def mean_jvp(t, a, axis, keepdims):
    total = np.sum(only_where(there(a), t), axis=axis, keepdims=True)
    return reduced(total / counted(a, axis), axis, keepdims)


general(
    np.nanmean,
    vjp={
        "a": lambda g, a, axis, keepdims: only_where(
            there(a), expanded(g, axis, keepdims, a.ndim) / counted(a, axis)
        )
    },
    jvp={"a": mean_jvp},
    selects=True,
)


@allowed_by(np.nanmean)
def any_nanmean(a, axis=None, dtype=None, out=None, keepdims=np._NoValue, *, where=np._NoValue):
    options = given(keepdims=keepdims, where=where)
    a, mask = filled(a, 0)
    if mask is None:
        return np.mean(a, axis=axis, dtype=dtype, out=out, **options)
    count = counts(mask, axis, options)
    if np.any(count == 0):
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=4)
    return delivered(divided(np.sum(a, axis=axis, dtype=dtype, **options), count), out)


composite(np.nanmean)(everyday(np.nanmean, any_nanmean))


def deviation_by(factor, a, axis, ddof):
    """``2 conj(a - mean) / n`` of the numbers, times a factor that broadcasts against it; 0 where there are
    too few."""
    numbers, count = there(a), counted(a, axis)
    free = numbers.sum(axis, keepdims=True) - ddof
    scale = np.where(free > 0, factor * (2.0 / np.where(free > 0, free, 1)).astype(a.real.dtype), 0.0)
    x = only_where(numbers, a)
    for _ in range(2):  # of the mean, which is rounded as a large number is, and of what is left
        x = only_where(numbers, x - np.sum(x, axis=axis, keepdims=True) / count)
    return conjugated(x) * scale


def spread_vjp(root):
    def vjp(g, a, out, axis, ddof, keepdims):
        factor = through_root(g, out) if root else g
        return deviation_by(expanded(factor, axis, keepdims, a.ndim), a, axis, ddof)

    return vjp


def spread_jvp(root):
    def jvp(t, a, out, axis, ddof, keepdims):
        moved = np.real(
            np.sum(deviation_by(only_where(there(a), t), a, axis, ddof), axis=axis, keepdims=bool(keepdims))
        )
        return through_root(moved, out) if root else moved

    return jvp


for _function in (np.nanvar, np.nanstd):
    _root = _function is np.nanstd
    general(_function, vjp={"a": spread_vjp(_root)}, jvp={"a": spread_jvp(_root)})


@allowed_by(np.nanvar)
def any_nanvar(
    a, axis=None, dtype=None, out=None, ddof=0, keepdims=np._NoValue, *,
    where=np._NoValue, mean=np._NoValue, correction=np._NoValue,
):  # fmt: skip
    a, mask = filled(a, 0)
    options = given(where=where)
    if mask is None:
        more = given(keepdims=keepdims, mean=mean, correction=correction)
        return np.var(a, axis=axis, dtype=dtype, out=out, ddof=ddof, **options, **more)
    if correction is not np._NoValue:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    if mean is np._NoValue:
        mean = divided(
            np.sum(a, axis=axis, dtype=dtype, keepdims=True, **options),
            counts(mask, axis, {**options, "keepdims": True}),
        )
    deviation = of_dtype(a - mean, a.dtype)  # NumPy does it in place
    deviation = np.where(mask, np.zeros_like(deviation), deviation)
    squares = (
        np.square(deviation)
        if deviation.dtype.kind != "c"
        else np.square(deviation.real) + np.square(deviation.imag)
    )
    options = {**options, **given(keepdims=keepdims)}
    free = counts(mask, axis, options) - ddof
    result = divided(np.sum(squares, axis=axis, dtype=dtype, **options), free)
    if np.any(free <= 0):
        warnings.warn("Degrees of freedom <= 0 for slice.", RuntimeWarning, stacklevel=4)
        result = np.where(free <= 0, result.dtype.type(np.nan), result)
    return delivered(result, out)


@allowed_by(np.nanstd)
def any_nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=np._NoValue, **kwargs):
    """The derivative for constant data is 0, the element of least norm."""
    variance = np.nanvar(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, **kwargs)
    if out is not None:  # NumPy refuses an array of integers
        np.sqrt(values_of(variance), out=np.empty_like(values_of(out)))
    flat = np.equal(variance, 0)
    root = np.sqrt(np.where(flat, np.ones_like(variance), variance))
    return delivered(np.where(flat, np.zeros_like(root), root), out)


composite(np.nanvar)(everyday(np.nanvar, any_nanvar))
composite(np.nanstd)(everyday(np.nanstd, any_nanstd))


def where_finite(g, x):
    return only_where(np.isfinite(plain(x)), g)


general(
    np.nan_to_num,
    vjp={"x": where_finite},
    jvp={"x": lambda t, x: where_finite(t, x)},
    selects=True,
)


@composite(np.nan_to_num)
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    x, numbers = arraylike(x), (nan, posinf, neginf)
    if copy is True and x.dtype.kind == "f" and {float, int, type(None)}.issuperset(map(type, numbers)):
        return rules[np.nan_to_num](x, copy, *numbers)
    return any_nan_to_num(x, copy, *numbers)


@allowed_by(np.nan_to_num)
def any_nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    x = arraylike(x)
    if x.dtype.kind not in "fc":
        return np.copy(x) if copy else x
    limits = np.finfo(x.dtype)
    x = np.copy(x) if copy else x
    for part in (x.real, x.imag) if x.dtype.kind == "c" else (x,):
        values = values_of(part)
        places = np.isnan(values), np.isposinf(values), np.isneginf(values)
        numbers = nan, limits.max if posinf is None else posinf, limits.min if neginf is None else neginf
        for place, number in zip(places, numbers, strict=True):
            if place.any():
                np.copyto(part, number, where=place)
    return x
