"""What parameters a function has, found out no earlier and no more thoroughly than somebody asks.

Hundreds of functions are registered when the package is imported, and `inspect` takes its time with each.
"""

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

__all__ = ["LateSignature", "parameter_names", "told_by"]


class LateSignature(inspect.Signature):
    """A signature that is found when it is first looked at.

    Parameters
    ----------
    find : callable
        Called without arguments, at most once; it gives the signature.

    Examples
    --------
    >>> import inspect
    >>> from mygrad.engine.signatures import LateSignature
    >>> LateSignature(lambda: inspect.signature(lambda x, /, *, axis=None: x))
    <Signature (x, /, *, axis=None)>
    """

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], inspect.Signature]):
        self._find = find
        self._found: inspect.Signature | None = None

    def _the_signature(self):
        if self._found is None:
            self._found = self._find()
        return self._found

    @property
    def parameters(self):
        return self._the_signature().parameters

    @property
    def return_annotation(self) -> Any:
        return self._the_signature().return_annotation

    # These would make another of this class, of other arguments than it takes.

    def replace(self, **changes: Any):
        return self._the_signature().replace(**changes)

    __replace__ = replace

    def __reduce__(self):
        return self._the_signature().__reduce__()

    def __repr__(self):
        return repr(self._the_signature())


def told_by(function, text=None):
    """A Python function with the signature `text`, or that of `function`; `function` if it is compiled."""
    if text is not None:
        scope: dict[str, Any] = {"np": np, "_NoValue": np._NoValue}
        exec(f"def signature({text}): pass", scope)
        return scope["signature"]
    return inspect.unwrap(function, stop=lambda f: hasattr(f, "__signature__"))


def parameter_names(function) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the parameters in the order of the signature, and those that can be given by position."""
    if type(function) is not FunctionType or function.__dict__.keys() & {"__wrapped__", "__signature__"}:
        parameters = inspect.signature(function).parameters.values()
        by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return tuple([p.name for p in parameters]), tuple(
            [p.name for p in parameters if p.kind in by_position]
        )
    code = function.__code__
    names = code.co_varnames
    end = code.co_argcount + code.co_kwonlyargcount
    by_position, by_keyword = names[: code.co_argcount], names[code.co_argcount : end]
    starred = names[end : end + 1] if code.co_flags & inspect.CO_VARARGS else ()
    end += len(starred)
    double_starred = names[end : end + 1] if code.co_flags & inspect.CO_VARKEYWORDS else ()
    return by_position + starred + by_keyword + double_starred, by_position
