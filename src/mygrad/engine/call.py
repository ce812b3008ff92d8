"""What a node remembers of a call of a function that isn't a ufunc.

Which values the rule names is known when it is registered; what to do with each argument is decided once for
each set of inputs that carry a gradient.
"""

from math import prod
from operator import attrgetter, itemgetter

import numpy as np
from numpy import ndarray

from mygrad.engine import buffers
from mygrad.engine.memory import SMALL, remember, remember_array
from mygrad.engine.node import Saved, new_cell
from mygrad.engine.record import Handle, cell_of
from mygrad.engine.rule import HANDS_ON_LARGE, deposit, fitted, parameters, value_of

__all__ = ["SIMPLE", "Call", "Form", "Joined", "Plan", "Recipe", "is_simple", "only_ints", "static_cell"]


class Plan:
    """What is remembered of the calls in which the same inputs carry a gradient.

    Attributes
    ----------
    savers : tuple of (how, place)
        For each value that is remembered: a function that makes what is remembered, and the place of the
        argument that it is made from; None for the result.
    places : dict
        Where each of the values is in what is remembered, by its name.
    edges : tuple of (vjp, getter)
        For each input that carries a gradient its VJP, and a function that takes what it names out of the
        list of all that is remembered. Where one VJP tells what two inputs get, it is that of the first, and
        that of the second is None.
    active : tuple of (name, place)
        The inputs, where none of them is a sequence; else each call has its own.
    """

    __slots__ = ("active", "edges", "places", "savers")

    def __init__(self, rule, inputs):
        # To call the function again takes all of its arguments.
        names = dict.fromkeys(rule.static if rule.kind != "general" or rule.view else rule.named)
        for name in inputs:
            names.update(dict.fromkeys(rule.wanted[name]))
        if rule.kind == "linear" and (rule.many or len(rule.inputs) > 1):
            names.update((f"{name}_shape", None) for name in rule.inputs)
        self.savers = tuple(_saver(rule, name) for name in names)
        self.places = {name: i for i, name in enumerate(names)}
        self.edges = tuple(
            (rule.vjps[name], _getter([self.places[wanted] for wanted in rule.wanted[name]]))
            for name in inputs
        )
        if rule.both is not None and len(inputs) == 2:
            places = [self.places[wanted] for wanted in parameters(rule.both)]
            self.edges = (rule.both, _getter(places)), (None, _getter([]))
        self.active = tuple((name, 0) for name in inputs)


def _getter(places):
    """A function that takes the items at these places out of a list."""
    first = places[0] if places else 0
    if places == list(range(first, first + len(places))):
        return itemgetter(slice(first, first + len(places)))
    return itemgetter(*places)


class Form:
    """What is alike in the calls with as many arguments by position and the same keywords.

    Attributes
    ----------
    regular : bool
        Whether the arguments stand for one parameter each, so that a call needs no binding.
    inputs : tuple of (place, bit)
        The arguments that are differentiable inputs: the place in the call, and the bit that stands for the
        input in the number of a set of them.
    all_inputs : int
        The number of the set of all inputs of the rule.
    static : tuple of (place, name)
        The other arguments.
    method : callable
        What computes the result from arrays.
    """

    __slots__ = ("all_inputs", "arrangements", "bound", "inputs", "method", "regular", "rule", "static")

    def __init__(self, rule, positional, keywords):
        self.rule = rule
        given = [_Given(place) for place in range(positional + len(keywords))]
        by_keyword = dict(zip(keywords, given[positional:], strict=True))
        self.bound = rule.bind(*given[:positional], **by_keyword)
        named = [
            (item.place, name)
            for name, item in zip(rule.names, self.bound, strict=True)
            if type(item) is _Given
        ]
        self.regular = len(named) == len(given) and (not rule.view or (0, rule.inputs[0]) in named)
        self.inputs = tuple(
            (place, 1 << rule.inputs.index(name)) for place, name in named if name in rule.vjps
        )
        self.all_inputs = (1 << len(rule.inputs)) - 1
        self.static = tuple((place, name) for place, name in named if name not in rule.vjps)
        self.method = rule.method if set(keywords) <= {"axis", "keepdims"} else rule.function
        self.arrangements = {}

    def call(self, active, args, result):
        """What is remembered of the call with `args`, in which the inputs `active` carry a gradient."""
        plan, values, steps = self.arrangement(active)
        if steps:
            values = values.copy()
            for i, how, place in steps:
                values[i] = how(result if place is None else args[place])
        return Call(plan, values, plan.active)

    def arrangement(self, active):
        """The plan, what is remembered alike each time, and the rest: where, how, and from which argument."""
        found = self.arrangements.get(active)
        if found is not None:
            return found
        plan = self.rule.plan(tuple(name for i, name in enumerate(self.rule.inputs) if active >> i & 1))
        values, steps = [], []
        for i, (how, place) in enumerate(plan.savers):
            item = None if place is None else self.bound[place]
            if place is None or type(item) is _Given:
                values.append(None)
                steps.append((i, how, None if place is None else item.place))
            else:
                values.append(how(item))
        found = self.arrangements[active] = plan, values, tuple(steps)
        return found


