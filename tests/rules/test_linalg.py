"""Linear algebra where the generic check can't go: equal eigenvalues, small gaps, types and errors."""

import warnings
from itertools import pairwise

import mpmath
import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.record import node_of
from mygrad.engine.rule import fitted
from mygrad.engine.sweep import gradients

EPS = np.finfo(float).eps
RNG = np.random.default_rng(5)
WEIGHTS = RNG.uniform(-1, 1, (3, 3)) + np.diag([1.0, 2.0, 3.0])
ROTATION = np.linalg.qr(RNG.normal(size=(3, 3)))[0]


def dagger(a):
    return np.conjugate(np.swapaxes(a, -1, -2))


def grad(f, a):
    t = mg.tensor(a)
    f(t).backward()
    return t.grad


def symmetric(g):
    """The gradient of a symmetric matrix, given that of the triangle that is read."""
    return (g + g.T) / 2


def of_matrix(f, decomposition):
    w, v = decomposition
    return (v * f(w)) @ v.T


# --------------------------------------------------------------------------------- equal values and low ranks

EQUAL = {
    "zero": np.zeros((3, 3)),
    "identity": np.eye(3),
    "projection": ROTATION[:, :1] @ ROTATION[:, :1].T,
    "a pair": symmetric(ROTATION * [1.0, 2.0, 2.0] @ ROTATION.T),
    "almost a pair": np.diag([1.0, 2.0, 2.0 + 2 * EPS]),
}
each_equal = pytest.mark.parametrize("a", EQUAL.values(), ids=EQUAL)


@each_equal
@pytest.mark.filterwarnings("error")
def test_functions_of_equal_eigenvalues_that_are_symmetric_in_them(a):
    for eigenvalues in (np.linalg.eigvalsh, np.linalg.eigvals, lambda a: np.linalg.eigh(a)[0]):
        np.testing.assert_allclose(
            symmetric(grad(lambda a, w=eigenvalues: w(a).sum(), a)), np.eye(3), atol=1e-14
        )
        found = symmetric(grad(lambda a, w=eigenvalues: (w(a) ** 2).sum(), a))
        np.testing.assert_allclose(found, 2 * a, atol=1e-14)


@each_equal
@pytest.mark.filterwarnings("error")
def test_what_depends_on_the_vectors_of_equal_values_through_their_span_alone(a):
    found = grad(lambda a: np.sum(WEIGHTS * of_matrix(np.ones_like, np.linalg.eigh(a))), a)
    np.testing.assert_allclose(found, 0, atol=1e-13)
    one_of_three = ROTATION * [1.0, 2.0, 2.0] @ ROTATION.T
    found = grad(
        lambda a: np.sum(WEIGHTS * (lambda v: v[:, 1:] @ v[:, 1:].T)(np.linalg.eigh(a)[1])), one_of_three
    )
    rotated = ROTATION.T @ symmetric(WEIGHTS) @ ROTATION
    off = np.zeros((3, 3))  # by perturbation theory: each outer pair, over its gap
    off[0, 1:], off[1:, 0] = rotated[0, 1:], rotated[1:, 0]
    np.testing.assert_allclose(symmetric(found), ROTATION @ off @ ROTATION.T, atol=1e-13)


def test_the_part_that_mixes_vectors_of_equal_values_is_left_out_with_a_warning():
    for a in (EQUAL["identity"], EQUAL["zero"], EQUAL["a pair"]):
        with pytest.warns(RuntimeWarning, match="equal eigenvalues"):
            found = grad(lambda a: np.sum(WEIGHTS * of_matrix(np.exp, np.linalg.eigh(a))), a)
        assert np.all(np.isfinite(found))
        with pytest.warns(RuntimeWarning, match="singular values"):
            found = grad(lambda a: np.sum(WEIGHTS * rebuilt(a)), a)
        assert np.all(np.isfinite(found))


def rebuilt(a):
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return (u * s) @ vh


@pytest.mark.filterwarnings("error")
def test_a_loss_that_depends_on_the_choice_of_vectors_warns():
    with pytest.raises(RuntimeWarning, match="vectors"):
        grad(lambda a: np.linalg.eigh(a)[1][0, 1], np.eye(3))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (3, 5)])
