"""Functions that are made of others: NumPy's values, and the gradients of difference quotients."""

import numpy as np
import pytest

import mygrad as mg

rng = np.random.default_rng(5)
A = rng.uniform(0.5, 2.0, (4, 6))
B = rng.uniform(0.5, 2.0, (4, 6))
C = rng.uniform(0.5, 2.0, (2, 4, 6))
V = rng.uniform(0.5, 2.0, 6)
W = rng.uniform(0.5, 2.0, 3)
T = np.cumsum(rng.uniform(0.1, 1.0, 6))
MASK = A > 1.2
HOLES = np.where(MASK, A, np.nan)

VIEWS = {
    "split": (lambda a: np.split(a, 2, axis=1), A),
    "split at": (lambda a: np.split(a, [1, 4], axis=-1), A),
    "array_split": (lambda a: np.array_split(a, 4, axis=1), A),
    "hsplit": (lambda a: np.hsplit(a, 3), A),
    "hsplit vector": (lambda a: np.hsplit(a, 2), V),
    "vsplit": (lambda a: np.vsplit(a, 2), A),
    "dsplit": (lambda a: np.dsplit(a, [2]), C),
    "flipud": (lambda a: [np.flipud(a)], A),
    "fliplr": (lambda a: [np.fliplr(a)], A),
    **{f"rot90 {k}": (lambda a, k=k: [np.rot90(a, k)], A) for k in range(-1, 4)},
    "rot90 axes": (lambda a: [np.rot90(a, 1, (2, 0))], C),
    **{
        f"rollaxis {i} {j}": (lambda a, i=i, j=j: [np.rollaxis(a, i, j)], C)
        for i in (0, 1, -1)
        for j in (0, 1, 3, -1)
    },
    "permute_dims": (lambda a: [np.permute_dims(a, (2, 0, 1))], C),
    "diag": (lambda a: [np.diag(a, 1)], A),
    "linalg.diagonal": (lambda a: [np.linalg.diagonal(a, offset=-1)], C),
    "linalg.matrix_transpose": (lambda a: [np.linalg.matrix_transpose(a)], C),
    "broadcast_arrays": (lambda a: np.broadcast_arrays(a, np.zeros((2, 6)))[:1], V),
    "meshgrid": (lambda a: np.meshgrid(a, np.zeros(2), copy=False)[:1], V),
}
if hasattr(np, "unstack"):
    VIEWS["unstack"] = (lambda a: list(np.unstack(a, axis=1)), C)


@pytest.mark.parametrize("name", VIEWS)
def test_views_share_memory_and_add_into_the_gradient_of_their_base(name):
    f, array = VIEWS[name]
    x = mg.tensor(array)
    expected, parts = f(array), f(x)
    assert type(parts) is type(expected)
    assert len(parts) == len(expected)
    places = f(np.arange(array.size).reshape(array.shape))
    total = 0.0
    gradient = np.zeros(array.size)
    for k, (part, value, place) in enumerate(zip(parts, expected, places, strict=True)):
        assert isinstance(part, mg.Tensor)
        assert np.array_equal(part.data, value)
        assert np.shares_memory(part.data, x.data) == np.shares_memory(value, array)
        assert part.base is x
        total = total + (k + 1.0) * np.sum(part**2)
        np.add.at(gradient, place.ravel(), 2.0 * (k + 1.0) * value.ravel())
    total.backward()
    assert np.allclose(x.grad, gradient.reshape(array.shape), rtol=1e-13)


def test_a_write_into_a_part_is_a_write_into_the_whole():
    x = mg.tensor(A)
    y = x * 1.0
    np.hsplit(y, 2)[1][...] = 0.0
    np.flipud(y)[0, 0] *= 3.0
    y.sum().backward()
    expected = np.zeros((4, 6))
    expected[:, :3] = 1.0
    expected[-1, 0] = 3.0
    assert np.array_equal(x.grad, expected)


