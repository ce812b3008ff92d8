"""Sums, products and extremes along axes.

``expanded`` gives a reduced array its axes back, so that it broadcasts against what it was reduced from.
"""

import math

import numpy as np

from mygrad.engine.buffers import broadcasting
from mygrad.engine.calling import plain
from mygrad.engine.function import general
from mygrad.engine.indexing import only_where
from mygrad.engine.mending import has_nan
from mygrad.engine.rule import aliases, composite, rules
from mygrad.engine.sums import LONG
from mygrad.rules.arguments import of_dtype, values_of

LEAST, GREATEST = 1e3 * float(np.finfo(float).tiny), float(np.finfo(float).max)
"""Between these are numbers of double precision by which it is safe to divide."""

SMALL = 2048
"""Elements up to which memory is cheaper than a call of Python code."""


def expanded(reduced, axis, keepdims, ndim):
    """`reduced`, with length 1 where axes were reduced."""
    if keepdims or not ndim or (axis is None and reduced.ndim == 0):
        return reduced
    if type(axis) is int:
        shape, axis = reduced.shape, axis % ndim
        return reduced.reshape((*shape[:axis], 1, *shape[axis:]))
    if type(axis) is tuple:
        axes, lengths = [i % ndim for i in axis], iter(reduced.shape)
        return reduced.reshape([1 if i in axes else next(lengths) for i in range(ndim)])
    return np.expand_dims(reduced, range(ndim) if axis is None else axis)


def reduced(result, axis, keepdims):
    """`result`, of length 1 along axes that were reduced, without these unless they are kept."""
    return result if keepdims else np.squeeze(result, axis)


def stretched(cotangent, shape):
    """``np.broadcast_to``; of a small array a copy, which takes less time than a view."""
    small = math.prod(shape) < SMALL
    if type(cotangent) is np.float64:  # whose attributes are slow to read
        if small:
            out = np.empty(shape)
            out.fill(cotangent)
            return out
        cotangent = np.asarray(cotangent)
    elif not isinstance(cotangent, (np.ndarray, np.generic)):
        return np.broadcast_to(cotangent, shape)
    if small:
        out = np.empty(shape, cotangent.dtype)
        out[...] = cotangent
        return out
    if not cotangent.ndim:
        cotangent, strides = np.asarray(cotangent), (0,) * len(shape)
    elif cotangent.ndim == len(shape) and cotangent.flags.c_contiguous:
        strides = tuple([0 if n == 1 else s for n, s in zip(cotangent.shape, cotangent.strides)])
    else:
        return np.broadcast_to(cotangent, shape)
    # What NumPy finds out with an iterator, in a fraction of its time.
    view = np.ndarray(shape, cotangent.dtype, cotangent, 0, strides)
    view.setflags(False)
    return view


def masked(cotangent, where):
    """`cotangent`, 0 where elements were left out by ``where=``."""
    if where is None or where is True:
        return cotangent
    return only_where(where, cotangent)


def sum_vjp(g, a_shape, axis, keepdims, where):
    """The cotangent is stretched along the axes that were summed."""
    if axis is not None and not keepdims:
        g = expanded(g, axis, keepdims, len(a_shape))
    c = stretched(g, a_shape)
    return c if where is None or where is True else only_where(where, c)


# The engine adds up what was broadcast: each of the sums starts with the one ``initial=``.
general(
    np.sum,
    method=np.ndarray.sum,
    vjp={
        "a": sum_vjp,
        "initial": lambda g: g,
    },
    jvp={
        "a": lambda t, axis, keepdims, where: np.sum(masked(t, where), axis=axis, keepdims=bool(keepdims)),
        "initial": lambda t: t,
    },
)


def chosen_of(a, out, axis, keepdims, where, initial):
    """Which elements are the extreme, whether `initial` is, and how many are for each result.

    Where the result is NaN, these are the NaNs.
    """
    values, top = plain(a), expanded(plain(out), axis, keepdims, a.ndim)
    chosen, nan = values == top, False
    if has_nan(top):
        nan = np.isnan(top)
        chosen = np.where(nan, np.isnan(values), chosen)
    if where is not None and where is not True:
        chosen &= where
    if initial is None and np.count_nonzero(chosen) == top.size:  # as each has one, which is no tie
        return chosen, None, 1
    count = np.count_nonzero(chosen, axis=axis, keepdims=True)
    if initial is None:
        return chosen, None, count
    start = values_of(initial)
    first = (top == start) | (nan & np.isnan(start))
    return chosen, first, count + first


