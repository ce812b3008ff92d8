"""Tensors that share memory, and what a write does to the graph.

Memory is really shared and really written, as in NumPy; the graph is purely functional. What holds them
together:

* A view knows its base and the steps that lead from the base to it. Its node is found from the base's node,
  lazily: it is made again when the base has another node than the one that it was made from.
* A write to any member of the family gives the *base* a new node, "the old base with this region replaced by
  that value". Its cotangent buffer is handed from version to version, each taking its region out of it, so
  that a loop of n reads and writes costs what the regions cost.
"""

import sys
from sys import getrefcount
from weakref import WeakValueDictionary

import numpy as np
from numpy import float64, generic, ndarray

from mygrad.engine.indexing import add, basic_index, shape_named, taken
from mygrad.engine.memory import ALONE, SHARED, Parts, expose, owner_of, preserve, registry, remember_array
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import CONSUMED, Node, Saved, leaf
from mygrad.engine.record import (
    FLOAT64,
    Handle,
    fit_of,
    fit_of_part,
    fit_with_element,
    make,
    new_node,
    node_of,
    recorded_node,
    unrecorded,
)
from mygrad.engine.regions import (
    ADD,
    PLAIN_WRITE,
    READ,
    RESHAPE,
    WHOLE,
    WRITE,
    Write,
    Written,
    remembered_index,
)
from mygrad.engine.sums import LARGE
from mygrad.losses import remember

__all__ = [
    "Step",
    "View",
    "add_at",
    "base_of",
    "data_of",
    "holds_gradient",
    "is_written_back",
    "make_over",
    "make_view",
    "own_memory",
    "read",
    "reshape_in_place",
    "resize_in_place",
    "unchanged_on_error",
    "write",
]


class Step:
    """One step from a tensor to a view of it: a rule, and what the rule saved, which is static.

    The rule can apply it to any array of the right shape, be it values, cotangents or tangents. `parent` is
    the step before, None if this one starts at the base. Steps are part of the graph, so they know no
    tensors.
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
    rule, saved, fit
        Of the step to it from there.
    constant : bool
        Whether it was asked to be a constant.
    memory : ndarray
        The array of the base, to notice when it is given another one.
    hidden : bool
        Whether this is a base that was reshaped in place, so that it has no base to show.
    """

    __slots__ = (
        "_node",
        "_source",
        "_step",
        "base",
        "constant",
        "fit",
        "hidden",
        "memory",
        "parent",
        "rule",
        "saved",
    )

    @property
    def step(self) -> Step:
        """The last of the steps from the base. They are made when asked for: most views are read, and no
        more."""
        wanted = []
        view = self
        while view is not None and view._step is None:
            wanted.append(view)
            view = view.parent
        for view in reversed(wanted):
            parent = None if view.parent is None else view.parent._step
            view._step = Step(parent, view.rule, view.saved, view.fit)
        return self._step

    def node_for(self, t) -> Node | None:
        """The node of the present value of the view `t`; made again if the base was written since, or the
        graph consumed."""
        base = self.base
        if base._view is not None or base._value is not self.memory:
            base = base_of(t)
            if base is t:
                return t._node
        source = base._node
        if source is None or source.cotangent is not None:
            source = node_of(base)
        if source is None or self.constant:
            return None
        node = self._node
        if self._source is source and node.rule is not CONSUMED:
            node.cotangent = node.grad = None
            return node
        if self.parent is not None:
            return self._renewed(source)
        self._source = source
        node = self._node = new_node(self.rule, self.saved, self.fit, source)
        return node

    def _renewed(self, source):
        """The node made again, and those of the views that it is a view of where they need it."""
        stale = [self]
        view = self.parent
        while view is not None and not view._is_current(source):
            stale.append(view)
            view = view.parent
        node = source if view is None else view._node
        for view in reversed(stale):
            node = view._node = new_node(view.rule, view.saved, view.fit, node)
            view._source = source
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
    base = view.base
    if base._view is not None:  # a base that was reshaped in place is a view of what it was
        base = base_of(base)
    if base._value is view.memory:
        return base
    # The base was given other memory, by x.data = array: what was a view has the old memory for itself.
    t._view = None
    t._node = None if view.constant or base._node is None else leaf()
    return t


def own_memory(t) -> ndarray:
    """The array of a tensor, for writing or handing out: a NumPy scalar becomes the 0-d array that it stands
    for."""
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
    t._shape = None  # whoever has the array can give it another one
    return data


