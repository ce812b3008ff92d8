"""The twin of a function whose source can't be had: its own code, with twins for the functions that it finds
by name.

What it finds otherwise, such as the methods of an object, it calls as they are. So do names that it binds
itself, and classes, which may be used as values.
"""

import builtins
import dis
import types
from types import CellType, FunctionType

import numpy as np

__all__ = ["NoNames", "by_name"]

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, np.ufunc, type(np.sum))
_BINDING = {"STORE_GLOBAL", "DELETE_GLOBAL", "STORE_DEREF", "DELETE_DEREF"}


class NoNames(Exception):
    """The function binds names of others, which its twin couldn't."""


def by_name(f: FunctionType, callee) -> FunctionType:
    """A function with the code of `f` to which other functions look like their twins.

    Parameters
    ----------
    f : function
    callee : callable
        Gives the twin of a function.

    Raises
    ------
    NoNames
        If `f` binds global names, or those of a function around it.
    """
    if _binds(f.__code__, set(f.__code__.co_freevars)):
        raise NoNames
    cells = tuple(_cell(cell, callee) for cell in f.__closure__ or ())
    twin = FunctionType(f.__code__, _Names(f.__globals__, callee), f.__name__, f.__defaults__, cells)
    twin.__kwdefaults__ = f.__kwdefaults__
    return twin


def _binds(code, free):
    return any(
        i.opname in _BINDING and (i.opname.endswith("GLOBAL") or i.argval in free)
        for i in dis.get_instructions(code)
    ) or any(_binds(k, free) for k in code.co_consts if isinstance(k, types.CodeType))


def _cell(cell, callee):
    try:
        value = cell.cell_contents
    except ValueError:  # which isn't bound yet
        return cell
    return CellType(callee(value)) if isinstance(value, _FUNCTIONS) else cell


class _Names(dict):
    """Global names as a twin sees them: looked up when they are used, as ever."""

    def __init__(self, names, callee):
        of_the_module = ("__name__", "__package__", "__spec__", "__builtins__")
        super().__init__({name: names[name] for name in of_the_module if name in names})
        # A function that was defined by one of this kind has such names already.
        self._names = names._names if isinstance(names, _Names) else names
        self._callee = callee

    def __missing__(self, name):
        value = self._names[name] if name in self._names else vars(builtins)[name]
        return _seen(value, self._callee)


class _Module(types.ModuleType):
    """A module as a twin sees it."""

    def __init__(self, module, callee):
        super().__init__(module.__name__, module.__doc__)
        self._module = module
        self._callee = callee

    def __getattr__(self, name):
        return _seen(getattr(self._module, name), self._callee)


def _seen(value, callee):
    if isinstance(value, types.ModuleType):
        return _Module(value, callee)
    return callee(value) if isinstance(value, _FUNCTIONS) else value
