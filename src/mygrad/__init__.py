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

from mygrad import emath, errors, fft, linalg, polynomial, random, testing, typing
from mygrad.array_api import *  # noqa: F403
from mygrad.coercion import only_looks
from mygrad.derivatives import derivative_of
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
from mygrad.io import load, save
from mygrad.namespace import *  # noqa: F403
from mygrad.namespace import max as amax
from mygrad.namespace import min as amin
from mygrad.operation_base import execute_op
from mygrad.other_code import define_rule
from mygrad.public import ufunc
from mygrad.sequences import add_sequence, multi_matmul, multiply_sequence
from mygrad.strides import as_strided
from mygrad.tensor import Tensor, asarray, astensor, tensor
from mygrad.twins import c_, drop_in, r_
from mygrad.vectorized import vectorize
from mygrad.windows import sliding_window_view

# Last, as these take the place of NumPy's functions of the same names.
from mygrad.creation import (  # isort: skip
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

if TYPE_CHECKING:
    from mygrad import nnet

__version__ = "0.1.0"


if not TYPE_CHECKING:

    def __getattr__(name):
        """`mygrad.nnet`, imported when it is first asked for: NumPy's users have no need to wait for it."""
        if name == "nnet":
            return importlib.import_module("mygrad.nnet")
        raise AttributeError(f"module 'mygrad' has no attribute {name!r}")
