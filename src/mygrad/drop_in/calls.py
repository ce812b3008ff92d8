"""What is called in the place of what the source says: the hooks of rewritten functions.

`callee` is handed each thing that a twin is about to call. Functions that coerce, create or ask for types
have a counterpart that knows tensors; functions written in Python become their twins as they are reached, of
whatever package; everything else is called as it is.
"""

import functools
import inspect
import sys
import types
from pathlib import Path
from weakref import ref

import numpy as np

from mygrad.drop_in.rewriting import CALLEE, rewritten
from mygrad.drop_in.source import NoSource
from mygrad.engine.chapters import load_chapters, waiting
from mygrad.engine.function import holds_tensor, make_over, plain, stacked
from mygrad.engine.record import Handle, make, node_of
from mygrad.engine.rule import aliases, composites, not_differentiable, refusals, rules
from mygrad.public import TAKING_SEQUENCES, each_stacked

__all__ = [
    "NUMBER",
    "attribute",
    "callee",
    "counterpart",
    "created",
    "elements",
    "handed_out",
    "index_objects",
    "number",
]

_decided: dict = {}
"""What to call, by the identity of what would be called; an entry goes when that dies."""

index_objects: dict = {}
"""Counterparts of objects that aren't called but indexed, by identity."""


def counterpart(*functions):
    """Register what twins call in the place of `functions`, for the life of the process."""

    def register(implementation):
        for function in functions:
            _decided[id(function)] = implementation, function
        return implementation

    return register


def callee(f):
    """What a twin calls where its source calls `f`."""
    found = _decided.get(id(f))
    if found is not None:
        return found[0]
    if waiting and load_chapters():
        return callee(f)
    decide = _by_type.get(type(f))
    return _decide(f) if decide is None else decide(f)


def attribute(o, name):
    """The attribute `name` of `o`; of a property written in Python, by its twin."""
    cls = type(o)
    known = _properties.get(id(cls))
    found = known[0][name] if known is not None and name in known[0] else _property(cls, name)
    return getattr(o, name) if found is None else callee(found.fget)(o)


def index_object(o):
    """The counterpart of an object that joins arrays when it is indexed."""
    return index_objects.get(id(o), o)


# -------------------------------------------------------------------------------------- decisions by the type

WRITTEN_OUT = {"colorsys", "statistics"}
"""Modules of the standard library that compute; the others are called as they are."""

_STANDARD = sys.stdlib_module_names - WRITTEN_OUT
_OURS = str(Path(__file__).parents[1])


def _remember(f, twin):
    """Keep a decision for as long as `f` lives; functions of NumPy, which tell no one of their end, for
    ever."""
    key = id(f)
    # Its own names, since at the end of the process those of the module go first.
    held = ref(f, lambda _, decided=_decided: decided.pop(key, None)) if type(f).__weakrefoffset__ else f
    _decided[key] = twin, held
    return twin


def _left_alone(f):
    """Whether a function or class is of the standard library, or ours."""
    package = (f.__module__ or "").partition(".")[0]
    ours = f.__code__.co_filename.startswith(_OURS) if hasattr(f, "__code__") else package == "mygrad"
    return ours or package in _STANDARD


def _function(f):
    if f in composites:
        return _undispatched(f)
    if _left_alone(f) or CALLEE in f.__code__.co_freevars:
        return f
    try:
        twin = rewritten(f, HOOKS)
    except NoSource:
        return _remember(f, f)
    # The cells of a closure may hold the function itself: a twin that is kept would keep it alive.
    closed_over = set(f.__code__.co_freevars) - {"__class__"}
    module = sys.modules.get(f.__module__)
    if closed_over or module is None or vars(module) is not f.__globals__:
        return twin
    return _remember(f, twin)


def _undispatched(f):
    """A function of NumPy that doesn't ask the tensors that it is given, and is composed for them."""

    def call(*args, **kwargs):
        held = holds_tensor(args) or holds_tensor(kwargs.values())
        return (composites[f] if held else f)(*args, **kwargs)

    return _remember(f, call)


def _method(f):
    return types.MethodType(callee(f.__func__), f.__self__)


def _partial(f):
    return functools.partial(callee(f.func), *f.args, **f.keywords)


def _cached(f):
    return callee(f.__wrapped__)


