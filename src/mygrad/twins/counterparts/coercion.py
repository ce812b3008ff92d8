"""Functions that make an array of what they are given: `np.asarray`, `np.array`, `np.require`."""

import sys

import numpy as np

from mygrad.engine.calling import holds_tensor, plain, stacked
from mygrad.engine.record import Handle
from mygrad.losses import lose
from mygrad.rules.arguments import of_dtype
from mygrad.tensor import Tensor
from mygrad.twins.calls import array_of, counterpart, created, elements

__all__ = ["coerced", "has_tensor"]


def coerced(a, dtype=None, copy=None, order="K", ndmin=0, subok=False):
    """A tensor as `np.array` coerces an array: cast, copied where NumPy would, with leading axes."""
    if dtype is not None and np.dtype(dtype).names is not None:
        lose(
            f"A structured array was asked for, of {np.dtype(dtype)}, and its fields have no room for the "
            f"gradient of a Tensor. Keep each field in an array of its own.",
            sys._getframe(1),
        )
        return np.array(plain(a), dtype, copy=copy, order=order, ndmin=ndmin)
    made = type(a) in (np.ndarray, list, tuple)  # what there is nobody else has
    if type(a) is np.ndarray:
        a = np.reshape(np.stack(a.ravel().tolist()), a.shape)
    elif type(a) in (list, tuple):
        together = None if dtype is not None and np.dtype(dtype) == object else stacked(a)
        if together is None or together.dtype == object:
            return _of_objects(a)
        a = together
    if not subok and type(a) is not Tensor:
        a = Tensor.__getitem__(a, ...)
    if dtype is not None and np.dtype(dtype) == object:
        return elements(a)
    if dtype is not None:
        a = of_dtype(a, np.dtype(dtype))
    if (
        isinstance(a._value, np.generic)  # of a number NumPy makes an array without axes
        or (copy is not np._CopyMode.IF_NEEDED and copy and not made)
        or (order in ("C", "F") and not a.data.flags[f"{order}_CONTIGUOUS"])
    ):
        a = np.copy(a, order=order)
    return np.reshape(a, (1,) * (ndmin - a.ndim) + a.shape) if ndmin > a.ndim else a


def _of_objects(items):
    """An array of objects: of those in nested lists, of which some are tensors, and some are no numbers."""
    made = np.empty(np.array(plain(items), object).shape, object)
    for place in np.ndindex(made.shape):
        item = items
        for k, i in enumerate(place):
            if isinstance(item, (Handle, np.ndarray)):
                item = item[place[k:]]
                break
            item = item[i]
        made[place] = item
    return made


def has_tensor(value):
    if type(value) is np.ndarray:
        return value.dtype == object and any(isinstance(item, Handle) for item in value.flat)
    return isinstance(value, Handle) or (type(value) in (list, tuple) and holds_tensor(value))


def _unless_shared(made, given):
    """An array that was made, to be written into; not so if it is what was given, or a view of that."""
    return made if made is given or made.base is not None else created(made)


def _stays(a, dtype):
    """Whether `a` is an array of objects, and is to stay one."""
    return type(a) is np.ndarray and (dtype is None or np.dtype(dtype) == object)


@counterpart(np.array)
def array(object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, like=None):
    object = array_of(object)
    if has_tensor(object) and not _stays(object, dtype):
        return coerced(object, dtype, copy, order, ndmin, subok)
    return _unless_shared(np.array(object, dtype, copy=copy, order=order, subok=subok, ndmin=ndmin), object)


@counterpart(np.asarray)
def asarray(a, dtype=None, order=None, *, device=None, copy=None, like=None):
    a = array_of(a)
    if has_tensor(a) and not _stays(a, dtype):
        return coerced(a, dtype, copy, order or "K")
    return _unless_shared(np.asarray(a, dtype, order, copy=copy), a)


@counterpart(np.asanyarray)
def asanyarray(a, dtype=None, order=None, *, device=None, copy=None, like=None):
    a = array_of(a)
    if has_tensor(a) and not _stays(a, dtype):
        return coerced(a, dtype, copy, order or "K", subok=True)
    if getattr(type(a), "__array_ufunc__", a) is None:
        return a  # such as a polynomial: in an array of objects it would do what it does by itself
    options = {} if copy is None else {"copy": copy}  # since NumPy 2.1
    return _unless_shared(np.asanyarray(a, dtype, order, **options), a)


@counterpart(np.ascontiguousarray)
def ascontiguousarray(a, dtype=None, *, like=None):
    if has_tensor(a):
        return coerced(a, dtype, None, "C", 1)
    return np.ascontiguousarray(a, dtype)


@counterpart(np.asfortranarray)
def asfortranarray(a, dtype=None, *, like=None):
    if has_tensor(a):
        return coerced(a, dtype, None, "F", 1)
    return np.asfortranarray(a, dtype)


@counterpart(np.asarray_chkfinite)
def asarray_chkfinite(a, dtype=None, order=None):
    if not has_tensor(a):
        return np.asarray_chkfinite(a, dtype, order)
    a = coerced(a, dtype, None, order or "K")
    np.asarray_chkfinite(a.data)
    return a


@counterpart(np.require)
def require(a, dtype=None, requirements=None, *, like=None):
    if not has_tensor(a):
        return np.require(a, dtype, requirements)
    wanted = np.require(coerced(a, dtype).data, None, requirements)
    return coerced(
        a, dtype, None, "F" if wanted.flags.f_contiguous and not wanted.flags.c_contiguous else "C"
    )


@counterpart(np.fromiter)
def fromiter(iter, dtype, count=-1, *, like=None):
    items = list(iter)
    if not holds_tensor(items):
        return created(np.fromiter(items, dtype, count))
    np.fromiter([0] * len(items), dtype, count)  # which says whether there are enough
    return coerced(items[: len(items) if count < 0 else count], dtype)


@counterpart(np.copy)
def copy(a, order="K", subok=False):
    return coerced(a, copy=True, order=order) if has_tensor(a) else created(np.copy(a, order, subok))
