"""Arrays without the zeros at their ends."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from mygrad.engine.calling import plain
from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, values_of


@composite(np.trim_zeros)
def trim_zeros(filt, trim="fb", axis=None):
    """Where the zeros end is decided by the values. The result is a view."""
    filt = arraylike(filt)
    np.trim_zeros(plain(filt), trim, **({} if axis is None else {"axis": axis}))
    axes = normalize_axis_tuple(range(filt.ndim) if axis is None else axis, filt.ndim)
    if not axes:
        return filt
    kept = np.argwhere(values_of(filt))
    part = [slice(None)] * filt.ndim
    for i in axes:
        start = kept[:, i].min() if "f" in trim.lower() and len(kept) else None
        stop = kept[:, i].max() + 1 if "b" in trim.lower() and len(kept) else None
        part[i] = slice(start, stop) if len(kept) else slice(0, 0)
    return filt[tuple(part)]
