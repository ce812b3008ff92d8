"""The twins of NumPy's polynomials: each function of each basis, against NumPy and numerical
differentiation."""

import inspect

import numpy as np
import pytest

import mygrad as mg
from mygrad.testing.numerical import columns, gradient

BASES = {
    "polynomial": "poly",
    "chebyshev": "cheb",
    "legendre": "leg",
    "hermite": "herm",
    "hermite_e": "herme",
    "laguerre": "lag",
}
C, D, SHORT = np.array([1.5, -0.7, 0.4, 0.9]), np.array([0.3, 1.1, -0.6]), np.array([0.8, -1.3])
X, Y, Z = np.array([-0.6, 0.1, 0.75]), np.array([0.4, -0.2, 0.9]), np.array([0.2, 0.5, -0.8])
GRID = np.array([[0.4, -1.2], [0.9, 0.3], [-0.5, 0.6]])
CUBE = np.array([GRID, GRID[::-1] * 0.5])
SAMPLES = np.linspace(-0.9, 0.9, 6)
VALUES = np.array([0.3, -0.4, 0.9, 0.2, -0.8, 0.5])

# What each function is called with; arrays are differentiated in, the rest are plain arguments.
CALLS = {
    "line": [(np.array(0.7), np.array(1.3))],
    "add": [(C, D), (D, C)],
    "sub": [(C, D), (D, C)],
    "mulx": [(C,)],
    "mul": [(C, D)],
    "div": [(C, D), (D, C)],
    "pow": [(D, 3), (D, 0), (D, 2, 8)],
    "val": [(X, C), (X, np.stack([C, C * 2], 1)), (X, np.stack([C, C * 2, C], 1), False), (np.array(0.3), C)],
    "val2d": [(X, Y, GRID)],
    "val3d": [(X, Y, Z, CUBE)],
    "valnd": [(np.stack([X, Y]), GRID), (np.stack([X, Y, Z]), CUBE)],  # since NumPy 2.5
    "grid2d": [(X, Y, GRID)],
    "grid3d": [(X, Y, Z, CUBE)],
    "der": [(C,), (C, 2), (GRID, 1, 2.0, 1), (C, 5)],
    "int": [(C,), (C, 2, [0.5, 1.0]), (C, 1, [], 0.5, 2.0), (GRID, 1, [0.3], 0, 1, 1)],
    "fromroots": [(D,), (SHORT,)],
    "roots": [(np.array([0.3, 0.9, -1.1, 0.5]),), (SHORT,)],
    "vander": [(X, 3), (GRID, 2)],
    "vander2d": [(X, Y, [1, 2])],
    "vander3d": [(X, Y, Z, [1, 2, 1])],
    "fit": [
        (SAMPLES, VALUES, 2),
        (SAMPLES, VALUES, [0, 2]),
        (SAMPLES, VALUES, 3, None, False, VALUES**2 + 1),
    ],
    "trim": [(C,), (np.array([1.0, 2.0, 0.1]), 0.5)],
    "companion": [(C,), (SHORT,)],
    "weight": [(X,)],
    "valfromroots": [(X, D), (X, GRID), (np.array([0.1, 0.2]), GRID, False)],
}
FROM_AND_TO = [(C,)]


def table():
    for basis, prefix in BASES.items():
        module = getattr(np.polynomial, basis)
        for name in module.__all__:
            if not inspect.isfunction(getattr(module, name)) or "pts" in name:
                continue
            kind = name.removeprefix(prefix)
            calls = FROM_AND_TO if "2" in name and not name.endswith("2d") else CALLS.get(kind, ())
            for k, call in enumerate(calls):
                yield pytest.param(basis, name, call, id=f"{name}-{k}")


def of_arrays(call):
    return [a for a in call if isinstance(a, np.ndarray)]


def filled(call, values):
    values = iter(values)
    return [next(values) if isinstance(a, np.ndarray) else a for a in call]


def flat(result):
    """One vector of what comes back; the report of a fit isn't part of it."""
    parts = [result] if not isinstance(result, (tuple, list)) else list(result)
    return np.concatenate([np.ravel(part) for part in parts if not isinstance(part, list)])


