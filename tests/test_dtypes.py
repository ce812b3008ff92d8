"""Dtypes are NumPy's (NEP 50): of values through every operation; a gradient has that of its tensor."""

import operator

import numpy as np
import pytest

import mygrad as mg

FLOATS = [np.float16, np.float32, np.float64, np.longdouble]
EVERY = [np.bool_, np.int8, np.uint8, np.int32, np.int64, np.uint64, *FLOATS]
OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "//": operator.floordiv,
    "%": operator.mod,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "arctan2": np.arctan2,
    "logaddexp": np.logaddexp,
    "hypot": np.hypot,
}
SCALARS = [2, 2.0, True, np.float32(2), np.float64(2), np.int8(2), np.int64(2), np.array(2.0), np.array(2)]
UNARY = [
    np.negative,
    np.positive,
    np.absolute,
    np.square,
    np.sqrt,
    np.cbrt,
    np.exp,
    np.exp2,
    np.expm1,
    np.log,
    np.log2,
    np.log10,
    np.log1p,
    np.sin,
    np.cos,
    np.tan,
    np.arcsin,
    np.arccos,
    np.arctan,
    np.sinh,
    np.cosh,
    np.tanh,
    np.arcsinh,
    np.arctanh,
    np.reciprocal,
    np.sinc,
    np.deg2rad,
]
REDUCTIONS = [
    np.sum,
    np.mean,
    np.prod,
    np.max,
    np.min,
    np.var,
    np.std,
    np.cumsum,
    np.cumprod,
    np.linalg.norm,
    np.median,
]


def outcome(function, *args):
    try:
        return np.asarray(mg.asarray(function(*args))).dtype
    except Exception as error:
        return type(error)


def assert_same(ours, numpys):
    if isinstance(numpys, type):
        assert isinstance(ours, type), f"NumPy raises {numpys.__name__}"
        assert issubclass(ours, numpys)
    else:
        assert ours == numpys


pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", OPERATORS)
def test_python_and_numpy_scalars_promote_as_numpys(name, dtype):
    a = np.array([1, 1]).astype(dtype)
    f = OPERATORS[name]
    for s in SCALARS:
        assert_same(outcome(f, mg.tensor(a), s), outcome(f, a, s))
        assert_same(outcome(f, s, mg.tensor(a)), outcome(f, s, a))


@pytest.mark.parametrize("left", EVERY)
@pytest.mark.parametrize("right", EVERY)
def test_two_dtypes_promote_as_numpys(left, right):
    a, b = np.ones(2, left), np.ones(2, right)
    for f in (operator.add, operator.mul, operator.truediv, np.maximum):
        expected = outcome(f, a, b)
        assert_same(outcome(f, mg.tensor(a), mg.tensor(b)), expected)
        assert_same(outcome(f, mg.tensor(a), b), expected)
        assert_same(outcome(f, a, mg.tensor(b)), expected)
    for f in (np.concatenate, np.stack):
        assert_same(outcome(f, [mg.tensor(a), b]), outcome(f, [a, b]))
    assert_same(outcome(np.where, [True, False], mg.tensor(a), b), outcome(np.where, [True, False], a, b))


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("f", [*UNARY, *REDUCTIONS], ids=lambda f: f.__name__)
def test_functions_of_one_operand_have_numpys_dtype(f, dtype):
    a = np.array([1, 1]).astype(dtype)
    assert_same(outcome(f, mg.tensor(a)), outcome(f, a))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("f", [*UNARY, *REDUCTIONS], ids=lambda f: f.__name__)
def test_gradients_of_functions_of_one_operand_have_the_tensors_dtype_and_value(f, dtype):
    try:
        f(np.ones(1, dtype))
    except TypeError:
        pytest.skip("NumPy has no loop")
    a = np.array([0.25, 0.75, 0.5])
    x = mg.tensor(a, dtype=dtype)
    y = f(x)
    y.backward()
    assert x.grad.dtype == dtype
    assert y.grad.dtype == y.dtype
    reference = mg.tensor(a)
    f(reference).backward()
    np.testing.assert_allclose(
        x.grad.astype(np.float64),
        reference.grad,
        rtol=max(20 * float(np.finfo(dtype).eps), 1e-12),
        atol=1e-3 if dtype == np.float16 else 1e-7,
    )


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", [n for n in OPERATORS if n != "//"])
def test_gradients_of_operators_with_scalars_have_the_tensors_dtype_and_value(name, dtype):
    a = np.array([0.25, 0.75])
    for s in (2, 2.0, np.float64(2.0)):
        for function in (lambda t, s=s: OPERATORS[name](t, s), lambda t, s=s: OPERATORS[name](s, t)):
            x, reference = mg.tensor(a, dtype=dtype), mg.tensor(a)
            function(x).backward()
            function(reference).backward()
            assert x.grad.dtype == dtype
            tolerance = max(20 * float(np.finfo(dtype).eps), 1e-12)
            np.testing.assert_allclose(
                x.grad.astype(np.float64), reference.grad, rtol=tolerance, atol=tolerance
            )