def test_what_is_rebuilt_of_a_matrix_of_low_rank_is_the_matrix(shape):
    a = RNG.normal(size=(shape[0], 1)) @ RNG.normal(size=(1, shape[1]))
    weights = RNG.normal(size=shape)
    np.testing.assert_allclose(grad(lambda a: np.sum(weights * rebuilt(a)), a), weights, atol=1e-12)


@pytest.mark.filterwarnings("error")
def test_singular_values_that_are_equal_or_zero():
    np.testing.assert_allclose(grad(lambda a: np.linalg.svdvals(a).sum(), ROTATION), ROTATION, atol=1e-14)
    np.testing.assert_allclose(grad(lambda a: np.linalg.norm(a, 2), np.eye(3)), np.eye(3) / 3, atol=1e-14)
    for order in ("nuc", 2, -2):
        np.testing.assert_array_equal(grad(lambda a, p=order: np.linalg.norm(a, p), np.zeros((2, 3))), 0)
    # The polar factor feels what turns the matrix, not what stretches it.
    found = grad(lambda a: np.sum(WEIGHTS * np.matmul(*np.linalg.svd(a)[::2])), ROTATION)
    m = ROTATION.T @ WEIGHTS
    np.testing.assert_allclose(found, ROTATION @ (m - m.T) / 2, atol=1e-13)


def derivatives(f, a, direction, order):
    """The derivatives of `f` along a direction, by sweeps over sweeps."""
    x = mg.tensor(a)
    y = f(x)
    for _ in range(order):
        (g,) = gradients(node_of(y), [node_of(x)], graph=True)
        y = np.sum(g * direction)
        yield float(y.data)


@pytest.mark.filterwarnings("error")
def test_the_second_derivative_of_the_nuclear_norm_where_singular_values_are_equal():
    t = RNG.normal(size=(3, 3))
    (_, second) = derivatives(lambda a: np.linalg.norm(a, "nuc"), np.eye(3), t, 2)
    antisymmetric = (t - t.T) / 2  # sqrt(1 + x**2) for a rotation by x
    np.testing.assert_allclose(second, np.sum(antisymmetric**2) / 1.0, rtol=1e-12)


@pytest.mark.parametrize("order", [2, -2, "nuc"])
def test_third_derivatives_of_norms_by_singular_values(order):
    a, t = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4)) / 2

    def f(step):
        s = mpmath.svd_r(mpmath.matrix(a.tolist()) + step * mpmath.matrix(t.tolist()), compute_uv=False)
        return {2: max(s), -2: min(s), "nuc": mpmath.fsum(s)}[order]

    with mpmath.workdps(50):
        expected = [float(mpmath.diff(f, 0, n)) for n in (1, 2, 3)]
    found = list(derivatives(lambda a: np.linalg.norm(a, order), a, t, 3))
    np.testing.assert_allclose(found, expected, rtol=1e-11)


# --------------------------------------------------------------------------------------- accuracy, by mpmath


def along(f, a, t):
    """The derivative of ``f(matrix)`` along `t` with 60 digits."""
    with mpmath.workdps(60):
        a, t = (mpmath.matrix([[mpmath.mpf(float(x)) for x in row] for row in m]) for m in (a, t))
        h = mpmath.mpf(10) ** -20
        return float((f(a + h * t) - f(a - h * t)) / (2 * h))


GAPS = [1.0, 1e-3, 1e-6, 1e-9, 1e-12]


@pytest.mark.parametrize("gap", GAPS)
def test_the_relative_error_of_an_eigenvector_s_derivative_is_rounding_over_the_gap(gap):
    a = symmetric(ROTATION * [1.0, 1.0 + gap, 3.0] @ ROTATION.T)
    t = symmetric(RNG.normal(size=(3, 3)))

    def projected(m):
        _, v = mpmath.eigsy(m)
        return mpmath.fsum(WEIGHTS[i, j] * v[i, 0] * v[j, 0] for i in range(3) for j in range(3))

    expected = along(projected, a, t)
    found = np.sum(t * grad(lambda a: np.sum(WEIGHTS * (lambda v: v @ v.T)(np.linalg.eigh(a)[1][:, :1])), a))
    assert abs(found - expected) <= 30 * EPS / gap * abs(expected)


