"""Padding, in each of NumPy's modes.

NumPy pads one axis after the other, each time what the axes before have become. Going back the axes are taken
in the opposite order: the cotangent of the padded sides goes to what they were made of, and is cut off.
"""

from functools import lru_cache

import numpy as np

from mygrad.engine.calling import plain, stacked
from mygrad.engine.function import general, linear
from mygrad.engine.node import leaf
from mygrad.engine.record import Handle, differentiable_dtype, make, node_of, recorded_node
from mygrad.engine.rule import composite, rules
from mygrad.engine.sweep import gradients
from mygrad.rules.arguments import arraylike

STATISTICS = {"maximum": np.max, "mean": np.mean, "median": np.median, "minimum": np.min}
VALUES = {"constant": "constant_values", "linear_ramp": "end_values"}
"""The modes that are given numbers, which may be tensors, and the names of these."""
OPTIONS = {
    **{mode: (name,) for mode, name in VALUES.items()},
    **dict.fromkeys(STATISTICS, ("stat_length",)),
    **dict.fromkeys(("reflect", "symmetric"), ("reflect_type",)),
    **dict.fromkeys(("edge", "empty", "wrap"), ()),
}
"""The modes, and the names of the arguments that each takes."""


def along(axis, *part):
    """The index of a slice along one axis."""
    return (slice(None),) * axis + (slice(*part),)


def pairs(x, ndim):
    """What NumPy makes of a number, a pair or a pair for each axis: a pair for each axis."""
    if x is None or type(x) is int:
        return [(x, x)] * ndim
    if type(x) is tuple and len(x) == ndim and all(type(pair) is tuple and len(pair) == 2 for pair in x):
        return list(x)
    if isinstance(x, dict):
        found = [(0, 0)] * ndim
        for axis, pair in x.items():
            found[axis] = tuple(pair) if np.ndim(pair) else (pair, pair)
        return found
    x = np.asarray(x)
    if x.size == 1 or (x.size == 2 and x.shape != (2, 1)):
        x = np.ravel(x)
    return [tuple(pair) for pair in np.broadcast_to(x, (ndim, 2)).tolist()]


def unpaired(c, shape):
    """The cotangent of what `pairs` made pairs of, given those of the pairs."""
    if int(np.prod(shape)) == 1:
        return np.reshape(np.sum(c), shape)
    if int(np.prod(shape)) == 2 and shape != (2, 1):
        return np.reshape(np.sum(c, axis=0), shape)
    return c  # the engine undoes broadcasting


def sides(g, axis, before, n):
    """The cotangents of the padding before and after, and of the `n` elements between."""
    return g[along(axis, before)], g[along(axis, before, before + n)], g[along(axis, before + n, None)]


# --------------------------------------------------------------------------------- modes that copy elements


def copying(array, widths, mode, reflect_type):
    """The modes in which each element of the padding is one of the array, or of its odd extension."""
    options = {"reflect_type": reflect_type} if mode in ("reflect", "symmetric") else {}
    return np.pad(array, widths, mode, **options)


def runs(index):
    """Where parts of `index` begin and end in which it goes up, down or on the spot, by the same step, and
    the first number of each."""
    start = 0
    while start < len(index):
        stop = start + 1
        step = 0
        if stop < len(index) and abs(index[stop] - index[start]) <= 1:
            step = index[stop] - index[start]
            while stop < len(index) and index[stop] - index[stop - 1] == step:
                stop += 1
        yield start, stop, step, index[start]
        start = stop


@lru_cache(1024)
def origins(n, pair, mode, odd):
    """Of the padding before `n` elements, and of that after them: the runs in which it is taken from these,
    and the weights that the first and the last of them have in it; None where they have none."""
    index = np.pad(np.arange(n), pair, mode)
    ends = []
    if odd and n > 1:  # an element of the array, the first and the last one, with weights that add up to 1
        ends = [np.pad(np.eye(1, n, k)[0], pair, mode, reflect_type="odd") for k in (0, n - 1)]
    return [
        (tuple(runs(index[part].tolist())), [end[part] for end in ends])
        for part in (slice(pair[0]), slice(pair[0] + n, None))
    ]


