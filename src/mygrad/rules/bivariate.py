"""The polynomials of several variables that NumPy hands to tensors: those in powers, of `numpy.polynomial`.

The other functions of `numpy.polynomial` don't ask: `mygrad.polynomial` has them.
"""

import numpy as np

from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike

in_powers = np.polynomial.polynomial


def horner(x, c):
    """The polynomial with the coefficients ``c[0], c[1], ...``, each of which may be an array."""
    result = c[-1] + x * 0
    for i in range(2, len(c) + 1):
        result = c[-i] + result * x
    return result


def coefficients_of(c):
    c = np.atleast_1d(arraylike(c))
    return c if c.dtype.kind in "fc" else c + 0.0


def polyval2d(x, y, c):
    return polyvalnd((x, y), c)


def polyvalnd(pts, c):
    first, *others = points = [arraylike(x) for x in pts]
    if any(x.shape != first.shape for x in others):
        raise ValueError(f"{'x, y' if len(points) == 2 else 'The coordinates'} are incompatible")
    c = coefficients_of(c)
    c = horner(first, np.reshape(c, c.shape + (1,) * first.ndim))
    for x in others:
        c = horner(x, np.atleast_1d(c))
    return c


def polygrid2d(x, y, c):
    # Numbers of Python stay numbers, which are weak.
    x, y = (v if isinstance(v, (int, float, complex)) else arraylike(v) for v in (x, y))
    c = coefficients_of(c)
    rows = horner(x, np.reshape(c, c.shape + (1,) * np.ndim(x)))
    return horner(y, np.reshape(rows, rows.shape + (1,) * np.ndim(y)))


# NumPy dispatches them since 2.1, and has the last since 2.5.
for _implementation in (polyval2d, polygrid2d, polyvalnd):
    _function = getattr(in_powers, _implementation.__name__, None)
    if type(_function) is type(np.sum):
        composite(_function)(_implementation)