@pytest.mark.parametrize("gap", GAPS)
def test_the_error_of_a_matrix_function_s_derivative_is_rounding_over_the_gap(gap):
    a = symmetric(ROTATION * [1.0, 1.0 + gap, 3.0] @ ROTATION.T)
    t = symmetric(RNG.normal(size=(3, 3)))

    def exponential(m):
        e = mpmath.expm(m)
        return mpmath.fsum(WEIGHTS[i, j] * e[i, j] for i in range(3) for j in range(3))

    expected = along(exponential, a, t)
    found = np.sum(t * grad(lambda a: np.sum(WEIGHTS * of_matrix(np.exp, np.linalg.eigh(a))), a))
    assert abs(found - expected) <= (30 * EPS / gap + 1e-13) * abs(expected)


@pytest.mark.parametrize("gap", GAPS)
def test_the_relative_error_of_a_singular_vector_s_derivative_is_rounding_over_the_gap(gap):
    other = np.linalg.qr(RNG.normal(size=(4, 3)))[0]
    a = other * [3.0, 1.0 + gap, 1.0] @ ROTATION
    t = RNG.normal(size=(4, 3))
    weights = RNG.normal(size=(4, 4))

    def projected(m):
        u, _, _ = mpmath.svd_r(m)
        return mpmath.fsum(weights[i, j] * u[i, 2] * u[j, 2] for i in range(4) for j in range(4))

    expected = along(projected, a, t)
    vector = lambda a: np.linalg.svd(a, full_matrices=False)[0][:, 2:]  # noqa: E731
    found = np.sum(t * grad(lambda a: np.sum(weights * (lambda u: u @ u.T)(vector(a))), a))
    assert abs(found - expected) <= 400 * EPS / gap * abs(expected)


@pytest.mark.parametrize("smallest", [1.0, 1e-4, 1e-8, 1e-12])
def test_slogdet_of_nearly_singular_matrices(smallest):
    a = ROTATION * [1.0, 2.0, smallest] @ ROTATION.T
    t = RNG.normal(size=(3, 3))
    expected = along(lambda m: mpmath.log(abs(mpmath.det(m))), a, t)
    found = np.sum(t * grad(lambda a: np.linalg.slogdet(a)[1], a))
    assert abs(found - expected) <= 30 * EPS / smallest * abs(expected)


def test_slogdet_of_a_singular_matrix_is_infinitely_steep_and_silent_if_not_used():
    a = np.stack([np.diag([1.0, 0.0]), np.diag([2.0, 4.0])])
    x = mg.tensor(a)
    logarithms = np.linalg.slogdet(x)[1]
    np.where(np.isfinite(logarithms), logarithms, 0.0).sum().backward()
    np.testing.assert_array_equal(x.grad, [np.zeros((2, 2)), np.diag([0.5, 0.25])])
    found = grad(lambda a: np.linalg.slogdet(a)[1], a[0])
    assert found[1, 1] == np.inf


@pytest.mark.parametrize("order", [None, 1, 2, 3, -1, -2, 0.5, 2.5])
def test_norms_of_vectors_are_accurate(order):
    x, t = RNG.uniform(0.1, 3.0, (2, 50)) * RNG.choice([-1.0, 1.0], (2, 50))
    p = order or 2
    power = lambda v: mpmath.fsum(abs(e) ** p for e in v) ** (mpmath.mpf(1) / p)  # noqa: E731
    expected = along(lambda m: power(m[0, :]), x[None], t[None])
    terms = t * grad(lambda x: np.linalg.norm(x, order), x)
    assert abs(np.sum(terms) - expected) <= 20 * EPS * np.sum(np.abs(terms))


