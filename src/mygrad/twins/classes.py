"""Classes: how twins construct objects, and the twin of a class.

A twin that constructs an object runs the twins of ``__new__`` and ``__init__``; the object is one of the
class itself. The twin of a class is a subclass whose methods and properties are the twins of the original's,
so that its objects can be used outside of a twin, with operators too.
"""

import enum
import functools
import inspect
import sys
import types
from weakref import WeakValueDictionary, ref

import numpy as np

from mygrad.twins.calls import callee, counterpart, left_alone, of_type, remember, sourceless
from mygrad.twins.functions import twin_function

__all__ = ["constructor", "twin_class", "twin_member"]

# ----------------------------------------------------------------------------------------------- construction


@of_type(type)
def constructor(cls):
    """What calling a class does."""
    numpys = cls.__module__ == "numpy" and not issubclass(cls, np.ndarray)
    if left_alone(cls) or numpys:
        return remember(cls, cls)
    meta = type(cls).__call__
    if type(meta) is types.FunctionType:
        return cls if left_alone(meta) else types.MethodType(callee(meta), cls)
    python = types.FunctionType in (type(cls.__new__), type(cls.__init__))
    return remember(cls, _step_by_step(cls)) if python and meta is type.__call__ else cls


def _step_by_step(cls):
    alive = ref(cls)

    def construct(*args, **kwargs):
        cls = alive()
        new = cls.__new__
        if new is object.__new__:
            made = new(cls)
        else:
            made = callee(new)(cls, *args, **kwargs)
        in_place = type(cls.__init__) is types.FunctionType and getattr(type(made), "array_class", object)
        if isinstance(made, cls) or (in_place and issubclass(in_place, cls)):
            _initialise(made, args, kwargs)
        return made

    return construct


def _initialise(made, args, kwargs):
    cls = type(made)
    init = callee(cls.__init__)
    by_name = type(cls.__init__) is types.FunctionType and sourceless(cls.__init__)
    twin = twin_class(cls) if by_name else cls
    if twin.__base__ is not cls:
        init(made, *args, **kwargs)
        return
    # What it calls of the object, such as __post_init__, isn't found by name. So for the time being, while no
    # one else has the object, it is one of the class whose methods are twins.
    object.__setattr__(made, "__class__", twin)
    try:
        init(made, *args, **kwargs)
    finally:
        object.__setattr__(made, "__class__", cls)


@of_type(types.MethodWrapperType)
def bound_slot(f):
    """A bound method of compiled code: ``super().__call__`` of a metaclass constructs."""
    if f.__name__ == "__call__" and isinstance(f.__self__, type) and f.__objclass__ is type:
        return _step_by_step(f.__self__)
    return f


# ---------------------------------------------------------------------------------------- the twin of a class

_twins: WeakValueDictionary = WeakValueDictionary()
"""The twin of each class, by its identity."""


class _Quiet:
    """A base that keeps a class from being told of its twin as of a subclass."""

    __slots__ = ()

    def __init_subclass__(cls, **options):
        pass


def twin_class(cls):
    """The subclass of `cls` whose methods, wherever they were inherited from, are twins.

    Its objects are pickled and copied as ever. Classes that can't have subclasses, such as enumerations with
    members, are their own twin: their methods become twins where twins call them.
    """
    known = _twins.get(id(cls))
    if known is not None and original_of(known) is cls:
        return known
    if "__mygrad_original__" in vars(cls) or isinstance(cls, enum.EnumType):
        return cls
    members = {
        "__slots__": (),
        "__doc__": cls.__doc__,
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__mygrad_original__": cls,
        "__reduce_ex__": _reducing(cls),
    }
    bases: tuple = (cls,)
    if isinstance(cls.__init_subclass__, types.MethodType):
        bases = _Quiet, cls
        members["__init_subclass__"] = classmethod(_told)
    for name in dir(cls):
        member = inspect.getattr_static(cls, name)
        twin = member if name in _NOT_METHODS else twin_member(member, twin_function)
        if twin is not member:
            members[name] = twin
    # What a metaclass that is written in Python does to new classes is for those of its own package.
    meta = next(kind for kind in type(cls).__mro__ if left_alone(kind))
    try:
        made = meta.__new__(type(cls), cls.__name__, bases, members)
    except TypeError:
        return cls
    _twins[id(cls)] = made
    return made


_NOT_METHODS = {"__class_getitem__", "__init_subclass__", "__new__", "__reduce_ex__", "__subclasshook__"}


def original_of(cls):
    """The class that `cls` is the twin of; any other class itself."""
    return vars(cls).get("__mygrad_original__", cls)


def _told(cls, **options):
    super(_Quiet, cls).__init_subclass__(**options)


@counterpart(super)
def super_(cls, *of):
    """The name of a class may be bound to its twin, and what comes after is wanted of the class itself."""
    return super(original_of(cls) if isinstance(cls, type) else cls, *of)


# ----------------------------------------------------------------------------------------- pickles and copies


def _reducing(original):
    def reduce(self, protocol):
        cls = type(self)
        reduced = super(twin_class(original), self).__reduce_ex__(protocol)
        if isinstance(reduced, str) or original_of(cls) is cls or _importable(cls):
            return reduced
        parts = (reduced[0], *reduced[1])
        places = tuple(k for k, part in enumerate(parts) if part is cls)
        return _again, (original, places, *(None if part is cls else part for part in parts)), *reduced[2:]

    return reduce


def _importable(cls):
    found = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls


def _again(original, places, *parts):
    """An object of the twin of a class, made again of what it was reduced to."""
    cls = twin_class(original)
    function, *arguments = (cls if k in places else part for k, part in enumerate(parts))
    return function(*arguments)


# ---------------------------------------------------------------------------------------------------- members


def twin_member(member, twin_of=callee):
    """What stands in the body of a class under a name, with twins in the place of functions."""
    kind = type(member)
    if kind is types.FunctionType:
        return twin_of(member)
    if kind in (classmethod, staticmethod):
        inner = member.__func__
        return kind(twin_of(inner)) if type(inner) is types.FunctionType else member
    if kind is property:
        parts = (member.fget, member.fset, member.fdel)
        return property(*(f and twin_of(f) for f in parts), member.__doc__)
    if kind is functools.cached_property:
        twin = functools.cached_property(twin_of(member.func))
        twin.__set_name__(None, member.attrname)
        return twin
    return member