def _numpy_function(f):
    """A function of NumPy: with its rule, or else the twin of its Python body; lists of tensors are
    stacked."""
    own = aliases.get(f, f)
    known = own in rules or own in composites or own in not_differentiable or own in refusals
    body = None if known else callee(f.__wrapped__)
    if f is np.block:
        return _remember(f, f)
    arrange = each_stacked if f in TAKING_SEQUENCES else stacked

    def call(*args, **kwargs):
        args = [arrange(_callback(value)) for value in args]
        kwargs = {name: arrange(_callback(value)) for name, value in kwargs.items()}
        if body is not None and (holds_tensor(args) or holds_tensor(kwargs.values())):
            return body(*args, **kwargs)
        return f(*args, **kwargs)

    return _remember(f, call)


def _callback(value):
    """What a function of NumPy is given to call becomes a twin; of several functions each."""
    if type(value) in _FUNCTIONS:
        return callee(value)
    if type(value) is list and any(type(item) in _FUNCTIONS for item in value):
        return [*map(_callback, value)]
    return value


_FUNCTIONS = {types.FunctionType, types.MethodType, functools.partial}


def _ufunc(f):
    # What np.frompyfunc makes is given the elements: tensors that are objects to NumPy.
    arrange = elements if set("".join(f.types)) == set("O->") else stacked

    known = f in rules or f in composites or f in not_differentiable or arrange is elements

    def call(*args, **kwargs):
        args = map(arrange, args)
        return f(*(args if known else map(handed_out, args)), **kwargs)

    return _remember(f, call)


def elements(value):
    """A tensor as an array of objects that are tensors, each with its gradient; anything else as it is."""
    t = stacked(value)
    if not isinstance(t, Handle):
        return value
    made = np.empty(t.shape, object)
    for place in np.ndindex(t.shape):
        made[place] = t[place]
    return made


def _builtin(f):
    owner = f.__self__
    if type(owner) is np.ndarray:
        return _array_method(f)
    method = getattr(type(owner), f.__name__, None)
    of_class = _decided.get(id(method))
    # What a class written in Python overrides is asked for by super().
    if of_class is not None and type(method) is not types.FunctionType:
        return types.MethodType(of_class[0], owner)
    if isinstance(owner, types.ModuleType):
        return f if owner.__name__ == "builtins" else _compiled(f)
    package = type(owner).__module__.partition(".")[0]
    known = isinstance(owner, (type, Handle)) or package in sys.stdlib_module_names or package == "numpy"
    return f if known else _with_arrays(f)


def _array_method(f):
    """A method of a plain array, which may be given tensors."""

    def call(*args, **kwargs):
        if holds_tensor(args) or holds_tensor(kwargs.values()):
            return getattr(make_over(f.__self__), f.__name__)(*args, **kwargs)
        made = f(*args, **kwargs)
        return created(made) if f.__name__ in _COPYING and made is not f.__self__ else made

    return call


_COPYING = {"astype", "copy", "flatten", "repeat"}
"""Methods of arrays that make new ones."""


def _of_arrays(f):
    """A method of arrays that is called as a function, ``np.ndarray.sum(x)``: of a tensor its own."""
    if f.__objclass__ is not np.ndarray:
        return f

    def call(self, *args, **kwargs):
        if isinstance(self, Handle):
            owner = getattr(type(self), "plain_class", type(self))
            return callee(getattr(owner, f.__name__))(self, *args, **kwargs)
        return f(self, *args, **kwargs)

    return _remember(f, call)


def _compiled(f):
    """Compiled code gets what no tensor with a gradient has met as the array that it would have been."""
    if (getattr(f, "__module__", None) or "").partition(".")[0] in sys.stdlib_module_names:
        return _remember(f, f)

    return _remember(f, _with_arrays(f))


def _with_arrays(f):
    def call(*args, **kwargs):
        return f(*map(handed_out, args), **{name: handed_out(value) for name, value in kwargs.items()})

    return call


def handed_out(value):
    """`value` for somebody else: constants as plain arrays, in tuples, lists and dictionaries too."""
    if isinstance(value, Handle):
        return plain(value) if value.constant else value
    kind = type(value)
    if kind in (list, tuple):
        return kind([handed_out(item) for item in value])
    if kind is dict:
        return {name: handed_out(item) for name, item in value.items()}
    if kind is np.ndarray and value.dtype == object and any(isinstance(item, Handle) for item in value.flat):
        return _numbers_of_objects(value)
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(map(handed_out, value))
    return value


