"""The tensor: an array, and the node of its present value.

This file says what a tensor looks like; it holds no mathematics. Operators call the engine, methods call the
NumPy function of the same name.
"""

import copy
import functools
import operator
import warnings
from collections.abc import Callable, Iterator
from sys import getrefcount
from typing import Any

import numpy as np
from numpy import ndarray

from mygrad.coercion import refuse_coercion
from mygrad.dispatch import array_function, with_constant
from mygrad.engine.function import stacked
from mygrad.engine.memory import ALONE, SHARED
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import CONSUMED, NO_GRADIENT, SPENT, leaf
from mygrad.engine.record import (
    Handle,
    binary,
    differentiable_dtype,
    make,
    node_of,
    recorded_node,
    unary,
    uses_handles_of,
)
from mygrad.engine.regions import remembered_index
from mygrad.engine.rule import rules
from mygrad.engine.sweep import consume, reverse
from mygrad.engine.ufunc import call_ufunc
from mygrad.engine.views import (
    base_of,
    data_of,
    own_memory,
    read,
    reshape_in_place,
    unchanged_on_error,
    write,
)
from mygrad.errors import InvalidBackprop
from mygrad.flat import Flat
from mygrad.rules.conversion import cast

__all__ = ["Tensor", "asarray", "astensor", "tensor"]


def tensor(arr_like, dtype=None, *, constant=None, copy=True, ndmin=0) -> "Tensor":
    """Make a tensor.

    Parameters
    ----------
    arr_like : array_like
        Numbers, nested sequences, an array, a tensor, or a sequence of tensors, which are stacked with their
        gradients.
    dtype : DTypeLike, optional
        Inferred from the data by default. Floating, complex, integer or boolean.
    constant : bool, optional
        Whether no gradient is wanted. By default tensors of floats and complex numbers carry one; integers
        and booleans can't.
    copy : bool
        Whether the data are copied. With ``copy=False`` the tensor uses the memory of the array if it can,
        and a tensor that fits is returned as it is.
    ndmin : int
        Leading axes of length 1 are added up to this number of dimensions.

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        For data that aren't numbers, and for a ``constant`` that is no bool.
    ValueError
        For ``constant=False`` with integers or booleans.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.tensor([1, 2, 3], dtype=float)
    >>> x, x.constant
    (Tensor([1., 2., 3.]), False)
    """
    if isinstance(arr_like, Tensor) and not copy:
        dtype_fits = dtype is None or np.dtype(dtype) == arr_like.dtype
        if dtype_fits and (constant is None or constant is arr_like.constant):
            extra = ndmin - arr_like.ndim
            return arr_like if extra <= 0 else arr_like[(None,) * extra]
    return Tensor(arr_like, dtype=dtype, constant=constant, copy=copy, ndmin=ndmin)


def astensor(t, dtype=None, *, constant=None) -> "Tensor":
    """`t` as a tensor, without a copy where that can be: ``tensor(t, dtype, constant=constant,
    copy=False)``."""
    return tensor(t, dtype=dtype, constant=constant, copy=False)


def asarray(a, dtype=None, order=None) -> ndarray:
    """The plain array of a tensor or array-like: a way out of the graph on purpose. ``mygrad.asarray(t) is
    t.data``."""
    return np.asarray(a.data if isinstance(a, Tensor) else a, dtype=dtype, order=order)


def _operators(function, compute=None) -> "tuple[Callable[..., Tensor], Callable[..., Tensor]]":
    """The operator of a binary ufunc, and its reflection; `compute` in its place gives the values."""
    rule = rules.get(function)
    if compute is not None:  # NumPy's ** has short cuts that np.power lacks
        rule = copy.copy(rule)
        rule.ufunc = compute
    if rule is not None and hasattr(rule, "both"):

        def operator(self, other):
            if type(other) in _OPERABLE or _can_operate(other):
                return binary(rule, self, other)
            return NotImplemented

        def reflected(self, other):
            if type(other) in _OPERABLE or _can_operate(other):
                return binary(rule, other, self)
            return NotImplemented

    else:

        def operator(self, other):
            return function(self, other) if _can_operate(other) else NotImplemented

        def reflected(self, other):
            return function(other, self) if _can_operate(other) else NotImplemented

    return operator, reflected