def add_taken(total, side, found, axis):
    """Add to `total` the cotangent `side` of the padding that was taken from it in the runs that were found,
    by slices."""
    for start, stop, step, first in found:
        piece = side[along(axis, start, stop)]
        if step == 0:
            total[along(axis, first, first + 1)] += np.sum(piece, axis=axis, keepdims=True)
        else:
            last = first + step * (stop - start)
            total[along(axis, first, None if last < 0 else last, step)] += piece


def pulled_in(padded, shape, widths, mode, reflect_type):
    """The transpose of `copying`, for an array of this shape."""
    g = padded
    for axis in range(len(shape) - 1, -1, -1):
        n, pair = shape[axis], widths[axis]
        if pair == (0, 0):
            continue
        before, left, after = sides(g, axis, pair[0], n)
        total = left.copy()
        for side, (found, of_ends) in zip(
            (before, after), origins(n, pair, mode, reflect_type == "odd"), strict=True
        ):
            rest = side
            for weights, edge in zip(of_ends, (0, n - 1), strict=False):
                weights = weights.astype(np.finfo(g.dtype).dtype)
                share = side * np.reshape(weights, (-1,) + (1,) * (len(shape) - axis - 1))
                total[along(axis, edge, edge + 1)] += np.sum(share, axis=axis, keepdims=True)
                rest = rest - share
            add_taken(total, rest, found, axis)
        g = total
    return g


def either(function, a, *args):
    """`function` of an array, or its rule of a tensor."""
    return (rules[function] if isinstance(a, Handle) else function)(a, *args)


# Each is the transpose of the other.
linear(
    copying,
    array=lambda g, array_shape, widths, mode, reflect_type: either(
        pulled_in, g, array_shape, widths, mode, reflect_type
    ),
)
linear(
    pulled_in,
    padded=lambda g, widths, mode, reflect_type: either(copying, g, widths, mode, reflect_type),
)


# ------------------------------------------------------------------------------ modes that are given numbers


def inner(shape, befores):
    """The index of an array of this shape, with so many elements before it along each axis."""
    return tuple([slice(k, k + n) for k, n in zip(befores, shape)])


def among_zeros(array, befores, afters):
    """The everyday `np.pad`, in a tenth of its time where there are few elements."""
    shape = [sum(lengths) for lengths in zip(befores, array.shape, afters, strict=True)]
    padded = np.zeros(shape, array.dtype, "F" if array.flags.fnc else "C")
    padded[inner(array.shape, befores)] = array
    return padded


linear(among_zeros, array=lambda g, array_shape, befores: g[inner(array_shape, befores)])


def with_numbers(array, values, widths, mode):
    """Padding with `values`, or with ramps that end there."""
    return np.pad(array, widths, mode, **{VALUES[mode]: values})


def way_out(like, count, ndim, axis, after):
    """How far each element of a ramp is from its end to the edge."""
    way = np.arange(count) / max(count, 1)
    way = np.reshape(way[::-1] if after else way, (-1,) + (1,) * (ndim - axis - 1))
    return way.astype(np.finfo(like.dtype).dtype)


def taken_off(g, shape, widths, mode):
    """For each axis, the last first: what is left of the cotangent without its padding, and the cotangents of
    the numbers before and after."""
    for axis in range(len(shape) - 1, -1, -1):
        n = shape[axis]
        before, g, after = sides(g, axis, widths[axis][0], n)
        if mode == "linear_ramp" and widths[axis] != (0, 0):
            g = np.copy(g)
            ways = [way_out(g, side.shape[axis], g.ndim, axis, side is after) for side in (before, after)]
            for side, edge, way in zip((before, after), (0, n - 1), ways, strict=True):
                g[along(axis, edge, edge + 1)] += np.sum(side * way, axis=axis, keepdims=True)
            before, after = before * (1.0 - ways[0]), after * (1.0 - ways[1])
        yield g, before, after


def array_with_numbers(g, array_shape, widths, mode):
    for left, _, _ in taken_off(g, array_shape, widths, mode):
        g = left
    return g


def values_with_numbers(g, array_shape, values_shape, widths, mode):
    found = [
        np.stack([np.sum(before), np.sum(after)])
        for _, before, after in taken_off(g, array_shape, widths, mode)
    ]
    return unpaired(np.stack(found[::-1]), values_shape)


