"""Medians, percentiles and quantiles, and those that leave NaN out.

Each lies between two neighbours in order: it is their average with weights that the position tells.
Elements that tie with one of them share its weight evenly, as with maxima. A NaN among the elements is
the value and has the cotangent, or it is left out.
"""

import math
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from mygrad.engine.calling import plain
from mygrad.engine.function import general
from mygrad.engine.indexing import only_where
from mygrad.engine.mending import all_finite, has_nan
from mygrad.engine.record import Handle, make
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

EPSILON = np.finfo(float).eps

FEW = 64
"""Elements of a row up to which to put all in order takes less time than to say which."""


class Spot(NamedTuple):
    """Where a quantile is: between two neighbours in order, so far on the way, and by how much it moves with
    q. Numbers, or columns with one for each row."""

    low: int
    high: int
    fraction: float
    slope: float


class Rows:
    """The elements that are put in order, in rows; and how to bring results into rows and back."""

    def __init__(self, a, axis):
        self.shape = a.shape
        self.order = None
        if axis is None:
            self.rows_shape = (math.prod(a.shape),)
        else:
            axes = list(normalize_axis_tuple(axis, a.ndim))
            kept = [i for i in range(a.ndim) if i not in axes]
            self.rows_shape = (*[a.shape[i] for i in kept], math.prod([a.shape[i] for i in axes]))
            if kept + axes != list(range(a.ndim)):
                self.order = kept + axes
        self.values = self.of(values_of(a))

    def of(self, a):
        return (a if self.order is None else a.transpose(self.order)).reshape(self.rows_shape)

    def back(self, rows):
        if self.order is None:
            return rows.reshape(self.shape)
        rows = rows.reshape([self.shape[i] for i in self.order])
        return rows.transpose(np.argsort(self.order))

    def column(self, result):
        """A result of the reduction, of one quantile, beside its rows."""
        return result.reshape((*self.rows_shape[:-1], 1))

    def ordered(self, spots):
        """The rows with those elements in their places that have these in order, and a NaN at the end."""
        n = self.rows_shape[-1]
        if n > FEW:
            named = [k for spot in spots for k in (spot.low, spot.high)]
            places = np.unique(np.concatenate([*map(np.ravel, named), [n - 1]]))
            if places.size <= 16:
                return np.partition(self.values, places, axis=-1)
        return np.sort(self.values, axis=-1)

    def shared(self, chosen):
        """For each element its share, if those `chosen` of a row have equal parts."""
        dtype = self.values.real.dtype
        count = np.maximum(np.count_nonzero(chosen, axis=-1, keepdims=True), 1)
        return chosen / count.astype(dtype if dtype.kind == "f" else float)

    def parts(self, spots, leaving_out):
        """For each quantile, of each neighbour: which elements it is, and how many."""
        ordered = self.ordered(spots)
        last = ordered[..., -1:]
        undefined = last != last if has_nan(last) and not leaving_out else None
        for spot in spots:
            yield [self._neighbour(ordered, k, undefined, leaving_out) for k in (spot.low, spot.high)]

    def _neighbour(self, ordered, k, undefined, leaving_out):
        value = ordered[..., k : k + 1] if type(k) is int else np.take_along_axis(ordered, k, axis=-1)
        chosen = self.values == value
        if undefined is not None:
            chosen = np.where(undefined, np.isnan(self.values), chosen)
        elif not leaving_out and np.count_nonzero(chosen) == value.size:  # as each has one, which is no tie
            return chosen, 1
        return chosen, np.maximum(np.count_nonzero(chosen, axis=-1, keepdims=True), 1)


def weights_of(q, index, spot):
    """Those of the two neighbours. Of a tensor `q` the same numbers, with the derivative in it."""
    fraction = spot.fraction
    if hasattr(q, "backward"):
        fraction = fraction + spot.slope * (q[index] - values_of(q)[index])
    return 1.0 - fraction, fraction


def weighed(weights, g):
    """The product, and 0 where a weight is 0, even if `g` is infinite: what wasn't picked doesn't count."""
    if type(weights) is float or all_finite(g):
        return weights * g
    product = weights * g
    return np.where(values_of(weights) != 0, product, np.zeros_like(product))