SMOOTH = {
    "vstack": (lambda a, v: np.vstack([a, v]), A, V),
    "hstack": (lambda a, b: np.hstack([a, b]), A, B),
    "hstack vectors": (lambda v, w: np.hstack([v, w, np.ones(1)]), V, W),
    "dstack": (lambda a, b: np.dstack([a, b]), A, B),
    "column_stack": (lambda v, a: np.column_stack([v[:4], a]), V, A),
    "block": (lambda a, b: np.block([[a, b], [b, np.ones((4, 6))]]), A, B),
    "block of vectors": (lambda v, w: np.block([v, w, 1.0]), V, W),
    "append": (lambda a, v: np.append(a, v), A, V),
    "append rows": (lambda a, b: np.append(a, b, axis=0), A, B),
    "tile": (lambda a: np.tile(a, 3), A),
    "tile 2": (lambda a: np.tile(a, (2, 3)), A),
    "tile 3": (lambda a: np.tile(a, (2, 1, 3)), V),
    "tile 1": (lambda a: np.tile(a, 1), A),
    "resize": (lambda a: np.resize(a, (5, 7)), V),
    "resize smaller": (lambda a: np.resize(a, (2, 2)), V),
    "compress": (lambda a: np.compress([True, False, True], a, axis=1), A),
    "compress flat": (lambda a: np.compress([0, 1, 1], a), A),
    "extract": (lambda a: np.extract(MASK, a), A),
    "delete": (lambda a: np.delete(a, 2, axis=1), A),
    "delete slice": (lambda a: np.delete(a, np.s_[::2], axis=-1), A),
    "delete flat": (lambda a: np.delete(a, [1, 2, -1]), A),
    "delete mask": (lambda a: np.delete(a, [True, False, False, True], axis=0), A),
    "insert": (lambda a, v: np.insert(a, 1, v, axis=0), A, V),
    "insert one number": (lambda a: np.insert(a, -1, 5.0, axis=1), A),
    "insert two at one": (lambda a, v: np.insert(a, [2], v[:2, None], axis=0), A, V),
    "insert at several": (lambda a, v: np.insert(a, [4, 0, 0], v, axis=1), A, W),
    "insert column": (lambda a, v: np.insert(a, 2, v[:4], axis=1), A, V),
    "insert flat": (lambda a, v: np.insert(a, slice(1, 4), v), A, W),
    "choose": (lambda v, w: np.choose([2, 0, 1, 1], [v[0], w[1], v[2:3]]), V, W),
    "choose clip": (lambda a, b: np.choose((MASK * 5).astype(int), [a, b], mode="clip"), A, B),
    "choose rows": (lambda a: np.choose([3, 0, 1, 2, -1, 5], a, mode="wrap"), A),
    "select": (lambda a, b: np.select([MASK, A > 1.0], [a, b], 3.0), A, B),
    "select default": (lambda a, b: np.select([MASK], [a], -b), A, B),
    "piecewise": (lambda a: np.piecewise(a, [MASK, A > 1.9], [lambda z: z**2, 1.0, np.exp]), A),
    "unique": (lambda a: np.unique(a), A),
    "tril": (lambda a: np.tril(a, 1), C),
    "triu": (lambda a: np.triu(a, -1), C),
    "diag": (lambda v: np.diag(v, -2), V),
    "diagflat": (lambda a: np.diagflat(a, 1), A),
    "outer": (lambda v, a: np.outer(v, a), V, A),
    "linalg.outer": (lambda v, w: np.linalg.outer(v, w), V, W),
    "inner": (lambda a, c: np.inner(a, c), A, C),
    "inner with a number": (lambda a, v: np.inner(a, v[0]), A, V),
    "inner of vectors": (lambda a, v: np.inner(a, v), V, T),
    "vdot": (lambda a, b: np.vdot(a, b), A, B),
    "tensordot": (lambda a, c: np.tensordot(a, c, ([1, 0], [2, 1])), A, C),
    "tensordot 1": (lambda a, c: np.tensordot(a, c, (0, 1)), A, C),
    "tensordot 2": (lambda c, a: np.tensordot(c, a), C, A),
    "tensordot 0": (lambda v, a: np.tensordot(v, a, 0), V, A),
    "linalg.tensordot": (lambda c, a: np.linalg.tensordot(c, a, axes=((2, 1), (1, 0))), C, A),
    "kron": (lambda a, v: np.kron(a, v), A, W),
    "kron 2": (lambda v, c: np.kron(v, c), W, C),
    "cross": (lambda a, v: np.cross(np.reshape(a, (8, 3)), v), A, W),
    "cross axis": (lambda a, b: np.cross(a[:3], b[1:], axis=0), A, B),
    "linalg.cross": (lambda a, v: np.linalg.cross(np.reshape(a, (8, 3)), v), A, W),
    "multi_dot": (lambda a, b, v: np.linalg.multi_dot([a, b.T, a, v]), A, B, V),
    "multi_dot of two": (lambda a, v: np.linalg.multi_dot([a, v]), A, V),
    "multi_dot to a number": (lambda v, a: np.linalg.multi_dot([v[:4], a, v]), V, A),
    "linalg.matmul": (lambda a, b: np.linalg.matmul(a, b.T), A, B),
    "linalg.vecdot": (lambda a, b: np.linalg.vecdot(a, b, axis=0), A, B),
    "linalg.trace": (lambda c: np.linalg.trace(c, offset=1), C),
    "diff": (lambda a: np.diff(a), A),
    "diff twice": (lambda a, v: np.diff(a, 2, axis=0, prepend=v[None], append=0.0), A, V),
    "ediff1d": (lambda a, w: np.ediff1d(a, to_begin=w, to_end=[1.0, 2.0]), A, W),
    "gradient": (lambda a: np.stack(np.gradient(a)), A),
    "gradient spacing": (lambda a, w: np.gradient(a, w[0], axis=1, edge_order=2), A, W),
    "gradient places": (lambda a, t: np.gradient(a, t, axis=1), A, T),
    "gradient places 2": (lambda a, t: np.gradient(a, t, axis=1, edge_order=2), A, T),
    "trapezoid": (lambda a: np.trapezoid(a, dx=0.5, axis=0), A),
    "trapezoid places": (lambda a, t: np.trapezoid(a, t), A, T),
    "trapezoid each": (lambda a, b: np.trapezoid(a, b, axis=0), A, B),
    "average": (lambda a: np.average(a, axis=1), A),
    "average weights": (lambda a, v: np.average(a, axis=1, weights=v, keepdims=True), A, V),
    "average sum": (lambda a, b: np.stack(np.average(a, 0, b, returned=True)), A, B),
    "ptp": (lambda a: np.ptp(a, axis=1), A),
    "cov": (lambda a: np.cov(a), A),
    "cov 2": (lambda a, b: np.cov(a, b, rowvar=False, bias=True), A, B),
    "cov weights": (lambda a, v: np.cov(a, aweights=v, fweights=[1, 2, 1, 1, 3, 1]), A, V),
    "corrcoef": (lambda a: np.corrcoef(a[:2], a[2]), A),
    "meshgrid": (lambda v, w: np.stack(np.meshgrid(v, w)), V, W),
    "meshgrid ij": (lambda v, w: np.stack(np.meshgrid(v, w, indexing="ij")), V, W),
    "broadcast_arrays": (lambda v, a: np.stack(np.broadcast_arrays(v, a)), V, A),
}
if hasattr(np, "matvec"):
    SMOOTH["matvec"] = (lambda c, v: np.matvec(c, v), C, V)
    SMOOTH["vecmat"] = (lambda v, c: np.vecmat(v[:4], c), V, C)


