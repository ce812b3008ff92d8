"""Parts of a tensor's memory, and the rules of reading and of writing them.

The cotangent of a read is added into its region of the parent's buffer; that of a write takes its region out
of the buffer and hands the rest to the version before. So n reads and writes of a large array cost what their
regions cost.
"""

from sys import getrefcount

import numpy as np
from numpy import float64, ndarray

from mygrad.engine.filling import Filling, stretch_of
from mygrad.engine.indexing import (
    FEW,
    add,
    basic_index,
    has_integers,
    names_all,
    only_where,
    put,
    repeats,
    taken,
)
from mygrad.engine.memory import (
    ALONE,
    ALONE_IN_PULL,
    ALONE_IN_PUSH,
    NODE_ALONE_IN_PULL,
    SMALL,
    remember_array,
)
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import Node, Saved, new_cell
from mygrad.engine.placing import HELD_BY_ONE, place
from mygrad.engine.record import FLOAT64, LARGE, Fit, Handle, fit_of, make, new_node, node_of
from mygrad.engine.rule import NO_PARENT, Pattern, Rule, deposit, fitted, value_of

__all__ = [
    "ADD",
    "PLACE",
    "READ",
    "RESHAPE",
    "SUBTRACT",
    "WHOLE",
    "WRITE",
    "Addition",
    "Read",
    "Region",
    "Write",
    "Written",
    "add_after_all",
    "add_region",
    "own_buffer",
    "remembered_index",
]

WHOLE = object()
"""The index of a region that is all of the tensor written to."""


def remembered_index(index):
    """An index whose arrays are remembered, so that nobody changes them meanwhile."""
    if type(index) is tuple:
        return tuple(map(remembered_index, index))
    if isinstance(index, ndarray):
        return remember_array(index)
    if isinstance(index, list):
        return new_cell(np.asarray(index, dtype=None if index else np.intp))
    return index


class Region:
    """A part of the memory of a base: a view of it, an index into that, and a ``where=`` mask.

    It can be taken from any array that is shaped like the base.
    """

    __slots__ = ("direct", "index", "mask", "step")

    def __init__(self, step, index=WHOLE, mask=None):
        self.step = step
        self.index = index
        self.mask = mask
        # Whether it is a part of the base itself, which NumPy gives a view of.
        self.direct = step is None and mask is None and index is not WHOLE and basic_index(index)

    def target(self, array):
        """The view within which the region lies."""
        return array if self.step is None else self.step.apply(array)

    def read(self, array):
        """The values of the region; a view of them where NumPy gives one."""
        array = self.target(array)
        return array if self.index is WHOLE else taken(array, value_of(self.index))

    def take(self, cotangent, last_wins=False):
        """The part of a cotangent that belongs to what was written into the region.

        Where one element was written more than once (an index repeats), the last value is the one that
        counts.
        """
        if self.direct:
            return cotangent[self.index]
        # The adjoint of writing, under the pairing Re(g dz): it differs from reading for the imaginary part
        # alone.
        piece = self.read(np.conj(cotangent) if cotangent.dtype.kind == "c" else cotangent)
        if piece.dtype.kind == "c":
            piece = np.conj(piece)
        if last_wins and (winners := self._winners(cotangent.shape, cotangent.dtype)) is not None:
            piece = only_where(winners, piece)
        if self.mask is not None:
            piece = only_where(self.mask.value, piece)
        return piece

    def _winners(self, shape, dtype):
        if not self.repeats(shape):
            return None
        # np.empty touches no memory, so this costs what the region costs, however large the base is.
        places = self.target(np.empty(shape, dtype))
        # A target of the base's own elements may name one twice; parts of complex numbers are apart.
        same = places.dtype == dtype
        places = self.target(np.empty(shape, np.intp)) if same else np.empty(places.shape, np.intp)
        index = value_of(self.index)
        numbers = np.arange(places[index].size).reshape(places[index].shape)
        places[index] = numbers
        return places[index] == numbers

    def repeats(self, shape):
        """Whether the region, of a base of this shape, may have an element twice: indices of integers can."""
        if self.index is WHOLE:
            return False
        index = value_of(self.index)
        return repeats(index, shape) if self.step is None else has_integers(index)

    def clear(self, array: ndarray):
        """Set the region of `array` to zero."""
        if self.direct:
            array[self.index] = 0
        elif self.mask is not None and self.mask.value.shape == array.shape and self.step is None:
            put(array, self.mask.value, 0)
        else:
            self.replaced(array, 0)

    def replaced(self, array, value):
        """`array`, an array or a tensor that is the caller's own, with the region set to `value`."""
        target = self.target(array)
        if self.mask is not None:
            np.copyto(target, value, where=self.mask.value, casting="unsafe")
        else:
            put(target, ... if self.index is WHOLE else value_of(self.index), value)
        return array

    def add(self, array: ndarray, value, zero=False):
        """Add `value` to the region of `array`, which may be known to be `zero`; what an index names twice
        gets both contributions."""
        if self.direct:
            target, index = array, self.index
        elif self.index is not WHOLE and not basic_index(self.index):
            add(self.target(array), value_of(self.index), value, zero)
            return
        else:
            target, index = self.target(array), ... if self.index is WHOLE else self.index
            if not target.flags.writeable:  # np.diagonal says so of a view of memory that is ours
                target.flags.writeable = True
        if zero:
            target[index] = value
        else:
            target[index] += value


