"""Functions with several results that have one derivative, such as ``np.linalg.svd``.

A call makes one node for the computation, which no tensor stands for, and one for each result on top of it.
What passes through the node of the computation is a `Parts`: a cotangent for each result, and None where the
loss doesn't depend on one. So the decomposition is computed once and its rule runs once, with all that
arrives.
"""

from functools import lru_cache

import numpy as np

from mygrad.engine.call import static_cell
from mygrad.engine.calling import plain
from mygrad.engine.mending import mended
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import leaf, new_cell
from mygrad.engine.record import (
    Handle,
    cell_of,
    fit_of,
    make,
    new_node,
    node_of,
    unrecorded,
)
from mygrad.engine.rule import NO_PARENT, Rule, fitted, lifted, parameters, value_of
from mygrad.engine.sweep import gradients

__all__ = ["Joint"]


class Parts(tuple):
    """A cotangent, or a tangent, for each of several results; None for zero."""

    __slots__ = ()

    def __add__(self, other):
        return Parts(b if a is None else a if b is None else a + b for a, b in zip(self, other, strict=True))


@lru_cache(256)
def part(place, count):
    """The rule of one of so many results."""
    return Part(place, count)


class Part(Rule):
    """One of several results."""

    __slots__ = ("count", "place")

    def __init__(self, place, count):
        self.place, self.count = place, count

    def __repr__(self):
        return f"<result {self.place} of {self.count}>"

    def cotangents(self, node, g, saved):
        parts = [None] * self.count
        parts[self.place] = g
        return [Parts(parts)]

    def free_of_nan(self, node):
        return NO_PARENT

    def push(self, node, tangents, saved):
        return tangents[0][self.place]


