"""The functions ``mygrad.f``: what NumPy's function does, for array-likes, with tensors as results and a
keyword ``constant``."""

import functools
import inspect
from typing import TYPE_CHECKING

import numpy as np

from mygrad.dispatch import array_function, with_constant
from mygrad.engine.calling import holds_tensor, plain, stacked
from mygrad.engine.chapters import implementation_of
from mygrad.engine.record import Handle, make
from mygrad.engine.signatures import LateSignature
from mygrad.engine.ufunc import call_ufunc

if TYPE_CHECKING:
    from mygrad.tensor import Tensor

__all__ = ["adding_constant", "each_stacked", "extra", "public", "ufunc"]

TAKING_SEQUENCES = {
    getattr(np, name)
    for name in (
        "block choose column_stack concatenate dstack histogramdd hstack piecewise select stack vstack"
    ).split()
} | {np.linalg.multi_dot}
"""Functions of several arrays: a list among their arguments isn't one array."""


def _to_tensor(result):
    if isinstance(result, (np.ndarray, np.generic)) and result.dtype.kind in "fcbiu":
        return make(result)
    return result


def public(function):
    """``mygrad.f`` of a NumPy function: its signature and a keyword ``constant``; takes array-likes, returns
    tensors."""
    implementation = implementation_of(function)
    arrange = stacked
    if function in TAKING_SEQUENCES:
        arrange = _as_it_is if function is np.block else each_stacked

    @functools.wraps(function)
    def wrapper(*args, constant=None, **kwargs):
        args = tuple(map(arrange, args))
        kwargs = {name: arrange(value) for name, value in kwargs.items()}
        if implementation is None or not (holds_tensor(args) or holds_tensor(kwargs.values())):
            result = function(*map(plain, args), **{name: plain(value) for name, value in kwargs.items()})
        else:
            result = array_function(function, args, kwargs)
        if function is np.where and isinstance(result, tuple):  # positions, which are NumPy's own arrays
            return result
        return with_constant(result if implementation is None else _to_tensors(result), constant)

    wrapper.__signature__ = LateSignature(
        lambda: adding_constant(inspect.signature(function if implementation is None else implementation))
    )
    wrapper.__module__ = "mygrad"
    return wrapper


def _as_it_is(value):
    return value


def each_stacked(value):
    """A list or tuple of array-likes, in which lists of tensors are arrays."""
    return type(value)([stacked(item) for item in value]) if type(value) in (list, tuple) else value


def extra(name, implementation):
    """``mygrad.f`` of a function that NumPy lacks."""

    @functools.wraps(implementation)
    def wrapper(*args, constant=None, **kwargs):
        args = tuple(a if isinstance(a, Handle) else make(np.asarray(stacked(a))) for a in args)
        return with_constant(implementation(*args, **kwargs), constant)

    wrapper.__name__ = wrapper.__qualname__ = name
    wrapper.__signature__ = LateSignature(lambda: adding_constant(inspect.signature(implementation)))
    wrapper.__module__ = "mygrad"
    return wrapper


def adding_constant(signature):
    """A signature with the keyword ``constant``."""
    parameters = [p for p in signature.parameters.values() if p.name != "constant"]
    keyword = inspect.Parameter("constant", inspect.Parameter.KEYWORD_ONLY, default=None)
    if parameters and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD:
        parameters.insert(-1, keyword)
    else:
        parameters.append(keyword)
    return signature.replace(parameters=parameters)


class ufunc:
    """A NumPy ufunc that takes array-likes and returns tensors: ``mygrad.add``.

    It has the attributes and the methods of NumPy's (``reduce``, ``accumulate``, ``reduceat``, ``outer``,
    ``at``) and takes the keyword ``constant``.

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
        self.__signature__ = LateSignature(lambda: _of_ufunc(function.nin))

    def __call__(self, *args, constant=None, **kwargs):
        function = self._ufunc
        inputs, outs = args[: function.nin], args[function.nin :]
        if len(inputs) < function.nin:
            raise TypeError(f"{self.__name__} takes {function.nin} operands; got {len(inputs)}.")
        if outs:
            kwargs["out"] = outs
        inputs = tuple(map(stacked, inputs))
        if not any(isinstance(x, Handle) for x in inputs):
            kwargs = {name: stacked(value) for name, value in kwargs.items()}
            if not holds_tensor(kwargs.values()) and kwargs.get("out") is None:
                return with_constant(_to_tensors(function(*inputs, **kwargs)), constant)
        return with_constant(_to_tensors(call_ufunc(function, "__call__", inputs, kwargs)), constant)

    def _method(self, name, args, kwargs, constant=None):
        first, *rest = args
        first = stacked(first)
        if name != "at" and not isinstance(first, Handle):
            first = make(np.asarray(first))
        return with_constant(_to_tensors(call_ufunc(self._ufunc, name, (first, *rest), kwargs)), constant)

    def reduce(self, *args, constant=None, **kwargs) -> "Tensor":
        return self._method("reduce", args, kwargs, constant)

    def accumulate(self, *args, constant=None, **kwargs) -> "Tensor":
        return self._method("accumulate", args, kwargs, constant)

    def reduceat(self, *args, constant=None, **kwargs) -> "Tensor":
        return self._method("reduceat", args, kwargs, constant)

    def outer(self, *args, constant=None, **kwargs) -> "Tensor":
        return self._method("outer", args, kwargs, constant)

    def at(self, *args) -> None:
        self._method("at", args, {})

    def __getattr__(self, name):
        if name in {"nin", "nout", "nargs", "ntypes", "types", "identity", "signature", "resolve_dtypes"}:
            return getattr(self._ufunc, name)
        raise AttributeError(f"mygrad.{self.__name__} has no attribute {name!r}")

    def __reduce__(self):
        return _ufunc_named, (self._ufunc.__name__,)

    def __repr__(self):
        return f"<mygrad-ufunc {self.__name__!r}>"


def _of_ufunc(nin):
    """The signature of a ufunc of `nin` operands."""
    operands = ["x"] if nin == 1 else [f"x{i + 1}" for i in range(nin)]
    return inspect.Signature(
        [
            *(inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in operands),
            inspect.Parameter("out", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None),
            inspect.Parameter("where", inspect.Parameter.KEYWORD_ONLY, default=True),
            inspect.Parameter("dtype", inspect.Parameter.KEYWORD_ONLY, default=None),
            inspect.Parameter("constant", inspect.Parameter.KEYWORD_ONLY, default=None),
            inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
        ]
    )


def _ufunc_named(name):
    import mygrad

    return getattr(mygrad, name)


def _to_tensors(result):
    if not isinstance(result, (tuple, list)):
        return _to_tensor(result)
    tensors = map(_to_tensor, result)
    return result._make(tensors) if hasattr(result, "_make") else type(result)(tensors)
