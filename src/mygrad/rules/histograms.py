"""Histograms. How many elements are in a bin is piecewise constant; the weights in it add up.

The edges have a derivative where they lie evenly between the least and the greatest element, or were given as
tensors, and so has the density, which is divided by the widths of the bins.
"""

import numpy as np

from mygrad.engine.calling import holds_tensor, plain, stacked
from mygrad.engine.function import general
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, of_dtype, values_of


def several(bins):
    """Whether `bins` is a sequence: of edges, or of what is given for each dimension."""
    return isinstance(bins, (list, tuple)) or len(getattr(bins, "shape", ())) > 0


def edges_of(a, bins, limits, found):
    """The edges of the bins as they follow from the elements `a` or from what was given; NumPy `found`
    them."""
    if several(bins):
        bins = stacked(bins)
        return bins if isinstance(bins, Handle) else found
    if limits is not None:
        first, last = limits
    elif a.size:
        first, last = np.min(a), np.max(a)
    else:
        return found
    if not holds_tensor([first, last]) or found.dtype.kind not in "fc":
        return found
    if values_of(first) == values_of(last):
        first, last = first - 0.5, last + 0.5
    return np.linspace(first, last, len(found), dtype=found.dtype)


def places_of(values, edges):
    """The bin of each element, and whether it is in any. The last edge belongs to its bin."""
    place = np.searchsorted(edges, values, side="right") - 1
    if len(edges):
        place[values == edges[-1]] -= 1
    return place, (place >= 0) & (place < len(edges) - 1)


def counted(weights, place, sums):
    """The sums of the weights of each bin as NumPy found them, `sums()`."""
    return sums()


def counted_vjp(g, place, weights_shape):
    """A weight has what arrives at its bin. Those in none have a place past the end: nothing arrives."""
    flat = np.ravel(g)
    return np.reshape(np.concatenate([flat, np.zeros_like(flat, shape=1)])[place], weights_shape)


general(counted, vjp={"weights": counted_vjp})


@composite(np.histogram_bin_edges)
def histogram_bin_edges(a, bins=10, range=None, weights=None):
    """Edges between the least and the greatest element move with those, of which ties share; how many there
    are is piecewise constant."""
    a = arraylike(a)
    found = np.histogram_bin_edges(values_of(a), plain(bins), plain(range), plain(weights))
    return edges_of(a, bins, range, found)


@composite(np.histogram)
def histogram(a, bins=10, range=None, density=None, weights=None):
    """Counts have no gradient; sums of weights, densities and edges have."""
    a = arraylike(a)
    weights = None if weights is None else arraylike(weights)
    result, found = np.histogram(values_of(a), plain(bins), plain(range), None, plain(weights))
    edges = edges_of(a, bins, range, found)
    if isinstance(weights, Handle):
        place, inside = places_of(values_of(a), found)
        sums = result
        result = rules[counted](weights, np.where(inside, place, len(sums)), lambda: sums)
    if density:
        result = result / of_dtype(np.diff(edges), np.dtype(float)) / np.sum(result)
    return result, edges


@composite(np.histogramdd)
def histogramdd(sample, bins=10, range=None, density=None, weights=None):
    """Counts have no gradient; sums of weights, densities and edges have."""
    if len(getattr(sample, "shape", ())) != 2:  # one after the other
        sample = np.atleast_2d(arraylike(sample)).T
    weights = None if weights is None else arraylike(weights)
    values = values_of(sample)
    result, found = np.histogramdd(values, plain(bins), plain(range), None, plain(weights))
    dimensions = len(found)
    bins = bins if several(bins) else [bins] * dimensions
    limits = [None] * dimensions if range is None else range
    edges = [edges_of(sample[:, i], bins[i], limits[i], found[i]) for i, _ in enumerate(found)]
    if isinstance(weights, Handle):
        placed = [places_of(values[:, i], found[i]) for i, _ in enumerate(found)]
        inside = np.all([within for _, within in placed], axis=0)
        sums = result
        place = np.full(len(values), sums.size)
        place[inside] = np.ravel_multi_index([p[inside] for p, _ in placed], sums.shape)
        result = rules[counted](weights, place, lambda: sums)
    if density:
        total = np.sum(result)
        for i, edge in enumerate(edges):
            result = result / np.reshape(np.diff(edge), [-1 if i == j else 1 for j, _ in enumerate(edges)])
        result = result / total
    return result, edges


@composite(np.histogram2d)
def histogram2d(x, y, bins=10, range=None, density=None, weights=None):
    """Counts have no gradient; sums of weights, densities and edges have."""
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    if several(bins) and len(bins) not in (1, 2):
        bins = [bins, bins]
    result, edges = np.histogramdd(
        np.stack([arraylike(x), arraylike(y)], axis=1), bins, range, density, weights
    )
    return result, *edges
