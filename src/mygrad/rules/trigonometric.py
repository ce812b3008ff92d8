"""Trigonometric and hyperbolic functions, and their inverses.

Each rule is elementwise: the one expression in ``g`` is both the VJP and the JVP. At the ends of their
domains the inverse functions have infinite partials: ``arcsin``, ``arccos`` and ``arctanh`` at -1 and 1,
``arccosh`` at 1.
"""

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.rule import elementwise
from mygrad.rules.arithmetic import is_complex

# Trigonometric functions

elementwise(np.sin, x=lambda g, x: g * np.cos(x))
elementwise(np.cos, x=lambda g, x: -g * np.sin(x))
elementwise(np.tan, x=lambda g, out: g * (1.0 + out * out))


def root_of_one_minus_square(x):
    """``sqrt(1 - x**2)``: every digit near -1 and 1; for complex x the root on its side of the cut."""
    if is_complex(x):
        return np.sqrt(-(x - 1.0)) * np.sqrt(x - -1.0)
    return np.sqrt((1.0 - x) * (1.0 + x))


elementwise(
    np.arcsin,
    x=lambda g, x: g / root_of_one_minus_square(x),
    note="inf at -1 and 1; NaN beyond, as the value is.",
)
elementwise(
    np.arccos,
    x=lambda g, x: -g / root_of_one_minus_square(x),
    note="-inf at -1 and 1; NaN beyond, as the value is.",
)
elementwise(np.arctan, x=lambda g, x: g / (1.0 + x * x))


def arctan2(g, x, y):
    """``g * y / (x**2 + y**2)``, without the squares where they leave the range; NaN at (0, 0), which has no
    angle."""
    if g.size > SMALL and not (is_whole(x) or is_whole(y)):
        square = x * x + y * y  # np.hypot takes ten times as long
        if within_range(square):
            return g * (y / square)
    radius = np.hypot(x, y)
    return g * (y / radius) / radius


SMALL = 1000
"""Elements up to which to look whether squares may be used costs more than they save."""


def is_whole(x):
    """Whether these are whole numbers, whose squares leave the range unnoticed."""
    return isinstance(x, int) or (hasattr(x, "dtype") and x.dtype.kind in "biu")


def within_range(square):
    """Whether nothing has overflowed, nor come near to underflow."""
    values = plain(square)
    return values.min() > 1e3 * np.finfo(values.dtype).tiny and values.max() < np.inf


elementwise(
    np.arctan2, x=arctan2, y=lambda g, x, y: -arctan2(g, y, x), note="NaN at (0, 0), which has no angle."
)

# Linear, so that the function itself is its derivative, exact in every precision.
elementwise(np.deg2rad, x=lambda g: np.deg2rad(g))
elementwise(np.radians, x=lambda g: np.radians(g))
elementwise(np.rad2deg, x=lambda g: np.rad2deg(g))
elementwise(np.degrees, x=lambda g: np.degrees(g))

# Hyperbolic functions

elementwise(np.sinh, x=lambda g, x: g * np.cosh(x))
elementwise(np.cosh, x=lambda g, x: g * np.sinh(x))


# From the result, which is at hand: `cosh` would have more digits far out, at ten times the cost.
elementwise(np.tanh, x=lambda g, out: g * (1.0 - out * out))


def root_of_one_plus_square(x):
    """``sqrt(1 + x**2)``: for real x without overflow; for complex x the root on its side of the cut."""
    if is_complex(x):
        return np.sqrt(x * x - -1.0)
    square = 1.0 + x * x  # np.hypot takes ten times as long
    return np.sqrt(square) if square.size > SMALL and within_range(square) else np.hypot(x, 1.0)


elementwise(np.arcsinh, x=lambda g, x: g / root_of_one_plus_square(x))
# Two roots: their product overflows nowhere and stays on the side of the cut where x is.
elementwise(
    np.arccosh,
    x=lambda g, x: g / (np.sqrt(x - 1.0) * np.sqrt(x - -1.0)),
    note="inf at 1; NaN below, as the value is.",
)
elementwise(
    np.arctanh,
    x=lambda g, x: g / ((1.0 - x) * (1.0 + x)),
    note="inf at -1 and 1. Beyond, where the value is NaN, the number that the formula gives.",
)
