"""What functions that are composed of others do with their arguments before, and with ``out=`` after."""

import functools
import warnings

import numpy as np

from mygrad.engine.calling import plain, stacked, the_one
from mygrad.engine.memory import is_read_only
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules
from mygrad.engine.views import make_over, own_memory
from mygrad.rules.conversion import cast

__all__ = ["allowed_by", "arraylike", "copied", "delivered", "given", "numpys_own", "of_dtype", "values_of"]


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
    dtype = np.dtype(dtype)
    if a.dtype == dtype:
        return a
    return rules[cast](a, dtype) if isinstance(a, Handle) else a.astype(dtype)


def given(**arguments):
    """The arguments that were given: those that aren't NumPy's mark for "nothing"."""
    return {name: value for name, value in arguments.items() if value is not np._NoValue}


def copied(value):
    """`value` with copies of its arrays and tensors, plain ones: for a call that may write into them."""
    if isinstance(value, (Handle, np.ndarray)):
        if isinstance(value, Handle):  # which writes though the guard has locked the array
            array = own_memory(value)
            writeable = not is_read_only(array)
        else:
            array, writeable = value, value.flags.writeable
        copy = np.array(array)
        copy.flags.writeable = writeable
        return copy
    if type(value) in (list, tuple):
        return type(value)(map(copied, value))
    return value


def allowed_by(function):
    """Have NumPy's function refuse what it refuses, where its checks are many and its answer is quick."""

    def checked(implementation):
        @functools.wraps(implementation)
        def composed(*args, **kwargs):
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                function(*map(copied, args), **{name: copied(value) for name, value in kwargs.items()})
            return implementation(*args, **kwargs)

        return composed

    return checked


def delivered(result, out, casting="unsafe"):
    """`result`, written into `out` if there is one."""
    out = the_one(out)
    if out is None:
        return result
    target = out if isinstance(out, Handle) else make_over(out)
    if np.shape(result) != target.shape:  # where np.copyto would broadcast
        raise ValueError(f"out= has the shape {target.shape}, and the result {np.shape(result)}.")
    np.copyto(target, result, casting=casting)
    return target


def numpys_own(*functions):
    """Register NumPy's own Python code, for functions that only call functions with rules."""
    for function in functions:
        composite(function)(function.__wrapped__)
