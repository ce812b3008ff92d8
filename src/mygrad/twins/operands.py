"""Operators, iteration, ``with``, truth, formatting: syntax that calls methods without a call in the source.

Numbers, arrays, tensors and whatever else is of a type of `PLAIN` stay themselves: a look-up of the type. An
object whose class is written in Python is put into an `Operand` for the one operation, and that calls the
twins of the object's methods. Nothing else ever sees an operand.
"""

import builtins
import math
import operator
import sys
import types

import numpy as np

from mygrad.engine.calling import holds_tensor, stacked
from mygrad.engine.record import Handle
from mygrad.tensor import Tensor
from mygrad.twins.attributes import PLAIN, attribute, python_method, set_attribute, takes_itself
from mygrad.twins.calls import array_of, callee, counterpart, hook, is_number, left_alone, while_alive
from mygrad.twins.rewriting import IN_PLACE
from mygrad.twins.stores import ONE_NAME, held_by_others, takes_no_gradient, tell_of_others, writable

__all__ = ["Operand", "number_of", "operand"]

PLAIN |= {kind for kind in vars(builtins).values() if isinstance(kind, type)} - {super}
PLAIN |= {kind for kind in vars(types).values() if isinstance(kind, type)}
PLAIN |= {np.ndarray, np.dtype, Tensor, *np.sctypeDict.values()}

_JOINING = {type(np.r_): "r_", type(np.c_): "c_"}
"""The objects that join arrays when they are indexed: the names of their counterparts, by class."""

_in_python: dict = {}
"""For each class, by identity, whether its operators may be written in Python."""


@hook("operand")
def operand(o):
    """`o` as an operator takes it: see the module."""
    return o if type(o) in PLAIN else _operand(o)


@hook("term")
def term(o):
    """`o` as an operator of two sides takes it: NumPy makes an array of a list that stands beside one."""
    if type(o) in _NUMPY_STACKS:
        return Operand(o) if holds_tensor(o) else o
    return o if type(o) in PLAIN else _operand(o)


@hook("target")
def target(o):
    """`o` as an assignment to an item of it takes it."""
    return operand(writable(o))


@hook("place")
def place(o, name):
    """`o` as an assignment to its attribute `name` takes it."""
    return Operand(o) if takes_itself(o, name) else o


@hook("visible")
def visible(names):
    """The local names of a function, without those that are ours."""
    if isinstance(names, dict):
        return {name: value for name, value in names.items() if not name.startswith("__mygrad_")}
    return [name for name in names if not name.startswith("__mygrad_")]


def _operand(o):
    cls = type(o)
    if cls in _JOINING:
        from mygrad.twins import joining  # not before: to make them is to run twins

        return getattr(joining, _JOINING[cls])
    known = _in_python.get(id(cls))
    in_python = while_alive(_in_python, cls, _may_be_in_python(cls)) if known is None else known[0]
    return Operand(o) if in_python else o


def _may_be_in_python(cls):
    if issubclass(cls, (Handle, np.ndarray, np.generic, Operand)) or cls.__module__ == "numpy":
        return False
    return not all(left_alone(base) for base in cls.__mro__)


def number_of(o, *names):
    """The number that an object gives for itself by the first method of `names` that it has, written in
    Python; anything else as it is."""
    cls = type(o)
    if cls in PLAIN or not _may_be_in_python(cls):
        return o
    methods = filter(None, (python_method(cls, name) for name in names))
    return next((callee(method)(o) for method in methods), o)


