"""What happens between ``x * y`` and the new node.

The hot path: a ufunc called with tensors, numbers or arrays, and nothing else. All that can be decided
before is decided when the rule is registered: which operands a rule remembers is known for each pattern of
constants. So there are *recorders*, functions made for a rule that compute and record. Operands of all other
kinds are for `binary`.
"""

from functools import lru_cache, partial
from math import copysign, inf, prod
from operator import pow

import numpy as np
from numpy import float64, generic, ndarray

from mygrad.engine.buffers import WIDE, broadcasting
from mygrad.engine.memory import SHARED, remember, remember_array
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import CONSUMED, SPENT, Node, Saved, leaf, new_cell, tick

__all__ = [
    "FLOAT64",
    "LARGE",
    "Fit",
    "Handle",
    "as_operand",
    "binary",
    "cell_of",
    "differentiable_dtype",
    "elementwise_node",
    "fit_of",
    "fit_of_part",
    "fit_with_element",
    "make",
    "new_node",
    "node_of",
    "recorded_node",
    "recorder_of_two",
    "recorder_with_constant",
    "recorders_of",
    "unrecorded",
    "uses_handles_of",
]

new = object.__new__
recording = RECORDING.get
FLOAT64 = np.dtype(float64)
FLOATS = {float, float64}

LARGE = 3 * 2**20
"""Bytes from which on the sweep goes block by block (`mygrad.engine.blocks`): of smaller arrays, those of a
formula fit into the cache as they are."""

MANY = 4096
"""Elements from which on it pays to look for ties with a constant, so as not to keep the operand."""

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
    _saved : Saved, Parts, SHARED or None
        The cell through which nodes remember the present value, if they do and the memory is private.
    _view : View or None
        For a view: of what, and how.
    _shape : tuple or None
        The shape of the value, if it is known to be an array of float64 with axes, which nobody else can give
        another one. Elementwise results share the tuple with their operands, which are alike where it is the
        same one: that is quicker than to compare shapes and dtypes.
    """

    __slots__ = ("__dict__", "__weakref__", "_node", "_saved", "_shape", "_value", "_view")


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
    in_shape : bool
        Whether shapes are all that differs: there is no mask, and one dtype.
    large : bool
        Whether a parent is so large that the sweep does well to go block by block.
    """

    __slots__ = ("dtype", "in_shape", "large", "mask", "parents", "shape")

    def __init__(self, shape, dtype, parents, mask=None):
        self.shape = shape
        self.dtype = dtype
        self.parents = parents
        self.mask = mask
        self.in_shape, self.large = mask is None, False
        for shape, of in parents:
            if of != dtype:
                self.in_shape = False
            if prod(shape) * of.itemsize >= LARGE:
                self.large = True


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
def fit_of_part(shape, of) -> Fit:
    """The `Fit` of an array of float64, or of a number, that is part of an array of float64."""
    return Fit(shape, FLOAT64, ((of, FLOAT64),))


@lru_cache(4096)
def fit_with_element(shape) -> Fit:
    """The `Fit` of an array of float64 of this shape into which a number of float64 was written."""
    return Fit(shape, FLOAT64, ((shape, FLOAT64), ((), FLOAT64)))


def make(data, node=None):
    """A tensor with this value and node."""
    t = new(handle_type)
    t._value = data
    t._node = node
    t._saved = t._view = t._shape = None
    return t


def new_node(rule, saved, fit, parent, other=None, *rest):
    """A node made by `rule` from its parents."""
    node = Node()
    node.order = tick()
    node.rule = rule
    node.parent = parent
    node.other = other
    node.rest = rest
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


def recorders_of(rule):
    """The function that computes ``rule.ufunc`` of its operands and records it; for two operands also that of
    a tensor and the constant that comes before it."""
    count = len(rule.inputs)
    if count > 2:
        return recorder_of_several(rule), None
    if count == 1:
        return recorder_of_one(rule), None
    of_two, after_constant = partial(binary, rule), lambda x, y: binary(rule, y, x)
    if not _keeps_float64(rule.ufunc):
        return of_two, after_constant
    with_constant = recorder_with_constant(rule, 0, of_two)
    return recorder_of_two(rule, with_constant), recorder_with_constant(rule, 1, after_constant)


def _keeps_float64(function):
    """Whether arrays of float64 give one of float64: then shapes can be told by their tuple."""
    kinds = getattr(function, "types", None)
    return kinds is None or "d" * function.nin + "->d" in kinds


