"""Cases of views as another dtype: complex numbers as pairs of floats, and pairs as complex numbers."""

import numpy as np

from mygrad.rules.reinterpreting import pairs

from .drawing import add, entry_function, parameters, var

PARTNERS = {"f": "F", "d": "D", "g": "G", "F": "f", "D": "d", "G": "g"}
"""The dtypes of numbers and of their parts, by their characters."""


def paired(a):
    # Parts of half precision make no complex numbers, and only elements that lie side by side are viewed.
    a = a.astype(np.float32 if a.dtype == np.float16 else a.dtype, order="C")
    return entry_function(pairs)(a, np.dtype(PARTNERS[a.dtype.char]))


for _shape in ((4,), (3, 4), (2, 3, 2), (0, 2)):
    add(pairs, f"{_shape}", paired, [var(*_shape)], view=False)
add(pairs, "there and back", lambda a: paired(paired(a) * 2.0), [var(2, 4)], view=False)
add(pairs, "part of them", lambda a: paired(a)[..., :1], [var(2, 4)], view=False)
parameters[pairs] = {"a", "dtype"}
