"""Questions for types, and types of numbers that are called to cast.

A tensor answers as the array or number that would stand there. One without axes that was cast by `float`, or
that was given to a twin, stands for a number of Python's.
"""

import builtins

import numpy as np

from mygrad.engine.calling import holds_tensor, plain
from mygrad.engine.record import Handle
from mygrad.rules.arguments import of_dtype
from mygrad.twins.attributes import attribute
from mygrad.twins.calls import NUMBER, counterpart, created, hook, number
from mygrad.twins.operands import number_of, operand

__all__: list[str] = []


def _type_of(t):
    """The type of the array or number in whose place a tensor stands."""
    return getattr(t, "array_class", None) or vars(t).get(NUMBER) or type(t._value)


def _has(t, name):
    """Whether the array or number in whose place a tensor stands has an attribute."""
    return name in vars(t) or any(name in vars(cls) for cls in _type_of(t).__mro__)


@hook("class")
def class_of(o):
    """``o.__class__``."""
    return _type_of(o) if isinstance(o, Handle) else o.__class__


@counterpart(builtins.isinstance)
@hook("isinstance")
def isinstance_(o, cls):
    if not isinstance(o, Handle):
        return isinstance(o, cls)
    # One that stands for a Python number passes for NumPy's, which is one of Python's too.
    return (
        isinstance(o._value, cls)
        or issubclass(_type_of(o), cls)
        or (_is_kind_of_tensor(cls) and isinstance(o, cls))
    )


def _is_kind_of_tensor(cls):
    """Whether `cls`, or one of several, is a class of tensors; an abstract class would take one for a
    sequence."""
    several = cls if type(cls) is tuple else getattr(cls, "__args__", None)
    if several is not None:
        return any(map(_is_kind_of_tensor, several))
    return isinstance(cls, type) and issubclass(cls, Handle)


@counterpart(builtins.type)
def type_(o, *rest):
    return _type_of(o) if isinstance(o, Handle) and not rest else type(o, *rest)


@counterpart(builtins.hasattr)
def hasattr_(obj, name):
    if isinstance(obj, Handle):
        return _has(obj, name)
    try:
        attribute(obj, name)
    except AttributeError:
        return False
    return True


@counterpart(builtins.getattr)
def getattr_(obj, name, *default):
    if isinstance(obj, Handle) and default and not _has(obj, name):
        return default[0]
    try:
        return attribute(obj, name)
    except AttributeError:
        if not default:
            raise
    return default[0]


@counterpart(np.isscalar)
def isscalar(element):
    return np.isscalar(plain(element))


def _casting(kind):
    """The counterpart of a type of floating-point numbers that is called to cast."""
    python = kind if kind in (float, complex) else None
    dtype = np.dtype(kind)
    methods = ("__complex__", "__float__") if dtype.kind == "c" else ("__float__",)

    @counterpart(kind)
    def call(*args, **kwargs):
        args = [number_of(a, *methods) for a in args]
        if not holds_tensor(args):
            return kind(*map(operand, args), **kwargs)
        if len(args) > 1:
            real, imaginary = args
            return number(of_dtype(real + 1j * imaginary, dtype), python)
        (t,) = args
        if type(t) in (list, tuple):
            t = np.stack(t)
        made = kind(t._value)  # which raises where Python wants one element
        if t.constant:
            return created(made)
        if t.dtype.kind == "c" and dtype.kind != "c":
            t = np.real(t)
        t = of_dtype(t, dtype)
        return number(np.reshape(t, ()) if python and t.ndim else t, python) if not np.ndim(made) else t

    return call


for _kind in {float, complex, np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128}:
    _casting(_kind)
_casting(np.clongdouble)


@counterpart(float.__new__)
def new_float(cls, x=0.0, /):
    """A number of a subclass of `float` keeps its gradient, and the class by which it is told."""
    if not isinstance(x, Handle) or x.constant:
        return float.__new__(cls, plain(x))
    return number(of_dtype(np.reshape(x, ()), np.dtype(float)), cls)


@counterpart(builtins.round)
def round_(number, ndigits=None):
    # Of a number without a number of digits Python makes a whole one.
    whole = isinstance(number, Handle) and ndigits is None and not isinstance(number._value, np.ndarray)
    return round(number._value if whole else operand(number), ndigits)
