"""What is checked: a function, called with arrays and with tensors in the places of some arguments."""

import inspect
import warnings

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.function import Function
from mygrad.engine.rule import Elementwise, composites, rules
from mygrad.other_code.foreign import Foreign, name_of
from mygrad.tensor import Tensor, tensor
from mygrad.twins.calls import callee

__all__ = ["Subject"]


class Subject:
    """A call of `f`, with places for the arguments that it is differentiated in.

    Attributes
    ----------
    names : list of str
        Of the arguments in these places.
    arrays : list of ndarray
        What was given there, in double precision.
    rule : Elementwise, Function or None
        The rule of `f`, if it has one of its own.
    """

    def __init__(self, f, args, kwargs):
        self.name = name_of(f)
        self.on_tensors = _differentiable(f)
        self.on_arrays = f.function if type(f) is Function else f
        self.rule = _rule_of(f, self.on_tensors)
        self.args, self.kwargs = list(args), dict(kwargs)
        self.places = []
        self.names = []
        self.arrays = []
        by_position, inputs = _parameters(f, self.rule)
        for i, value in enumerate(args):
            name = by_position[i] if i < len(by_position) else f"argument {i + 1}"
            self._place(i, name, value, inputs, float)
        for name, value in kwargs.items():
            self._place(name, name, value, inputs, np.ndarray)
        if not self.places:
            raise ValueError(
                f"No argument of {self.name} is an array of floats that it could be differentiated in."
            )

    def _place(self, key, name, value, inputs, number):
        """Differentiate in an argument: one that the rule is for; without a rule, arrays of floats, and a
        `number`."""
        if isinstance(value, Tensor):
            wanted = not value.constant
        elif inputs is None:
            wanted = isinstance(value, (np.ndarray, np.inexact, number))
        else:
            wanted = name in inputs and value is not None
        if not wanted:
            return
        array = np.asarray(plain(value))
        if array.dtype.kind not in "fc":
            return
        self.places.append(key)
        self.names.append(name)
        self.arrays.append(array.astype(np.result_type(array.dtype, np.float64)))

    def _filled(self, values):
        args, kwargs = list(self.args), dict(self.kwargs)
        for key, value in zip(self.places, values, strict=True):
            if isinstance(key, int):
                args[key] = value
            else:
                kwargs[key] = value
        return args, kwargs

    def values(self, arrays):
        """The results for arrays: a list, and those of no floats left out."""
        args, kwargs = self._filled([a[()] if not a.ndim else a for a in arrays])
        args = [plain(a) for a in args]
        kwargs = {name: plain(value) for name, value in kwargs.items()}
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            return _results(self.on_arrays(*args, **kwargs))

    def tensors(self, arrays, active=None):
        """Tensors of the arrays in the places `active`, all by default, and the results for these."""
        active = range(len(arrays)) if active is None else active
        values = [tensor(a) if k in active else a.copy() for k, a in enumerate(arrays)]
        args, kwargs = self._filled(values)
        with np.errstate(all="ignore"):
            return [values[k] for k in active], _results(self.on_tensors(*args, **kwargs))


def _results(result):
    results = list(result) if isinstance(result, (tuple, list)) else [result]
    results = [one if isinstance(one, Tensor) else np.asarray(one) for one in results]
    return [one for one in results if one.dtype.kind in "fc"]


def _differentiable(f):
    """What is called with tensors: what twins call in the place of `f`, if that was given a rule."""
    if isinstance(f, (np.ufunc, type(np.sum))):
        return f
    found = callee(f)
    inner = getattr(found, "__func__", found)
    given = isinstance(inner, Foreign) or any(inner is one for one in composites.values())
    return found if given else f


def _rule_of(f, on_tensors):
    if isinstance(f, np.ufunc):
        callee(f)  # which loads a chapter that waits
        found = rules.get(f)
        return found if isinstance(found, (Elementwise, Function)) else None
    for one in (f, getattr(on_tensors, "__func__", on_tensors)):
        if isinstance(one, Function):
            return one
    found = rules.get(f) if isinstance(f, type(np.sum)) else None
    return found if isinstance(found, Function) else None


def _parameters(f, rule):
    """The names of the arguments by position, and which of them the rule is for; None for all."""
    if isinstance(rule, Elementwise):
        return rule.inputs, set(rule.vjps)
    try:
        names = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):  # compiled functions don't tell
        names = []
    if rule is None:
        return names, None
    # Or they say nothing; then the rule knows.
    return names if set(names) & set(rule.inputs) else list(rule.names), set(rule.inputs)
