"""Tensors that share memory, and what a write does to the graph.

Memory is really shared and really written, as in NumPy; the graph is purely functional. What holds them together:

* A view knows its base and the steps that lead from the base to it. Its node is found from the base's node, lazily:
  it is made again when the base has another node than the one that it was made from.
* A write to any member of the family gives the *base* a new node, "the old base with this region replaced by that value".
  Its cotangent buffer is handed from version to version, each taking its region out of it, so that a loop of n reads and
  writes costs what the regions cost.
"""

from sys import getrefcount

import numpy as np
from numpy import generic, ndarray

from mygrad.engine.memory import ALONE, ALONE_IN_PULL, SHARED, expose, owner_of, preserve, registry, remember_array
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import CONSUMED, Node, Saved, leaf
from mygrad.engine.record import Fit, Handle, differentiable_dtype, fit_of, make, new_node, node_of, unrecorded
from mygrad.engine.rule import deposit, fitted, value_of

__all__ = ["WHOLE", "Region", "View", "base_of", "basic_index", "data_of", "make_view", "own_memory", "read", "remembered_index", "reshape_in_place", "unchanged_on_error", "write"]

WHOLE = object()
"""The index of a region that is all of the tensor written to."""


class Step:
    """One step from a tensor to a view of it: a rule, and what the rule saved, which is static.

    The rule can apply it to any array of the right shape, be it values, cotangents or tangents. `parent` is the step before,
    None if this one starts at the base. Steps are part of the graph, so they know no tensors.
    """

    __slots__ = ("fit", "parent", "rule", "saved")

    def __init__(self, parent, rule, saved, fit):
        self.parent = parent
        self.rule = rule
        self.saved = saved
        self.fit = fit

    def chain(self) -> list["Step"]:
        """The steps from the base, this one last."""
        steps = []
        step = self
        while step is not None:
            steps.append(step)
            step = step.parent
        return steps[::-1]

    def apply(self, array):
        """This view of `array`, which is shaped like the base."""
        for step in self.chain():
            array = step.rule.apply(array, step.saved)
        return array


class View:
    """What a tensor knows that is a view: its base, how it is derived, and the node of its present value.

    Attributes
    ----------
    base : Handle
    parent : View or None
        What it is a view of, if that isn't the base itself.
    step : Step
    constant : bool
        Whether it was asked to be a constant.
    memory : ndarray
        The array of the base, to notice when it is given another one.
    hidden : bool
        Whether this is a base that was reshaped in place, so that it has no base to show.
    """

    __slots__ = ("_node", "_source", "base", "constant", "hidden", "memory", "parent", "step")

    def __init__(self, base, parent, step, constant=False):
        self.base = base
        self.parent = parent
        self.step = step
        self.constant = constant
        self.hidden = False
        self.memory = base_of(base)._value
        # The node, and the node of the base that it was made from.
        self._node = self._source = None

    def node_for(self, t) -> Node | None:
        """The node of the present value of the view `t`; made again if the base was written since, or the graph consumed."""
        base = base_of(t)
        if base is t:
            return t._node
        source = node_of(base)
        if source is None or self.constant:
            return None
        if not self._is_current(source):
            stale = []
            view = self
            while view is not None and not view._is_current(source):
                stale.append(view)
                view = view.parent
            node = source if view is None else view._node
            for view in reversed(stale):
                step = view.step
                node = view._node = new_node(step.rule, (node,), step.saved, step.fit)
                view._source = source
        node = self._node
        node.cotangent = node.grad = None
        return node

    def current_for(self, t) -> Node:
        """The node that the view `t` has, without clearing gradients; made if there is none."""
        base = base_of(t)
        source = base._node
        if base is t or (self._source is source and self._node is not None):
            return source if base is t else self._node
        cotangent, gradient = source.cotangent, source.grad
        node = self.node_for(t)
        if source is base._node:
            source.cotangent, source.grad = cotangent, gradient
        return node

    def _is_current(self, source):
        return self._source is source and self._node.rule is not CONSUMED


def base_of(t):
    """The tensor that owns the memory of `t`: its base, or `t` itself."""
    view = t._view
    if view is None:
        return t
    base = base_of(view.base)  # a base that was reshaped in place is a view of what it was
    if base._value is view.memory:
        return base
    # The base was given other memory, by x.data = array: what was a view has the old memory for itself.
    t._view = None
    t._node = None if view.constant or base._node is None else leaf()
    return t


def own_memory(t) -> ndarray:
    """The array of a tensor, for writing or handing out: a NumPy scalar becomes the 0-d array that it stands for."""
    data = t._value
    if isinstance(data, generic):
        data = t._value = np.asarray(data)
    return data


