"""``mygrad.polynomial``: NumPy's polynomials, with tensors as coefficients, points, roots and samples.

The functions and classes are the differentiable twins of those of `numpy.polynomial`, under the same names:
``mygrad.polynomial.chebyshev.chebval``, ``mygrad.polynomial.Polynomial``. NumPy's own take tensors as points,
but turn coefficients into plain arrays, which raises `GradientLost`.

Examples
--------
>>> import mygrad as mg
>>> c = mg.tensor([1.0, 2.0, 3.0])
>>> y = mg.polynomial.polynomial.polyval(2.0, c)
>>> y.backward()
>>> y, c.grad
(Tensor(17.), array([1., 2., 4.]))
"""

import functools
import importlib

from mygrad.twins import drop_in

__all__: list[str] = []


@functools.cache
def _twins():
    return drop_in(importlib.import_module("numpy.polynomial"))


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_twins(), name)


def __dir__():
    return dir(_twins())
