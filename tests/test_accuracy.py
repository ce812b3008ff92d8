"""How many digits of a derivative are right, where they are easily lost.

Each function is differentiated at numbers where a formula of the textbook cancels, overflows or underflows,
and compared with arithmetic of 50 digits or more. The bounds are in units of the machine's precision: 1 is
about the rounding of one operation. What is exact in doubles, such as the numbers themselves, is exact there
too.
"""

from dataclasses import dataclass
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.record import node_of
from mygrad.engine.sweep import gradients

EPS = float(np.finfo(float).eps)
TINY = float(np.finfo(float).tiny)


@dataclass
class Case:
    """A function of numbers, its exact partial derivatives, and where they are compared.

    Attributes
    ----------
    function : callable
        Takes tensors of one number each.
    exact : callable
        Takes the numbers as those of `mpmath`; returns the derivative, or a tuple of them.
    points : list
        Numbers, or tuples of them.
    bound : float
        The greatest relative error, in units of the precision.
    second : callable, optional
        As `exact`, for the second derivative in the one number.
    second_bound : float
        The bound of that.
    digits : int
        Of the exact arithmetic; more than 50 where it cancels too.
    """

    name: str
    function: Any
    exact: Any
    points: list
    bound: float
    second: Any = None
    second_bound: float = 0.0
    digits: int = 50


def derivatives(function, point):
    """The partial derivatives of a function at a point, and the second one in its first number."""
    with np.errstate(all="ignore"):
        tensors = [mg.tensor(float(x)) for x in point]
        nodes = [node_of(t) for t in tensors]
        result = np.sum(function(*tensors))
        first = gradients(node_of(result), nodes, np.ones(()), graph=True)
        second = None
        if isinstance(first[0], mg.Tensor):
            (second,) = gradients(node_of(first[0]), nodes[:1], np.ones(()))
    return [0.0 if g is None else float(np.asarray(getattr(g, "data", g))) for g in first], second


def error(found, exact):
    """The relative error, in units of the precision; the least number that there is is no error."""
    if mp.isinf(exact) or abs(exact) > np.finfo(float).max:
        return 0.0 if np.isinf(found) and (found > 0) == (exact > 0) else np.inf
    if not np.isfinite(found):
        return np.inf
    difference = abs(mp.mpf(found) - exact)
    if difference <= 4 * mp.mpf(5e-324):  # subnormal numbers have fewer digits
        return 0.0
    return float(difference / (max(abs(exact), mp.mpf(TINY)) * EPS))


def tuples(points):
    return [x if isinstance(x, tuple) else (x,) for x in points]


def signed(*points):
    return [s * x for x in points for s in (1, -1)]


SIZES = [10.0**k for k in (-300, -200, -100, -20, -10, -5, -3, -2, -1)]
"""Small numbers of all sizes."""


def dsinc(x):
    y = mp.pi * x
    return (mp.cos(y) - mp.sin(y) / y) / x if x else mp.mpf(0)


def d2sinc(x):
    y = mp.pi * x
    return -(mp.pi**2) / 3 if not x else (-mp.pi * mp.sin(y) - 2 * dsinc(x)) / x


def softmax(x):
    weights = np.exp(x - np.max(x))
    return weights / np.sum(weights)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


APART = [
    (0.0, 0.0),
    (1.0, 1.0),
    (1000.0, 1000.0),
    (1000.0, 1000.5),
    (-1000.0, -1003.0),
    (1e8, 1e8 + 1.0),
    (0.0, -30.0),
    (0.0, 30.0),
    (3.0, -700.0),
    (-700.0, 3.0),
    (1e15, 1e15 + 1.0),
    (1e-300, -1e-300),
    (1e300, -1e300),
    (5e5, 5e5 - 3.0),
]

