"""Clipping: the lesser of the upper bound and the greater of the lower bound and the value.

What ties at a bound is shared as it is by ``np.maximum`` and ``np.minimum``.
"""

from functools import lru_cache, partial

import numpy as np

from mygrad.engine.calling import written_to
from mygrad.engine.indexing import only_where
from mygrad.engine.record import MANY, Handle, as_operand, differ
from mygrad.engine.rule import Elementwise, composite
from mygrad.rules.extrema import choose

taken = partial(choose, nan_wins=True)


def clipped(a, low, high):
    return np.minimum(np.maximum(a, low), high)


def of_greater(g, m, high):
    """What the greater of the value and the lower bound gets."""
    return taken(g, m < high, m > high, m, high)


def of_value(g, a, low, high):
    inside, outside = (a > low) & (a < high), (a < low) | (a > high)
    if np.count_nonzero(inside) + np.count_nonzero(outside) == inside.size:  # no tie, and no NaN
        return only_where(inside, g)
    return taken(of_greater(g, np.maximum(a, low), high), a > low, a < low, a, low)


def of_low(g, a, low, high):
    return taken(of_greater(g, np.maximum(a, low), high), low > a, low < a, low, a)


def of_high(g, a, low, high):
    m = np.maximum(a, low)
    return taken(g, high < m, high > m, high, m)


_clip = Elementwise(clipped, ("a", "low", "high"), {"a": of_value, "low": of_low, "high": of_high})


@lru_cache(256)
def between(low, high):
    """The rule of `np.clip` to two numbers, where no element is equal to one of them."""

    def clip(x):
        return np.clip(x, low, high)

    return Elementwise(clip, ("x",), {"x": lambda g, out: only_where((out != low) & (out != high), g)})


def _is_number(x):
    return type(x) is float or type(x) is int


def _are_inside(values, lower, upper):
    """Whether there are many numbers, and none is one of the bounds."""
    many = values.size > MANY and values.dtype.kind == "f" and lower < upper
    return many and differ(values, lower) and differ(values, upper)


GIVEN_TWICE = "Give the bounds as a_min and a_max, or as min= and max=; not as both, and not half of them."


@composite(np.clip, uses_last=True)
def clip(a, a_min=np._NoValue, a_max=np._NoValue, out=None, *, min=np._NoValue, max=np._NoValue, **kwargs):
    """At a bound the value and the bound tie: the value gets half of the cotangent."""
    missing = np._NoValue
    if (a_min is missing) != (a_max is missing):
        raise ValueError(GIVEN_TWICE)
    if a_min is missing:
        lower, upper = None if min is missing else min, None if max is missing else max
    elif min is missing and max is missing:
        lower, upper = a_min, a_max
    else:
        raise ValueError(GIVEN_TWICE)
    if lower is None and upper is None:
        return written_to(out, np.positive(a, **kwargs))
    if lower is None:
        return np.minimum(a, upper, out=out, **kwargs)
    if upper is None:
        return np.maximum(a, lower, out=out, **kwargs)
    if out is not None or kwargs:
        return np.minimum(np.maximum(a, lower, **kwargs), upper, out=out, **kwargs)
    if isinstance(a, Handle) and _is_number(lower) and _is_number(upper):
        if _are_inside(a._value, lower, upper):
            return between(lower, upper).record(a)
        return _clip.record(a, lower, upper)
    operands = [x if isinstance(x, Handle) else as_operand(x) for x in (a, lower, upper)]
    return _clip.record(*operands)
