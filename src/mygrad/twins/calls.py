"""What is called in the place of what the source says: the hook that each call of a twin goes through.

`callee` is handed each thing that a twin is about to call. Functions that coerce, create or ask for types
have a counterpart that knows tensors; functions written in Python become their twins as they are reached, of
whatever package; everything else is called as it is.
"""

import functools
import inspect
import sys
import types
from pathlib import Path
from sys import modules, stdlib_module_names
from weakref import ref

import numpy as np

from mygrad.engine.calling import holds_tensor, plain, stacked
from mygrad.engine.chapters import load_chapters, waiting
from mygrad.engine.memory import free, registry
from mygrad.engine.record import Handle, make, node_of
from mygrad.engine.rule import aliases, composites, not_differentiable, refusals, rules
from mygrad.engine.views import make_over
from mygrad.errors import GradientLost
from mygrad.losses import lose, warn
from mygrad.losses import remember as lost
from mygrad.public import TAKING_SEQUENCES, each_stacked
from mygrad.twins.by_name import NoNames, by_name
from mygrad.twins.rewriting import rewritten
from mygrad.twins.source import NoSource

__all__ = [
    "NUMBER",
    "array_of",
    "callee",
    "counterpart",
    "created",
    "decided",
    "elements",
    "handed_out",
    "hook",
    "is_number",
    "left_alone",
    "number",
    "of_type",
    "remember",
    "sourceless",
    "unwrapped",
    "while_alive",
]

decided: dict = {}
"""By the identity of what would be called, what to call, or None for itself; an entry goes when that dies."""

_codes: dict = {}
"""By the identity of a code object, what makes the twin of a function that has it; an entry goes with it."""

_hooks: dict = {"slice": slice}
"""What rewritten functions call, by name."""


def hook(name):
    """Register what rewritten functions call as the hook `name`."""

    def register(function):
        _hooks[name] = function
        return function

    return register


def counterpart(*functions):
    """Register what twins call in the place of `functions`, for the life of the process."""

    def register(implementation):
        for function in functions:
            decided[id(function)] = implementation, function
        return implementation

    return register


@hook("callee")
def callee(f):
    """What a twin calls where its source calls `f`."""
    found = decided.get(id(f))
    if found is not None:
        twin = found[0]
        return f if twin is None else twin
    if waiting and load_chapters():
        return callee(f)
    decide = _by_type.get(type(f))
    return _decide(f) if decide is None else decide(f)


# -------------------------------------------------------------------------------------- decisions by the type

WRITTEN_OUT = {"collections", "colorsys", "contextlib", "dataclasses", "functools", "heapq", "statistics"}
"""Modules of the standard library that compute, or call what they are given; the others are called as they
are."""

_STANDARD = stdlib_module_names - WRITTEN_OUT
_OURS = str(Path(__file__).parents[1])


def while_alive(table, o, value):
    """Put `value` into `table` under the identity of `o`, for as long as `o` lives; for ever, if it tells no
    one of its end."""
    key = id(o)
    # Its own names, since at the end of the process those of the module go first.
    held = ref(o, lambda _, table=table: table.pop(key, None)) if type(o).__weakrefoffset__ else o
    table[key] = value, held
    return value


def remember(f, twin):
    """Keep a decision for as long as `f` lives."""
    while_alive(decided, f, None if twin is f else twin)
    return twin


def left_alone(f):
    """Whether a function or class is of the standard library, or ours."""
    package = (f.__module__ or "").partition(".")[0]
    code = getattr(f, "__code__", None)
    # Of a type of compiled functions it is a descriptor.
    ours = code.co_filename.startswith(_OURS) if type(code) is types.CodeType else package == "mygrad"
    return ours or package in _STANDARD


def _function(f):
    known = _codes.get(id(f.__code__))
    if known is None and f in composites:
        return _undispatched(f)
    twin = (_maker(f) if known is None else known[0])(f)
    # Cells may hold the function itself, or its class: a twin that is kept would keep them alive.
    if f.__closure__ is None:
        module = modules.get(f.__module__)
        if module is not None and vars(module) is f.__globals__:
            remember(f, twin)
    return twin


def _maker(f):
    """What makes the twin of `f`, and of each function with the same code."""
    code = f.__code__
    if left_alone(f):
        return while_alive(_codes, code, _itself)
    try:
        made = rewritten(code, _hooks)
    except NoSource as reason:
        return while_alive(_codes, code, functools.partial(_without_source, reason=str(reason)))
    _hooked(made)
    return while_alive(_codes, code, functools.partial(_with_code, made))


def _itself(f):
    return f


def unwrapped(made_by):
    """Register that twins take what `made_by` makes of a function for the function itself."""
    for code in made_by.__code__.co_consts:
        if isinstance(code, types.CodeType):
            while_alive(_codes, code, lambda twin: callee(twin.__wrapped__))
    return made_by