class _Given:
    __slots__ = ("place",)

    def __init__(self, place):
        self.place = place


class Recipe:
    """What is alike in the calls of a function with the same other arguments, for arrays of the same shapes
    and dtypes: all but the values.

    Attributes
    ----------
    method : callable
        What computes the result from arrays.
    dtype : dtype
        Of the first array.
    fit : Fit
        Of the result and of the inputs that carry a gradient.
    call : Call
        What a node remembers, as far as it is alike.
    cells : tuple of (place, source)
        The rest of it, which is values: its place among what is remembered, and that of the argument that it
        is the value of; None for the result.
    edges : tuple of (vjp, arguments, cells, shape, dtype)
        For each input that carries a gradient, one or two: its VJP and what that takes after the cotangent;
        the places there that are values, with their places among what is remembered; and what comes of it.
    both : callable or None
        The one of these that tells what two inputs get.
    answer : int
        Of `Rule.pull`: whether the cotangent of some elements is exactly 0, and whether some are large.
    buffer : int
        The size of NumPy's buffers, if an input is so large that they matter, or 0.
    """

    __slots__ = ("answer", "both", "buffer", "call", "cells", "dtype", "edges", "fit", "method")

    def __init__(self, form, active, args, fit):
        plan, values, steps = form.arrangement(active)
        values = values.copy()
        for i, how, source in steps:
            values[i] = None if how in (cell_of, _cell) else how(args[source])
        self.cells = tuple((i, source) for i, how, source in steps if how in (cell_of, _cell))
        self.call = Call(plan, values, plan.active, self)
        self.call.simple = not self.cells
        self.edges = tuple(
            (*self._edge(vjp, list(wanted(range(len(values))))), *parent)
            for (vjp, wanted), parent in zip(plan.edges, fit.parents, strict=True)
        )
        self.both = form.rule.both
        self.answer = form.rule.leaves_some_out or form.rule.is_masked(self.call)
        if fit.large:
            self.answer += HANDS_ON_LARGE
        self.method = form.method
        self.fit = fit
        self.dtype = args[0].dtype
        self.buffer = max([buffers.best(shape) for shape, _ in fit.parents])

    def _edge(self, vjp, wanted):
        values, places = self.call.values, [place for place, _ in self.cells]
        cells = tuple((k, i) for k, i in enumerate(wanted) if i in places)
        return vjp, [None if i in places else value_of(values[i]) for i in wanted], cells

    def pull(self, node, g):
        """`Rule.pull` of a node of such a call."""
        if self.buffer:
            buffers.spare(self.buffer)
        contributions, other = [], None
        for vjp, arguments, cells, shape, dtype in self.edges:
            if cells:
                values = node.saved.values
                arguments = arguments.copy()
                for k, i in cells:
                    arguments[k] = values[i].value
            if vjp is None:
                c = other
            else:
                c = vjp(g, *arguments)
                if vjp is self.both:
                    c, other = c
            if getattr(c, "dtype", None) is not dtype or c.shape != shape:
                c = fitted(c, shape, dtype)
            contributions.append(c)
        parent = node.parent
        if parent.cotangent is None:
            parent.cotangent = contributions[0]
        else:
            deposit(parent, contributions[0])
        if node.other is not None:
            deposit(node.other, contributions[1])
        return self.answer

    def call_of(self, args, result):
        """What a node remembers of the call with `args`."""
        call = self.call
        if not self.cells:
            return call
        values = call.values.copy()
        for i, source in self.cells:
            values[i] = cell_of(result if source is None else args[source])
        return Call(call.plan, values, call.active, self)