def add_region(parent: Node, add_into, value, fit: Fit) -> bool:
    """Add `value` into a region of the parent's cotangent buffer, as ``add_into(buffer, value, zero)`` does;
    true if all else is 0 there."""
    zero = parent.cotangent is None
    buffer = own_buffer(parent, fit)
    if value.size < FEW and abs(np.vdot(value, value)) < np.inf:
        add_into(buffer, value, zero)
    else:
        with np.errstate(invalid="ignore"):  # inf - inf is NaN, and nothing to mend
            add_into(buffer, value, zero)
    return zero


def add_after_all(buffer, index, value):
    """After ``buffer[index] += value`` met inf - inf: a view has been written by then, a number has not."""
    if not isinstance(buffer[index], ndarray):
        with np.errstate(invalid="ignore"):
            buffer[index] += value


def own_buffer(parent: Node, fit: Fit) -> ndarray:
    """The cotangent of the parent, in memory that nobody else holds; zeros where it has none yet."""
    buffer = parent.cotangent
    if buffer is None:
        buffer = parent.cotangent = np.zeros(*fit.parents[0])
    elif type(buffer) is not ndarray and isinstance(buffer, Filling):
        buffer = parent.cotangent = buffer.whole()
    elif not (type(buffer) is ndarray and getrefcount(buffer) == ALONE and buffer.base is None):
        buffer = parent.cotangent = np.array(buffer)
    return buffer


def fill_up(parent: Node, index, g, fit: Fit) -> bool:
    """Add `g` to the large cotangent of the parent, which is none so far or being filled; false if it isn't a
    stretch of it beside what there is along the same axis."""
    shape, dtype = fit.parents[0]
    stretch = stretch_of(index, shape)
    if stretch is None:
        return False
    axis, first, last = stretch
    filling = parent.cotangent
    if filling is None:
        filling = parent.cotangent = Filling(shape, dtype, axis, first)
    elif filling.axis != axis:
        return False
    filling.add(index, g, first, last)
    return True


def _has_cells(index):
    """Whether a remembered index has arrays."""
    if type(index) is tuple:
        for item in index:
            if type(item) is Saved:
                return True
    return False


class _Places(Rule):
    """The rules of this module remember no values, that could be NaN, but places."""

    def free_of_nan(self, node):
        return NO_PARENT


