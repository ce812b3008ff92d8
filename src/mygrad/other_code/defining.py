"""``mygrad.define_rule``: a derivative for any callable.

It is the one door to what our own chapters say with `elementwise`, `general` and `composite`, and tells
everybody who may meet the function: NumPy's dispatch, the twins of `mygrad.drop_in`, and the errors.
"""

import functools
import inspect
import types

import numpy as np

from mygrad.coercion import has_rule
from mygrad.engine.calling import holds_tensor
from mygrad.engine.chapters import load_chapters
from mygrad.engine.rule import composites, elementwise, multi_output, parameters, remember_place, rules
from mygrad.other_code.foreign import (
    Foreign,
    by_derivative,
    name_of,
    run_as_twin,
    signature_of,
    transposed,
    with_parameters,
)
from mygrad.twins.calls import callee, counterpart

__all__ = ["define_rule"]


def define_rule(
    f=None, /, *, vjp=None, jvp=None, derivative=None, inputs=None, signature=None, selects=False, note=""
):
    """Say how a function that somebody else wrote is differentiated.

    Parameters
    ----------
    f : callable, optional
        A Python function, a ufunc, a compiled function, an object that can be called, or a method as its
        class has it, ``Spline.evaluate``. Of a class: what calling its instances does; the rule may name
        ``self``. Without `f`, this is a decorator for a function of your own.
    vjp : dict or callable, optional
        By input, an expression in ``g``, the derivative with respect to the result: what comes of it for this
        input. It names what it needs: an input, ``out`` for the result, any other argument. One callable, in
        place of the dict, returns a tuple for all inputs together. Of several results ``g`` and ``out`` are
        tuples, and an item of ``g`` is None where nothing depends on that result. Of a ufunc with several
        results: a list, with a dict or None for each.
    jvp : dict or callable, optional
        The same forward, in ``t``, the tangent of the input; a callable is given a tuple of them, None for
        zero. Of `vjp` and `jvp` one is enough: the other follows, as each is linear.
    derivative : callable or dict, optional
        In the place of both, of a function that works element by element: its derivative, by input where it
        has several.
    inputs : tuple of str, optional
        Of a `vjp` or `jvp` that is one callable: the inputs, in its order.
    signature : str, optional
        The parameters of `f`, such as ``"(x, n=2)"``, where it doesn't tell them.
    selects : bool or tuple of str
        That `f` leaves elements of its inputs, or of these, out, as `numpy.where` does.
    note : str
        What `mygrad.derivative_of` adds: the convention at kinks, the source of the formula.

    Returns
    -------
    callable
        What `f` does, for tensors too; plain arguments it hands to `f` as they are. NumPy dispatches a ufunc
        to its rule by itself, and twins find the rules of all functions; for other direct calls, call this.
        With `f` alone: a decorator for a function that takes its place where there are tensors, and is
        written with functions that have derivatives.

    Examples
    --------
    A compiled function that works element by element:

    >>> import math
    >>> import numpy as np
    >>> import mygrad as mg
    >>> lgamma = np.frompyfunc(math.lgamma, 1, 1)
    >>> h = 1e-5
    >>> define = mg.define_rule(lgamma, derivative=lambda x: (lgamma(x + h) - lgamma(x - h)) / (2 * h))
    >>> x = mg.tensor([1.0, 2.0])
    >>> lgamma(x).sum().backward()
    >>> x.grad.round(4)
    array([-0.5772,  0.4228])

    A function of arrays, with its derivative backward:

    >>> def energy(a, b):
    ...     return float(np.asarray(a) @ np.asarray(b))
    >>> energy_of = mg.define_rule(energy, vjp={"a": lambda g, b: g * b, "b": lambda g, a: g * a})
    >>> x = mg.tensor([1.0, 2.0])
    >>> energy_of(x, [3.0, 4.0]).backward()
    >>> x.grad
    array([3., 4.])
    """
    said = {"vjp": vjp, "jvp": jvp, "derivative": derivative}
    given = [name for name, value in said.items() if value is not None]
    if f is None:
        if not given:
            raise TypeError("define_rule needs a function, or one of vjp=, jvp= and derivative=.")
        return functools.partial(
            define_rule, vjp=vjp, jvp=jvp, derivative=derivative, inputs=inputs, signature=signature,
            selects=selects, note=note,
        )  # fmt: skip
    around, f = f, _target(f)
    load_chapters()  # so that this rule is the later one
    if not given:
        return functools.partial(_composed, f)
    if derivative is not None and len(given) > 1:
        raise TypeError(f"A derivative is both ways in one; got {' and '.join(given)}.")
    if isinstance(f, np.ufunc) and f.signature is None and not _of_objects(f) and f.nin <= 3:
        _elementwise(f, vjp, jvp, derivative, note, selects)
        return _also_for(around, f)

    name = name_of(f)
    told = signature_of(f, signature)
    if derivative is not None:
        vjp = jvp = _each_by_derivative(derivative, name, told)
    else:
        vjp, jvp = (_each_as_it_is(rule, name) for rule in (vjp, jvp))
    if callable(vjp) or callable(jvp):
        inputs = _inputs(name, told, vjp, jvp, inputs)
        if vjp is None:
            raise TypeError(
                f"The JVP of {name} is for all inputs together, and its VJP would take one for each: give "
                f"jvp={{input: ...}}, or a vjp besides."
            )
    elif inputs is not None:
        raise TypeError("inputs= is for a vjp that is one callable; a dict names them.")
    else:
        inputs = tuple(one for one in told.parameters if one in {**(vjp or {}), **(jvp or {})})
        unknown = {**(vjp or {}), **(jvp or {})}.keys() - set(inputs)
        if unknown:
            raise TypeError(
                f"The rule of {name} is for {sorted(unknown)}; its parameters are {tuple(told.parameters)}."
            )
        vjp = {one: vjp[one] if one in (vjp or {}) else transposed(jvp[one], one) for one in inputs}
        jvp = jvp or {}
        vjp = _saving_for_forward(vjp, jvp)
    rule = Foreign(f, inputs, vjp, jvp, told, selects, note)
    key = _tell(f, rule)
    rules[key] = rule
    composites.pop(key, None)
    if isinstance(f, np.ufunc) and around is not f:
        rule.f = around
        rules[around] = rule
    return rule