def weights_for(value):
    return np.cos(np.arange(value.size, dtype=float)).reshape(value.shape)


def numerical(f, arrays):
    """Central differences of the weighted sum of ``f``."""
    weights = weights_for(np.asarray(f(*arrays)))
    result = []
    for k, array in enumerate(arrays):
        g = np.zeros(array.shape)
        for i in np.ndindex(array.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = array.copy()
                moved[i] += step
                ends.append(np.sum(weights * f(*arrays[:k], moved, *arrays[k + 1 :])))
            g[i] = (ends[0] - ends[1]) / 2e-6
        result.append(g)
    return result


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", SMOOTH)
def test_values_are_numpys_and_gradients_those_of_differences(name):
    f, *arrays = SMOOTH[name]
    expected = np.asarray(f(*arrays))
    tensors = [mg.tensor(a) for a in arrays]
    out = f(*tensors)
    assert isinstance(out, mg.Tensor)
    assert out.dtype == expected.dtype
    assert out.shape == expected.shape
    assert np.allclose(out.data, expected, rtol=1e-14, atol=1e-14)
    np.sum(out * weights_for(expected)).backward()
    for t, g in zip(tensors, numerical(f, arrays), strict=True):
        assert np.allclose(t.grad, g, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", SMOOTH)
def test_single_precision_stays_what_numpy_makes_of_it(name):
    f, *arrays = SMOOTH[name]
    arrays = [a.astype(np.float32) for a in arrays]
    tensors = [mg.tensor(a) for a in arrays]
    out = f(*tensors)
    assert out.dtype == np.asarray(f(*arrays)).dtype
    np.sum(out).backward()
    assert all(t.grad.dtype == np.float32 for t in tensors)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0, 1.0, 2.0], [0.0, 0.0, 1.0]),
        ([4.0, 1.0, 2.0, 3.0], [0.0, 0.0, 0.5, 0.5]),
        ([1.0, 2.0, 2.0, 2.0, 3.0], [0.0, 1 / 3, 1 / 3, 1 / 3, 0.0]),
        ([1.0, 1.0, 2.0, 3.0], [0.25, 0.25, 0.5, 0.0]),
        ([1.0, np.nan, 2.0], [0.0, 1.0, 0.0]),
    ],
)
def test_elements_that_tie_share_the_weight_of_a_median(values, expected):
    x = mg.tensor(values)
    np.median(x).backward()
    assert np.allclose(x.grad, expected, rtol=1e-15)


