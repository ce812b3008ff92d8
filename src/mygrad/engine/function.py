"""Functions that aren't ufuncs: how they are called with tensors, and the rules registered for them.

A call goes like this: tensors are replaced by their values and NumPy's own function is called with what the
user gave; if any of the differentiable arguments carries a gradient, the arguments are bound to NumPy's
signature and what the rules name is saved.
"""

import inspect
from weakref import WeakValueDictionary

import numpy as np
from numpy import ndarray

from mygrad.engine.memory import SHARED, owner_of, remember_array
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import Saved, leaf
from mygrad.engine.record import (
    Handle,
    cell_of,
    differentiable_dtype,
    fit_of,
    make,
    new_node,
    node_of,
    recorded_node,
    unrecorded,
)
from mygrad.engine.regions import PLACE, Region, add_region
from mygrad.engine.rule import Rule, deposit, fitted, lifted, parameters, rules, value_of
from mygrad.engine.sweep import gradients
from mygrad.engine.views import Step, make_view, own_memory, write

__all__ = [
    "Function",
    "general",
    "holds_tensor",
    "linear",
    "make_over",
    "multilinear",
    "plain",
    "stacked",
    "written_to",
]

EMPTY = inspect.Parameter.empty


class Function(Rule):
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
    """

    def __init__(self, function, vjps, kind, jvps=None, signature=None, many=False, view=False, note=""):
        self.function = function
        self.note = note
        self.name = self.__name__ = function.__name__
        self.vjps = vjps
        self.jvps = jvps or {}
        self.kind = kind
        self.many = many
        self.view = view
        self.signature = _signature(function, signature)
        self.__signature__ = self.signature
        self.__doc__ = function.__doc__
        self.names = tuple(self.signature.parameters)
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
        self.bind = _binder(self.signature)

    def __repr__(self):
        return f"<{self.kind} rule of {self.name}>"

    def __call__(self, *args, **kwargs):
        if kwargs.get("out") is not None:
            return self._into(args, kwargs)
        if self.view and args and isinstance(args[0], Handle):
            own_memory(args[0])
        data = self.function(*map(plain, args), **{name: plain(value) for name, value in kwargs.items()})
        return self.record(self.bind(*args, **kwargs), data)

    def _into(self, args, kwargs):
        """A call with ``out=``: NumPy computes, then the result is written as any value is."""
        out = kwargs.pop("out")
        if isinstance(out, tuple):
            (out,) = out
        target = out if isinstance(out, Handle) else make_over(out)
        values = self.function(
            *map(plain, args),
            **{name: plain(v) for name, v in kwargs.items()},
            out=np.empty_like(own_memory(target)),
        )
        result = self.record(self.bind(*args, **kwargs), np.array(values))
        write(target, lambda array: np.copyto(array, values, casting="unsafe"), recorded_node(result), values)
        return target

    def record(self, bound, data):
        """The tensor of the result `data` of a call with the arguments `bound`."""
        arguments = dict(zip(self.names, bound, strict=True))
        if self.view and type(data) is ndarray:
            x = arguments[self.inputs[0]]
            if isinstance(x, Handle) and (
                data is x._value or (data.base is not None and owner_of(data) is owner_of(x._value))
            ):
                if (
                    data is x._value
                ):  # np.squeeze of nothing: another tensor over the same memory, as NumPy has another array
                    data = data.view()
                return make_view(x, data, self, self._save(arguments, None, ()))
        if not RECORDING.get():
            return make(data, unrecorded(data))
        for name in self.static:
            if recorded_node(arguments[name]) is not None:
                raise TypeError(
                    f"{self.name} has no derivative in {name!r}, and was given a tensor there that carries a "
                    f"gradient. Give it the "
                    f"plain value, {name}.data, to go on without."
                )
        active, parents, sources = [], [], []
        for name in self.inputs:
            value = arguments[name]
            if self.many:
                value = arguments[name] = list(value)
            for i, item in enumerate(value if self.many else [value]):
                if isinstance(item, Handle) and (node := node_of(item)) is not None:
                    active.append((name, i))
                    parents.append(node)
                    sources.append(item._value)
        if not active or not differentiable_dtype(data.dtype):
            return make(data)
        result = make(data)
        saved = self._save(arguments, result, tuple(dict.fromkeys(name for name, _ in active)))
        saved["active"] = tuple(active)
        result._node = new_node(self, tuple(parents), saved, fit_of(data, *sources))
        return result

    def _save(self, arguments, out, active):
        """What the rules of the inputs `active` name, and the static arguments."""
        saved = {name: _static(arguments[name]) for name in self.static}
        wanted = {name for x in active or self.inputs for name in self.wanted[x]}
        if self.kind == "linear" and len(self.inputs) > 1:
            wanted.update(f"{name}_shape" for name in self.inputs)
        for name in wanted - saved.keys():
            if name == "out":
                saved[name] = cell_of(out)
            elif name in arguments:
                value = arguments[name]
                saved[name] = [_cell(item) for item in value] if self.many else _cell(value)
            else:
                source, _, what = name.rpartition("_")
                value = arguments[source]
                if self.many:
                    saved[name] = [getattr(_with_shape(item), what) for item in value]
                elif value is None:
                    saved[name] = None
                else:
                    saved[name] = getattr(_with_shape(value), what)
        return saved

    def _arguments(self, saved, names):
        return [value_of(saved[name]) for name in names]

    # What the sweep asks of a rule.

    def apply(self, array, saved):
        """This view of another array."""
        return self.again({self.inputs[0]: array}, saved)

    def again(self, inputs, saved):
        """Call NumPy's function once more with the static arguments that were saved and other inputs."""
        args, kwargs = [], {}
        gap = False
        for name, parameter in self.signature.parameters.items():
            if name == "out":
                gap = True
                continue
            value = inputs[name] if name in inputs else value_of(saved[name])
            if parameter.kind is parameter.VAR_POSITIONAL:
                args.extend(value)
            elif parameter.default is not EMPTY and value is _default(parameter):
                gap = True
            elif gap or parameter.kind is parameter.KEYWORD_ONLY:
                kwargs[name] = value
            else:  # by position where that can be: the names differ between versions of NumPy
                args.append(value)
        return self.function(*args, **kwargs)

    def pull(self, node, g):
        """Push the cotangent `g` of `node` to its parents; true if the sweep has to mend what follows."""
        if self.vjps[self.inputs[0]] is None:
            add_region(node.parents[0], self._region(node), g, node.fit)
            return False
        for parent, c in zip(node.parents, self.cotangents(node, g, node.saved), strict=True):
            deposit(parent, c)
        return "mends" in node.saved

    def _active(self, saved):
        """The inputs that carry a gradient, as (name, place in a sequence); of a view its one input."""
        return saved.get("active", ((self.inputs[0], 0),))

    def _region(self, node):
        return Region(Step(None, self, node.saved, node.fit))

    def cotangents(self, node, g, saved, mend=False):
        if self.vjps[self.inputs[0]] is None:
            return [PLACE(g, self._region(node), *node.fit.parents[0])]
        found = {}
        result = []
        for (name, i), (shape, dtype) in zip(self._active(saved), node.fit.parents, strict=True):
            if name not in found:
                found[name] = self.vjps[name](g, *self._arguments(saved, self.wanted[name]))
            c = found[name][i] if self.many else found[name]
            result.append(fitted(c, shape, dtype))
        return result

    def push(self, node, tangents, saved):
        active = self._active(saved)
        if self.kind == "linear":
            inputs = {}
            for name in self.inputs:
                given = {i: t for (n, i), t in zip(active, tangents, strict=True) if n == name and t is not None}
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
                inputs = {n: value_of(saved[n]) if n in saved else None for n in self.inputs}
                if self.many:
                    inputs[name] = [t if k == i else v for k, v in enumerate(inputs[name])]
                else:
                    inputs[name] = t
                d = self.again(inputs, saved)
            elif name in self.jvps:
                d = self.jvps[name](t, *self._arguments(saved, self.wanted_forward[name]))
            else:
                d = self._transpose(node, name, i, t, saved)
            total = total + fitted(d, node.fit.shape, node.fit.dtype)
        return total

    def _transpose(self, node, name, i, t, saved):
        """The JVP by differentiating the VJP in its cotangent, in which it is linear."""
        seed = leaf()
        u = make(np.zeros(node.fit.shape, node.fit.dtype), seed)
        c = self.vjps[name](u, *self._arguments(saved, self.wanted[name]))
        c = c[i] if self.many else c
        total = np.sum(np.real(c * t))
        one = np.ones((), total.dtype)
        (d,) = gradients(node_of(total), [seed], one, graph=isinstance(t, Handle))
        return np.zeros(node.fit.shape, node.fit.dtype) if d is None else d

    def lift(self, node):
        saved = dict(node.saved)
        if "out" in saved:
            saved["out"] = lifted(saved["out"], node)
        for (name, i), parent in zip(self._active(saved), node.parents, strict=True):
            if type(saved.get(name)) is list:
                saved[name] = list(saved[name])
                saved[name][i] = lifted(saved[name][i], parent)
            elif name in saved:
                saved[name] = lifted(saved[name], parent)
        return saved