class Read(_Places):
    """``x[index]``: the cotangent is added into the region of the parent's."""

    def __repr__(self):
        return "<rule of x[index]>"

    def apply(self, array, saved):
        return array[value_of(saved)]

    def pull(self, node, g):
        index = node.saved
        parent = node.parent
        kind = type(index)
        if kind is slice or kind is int or (kind is not Saved and not _has_cells(index)):
            buffer = parent.cotangent
            if buffer is None:
                if names_all(index):
                    parent.cotangent = g.reshape(node.fit.parents[0][0])
                    return False
                if node.fit.large and g.nbytes > SMALL and fill_up(parent, index, g, node.fit):
                    return True
                buffer = parent.cotangent = np.zeros(*node.fit.parents[0])
                buffer[index] = g
                return True
            if type(buffer) is not ndarray and isinstance(buffer, Filling):
                if g.nbytes > SMALL and fill_up(parent, index, g, node.fit):
                    return False
                buffer = parent.cotangent = buffer.whole()
            # As own_buffer does, with another call.
            if not (type(buffer) is ndarray and getrefcount(buffer) == ALONE and buffer.base is None):
                buffer = parent.cotangent = np.array(buffer)
            try:
                buffer[index] += g
            except FloatingPointError:
                add_after_all(buffer, index, g)
            return False  # what else there is was there before
        named = value_of(index)
        return add_region(parent, lambda array, value, zero: add(array, named, value, zero), g, node.fit)

    def leaves_out(self, node):
        return True

    def cotangents(self, node, g, saved):
        return [PLACE(g, Region(None, node.saved), *node.fit.parents[0])]

    def push(self, node, tangents, saved):
        t = tangents[0][value_of(node.saved)]
        # A view would keep the tangent of the base from being written.
        return t.copy() if type(t) is ndarray and t.base is not None else t


class _Place(_Places):
    """Zeros but for a region: the transpose of reading it."""

    def __call__(self, value, region, shape, dtype):
        if not isinstance(value, Handle):
            out = np.zeros(shape, dtype)
            region.add(out, value, zero=True)
            return out
        out = np.zeros(shape, dtype)
        region.add(out, value._value, zero=True)
        node = node_of(value)
        if node is None or not RECORDING.get():
            return make(out)
        return make(out, new_node(self, region, fit_of(out, value._value), node))

    def cotangents(self, node, g, saved):
        c = fitted(node.saved.take(g), *node.fit.parents[0])
        # A view of the cotangent must not become the buffer of another node.
        return [c.copy() if isinstance(c, ndarray) else c]

    def push(self, node, tangents, saved):
        return self(tangents[0], node.saved, node.fit.shape, node.fit.dtype)


class _Reshape(_Places):
    """``x.shape = shape``."""

    def __repr__(self):
        return "<rule of x.shape = shape>"

    def apply(self, array, saved):
        return np.reshape(array, saved)

    def cotangents(self, node, g, saved):
        return [np.reshape(g, node.fit.parents[0][0])]

    def push(self, node, tangents, saved):
        return np.reshape(tangents[0], node.saved)


class Written(Region):
    """What a write node saves: the region, and which of (old base, value) are among its parents."""

    __slots__ = ("axes", "flips", "has_old", "has_value", "superseded")

    def __init__(self, step, index, mask, has_old, has_value, base: ndarray):
        if (type(index) is int or type(index) is slice) and step is None and mask is None:
            # As Region does, with another call.
            self.step = self.mask = None
            self.index = index
            self.direct = True
        else:
            super().__init__(step, index, mask)
        # The axes of the base by decreasing stride and which of them run backward, unless it is in C order: a
        # view of the base is a view of a buffer only if the buffer is laid out alike.
        self.axes = self.flips = None
        if not base.flags.c_contiguous:
            self.axes = sorted(range(base.ndim), key=lambda i: -abs(base.strides[i]))
            self.flips = tuple([slice(None, None, -1 if stride < 0 else 1) for stride in base.strides])
        self.has_old = has_old
        self.has_value = has_value
        # Whether a later write has taken over. The tensor holds the youngest version alone, so nobody but
        # the sweep looks at the cotangent of a superseded one, and its buffer may be handed on.
        self.superseded = False

    def laid_out_alike(self, array: ndarray) -> bool:
        """Whether views of the base are views of `array`."""
        return (array if self.axes is None else array[self.flips].transpose(self.axes)).flags.c_contiguous

    def buffer(self, values):
        """A copy of `values`, an array or a tensor, that is laid out like the base."""
        if self.axes is None:
            return np.copy(values, order="C")
        ordered = np.copy(np.transpose(values[self.flips], self.axes), order="C")
        return np.transpose(ordered, np.argsort(self.axes))[self.flips]


