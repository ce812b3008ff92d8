"""Differences of neighbours, derivatives by differences, and the integral by trapezoids."""

import math

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from mygrad.engine.calling import plain, with_value
from mygrad.engine.function import linear, multilinear
from mygrad.engine.record import Handle, make, recorded_node
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, given, of_dtype, values_of


def part(a, axis, index):
    """``a[..., index, ...]`` with the index at `axis`."""
    return a[(slice(None),) * axis + (index,)]


def later_and_sooner(a, axis):
    return part(a, axis, slice(1, None)), part(a, axis, slice(None, -1))


def zeros_to_add_to(shape, c):
    """Zeros that `c`, an array or a tensor, can be added to."""
    zeros = np.zeros(shape, c.dtype)
    return make(zeros) if isinstance(c, Handle) else zeros


# ---------------------------------------------------------------------------------------------- differences


def undifferenced(g, n, axis):
    """The cotangent of the array whose differences have the cotangent `g`: the differences of that with zeros
    around it, backward."""
    if isinstance(g, Handle):
        zeros = np.zeros((*g.shape[:axis], n, *g.shape[axis + 1 :]), g.dtype)
        return (-1) ** n * np.diff(g, n, axis, zeros, zeros)
    for _ in range(n):
        c = np.empty((*g.shape[:axis], g.shape[axis] + 1, *g.shape[axis + 1 :]), g.dtype)
        of, into = (g, c) if not axis else (g.swapaxes(0, axis), c.swapaxes(0, axis))
        into[0], into[-1] = -of[0], of[-1]
        np.subtract(of[:-1], of[1:], into[1:-1])
        g = c
    return g


def length_of_end(shape, axis):
    """How many elements an array of this shape adds at an end; a number is one."""
    return 0 if shape is None else shape[axis] if shape else 1


def pieces_of(g, a_shape, prepend_shape, append_shape, n, axis):
    """The cotangents of what is put before `a`, of `a` and of what is put after it."""
    axis = axis % len(a_shape)
    first, last = (length_of_end(shape, axis) for shape in (prepend_shape, append_shape))
    length = first + a_shape[axis] + last
    if n >= length:  # there are no differences
        c = np.zeros((*a_shape[:axis], length, *a_shape[axis + 1 :]), g.dtype)
    else:
        c = undifferenced(g, n, axis)
    if not first and not last:
        return None, c, None
    return [part(c, axis, slice(*ends)) for ends in ((first,), (first, length - last), (length - last, None))]


def end_of_diff(place):
    return lambda g, a_shape, prepend_shape, append_shape, n, axis: pieces_of(
        g, a_shape, prepend_shape, append_shape, n, axis
    )[place]


linear(np.diff, prepend=end_of_diff(0), a=end_of_diff(1), append=end_of_diff(2))


@composite(np.diff)
def diff(a, n=1, axis=-1, prepend=np._NoValue, append=np._NoValue):
    if n == 0:
        return a
    ends = {name: arraylike(value) for name, value in given(prepend=prepend, append=append).items()}
    return rules[np.diff](arraylike(a), n, axis, **ends)


def ediff1d_vjp(place):
    def vjp(g, ary_shape, to_begin_shape, to_end_shape):
        shapes = to_begin_shape, (max(math.prod(ary_shape) - 1, 0),), to_end_shape
        counts = [0 if shape is None else math.prod(shape) for shape in shapes]
        start = sum(counts[:place])
        c = g[start : start + counts[place]]
        if place == 1:
            c, shape = undifferenced(c, 1, 0) if counts[1] else np.zeros(ary_shape, g.dtype), ary_shape
        else:
            shape = shapes[place]
        return c.reshape(shape)

    return vjp


linear(np.ediff1d, to_begin=ediff1d_vjp(0), ary=ediff1d_vjp(1), to_end=ediff1d_vjp(2))


@composite(np.ediff1d)
def ediff1d(ary, to_end=None, to_begin=None):
    ends = {
        name: arraylike(end) for name, end in (("to_end", to_end), ("to_begin", to_begin)) if end is not None
    }
    return rules[np.ediff1d](arraylike(ary), **ends)


# --------------------------------------------------------------------------------- derivatives by differences


def spacings(varargs, f, axes):
    """For each axis the places or the distance, as they were given, and the distances of neighbours: a
    number, or an array of them."""
    if not varargs:
        return [1.0] * len(axes), [1.0] * len(axes)
    if len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        return list(varargs) * len(axes), list(varargs) * len(axes)
    if len(varargs) != len(axes):
        raise TypeError("invalid number of arguments")
    result = []
    for places, axis in zip(varargs, axes, strict=True):
        if np.ndim(places) == 0:
            result.append(places)
            continue
        places = arraylike(places)
        if places.ndim != 1:
            raise ValueError("distances must be either scalars or 1d")
        if len(places) != f.shape[axis]:
            raise ValueError("when 1d, distances must match the length of the corresponding dimension")
        if places.dtype.kind in "iu":
            places = of_dtype(places, float)
        steps = np.diff(places)
        # Of places that carry a gradient each has its own, be they evenly spaced or not.
        even = steps.size and np.all(np.equal(steps, steps[0])) and getattr(places, "constant", True)
        result.append(steps[0] if even else steps)
    return varargs, result