CASES = [
    # exponentials and logarithms
    Case("exp", np.exp, mp.exp, signed(1e-300, 1e-8, 1.0, 20.5, 700.25), 2, mp.exp, 2),
    Case(
        "exp2",
        np.exp2,
        lambda x: mp.mpf(2) ** x * mp.log(2),
        signed(1e-300, 1e-8, 1.0, 20.5, 1000.25),
        3,
        lambda x: mp.mpf(2) ** x * mp.log(2) ** 2,
        4,
    ),
    Case("expm1", np.expm1, mp.exp, signed(*SIZES, 1.0, 30.0, 700.0), 2, mp.exp, 2),
    Case("log", np.log, lambda x: 1 / x, [*SIZES, 1.0, 1 + 1e-15, 1e300], 1, lambda x: -1 / x**2, 2),
    Case(
        "log2",
        np.log2,
        lambda x: 1 / (x * mp.log(2)),
        [*SIZES, 1.0, 1 + 1e-15, 1e300],
        2,
        lambda x: -1 / (x**2 * mp.log(2)),
        3,
    ),
    Case(
        "log10",
        np.log10,
        lambda x: 1 / (x * mp.log(10)),
        [*SIZES, 1.0, 1 + 1e-15, 1e300],
        2,
        lambda x: -1 / (x**2 * mp.log(10)),
        3,
    ),
    Case(
        "log1p",
        np.log1p,
        lambda x: 1 / (1 + x),
        [*signed(*SIZES), -1 + 2**-40, -1 + 2**-53, 1e300],
        2,
        lambda x: -1 / (1 + x) ** 2,
        3,
    ),
    Case("logaddexp", np.logaddexp, lambda x, y: (sigmoid(x - y), sigmoid(y - x)), APART, 32),
    Case(
        "logaddexp2",
        np.logaddexp2,
        lambda x, y: tuple(sigmoid(d * mp.log(2)) for d in (x - y, y - x)),
        APART,
        32,
    ),
    Case(
        "log of the sum of two exponentials of one",
        lambda x: np.logaddexp(x, -x),
        mp.tanh,
        signed(0.5, 1.0, 5.0, 18.0, 300.0),
        8,
        lambda x: mp.sech(x) ** 2,
        64,
    ),
    # trigonometric and hyperbolic functions, and their inverses
    Case("sin", np.sin, mp.cos, signed(1e-300, 1e-5, 1.0, 1e5, 1e15), 2, lambda x: -mp.sin(x), 2),
    Case(
        "cos", np.cos, lambda x: -mp.sin(x), signed(1e-300, 1e-5, 1.0, 1e5, 1e15), 2, lambda x: -mp.cos(x), 2
    ),
    Case(
        "tan",
        np.tan,
        lambda x: 1 + mp.tan(x) ** 2,
        signed(1e-300, 1e-5, 1.0, 1.57079632679, 1e5),
        6,
        lambda x: 2 * mp.tan(x) * (1 + mp.tan(x) ** 2),
        8,
    ),
    Case(
        "arcsin",
        np.arcsin,
        lambda x: 1 / mp.sqrt(1 - x**2),
        signed(*SIZES, 0.5, 0.99, 1 - 1e-8, 1 - 2**-53),
        3,
    ),
    Case(
        "arccos",
        np.arccos,
        lambda x: -1 / mp.sqrt(1 - x**2),
        signed(*SIZES, 0.5, 0.99, 1 - 1e-8, 1 - 2**-53),
        3,
    ),
    Case(
        "the second derivative of arcsin",
        np.arcsin,
        lambda x: 1 / mp.sqrt(1 - x**2),
        signed(0.25, 0.5, 0.99, 1 - 1e-8, 1 - 2**-53),
        3,
        lambda x: x / mp.sqrt(1 - x**2) ** 3,
        12,
    ),
    Case(
        "arctan",
        np.arctan,
        lambda x: 1 / (1 + x**2),
        signed(*SIZES, 1.0, 1e5, 1e60),
        3,
        lambda x: -2 * x / (1 + x**2) ** 2,
        6,
    ),
    Case("arctan of large numbers", np.arctan, lambda x: 1 / (1 + x**2), signed(1e100, 1e153, 1e300), 3),
    Case(
        "arctan2",
        np.arctan2,
        lambda x, y: (y / (x**2 + y**2), -x / (x**2 + y**2)),
        [
            (1e300, 1e300),
            (1e-300, 1e-300),
            (1e300, 1.0),
            (1.0, 1e-300),
            (-1e-5, 1e5),
            (1e200, -1e-200),
            (3.0, 4.0),
        ],
        5,
    ),
    Case("sinh", np.sinh, mp.cosh, signed(*SIZES, 1.0, 30.0, 710.0), 3, mp.sinh, 3),
    Case("cosh", np.cosh, mp.sinh, signed(*SIZES, 1.0, 30.0, 710.0), 3, mp.cosh, 3),
    Case(
        "tanh",
        np.tanh,
        lambda x: mp.sech(x) ** 2,
        signed(*SIZES, 1.0),
        6,
        lambda x: -2 * mp.tanh(x) * mp.sech(x) ** 2,
        12,
    ),
    Case(
        "sech",
        mg.sech,
        lambda x: -mp.tanh(x) * mp.sech(x),
        signed(*SIZES, 1.0, 10.0, 25.0, 100.0, 700.0),
        8,
    ),
    Case(
        "arcsinh",
        np.arcsinh,
        lambda x: 1 / mp.sqrt(1 + x**2),
        signed(*SIZES, 1.0, 1e10, 1e200, 1e300),
        3,
        lambda x: -x / mp.sqrt(1 + x**2) ** 3,
        8,
    ),
    Case(
        "arccosh",
        np.arccosh,
        lambda x: 1 / mp.sqrt(x**2 - 1),
        [1 + 2**-52, 1 + 1e-10, 1.01, 3.0, 1e10, 1e200],
        4,
        lambda x: -x / mp.sqrt(x**2 - 1) ** 3,
        12,
    ),
    Case(
        "arctanh",
        np.arctanh,
        lambda x: 1 / (1 - x**2),
        signed(*SIZES, 0.5, 1 - 1e-8, 1 - 2**-53),
        3,
    ),
    Case(
        "sinc",
        np.sinc,
        dsinc,
        [0.0, *signed(*SIZES, 0.15, 0.16, 0.5, 0.9, 2.5, 3.25)],
        16,
        d2sinc,
        64,
        digits=1000,
    ),
    # powers, roots and magnitudes
    Case("sqrt", np.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), [5e-324, *SIZES, 2.0, 1e300], 2),
    Case(
        "cbrt",
        np.cbrt,
        lambda x: 1 / (3 * mp.cbrt(x) ** 2),
        [5e-324, *SIZES, 2.0, 1e300],
        4,
        lambda x: -2 / (9 * mp.cbrt(x) ** 5),
        8,
    ),
    Case(
        "reciprocal", np.reciprocal, lambda x: -1 / x**2, signed(*SIZES, 3.0, 1e150), 2, lambda x: 2 / x**3, 4
    ),
    Case(
        "power",
        np.power,
        lambda x, y: (y * x ** (y - 1), x**y * mp.log(x)),
        [
            (2.0, 3.0),
            (1e-5, 60.0),
            (1 + 1e-10, 1e10),
            (0.5, 1e3),
            (1e-300, 0.5),
            (1e-300, 1.0),
            (1e-200, 1.5),
            (1e200, 1.5),
            (3.0, 1e-20),
            (1e-20, 1e-20),
            (1.0, 1e300),
            (1e300, -1.0),
            (7.0, -300.0),
        ],
        4,
    ),
    Case(
        "power of a small base to a fraction",
        lambda x: x**0.1,
        lambda x: mp.mpf(0.1) * x ** (mp.mpf(0.1) - 1),
        SIZES,
        256,
    ),
    Case(
        "hypot",
        np.hypot,
        lambda x, y: (x / mp.sqrt(x**2 + y**2), y / mp.sqrt(x**2 + y**2)),
        [
            (1e300, 1e300),
            (1e-300, 1e-300),
            (1e300, 1.0),
            (3e-310, 4e-310),
            (-1e-200, 1e-180),
            (1e-308, 1e-308),
            (3.0, -4.0),
        ],
        3,
    ),
    Case("i0", np.i0, lambda x: mp.besseli(1, x), signed(1e-300, 1e-8, 0.1, 1.0, 7.9, 8.1, 30.0, 700.0), 16),
    # sums, means and products
    Case(
        "softmax",
        lambda *x: softmax(np.stack(x))[0],
        lambda *x: (lambda p: tuple(p[0] * ((i == 0) - p[i]) for i in range(len(x))))(
            [mp.exp(v) / mp.fsum(map(mp.exp, x)) for v in x]
        ),
        [(1.0, 2.0, 3.0), (1000.0, 1001.0, 999.0), (-1e5, -1e5 + 2.0, -1e5 - 1.0), (0.0, 30.0, 20.0)],
        32,
    ),
    Case(
        "a quotient of huge numbers",
        lambda x, y: x / y,
        lambda x, y: (1 / y, -x / y**2),
        [(1e300, 1e200), (1e-300, 1e-200), (1.0, 1e160)],
        3,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_digits_of_derivatives(case):
    with mp.workdps(case.digits):
        for point in tuples(case.points):
            found, found_second = derivatives(case.function, point)
            exact = case.exact(*map(mp.mpf, point))
            exact = exact if isinstance(exact, tuple) else (exact,)
            for i, (g, wanted) in enumerate(zip(found, exact, strict=True)):
                off = error(g, wanted)
                assert off <= case.bound, (point, i, g, mp.nstr(wanted, 20), off)
            if case.second is not None:
                wanted = case.second(*map(mp.mpf, point))
                found_second = 0.0 if found_second is None else float(found_second)
                off = error(found_second, wanted)
                assert off <= case.second_bound, (point, "second", found_second, mp.nstr(wanted, 20), off)


# -------------------------------------------------------------------------------------------------- of arrays


def gradient(function, *arrays):
    """The gradient of a function of arrays, summed, in the first one."""
    with np.errstate(all="ignore"):
        x = mg.tensor(arrays[0])
        np.sum(function(x, *arrays[1:])).backward()
    return x.grad


def worst(found, exact):
    """The greatest relative error of an array, in units of the precision."""
    assert np.shape(found) == np.shape(exact)
    return max(error(float(g), w) for g, w in zip(np.ravel(found), np.ravel(exact), strict=True))


def exactly(array):
    """An array as numbers of `mpmath`."""
    return np.array([mp.mpf(float(v)) for v in np.ravel(array)], dtype=object).reshape(np.shape(array))


FACTORS = [
    [2.0, 3.0, 5.0],
    [2.0, 0.0, 5.0],
    [0.0, 3.0, 0.0],
    [0.0, 0.0, 0.0],
    [1e-200, 1e-200, 3.0],
    [-1e-300, 1e300, 0.0, -3.0],
    [1e-160, 1e-160, 1.0],
    [0.1, 0.7, 1.3, 1.9, 0.3],
]


@pytest.mark.parametrize("factors", FACTORS, ids=str)
def test_digits_of_products(factors):
    with mp.workdps(50):
        x = exactly(factors)
        n = len(factors)
        others = np.array([mp.fprod(x[:i]) * mp.fprod(x[i + 1 :]) for i in range(n)])
        assert worst(gradient(np.prod, np.array(factors)), others) <= n
        running = [
            mp.fsum(mp.fprod(x[:i]) * mp.fprod(x[i + 1 : k + 1]) for k in range(i, n)) for i in range(n)
        ]
        if min(factors) >= 0.0:  # where nothing cancels
            assert worst(gradient(np.cumprod, np.array(factors)), np.array(running)) <= 2 * n


@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4, 1e8, 1e15])
@pytest.mark.parametrize("ddof", [0, 1])
def test_digits_of_spreads(offset, ddof):
    data = offset + np.array([0.0, 1.0, 3.0, -2.0, 7.0, 0.5])
    with mp.workdps(50):
        x = exactly(data)
        n = len(x)
        deviation = x - mp.fsum(x) / n
        variance = mp.fsum(deviation**2) / (n - ddof)
        slope = 2 * deviation / (n - ddof)
        assert worst(gradient(lambda a: np.var(a, ddof=ddof), data), slope) <= 8
        # The mean is rounded as a large number is; its error, squared, is in the variance that NumPy finds.
        bound = 8 + (offset * EPS) ** 2 / EPS
        slope = slope / (2 * mp.sqrt(variance))
        assert worst(gradient(lambda a: np.std(a, ddof=ddof), data), slope) <= bound


