"""The methods of tensors: those of NumPy's arrays, with their arguments, each the NumPy function of its name.

Methods that write do so in the tensor's own memory. What looks at bytes has no derivative: it works on
constants, and a tensor that carries a gradient is refused.
"""

import functools
import inspect
import operator
import os
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from mygrad.dispatch import array_function, with_constant
from mygrad.engine.chapters import implementation_of
from mygrad.engine.function import Function
from mygrad.engine.record import Handle, differentiable_dtype, make
from mygrad.engine.rule import composites, rules
from mygrad.engine.signatures import LateSignature
from mygrad.engine.views import own_memory, resize_in_place, write
from mygrad.rules.conversion import cast
from mygrad.rules.reinterpreting import field, swapped_bytes, viewed
from mygrad.rules.shaping import flattened

if TYPE_CHECKING:
    from mygrad.tensor import Tensor

__all__ = ["Methods"]

_Type = type


def _signature(function):
    """That of the method of NumPy's arrays, with ``constant=``."""
    # C functions told no signature before NumPy 2.4.
    first, *rest = inspect.signature(implementation_of(function) or function).parameters.values()
    constant = inspect.Parameter("constant", inspect.Parameter.KEYWORD_ONLY, default=None)
    if rest and rest[-1].kind is inspect.Parameter.VAR_KEYWORD:
        rest.insert(-1, constant)
    else:
        rest.append(constant)
    return inspect.Signature([first.replace(name="self", kind=inspect.Parameter.POSITIONAL_ONLY), *rest])


def _calling(function, name=None) -> Callable[..., Any]:
    """The method that calls a NumPy function; it takes ``constant=`` too."""

    rule = None if function in composites else rules.get(function)
    repeated = rule.repeated if type(rule) is Function else lambda *call: None

    @functools.wraps(function)
    def method(self, /, *args, constant=None, **kwargs):
        result = repeated(self, args, kwargs)
        if result is None:
            result = array_function(function, (self, *args), kwargs)
        return result if constant is None else with_constant(result, constant)

    method.__name__ = name or function.__name__
    method.__qualname__ = f"Tensor.{method.__name__}"
    method.__signature__ = LateSignature(lambda: _signature(function))  # type: ignore[attr-defined]
    return method


def _differentiable(function, name=None) -> "Callable[..., Tensor]":
    """A method whose result is a tensor."""
    return _calling(function, name)


