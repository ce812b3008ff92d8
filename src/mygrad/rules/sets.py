"""Arrays as sets.

What is found is among the elements of the inputs, and each element that is found has the derivative that
arrives at it. Of equal elements it is the first: the one whose index NumPy tells; those of the first set come
before those of the second.
"""

import numpy as np

from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, values_of


def chosen(a, index, axis=None):
    """Elements in the order of the flat array, or slices of an axis."""
    return np.ravel(a)[index] if axis is None else a[(slice(None),) * (axis % a.ndim) + (index,)]


def in_their_order(index, unordered):
    """The indices of distinct elements that were told in ascending order, in the order in which they
    stand."""
    result = np.empty_like(index)
    result[np.argsort(unordered, kind="stable")] = index
    return result


@composite(np.unique)
def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, **kwargs):
    """Of equal elements the first has the derivative."""
    a = arraylike(ar)
    values = values_of(a)
    _, index, *rest = np.unique(values, True, return_inverse, return_counts, axis, **kwargs)
    if not kwargs.get("sorted", True) and axis is None and not (return_index or rest):
        index = in_their_order(index, np.unique(values, **kwargs))
    result = (chosen(a, index, axis), *([index] if return_index else []), *rest)
    return result if len(result) > 1 else result[0]


def _unique_with(function):
    def named(x):
        """Of equal elements the first has the derivative."""
        a = arraylike(x)
        result = function(values_of(a))
        _, index = np.unique(values_of(a), return_index=True, equal_nan=False)
        return result._replace(values=chosen(a, index))

    return named


for _function in (np.unique_all, np.unique_counts, np.unique_inverse):
    composite(_function)(_unique_with(_function))


@composite(np.unique_values)
def unique_values(x):
    """Of equal elements the first has the derivative."""
    a = arraylike(x)
    _, index = np.unique(values_of(a), return_index=True, equal_nan=False)
    return chosen(a, in_their_order(index, np.unique_values(values_of(a))))


def row(a):
    return np.ravel(arraylike(a))


def both(ar1, ar2):
    """All elements of two arrays in a row, the first array's first."""
    return np.concatenate([row(ar1), row(ar2)])


@composite(np.union1d)
def union1d(ar1, ar2):
    """An element of both has the derivative in the first."""
    return np.unique(both(ar1, ar2))


@composite(np.intersect1d)
def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
    """The elements are those of the first array, which have the derivative."""
    a, b = arraylike(ar1), arraylike(ar2)
    _, i, j = np.intersect1d(values_of(a), values_of(b), assume_unique, return_indices=True)
    values = both(a, b)[i]
    return (values, i, j) if return_indices else values


@composite(np.setdiff1d)
def setdiff1d(ar1, ar2, assume_unique=False):
    a, b = row(ar1) if assume_unique else np.unique(arraylike(ar1)), values_of(ar2)
    b = b if assume_unique else np.unique(b)
    return a[np.isin(values_of(a), b, assume_unique=True, invert=True)]


@composite(np.setxor1d)
def setxor1d(ar1, ar2, assume_unique=False):
    if not assume_unique:
        ar1, ar2 = np.unique(arraylike(ar1)), np.unique(arraylike(ar2))
    together = both(ar1, ar2)
    values = values_of(together)
    if not values.size:
        return together
    order = np.argsort(values, kind="stable")
    new = values[order[1:]] != values[order[:-1]]
    return together[order[np.append(True, new) & np.append(new, True)]]
