"""Functions that aren't ufuncs: the rules registered for them, and what the sweep asks of these.

How they are called is in `mygrad.engine.calling`.
"""

import inspect
from math import prod

import numpy as np
from numpy import ndarray

from mygrad.engine.call import Call
from mygrad.engine.calling import EMPTY, Called, default_of
from mygrad.engine.few import Few
from mygrad.engine.mending import all_finite, mended
from mygrad.engine.node import Saved, leaf
from mygrad.engine.record import (
    Handle,
    make,
    node_of,
)
from mygrad.engine.regions import PLACE, Region, add_region
from mygrad.engine.rule import (
    HANDS_ON_LARGE,
    NO_PARENT,
    deposit,
    fitted,
    lifted,
    parameters,
    remember_place,
    rules,
    value_of,
)
from mygrad.engine.signatures import LateSignature, parameter_names, told_by
from mygrad.engine.sums import LARGE
from mygrad.engine.sweep import gradients
from mygrad.engine.views import Step

__all__ = [
    "Function",
    "general",
    "linear",
    "multilinear",
]


class Function(Called):
    """The rule of a NumPy function, and the function that tensors are given to.

    Parameters
    ----------
    function : callable
        NumPy's function.
    vjps : dict
        For each differentiable parameter its VJP.
    kind : {"linear", "multilinear", "general"}
    jvps : dict, optional
        For "general": for each differentiable parameter its JVP.
    signature : str, optional
        NumPy's signature, where the function doesn't tell it in every supported version.
    many : bool
        Whether the differentiable parameter is a sequence of arrays; the VJP then returns a list of
        cotangents.
    view : bool
        Whether the result may be a view of the input, as NumPy decides.
    note : str
        The convention where the derivative isn't unique, and the source of the formula.
    selects : bool or tuple of str
        The inputs, or whether all of them, that it chooses elements of: those that it leaves out have a
        cotangent of exactly 0, and the others are multiplied by nothing that could be infinite or undefined.
    method : callable, optional
        That of NumPy's arrays which does the same, with the same arguments by position, in less time.
    parts : callable, optional
        Of a sequence, where each gets a part of the cotangent: a function of what the VJP takes that gives
        the indices of the parts; None where it isn't so.
    few : callable, optional
        For the first input, where its cotangent is 0 but for few elements: a function of what its VJP takes
        that gives pairs of their places in the flat array and their values, which are added up; None where
        it isn't so.
    both : callable, optional
        Of two inputs, what both get at once, where one of the two is a step on the way to the other.
    """

    def __init__(
        self,
        function,
        vjps,
        kind,
        jvps=None,
        signature=None,
        many=False,
        view=False,
        note="",
        selects=False,
        method=None,
        few=None,
        parts=None,
        both=None,
    ):
        self.function = function
        self.few = few
        self.parts = parts
        self.both = both
        self.method = method or function
        self.note = note
        self.name = self.__name__ = function.__name__
        self.vjps = vjps
        self.jvps = jvps or {}
        self.kind = kind
        self.many = many
        self.view = view
        told = told_by(function, signature)
        self.signature = self.__signature__ = LateSignature(lambda: inspect.signature(told))
        self.__doc__ = function.__doc__
        self.names, self.by_position = parameter_names(told)
        self.inputs = tuple(name for name in self.names if name in vjps)
        if set(self.inputs) != set(vjps):
            raise TypeError(
                f"The rule of {self.name} is for {sorted(vjps)}; its parameters are {self.names}."
            )
        self.static = tuple(name for name in self.names if name not in vjps and name != "out")
        self.wanted = {name: () if f is None else parameters(f) for name, f in vjps.items()}
        self.wanted_forward = {name: parameters(f) for name, f in self.jvps.items()}
        for name, wanted in self.wanted_forward.items():
            if unsaved := set(wanted) - {*self.wanted[name], *self.static}:
                raise TypeError(
                    f"The JVP of {self.name} in {name} uses {sorted(unsaved)}, which its VJP doesn't save."
                )
        named = {"where"}.union(*self.wanted.values(), *self.wanted_forward.values())
        self.named = tuple(name for name in self.static if name in named)
        found = "out" in self.by_position
        self.place_of_out = self.by_position.index("out") if found else len(self.by_position)
        self.mask_place = self.names.index("where") if "where" in self.names else None
        self.input_places = {self.names.index(name): name for name in self.inputs}
        self.plans = {}
        self.forms = {}
        self.recipes = {}
        self.sequences = {}
        # Whether it is a function of two arrays: what else there may be needn't be given.
        self.takes_two = kind != "linear" and self.inputs == self.by_position[:2] and not many
        # Whether a method gives the view, and takes what a call saved of its arguments.
        as_method = self.by_position == (*self.inputs, *self.static) == self.names
        self.shown_by_method = view and method is not None and as_method
        # The cotangent of a view without a VJP is added by region.
        self.by_region = vjps[self.inputs[0]] is None
        self.selects = self.inputs if selects is True or self.by_region else tuple(selects or ())
        self.leaves_some_out = bool(self.selects)

    def __repr__(self):
        return f"<{self.kind} rule of {self.name}>"

    # What the sweep asks of a rule.

    def apply(self, array, saved):
        """This view of another array."""
        if self.shown_by_method and type(array) is ndarray:
            return self.method(array, *map(value_of, saved.values[: len(self.static)]))
        return self.again({self.inputs[0]: array}, saved)

    def again(self, inputs, saved):
        """Call NumPy's function once more with the static arguments that were saved and other inputs."""
        args, kwargs = [], {}
        gap = False
        for name, parameter in self.signature.parameters.items():
            if name == "out":
                gap = True
                continue
            value = inputs[name] if name in inputs else saved[name]
            if parameter.kind is parameter.VAR_POSITIONAL:
                args.extend(value)
            elif parameter.default is not EMPTY and value is default_of(parameter):
                gap = True
            elif gap or parameter.kind is parameter.KEYWORD_ONLY:
                kwargs[name] = value
            else:  # by position where that can be: the names differ between versions of NumPy
                args.append(value)
        return self.function(*args, **kwargs)

    def pull(self, node, g):
        saved = node.saved
        if self.by_region:
            return add_region(node.parent, self._region(node).add, g, node.fit)
        if self.few is not None and self._pull_few(node, g):
            return self.leaves_some_out
        recipe = saved.recipe
        if recipe is not None and (not self.many or recipe.parts is not None):
            return recipe.pull(node, g)
        for c, parent in zip(self.cotangents(node, g, saved), node.parents, strict=True):
            deposit(parent, c)
        leaves_out = self.leaves_out(node)
        return leaves_out + HANDS_ON_LARGE if node.fit.large else leaves_out

    def _pull_few(self, node, g):
        """Add a few elements to the cotangent of the one parent; false if they aren't few."""
        shape, dtype = node.fit.parents[0]
        call = node.saved
        if not isinstance(g, (ndarray, np.generic)) or prod(shape) < LARGE:
            return False
        if call.active != ((self.inputs[0], 0),):
            return False
        _, wanted = call.plan.edges[0]
        found = self.few(np.asarray(g), *map(value_of, wanted(call.values)))
        if found is None:
            return False
        for places, values in found:
            Few(shape, places, fitted(values, values.shape, dtype)).add_to(node.parent, node.fit)
        return True

    def leaves_out(self, node):
        return self.leaves_some_out or self.is_masked(node.saved)

    def is_masked(self, saved):
        """Whether ``where=`` leaves elements out."""
        if self.mask_place is None:
            return False
        where = saved["where"]
        return where is not None and where is not True

    def _region(self, node):
        return Region(Step(None, self, node.saved, node.fit))

    def cotangents(self, node, g, saved):
        if self.by_region:
            return [PLACE(g, self._region(node), *node.fit.parents[0])]
        parents = node.fit.parents
        if self.many:
            ((vjp, wanted),) = saved.plan.edges
            values = wanted(saved.values)
            found = vjp(g, *(values if saved.simple else map(value_of, values)))
            return [fitted(found[i], *parent) for (_, i), parent in zip(saved.active, parents, strict=True)]
        result, other = [], None
        for (vjp, wanted), (shape, dtype) in zip(saved.plan.edges, parents, strict=True):
            if vjp is None:
                c = other
            else:
                c = vjp(g, *[v.value if type(v) is Saved else value_of(v) for v in wanted(saved.values)])
                if vjp is self.both:
                    c, other = c
            if getattr(c, "dtype", None) is not dtype or c.shape != shape:
                c = fitted(c, shape, dtype)
            result.append(c)
        return result

    def free_of_nan(self, node):
        saved = node.saved
        if self.selects == self.inputs or saved.simple:
            return NO_PARENT
        # Of inf, too: not all of NumPy's functions tell when they met 0 * inf, as ufuncs do.
        recipe, values = saved.recipe, saved.values
        cells = values if recipe is None else [values[i] for i, _ in recipe.cells]
        if not all(map(_is_finite, cells)):
            return None
        known = "out" in saved or [name in saved for name, _ in saved.active]
        return (True,) * len(node.parents) if known is True else known

    def mended(self, node, g, saved):
        plan, active = saved.plan, saved.active
        if self.selects == self.inputs:
            return self.cotangents(node, g, saved)
        result = mended(lambda values: self.cotangents(node, g, Call(plan, values, active)), saved.values)
        if self.selects:
            unmended = self.cotangents(node, g, saved)
            result = [
                c if n in self.selects else m for (n, _), c, m in zip(active, unmended, result, strict=True)
            ]
        return result

    def push_mended(self, node, tangents, saved):
        plan, active = saved.plan, saved.active
        if any(n in self.selects for (n, _), t in zip(active, tangents, strict=True) if t is not None):
            return self.push(node, tangents, saved)
        (tangent,) = mended(
            lambda values: [self.push(node, tangents, Call(plan, values, active))], saved.values
        )
        return tangent

    def push(self, node, tangents, saved):
        active = saved.active
        if self.kind == "linear":
            inputs = {}
            for name in self.inputs:
                given = {
                    i: t for (n, i), t in zip(active, tangents, strict=True) if n == name and t is not None
                }
                if self.many:
                    inputs[name] = [
                        given[i] if i in given else np.zeros(shape, node.fit.dtype)
                        for i, shape in enumerate(saved[f"{name}_shape"])
                    ]
                elif given:
                    inputs[name] = given[0]
                else:  # None stands for an argument that wasn't given
                    shape = saved[f"{name}_shape"]
                    inputs[name] = None if shape is None else np.zeros(shape, node.fit.dtype)
            return fitted(self.again(inputs, saved), node.fit.shape, node.fit.dtype)
        total = 0.0
        for (name, i), t in zip(active, tangents, strict=True):
            if t is None:
                continue
            if self.kind == "multilinear":
                inputs = {n: saved.get(n) for n in self.inputs}
                if self.many:
                    inputs[name] = [t if k == i else v for k, v in enumerate(inputs[name])]
                else:
                    inputs[name] = t
                d = self.again(inputs, saved)
            elif name in self.jvps:
                d = self.jvps[name](t, *[saved[wanted] for wanted in self.wanted_forward[name]])
            else:
                d = self._transpose(node, name, i, t, saved)
            total = total + fitted(d, node.fit.shape, node.fit.dtype)
        return total

    def _transpose(self, node, name, i, t, saved):
        """The JVP by differentiating the VJP in its cotangent, in which it is linear."""
        seed = leaf()
        u = make(np.zeros(node.fit.shape, node.fit.dtype), seed)
        values = [saved[wanted] for wanted in self.wanted[name]]
        c = self.vjps[name](u, *values)
        c = c[i] if self.many else c
        total = np.sum(np.real(c * t))
        one = np.ones((), total.dtype)
        (d,) = gradients(node_of(total), [seed], one, graph=any(isinstance(x, Handle) for x in (t, *values)))
        return np.zeros(node.fit.shape, node.fit.dtype) if d is None else d

    def lift(self, node):
        saved = node.saved
        values = list(saved.values)
        places = saved.plan.places
        if "out" in places:
            values[places["out"]] = lifted(values[places["out"]], node)
        for (name, i), parent in zip(saved.active, node.parents, strict=True):
            place = places.get(name)
            if place is None:
                continue
            if self.many:
                values[place] = list(values[place])
                values[place][i] = lifted(values[place][i], parent)
            else:
                values[place] = lifted(values[place], parent)
        return Call(saved.plan, values, saved.active)


