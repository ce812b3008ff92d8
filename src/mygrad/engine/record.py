"""What happens between ``x * y`` and the new node.

`unary` and `binary` are the hot path: a ufunc called with tensors and nothing else. All that can be decided
before is decided when the rule is registered: which operands a rule remembers is known for each pattern of
constants.
"""

from functools import lru_cache
from math import prod

import numpy as np
from numpy import float64, generic, ndarray

from mygrad.engine.memory import remember, remember_array
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import CONSUMED, SPENT, Node, Saved, leaf, tick

__all__ = [
    "FLOAT64",
    "LARGE",
    "Fit",
    "Handle",
    "as_operand",
    "binary",
    "differentiable_dtype",
    "fit_of",
    "fit_of_element",
    "fit_with_element",
    "make",
    "new_node",
    "node_of",
    "recorded_node",
    "unary",
    "uses_handles_of",
]

new = object.__new__
FLOAT64 = np.dtype(float64)

LARGE = 3 * 2**20
"""Bytes from which on the sweep goes block by block (`mygrad.engine.blocks`): of smaller arrays, those of a
formula fit into the cache as they are."""

NOTHING, RESULT, SEVERAL = "nothing", "result", "several"
"""What a pattern of a rule saves, where it isn't the value of one operand, told by its place."""


class Handle:
    """What the engine knows of a tensor: a value, and the node of that value.

    Attributes
    ----------
    _value : ndarray or generic
        The value. The result of a 0-d operation stays the NumPy scalar that it is until somebody wants its
        memory.
    _node : Node or None
        The node of the present value; None for a constant, and for a view, whose node `node_of` finds.
    _saved : Saved, SHARED or None
        The cell through which nodes remember the present value, if they do and the memory is private.
    _view : View or None
        For a view: of what, and how.
    """

    __slots__ = ("__dict__", "__weakref__", "_node", "_saved", "_value", "_view")


handle_type: type = Handle


def uses_handles_of(cls: type):
    """Let the engine make its results as instances of `cls`."""
    global handle_type
    handle_type = cls


class Fit:
    """How the shapes and dtypes of a node and its parents differ.

    Attributes
    ----------
    shape, dtype
        Of the result.
    parents : tuple of (shape, dtype)
        Of each parent.
    mask : Saved or None
        The ``where=`` of a ufunc: elements where it is False were not computed.
    large : bool
        Whether a parent is so large that the sweep does well to go block by block.
    """

    __slots__ = ("dtype", "large", "mask", "parents", "shape")

    def __init__(self, shape, dtype, parents, mask=None):
        self.shape = shape
        self.dtype = dtype
        self.parents = parents
        self.mask = mask
        self.large = any(prod(shape) * dtype.itemsize >= LARGE for shape, dtype in parents)


_fits: dict[tuple, Fit] = {}


def fit_of(out, *parents) -> Fit:
    """The `Fit` of a result and its parents: the same object for the same shapes and dtypes.

    A loop makes many alike nodes. What they share costs no memory, and Python's cyclic collector needn't
    visit it.
    """
    if len(parents) == 2:
        p, q = parents
        if out.dtype is FLOAT64 and p.dtype is FLOAT64 and q.dtype is FLOAT64:
            key = out.shape, p.shape, q.shape  # a dtype is slow to hash
        else:
            key = out.shape, out.dtype, p.shape, p.dtype, q.shape, q.dtype
    elif len(parents) == 1:
        (p,) = parents
        if out.dtype is FLOAT64 and p.dtype is FLOAT64:
            key = out.shape, p.shape
        else:
            key = out.shape, out.dtype, p.shape, p.dtype
    else:
        key = (out.shape, out.dtype, *[x for p in parents for x in (p.shape, p.dtype)])
    fit = _fits.get(key)
    if fit is None:
        if len(_fits) > 4096:
            _fits.clear()
        fit = _fits[key] = Fit(out.shape, out.dtype, tuple([(p.shape, p.dtype) for p in parents]))
    return fit


