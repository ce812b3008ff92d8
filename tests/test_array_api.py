"""Code written for the Python array API standard, 2024.12, gets of tensors what it gets of NumPy's arrays.

Each call below is made twice, with NumPy and arrays and with our namespace and tensors. Results agree in
value, dtype and shape, and what NumPy refuses is refused.
"""

import operator

import numpy as np
import pytest

import mygrad as mg

xp = mg.tensor([1.0]).__array_namespace__()

CONSTANTS = "e inf nan newaxis pi".split()
DTYPES = """
    bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128
""".split()
CREATION = """
    arange asarray empty empty_like eye from_dlpack full full_like linspace meshgrid ones ones_like tril
    triu zeros zeros_like
""".split()
OF_DTYPES = "astype can_cast finfo iinfo isdtype result_type".split()
UNARY = """
    abs acos acosh asin asinh atan atanh bitwise_invert ceil conj cos cosh exp expm1 floor imag isfinite
    isinf isnan log log1p log2 log10 logical_not negative positive real reciprocal round sign signbit
    sin sinh square sqrt tan tanh trunc
""".split()
BINARY = """
    add atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor copysign divide
    equal floor_divide greater greater_equal hypot less less_equal logaddexp logical_and logical_or
    logical_xor maximum minimum multiply nextafter not_equal pow remainder subtract
""".split()
MANIPULATION = """
    broadcast_arrays broadcast_shapes broadcast_to concat expand_dims flip moveaxis permute_dims repeat
    reshape roll squeeze stack tile unstack
""".split()
OTHERS = """
    clip take take_along_axis matmul matrix_transpose tensordot vecdot argmax argmin count_nonzero
    nonzero searchsorted where unique_all unique_counts unique_inverse unique_values argsort sort
    cumulative_prod cumulative_sum max mean min prod std sum var all any diff
""".split()
LINALG = """
    cholesky cross det diagonal eigh eigvalsh inv matmul matrix_norm matrix_power matrix_rank
    matrix_transpose outer pinv qr slogdet solve svd svdvals tensordot trace vecdot vector_norm
""".split()
FFT = """
    fft ifft fftn ifftn rfft irfft rfftn irfftn hfft ihfft fftfreq rfftfreq fftshift ifftshift
""".split()

since_2_1 = pytest.mark.skipif(
    not hasattr(np, "unstack"),
    reason="NumPy 2.0 has the standard of 2022.12: there is nothing to compare with",
)


@pytest.mark.parametrize(
    "name",
    [*CONSTANTS, *DTYPES, *CREATION, *OF_DTYPES, *UNARY, *BINARY, *MANIPULATION, *OTHERS, "linalg", "fft"],
)
def test_the_namespace_and_the_package_have_each_name_of_the_standard(name):
    assert hasattr(xp, name)
    assert hasattr(mg, name)
    assert name in dir(xp)


@pytest.mark.parametrize("name", LINALG)
def test_the_namespace_has_the_linear_algebra_of_the_standard(name):
    assert callable(getattr(xp.linalg, name))


@pytest.mark.parametrize("name", FFT)
def test_the_namespace_has_the_transforms_of_the_standard(name):
    assert callable(getattr(xp.fft, name))


@pytest.mark.parametrize("name", DTYPES)
def test_dtypes_are_numpys(name):
    assert getattr(xp, name) is getattr(np, name)


# --- one call, twice ----------------------------------------------------------------------------------------


def sample(dtype, shape=(2, 3), seed=0):
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.kind in "iu":
        return rng.integers(1 if dtype.kind == "u" else -6, 7, shape).astype(dtype)
    values = rng.uniform(-2.5, 2.5, shape)
    return (values + 1j * rng.uniform(-2, 2, shape) if dtype.kind == "c" else values).astype(dtype)


def outcome(call, module, *arrays):
    with np.errstate(all="ignore"):
        try:
            return call(module, *arrays)
        except Exception as error:
            return error


def assert_same(got, expected):
    if isinstance(expected, Exception):
        assert isinstance(got, Exception), f"NumPy says {expected!r}; we answer {got!r}"
        assert isinstance(got, type(expected)) or isinstance(expected, type(got)), (got, expected)
        return
    assert not isinstance(got, Exception), got
    if isinstance(expected, (tuple, list)):
        assert len(got) == len(expected)
        for one, other in zip(got, expected, strict=True):
            assert_same(one, other)
        if hasattr(expected, "_fields"):
            assert got._fields == expected._fields
    elif isinstance(expected, (np.ndarray, np.generic)):
        value = mg.asarray(got)
        assert value.dtype == np.asarray(expected).dtype
        assert value.shape == np.shape(expected)
        np.testing.assert_allclose(value, expected, rtol=1e-6, atol=1e-7)
    else:
        assert got == expected


