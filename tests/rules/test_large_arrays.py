"""Rules that have another way for large arrays: it gives what the other one gives."""

import weakref

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine import function
from mygrad.rules import factorizations, linalg, scans, sorting, systems, trigonometric


def gradient(f, *values):
    """The gradients of a function with a cotangent that is another one for each element."""
    tensors = [mg.tensor(x) for x in values]
    out = f(*tensors)
    out.backward(np.cos(np.arange(out.size)).reshape(out.shape))
    return [t.grad for t in tensors]


def drawn(*shape, digits=16):
    return np.round(np.random.default_rng(len(shape)).normal(size=shape), digits)


QUANTILES = {
    "median": lambda x: np.median(x, axis=1),
    "median of all": lambda x: np.median(x),
    "median of columns": lambda x: np.median(x, axis=0),
    "nanmedian": lambda x: np.nanmedian(x, axis=1),
    "quantiles": lambda x: np.quantile(x, [0.1, 0.25, 0.999], axis=1, keepdims=True),
    "percentile": lambda x: np.percentile(x, 30.0, method="hazen"),
    "lower": lambda x: np.quantile(x, [0.0, 0.3, 1.0], axis=1, method="lower"),
    "nanquantile": lambda x: np.nanquantile(x, 0.3, axis=1),
}


@pytest.mark.parametrize("f", QUANTILES.values(), ids=QUANTILES)
@pytest.mark.parametrize("digits", [1, 16])
@pytest.mark.parametrize("holes", [False, True])
def test_quantiles_of_many_elements(f, digits, holes, monkeypatch):
    """By the places of the neighbours, with ties, and with NaN."""
    x = drawn(25, 200, digits=digits)
    if holes:
        x[3, ::7] = np.nan
    (found,) = gradient(f, x)
    monkeypatch.setattr(function, "LARGE", np.inf)
    (wanted,) = gradient(f, x)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("axis", [0, 1, -2, None])
@pytest.mark.parametrize("kind", [None, "stable"])
def test_many_elements_are_sorted_once(axis, kind, monkeypatch):
    x = drawn(12, 15)
    x[2, 3] = x[5, 1] = np.nan
    f = lambda a: np.sort(a, axis=axis, kind=kind)  # noqa: E731
    (wanted,) = gradient(f, x)
    monkeypatch.setattr(sorting, "FEW", 0)
    (found,) = gradient(f, x)
    np.testing.assert_array_equal(found, wanted)
    assert f(mg.tensor(x)).creator.rule.name == "in_order"


def test_what_a_quantile_is_not_made_of_gets_nothing_from_an_infinite_cotangent():
    x = mg.tensor(drawn(5000))
    np.median(x).backward(np.inf)
    assert np.count_nonzero(x.grad) == 2
    assert np.isinf(x.grad).sum() == 2


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("stack", [(), (3,)])
@pytest.mark.parametrize("dtype", [float, complex])
def test_cholesky_factors_by_halves(upper, stack, dtype, monkeypatch):
    a = drawn(*stack, 150, 150) + (1j * drawn(*stack, 150, 150)[..., ::-1] if dtype is complex else 0.0)
    a = a @ np.conj(np.swapaxes(a, -1, -2)) + np.eye(150)
    f = lambda x: np.linalg.cholesky(x, upper=upper)  # noqa: E731
    (found,) = gradient(f, a)
    monkeypatch.setattr(factorizations, "BLOCK", 1000)
    (wanted,) = gradient(f, a)
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-11 * np.abs(wanted).max())


@pytest.mark.parametrize("n", [-3, 1, 2, 3, 6, 11])
@pytest.mark.parametrize("stack", [(), (3,)])
def test_powers_of_matrices(n, stack, monkeypatch):
    a = drawn(*stack, 5, 5) + 4 * np.eye(5)
    f = lambda x: np.linalg.matrix_power(x, n)  # noqa: E731
    (found,) = gradient(f, a)
    monkeypatch.setattr(systems, "BLOCK", 1)
    (wanted,) = gradient(f, a)
    np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-13 * np.abs(wanted).max())


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_norms_of_many_vectors(axis, monkeypatch):
    x = drawn(60, 50)
    f = lambda x: np.linalg.norm(x, axis=axis)  # noqa: E731
    (found,) = gradient(f, x)
    monkeypatch.setattr(linalg, "SMALL", np.inf)
    (wanted,) = gradient(f, x)
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_angles_and_areas_of_many_points(scale, monkeypatch):
    """Where the squares stay in the range they are used, and np.hypot where they don't."""
    x, y = drawn(3000) * scale, drawn(3000)[::-1] * scale
    found = [*gradient(np.arctan2, x, y), *gradient(np.arcsinh, x)]
    monkeypatch.setattr(trigonometric, "SMALL", np.inf)
    wanted = [*gradient(np.arctan2, x, y), *gradient(np.arcsinh, x)]
    for c, expected in zip(found, wanted, strict=True):
        np.testing.assert_allclose(c, expected, rtol=1e-14)


@pytest.mark.parametrize("whole", [np.full(3000, 100, np.int8), np.full(3000, 2**40), 10**200, True])
def test_angles_with_whole_numbers_whose_squares_leave_their_range(whole):
    x = drawn(3000)
    for f, swapped in ((np.arctan2, False), (lambda a, b: np.arctan2(b, a), True)):
        (found,) = gradient(lambda a, f=f: f(a, whole), x)
        y = np.asarray(whole, float)
        wanted = np.cos(np.arange(3000)) * (y / np.hypot(x, y)) / np.hypot(x, y)
        np.testing.assert_allclose(found, -wanted if swapped else wanted, rtol=1e-14)