@lru_cache(4096)
def fit_of_element(shape) -> Fit:
    """The `Fit` of a number of float64 that is read from an array of float64 of this shape."""
    return Fit((), FLOAT64, ((shape, FLOAT64),))


@lru_cache(4096)
def fit_with_element(shape) -> Fit:
    """The `Fit` of an array of float64 of this shape into which a number of float64 was written."""
    return Fit(shape, FLOAT64, ((shape, FLOAT64), ((), FLOAT64)))


def make(data, node=None):
    """A tensor with this value and node."""
    t = new(handle_type)
    t._value = data
    t._node = node
    t._saved = t._view = None
    return t


def new_node(rule, parents, saved, fit):
    """A node made by `rule` from `parents`."""
    node = Node()
    node.order = tick()
    node.rule = rule
    node.parents = parents
    node.saved = saved
    node.fit = fit
    node.cotangent = node.grad = None
    node.mark = 0
    return node


def differentiable_dtype(dtype) -> bool:
    """Whether values of `dtype` can have a derivative."""
    return dtype.kind in "fc"


def node_of(t) -> Node | None:
    """The node of a tensor's present value, ready to be a parent; None for a constant.

    Using a tensor clears the gradient that it holds, and what a consumed node's tensor is used for starts a
    new graph.
    """
    if t._view is not None:
        return t._view.node_for(t)
    node = t._node
    if node is not None and node.cotangent is not None:
        return renew(t)
    return node


def recorded_node(value) -> Node | None:
    """The node of an operand of whatever kind; None for constants, and while nothing is recorded."""
    return node_of(value) if isinstance(value, Handle) and RECORDING.get() else None


def renew(t) -> Node:
    """Clear the gradient of a base; put a leaf in the place of a node that was consumed."""
    node = t._node
    if node.rule is CONSUMED or node.rule is SPENT:
        node = t._node = leaf()
    else:
        node.cotangent = node.grad = None
    return node


def as_operand(value):
    """A constant operand as NumPy takes it: arrays and scalars as they are, else an array."""
    kind = type(value)
    if kind is float or kind is int or isinstance(value, (generic, int, float, complex)):
        return value
    if kind is ndarray and value.dtype.kind in "fcbiu":
        return value
    if isinstance(value, ndarray) and hasattr(value, "mask"):
        raise TypeError(
            "A masked array can't be combined with a tensor: its mask would be lost. Choose with "
            "np.where(mask, ...), or use the values without the mask, array.data."
        )
    value = np.asarray(value)
    if value.dtype.kind not in "fcbiu":
        raise TypeError(
            f"A tensor can't be combined with data of dtype {value.dtype}: only with numbers and truth "
            f"values."
        )
    return value


def unary(rule, x):
    """``rule.ufunc(x)`` for a tensor `x`."""
    out = rule.ufunc(x._value)
    t = new(handle_type)
    t._value = out
    t._saved = t._view = None
    if not RECORDING.get():
        t._node = unrecorded(out)
        return t
    parent = x._node
    if parent is None:
        parent = node_of(x)
        if parent is None:
            t._node = None
            return t
    elif parent.cotangent is not None:
        parent = renew(x)

    node = Node()
    node.order = tick()
    node.rule = one = rule.unary
    node.parents = (parent,)
    node.cotangent = node.grad = node.fit = None
    node.mark = 0
    t._node = node
    source = one.source
    if source is NOTHING:
        node.saved = None
    elif source is SEVERAL:
        node.saved = one.save((x,), t)
    else:
        source = t if source is RESULT else x
        cell = source._saved
        node.saved = cell if type(cell) is Saved else remember(source)
    if out.dtype is not x._value.dtype:
        node.fit = fit_of(out, x._value)
    return t


