"""Medians, percentiles and quantiles, and those that leave NaN out.

Each lies between two neighbours in order: it is their average with weights that the position tells.
Elements that tie with one of them share its weight evenly, as with maxima. A NaN among the elements is
the value and has the cotangent, or it is left out.
"""

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from mygrad.engine.calling import plain
from mygrad.engine.function import general
from mygrad.engine.mending import all_finite
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, delivered, given, values_of
from mygrad.rules.averages import matching

# Where a quantile q lies among n elements is a line in q that is cut off at the ends (Hyndman and Fan 1996,
# Sample quantiles in statistical packages): its slope as a number to add to n, and its value at q = 0. Other
# methods jump.
LINES = {
    "linear": (-1.0, 0.0),
    "interpolated_inverted_cdf": (0.0, -1.0),
    "hazen": (0.0, -0.5),
    "weibull": (1.0, -1.0),
    "median_unbiased": (1.0 / 3.0, -2.0 / 3.0),
    "normal_unbiased": (0.25, -0.625),
}


class Rows:
    """The elements that are put in order, in rows; and how to bring results into rows and back."""

    def __init__(self, a, axis):
        axes = normalize_axis_tuple(range(a.ndim) if axis is None else axis, a.ndim)
        self.shape = a.shape
        self.kept = [i for i in range(a.ndim) if i not in axes]
        self.order = self.kept + list(axes)
        self.rows_shape = (*(a.shape[i] for i in self.kept), int(np.prod([a.shape[i] for i in axes])))
        self.values = self.of(values_of(a))

    def of(self, a):
        return np.reshape(np.transpose(a, self.order), self.rows_shape)

    def back(self, rows):
        moved = np.reshape(rows, [self.shape[i] for i in self.order])
        return np.transpose(moved, np.argsort(self.order))

    def column(self, result):
        """A result of the reduction, of one quantile, beside its rows."""
        return np.reshape(result, (*self.rows_shape[:-1], 1))

    def ordered(self, places):
        """The rows with those elements in their places that have these in order, and a NaN at the end."""
        places = np.unique(np.append(places, self.rows_shape[-1] - 1))
        if places.size > 16:
            return np.sort(self.values, axis=-1)
        return np.partition(self.values, places, axis=-1)

    def shared(self, chosen):
        """For each element its share, if those `chosen` of a row have equal parts."""
        dtype = self.values.real.dtype
        count = np.maximum(np.count_nonzero(chosen, axis=-1, keepdims=True), 1)
        return chosen / count.astype(dtype if dtype.kind == "f" else float)

    def chosen(self, ordered, k, leaving_out):
        """Which elements are the k-th in order."""
        value = np.take_along_axis(ordered, np.broadcast_to(k, (*self.rows_shape[:-1], 1)), axis=-1)
        chosen = self.values == value
        if not leaving_out and (undefined := np.isnan(ordered[..., -1:])).any():
            chosen = np.where(undefined, np.isnan(self.values), chosen)
        return chosen


def neighbours(rows, position):
    """The places in order of the two that a quantile lies between, and how far it is on the way."""
    n = rows.rows_shape[-1]
    p = position[..., None]
    k = np.clip(np.floor(p).astype(np.intp), 0, max(n - 2, 0))
    return k, np.minimum(k + 1, n - 1), p - k


def weights_of(a, q, axis, position, slope, leaving_out):
    """For each quantile the rows, the weight of each element, and by how much it grows with the position."""
    rows = Rows(a, axis)
    if not rows.rows_shape[-1]:
        return
    ordered = rows.ordered(neighbours(rows, position)[:2])
    for index in np.ndindex(np.shape(values_of(q))):
        *both, fraction = neighbours(rows, position[index])
        low, high = (rows.shared(rows.chosen(ordered, k, leaving_out)) for k in both)
        fraction = fraction.astype(low.dtype)
        if hasattr(q, "backward"):  # the same number, with the derivative in q
            move = q[index] - values_of(q)[index]
            fraction = fraction + slope[index][..., None].astype(low.dtype) * move
        yield index, rows, low * (1.0 - fraction) + high * fraction, high - low


def weighed(weights, g):
    """The product, and 0 where a weight is 0, even if `g` is infinite: what wasn't picked doesn't count."""
    product = weights * g
    if all_finite(g):
        return product
    return np.where(values_of(weights) != 0, product, np.zeros_like(product))


def a_vjp(g, a, q, axis, position, slope, leaving_out):
    total = 0.0
    for index, rows, weights, _ in weights_of(a, q, axis, position, slope, leaving_out):
        total = total + weighed(weights, rows.column(g[index]))
    return rows.back(total) if np.ndim(total) else np.zeros_like(a)