VECTORS = [
    [3.0, 4.0, 12.0],
    [3e200, 4e200, 12e200],
    [3e-200, 4e-200, -12e-200],
    [1e150, 1.0, -1e-150],
    [1e-300, 0.0, 0.0],
    [5e-160, 1e-161, 2e-162],
]


@pytest.mark.parametrize("vector", VECTORS, ids=str)
def test_digits_of_norms(vector):
    with mp.workdps(50):
        x = exactly(vector)
        length = mp.sqrt(mp.fsum(x**2))
        assert worst(gradient(np.linalg.norm, np.array(vector)), x / length) <= 8
        matrix = np.array([vector, vector])
        assert worst(gradient(lambda a: np.linalg.norm(a, axis=1), matrix), np.array([x, x]) / length) <= 8
        whole = np.array([x, x]) / (length * mp.sqrt(2))
        assert worst(gradient(np.linalg.norm, matrix), whole) <= 8


def test_the_mean_of_what_overflows_in_the_sum():
    assert gradient(np.mean, np.array([1e308, 1e308, -1e308, 1.0])).tolist() == [0.25] * 4
    assert gradient(np.average, np.array([1e308, 1e308, 1.0, 1.0])).tolist() == [0.25] * 4


def nearly_singular(n, closeness):
    """A matrix whose last row is the sum of the others, but for `closeness`."""
    rng = np.random.default_rng(5)
    a = np.round(rng.uniform(-1, 1, (n, n)) * 1024) / 1024
    a[-1] = a[:-1].sum(axis=0)
    a[-1, 0] += closeness
    return a