def shared(share, count, dtype):
    if type(count) is int or not np.any(count > 1):
        return share
    return share / np.maximum(count, 1).astype(dtype)


def extreme_vjp(g, a, out, axis, keepdims, where, initial):
    """The cotangent goes to the elements that are the extreme; those that tie share it evenly, and
    ``initial=`` is one of them. What wasn't chosen doesn't count, even if the cotangent is infinite."""
    chosen, _, count = chosen_of(a, out, axis, keepdims, where, initial)
    return only_where(chosen, shared(expanded(g, axis, keepdims, a.ndim), count, a.real.dtype))


def extreme_places(g, a, out, axis, keepdims, where, initial):
    """The same, where rows are long: by the places of the extremes."""
    if initial is not None or out.size * 16 > a.size:
        return None
    chosen, _, count = chosen_of(a, out, axis, keepdims, where, initial)
    if type(count) is int and axis in (None, -1, a.ndim - 1):  # one of each row, in their order
        length = a.size // g.size
        if length < LONG:
            return [(np.flatnonzero(chosen), g.reshape(-1))]
        firsts = chosen.reshape(-1, length).argmax(1)  # which looks no further
        return [(np.arange(0, a.size, length) + firsts, g.reshape(-1))]
    places = np.flatnonzero(chosen)
    if places.size * 16 > a.size:
        return None
    share = shared(expanded(g, axis, keepdims, a.ndim), count, a.dtype)
    rows = np.broadcast_to(np.arange(share.size).reshape(share.shape), a.shape)
    return [(places, share.reshape(-1)[rows[np.unravel_index(places, a.shape)]])]


def initial_vjp(g, a, out, axis, keepdims, where, initial):
    _, first, count = chosen_of(a, out, axis, keepdims, where, initial)
    return only_where(first, shared(expanded(g, axis, keepdims, a.ndim), count, a.real.dtype))


def extreme_jvp(t, a, out, axis, keepdims, where, initial):
    """The mean of the tangents of the elements that are the extreme."""
    chosen, _, count = chosen_of(a, out, axis, keepdims, where, initial)
    share = shared(only_where(chosen, t), count, a.real.dtype)
    return np.sum(share, axis=axis, keepdims=bool(keepdims))


def initial_jvp(t, a, out, axis, keepdims, where, initial):
    _, first, count = chosen_of(a, out, axis, keepdims, where, initial)
    return np.reshape(shared(only_where(first, t), count, a.real.dtype), out.shape)


general(
    np.max,
    method=np.ndarray.max,
    vjp={"a": extreme_vjp, "initial": initial_vjp},
    jvp={"a": extreme_jvp, "initial": initial_jvp},
    selects=True,
    few=extreme_places,
)
general(
    np.min,
    method=np.ndarray.min,
    vjp={"a": extreme_vjp, "initial": initial_vjp},
    jvp={"a": extreme_jvp, "initial": initial_jvp},
    selects=True,
    few=extreme_places,
)


def others_product(a, axis):
    """For each element the product of the others along `axis`: by products from both sides, so that zeros do
    no harm."""
    n = a.shape[axis]
    if n < 2:
        return np.ones_like(a)
    head = np.cumprod(np.take(a, range(n - 1), axis=axis), axis=axis)
    tail = np.flip(np.cumprod(np.flip(np.take(a, range(1, n), axis=axis), axis), axis=axis), axis)
    one = np.ones_like(np.take(a, [0], axis=axis))
    return np.concatenate([one, head], axis=axis) * np.concatenate([tail, one], axis=axis)


def product(a, axis, keepdims, where):
    """``np.prod`` of what `where` leaves."""
    if where is not None and where is not True:
        a = np.where(where, a, np.ones_like(a))
    return np.prod(a, axis=axis, keepdims=bool(keepdims))


