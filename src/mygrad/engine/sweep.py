"""The sweeps: cotangents backward, tangents forward.

Reverse mode in four lines: collect the nodes that the result was made from; go through them from the youngest
to the oldest; a node's cotangent is then complete, as whatever was made from it is younger; its rule pushes
it on to the parents.
"""

from itertools import count
from operator import attrgetter

import numpy as np

from mygrad.engine.node import CONSUMED, NO_GRADIENT, SPENT, Node
from mygrad.engine.record import make
from mygrad.engine.rule import deposit
from mygrad.errors import InvalidBackprop

__all__ = ["consume", "forward", "gradients", "reverse"]

_sweeps = count(1).__next__
_by_order = attrgetter("order")


def reachable(root: Node) -> list[Node]:
    """The nodes that `root` was made from, itself included, oldest first."""
    mark = _sweeps()
    root.mark = mark
    nodes = [root]
    for node in nodes:  # the list grows as we go: no recursion, however deep the graph
        for parent in node.parents:
            if parent.mark != mark:
                parent.mark = mark
                nodes.append(parent)
    nodes.sort(key=_by_order)
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
    _require_whole(nodes)
    for node in nodes:
        if node.cotangent is not None:
            node.cotangent = node.grad = None
    root.cotangent = cotangent
    # An invalid operation (0 * inf, 0 / 0) stops a rule, so that branches not taken can be mended. A NaN
    # times 0 is no invalid operation: np.where says when it leaves some out, and from there on every step is
    # mended.
    with np.errstate(all="ignore", invalid="raise"):
        mend = False
        while nodes:
            node = nodes.pop()
            g = node.cotangent
            if node.parents and g is not None:
                if mend:
                    _pull_mended(node, g)
                else:
                    try:
                        mend = node.rule.pull(node, g)
                    except FloatingPointError:
                        _pull_mended(node, g)
            if not retain_graph:  # as _consume, which would be another call for each node
                node.rule = CONSUMED if node.parents else SPENT
                node.parents = ()
                node.saved = node.fit = None
                if g is None:
                    node.cotangent = NO_GRADIENT


def _pull_mended(node, g):
    """The step of a sweep where a rule met an invalid operation: an element whose cotangent is exactly 0
    contributes 0.

    This is how a branch not taken does not speak: ``np.where(x > 0, np.log(x), 0)`` at 0. Where the cotangent
    isn't 0, inf and NaN stay.
    """
    with np.errstate(invalid="ignore"):
        contributions = node.rule.cotangents(node, g, node.saved, mend=True)
        for parent, c in zip(node.parents, contributions, strict=True):
            deposit(parent, c)


def _consume(node):
    node.rule = CONSUMED if node.parents else SPENT
    node.parents = ()
    node.saved = node.fit = None
    if node.cotangent is None:
        node.cotangent = NO_GRADIENT


def consume(root: Node):
    """Give up the graph that `root` was made from."""
    nodes = reachable(root)
    while nodes:
        node = nodes.pop()
        if node.rule is not CONSUMED and node.rule is not SPENT:
            _consume(node)


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
    if root is None:
        return [None] * len(inputs)
    nodes = reachable(root)
    _require_whole(nodes)
    if not hasattr(cotangent, "dtype"):
        cotangent = np.asarray(cotangent)
    if graph and not hasattr(cotangent, "_node"):
        cotangent = make(cotangent)
    found = {root: cotangent}
    mend = False
    with np.errstate(all="ignore"):
        while nodes:
            node = nodes.pop()
            g = found.get(node)
            if g is None or not node.parents:
                continue
            saved = node.rule.lift(node) if graph else node.saved
            mend = mend or (type(node.saved) is dict and "mends" in node.saved)
            try:
                with np.errstate(invalid="raise"):
                    contributions = node.rule.cotangents(node, g, saved, mend)
            except FloatingPointError:
                contributions = node.rule.cotangents(node, g, saved, mend=True)
            for parent, c in zip(node.parents, contributions, strict=True):
                found[parent] = c if parent not in found else found[parent] + c
    return [found.get(node) for node in inputs]


def forward(root: Node | None, inputs: dict[Node, object], graph=False):
    """The tangent of `root`, given those of the nodes `inputs`; None where it doesn't depend on them."""
    if root is None:
        return None
    found = dict(inputs)
    nodes = reachable(root)
    _require_whole(nodes)
    with np.errstate(all="ignore"):
        for node in nodes:
            if node in found or not node.parents:
                continue
            tangents = [found.get(parent) for parent in node.parents]
            if any(t is not None for t in tangents):
                found[node] = node.rule.push(node, tangents, node.rule.lift(node) if graph else node.saved)
    return found.get(root)