def make_view(t, data: ndarray, rule, saved, fit=None):
    """The tensor of `data`, which `rule` found to be a view of the memory of `t`."""
    parent = t._view
    if registry and not data.flags.writeable and base_of(t)._saved is SHARED:
        data = _born_writeable(t, rule, saved, data)
    result = make(data)
    result._saved = SHARED
    result._view = view = View()
    view.rule = rule
    view.saved = saved
    values = t._value
    if fit is not None:
        view.fit = fit
    elif data.dtype is values.dtype is FLOAT64:  # a dtype is slow to hash
        view.fit = fit_of_part(data.shape, values.shape)
    else:
        view.fit = fit_of(data, values)
    view.parent = parent
    view.hidden = False
    # The node, and the node of the base that it was made from.
    view._node = view._source = view._step = None
    if parent is None:
        view.base = t
        view.constant = False
        view.memory = values
    else:
        view.base = base = t if parent.hidden else parent.base
        view.constant = parent.constant
        view.memory = (base if base._view is None else base_of(base))._value
    return result


def _born_writeable(t, rule, saved, data):
    # Under the guard a new view would be read-only for good, though its base becomes writeable again.
    memory = registry.get(id(owner_of(t._value)))
    return data if memory is None or not memory.locked else memory.view(t._value, rule, saved)


watched: dict = {}
"""What is to be told of writes into a base, by its id: called with the frame that writes."""


def holds_gradient(value) -> bool:
    """Whether `value` is a tensor whose use clears a gradient."""
    if not isinstance(value, Handle):
        return False
    node = (value if value._view is None else base_of(value))._node
    return node is not None and node.cotangent is not None


class unchanged_on_error:
    """``with unchanged_on_error(x, y): ...``: if the block raises, the gradients that the tensors held are
    theirs again."""

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


def write(t, store, value_node, value_data, region_index=WHOLE, mask=None, ours=False, rule=WRITE):
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
    rule : Write
        `ADD` or `SUBTRACT` where the value is added to what is there, or subtracted.
    """
    base = t if t._view is None else base_of(t)
    target = t._value
    if type(target) is not ndarray:
        target = own_memory(t)
    if value_node is not None and target.dtype.kind not in "fc":
        store(target.copy())  # NumPy says where the cast itself is refused
        raise TypeError(
            f"A value that carries a gradient can't be written into a tensor of dtype {target.dtype}, which "
            f"can't carry it on. "
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
    if watched and id(base) in watched:
        watched[id(base)](sys._getframe())
    view = t._view  # base_of may have found that it is one no longer
    if view is not None and view.constant:
        value_node = None
        rule = WRITE
    old = base._node
    if old is None:
        if value_node is None:
            return
    elif old.cotangent is not None:
        old = node_of(base)
    if base._saved is SHARED and value_node is not None and _over.get(id(base._value)) is base:
        remember(sys._getframe())  # the array itself, used on its own, is a plain one
    if old is not None and isinstance(old.rule, Write):
        old.rule.supersede(old)
    if (
        ours
        and value_node is not None
        and view is None
        and mask is None
        and value_data.dtype == base._value.dtype
    ):
        base._node = value_node
        return
    values = base._value if base is not t else target
    plain = view is None and mask is None and rule is WRITE and old is not None and value_node is not None
    if plain and region_index is not WHOLE and basic_index(region_index) and values.flags.c_contiguous:
        if type(value_data) is float64 and values.dtype is FLOAT64:
            fit = fit_with_element(values.shape)
        else:
            fit = fit_of(values, values, value_data)
        base._node = new_node(PLAIN_WRITE, region_index, fit, old, value_node)
        return
    written = Written(
        None if view is None else view.step,
        region_index,
        None if mask is None else remember_array(mask),
        old is not None,
        value_node is not None,
        values,
    )
    if value_node is None:
        node = new_node(rule, written, fit_of(values, values), old)
    elif old is None:
        node = new_node(rule, written, fit_of(values, value_data), value_node)
    else:
        node = new_node(rule, written, fit_of(values, values, value_data), old, value_node)
    base._node = node


def is_written_back(t, index, value) -> bool:
    """Whether `value` is the view ``t[index]``, and was written to just now: Python ends ``t[index] += x``
    with a write of the view to where it is, and there is nothing left to write."""
    view, base = value._view, base_of(t)
    node = base._node
    return (
        node is not None
        and type(node.saved) is Written
        and node.saved.step is view._step is not None
        and getrefcount(node) == ALONE  # nobody has used it since
        and view.rule is READ
        and view.parent is t._view
        and view.memory is base._value
        and basic_index(index)
        and index == view.saved
    )


def add_at(t, index, value) -> bool:
    """``np.add.at(t, index, value)``; false, and nothing is done, where the dtype is another."""
    values = own_memory(t)
    shape = shape_named(index, values.shape)
    if (type(value) is float or type(value) is int) and values.dtype is FLOAT64:
        value = np.full(shape, value, FLOAT64)  # NumPy adds it in float64 to float32, too
    elif np.shape(value) != shape:
        value = np.broadcast_to(value, shape)
    data = value._value if isinstance(value, Handle) else value
    if type(data) is not ndarray or data.dtype != values.dtype or values.dtype.kind not in "fc":
        return False
    if np.may_share_memory(values, data):
        return False
    with unchanged_on_error(t, value):
        node = recorded_node(value)
        region = WHOLE if node is None else remembered_index(index)
        write(t, lambda array: add(array, index, data), node, data, region, rule=ADD)
    return True


_over: WeakValueDictionary = WeakValueDictionary()
"""The tensors over arrays of the user's, by the id of the array."""


