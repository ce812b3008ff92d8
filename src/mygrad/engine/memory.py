"""What the graph remembers, and how it is kept from changing.

A node remembers a value through a `Saved` cell. Two things can change the memory under it:

* A write through a tensor. It calls `preserve` first, which gives the cells concerned a copy of their own. To
  find them: the cells of a base whose memory is *private*, and of its views, hang on the base; all others are
  in the `registry`.
* A write by plain NumPy, into memory that is reachable from outside: an array handed in by the user, or got
  from ``Tensor.data``. Such memory is made read-only while some cell needs it. This is the memory guard.

Memory becomes reachable from outside once and for all; only then does a tensor pay for the guard.
"""

import weakref
from _thread import RLock  # which threading has from there: to import that takes as long as five chapters
from collections.abc import Iterator
from contextlib import contextmanager
from sys import getrefcount

from numpy import ndarray

from mygrad.engine.modes import GUARDING
from mygrad.engine.node import Saved, new_cell

__all__ = [
    "ALONE",
    "ALONE_IN_PULL",
    "ALONE_IN_PUSH",
    "NODE_ALONE_IN_PULL",
    "SHARED",
    "SMALL",
    "Parts",
    "expose",
    "free",
    "held_alone",
    "is_read_only",
    "preserve",
    "registry",
    "remember",
    "remember_array",
    "set_apart",
    "share",
]

SMALL = 16384
"""Bytes up to which a view is copied when it is remembered: cheaper than to watch its memory."""

PATIENCE = 8
"""How often a remembered view is found untouched by a write before it gets a copy, to be asked no more."""


def _counts():
    """What `getrefcount` says where nobody else holds a value: versions of Python differ in what a call adds.

    Of a local variable; of that and the attribute of a node; of those and the calls from the sweep to a rule;
    of a node that the sweep hands to its rule; of an item of a list that it hands to a rule, and holds
    itself; of an item of a dict.
    """
    node = new_cell(object())

    def local():
        value = object()
        return getrefcount(value)

    def local_and_attribute():
        value = node.value
        return getrefcount(value)

    def pull(node, g):
        return getrefcount(g), getrefcount(node)

    def sweep():
        nodes = [new_cell(object())]
        node = nodes.pop()
        g = node.value
        return pull(node, g)

    def push(node, tangents):
        t = tangents[0]
        return getrefcount(t)

    def forward():
        found = {node: object()}
        tangents = [found.get(node)]
        return push(node, tangents)

    items = {0: object()}
    return local(), local_and_attribute(), *sweep(), forward(), getrefcount(items[0])


UNHELD, ALONE, ALONE_IN_PULL, NODE_ALONE_IN_PULL, ALONE_IN_PUSH, HELD_IN_DICT = _counts()


_apart: dict[int, tuple[weakref.ref, list[weakref.ref]]] = {}
"""The views without an element in common that a large array was split into, by the id of the array that owns
the memory, and that array."""


def set_apart(array, views):
    """Note that these views of an array have no element in common. Returns the views."""
    if type(array) is ndarray and array.nbytes > SMALL and array.flags.forc:  # no element is there twice
        owner = owner_of(array)
        key = id(owner)
        alive = weakref.ref(owner, lambda _: _apart.pop(key, None))
        _apart[key] = alive, [weakref.ref(view) for view in views]
    return views


def held_alone(view: ndarray) -> bool:
    """Whether nobody else holds the elements that `view` shows, and it keeps few others alive."""
    owner = view.base
    if (
        type(owner) is not ndarray
        or owner.base is not None
        or not (owner.flags.writeable and view.flags.forc)
    ):
        return False
    _, views = _apart.get(id(owner), (None, None))
    count = 1 if views is None else sum(other() is not None for other in views)
    return getrefcount(owner) == UNHELD + count and 2 * count * view.nbytes >= owner.nbytes


class _Shared:
    """In place of the cell of a tensor whose memory others can reach: it is a view, or was handed out."""

    def __repr__(self):
        return "SHARED"


SHARED = _Shared()
registry: dict[int, "Memory"] = {}
"""Memory that is remembered and shared, by the id of the array that owns it."""

_handed_out: dict[int, list[weakref.ref]] = {}
"""The views of a tensor's memory that `Tensor.data` handed out, by the id of the array that owns it."""

_lock = RLock()


def lineage(array: ndarray) -> Iterator[ndarray]:
    """`array` and the arrays that it is a view of, the owner of the memory last."""
    base = array
    while base is not None:
        if isinstance(base, ndarray):
            yield base
        base = getattr(base, "base", None)  # as_strided puts an object of its own between


def owner_of(array: ndarray) -> ndarray:
    """The array whose memory `array` looks at."""
    base = array.base
    if base is None or (type(base) is ndarray and base.base is None):
        return array if base is None else base
    *_, owner = lineage(array)
    return owner


