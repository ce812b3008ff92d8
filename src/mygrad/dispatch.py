"""From a NumPy function to its rule: the answer to ``__array_function__``.

Every function that NumPy dispatches is one of: a rule, a composite, a function without gradient, or refused
with a reason. What NumPy doesn't dispatch is declared in `mygrad.outside`.
"""

import functools
import inspect
import warnings

import numpy as np

import mygrad.rules  # noqa: F401  fills the table
from mygrad.engine.calling import plain
from mygrad.engine.chapters import found_late
from mygrad.engine.function import Function
from mygrad.engine.node import leaf
from mygrad.engine.record import Handle, differentiable_dtype, make, node_of, recorded_node
from mygrad.engine.rule import (
    aliases,
    approximating,
    careful,
    composites,
    not_differentiable,
    refusals,
    rules,
)
from mygrad.engine.views import holds_gradient, own_memory, unchanged_on_error, write
from mygrad.errors import GradientLost
from mygrad.rules.arguments import copied

__all__ = ["array_function", "with_constant"]


def array_function(function, args, kwargs):
    """What a NumPy function does with tensors: the answer to ``__array_function__``."""
    function = aliases.get(function, function)
    rule = composites.get(function)
    if rule is None:
        rule = rules.get(function)
    if rule is not None:
        holding = ()
        # A rule uses its tensors when nothing can fail any more, but where it writes.
        if type(rule) is Function:
            uses_last = "out" not in kwargs and len(args) <= rule.place_of_out
        else:
            uses_last = not kwargs and len(args) <= careful.get(rule, -1)
        if not uses_last:
            holding = _holding_gradients(args)
            if kwargs:
                holding += _holding_gradients(kwargs.values())
        try:
            if not holding:
                return rule(*args, **kwargs)
            with unchanged_on_error(*holding):
                return rule(*args, **kwargs)
        except Exception as error:
            if (numpys := _numpys_error(function, args, kwargs, error)) is None:
                raise
            raise numpys from error
    if function in not_differentiable:
        answer = _values_only(function, args, kwargs)
        if function in approximating:
            first, *digits = *args, *kwargs.values()
            if digits and isinstance(first, Handle):
                first._read_out()
        return answer
    if found_late(function):
        return array_function(function, args, kwargs)
    if not (_carries_gradient(args) or _carries_gradient(kwargs.values())):
        return _as_constants(_values_only(function, args, kwargs))
    if function in refusals:
        raise TypeError(f"{_name(function)} takes no tensor that carries a gradient: {refusals[function]}")
    raise TypeError(
        f"{_name(function)} has no rule for tensors yet. Give it plain values (x.data) where no gradient is "
        f"wanted, or write it with "
        f"functions that have one."
    )


def _holding_gradients(values):
    """The tensors among the arguments of a call that hold a gradient, which their use clears."""
    found = []
    for value in values:
        if holds_gradient(value):
            found.append(value)
        elif type(value) in (list, tuple):
            found += _holding_gradients(value)
    return found


def _numpys_error(function, args, kwargs, error):
    """What NumPy says of a call that failed, if that is another kind of error: its kinds are what users know.

    None if `error` is as good, or if NumPy has an answer.
    """
    if isinstance(error, GradientLost) or any(
        callable(x) and not isinstance(x, type) for x in (*args, *kwargs.values())
    ):
        return None
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            answer = function(*map(copied, args), **{name: copied(v) for name, v in kwargs.items()})
    except Exception as numpys:
        return None if isinstance(error, type(numpys)) else numpys.with_traceback(None)
    # NumPy takes sums of objects out of their arrays: then they are no numbers of NumPy's.
    dtype = answer.dtype if hasattr(answer, "dtype") else np.dtype(object)
    if isinstance(answer, (tuple, list)) or answer is None or dtype.kind in "fcbiu":
        return None
    return TypeError(f"{_name(function)} gives data of dtype {dtype} here, which tensors can't hold.")


def _values_only(function, args, kwargs):
    """NumPy's own answer for the values; a tensor given as ``out`` is written and returned."""
    place = _place_of_out(function)
    by_position = place is not None and place < len(args)
    out = args[place] if by_position else kwargs.get("out")
    given = args
    args = list(map(plain, args))
    kwargs = {name: plain(value) for name, value in kwargs.items()}
    if not isinstance(out, Handle):
        result = function(*args, **kwargs)
        if isinstance(result, str):
            for value in given:
                if isinstance(value, Handle):
                    value._read_out()
        return result
    # Into a copy first: the array of a tensor may be remembered by a graph.
    buffer = np.array(own_memory(out))
    if by_position:
        args[place] = buffer
    else:
        kwargs["out"] = buffer
    function(*args, **kwargs)
    write(out, lambda array: np.copyto(array, buffer), None, buffer)
    return out


@functools.cache
def _place_of_out(function):
    """The place of ``out`` among the arguments by position, if it can be one."""
    try:
        parameters = inspect.signature(function).parameters
    except ValueError:  # some of NumPy's compiled functions don't tell
        return None
    if "out" not in parameters or parameters["out"].kind is inspect.Parameter.KEYWORD_ONLY:
        return None
    return list(parameters).index("out")


def _carries_gradient(values):
    return any(
        recorded_node(v) is not None
        if isinstance(v, Handle)
        else type(v) in (list, tuple) and _carries_gradient(v)
        for v in values
    )


def _as_constants(result):
    if type(result) in (list, tuple):
        return type(result)(map(_as_constants, result))
    numbers = isinstance(result, (np.ndarray, np.generic)) and result.dtype.kind in "fcbiu"
    return make(result) if numbers else result


def _name(function):
    module = (getattr(function, "__module__", None) or "numpy").replace("numpy._core", "numpy")
    return f"{module}.{function.__name__}"


def with_constant(result, constant):
    """`result`, or each of several, as ``constant=`` asks: a constant, or what can carry a gradient."""
    if constant is None:
        return result
    if isinstance(result, (tuple, list)):
        for item in result:
            with_constant(item, constant)
    if not isinstance(result, Handle):
        return result
    if not isinstance(constant, (bool, np.bool_)):
        raise TypeError(f"constant must be True, False or None; got {constant!r}.")
    if constant:
        if result._view is not None:
            result._view.constant = True
        result._node = None
    elif not differentiable_dtype(result._value.dtype):
        raise ValueError("Integer-valued tensors must be treated as constants.")
    elif result._view is None and result._node is None:
        result._node = leaf()
    elif result._view is not None and node_of(result) is None:
        result._view = None
        result._node = leaf()
    return result
