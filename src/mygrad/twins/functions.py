"""The twin of a function, as others call it: from outside of any twin.

Inside, arrays that a twin created are tensors that a gradient can be written into. What none was written into
goes out as the plain array that it would have been.
"""

import functools
import inspect
import math
import sys

from mygrad.engine.calling import holds_tensor
from mygrad.engine.node import tick
from mygrad.engine.record import Handle, node_of
from mygrad.engine.sweep import reachable
from mygrad.losses import remembered, tell
from mygrad.twins.calls import callee, handed_out, number, unwrapped
from mygrad.twins.writes import given_tensors, telling_of_writes

__all__ = ["twin_function"]


def twin_function(f):
    """What others call for the callable `f`: of the kind that `f` is, be it a generator function or a
    coroutine function."""
    if inspect.isasyncgenfunction(f):
        twin = _of_async_generators(f)
    elif inspect.isgeneratorfunction(f):
        twin = _of_generators(f)
    elif inspect.iscoroutinefunction(f):
        twin = _of_coroutines(f)
    else:
        twin = _of_results(f)
    functools.update_wrapper(twin, f)
    return twin


@unwrapped
def _of_results(f):
    name = getattr(f, "__qualname__", type(f).__qualname__)

    def twin(*args, **kwargs):
        def call():
            return _called(f, args, kwargs)

        tensors = given_tensors([*args, *[value for key, value in kwargs.items() if key != "out"]])
        before, start = remembered(), tick()
        result = telling_of_writes(name, tensors, call) if tensors else call()
        if remembered() is not before and tensors and _depends_on_none(result, tensors, start):
            tell(f"What {name} returns", math.inf, sys._getframe(1))
        return _out(result, args, kwargs)

    return twin


def _depends_on_none(result, tensors, start):
    """Whether a result has numbers that could carry a gradient, and none comes from `tensors` or from what is
    older than the node `start`."""
    made = given_tensors([result])
    own = {base._node for base in tensors.values()}
    for base in made.values():
        if any(node.order < start or node in own for node in reachable(node_of(base))):
            return False
    return bool(made) or _has_floats(result)


def _has_floats(value):
    if type(value) in (list, tuple):
        return any(map(_has_floats, value))
    if type(value) is dict:
        return any(map(_has_floats, value.values()))
    dtype = getattr(value, "dtype", None)
    return isinstance(value, (float, complex)) or getattr(dtype, "kind", None) in ("f", "c", "O")


@unwrapped
def _of_coroutines(f):
    async def twin(*args, **kwargs):
        return _out(await _called(f, args, kwargs), args, kwargs)

    return twin


@unwrapped
def _of_generators(f):
    def twin(*args, **kwargs):
        generator = _called(f, args, kwargs)
        resume, value = generator.send, None
        try:
            while True:
                item = _out(resume(value), args, kwargs)
                try:
                    value = yield item
                    resume = generator.send
                except GeneratorExit:
                    raise
                except BaseException as error:
                    resume, value = generator.throw, error
        except StopIteration as end:
            return _out(end.value, args, kwargs)
        finally:
            generator.close()

    return twin


@unwrapped
def _of_async_generators(f):
    async def twin(*args, **kwargs):
        generator = _called(f, args, kwargs)
        resume, value = generator.asend, None
        try:
            while True:
                item = _out(await resume(value), args, kwargs)
                try:
                    value = yield item
                    resume = generator.asend
                except GeneratorExit:
                    raise
                except BaseException as error:
                    resume, value = generator.athrow, error
        except StopAsyncIteration:
            return
        finally:
            await generator.aclose()

    return twin


def _called(f, args, kwargs):
    return callee(f)(*map(_in, args), **{name: _in(value) for name, value in kwargs.items()})


def _in(value):
    """A tensor without axes stands for a number: that is what functions are called with."""
    if isinstance(value, Handle) and not value.ndim and not value.constant:
        return number(value, _PYTHON.get(value.dtype.char))
    return value


_PYTHON = {"d": float, "D": complex}


def _out(result, args, kwargs):
    """A constant comes out as the plain array that it would have been, unless constants went in."""
    return result if _holds_constant(args) or _holds_constant(kwargs.values()) else handed_out(result)


def _holds_constant(values):
    return holds_tensor(values) and any(holds_tensor([v]) and getattr(v, "constant", False) for v in values)