class Methods(Handle):
    """What can be asked of a tensor by name, as of an array."""

    __slots__ = ()

    # ------------------------------------------------------------------------------- reductions and scans

    sum = _differentiable(np.sum)
    prod = _differentiable(np.prod)
    mean = _differentiable(np.mean)
    var = _differentiable(np.var)
    std = _differentiable(np.std)
    max = _differentiable(np.max, "max")
    min = _differentiable(np.min, "min")
    trace = _differentiable(np.trace)
    cumsum = _differentiable(np.cumsum)
    cumprod = _differentiable(np.cumprod)

    any = _calling(np.any)
    all = _calling(np.all)
    argmax = _calling(np.argmax)
    argmin = _calling(np.argmin)

    # ------------------------------------------------------------------------------- axes and elements

    ravel = _differentiable(np.ravel)
    squeeze = _differentiable(np.squeeze)
    swapaxes = _differentiable(np.swapaxes)
    moveaxis = _differentiable(np.moveaxis)
    diagonal = _differentiable(np.diagonal)
    repeat = _differentiable(np.repeat)
    take = _differentiable(np.take)
    choose = _differentiable(np.choose)
    dot = _differentiable(np.dot)

    round = _calling(np.round)
    nonzero = _calling(np.nonzero)
    argsort = _calling(np.argsort)
    argpartition = _calling(np.argpartition)
    searchsorted = _calling(np.searchsorted)

    def reshape(self, *shape, order="C", copy=None, constant=None) -> "Tensor":
        """The same elements in another shape: a view where NumPy gives one."""
        if not shape:
            raise TypeError("reshape() takes exactly 1 argument (0 given)")
        shape = shape[0] if len(shape) == 1 else shape
        if type(order) is str and order == "C" and copy is None:
            result = rules[np.reshape].repeated(self, (shape,), {})
            if result is not None:
                return with_constant(result, constant)
        kwargs = {"order": order} if copy is None else {"order": order, "copy": copy}
        return with_constant(array_function(np.reshape, (self, shape), kwargs), constant)

    def transpose(self, *axes, constant=None) -> "Tensor":
        """The axes permuted; reversed by default."""
        if not axes and constant is None:
            result = rules[np.transpose].repeated(self, (), {})
            return array_function(np.transpose, (self,), {}) if result is None else result
        axes = (
            axes[0]
            if len(axes) == 1 and (axes[0] is None or not isinstance(axes[0], (int, np.integer)))
            else axes or None
        )
        return with_constant(array_function(np.transpose, (self, axes), {}), constant)

    def flatten(self, order="C", *, constant=None) -> "Tensor":
        """A copy in one dimension."""
        if type(order) is str and order in ("C", "F"):
            return with_constant(array_function(flattened, (self, order), {}), constant)
        result = array_function(np.ravel, (self,), {"order": order})
        return with_constant(result if result._view is None else result.copy(), constant)

    def compress(self, condition, axis=None, out=None, *, constant=None) -> "Tensor":
        """The parts along an axis where `condition` is true."""
        return with_constant(np.compress(condition, self, axis=axis, out=out), constant)

    def clip(
        self, min=None, max=None, out=None, *, a_min=None, a_max=None, constant=None, **kwargs
    ) -> "Tensor":
        """The values limited to the range from `min` to `max`."""
        low, high = a_min if min is None else min, a_max if max is None else max
        return with_constant(array_function(np.clip, (self, low, high), {"out": out, **kwargs}), constant)

    def conj(self) -> "Tensor":
        """The complex conjugate; of real numbers the tensor itself, as of arrays."""
        return np.conjugate(self) if self._value.dtype.kind == "c" else self

    conjugate = conj

    # ------------------------------------------------------------------------------- copies, casts and bytes

    def copy(self, order="C", *, constant=None) -> "Tensor":
        """A copy with memory of its own; differentiable."""
        return with_constant(array_function(np.copy, (self,), {"order": order}), constant)

    def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True, *, constant=None) -> "Tensor":
        """The values cast to `dtype`: differentiable between floats and complex numbers; integers are
        constants."""
        value = own_memory(self)
        fits = not copy and np.dtype(dtype) == value.dtype and constant in (None, self.constant)
        if fits and value.astype(dtype, order, copy=False) is value:  # laid out as asked, too
            return self
        result = array_function(cast, (self, dtype, order, casting), {})
        # Integers are constants for their dtype alone: as for a new tensor, the dtype decides.
        if constant is None and not differentiable_dtype(value.dtype) and differentiable_dtype(result.dtype):
            constant = False
        return with_constant(result, constant)

    def to_device(self, device, /, *, stream=None) -> "Tensor":
        """The tensor itself: there is no device but ``"cpu"``."""
        own_memory(self).to_device(device, stream=stream)
        return self

    def view(self, dtype=None, type=None) -> "Tensor":
        """A view of the same memory, as numbers of another `dtype` if one is given.

        Complex numbers as pairs of floats, and pairs of floats as complex numbers, are differentiable. Other
        dtypes show the bytes of a number, which have no derivative: they are for constants.
        """
        if isinstance(dtype, _Type) and issubclass(dtype, (ndarray, Handle)):
            dtype, type = None, dtype
        if type is not None and not issubclass(type, Handle):
            return self.__array__().view(type=type)
        return self[...] if dtype is None else viewed(self, np.dtype(dtype))

    def getfield(self, dtype, offset=0) -> "Tensor":
        """The part of each number that starts at the byte `offset`, as a `dtype`; a view."""
        return field(self, np.dtype(dtype), offset)

    def setfield(self, val, dtype, offset=0) -> None:
        """Write `val` into the part of each number that starts at the byte `offset`."""
        field(self, np.dtype(dtype), offset)[...] = val

    def byteswap(self, inplace=False) -> "Tensor":
        """The numbers with the order of their bytes reversed: of constants alone."""
        swapped = swapped_bytes(self)
        if not inplace:
            return make(swapped)
        write(self, lambda array: array.byteswap(inplace=True), None, swapped)
        return self

    # ------------------------------------------------------------------------------- writes

    def fill(self, value) -> None:
        """Set all elements to one value."""
        if not isinstance(value, Handle):
            scalar = np.empty((), self._value.dtype)
            scalar.fill(value)  # NumPy says what fits
            value = scalar
        elif value._value.ndim:
            raise ValueError(f"fill takes a scalar; got a tensor of shape {value._value.shape}.")
        self[...] = value

    def sort(self, axis=-1, kind=None, order=None, *, stable=None, descending=None) -> None:
        """Sort in place along an axis; in falling order since NumPy 2.5."""
        if order is not None:
            raise ValueError("Cannot specify order when the array has no fields.")
        options = {"axis": operator.index(axis), "kind": kind, "stable": stable}
        if descending is not None:
            options["descending"] = descending
        self[...] = array_function(np.sort, (self,), options)

    def partition(self, kth, axis=-1, kind="introselect", order=None) -> None:
        """Partition in place along an axis."""
        options = {"axis": operator.index(axis), "kind": kind, "order": order}
        self[...] = array_function(np.partition, (self, kth), options)

    def put(self, indices, values, mode="raise") -> None:
        """Write `values` at flat `indices`."""
        np.put(self, indices, values, mode=mode)

    def _set_shape(self, shape):
        """Set the shape: what NumPy's own classes call since NumPy 2.5."""
        self.shape = shape

    def _set_dtype(self, dtype):
        """Set the dtype: what NumPy's own classes call since NumPy 2.5."""
        self.dtype = dtype

    def resize(self, *new_shape, refcheck=True) -> None:
        """Change shape and size in place; elements are left out, or zeros added, at the end.

        As of an array, it isn't possible of a view, nor while others refer to the memory: its views, and
        arrays got from ``x.data``. With ``refcheck=False`` these keep the old memory.
        """
        if new_shape and new_shape != (None,):
            resize_in_place(self, new_shape[0] if len(new_shape) == 1 else new_shape, refcheck)

    def setflags(self, write=None, align=None, uic=None) -> None:
        """Set the flags of the memory, of which ``write=False`` makes it read-only."""
        options = {"write": write, "align": align, "uic": uic}
        own_memory(self).setflags(**{name: flag for name, flag in options.items() if flag is not None})

    # ------------------------------------------------------------------------------- out of the graph

    def item(self, *args):
        """An element as a Python number: a way out of the graph on purpose."""
        return own_memory(self).item(*args)

    def tolist(self):
        """The values as nested lists of Python numbers: a way out of the graph on purpose."""
        return self._value.tolist()

    def tobytes(self, order="C") -> bytes:
        """The bytes of the values."""
        self._read_out()
        return own_memory(self).tobytes(order)

    def tofile(self, fid, /, sep="", format="%s") -> None:
        """Write the values to a file, as NumPy's arrays do."""
        self._read_out()
        own_memory(self).tofile(fid, sep, format)

    def dumps(self) -> bytes:
        """The tensor pickled, as ``pickle.dumps`` does it."""
        return pickle.dumps(self)

    def dump(self, file) -> None:
        """Pickle the tensor into a file, given open or by its name."""
        if isinstance(file, (str, os.PathLike)):
            with open(file, "wb") as opened:
                pickle.dump(self, opened)
        else:
            pickle.dump(self, file)
