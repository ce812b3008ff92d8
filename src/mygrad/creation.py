"""Making tensors: NumPy's creation functions, with a keyword ``constant``."""

import functools
import inspect
from collections.abc import Callable

import numpy as np

from mygrad.dispatch import array_function, with_constant
from mygrad.engine.record import Handle
from mygrad.public import adding_constant
from mygrad.tensor import Tensor, tensor

__all__ = [
    "arange",
    "empty",
    "empty_like",
    "eye",
    "full",
    "full_like",
    "geomspace",
    "identity",
    "linspace",
    "logspace",
    "ones",
    "ones_like",
    "zeros",
    "zeros_like",
]


def _signature(function, create):
    try:
        return adding_constant(inspect.signature(function))
    except ValueError:  # functions written in C told none before NumPy 2.4
        return inspect.signature(create, follow_wrapped=False)


def _creating(function) -> Callable[..., Tensor]:
    @functools.wraps(function)
    def create(*args, constant=None, **kwargs):
        t = tensor(function(*args, **kwargs), constant=constant, copy=False)
        t._saved = None  # nobody else has this memory
        return t

    create.__signature__ = _signature(function, create)
    return create


def _creating_like(function) -> Callable[..., Tensor]:
    @functools.wraps(function)
    def create(other, *args, constant=None, **kwargs):
        # What isn't a tensor that carries a gradient is a constant, and so is what is made like it.
        if not isinstance(other, Handle):
            return tensor(
                function(np.asarray(other), *args, **kwargs), constant=True if constant is None else constant
            )
        return with_constant(array_function(function, (other, *args), kwargs), constant)

    create.__signature__ = _signature(function, create)
    return create


arange, linspace, logspace, geomspace = map(_creating, (np.arange, np.linspace, np.logspace, np.geomspace))
empty, ones, zeros, full, eye, identity = map(
    _creating, (np.empty, np.ones, np.zeros, np.full, np.eye, np.identity)
)
empty_like, ones_like, zeros_like = map(_creating_like, (np.empty_like, np.ones_like, np.zeros_like))
full_like = _creating_like(np.full_like)
