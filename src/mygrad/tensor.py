"""The tensor: an array, and the node of its present value.

This file says how a tensor is made, what it is to Python and to NumPy, and what it knows of its graph. Its
operators and the methods that arrays have are in the modules of these names; no file here holds mathematics.
"""

import math
import operator
import sys
import warnings
from collections.abc import Iterator
from sys import getrefcount
from typing import Any

import numpy as np
from numpy import ndarray

from mygrad.coercion import refuse_coercion, refuse_number, remember_text
from mygrad.dispatch import array_function, with_constant
from mygrad.engine.calling import stacked
from mygrad.engine.elements import read_element, write_part
from mygrad.engine.filling import gathered
from mygrad.engine.function import Function
from mygrad.engine.indexing import basic_index, put
from mygrad.engine.memory import ALONE, SHARED, held_alone, share
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import CONSUMED, NO_GRADIENT, SPENT, leaf
from mygrad.engine.record import (
    Handle,
    differentiable_dtype,
    node_of,
    recorded_node,
    uses_handles_of,
)
from mygrad.engine.regions import remembered_index
from mygrad.engine.rule import Elementwise, rules
from mygrad.engine.sweep import consume, reverse
from mygrad.engine.ufunc import call_ufunc
from mygrad.engine.views import (
    base_of,
    data_of,
    holds_gradient,
    is_written_back,
    own_memory,
    read,
    reshape_in_place,
    unchanged_on_error,
    write,
)
from mygrad.errors import InvalidBackprop
from mygrad.flat import Flat
from mygrad.losses import tell
from mygrad.methods import Methods
from mygrad.operators import OPERABLE, Operators, foreign
from mygrad.rules.reinterpreting import refused_with_gradient

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


def asarray(a, dtype=None, order=None, **options) -> ndarray:
    """The plain array of a tensor or array-like: a way out of the graph on purpose. ``mygrad.asarray(t) is
    t.data``."""
    return np.asarray(a.data if isinstance(a, Tensor) else a, dtype, order, **options)


def _attribute(get, doc) -> Any:
    """A property whose type is that of the name that it is given to."""
    return property(get, doc=doc)