def recorder_of_one(rule):
    """The function that computes ``rule.ufunc(x)`` of a tensor, and records it."""
    ufunc, pattern = rule.ufunc, rule.unary
    source, keeps_float64 = pattern.source, _keeps_float64(rule.ufunc)

    def record(x):
        out = ufunc(x._value)
        t = new(handle_type)
        t._value = out
        t._saved = t._view = None
        shape = t._shape = x._shape if keeps_float64 else None
        if not recording():
            t._node = unrecorded(out)
            return t
        parent = x._node
        if parent is None or parent.cotangent is not None:
            parent = node_of(x)
            if parent is None:
                t._node = None
                return t
        t._node = node = Node()
        node.order = tick()
        node.rule = pattern
        node.parent = parent
        node.other = None
        node.rest = ()
        node.fit = None if shape is not None or out.dtype is x._value.dtype else fit_of(out, x._value)
        node.cotangent = node.grad = None
        node.mark = 0
        if source is NOTHING:
            node.saved = None
        elif source is SEVERAL:
            node.saved = pattern.save((x,), t)
        else:
            kept = t if source is RESULT else x
            if shape is None and type(kept._value) is float64:
                node.saved = kept._value  # a number, which nobody can write into, needs no cell
            else:
                cell = kept._saved
                node.saved = cell if type(cell) is Saved else remember(kept)
        return t

    return record


def recorder_of_two(rule, other):
    """The function that computes ``rule.ufunc(x, y)`` of a tensor and another, or a Python number.

    Where `y` is something else it is ``other(x, y)``, so that the function can be an operator in one call.
    """
    ufunc, first, both, same = rule.ufunc, rule.first, rule.both, rule.same
    operator = rule.operator or ufunc  # NumPy's scalars are quicker by themselves than in a ufunc
    save = None if both.source is NOTHING else both.save
    save_first = None if first.source is NOTHING else first.save
    saves_number = first.source == 1
    whole, wide = _takes_whole(ufunc), _wide(rule)
    number_whole = whole and ufunc is not pow  # a number of NumPy's makes a float of an exponent

    def record(x, y):
        p, shape = x._value, x._shape
        number = None  # its cell, if `y` is one
        alike = True  # whether shapes and dtypes are
        kind = type(y)
        if kind is handle_type:
            q = y._value
            if shape is not None and shape is y._shape:  # they have been found alike before
                out = ufunc(p, q)
            elif type(p) is ndarray and type(q) is ndarray:
                known, shape, dtype = shape or y._shape, p.shape, p.dtype
                if shape == q.shape:
                    out = ufunc(p, q)
                    alike = dtype is q.dtype is out.dtype
                    if shape and alike and dtype is FLOAT64:  # from now on they share the tuple
                        shape = known or shape
                        if x._saved is not SHARED:
                            x._shape = shape
                        if y._saved is not SHARED:
                            y._shape = shape
                    else:
                        shape = None
                else:
                    out = ufunc(p, q) if p.size + q.size < wide else broadcasting(ufunc, p, q)
                    alike, shape = False, None
            else:
                p = p[()] if type(p) is ndarray and not p.ndim else p
                q = q[()] if type(q) is ndarray and not q.ndim else q
                if type(p) is float64 and type(q) is float64:
                    out = operator(p, q)
                elif p.dtype is FLOAT64 and q.dtype is FLOAT64:  # an array and a number
                    out = ufunc(p, q)
                    alike, shape = False, shape or y._shape
                else:
                    return binary(rule, x, y)
        elif kind is not float and (kind is not int or (number_whole if type(p) is float64 else whole)):
            return other(x, y)
        elif shape is not None or (type(p) is ndarray and p.ndim):
            if operator is ufunc or (shape is None and p.dtype is not FLOAT64):
                return other(x, y)
            if shape is None:
                shape = p.shape
                if x._saved is not SHARED:
                    x._shape = shape
            number = arrays.get(y) or cell_of_number(y, arrays)
            out = ufunc(p, number.value)  # a ufunc is quickest with arrays
        else:
            p = p[()] if type(p) is ndarray else p
            if type(p) is not float64:
                return other(x, y)
            number = floats.get(y) or cell_of_number(y, floats)
            out = operator(p, y)
        t = new(handle_type)
        t._value = out
        t._saved = t._view = None
        t._shape = shape
        if not recording():
            t._node = unrecorded(out)
            return t
        a = x._node
        if a is None:
            a = node_of(x)
        elif a.cotangent is not None:
            a = renew(x)
        if number is not None:
            if a is None:
                t._node = None
                return t
            t._node = node = Node()
            node.rule = first
            node.other = node.fit = None
            node.saved = number if saves_number else save_first and save_first((x, number), t)
        else:
            b = a if y is x else y._node
            if b is None:
                b = node_of(y)
            elif b.cotangent is not None:
                b = renew(y)
            if a is None or b is None:
                return linked(rule, t, x, y, p, q, a, b)
            t._node = node = Node()
            if a is b and same is not None:
                node.rule = same
                node.other = None
                node.fit = None if alike else fit_of(out, p)
                cell = x._saved
                node.saved = cell if type(cell) is Saved else remember(x)
            else:
                node.rule = both
                node.other = b
                node.fit = None if alike else fit_of(out, p, q)
                node.saved = save and save((x, y), t)
        node.parent = a
        node.order = tick()
        node.rest = ()
        node.cotangent = node.grad = None
        node.mark = 0
        return t

    return record


