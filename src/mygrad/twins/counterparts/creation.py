"""Functions that make arrays of plain numbers, into which values with a gradient may be written."""

import functools

import numpy as np

from mygrad.engine.calling import holds_tensor, plain, stacked
from mygrad.engine.record import make
from mygrad.rules.arguments import of_dtype
from mygrad.twins.calls import counterpart, created
from mygrad.twins.counterparts.coercion import has_tensor

__all__: list[str] = []


def _creating(function):
    """The counterpart of a function that makes an array of plain numbers."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        return created(function(*map(plain, args), **{name: plain(value) for name, value in kwargs.items()}))

    return call


for _function in (
    np.zeros,
    np.ones,
    np.empty,
    np.eye,
    np.identity,
    np.tri,
    np.zeros_like,
    np.ones_like,
    np.empty_like,
):
    counterpart(_function)(_creating(_function))


def _of_range(function):
    """The counterpart of a function that makes numbers at distances."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        made = function(*args, **kwargs)
        return created(made) if not (holds_tensor(args) or holds_tensor(kwargs.values())) else made

    return call


for _function in (np.linspace, np.logspace, np.geomspace):
    counterpart(_function)(_of_range(_function))


@counterpart(np.arange)
def arange(*args, **kwargs):
    made = np.arange(*map(plain, args), **{name: plain(value) for name, value in kwargs.items()})
    start = kwargs.get("start", args[0] if len(args) > 1 or (args and "stop" in kwargs) else 0)
    step = kwargs.get("step", args[2] if len(args) > 2 else 1)
    if holds_tensor([start, step]):
        return of_dtype(start + np.arange(made.size) * step, made.dtype)
    return created(made)


@counterpart(np.full)
def full(shape, fill_value, dtype=None, order="C", *, device=None, like=None):
    if not has_tensor(fill_value):
        return created(np.full(shape, fill_value, dtype, order))
    fill_value = stacked(fill_value)
    made = make(np.empty(shape, fill_value.dtype if dtype is None else dtype, order))
    made[...] = fill_value
    return made


@counterpart(np.full_like)
def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None):
    made = make(np.empty_like(plain(a), dtype, order, subok, shape))
    made[...] = stacked(fill_value)
    return made