def binary(rule, x, y):
    """``rule.ufunc(x, y)`` where at least one of `x` and `y` is a tensor."""
    first, second = isinstance(x, handle_type), isinstance(y, handle_type)
    p = x._value if first else x if type(x) is float else as_operand(x)
    q = y._value if second else y if type(y) is float else as_operand(y)
    constant = None
    alike = False  # whether shapes and dtypes are known to be
    if rule.operator is None:
        out = rule.ufunc(p, q)
    elif type(p) is float64 and (type(q) is float or type(q) is float64):
        out = rule.operator(p, q)  # NumPy's scalars are quicker by themselves than in a ufunc
        alike = True
    elif type(p) is ndarray and type(q) is ndarray:
        out = rule.ufunc(p, q)
    elif type(q) is float and type(p) is ndarray and p.dtype is FLOAT64 and p.ndim:
        constant = number(q)[1]
        q = constant.value
        out = rule.ufunc(p, q)
        alike = True
    elif type(p) is float and type(q) is ndarray and q.dtype is FLOAT64 and q.ndim:
        constant = number(p)[1]
        p = constant.value
        out = rule.ufunc(p, q)
        alike = True
    else:
        if type(p) is ndarray and not p.ndim:
            p = p[()]
        if type(q) is ndarray and not q.ndim:
            q = q[()]
        if type(p) is float64 or (type(q) is float64 and type(p) is float):
            out = rule.operator(p, q)
            alike = type(p) is type(q) or type(p) is float
        else:
            out = rule.ufunc(p, q)
    t = new(handle_type)
    t._value = out
    t._saved = t._view = None
    if not RECORDING.get():
        t._node = unrecorded(out)
        return t

    a = b = None  # the nodes
    if first:
        a = x._node
        if a is None or a.cotangent is not None:
            a = node_of(x)
    if second:
        b = y._node
        if b is None or b.cotangent is not None:
            b = node_of(y)
    fit = None
    if b is None:
        if a is None:
            t._node = None
            return t
        pattern = rule.first
        parents = (a,)
        if not alike and (out.dtype is not p.dtype or out.shape != p.shape):
            fit = fit_of(out, p)
    elif a is None:
        pattern = rule.second
        parents = (b,)
        if not alike and (out.dtype is not q.dtype or out.shape != q.shape):
            fit = fit_of(out, q)
    elif a is b and rule.same is not None:
        pattern = rule.same
        parents = (a,)
        if out.dtype is not p.dtype:
            fit = fit_of(out, p)
    else:
        pattern = rule.both
        parents = (a, b)
        if not alike:
            dtype = out.dtype
            if dtype is not p.dtype or dtype is not q.dtype or p.shape != q.shape:
                fit = fit_of(out, p, q)
    t._node = node = Node()
    node.order = tick()
    node.rule = pattern
    node.parents = parents
    node.fit = fit
    node.cotangent = node.grad = None
    node.mark = 0
    source = pattern.source
    if source is NOTHING:
        node.saved = None
    elif source is SEVERAL:
        node.saved = pattern.save((x if first else constant or p, y if second else constant or q), t)
    elif source is RESULT:
        node.saved = cell_of(t)
    elif source:
        node.saved = cell_of(y if second else constant or q)
    else:
        node.saved = cell_of(x if first else constant or p)
    return t


def unrecorded(out):
    """The node of a result while nothing is recorded: a leaf, if it can have a derivative."""
    return leaf() if differentiable_dtype(out.dtype) else None


def cell_of(operand) -> Saved:
    """The cell that keeps the value of an operand: a tensor, an array, a scalar, or the cell itself."""
    if type(operand) is float:
        return (_numbers.get(operand) or number(operand))[0]
    if isinstance(operand, Handle):
        cell = operand._saved
        return cell if type(cell) is Saved else remember(operand)
    return operand if type(operand) is Saved else remember_array(operand)


_numbers: dict[float, tuple[Saved, Saved]] = {}


def number(value) -> tuple[Saved, Saved]:
    """The cells of a Python float: of itself, and of an array of float64 to combine with arrays of these.

    The same cells for the same number: the body of a loop has the same few numbers each time.
    """
    cells = _numbers.get(value)
    if cells is None:
        array = np.array(value)
        array.flags.writeable = False
        cells = Saved(value), Saved(array)
        if value:  # 0.0 and -0.0 would be the same key
            if len(_numbers) > 4096:
                _numbers.clear()
            _numbers[value] = cells
    return cells
