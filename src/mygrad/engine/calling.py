"""How functions that aren't ufuncs are called with tensors.

A call goes like this: tensors are replaced by their values and NumPy's own function is called with what the
user gave; if any of the differentiable arguments carries a gradient, the arguments are bound to NumPy's
signature and what the rules name is saved. What is alike in many calls is found out once: for those with as
many arguments (`Form`), and for those with arrays of the same shapes as well (`Recipe`).
"""

import functools
import inspect
import sys

import numpy as np
from numpy import float64, ndarray

from mygrad.engine.call import SIMPLE, Call, Form, Joined, Plan, Recipe, is_simple, only_ints
from mygrad.engine.memory import owner_of
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import Saved
from mygrad.engine.record import (
    FLOAT64,
    Handle,
    differentiable_dtype,
    fit_of,
    make,
    new_node,
    node_of,
    recorded_node,
    unrecorded,
)
from mygrad.engine.rule import Rule, rules
from mygrad.engine.views import base_of, make_over, make_view, own_memory, write
from mygrad.losses import lose

__all__ = [
    "EMPTY",
    "Called",
    "array_of_numbers",
    "default_of",
    "holds_tensor",
    "plain",
    "stacked",
    "the_one",
    "with_value",
    "written_to",
]

EMPTY = inspect.Parameter.empty

FEW = 64
"""Arrays in a sequence up to which it is worth while to keep what is alike in calls with such."""