@pytest.mark.parametrize("left", FLOATS)
@pytest.mark.parametrize("right", [*FLOATS, np.int8, np.int64])
@pytest.mark.parametrize("name", [n for n in OPERATORS if n != "//"])
def test_gradients_of_mixed_operands_have_each_its_own_dtype(name, left, right):
    x, y = mg.tensor([1.5, 2.5], dtype=left), mg.tensor([2, 3], dtype=right)
    z = OPERATORS[name](x, y)
    z.backward()
    assert x.grad.dtype == left
    assert z.grad.dtype == z.dtype == np.result_type(left, right)
    if np.issubdtype(right, np.floating):
        assert y.grad.dtype == right
    else:
        assert y.grad is None


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.clip(x, 0, 1),
        lambda x: np.clip(x, 0.0, 1.0),
        lambda x: np.where([True, False], x, 0.0),
        lambda x: np.where([True, False], 0, x),
        lambda x: np.maximum(x, 0),
        lambda x: x @ x,
        lambda x: np.einsum("i,i->i", x, x),
        lambda x: np.sum(x, keepdims=True),
        lambda x: np.mean(x, axis=0),
        lambda x: np.var(x, ddof=1),
        lambda x: x[[0, 0, 1]],
        lambda x: np.repeat(x, 2),
        lambda x: np.concatenate([x, x]),
        lambda x: np.stack([x, x]),
        lambda x: np.reshape(x, (2, 1)),
        lambda x: np.roll(x, 1),
        lambda x: np.cumprod(x) * 0.5 + 1,
        lambda x: -x / 3,
        lambda x: 1 - x,
        lambda x: 2**x,
        lambda x: x * np.pi,
    ],
)
def test_a_computation_in_one_precision_stays_in_it(f, dtype):
    a = np.array([0.25, 0.75], dtype=dtype)
    x = mg.tensor(a)
    y = f(x)
    assert y.dtype == f(a).dtype == dtype
    (y * 1.0).sum().backward()
    assert x.grad.dtype == dtype
    assert y.grad.dtype == dtype


@pytest.mark.parametrize("dtype", FLOATS)
def test_writes_keep_the_dtype_of_the_target(dtype):
    x, w = mg.tensor([1.0, 2.0], dtype=dtype), mg.tensor([3.0, 4.0])
    y = x * 1
    y += w
    y[0] = w[1]
    y[1:] *= 2.0
    np.multiply(y, w, out=y, casting="same_kind")
    assert y.dtype == dtype
    y.sum().backward()
    assert x.grad.dtype == dtype
    assert w.grad.dtype == np.float64
    assert x.grad.tolist() == [0.0, 8.0]


def test_long_doubles_keep_their_digits():
    if np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        pytest.skip("long double is a double here")
    third = np.longdouble(1) / 3
    x = mg.tensor([third, third], dtype=np.longdouble)
    (x * third).backward()
    assert x.grad[0] == third
    np.sqrt(x).sum().backward()
    assert abs(x.grad[0] - 1 / (2 * np.sqrt(third))) < 4 * np.finfo(np.longdouble).eps


def test_half_floats_overflow_as_numpys():
    x = mg.tensor([300.0], dtype=np.float16)
    y = x * x
    assert np.isposinf(y.data[0])
    y.backward()
    assert x.grad[0] == np.float16(600.0)


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_grad_that_is_given_is_cast_to_the_dtype_of_the_tensor(dtype):
    x = mg.tensor([1.0, 2.0], dtype=dtype)
    y = x * 1
    y.backward(np.array([1, 2], dtype=np.int64))
    assert y.grad.dtype == dtype
    assert x.grad.dtype == dtype
    assert x.grad.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("dtype", [">f8", ">f4"])
def test_a_foreign_byte_order_computes_as_numpys(dtype):
    a = np.array([1.0, 2.0], dtype=dtype)
    x = mg.tensor(a)
    y = x * 3
    assert y.dtype == (a * 3).dtype
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
