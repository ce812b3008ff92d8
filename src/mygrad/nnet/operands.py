"""What the functions of `mygrad.nnet` take: real arrays, and numbers that aren't differentiated."""

from typing import Any

import numpy as np

from mygrad.dispatch import with_constant
from mygrad.engine.calling import plain, stacked
from mygrad.engine.modes import RECORDING
from mygrad.engine.record import Handle, as_operand, make
from mygrad.tensor import Tensor

__all__ = ["floating", "floating_operand", "operand", "real", "real_number", "to_tensor"]


def operand(x) -> Any:
    """An array-like of real numbers as a tensor, if it is one or holds some, else as an array."""
    x = stacked(x)
    if isinstance(x, Handle):
        real(x._value)
        return x
    return real(np.asarray(as_operand(x)))


def floating_operand(x) -> Any:
    """The same, with integers and truth values, which are constants, as floating-point numbers."""
    x = operand(x)
    return x if x.dtype.kind == "f" else floating(plain(x))


def real(x):
    """An array, if it holds no complex numbers."""
    if x.dtype.kind == "c":
        raise TypeError(f"Real numbers are wanted, and the dtype is {x.dtype}.")
    return x


def floating(x):
    """An array of real numbers, with integers and truth values as floating-point numbers."""
    return real(x) if x.dtype.kind in "fc" else x.astype(float)


def real_number(name, value):
    """The argument `name`, which no gradient goes to, as a number of Python, which is weak: it leaves
    ``float32`` as it is."""
    if isinstance(value, Handle) and RECORDING.get() and not value.constant:  # type: ignore[attr-defined]
        raise TypeError(
            f"{name} has no derivative here, and was given a tensor that carries a gradient. Give it the "
            f"plain value, {name}.data, to go on without."
        )
    number = np.asarray(plain(value))
    if number.ndim or number.dtype.kind not in "fiub":
        raise TypeError(f"{name} must be a real number; got {value!r}.")
    return number.item()


def to_tensor(result, constant) -> Tensor:
    """The result of a function, of tensors or of arrays alone, as ``constant=`` asks."""
    return with_constant(result if isinstance(result, Handle) else make(np.asarray(result)), constant)
