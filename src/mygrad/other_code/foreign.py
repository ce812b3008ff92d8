"""A function that somebody else wrote, with the rule that it was given.

Tensors are replaced by their values, the function is called, and the result is recorded. What it returns may
be an array, a number, or a tuple of such.
"""

import functools
import inspect

import numpy as np
from numpy import ndarray

from mygrad.engine.calling import holds_tensor, stacked
from mygrad.engine.function import Function
from mygrad.engine.memory import owner_of
from mygrad.engine.node import leaf
from mygrad.engine.record import Handle, make, node_of, recorded_node
from mygrad.engine.rule import parameters
from mygrad.engine.sweep import gradients
from mygrad.errors import GradientLost, InvalidGradient
from mygrad.rules.joint import Joint

__all__ = [
    "Foreign",
    "by_derivative",
    "name_of",
    "run_as_twin",
    "signature_of",
    "transposed",
    "with_parameters",
]


def name_of(f):
    """A name for a callable of any kind."""
    return getattr(f, "__qualname__", None) or getattr(f, "__name__", None) or type(f).__name__


class Foreign(Function):
    """The rule of a function of somebody else, and the function that tensors are given to.

    Parameters
    ----------
    f : callable
    inputs : tuple of str
        The arguments that it is differentiated in.
    vjp, jvp : dict or callable
        By input, or for all inputs together.
    signature : inspect.Signature
    selects : bool or tuple of str
    note : str
    """

    def __init__(self, f, inputs, vjp, jvp, signature, selects, note):
        self.f = f
        self.together = callable(vjp)
        compute = functools.partial(_numbers, f)
        compute.__name__ = name_of(f)
        compute.__doc__ = getattr(f, "__doc__", None)
        compute.__signature__ = signature
        _check(compute.__name__, signature, inputs, [vjp, jvp])
        super().__init__(
            compute,
            dict.fromkeys(inputs, _together) if self.together else vjp,
            "general",
            None if callable(jvp) else jvp,
            None,
            note=note,
            selects=selects,
        )
        self.__wrapped__ = f
        if self.together:
            vjp = _counted(vjp, inputs, compute.__name__)
        else:
            vjp, jvp = _joined(inputs, vjp), _joined_forward(inputs, jvp)
        self.of_several = Joint(compute, vjp, inputs, jvp)
        self.of_one = Joint(compute, _first(vjp), inputs, None if jvp is None else _into_tuple(jvp))

    def __call__(self, *args, **kwargs):
        if not holds_tensor(args) and not holds_tensor(kwargs.values()):
            return self.f(*args, **kwargs)
        # Each call is recorded by its results, of which there may be several.
        return self.call_at_length(
            tuple(map(stacked, args)), {name: stacked(value) for name, value in kwargs.items()}
        )

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)

    def record(self, bound, data):
        several = isinstance(data, tuple)
        values = dict(zip(self.names, bound, strict=True))
        for name, value in values.items():
            if isinstance(value, Handle):
                data = _apart(data, value._value)
            if name not in self.inputs and _carries(value):
                self._refuse(name)
        if not several and not self.together:
            return super().record(bound, data)
        given = [values.pop(name) for name in self.inputs]
        if several:
            return getattr(type(data), "_make", tuple)(self.of_several.recorded(given, values, data))
        return self.of_one.recorded(given, values, (data,))[0]


def _carries(value):
    if isinstance(value, Handle):
        return recorded_node(value) is not None
    if type(value) is dict:
        value = list(value.values())
    return type(value) in (list, tuple) and any(map(_carries, value))


def _check(name, signature, inputs, rules):
    """Refuse a rule in what is no input, or one that names what the function hasn't."""
    known = signature.parameters
    for one in inputs:
        if one not in known:
            raise TypeError(f"The rule of {name} is for {one!r}; its parameters are {tuple(known)}.")
        if known[one].kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            raise TypeError(f"{name} has no rule in {known[one]}, which is several arguments: name them.")
    usable = {*known, "out", *(f"{one}_{what}" for one in inputs for what in ("shape", "dtype"))}
    functions = [
        f for rule in rules for f in (rule.values() if isinstance(rule, dict) else [rule] if rule else [])
    ]
    for f in functions:
        if unknown := sorted(set(parameters(f)) - usable):
            raise TypeError(f"The rule of {name} uses {unknown}; it can use g, out and {tuple(known)}.")


def _together(g, out):
    """Stands in the place of the VJP of one input, where there is one for all of them together."""
    raise NotImplementedError


def signature_of(f, signature=None):
    """The signature of any callable: as it is said, as it tells, or by the number of operands of a ufunc."""
    if signature is not None:
        scope = {"np": np}
        exec(f"def signature{signature}: pass", scope)
        return inspect.signature(scope["signature"])
    if isinstance(f, np.ufunc):
        names = "xyz"[: f.nin] if f.nin <= 3 else [f"x{i + 1}" for i in range(f.nin)]
        return inspect.Signature(
            [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]
        )
    try:
        told = inspect.signature(f)
    except (TypeError, ValueError):
        told = inspect.Signature()
    if all(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in told.parameters.values()):
        raise TypeError(
            f"{name_of(f)} doesn't tell its parameters. Say them: define_rule(..., signature='(x, n=2)')."
        )
    return told


def _numbers(f, *args, **kwargs):
    """What `f` returns, its numbers as arrays."""
    result = f(*args, **kwargs)
    if isinstance(result, tuple):
        return getattr(type(result), "_make", tuple)([np.asarray(_number(f, item, args)) for item in result])
    return _number(f, result, args)


