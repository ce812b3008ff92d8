"""Every keyword and every method of a NumPy ufunc, once for all rules.

A rule knows nothing of ``out=``, ``where=`` or ``dtype=``, nor of ``reduce`` and its kin. A method that has
no rule of its own is composed here of calls of the ufunc, so that its derivative follows from the one
elementwise rule.
"""

import sys
from math import prod
from sys import getrefcount

import numpy as np

from mygrad.engine.calling import plain, with_value, written_to
from mygrad.engine.chapters import found_late, load_chapters
from mygrad.engine.memory import ALONE, SHARED, SMALL
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import new_cell
from mygrad.engine.record import (
    FLOAT64,
    Handle,
    as_operand,
    binary,
    differentiable_dtype,
    elementwise_node,
    linked,
    make,
    recorded_node,
)
from mygrad.engine.regions import ADD, SUBTRACT
from mygrad.engine.rule import Elementwise, Several, composites, not_differentiable, rules
from mygrad.engine.views import (
    add_at,
    holds_gradient,
    make_over,
    own_memory,
    unchanged_on_error,
    watched,
    write,
)
from mygrad.losses import lose

__all__ = ["augment", "call_ufunc", "reductions"]


def call_ufunc(ufunc, method, inputs, kwargs):
    """What `ufunc` does with tensors: the answer to ``__array_ufunc__``."""
    if method != "__call__":
        with unchanged_on_error(*inputs, kwargs.get("initial")):
            return _call_method(ufunc, method, inputs, kwargs)
    rule = rules.get(ufunc)
    if type(rule) is Elementwise:
        if not kwargs:
            if len(inputs) == 1:
                return rule.record(*inputs)
            if len(inputs) == 2:
                return binary(rule, *inputs)
            return rule.record(*[x if isinstance(x, Handle) else as_operand(x) for x in inputs])
        return _call_elementwise(rule, inputs, **kwargs)
    if type(rule) is Several:
        with unchanged_on_error(*inputs):
            return _call_several(rule, inputs, **kwargs)
    if ufunc in composites:
        with unchanged_on_error(*inputs):
            return composites[ufunc](*inputs, **kwargs)
    if rule is not None:
        if "out" not in kwargs:  # a function uses its tensors when nothing can fail any more
            return rule(*inputs, **kwargs)
        with unchanged_on_error(*inputs):
            return rule(*inputs, **kwargs)
    if ufunc not in not_differentiable:
        if found_late(ufunc):
            return call_ufunc(ufunc, method, inputs, kwargs)
        _refuse_gradient(ufunc, inputs)
        return _as_constants(_without_gradient(ufunc, inputs, kwargs))
    return _without_gradient(ufunc, inputs, kwargs)


def _refuse_gradient(ufunc, inputs):
    for x in inputs:
        if recorded_node(x) is not None:
            raise TypeError(
                f"The ufunc {ufunc.__name__!r} was given a tensor that carries a gradient, and its "
                f"derivative isn't known here. "
                f"Say it, mygrad.define_rule({ufunc.__name__}, derivative=lambda x: ...), or leave the graph "
                f"on purpose with x.data."
            )


def _as_constants(result):
    if isinstance(result, tuple):
        return tuple(map(_as_constants, result))
    differentiable = isinstance(result, (np.ndarray, np.generic)) and result.dtype.kind in "fcbiu"
    return make(result) if differentiable else result