def recorder_with_constant(rule, place, other):
    """The function that computes ``rule.ufunc`` of a tensor `x`, the operand at `place`, and a constant `y`,
    which is a Python number or an array, and records it; where `y` is something else, ``other(x, y)``."""
    ufunc = rule.ufunc
    operator = rule.operator or ufunc
    pattern, untied = (rule.second, rule.untied[1]) if place else (rule.first, rule.untied[0])
    source = pattern.source
    takes_whole, wide = _takes_whole(ufunc), _wide(rule)

    def record(x, y):
        p, shape = x._value, x._shape
        kind = type(y)
        constant = y
        alike = True  # whether shapes and dtypes are
        if kind is float or kind is int:
            whole = kind is int and takes_whole
            if type(p) is float64 and not whole:
                constant = floats.get(y) or cell_of_number(y, floats)
                out = operator(y, p) if place else operator(p, y)
            elif type(p) is not ndarray:
                return binary(rule, y, x) if place else binary(rule, x, y)
            elif whole or (shape is None and p.dtype is not FLOAT64):
                out = ufunc(y, p) if place else ufunc(p, y)
                alike = p.dtype is out.dtype
                shape = shape if alike else None
            elif shape is not None or p.ndim:  # a ufunc is quickest with arrays
                if shape is None:
                    shape = p.shape
                    if x._saved is not SHARED:
                        x._shape = shape
                constant = arrays.get(y) or cell_of_number(y, arrays)
                out = ufunc(constant.value, p) if place else ufunc(p, constant.value)
            else:
                constant = floats.get(y) or cell_of_number(y, floats)
                out = operator(y, p[()]) if place else operator(p[()], y)
        elif kind is ndarray and y.ndim and y.dtype.kind in "fcbiu":
            if p.shape == y.shape or p.size + y.size < wide:
                out = ufunc(y, p) if place else ufunc(p, y)
            else:
                out = broadcasting(ufunc, y, p) if place else broadcasting(ufunc, p, y)
            alike = p.shape == out.shape and p.dtype is out.dtype
            shape = shape if alike else None
        else:
            return other(x, y)
        t = new(handle_type)
        t._value = out
        t._saved = t._view = None
        t._shape = shape
        if not recording():
            t._node = unrecorded(out)
            return t
        parent = x._node
        if parent is None or parent.cotangent is not None:
            parent = node_of(x)
            if parent is None:
                t._node = None
                return t
        t._node = node = Node()
        node.order = tick()
        node.rule = pattern
        node.parent = parent
        node.other = None
        node.rest = ()
        node.fit = None if alike else fit_of(out, p)
        node.cotangent = node.grad = None
        node.mark = 0
        if source is NOTHING:
            node.saved = None
        elif source == 1 - place and type(constant) is Saved:
            node.saved = constant
        elif untied is not None and kind is not ndarray and out.size > MANY and differ(p, y):
            node.rule = untied
            node.saved = untied.save((constant, x) if place else (x, constant), t)
        else:
            node.saved = pattern.save((constant, x) if place else (x, constant), t)
        return t

    return record


def _takes_whole(function):
    """Whether the second operand may be a whole number that isn't the same as a float: np.ldexp's."""
    kinds = getattr(function, "types", None)
    return kinds is None or any(kind[0] in "efdg" and kind[1] in "bhilqBHILQ" for kind in kinds)


def _wide(rule):
    """Elements from which on it matters how NumPy reads operands of different shapes.

    Only what has an operator is sure to be the same to the last bit however it is read.
    """
    return inf if rule.operator is None else WIDE


def differ(values, number) -> bool:
    """Whether no element is equal to a number, which is no NaN."""
    return number == number and not np.any(values == number)


