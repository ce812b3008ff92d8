"""Runs of elementwise nodes, swept together.

Between two functions that mix elements there are mostly several that don't. Where arrays are large, the sweep
takes such nodes together: their rules are written down as one formula, which is carried out block by block
(`mygrad.engine.steps`). Sums and means of each row go along with them, as in a softmax. Whole arrays are made
of the cotangents that leave the run, and of those that somebody can look at; the others never are in memory
as a whole.

All is computed before anything is deposited: a run that meets an invalid operation has changed nothing, and
is left to the ordinary sweep.
"""

from itertools import compress
from sys import getrefcount

import numpy as np
from numpy import ndarray

from mygrad.engine.call import Call
from mygrad.engine.filling import gathered
from mygrad.engine.memory import UNHELD
from mygrad.engine.node import Saved, new_cell
from mygrad.engine.rule import Pattern, deposit
from mygrad.engine.steps import Steps, Symbol, can_be_broadcast

__all__ = ["Runs"]

SHORTEST = 3
"""How many steps make it worth it: of fewer, there is hardly an array between them to be spared."""

PATIENCE = 64
"""How many nodes that don't belong to a run are passed over in search of one that does."""

WHOLE = 4
"""How many whole arrays a run may make: they are there before what its nodes remember is given up."""


class Runs:
    """The runs of elementwise nodes among the `nodes` that a sweep has yet to visit, oldest first."""

    def __init__(self, nodes, retain_graph, found):
        self.nodes = nodes
        self.retain_graph = retain_graph
        self.found = found
        self.given_up: set[int] = set()  # the numbers of nodes whose run came to nothing

    def sweep(self, node, g) -> bool:
        """Sweep the run that begins with `node`, of the cotangent `g`, and take its nodes out of the list;
        False if there is none that can be swept so, or that is worth it."""
        if not isinstance(node.rule, Pattern) and type(node.saved) is not Call:  # as most that write
            return False
        if node.order in self.given_up or g.dtype.kind != "f":
            return False
        run = Run(g.shape, g.dtype)
        try:
            if not run.join(node):
                return False
            places = self._gather(run, node)
            members = [node, *[self.nodes[place] for place in places]]
            if not run.compute():
                self.given_up.update([member.order for member in members])
                return False
        finally:
            run.steps.tape.forget(0)  # it makes a cycle with its symbols
        for member in members:
            self._finish(member)
        if places:
            oldest, left_out = places[-1], set(places)
            self.nodes[oldest:] = [n for i, n in enumerate(self.nodes[oldest:], oldest) if i not in left_out]
        return True

    def _finish(self, node):
        """What the ordinary sweep does with a node."""
        if node in self.found:
            self.found[node] = node.cotangent
        if not self.retain_graph:
            node.consume()

    def _gather(self, run, first):
        """Let nodes join the run; the places in the list of those that did, in falling order."""
        nodes, found = self.nodes, self.found
        places = []
        awaited = {id(parent) for parent in first.parents if parent.parent is not None}
        unready: set[int] = set()  # what gets something from nodes that were passed over
        passed = 0
        for place in range(len(nodes) - 1, -1, -1):
            if not awaited or passed == PATIENCE:
                break
            node = nodes[place]
            key = id(node)
            awaited.discard(key)
            if key not in unready and node.order not in self.given_up:
                entry = run.entries.get(key)
                if entry is not None:
                    # Beside the list, the entry and the nodes made of it: does anybody hold it?
                    held = getrefcount(node) - UNHELD > 2 + entry.uses
                    entry.kept = node in found if found else held
                if run.join(node):
                    places.append(place)
                    awaited.update([id(parent) for parent in node.parents if parent.parent is not None])
                    continue
            unready.update(map(id, node.parents))
            passed += 1
        return places


class Entry:
    """A node that gets a cotangent from a run.

    Attributes
    ----------
    cotangent : Symbol or number
        What it has got so far; it is broadcast to the `shape` of the node.
    uses : int
        How often it is a parent in the run.
    joined, kept : bool
        Whether it belongs to the run itself, and whether its cotangent is looked at all the same.
    """

    __slots__ = ("cotangent", "joined", "kept", "node", "shape", "uses")

    def __init__(self, node, cotangent, shape):
        self.node = node
        self.cotangent = cotangent
        self.shape = shape
        self.uses = 0
        self.joined = self.kept = False