@pytest.mark.parametrize("scale", [1e-100, 1e-3, 1e3, 1e100])
def test_pseudo_inverses_and_least_squares_of_badly_scaled_matrices(scale):
    a, b = RNG.normal(size=(4, 2)), RNG.normal(size=4)
    reference = grad(lambda a: np.sum(np.linalg.pinv(a)), a)
    np.testing.assert_allclose(
        grad(lambda a: np.sum(np.linalg.pinv(a)), scale * a), reference / scale / scale, 1e-12
    )
    reference = grad(lambda a: np.sum(np.linalg.lstsq(a, b)[0]), a)
    found = grad(lambda a: np.sum(np.linalg.lstsq(a, b)[0]), scale * a)
    np.testing.assert_allclose(found, reference / scale / scale, 1e-12)


# --------------------------------------------------------------------------------------- NumPy's behaviour


def test_results_have_numpy_s_names_and_hold_tensors():
    a = symmetric(WEIGHTS) + 5 * np.eye(3)
    x = mg.tensor(a)
    for f in (np.linalg.eig, np.linalg.eigh, np.linalg.svd, np.linalg.qr, np.linalg.slogdet):
        expected, result = f(a), f(x)
        assert type(result) is type(expected)
        for item, value in zip(result, expected, strict=True):
            assert isinstance(item, mg.Tensor)
            np.testing.assert_array_equal(item.data, value)
            assert item.base is None
    s, rank = np.linalg.lstsq(x, a[0])[3], np.linalg.lstsq(x, a[0])[2]
    assert isinstance(s, mg.Tensor)
    assert isinstance(rank, (int, np.integer))
    assert rank == np.linalg.matrix_rank(x) == 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 3, 2), (0, 0), (3, 0), (0, 3, 2), (2, 0, 2)])
def test_values_are_numpy_s_to_the_bit(dtype, shape):
    a = (RNG.normal(size=shape) + (1j * RNG.normal(size=shape) if np.dtype(dtype).kind == "c" else 0)).astype(
        dtype
    )
    square = a[..., : shape[-1], : shape[-2]]
    calls = [
        (np.linalg.svd, (a,)),
        (np.linalg.svd, (a, False)),
        (np.linalg.svd, (a, True, False)),
        (np.linalg.svdvals, (a,)),
        (np.linalg.qr, (a,)),
        (np.linalg.qr, (a, "complete")),
        (np.linalg.qr, (a, "r")),
        (np.linalg.pinv, (a,)),
        (np.linalg.eigh, (square,)),
        (np.linalg.eigvalsh, (square,)),
        (np.linalg.eig, (square,)),
        (np.linalg.eigvals, (square,)),
        (np.linalg.matrix_rank, (a,)),
    ]
    if a.ndim == 2:
        calls.append((np.linalg.lstsq, (a, a)))
    for f, (array, *rest) in calls:
        try:
            expected = f(array, *rest)
        except ValueError as error:
            with pytest.raises(type(error)):
                f(mg.tensor(array), *rest)
            continue
        result = f(mg.tensor(array), *rest)
        several = isinstance(expected, tuple)
        for item, value in zip(
            result if several else [result], expected if several else [expected], strict=True
        ):
            found = item.data if isinstance(item, mg.Tensor) else item
            np.testing.assert_array_equal(found, value)
            assert found.dtype == value.dtype
            assert np.shape(found) == np.shape(value)


def test_errors_are_numpy_s():
    indefinite, oblong = mg.tensor([[1.0, 2.0], [2.0, 1.0]]), mg.tensor(np.ones((2, 3)))
    vector = mg.tensor([1.0])
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.cholesky(indefinite)
    for f in (np.linalg.eigh, np.linalg.eigvals, np.linalg.eig, np.linalg.cholesky, np.linalg.inv):
        with pytest.raises(np.linalg.LinAlgError):
            f(oblong)
    for f in (np.linalg.svd, np.linalg.qr, np.linalg.pinv):
        with pytest.raises(np.linalg.LinAlgError):
            f(vector)
    with pytest.raises(ValueError, match="UPLO"):
        np.linalg.eigh(indefinite, UPLO="X")
    with pytest.raises(ValueError, match="mode"):
        np.linalg.qr(oblong, mode="X")
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.cond(mg.tensor(np.zeros((0, 0))))
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.lstsq(oblong, np.ones(3))
    with pytest.raises(ValueError, match="ind"):
        np.linalg.tensorinv(indefinite, ind=0)
    with pytest.raises(TypeError):
        np.linalg.matrix_power(indefinite, 1.5)


