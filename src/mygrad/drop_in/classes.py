"""The twin of a class: a subclass whose methods and properties are the twins of the original's."""

import functools
import inspect
import types

from mygrad.drop_in.calls import callee

__all__ = ["twin_class", "twin_member"]

_NOT_METHODS = {"__class_getitem__", "__init_subclass__", "__new__", "__subclasshook__"}


def twin_class(cls):
    """A subclass of `cls` whose methods, wherever they were inherited from, are twins.

    An instance is one of `cls` too. Operators, which call methods without a call in the source, are covered
    by this as well.
    """
    members: dict = {"__slots__": (), "__doc__": cls.__doc__, "__module__": cls.__module__}
    for name in dir(cls):
        member = inspect.getattr_static(cls, name)
        twin = member if name in _NOT_METHODS else twin_member(member)
        if twin is not member:
            members[name] = twin
    members["__qualname__"] = cls.__qualname__
    return type(cls)(cls.__name__, (cls,), members)


def twin_member(member):
    """A member of a class with twins in the place of functions."""
    kind = type(member)
    if kind is types.FunctionType:
        return callee(member)
    if kind in (classmethod, staticmethod):
        inner = member.__func__
        return kind(callee(inner)) if type(inner) is types.FunctionType else member
    if kind is property:
        parts = (member.fget, member.fset, member.fdel)
        return property(*(f and callee(f) for f in parts), member.__doc__)
    if kind is functools.cached_property:
        twin = functools.cached_property(callee(member.func))
        twin.__set_name__(None, member.attrname)
        return twin
    return member
