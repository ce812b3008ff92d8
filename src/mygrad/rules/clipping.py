"""Clipping: the lesser of the upper bound and the greater of the lower bound and the value.

What ties at a bound is shared as it is by ``np.maximum`` and ``np.minimum``.
"""

from functools import lru_cache, partial

import numpy as np

from mygrad.engine.calling import plain, written_to
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


def _inside(a, lower, upper):
    """Whether `a` is a large tensor of real numbers, and none of them is one of the bounds."""
    numbers = type(lower) in (int, float) and type(upper) in (int, float) and lower < upper
    large = numbers and isinstance(a, Handle) and a.size > MANY and a.dtype.kind == "f"
    return large and differ(plain(a), lower) and differ(plain(a), upper)


@composite(np.clip, uses_last=True)
def clip(a, a_min=np._NoValue, a_max=np._NoValue, out=None, *, min=np._NoValue, max=np._NoValue, **kwargs):
    """At a bound the value and the bound tie: the value gets half of the cotangent."""
    low = [bound for bound in (a_min, min) if bound is not np._NoValue]
    high = [bound for bound in (a_max, max) if bound is not np._NoValue]
    if len(low) > 1 or len(high) > 1 or (a_min is np._NoValue) != (a_max is np._NoValue):
        raise ValueError(
            "Give the bounds as a_min and a_max, or as min= and max=; not as both, and not half of them."
        )
    lower, upper = low[0] if low else None, high[0] if high else None
    if lower is None and upper is None:
        result = np.positive(a, **kwargs)
        return written_to(out, result)
    if lower is None:
        return np.minimum(a, upper, out=out, **kwargs)
    if upper is None:
        return np.maximum(a, lower, out=out, **kwargs)
    if out is None and not kwargs:
        if _inside(a, lower, upper):
            return between(lower, upper).record(a)
        operands = [x if isinstance(x, Handle) else as_operand(x) for x in (a, lower, upper)]
        if any(isinstance(x, Handle) for x in operands):
            return _clip.record(*operands)
    return np.minimum(np.maximum(a, lower, **kwargs), upper, out=out, **kwargs)