def _is_finite(saved):
    if type(saved) in (list, tuple):
        return all(map(_is_finite, saved))
    return type(saved) is not Saved or all_finite(saved.value)


def linear(
    function,
    *,
    signature=None,
    many=False,
    view=False,
    note="",
    selects=False,
    method=None,
    parts=None,
    **vjps,
) -> Function:
    """Register the rule of a function that is linear in its arguments taken together; a view with VJP None is
    added by region."""
    rules[function] = rule = Function(
        function, vjps, "linear", None, signature, many, view, note, selects, method, parts=parts
    )
    remember_place(function)
    return rule


def multilinear(
    function, *, signature=None, many=False, view=False, note="", method=None, **vjps
) -> Function:
    """Register the rule of a function that is linear in each of its arguments."""
    rules[function] = rule = Function(
        function, vjps, "multilinear", None, signature, many, view, note, method=method
    )
    remember_place(function)
    return rule


def general(
    function, *, vjp, jvp=None, signature=None, note="", selects=False, method=None, few=None, both=None
) -> Function:
    """Register the rule of a function by its VJPs and, where there is a better way than transposing them,
    JVPs."""
    rules[function] = rule = Function(
        function,
        vjp,
        "general",
        jvp,
        signature,
        note=note,
        selects=selects,
        method=method,
        few=few,
        both=both,
    )
    remember_place(function)
    return rule