def plain(value):
    """`value` as NumPy's function is to get it: tensors replaced by their arrays, in sequences too."""
    if isinstance(value, Handle):
        return value._value
    if type(value) in (list, tuple) and value:
        return type(value)([plain(item) for item in value])
    return value


def stacked(value):
    """A list or tuple that holds tensors as one tensor, stacked; anything else as it is."""
    if type(value) in (list, tuple) and holds_tensor(value):
        return np.stack([stacked(item) for item in value])
    return value


def holds_tensor(value):
    return any(isinstance(v, Handle) or (type(v) in (list, tuple) and holds_tensor(v)) for v in value)


_over: WeakValueDictionary = WeakValueDictionary()


def make_over(array):
    """The tensor over an array of the user's: the same one as long as it lives, as they share what is
    written."""
    if not isinstance(array, ndarray):
        raise TypeError(f"out= must be an array or a tensor; got {type(array).__name__}.")
    t = _over.get(id(array))
    if t is None or t._value is not array:
        t = _over[id(array)] = make(array)
        t._saved = SHARED
    if t._node is None and not RECORDING.get():
        t._node = unrecorded(array)
    return t


def written_to(out, result):
    """Write `result` where ``out=`` asked for it, and return that as a tensor; without ``out`` the result
    itself."""
    if isinstance(out, tuple):
        (out,) = out
    if out is None:
        return result
    target = out if isinstance(out, Handle) else make_over(out)
    data = plain(result)
    write(target, lambda array: np.copyto(array, data, casting="same_kind"), recorded_node(result), data)
    return target


