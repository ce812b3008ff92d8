"""Stacking arrays in rows, columns and blocks: all is concatenation."""

import numpy as np

from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, numpys_own

numpys_own(np.dstack)


def are_alike_vectors(arrays):
    """Whether these are vectors of one length, for which `np.stack` makes no view of each."""
    return bool(arrays) and all(a.ndim == 1 and a.shape == arrays[0].shape for a in arrays)


def options_of(dtype, casting):
    """What `np.concatenate` is told: nothing where it is the default, which calls most alike have."""
    return {} if dtype is None and casting == "same_kind" else {"dtype": dtype, "casting": casting}


@composite(np.hstack)
def hstack(tup, *, dtype=None, casting="same_kind"):
    arrays = [arraylike(a) for a in tup]
    if not all(a.ndim for a in arrays):
        arrays = [np.atleast_1d(a) for a in arrays]
    axis = 0 if arrays and arrays[0].ndim == 1 else 1
    return rules[np.concatenate](arrays, axis, **options_of(dtype, casting))


@composite(np.vstack)
def vstack(tup, *, dtype=None, casting="same_kind"):
    arrays = [arraylike(a) for a in tup]
    if are_alike_vectors(arrays):
        return rules[np.stack](arrays, **options_of(dtype, casting))
    return rules[np.concatenate]([np.atleast_2d(a) for a in arrays], **options_of(dtype, casting))


@composite(np.column_stack)
def column_stack(tup):
    arrays = [arraylike(a) for a in tup]
    if are_alike_vectors(arrays):
        return rules[np.stack](arrays, 1)
    return rules[np.concatenate]([np.atleast_2d(a).T if a.ndim < 2 else a for a in arrays], 1)


@composite(np.append)
def append(arr, values, axis=None):
    if axis is None:
        return np.concatenate([np.ravel(arraylike(arr)), np.ravel(arraylike(values))])
    return np.concatenate([arraylike(arr), arraylike(values)], axis=axis)


def depth_of(arrays, place=()):
    """How deep the lists are nested, which must be the same everywhere."""
    where = "arrays" + "".join(f"[{i}]" for i in place)
    if type(arrays) is tuple:
        raise TypeError(f"{where} is a tuple. Only lists can be used to arrange blocks.")
    if type(arrays) is not list:
        return 0
    if not arrays:
        raise ValueError(f"List at {where} cannot be empty")
    depths = [depth_of(a, (*place, i)) for i, a in enumerate(arrays)]
    if len(set(depths)) > 1:
        raise ValueError(f"List depths are mismatched: below {where} they are {depths}.")
    return 1 + depths[0]


def leaves_of(arrays):
    """The innermost items of nested lists."""
    return [leaf for a in arrays for leaf in leaves_of(a)] if type(arrays) is list else [arrays]


@composite(np.block)
def block(arrays):
    depth = depth_of(arrays)
    ndim = max(depth, *(np.ndim(a) for a in leaves_of(arrays)))

    def joined(item, level):
        if level == depth:
            item = arraylike(item)
            return np.reshape(item, (1,) * (ndim - item.ndim) + item.shape)
        return np.concatenate([joined(a, level + 1) for a in item], axis=ndim - depth + level)

    result = joined(arrays, 0)
    return np.copy(result) if depth == 0 else result