@pytest.mark.parametrize("closeness", [1.0, 2.0**-10, 2.0**-20, 2.0**-30])
def test_digits_where_matrices_are_nearly_singular(closeness):
    a = nearly_singular(4, closeness)
    b = np.array([1.0, -2.0, 0.5, 3.0])
    with mp.workdps(50):
        exact = mp.matrix(a.tolist())
        inverse = exact**-1
        inv = np.array(inverse.tolist(), dtype=object)
        bound = 32 * np.linalg.cond(a)  # what the numbers of the matrix, rounded once, would do to the answer

        def off(found, wanted):
            scale = max(abs(v) for v in np.ravel(wanted))
            return float(max(abs(exactly(found) - wanted).ravel()) / scale / EPS)

        assert off(gradient(np.linalg.det, a), mp.det(exact) * inv.T) <= bound
        assert off(gradient(lambda m: np.linalg.slogdet(m)[1], a), inv.T) <= bound
        ones = np.ones((4, 4), dtype=object)
        assert off(gradient(np.linalg.inv, a), -inv.T @ ones @ inv.T) <= 2 * bound
        x = inv @ exactly(b)
        w = inv.T @ ones[0]
        assert off(gradient(np.linalg.solve, a, b), -np.outer(w, x)) <= 2 * bound
        assert off(gradient(lambda v, m: np.linalg.solve(m, v), b, a), w) <= bound