linear(with_numbers, array=array_with_numbers, values=values_with_numbers)

# -------------------------------------------------------------------------------- modes that take statistics


def with_statistics(array, widths, mode, lengths):
    """Padding with a statistic of the elements, or of so many of them at the edge."""
    return np.pad(array, widths, mode, stat_length=lengths)


def shares(mode, chunk, axis):
    """The derivative of a statistic by each of the elements that it is taken of."""
    seed = leaf()
    total = np.sum(STATISTICS[mode](make(chunk, seed), axis=axis, keepdims=True))
    (share,) = gradients(node_of(total), [seed], np.ones((), total.dtype))
    return share


def statistics_vjp(g, array_shape, out, widths, mode, lengths):
    values, lengths = plain(out), pairs(lengths, len(array_shape))
    for axis in range(len(array_shape) - 1, -1, -1):
        n = array_shape[axis]
        before, g, after = sides(g, axis, widths[axis][0], n)
        _, values, _ = sides(values, axis, widths[axis][0], n)
        if widths[axis] == (0, 0):
            continue
        g = np.copy(g)
        for side, length, is_after in zip((before, after), lengths[axis], (False, True), strict=True):
            length = n if length is None else min(length, n)
            part = along(axis, n - length, n) if is_after else along(axis, length)
            if side.size and length:
                g[part] += np.sum(side, axis=axis, keepdims=True) * shares(mode, values[part], axis)
    return g


general(with_statistics, vjp={"array": statistics_vjp})


def padded_anyhow(array, widths):
    """The padding isn't filled: what is there has no derivative."""
    return np.pad(array, widths, "empty")


linear(
    padded_anyhow, array=lambda g, array_shape, widths: array_with_numbers(g, array_shape, widths, "empty")
)

# ---------------------------------------------------------------------------------------------------- np.pad


def padded_by(function, array, widths, options):
    """Padding by a function that writes into each row of an array of zeros with `array` in the middle."""
    padded = rules[with_numbers](array, 0, widths, "constant")
    for axis in range(array.ndim):
        rows = np.moveaxis(padded, axis, -1)
        for place in np.ndindex(rows.shape[:-1]):
            function(rows[(*place, ...)], widths[axis], axis, options)
    return padded


def without_gradient_in(values, dtype):
    if recorded_node(values) is not None and not differentiable_dtype(dtype):
        raise TypeError(
            f"A value that carries a gradient can't be padded to an array of dtype {dtype}, which can't "
            f"carry it on. Give its plain value (value.data), or pad an array of floats."
        )


@composite(np.pad)
def pad(array, pad_width, mode="constant", **kwargs):
    """Elements that tie share the cotangent of a maximum, minimum or median evenly. The padding of the mode
    "empty" has no derivative, whatever is there. A function that pads is given tensors to write into."""
    array = arraylike(array)
    widths = tuple(pairs(plain(pad_width), array.ndim))
    allowed = {*OPTIONS.get(mode, ())} if isinstance(mode, str) else kwargs.keys()
    if not array.ndim or (mode not in OPTIONS and not callable(mode)) or kwargs.keys() - allowed:
        # Nothing to pad, or what NumPy refuses.
        np.pad(plain(array), plain(pad_width), mode, **{name: plain(value) for name, value in kwargs.items()})
        return np.copy(array)
    if mode == "constant" and not kwargs and all(type(n) is int and n >= 0 for pair in widths for n in pair):
        return rules[among_zeros](array, *zip(*widths, strict=True))
    if callable(mode):
        return padded_by(mode, array, widths, kwargs)
    if mode in VALUES:
        values = stacked(kwargs.get(VALUES[mode], 0))
        without_gradient_in(values, array.dtype)
        return rules[with_numbers](array, values, widths, mode)
    if mode in STATISTICS:
        return rules[with_statistics](array, widths, mode, plain(kwargs.get("stat_length")))
    if mode == "empty":
        return rules[padded_anyhow](array, widths)
    return rules[copying](array, widths, mode, kwargs.get("reflect_type", "even"))
