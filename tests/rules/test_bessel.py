"""The modified Bessel functions have all digits, near 0 and far out, and so have their derivatives."""

import numpy as np
import pytest
from scipy import special

import mygrad as mg
from mygrad.rules.bessel import reduced

POINTS = np.concatenate([np.geomspace(1e-6, 700.0, 150), [0.0, 8.0, 29.99, 30.0, 30.01]])


@pytest.mark.parametrize("n", range(6))
def test_the_reduced_functions_have_all_digits(n):
    x = POINTS[(POINTS > 0.05) & (POINTS < 300)]
    np.testing.assert_allclose(reduced(x, n), special.ive(n, x) * np.exp(x) / x**n, rtol=2e-14)
    np.testing.assert_allclose(reduced(np.zeros(1), n), 0.5**n / special.factorial(n), rtol=1e-15)


def test_the_derivative_of_i0_is_i1():
    x = mg.tensor(np.concatenate([-POINTS, POINTS]))
    np.i0(x).sum().backward()
    np.testing.assert_allclose(x.grad, special.i1(x.data), rtol=2e-13)


def test_single_precision_stays_what_it_is():
    x = mg.tensor(np.array([0.5, 20.0, 50.0], np.float32))
    np.i0(x).sum().backward()
    assert x.grad.dtype == np.float32
    np.testing.assert_allclose(x.grad, special.i1(x.data.astype(float)), rtol=1e-5)


def test_infinities_and_nan_are_what_they_are():
    x = mg.tensor([np.inf, -np.inf, np.nan, 1.0])
    with np.errstate(all="ignore"):
        np.i0(x).backward(np.ones(4))
    np.testing.assert_allclose(x.grad, [np.inf, -np.inf, np.nan, special.i1(1.0)])


def test_complex_numbers_are_refused_as_by_numpy():
    with pytest.raises(TypeError):
        np.i0(mg.tensor([1j]))
