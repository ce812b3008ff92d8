"""Piecewise linear interpolation, and angles without jumps."""

import numpy as np

from mygrad.engine.calling import plain, with_value
from mygrad.engine.function import general
from mygrad.engine.indexing import only_where
from mygrad.engine.record import FLOAT64, MANY, Handle
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, of_dtype, values_of


def before_and_after(x, xp):
    """Where `x` lies outside."""
    at, knots = values_of(x), values_of(xp)
    return at < knots[0], at > knots[-1]


def knots_before(x, xp, known=None):
    """The place of the knot before each `x`, of those that have a knot after them."""
    if known is not None:
        return known
    knots = values_of(xp)
    return np.minimum(np.maximum(knots.searchsorted(values_of(x), "right") - 1, 0), knots.size - 2)


def ways(x, xp, i):
    """How far each `x` is on the way from one knot to the next: 0 before the first and 1 after the last."""
    before, after = before_and_after(x, xp)
    start = xp[i]
    way = (x - start) / (xp[i + 1] - start)
    outside = before | after
    return np.where(outside, after * 1.0, way) if np.count_nonzero(outside) else way


def by_slope(g, x, xp, fp, i):
    """`g` by the slope of the line that `x` lies on."""
    c = g * ((fp[i + 1] - fp[i]) / (xp[i + 1] - xp[i]))
    before, after = before_and_after(x, xp)
    outside = before | after
    return only_where(~outside, c) if np.count_nonzero(outside) else c


def onto(i, c, n):
    """The sums of `c` at each of `n` places."""
    i, c = i.reshape(-1), c.reshape(-1)
    if c.dtype.kind == "c":
        return np.bincount(i, np.real(c), n) + 1j * np.bincount(i, np.imag(c), n)
    return np.bincount(i, c, n)


def between(g, x, xp, i):
    """The knots on both sides of `x` share `g`."""
    near = g * ways(x, xp, i)
    return onto(i, g - near, len(xp)) + onto(i + 1, near, len(xp))


def x_vjp(g, x, xp, fp, known):
    return by_slope(g, x, xp, fp, knots_before(x, xp, known))


def xp_vjp(g, x, xp, fp, known):
    i = knots_before(x, xp, known)
    return -between(by_slope(g, x, xp, fp, i), x, xp, i)


def fp_vjp(g, x, xp, left_shape, right_shape, known):
    """Outside it is the values at the ends, where none was given."""
    for shape, there in zip((left_shape, right_shape), before_and_after(x, xp), strict=True):
        g = g if shape is None else only_where(~there, g)
    return between(g, x, xp, knots_before(x, xp, known))


def interpolated(x, xp, fp, left=None, right=None, known=None):
    """``np.interp`` with two knots at least, of which those before each `x` may be known."""
    return np.interp(x, xp, fp, left, right)


general(
    interpolated,
    vjp={
        "x": x_vjp,
        "xp": xp_vjp,
        "fp": fp_vjp,
        "left": lambda g, x, xp: only_where(before_and_after(x, xp)[0], g),
        "right": lambda g, x, xp: only_where(before_and_after(x, xp)[1], g),
    },
    jvp={
        "x": lambda t, x, xp, fp, known: x_vjp(t, x, xp, fp, known),
        "xp": lambda t, x, xp, fp, known: x_vjp(-np.interp(x, xp, t), x, xp, fp, known),
        "fp": lambda t, x, xp, left_shape, right_shape: np.interp(
            x, xp, t, *[None if shape is None else 0.0 for shape in (left_shape, right_shape)]
        ),
        "left": lambda t, x, xp: only_where(before_and_after(x, xp)[0], t),
        "right": lambda t, x, xp: only_where(before_and_after(x, xp)[1], t),
    },
)


def double_of(a):
    return np.dtype(complex if a.dtype.kind == "c" else float)


def doubled(a):
    """`a` in double precision, unless digits would be lost: then NumPy tells."""
    a = arraylike(a)
    if a.dtype is FLOAT64 or not np.can_cast(a.dtype, double_of(a)):
        return a
    return of_dtype(a, double_of(a))


@composite(np.interp)
def interp(x, xp, fp, left=None, right=None, period=None):
    """At a knot the derivative in `x` is the slope to its right, at the last one the slope to its left."""
    if period is not None:
        np.interp(*map(values_of, (x, xp, fp)), period=plain(period))  # with its exceptions
        period, left, right = np.abs(period), None, None
        x, xp, fp = map(arraylike, (x, xp, fp))
        x, xp, fp = of_dtype(x, float), of_dtype(xp, float), of_dtype(fp, double_of(fp))
        x, xp = x % period, xp % period
        order = np.argsort(values_of(xp))
        xp, fp = xp[order], fp[order]
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    x, xp, fp = doubled(x), doubled(xp), doubled(fp)
    ends = [] if left is None and right is None else [left, right]
    if len(xp) != 1:
        if np.size(x) > MANY and sum(isinstance(value, Handle) for value in (x, xp, fp)) > 1:
            return rules[interpolated](x, xp, fp, left, right, knots_before(x, xp))  # for all that ask
        return rules[interpolated](x, xp, fp, *ends)
    before, after = before_and_after(x, xp)
    inside = np.where(True, fp[0], x)  # which has a derivative of 0 in `x`, and not none
    outside = [fp[0] if end is None else arraylike(end) for end in (left, right)]
    result = np.where(before, outside[0], np.where(after, outside[1], inside))
    return with_value(np.interp(*map(values_of, (x, xp, fp)), *map(plain, ends)), result)


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
