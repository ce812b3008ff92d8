"""What a node remembers of a call of a function that isn't a ufunc.

Which values the rule names is known when it is registered; what to do with each argument is decided once for
each set of inputs that carry a gradient.
"""

import numpy as np
from numpy import ndarray

from mygrad.engine.memory import remember_array
from mygrad.engine.node import Saved
from mygrad.engine.record import Handle, cell_of
from mygrad.engine.rule import value_of

__all__ = ["Call", "Form", "Plan", "only_ints", "static_cell"]


class Plan:
    """What is remembered of the calls in which the same inputs carry a gradient.

    Attributes
    ----------
    savers : tuple of (how, place)
        For each value that is remembered: a function that makes what is remembered, and the place of the
        argument that it is made from; None for the result.
    places : dict
        Where each of the values is in what is remembered, by its name.
    edges : tuple of (vjp, places)
        For each input that carries a gradient its VJP and where what it names is.
    active : tuple of (name, place)
        The inputs, where none of them is a sequence; else each call has its own.
    """

    __slots__ = ("active", "edges", "places", "savers")

    def __init__(self, rule, inputs):
        # To call the function again takes all of its arguments.
        names = dict.fromkeys(rule.static if rule.kind != "general" or rule.view else rule.named)
        for name in inputs:
            names.update(dict.fromkeys(rule.wanted[name]))
        if rule.kind == "linear" and len(rule.inputs) > 1:
            names.update((f"{name}_shape", None) for name in rule.inputs)
        self.savers = tuple(_saver(rule, name) for name in names)
        self.places = {name: i for i, name in enumerate(names)}
        self.edges = tuple(
            (rule.vjps[name], tuple(self.places[wanted] for wanted in rule.wanted[name])) for name in inputs
        )
        self.active = tuple((name, 0) for name in inputs)


class Form:
    """What is alike in the calls with as many arguments by position and the same keywords.

    Attributes
    ----------
    regular : bool
        Whether the arguments stand for one parameter each, so that a call needs no binding.
    inputs, static : tuple of (place, name)
        The arguments that are differentiable inputs, and the others: the place is that in the call.
    method : callable
        What computes the result from arrays.
    """

    __slots__ = ("bound", "inputs", "method", "recipes", "regular", "static")

    def __init__(self, rule, positional, keywords):
        given = [_Given(place) for place in range(positional + len(keywords))]
        by_keyword = dict(zip(keywords, given[positional:], strict=True))
        self.bound = rule.bind(*given[:positional], **by_keyword)
        named = [
            (item.place, name)
            for name, item in zip(rule.names, self.bound, strict=True)
            if type(item) is _Given
        ]
        self.regular = len(named) == len(given) and (not rule.view or (0, rule.inputs[0]) in named)
        self.inputs = tuple((place, name) for place, name in named if name in rule.vjps)
        self.static = tuple((place, name) for place, name in named if name not in rule.vjps)
        self.method = rule.method if set(keywords) <= {"axis", "keepdims"} else rule.function
        self.recipes = {}

    def call(self, plan, args, result):
        """What is remembered of the call with `args`."""
        recipe = self.recipes.get(plan)
        if recipe is None:
            recipe = self.recipes[plan] = self._recipe(plan)
        values, steps = recipe
        if steps:
            values = values.copy()
            for i, how, place in steps:
                values[i] = how(result if place is None else args[place])
        return Call(plan, values, plan.active)

    def _recipe(self, plan):
        """What is alike in what is remembered of them, and the rest: where, how, and from which argument."""
        values, steps = [], []
        for i, (how, place) in enumerate(plan.savers):
            item = None if place is None else self.bound[place]
            if place is None or type(item) is _Given:
                values.append(None)
                steps.append((i, how, None if place is None else item.place))
            else:
                values.append(how(item))
        return values, tuple(steps)


class _Given:
    __slots__ = ("place",)

    def __init__(self, place):
        self.place = place


class Call:
    """What a node remembers of a call of a function, arranged as its `Plan` says.

    Attributes
    ----------
    values : list
        The arguments and the result, as far as the rule names them: `Saved` cells, sequences of such, or as
        they are.
    active : tuple of (name, place)
        The inputs that carry a gradient, in the order of the node's parents; the place is that in a sequence.
    """

    __slots__ = ("active", "plan", "values")

    def __init__(self, plan, values, active):
        self.plan = plan
        self.values = values
        self.active = active

    def __contains__(self, name):
        return name in self.plan.places

    def __getitem__(self, name):
        """The value that is remembered by this name."""
        return value_of(self.values[self.plan.places[name]])

    def get(self, name):
        """The same, or None if it isn't remembered."""
        place = self.plan.places.get(name)
        return None if place is None else value_of(self.values[place])


def _saver(rule, name):
    """How the value that a rule names is made from the arguments of a call, and from which."""
    if name == "out" and "out" not in rule.vjps:
        return cell_of, None
    if name in rule.names:
        place = rule.names.index(name)
        if name not in rule.vjps:
            return static_cell, place
        return (_cells if rule.many else _cell), place
    source, _, what = name.rpartition("_")
    return (_attribute_of_each if rule.many else _attribute)(what), rule.names.index(source)


def _cells(values):
    return [_cell(item) for item in values]


def _attribute(what):
    return lambda value: None if value is None else getattr(_with_shape(value), what)


def _attribute_of_each(what):
    return lambda values: [getattr(_with_shape(value), what) for value in values]


def _with_shape(value):
    return (
        value._value if isinstance(value, Handle) else value if hasattr(value, "shape") else np.asarray(value)
    )


def _cell(value):
    if value is None:  # an argument that wasn't given
        return None
    if isinstance(value, (Handle, ndarray)):
        return cell_of(value)
    return Saved(value if isinstance(value, np.generic) else np.asarray(value))


def static_cell(value):
    """What is remembered of an argument that has no derivative: an array so that nobody writes to it."""
    if value is None or type(value) is int or type(value) is bool:
        return value
    if isinstance(value, Handle):
        return cell_of(value)
    if isinstance(value, ndarray):
        return remember_array(value)
    if type(value) is tuple and only_ints(value):
        return value
    if type(value) in (tuple, list) and any(isinstance(v, (Handle, ndarray)) for v in value):
        return tuple(map(static_cell, value))
    return Saved(value) if type(value) is list else value


def only_ints(values):
    """Whether a sequence is a shape or axes, as most are."""
    for value in values:  # noqa: SIM110  all() of a generator takes three times as long
        if type(value) is not int:
            return False
    return True