def _without_gradient(ufunc, inputs, kwargs, method="__call__"):
    """Call `ufunc` on values alone; NumPy's answer, but for tensors given as ``out``, which are written."""
    outs = kwargs.pop("out", None)
    outs = outs if isinstance(outs, tuple) else (outs,)
    given = any(out is not None for out in outs)
    kwargs = {name: plain(value) for name, value in kwargs.items()}
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    if not any(isinstance(out, Handle) for out in outs):
        if given:
            kwargs["out"] = tuple(outs)
        return function(*map(plain, inputs), **kwargs)
    copies = tuple(np.array(own_memory(out)) if isinstance(out, Handle) else out for out in outs)
    results = function(*map(plain, inputs), **kwargs, out=copies)
    results = results if isinstance(results, tuple) else (results,)
    answers = []
    for out, result in zip(outs, results, strict=True):
        if isinstance(out, Handle):
            write(out, lambda array, result=result: np.copyto(array, result), None, result)
        answers.append(result if out is None else out)
    return answers[0] if len(answers) == 1 else tuple(answers)


def _call_elementwise(rule, inputs, out=None, where=True, **kwargs):
    """A call with keywords."""
    operands = [x if isinstance(x, Handle) else as_operand(x) for x in inputs]
    datas = [plain(x) for x in operands]
    mask = None
    if where is not True:
        mask = plain(where) if isinstance(where, (Handle, np.ndarray)) else np.asarray(where, dtype=bool)
        kwargs["where"] = mask
    if out is not None:
        if isinstance(out, tuple):
            if len(out) != 1:
                raise ValueError(f"{rule.ufunc.__name__} has 1 output; out= has {len(out)}.")
            (out,) = out
        if out is not None:
            return _call_into(rule, operands, datas, out, mask, kwargs)
    data = rule.ufunc(*datas, **kwargs)
    if not hasattr(data, "dtype"):  # of objects, NumPy's answer may be one
        raise TypeError(f"{rule.ufunc.__name__} gives data of dtype object here, which tensors can't hold.")
    t = make(data)
    t._node = elementwise_node(rule, operands, datas, t, data, mask)
    return t


def augment(rule, t, other):
    """``t op= other`` of an elementwise ufunc: ``ufunc(t, other, out=t)``."""
    if t._view is None and _is_unseen(t, other):
        result = rule.record(t, other)
        t._value, t._node, t._saved, t._shape = result._value, result._node, result._saved, result._shape
        return t
    if not isinstance(other, Handle):
        other = as_operand(other)
    operands, datas = (t, other), (t._value, plain(other))
    if holds_gradient(t) or holds_gradient(other):
        return _call_into(rule, operands, datas, t, None, {})
    return _written_into(rule, operands, datas, t, None, {})


def _is_unseen(t, other):
    """Whether the base `t` alone can see its array, which is small, and what `other` makes of it may take its
    place unnoticed: the array needn't be written, nor what is remembered of it be copied before."""
    values, cell = t._value, t._saved
    data = other._value if isinstance(other, Handle) else other
    return (
        type(values) is np.ndarray
        and values.dtype is FLOAT64
        and cell is not SHARED
        and values.ndim > 0
        and values.nbytes <= SMALL
        and _combines_to(values, data)
        and getrefcount(values) == ALONE + (cell is not None)
        and values.flags.carray  # it is writeable, and in C order
        and values.base is None
        and not watched
        and RECORDING.get()
    )


def _combines_to(values, data):
    """Whether arithmetic of `values`, of float64, with `data` gives an array like it, laid out alike."""
    kind = type(data)
    if kind is np.ndarray:
        alike = data.dtype is FLOAT64 and data.shape == values.shape
        return alike and (data.ndim == 1 or data.flags.c_contiguous)
    return kind is float or kind is int


def _call_into(rule, operands, datas, out, mask, kwargs):
    with unchanged_on_error(out, *operands):
        return _written_into(rule, operands, datas, out, mask, kwargs)