# ------------------------------------------------------------------------------------ what the rule is for


def _target(f):
    """What is called in the end where `f` is: of a class what calling its instances does."""
    if isinstance(f, types.MethodType):
        if isinstance(f.__self__, type):
            return f.__func__
        raise TypeError(
            f"{name_of(f)} is bound to one object. The rule is for the method of its class, "
            f"{name_of(type(f.__self__))}.{f.__name__}, and may name self."
        )
    if isinstance(f, type):
        for cls in f.__mro__:
            if "__call__" in vars(cls):
                return vars(cls)["__call__"]
        raise TypeError(f"Instances of {name_of(f)} can't be called. Name the method: {name_of(f)}.method.")
    if not callable(f):
        raise TypeError(f"A rule is for something that can be called; got {type(f).__name__}.")
    # An object around a ufunc, which is what NumPy asks tensors about.
    inner = getattr(f, "ufunc", None)
    return inner if isinstance(inner, np.ufunc) else f


def _of_objects(ufunc):
    """Whether `ufunc` calls Python for each element, and returns arrays of objects."""
    return all(loop.partition("->")[2] == "O" * ufunc.nout for loop in ufunc.types)


def _inputs(name, told, vjp, jvp, inputs):
    """The inputs of a rule that is for all of them together."""
    for rule in (vjp, jvp):
        if rule is not None and not callable(rule):
            raise TypeError(f"vjp and jvp of {name} are both by input, or both for all inputs together.")
    return (_only_input(name, told),) if inputs is None else tuple(inputs)


def _only_input(name, told):
    required = [p.name for p in told.parameters.values() if p.default is p.empty and p.name != "self"]
    if len(required) != 1:
        raise TypeError(
            f"{name} has the parameters {tuple(told.parameters)}: say which the rule is for, with a dict, or "
            f"with inputs= where one callable is for all of them."
        )
    return required[0]


