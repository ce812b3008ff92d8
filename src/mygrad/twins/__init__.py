"""Derivatives of code that was written for arrays: `drop_in` gives the differentiable twin of a Python
function.

`source` finds the syntax tree of a function, `rewriting` compiles it once more with hooks in it. The hooks
are in `calls`, `attributes` and `operands`. `counterparts` has what is called in the place of functions that
insist on arrays, or call others; `joining` has that of ``np.r_``. `functions`, `classes` and `modules` have
the twins that `drop_in` gives; `by_name` does what can be done without a source.
"""

import types

from mygrad.twins import counterparts, stores, subclasses  # noqa: F401  they register themselves
from mygrad.twins.classes import twin_class, twin_member
from mygrad.twins.functions import twin_function
from mygrad.twins.modules import TwinModule

__all__ = ["drop_in"]


def drop_in(f):
    """The differentiable twin of a function that was written for arrays.

    The twin does what the function does, and takes tensors where that takes arrays, also where the code
    insists on arrays: ``np.asarray(x)``, ``np.zeros(n)`` filled element by element, ``np.array([a, b])`` of
    computed numbers, ``isinstance(x, np.ndarray)``, ``float(x)``, ``math.sin(x)``. Functions that it calls
    become twins as they are reached, in other packages too. Nothing outside of the twin changes.

    Parameters
    ----------
    f : callable, class or module
        A Python function, method, lambda, partial, or object with ``__call__``. Of a class the twin is a
        subclass, of a module one whose functions and classes are twins.

    Returns
    -------
    callable, class or module
        With the name, signature and docstring of `f`. What it returns is a `Tensor` if it depends on a tensor
        that carries a gradient, and otherwise what `f` would have returned.

    Examples
    --------
    >>> import mygrad as mg
    >>> import numpy as np
    >>> def running(x):
    ...     x = np.asarray(x, dtype=float)
    ...     out = np.zeros(len(x))
    ...     for i in range(1, len(x)):
    ...         out[i] = out[i - 1] / 2 + x[i]
    ...     return out
    >>> x = mg.tensor([1.0, 2.0, 3.0])
    >>> y = mg.drop_in(running)(x)
    >>> y
    Tensor([0., 2., 4.])
    >>> y.sum().backward()
    >>> x.grad
    array([0. , 1.5, 1. ])

    Polynomials whose coefficients are tensors:

    >>> c = mg.tensor([1.0, 2.0, 3.0])
    >>> mg.drop_in(np.polynomial.Polynomial)(c)(2.0)
    Tensor(17.)
    """
    if isinstance(f, types.ModuleType):
        return TwinModule(f, drop_in)
    if isinstance(f, type):
        return twin_class(f)
    if isinstance(f, types.MethodType):
        return types.MethodType(drop_in(f.__func__), f.__self__)
    if isinstance(f, (staticmethod, classmethod, property)):
        return twin_member(f, twin_function)
    return twin_function(f)