def data_of(t) -> ndarray:
    """The array of a tensor, for the world outside."""
    data = t._value
    if type(data) is not ndarray:
        data = own_memory(t)
    base = base_of(t)
    if isinstance(data, ndarray) and (base._saved is not SHARED or base is not t or registry):
        expose(base, data)
    return data


def make_view(t, data: ndarray, rule, saved, constant=None):
    """The tensor of `data`, which `rule` found to be a view of the memory of `t`."""
    parent = t._view
    base = t if parent is None or parent.hidden else parent.base
    if not data.flags.writeable and base_of(t)._saved is SHARED and registry:
        data = _born_writeable(t, rule, saved, data)
    view = make(data)
    view._saved = SHARED
    step = Step(None if parent is None else parent.step, rule, saved, fit_of(data, t._value))
    view._view = View(base, parent, step, bool(constant) or (parent is not None and parent.constant))
    return view


def _born_writeable(t, rule, saved, data):
    # Under the guard a new view would be read-only for good, though its base becomes writeable again.
    memory = registry.get(id(owner_of(t._value)))
    if memory is None or not memory.locked:
        return data
    with memory.unlocked():
        data = rule.apply(t._value, saved)
        writeable = data.flags.writeable
    if writeable:
        memory.lock(data)
    return data


def basic_index(index) -> bool:
    """Whether NumPy answers this index with a view."""
    if type(index) is tuple:
        return all(map(_basic_item, index))
    return _basic_item(index)


def _basic_item(item):
    kind = type(item)
    if kind is slice or kind is int or item is None or item is Ellipsis:
        return True
    return isinstance(item, np.integer) or (
        not isinstance(item, (bool, np.bool_, ndarray, list, tuple, Handle)) and hasattr(item, "__index__")
    )


class Region:
    """A part of the memory of a base: a view of it, an index into that, and a ``where=`` mask.

    It can be taken from any array that is shaped like the base.
    """

    __slots__ = ("index", "mask", "step")

    def __init__(self, step: Step | None, index=WHOLE, mask=None):
        self.step = step
        self.index = index
        self.mask = mask

    def target(self, array):
        """The view within which the region lies."""
        return array if self.step is None else self.step.apply(array)

    def read(self, array):
        """The values of the region; a view of them where NumPy gives one."""
        array = self.target(array)
        return array if self.index is WHOLE else array[value_of(self.index)]

    def take(self, cotangent, last_wins=False):
        """The part of a cotangent that belongs to what was written into the region.

        Where one element was written more than once (an index repeats), the last value is the one that counts.
        """
        # The adjoint of writing, under the pairing Re(g dz): it differs from reading for the imaginary part alone.
        conjugate = cotangent.dtype.kind == "c"
        piece = self.read(np.conj(cotangent) if conjugate else cotangent)
        if conjugate and piece.dtype.kind == "c":
            piece = np.conj(piece)
        if last_wins and (winners := self._winners(cotangent.shape, cotangent.dtype)) is not None:
            piece = np.where(winners, piece, np.zeros_like(piece))
        if self.mask is not None:
            piece = np.where(self.mask.value, piece, np.zeros_like(piece))
        return piece

    def _winners(self, shape, dtype):
        if not self.may_repeat():
            return None
        # np.empty touches no memory, so this costs what the region costs, however large the base is.
        places = self.target(np.empty(shape, dtype=complex if dtype.kind == "c" else np.intp))
        index = value_of(self.index)
        numbers = np.arange(places[index].size).reshape(places[index].shape)
        places[index] = numbers
        winners = places[index] == numbers
        return None if winners.all() else winners

    def may_repeat(self):
        """Whether the index can name an element twice: integer arrays can."""
        if self.index is WHOLE:
            return False
        items = self.index if type(self.index) is tuple else (self.index,)
        return any(isinstance(item, (ndarray, list)) and np.asarray(item).dtype.kind in "iu" for item in map(value_of, items))

    def clear(self, array: ndarray):
        """Set the region of `array` to zero."""
        self.replaced(array, 0)

    def replaced(self, array, value):
        """`array`, an array or a tensor that is the caller's own, with the region set to `value`."""
        target = self.target(array)
        if self.mask is not None:
            np.copyto(target, value, where=self.mask.value, casting="unsafe")
        else:
            target[... if self.index is WHOLE else value_of(self.index)] = value
        return array

    def add(self, array: ndarray, value):
        """Add `value` to the region of `array`; what an index names twice gets both contributions."""
        if self.index is WHOLE or basic_index(self.index):
            region = self.read(array) if self.index is WHOLE else self.target(array)
            if not region.flags.writeable:  # np.diagonal says so of a view of memory that is ours
                region.flags.writeable = True
            if self.index is WHOLE:
                region += value
            else:
                region[self.index] += value
        elif self.may_repeat():
            np.add.at(self.target(array), value_of(self.index), value)
        else:
            self.target(array)[value_of(self.index)] += value