class Called(Rule):
    """The part of a `Function` that is called: what it is made of is said there."""

    @functools.cached_property
    def bind(self):
        """Bind arguments to NumPy's signature: a tuple of them in its order."""
        return _binder(self.signature)

    @functools.cached_property
    def whole(self):
        """What is remembered where all inputs carry a gradient."""
        return self.plan(self.inputs)

    def repeated(self, x, args, kwargs):
        """The result for a tensor `x`, if there is a `Recipe`; else None, and nothing has happened."""
        values = x._value
        try:
            recipe = self.recipes.get((values.shape, args, *kwargs.items()))
        except TypeError:  # an array or a list is among the arguments
            return None
        if recipe is None or type(values) is not ndarray or values.dtype is not recipe.dtype:
            return None
        for value in (*args, *kwargs.values()) if kwargs else args:
            # A constant tensor equals its number, and is none.
            if type(value) not in SIMPLE and not is_simple(value):
                return None
        data = recipe.method(values, *args, **kwargs)
        fit = recipe.fit
        if type(data) is float64:  # whose attributes are slow to read
            alike = fit.dtype is FLOAT64 and not fit.shape
        else:
            alike = data.dtype is fit.dtype and data.shape == fit.shape
        if not alike:  # they depend on the values
            return self.record(self.bind(x, *args, **kwargs), data)
        if self.view and shows(data, x):
            if data is values:
                data = data.view()
            return make_view(x, data, self, recipe.call, fit)
        result = make(data)
        if not RECORDING.get():
            result._node = unrecorded(data)
            return result
        node = x._node
        if node is None or node.cotangent is not None:
            node = node_of(x)
            if node is None:
                return result
        call = recipe.call_of((x,), result) if recipe.cells else recipe.call
        result._node = new_node(self, call, fit, node)
        return result

    def of_two(self, x, y):
        """The result for two operands, of which one at least is a tensor, and nothing else."""
        first, second = isinstance(x, Handle), isinstance(y, Handle)
        p = x._value if first else x
        q = y._value if second else y
        if type(p) is not ndarray or type(q) is not ndarray or p.dtype is not q.dtype:
            return self.in_form((x, y), {})
        data = self.method(p, q)
        result = make(data)
        if not RECORDING.get():
            result._node = unrecorded(data)
            return result
        a = b = None
        if first:
            a = x._node
            if a is None or a.cotangent is not None:
                a = node_of(x)
        if second:
            b = y._node
            if b is None or b.cotangent is not None:
                b = node_of(y)
        if a is None:
            if b is None:
                return result
            active, a, b = 2, b, None
        else:
            active = 1 if b is None else 3
        recipe = self.recipes.get((active, p.shape, q.shape))
        if recipe is None or recipe.dtype is not p.dtype:
            recipe = self._learn_of_two(active, p, q, data)
        result._node = new_node(self, recipe.call_of((x, y), result), recipe.fit, a, b)
        return result

    def of_sequence(self, items, static, kwargs):
        """The result for a sequence of arrays, if what is alike in calls with such is known; else None, and
        nothing has happened."""
        if len(items) > FEW:
            return None
        values, shapes, carriers = [], [], 0
        try:
            for x in items:
                carriers += carriers
                if isinstance(x, Handle):
                    carriers += x._node is not None or x._view is not None
                    x = x._value
                elif type(x) is float or type(x) is int:
                    x = float64(x)
                values.append(x)
                shapes.append(x.shape)
            joined = self.sequences.get((carriers, *shapes, None, *static, *kwargs.items()))
        except (AttributeError, TypeError, OverflowError):  # a list is among them, or too large a number
            return None
        if joined is None:
            return None
        for value in (*static, *kwargs.values()):
            if not is_simple(value):
                return None
        for value in values:
            if value.dtype is not joined.dtype:
                return None
        data = self.method(values, *static, **kwargs)
        if not RECORDING.get():
            return make(data, unrecorded(data))
        nodes = []
        for i in joined.carriers:
            x = items[i]
            node = x._node
            if node is None or node.cotangent is not None:
                node = node_of(x)
                if node is None:  # a view that is a constant
                    return self.record(self.bind(items, *static, **kwargs), data)
            nodes.append(node)
        return make(data, new_node(self, joined.call, joined.fit, *nodes))

    def _learn_of_sequence(self, given, node):
        """Keep what is alike in calls with a sequence, if that is all but the values."""
        (items, *static), kwargs = given
        call = node.saved
        if self.input_places.keys() != {0} or not all(map(is_simple, (*static, *kwargs.values()))):
            return
        if len(items) > FEW:
            return
        if any(type(cell) is Saved for value in call.values if type(value) is list for cell in value):
            return
        carriers, shapes, bits = [i for _, i in call.active], [], 0
        for i, x in enumerate(items):
            x = float64(x) if type(x) is float or type(x) is int else plain(x)
            if getattr(x, "dtype", None) is not node.fit.dtype:
                return
            shapes.append(x.shape)
            bits += bits + (i in carriers)
        if len(self.sequences) > 1024:
            self.sequences.clear()
        self.sequences[(bits, *shapes, None, *static, *kwargs.items())] = Joined(
            self, call, carriers, node.fit
        )

    def __call__(self, *args, **kwargs):
        if self.takes_two and len(args) == 2 and not kwargs:
            return self.of_two(*args)
        if self.recipes and args and isinstance(args[0], Handle):
            result = self.repeated(args[0], args[1:], kwargs)
            if result is not None:
                return result
        elif self.sequences and args and (type(args[0]) is list or type(args[0]) is tuple):
            result = self.of_sequence(args[0], args[1:], kwargs)
            if result is not None:
                return result
        return self.in_form(args, kwargs)

    def in_form(self, args, kwargs):
        """A call of which it is known, at best, what is alike in all with as many arguments."""
        form = self.forms.get((len(args), *kwargs))
        if form is None:
            return self.call_at_length(args, kwargs)
        given = args, kwargs
        if self.view and isinstance(args[0], Handle):
            own_memory(args[0])
        values = [
            x._value if isinstance(x, Handle) else plain(x) if type(x) in (list, tuple) else x for x in args
        ]
        # NumPy's function looks for a method of the array, or for what overrides it: the method is at hand.
        function = form.method if type(values[0]) is ndarray else self.function
        if kwargs:
            data = function(*values, **{name: plain(value) for name, value in kwargs.items()})
            args = (*args, *kwargs.values())
        else:
            data = function(*values)
        for place, name in form.static:
            if isinstance(args[place], Handle) and _carries_gradient(args[place]):
                self._refuse(name)
        if self.view and shows(data, args[0]):
            if data is args[0]._value:  # np.squeeze of nothing: NumPy has another array over the same memory
                data = data.view()
            fit = fit_of(data, args[0]._value)
            self._learn(form, given, args, fit)
            return make_view(args[0], data, self, form.call(form.all_inputs, args, None), fit)
        result = make(data)
        if not RECORDING.get():
            result._node = unrecorded(data)
            return result
        carries_on = data.dtype.kind in "fc"  # before a tensor is used: objects have no dtype
        active, parents, sources = 0, (), ()
        for place, bit in form.inputs:
            x = args[place]
            if isinstance(x, Handle):
                node = x._node
                if node is None and x._view is None:
                    continue
                if not carries_on:
                    self._ends(x, data.dtype)
                if node is None or node.cotangent is not None:
                    node = node_of(x)
                    if node is None:
                        continue
                active |= bit
                parents += (node,)
                sources += (x._value,)
        if active and carries_on:
            fit = fit_of(data, *sources)
            self._learn(form, given, args, fit)
            result._node = new_node(self, form.call(active, args, result), fit, *parents)
        return result

    def _learn(self, form, given, args, fit):
        """Make a recipe of a call, if it is one of a single array."""
        (x, *others), kwargs = given
        if form.inputs == ((0, 1),) and type(x._value) is ndarray and all(map(is_simple, args[1:])):
            recipe = Recipe(form, 1, (x._value, *args[1:]), fit)
            self._keep((x._value.shape, tuple(others), *kwargs.items()), recipe)

    def _learn_of_two(self, active, p, q, data):
        """Make a recipe of a call with two arrays, of which those in the set `active` carry a gradient."""
        form = self.forms.get((2,))
        if form is None:
            form = self.forms[(2,)] = Form(self, 2, ())
        sources = [x for i, x in enumerate((p, q)) if active >> i & 1]
        recipe = Recipe(form, active, (p, q), fit_of(data, *sources))
        self._keep((active, p.shape, q.shape), recipe)
        return recipe

    def _keep(self, key, recipe):
        if len(self.recipes) > 1024:
            self.recipes.clear()
        self.recipes[key] = recipe

    def call_at_length(self, args, kwargs):
        """A call in a form that is new, or that has to be looked at each time."""
        given = args, kwargs
        if self.place_of_out < len(args) <= len(self.by_position):
            named = dict(zip(self.by_position[self.place_of_out :], args[self.place_of_out :], strict=False))
            if not named.keys() & kwargs.keys():
                args, kwargs = args[: self.place_of_out], named | kwargs
        if "out" in kwargs and kwargs["out"] is not None:
            return self._into(args, kwargs)
        if self.view and args and isinstance(args[0], Handle):
            own_memory(args[0])
        values = map(plain, args)
        data = self.function(*values, **{name: plain(value) for name, value in kwargs.items()})
        bound = self.bind(*args, **kwargs)
        plainly = type(self).record is Called.record  # a rule of another kind may record in its own way
        if given[0] is args and "out" not in kwargs and not self.many and args and plainly:
            form = Form(self, len(args), tuple(kwargs))
            if form.regular:
                self.forms[(len(args), *kwargs)] = form
        result = self.record(bound, data)
        if given[0] and self.many and plainly and result._node is not None and result._node.rule is self:
            self._learn_of_sequence(given, result._node)
        return result

    def _into(self, args, kwargs):
        """A call with ``out=``: NumPy computes, then the result is written as any value is."""
        out = the_one(kwargs.pop("out"))
        target = out if isinstance(out, Handle) else make_over(out)
        values = self.function(
            *map(plain, args),
            **{name: plain(v) for name, v in kwargs.items()},
            out=np.array(own_memory(target)),
        )
        if np.shape(values) != target.shape:  # some of NumPy's functions take no notice of out=
            raise ValueError(f"out= has the shape {target.shape}, and the result {np.shape(values)}.")
        result = self.record(self.bind(*args, **kwargs), np.array(values))
        write(target, lambda array: np.copyto(array, values, casting="unsafe"), recorded_node(result), values)
        return target

    def record(self, bound, data):
        """The tensor of the result `data` of a call with the arguments `bound`."""
        if self.view and type(data) is ndarray:
            x = bound[self.names.index(self.inputs[0])]
            if shows(data, x):
                if data is x._value:  # np.squeeze of nothing: NumPy has another array over the same memory
                    data = data.view()
                return make_view(x, data, self, self._remember(self.whole, bound, None))
        result = make(data)
        if not RECORDING.get():
            result._node = unrecorded(data)
            return result
        active, parents, sources = [], [], []
        for place, value in enumerate(bound):
            if place not in self.input_places and isinstance(value, Handle) and _carries_gradient(value):
                self._refuse(self.names[place])
        for place, value in enumerate(bound):
            if place in self.input_places and isinstance(value, Handle) and not self.many:
                if value._node is not None or value._view is not None:
                    # Before it is used: objects have no dtype.
                    differentiable_dtype(data.dtype) or self._ends(value, data.dtype)
                node = node_of(value)
                if node is not None:
                    active.append(self.input_places[place])
                    parents.append(node)
                    sources.append(value._value)
        if self.many:
            bound = self._gather(bound, data.dtype, active, parents, sources)
        if not active or not differentiable_dtype(data.dtype):
            return result
        fit = fit_of(data, *sources)
        if self.many:
            call = self._remember(self.whole, bound, result)
            call.active = tuple(active)
        else:
            call = self._remember(self.plan(tuple(active)), bound, result)
        result._node = new_node(self, call, fit, *parents)
        return result

    def _ends(self, x, dtype):
        """False: no gradient goes on from `x` to a result of this dtype. That of whole numbers is 0; by text
        and objects it is lost."""
        if dtype.kind not in "biu" and isinstance(x, Handle) and _carries_gradient(x):
            lose(
                f"{self.function.__name__} gives data of dtype {dtype} here, made of a Tensor that carries a "
                f"gradient, and such data can't carry it on. Keep numbers and other objects in arrays of "
                f"their own, or leave the graph on purpose with x.data.",
                sys._getframe(1),
            )
        return False

    def _refuse(self, name):
        raise TypeError(
            f"{self.name} has no derivative in {name!r}, and was given a tensor there that carries a "
            f"gradient. Give it the plain value, {name}.data, to go on without."
        )

    def _gather(self, bound, dtype, active, parents, sources):
        """Fill in what carries a gradient in the one input, a sequence; the arguments with that as a list."""
        ((place, name),) = self.input_places.items()
        items = list(bound[place])
        if not differentiable_dtype(dtype):
            for item in items:
                self._ends(item, dtype)
        for i, item in enumerate(items):
            if isinstance(item, Handle) and (node := node_of(item)) is not None:
                active.append((name, i))
                parents.append(node)
                sources.append(item._value)
        return (*bound[:place], items, *bound[place + 1 :])

    def plan(self, inputs):
        plan = self.plans.get(inputs)
        if plan is None:
            plan = self.plans[inputs] = Plan(self, inputs)
        return plan

    @staticmethod
    def _remember(plan, bound, result):
        values = [how(result if place is None else bound[place]) for how, place in plan.savers]
        return Call(plan, values, plan.active)