def _number(f, value, args):
    array = value if isinstance(value, (ndarray, np.generic)) else np.asarray(value)
    if array.dtype == object and array is value:  # what np.frompyfunc makes; in the dtype that was given
        array = np.asarray(array.tolist())
        dtypes = [x.dtype for x in args if isinstance(x, (ndarray, np.generic)) and x.dtype.kind in "fc"]
        if dtypes and array.dtype.kind == (dtype := np.result_type(*dtypes)).kind:
            array = array.astype(dtype)
    if array.dtype.kind not in "fcbiu":
        raise TypeError(
            f"{name_of(f)} returned {type(value).__name__}, and a rule is for functions that return numbers, "
            f"arrays, or a tuple of such."
        )
    return array


def _apart(data, value):
    """Results in memory of their own, where they are views of an argument."""
    if isinstance(data, tuple):
        return getattr(type(data), "_make", tuple)([_apart(item, value) for item in data])
    if type(data) is ndarray and type(value) is ndarray and owner_of(data) is owner_of(value):
        return data.copy()
    return data


# ------------------------------------------------------------------------- rules that are made of other rules


def with_parameters(function, names):
    function.__signature__ = inspect.Signature(
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    )
    return function


def by_derivative(derivative):
    """The rule of a function that works element by element, given its derivative."""
    names = tuple(signature_of(inspect.unwrap(derivative)).parameters)
    rule = with_parameters(lambda g, *values: g * derivative(*values), ("g", *names))
    rule.__wrapped__ = derivative
    return rule


def _joined(inputs, vjp):
    """One VJP for all inputs, given one for each."""
    wanted = {name: parameters(vjp[name]) for name in inputs}
    names = tuple(dict.fromkeys(name for each in wanted.values() for name in each))

    def joined(g, *values):
        known = dict(zip(names, values, strict=True))
        return tuple([vjp[name](g, *[known[n] for n in wanted[name]]) for name in inputs])

    return with_parameters(joined, ("g", *names))


def _joined_forward(inputs, jvp):
    """One JVP for all inputs, given one for each; None if some input has none."""
    if not jvp or set(jvp) != set(inputs):
        return None
    wanted = {name: parameters(f) for name, f in jvp.items()}
    names = tuple(dict.fromkeys(name for each in wanted.values() for name in each))

    def joined(t, *values):
        known = dict(zip(names, values, strict=True))
        total = None
        for name, tangent in zip(inputs, t, strict=True):
            if tangent is not None:
                part = jvp[name](tangent, *[known[n] for n in wanted[name]])
                total = part if total is None else [a + b for a, b in zip(total, part, strict=True)]
        return tuple(total)

    return with_parameters(joined, ("t", *names))


def _counted(vjp, inputs, name):
    """The VJP for all inputs; it must return one cotangent for each."""

    def counted(g, *values):
        found = vjp(g, *values)
        count = len(found) if isinstance(found, tuple) else 1
        if count != len(inputs):
            raise InvalidGradient(f"The VJP of {name} is for the inputs {inputs}; it returned {count}.")
        return found

    return with_parameters(counted, ("g", *parameters(vjp)))


def _first(vjp):
    """A VJP for all inputs of a function with one result, as it is called for several."""
    names = parameters(vjp)

    def first(g, *values):
        return vjp(g[0], *[v[0] if name == "out" else v for name, v in zip(names, values, strict=True)])

    return with_parameters(first, ("g", *names))


def _into_tuple(jvp):
    """The same of a JVP."""
    names = parameters(jvp)

    def moved(t, *values):
        return (jvp(t, *[v[0] if name == "out" else v for name, v in zip(names, values, strict=True)]),)

    return with_parameters(moved, ("t", *names))


def transposed(jvp, name):
    """The VJP in the input `name`, by differentiating its JVP in the tangent, in which it is linear."""
    wanted = parameters(jvp)

    def vjp(g, shape, dtype, *values):
        seed = leaf()
        moved = jvp(make(np.zeros(shape, dtype), seed), *values)
        several = isinstance(moved, tuple)
        pairs = [(a, b) for a, b in zip(g, moved, strict=True) if a is not None] if several else [(g, moved)]
        total = sum(np.sum(np.real(a * b)) for a, b in pairs)
        graph = any(isinstance(x, Handle) for x in (*(a for a, _ in pairs), *values))
        (c,) = gradients(node_of(total), [seed], np.ones((), total.dtype), graph)
        return np.zeros(shape, dtype) if c is None else c

    vjp.__wrapped__ = jvp
    return with_parameters(vjp, ("g", f"{name}_shape", f"{name}_dtype", *wanted))


def run_as_twin(rule, name, twin_of):
    """`rule` as it is for arrays, and as its differentiable twin for tensors: what it calls may have a rule
    that a direct call doesn't reach.

    Parameters
    ----------
    rule : callable
    name : str
        Whose rule it is, for errors.
    twin_of : callable
    """

    @functools.wraps(rule)
    def run(*args):
        try:
            found = twin_of(rule)(*args) if holds_tensor(args) else rule(*args)
        except GradientLost as error:
            error.add_note(
                f"It happened in the rule of {name}, which is itself to be differentiated here, for a second "
                f"derivative or another mode. What the rule calls needs a rule too: mygrad.define_rule."
            )
            raise
        if found is None:
            raise InvalidGradient(f"The rule of {name} returned None: a return is missing.")
        return found

    return run