def test_the_cofactors_of_a_singular_matrix_are_exact_enough():
    a = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    cofactors = [[-3.0, 6.0, -3.0], [6.0, -12.0, 6.0], [-3.0, 6.0, -3.0]]
    np.testing.assert_allclose(gradient(np.linalg.det, a), cofactors, rtol=64 * EPS)


def test_digits_of_interpolation_and_of_trapezoids():
    knots = np.array([-1e8, 0.0, 1e-8, 2e-8, 1.0, 1e8])
    heights = np.array([3.0, 1.0, 1.0 + 2**-40, -1.0, 1e300, 7.0])
    x = np.array([-5.0, 5e-9, 1.5e-8, 0.3, 12345.0])
    with mp.workdps(50):
        k, h, at = exactly(knots), exactly(heights), exactly(x)
        slopes = (h[1:] - h[:-1]) / (k[1:] - k[:-1])
        place = np.searchsorted(knots, x, side="right") - 1
        assert worst(gradient(np.interp, x, knots, heights), slopes[place]) <= 3
        share = np.zeros(len(k), dtype=object)
        for i, v in zip(place, at, strict=True):
            fraction = (v - k[i]) / (k[i + 1] - k[i])
            share[i] += 1 - fraction
            share[i + 1] += fraction
        # The two shares of a number add up to 1, and the lesser has the digits that are left.
        found = gradient(lambda fp: np.interp(x, knots, fp), heights)
        assert max(abs(exactly(found) - share)) <= 4 * EPS
        widths = np.concatenate([[0], k[1:] - k[:-1], [0]])
        areas = (widths[1:] + widths[:-1]) / 2
        assert worst(gradient(lambda y: np.trapezoid(y, knots), heights), areas) <= 3
