"""Which gradients a program must have: a graph of whole memories, kept beside the run on plain arrays.

Tensors that share memory are one `Memory`. It has a node for each version; a write makes a new one from the
old one and from what is written. This says which memories a ``backward`` reaches, and since when each has
had its present value; it says nothing about derivatives, which are measured.
"""

from itertools import count

import numpy as np

__all__ = ["ANY", "Graph", "Memory", "Undecided", "flat", "positions", "reach", "root"]


def root(array):
    """The array that owns the memory of `array`."""
    while array.base is not None:
        array = array.base
    return array


def flat(array):
    """All of an owner's memory in one dimension, as real numbers."""
    line = array.ravel(order="K") if array.ndim else array.reshape(1)
    return line.view(line.real.dtype) if line.dtype.kind == "c" else line


def positions(array, owner):
    """Where the elements of `array` are in ``flat(owner)``; of complex ones, where their real parts are."""
    line = flat(owner)
    offset = array.__array_interface__["data"][0] - line.__array_interface__["data"][0]
    unit = line.itemsize
    where = np.arange(line.size)
    if array.size == 0:
        return np.zeros(array.shape, int)
    strides = tuple(s // unit * where.itemsize for s in array.strides)
    return np.lib.stride_tricks.as_strided(where[offset // unit :], array.shape, strides, writeable=False)


class Node:
    """A version of a memory: `parents` are pairs of a node and whether it takes part beyond doubt."""

    def __init__(self, parents=(), born=None, again=False):
        self.parents = parents
        self.born = born  # ("after" or "before", number of the statement, a name that is alive there)
        self.again = again  # stands for a node whose graph was consumed
        self.consumed = False
        self.seen = False  # a leaf of a graph that was consumed
        self.viewed = False  # views of it were made after it was consumed
        self.perhaps = False  # it was consumed, if what is overwritten completely takes part


ANY = ("any gradient", False)


class Undecided(Exception):
    """What the program means is a matter of taste."""


class Memory:
    """What some tensors share."""

    fresh = count().__next__

    def __init__(self, owner):
        self.owner = owner
        self.number = Memory.fresh()
        self.node = None  # None: constant
        self.grad = None  # None, or (event, must there be one)
        self.measured = {}  # event -> the gradient that was read, in flat memory
        self.tensor = None  # the name of the tensor that the memory was made for
        self.reshaped = False  # the tensor was given another shape in place
        self.backwards = False  # it runs backwards through the memory, as its gradient needn't

    def doubt(self):
        """From here on the gradient may be there, or not."""
        if self.grad is not None and self.grad is not ANY:
            self.grad = (self.grad[0], False)


def reach(node):
    """The nodes that `node` was made from and itself, and of each whether it takes part beyond doubt."""
    found = {node: True}
    todo = [node]
    while todo:
        child = todo.pop()
        if child.consumed:
            continue
        for parent, certain in child.parents:
            certain = certain and found[child]
            if parent not in found or (certain and not found[parent]):
                found[parent] = certain
                todo.append(parent)
    return found


class Graph:
    """Follows a program statement by statement."""

    def __init__(self):
        self.memories = {}  # id of the owner -> Memory, which keeps the owner alive
        self.cuts = []  # (number of a statement, name): where a consumed graph isn't followed further

    def memory(self, array):
        owner = root(array)
        found = self.memories.get(id(owner))
        if found is None:
            found = self.memories[id(owner)] = Memory(owner)
        return found

    def knows(self, array):
        return id(root(array)) in self.memories

    def parents(self, used, number, arrays):
        """Edges to what `used` are now; their gradients go, as they are used."""
        edges = []
        for name in used:
            memory = self.memory(arrays[name])
            memory.grad = None
            if memory.node is None:
                continue
            self.renew(memory, name, number)
            edges.append((memory.node, True))
        return edges

    def renew(self, memory, name, number):
        """What is used after its graph was consumed is a leaf from then on."""
        if memory.node.perhaps:
            raise Undecided(f"whether {name} was consumed")
        if memory.node.consumed:
            memory.node = Node(born=("before", number, name), again=True)
            self.cuts.append((number, name))

    def viewed(self, array):
        memory = self.memory(array)
        if memory.node is not None and memory.node.consumed:
            memory.node.viewed = True

    def leaf(self, number, name, array, constant):
        memory = self.memory(array)
        memory.tensor = name
        memory.backwards = any(stride < 0 for stride in array.strides)
        if not constant:
            memory.node = Node(born=("after", number, name))

    def result(self, number, s, array, arrays):
        """A new tensor, in memory of its own."""
        edges = () if s.quiet else self.parents(s.used, number, arrays)
        memory = self.memory(array)
        memory.tensor = s.made
        if array.dtype.kind in "fc" and (edges or s.quiet):
            memory.node = Node(edges, ("after", number, s.made))

    def write(self, number, s, arrays):
        memory = self.memory(arrays[s.target])
        if s.quiet:
            return
        edges = self.parents(s.used, number, arrays)
        memory.grad = None
        if memory.node is None and not edges:
            return
        if memory.node is not None:
            self.renew(memory, s.target, number)
            edges = [(memory.node, not s.whole), *edges]
        memory.node = Node(edges, ("after", number, s.target))

    def backward(self, number, name, array):
        """Say what must happen: "raise", "may raise" or "pass", and what takes part."""
        memory = self.memory(array)
        verdict = "pass"
        if memory.node.perhaps:
            raise Undecided(f"whether {name} was consumed")
        if memory.node.consumed:
            if not memory.node.viewed and not memory.reshaped and memory.tensor == name:
                return "raise", {}
            verdict = "may raise"
            self.renew(memory, name, number)
        found = reach(memory.node)
        for node, certain in found.items():
            if node.consumed and certain and any(sure for _, sure in node.parents):
                return "raise", {}
            if node.consumed or node.again or node.seen or node.perhaps:
                verdict = "may raise"
        return verdict, found

    def reached(self, found):
        """The memories that get a gradient, and of each whether that is beyond doubt."""
        return {m: found[m.node] for m in self.memories.values() if m.node in found}

    def consume(self, found):
        for node, certain in found.items():
            if not node.parents:
                node.seen = True
            elif certain:
                node.consumed = True
            else:
                node.perhaps = True