class Run:
    """A run of nodes whose values all have this dtype, and this shape or another one with as many rows."""

    def __init__(self, shape, dtype):
        self.shape = shape
        self.dtype = dtype
        self.steps = Steps(shape, dtype)
        self.entries: dict[int, Entry] = {}  # by the id of the node
        self.totals: list[tuple] = []  # parents that have no rows, and what they get
        self.values: set = set()  # the symbols of what nodes remember
        self.made = 0  # whole arrays, so far

    def cotangent_of(self, node, shape):
        """What stands for the cotangent of `node`, which has this shape; None if it can't be taken."""
        entry = self.entries.get(id(node))
        if entry is not None:
            return entry.cotangent if entry.shape == shape else None
        g = gathered(node)
        alike = type(g) is ndarray and g.shape == shape and g.dtype == self.dtype
        return self.steps.operand(g, shape) if alike else None

    def join(self, node) -> bool:
        """Add the steps of `node`; False if it can't belong to the run."""
        rule, fit, saved = node.rule, node.fit, node.saved
        if not isinstance(rule, Pattern) and type(saved) is not Call:
            return False
        if node.mark < 0 or any(parent is node for parent, _ in self.totals):
            return False
        if fit is not None and (fit.mask is not None or any(dtype != self.dtype for _, dtype in fit.parents)):
            return False
        entry = self.entries.get(id(node))
        shape = fit.shape if fit is not None else self.shape if entry is None else entry.shape
        shapes = [shape] * len(node.parents) if fit is None else [shape for shape, _ in fit.parents]
        g = self.cotangent_of(node, shape)
        if g is None:
            return False
        if not isinstance(rule, Pattern):
            return self._join_sum(node, g, shapes[0])
        if rule.selects or not self.steps.has_rows(shape):
            return False
        single = type(saved) is Saved
        values = [self.steps.operand(cell.value, shape) for cell in ((saved,) if single else saved or ())]
        if any(value is None for value in values):
            return False
        self.values.update([value for value in values if type(value) is Symbol])
        by_rows = [len(s) == len(shape) and self.steps.has_rows(s) for s in shapes]
        if not self._takes(node, entry, list(compress(zip(node.parents, shapes, strict=True), by_rows))):
            return False
        for i, (parent, s, rows) in enumerate(zip(node.parents, shapes, by_rows, strict=True)):
            c = self._contribution(rule, i, g, values, single, s, shape)
            if rows:
                self._contribute(parent, c, s)
            else:
                self.totals.append((parent, c))
        return True

    def _contribution(self, rule, i, g, values, single, shape, of):
        """What the operand `i` gets, which has this shape and was broadcast to the shape `of`."""
        formula, steps = _formula(rule.edges[i], single), self.steps
        if shape == of:
            return steps.result(formula, g, *values, shape=of)
        if not values and steps.has_rows(shape) and len(shape) == len(of):  # what is negated is small
            return steps.result(formula, steps.total(g, shape, of), shape=shape)
        stretched = rule.stretched[i] and steps.stretched(g, shape, of)
        c = steps.written(_formula(rule.stretched[i], single), stretched, *values) if stretched else None
        if c is None:
            return steps.total(steps.result(formula, g, *values, shape=of), shape, of)
        return c if stretched.by_rows else steps.gathered(c, shape)

    def _join_sum(self, node, g, shape):
        """`join` of a node that is a sum of what has this shape, or another linear function that hands its
        cotangent on to each row alike."""
        rule, call = node.rule, node.saved
        if len(call.plan.edges) != 1 or rule.leaves_some_out or rule.is_masked(call):
            return False
        ((vjp, wanted),) = call.plan.edges
        arguments = wanted(call.values)
        if not self.steps.has_rows(shape) or any(type(value) is Saved for value in arguments):
            return False
        before = len(self.steps.tape)
        c = self.steps.written(lambda g: vjp(g, *arguments), g)
        if c is None or not can_be_broadcast(c.shape, shape):
            return False
        if not self._takes(node, self.entries.get(id(node)), [(node.parent, shape)]):
            self.steps.tape.forget(before)
            return False
        self._contribute(node.parent, c, shape)
        return True

    def _takes(self, node, entry, parents):
        """Whether the run can take `node`, of whose `parents` these go along, each with its shape."""
        if any(
            parent.cotangent is not None and self.cotangent_of(parent, s) is None for parent, s in parents
        ):
            return False
        leaves = {id(parent) for parent, _ in parents if parent.parent is None} - self.entries.keys()
        kept = entry is not None and entry.kept
        if self.made + len(leaves) + kept > WHOLE:
            return False
        self.made += kept
        if entry is not None:
            entry.joined = True
        return True

    def _contribute(self, parent, c, shape):
        entry = self.entries.get(id(parent))
        if entry is None:
            old = None if parent.cotangent is None else self.cotangent_of(parent, shape)
            entry = self.entries[id(parent)] = Entry(parent, old, shape)
            self.made += parent.parent is None
        entry.cotangent = (
            c if entry.cotangent is None else self.steps.result(np.add, entry.cotangent, c, shape=shape)
        )
        entry.uses += 1

    def compute(self) -> bool:
        """Compute all cotangents, and give the nodes those that are wanted as a whole; False if nothing came
        of it, and nothing was given to any node."""
        given = [entry for entry in self.entries.values() if entry.kept or not entry.joined]
        if self.steps.long_ones([e.cotangent for e in given if type(e.cotangent) is Symbol]) < SHORTEST:
            return False
        for entry in given:
            # What a node remembers may be a cotangent, but isn't to be handed out as one.
            own = self.steps.copied if entry.cotangent in self.values else self.steps.filled
            entry.cotangent = own(entry.cotangent, entry.shape)
        try:
            whole = self.steps.carry_out({e.cotangent for e in given if type(e.cotangent) is Symbol})
        except Exception:  # 0 * inf, mostly; whatever it is, the ordinary sweep will meet it too
            return False
        for entry in self.entries.values():
            entry.node.cotangent = None
        for entry in given:
            c = entry.cotangent
            entry.node.cotangent = whole[c] if type(c) is Symbol else np.broadcast_to(c, entry.shape)
        for parent, total in self.totals:
            deposit(parent, total if total.ndim else total[()])
        return True


def _formula(edge, single):
    """An edge of a `Pattern`, given the values themselves."""
    if single:
        return lambda g, value: edge(g, new_cell(value))
    return lambda g, *values: edge(g, tuple(map(new_cell, values)))
