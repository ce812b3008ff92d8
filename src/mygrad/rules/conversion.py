"""Copies, and casts between dtypes."""

import numpy as np

from mygrad.engine.function import linear


def cast(a, dtype, order="K", casting="unsafe"):
    """``a.astype(dtype)`` as a function, for its rule."""
    return a.astype(dtype, order=order, casting=casting)


# The engine gives a cotangent the dtype of its value.
linear(np.copy, signature="a, order='K', subok=False", a=lambda g: g)
linear(cast, a=lambda g: g)