def test_qr_of_dependent_columns_has_no_derivative_and_says_so():
    q, _ = np.linalg.qr(mg.tensor(np.eye(3, 1) * [1.0, 0.0]))  # dependent to the last bit
    with pytest.raises(np.linalg.LinAlgError):
        q.sum().backward()


def test_the_old_modes_of_qr_warn_as_numpy_does():
    a = RNG.normal(size=(4, 2))
    with pytest.warns(DeprecationWarning, match="deprecated"):
        q, _ = np.linalg.qr(mg.tensor(a), "full")
    np.testing.assert_array_equal(q.data, np.linalg.qr(a)[0])
    with pytest.warns(DeprecationWarning, match="deprecated"):
        found = np.linalg.qr(mg.tensor(a), "economic")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_allclose(found.data, np.linalg.qr(a, "economic"), rtol=1e-14)


def test_the_condition_of_a_singular_matrix_is_infinite_and_leaves_its_neighbours_alone():
    a = np.stack([np.ones((2, 2)), WEIGHTS[:2, :2]])
    for p in (1, "fro", np.inf):
        x = mg.tensor(a)
        result = np.linalg.cond(x, p)
        np.testing.assert_array_equal(result.data, np.linalg.cond(a, p))
        assert result.data[0] == np.inf
        result.sum().backward()
        np.testing.assert_array_equal(x.grad[0], 0)
        np.testing.assert_allclose(x.grad[1], grad(lambda b, p=p: np.linalg.cond(b, p), a[1]), rtol=1e-13)


def test_only_the_triangle_that_is_read_has_a_gradient():
    a = WEIGHTS + 5 * np.eye(3)
    for f in (np.linalg.cholesky, np.linalg.eigvalsh):
        assert not np.any(np.triu(grad(lambda a, f=f: f(a).sum(), a), 1))
    assert not np.any(np.tril(grad(lambda a: np.linalg.cholesky(a, upper=True).sum(), a), -1))
    assert not np.any(np.tril(grad(lambda a: np.linalg.eigvalsh(a, "U").sum(), a), -1))


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("ends", [(2, 2), (1, 2), (2, 1), (1, 1)])
def test_multi_dot_of_all_lengths_and_ends(n, ends):
    sizes = [2, 3, 4, 2, 3, 2][: n + 1]
    arrays = [RNG.normal(size=pair) for pair in pairwise(sizes)]
    arrays[0] = arrays[0] if ends[0] == 2 else arrays[0][0]
    arrays[-1] = arrays[-1] if ends[1] == 2 else arrays[-1][:, 0]
    expected = np.linalg.multi_dot(arrays)
    tensors = [mg.tensor(a) for a in arrays]
    result = np.linalg.multi_dot(tensors)
    np.testing.assert_allclose(result.data, expected, rtol=1e-13)
    result.sum().backward()
    for t, a in zip(tensors, arrays, strict=True):
        others = [mg.tensor(a) if x is a else x for x in arrays]
        product = others[0]
        for x in others[1:]:
            product = product @ x
        product.sum().backward()
        reference = next(x.grad for x in others if isinstance(x, mg.Tensor))
        np.testing.assert_allclose(t.grad, reference, rtol=1e-12)
    if np.ndim(expected):
        out = mg.zeros(np.shape(expected))
        assert np.linalg.multi_dot([mg.tensor(a) for a in arrays], out=out) is out
        np.testing.assert_allclose(out.data, expected, rtol=1e-13)


def test_a_write_into_one_result_leaves_the_others_and_their_gradients_alone():
    a = symmetric(WEIGHTS)
    x = mg.tensor(a)
    w, v = np.linalg.eigh(x)
    v[...] = 0.0
    (w**2).sum().backward()
    np.testing.assert_allclose(symmetric(x.grad), 2 * a, atol=1e-13)