def _numbers_of_objects(array):
    """An array of objects that are tensors: one tensor, if some carry a gradient."""
    items = [handed_out(item) for item in array.flat]
    if any(isinstance(item, Handle) for item in items) and all(np.ndim(item) == 0 for item in items):
        return np.reshape(np.stack(items), array.shape)
    made = np.empty(array.size, object)
    for i, item in enumerate(items):
        made[i] = item
    return made.reshape(array.shape)


def created(array):
    """An array that can take values with a gradient; whole numbers, which can't, stay plain."""
    return make(array) if type(array) is np.ndarray and array.dtype.kind in "fc" else array


NUMBER = "number"
"""The name under which a tensor without axes keeps the type of the Python number that it stands for."""


def number(t, python=None):
    """The value of a tensor without axes as a number, which nothing can write into: of NumPy's, or of the
    type `python`."""
    made = make(t._value[()], node_of(t))
    if python is not None:
        vars(made)[NUMBER] = python
    return made


def _class(cls):
    """A class written in Python, constructed step by step; another one as it is."""
    numpys = cls.__module__ == "numpy" and not issubclass(cls, np.ndarray)
    if _left_alone(cls) or numpys or type(cls).__call__ is not type.__call__:
        return _remember(cls, cls)
    new, init = cls.__new__, cls.__init__
    if type(new) is not types.FunctionType and type(init) is not types.FunctionType:
        return _remember(cls, cls)

    def construct(*args, **kwargs):
        cls = alive()
        if type(new) is types.FunctionType:
            made = callee(cls.__new__)(cls, *args, **kwargs)
        else:
            made = cls.__new__(cls) if new is object.__new__ else cls.__new__(cls, *args, **kwargs)
        if isinstance(made, cls) or (
            type(init) is types.FunctionType and issubclass(getattr(made, "array_class", object), cls)
        ):
            callee(type(made).__init__)(made, *args, **kwargs)
        return made

    alive = ref(cls)
    return _remember(cls, construct)


def _decide(f):
    """The decision by what `f` can do, where its type is nobody's that we know."""
    if isinstance(f, type):
        return _class(f)
    if isinstance(f, types.FunctionType):
        return _function(f)
    method = inspect.getattr_static(type(f), "__call__", None)
    if (of_class := _decided.get(id(method))) is not None:
        return types.MethodType(of_class[0], f)
    if type(original := getattr(f, "py_func", None)) is types.FunctionType:
        return _just_in_time(f, original)
    if type(method) is types.FunctionType and not _left_alone(type(f)):
        return types.MethodType(callee(method), f)
    # f2py takes what __array__ returns for a copy that it may write into.
    if type(f).__name__ in ("cython_function_or_method", "fused_cython_function", "fortran"):
        return _compiled(f)
    return f


def _just_in_time(f, original):
    """A function that was compiled from a Python function which it keeps: that, where there is a gradient."""

    def call(*args, **kwargs):
        handed = [*map(handed_out, args)]
        named = {name: handed_out(value) for name, value in kwargs.items()}
        if holds_tensor(handed) or holds_tensor(named.values()):
            return callee(original)(*args, **kwargs)
        return f(*handed, **named)

    return _remember(f, call)


_by_type = {
    types.FunctionType: _function,
    types.MethodType: _method,
    types.BuiltinFunctionType: _builtin,
    type(np.sum): _numpy_function,
    np.ufunc: _ufunc,
    functools.partial: _partial,
    functools._lru_cache_wrapper: _cached,
    types.MethodDescriptorType: _of_arrays,
    types.WrapperDescriptorType: _of_arrays,
    type: _class,
}

# ------------------------------------------------------------------------------------------------- attributes

_properties: dict = {}
"""For each class, by identity, the properties by name; None for any other attribute."""


def _property(cls, name):
    """The property `name` of a class, if it is written in Python."""
    known = _properties.get(id(cls))
    if known is None:
        key = id(cls)
        known = _properties[key] = {}, ref(cls, lambda _, known=_properties: known.pop(key, None))
    found = inspect.getattr_static(cls, name, None)
    if name == "__class__" and hasattr(cls, "array_class"):
        found = property(_array_class)
    elif type(found) is not property or type(found.fget) is not types.FunctionType or _left_alone(found.fget):
        found = None
    known[0][name] = found
    return found


def _array_class(t):
    return t.array_class


HOOKS = (callee, attribute, index_object)
