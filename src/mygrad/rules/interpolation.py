"""Piecewise linear interpolation, and angles without jumps."""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.rule import composite
from mygrad.rules.arguments import allowed_by, arraylike, of_dtype, values_of


def safely(a, dtype):
    """`a` cast to `dtype`, if no digits are lost."""
    if not np.can_cast(a.dtype, dtype, casting="safe"):
        raise TypeError(f"Cannot cast array data from {a.dtype!r} to {dtype!r} according to the rule 'safe'")
    return of_dtype(a, dtype)


@composite(np.interp)
@allowed_by(np.interp)
def interp(x, xp, fp, left=None, right=None, period=None):
    """At a knot the derivative in `x` is the slope to its right, at the last one the slope to its left."""
    x, xp, fp = arraylike(x), arraylike(xp), arraylike(fp)
    convert = of_dtype if period is not None else safely
    x, xp = convert(x, np.dtype(float)), convert(xp, np.dtype(float))
    fp = convert(fp, np.dtype(complex if fp.dtype.kind == "c" else float))
    if xp.ndim != 1 or fp.ndim != 1:
        raise ValueError("Data points must be 1-D sequences")
    if xp.shape != fp.shape:
        raise ValueError("fp and xp are not of the same length")
    if not xp.size:
        raise ValueError("array of sample points is empty")
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        period, left, right = np.abs(period), None, None
        x, xp = x % period, xp % period
        order = np.argsort(values_of(xp))
        xp, fp = xp[order], fp[order]
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    at, knots = values_of(x), values_of(xp)
    if knots.size == 1:
        inside = np.broadcast_to(fp[0], x.shape)
    else:
        i = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, knots.size - 2)
        j = i + (at == knots[-1])  # the value at the last knot is exactly its own
        inside = (np.diff(fp) / np.diff(xp))[i] * (x - xp[j]) + fp[j]
    before, after = (fp[k] if end is None else arraylike(end) for k, end in ((0, left), (-1, right)))
    return np.where(at < knots[0], before, np.where(at > knots[-1], after, inside))


def turns(p, period, out):
    """How many periods were added."""
    return np.rint((values_of(out) - values_of(p)) / values_of(period))


# What is added to make the angles continuous are whole periods, as many between jumps.
general(
    np.unwrap,
    vjp={"p": lambda g: g, "period": lambda g, p, period, out: g * turns(p, period, out)},
    jvp={"p": lambda t: t, "period": lambda t, p, period, out: t * turns(p, period, out)},
)


@composite(np.angle)
def angle(z, deg=False):
    z = arraylike(z)
    result = np.arctan2(np.imag(z), np.real(z)) if z.dtype.kind == "c" else np.arctan2(0, z)
    return result * (180.0 / np.pi) if deg else result


@composite(np.real_if_close)
def real_if_close(a, tol=100):
    a = arraylike(a)
    return np.real(a) if np.isrealobj(np.real_if_close(values_of(a), tol)) else a
