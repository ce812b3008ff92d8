"""The sweeps: cotangents backward, tangents forward.

Reverse mode in four lines: collect the nodes that the result was made from; go through them from the youngest
to the oldest; a node's cotangent is then complete, as whatever was made from it is younger; its rule pushes
it on to the parents.
"""

from bisect import bisect_left
from itertools import compress, count
from operator import attrgetter, not_
from sys import getrefcount

import numpy as np
from numpy import float64, ndarray
from numpy.linalg import LinAlgError

from mygrad.engine.blocks import Runs
from mygrad.engine.few import Few, pull_few
from mygrad.engine.filling import gathered
from mygrad.engine.memory import ALONE
from mygrad.engine.mending import has_nan
from mygrad.engine.node import CONSUMED, NO_GRADIENT, SPENT, Node
from mygrad.engine.placing import place
from mygrad.engine.record import LARGE, make
from mygrad.engine.regions import READ
from mygrad.engine.rule import HANDS_ON_LARGE, deposit
from mygrad.errors import InvalidBackprop

__all__ = ["consume", "forward", "gradients", "reverse"]

INVALID = (FloatingPointError, LinAlgError)
"""What a rule raises that met ``0 * inf``, ``0 / 0`` or a singular matrix."""

FEW = 4096
"""Elements of a cotangent up to which it pays to look whether one is 0."""

_sweeps = count(1).__next__
_by_order = attrgetter("order")


def reachable(root: Node, oldest=0) -> list[Node]:
    """The nodes that `root` was made from, itself included, oldest first; none older than number `oldest`."""
    mark = _sweeps()
    root.mark = mark
    nodes = [root]
    for node in nodes:  # the list grows as we go: no recursion, however deep the graph
        if node.order < oldest:
            continue
        parent, other = node.parent, node.other
        if parent is not None and parent.mark != mark:
            parent.mark = mark
            nodes.append(parent)
        if other is not None:
            if other.mark != mark:
                other.mark = mark
                nodes.append(other)
            if node.rest:
                for parent in node.rest:
                    if parent.mark != mark:
                        parent.mark = mark
                        nodes.append(parent)
    nodes.sort(key=_by_order)
    if oldest:
        del nodes[: bisect_left(nodes, oldest, key=_by_order)]
    return nodes


def _require_whole(nodes):
    for node in nodes:
        if node.rule is CONSUMED or node.rule is SPENT:
            raise InvalidBackprop(
                "Part of the graph of this tensor was cleared already, by backward() or clear_graph() of "
                "this tensor or of "
                "another one made from the same values. Compute the result again, add up the losses and call "
                "backward() "
                "once, or keep the graph with backward(retain_graph=True)."
            )


def reverse(root: Node, cotangent, retain_graph=False):
    """Push `cotangent` from `root` back to every node that it was made from, and leave it there.

    Nodes are visited in decreasing creation order, so a node's cotangent is complete when it is reached, and
    the depth of the graph is bounded by memory alone. Unless `retain_graph`, the graph is consumed on the
    way, so that values are freed as the sweep passes them.
    """
    nodes = reachable(root)
    if held := [node for node in nodes if node.cotangent is not None]:
        _require_whole(held)  # what was consumed holds a gradient, or a mark for none
        for node in held:
            node.cotangent = node.grad = None
    _sweep(nodes, cotangent, retain_graph)