def add_region(parent: Node, region: Region, value, fit: Fit):
    """Add `value` into a region of the parent's cotangent buffer."""
    buffer = parent.cotangent
    shape, dtype = fit.parents[0]
    if buffer is None:
        buffer = np.zeros(shape, dtype)
    elif not (type(buffer) is ndarray and getrefcount(buffer) == ALONE and buffer.base is None):
        buffer = np.array(buffer)
    parent.cotangent = buffer
    region.add(buffer, value)


class _Read:
    """``x[index]``: the cotangent is added into the region of the parent's."""

    name = "getitem"

    def __repr__(self):
        return "<rule of x[index]>"

    def apply(self, array, saved):
        return array[value_of(saved)]

    def pull(self, node, g):
        add_region(node.parents[0], Region(None, node.saved), g, node.fit)

    def cotangents(self, node, g, saved, mend=False):
        return [PLACE(g, Region(None, node.saved), *node.fit.parents[0])]

    def push(self, node, tangents, saved):
        return tangents[0][value_of(node.saved)]

    def lift(self, node):
        return None


class _Place:
    """Zeros but for a region: the transpose of reading it."""

    name = "place"

    def __call__(self, value, region, shape, dtype):
        if not isinstance(value, Handle):
            out = np.zeros(shape, dtype)
            region.add(out, value)
            return out
        out = np.zeros(shape, dtype)
        region.add(out, value._value)
        node = node_of(value)
        if node is None or not RECORDING.get():
            return make(out)
        return make(out, new_node(self, (node,), region, fit_of(out, value._value)))

    def pull(self, node, g):
        (c,) = self.cotangents(node, g, None)
        deposit(node.parents[0], np.array(c))

    def cotangents(self, node, g, saved, mend=False):
        return [fitted(node.saved.take(g), *node.fit.parents[0])]

    def push(self, node, tangents, saved):
        return self(tangents[0], node.saved, node.fit.shape, node.fit.dtype)

    def lift(self, node):
        return None


READ = _Read()
PLACE = _Place()


class Written(Region):
    """What a write node saves: the region, and which of (old base, value) are among its parents."""

    __slots__ = ("has_old", "has_value", "superseded")

    def __init__(self, step, index, mask, has_old, has_value):
        super().__init__(step, index, mask)
        self.has_old = has_old
        self.has_value = has_value
        # Whether a later write has taken over. The tensor holds the youngest version alone, so nobody but
        # the sweep looks at the cotangent of a superseded one, and its buffer may be handed on.
        self.superseded = False


class _Write:
    """The base after a write: the old base with a region replaced by a value."""

    name = "setitem"

    def __repr__(self):
        return "<rule of x[index] = value>"

    def pull(self, node, g):
        written = node.saved
        value = None
        if written.has_value:
            value = written.take(g, last_wins=True)
            value = fitted(value, *node.fit.parents[-1])
            if isinstance(value, ndarray) and value.base is not None:
                value = value.copy()
        if written.has_old:
            if written.superseded and type(g) is ndarray and g.base is None and getrefcount(g) == ALONE_IN_PULL:
                old = g
                node.cotangent = None
            else:
                old = np.array(g)
            written.clear(old)
            deposit(node.parents[0], old)
        if written.has_value:
            deposit(node.parents[-1], value)

    def cotangents(self, node, g, saved, mend=False):
        written = node.saved
        result = []
        if written.has_old:
            # Ones where the old value stays; of complex numbers a write may replace one part alone.
            kept = np.full(g.shape, 1.0 + 1.0j if g.dtype.kind == "c" else 1.0)
            written.clear(kept)
            zeros = np.zeros_like(g)
            if g.dtype.kind == "c":
                result.append(np.where(kept.real, np.real(g), zeros) + np.where(kept.imag, np.imag(g), zeros) * 1j)
            else:
                result.append(np.where(kept, g, zeros))
        if written.has_value:
            result.append(fitted(written.take(g, last_wins=True), *node.fit.parents[-1]))
        return result

    def push(self, node, tangents, saved):
        written = node.saved
        old = tangents[0] if written.has_old else None
        value = tangents[-1] if written.has_value else None
        out = np.zeros(node.fit.shape, node.fit.dtype) if old is None else old.copy()
        if isinstance(value, Handle) and not isinstance(out, Handle):
            out = make(out)
        return written.replaced(out, 0 if value is None else value)

    def lift(self, node):
        return None


