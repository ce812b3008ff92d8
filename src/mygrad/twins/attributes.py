"""Attributes of objects: what is written in Python to give or take them runs as its twin.

That is properties and other descriptors, ``__getattr__``, ``__getattribute__`` and ``__setattr__``. What a
class does for a name is found out once.
"""

import builtins
import operator
import types
from types import MethodType
from weakref import ref

from mygrad.twins.calls import callee, counterpart, decided, hook

__all__ = ["PLAIN", "attribute", "python_method", "set_attribute", "takes_itself"]

PLAIN: set = set()
"""Types whose attributes and operators aren't written in Python, or are ours."""

_readers: dict = {}
"""For each class, by identity, what reads an attribute of its objects, by name."""

_settable: dict = {}
"""For each class, by identity, whether its objects set an attribute by code written in Python, by name."""


@hook("attribute")
def attribute(o, name):
    """The attribute `name` of `o`."""
    cls = type(o)
    if cls in PLAIN:
        return getattr(o, name)
    try:
        reader = _readers[id(cls)][name]
    except KeyError:
        reader = _reader(cls, name)
    return reader(o, name)


@hook("method")
def method(o, name):
    """What a twin calls for the attribute `name` of `o`."""
    cls = type(o)
    if cls in PLAIN:
        return callee(getattr(o, name))
    try:
        reader = _readers[id(cls)][name]
    except KeyError:
        reader = _reader(cls, name)
    f = reader(o, name)
    if type(f) is MethodType:  # what `callee` would do, in half the time
        found = decided.get(id(f.__func__))
        if found is not None:
            twin = found[0]
            return f if twin is None else MethodType(twin, f.__self__)
    return callee(f)


def python_method(cls, name):
    """The method `name` of the objects of a class, if it is written in Python."""
    found = _found(cls.__mro__, name)
    return found if type(found) is types.FunctionType else None


def _found(mro, name):
    """What a class has under a name, as it stands there."""
    for cls in mro:
        if name in cls.__dict__:
            return cls.__dict__[name]
    return None


def _of_class(table, cls):
    """The part of a table that is about a class; it goes when the class does."""
    key = id(cls)
    if key not in table:
        table[key] = {None: ref(cls, lambda _, table=table: table.pop(key, None))}
    return table[key]


# ---------------------------------------------------------------------------------------------------- reading


def _reader(cls, name):
    if cls is super:
        return _of_super
    if python_method(cls, "__getattribute__"):
        reader = _by_getattribute
    elif _given_by_python(_found(cls.__mro__, name)):
        reader = _by_descriptor
    elif python_method(cls, "__getattr__"):
        reader = _by_getattr
    else:
        reader = getattr
    _of_class(_readers, cls)[name] = reader
    return reader


def _given_by_python(descriptor):
    if _is_property(descriptor):
        return not isinstance(descriptor.fget, _COMPILED)
    return python_method(type(descriptor), "__get__") is not None


_COMPILED = (
    types.NoneType, types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType,
    operator.attrgetter, operator.itemgetter,
)  # fmt: skip
"""Types of getters and setters that call nothing written in Python; a function with a cache may."""


def _is_property(descriptor):
    """Whether the functions of a property, be it of a subclass, are what gives and takes an attribute."""
    kind = type(descriptor)
    return kind is property or (
        isinstance(descriptor, property)
        and kind.__get__ is property.__get__
        and kind.__set__ is property.__set__
    )


def _by_getattribute(o, name):
    cls = type(o)
    try:
        return callee(cls.__getattribute__)(o, name)
    except AttributeError:
        if not python_method(cls, "__getattr__"):
            raise
    return callee(cls.__getattr__)(o, name)


def _by_descriptor(o, name):
    cls = type(o)
    try:
        return _given(_found(cls.__mro__, name), o, cls, name)
    except AttributeError:
        if not python_method(cls, "__getattr__"):
            raise
    return callee(cls.__getattr__)(o, name)


def _by_getattr(o, name):
    try:
        return type(o).__getattribute__(o, name)  # a class gives what it has in another way than objects do
    except AttributeError:
        return callee(type(o).__getattr__)(o, name)


def _of_super(o, name):
    mro = o.__self_class__.__mro__
    found = _found(mro[mro.index(o.__thisclass__) + 1 :], name)
    if o.__self__ is o.__self_class__ or not _given_by_python(found):
        return getattr(o, name)
    return _given(found, o.__self__, o.__self_class__, name)


def _given(descriptor, o, cls, name):
    """What a descriptor gives, or the object itself before one that can't be set."""
    kind = type(descriptor)
    if _is_property(descriptor):
        return callee(descriptor.fget)(o)
    if not (hasattr(kind, "__set__") or hasattr(kind, "__delete__")):
        own = getattr(o, "__dict__", {})
        if name in own:
            return own[name]
    return callee(kind.__get__)(descriptor, o, cls)


# ---------------------------------------------------------------------------------------------------- setting


def takes_itself(o, name):
    """Whether code written in Python sets or deletes the attribute `name` of `o`."""
    cls = type(o)
    if cls in PLAIN:
        return False
    try:
        return _settable[id(cls)][name]
    except KeyError:
        found = _of_class(_settable, cls)[name] = (
            any(python_method(cls, method) for method in ("__setattr__", "__delattr__"))
            or isinstance(_found(cls.__mro__, name), property)
            or python_method(type(_found(cls.__mro__, name)), "__set__") is not None
        )
    return found


def set_attribute(o, name, *value):
    """``o.name = value``, or without a value ``del o.name``."""
    cls = type(o)
    whole, single, part = (
        ("__setattr__", "__set__", "fset") if value else ("__delattr__", "__delete__", "fdel")
    )
    method, descriptor = python_method(cls, whole), _found(cls.__mro__, name)
    if method is not None:
        callee(method)(o, name, *value)
    elif _is_property(descriptor) and not isinstance(getattr(descriptor, part), _COMPILED):
        callee(getattr(descriptor, part))(o, *value)
    elif python_method(type(descriptor), single) is not None:
        callee(python_method(type(descriptor), single))(descriptor, o, *value)
    else:
        (setattr if value else delattr)(o, name, *value)


# ------------------------------------------------------------------------------------- by functions of Python


@counterpart(builtins.setattr)
def setattr_(o, name, value):
    set_attribute(o, name, value)


@counterpart(builtins.delattr)
def delattr_(o, name):
    set_attribute(o, name)
