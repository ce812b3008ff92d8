"""Arrays made like another one: new leaves, whatever they are like."""

import numpy as np

from mygrad.engine.function import plain
from mygrad.engine.node import leaf
from mygrad.engine.record import Handle, differentiable_dtype, make
from mygrad.engine.rule import composite


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