def a_places(g, a, q, axis, position, slope, leaving_out):
    """The same by the places of the neighbours, where rows are long."""
    rows = Rows(a, axis)
    n = rows.rows_shape[-1]
    if rows.order != sorted(rows.order) or position.size * 32 > a.size or a.dtype.kind != "f":
        return None
    ordered = rows.ordered(neighbours(rows, position)[:2])
    found = []
    for index in np.ndindex(np.shape(values_of(q))):
        low, high, fraction = neighbours(rows, position[index])
        for k, weight in ((low, 1.0 - fraction), (high, fraction)):
            if weight.any():  # else what isn't picked doesn't count, even if `g` is infinite
                chosen = rows.chosen(ordered, k, leaving_out)
                places = np.flatnonzero(chosen)
                each = (
                    weight
                    * rows.column(g[index])
                    / np.maximum(np.count_nonzero(chosen, -1, keepdims=True), 1)
                )
                found.append((places, np.ravel(each)[places // n]))
    return found


def a_jvp(t, a, q, axis, position, slope, leaving_out, computed):
    results = [
        np.sum(weighed(weights, rows.of(t)), axis=-1)
        for _, rows, weights, _ in weights_of(a, q, axis, position, slope, leaving_out)
    ]
    return laid_out(results, computed)


def laid_out(results, computed):
    """The results, one for each quantile, in the shape of the values."""
    shape = np.shape(computed())
    return np.reshape(np.stack(results), shape) if results else np.zeros(shape)


def moves_of(a, q, axis, position, slope, leaving_out):
    """For each quantile the rows, and how it moves with q: from one neighbour to the other."""
    for index, rows, _, step in weights_of(a, q, axis, position, slope, leaving_out):
        x = rows.of(a)
        # An infinite element that takes no part would be NaN.
        parts = np.where(values_of(step) == 0, np.zeros_like(x), x * step)
        yield index, rows, np.sum(parts, axis=-1) * slope[index]


def q_vjp(g, a, q, axis, position, slope, leaving_out):
    results = [
        np.sum(rows.column(g[index]) * move[..., None])
        for index, rows, move in moves_of(a, q, axis, position, slope, leaving_out)
    ]
    return np.reshape(np.stack(results), np.shape(q)) if results else np.zeros_like(q)


def q_jvp(t, a, q, axis, position, slope, leaving_out, computed):
    results = [move * t[index] for index, _, move in moves_of(a, q, axis, position, slope, leaving_out)]
    return laid_out(results, computed)


def quantiles(a, q, computed, axis, position, slope, leaving_out):
    """Quantiles that NumPy has `computed`, for their rule: for each of `q` and each row, or for all rows
    alike, the position and by how much it moves with `q`."""
    return computed()


general(
    quantiles,
    vjp={"a": a_vjp, "q": q_vjp},
    jvp={"a": a_jvp, "q": q_jvp},
    selects=("a",),
    few=a_places,
)


def shares_of(a, q, out, axis, weights, leaving_out):
    """For each quantile its index, the rows and the shares: of the elements that are the value, those that
    have weight."""
    rows = Rows(a, axis)
    heavy = rows.of(np.broadcast_to(values_of(weights) > 0, a.shape))
    for index in np.ndindex(np.shape(q)):
        value = rows.column(values_of(out)[index])
        chosen = rows.values == value
        # An element without weight only where NumPy 2.0 took one, for the lowest quantile.
        chosen &= heavy | ~np.any(chosen & heavy, axis=-1, keepdims=True)
        if not leaving_out:
            chosen = np.where(np.isnan(value), np.isnan(rows.values), chosen)
        yield index, rows, rows.shared(chosen)


def picked_vjp(g, a, q, out, axis, weights, leaving_out):
    total = np.zeros_like(a)
    for index, rows, shares in shares_of(a, q, out, axis, weights, leaving_out):
        total = total + rows.back(weighed(shares, rows.column(g[index])))
    return total


def picked_jvp(t, a, q, out, axis, weights, leaving_out):
    results = [
        np.sum(weighed(shares, rows.of(t)), axis=-1)
        for _, rows, shares in shares_of(a, q, out, axis, weights, leaving_out)
    ]
    return np.reshape(np.stack(results), out.shape)


def picked(a, q, computed, axis, weights, leaving_out):
    """Quantiles that NumPy has `computed`, each an element of its row that has a weight."""
    return computed()


general(picked, vjp={"a": picked_vjp}, jvp={"a": picked_jvp}, selects=True)


def positions(function, q, count, method, unit):
    """Where NumPy's `function` finds the quantiles `q` among `count` elements, and how that moves with q.

    About methods that jump NumPy is asked: the quantiles of 0, 1, 2, ... are positions.
    """
    if not count:
        return np.zeros(q.shape), np.zeros(q.shape)
    slope = np.zeros(() if q is None else q.shape)
    if q is None:  # the median
        p = np.asarray((count - 1) / 2.0)
    elif method in LINES:
        more, start = LINES[method]
        uncut = start + (count + more) / unit * q.astype(float)
        p = np.clip(uncut, 0.0, count - 1.0)
        rounding = 1e-12 * count
        slope[(uncut >= -rounding) & (uncut <= count - 1 + rounding)] = (count + more) / unit
    else:
        p = np.asarray(function(np.arange(count, dtype=float), q, method=method), float)
    whole = np.rint(p)
    return np.where(np.abs(p - whole) <= 8.0 * np.finfo(float).eps * count, whole, p), slope


def in_order(a, q, axis, computed, function, leaving_out=False, method=None, unit=1.0):
    """The quantiles `q` of `a` that are `computed`, as a tensor; `function` is NumPy's that leaves nothing
    out."""
    numbers = values_of(q)
    asked = None if function is np.median else numbers
    rows = Rows(a, axis)
    if leaving_out and rows.values.dtype.kind in "fc":
        counts = np.count_nonzero(~np.isnan(rows.values), axis=-1)
    else:
        counts = np.array(rows.rows_shape[-1])
    position, slope = (np.zeros((*numbers.shape, *counts.shape)) for _ in range(2))
    for count in np.unique(counts):
        found = positions(function, asked if count else numbers, int(count), method, unit)
        for of_all, of_count in zip((position, slope), found, strict=True):
            of_all[..., counts == count] = of_count[..., None]
    return rules[quantiles](a, q, lambda: computed, axis, position, slope, leaving_out)


def asked_for(function, a, *q, out, **options):
    """What NumPy's `function` computes of the values; it refuses some arrays for `out`, each in its way."""
    a = values_of(a)
    if out is not None:
        buffer = np.empty_like(values_of(out))
        function(a, *q, out=buffer, **options)
        if buffer.dtype.kind in "fc":  # NumPy computes in its precision
            return buffer
    return function(a, *q, **options)


def _median(function, leaving_out):
    def median(a, axis=None, out=None, overwrite_input=False, keepdims=np._NoValue):
        """Elements that tie share the derivative evenly. With an even count each of the two in the middle has
        half."""
        a = arraylike(a)
        computed = asked_for(function, a, axis=axis, out=out, **given(keepdims=keepdims))
        return delivered(in_order(a, 0.5, axis, computed, np.median, leaving_out), out)

    return median


composite(np.median)(_median(np.median, False))
composite(np.nanmedian)(_median(np.nanmedian, True))


def _quantile(function, leaving_out, complete, unit):
    def quantile(
        a,
        q,
        axis=None,
        out=None,
        overwrite_input=False,
        method="linear",
        keepdims=np._NoValue,
        *,
        weights=None,
        **kwargs,
    ):
        """Elements that tie share the derivative evenly. In `q` a quantile moves from one neighbour to the
        next, and has the slope to the right at an element; of methods that jump it is 0. In weights it is
        0, as they choose."""
        method = kwargs.pop("interpolation", None) or method  # its old name
        a = arraylike(a)
        options = {"axis": axis, "method": method, **given(keepdims=keepdims), **kwargs}
        if weights is None:
            computed = asked_for(function, a, plain(q), out=out, **options)
            result = in_order(a, arraylike(q), axis, computed, complete, leaving_out, method, unit)
        else:
            weights = values_of(weights)
            computed = asked_for(function, a, plain(q), out=out, weights=weights, **options)
            axes = None if axis is None else normalize_axis_tuple(axis, a.ndim)
            weights = matching(weights, a, axes)
            result = rules[picked](a, values_of(q), lambda: computed, axis, weights, leaving_out)
        return delivered(result, out)

    return quantile


for _function, _complete, _unit in (
    (np.quantile, np.quantile, 1.0),
    (np.percentile, np.percentile, 100.0),
    (np.nanquantile, np.quantile, 1.0),
    (np.nanpercentile, np.percentile, 100.0),
):
    composite(_function)(_quantile(_function, _function is not _complete, _complete, _unit))
