"""Functions that write into their first argument: each is a write into a region of it."""

import numpy as np

from mygrad.engine.function import plain
from mygrad.engine.record import Handle, recorded_node
from mygrad.engine.rule import composite
from mygrad.engine.views import unchanged_on_error, write
from mygrad.errors import GradientLost


def _require_tensor(a, name):
    if not isinstance(a, Handle):
        raise GradientLost(
            f"np.{name} was asked to write a tensor into a plain array, which can't carry its gradient on. Make the array a "
            f"tensor, mygrad.tensor(a), or write the plain value, value.data."
        )


def _data_and_node(value):
    return plain(value) if isinstance(value, Handle) else np.asarray(value), recorded_node(value)


def repeated(values, places):
    """The elements of `values` at `places`, as if they were repeated for ever."""
    return np.ravel(values)[places % max(1, np.size(plain(values)))]


@composite(np.copyto)
def copyto(dst, src, casting="same_kind", where=True):
    if not isinstance(dst, Handle):
        if recorded_node(src) is None:
            np.copyto(dst, plain(src), casting=casting, where=plain(where))
            return
        _require_tensor(dst, "copyto")
    data, node = _data_and_node(src)
    mask = None if where is True else np.array(plain(where))
    source = plain(src)  # a Python number is cast as one

    def store(array):
        np.copyto(array, source, casting=casting, where=True if mask is None else mask)

    with unchanged_on_error(dst, src):
        write(dst, store, node, data, mask=mask)


@composite(np.put)
def put(a, ind, v, mode="raise"):
    _require_tensor(a, "put")
    ind = np.ravel(np.asarray(plain(ind)))
    np.put(np.empty(a.shape, np.bool_), ind, False, mode=mode)
    if mode == "wrap":
        ind = ind % a.size
    elif mode == "clip":
        ind = np.clip(ind, 0, a.size - 1)
    if np.size(plain(v)):
        a.flat[ind] = repeated(v, np.arange(ind.size))


@composite(np.place)
def place(arr, mask, vals):
    _require_tensor(arr, "place")
    np.place(np.empty(arr.shape, arr.dtype), plain(mask), plain(vals))  # NumPy says what can't be
    chosen = np.flatnonzero(np.asarray(plain(mask)))
    if chosen.size and not np.size(plain(vals)):
        raise ValueError("Cannot insert from an empty array!")
    arr.flat[chosen] = repeated(vals, np.arange(chosen.size))


@composite(np.putmask)
def putmask(a, /, mask, values):
    _require_tensor(a, "putmask")
    np.putmask(np.empty(a.shape, a.dtype), plain(mask), plain(values))  # NumPy says what can't be
    mask = np.asarray(plain(mask))
    if mask.size != a.size:
        raise ValueError(f"putmask: mask and data must be the same size; got {mask.shape} and {a.shape}.")
    chosen = np.flatnonzero(mask)
    if np.size(plain(values)):
        a.flat[chosen] = repeated(values, chosen)


@composite(np.fill_diagonal)
def fill_diagonal(a, val, wrap=False):
    _require_tensor(a, "fill_diagonal")
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    if a.ndim > 2 and len(set(a.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    step = a.shape[1] + 1 if a.ndim == 2 else 1 + int(np.cumprod(a.shape[:-1]).sum())
    end = None if a.ndim > 2 or wrap else a.shape[1] * a.shape[1]
    a.flat[slice(None, end, step)] = val