def _value_operators(function) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The operators of a ufunc whose answers are no tensors."""
    return _operators(function)


_OPERABLE = {int, float, complex, bool, ndarray, list, tuple}
"""Types that always leave an operation with a tensor to the tensor."""


def _can_operate(other):
    """Whether `other` leaves an operation with a tensor to the tensor: as NumPy's arrays decide it."""
    if isinstance(other, Handle) or type(other) in _OPERABLE:
        return True
    if getattr(other, "__array_ufunc__", 0) is None:
        return False
    if hasattr(other, "__array_ufunc__"):
        return True
    return getattr(other, "__array_priority__", -1.0) <= Tensor.__array_priority__


def _augmented(function) -> "Callable[..., Tensor]":
    def operator(self, other):
        return function(self, other, out=self) if _can_operate(other) else NotImplemented

    return operator


def _unary(function) -> "Callable[..., Tensor]":
    rule = rules[function]
    return lambda self: unary(rule, self)


def _comparison(compare) -> Callable[..., Any]:
    def operator(self, other):
        if isinstance(other, Handle):
            other = other._value
        return compare(self._value, other)

    return operator


def _method(function, name=None) -> "Callable[..., Tensor]":
    """The method that calls a NumPy function; it takes ``constant=`` too."""

    @functools.wraps(function)
    def method(self, *args, constant=None, **kwargs):
        result = array_function(function, (self, *args), kwargs)
        return result if constant is None else with_constant(result, constant)

    method.__name__ = name or function.__name__
    return method


def _attribute(get, doc) -> Any:
    """A property whose type is that of the name that it is given to."""
    return property(get, doc=doc)


