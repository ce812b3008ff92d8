"""Ufuncs with two results, of which one is a whole number and constant between jumps.

To each result its own elementwise rule, or None: then it is what NumPy returns.
"""

import numpy as np

from mygrad.engine.rule import multi_output

# x = quotient * y + remainder
multi_output(
    np.divmod,
    None,
    {"x": lambda g: g, "y": lambda g, x, y: -g * np.floor_divide(x, y)},
    note="The quotient is constant between jumps, which are left out.",
)

# The fractional part moves with x and the whole part doesn't; the mantissa is x over a fixed power of two.
multi_output(
    np.modf, {"x": lambda g: g}, None, note="The whole part is constant between jumps, which are left out."
)
multi_output(
    np.frexp,
    {"x": lambda g, x: np.ldexp(g, -np.frexp(x)[1])},
    None,
    note="The exponent is constant between jumps, which are left out. At 0, where it is 0, the mantissa "
    "is x.",
)