def _sweep(nodes, cotangent, retain_graph, found=()):
    """The reverse sweep through `nodes`, oldest first; the youngest has the `cotangent`. Those of the nodes
    `found` are entered there."""
    nodes[-1].cotangent = cotangent
    runs = Runs(nodes, retain_graph, found) if cotangent.nbytes >= LARGE else None
    if cotangent.ndim and np.count_nonzero(cotangent) < cotangent.size:
        _watch(nodes[-1:])
    # A rule that computes 0 * inf or 0 / 0 is stopped, so that branches not taken can be mended. 0 * nan
    # stops nothing: rules tell where they leave elements out, and the nodes that these come from are watched
    # until it is known that no NaN is among them.
    with np.errstate(all="ignore", invalid="raise"):
        while nodes:
            node = nodes.pop()
            g = node.cotangent
            if found and node in found:
                g = found[node] = gathered(node)
            if node.parent is None:
                if not retain_graph:
                    if getrefcount(node) != ALONE:  # where the tensor alone holds it, it can be used again
                        node.rule = SPENT
                    if g is None:
                        node.cotangent = NO_GRADIENT
                continue
            free = ()  # of a watched node: which of the parents need no watching
            if node.mark < 0 and g is not None:
                if type(g) is float64:
                    watched = not g
                else:
                    g = g if type(g) is ndarray else _whole_or_pulled(node, g)
                    watched = g is not None and (not node.rule.elementwise or _may_leave_out(g))
                if watched:
                    free = node.rule.free_of_nan(node)
            if g is not None:
                if free is None:
                    answer = _pull_carefully(node, g)
                elif runs is not None and type(g) is ndarray and g.nbytes >= LARGE and runs.sweep(node, g):
                    continue
                elif node.parent.rule is READ and node.parent.fit.large and place(node, g):
                    answer = False
                else:
                    try:
                        answer = node.rule.pull(node, g)
                    except INVALID:
                        answer = _pull_mended(node, g)
                if answer and answer >= HANDS_ON_LARGE:
                    answer -= HANDS_ON_LARGE
                    if runs is None:
                        runs = Runs(nodes, retain_graph, found)
                if answer:  # as _watch, which would be another call
                    node.parent.mark = -abs(node.parent.mark)
                    if node.other is not None:
                        node.other.mark = -abs(node.other.mark)
                        if node.rest:
                            _watch(node.rest)
                elif free and not all(free):
                    _watch(compress(node.parents, map(not_, free)))
            if not retain_graph:  # as Node.consume, which would be another call for each node
                node.rule = CONSUMED
                node.parent = node.other = node.saved = node.fit = None
                node.rest = ()
                if node.cotangent is None:
                    node.cotangent = NO_GRADIENT


def _watch(nodes):
    """Take care when the sweep comes to these nodes; it has their mark, which a sign doesn't hide."""
    for node in nodes:
        node.mark = -abs(node.mark)


def _may_leave_out(g):
    """Whether a cotangent is 0 somewhere, or so large that to look takes longer than to watch."""
    return type(g) is not ndarray or g.size > FEW or np.count_nonzero(g) < g.size


def _whole_or_pulled(node, g):
    """The cotangent `g` of a watched node as it can be pulled; None where it was of few elements and has
    been."""
    if type(g) is Few and pull_few(node, g):
        _watch(node.parents)
        return None
    return gathered(node)


def _pull_carefully(node, g):
    """`Rule.pull` of a node that may have met a NaN with a cotangent of 0: the parents are watched."""
    try:
        contributions = node.rule.cotangents(node, g, node.saved)
    except INVALID:
        return _pull_mended(node, g)
    if any(map(has_nan, contributions)):
        return _pull_mended(node, g)
    for parent, c in zip(node.parents, contributions, strict=True):
        deposit(parent, c)
    return True


def _pull_mended(node, g):
    """`Rule.pull` where a rule met an invalid operation, or answered with a NaN: an element whose cotangent
    is exactly 0 contributes 0, and the parents are watched.

    This is how a branch not taken does not speak: ``np.where(x > 0, np.log(x), 0)`` at 0. Where the cotangent
    isn't 0, inf and NaN stay.
    """
    with np.errstate(invalid="ignore"):
        contributions = node.rule.mended(node, g, node.saved)
        for parent, c in zip(node.parents, contributions, strict=True):
            deposit(parent, c)
    return True


