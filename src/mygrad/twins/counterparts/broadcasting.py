"""Iterators over the elements of arrays: `np.broadcast`, `np.ndenumerate`, `np.nditer`."""

import numpy as np

from mygrad.engine.calling import plain
from mygrad.twins.calls import counterpart
from mygrad.twins.counterparts.coercion import coerced, has_tensor

__all__: list[str] = []


def _is_tensors(value):
    """Whether something is a tensor or a sequence of some; arrays of objects are left to NumPy."""
    return type(value) is not np.ndarray and has_tensor(value)


def _each_coerced(values):
    return [coerced(value) if _is_tensors(value) else np.asarray(value) for value in values]


class _Broadcast:
    """What `np.broadcast` makes, of tensors: what it knows of shapes is NumPy's."""

    def __init__(self, arrays):
        self._numpys = np.broadcast(*map(plain, arrays))
        self._elements = zip(*(np.broadcast_to(a, self._numpys.shape).flat for a in arrays), strict=True)

    def __getattr__(self, name):
        return getattr(self._numpys, name)

    def __iter__(self):
        return self

    def __next__(self):
        next(self._numpys)  # which counts
        return next(self._elements)


@counterpart(np.broadcast)
def broadcast(*args):
    return _Broadcast(_each_coerced(args)) if any(map(_is_tensors, args)) else np.broadcast(*args)


@counterpart(np.ndenumerate)
def ndenumerate(arr):
    if not _is_tensors(arr):
        return np.ndenumerate(arr)
    arr = coerced(arr)
    return ((place, arr[place]) for place in np.ndindex(arr.shape))


class _Iteration:
    """What `np.nditer` makes, of tensors: each element is a view without axes, to be read and written."""

    def __init__(self, arrays, flags, order):
        self._arrays = arrays
        self._numpys = np.nditer([*map(plain, arrays)], [*{*flags, "multi_index"}], order=order)
        self._fresh = True

    def __getattr__(self, name):
        return getattr(self._numpys, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._numpys.close()

    def __len__(self):
        return len(self._arrays)

    def __getitem__(self, i):
        a, place = self._arrays[i], self._numpys.multi_index
        own = [k if n > 1 else 0 for k, n in zip(place[len(place) - a.ndim :], a.shape, strict=True)]
        return a[(*own, ...)]

    @property
    def value(self):
        return self[0] if len(self) == 1 else tuple(self[i] for i in range(len(self)))

    def __iter__(self):
        return self

    def __next__(self):
        if not self._fresh:
            self._numpys.iternext()
        self._fresh = False
        if self._numpys.finished:
            raise StopIteration
        return self.value


_BY_ELEMENT = {"multi_index", "c_index", "f_index", "refs_ok", "zerosize_ok", "copy_if_overlap"}


@counterpart(np.nditer)
def nditer(op, flags=(), op_flags=None, *args, **kwargs):
    several = op if type(op) in (list, tuple) else [op]
    by_element = _BY_ELEMENT.issuperset(flags or ()) and not args and not kwargs.keys() - {"order", "casting"}
    if by_element and any(map(_is_tensors, several)) and all(o is not None for o in several):
        return _Iteration(_each_coerced(several), flags or (), kwargs.get("order", "K"))
    return np.nditer(op, flags or (), op_flags, *args, **kwargs)
