"""Large cotangents that are 0 but for few elements: those of an array whose greatest element was taken.

Elementwise rules hand on the few alone. So no zeros are written, multiplied and added, and what an element
that was left out would have been multiplied by doesn't matter. Elsewhere they are made whole.
"""

from math import prod

import numpy as np
from numpy import ndarray

from mygrad.engine.filling import Filling
from mygrad.engine.mending import selected
from mygrad.engine.node import Node, Saved, new_cell
from mygrad.engine.regions import own_buffer
from mygrad.engine.rule import Pattern, deposit, fitted

__all__ = ["Few", "pull_few"]

LARGE = 2**16
"""Elements from which on writing zeros takes longer than to do without."""


FEW = 16
"""Of so many elements one, at most."""


class Few(Filling):
    """In the place of a cotangent: its `values` at these `places` of the flat array; at one that is named
    twice they are added up. All else is 0."""

    __slots__ = ("places", "shape", "values")

    def __init__(self, shape, places, values):
        self.shape = shape
        self.axis = None
        self.places = places
        self.values = values

    def __add__(self, cotangent):
        return self.added_to(np.array(cotangent))

    def whole(self):
        return self.added_to(np.zeros(self.shape, self.values.dtype))

    def added_to(self, array) -> ndarray:
        """`array`, which is ours, with the values added."""
        with np.errstate(invalid="ignore"):  # inf - inf
            if array.flags.c_contiguous:
                np.add.at(array.reshape(-1), self.places, self.values)
            else:
                np.add.at(array, np.unravel_index(self.places, self.shape), self.values)
        return array

    def of(self, value):
        """What a node remembers of these elements: an array that may have to be broadcast, or a number."""
        if type(value) is not ndarray or value.size == 1:
            return value if type(value) is not ndarray else value.reshape(())[()]
        if value.shape == self.shape and value.flags.c_contiguous:
            return value.reshape(-1)[self.places]
        return np.broadcast_to(value, self.shape)[np.unravel_index(self.places, self.shape)]

    def add_to(self, parent: Node, fit):
        """Add them to the cotangent of the parent, whose shape and dtype `fit` has."""
        old = parent.cotangent
        if old is None and prod(self.shape) >= LARGE:
            parent.cotangent = self
        elif type(old) is Few and (old.places.size + self.places.size) * FEW <= prod(self.shape):
            places = np.concatenate([old.places, self.places])
            parent.cotangent = Few(self.shape, places, np.concatenate([old.values, self.values]))
        else:
            del old  # it is counted who holds it
            self.added_to(own_buffer(parent, fit))


def pull_few(node, few) -> bool:
    """`Rule.pull` of few elements; false, and nothing has happened, where more is asked than of these."""
    rule, fit, saved = node.rule, node.fit, node.saved
    if not isinstance(rule, Pattern):
        return False
    parents = [(few.shape, few.values.dtype)] * len(node.parents) if fit is None else fit.parents
    if any(shape != few.shape and prod(shape) != 1 for shape, _ in parents):
        return False
    if fit is not None and fit.mask is not None:
        return False
    if type(saved) is Saved:
        saved = new_cell(few.of(saved.value))
    elif saved is not None:
        saved = tuple([new_cell(few.of(cell.value)) for cell in saved])
    with np.errstate(invalid="ignore"):
        found = [selected(few.values, edge(few.values, saved)) for edge in rule.edges]
        for parent, c, (shape, dtype) in zip(node.parents, found, parents, strict=True):
            if shape == few.shape:
                Few(shape, few.places, fitted(c, c.shape, dtype)).add_to(parent, fit)
            else:
                deposit(parent, fitted(c.sum().reshape(shape), shape, dtype))
    return True
