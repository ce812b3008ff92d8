"""Ufuncs whose answers are whole numbers, truth values, or constant between jumps.

They have no gradient: given tensors they return what NumPy returns for the arrays.
"""

import numpy as np

from mygrad.engine.rule import no_gradient

# Comparison
no_gradient(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)

# Truth values and tests of floating-point numbers
no_gradient(np.logical_and, np.logical_or, np.logical_xor, np.logical_not)
no_gradient(np.isfinite, np.isinf, np.isnan, np.isnat, np.signbit)

# Whole numbers and their bits
no_gradient(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.bitwise_count)
no_gradient(np.left_shift, np.right_shift, np.gcd, np.lcm)

# Rounding, and what else is constant between jumps
no_gradient(np.floor, np.ceil, np.trunc, np.rint, np.floor_divide, np.sign, np.spacing)

# Functions that answer with whole numbers, truth values, or questions about shape, dtype and memory
no_gradient(
    np.any, np.all, np.argmax, np.argmin, np.argsort, np.argpartition, np.argwhere, np.nonzero, np.flatnonzero
)
no_gradient(np.count_nonzero, np.searchsorted, np.digitize, np.nanargmax, np.nanargmin, np.lexsort)
no_gradient(
    np.allclose, np.isclose, np.array_equal, np.array_equiv, np.isreal, np.iscomplex, np.isposinf, np.isneginf
)
no_gradient(np.round, np.around, approximate=True)
no_gradient(np.fix, np.isin, np.unravel_index, np.ravel_multi_index)
if hasattr(np, "in1d"):  # until NumPy 2.3
    no_gradient(np.in1d)  # noqa: NPY201
no_gradient(np.shape, np.ndim, np.size, np.iscomplexobj, np.isrealobj, np.shares_memory, np.may_share_memory)
no_gradient(np.can_cast, np.result_type, np.min_scalar_type, np.common_type, np.isfortran)
no_gradient(np.array_repr, np.array_str, np.array2string, approximate=True)
