"""`numpy.emath`, also known as `numpy.lib.scimath`: real arguments have complex results where they must.

NumPy looks at all elements: if one of them is outside of the real domain, all are made complex. The
derivative in a real argument is then that along the real axis.
"""

import numpy as np
from numpy.lib import scimath

from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, of_dtype, values_of

SINGLE = {np.dtype(code) for code in "fbhBHF"}


def to_complex(x):
    """`x` with a complex dtype, which NumPy has in two precisions here."""
    return of_dtype(x, np.dtype(np.complex64 if x.dtype in SINGLE else np.complex128))


def negative(values):
    """Whether some real number is negative."""
    return np.any(np.isreal(values) & (values < 0))


def beyond_one(values):
    return np.any(np.isreal(values) & (np.abs(values) > 1))


def extended(x, is_outside):
    """`x`, made complex if it is outside of the real domain."""
    x = arraylike(x)
    return to_complex(x) if is_outside(values_of(x)) else x


def _function(function, is_outside):
    @composite(getattr(scimath, function.__name__))
    def of_extended(x):
        return function(extended(x, is_outside))


for _name in ("sqrt", "log", "log2", "log10"):
    _function(getattr(np, _name), negative)
for _name in ("arccos", "arcsin", "arctanh"):
    _function(getattr(np, _name), beyond_one)


@composite(scimath.logn)
def logn(n, x):
    return np.log(extended(x, negative)) / np.log(extended(n, negative))


@composite(scimath.power)
def power(x, p):
    p = arraylike(p)
    return np.power(extended(x, negative), p * 1.0 if negative(values_of(p)) else p)
