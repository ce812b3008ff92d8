"""Branches not taken: a cotangent of 0 contributes 0, whatever it would be multiplied by.

``0 * inf``, ``0 / 0`` and ``0 * nan`` are NaN. Where a rule is elementwise, the elements with a cotangent of
0 are told at once. Other rules add up what comes from many elements, and only they know which. So they are
asked again, with ordinary numbers in the place of the values that do harm, and then with other ordinary
numbers. An element of the answer that is the same both times doesn't depend on these values: they met zeros
alone, and the answer is the one without them. Where it does depend on them, they are used: inf and NaN stay.
"""

import numpy as np
from numpy import ndarray
from numpy.linalg import LinAlgError

from mygrad.engine.indexing import only_where
from mygrad.engine.node import Saved, new_cell
from mygrad.engine.record import Handle

__all__ = ["all_finite", "has_nan", "mended", "selected"]


def has_nan(x) -> bool:
    """Whether there is a NaN in `x`, an array, a number or a tensor."""
    if isinstance(x, Handle):
        x = x._value
    if isinstance(x, ndarray):
        if not x.size or x.dtype.kind not in "fc":
            return False
        x = x.item(x.argmin()) if x.ndim else x.item()  # the least is a NaN if there is one
    return x != x


def all_finite(x) -> bool:
    """Whether there is neither inf nor NaN in `x`; numbers whose squares overflow count as infinite."""
    if isinstance(x, Handle):
        x = x._value
    return not hasattr(x, "dtype") or x.dtype.kind not in "fc" or bool(np.isfinite(np.vdot(x, x)))


def selected(g, c):
    """The contribution `c` of an elementwise rule, 0 where the cotangent `g` is."""
    return only_where(g != 0, c)


def mended(contributions, saved):
    """The answer of a rule, with what its cotangents of 0 would have contributed left out.

    Parameters
    ----------
    contributions : callable
        The rule, given the values that it remembers: a list of arrays or tensors.
    saved : list
        Those values.

    Raises
    ------
    LinAlgError
        If the rule does, for a matrix whose result is used.
    """
    given = failure = None
    try:
        given = contributions(saved)
    except LinAlgError as error:
        failure = error
    if given is not None and not any(map(has_nan, given)):
        return given
    # Close to the values, where none is 0 or equal to another by chance, a cotangent of 0 alone can hide what
    # stands in the place of inf and NaN.
    first, second = (
        contributions(_replaced(saved, lambda x, turn=turn: _beside(_finite(x, turn)))) for turn in (1, 2)
    )
    try:
        without = contributions(_replaced(saved, lambda x: _finite(x, 1)))
    except LinAlgError:
        without = [np.full_like(_plain(c), np.nan) for c in first]
    if given is None:
        given = without
    settled = [_settled(*four) for four in zip(given, without, first, second, strict=True)]
    if failure is not None and any(map(has_nan, settled)):
        raise failure
    return settled


def _settled(given, without, first, second):
    a, b = _plain(first), _plain(second)
    undefined = np.isnan(_plain(given))
    independent = undefined & (a == b) & np.isfinite(_plain(without))
    if independent.any():
        given = np.where(independent, without, given)
        undefined &= ~independent
    # Where the finite values do harm, such as a singular matrix: not even close to them anything arrives.
    unreached = undefined & (a == 0) & (b == 0)
    return np.where(unreached, np.zeros_like(given), given) if unreached.any() else given


def _finite(value, turn):
    """`value` with numbers in the place of inf and NaN."""
    harm = ~np.isfinite(_plain(value))
    return np.where(harm, _numbers(value, turn), value) if harm.any() else value


def _beside(value):
    """Numbers close to `value`, which is finite."""
    size = np.max(np.abs(_plain(value)), initial=0)
    return _plain(value) + _numbers(value, 3) * (1e-3 * (size or 1.0))


def _numbers(value, turn):
    """Numbers between 1/2 and 3/2 that have nothing to do with one another, others in each turn."""
    ratio = (0.6180339887498949, 0.4142135623730951, 0.7320508075688772)[turn - 1]
    # Squares: of multiples, three side by side differ from their mean by the same in each turn.
    numbers = 0.5 + np.arange(1, value.size + 1) ** 2 * ratio % 1.0
    return numbers.reshape(value.shape).astype(value.real.dtype)


def _replaced(saved, stand_in):
    if type(saved) is Saved:
        value = saved.value
        floats = hasattr(value, "dtype") and value.dtype.kind in "fc"
        return new_cell(stand_in(value)) if floats else saved
    if type(saved) in (list, tuple):
        return type(saved)([_replaced(item, stand_in) for item in saved])
    return saved


def _plain(x):
    return x._value if isinstance(x, Handle) else np.asarray(x)
