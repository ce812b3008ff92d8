"""Arrays that are made.

Like another one, they are leaves if that carries a gradient. Where a tensor is asked for by the argument
`like`, as in ``np.zeros(3, like=tensor)``, it is a constant, into which values with a gradient can be
written.
"""

import itertools

import numpy as np

from mygrad.engine.calling import holds_tensor, plain, stacked
from mygrad.engine.memory import SHARED
from mygrad.engine.node import leaf
from mygrad.engine.record import Handle, differentiable_dtype, make
from mygrad.engine.rule import composite

__all__ = ["leaf_like", "new_constant"]


def leaf_like(prototype, data):
    """A tensor of `data` that carries a gradient if `prototype` does and the dtype can."""
    carries = isinstance(prototype, Handle) and not prototype.constant and differentiable_dtype(data.dtype)
    return make(data, leaf() if carries else None)


def _like(function):
    def like(prototype, *args, **kwargs):
        kwargs = {name: plain(value) for name, value in kwargs.items()}
        return leaf_like(prototype, function(plain(prototype), *map(plain, args), **kwargs))

    return like


for _function in (np.zeros_like, np.ones_like, np.empty_like):
    composite(_function)(_like(_function))


@composite(np.full_like)
def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None):
    result = leaf_like(a, np.empty_like(plain(a), dtype=dtype, order=order, shape=shape))
    result[...] = fill_value
    return result


def new_constant(data, of_others=False):
    """A tensor of an array that was made: a constant, until a value with a gradient is written into it.

    `of_others` says that the memory may belong to somebody else too.
    """
    if data.dtype.kind not in "fcbiu":
        raise TypeError(f"A tensor can't hold data of dtype {data.dtype}: only numbers and truth values.")
    t = make(data)
    if of_others:
        t._saved = SHARED
    return t


def _made(function, of_others=False):
    def made(*args, **kwargs):
        kwargs = {name: plain(value) for name, value in kwargs.items()}
        return new_constant(function(*map(plain, args), **kwargs), of_others)

    made.__name__ = function.__name__
    return made


for _function in (np.empty, np.zeros, np.ones, np.eye, np.identity, np.tri):
    composite(_function)(_made(_function))
for _function in (np.fromfile, np.fromstring, np.loadtxt, np.genfromtxt):
    composite(_function)(_made(_function))
composite(np.frombuffer)(_made(np.frombuffer, of_others=True))


@composite(np.full)
def full(shape, fill_value, dtype=None, order="C", *, device=None):
    fill_value = stacked(fill_value)
    if not isinstance(fill_value, Handle):
        return new_constant(np.full(plain(shape), fill_value, dtype, order))
    result = make(np.full(plain(shape), plain(fill_value), dtype, order))
    result[...] = fill_value
    return result


@composite(np.fromfunction)
def fromfunction(function, shape, *, dtype=float, **kwargs):
    """What the function returns for the indices, which are plain arrays, as a tensor."""
    result = np.fromfunction(function, shape, dtype=dtype, **kwargs)
    return new_constant(result) if isinstance(result, (np.ndarray, np.generic)) else result


@composite(np.fromiter)
def fromiter(iter, dtype, count=-1):
    items = list(iter if count < 0 else itertools.islice(iter, count))
    data = np.fromiter(map(plain, items), dtype, count)
    if not holds_tensor(items):
        return new_constant(data)
    result = make(data)
    if items:
        result[...] = items
    return result
