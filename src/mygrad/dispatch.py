"""From a NumPy function to its rule: the answers to ``__array_ufunc__`` and ``__array_function__``, and ``mygrad.f``.

Every public function of NumPy is one of: a rule, a composite, a function without gradient, or refused with a reason.
"""

import functools
import inspect

import numpy as np

import mygrad.rules  # noqa: F401  fills the table
from mygrad.engine.function import plain
from mygrad.engine.record import Handle, differentiable_dtype, make, node_of
from mygrad.engine.node import leaf
from mygrad.engine.rule import Elementwise, Several, composites, not_differentiable, rules
from mygrad.engine.ufunc import call_ufunc

__all__ = ["array_function", "public", "ufunc", "with_constant"]


def array_function(function, args, kwargs):
    """What a NumPy function does with tensors: the answer to ``__array_function__``."""
    rule = composites.get(function)
    if rule is None:
        rule = rules.get(function)
    if rule is not None:
        return rule(*args, **kwargs)
    if function in not_differentiable:
        return _values_only(function, args, kwargs)
    raise TypeError(
        f"{_name(function)} has no rule for tensors yet. Give it plain values (x.data) where no gradient is wanted, or write it with "
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
    """`result` as asked for by ``constant=``: a constant, or a value that can carry a gradient."""
    if constant is None or not isinstance(result, Handle):
        return result
    if not isinstance(constant, (bool, np.bool_)):
        raise TypeError(f"constant must be True, False or None; got {constant!r}.")
    if constant:
        if result._view is not None:
            result._view.constant = True
        result._node = None
    elif not differentiable_dtype(result._data.dtype):
        raise ValueError("Integer-valued tensors must be treated as constants.")
    elif result._view is None and result._node is None:
        result._node = leaf()
    elif result._view is not None and node_of(result) is None:
        result._view = None
        result._node = leaf()
    return result


def _to_tensor(result):
    if isinstance(result, (np.ndarray, np.generic)) and result.dtype.kind in "fcbiu":
        return make(result)
    return result


def public(function, call, doc=None):
    """``mygrad.f``: NumPy's signature and a keyword ``constant``; takes array-likes, returns tensors."""

    @functools.wraps(function)
    def wrapper(*args, constant=None, **kwargs):
        result = call(*args, **kwargs)
        if not isinstance(result, Handle):
            result = _to_tensor(result)
        return result if constant is None else with_constant(result, constant)

    try:
        signature = inspect.signature(function)
    except ValueError:
        return wrapper
    wrapper.__signature__ = _adding_constant(getattr(call, "__signature__", None) or signature)
    wrapper.__module__ = "mygrad"
    return wrapper


def _adding_constant(signature):
    parameters = [p for p in signature.parameters.values() if p.name != "constant"]
    keyword = inspect.Parameter("constant", inspect.Parameter.KEYWORD_ONLY, default=None)
    if parameters and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD:
        parameters.insert(-1, keyword)
    else:
        parameters.append(keyword)
    return signature.replace(parameters=parameters)


class ufunc:
    """A NumPy ufunc that takes array-likes and returns tensors: ``mygrad.add``.

    It has the attributes and the methods of NumPy's (``reduce``, ``accumulate``, ``reduceat``, ``outer``, ``at``) and takes the
    keyword ``constant``.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.add([1.0, 2.0], 1.0)
    Tensor([2., 3.])
    >>> isinstance(mg.add, mg.ufunc), mg.add.nin
    (True, 2)
    """

    def __init__(self, function):
        self._ufunc = function
        self.__name__ = function.__name__
        self.__qualname__ = function.__name__
        self.__doc__ = function.__doc__
        parameters = [
            *(inspect.Parameter(f"x{i + 1}" if function.nin > 1 else "x", inspect.Parameter.POSITIONAL_ONLY) for i in range(function.nin)),
            inspect.Parameter("out", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None),
            inspect.Parameter("where", inspect.Parameter.KEYWORD_ONLY, default=True),
            inspect.Parameter("dtype", inspect.Parameter.KEYWORD_ONLY, default=None),
            inspect.Parameter("constant", inspect.Parameter.KEYWORD_ONLY, default=None),
            inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
        ]
        self.__signature__ = inspect.Signature(parameters)

    def __call__(self, *args, constant=None, **kwargs):
        function = self._ufunc
        inputs, outs = args[: function.nin], args[function.nin :]
        if len(inputs) < function.nin:
            raise TypeError(f"{self.__name__} takes {function.nin} operands; got {len(inputs)}.")
        if outs:
            kwargs["out"] = outs
        inputs = tuple(x if isinstance(x, Handle) else stacked(x) for x in inputs)
        if not any(isinstance(x, Handle) for x in inputs):
            inputs = tuple(make(np.asarray(x)) if hasattr(x, "dtype") else x for x in inputs)
            inputs = (make(np.asarray(inputs[0])), *inputs[1:]) if not isinstance(inputs[0], Handle) else inputs
            return with_constant(_to_tensors(call_ufunc(function, "__call__", inputs, kwargs)), constant)
        return with_constant(_to_tensors(call_ufunc(function, "__call__", inputs, kwargs)), constant)

    def _method(self, name, args, kwargs, constant=None):
        first, *rest = args
        first = stacked(first)
        if name != "at" and not isinstance(first, Handle):
            first = make(np.asarray(first))
        return with_constant(_to_tensors(call_ufunc(self._ufunc, name, (first, *rest), kwargs)), constant)

    def reduce(self, *args, constant=None, **kwargs):
        return self._method("reduce", args, kwargs, constant)

    def accumulate(self, *args, constant=None, **kwargs):
        return self._method("accumulate", args, kwargs, constant)

    def reduceat(self, *args, constant=None, **kwargs):
        return self._method("reduceat", args, kwargs, constant)

    def outer(self, *args, constant=None, **kwargs):
        return self._method("outer", args, kwargs, constant)

    def at(self, *args):
        self._method("at", args, {})

    def __getattr__(self, name):
        if name in {"nin", "nout", "nargs", "ntypes", "types", "identity", "signature", "resolve_dtypes"}:
            return getattr(self._ufunc, name)
        raise AttributeError(f"mygrad.{self.__name__} has no attribute {name!r}")

    def __reduce__(self):
        return _ufunc_named, (self._ufunc.__name__,)

    def __repr__(self):
        return f"<mygrad-ufunc {self.__name__!r}>"


def _ufunc_named(name):
    import mygrad

    return getattr(mygrad, name)


def _to_tensors(result):
    return tuple(map(_to_tensor, result)) if isinstance(result, tuple) else _to_tensor(result)


def stacked(value):
    """A list or tuple that holds tensors as one tensor, stacked; anything else as it is."""
    if type(value) in (list, tuple) and _holds_tensor(value):
        return np.stack([stacked(item) for item in value])
    return value


def _holds_tensor(value):
    return any(isinstance(v, Handle) or (type(v) in (list, tuple) and _holds_tensor(v)) for v in value)