def make_over(array):
    """The tensor over an array of the user's: the same one as long as it lives, as they share what is
    written."""
    if not isinstance(array, ndarray):
        raise TypeError(f"out= must be an array or a tensor; got {type(array).__name__}.")
    t = _over.get(id(array))
    if t is None or t._value is not array:
        t = _over[id(array)] = make(array)
        t._saved = SHARED
    if t._node is None and not RECORDING.get():
        t._node = unrecorded(array)
    return t


def reshape_in_place(t, shape):
    """``t.shape = shape``: `t` becomes a view of what it was, kept from sight if it is a base."""
    array = own_memory(t)
    reshaped = array.view()
    reshaped.shape = shape  # NumPy says where that can't be
    old = make(array, t._node)
    old._saved, old._view = t._saved, t._view
    view = make_view(old, reshaped, RESHAPE, reshaped.shape)
    view._view.hidden = t._view is None or t._view.hidden
    t._value, t._node, t._saved, t._view, t._shape = view._value, None, SHARED, view._view, None


def resize_in_place(t, shape, refcheck=True):
    """``t.resize(shape)``: `t` gets memory of another size, filled up with zeros."""
    array = own_memory(t)
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        raise ValueError("resize only works on single-segment arrays")
    # Where each element comes from, counted from 1: NumPy's zeros are the new ones.
    places = np.empty_like(array, dtype=np.intp)
    places[...] = np.arange(1, array.size + 1).reshape(array.shape)
    places.resize(shape, refcheck=False)
    if places.size == array.size and array.flags.c_contiguous:
        reshape_in_place(t, places.shape)
        return
    if t._view is not None and not t._view.hidden:
        raise ValueError("cannot resize this tensor: it is a view, and does not own its memory")
    # The tensor holds its array, and so does the graph through one cell.
    cell = t._saved
    if type(cell) is Parts:
        cell.clean()
        cell = cell.whole
    ours = ALONE + (type(cell) is Saved and cell.value is array)
    if refcheck and (getrefcount(array) > ours or t._view is not None):
        raise ValueError(
            "cannot resize a tensor whose memory others refer to: its views, or arrays got from x.data. "
            "Use np.resize, which makes another, or x.resize(shape, refcheck=False), which leaves them the "
            "old memory."
        )
    old = make(array, t._node)
    old._saved, old._view = t._saved, t._view
    if array.size:
        new = np.ravel(old)[np.maximum(places - 1, 0)]
        if places.size > array.size:
            new = np.where(places > 0, new, array.dtype.type(0))
    else:
        new = make(np.zeros(places.shape, array.dtype), None if node_of(old) is None else leaf())
    t._value, t._node = new._value, new._node
    t._saved = t._view = t._shape = None


def read(t, index, basic=False):
    """``t[index]``, where `index` holds no tensors, and may be a `basic` one."""
    values = t._value
    if type(values) is not ndarray:
        values = own_memory(t)
    data = values[index] if type(index) is not ndarray else taken(values, index)
    if basic:
        if type(data) is ndarray:
            return make_view(t, data, READ, index)
        saved = index
    else:
        saved = remembered_index(index)
    if not RECORDING.get():
        return make(data, unrecorded(data))
    node = t._node
    if node is None or node.cotangent is not None:
        node = node_of(t)
        if node is None:
            return make(data)
    element = type(data) is float64 and values.dtype is FLOAT64
    fit = fit_of_part((), values.shape) if element else fit_of(data, values)
    made = new_node(READ, saved, fit, node)
    if values.size >= LARGE and data.size * 16 < values.size:
        # On the way back it comes last of what was made from them, and adds its few to the cotangent that
        # there is by then: the first would have to make zeros, and the others to be added to them.
        made.order = node.order + 0.5
    return make(data, made)
