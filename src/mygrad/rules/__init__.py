"""The derivative table: a chapter for each chapter of NumPy's own reference.

Importing this package fills the table with what most programs call; the other chapters wait until a function
is met that isn't there. To add a function, add its entry to the chapter that it belongs to; everything else
follows from that entry.
"""

from mygrad.engine.chapters import waiting
from mygrad.rules import (  # noqa: F401
    arithmetic,
    clipping,
    conversion,
    discrete,
    exponential,
    extrema,
    joining,
    products,
    reductions,
    reinterpreting,
    scans,
    shaping,
    signs,
    stacking,
    statistics,
    trigonometric,
)

waiting |= dict.fromkeys(
    [
        f"mygrad.rules.{name}"
        for name in """
            along_axes averages bessel choosing complex_domain convolution diagonals differences einsum
            factorizations flipping grids histograms in_place interpolation least_squares linalg log_sums
            missing_values padding polynomials quantiles questions refusals sets singular_values sorting
            spaces special spectra splitting strides systems tensor_products trimming two_results
        """.split()
    ],
    "numpy",
)
waiting["mygrad.rules.bivariate"] = "numpy.polynomial"
waiting["mygrad.rules.fourier"] = "numpy.fft"
