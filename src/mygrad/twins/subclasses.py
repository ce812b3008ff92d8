"""Subclasses of `numpy.ndarray` that other people wrote, with a tensor in the place of the array.

An array of such a class is made by ``array.view(cls)`` or ``ndarray.__new__(cls, ...)``. Of a tensor these
make an instance of a class of tensors with the same methods, as twins. Where NumPy gives results the class
of an operand, so do its operators, methods, indexing and functions.
"""

import builtins
from types import CellType, FunctionType

import numpy as np
from numpy import ndarray
from numpy.lib.mixins import NDArrayOperatorsMixin

from mygrad.engine.calling import plain
from mygrad.engine.record import Handle
from mygrad.tensor import Tensor
from mygrad.twins.calls import callee, counterpart
from mygrad.twins.classes import twin_member

__all__ = ["Viewed", "viewed"]


class Viewed(NDArrayOperatorsMixin, Tensor):
    """A tensor in the place of an array of a subclass of `numpy.ndarray`, `array_class`."""

    __slots__ = ()
    array_class: type = ndarray

    def __array_finalize__(self, obj):
        """Do nothing, as the method of arrays."""

    def __array_wrap__(self, array, context=None, return_scalar=False):
        return viewed(array, self.array_class)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        result = super().__array_ufunc__(ufunc, method, *inputs, **kwargs)
        if type(self).__array_wrap__ is Viewed.__array_wrap__ or method != "__call__":
            return _like(self, result)
        several = result if type(result) is tuple else (result,)
        wrapped = [
            self.__array_wrap__(item, (ufunc, inputs, i), not np.ndim(item)) if type(item) is Tensor else item
            for i, item in enumerate(several)
        ]
        return tuple(wrapped) if type(result) is tuple else wrapped[0]

    def __array_function__(self, function, types, args, kwargs):
        result = super().__array_function__(function, types, args, kwargs)
        # Some functions give the class, others don't: NumPy says which.
        numpys = function(*map(_as_array, args), **{name: _as_array(value) for name, value in kwargs.items()})
        return _like(self, result) if isinstance(numpys, self.array_class) else result

    def __getitem__(self, index):
        return _like(self, super().__getitem__(index))


Viewed.plain_class = Viewed


def _giving_the_class(name):
    method = getattr(Tensor, name)

    def call(self, *args, **kwargs):
        return _like(self, method(self, *args, **kwargs))

    return call


for _name in (
    "astype clip compress conj conjugate copy cumprod cumsum diagonal dot flatten max mean min prod ravel "
    "repeat reshape round squeeze std sum swapaxes take trace transpose var"
).split():
    setattr(Viewed, _name, _giving_the_class(_name))


def _part_of_the_class(name):
    part = vars(Tensor)[name]
    return property(lambda self: _like(self, part.fget(self)), part.fset, doc=part.__doc__)


for _name in ("T", "mT", "real", "imag"):
    setattr(Viewed, _name, _part_of_the_class(_name))


def _like(one, result):
    """A result as an instance of the class of `one`, if it is an array."""
    if type(result) is tuple:
        return tuple(_like(one, item) for item in result)
    if type(result) is Tensor and isinstance(result._value, ndarray):
        result.__class__ = type(one)
        result.__array_finalize__(one)
    return result


def _as_array(value):
    """An argument as NumPy would have been given it: an array of the subclass."""
    if isinstance(value, Viewed):
        return ndarray.view(plain(value), value.array_class)
    if type(value) in (list, tuple):
        return type(value)(map(_as_array, value))
    return plain(value)


# ----------------------------------------------------------------------------------------- classes of tensors

_classes: dict = {ndarray: Viewed}
"""The class of tensors for each subclass of `ndarray` that was met."""

_NOT_OURS = {"__dict__", "__weakref__", "__new__", "__slots__", "__init_subclass__", "__module__", "__doc__"}


def _class_of_tensors(cls):
    made = _classes.get(cls)
    if made is None:
        bases = tuple(_class_of_tensors(b) if issubclass(b, ndarray) else b for b in cls.__bases__)
        cell = CellType()  # what super() looks at
        members = {
            name: _in_class(twin_member(member), cell)
            for name, member in vars(cls).items()
            if name not in _NOT_OURS
        }
        members |= {"__slots__": (), "array_class": cls, "__module__": cls.__module__, "__doc__": cls.__doc__}
        made = _classes[cls] = cell.cell_contents = type(cls.__name__, bases, members)
        counterpart(made)(lambda *args, **kwargs: callee(cls)(*args, **kwargs))
    return made


def _in_class(member, cell):
    """A member of a class as one of another class, which its `super()` starts from."""
    if type(member) is property:
        return property(
            *(_in_class(f, cell) for f in (member.fget, member.fset, member.fdel)), member.__doc__
        )
    if type(member) in (classmethod, staticmethod):
        return type(member)(_in_class(member.__func__, cell))
    if type(member) is not FunctionType or "__class__" not in member.__code__.co_freevars:
        return member
    names = zip(member.__code__.co_freevars, member.__closure__, strict=True)
    closure = tuple(cell if name == "__class__" else own for name, own in names)
    made = FunctionType(member.__code__, member.__globals__, member.__name__, member.__defaults__, closure)
    made.__kwdefaults__, made.__doc__ = member.__kwdefaults__, member.__doc__
    vars(made).update(vars(member))
    return made


def viewed(t, cls):
    """The tensor `t` as an array of the class `cls`: a view of it."""
    view = Tensor.__getitem__(t, ...)
    if cls is not ndarray:
        view.__class__ = _class_of_tensors(cls)
        view.__array_finalize__(t)
    return view


# ----------------------------------------------------------------------------------------------- counterparts


@counterpart(Tensor.view)
def view(self, dtype=None, type=None):
    if isinstance(dtype, builtins.type) and issubclass(dtype, ndarray):
        dtype, type = None, dtype
    if type is None:
        return self.view(dtype)
    if self.constant or issubclass(type, np.ma.MaskedArray):  # whose mask has no derivative
        return self.__array__().view(type)
    return viewed(self if dtype is None else self.view(dtype), type)


@counterpart(ndarray.__new__)
def new(cls, shape, dtype=float, buffer=None, offset=0, strides=None, order=None):
    if not isinstance(buffer, Handle) or buffer.constant:
        return ndarray.__new__(cls, plain(shape), dtype, plain(buffer), offset, strides, order)
    start, rest = divmod(offset, buffer.itemsize)
    if rest or strides is not None or np.dtype(dtype) != buffer.dtype or not buffer.flags.c_contiguous:
        raise TypeError(
            "A tensor that carries a gradient is a buffer for elements of its own dtype that follow each "
            "other, and for nothing else."
        )
    flat = np.reshape(buffer, -1)[start : start + int(np.prod(shape))]
    return viewed(np.reshape(flat, shape, order=order or "C"), cls)