def stencil(n, h, order):
    """What the differences of `n` elements at distances `h` are made of: for the first, those between and the
    last, the slice that they are, and slices of the elements with their weights."""
    if type(h) is float or np.ndim(h) == 0:
        p = q = r = s = h
        between = [(slice(None, -2), -0.5 / h), (slice(2, None), 0.5 / h)]
    else:
        p, q, r, s = h[0], h[min(1, n - 2)], h[-2 if n > 2 else -1], h[-1]
        sooner, later = h[:-1], h[1:]
        between = [
            (slice(None, -2), -later / (sooner * (sooner + later))),
            (slice(1, -1), (later - sooner) / (sooner * later)),
            (slice(2, None), sooner / (later * (sooner + later))),
        ]
    if order == 1:
        first, last = (-1.0 / p, 1.0 / p), (-1.0 / s, 1.0 / s)
    else:
        first = -(2.0 * p + q) / (p * (p + q)), (p + q) / (p * q), -p / (q * (p + q))
        last = s / (r * (r + s)), -(s + r) / (r * s), (2.0 * s + r) / (s * (r + s))
    start = n - len(last)
    yield slice(1), [(slice(i, i + 1), weight) for i, weight in enumerate(first)]
    yield slice(1, -1), between
    yield slice(n - 1, n), [(slice(start + i, start + i + 1), weight) for i, weight in enumerate(last)]


def along(axis, weight, ndim):
    """`weight`, which is one for each element along an axis or for all of them."""
    if ndim == axis + 1 or type(weight) is float or not np.ndim(weight):
        return weight
    return np.reshape(weight, (-1,) + (1,) * (ndim - axis - 1))


def slopes_vjp(g, f_shape, h, axis, edge_order):
    c = zeros_to_add_to(f_shape, g)
    of, whole = (g.swapaxes(0, axis), c.swapaxes(0, axis)) if axis else (g, c)
    for here, made_of in stencil(f_shape[axis], h, edge_order):
        share = of[here]
        for index, weight in made_of:
            into = whole[index]
            into += share * along(0, weight, len(f_shape))
    return c


def slopes(f, axis, edge_order, places=1.0, h=1.0):
    """``np.gradient`` along one axis, for elements at these places or at one distance: `h` has the distances,
    or the one that they are all."""
    return np.gradient(f, places, axis=axis, edge_order=edge_order)


linear(slopes, f=slopes_vjp)


def slopes_by_distances(f, axis, edge_order, places, h):
    """The same with the derivative in the distances."""
    pieces = []
    for _, made_of in stencil(f.shape[axis], h, edge_order):
        terms = [part(f, axis, index) * along(axis, weight, f.ndim) for index, weight in made_of]
        pieces.append(sum(terms[1:], terms[0]))
    values = np.gradient(values_of(f), values_of(places), axis=axis, edge_order=edge_order)
    return with_value(values, of_dtype(np.concatenate(pieces, axis=axis), values.dtype))


@composite(np.gradient)
def gradient(f, *varargs, axis=None, edge_order=1):
    f = arraylike(f)
    axes = tuple(range(f.ndim)) if axis is None else normalize_axis_tuple(axis, f.ndim)
    results = []
    for i, places, h in zip(axes, *spacings(varargs, f, axes), strict=True):
        if recorded_node(h) is not None:
            results.append(slopes_by_distances(f, i, edge_order, places, h))
        else:
            given_places = (plain(places), plain(h)) if varargs else ()
            results.append(rules[slopes](f, i, edge_order, *given_places))
    return results[0] if len(axes) == 1 else tuple(results)


# ------------------------------------------------------------------------------------ integrals by trapezoids


def widths(x, axis, ndim):
    """The distances between the places `x`, along one axis of so many."""
    if x.ndim == 1:
        return along(axis, x[1:] - x[:-1], ndim)
    later, sooner = later_and_sooner(x, axis)
    return later - sooner


def heights(y, axis):
    later, sooner = later_and_sooner(y, axis)
    return 0.5 * (later + sooner)


def y_vjp(g, y_shape, x, dx, axis):
    axis = axis % len(y_shape)
    half = 0.5 * g.reshape((*y_shape[:axis], 1, *y_shape[axis + 1 :]))
    half = half * (dx if x is None else widths(x, axis, len(y_shape)))
    c = zeros_to_add_to(y_shape, half)
    for into in later_and_sooner(c, axis):
        into += half
    return c


def dx_vjp(g, y, axis):
    axis = axis % y.ndim
    return g.reshape((*y.shape[:axis], 1, *y.shape[axis + 1 :])) * heights(y, axis)


def x_vjp(g, y, x_shape, axis):
    if y.shape[axis] < 2:
        return np.zeros(x_shape, g.dtype)
    c = dx_vjp(g, y, axis)
    if len(x_shape) == 1:
        c = np.sum(c, axis=tuple(i for i in range(y.ndim) if i != axis % y.ndim))
        return undifferenced(c, 1, 0)
    return undifferenced(c, 1, axis % y.ndim)


multilinear(np.trapezoid, y=y_vjp, x=x_vjp, dx=dx_vjp)


def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = arraylike(y)
    if x is None and type(dx) is float and dx == 1.0:  # as it mostly is
        return rules[np.trapezoid](y, axis=axis)
    if x is None and np.ndim(dx) == 0:
        return rules[np.trapezoid](y, dx=dx, axis=axis)
    x = None if x is None else arraylike(x)
    if x is not None and (x.ndim == 1 or x.shape == y.shape):
        return rules[np.trapezoid](y, x, axis=axis)
    # What is broadcast may have more axes than `y`.
    later, sooner = later_and_sooner(y, normalize_axis_index(axis, y.ndim))
    width = dx if x is None else np.diff(x, axis=axis)
    return np.sum(width * (later + sooner) / 2.0, axis)


composite(np.trapezoid)(trapezoid)
if "trapz" in vars(np):  # its old name, until NumPy 2.3
    composite(vars(np)["trapz"])(trapezoid)
