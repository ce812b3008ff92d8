"""Differences of neighbours, derivatives by differences, and the integral by trapezoids."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from mygrad.engine.record import Handle, make
from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, of_dtype, values_of


def part(a, axis, index):
    """``a[..., index, ...]`` with the index at `axis`."""
    return a[(slice(None),) * axis + (index,)]


def later_and_sooner(a, axis):
    return part(a, axis, slice(1, None)), part(a, axis, slice(None, -1))


@composite(np.diff)
def diff(a, n=1, axis=-1, prepend=np._NoValue, append=np._NoValue):
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    a = arraylike(a)
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = normalize_axis_index(axis, a.ndim)

    def end(value):
        value = arraylike(value)
        return (
            np.broadcast_to(value, (*a.shape[:axis], 1, *a.shape[axis + 1 :])) if value.ndim == 0 else value
        )

    ends = [[] if value is np._NoValue else [end(value)] for value in (prepend, append)]
    if ends != [[], []]:
        a = np.concatenate([*ends[0], a, *ends[1]], axis)
    operation = np.not_equal if a.dtype == bool else np.subtract
    for _ in range(n):
        a = operation(*later_and_sooner(a, axis))
    return a if isinstance(a, Handle) else make(np.asarray(a))


@composite(np.ediff1d)
def ediff1d(ary, to_end=None, to_begin=None):
    a = np.ravel(arraylike(ary))
    differences = a[1:] - a[:-1]
    pieces = []
    for name, value in (("to_begin", to_begin), ("to_end", to_end)):
        if value is not None:
            value = np.ravel(arraylike(value))
            if not np.can_cast(values_of(value), a.dtype, casting="same_kind"):
                raise TypeError(
                    f"dtype of `{name}` must be compatible with input `ary` under the `same_kind` rule."
                )
            value = of_dtype(value, a.dtype)
        pieces.append([] if value is None else [value])
    return np.concatenate([*pieces[0], differences, *pieces[1]]) if pieces != [[], []] else differences


def spacings(varargs, f, axes):
    """For each axis the distance of neighbours: a number, or an array of them."""
    if not varargs:
        return [1.0] * len(axes)
    if len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        return list(varargs) * len(axes)
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
    return result


def weighted(f, axis, weights, indices):
    """The sum of some slices of `f` along `axis`, each with its weight."""
    total = None
    for weight, index in zip(weights, indices, strict=True):
        term = weight * part(f, axis, index)
        total = term if total is None else total + term
    return total


@composite(np.gradient)
def gradient(f, *varargs, axis=None, edge_order=1):
    f = arraylike(f)
    axes = tuple(range(f.ndim)) if axis is None else normalize_axis_tuple(axis, f.ndim)
    steps = spacings(varargs, f, axes)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    if f.dtype.kind in "iu":
        f = of_dtype(f, float)
    results = []
    for i, h in zip(axes, steps, strict=True):
        if f.shape[i] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, "
                "at least (edge_order + 1) elements are required."
            )
        pieces = [first_edge(f, i, h, edge_order), interior(f, i, h), last_edge(f, i, h, edge_order)]
        result = np.concatenate(pieces, axis=i)
        results.append(result if f.dtype.kind == "b" else of_dtype(result, f.dtype))
    return results[0] if len(axes) == 1 else tuple(results)


def interior(f, axis, h):
    if np.ndim(h) == 0:
        return (part(f, axis, slice(2, None)) - part(f, axis, slice(None, -2))) / (2.0 * h)
    sooner, later = h[:-1], h[1:]
    weights = [
        -later / (sooner * (sooner + later)),
        (later - sooner) / (sooner * later),
        sooner / (later * (sooner + later)),
    ]
    column = (-1,) + (1,) * (f.ndim - axis - 1)
    weights = [np.reshape(weight, column) for weight in weights]
    return weighted(f, axis, weights, [slice(None, -2), slice(1, -1), slice(2, None)])


def first_edge(f, axis, h, order):
    even = np.ndim(h) == 0
    if order == 1:
        return (part(f, axis, slice(1, 2)) - part(f, axis, slice(0, 1))) / (h if even else h[0])
    if even:
        weights = [-1.5 / h, 2.0 / h, -0.5 / h]
    else:
        p, q = h[0], h[1]
        weights = [-(2.0 * p + q) / (p * (p + q)), (p + q) / (p * q), -p / (q * (p + q))]
    return weighted(f, axis, weights, [slice(0, 1), slice(1, 2), slice(2, 3)])


def last_edge(f, axis, h, order):
    even = np.ndim(h) == 0
    n = f.shape[axis]
    if order == 1:
        return (part(f, axis, slice(n - 1, n)) - part(f, axis, slice(n - 2, n - 1))) / (h if even else h[-1])
    if even:
        weights = [0.5 / h, -2.0 / h, 1.5 / h]
    else:
        p, q = h[-2], h[-1]
        weights = [q / (p * (p + q)), -(q + p) / (p * q), (2.0 * q + p) / (q * (p + q))]
    return weighted(f, axis, weights, [slice(n - 3, n - 2), slice(n - 2, n - 1), slice(n - 1, n)])


def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = arraylike(y)
    width = dx
    if x is not None:
        x = arraylike(x)
        width = np.diff(x) if x.ndim == 1 else np.diff(x, axis=axis)
    axis = normalize_axis_index(axis, y.ndim)
    if x is not None and x.ndim == 1:
        width = np.reshape(width, (-1,) + (1,) * (y.ndim - axis - 1))
    later, sooner = later_and_sooner(y, axis)
    return np.sum(width * (later + sooner) / 2.0, axis)


composite(np.trapezoid)(trapezoid)
if "trapz" in vars(np):  # its old name, until NumPy 2.3
    composite(vars(np)["trapz"])(trapezoid)