def test_integers_give_constants_and_no_autodiff_gives_leaves():
    for f in (np.linalg.eigh, np.linalg.svd, np.linalg.qr, np.linalg.eig):
        assert all(item.constant for item in f(mg.tensor([[2, 1], [1, 3]])))
        with mg.no_autodiff:
            result = f(mg.tensor([[2.0, 1.0], [1.0, 3.0]]))
        assert all(item.creator is None for item in result)


def test_complex_losses_that_do_not_depend_on_phases():
    a = RNG.normal(size=(3, 3)) + 1j * RNG.normal(size=(3, 3))
    hermitian = a + dagger(a)
    found = grad(lambda a: np.sum(np.abs(of_hermitian(a)) ** 2), hermitian)
    # sum |a|**2 of the Hermitian matrix: twice each element off the diagonal, once each on it
    expected = 4 * np.tril(hermitian, -1) + 2 * np.diag(np.diag(hermitian))
    np.testing.assert_allclose(found, expected, atol=1e-12)


def of_hermitian(a):
    w, v = np.linalg.eigh(a)
    return (v * w) @ dagger(v)


def test_factors_that_are_solved_by_halves():
    rng = np.random.default_rng(3)
    a = rng.normal(size=(2, 150, 130))
    gram = np.swapaxes(a, -1, -2) @ a
    x = mg.tensor(gram)
    np.sum(np.log(np.diagonal(np.linalg.cholesky(x), axis1=-2, axis2=-1))).backward()
    symmetric = (x.grad + np.swapaxes(x.grad, -1, -2)) / 2
    np.testing.assert_allclose(symmetric, np.linalg.inv(gram) / 2, rtol=1e-8, atol=1e-12)
    x, weights = mg.tensor(a), rng.normal(size=a.shape)
    q, r = np.linalg.qr(x)
    np.sum(q @ r * weights).backward()
    np.testing.assert_allclose(x.grad, weights, atol=1e-9)


def test_a_triangular_system_has_the_derivatives_of_any_other():
    n = 80
    lower = np.tril(RNG.normal(size=(n, n))) + 20 * np.eye(n)
    direction, b = RNG.normal(size=(n, n)), RNG.normal(size=n)

    def loss(a):
        return (np.linalg.solve(a, b) ** 2).sum()

    x = np.linalg.solve(lower, b)
    np.testing.assert_allclose(grad(loss, lower), -np.outer(np.linalg.solve(lower.T, 2 * x), x), rtol=1e-10)
    # The zeros of the triangle are variables too: the second derivative sees them.
    t = mg.tensor(lower)
    node = node_of(t)
    (first,) = gradients(node_of(loss(t)), [node], graph=True)
    (second,) = gradients(node_of((first * direction).sum()), [node])
    h = 1e-4
    expected = (grad(loss, lower + h * direction) - grad(loss, lower - h * direction)) / (2 * h)
    np.testing.assert_allclose(second, expected, atol=1e-6 * np.abs(expected).max())


@pytest.mark.parametrize("right", [(3,), (3, 2), (4, 3, 2)], ids=str)
@pytest.mark.parametrize("dtype", [float, np.float32], ids=["alike", "of two dtypes"])
def test_matrix_and_right_side_take_one_solution_backward(monkeypatch, right, dtype):
    values = RNG.normal(size=(3, 3)) + 3 * np.eye(3), RNG.normal(size=right).astype(dtype)
    solve, calls = np.linalg.solve, []

    def counted(*args):
        calls.append(args)
        return solve(*args)

    a, b = map(mg.tensor, values)
    weights = RNG.normal(size=solve(*values).shape)
    for _ in range(2):  # what is alike in calls is known from the second on
        loss = np.sum(solve(a, b) * weights)
        with monkeypatch.context() as patch:
            patch.setattr(np.linalg, "solve", counted)
            loss.backward()
        assert len(calls) == 1
        calls.clear()
    np.testing.assert_allclose(b.grad, fitted(solve(values[0].T, weights), b.shape, b.dtype), rtol=1e-5)
    np.testing.assert_allclose(a.grad, grad(lambda a: np.sum(solve(a, values[1]) * weights), values[0]))
