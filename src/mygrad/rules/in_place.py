"""Functions that write into their first argument: each is a write into a region of it."""

import functools
import sys

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.memory import is_read_only
from mygrad.engine.record import Handle, recorded_node
from mygrad.engine.rule import composite
from mygrad.engine.signatures import parameter_names
from mygrad.engine.views import own_memory, unchanged_on_error, write
from mygrad.losses import lose


def of_tensors(function):
    """Let `function` be called with tensors to write to; into a plain array NumPy writes constants, and
    nothing else goes."""

    def register(implementation):
        (first, *_), _ = parameter_names(implementation)

        @functools.wraps(implementation)
        def write_into(*args, **kwargs):
            if isinstance(args[0] if args else kwargs.get(first), Handle):
                return implementation(*args, **kwargs)
            if any(recorded_node(value) is not None for value in [*args, *kwargs.values()]):
                lose(
                    f"np.{function.__name__} was asked to write a tensor into a plain array, which can't "
                    f"carry its gradient on. Make the array a tensor, mygrad.tensor(a), or write the plain "
                    f"value, value.data.",
                    sys._getframe(),
                )
            return function(*map(plain, args), **{name: plain(value) for name, value in kwargs.items()})

        return composite(function)(write_into)

    return register


def _data_and_node(value):
    return plain(value) if isinstance(value, Handle) else np.asarray(value), recorded_node(value)


def repeated(values, places):
    """The elements of `values` at `places`, as if they were repeated for ever."""
    return np.ravel(values)[places % max(1, np.size(plain(values)))]


@of_tensors(np.copyto)
def copyto(dst, src, casting="same_kind", where=True):
    data, node = _data_and_node(src)
    # As NumPy does it: an array must be of truth values, anything else is made one.
    given = isinstance(plain(where), np.ndarray)
    mask = None if where is True else np.array(plain(where), dtype=None if given else bool)
    source = plain(src)  # a Python number is cast as one

    def store(array):
        np.copyto(array, source, casting=casting, where=True if mask is None else mask)

    with unchanged_on_error(dst, src):
        write(dst, store, node, data, mask=mask)


@of_tensors(np.put)
def put(a, ind, v, mode="raise"):
    ind = plain(ind)
    # As NumPy does it: an array must be of integers, anything else is made one.
    ind = np.ravel(ind if isinstance(ind, np.ndarray) else np.array(ind).astype(np.intp))
    # NumPy says what can't be, and looks at no index where there is nothing to write.
    target = np.empty(a.shape, np.bool_)
    target.flags.writeable = not is_read_only(own_memory(a))
    np.put(target, ind, np.zeros(np.size(plain(v)), np.bool_), mode=mode)
    if not np.size(plain(v)):
        return
    if mode == "wrap":
        ind = ind % a.size
    elif mode == "clip":
        ind = np.clip(ind, 0, a.size - 1)
    a.flat[ind] = repeated(v, np.arange(ind.size))


@of_tensors(np.place)
def place(arr, mask, vals):
    np.place(np.empty(arr.shape, arr.dtype), plain(mask), plain(vals))  # NumPy says what can't be
    chosen = np.flatnonzero(np.asarray(plain(mask)))
    if chosen.size and not np.size(plain(vals)):
        raise ValueError("Cannot insert from an empty array!")
    arr.flat[chosen] = repeated(vals, np.arange(chosen.size))


@of_tensors(np.putmask)
def putmask(a, /, mask, values):
    np.putmask(np.empty(a.shape, a.dtype), plain(mask), plain(values))  # NumPy says what can't be
    mask = np.asarray(plain(mask))
    if mask.size != a.size:
        raise ValueError(f"putmask: mask and data must be the same size; got {mask.shape} and {a.shape}.")
    chosen = np.flatnonzero(mask)
    if np.size(plain(values)):
        a.flat[chosen] = repeated(values, chosen)


@of_tensors(np.fill_diagonal)
def fill_diagonal(a, val, wrap=False):
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    if a.ndim > 2 and len(set(a.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    step = a.shape[1] + 1 if a.ndim == 2 else 1 + int(np.cumprod(a.shape[:-1]).sum())
    end = None if a.ndim > 2 or wrap else a.shape[1] * a.shape[1]
    a.flat[slice(None, end, step)] = val