WRITE = _Write()


class unchanged_on_error:
    """``with unchanged_on_error(x, y): ...``: if the block raises, the gradients that the tensors held are theirs again."""

    __slots__ = ("held",)

    def __init__(self, *tensors):
        self.held = []
        for t in tensors:
            if isinstance(t, Handle):
                base = base_of(t)
                node = base._node
                if node is not None and node.cotangent is not None:
                    self.held.append((base, node, node.cotangent, node.grad))

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is not None:
            for base, node, cotangent, gradient in self.held:
                base._node = node
                node.cotangent, node.grad = cotangent, gradient


def write(t, store, value_node, value_data, region_index=WHOLE, mask=None, ours=False):
    """Write into the memory of `t`, and tell the graph.

    Parameters
    ----------
    t : Handle
        The tensor written to, a base or a view.
    store : callable
        ``store(array)`` does the write into the array of `t`, as NumPy does it; it may raise.
    value_node : Node or None
        The node of what is written.
    value_data : array
        The value of what is written, for its shape and dtype.
    region_index, mask
        The part of `t` that is written.
    ours : bool
        Whether `value_node` was made for this write, so that it may become the node of the base.
    """
    base = base_of(t)
    target = own_memory(t)
    if value_node is not None and not differentiable_dtype(target.dtype):
        store(target.copy())  # NumPy says where the cast itself is refused
        raise TypeError(
            f"A value that carries a gradient can't be written into a tensor of dtype {target.dtype}, which can't carry it on. "
            f"Write its plain value (value.data), or make the tensor one of floats: x.astype(float)."
        )
    memory = preserve(base, target)
    if memory is None:
        store(target)
    else:
        with memory.unlocked():
            store(target)
    if not RECORDING.get():
        return
    view = t._view
    if view is not None and view.constant:
        value_node = None
    old = node_of(base)
    if old is None and value_node is None:
        return
    if old is not None and old.rule is WRITE:
        old.saved.superseded = True
    if ours and value_node is not None and view is None and mask is None and value_data.dtype == base._value.dtype:
        base._node = value_node
        return
    has_old = old is not None
    step = None if view is None else view.step
    written = Written(step, region_index, None if mask is None else remember_array(mask), has_old, value_node is not None)
    parents, shapes = [], []
    if has_old:
        parents.append(old)
        shapes.append(base._value)
    if value_node is not None:
        parents.append(value_node)
        shapes.append(value_data)
    base._node = new_node(WRITE, tuple(parents), written, fit_of(base._value, *shapes))


def reshape_in_place(t, shape):
    """``t.shape = shape``: `t` becomes a view of what it was, kept from sight if it is a base."""
    array = own_memory(t)
    reshaped = array.view()
    reshaped.shape = shape  # NumPy says where that can't be
    old = make(array, t._node)
    old._saved, old._view = t._saved, t._view
    view = make_view(old, reshaped, RESHAPE, reshaped.shape)
    view._view.hidden = t._view is None or t._view.hidden
    t._value, t._node, t._saved, t._view = view._value, None, SHARED, view._view


class _Reshape:
    """``x.shape = shape``."""

    def __repr__(self):
        return "<rule of x.shape = shape>"

    def apply(self, array, saved):
        return np.reshape(array, saved)

    def pull(self, node, g):
        (c,) = self.cotangents(node, g, None)
        deposit(node.parents[0], c)

    def cotangents(self, node, g, saved, mend=False):
        return [np.reshape(g, node.fit.parents[0][0])]

    def push(self, node, tangents, saved):
        return np.reshape(tangents[0], node.saved)

    def lift(self, node):
        return None


RESHAPE = _Reshape()


def read(t, index):
    """``t[index]``, where `index` holds no tensors."""
    data = own_memory(t)[index]
    if basic_index(index):
        if type(data) is ndarray:
            return make_view(t, data, READ, index)
        saved = index
    else:
        saved = remembered_index(index)
    if not RECORDING.get():
        return make(data, unrecorded(data))
    node = node_of(t)
    if node is None:
        return make(data)
    return make(data, new_node(READ, (node,), saved, fit_of(data, t._value)))


def remembered_index(index):
    """An index whose arrays are remembered, so that nobody changes them meanwhile."""
    if type(index) is tuple:
        return tuple(map(remembered_index, index))
    if isinstance(index, ndarray):
        return remember_array(index)
    if isinstance(index, list):
        return Saved(np.asarray(index, dtype=None if index else np.intp))
    return index
