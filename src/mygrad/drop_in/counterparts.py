"""What twins call in the place of functions that coerce, create arrays, or ask for types.

A tensor goes through a coercion as an array does: cast, copied or itself. What is created is a constant
tensor, so that a value with a gradient can be written into it; if none ever is, it comes out as a plain
array.
"""

import builtins
import cmath
import functools
import math

import numpy as np

from mygrad.drop_in.calls import callee, counterpart
from mygrad.engine.function import holds_tensor, plain, stacked
from mygrad.engine.record import Handle, make
from mygrad.rules.arguments import of_dtype

__all__: list[str] = []

# --------------------------------------------------------------------------------------------------- coercion


def coerced(a, dtype=None, copy=None, order="K", ndmin=0):
    """A tensor as `np.array` coerces an array: cast, copied where NumPy would, with leading axes."""
    a = np.reshape(np.stack(a.ravel().tolist()), a.shape) if type(a) is np.ndarray else stacked(a)
    if dtype is not None and np.dtype(dtype) == object:
        return _objects(a)
    if dtype is not None:
        a = of_dtype(a, np.dtype(dtype))
    if (copy is not np._CopyMode.IF_NEEDED and copy) or (
        order in ("C", "F") and not a.data.flags[f"{order}_CONTIGUOUS"]
    ):
        a = np.copy(a, order=order)
    return np.reshape(a, (1,) * (ndmin - a.ndim) + a.shape) if ndmin > a.ndim else a


def created(array):
    """An array that can take values with a gradient; whole numbers, which can't, stay plain."""
    return make(array) if type(array) is np.ndarray and array.dtype.kind in "fc" else array


def _objects(t):
    """An array of objects whose elements are tensors, each with its gradient."""
    made = np.empty(t.shape, object)
    for place in np.ndindex(t.shape):
        made[place] = t[place]
    return made


def _has_tensor(value):
    if type(value) is np.ndarray:
        return value.dtype == object and any(isinstance(item, Handle) for item in value.flat)
    return isinstance(value, Handle) or (type(value) in (list, tuple) and holds_tensor(value))


@counterpart(np.array)
def array(object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, like=None):
    if _has_tensor(object):
        return coerced(object, dtype, copy, order, ndmin)
    return created(np.array(object, dtype, copy=copy, order=order, subok=subok, ndmin=ndmin))


@counterpart(np.asarray)
def asarray(a, dtype=None, order=None, *, device=None, copy=None, like=None):
    if _has_tensor(a):
        return coerced(a, dtype, copy, order or "K")
    made = np.asarray(a, dtype, order, copy=copy)
    return made if made is a else created(made)


@counterpart(np.asanyarray)
def asanyarray(a, dtype=None, order=None, *, device=None, copy=None, like=None):
    if _has_tensor(a):
        return coerced(a, dtype, copy, order or "K")
    if getattr(type(a), "__array_ufunc__", a) is None:
        return a  # such as a polynomial: in an array of objects it would do what it does by itself
    options = {} if copy is None else {"copy": copy}  # since NumPy 2.1
    made = np.asanyarray(a, dtype, order, **options)
    return made if made is a else created(made)


@counterpart(np.ascontiguousarray)
def ascontiguousarray(a, dtype=None, *, like=None):
    if _has_tensor(a):
        return coerced(a, dtype, None, "C", 1)
    return np.ascontiguousarray(a, dtype)


@counterpart(np.asfortranarray)
def asfortranarray(a, dtype=None, *, like=None):
    if _has_tensor(a):
        return coerced(a, dtype, None, "F", 1)
    return np.asfortranarray(a, dtype)


@counterpart(np.asarray_chkfinite)
def asarray_chkfinite(a, dtype=None, order=None):
    if not _has_tensor(a):
        return np.asarray_chkfinite(a, dtype, order)
    a = coerced(a, dtype, None, order or "K")
    np.asarray_chkfinite(a.data)
    return a


@counterpart(np.require)
def require(a, dtype=None, requirements=None, *, like=None):
    if not _has_tensor(a):
        return np.require(a, dtype, requirements)
    wanted = np.require(coerced(a, dtype).data, None, requirements)
    return coerced(
        a, dtype, None, "F" if wanted.flags.f_contiguous and not wanted.flags.c_contiguous else "C"
    )


