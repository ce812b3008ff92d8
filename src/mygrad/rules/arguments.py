"""What functions that are composed of others do with their arguments before, and with ``out=`` after."""

import numpy as np

from mygrad.engine.function import plain, stacked
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules
from mygrad.rules.conversion import cast

__all__ = ["arraylike", "delivered", "given", "numpys_own", "of_dtype", "values_of"]


def arraylike(a):
    """`a` with a shape: tensors and arrays as they are, lists of tensors stacked, the rest an array."""
    if hasattr(a, "shape"):
        return a
    a = stacked(a)
    return a if isinstance(a, Handle) else np.asarray(a)


def values_of(a):
    """The values alone, for masks, counts and orders, which are constants."""
    return np.asarray(plain(a))


def of_dtype(a, dtype):
    """`a` cast where it must be; a constant stays one, though its new dtype could carry a gradient."""
    if a.dtype == dtype:
        return a
    return rules[cast](a, dtype) if isinstance(a, Handle) else a.astype(dtype)


def given(**arguments):
    """The arguments that were given: those that aren't NumPy's mark for "nothing"."""
    return {name: value for name, value in arguments.items() if value is not np._NoValue}


def delivered(result, out, casting="unsafe"):
    """`result`, written into `out` if there is one."""
    if out is None:
        return result
    np.copyto(out, result, casting=casting)
    return out


def numpys_own(*functions):
    """Register NumPy's own Python code, for functions that only call functions with rules."""
    for function in functions:
        composite(function)(function.__wrapped__)