class Operand:
    """An object whose class may have operators written in Python, for the time of one operation."""

    __slots__ = ("_object",)

    def __init__(self, o):
        _set(self, o)

    def __getattr__(self, name):
        return callee(attribute(_object(self), name))

    def __setattr__(self, name, value):
        set_attribute(_object(self), name, value)

    def __delattr__(self, name):
        set_attribute(_object(self), name)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        # An array or tensor is on the left: what it does depends on what the object tells NumPy.
        symbol = _of_ufunc[ufunc]
        if "out" in kwargs:
            return _in_place(symbol, *map(_bare, inputs))
        return _binary(symbol, *map(_bare, inputs))

    # ------------------------------------------------------------------------------------------- containers

    def __bool__(self):
        o = _object(self)
        method = python_method(type(o), "__bool__")
        if method is None and python_method(type(o), "__len__") and not hasattr(type(o), "__bool__"):
            return len(self) != 0
        return bool(o) if method is None else callee(method)(o)

    def __iter__(self):
        o = _object(self)
        method = python_method(type(o), "__iter__")
        if method is not None:
            iterator = callee(method)(o)
            return Operand(iterator) if python_method(type(iterator), "__next__") else iterator
        if not hasattr(type(o), "__iter__") and python_method(type(o), "__getitem__"):
            return self._by_index()
        return iter(o)

    def _by_index(self):
        index = 0
        while True:
            try:
                item = self[index]
            except (IndexError, StopIteration):
                return
            yield item
            index += 1

    def __contains__(self, item):
        o = _object(self)
        method = python_method(type(o), "__contains__")
        if method is not None:
            return callee(method)(o, item)
        if hasattr(type(o), "__contains__"):
            return item in o
        return any(item is each or operand(item) == operand(each) for each in self)

    def __getitem__(self, key):
        o = _object(self)
        method = python_method(type(o), "__getitem__")
        if method is None and isinstance(o, dict):
            method = None if key in o else python_method(type(o), "__missing__")
        return o[key] if method is None else callee(method)(o, key)

    # ----------------------------------------------------------------------------------------- with and async

    def __enter__(self):
        return _special(self, "__enter__", "the context manager protocol")

    def __exit__(self, *error):
        return _special(self, "__exit__", "the context manager protocol", *error)

    def __aenter__(self):
        return _special(self, "__aenter__", "the asynchronous context manager protocol")

    def __aexit__(self, *error):
        return _special(self, "__aexit__", "the asynchronous context manager protocol", *error)

    def __await__(self):
        return _special(self, "__await__", "await")

    def __aiter__(self):
        iterator = _special(self, "__aiter__", "asynchronous iteration")
        return Operand(iterator) if python_method(type(iterator), "__anext__") else iterator

    def __anext__(self):
        return _special(self, "__anext__", "asynchronous iteration")


_set = Operand._object.__set__  # type: ignore[attr-defined]
_object = Operand._object.__get__  # type: ignore[attr-defined]


def _bare(value):
    return _object(value) if type(value) is Operand else value


def _special(self, name, protocol, *args):
    o = _object(self)
    method = getattr(type(o), name, None)
    if method is None:
        raise TypeError(f"{type(o).__name__!r} object does not support {protocol}")
    return callee(method)(o, *args)


def _taking_one(name, function):
    """The special method `name`, for which Python has `function`."""

    def method(self, *args):
        o = _object(self)
        own = python_method(type(o), name)
        return function(o, *args) if own is None else callee(own)(o, *args)

    setattr(Operand, name, method)


def _text(o):
    return repr(Operand(o)) if type(o).__str__ is object.__str__ else str(o)


def _formatted(o, specification):
    by_text = not specification and type(o).__format__ is object.__format__
    return str(Operand(o)) if by_text else format(o, specification)


for _name, _function in {
    "__neg__": operator.neg, "__pos__": operator.pos, "__invert__": operator.invert,
    "__index__": operator.index,
    "__setitem__": operator.setitem, "__delitem__": operator.delitem, "__next__": next, "__len__": len,
    "__reversed__": reversed, "__length_hint__": operator.length_hint, "__abs__": abs, "__round__": round,
    "__int__": int, "__float__": float, "__complex__": complex, "__hash__": hash, "__bytes__": bytes,
    "__str__": _text, "__repr__": repr, "__format__": _formatted,
    "__trunc__": math.trunc, "__floor__": math.floor,
    "__ceil__": math.ceil,
}.items():  # fmt: skip
    _taking_one(_name, _function)


# ------------------------------------------------------------------------------------- operators of two sides

_REFLECTED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
_REFLECTED |= {
    name: f"r{name}"
    for name in "add sub mul truediv floordiv mod pow matmul divmod lshift rshift and or xor".split()
}
_COMPARED = {"lt", "le", "gt", "ge", "eq", "ne"}
_FUNCTIONS = {name: getattr(operator, f"__{name}__", divmod) for name in _REFLECTED}
_NUMPY_STACKS = {list, tuple}
_SEQUENCES = {*_NUMPY_STACKS, str, bytes, bytearray}

_ARRAYS = (np.ndarray, Handle)
_ARRAYS_AND_NUMBERS = (*_ARRAYS, np.generic)

