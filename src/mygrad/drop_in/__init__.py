"""Derivatives of code that was written for arrays: `drop_in` gives the differentiable twin of a Python
function.

`source` finds the syntax tree of a function, `rewriting` compiles it once more with hooks in it, `calls` has
the hooks, `counterparts` what is called in the place of functions that insist on arrays, `classes` and
`modules` the twins of those.
"""

import functools
import math
import sys
import types

import numpy as np

from mygrad.drop_in import counterparts, subclasses  # noqa: F401  they register themselves
from mygrad.drop_in.calls import callee, counterpart, handed_out, index_objects, number
from mygrad.drop_in.classes import twin_class
from mygrad.drop_in.modules import TwinModule
from mygrad.drop_in.writes import given_tensors, telling_of_writes
from mygrad.engine.function import holds_tensor
from mygrad.engine.record import Handle
from mygrad.losses import remembered, tell

__all__ = ["c_", "drop_in", "r_"]


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

    name = getattr(f, "__qualname__", type(f).__qualname__)

    def twin(*args, **kwargs):
        def call():
            return callee(f)(
                *map(_taken_in, args), **{key: _taken_in(value) for key, value in kwargs.items()}
            )

        tensors = given_tensors([*args, *[value for key, value in kwargs.items() if key != "out"]])
        before = remembered()
        result = telling_of_writes(name, tensors, call) if tensors else call()
        if remembered() is not before and tensors and not given_tensors([result]):
            tell(f"What {name} returns", math.inf, sys._getframe(1))
        # A constant comes out as the plain array that it would have been, unless constants went in.
        return result if _holds_constant(args) or _holds_constant(kwargs.values()) else handed_out(result)

    functools.update_wrapper(twin, f)
    counterpart(twin)(callee(f))
    return twin


def _taken_in(value):
    """A tensor without axes stands for a number: that is what functions are called with."""
    if isinstance(value, Handle) and not value.ndim and not value.constant:
        return number(value, _PYTHON.get(value.dtype.char))
    return value


_PYTHON = {"d": float, "D": complex}


def _holds_constant(values):
    return holds_tensor(values) and any(holds_tensor([v]) and getattr(v, "constant", False) for v in values)


r_, c_ = (drop_in(type(joining))() for joining in (np.r_, np.c_))
index_objects.update({id(np.r_): r_, id(np.c_): c_})