def both(call, *arrays):
    """The call with tensors that carry a gradient where they can, and with constants, against NumPy's."""
    expected = outcome(call, np, *[np.array(a) for a in arrays])
    assert_same(outcome(call, xp, *[mg.tensor(a) for a in arrays]), expected)
    assert_same(outcome(call, xp, *[mg.tensor(a, constant=True) for a in arrays]), expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_array(name, dtype):
    for shape in ((2, 3), (), (0, 2)):
        both(lambda m, x: getattr(m, name)(x), sample(dtype, shape))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_arrays(name, dtype):
    x, y = sample(dtype), sample(dtype, (3,), 1)
    both(lambda m, x, y: getattr(m, name)(x, y), x, y)
    both(lambda m, x: getattr(m, name)(x, 2), x)
    both(lambda m, x: getattr(m, name)(True, x), x)
    for other in ("int8", "uint64", "float32", "complex64"):
        both(lambda m, x, y: getattr(m, name)(x, y), x, sample(other, (2, 1), 2))


OPERATORS = """
    add sub mul truediv floordiv mod pow and_ or_ xor lshift rshift eq ne lt le gt ge
""".split()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OPERATORS)
def test_operators_with_arrays_and_pythons_numbers(name, dtype):
    function = getattr(operator, name)
    x = sample(dtype)
    both(lambda m, x, y: function(x, y), x, sample(dtype, (3,), 1))
    for number in (2, True, 1.5, 1j, -1, 0, 300):
        both(lambda m, x, n=number: function(x, n), x)
        both(lambda m, x, n=number: function(n, x), x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "name", ["iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "iand", "ilshift"]
)
def test_augmented_operators(name, dtype):
    def augmented(m, x, other):
        kept = x
        x = getattr(operator, name)(x, other)
        assert x is kept
        return x

    for number in (2, True, 1.5, 1j):
        both(lambda m, x, n=number: augmented(m, x, n), sample(dtype))
    both(augmented, sample(dtype), sample(dtype, (3,), 1))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "function", [operator.neg, operator.pos, abs, operator.invert], ids=lambda f: f.__name__
)
def test_operators_of_one_array(function, dtype):
    both(lambda m, x: function(x), sample(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", [bool, int, float, complex, operator.index], ids=lambda f: f.__name__)
def test_an_array_without_axes_becomes_a_number(function, dtype):
    both(lambda m, x: function(x), sample(dtype, ()))


# --- reductions, sorting, searching, sets -------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", "sum prod mean std var max min all any".split())
def test_reductions(name, dtype):
    x = sample(dtype, (2, 3, 4))
    for options in (
        {},
        {"axis": 0},
        {"axis": -1, "keepdims": True},
        {"axis": (0, 2)},
        {"axis": (0, 1, 2), "keepdims": True},
        {"axis": ()},
        {"axis": 3},
    ):
        both(lambda m, x, o=options: getattr(m, name)(x, **o), x)
    if name in ("std", "var") and np.dtype(dtype).kind == "f":
        both(lambda m, x: getattr(m, name)(x, axis=1, ddof=1), x)
    if name in ("sum", "prod"):
        both(lambda m, x: getattr(m, name)(x, axis=1, dtype=m.complex128), x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "call",
    [
        lambda m, x: m.argmax(x),
        lambda m, x: m.argmax(x, axis=0, keepdims=True),
        lambda m, x: m.argmin(x, axis=-1),
        lambda m, x: m.count_nonzero(x),
        lambda m, x: m.count_nonzero(x, axis=1, keepdims=True),
        lambda m, x: m.nonzero(x),
        lambda m, x: m.sort(x),
        lambda m, x: m.sort(x, axis=0, stable=True),
        lambda m, x: m.argsort(x, axis=0, stable=True),
        lambda m, x: m.searchsorted(m.sort(x[0]), x),
        lambda m, x: m.searchsorted(x[0], x[1], side="right", sorter=m.argsort(x[0])),
        lambda m, x: m.where(x == x[0, 0], x, m.zeros_like(x)),
        lambda m, x: m.diff(x),
        lambda m, x: m.diff(x, axis=0, n=1),
        lambda m, x: m.clip(x, 0, 2),
        lambda m, x: m.clip(x, x[:, :1], None),
    ],
)
def test_sorting_searching_and_choosing(call, dtype):
    both(call, sample(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", "unique_all unique_counts unique_inverse unique_values".split())
def test_sets(name, dtype):
    both(lambda m, x: getattr(m, name)(x), sample(dtype))


@since_2_1
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["cumulative_sum", "cumulative_prod"])
def test_scans(name, dtype):
    both(lambda m, x: getattr(m, name)(x, axis=1), sample(dtype))
    both(lambda m, x: getattr(m, name)(x, axis=0, include_initial=True), sample(dtype))
    both(lambda m, x: getattr(m, name)(x[0], dtype=m.complex128), sample(dtype))
    both(lambda m, x: getattr(m, name)(x), sample(dtype))


def test_scans_and_parts_of_each_version_of_numpy():
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    total = xp.cumulative_sum(x, axis=1, include_initial=True)
    assert total.tolist() == [[0.0, 1.0, 3.0], [0.0, 3.0, 7.0]]
    product = xp.cumulative_prod(x, axis=-1, include_initial=True)
    assert product.tolist() == [[1.0, 1.0, 2.0], [1.0, 3.0, 12.0]]
    first, second = xp.unstack(x, axis=1)
    (total.sum() + product.sum() + (first * second).sum()).backward()
    np.testing.assert_array_equal(x.grad, [[2 + 1 + 2 + 2, 1 + 1 + 1], [2 + 1 + 4 + 4, 1 + 3 + 3]])


# --- shapes and indices -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "call",
    [
        lambda m, x: m.broadcast_arrays(x, x[:1], x[0, 0]),
        lambda m, x: m.broadcast_to(x, (4, 2, 3)),
        lambda m, x: m.concat([x, x]),
        lambda m, x: m.concat([x, x], axis=None),
        lambda m, x: m.concat([x, m.ones((1, 3))]),
        lambda m, x: m.expand_dims(x, axis=1),
        lambda m, x: m.flip(x),
        lambda m, x: m.flip(x, axis=(0, 1)),
        lambda m, x: m.moveaxis(x, 0, -1),
        lambda m, x: m.permute_dims(x, (1, 0)),
        lambda m, x: m.repeat(x, 2),
        lambda m, x: m.repeat(x, m.asarray([1, 2]), axis=0),
        lambda m, x: m.reshape(x, (3, -1)),
        lambda m, x: m.reshape(x, (6,), copy=True),
        lambda m, x: m.roll(x, 1),
        lambda m, x: m.roll(x, (1, -1), axis=(0, 1)),
        lambda m, x: m.squeeze(x[None], axis=0),
        lambda m, x: m.squeeze(x, axis=0),
        lambda m, x: m.stack([x, x], axis=1),
        lambda m, x: m.tile(x, (2, 2)),
        lambda m, x: m.tril(x, k=1),
        lambda m, x: m.triu(x, k=-1),
        lambda m, x: m.meshgrid(x[0], x[1], indexing="ij"),
        lambda m, x: m.take(x, m.asarray([0, 2]), axis=1),
        lambda m, x: m.take_along_axis(x, m.argsort(x, axis=1), axis=1),
        lambda m, x: x[0],
        lambda m, x: x[1, -1],
        lambda m, x: x[..., ::-2],
        lambda m, x: x[None, :, None],
        lambda m, x: x[x == x[0, 0]],
        lambda m, x: x[m.asarray([1, 0]), m.asarray([2, 2])],
        lambda m, x: x[5],
        lambda m, x: x[0, 0, 0],
        lambda m, x: [x.T, x.mT, x.shape, x.ndim, x.size, x.dtype, x.device, x.to_device("cpu")],
        lambda m, x: [len(x), x.tolist()],
    ],
)
def test_shapes_and_indices(call, dtype):
    both(call, sample(dtype))


@since_2_1
@pytest.mark.parametrize("dtype", DTYPES)
def test_parts_along_an_axis(dtype):
    both(lambda m, x: m.unstack(x), sample(dtype))
    both(lambda m, x: m.unstack(x, axis=-1), sample(dtype))
    both(lambda m, x: m.unstack(x[0, 0]), sample(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_elements_are_written(dtype):
    def written(m, x, index, value):
        x[index] = value
        return x

    for index in (0, (1, -1), (..., slice(None, None, 2)), ([0, 1], [2, 2])):
        for value in (1, True, 2.5, np.array([1, 2, 3], dtype=np.int8)):
            both(lambda m, x, i=index, v=value: written(m, x, i, v), sample(dtype))
    both(lambda m, x: written(m, x, x == x[0, 0], 0), sample(dtype))


# --- creation and dtypes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
def test_creation(dtype):
    for call in (
        lambda m: m.zeros((2, 3), dtype=getattr(m, dtype)),
        lambda m: m.ones(3, dtype=getattr(m, dtype)),
        lambda m: m.full((2,), 1, dtype=getattr(m, dtype)),
        lambda m: m.empty((2, 0), dtype=getattr(m, dtype)),
        lambda m: m.eye(3, 4, k=1, dtype=getattr(m, dtype)),
        lambda m: m.asarray([[1, 0]], dtype=getattr(m, dtype)),
        lambda m: m.arange(0, 5, 2, dtype=getattr(m, dtype)),
        lambda m: m.linspace(0, 5, 4, dtype=getattr(m, dtype), endpoint=False),
    ):
        both(call)
    for name in ("zeros_like", "ones_like"):
        both(lambda m, x, name=name: getattr(m, name)(x), sample(dtype))
        both(lambda m, x, name=name: getattr(m, name)(x, dtype=m.float32), sample(dtype))
    both(lambda m, x: m.full_like(x, 1), sample(dtype))
    both(lambda m, x: m.empty_like(x).shape, sample(dtype))
    both(lambda m, x: m.from_dlpack(np.array(sample(dtype))), sample(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes_are_asked_about(dtype):
    x = sample(dtype)
    for other in DTYPES:
        if np.dtype(dtype).kind != "c" or np.dtype(other).kind == "c":
            both(lambda m, x, o=other: m.astype(x, getattr(m, o)), x)
        both(lambda m, x, y: m.result_type(x, y), x, sample(other))
        both(lambda m, x, o=other: m.can_cast(x.dtype, getattr(m, o)), x)
    both(lambda m, x: m.result_type(x, 1, 1.5), x)
    both(lambda m, x: m.astype(x, x.dtype, copy=False), x)
    for kind in (
        "bool",
        "signed integer",
        "unsigned integer",
        "integral",
        "real floating",
        "complex floating",
    ):
        both(lambda m, x, k=kind: m.isdtype(x.dtype, k), x)
    both(lambda m, x: m.finfo(x.dtype).eps, x)
    both(lambda m, x: m.iinfo(x.dtype).max, x)


def test_the_namespace_says_what_it_can():
    if hasattr(np, "__array_namespace_info__"):
        info = xp.__array_namespace_info__()
        assert info.default_dtypes()["real floating"] == np.float64
        assert list(info.devices()) == ["cpu"]
    x = mg.tensor([1.0])
    assert x.__array_namespace__(api_version="2022.12") is xp
    with pytest.raises(ValueError):
        x.__array_namespace__(api_version="1999.01")


# --- linear algebra and transforms --------------------------------------------------------------------------

FLOATS = "float32 float64 complex64 complex128".split()


def positive(dtype):
    a = sample(dtype, (2, 3, 3))
    return (a @ np.conj(a).swapaxes(-1, -2) + np.eye(3)).astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    "call",
    [
        lambda m, a, b: m.linalg.cholesky(a),
        lambda m, a, b: m.linalg.cholesky(a, upper=True),
        lambda m, a, b: m.linalg.cross(a, m.flip(a, axis=-1)),
        lambda m, a, b: m.linalg.det(a),
        lambda m, a, b: m.linalg.diagonal(a, offset=1),
        lambda m, a, b: m.linalg.eigvalsh(a),
        lambda m, a, b: m.linalg.eigh(a).eigenvalues,
        lambda m, a, b: m.linalg.inv(a),
        lambda m, a, b: m.linalg.matmul(a, b),
        lambda m, a, b: m.linalg.matrix_norm(a, ord="nuc", keepdims=True),
        lambda m, a, b: m.linalg.matrix_norm(a),
        lambda m, a, b: m.linalg.matrix_power(a, -2),
        lambda m, a, b: m.linalg.matrix_rank(a),
        lambda m, a, b: m.linalg.matrix_transpose(a),
        lambda m, a, b: m.linalg.outer(a[0, 0], a[0, 1]),
        lambda m, a, b: m.linalg.pinv(a),
        lambda m, a, b: m.linalg.qr(a).R.shape,
        lambda m, a, b: m.linalg.qr(a, mode="complete"),
        lambda m, a, b: m.linalg.slogdet(a),
        lambda m, a, b: m.linalg.solve(a, b),
        lambda m, a, b: m.linalg.svd(a, full_matrices=False).S,
        lambda m, a, b: m.linalg.svdvals(a),
        lambda m, a, b: m.linalg.tensordot(a, b, axes=((2,), (1,))),
        lambda m, a, b: m.linalg.trace(a),
        lambda m, a, b: m.linalg.vecdot(a, a, axis=-1),
        lambda m, a, b: m.linalg.vector_norm(a, axis=(0, 1), ord=3, keepdims=True),
        lambda m, a, b: m.linalg.vector_norm(a),
        lambda m, a, b: m.matmul(a, b),
        lambda m, a, b: a @ b,
        lambda m, a, b: m.matrix_transpose(a),
        lambda m, a, b: m.tensordot(a, b, axes=1),
        lambda m, a, b: m.vecdot(a, m.ones_like(a[0, 0])),
        lambda m, a, b: m.vecdot(a[0], a[1], axis=0),
    ],
)
def test_linear_algebra(call, dtype):
    both(call, positive(dtype), sample(dtype, (2, 3, 2)))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    "call",
    [
        lambda m, x: m.fft.fft(x),
        lambda m, x: m.fft.ifft(x, n=5, axis=0, norm="ortho"),
        lambda m, x: m.fft.fftn(x, axes=(0, 1)),
        lambda m, x: m.fft.ifftn(x, s=(2, 2), axes=(0, 1), norm="forward"),
        lambda m, x: m.fft.rfft(m.real(x)),
        lambda m, x: m.fft.irfft(x, n=4),
        lambda m, x: m.fft.rfftn(m.real(x)),
        lambda m, x: m.fft.irfftn(x, s=(2, 5), axes=(0, 1)),
        lambda m, x: m.fft.hfft(x),
        lambda m, x: m.fft.ihfft(m.real(x)),
        lambda m, x: m.fft.fftshift(x, axes=1),
        lambda m, x: m.fft.ifftshift(x),
        lambda m, x: m.fft.fftfreq(5, d=0.5),
        lambda m, x: m.fft.rfftfreq(5),
    ],
)
def test_transforms(call, dtype):
    both(call, sample(dtype, (2, 4)))


# --- the gradient -------------------------------------------------------------------------------------------


def test_asarray_keeps_tensors_and_their_gradients():
    x = mg.tensor([1.0, 2.0])
    assert xp.asarray(x) is x
    assert xp.asarray(x, copy=True) is not x
    (xp.asarray(x, copy=True) * xp.asarray(x, dtype=xp.float32) + xp.asarray([x[0], 3.0])).sum().backward()
    np.testing.assert_allclose(x.grad, [3.0, 4.0])
    assert xp.asarray([1.0, 2.0]).constant
    assert xp.asarray(3, device="cpu").dtype == np.asarray(3).dtype
    with pytest.raises(ValueError, match="copy"):
        xp.asarray(x, dtype=xp.float32, copy=False)
    with pytest.raises(ValueError, match="Device"):
        xp.asarray(x, device="gpu")


def test_an_array_of_another_library_is_taken_over_without_a_copy():
    a = np.arange(3.0)
    t = mg.from_dlpack(a)
    assert np.shares_memory(t.data, a)
    assert not t.constant
    assert mg.from_dlpack(a, constant=True).constant


def test_a_constant_is_handed_to_other_libraries_and_what_carries_a_gradient_is_not():
    i = mg.tensor([1, 2, 3])
    assert i.__dlpack_device__() == np.zeros(1).__dlpack_device__()
    assert np.shares_memory(np.from_dlpack(i), i.data)
    x = mg.tensor([1.0])
    with pytest.raises(mg.GradientLost):
        np.from_dlpack(x)
    with mg.no_autodiff:
        assert np.from_dlpack(x).tolist() == [1.0]


def test_code_for_any_array_library_is_differentiated():
    def gelu(x):
        xp = x.__array_namespace__()
        return (
            0.5 * x * (1.0 + xp.tanh(xp.sqrt(xp.asarray(2 / xp.pi, dtype=x.dtype)) * (x + 0.044715 * x**3)))
        )

    a = np.linspace(-2, 2, 5, dtype=np.float32)
    x = mg.tensor(a)
    y = gelu(x)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, gelu(a), rtol=1e-6)
    y.sum().backward()
    steps = a.astype(float)
    np.testing.assert_allclose(x.grad, (gelu(steps + 1e-5) - gelu(steps - 1e-5)) / 2e-5, rtol=1e-3)
