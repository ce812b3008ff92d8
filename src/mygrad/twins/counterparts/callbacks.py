"""What Python's own functions, called by a twin, call in turn: functions that they are given, and the special
methods of objects.
"""

import builtins
import collections
import concurrent.futures
import contextlib
import contextvars
import functools
import itertools
import operator
import threading
import types
from typing import Generic, TypeVar

import numpy as np

from mygrad.twins.attributes import attribute
from mygrad.twins.calls import callee, counterpart, of_type
from mygrad.twins.operands import operand

__all__: list[str] = []

# ---------------------------------------------------------------------------- functions that take one to call


def _calling(function, place=0, name=None):
    """The counterpart of a function that calls its argument at `place`, or of a `name`, for the items of
    others."""

    @counterpart(function)
    def call(*args, **kwargs):
        args = [_twin(a) if k == place else operand(a) for k, a in enumerate(args)]
        if name in kwargs:
            kwargs[name] = _twin(kwargs[name])
        return function(*args, **kwargs)


def _twin(f):
    return f if f is None else callee(f)


for _function in (
    map,
    filter,
    np.frompyfunc,
    itertools.starmap,
    itertools.filterfalse,
    itertools.takewhile,
    itertools.dropwhile,
):
    _calling(_function)
_calling(itertools.accumulate, 1, "func")
_calling(itertools.groupby, 1, "key")
_calling(threading.Thread, 1, "target")


@counterpart(threading.Thread.start)
def start(thread):
    """A thread of somebody's class runs the twin of its method."""
    if type(thread).run is not threading.Thread.run and "run" not in vars(thread):
        run = callee(thread.run)

        def once():
            del thread.run
            run()

        thread.run = once
    thread.start()


@counterpart(functools.reduce)
def reduce(f, iterable, /, *initial):
    return functools.reduce(callee(f), operand(iterable), *initial)


@counterpart(concurrent.futures.ThreadPoolExecutor.submit)
def submit(executor, f, /, *args, **kwargs):
    return executor.submit(callee(f), *args, **kwargs)


@counterpart(concurrent.futures.Executor.map)
def executor_map(executor, f, *iterables, **kwargs):
    return executor.map(callee(f), *map(operand, iterables), **kwargs)


@counterpart(contextvars.Context.run)
def run(context, f, *args, **kwargs):
    return context.run(callee(f), *args, **kwargs)


# ------------------------------------------------------------------------------ functions that order by a key


def _ordering(function):
    """The counterpart of a function that orders by a key; objects without one compare themselves."""

    @counterpart(function)
    def call(*args, key=None, **kwargs):
        items = (operand(args[0]),) if len(args) == 1 else args
        return function(*items, key=operand if key is None else callee(key), **kwargs)


for _function in (sorted, max, min):
    _ordering(_function)


@counterpart(list.sort)
def sort(items, *, key=None, reverse=False):
    items.sort(key=operand if key is None else callee(key), reverse=reverse)


# ------------------------------------------------------------------- functions that ask objects for something


def _asking(function, count=None):
    """The counterpart of a function that calls special methods of its first `count` arguments, or of all."""

    @counterpart(function)
    def call(*args, **kwargs):
        return function(*map(operand, args[:count]), *args[len(args) if count is None else count :], **kwargs)


for _function in (
    abs, bool, bytes, divmod, format, hash, int, len, pow, print, repr, str, operator.index,
    dict, enumerate, frozenset, list, reversed, set, tuple, zip,
    collections.deque, itertools.chain, itertools.islice, itertools.zip_longest,
):  # fmt: skip
    _asking(_function)
for _function in (iter, next, operator.length_hint):
    _asking(_function, 1)


@counterpart(builtins.any)
def any_(iterable, /):
    return any(map(operand, operand(iterable)))


@counterpart(builtins.all)
def all_(iterable, /):
    return all(map(operand, operand(iterable)))


@counterpart(builtins.sum)
def sum_(iterable, /, start=0):
    total = start
    for item in operand(iterable):
        total = operand(total) + operand(item)
    return total


@counterpart(list.extend)
def extend(items, iterable):
    items.extend(operand(iterable))


_SYMBOLS = {
    "lt", "le", "eq", "ne", "ge", "gt", "not_", "truth", "abs", "add", "and_", "floordiv", "inv", "invert",
    "lshift", "mod", "mul", "matmul", "neg", "or_", "pos", "pow", "rshift", "sub", "truediv", "xor", "concat",
    "contains", "getitem", "setitem", "delitem", "iconcat",
}  # fmt: skip
"""The functions of `operator` that are a symbol of the language."""


def _symbol(function, sides):
    @counterpart(function)
    def call(*args):
        return function(*map(operand, args[:sides]), *args[sides:])


for _name in _SYMBOLS:
    _symbol(getattr(operator, _name), 1 if "item" in _name or _name == "contains" else 2)


# --------------------------------------------------------------------------------- objects that get something


@of_type(operator.attrgetter)
def attribute_getter(getter):
    names = getter.__reduce__()[1]

    def get(o):
        found = [functools.reduce(attribute, name.split("."), o) for name in names]
        return found[0] if len(names) == 1 else tuple(found)

    return get


@of_type(operator.itemgetter)
def item_getter(getter):
    return lambda o: getter(operand(o))


@of_type(operator.methodcaller)
def method_caller(caller):
    kind, arguments = caller.__reduce__()
    keywords = kind.keywords if isinstance(kind, functools.partial) else {}
    name, *args = (*kind.args, *arguments) if isinstance(kind, functools.partial) else arguments
    return lambda o: callee(attribute(o, name))(*args, **keywords)


@of_type(types.GenericAlias)
@of_type(type(Generic[TypeVar("T")]))
def generic_alias(alias):
    """``C[int](x)`` makes what ``C(x)`` does, and tells it."""

    def make(*args, **kwargs):
        made = callee(alias.__origin__)(*args, **kwargs)
        with contextlib.suppress(AttributeError, TypeError):
            made.__orig_class__ = alias
        return made

    return make