def _hooked(code):
    """Note that functions of a rewritten code, and those defined in it, are twins already."""
    while_alive(_codes, code, _itself)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            _hooked(constant)


def _with_code(code, f):
    twin = types.FunctionType(code, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
    if f.__kwdefaults__:
        twin.__kwdefaults__ = f.__kwdefaults__
    twin.__qualname__, twin.__module__, twin.__doc__ = f.__qualname__, f.__module__, f.__doc__
    twin.__dict__ = f.__dict__
    return twin


def sourceless(f):
    """Whether the twin of a function goes by names only, since the source of it can't be had."""
    known = _codes.get(id(f.__code__))
    return known is not None and getattr(known[0], "func", None) is _without_source


def _without_source(f, reason):
    """A function whose source can't be had: with twins for the functions that it finds by name."""
    try:
        inner = by_name(f, callee)
    except NoNames:
        inner = f

    @functools.wraps(f)
    def call(*args, **kwargs):
        try:
            return inner(*args, **kwargs)
        except GradientLost as lost:
            lost.add_note(
                f"In {f.__qualname__} only functions that it finds by name take tensors, since its source "
                f"can't be had: {reason}. Define it in a file."
            )
            raise

    return call


def _undispatched(f):
    """A function of NumPy that doesn't ask the tensors that it is given, and is composed for them."""

    def call(*args, **kwargs):
        held = holds_tensor(args) or holds_tensor(kwargs.values())
        return (composites[f] if held else f)(*args, **kwargs)

    return remember(f, call)


def _method(f):
    return types.MethodType(callee(f.__func__), f.__self__)


def _partial(f):
    return functools.partial(callee(f.func), *f.args, **f.keywords)


def _cached(f):
    """A function with a cache: that is asked where the arguments are plain keys; what depends on tensors, or
    may, is computed each time."""

    def call(*args, **kwargs):
        if all(map(_is_key, args)) and all(map(_is_key, kwargs.values())):
            return f(*args, **kwargs)
        return callee(f.__wrapped__)(*args, **kwargs)

    return call


_KEYS = {int, float, complex, bool, str, bytes, type(None)}


def _is_key(value):
    return type(value) in _KEYS or (type(value) in (tuple, frozenset) and all(map(_is_key, value)))


def _numpy_function(f):
    """A function of NumPy: with its rule, or else the twin of its Python body; lists of tensors are
    stacked."""
    own = aliases.get(f, f)
    known = own in rules or own in composites or own in not_differentiable or own in refusals
    body = None if known else callee(f.__wrapped__)
    if f is np.block:
        return remember(f, f)
    arrange = each_stacked if f in TAKING_SEQUENCES else stacked

    def call(*args, **kwargs):
        args = [arrange(_callback(array_of(value))) for value in args]
        kwargs = {name: arrange(_callback(array_of(value))) for name, value in kwargs.items()}
        if registry and f in _WRITING_INTO_THE_FIRST and args and type(args[0]) is np.ndarray:
            free(args[0])
        if body is not None and (holds_tensor(args) or holds_tensor(kwargs.values())):
            return body(*args, **kwargs)
        result = f(*args, **kwargs)
        if "out" in kwargs:
            _tell_of_out(kwargs["out"], result)
        return result

    return remember(f, call)


def _tell_of_out(out, result):
    """Warn where a result that carries a gradient is in a plain array, and others may go on with that."""
    out = out[0] if type(out) is tuple else out
    if type(out) is np.ndarray and isinstance(result, Handle) and not result.constant:
        frame = sys._getframe(2)
        lost(frame)
        warn(
            "A result that carries a gradient was written into a plain array, out=, and who reads it there "
            "misses the gradient. Go on with what the function returns.",
            frame,
        )


_WRITING_INTO_THE_FIRST = {np.copyto, np.fill_diagonal, np.place, np.put, np.put_along_axis, np.putmask}


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
        arranged = [arrange(array_of(value)) for value in args]
        result = f(*(arranged if known else map(handed_out, arranged)), **kwargs)
        if "out" in kwargs or len(args) > f.nin:
            _tell_of_out(kwargs.get("out", args[f.nin :]), result)
        return result

    return remember(f, call)


def array_of(value):
    """The array that an object gives for itself, by ``__array__`` of a class written in Python, where NumPy
    would ask for it; of a list each item, and anything else as it is."""
    cls = type(value)
    if cls in (list, tuple):
        if not {kind.__module__ for kind in set(map(type, value))} <= _WITHOUT_ARRAYS:
            return [*map(array_of, value)] if cls is list else tuple(map(array_of, value))
        return value
    if cls.__module__ in _WITHOUT_ARRAYS:
        return value
    method = getattr(cls, "__array__", None)
    if type(method) is not types.FunctionType or left_alone(method) or hasattr(cls, "__array_ufunc__"):
        return value
    return callee(method)(value)


_WITHOUT_ARRAYS = {"builtins", "numpy", Handle.__module__, "mygrad.tensor"}
"""Modules whose classes don't give arrays by code of other people's."""


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
    of_class = decided.get(id(method))
    # What a class written in Python overrides is asked for by super().
    if of_class is not None and type(method) is not types.FunctionType:
        return types.MethodType(of_class[0], owner)
    if isinstance(owner, types.ModuleType):
        return f if owner.__name__ == "builtins" else _compiled(f)
    package = type(owner).__module__.partition(".")[0]
    known = isinstance(owner, (type, Handle)) or package in stdlib_module_names or package == "numpy"
    return f if known else _with_arrays(f)


def _is_constant(value):
    value = stacked(value)
    return not isinstance(value, Handle) or value.constant


def _array_method(f):
    """A method of a plain array, which may be given tensors."""

    def call(*args, **kwargs):
        if registry and f.__name__ in _WRITING:
            free(f.__self__)
        if holds_tensor(args) or holds_tensor(kwargs.values()):
            if f.__name__ in _WRITING and not all(map(_is_constant, args)):
                lose(
                    f"The method {f.__name__} was asked to write a tensor into a plain array, which can't "
                    f"carry the gradient. Make the array a tensor, or assign to its items: a[index] = t.",
                    sys._getframe(1),
                )
            return getattr(make_over(f.__self__), f.__name__)(*args, **kwargs)
        made = f(*args, **kwargs)
        return created(made) if f.__name__ in _COPYING and made is not f.__self__ else made

    return call


_WRITING = {"byteswap", "fill", "partition", "put", "sort"}
"""Methods of arrays that write into them."""

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

    return remember(f, call)


def _compiled(f):
    """Compiled code gets what no tensor with a gradient has met as the array that it would have been."""
    if (getattr(f, "__module__", None) or "").partition(".")[0] in stdlib_module_names:
        return remember(f, f)

    return remember(f, _with_arrays(f))


def _with_arrays(f):
    def call(*args, **kwargs):
        args = [*map(handed_out, args)]
        kwargs = {name: handed_out(value) for name, value in kwargs.items()}
        try:
            return f(*args, **kwargs)
        except (TypeError, ValueError) as error:
            if holds_tensor(args) or holds_tensor(kwargs.values()):
                error.add_note(
                    f"{getattr(f, '__qualname__', f)} is compiled, and was given a tensor with a gradient. "
                    f"Give it a derivative, mygrad.define_rule(f, vjp=...), or the plain value, x.data."
                )
            raise

    return call


def handed_out(value):
    """`value` for somebody else: constants as plain arrays, in tuples, lists and dictionaries too.

    Those that have none stay the objects that they are.
    """
    if isinstance(value, Handle):
        # The result of a 0-d operation is a number, as NumPy's would be.
        return value if not value.constant else value._value if is_number(value) else plain(value)
    kind = type(value)
    if kind is dict:
        made = {name: handed_out(item) for name, item in value.items()}
        return value if all(a is b for a, b in zip(made.values(), value.values(), strict=True)) else made
    if kind is np.ndarray and value.dtype == object and any(isinstance(item, Handle) for item in value.flat):
        return _numbers_of_objects(value)
    if kind is list or isinstance(value, tuple):
        items = [handed_out(item) for item in value]
        if all(a is b for a, b in zip(items, value, strict=True)):
            return value
        return getattr(kind, "_make", kind)(items)
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


def is_number(t):
    """Whether a number stands in the place of a tensor, and not an array without axes."""
    return NUMBER in vars(t) or not isinstance(t._value, np.ndarray)


def _decide(f):
    """The decision by what `f` can do, where its type is nobody's that we know."""
    if isinstance(f, type):
        return _by_type[type](f)
    if isinstance(f, types.FunctionType):
        return _function(f)
    method = inspect.getattr_static(type(f), "__call__", None)
    if (of_class := decided.get(id(method))) is not None:
        return types.MethodType(of_class[0], f)
    if type(original := getattr(f, "py_func", None)) is types.FunctionType:
        return _just_in_time(f, original)
    if type(method) is types.FunctionType and not left_alone(type(f)):
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

    return remember(f, call)


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
}


def of_type(cls):
    """Register what makes the twin of a callable object of a type, where that has no rule of its own."""
    method = inspect.getattr_static(cls, "__call__", None)

    def register(function):
        def decide(f):
            of_class = decided.get(id(method))
            return function(f) if of_class is None else types.MethodType(of_class[0], f)

        _by_type[cls] = decide
        return function

    return register