class Tensor(Handle):
    """An array that can be differentiated.

    It does what NumPy's arrays do, with the same values, dtypes, views, in-place writes and errors. Its
    `backward` gives the derivatives of its sum with respect to all tensors that it was computed from, as
    their `grad`.

    Parameters
    ----------
    x : array_like
    dtype, constant, copy, ndmin
        As for `tensor`, but never an existing tensor is returned.

    Examples
    --------
    >>> import mygrad as mg, numpy as np
    >>> x = mg.tensor([1.0, 2.0, 3.0])
    >>> f = np.sum(x * x)
    >>> f.backward()
    >>> x.grad
    array([2., 4., 6.])
    """

    __slots__ = ()
    __array_priority__ = 15.0
    __hash__ = None  # == compares elements, as for arrays

    def __init__(self, x, *, dtype=None, constant=None, copy=True, ndmin=0):
        if constant is not None and not isinstance(constant, (bool, np.bool_)):
            raise TypeError(f"constant must be True, False or None; got {constant!r}.")
        if type(x) in (list, tuple) and isinstance(tensors := stacked(x), Handle):
            # Tensors in a sequence are stacked, with their gradients.
            result = tensors if dtype is None else tensors.astype(dtype)
            result = with_constant(result[(None,) * max(0, ndmin - result.ndim)].copy(), constant)
            self._value, self._node, self._saved, self._view = result._value, result._node, None, None
            return
        data = x if not isinstance(x, Handle) else x._value if copy else data_of(x)
        own = isinstance(data, ndarray)
        data = np.array(data, dtype=dtype, copy=True if copy else None, ndmin=ndmin)
        kind = data.dtype.kind
        if kind not in "fcbiu":
            raise TypeError(
                f"Tensor data must be of a floating, complex, integer or boolean type; got data of dtype "
                f"{data.dtype}."
            )
        if not differentiable_dtype(data.dtype):
            if constant is not None and not constant:
                raise ValueError(
                    f"Integer-valued tensors must be treated as constants; got dtype {data.dtype} with "
                    f"constant=False."
                )
            constant = True
        self._value = data
        self._view = None
        # Without a copy the memory is the user's, or another tensor's.
        self._saved = SHARED if own and not copy else None
        self._node = None if constant else leaf()

    # ------------------------------------------------------------------------------- the value and its place

    @property
    def data(self) -> ndarray:
        """The array of values. It is read-only while a graph remembers it."""
        return data_of(self)

    @data.setter
    def data(self, value):
        value = value.data if isinstance(value, Tensor) else np.asarray(value)
        if value is self._value:  # t.data -= step has written into the memory of t already
            return
        if value.dtype.kind not in "fcbiu":
            raise TypeError(
                f"Tensor data must be of a floating, complex, integer or boolean type; got dtype "
                f"{value.dtype}."
            )
        constant = self.constant or not differentiable_dtype(value.dtype)
        self._value = value
        self._saved = SHARED
        self._view = None
        self._node = None if constant else leaf()

    @property
    def grad(self) -> ndarray | None:
        """The gradient that the last `backward` left, or None: a view's is a view of its base's.

        For complex tensors it is the conjugate of the derivative, so that ``x - step * x.grad`` descends.
        """
        base = base_of(self)
        view = self._view
        if view is not None:
            gradient = _gradient(base)
            return None if gradient is None or view.constant else view.step.apply(gradient)
        return _gradient(self)

    @property
    def constant(self) -> bool:
        """Whether no gradient passes through this tensor."""
        base = base_of(self)
        view = self._view
        if view is not None:
            return view.constant or base._node is None or not differentiable_dtype(self._value.dtype)
        return self._node is None

    @property
    def creator(self):
        """The node of the operation that made the value; None for leaves and constants, and once the graph is
        cleared."""
        if self._view is not None:
            if self.constant or base_of(self)._node.rule is CONSUMED:
                return None
            return self._view.current_for(self)
        node = self._node
        return node if node is not None and node.parents else None

    @property
    def base(self):
        """The tensor whose memory this one views; None if the memory is its own."""
        base_of(self)
        return None if self._view is None or self._view.hidden else self._view.base

    def null_grad(self) -> "Tensor":
        """Set the gradient to None; a view's is its base's. Returns the tensor."""
        node = base_of(self)._node
        if node is not None and node.cotangent is not None:
            node.grad = None
            node.cotangent = NO_GRADIENT if node.rule is CONSUMED or node.rule is SPENT else None
        return self

    def null_gradients(self, clear_graph=True) -> None:
        """Do nothing but warn: gradients clear themselves when a tensor is used again."""
        warnings.warn(
            "null_gradients does nothing any more: the gradient of a tensor is cleared when the tensor is "
            "used again. "
            "Use null_grad for one tensor, clear_graph to give up a graph.",
            FutureWarning,
            stacklevel=2,
        )

    def clear_graph(self) -> None:
        """Give up the graph that this tensor was computed from. Its values and its memory stay as they
        are."""
        if not self.constant:
            consume(self._node if self._view is None else self._view.current_for(self))

    def backward(self, grad=None, *, retain_graph=False) -> None:
        """Compute the derivatives of this tensor with respect to all that it was computed from.

        They are left in `grad` of each tensor that isn't constant. A tensor that is no scalar is
        differentiated as its sum.

        Parameters
        ----------
        grad : array_like, optional
            The cotangent of this tensor; ones by default. It must broadcast to the shape of the tensor.
        retain_graph : bool
            Whether the graph is kept for another `backward`. By default it is consumed.

        Raises
        ------
        mygrad.errors.InvalidBackprop
            If part of the graph was consumed already.
        ValueError
            If `grad` doesn't broadcast to the shape of the tensor.

        Examples
        --------
        >>> import mygrad as mg
        >>> x = mg.tensor([2.0, 3.0])
        >>> (x * x).backward([1.0, 10.0])
        >>> x.grad
        array([ 4., 60.])
        """
        if self.constant:
            self.clear_graph()
            return
        if not RECORDING.get():
            return
        data = self._value
        if grad is None:
            cotangent = np.ones_like(data) if data.shape else data.dtype.type(1)
        else:
            grad = np.asarray(grad.data if isinstance(grad, Tensor) else grad)
            cotangent = grad.astype(data.dtype)
            if cotangent.dtype.kind == "c":
                cotangent = cotangent.conj()
            if cotangent.shape != data.shape:
                try:
                    cotangent = np.array(np.broadcast_to(cotangent, data.shape))
                except ValueError:
                    raise ValueError(
                        f"The gradient given to backward must broadcast to the shape of the tensor: the "
                        f"tensor has shape "
                        f"{data.shape}, the gradient {grad.shape}."
                    ) from None
        if self._view is not None:
            node = self._view.current_for(self)
        else:
            node = self._node
        if node.rule is SPENT:
            node = node_of(self)
        if node.rule is CONSUMED:
            raise InvalidBackprop(
                "backward() was called on a tensor whose graph was cleared already, by an earlier backward() "
                "or clear_graph(). "
                "Compute it again, or keep the graph with backward(retain_graph=True)."
            )
        reverse(node, cotangent, retain_graph)

    # ------------------------------------------------------------------------------- what NumPy asks

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function, types, args, kwargs):
        return array_function(function, args, kwargs)

    def __array__(self, dtype=None, copy=None) -> ndarray:
        if not self.constant and RECORDING.get():
            refuse_coercion()
        data = data_of(self)
        if dtype is not None and np.dtype(dtype) != data.dtype:
            if copy is False:
                raise ValueError(
                    f"A copy is needed to make an array of dtype {np.dtype(dtype)} of a tensor of dtype "
                    f"{data.dtype}."
                )
            return data.astype(dtype)
        return data.copy() if copy else data

    # ------------------------------------------------------------------------------- metadata

    shape: tuple[int, ...] = _attribute(
        lambda self: self._value.shape, "The lengths of the axes. Setting it reshapes in place."
    )
    ndim: int = _attribute(lambda self: self._value.ndim, "The number of axes.")
    size: int = _attribute(lambda self: self._value.size, "The number of elements.")
    dtype: np.dtype = _attribute(lambda self: self._value.dtype, "The dtype of the values.")
    itemsize: int = _attribute(lambda self: self._value.itemsize, "The bytes of an element.")
    nbytes: int = _attribute(lambda self: self._value.nbytes, "The bytes of all elements.")
    strides: tuple[int, ...] = _attribute(
        lambda self: self._value.strides, "The bytes to step along each axis."
    )
    flags: Any = _attribute(lambda self: own_memory(self).flags, "The memory layout of the values.")
    device: str = _attribute(lambda self: self._value.device, "Where the values are.")

    @shape.setter
    def shape(self, shape):
        reshape_in_place(self, shape)

    T: "Tensor" = _attribute(lambda self: array_function(np.transpose, (self,), {}), "The axes reversed.")
    mT: "Tensor" = _attribute(
        lambda self: array_function(np.matrix_transpose, (self,), {}), "The last two axes swapped."
    )
    real: "Tensor" = _attribute(lambda self: array_function(np.real, (self,), {}), "The real part.")
    imag: "Tensor" = _attribute(lambda self: array_function(np.imag, (self,), {}), "The imaginary part.")

    @real.setter
    def real(self, value):
        self.real[...] = value

    @imag.setter
    def imag(self, value):
        if self.dtype.kind != "c":
            raise TypeError("array does not have imaginary part to set")
        self.imag[...] = value

    @property
    def flat(self) -> Flat:
        """The elements in C order: iterable, and to be indexed for reading and writing."""
        return Flat(self)

    @flat.setter
    def flat(self, value):
        self.flat[...] = value

    # ------------------------------------------------------------------------------- indexing

    def __getitem__(self, index) -> "Tensor":
        return read(self, index if type(index) in (int, slice) else _plain_index(index))

    def __setitem__(self, index, value) -> None:
        index = index if type(index) in (int, slice) else _plain_index(index)
        value = stacked(value)
        data = value._value if isinstance(value, Handle) else value

        def store(array):
            array[index] = data

        with unchanged_on_error(self, value):
            write(self, store, recorded_node(value), data, remembered_index(index))

    def __delitem__(self, index):
        raise ValueError("cannot delete array elements")

    def __len__(self) -> int:
        return len(self._value)

    def __iter__(self) -> "Iterator[Tensor]":
        if not self.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return (self[i] for i in range(len(self)))

    def __contains__(self, item) -> bool:
        return (item.data if isinstance(item, Tensor) else item) in own_memory(self)

    # ------------------------------------------------------------------------------- operators

    __add__, __radd__ = _operators(np.add)
    __sub__, __rsub__ = _operators(np.subtract)
    __mul__, __rmul__ = _operators(np.multiply)
    __truediv__, __rtruediv__ = _operators(np.divide)
    __floordiv__, __rfloordiv__ = _value_operators(np.floor_divide)
    __mod__, __rmod__ = _operators(np.remainder)
    __divmod__, __rdivmod__ = _value_operators(np.divmod)
    __matmul__, __rmatmul__ = _operators(np.matmul)
    __and__, __rand__ = _value_operators(np.bitwise_and)
    __or__, __ror__ = _value_operators(np.bitwise_or)
    __xor__, __rxor__ = _value_operators(np.bitwise_xor)
    __lshift__, __rlshift__ = _value_operators(np.left_shift)
    __rshift__, __rrshift__ = _value_operators(np.right_shift)
    _power, __rpow__ = _operators(np.power, operator.pow)

    def __pow__(self, exponent, modulus=None) -> "Tensor":
        if modulus is not None:
            return NotImplemented
        if type(exponent) in (int, float):
            # As NumPy's arrays do it: faster, exact, and for integers with another dtype than np.power.
            if self._value.dtype.kind not in "fc":
                return make(np.asarray(self._value**exponent))
            short = _POWERS.get(exponent)
            if short is not None and self._value.dtype.kind == "f":
                return unary(short, self)
        return self._power(exponent)

    __iadd__ = _augmented(np.add)
    __isub__ = _augmented(np.subtract)
    __imul__ = _augmented(np.multiply)
    __itruediv__ = _augmented(np.divide)
    __ifloordiv__ = _augmented(np.floor_divide)
    __imod__ = _augmented(np.remainder)

    def __ipow__(self, exponent) -> "Tensor":
        if type(exponent) in (int, float) and exponent == 2 and self._value.dtype.kind in "fc":
            return np.square(self, out=self)  # as NumPy's arrays do it
        return np.power(self, exponent, out=self) if _can_operate(exponent) else NotImplemented

    __imatmul__ = _augmented(np.matmul)
    __iand__ = _augmented(np.bitwise_and)
    __ior__ = _augmented(np.bitwise_or)
    __ixor__ = _augmented(np.bitwise_xor)
    __ilshift__ = _augmented(np.left_shift)
    __irshift__ = _augmented(np.right_shift)

    __neg__ = _unary(np.negative)
    __pos__ = _unary(np.positive)
    __abs__ = _unary(np.absolute)

    def __invert__(self):
        return np.invert(self._value)

    def __round__(self, ndigits=None) -> Any:
        return np.round(self, 0 if ndigits is None else ndigits)

    __eq__ = _comparison(operator.eq)
    __ne__ = _comparison(operator.ne)
    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)

    # ------------------------------------------------------------------------------- to Python

    def __bool__(self) -> bool:
        return bool(self._value)

    def __float__(self) -> float:
        return float(self._only_element("float"))

    def __int__(self) -> int:
        return int(self._only_element("int"))

    def __complex__(self) -> complex:
        return complex(self._only_element("complex"))

    def __index__(self) -> int:
        return operator.index(own_memory(self))

    def _only_element(self, kind):
        if self.size > 1:
            raise TypeError(
                f"only a tensor of one element can be made a {kind}; this one has shape {self.shape}"
            )
        return self._value.item()

    def item(self, *args):
        """An element as a Python number: a way out of the graph on purpose."""
        return own_memory(self).item(*args)

    def tolist(self):
        """The values as nested lists of Python numbers: a way out of the graph on purpose."""
        return self._value.tolist()

    def numpy(self) -> ndarray:
        """The array of values, `data`: a way out of the graph on purpose."""
        return self.data

    def tobytes(self, order="C") -> bytes:
        """The bytes of the values."""
        return self._value.tobytes(order)

    def __repr__(self) -> str:
        return np.array_repr(np.asarray(self._value)).replace("array(", "Tensor(").replace("\n", "\n ")

    __str__ = __repr__

    def __format__(self, spec):
        return str(self) if not spec else format(np.asarray(self._value), spec)

    def __copy__(self) -> "Tensor":
        return self.copy()

    def __deepcopy__(self, memo) -> "Tensor":
        return self.copy()

    def __reduce_ex__(self, protocol):
        return _unpickled, (type(self), np.array(self._value), self.constant, self.grad, dict(self.__dict__))

    # ------------------------------------------------------------------------------- methods

    def copy(self, order="C", *, constant=None) -> "Tensor":
        """A copy with memory of its own; differentiable."""
        return with_constant(array_function(np.copy, (self,), {"order": order}), constant)

    def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True, *, constant=None) -> "Tensor":
        """The values cast to `dtype`: differentiable between floats and complex numbers; integers are
        constants."""
        if not copy and np.dtype(dtype) == self.dtype and constant in (None, self.constant):
            return self
        result = array_function(cast, (self, dtype, order, casting), {})
        # Integers are constants for their dtype alone: as for a new tensor, the dtype decides.
        if constant is None and not differentiable_dtype(self.dtype) and differentiable_dtype(result.dtype):
            constant = False
        return with_constant(result, constant)

    def reshape(self, *shape, order="C", copy=None, constant=None) -> "Tensor":
        """The same elements in another shape: a view where NumPy gives one."""
        shape = shape[0] if len(shape) == 1 else shape
        kwargs = {"order": order} if copy is None else {"order": order, "copy": copy}
        return with_constant(array_function(np.reshape, (self, shape), kwargs), constant)

    def transpose(self, *axes, constant=None) -> "Tensor":
        """The axes permuted; reversed by default."""
        axes = (
            axes[0]
            if len(axes) == 1 and (axes[0] is None or not isinstance(axes[0], (int, np.integer)))
            else axes or None
        )
        return with_constant(array_function(np.transpose, (self, axes), {}), constant)

    def flatten(self, order="C", *, constant=None) -> "Tensor":
        """A copy in one dimension."""
        result = array_function(np.ravel, (self,), {"order": order})
        return with_constant(result if result._view is None else result.copy(), constant)

    def squeeze(self, axis=None, *, constant=None) -> "Tensor":
        """The tensor without its axes of length 1."""
        return with_constant(array_function(np.squeeze, (self, axis), {}), constant)

    def view(self, *args, **kwargs) -> "Tensor":
        """A view of the same elements. Another dtype would be other values: use `astype`."""
        if args or kwargs:
            raise TypeError(
                "Tensor.view takes no dtype and no type: the bytes of a number have no derivative as another "
                "one. "
                "Use x.astype(dtype) to convert, or x.data.view(...) for the plain array."
            )
        return self[...]

    def fill(self, value) -> None:
        """Set all elements to one value."""
        if not isinstance(value, Handle):
            value = np.asarray(value)
        if value.ndim:
            raise ValueError(f"fill takes a scalar; got an array of shape {value.shape}.")
        self[...] = value

    def sort(self, axis=-1, kind=None, order=None, *, stable=None) -> None:
        """Sort in place along an axis."""
        if order is not None:
            raise ValueError("Cannot specify order when the array has no fields.")
        own_memory(self)
        self[...] = array_function(np.sort, (self,), {"axis": axis, "kind": kind, "stable": stable})

    def partition(self, kth, axis=-1, kind="introselect", order=None) -> None:
        """Partition in place along an axis."""
        self[...] = array_function(np.partition, (self, kth), {"axis": axis, "kind": kind})

    def put(self, indices, values, mode="raise") -> None:
        """Write `values` at flat `indices`."""
        np.put(self, indices, values, mode=mode)

    def resize(self, *shape, refcheck=True):
        """Not offered: other tensors and the graph may look at this memory. Use ``np.resize(x, shape)``."""
        raise ValueError(
            "A tensor can't be resized in place: others may share its memory. Use np.resize(x, shape)."
        )

    def round(self, decimals=0, out=None):
        """The values rounded."""
        return np.round(self, decimals, out=out)

    def nonzero(self) -> tuple[ndarray, ...]:
        """The indices of the elements that aren't zero."""
        return np.nonzero(own_memory(self))

    def conj(self) -> "Tensor":
        """The complex conjugate."""
        return np.conjugate(self)

    conjugate = conj

    def dot(self, b, out=None) -> "Tensor":
        """The dot product, as ``np.dot``."""
        return np.dot(self, b) if out is None else np.dot(self, b, out=out)

    def any(self, axis=None, out=None, keepdims=False, *, where=True):
        """Whether any element is true."""
        return np.any(self, axis=axis, out=out, keepdims=keepdims, where=where)

    def all(self, axis=None, out=None, keepdims=False, *, where=True):
        """Whether all elements are true."""
        return np.all(self, axis=axis, out=out, keepdims=keepdims, where=where)

    def argmax(self, axis=None, out=None, *, keepdims=False):
        """The index of the greatest element."""
        return np.argmax(self, axis=axis, out=out, keepdims=keepdims)

    def argmin(self, axis=None, out=None, *, keepdims=False):
        """The index of the least element."""
        return np.argmin(self, axis=axis, out=out, keepdims=keepdims)

    def argsort(self, axis=-1, kind=None, order=None, *, stable=None) -> ndarray:
        """The indices that would sort."""
        return self._value.argsort(axis=axis, kind=kind, order=order, stable=stable)

    def argpartition(self, kth, axis=-1, kind="introselect", order=None) -> ndarray:
        """The indices that would partition."""
        return self._value.argpartition(kth, axis=axis, kind=kind, order=order)

    def searchsorted(self, v, side="left", sorter=None):
        """Where `v` would be inserted."""
        return np.searchsorted(self, v, side=side, sorter=sorter)

    def take(self, indices, axis=None, out=None, mode="raise") -> "Tensor":
        """Elements by index along an axis."""
        return np.take(self, indices, axis=axis, out=out, mode=mode)

    def choose(self, choices, out=None, mode="raise") -> "Tensor":
        """Elements of `choices`, chosen by this tensor of integers."""
        return np.choose(self, choices, out=out, mode=mode)

    sum = _method(np.sum)
    prod = _method(np.prod)
    mean = _method(np.mean)
    var = _method(np.var)
    std = _method(np.std)
    max = _method(np.max, "max")
    min = _method(np.min, "min")
    cumsum = _method(np.cumsum)
    cumprod = _method(np.cumprod)
    clip = _method(np.clip)
    ravel = _method(np.ravel)
    swapaxes = _method(np.swapaxes)
    moveaxis = _method(np.moveaxis)
    repeat = _method(np.repeat)
    diagonal = _method(np.diagonal)
    trace = _method(np.trace)

    def compress(self, condition, axis=None, out=None) -> "Tensor":
        """The parts along an axis where `condition` is true."""
        return np.compress(condition, self, axis=axis, out=out)