def _written_into(rule, operands, datas, out, mask, kwargs):
    target = out if isinstance(out, Handle) else make_over(out)
    if operands[0] is target and target._view is not None and mask is None and not kwargs:
        addition = ADDITIONS.get(rule.ufunc)
        if addition is not None:
            _, value = operands
            write(
                target,
                lambda array: rule.ufunc(*datas, out=array),
                recorded_node(value),
                datas[1] if hasattr(datas[1], "dtype") else np.asarray(datas[1]),
                rule=addition,
            )
            return target
    values = own_memory(target)
    # The cells of the operands are made before the write that may change them, the cell of the result is
    # filled after.
    result = make(values)
    result._saved = cell = new_cell(None)
    nodes, node, value = [recorded_node(x) for x in operands], None, values
    if any(n is not None for n in nodes):
        if rule.operator is not None and not kwargs and all(_goes_into(x, values.dtype) for x in datas):
            node = linked(rule, result, *operands, *datas, *nodes)._node
        else:
            value = _stand_in(rule.ufunc, datas, kwargs, values)
            node = elementwise_node(rule, operands, datas, result, value, mask)
    write(target, lambda array: rule.ufunc(*datas, **kwargs, out=array), node, value, mask=mask, ours=True)
    if target._view is None and target._saved is None:
        cell.value = values
        target._saved = cell
    elif node is not None and _holds(node, cell):
        cell.value = values.copy()
    return target


ADDITIONS = {np.add: ADD, np.subtract: SUBTRACT}
"""What ``view += value`` is to the base of the view: no other node is needed."""


def _holds(node, cell):
    """Whether what `node` saved is or has `cell`."""
    return node.saved is cell or (type(node.saved) is tuple and any(item is cell for item in node.saved))


def _goes_into(data, dtype):
    """Whether arithmetic of `data` with floats of this dtype gives them again."""
    kind = type(data)
    return dtype.kind == "f" and (kind is float or kind is int or getattr(data, "dtype", None) is dtype)


def _stand_in(ufunc, datas, kwargs, values):
    """An array with the shape of `values`, and the dtype that the result has before it is cast into them."""
    dtype = kwargs.get("dtype")
    if dtype is None:
        dtypes = [type(x) if type(x) in (int, float, complex) else np.asarray(x).dtype for x in datas]
        dtype = ufunc.resolve_dtypes((*dtypes, *[None] * ufunc.nout))[-1]
    dtype = np.dtype(dtype)
    return values if dtype == values.dtype else np.broadcast_to(np.zeros((), dtype), values.shape)


def _call_several(rule, inputs, *outs, out=(), where=True, **kwargs):
    """A ufunc with several outputs: those without a rule are NumPy's own."""
    operands = [x if isinstance(x, Handle) else as_operand(x) for x in inputs[: rule.ufunc.nin]]
    outs = tuple(inputs[rule.ufunc.nin :]) or tuple(out) or (None,) * rule.ufunc.nout
    outs = tuple(o if o is None or isinstance(o, Handle) else make_over(o) for o in outs)
    datas = [plain(x) for x in operands]
    mask = None
    if where is not True:
        mask = plain(where) if isinstance(where, (Handle, np.ndarray)) else np.asarray(where, dtype=bool)
        kwargs["where"] = mask
        # What is not computed keeps what is there: the values to be written to.
        kwargs["out"] = tuple(None if o is None else np.array(plain(o)) for o in outs)
    results = rule.ufunc(*datas, **kwargs)
    answers = []
    for one, data, target in zip(rule.outputs, results, outs, strict=True):
        result = data
        node = None
        if one is not None:
            result = make(data)
            node = elementwise_node(one, operands, datas, result, data, mask)
            result._node = node
        if target is not None:
            result = target
            write(
                result,
                lambda array, data=data: np.copyto(array, data, casting="same_kind"),
                node,
                data,
                mask=mask,
            )
        answers.append(result)
    return tuple(answers)


# ---------------------------------------------------------------------------------------------------- methods