@pytest.mark.parametrize("axis", [0, 1, None])
def test_running_products_by_a_division(axis, monkeypatch):
    x = np.exp(drawn(30, 40) / 10.0)
    f = lambda a: np.cumprod(a, axis=axis)  # noqa: E731
    (found,) = gradient(f, x)
    monkeypatch.setattr(scans, "ordinary", lambda *_: False)
    (wanted,) = gradient(f, x)
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9 * np.abs(wanted).max())


@pytest.mark.parametrize("g", [1e200, 1e-200])
def test_a_product_whose_share_leaves_the_range(g):
    """``g * out`` overflows or underflows, and the derivative doesn't."""
    x = mg.tensor([1e150, 2.0, 1e-10 if g > 1 else 1e-150, 1.0 if g > 1 else 1e-150])
    np.prod(x).backward(g)
    others = [np.prod(np.delete(x.data, i)) for i in range(4)]
    np.testing.assert_allclose(x.grad, g * np.array(others), rtol=1e-12)


@pytest.mark.parametrize("limit", [0, 0.0, -0.5, np.nan], ids=str)
@pytest.mark.parametrize(
    "function",
    [np.maximum, np.minimum, lambda x, limit: np.maximum(limit, x), lambda x, limit: np.minimum(limit, x)],
    ids=["maximum", "minimum", "maximum, number first", "minimum, number first"],
)
@pytest.mark.parametrize("ties", [False, True])
def test_the_greater_of_a_large_array_and_a_number_is_differentiated_as_that_of_a_small_one(
    function, limit, ties
):
    data = np.random.default_rng(0).normal(size=5000)
    data[7] = np.nan
    if ties:
        data[[3, 9]] = limit
    g = np.random.default_rng(1).normal(size=5000)
    g[11] = np.inf
    x = mg.tensor(data)
    function(x, limit).backward(g)
    expected = np.empty(5000)
    for part in np.split(np.arange(5000), 5):
        small = mg.tensor(data[part])
        function(small, limit).backward(g[part])
        expected[part] = small.grad
    np.testing.assert_array_equal(x.grad, expected)


@pytest.mark.parametrize("maximum", [lambda x: np.maximum(x, 0), lambda x: np.maximum(0, x)])
def test_the_operand_of_a_large_maximum_is_kept_for_ties_alone(maximum):
    for data, kept in ((np.linspace(-1.0, 1.0, 5000), False), (np.zeros(5000), True)):
        x = mg.tensor(data) * 1.0
        value = weakref.ref(x.data)
        y = maximum(x)
        del x
        assert (value() is not None) == kept
        y.backward()


@pytest.mark.parametrize("f", [np.max, np.min])
@pytest.mark.parametrize("axis", [-1, 1, 0, None])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("kind", ["single", "ties", "nan"])
def test_extremes_by_their_places(f, axis, keepdims, kind, monkeypatch):
    x = drawn(80, 100, digits=1 if kind == "ties" else 16)
    if kind == "nan":
        x[3, 7] = np.nan
    (found,) = gradient(lambda x: f(x, axis=axis, keepdims=keepdims), x)
    monkeypatch.setattr(function, "LARGE", np.inf)
    (wanted,) = gradient(lambda x: f(x, axis=axis, keepdims=keepdims), x)
    np.testing.assert_array_equal(found, wanted)


SQUARES = {"x * x": lambda x: x * x, "x**2": lambda x: x**2, "np.square": np.square}


@pytest.mark.parametrize("f", SQUARES.values(), ids=SQUARES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("shape", [(5000,), (50, 100)])
def test_squares_by_one_number_that_stands_for_many(f, dtype, shape):
    """The derivative of a sum is one number, which is doubled as one."""
    x = mg.tensor(drawn(*shape).astype(dtype))
    (3.0 * f(x).sum()).real.backward()
    assert x.grad.dtype == dtype
    np.testing.assert_allclose(x.grad, np.conj(6.0 * x.data), rtol=1e-6)
    assert x.grad.flags.writeable


@pytest.mark.parametrize("f", [np.maximum, np.minimum, np.fmax, np.fmin])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_what_is_not_chosen_gets_nothing_from_an_infinite_cotangent(f, dtype):
    """Nor from a NaN; numbers that tie share what they get."""
    x = drawn(5000, digits=1).astype(dtype)
    g = np.where(np.arange(x.size) % 3, np.inf, np.nan).astype(dtype)
    wanted = np.zeros_like(x)
    for i in range(x.size):
        part = 1.0 if f(x[i], 0) == x[i] != 0 else 0.5 if x[i] == 0 else 0.0
        if part:
            wanted[i] = part * g[i]
    t = mg.tensor(x)
    f(t, 0.0).backward(g)
    np.testing.assert_array_equal(t.grad, wanted)
    assert not np.signbit(t.grad[wanted == 0]).any()


def test_interpolation_at_many_points_is_that_at_few():
    rng = np.random.default_rng(5)
    x, xp, fp = rng.uniform(-1.0, 11.0, 6000), np.arange(10.0), rng.normal(size=10)
    w = rng.normal(size=6000)
    found = gradient(lambda x, xp, fp: (np.interp(x, xp, fp) * w).sum(), x, xp, fp)
    halves = [
        gradient(lambda x, xp, fp, w=w[part]: (np.interp(x, xp, fp) * w).sum(), x[part], xp, fp)
        for part in (slice(0, 3000), slice(3000, None))
    ]
    np.testing.assert_array_equal(found[0], np.concatenate([half[0] for half in halves]))
    for k in (1, 2):
        np.testing.assert_allclose(found[k], halves[0][k] + halves[1][k], rtol=1e-10)