class Memory:
    """A block of shared memory some part of which is remembered."""

    __slots__ = ("cells", "key", "locked", "writeable")

    def __init__(self, key):
        self.key = key
        # By the id of the remembered array; the cell lives as long as some node holds it.
        self.cells: dict[int, _Reference] = {}
        # The arrays that the guard made read-only, to be made writeable again, by their id.
        self.locked: dict[int, ndarray] = {}
        # Views of some of these that are writeable, by the same id.
        self.writeable: dict[int, ndarray] | None = None

    def lock(self, array: ndarray):
        """Make `array` and what it is a view of read-only, until the last cell is gone."""
        for member in (array,) if array.base is None else lineage(array):
            if member.flags.writeable:
                member.setflags(False)  # which takes a third of the time of flags.writeable = False
                self.locked[id(member)] = member

    def release(self):
        """Make everything writeable again that the guard made read-only."""
        locked = self.locked.values()
        if len(locked) > 1:  # a view can't be made writeable before its base is
            locked = sorted(locked, key=lambda array: array.base is not None)
        for array in locked:
            array.setflags(True)
        self.locked.clear()
        self.writeable = None

    def add(self, key, cell: Saved):
        self.cells[key] = reference = _Reference(cell, _forget)
        reference.memory = self
        reference.key = key
        reference.untouched = 0

    def discard(self, key):
        cells = self.cells
        cells.pop(key, None)
        if not cells:
            registry.pop(self.key, None)
            if self.locked:
                self.release()

    def preserve(self, region: ndarray):
        """Give a copy of their own to the cells whose memory `region` overlaps."""
        # The bounds of the region, once: np.may_share_memory costs ten times as much.
        low, high = _bounds(region)
        for key, reference in list(self.cells.items()):
            cell = reference()
            if cell is None:
                continue
            reference.untouched += 1
            if _overlaps(cell.value, low, high) or reference.untouched > PATIENCE:
                cell.value = cell.value.copy(order="K")
                self.discard(key)

    @contextmanager
    def unlocked(self):
        """Lift the guard, for a write of our own."""
        with _lock:
            locked = self.locked.copy()
            self.release()
            try:
                yield
            finally:
                for array in locked.values():
                    array.setflags(False)
                self.locked.update(locked)

    def view(self, array, rule, saved):
        """``rule.apply(array, saved)``, a view that isn't born read-only: that it would be for good."""
        with _lock:
            return rule.apply(self._writeable(array), saved)

    def _writeable(self, array):
        if id(array) not in self.locked:
            return array
        if self.writeable is None:
            self.writeable = {}
        view = self.writeable.get(id(array))
        if view is None or not view.flags.writeable:  # what was made of it may have been handed out since
            members = [member for member in lineage(array) if id(member) in self.locked]
            for member in reversed(members):
                member.setflags(True)
            view = self.writeable[id(array)] = array.view()
            for member in members:
                member.setflags(False)
        return view


class _Reference(weakref.ref):
    """A weak reference to a cell, by its place in the registry."""

    __slots__ = ("key", "memory", "untouched")


def _forget(reference):
    """A cell is gone, but its value not yet: take it out of the registry."""
    memory, key = reference.memory, reference.key
    _lock.acquire()  # in half the time of a with statement
    try:
        # The place may have been taken by a newer cell of the same array.
        if memory.cells.get(key) is reference:
            memory.discard(key)
    finally:
        _lock.release()


def _bounds(array):
    start = array.__array_interface__["data"][0]
    low = high = start
    for length, stride in zip(array.shape, array.strides, strict=True):
        if length == 0:
            return start, start
        if stride > 0:
            high += (length - 1) * stride
        else:
            low += (length - 1) * stride
    return low, high + array.itemsize


def _overlaps(array, low, high):
    """Whether an array reaches into the memory between these bounds."""
    first, last = _bounds(array)
    return first < high and low < last


def _register(array: ndarray, guarded: ndarray | None, cell: Saved | None = None) -> Saved:
    """The cell of an array in shared memory. If an array is to be `guarded`, it is made read-only, with all
    that was handed out of that memory."""
    owner, key = id(owner_of(array)), id(array)
    memory = registry.get(owner)
    if memory is not None and cell is None and (guarded is None or memory.locked):
        reference = memory.cells.get(key)
        known = None if reference is None else reference()
        if known is not None:
            return known
    _lock.acquire()
    try:
        memory = registry.get(owner)
        if memory is None:
            memory = registry[owner] = Memory(owner)
        known = memory.cells[key]() if key in memory.cells else None
        if cell is None:
            cell = new_cell(array) if known is None else known
        if known is not cell:
            memory.add(key, cell)
        if guarded is not None:
            memory.lock(guarded)
            for reference in _handed_out.get(owner, ()):
                if (view := reference()) is not None:
                    memory.lock(view)
        return cell
    finally:
        _lock.release()