def test_a_median_does_not_scramble_what_it_may_overwrite():
    x = mg.tensor(A)
    np.median(x, overwrite_input=True).backward()
    np.quantile(x, 0.3, overwrite_input=True)
    assert np.array_equal(x.data, A)


def test_elements_without_weight_have_no_share_of_a_weighted_quantile():
    x = mg.tensor([2.0, 1.0, 2.0, 2.0, 3.0])
    np.quantile(x, 0.5, method="inverted_cdf", weights=[1.0, 1.0, 0.0, 3.0, 1.0]).backward()
    assert np.array_equal(x.grad, [0.5, 0.0, 0.0, 0.5, 0.0])


def test_quantiles_do_not_move_with_q_where_the_position_is_cut_off():
    q = mg.tensor([0.01, 0.5, 0.99])
    np.quantile(V, q, method="weibull").sum().backward()
    ordered = np.sort(V)
    assert np.allclose(q.grad, [0.0, 7.0 * (ordered[3] - ordered[2]), 0.0])


def test_infinite_elements_aside_do_not_spoil_the_derivative_in_q():
    q = mg.tensor(0.4)
    np.quantile([0.0, 1.0, 3.0, np.inf], q).backward()
    assert np.isclose(q.grad, 6.0)


def test_composites_write_into_plain_arrays_too():
    for function in (np.median, np.nansum, np.ptp, np.nanmedian):
        x, out = mg.tensor(V), np.zeros(())
        result = function(x, out=out)
        assert result.data is out
        assert out == function(V)
        result.backward()
        assert x.grad.any()


def test_quantiles_of_mixed_second_order_know_how_the_weights_move_with_q():
    x, q = mg.tensor(V), mg.tensor(0.33)
    ordered = np.sort(V)
    np.quantile(x, q).backward()
    assert np.isclose(q.grad, 5.0 * (ordered[2] - ordered[1]))
    assert np.isclose(x.grad.sum(), 1.0)


