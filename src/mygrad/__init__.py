"""mygrad: automatic differentiation for NumPy, by drop-in.

Pass a `Tensor` where you passed an array, and call ``backward()``.
"""

import importlib
from typing import TYPE_CHECKING

from numpy import (
    bool_,
    double,
    e,
    euler_gamma,
    float16,
    float32,
    float64,
    half,
    inf,
    int8,
    int16,
    int32,
    int64,
    intp,
    longdouble,
    nan,
    newaxis,
    pi,
    single,
    uint8,
    uint16,
    uint32,
    uint64,
    uintp,
)

import mygrad.other_code
from mygrad.array_api import *  # noqa: F403
from mygrad.coercion import only_looks
from mygrad.engine.function import general, linear, multilinear
from mygrad.engine.modes import (
    mem_guard_active,
    mem_guard_off,
    mem_guard_on,
    no_autodiff,
    on_gradient_lost,
    turn_memory_guarding_off,
    turn_memory_guarding_on,
)
from mygrad.engine.rule import composite, elementwise, no_gradient
from mygrad.errors import GradientLost
from mygrad.tensor import Tensor, asarray, astensor, tensor

if TYPE_CHECKING:
    from mygrad import (
        creation,
        emath,
        fft,
        linalg,
        namespace,
        nnet,
        operation_base,
        polynomial,
        public,
        random,
        sequences,
        testing,
        typing,
    )
    from mygrad.creation import (
        arange,
        array,
        asanyarray,
        ascontiguousarray,
        asfortranarray,
        empty,
        empty_like,
        eye,
        frombuffer,
        fromfile,
        fromfunction,
        fromiter,
        fromstring,
        full,
        full_like,
        genfromtxt,
        geomspace,
        identity,
        linspace,
        loadtxt,
        logspace,
        ones,
        ones_like,
        require,
        tri,
        zeros,
        zeros_like,
    )
    from mygrad.derivatives import derivative_of
    from mygrad.io import load, save
    from mygrad.namespace import *  # noqa: F403
    from mygrad.operation_base import execute_op
    from mygrad.other_code.defining import define_rule
    from mygrad.public import ufunc
    from mygrad.sequences import add_sequence, multi_matmul, multiply_sequence
    from mygrad.strides import as_strided
    from mygrad.twins import drop_in
    from mygrad.twins.joining import c_, r_
    from mygrad.vectorized import vectorize
    from mygrad.windows import sliding_window_view


__version__ = "0.1.0"

_LATE = {
    **dict.fromkeys("creation emath fft linalg namespace nnet operation_base polynomial".split()),
    **dict.fromkeys("public random sequences testing typing".split()),
    **dict.fromkeys("add_sequence multi_matmul multiply_sequence".split(), "sequences"),
    **dict.fromkeys("c_ r_".split(), "twins.joining"),
    **dict.fromkeys(
        """
        arange array asanyarray ascontiguousarray asfortranarray empty empty_like eye frombuffer
        fromfile fromfunction fromiter fromstring full full_like genfromtxt geomspace identity
        linspace loadtxt logspace ones ones_like require tri zeros zeros_like
        """.split(),
        "creation",
    ),
    **dict.fromkeys("load save".split(), "io"),
    "as_strided": "strides",
    "define_rule": "other_code.defining",
    "derivative_of": "derivatives",
    "drop_in": "twins",
    "execute_op": "operation_base",
    "sliding_window_view": "windows",
    "ufunc": "public",
    "vectorize": "vectorized",
}
"""Names that wait until they are first asked for, so that an import is quick, and the modules that they are
in; None for a module itself. Type checkers read the imports above instead."""

if not TYPE_CHECKING:
    _THERE = {name for name in globals() if not name.startswith("_")}
    _THERE -= {"TYPE_CHECKING", "importlib", "mygrad"}

    def __getattr__(name):
        """A name of `_LATE` or of `mygrad.namespace`, made when it is first asked for."""
        module = importlib.import_module(f"mygrad.{_LATE.get(name, 'namespace') or name}")
        if name == "__all__":
            return sorted({*_THERE, *_LATE, *module.__all__})
        if name not in _LATE:
            try:
                value = module.__getattr__(name)
            except AttributeError:
                raise AttributeError(f"module 'mygrad' has no attribute {name!r}") from None
        else:
            value = getattr(module, name) if _LATE[name] else module
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *__getattr__("__all__")})