class Joined:
    """What is alike in the calls of a function with a sequence of arrays of the same shapes, of one dtype,
    where none of the values is remembered.

    Attributes
    ----------
    call : Call
        What a node remembers.
    carriers : list of int
        The places of the arrays that carry a gradient.
    fit, dtype
        Of the result and of these.
    parts : list or None
        The indices of what they get of the cotangent, where that is a part of it for each.
    """

    __slots__ = ("call", "carriers", "dtype", "fit", "parts")

    def __init__(self, rule, call, carriers, fit):
        self.call = call
        call.recipe = self
        call.simple = True
        self.carriers = carriers
        self.fit = fit
        self.dtype = fit.dtype
        self.parts = None
        if rule.parts is not None and prod(fit.shape) * fit.dtype.itemsize <= SMALL:
            _, wanted = call.plan.edges[0]
            parts = rule.parts(*wanted(call.values))
            self.parts = None if parts is None else [parts[i] for i in carriers]

    def pull(self, node, g):
        """`Rule.pull` of a node of such a call, if it is a matter of parts."""
        for parent, index in zip(node.parents, self.parts):
            c = g[index]
            if parent.cotangent is None:
                parent.cotangent = c
            else:
                deposit(parent, c)


class Call:
    """What a node remembers of a call of a function, arranged as its `Plan` says.

    Attributes
    ----------
    values : list
        The arguments and the result, as far as the rule names them: `Saved` cells, sequences of such, or as
        they are.
    active : tuple of (name, place)
        The inputs that carry a gradient, in the order of the node's parents; the place is that in a sequence.
    recipe : Recipe, Joined or None
        What else is known of the call, if there is one.
    simple : bool
        Whether it is known that none of the values is a cell or a number of floating point.
    """

    __slots__ = ("active", "plan", "recipe", "simple", "values")

    def __init__(self, plan, values, active, recipe=None):
        self.plan = plan
        self.values = values
        self.active = active
        self.recipe = recipe
        self.simple = False

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
    of = attrgetter(what)

    def attribute(value):
        if isinstance(value, Handle):
            return of(value._value)
        return None if value is None else of(_with_shape(value))

    return attribute


def _attribute_of_each(what):
    return lambda values: [getattr(_with_shape(value), what) for value in values]


def _with_shape(value):
    return (
        value._value if isinstance(value, Handle) else value if hasattr(value, "shape") else np.asarray(value)
    )


def _cell(value):
    if value is None:  # an argument that wasn't given
        return None
    if isinstance(value, Handle):
        cell = value._saved
        return cell if type(cell) is Saved else remember(value)
    if isinstance(value, ndarray):
        return cell_of(value)
    return new_cell(value if isinstance(value, np.generic) else np.asarray(value))


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
    return new_cell(value) if type(value) is list else value


def only_ints(values):
    """Whether a sequence is a shape or axes, as most are."""
    for value in values:  # noqa: SIM110  all() of a generator takes three times as long
        if type(value) is not int:
            return False
    return True


def is_simple(value) -> bool:
    """Whether a value says all there is to it, and can't change: a number, a word, a shape."""
    return type(value) in SIMPLE or (type(value) is tuple and only_ints(value))


SIMPLE = {int, bool, str, type(None)}