def shows(data, x):
    """Whether the result `data` shows the memory of `x`."""
    if type(data) is not ndarray or not isinstance(x, Handle):
        return False
    values = x._value
    if data is values:
        return True
    base = data.base
    if base is None:
        return False
    return base is values or base is values.base or owner_of(data) is owner_of(values)


def _carries_gradient(t):
    base = base_of(t)
    return base._node is not None and (t._view is None or not t._view.constant) and RECORDING.get()


def plain(value):
    """`value` as NumPy's function is to get it: tensors replaced by their arrays, in sequences too."""
    if isinstance(value, Handle):
        return value._value
    if type(value) in (list, tuple) and value and not only_ints(value):
        return type(value)([plain(item) for item in value])
    return value


def stacked(value):
    """A list or tuple that holds tensors as one tensor, stacked; anything else as it is."""
    if type(value) in (list, tuple) and holds_tensor(value):
        numbers = []
        shape = _shape_of_numbers(value, numbers)
        if shape is not None:
            return rules[array_of_numbers](numbers, shape)
        return np.stack([stacked(item) for item in value])
    return value


def _shape_of_numbers(value, numbers):
    """The shape of a sequence of numbers, or of sequences of such, which are gathered; None if it is none."""
    shape = None
    for item in value:
        if type(item) is list or type(item) is tuple:
            of_item = _shape_of_numbers(item, numbers)
        elif isinstance(item, (float, int, np.number)) or (isinstance(item, Handle) and not item._value.ndim):
            of_item = ()
            numbers.append(item)
        else:
            return None
        if of_item is None or (shape is not None and of_item != shape):
            return None
        shape = of_item
    return None if shape is None else (len(value), *shape)


