"""Copies, casts between dtypes, and what makes an array of something that may be one already."""

import numpy as np

from mygrad.engine.calling import holds_tensor, plain, stacked
from mygrad.engine.function import linear
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules
from mygrad.rules.creation import new_constant


def cast(a, dtype, order="K", casting="unsafe"):
    """``a.astype(dtype)`` as a function, for its rule."""
    return a.astype(dtype, order=order, casting=casting)


# The engine gives a cotangent the dtype of its value.
linear(np.copy, signature="a, order='K', subok=False", a=lambda g: g)
linear(cast, a=lambda g: g)

if hasattr(np, "astype"):

    @composite(np.astype)
    def astype(x, dtype, /, *, copy=True, device=None):
        np.astype(np.empty(0, x.dtype), plain(dtype), **({} if device is None else {"device": device}))
        return x.astype(dtype, copy=copy)


def converted(a, data):
    """The tensor `a` as what NumPy made of its array: itself if nothing had to be done, else a copy."""
    if data is a._value:
        return a
    order = "F" if data.flags.f_contiguous and not data.flags.c_contiguous else "C"
    if data.ndim != a.ndim:
        a = a[(None,) * (data.ndim - a.ndim)]
        if data.base is not None and np.shares_memory(data, plain(a)):
            return a
    return rules[np.copy](a, order) if data.dtype == a.dtype else rules[cast](a, data.dtype, order)


def _array_of(function):
    """`function`, of an object that may be a tensor or hold some; what it makes of others is a constant."""

    name = "object" if function is np.array else "a"

    def array(*args, **kwargs):
        a, *args = args or [kwargs.pop(name)]
        if type(a) in (list, tuple) and holds_tensor(a):
            tensors = stacked(a)
            kwargs.pop("copy", None)
            return converted(tensors, function(plain(tensors), *args, **kwargs))
        data = function(plain(a), *args, **kwargs)
        if isinstance(a, Handle):
            return converted(a, data)
        return new_constant(data, of_others=isinstance(a, np.ndarray) and np.may_share_memory(a, data))

    array.__name__ = function.__name__
    return array


for _function in (np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.require):
    composite(_function)(_array_of(_function))
