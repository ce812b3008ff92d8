"""From a NumPy function to its rule: the answer to ``__array_function__``.

Every public function of NumPy is one of: a rule, a composite, a function without gradient, or refused with a
reason.
"""

import numpy as np

import mygrad.rules  # noqa: F401  fills the table
from mygrad.engine.function import plain
from mygrad.engine.node import leaf
from mygrad.engine.record import Handle, differentiable_dtype, node_of
from mygrad.engine.rule import aliases, composites, not_differentiable, refusals, rules

__all__ = ["array_function", "with_constant"]


def array_function(function, args, kwargs):
    """What a NumPy function does with tensors: the answer to ``__array_function__``."""
    function = aliases.get(function, function)
    rule = composites.get(function)
    if rule is None:
        rule = rules.get(function)
    if rule is not None:
        return rule(*args, **kwargs)
    if function in not_differentiable:
        return _values_only(function, args, kwargs)
    if function in refusals:
        raise TypeError(f"{_name(function)} takes no tensors: {refusals[function]}")
    raise TypeError(
        f"{_name(function)} has no rule for tensors yet. Give it plain values (x.data) where no gradient is "
        f"wanted, or write it with "
        f"functions that have one."
    )


def _values_only(function, args, kwargs):
    result = function(*map(plain, args), **{name: plain(value) for name, value in kwargs.items()})
    out = kwargs.get("out")
    return out if isinstance(out, Handle) else result


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
