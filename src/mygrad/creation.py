"""Making tensors: NumPy's creation functions, with a keyword ``constant``."""

import functools
import inspect
from collections.abc import Callable

import numpy as np

from mygrad.dispatch import array_function, with_constant
from mygrad.engine.calling import holds_tensor, stacked
from mygrad.engine.chapters import implementation_of
from mygrad.engine.record import Handle, make
from mygrad.engine.signatures import LateSignature
from mygrad.public import adding_constant
from mygrad.tensor import Tensor, tensor

__all__ = [
    "arange",
    "array",
    "asanyarray",
    "ascontiguousarray",
    "asfortranarray",
    "empty",
    "empty_like",
    "eye",
    "frombuffer",
    "fromfile",
    "fromfunction",
    "fromiter",
    "fromstring",
    "full",
    "full_like",
    "genfromtxt",
    "geomspace",
    "identity",
    "linspace",
    "loadtxt",
    "logspace",
    "ones",
    "ones_like",
    "require",
    "tri",
    "zeros",
    "zeros_like",
]


def _signature(function):
    try:
        return adding_constant(inspect.signature(function))
    except ValueError:  # functions written in C told none before NumPy 2.4
        return inspect.signature(lambda *args, constant=None, **kwargs: None)


def creating(function) -> Callable[..., Tensor]:
    """``mygrad.f`` of a NumPy function that makes arrays: a new tensor; of tensors, what it is of them."""

    @functools.wraps(function)
    def create(*args, constant=None, **kwargs):
        args = tuple(map(stacked, args))
        kwargs = {name: stacked(value) for name, value in kwargs.items()}
        of_tensors = holds_tensor(args) or holds_tensor(kwargs.values())
        implementation = implementation_of(function) if of_tensors else None
        if implementation is None:
            result = function(*args, **kwargs)
            if isinstance(result, tuple):  # with the size of the step
                return tuple(tensor(part, constant=constant) for part in result)
            if isinstance(result, Handle):  # a division by a tensor within
                return with_constant(result, constant)
            t = tensor(result, constant=constant, copy=False)
            if t._value.base is None and not any(result is a for a in args):
                t._saved = None  # nobody else has this memory
            return t
        result = implementation(*args, **kwargs)
        return with_constant(make(result) if isinstance(result, np.ndarray) else result, constant)

    create.__signature__ = LateSignature(lambda: _signature(function))
    return create


def _creating_like(function) -> Callable[..., Tensor]:
    """``mygrad.f`` of a function that makes an array like another one: by NumPy's name, or as ``other``."""
    name = "prototype" if function is np.empty_like else "a"

    @functools.wraps(function)
    def create(*args, constant=None, **kwargs):
        if args:
            other, *args = args
        else:
            other = kwargs.pop(name if name in kwargs else "other")
        other = stacked(other)
        # What isn't a tensor that carries a gradient is a constant, and so is what is made like it.
        if not isinstance(other, Handle):
            return tensor(
                function(np.asarray(other), *args, **kwargs), constant=True if constant is None else constant
            )
        return with_constant(array_function(function, (other, *args), kwargs), constant)

    create.__signature__ = LateSignature(lambda: _signature(function))
    return create


arange, linspace, logspace, geomspace = map(creating, (np.arange, np.linspace, np.logspace, np.geomspace))
empty, ones, zeros, full, eye, identity, tri = map(
    creating, (np.empty, np.ones, np.zeros, np.full, np.eye, np.identity, np.tri)
)
fromfunction, fromiter, frombuffer, fromfile, fromstring, genfromtxt, loadtxt = map(
    creating,
    (np.fromfunction, np.fromiter, np.frombuffer, np.fromfile, np.fromstring, np.genfromtxt, np.loadtxt),
)
array, asanyarray, ascontiguousarray, asfortranarray, require = map(
    creating, (np.array, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.require)
)
empty_like, ones_like, zeros_like = map(_creating_like, (np.empty_like, np.ones_like, np.zeros_like))
full_like = _creating_like(np.full_like)