def array_of_numbers(numbers, shape):
    """The array of this shape that is made of these numbers."""
    array = np.array(numbers)
    return array if len(shape) == 1 else array.reshape(shape).copy()  # with memory of its own


def holds_tensor(value):
    return any(isinstance(v, Handle) or (type(v) in (list, tuple) and holds_tensor(v)) for v in value)


def the_one(out):
    """What ``out=`` is: NumPy takes it in a tuple as well."""
    if isinstance(out, tuple):
        if len(out) != 1:
            raise TypeError(f"out= must be an array or a tensor; got a tuple of {len(out)}.")
        (out,) = out
    return out


def with_value(value, result):
    """A tensor with the derivative of `result`, which was composed, and NumPy's own `value`, which may differ
    in the last digits."""
    return make(value, recorded_node(result) if RECORDING.get() else unrecorded(value))


def written_to(out, result):
    """Write `result` where ``out=`` asked for it, and return that as a tensor; without ``out`` the result
    itself."""
    out = the_one(out)
    if out is None:
        return result
    target = out if isinstance(out, Handle) else make_over(out)
    data = plain(result)
    write(target, lambda array: np.copyto(array, data, casting="same_kind"), recorded_node(result), data)
    return target


def default_of(parameter):
    """What a parameter is if it isn't given."""
    return None if parameter.default is np._NoValue else parameter.default


def _binder(signature):
    """A function with NumPy's signature that returns its arguments in order: Python binds faster than
    `inspect` does."""
    scope = {}
    parts, names = [], []
    starred = False
    parameters = list(signature.parameters.values())
    for i, p in enumerate(parameters):
        if p.kind is p.VAR_POSITIONAL:
            parts.append(f"*{p.name}")
            starred = True
        elif p.kind is p.VAR_KEYWORD:
            parts.append(f"**{p.name}")
        else:
            if p.kind is p.KEYWORD_ONLY and not starred:
                parts.append("*")
                starred = True
            scope[f"_{i}"] = default_of(p)
            parts.append(p.name if p.default is EMPTY else f"{p.name}=_{i}")
            if p.kind is p.POSITIONAL_ONLY and (
                i + 1 == len(parameters) or parameters[i + 1].kind is not p.POSITIONAL_ONLY
            ):
                parts.append("/")
        names.append(p.name)
    exec(f"def bind({', '.join(parts)}): return ({', '.join(names)},)", scope)
    return scope["bind"]
