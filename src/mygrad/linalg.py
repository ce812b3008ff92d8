"""``mygrad.linalg``: NumPy's linear algebra, of tensors."""

import numpy as np

from mygrad.namespace import public, _taking_array_likes, array_function

__all__ = ["norm"]

norm = public(np.linalg.norm, lambda *args, **kwargs: array_function(np.linalg.norm, args, kwargs))
