"""Branches not taken: a cotangent of 0 contributes 0, whatever it would be multiplied by.

``0 * inf``, ``0 / 0`` and ``0 * nan`` are NaN. Where a rule is elementwise, the elements with a cotangent of 0
are told at once. Other rules add up what comes from many elements, and only they know which; so they are asked
again, with ordinary numbers in the place of the values that do harm, and then with other ordinary numbers. An
element of the answer that is the same both times doesn't depend on these values: they met zeros alone, and
the answer is the one without them. Where it does depend on them, they are used: inf and NaN stay.
"""

import numpy as np
from numpy import generic, ndarray

from mygrad.engine.node import Saved
from mygrad.engine.record import Handle

__all__ = ["all_finite", "has_nan", "mended", "selected"]


def has_nan(x) -> bool:
    """Whether there is a NaN in `x`, an array, a number or a tensor."""
    if isinstance(x, Handle):
        x = x._value
    if not isinstance(x, (ndarray, generic)):
        return x != x
    if not x.size or x.dtype.kind not in "fc":
        return False
    least = x.item(x.argmin())  # a NaN if there is one
    return least != least


def all_finite(x) -> bool:
    """Whether there is neither inf nor NaN in `x`; numbers so great that their squares overflow count as inf."""
    if isinstance(x, Handle):
        x = x._value
    return not hasattr(x, "dtype") or x.dtype.kind not in "fc" or bool(np.isfinite(np.vdot(x, x)))


def selected(g, c):
    """The contribution `c` of an elementwise rule, 0 where the cotangent `g` is."""
    return np.where(g == 0, np.zeros_like(c), c)


def mended(contributions, saved):
    """The answer of a rule, with what its cotangents of 0 would have contributed left out.

    Parameters
    ----------
    contributions : callable
        The rule, given the values that it remembers: a list of arrays or tensors.
    saved : list
        Those values.
    """
    try:
        given = contributions(saved)
    except np.linalg.LinAlgError:
        given = None  # a matrix without an inverse, though perhaps its result isn't used
    for stand_in, allowed in (_in_place_of_harm, np.isfinite), (_beside, lambda a: a == 0):
        if given is not None and not any(np.isnan(_plain(c)).any() for c in given):
            break
        try:
            first, second = (contributions(_replaced(saved, stand_in, turn)) for turn in (1, 2))
        except np.linalg.LinAlgError:
            continue
        if given is None:
            given = [np.full_like(a, np.nan) for a in first]
        given = [_settled(*three, allowed) for three in zip(given, first, second, strict=True)]
    return contributions(saved) if given is None else given


def _settled(c, first, second, allowed):
    a, b = _plain(first), _plain(second)
    independent = np.isnan(_plain(c)) & (a == b) & allowed(a)
    return np.where(independent, first, c) if independent.any() else c


def _in_place_of_harm(value, turn):
    """Numbers in the place of inf and NaN."""
    harm = ~np.isfinite(_plain(value))
    return np.where(harm, _numbers(value, turn), value) if harm.any() else value


def _beside(value, turn):
    """Numbers close to those of `value`, in the place of all: none is special, such as 0 or equal to another.

    Where not even near the values that are special something arrives, no element that is used has a part in it.
    """
    value = _in_place_of_harm(value, turn)
    size = np.max(np.abs(_plain(value)), initial=0)
    return value + _numbers(value, turn) * (1e-3 * (size or 1.0))


def _numbers(value, turn):
    """Numbers between 1/2 and 3/2 that have nothing to do with one another, others in each turn."""
    ratio = (0.6180339887498949, 0.4142135623730951)[turn - 1]
    numbers = 0.5 + np.arange(1, value.size + 1) * ratio % 1.0
    return numbers.reshape(value.shape).astype(value.real.dtype)


def _replaced(saved, stand_in, turn):
    if type(saved) is Saved:
        value = saved.value
        floats = hasattr(value, "dtype") and value.dtype.kind in "fc"
        return Saved(stand_in(value, turn)) if floats else saved
    if type(saved) in (list, tuple):
        return type(saved)([_replaced(item, stand_in, turn) for item in saved])
    return saved


def _plain(x):
    return x._value if isinstance(x, Handle) else np.asarray(x)