_of_ufunc = {
    np.less: "lt", np.less_equal: "le", np.greater: "gt", np.greater_equal: "ge", np.equal: "eq",
    np.not_equal: "ne", np.add: "add", np.subtract: "sub", np.multiply: "mul", np.true_divide: "truediv",
    np.floor_divide: "floordiv", np.remainder: "mod", np.power: "pow", np.matmul: "matmul",
    np.divmod: "divmod",
    np.left_shift: "lshift", np.right_shift: "rshift", np.bitwise_and: "and", np.bitwise_or: "or",
    np.bitwise_xor: "xor",
}  # fmt: skip


def _binary(symbol, a, b):
    """``a + b`` for ``"add"``, in the order in which Python asks the two: methods written in Python as their
    twins."""
    left, right = type(a), type(b)
    if (left in _NUMPY_STACKS and right in PLAIN) or (right in _NUMPY_STACKS and left in PLAIN):
        return _FUNCTIONS[symbol](*_stacked_beside_arrays(symbol, a, b))
    asked = [(a, f"__{symbol}__", b), (b, f"__{_REFLECTED[symbol]}__", a)]
    if left is right and symbol not in _COMPARED:
        del asked[1]
    elif left in _SEQUENCES or (
        left is not right and issubclass(right, left) and _overrides(right, left, symbol)
    ):
        asked.reverse()
    for o, name, other in asked:
        method = getattr(type(o), name, None)
        if method is None or type(o) in _SEQUENCES:
            continue
        if method is object.__ne__:
            equal = callee(type(o).__eq__)(o, other)
            result = equal if equal is NotImplemented else not equal
        else:
            if isinstance(method, property):  # that gives a bound method
                method = _unbound(callee(method.fget)(o))
            arrays = isinstance(o, (np.ndarray, np.generic, Handle))
            defers = arrays and getattr(other, "__array_priority__", 0.0) > 0.0  # to what has one of its own
            result = callee(method)(o, array_of(other) if arrays and not defers else other)
        if result is not NotImplemented:
            return result
    return _FUNCTIONS[symbol](a, b)  # which tells what is wrong


def _stacked_beside_arrays(symbol, a, b):
    """The two sides of an operator, a list of tensors as one tensor where NumPy makes an array of it."""
    kinds = _ARRAYS if symbol == "mul" else _ARRAYS_AND_NUMBERS  # a number times a list repeats it
    if isinstance(b, kinds):
        return stacked(a), b
    return (a, stacked(b)) if isinstance(a, kinds) else (a, b)


def _unbound(method):
    return lambda _, *args: callee(method)(*args)


def _overrides(right, left, symbol):
    name = f"__{_REFLECTED[symbol]}__"
    return symbol in _COMPARED or getattr(right, name, None) is not getattr(left, name, None)


def _in_place(symbol, a, b):
    """``a += b`` for ``"add"``."""
    method = getattr(type(a), f"__i{symbol}__", None)
    result = NotImplemented if method is None else callee(method)(a, b)
    return _binary(symbol, a, b) if result is NotImplemented else result


def _operator(symbol):
    def of_the_left(self, other):
        return _binary(symbol, _object(self), _bare(other))

    def of_the_right(self, other):
        joins = symbol in ("add", "mul", "mod") and type(other) in _SEQUENCES
        own = type(_object(self))
        if joins and own not in _NUMPY_STACKS and not python_method(own, f"__r{symbol}__"):
            return NotImplemented  # they join and repeat only when no number would
        return _binary(symbol, _bare(other), _object(self))

    def in_place(self, other):
        return _in_place(symbol, _object(self), _bare(other))

    setattr(Operand, f"__{symbol}__", of_the_left)
    if symbol not in _COMPARED:
        setattr(Operand, f"__r{symbol}__", of_the_right)
        setattr(Operand, f"__i{symbol}__", in_place)


for _symbol in _REFLECTED:
    _operator(_symbol)


def _assigning(name):
    """The hook for an assignment with an operator."""
    in_place, new = getattr(operator, name), getattr(operator, f"__{name[1:]}__")

    @hook(name)
    @counterpart(in_place)
    def assign(a, b, container=None):
        if isinstance(a, Handle) and is_number(a):
            return new(operand(a), operand(b))  # numbers don't change: who else has it keeps its value
        if type(a) is np.ndarray and takes_no_gradient(writable(a), b):
            if isinstance(container, (np.ndarray, Handle)):
                return new(a.copy(), operand(b))  # which is stored in a moment, and `a` is remembered
            if held_by_others(a, ONE_NAME):
                tell_of_others(sys._getframe(1))
        return in_place(operand(a), operand(b))


for _name in IN_PLACE.values():
    _assigning(_name)