# ---------------------------------------------------------------------------------------------- expressions


def _twinned(rule, name):
    return run_as_twin(rule, name, callee)


def _each_as_it_is(rule, name):
    if rule is None or callable(rule):
        return rule if rule is None else _twinned(rule, name)
    return {one: _twinned(expression, name) for one, expression in rule.items()}


def _each_by_derivative(derivative, name, told):
    """By input the rule that follows from its derivative."""
    if callable(derivative):
        derivative = {_only_input(name, told): derivative}
    return {one: by_derivative(_twinned(d, name)) for one, d in derivative.items()}


def _saving_for_forward(vjp, jvp):
    """The VJPs with the names of the JVPs too: what is remembered is the same for both."""
    result = {}
    for one, rule in vjp.items():
        own = parameters(rule)
        missing = [name for name in parameters(jvp[one]) if name not in own] if one in jvp else []
        result[one] = _taking_more(rule, own, missing) if missing else rule
    return result


def _taking_more(rule, own, more):
    def run(g, *values):
        return rule(g, *values[: len(own)])

    run.__wrapped__ = rule
    return with_parameters(run, ("g", *own, *more))


# ------------------------------------------------------------------------------------------- kinds of rule


def _elementwise(ufunc, vjp, jvp, derivative, note, selects):
    """The rule of a ufunc: the one expression is both ways."""
    name = ufunc.__name__
    if vjp is not None and jvp is not None:
        raise TypeError(f"{name} works element by element: one expression is both its VJP and its JVP.")

    def by_input(rule):
        if rule is None:
            return None
        if callable(rule):
            if ufunc.nin > 1:
                raise TypeError(f"{name} has {ufunc.nin} inputs: give a dict, by 'x', 'y' and 'z'.")
            rule = {"x": rule}
        twinned = {one: _twinned(expression, name) for one, expression in rule.items()}
        if derivative is not None:
            return {one: by_derivative(d) for one, d in twinned.items()}
        return twinned

    rule = next(one for one in (vjp, jvp, derivative) if one is not None)
    if ufunc.nout > 1:
        if callable(rule) or isinstance(rule, dict) or len(rule) != ufunc.nout:
            raise TypeError(f"{name} has {ufunc.nout} results: give a list, with a rule or None for each.")
        multi_output(ufunc, *map(by_input, rule), note=note)
    else:
        elementwise(ufunc, note=note, selects=selects, **by_input(rule))
    composites.pop(ufunc, None)


def _also_for(around, ufunc):
    """Give the object around a ufunc its rule: some call ``__array_ufunc__`` with themselves, and compile
    loops for new dtypes when they are called. Returns what the user calls, which is dispatched."""
    if around is not ufunc:
        rules[ufunc].ufunc = around
        rules[around] = rules[ufunc]
    return around


def _composed(f, implementation):
    """Register a function that is written with others as what tensors are given to in the place of `f`."""
    if not isinstance(implementation, types.FunctionType):
        raise TypeError(
            f"define_rule({name_of(f)}) without a vjp, jvp or derivative is a decorator for a function that "
            f"takes its place for tensors; it was given {type(implementation).__name__}."
        )

    @functools.wraps(implementation)
    def composed(*args, **kwargs):
        if not holds_tensor(args) and not holds_tensor(kwargs.values()):
            return f(*args, **kwargs)
        return callee(implementation)(*args, **kwargs)

    key = _tell(f, composed)
    composites[key] = composed
    rules.pop(key, None)
    return composed


def _tell(f, ours):
    """Let those know who meet `f` by other ways than NumPy's dispatch; the key of `f` in the tables."""
    counterpart(f)(ours)
    code = getattr(inspect.unwrap(f), "__code__", None)
    if code is not None:
        has_rule[code] = name_of(f)
    try:
        hash(f)
    except TypeError:  # a function of ctypes
        f = ours
    remember_place(f)
    return f