def _with_shape(value):
    return (
        value._value if isinstance(value, Handle) else value if hasattr(value, "shape") else np.asarray(value)
    )


def _cell(value):
    if isinstance(value, (Handle, ndarray)):
        return cell_of(value)
    return Saved(value if isinstance(value, (int, float, complex, np.generic)) else np.asarray(value))


def _static(value):
    if isinstance(value, Handle):
        return cell_of(value)
    if isinstance(value, ndarray):
        return remember_array(value)
    if type(value) in (tuple, list) and any(isinstance(v, (Handle, ndarray)) for v in value):
        return tuple(map(_static, value))
    return Saved(value) if type(value) is list else value


def _default(parameter):
    return None if parameter.default is np._NoValue else parameter.default


def _signature(function, text):
    if text is None:
        return inspect.signature(function)
    scope = {"np": np, "_NoValue": np._NoValue}
    exec(f"def signature({text}): pass", scope)
    return inspect.signature(scope["signature"])


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
        else:
            if p.kind is p.KEYWORD_ONLY and not starred:
                parts.append("*")
                starred = True
            scope[f"_{i}"] = _default(p)
            parts.append(p.name if p.default is EMPTY else f"{p.name}=_{i}")
            if p.kind is p.POSITIONAL_ONLY and (
                i + 1 == len(parameters) or parameters[i + 1].kind is not p.POSITIONAL_ONLY
            ):
                parts.append("/")
        names.append(p.name)
    exec(f"def bind({', '.join(parts)}): return ({', '.join(names)},)", scope)
    return scope["bind"]


def linear(function, *, signature=None, many=False, view=False, note="", **vjps) -> Function:
    """Register the rule of a function that is linear in its arguments taken together; a view with VJP None is
    added by region."""
    rules[function] = rule = Function(function, vjps, "linear", None, signature, many, view, note)
    return rule


def multilinear(function, *, signature=None, many=False, view=False, note="", **vjps) -> Function:
    """Register the rule of a function that is linear in each of its arguments."""
    rules[function] = rule = Function(function, vjps, "multilinear", None, signature, many, view, note)
    return rule


def general(function, *, vjp, jvp=None, signature=None, note="") -> Function:
    """Register the rule of a function by its VJPs and, where there is a better way than transposing them,
    JVPs."""
    rules[function] = rule = Function(function, vjp, "general", jvp, signature, note=note)
    return rule