_POWERS = {1: rules[np.positive], 2: rules[np.square], -1: rules[np.reciprocal], 0.5: rules[np.sqrt]}
uses_handles_of(Tensor)
_OPERABLE.add(Tensor)


def _gradient(base):
    """The gradient that a cotangent is to users: memory of its own, laid out as the values, conjugate where
    complex."""
    node = base._node
    if node is None or node.cotangent is None or node.cotangent is NO_GRADIENT:
        return None
    if node.grad is None:
        node.grad = node.cotangent = _published(node, base._value)
    return node.grad


def _published(node, value):
    cotangent = node.cotangent
    ours = (
        type(cotangent) is ndarray
        and getrefcount(cotangent) == ALONE
        and cotangent.base is None
        and cotangent.flags.writeable
    )
    if not ours or (cotangent.strides != value.strides and cotangent.ndim > 1):
        copy = np.empty_like(value, subok=False)
        copy[...] = cotangent
        cotangent = copy
    return np.conj(cotangent, out=cotangent) if cotangent.dtype.kind == "c" else cotangent


def _plain_index(index):
    """An index with arrays in the place of tensors."""
    if isinstance(index, tuple):
        return tuple(map(_plain_index, index))
    if isinstance(index, Handle):
        return data_of(index)
    if type(index) is list and any(isinstance(item, Handle) for item in index):
        return [_plain_index(item) for item in index]
    return index


def _unpickled(cls, data, constant, grad, attributes):
    t = cls(data, constant=constant, copy=False)
    t._saved = None
    if grad is not None and t._node is not None:
        t._node.cotangent = t._node.grad = grad
        t._node.rule = SPENT
    t.__dict__.update(attributes)
    return t
