"""Splitting arrays into views of their parts."""

from itertools import accumulate, pairwise

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, numpys_own

numpys_own(np.split, np.hsplit, np.vsplit, np.dsplit)
if hasattr(np, "unstack"):  # NumPy 2.1
    numpys_own(np.unstack)


# NumPy swaps axes there and back, which are two views more for each part.
@composite(np.array_split)
def array_split(ary, indices_or_sections, axis=0):
    a = arraylike(ary)
    n = a.shape[axis]
    try:
        bounds = [0, *indices_or_sections, n]
    except TypeError:
        count = int(indices_or_sections)
        if count <= 0:
            raise ValueError("number sections must be larger than 0.") from None
        length, more = divmod(n, count)
        bounds = accumulate([0] + [length + 1] * more + [length] * (count - more))
    before = (slice(None),) * normalize_axis_index(axis, a.ndim)
    return [a[(*before, slice(first, last))] for first, last in pairwise(bounds)]