# --------------------------------------------------------------------------------------------------- creation


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
    np.zeros_like,
    np.ones_like,
    np.empty_like,
):
    counterpart(_function)(_creating(_function))


@counterpart(np.full)
def full(shape, fill_value, dtype=None, order="C", *, device=None, like=None):
    if not _has_tensor(fill_value):
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


@counterpart(np.copy)
def copy(a, order="K", subok=False):
    return coerced(a, copy=True, order=order) if _has_tensor(a) else created(np.copy(a, order, subok))


# ------------------------------------------------------------------------------------------------------ types


@counterpart(builtins.isinstance)
def isinstance_(o, cls):
    return isinstance(o, cls) or (isinstance(o, Handle) and isinstance(o._value, cls))


@counterpart(builtins.type)
def type_(o, *rest):
    return type(o._value) if isinstance(o, Handle) and not rest else type(o, *rest)


@counterpart(np.isscalar)
def isscalar(element):
    return np.isscalar(plain(element))


def _casting(kind):
    """The counterpart of a type of floating-point numbers that is called to cast."""

    @counterpart(kind)
    def call(*args, **kwargs):
        if not args or not isinstance(args[0], Handle) or len(args) > 1 or kwargs:
            return kind(*args, **kwargs)
        (t,) = args
        if kind in (float, complex):
            kind(t.data)  # which raises where there is more than one element
            t = np.reshape(t, ())
        elif t.dtype.kind == "c" and np.dtype(kind).kind != "c":
            t = np.real(t)
        return of_dtype(t, np.dtype(kind))

    return call


for _kind in {float, complex, np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128}:
    _casting(_kind)
_casting(np.clongdouble)

# ---------------------------------------------------------------------------------------- numbers, one by one

_MATH = {
    **{
        name: getattr(np, name)
        for name in "sin cos tan sinh cosh tanh exp expm1 log1p log2 log10 sqrt".split()
    },
    **{name: getattr(np, name) for name in "fabs copysign fmod degrees radians hypot exp2 cbrt".split()},
    **{name: getattr(np, f"arc{name[1:]}") for name in "asin acos atan asinh acosh atanh".split()},
    "atan2": np.arctan2,
    "pow": np.float_power,
    "remainder": lambda x, y: x - y * np.round(plain(x) / plain(y)),
    "log": lambda x, base=None: np.log(x) if base is None else np.log(x) / np.log(base),
    "prod": lambda values, *, start=1: functools.reduce(lambda a, b: a * b, values, start),
    "fsum": builtins.sum,
    "dist": lambda p, q: np.sqrt(builtins.sum((a - b) ** 2 for a, b in zip(p, q, strict=True))),
    "sumprod": lambda p, q: builtins.sum(a * b for a, b in zip(p, q, strict=True)),
}
"""What functions of `math` do with tensors."""


def _of_numbers(function, ours):
    """The counterpart of a function of Python's numbers, which raises as that does."""

    def call(*args, **kwargs):
        args = [list(a) if hasattr(a, "__next__") else a for a in args]
        if not holds_tensor(args):
            return function(*args, **kwargs)
        function(*(_number(a) for a in args), **kwargs)  # outside of its domain it raises
        return ours(*args, **kwargs)

    counterpart(function)(call)


def _number(a):
    return [_number(item) for item in a] if type(a) in (list, tuple) else plain(a)


for _name, _ours in _MATH.items():
    if hasattr(math, _name):
        _of_numbers(getattr(math, _name), _ours)
for _name in "sin cos tan sinh cosh tanh exp sqrt log10 log".split():
    _of_numbers(
        getattr(cmath, _name), lambda x, *base, f=_MATH[_name]: f(of_dtype(x, np.dtype(complex)), *base)
    )


# ------------------------------------------------------------------------------------------------- callbacks


def _calling(function):
    """The counterpart of a function that calls its first argument."""

    def call(f, *args, **kwargs):
        return function(None if f is None else callee(f), *args, **kwargs)

    counterpart(function)(call)


for _function in (map, filter, functools.reduce, np.frompyfunc):
    _calling(_function)


def _with_key(function):
    """The counterpart of a function that orders by a key."""

    def call(*args, key=None, **kwargs):
        return function(*args, key=None if key is None else callee(key), **kwargs)

    counterpart(function)(call)


for _function in (sorted, max, min):
    _with_key(_function)
