"""Exponentials and logarithms.

Each rule is elementwise: the one expression in ``g`` is both the VJP and the JVP.
"""

import math

import numpy as np

from mygrad.engine.mending import has_nan
from mygrad.engine.record import Handle
from mygrad.engine.rule import elementwise

LN2 = math.log(2.0)
LOG2E = 1.0 / LN2
LOG10E = math.log10(math.e)

elementwise(np.exp, x=lambda g, out: g * out)
elementwise(np.exp2, x=lambda g, out: g * out * LN2)

# Not out + 1, which has no correct digit left where exp(x) is small against 1.
elementwise(np.expm1, x=lambda g, x: g * np.exp(x))

AT_ZERO = "inf at 0. At negative numbers, where the value is NaN, the number that the formula gives."

# For negative x the formula's number stays: the loss says NaN already.
elementwise(
    np.log,
    x=lambda g, x: g / x,
    note=AT_ZERO,
)
elementwise(
    np.log2,
    x=lambda g, x: g * LOG2E / x,
    note=AT_ZERO,
)
elementwise(
    np.log10,
    x=lambda g, x: g * LOG10E / x,
    note=AT_ZERO,
)
elementwise(
    np.log1p,
    x=lambda g, x: g / (1.0 + x),
    note="inf at -1. Below, where the value is NaN, the number that the formula gives.",
)


# The partials of logaddexp are the weights of a softmax of two. They are taken from the difference: x - out
# has lost the digits that large numbers have before the point.


def weight(x, y, exp, logaddexp):
    """``exp(x) / (exp(x) + exp(y))``; of infinite ones the greater has all of it, equals have half each."""
    ratio = exp(y - x)
    # So that no derivative of this overflows.
    if isinstance(ratio, Handle) and (ratio > float(np.finfo(ratio.dtype).max) ** 0.25).any():
        share = exp(-logaddexp(0.0, y - x))
    else:
        share = 1.0 / (1.0 + ratio)
    if has_nan(share):  # of inf - inf
        share = np.where((x == y) & np.isinf(x), 0.5, share)
    return share


INFINITE = "Of infinite numbers the greater has all of the derivative; equal ones have half each."

elementwise(
    np.logaddexp,
    x=lambda g, x, y: g * weight(x, y, np.exp, np.logaddexp),
    y=lambda g, y, x: g * weight(y, x, np.exp, np.logaddexp),
    note=INFINITE,
)
elementwise(
    np.logaddexp2,
    x=lambda g, x, y: g * weight(x, y, np.exp2, np.logaddexp2),
    y=lambda g, y, x: g * weight(y, x, np.exp2, np.logaddexp2),
    note=INFINITE,
)