def _call_method(ufunc, method, inputs, kwargs):
    if method == "accumulate" and not np.ndim(plain(inputs[0])):
        ufunc.accumulate(plain(inputs[0]), *inputs[1:2], **{k: v for k, v in kwargs.items() if k == "axis"})
    own = composites.get((ufunc, method))
    if own is not None:
        return own(*inputs, **kwargs)
    if ufunc in not_differentiable:
        if method == "at" and isinstance(inputs[0], Handle):
            return _constant_at(ufunc, *inputs)
        return _without_gradient(ufunc, inputs, kwargs, method)
    known = ufunc in rules or (found_late(ufunc) and ufunc in rules)
    operands = inputs if method != "reduce" else (*inputs, kwargs.get("initial"))
    carries = any(recorded_node(x) is not None for x in operands)
    if not known and carries:
        _refuse_gradient(ufunc, operands)
    if not carries and method != "at":
        into = kwargs.get("out") is not None
        result = _without_gradient(ufunc, inputs, kwargs, method)
        return result if isinstance(result, Handle) else make_over(result) if into else _as_constants(result)
    return _methods[method](ufunc, *inputs, **kwargs)


def _constant_at(ufunc, a, indices, *b):
    values = np.array(a._value)
    ufunc.at(values, plain(indices), *map(plain, b))
    write(a, lambda array: np.copyto(array, values), None, values)


def _one_axis(array, axis):
    """`array` with the axes to reduce merged into the first, and their positions."""
    shape = np.shape(array)
    # NumPy lets what has no axes be reduced along the first.
    axes = tuple(range(len(shape))) if axis is None or not shape else axis
    axes = np.lib.array_utils.normalize_axis_tuple(axes, len(shape))
    rest = tuple(i for i in range(len(shape)) if i not in axes)
    front = np.transpose(array, axes + rest)
    return np.reshape(front, (prod(shape[i] for i in axes), *[shape[i] for i in rest])), axes


def _for_loop(array, dtype, out, answer):
    """NumPy's own answer, which decides what is an error, and `array` in the dtype of the loop."""
    if isinstance(out, tuple) and len(out) == 1:
        (out,) = out
    into = np.empty_like(plain(out)) if isinstance(out, (Handle, np.ndarray)) else out
    expected = answer(plain(array), dtype, into)
    dtype = expected.dtype if dtype is None else np.dtype(dtype)
    array = array if isinstance(array, Handle) else np.asarray(array)
    return expected, array if array.dtype == dtype else array.astype(dtype)


reductions: dict = {}
"""The rules of methods `reduce` that aren't differentiated step by step, by the ufunc: functions of an array
of floats, the axis and ``keepdims``."""


def _reduce(ufunc, array, axis=0, dtype=None, out=None, keepdims=False, initial=np._NoValue, where=True):
    simple = dtype is None and out is None and initial is np._NoValue and where is True
    if simple and np.ndim(plain(array)) and differentiable_dtype(array.dtype):
        if ufunc not in reductions:
            load_chapters()
        if ufunc in reductions:
            return reductions[ufunc](array, axis, bool(keepdims))
    options = {} if initial is np._NoValue else {"initial": plain(initial)}
    if where is not True:
        options["where"] = plain(where)
    expected, array = _for_loop(
        array,
        dtype,
        out,
        lambda a, dtype, out: ufunc.reduce(a, axis, dtype, out, keepdims, **options),
    )
    rows, axes = _one_axis(array, axis)
    masks = None if where is True else _one_axis(np.broadcast_to(plain(where), np.shape(array)), axis)[0]
    nothing = None if len(rows) else np.sum(rows, axis=0)
    rows = list(rows)
    if isinstance(initial, Handle):
        total = initial
    elif initial is not np._NoValue and initial is not None:
        total = np.asarray(initial, expected.dtype)
    elif masks is None and rows:
        total, rows = rows[0], rows[1:]
    else:
        total = np.asarray(ufunc.identity, expected.dtype)  # NumPy has said that there is one
    if nothing is not None:  # the result depends on what is empty, in no element
        total = total + nothing
    for i, row in enumerate(rows):
        step = ufunc(total, row)
        total = step if masks is None else np.where(masks[i], step, total)
    if keepdims:
        total = np.expand_dims(np.broadcast_to(total, np.squeeze(expected, axes).shape), axes)
    elif np.shape(total) != expected.shape:
        total = np.broadcast_to(total, expected.shape)
    return written_to(out, with_value(expected, total))


