"""Cases of polynomials of several variables."""

import numpy as np

from .drawing import call, cases, var

powers = np.polynomial.polynomial

if type(powers.polyval2d) is type(np.sum):  # dispatched since NumPy 2.1
    for _polynomial in (powers.polyval2d, powers.polygrid2d):
        cases(_polynomial, call(var(3), var(3), var(3, 2)), call(var(2, 3), var(2, 3), var(1, 3)))
        cases(_polynomial, call(var(), var(), var(2, 2)), call(var(3), var(3), var(2, 3, 2)))
        cases(_polynomial, call(0.5, var(), var(2, 2)), call(var(3), [1.0, 2.0, 3.0], [[1, 2], [3, 4]]))
        cases(_polynomial, call(x=var(2), y=var(2), c=var(2, 2)), call(var(0), var(0), var(2, 2)))
    cases(powers.polygrid2d, call(var(3), var(2), var(3, 2)))

if hasattr(powers, "polyvalnd"):  # since NumPy 2.5
    cases(powers.polyvalnd, call([var(3), var(3)], var(3, 2)), call([var(), var(), var()], var(2, 2, 3)))
    cases(powers.polyvalnd, call([var(2, 3)], var(4, 2)), call(pts=var(2, 3), c=var(2, 2)))