class Write(_Places):
    """The base after a write: the old base with a region replaced by a value."""

    def __repr__(self):
        return "<rule of x[index] = value>"

    def written(self, node) -> Written:
        """What was written, and into what."""
        return node.saved

    def leaves_out(self, node):
        return True

    def superseded(self, node):
        """Whether a later write has taken over."""
        return node.saved.superseded

    def supersede(self, node):
        """Note that a later write takes over."""
        node.saved.superseded = True

    def pull(self, node, g):
        written = node.saved
        # Whether the buffer may be handed on: nobody else holds it, and no tensor the node, to be asked for
        # its gradient.
        ours = (
            written.has_old
            and type(g) is ndarray
            and g.base is None
            and getrefcount(g) == ALONE_IN_PULL
            and (written.superseded or getrefcount(node) == NODE_ALONE_IN_PULL)
            and written.laid_out_alike(g)
        )
        value = None
        if written.has_value:
            value = g[written.index] if written.direct else written.take(g, last_wins=True)
            shape, dtype = node.fit.parents[-1]
            if value.dtype is not dtype or value.shape != shape:
                value = fitted(value, shape, dtype)
            if ours and type(value) is ndarray and (value is g or value.base is not None):  # cleared below
                large = value is not g and value.nbytes > SMALL
                pulled = large and pull_at_once(node.other, value, node.mark < 0)
                value = None if pulled else value.copy()
        if written.has_old:
            if ours:
                old = g
                node.cotangent = None
            else:
                old = written.buffer(g)
            if written.direct:
                old[written.index] = 0
            else:
                written.clear(old)
            parent = node.parent
            if parent.mark > 0:  # the sweep takes care there: what was overwritten is left out
                parent.mark = -parent.mark
            if parent.cotangent is None:
                parent.cotangent = old
            else:
                deposit(parent, old)
        if value is not None:
            parent = node.other if written.has_old else node.parent
            if parent.cotangent is None:
                parent.cotangent = value
            else:
                deposit(parent, value)
        return not written.direct and not (written.index is WHOLE and written.mask is None)

    def cotangents(self, node, g, saved):
        written = self.written(node)
        result = []
        if written.has_old:
            # Ones where the old value stays; of complex numbers a write may replace one part alone.
            kept = written.buffer(np.full(g.shape, 1.0 + 1.0j if g.dtype.kind == "c" else 1.0))
            written.clear(kept)
            if g.dtype.kind == "c":
                result.append(only_where(kept.real, np.real(g)) + only_where(kept.imag, np.imag(g)) * 1j)
            else:
                result.append(only_where(kept, g))
        if written.has_value:
            result.append(fitted(written.take(g, last_wins=True), *node.fit.parents[-1]))
        return result

    def push(self, node, tangents, saved):
        written = self.written(node)
        value = tangents[-1] if written.has_value else None
        old = tangents[0] if written.has_old else None
        if old is None:
            out = written.buffer(np.zeros(node.fit.shape, node.fit.dtype))
        else:
            source = node.parent
            alone = type(old) is ndarray and old.base is None and getrefcount(old) == ALONE_IN_PUSH
            superseded = isinstance(source.rule, Write) and source.rule.superseded(source)
            if alone and superseded and written.laid_out_alike(old):
                tangents[0], out = None, old
            else:
                out = written.buffer(old)
        if isinstance(value, Handle) and not isinstance(out, Handle):
            out = make(out)
        return self.changed(written, out, value)

    def changed(self, written, out, value):
        """The tangent `out` of the old base, which is ours, after the write of a value with this tangent."""
        return written.replaced(out, 0 if value is None else value)