@pytest.mark.parametrize(
    "function", [np.nansum, np.nanmean, np.nanprod, np.nanmax, np.nanmin, np.nanvar, np.nanstd, np.nancumsum]
)
def test_missing_values_have_no_gradient(function):
    x, y = mg.tensor(HOLES), mg.tensor(HOLES[MASK])
    value = function(x)
    assert np.allclose(value.data, function(HOLES), rtol=1e-14)
    value.sum().backward()
    assert np.all(x.grad[~MASK] == 0) or function is np.nancumsum
    if function is not np.nancumsum:
        function(y).backward()
        assert np.allclose(x.grad[MASK], y.grad, rtol=1e-13)


def test_a_row_of_missing_values_is_one():
    x = mg.tensor([[1.0, np.nan], [np.nan, np.nan]])
    for function in (np.nanmax, np.nanmin, np.nanmean, np.nanvar):
        with pytest.warns(RuntimeWarning):
            result = function(x, axis=1)
        assert np.isnan(result.data[1])
        result[0].backward()
        assert np.all(np.isfinite(x.grad))


def test_nan_to_num_writes_in_place_where_it_is_asked_to():
    x = mg.tensor([1.0, np.nan, np.inf, -np.inf])
    y = x * 1.0
    assert np.nan_to_num(y, copy=False, nan=5.0) is y
    assert np.array_equal(y.data, np.nan_to_num(x.data, nan=5.0))
    y.sum().backward()
    assert np.array_equal(x.grad, [1.0, 0.0, 0.0, 0.0])


def test_interpolation_answers_at_its_ends_as_numpy():
    knots, values = np.array([0.0, 0.1, 0.7]), np.array([0.3, 0.9, 1.7])
    at = np.array([-1.0, 0.0, 0.05, 0.1, 0.7, 2.0])
    x = mg.tensor(at)
    y = np.interp(x, knots, values)
    assert np.array_equal(y.data, np.interp(at, knots, values))
    y.sum().backward()
    assert np.allclose(x.grad, [0.0, 6.0, 6.0, 0.8 / 0.6, 0.8 / 0.6, 0.0])


