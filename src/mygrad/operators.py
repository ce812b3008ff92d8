"""The operators of tensors: each calls the engine with the ufunc that NumPy's arrays call.

Comparisons, bits and whole quotients have no gradient: they return NumPy's plain arrays.
"""

import functools
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import float64, ndarray

from mygrad.engine.calling import stacked
from mygrad.engine.function import Function
from mygrad.engine.modes import RECORDING
from mygrad.engine.record import Handle, binary, make, recorder_of_two, recorder_with_constant
from mygrad.engine.rule import Elementwise, rules
from mygrad.engine.ufunc import augment

if TYPE_CHECKING:
    from mygrad.tensor import Tensor

__all__ = ["OPERABLE", "Operators", "foreign"]


def _operators(function, compute=None) -> "tuple[Callable[..., Tensor], Callable[..., Tensor]]":
    """The operator of a binary ufunc, and its reflection; `compute` in its place gives the values."""
    rule = rules.get(function)
    if compute is not None:  # NumPy's ** has short cuts that np.power lacks
        rule = rule.computed_by(compute)
    recorded = isinstance(rule, Elementwise)
    direct = type(rule) is Function  # which needs no ufunc to find it

    def operator(self, other):
        if recorded and type(other) in OPERABLE:
            return binary(rule, self, other)
        if direct and type(other) in OPERABLE:
            return rule.of_two(self, other)
        if not _can_operate(other) or (self._value.ndim and _means_otherwise(type(other), function)):
            return NotImplemented
        other = stacked(other)
        return binary(rule, self, other) if recorded and not foreign(type(other)) else function(self, other)

    def reflected(self, other):
        if recorded and type(other) in OPERABLE:
            return binary(rule, other, self)
        if direct and type(other) in OPERABLE:
            return rule.of_two(other, self)
        if not _can_operate(other):
            return NotImplemented
        if self._value.ndim and _means_otherwise(type(other), function):
            raise TypeError(
                f"{type(other).__name__} gives this operator a meaning of its own, and takes no tensor. Use "
                f"np.asarray(...) of it, or @ for the product of matrices."
            )
        other = stacked(other)
        return binary(rule, other, self) if recorded and not foreign(type(other)) else function(other, self)

    if not recorded:
        return operator, reflected
    with_constant = recorder_with_constant(rule, 0, operator)
    return recorder_of_two(rule, with_constant), recorder_with_constant(rule, 1, reflected)


def _value_operators(function) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The operators of a ufunc whose answers are no tensors."""
    return _operators(function)


@functools.lru_cache(256)
def foreign(cls) -> bool:
    """Whether a type of array has a mind of its own, so that an operation with tensors is left to it.

    It may hold tensors, as xarray's do. pandas' can't: beside a tensor they are the data that they hold.
    """
    method = getattr(cls, "__array_ufunc__", None)
    if method in (None, ndarray.__array_ufunc__) or issubclass(cls, Handle):
        return False
    return not hasattr(cls, "__pandas_priority__")


@functools.lru_cache(256)
def _means_otherwise(cls, function):
    """Whether a class of arrays means something else by a ufunc's operator: ``*`` of matrices is ``@``."""
    name = _NAMES.get(function)
    if name is None or not issubclass(cls, ndarray) or foreign(cls) or hasattr(cls, "mask"):
        return False
    return getattr(cls, name) is not getattr(ndarray, name)


_NAMES = {np.multiply: "__mul__", np.add: "__add__", np.subtract: "__sub__", np.divide: "__truediv__"}


def _can_operate(other):
    """Whether `other` leaves an operation with a tensor to the tensor: as NumPy's arrays decide it."""
    if isinstance(other, Handle) or type(other) in OPERABLE:
        return True
    if getattr(other, "__array_ufunc__", 0) is None:
        return False
    if hasattr(other, "__array_ufunc__"):
        return True
    return getattr(other, "__array_priority__", -1.0) <= 0.0  # that of arrays