def each(q):
    """The indices of the quantiles."""
    return product(*map(range, getattr(q, "shape", ())))


def pieces(g, q, rows, spots, leaving_out):
    """What the elements get: for each neighbour of each quantile their places in the rows, and how much."""
    n = rows.rows_shape[-1]
    for index, spot, found in zip(each(q), spots, rows.parts(spots, leaving_out), strict=True):
        column = rows.column(g[index])
        for (chosen, count), weight in zip(found, weights_of(q, index, spot), strict=True):
            if type(weight) is float and not weight:  # it doesn't count, even if `g` is infinite
                continue
            share = weighed(weight, column)
            places = chosen.reshape(-1).nonzero()[0]
            if type(count) is int:
                yield places, share.reshape(-1)
            else:
                yield places, np.ravel(share / count.astype(share.real.dtype))[places // n]


def put_back(g, q, rows, spots, leaving_out):
    c = np.zeros(rows.values.size, g.dtype)
    for places, share in pieces(g, q, rows, spots, leaving_out) if c.size else ():
        if isinstance(share, Handle) and not isinstance(c, Handle):
            c = make(c)
        c[places] += share
    return rows.back(c)


def a_vjp(g, a, q, axis, spots, leaving_out):
    return put_back(g, q, Rows(a, axis), spots, leaving_out)


def few_pieces(g, q, rows, spots, leaving_out):
    """The same by the places of the neighbours, where rows are long."""
    if rows.order is not None or len(spots) * 32 > rows.rows_shape[-1] or rows.values.dtype.kind != "f":
        return None
    return list(pieces(g, q, rows, spots, leaving_out))


def a_places(g, a, q, axis, spots, leaving_out):
    return few_pieces(g, q, Rows(a, axis), spots, leaving_out)


def moved(t, q, rows, spots, leaving_out, shape):
    t, results = rows.of(t), []
    for index, spot, found in zip(each(q), spots, rows.parts(spots, leaving_out), strict=True):
        move = 0.0
        for (chosen, count), weight in zip(found, weights_of(q, index, spot), strict=True):
            if type(weight) is not float or weight:
                move = move + weighed(weight, mean_of(t, chosen, count))
        results.append(move)
    return laid_out(results, shape)


def a_jvp(t, a, q, axis, spots, leaving_out, shape):
    return moved(t, q, Rows(a, axis), spots, leaving_out, shape)


def mean_of(x, chosen, count):
    """The mean of the elements of a row that are chosen, as a column."""
    total = np.sum(only_where(chosen, x), axis=-1, keepdims=True)
    return total if type(count) is int else total / count.astype(x.real.dtype)


def laid_out(results, shape):
    """The results, one for each quantile, in the shape of the values."""
    return np.reshape(np.stack(results), shape) if results else np.zeros(shape)


def moves_of(a, q, axis, spots, leaving_out):
    """For each quantile how it moves with q, as a column: from one neighbour to the other."""
    rows = Rows(a, axis)
    if not a.size:
        return
    x = rows.of(a)
    for spot, ((low, m), (high, n)) in zip(spots, rows.parts(spots, leaving_out), strict=True):
        # Infinite elements of which both neighbours are would be NaN.
        yield (mean_of(x, high & ~low, n) - mean_of(x, low & ~high, m)) * spot.slope


def q_vjp(g, a, q, axis, spots, leaving_out):
    moves = zip(each(q), moves_of(a, q, axis, spots, leaving_out), strict=True)
    results = [np.sum(g[index] * np.reshape(move, g[index].shape)) for index, move in moves]
    return np.reshape(np.stack(results), np.shape(q)) if results else np.zeros_like(q)


def q_jvp(t, a, q, axis, spots, leaving_out, shape):
    moves = moves_of(a, q, axis, spots, leaving_out)
    return laid_out([move * t[index] for index, move in zip(each(q), moves, strict=True)], shape)


def quantiles(a, q, computed, axis, spots, leaving_out, shape):
    """Quantiles that NumPy has `computed`, of this shape, for their rule: the spot of each of `q`."""
    return computed


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
    """Where NumPy's `function` finds the quantiles `q` among `count` elements, and how that moves with q."""
    if not count:
        return [(0.0, 0.0)] * len(q)
    if function is np.median:
        return [((count - 1) / 2.0, 0.0)]
    if method not in LINES:  # those that jump: the quantiles of 0, 1, 2, ... are positions
        found = function(np.arange(count, dtype=float), np.array(q), method=method)
        return [(float(p), 0.0) for p in found]
    more, start = LINES[method]
    slope, rounding = (count + more) / unit, 1e-12 * count
    result = []
    for number in q:
        uncut = start + slope * number
        inside = -rounding <= uncut <= count - 1 + rounding
        result.append((min(max(uncut, 0.0), count - 1.0), slope if inside else 0.0))
    return result


def spots_of(n, count, found):
    """The spots of positions among the first `count` of the `n` elements of a row."""
    for p, slope in found:
        whole = round(p)
        if abs(p - whole) <= 8.0 * EPSILON * count:
            p = float(whole)
        low = min(int(p), max(n - 2, 0))
        yield Spot(low, min(low + 1, n - 1), p - low, slope)


def spots_in(rows, q, function, leaving_out, method=None, unit=1.0):
    """The spots of the quantiles `q`, of which `function` is NumPy's that leaves nothing out; and whether
    there is a NaN to be left out."""
    numbers = np.ravel(values_of(q)).astype(float).tolist() if hasattr(q, "shape") else [q]
    n = rows.rows_shape[-1]
    if not (leaving_out and numbers and has_nan(rows.values)):
        return tuple(spots_of(n, n, positions(function, numbers, n, method, unit))), False
    counts = np.count_nonzero(~np.isnan(rows.values), axis=-1, keepdims=True)
    if (count := int(counts.min())) == counts.max():
        return tuple(spots_of(n, count, positions(function, numbers, count, method, unit))), True
    several, which = np.unique(counts, return_inverse=True)
    table = [
        list(spots_of(n, count, positions(function, numbers, count, method, unit)))
        for count in several.tolist()
    ]
    of_rows = np.array(table)[which.reshape(counts.shape)]
    dtype = rows.values.real.dtype
    spots = tuple(
        Spot(low.astype(np.intp), high.astype(np.intp), fraction.astype(dtype), slope.astype(dtype))
        for low, high, fraction, slope in np.moveaxis(of_rows, (-2, -1), (0, 1))
    )
    return spots, True


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
        a, options = arraylike(a), given(keepdims=keepdims)
        if out is None:
            return rules[function](a, axis, **options)
        computed = asked_for(function, a, axis=axis, out=out, **options)
        spots, some = spots_in(Rows(a, axis), 0.5, np.median, leaving_out)
        return delivered(rules[quantiles](a, 0.5, computed, axis, spots, some, computed.shape), out)

    return median


def _median_rule(function, leaving_out):
    def vjp(g, a, axis):
        rows = Rows(a, axis)
        return put_back(g, 0.5, rows, *spots_in(rows, 0.5, np.median, leaving_out))

    def jvp(t, a, axis, keepdims):
        rows = Rows(a, axis)
        shape = np.sum(rows.values.reshape(a.shape), axis=axis, keepdims=bool(keepdims)).shape
        return moved(t, 0.5, rows, *spots_in(rows, 0.5, np.median, leaving_out), shape)

    def places(g, a, axis):
        rows = Rows(a, axis)
        return few_pieces(g, 0.5, rows, *spots_in(rows, 0.5, np.median, leaving_out))

    general(function, vjp={"a": vjp}, jvp={"a": jvp}, selects=True, few=places)


for _function in (np.median, np.nanmedian):
    _median_rule(_function, _function is np.nanmedian)
    composite(_function)(_median(_function, _function is np.nanmedian))


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
            q = q if type(q) in (int, float) else arraylike(q)
            spots, some = spots_in(Rows(a, axis), q, complete, leaving_out, method, unit)
            result = rules[quantiles](a, q, computed, axis, spots, some, np.shape(computed))
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