@pytest.mark.parametrize(("basis", "name", "call"), list(table()))
def test_a_function_of_polynomials_is_differentiated(basis, name, call):
    function, twin = (
        getattr(getattr(np.polynomial, basis), name),
        getattr(getattr(mg.polynomial, basis), name),
    )
    arrays = of_arrays(call)
    expected = function(*filled(call, arrays))
    tensors = [mg.tensor(a) for a in arrays]
    result = flat(twin(*filled(call, tensors)))
    np.testing.assert_allclose(mg.asarray(result), flat(expected), rtol=1e-13, atol=1e-14)
    if not isinstance(result, mg.Tensor):  # a polynomial differentiated away, a power of 0
        assert np.all(result == flat(function(*filled(call, [a * 1.01 for a in arrays]))))
        return
    cotangent = np.cos(np.arange(result.size, dtype=float))
    result.backward(cotangent)
    jacobian = columns(lambda *values: flat(function(*filled(call, values))), arrays)
    for a, t, column in zip(arrays, tensors, jacobian, strict=True):
        wanted = gradient(column, a, cotangent)
        np.testing.assert_allclose(
            np.zeros_like(a) if t.grad is None else t.grad, wanted, rtol=1e-6, atol=1e-7
        )


def test_every_function_of_every_basis_has_a_call():
    for basis, prefix in BASES.items():
        module = getattr(np.polynomial, basis)
        functions = {n.removeprefix(prefix) for n in module.__all__ if inspect.isfunction(getattr(module, n))}
        of_plain_numbers = {"gauss", "pts1", "pts2", "interpolate"}
        assert {n for n in functions if "2" not in n or n.endswith("2d")} - of_plain_numbers <= set(CALLS)


@pytest.mark.parametrize("name", ["Polynomial", "Chebyshev", "Legendre", "Hermite", "HermiteE", "Laguerre"])
def test_a_class_of_polynomials_takes_tensors_as_coefficients(name):
    plain, twin = getattr(np.polynomial, name), getattr(mg.polynomial, name)

    def program(cls, c, x):
        p = cls(c, domain=[-2, 2])
        q = (p * p - 2 * p + 1) ** 2 // cls([0.5, 1.0], domain=[-2, 2])
        return q(x) + p.deriv()(x) * p.integ(k=[0.5])(x) + (-p / 2)(x) + p.truncate(2)(x) + divmod(p, q)[1](x)

    expected = program(plain, C, X)
    c, x = mg.tensor(C), mg.tensor(X)
    result = program(twin, c, x)
    np.testing.assert_allclose(result.data, expected, rtol=1e-12)
    result.backward(Y)
    for g, a, column in zip(
        (c.grad, x.grad), (C, X), columns(lambda *v: program(plain, *v), [C, X]), strict=True
    ):
        np.testing.assert_allclose(g, gradient(column, a, Y), rtol=1e-4, atol=1e-7)
    assert isinstance(twin(c), plain)


def test_roots_and_conversion_of_a_class():
    p = mg.polynomial.Polynomial.fromroots(mg.tensor([0.3, 0.9]))
    assert p.coef.creator is not None
    r = p.roots()
    np.testing.assert_allclose(r.data, [0.3, 0.9])
    q = p.convert(kind=mg.polynomial.Chebyshev)
    assert isinstance(q, np.polynomial.Chebyshev)
    expected = np.polynomial.Polynomial.fromroots([0.3, 0.9]).convert(kind=np.polynomial.Chebyshev)
    np.testing.assert_allclose(q.coef.data, expected.coef)
    assert not q.coef.constant


def test_a_fitted_curve_is_differentiated_in_the_samples():
    y = mg.tensor(VALUES)
    p = mg.polynomial.Polynomial.fit(SAMPLES, y, 2)
    p(0.3).backward()
    (column,) = columns(lambda v: np.polynomial.Polynomial.fit(SAMPLES, v, 2)(0.3), [VALUES])
    np.testing.assert_allclose(y.grad, gradient(column, VALUES, np.array(1.0)), rtol=1e-8)


@pytest.mark.parametrize("joining", ["r_", "c_"])
def test_arrays_are_joined_by_indexing(joining):
    plain, ours = getattr(np, joining), getattr(mg, joining)
    x = mg.tensor([1.0, 2.0, 3.0])
    result = ours[x * x, 2 * x, [4.0, 5.0, 6.0]]
    assert np.array_equal(result.data, plain[x.data**2, 2 * x.data, [4.0, 5.0, 6.0]])
    result.sum().backward()
    assert np.array_equal(x.grad, 2 * x.data + 2)
    assert np.array_equal(ours[[1, 2], [4, 5]], plain[[1, 2], [4, 5]])
    with pytest.raises(mg.GradientLost):
        plain[x, x]