def consume(root: Node):
    """Give up the graph that `root` was made from."""
    nodes = reachable(root)
    while nodes:
        node = nodes.pop()
        if node.rule is not CONSUMED and node.rule is not SPENT:
            node.consume()


def gradients(root: Node | None, inputs: list[Node], cotangent=1.0, graph=False) -> list:
    """The derivatives of `root` with respect to the nodes `inputs`, without leaving anything in the graph.

    Parameters
    ----------
    cotangent : array or tensor, optional
        Of `root`; by default 1, for a `root` of float64.
    graph : bool
        Whether the derivatives are computed as tensors, to be differentiated again.

    Returns
    -------
    list
        For each input its cotangent, None where `root` doesn't depend on it.
    """
    if root is None or not inputs:
        return [None] * len(inputs)
    if not hasattr(cotangent, "dtype"):
        cotangent = np.asarray(cotangent)
    if not graph and not hasattr(cotangent, "_node"):
        return _plain_gradients(root, inputs, cotangent)
    nodes = reachable(root, min(node.order for node in inputs))
    _require_whole(nodes)
    found = {root: cotangent}
    values = cotangent._value if hasattr(cotangent, "_node") else cotangent
    watched = {root} if np.count_nonzero(values) < values.size else set()  # as in `_sweep`
    with np.errstate(all="ignore", invalid="raise"):
        while nodes:
            node = nodes.pop()
            g = found.get(node)
            if g is None or node.parent is None:
                continue
            rule = node.rule
            saved = rule.lift(node) if graph else node.saved
            free = rule.free_of_nan(node) if node in watched else ()
            try:
                contributions = rule.cotangents(node, g, saved)
                mend = free is None and any(map(has_nan, contributions))
            except INVALID:
                free, mend = None, True
            if mend:
                with np.errstate(invalid="ignore"):
                    contributions = rule.mended(node, g, saved)
            parents = node.parents
            for parent, c in zip(parents, contributions, strict=True):
                found[parent] = c if parent not in found else _sum(found[parent], c)
            if free is None or rule.leaves_out(node):
                watched.update(parents)
            elif free:
                watched.update(compress(parents, map(not_, free)))
    return [g if g is None or hasattr(g, "_node") else make(g) for g in map(found.get, inputs)]


def _sum(a, b):
    try:
        return a + b
    except FloatingPointError:  # inf - inf is NaN, and nothing to mend
        with np.errstate(invalid="ignore"):
            return a + b


def _plain_gradients(root, inputs, cotangent):
    """`gradients` by the sweep of `reverse`, in the same nodes; they get back what they held."""
    nodes = reachable(root)
    _require_whole(nodes)
    held = [(node, node.cotangent, node.grad) for node in nodes]
    found = dict.fromkeys(inputs)
    try:
        for node in nodes:
            node.cotangent = node.grad = None
        _sweep(nodes, cotangent, True, found)
    finally:
        for node, before, grad in held:
            node.cotangent, node.grad = before, grad
    return [found[node] for node in inputs]


def forward(root: Node | None, inputs: dict[Node, object], graph=False):
    """The tangent of `root`, given those of the nodes `inputs`; None where it doesn't depend on them."""
    if root is None or not inputs:
        return None
    found = dict(inputs)
    nodes = reachable(root, min(node.order for node in inputs))
    _require_whole(nodes)
    with np.errstate(all="ignore", invalid="raise"):
        for node in nodes:
            if node in found or node.parent is None:
                continue
            tangents = [found.get(parent) for parent in node.parents]
            if any(t is not None for t in tangents):
                rule = node.rule
                saved = rule.lift(node) if graph else node.saved
                try:
                    found[node] = rule.push(node, tangents, saved)
                except INVALID:
                    with np.errstate(invalid="ignore"):
                        found[node] = rule.push_mended(node, tangents, saved)
                if tangents[0] is None:  # the rule may have taken it over, to write on it
                    found.pop(node.parent, None)
    return found.get(root)
