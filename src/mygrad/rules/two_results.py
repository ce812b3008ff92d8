"""Ufuncs with two results, of which one is a whole number and constant between jumps.

To each result its own elementwise rule, or None: then it is what NumPy returns.
"""

import numpy as np

from mygrad.engine.rule import multi_output

# x = quotient * y + remainder
multi_output(np.divmod, None, {"x": lambda g: g, "y": lambda g, x, y: -g * np.floor_divide(x, y)})

# The fractional part moves with x and the whole part doesn't; the mantissa is x over a fixed power of two.
multi_output(np.modf, {"x": lambda g: g}, None)
multi_output(np.frexp, {"x": lambda g, x: np.ldexp(g, -np.frexp(x)[1])}, None)