def ordinary(x, factor=None):
    """Whether nothing in `x` is 0, overflowed or came near to underflow, but for what a `factor` of 0 made
    0."""
    values = plain(x)
    if type(values) is np.float64:  # a single number, whose attributes are slow to read
        return LEAST <= abs(values) <= GREATEST or (factor is not None and 0 == values == plain(factor))
    limits = np.finfo(values.dtype)
    if values.dtype.kind == "f" and values.min(initial=1.0) > 1e3 * limits.tiny:  # as most are
        return bool(values.max(initial=0.0) <= limits.max)
    size = np.abs(values)
    if not size.max(initial=0.0) <= limits.max:
        return False
    if size.min(initial=1.0) > 1e3 * limits.tiny:
        return True
    return factor is not None and bool(np.all((size > 1e3 * limits.tiny) | (values_of(factor) == 0)))


def prod_vjp(g, a, out, axis, keepdims, where, initial):
    """``g * out / a``, or the product of the others where that is 0 or out of the range."""
    if ordinary(out) and ordinary(share := g * out, g):  # then it is one division for each element
        return masked(broadcasting(np.divide, expanded(share, axis, keepdims, a.ndim), a), where)
    partials = prod_partials(a, out, axis, keepdims, where, initial)
    return masked(expanded(g, axis, keepdims, a.ndim) * partials, where)


def prod_partials(a, out, axis, keepdims, where, initial):
    """The partial derivatives of ``np.prod``, shaped like `a`."""
    ndim = a.ndim
    if ordinary(out):  # then the quotient is as good
        return expanded(out, axis, keepdims, ndim) / a
    if ndim == 0:
        partials = np.ones_like(a)
    else:
        if where is not None and where is not True:
            a = np.where(where, a, np.ones_like(a))
        axes = np.lib.array_utils.normalize_axis_tuple(range(ndim) if axis is None else axis, ndim)
        rest = tuple(i for i in range(ndim) if i not in axes)
        order = rest + axes
        moved = np.transpose(a, order)
        rows = np.reshape(
            moved, tuple(a.shape[i] for i in rest) + (int(np.prod([a.shape[i] for i in axes])),)
        )
        partials = np.transpose(np.reshape(others_product(rows, len(rest)), moved.shape), np.argsort(order))
    return partials if initial is None else partials * initial


general(
    np.prod,
    vjp={
        "a": prod_vjp,
        "initial": lambda g, a, axis, keepdims, where: g * product(a, axis, keepdims, where),
    },
    jvp={
        "a": lambda t, a, out, axis, keepdims, where, initial: np.sum(
            masked(t * prod_partials(a, out, axis, keepdims, where, initial), where),
            axis=axis,
            keepdims=bool(keepdims),
        ),
        "initial": lambda t, a, axis, keepdims, where: t * product(a, axis, keepdims, where),
    },
)


def _reduction_method(function, default_axis):
    """The ufunc method that is `function`: its axis is 0 by default."""

    def reduce(
        array, axis=default_axis, dtype=None, out=None, keepdims=False, initial=np._NoValue, where=True
    ):
        if dtype is not None and np.dtype(dtype).kind not in "fcbiu":
            raise TypeError(f"{function.__name__} was asked for dtype {dtype}, which tensors can't hold.")
        options = {"dtype": dtype} if function in (np.sum, np.prod) else {}
        if dtype is not None and not options:
            array = of_dtype(array, dtype)
        if where is not True:
            options["where"] = where
        if initial is not np._NoValue:
            options["initial"] = initial
        if isinstance(out, tuple):
            (out,) = out
        if out is not None:
            options["out"] = out
        return rules[function](array, axis=axis, keepdims=keepdims, **options)

    return reduce


for _ufunc, _function in [
    (np.add, np.sum),
    (np.multiply, np.prod),
    (np.maximum, np.max),
    (np.minimum, np.min),
]:
    composite((_ufunc, "reduce"))(_reduction_method(_function, 0))

aliases.update({np.amax: np.max, np.amin: np.min})