def recorder_of_several(rule):
    """The function that computes ``rule.ufunc`` of several operands, tensors, arrays or numbers, and records
    it."""
    ufunc = rule.ufunc

    def record(*operands):
        values = []
        for x in operands:  # as a list at once, which would be a call
            values.append(x._value if isinstance(x, Handle) else x)
        t = make(ufunc(*values))
        t._node = elementwise_node(rule, operands, values, t)
        return t

    return record


def elementwise_node(rule, operands, values, t, out=None, mask=None):
    """The node of the result `t` of these operands, whose values these are; `out` stands in for its value,
    where that has another shape or dtype, and a `mask` is that of ``where=``."""
    out = t._value if out is None else out
    if not recording():
        return unrecorded(out)
    active, parents, sources, alike = (), [], [], mask is None
    for i, x in enumerate(operands):
        source = values[i]
        if source is not x:  # as an array or a number is: it is a tensor
            node = x._node
            if node is None or node.cotangent is not None:
                node = node_of(x)
                if node is None:
                    continue
            active += (i,)
            parents.append(node)
            sources.append(source)
            alike = alike and source.shape == out.shape and source.dtype is out.dtype
    if not active or out.dtype.kind not in "fc":
        return None
    pattern = rule.patterns.get(active) or rule.pattern(active)
    saved = pattern.save(operands, t)
    fit = None if alike else fit_of(out, *sources)
    if mask is not None:
        fit = Fit(fit.shape, fit.dtype, fit.parents, remember_array(mask))
    return new_node(pattern, saved, fit, *parents)


def binary(rule, x, y):
    """``rule.ufunc(x, y)`` where at least one of `x` and `y` is a tensor, recorded: operands of all kinds."""
    p = x._value if isinstance(x, handle_type) else as_operand(x)
    q = y._value if isinstance(y, handle_type) else as_operand(y)
    if rule.operator is None:
        out = rule.ufunc(p, q)
    else:  # NumPy's scalars are quicker by themselves than in a ufunc
        if type(p) is ndarray and not p.ndim:
            p = p[()]
        if type(q) is ndarray and not q.ndim:
            q = q[()]
        scalars = type(p) in FLOATS and type(q) in FLOATS
        out = rule.operator(p, q) if scalars else rule.ufunc(p, q)
    t = make(out)
    if not RECORDING.get():
        t._node = unrecorded(out)
        return t
    a = node_of(x) if isinstance(x, handle_type) else None
    b = node_of(y) if isinstance(y, handle_type) else None
    return linked(rule, t, x, y, p, q, a, b)


def linked(rule, t, x, y, p, q, a, b):
    """The result `t` of the operands `x` and `y`, whose values are `p` and `q`, with its node made from the
    nodes `a` and `b`; one of them may be None."""
    if b is None:
        if a is None:
            t._node = None
            return t
        pattern, parents, sources = rule.first, (a,), (p,)
    elif a is None:
        pattern, parents, sources = rule.second, (b,), (q,)
    elif a is b and rule.same is not None:
        pattern, parents, sources = rule.same, (a,), (p,)
    else:
        pattern, parents, sources = rule.both, (a, b), (p, q)
    out = t._value
    alike = all(source.shape == out.shape and source.dtype is out.dtype for source in sources)
    operands = x if isinstance(x, handle_type) else p, y if isinstance(y, handle_type) else q
    saved = pattern.save(operands, t)
    t._node = new_node(pattern, saved, None if alike else fit_of(out, *sources), *parents)
    return t


def unrecorded(out):
    """The node of a result while nothing is recorded: a leaf, if it can have a derivative."""
    return leaf() if differentiable_dtype(out.dtype) else None


def cell_of(operand) -> Saved:
    """The cell that keeps the value of an operand: a tensor, an array, a scalar, or the cell itself."""
    if isinstance(operand, Handle):
        cell = operand._saved
        return cell if type(cell) is Saved else remember(operand)
    if type(operand) is Saved:
        return operand
    if type(operand) is float:
        return floats.get(operand) or cell_of_number(operand, floats)
    return remember_array(operand)


floats: dict[float | str, Saved] = {}
"""The cells of Python numbers: the body of a loop has the same few each time."""

arrays: dict[float | str, Saved] = {}
"""Those of arrays of float64 that stand for numbers, to combine with others."""


def cell_of_number(value, cells) -> Saved:
    """A new cell of a Python number, for `floats` or `arrays`, where it is kept."""
    value = float(value)
    key = value or ("0.0" if copysign(1.0, value) > 0 else "-0.0")  # which would be the same key
    cell = cells.get(key)
    if cell is None:
        if len(cells) > 2**14:
            cells.clear()
        cell = cells[key] = new_cell(value)
        if cells is arrays:
            cell.value = array = np.array(value)
            array.setflags(False)
    return cell
