"""Reductions that leave NaN out, and numbers in the place of NaN and infinities."""

import warnings

import numpy as np

from mygrad.engine.rule import composite
from mygrad.rules.arguments import allowed_by, arraylike, delivered, given, of_dtype, values_of


def filled(a, number):
    """`a` with `number` in the place of NaN, and where that is; None if its dtype has no NaN."""
    a = arraylike(a)
    if a.dtype.kind not in "fc":
        return a, None
    mask = np.isnan(values_of(a))
    return np.where(mask, a.dtype.type(number), a), mask


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


composite(np.nansum)(allowed_by(np.nansum)(_leaving_out(np.sum, 0)))
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


composite(np.nanmax)(allowed_by(np.nanmax)(_extreme(np.max, -np.inf)))
composite(np.nanmin)(allowed_by(np.nanmin)(_extreme(np.min, np.inf)))


def counts(mask, axis, options):
    return np.sum(~mask, axis=axis, dtype=np.intp, **options)


def divided(total, count):
    """0 / 0 is NaN, as NumPy says of the mean of nothing; it warns by itself."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / np.asarray(count).astype(total.real.dtype)


@composite(np.nanmean)
@allowed_by(np.nanmean)
def nanmean(a, axis=None, dtype=None, out=None, keepdims=np._NoValue, *, where=np._NoValue):
    options = given(keepdims=keepdims, where=where)
    a, mask = filled(a, 0)
    if mask is None:
        return np.mean(a, axis=axis, dtype=dtype, out=out, **options)
    count = counts(mask, axis, options)
    if np.any(count == 0):
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=4)
    return delivered(divided(np.sum(a, axis=axis, dtype=dtype, **options), count), out)


@composite(np.nanvar)
@allowed_by(np.nanvar)
def nanvar(
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


@composite(np.nanstd)
@allowed_by(np.nanstd)
def nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=np._NoValue, **kwargs):
    """The derivative for constant data is 0, the element of least norm."""
    variance = np.nanvar(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, **kwargs)
    if out is not None:  # NumPy refuses an array of integers
        np.sqrt(values_of(variance), out=np.empty_like(values_of(out)))
    flat = np.equal(variance, 0)
    root = np.sqrt(np.where(flat, np.ones_like(variance), variance))
    return delivered(np.where(flat, np.zeros_like(root), root), out)


@composite(np.nan_to_num)
@allowed_by(np.nan_to_num)
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
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
