"""The derivative table: a chapter for each chapter of NumPy's own reference.

Importing this package fills the table. To add a function, add its entry to the chapter that it belongs to;
everything else follows from that entry.
"""

from mygrad.rules import (  # noqa: F401
    arithmetic,
    averages,
    choosing,
    clipping,
    conversion,
    convolution,
    creation,
    diagonals,
    differences,
    discrete,
    einsum,
    exponential,
    extrema,
    flipping,
    fourier,
    grids,
    in_place,
    interpolation,
    joining,
    linalg,
    missing_values,
    products,
    quantiles,
    reductions,
    scans,
    shaping,
    sorting,
    special,
    splitting,
    stacking,
    statistics,
    systems,
    tensor_products,
    trigonometric,
    two_results,
)
