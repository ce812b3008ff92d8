"""One value of a computation, and how it came about.

The graph is made of :class:`Node` alone, and it is purely functional: a node never stands for another value
than the one it was made for. A tensor is a mutable handle; a write gives it another node. Each node points to
its parents, never to its children, so there are no cycles, and dropping the last handle drops the graph.
"""

from itertools import count

__all__ = ["CONSUMED", "NO_GRADIENT", "SPENT", "Node", "Saved", "leaf", "new_cell", "tick"]

tick = count(1).__next__
"""The running number: a node is younger than its parents, so sorting by it is a topological sort."""


class Node:
    """A differentiable value.

    Attributes
    ----------
    order : int or float
        When the value was made: greater than that of the parents. Between whole numbers where the value is
        told of as if it had been made directly after its parent, so that it is reached as late as can be.
    rule : Rule or None
        How it was made; None for a leaf, `CONSUMED` once its part of the graph has been swept away.
    parent, other : Node or None
        The differentiable values that it was made from; constants aren't among them.
    rest : tuple of Node
        Those from the third on.
    saved : object
        What the rule must remember to differentiate, as `Saved` cells, or one number of NumPy's as it is; the
        rule alone knows the arrangement.
    fit : Fit or None
        Shapes and dtypes of result and parents where they differ, or a ``where=`` mask; None if all are
        alike.
    cotangent : array or None
        The derivative of what is being differentiated with respect to this value. It gathers while a sweep
        runs and stays afterwards: a node whose cotangent isn't None must be renewed before anything is made
        from it again.
    grad : ndarray or None
        The cotangent as users see it, once they have asked for it.
    mark : int
        The sweep that visited the node last.
    """

    __slots__ = ("cotangent", "fit", "grad", "mark", "order", "other", "parent", "rest", "rule", "saved")

    @property
    def parents(self) -> tuple:
        """The differentiable values that it was made from.

        They are attributes one by one, as a tuple is one object more for Python's cyclic collector to visit.
        """
        if self.other is not None:
            return (self.parent, self.other, *self.rest)
        return () if self.parent is None else (self.parent,)

    def consume(self):
        """Give up what it was made from, so that values are freed."""
        self.rule = SPENT if self.parent is None else CONSUMED
        self.parent = self.other = None
        self.rest = ()
        self.saved = self.fit = None
        if self.cotangent is None:
            self.cotangent = NO_GRADIENT

    def __repr__(self):
        made = f", {self.rule!r} of {', '.join(str(p.order) for p in self.parents)}" if self.parents else ""
        return f"<node {self.order}{made}>"


class Saved:
    """A value that the rule of some node remembers.

    The tensor and all nodes that remember the value share the cell. So the number of references tells whether
    any node still needs the value; and if its memory is about to be written, a copy is put into the one cell.
    """

    __slots__ = ("__weakref__", "value")  # and no __init__, which would take as long as the rest


def new_cell(value) -> Saved:
    """A cell with this value."""
    cell = Saved()
    cell.value = value
    return cell


class _Marker:
    __slots__ = ("name",)

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


CONSUMED = _Marker("CONSUMED")
"""The rule of a node whose part of the graph was given up, by ``backward`` or ``clear_graph``."""

SPENT = _Marker("SPENT")
"""The rule of a leaf of such a graph that another one may have too, so that it isn't differentiated by
mistake."""

NO_GRADIENT = _Marker("NO_GRADIENT")
"""The cotangent of a consumed node that got none."""


def leaf() -> Node:
    """A node that was made from nothing."""
    node = Node()
    node.order = tick()
    node.rule = node.parent = node.other = node.saved = node.fit = node.cotangent = node.grad = None
    node.rest = ()
    node.mark = 0
    return node
