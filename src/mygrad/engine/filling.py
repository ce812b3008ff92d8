"""Large cotangents that arrive in parts: those of an array that was read slice by slice.

Slices that lie side by side along an axis are written one beside the other. What they leave out is set to
zero at the end, when it is known what that is. So no memory is cleared to be written next, and nothing is
added to zeros.
"""

import contextlib

import numpy as np
from numpy import ndarray

from mygrad.engine.node import Node

__all__ = ["Filling", "gathered", "stretch_of"]


class Filling:
    """In the place of a cotangent: an array that is filled from `first` to `last` along an axis. Beyond that
    the cotangent is 0, whatever the array holds there."""

    __slots__ = ("array", "axis", "first", "last")

    def __init__(self, shape, dtype, axis, first):
        self.array = np.empty(shape, dtype)
        self.axis = axis
        self.first = self.last = first

    def add(self, index, g, first, last):
        """Add `g` at an index that names the stretch from `first` to `last`."""
        if self.is_beyond(first, last):
            self.array[index] = g
            self.reach(first, last)
        else:
            self._clear(first, self.first)
            self._clear(self.last, last)
            self.first, self.last = min(first, self.first), max(last, self.last)
            with contextlib.suppress(FloatingPointError):  # inf - inf: told after the sum has been written
                self.array[index] += g

    def is_beyond(self, first, last) -> bool:
        """Whether nothing of this stretch has arrived."""
        return self.last <= first or last <= self.first

    def reach(self, first, last):
        """Note that this stretch, which is beyond what there was, has been written."""
        if self.last <= first:
            self._clear(self.last, first)
            self.last = last
        else:
            self._clear(last, self.first)
            self.first = first

    def __add__(self, cotangent):
        """The sum with one that is whole; the array is ours to write on."""
        array = self.whole()
        with np.errstate(invalid="ignore"):
            return np.add(array, cotangent, out=array)

    def whole(self) -> ndarray:
        """The array, with zeros where nothing has arrived."""
        self._clear(0, self.first)
        self._clear(self.last, self.array.shape[self.axis])
        return self.array

    def _clear(self, first, last):
        if first < last:
            self.array[(slice(None),) * self.axis + (slice(first, last),)] = 0


def gathered(node: Node):
    """The cotangent of a node as an array, once it is looked at."""
    g = node.cotangent
    if isinstance(g, Filling):
        g = node.cotangent = g.whole()
    return g


def stretch_of(index, shape):
    """Where an index names a stretch along one axis, and all along the others: the axis, the first of it, and
    the first beyond it; else None."""
    axis = 0
    if type(index) is tuple:
        while axis < len(index) - 1 and index[axis] == slice(None):
            axis += 1
        if not index or any(item != slice(None) for item in index[axis + 1 :]):
            return None
        index = index[axis]
    if axis >= len(shape):
        return None
    if type(index) is int:
        first = index % shape[axis]
        return axis, first, first + 1
    if type(index) is not slice:
        return None
    first, last, step = index.indices(shape[axis])
    return None if step != 1 or last <= first else (axis, first, last)