class Parts:
    """In place of the cell of a base: those of its private memory as a whole, and of views of it."""

    __slots__ = ("cells", "limit", "untouched", "whole")

    def __init__(self, whole):
        self.whole = whole
        # By the id of the remembered array, which the cell keeps alive, until `clean` finds that nobody holds
        # the cell.
        self.cells: dict[int, Saved] = {}
        self.limit = 64
        self.untouched = 0  # by how many writes, some of these

    def cell_of(self, array) -> Saved:
        with _lock:
            cell = self.cells.get(id(array))
            if cell is None:
                if len(self.cells) >= self.limit:
                    self.clean()
                    self.limit = max(64, 2 * len(self.cells))
                cell = self.cells[id(array)] = new_cell(array)
            return cell

    def clean(self):
        """Give up the cells that nobody else holds."""
        with _lock:
            for key in list(self.cells):
                if getrefcount(self.cells[key]) == HELD_IN_DICT:
                    del self.cells[key]

    def preserve(self, region: ndarray):
        """Give a copy of their own to the cells whose memory `region` overlaps."""
        with _lock:
            self.clean()
            self.untouched += 1
            low, high = _bounds(region)
            for key, cell in list(self.cells.items()):
                if _overlaps(cell.value, low, high) or self.untouched > PATIENCE:
                    cell.value = cell.value.copy(order="K")
                    del self.cells[key]
            if not self.cells:
                self.untouched = 0


def remember(tensor) -> Saved:
    """The cell that keeps a tensor's present value for the rules that need it."""
    cell, data, view = tensor._saved, tensor._value, tensor._view
    if view is None:
        if cell is not None:
            if type(cell) is Saved:
                return cell
            if cell is SHARED:
                return _register(data, data if GUARDING.get() else None)
            if cell.whole is not None:
                return cell.whole
        whole = Saved()  # as new_cell, which would be another call
        # NumPy's scalars are quicker than arrays of one element, and nobody can write into them.
        whole.value = data[()] if type(data) is ndarray and not data.ndim else data
        if cell is None:
            tensor._saved = whole
        else:
            cell.whole = whole
        return whole
    if type(data) is not ndarray:
        return new_cell(data)
    if data.nbytes <= SMALL:
        return new_cell(data.copy(order="K"))
    base = view.base
    while base._view is not None:
        base = base._view.base
    parts = base._saved
    if parts is SHARED or base._value is not view.memory:
        # The array of a view is ours alone until it is handed out: what others know is that of the base.
        return _register(data, view.memory if GUARDING.get() else None)
    if type(parts) is not Parts:
        parts = base._saved = Parts(parts)
    return parts.cell_of(data)


def remember_array(value) -> Saved:
    """The cell of a constant that isn't a tensor."""
    if isinstance(value, ndarray):
        if not value.ndim and not value.flags.writeable:  # a copy costs less than to watch it
            return new_cell(value.copy())
        return _register(value, value if GUARDING.get() else None)
    return new_cell(value)


def share(root, guard=False):
    """Have what is remembered of the memory of the base `root` found by others that write there."""
    cell = root._saved
    if cell is SHARED:
        return
    root._saved = SHARED
    if type(cell) is Parts:
        cell.clean()
        for part in cell.cells.values():
            _register(part.value, None, part)
        cell = cell.whole
    if cell is not None and getrefcount(cell) > UNHELD and isinstance(cell.value, ndarray):
        _register(cell.value, cell.value if guard else None, cell)


def expose(root, array: ndarray):
    """Note that `array`, of the memory of the base `root`, is handed out."""
    share(root, GUARDING.get())
    owner = owner_of(array)
    if owner is not array:
        _hand_out(owner, array)
    if registry and GUARDING.get():
        with _lock:
            memory = registry.get(id(owner))
            if memory is not None:
                memory.lock(array)


def _hand_out(owner, view):
    """Note that `view` is known outside, for as long as it lives."""
    key = id(owner)
    with _lock:
        references = _handed_out.setdefault(key, [])
        if any(reference() is view for reference in references):
            return

        def forget(reference):
            references.remove(reference)
            if not references:
                _handed_out.pop(key, None)

        references.append(weakref.ref(view, forget))


def preserve(root, region: ndarray) -> Memory | None:
    """Before a write into `region`, part of the memory of the base `root`: copy what is remembered of it.

    Returns
    -------
    Memory or None
        The memory, if parts of it stay locked by the guard.
    """
    cell = root._saved
    if cell is not SHARED and cell is not None:
        root._saved = None
        if type(cell) is Parts:
            parts, cell = cell, cell.whole
            parts.whole = None
            parts.preserve(region)
            root._saved = parts if parts.cells else None
        if cell is not None and getrefcount(cell) > UNHELD:
            cell.value = cell.value.copy(order="K") if isinstance(cell.value, ndarray) else cell.value
    if not registry:
        return None
    with _lock:
        memory = registry.get(id(owner_of(region)))
        if memory is None:
            return None
        memory.preserve(region)
        return memory if memory.locked else None


def is_read_only(array: ndarray) -> bool:
    """Whether an array can't be written, and not because the guard locked it."""
    if array.flags.writeable:
        return False
    memory = registry.get(id(owner_of(array)))
    return memory is None or id(array) not in memory.locked


def free(array: ndarray):
    """Before code that we run for others writes into an array of its own: copy all that is remembered of its
    memory, so that the guard lets go of it."""
    with _lock:
        owner = owner_of(array)
        memory = registry.get(id(owner))
        if memory is not None:
            memory.preserve(owner)