class Joint(Rule):
    """The rule of a function with several results, and the function that tensors are given to.

    Parameters
    ----------
    function : callable
        Takes the inputs, then other arguments by keyword; returns a tuple, or one array.
    vjp : callable
        Its first parameter is ``g``, the cotangents of the results (None for zero); it may name ``out``, the
        results, and any argument. It returns the cotangents of the inputs, of a single one without a tuple.
    inputs : tuple of str
        The arguments that it is differentiable in.

    shown : int, optional
        How many of the results there are tensors for; the others are for the rule alone. By default all.
    jvp : callable, optional
        Its first parameter is ``t``, the tangents of the inputs (None for zero); it returns those of the
        results. Without it the JVP is found by differentiating the VJP, which is linear in its cotangents.
    """

    def __init__(self, function, vjp, inputs=("a",), jvp=None, shown=None):
        self.shown = shown
        self.function = function
        self.vjp = vjp
        self.jvp = jvp
        self.inputs = inputs
        self.wanted = parameters(vjp)
        self.wanted_forward = () if jvp is None else parameters(jvp)
        self.named = {*self.wanted, *self.wanted_forward}
        # Of a shape or a dtype, what is named by that of the input.
        self.attributes = tuple(
            (name, *name.rsplit("_", 1)) for name in self.named if name.rpartition("_")[0] in inputs
        )

    def __repr__(self):
        return f"<joint rule of {self.function.__name__}>"

    def __call__(self, *values, **static):
        results = self.function(*map(plain, values), **{name: plain(value) for name, value in static.items()})
        if not isinstance(results, tuple):
            return self.recorded(values, static, (results,))[0]
        if self.shown is not None:
            return self.recorded(values, static, results)[: self.shown]
        return getattr(type(results), "_make", tuple)(self.recorded(values, static, results))

    def recorded(self, values, static, results):
        """The tensors of the results; those that are no arrays of floats stay as they are."""
        recording = RECORDING.get()
        active, nodes, sources = [], [], []
        for name, x in zip(self.inputs, values, strict=True):
            if recording and isinstance(x, Handle) and (node := node_of(x)) is not None:
                active.append(name)
                nodes.append(node)
                sources.append(x._value)
        shown = len(results) if self.shown is None else self.shown
        tensors, moving, out = list(results), [], []
        for i, x in enumerate(results):
            if isinstance(x, (np.ndarray, Handle)) and x.dtype.kind in "fc":
                moving.append(i)
                if i < shown:
                    tensors[i] = t = make(x, None if recording else unrecorded(x))
                    out.append(cell_of(t) if nodes else None)
                    continue
            out.append(new_cell(x))
        if not nodes or not moving or moving[0] >= shown:
            return tensors
        saved = {name: cell_of(x) for name, x in zip(self.inputs, values, strict=True) if name in self.named}
        static = {name: static_cell(value) for name, value in static.items() if name in self.named}
        for name, source, what in self.attributes:
            static[name] = getattr(np.asarray(plain(values[self.inputs.index(source)])), what)
        saved |= {"out": out, "moving": moving, "static": static, "active": active}
        whole = new_node(self, saved, fit_of(results[moving[0]], *sources), *nodes)
        for i in moving:
            if i < shown:
                tensors[i]._node = self._part(whole, i, len(results))
        return tensors

    @staticmethod
    def _part(whole, place, count):
        return new_node(part(place, count), None, None, whole)

    @staticmethod
    def _outs(saved):
        return [value_of(cell) for cell in saved["out"]]

    def _named(self, saved):
        """What the rule may name."""
        named = {name: value_of(cell) for name, cell in saved["static"].items()}
        named["out"] = self._outs(saved)
        return named | {name: value_of(saved[name]) for name in self.inputs if name in saved}

    def _apply(self, node, g, saved):
        """The cotangents of the inputs that carry a gradient."""
        named = self._named(saved)
        found = self.vjp(g, *[named[name] for name in self.wanted])
        found = dict(zip(self.inputs, found if isinstance(found, tuple) else (found,), strict=True))
        pairs = zip(saved["active"], node.fit.parents, strict=True)
        return [fitted(found[name], shape, dtype) for name, (shape, dtype) in pairs]

    # What the sweep asks of a rule.

    def cotangents(self, node, g, saved):
        return self._apply(node, g, saved)

    def mended(self, node, g, saved):
        names = [name for name in ("out", *self.inputs) if name in saved]
        return mended(
            lambda values: self._apply(node, g, {**saved, **dict(zip(names, values, strict=True))}),
            [saved[name] for name in names],
        )

    def push(self, node, tangents, saved):
        if self.jvp is not None:
            given = dict(zip(saved["active"], tangents, strict=True))
            named = self._named(saved)
            moved = self.jvp(
                Parts(given.get(name) for name in self.inputs), *[named[name] for name in self.wanted_forward]
            )
            return Parts(
                fitted(d, x.shape, x.dtype) if i in saved["moving"] else None
                for i, (d, x) in enumerate(zip(moved, self._outs(saved), strict=True))
            )
        outs = self._outs(saved)
        seeds = [leaf() for _ in outs]
        g = Parts(
            make(np.zeros(x.shape, x.dtype), seeds[i]) if i in saved["moving"] else None
            for i, x in enumerate(outs)
        )
        pulled = zip(self._apply(node, g, saved), tangents, strict=True)
        total = sum(np.sum(np.real(c * t)) for c, t in pulled if t is not None)
        graph = any(isinstance(x, Handle) for x in (*tangents, *outs))
        found = gradients(node_of(total), seeds, np.ones((), total.dtype), graph)
        return Parts(found)

    def lift(self, node):
        saved = dict(node.saved)
        count = len(saved["out"])
        saved["out"] = [
            lifted(cell, self._part(node, i, count)) if i in saved["moving"] else cell
            for i, cell in enumerate(saved["out"])
        ]
        for name, parent in zip(saved["active"], node.parents, strict=True):
            if name in saved:
                saved[name] = lifted(saved[name], parent)
        return saved