def _accumulate(ufunc, array, axis=0, dtype=None, out=None):
    expected, array = _for_loop(
        array, dtype, out, lambda a, dtype, out: ufunc.accumulate(a, axis, dtype, out)
    )
    rows = np.moveaxis(array, axis, 0)
    totals = list(rows[:1])
    for row in rows[1:]:
        totals.append(ufunc(totals[-1], row))
    return written_to(out, with_value(expected, np.moveaxis(np.stack(totals), 0, axis) if totals else array))


def _reduceat(ufunc, array, indices, axis=0, dtype=None, out=None):
    indices = plain(indices)
    expected, array = _for_loop(
        array, dtype, out, lambda a, dtype, out: ufunc.reduceat(a, indices, axis, dtype, out)
    )
    starts = np.asarray(indices, np.intp)
    rows = np.moveaxis(array, axis, 0)
    parts = []
    for i, start in enumerate(starts):
        stop = starts[i + 1] if i + 1 < len(starts) else len(rows)
        parts.append(ufunc.reduce(rows[start:stop], axis=0) if start < stop else rows[start])
    total = np.moveaxis(np.stack(parts), 0, axis) if parts else np.moveaxis(rows[:0], 0, axis)
    return written_to(out, with_value(expected, total))


def _outer(ufunc, a, b, **kwargs):
    a = a if isinstance(a, Handle) else np.asarray(a)
    b = b if isinstance(b, Handle) else np.asarray(b)
    return ufunc(np.reshape(a, a.shape + (1,) * b.ndim), b, **kwargs)


def _at(ufunc, a, indices, *b):
    """``a[indices] = ufunc(a[indices], b)``, where an element that is named k times is updated k times."""
    if not isinstance(a, (Handle, np.ndarray)):
        raise TypeError("first operand must be array")
    values = plain(a)
    if not isinstance(a, Handle):
        if any(recorded_node(x) is not None for x in b):
            lose(
                f"{ufunc.__name__}.at was asked to add a value that carries a gradient into a plain array, "
                f"which can't carry it on. Make the array a tensor: mygrad.tensor(a).",
                sys._getframe(),
            )
        ufunc.at(a, plain(indices), *map(plain, b))
        return
    if ufunc is np.add or ufunc is np.subtract:
        index = plain(indices)
        try:
            if add_at(a, index, b[0] if ufunc is np.add else np.negative(b[0])):
                return
        except (IndexError, TypeError, ValueError):  # NumPy says below what can't be
            pass
    ufunc.at(np.array(values), plain(indices), *map(plain, b))
    # As NumPy does, so that an operand that overlaps is read before it is written.
    b = [np.copy(x) if np.may_share_memory(plain(x), values) else x for x in b]
    places = np.arange(values.size).reshape(values.shape)[plain(indices)]
    b = [np.broadcast_to(x, places.shape) for x in b]
    if not places.size:
        return
    flat = places.ravel()
    # In round k each element is updated by what names it for the k-th time.
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]]
    rounds = np.empty(flat.size, dtype=np.intp)
    rounds[order] = np.arange(flat.size) - np.maximum.accumulate(np.where(first, np.arange(flat.size), 0))
    for k in range(rounds.max() + 1):
        chosen = np.flatnonzero(rounds == k)
        index = np.unravel_index(flat[chosen], values.shape)
        a[index] = ufunc(a[index], *[np.reshape(x, -1)[chosen] for x in b])


_methods = {"reduce": _reduce, "accumulate": _accumulate, "reduceat": _reduceat, "outer": _outer, "at": _at}