class Tensor(Operators, Methods):
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

    def __init__(self, x, *, dtype=None, constant=None, copy=True, ndmin=0):
        if constant is not None and not isinstance(constant, (bool, np.bool_)):
            raise TypeError(f"constant must be True, False or None; got {constant!r}.")
        if type(x) in (list, tuple) and isinstance(tensors := stacked(x), Handle):
            # Tensors in a sequence are stacked, with their gradients.
            result = tensors if dtype is None else tensors.astype(dtype)
            if ndmin > result.ndim:
                result = result[(None,) * (ndmin - result.ndim)].copy()
            result = with_constant(result, constant)
            self._value, self._node = result._value, result._node
            self._saved = self._view = self._shape = None
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
        self._view = self._shape = None
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
        share(self)  # views of it have the old memory for themselves, and may write there
        self._value = value
        self._view = self._shape = None
        self._node = None if constant else leaf()

    @property
    def grad(self) -> ndarray | None:
        """The gradient that the last `backward` left, or None: a view's is a view of its base's.

        For complex tensors it is the conjugate of the derivative, so that ``x - step * x.grad`` descends.
        """
        if self._view is not None:
            base = base_of(self)
            view = self._view  # base_of may have found that it is one no longer
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
        return node if node is not None and node.parent is not None else None

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
            tell("This constant", math.inf, sys._getframe(1))
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
        if node.rule is None:
            tell("This tensor", node.order, sys._getframe(1))
        reverse(node, cotangent, retain_graph)

    # ------------------------------------------------------------------------------- what NumPy asks

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if not kwargs and method == "__call__":
            rule = rules.get(ufunc)
            if type(rule) is Elementwise:
                record = rule.record
                count = len(inputs)
                if count == 1:
                    return record(self)
                if count == 2:
                    x, y = inputs
                    if type(x) is Tensor and type(y) in RECORDABLE:
                        return record(x, y)
                    if y is self and type(x) in RECORDABLE:
                        return rule.record_constant(y, x)
            elif type(rule) is Function and rule.takes_two:
                x, y = inputs
                if type(x) in OPERABLE and type(y) in OPERABLE:
                    return rule.of_two(x, y)
        for x in inputs:
            if type(x) not in OPERABLE and foreign(type(x)):
                return NotImplemented
        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function, types, args, kwargs):
        for cls in types:
            if cls is not Tensor and not issubclass(cls, (Handle, ndarray)):
                return NotImplemented
        return array_function(function, args, kwargs)

    def __array__(self, dtype=None, copy=None) -> ndarray:
        data = self._coerced()
        if dtype is not None and np.dtype(dtype) != data.dtype:
            if copy is False:
                raise ValueError(
                    f"A copy is needed to make an array of dtype {np.dtype(dtype)} of a tensor of dtype "
                    f"{data.dtype}."
                )
            return data.astype(dtype)
        return data.copy() if copy else data

    def _coerced(self):
        if not self.constant and RECORDING.get():
            refuse_coercion()
        return data_of(self)

    def __array_namespace__(self, *, api_version=None) -> Any:
        """The namespace of the array API standard for tensors."""
        own_memory(self).__array_namespace__(api_version=api_version)  # NumPy knows the versions
        import mygrad.array_api

        return mygrad.array_api

    def __dlpack__(self, **options) -> Any:
        return self._coerced().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return own_memory(self).__dlpack_device__()

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

    ctypes: Any = _attribute(
        lambda self: self._coerced().ctypes, "The memory for ctypes: of what carries no gradient."
    )

    @shape.setter
    def shape(self, shape):
        reshape_in_place(self, shape)

    @dtype.setter
    def dtype(self, dtype):
        self._become(np.ndarray.dtype, dtype)

    @strides.setter
    def strides(self, strides):
        self._become(np.ndarray.strides, strides)

    def _become(self, attribute, value):
        """Let a constant read its memory in another way."""
        array = data_of(refused_with_gradient(self)).view()
        attribute.__set__(array, value)
        self.data = array

    T: "Tensor" = _attribute(lambda self: self.transpose(), "The axes reversed.")
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
        if type(index) is int or type(index) is tuple:
            element = read_element(self, index)
            if element is not None:
                return element
        basic = type(index) is slice or basic_index(index)
        return read(self, index if basic else _plain_index(index), basic)

    def __setitem__(self, index, value) -> None:
        if type(value) is Tensor:
            kind = type(index)
            if (kind is int or kind is slice or kind is tuple) and write_part(self, index, value):
                return
            if value._view is not None and is_written_back(self, index, value):
                return
        self._write_region(index, value)

    def _write_region(self, index, value):
        if type(index) is slice or basic_index(index):
            remembered = index
        else:
            index = _plain_index(index)
            remembered = remembered_index(index)
        if type(value) is list or type(value) is tuple:
            value = stacked(value)
        data = value._value if isinstance(value, Handle) else value

        def store(array):
            if type(index) is ndarray:
                put(array, index, data)
            else:
                array[index] = data

        if data is value:
            write(self, store, None, data, remembered)
        elif value._view is None and not holds_gradient(value):
            # Of the tensor itself the gradient is cleared when nothing can fail any more.
            write(self, store, value._node if RECORDING.get() else None, data, remembered)
        else:
            with unchanged_on_error(value):
                write(self, store, recorded_node(value), data, remembered)

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

    # ------------------------------------------------------------------------------- to Python

    def __bool__(self) -> bool:
        return bool(self._value)

    def __float__(self) -> float:
        if not self.constant and RECORDING.get():
            refuse_number()
        return float(self._only_element("float"))

    def __int__(self) -> int:
        return int(self._only_element("int"))

    def __complex__(self) -> complex:
        if not self.constant and RECORDING.get():
            refuse_number()
        return complex(self._only_element("complex number"))

    def __index__(self) -> int:
        return operator.index(own_memory(self))

    def _only_element(self, kind):
        if self.size > 1:
            raise TypeError(
                f"only a tensor of one element can be made a {kind}; this one has shape {self.shape}"
            )
        return self._value.item()

    def numpy(self) -> ndarray:
        """The array of values, `data`: a way out of the graph on purpose."""
        return self.data

    def __repr__(self) -> str:
        self._read_out()
        return np.array_repr(np.asarray(self._value)).replace("array(", "Tensor(").replace("\n", "\n ")

    __str__ = __repr__

    def __format__(self, spec):
        if not spec:
            return str(self)
        self._read_out()
        return format(np.asarray(self._value), spec)

    def __copy__(self) -> "Tensor":
        return self.copy()

    def __deepcopy__(self, memo) -> "Tensor":
        return self.copy()

    def _read_out(self):
        if not self.constant and RECORDING.get():
            remember_text()

    def __reduce__(self):
        self._read_out()
        return _unpickled, (type(self), np.array(self._value), self.constant, self.grad, dict(self.__dict__))


uses_handles_of(Tensor)
OPERABLE.add(Tensor)
RECORDABLE = {Tensor, ndarray, float, int}
"""Types of operands that a recorder takes."""


def _gradient(base):
    """The gradient that a cotangent is to users: memory of its own, laid out as the values, conjugate where
    complex."""
    node = base._node
    if node is None:
        return None
    if node.grad is None:
        if node.cotangent is None or node.cotangent is NO_GRADIENT:
            return None
        node.grad = node.cotangent = _published(node, base._value)
    return node.grad


def _published(node, value):
    cotangent = gathered(node)  # a sweep that failed may have left it half filled
    ours = (
        type(cotangent) is ndarray
        and getrefcount(cotangent) == ALONE
        and cotangent.flags.writeable
        and (cotangent.base is None or held_alone(cotangent))
    )
    alike = cotangent.ndim < 2 or cotangent.strides == value.strides
    if not ours and alike and type(cotangent) is ndarray and cotangent.flags.c_contiguous:
        cotangent = cotangent.copy()
    elif not (ours and alike):
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
