"""Medians, percentiles and quantiles.

Each lies between two neighbours in order: it is their average with weights that the position tells.
Elements that tie with one of them share its weight evenly, as with maxima. A NaN among the elements is
the value and has the cotangent.
"""

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from mygrad.engine.function import general
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, delivered, values_of

# How many positions a quantile moves as q goes from 0 to 1, as a number to add to n; other methods jump.
STEPS = {
    "linear": -1.0,
    "interpolated_inverted_cdf": 0.0,
    "hazen": 0.0,
    "weibull": 1.0,
    "median_unbiased": 1.0 / 3.0,
    "normal_unbiased": 0.25,
}


class Rows:
    """The elements that are put in order, in rows; and how to bring results into rows and back."""

    def __init__(self, a, axis):
        axes = normalize_axis_tuple(range(a.ndim) if axis is None else axis, a.ndim)
        self.shape = a.shape
        self.kept = [i for i in range(a.ndim) if i not in axes]
        self.order = self.kept + list(axes)
        self.rows_shape = (*(a.shape[i] for i in self.kept), -1)
        self.values = self.of(values_of(a))

    def of(self, a):
        return np.reshape(np.transpose(a, self.order), self.rows_shape)

    def back(self, rows):
        moved = np.reshape(rows, [self.shape[i] for i in self.order])
        return np.transpose(moved, np.argsort(self.order))

    def column(self, result):
        """A result of the reduction, of one quantile, beside its rows."""
        return np.reshape(result, (*self.rows_shape[:-1], 1))

    def share(self, ordered, k):
        """For each element its share in the k-th in order."""
        value = ordered[..., k : k + 1]
        nan = np.isnan(ordered[..., -1:])
        chosen = np.where(nan, np.isnan(self.values), self.values == value)
        return chosen / np.maximum(np.sum(chosen, axis=-1, keepdims=True), 1)


def weights_of(a, q, axis, position, slope):
    """For each quantile the rows, the weight of each element, and by how much it grows with the position."""
    rows = Rows(a, axis)
    ordered = np.sort(rows.values, axis=-1)
    n = ordered.shape[-1]
    dtype = rows.values.real.dtype
    moves = slope and hasattr(q, "backward")
    for index in np.ndindex(np.shape(position)):
        p = float(position[index])
        k = min(int(np.floor(p)), max(n - 2, 0))
        low, high = rows.share(ordered, k).astype(dtype), rows.share(ordered, min(k + 1, n - 1)).astype(dtype)
        fraction = p - k
        if moves:  # the same number, with the derivative in q
            fraction = fraction + slope * (q[index] - values_of(q)[index])
        yield index, rows, low * (1.0 - fraction) + high * fraction, high - low


def a_vjp(g, a, q, axis, position, slope):
    total = 0.0
    for index, rows, weights, _ in weights_of(a, q, axis, position, slope):
        total = total + rows.column(g[index]) * weights
    return rows.back(total) if np.ndim(total) else np.zeros_like(a)


def a_jvp(t, a, q, axis, position, slope, out_shape):
    results = [
        np.sum(rows.of(t) * weights, axis=-1)
        for _, rows, weights, _ in weights_of(a, q, axis, position, slope)
    ]
    return np.reshape(np.stack(results), out_shape)


def q_vjp(g, a, q, axis, position, slope):
    """The quantile moves from one neighbour to the other."""
    results = [
        np.sum(rows.column(g[index]) * np.sum(rows.of(a) * step, axis=-1, keepdims=True)) * slope
        for index, rows, _, step in weights_of(a, q, axis, position, slope)
    ]
    return np.reshape(np.stack(results), np.shape(q))


def q_jvp(t, a, q, axis, position, slope, out_shape):
    results = [
        np.sum(rows.of(a) * step, axis=-1) * (slope * t[index])
        for index, rows, _, step in weights_of(a, q, axis, position, slope)
    ]
    return np.reshape(np.stack(results), out_shape)


def quantiles(a, q, function, axis, position, slope, out_shape, options):
    """`function`, one of NumPy's, with what its rule needs: positions, how they move with `q`, the shape."""
    return function(a, q, axis=axis, **options)


general(
    quantiles,
    vjp={"a": a_vjp, "q": q_vjp},
    jvp={"a": a_jvp, "q": q_jvp},
)


def in_order(function, a, q, axis, options, out, unit=1.0, method="linear"):
    """A quantile of `a`: NumPy's `function` says the values and, asked about 0, 1, 2, ..., the positions."""
    a = arraylike(a)
    numbers = values_of(q)
    count = a.size if axis is None else int(np.prod([a.shape[i] for i in normalize_axis_tuple(axis, a.ndim)]))
    position = np.zeros(numbers.shape)
    if count:
        plain_options = {name: value for name, value in options.items() if name != "keepdims"}
        position = np.asarray(function(np.arange(count, dtype=float), numbers, **plain_options))
    slope = (count + STEPS[method]) / unit if method in STEPS else 0.0
    target = (
        {} if out is None else {"out": np.empty_like(values_of(out))}
    )  # NumPy refuses some, each method others
    shape = np.shape(function(values_of(a), numbers, axis=axis, **options, **target))
    result = rules[quantiles](a, q, function, axis, position, slope, shape, options)
    return delivered(result, out)


def median_at(a, q, **options):
    """The median, called as a quantile is: `q` is 1/2."""
    return np.median(a, **options)


@composite(np.median)
def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    return in_order(median_at, a, 0.5, axis, {"keepdims": keepdims}, out)


def _quantile(function, unit):
    def quantile(
        a,
        q,
        axis=None,
        out=None,
        overwrite_input=False,
        method="linear",
        keepdims=False,
        *,
        weights=None,
        **kwargs,
    ):
        if weights is not None:
            raise NotImplementedError(
                "Weighted quantiles have no rule for tensors; plain values (x.data) have them."
            )
        method = kwargs.pop("interpolation", None) or method  # its old name
        return in_order(function, a, q, axis, {"method": method, "keepdims": keepdims}, out, unit, method)

    return quantile


composite(np.quantile)(_quantile(np.quantile, 1.0))
composite(np.percentile)(_quantile(np.percentile, 100.0))