def _augmented(function) -> "Callable[..., Tensor]":
    rule = rules.get(function)
    recorded = isinstance(rule, Elementwise)

    def operator(self, other):
        if isinstance(self._value, np.generic):
            return _number_augmented(self, function, other)
        if recorded and type(other) in OPERABLE:  # which needs no ufunc to find it
            return augment(rule, self, other)
        return function(self, other, out=self) if _can_operate(other) else NotImplemented

    return operator


def _number_augmented(t, compute, other):
    """What ``t op= other`` binds the name to, where `t` is a number of NumPy's, which can't be written into.

    It is ``t op other``, as in NumPy. Where nothing is recorded, that has the place in the graph which a
    tensor keeps that is written into, and is a constant if `t` is one.
    """
    if RECORDING.get() or not _can_operate(other):
        return NotImplemented
    result = compute(t, other)
    if isinstance(result, Handle):
        result._node = t._node
    return result


def _comparison(compare) -> Callable[..., Any]:
    def operator(self, other):
        if isinstance(other, Handle):
            other = other._value
        return compare(self._value, other)

    return operator


class Operators(Handle):
    """What a tensor does between operators."""

    __slots__ = ()
    __array_priority__ = 15.0

    def __hash__(self):
        # == compares elements, as for arrays. A number that carries a gradient is no key either: what is
        # kept under it would be found by another variable that happens to have the value.
        if isinstance(self._value, np.ndarray) or not self.constant:
            raise TypeError(
                f"unhashable type: {type(self).__name__!r}: take t.item(), the plain number, or id(t)."
            )
        return hash(self._value)

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
            values = self._value
            if exponent == 2 and type(values) is float64:  # a product takes a tenth of the time of np.square
                return self * self
            # As NumPy's arrays do it: faster, exact, and for integers with another dtype than np.power.
            kind = values.dtype.kind
            if kind not in "fc":
                return make(np.asarray(values**exponent))
            short = _POWERS.get(exponent)
            if short is not None and kind == "f":
                return short.record(self)
        return self._power(exponent)

    __iadd__ = _augmented(np.add)
    __isub__ = _augmented(np.subtract)
    __imul__ = _augmented(np.multiply)
    __itruediv__ = _augmented(np.divide)
    __ifloordiv__ = _augmented(np.floor_divide)
    __imod__ = _augmented(np.remainder)

    def __ipow__(self, exponent) -> "Tensor":
        if isinstance(self._value, np.generic):
            return _number_augmented(self, operator.pow, exponent)
        # As NumPy's arrays do it, by the same short cuts.
        if type(exponent) in (int, float) and self._value.dtype.kind in "fc":
            short = _POWERS.get(exponent)
            if short is not None:
                return short.ufunc(self, out=self)
        return np.power(self, exponent, out=self) if _can_operate(exponent) else NotImplemented

    def __imatmul__(self, other) -> "Tensor":
        if _can_operate(other) and (not self._value.ndim or np.ndim(other) < 2):
            raise ValueError(  # np.matmul would broadcast the product into the tensor
                "inplace matrix multiplication requires the first operand to have at least one and the "
                f"second at least two dimensions; got {self._value.ndim} and {np.ndim(other)}."
            )
        return np.matmul(self, other, out=self) if _can_operate(other) else NotImplemented

    __iand__ = _augmented(np.bitwise_and)
    __ior__ = _augmented(np.bitwise_or)
    __ixor__ = _augmented(np.bitwise_xor)
    __ilshift__ = _augmented(np.left_shift)
    __irshift__ = _augmented(np.right_shift)

    __neg__: "Callable[..., Tensor]" = rules[np.negative].record
    __pos__: "Callable[..., Tensor]" = rules[np.positive].record
    __abs__: "Callable[..., Tensor]" = rules[np.absolute].record

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


_POWERS = {1: rules[np.positive], 2: rules[np.square], -1: rules[np.reciprocal], 0.5: rules[np.sqrt]}

OPERABLE = {int, float, complex, bool, ndarray}
"""Types that always leave an operation with a tensor to the tensor."""