@pytest.mark.parametrize(
    "a", [[[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [[1, 2, 3.0], [4, 5, 6], [7, 8, 9]]]
)
def test_the_determinant_of_a_singular_matrix_has_its_cofactors_as_gradient(a):
    x = mg.tensor(a)
    np.linalg.det(x).backward()
    n = len(a)
    minors = [[np.delete(np.delete(a, i, 0), j, 1) for j in range(n)] for i in range(n)]
    cofactors = [[(-1) ** (i + j) * np.linalg.det(minors[i][j]) for j in range(n)] for i in range(n)]
    assert np.allclose(x.grad, cofactors, atol=1e-12)


def test_put_along_axis_goes_through_views():
    x = mg.tensor(A)
    y = x * 1.0
    v = mg.tensor([[1.0], [2.0]])
    np.put_along_axis(y[::2], np.array([[1], [4]]), v, axis=1)
    (y * np.arange(24.0).reshape(4, 6)).sum().backward()
    assert np.array_equal(v.grad, [[1.0], [16.0]])
    expected = np.arange(24.0).reshape(4, 6)
    expected[0, 1] = expected[2, 4] = 0.0
    assert np.array_equal(x.grad, expected)


def test_the_sign_of_real_numbers_has_no_gradient_and_that_of_complex_ones_turns():
    x, z = mg.tensor([2.0, 0.0, -3.0]), mg.tensor([3.0 + 4.0j, 0.0])
    assert type(np.sign(x)) is np.ndarray
    out = mg.zeros(3)
    assert np.sign(x, out=out) is out
    assert np.array_equal(out.data, [1.0, 0.0, -1.0])
    direction = np.sign(z)
    assert np.array_equal(direction.data, np.sign(z.data))
    np.sum(np.imag(direction)).backward()
    # The direction of 3 + 4j turns by 1/5 to the left of it.
    assert np.allclose(z.grad, [(-4.0 + 3.0j) / 5 * 0.6 / 5, 0.0])


def test_a_root_at_zero_moves_and_a_double_one_has_no_derivative():
    p = mg.tensor([1.0, -3.0, 2.0, 0.0])
    np.roots(p)[-1].backward()
    assert np.allclose(p.grad, [0.0, 0.0, 0.0, -0.5])
    p = mg.tensor([1.0, -3.0, 0.0, 0.0])
    with np.errstate(all="ignore"):
        np.roots(p)[-1].backward()
    assert np.array_equal(p.grad[:2], [0.0, 0.0])
    assert not np.isfinite(p.grad[2:]).any()
    np.roots(p)[0].backward()
    assert np.allclose(p.grad, [-3.0, -1.0, -1.0 / 3.0, -1.0 / 9.0])


def test_a_leading_zero_is_a_coefficient_too():
    p = mg.tensor([0.0, 1.0, -3.0, 2.0])
    np.roots(p)[0].backward()
    assert np.allclose(p.grad, [-8.0, -4.0, -2.0, -1.0])


def test_sums_of_weights_are_numpys_to_the_last_bit():
    weights, edges = rng.uniform(size=50), [0.1, 0.35, 0.4, 0.92]
    places = rng.uniform(size=50)
    for dtype in (float, np.float32, np.float16, complex):
        w = (weights * 1.0).astype(dtype)
        result, _ = np.histogram(places, edges, weights=mg.tensor(w))
        expected, _ = np.histogram(places, edges, weights=w)
        assert result.dtype == expected.dtype
        assert np.array_equal(result.data, expected)


def test_a_sum_of_one_number_along_an_axis_goes_back():
    x = mg.tensor(1.5)
    (np.sum(x, axis=0) * 2.0 + np.nansum(x, axis=-1)).backward()
    assert x.grad == 3.0


def test_trapezoids_between_places_of_fewer_axes():
    y, x = mg.tensor(C), mg.tensor(np.cumsum(A, axis=-1))
    result = np.trapezoid(y, x)
    assert np.array_equal(result.data, np.trapezoid(C, np.cumsum(A, axis=-1)))
    result.sum().backward()
    assert x.grad.shape == A.shape


def test_products_without_the_imaginary_part():
    z = mg.tensor([1.0 + 2.0j, 3.0 - 1.0j, 2.0])
    with pytest.warns(np.exceptions.ComplexWarning):
        np.cumprod(z, dtype=float)[-1].backward()
    assert np.allclose(z.grad, [6.0, 2.0, 3.0])


@pytest.mark.parametrize("zero", [0, 0.0, -0.0, np.float64(0.0), False])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, float, np.longdouble, complex, int, bool])
@pytest.mark.parametrize("shape", [(6,), (2, 3), (3, 2)])
def test_where_with_a_zero_gives_the_values_of_numpy(zero, dtype, shape):
    values = (
        np.array([1.5, -2.5, -0.0, np.inf, np.nan, 3.0]) if np.dtype(dtype).char in "efdg" else np.arange(6)
    )
    values = values.astype(dtype).reshape(shape)
    values = values.T.copy().T if shape == (3, 2) else values
    mask = np.array([True, False, True, False, True, False]).reshape(shape)
    x = mg.tensor(values, constant=True)
    for condition in (mask, ~mask, mask.astype(int), mask[:1]):
        for arguments in ((x, zero), (zero, x)):
            plain = [values if a is x else a for a in arguments]
            result, expected = np.where(condition, *arguments).data, np.where(condition, *plain)
            assert (result.dtype, result.strides) == (expected.dtype, expected.strides)
            np.testing.assert_array_equal(result, expected)
            if expected.dtype.kind == "f":
                np.testing.assert_array_equal(np.signbit(result), np.signbit(expected))