def pull_at_once(node: Node, g, watched) -> bool:
    """Pull the node of what was written, whose cotangent `g` is part of a buffer that is cleared next: so it
    need not be copied. False, and nothing has happened, where there is more to the cotangent or the step.
    """
    rule = node.rule
    if (
        not isinstance(rule, Pattern)
        or not rule.names  # it hands on what it gets
        or node.cotangent is not None
        or node.mark < 0
        or g.nbytes >= LARGE
        or getrefcount(node) > HELD_BY_ONE
    ):
        return False
    free = rule.free_of_nan(node) if watched else rule.known
    if free is None:
        return False
    if node.parent.rule is READ and node.parent.fit.large and place(node, g):
        return True
    try:
        leaves_out = rule.pull(node, g)
    except FloatingPointError:
        return False
    for parent, known in zip(node.parents, free, strict=True):
        c = parent.cotangent
        if type(c) is ndarray and c.base is g.base:  # it was handed on all the same
            parent.cotangent = c.copy()
        if parent.mark > 0 and (leaves_out or (watched and not known)):
            parent.mark = -parent.mark
    return True


class _PlainWrite(Write):
    """The same by a basic index, into a base in C order, where both the old base and the value have a
    node: the index is all that is saved. Loops make many of these."""

    __slots__ = ("later",)

    def __init__(self, later):
        self.later = later

    def written(self, node):
        return Written(None, node.saved, None, True, True, np.empty(()))

    def superseded(self, node):
        return self.later

    def supersede(self, node):
        node.rule = SUPERSEDED_WRITE

    def pull(self, node, g):
        index = node.saved
        ours = (
            type(g) is ndarray
            and getrefcount(g) == ALONE_IN_PULL
            and (self.later or getrefcount(node) == NODE_ALONE_IN_PULL)
            and g.base is None
            and (g.ndim == 1 or g.flags.c_contiguous)
        )
        value = g[index]
        shape, dtype = node.fit.parents[1]
        if type(value) is not float64 or dtype is not FLOAT64 or shape:  # whose attributes are slow to read
            value = fitted(value, shape, dtype)
        if not ours:
            old = np.copy(g, order="C")
        else:
            if type(value) is ndarray and value.base is not None:
                large = value.nbytes > SMALL
                pulled = large and pull_at_once(node.other, value, node.mark < 0)
                value = None if pulled else value.copy()
            old = g
            node.cotangent = None
        old[index] = 0
        parent, source = node.parent, node.other
        if parent.mark > 0:
            parent.mark = -parent.mark
        if parent.cotangent is None:
            parent.cotangent = old
        else:
            deposit(parent, old)
        if value is None:
            return False
        if source.cotangent is None:
            source.cotangent = value
        else:
            deposit(source, value)
        return node.mark < 0  # else the value itself was not left out


class Addition(Write):
    """The base after ``x[index] += value`` or ``-=``: no element of the old base is left out."""

    __slots__ = ("subtracts",)

    def __init__(self, subtracts):
        self.subtracts = subtracts

    def __repr__(self):
        return f"<rule of x[index] {'-' if self.subtracts else '+'}= value>"

    def leaves_out(self, node):
        return False

    def pull(self, node, g):
        if node.saved.superseded:  # nobody looks at the cotangent, and the buffer is handed on
            node.cotangent = None
        for parent, c in zip(node.parents, self.cotangents(node, g, node.saved), strict=True):
            deposit(parent, c)

    def cotangents(self, node, g, saved):
        written = node.saved
        result = [g] * written.has_old
        if written.has_value:
            value = fitted(written.take(g), *node.fit.parents[-1])
            if self.subtracts:
                value = -value
            elif isinstance(value, ndarray) and (value is g or value.base is not None):
                value = value.copy()  # a view of the cotangent must not become the buffer of another node
            result.append(value)
        return result

    def changed(self, written, out, value):
        if value is None:
            return out
        value = -value if self.subtracts else value
        if isinstance(out, Handle):
            return out + PLACE(value, written, out.shape, out.dtype)
        with np.errstate(invalid="ignore"):  # inf - inf is NaN, and nothing to mend
            written.add(out, value)
        return out


READ, PLACE, WRITE, RESHAPE = Read(), _Place(), Write(), _Reshape()
ADD, SUBTRACT = Addition(False), Addition(True)
PLAIN_WRITE, SUPERSEDED_WRITE = _PlainWrite(False), _PlainWrite(True)
