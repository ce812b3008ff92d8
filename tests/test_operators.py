"""Every operator of Python, in its plain, reflected and in-place form: NumPy's values, and the derivative."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mygrad as mg

A = np.array([[1.5, 2.5, 0.5], [3.5, 1.25, 2.0]])
B = np.array([[0.75, 1.5, 2.25], [1.1, 0.6, 1.9]])

BINARY = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "//": operator.floordiv,
    "%": operator.mod,
}
IN_PLACE = {
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "/=": operator.itruediv,
    "**=": operator.ipow,
    "//=": operator.ifloordiv,
    "%=": operator.imod,
}
BITS = {
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
BITS_IN_PLACE = {
    "&=": operator.iand,
    "|=": operator.ior,
    "^=": operator.ixor,
    "<<=": operator.ilshift,
    ">>=": operator.irshift,
}
COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}

# d(x op y): what an upstream gradient of ones becomes
DERIVATIVES = {
    "+": (lambda x, y: np.ones_like(x * y), lambda x, y: np.ones_like(x * y)),
    "-": (lambda x, y: np.ones_like(x * y), lambda x, y: -np.ones_like(x * y)),
    "*": (lambda x, y: y * np.ones_like(x), lambda x, y: x * np.ones_like(y)),
    "/": (lambda x, y: np.ones_like(x) / y, lambda x, y: -1.0 * x / y**2),
    "**": (lambda x, y: y * x ** (y - 1), lambda x, y: x**y * np.log(x)),
    "//": (lambda x, y: np.zeros_like(x * y), lambda x, y: np.zeros_like(x * y)),
    "%": (lambda x, y: np.ones_like(x * y), lambda x, y: -np.floor(x / y)),
}


def value(result):
    return mg.asarray(result)


def backward_if_possible(result):
    """A piecewise constant result may have left the graph, rightly."""
    if isinstance(result, mg.Tensor) and not result.constant:
        result.backward()


def gradient(x):
    """An operation that is piecewise constant may say *no gradient* in place of zeros."""
    return np.zeros_like(x.data) if x.grad is None else x.grad


def is_differentiable(symbol):
    return symbol not in ("//",)


@pytest.mark.parametrize("symbol", BINARY)
def test_between_tensors(symbol):
    x, y = mg.tensor(A), mg.tensor(B)
    z = BINARY[symbol](x, y)
    np.testing.assert_array_equal(value(z), BINARY[symbol](A, B))
    if is_differentiable(symbol):
        assert type(z) is mg.Tensor
    backward_if_possible(z)
    np.testing.assert_allclose(gradient(x), DERIVATIVES[symbol][0](A, B))
    np.testing.assert_allclose(gradient(y), DERIVATIVES[symbol][1](A, B))


@pytest.mark.parametrize(
    "other",
    [
        2,
        2.0,
        True,
        np.float64(2.0),
        np.int32(2),
        np.array(2.0),
        B,
        B.tolist(),
        B[0].tolist(),
        mg.tensor(B, constant=True),
    ],
    ids=[
        "int",
        "float",
        "bool",
        "np.float64",
        "np.int32",
        "0-d",
        "array",
        "list",
        "shorter list",
        "constant",
    ],
)
@pytest.mark.parametrize("symbol", BINARY)
def test_with_a_constant_on_the_right(symbol, other):
    x = mg.tensor(A)
    b = value(other) if isinstance(other, mg.Tensor) else other
    z = BINARY[symbol](x, other)
    np.testing.assert_array_equal(value(z), BINARY[symbol](A, b))
    backward_if_possible(z)
    np.testing.assert_allclose(gradient(x), DERIVATIVES[symbol][0](A, np.asarray(b)))


@pytest.mark.parametrize(
    "other",
    [
        2,
        2.0,
        True,
        np.float64(2.0),
        np.int32(2),
        np.array(2.0),
        B,
        B.tolist(),
        B[0].tolist(),
        mg.tensor(B, constant=True),
    ],
    ids=[
        "int",
        "float",
        "bool",
        "np.float64",
        "np.int32",
        "0-d",
        "array",
        "list",
        "shorter list",
        "constant",
    ],
)
@pytest.mark.parametrize("symbol", BINARY)
def test_with_a_constant_on_the_left(symbol, other):
    x = mg.tensor(A)
    b = value(other) if isinstance(other, mg.Tensor) else other
    z = BINARY[symbol](other, x)
    np.testing.assert_array_equal(value(z), BINARY[symbol](b, A))
    if is_differentiable(symbol):
        assert type(z) is mg.Tensor
        assert z.constant is False
    backward_if_possible(z)
    np.testing.assert_allclose(gradient(x), DERIVATIVES[symbol][1](np.asarray(b), A))


@pytest.mark.parametrize("symbol", [s for s in BINARY if is_differentiable(s)])
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((2, 3), (3,)),
        ((3,), (2, 3)),
        ((2, 1), (1, 3)),
        ((), (2, 3)),
        ((2, 3), ()),
        ((1, 1), (4,)),
        ((0, 3), (1, 3)),
    ],
    ids=repr,
)
def test_broadcast_operands_get_gradients_of_their_own_shape(symbol, left, right):
    rng = np.random.default_rng(1)
    a, b = rng.uniform(0.5, 2.0, left), rng.uniform(0.5, 2.0, right)
    x, y = mg.tensor(a), mg.tensor(b)
    z = BINARY[symbol](x, y)
    np.testing.assert_array_equal(z.data, BINARY[symbol](a, b))
    z.backward()

    def reduced(full, shape):
        full = np.broadcast_to(full, z.shape)
        full = full.sum(axis=tuple(range(full.ndim - len(shape))))
        return full.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True).reshape(shape)

    assert (x.grad.shape, y.grad.shape) == (left, right)
    full_a, full_b = np.broadcast_arrays(a, b)
    np.testing.assert_allclose(x.grad, reduced(DERIVATIVES[symbol][0](full_a, full_b), left))
    np.testing.assert_allclose(y.grad, reduced(DERIVATIVES[symbol][1](full_a, full_b), right))


@pytest.mark.parametrize("other", [2.0, B, "tensor"], ids=["float", "array", "tensor"])
@pytest.mark.parametrize("symbol", IN_PLACE)
def test_in_place_between_floats(symbol, other):
    x = mg.tensor(A)
    y = x * 1.0
    memory = y.data
    w = mg.tensor(B) if isinstance(other, str) else other
    b = B if isinstance(other, str) else other
    kept = y
    y = IN_PLACE[symbol](y, w)
    assert y is kept
    assert y.data is memory
    np.testing.assert_array_equal(y.data, IN_PLACE[symbol](A.copy(), b))
    y.sum().backward()
    plain = symbol.rstrip("=")
    np.testing.assert_allclose(gradient(x), DERIVATIVES[plain][0](A, np.asarray(b)))
    if isinstance(other, str):
        np.testing.assert_allclose(gradient(w), DERIVATIVES[plain][1](A, B))


@pytest.mark.parametrize("symbol", IN_PLACE)
def test_an_array_updated_in_place_by_a_tensor_becomes_a_tensor_over_its_own_memory(symbol):
    a = A.copy()
    x = mg.tensor(B)
    result = a
    result = IN_PLACE[symbol](result, x)
    np.testing.assert_array_equal(a, BINARY[symbol.rstrip("=")](A, B))
    if is_differentiable(symbol.rstrip("=")):
        assert type(result) is mg.Tensor
        assert np.shares_memory(result.data, a)
        result.sum().backward()
        np.testing.assert_allclose(x.grad, DERIVATIVES[symbol.rstrip("=")][1](A, B))


# --- unary --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (operator.pos, np.ones_like),
        (operator.neg, lambda a: -np.ones_like(a)),
        (abs, np.sign),
        (operator.abs, np.sign),
    ],
    ids=["pos", "neg", "abs", "operator.abs"],
)
def test_unary(function, derivative):
    a = np.array([-1.5, 0.0, 2.0])
    x = mg.tensor(a)
    y = function(x)
    assert type(y) is mg.Tensor
    np.testing.assert_array_equal(y.data, function(a))
    y.backward()
    np.testing.assert_array_equal(x.grad, derivative(a))
    assert not np.shares_memory(y.data, x.data)


@pytest.mark.parametrize("digits", [None, 0, 1, -1])
@pytest.mark.parametrize("data", [[1.26, -2.5, 17.5], [[3.14159]], [12, 25], 2.67], ids=repr)
def test_round_is_numpys(data, digits):
    got = round(mg.tensor(data)) if digits is None else round(mg.tensor(data), digits)
    assert_same_outcome(got, np.round(np.array(data), digits or 0))


def outcome(function):
    """The value, or the type of the exception."""
    try:
        return function()
    except Exception as error:
        return type(error)


def assert_same_outcome(got, expected):
    if isinstance(expected, type):
        assert isinstance(got, type), f"NumPy raises {expected}, ours returned {got!r}"
        assert issubclass(got, expected) or issubclass(expected, got)
        return
    assert not isinstance(got, type), f"NumPy returns {expected!r}, ours raised {got}"
    if isinstance(expected, tuple):
        assert len(got) == len(expected)
        for g, e in zip(got, expected, strict=True):
            assert_same_outcome(g, e)
        return
    got = mg.asarray(got)
    assert got.dtype == np.asarray(expected).dtype
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("data", [[1, 0, 6], [True, False], 5, np.array([255, 1], np.uint8)], ids=repr)
def test_invert_is_numpys(data):
    expected = ~np.array(data)
    got = ~mg.tensor(data)
    assert mg.asarray(got).dtype == expected.dtype
    np.testing.assert_array_equal(mg.asarray(got), expected)


def test_divmod_gives_the_quotient_and_a_differentiable_remainder():
    x, y = mg.tensor([7.5, -7.5]), mg.tensor([2.0, 2.0])
    q, r = divmod(x, y)
    assert value(q).tolist() == [3.0, -4.0]
    assert r.data.tolist() == [1.5, 0.5]
    r.backward()
    assert x.grad.tolist() == [1.0, 1.0]
    assert y.grad.tolist() == [-3.0, 4.0]


def test_divmod_is_reflected():
    x = mg.tensor([2.0, 4.0])
    q, r = divmod(7.0, x)
    assert value(q).tolist() == [3.0, 1.0]
    assert r.data.tolist() == [1.0, 3.0]
    r.backward()
    assert x.grad.tolist() == [-3.0, -1.0]
    q, r = divmod(np.array([7.0, 9.0]), mg.tensor([2, 4]))
    assert value(q).tolist() == [3.0, 2.0]
    assert value(r).tolist() == [1.0, 1.0]


# --- integers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("symbol", [*BINARY, *BITS])
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16, np.bool_])
@pytest.mark.parametrize("other", ["tensor", "array", "int", "bool", "list"])
def test_integers_behave_as_numpys(symbol, dtype, other):
    a, b = np.array([7, 5, 1]).astype(dtype), np.array([2, 1, 3]).astype(dtype)
    function = {**BINARY, **BITS}[symbol]
    right = {"tensor": b, "array": b, "int": 2, "bool": True, "list": [1, 2, 3]}[other]
    ours = mg.tensor(b) if other == "tensor" else right
    assert_same_outcome(outcome(lambda: function(mg.tensor(a), ours)), outcome(lambda: function(a, right)))
    assert_same_outcome(outcome(lambda: function(ours, mg.tensor(a))), outcome(lambda: function(right, a)))
    result = outcome(lambda: function(mg.tensor(a), ours))
    assert not isinstance(result, mg.Tensor) or result.constant


@pytest.mark.parametrize("symbol", [*IN_PLACE, *BITS_IN_PLACE])
@pytest.mark.parametrize("other", [2, 1.5, np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0])], ids=repr)
def test_integers_are_updated_in_place_as_numpys(symbol, other):
    function = {**IN_PLACE, **BITS_IN_PLACE}[symbol]
    a, mine = np.array([7, 5, 1]), np.array([7, 5, 1])
    t = mg.tensor(mine, copy=False)
    expected = outcome(lambda: function(a, other))
    got = outcome(lambda: function(t, other))
    assert_same_outcome(got, expected)
    if not isinstance(expected, type):
        assert got is t
        assert t.data is mine
    np.testing.assert_array_equal(mine, a)


@pytest.mark.parametrize("symbol", BITS)
def test_bit_operations_on_floats_are_refused_as_numpys(symbol):
    with pytest.raises(TypeError):
        BITS[symbol](mg.tensor([1.0, 2.0]), mg.tensor([1, 2]))
    with pytest.raises(TypeError):
        BITS[symbol](1, mg.tensor([1.0, 2.0]))


def test_negative_of_a_bool_is_refused_as_numpys():
    with pytest.raises(TypeError):
        -mg.tensor([True])


# --- powers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 2, 3, -1, 0.5, 2.0, 1.0, True, np.array(2.0), np.array(1)], ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_powers_by_a_constant_are_numpys_in_value_and_dtype(n, dtype):
    a = np.array([1, 2, 3], dtype)
    expected = outcome(lambda: a**n)
    assert_same_outcome(outcome(lambda: mg.tensor(a) ** n), expected)


@pytest.mark.parametrize("n", [0, 1, 2, 3, -1, 0.5, 2.0, np.array(2.0), np.array(1)], ids=repr)
def test_powers_by_a_constant_are_differentiable(n):
    a = np.array([1.0, 2.0, 3.0])
    x = mg.tensor(a)
    (x**n).backward()
    np.testing.assert_allclose(x.grad, n * a ** (float(n) - 1))


def test_powers_by_an_array_are_differentiable():
    x = mg.tensor([2.0, 2.0, 2.0])
    (x ** np.array([1, 2, 3])).backward()
    np.testing.assert_allclose(x.grad, [1.0, 4.0, 12.0])


def test_a_power_by_a_tensor_reaches_the_exponent():
    x, n = mg.tensor([2.0, 3.0]), mg.tensor(2.0)
    (x**n).backward()
    np.testing.assert_allclose(x.grad, [4.0, 6.0])
    np.testing.assert_allclose(n.grad, 4.0 * np.log(2.0) + 9.0 * np.log(3.0))


def test_a_first_power_and_a_plus_do_not_alias_their_operand():
    x = mg.tensor([1.0, 2.0])
    for y in (x**1, +x):
        y[0] = 9.0
    assert x.data.tolist() == [1.0, 2.0]


# --- matrix multiplication ----------------------------------------------------------------------------------

MATMUL_SHAPES = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (4, 3, 2)),
    ((3,), (5, 3, 2)),
    ((5, 2, 3), (3,)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 2)),
]


@pytest.mark.parametrize(("left", "right"), MATMUL_SHAPES, ids=repr)
def test_matmul(left, right):
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=left), rng.normal(size=right)
    w = rng.normal(size=(a @ b).shape)
    x, y = mg.tensor(a), mg.tensor(b)
    z = x @ y
    np.testing.assert_array_equal(z.data, a @ b)
    (z * w).sum().backward()
    # the loss is linear in each operand, hence its derivative along any direction is its value there
    for direction in (rng.normal(size=left), np.ones(left)):
        np.testing.assert_allclose(np.sum(x.grad * direction), np.sum((direction @ b) * w), atol=1e-12)
    for direction in (rng.normal(size=right), np.ones(right)):
        np.testing.assert_allclose(np.sum(y.grad * direction), np.sum((a @ direction) * w), atol=1e-12)


def test_matmul_is_reflected_for_arrays_and_lists():
    y = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    for left in ([5.0, 6.0], np.array([5.0, 6.0])):
        z = left @ y
        assert type(z) is mg.Tensor
        assert z.data.tolist() == [23.0, 34.0]
        z.backward()
        assert y.grad.tolist() == [[5.0, 5.0], [6.0, 6.0]]


@pytest.mark.parametrize("other", [3.0, np.ones((4, 2)), np.ones(4)], ids=["scalar", "matrix", "vector"])
def test_matmul_refuses_what_numpy_refuses(other):
    with pytest.raises(ValueError):
        mg.tensor(A) @ other


def test_matmul_in_place_is_numpys():
    a, b = np.arange(4.0).reshape(2, 2), np.array([[1.0, 2.0], [3.0, 5.0]])
    x = mg.tensor(a)
    y = x * 1.0
    memory = y.data
    y @= b
    assert y.data is memory
    np.testing.assert_array_equal(y.data, a @ b)
    y.sum().backward()
    np.testing.assert_allclose(x.grad, np.ones((2, 2)) @ b.T)


def test_matmul_in_place_that_would_change_the_shape_is_refused():
    x = mg.tensor(np.ones((2, 2)))
    with pytest.raises(ValueError):
        x @= np.ones((2, 3))
    np.testing.assert_array_equal(x.data, np.ones((2, 2)))


# --- comparisons --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("symbol", COMPARISONS)
@pytest.mark.parametrize("other", ["tensor", "array", "float", "list"])
def test_comparisons_return_what_numpy_returns(symbol, other):
    right = {"tensor": B, "array": B, "float": 1.5, "list": B.tolist()}[other]
    ours = mg.tensor(B) if other == "tensor" else right
    for got, expected in (
        (COMPARISONS[symbol](mg.tensor(A), ours), COMPARISONS[symbol](A, right)),
        (COMPARISONS[symbol](ours, mg.tensor(A)), COMPARISONS[symbol](right, A)),
    ):
        assert type(got) is np.ndarray
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("symbol", COMPARISONS)
def test_comparisons_of_0d_tensors_are_numpy_bools(symbol):
    got = COMPARISONS[symbol](mg.tensor(1.0), mg.tensor(2.0))
    assert type(got) is np.bool_
    assert got == COMPARISONS[symbol](1.0, 2.0)


def test_equality_with_anything_else_is_false_and_never_raises():
    x = mg.tensor([1.0, 2.0])
    for other in ("a", None, object()):
        np.testing.assert_array_equal(x == other, [False, False])
        np.testing.assert_array_equal(x != other, [True, True])


def test_comparisons_whose_shapes_do_not_match_are_refused():
    with pytest.raises(ValueError):
        _ = mg.tensor([1.0, 2.0]) == mg.tensor([1.0, 2.0, 3.0])


# --- others' types ------------------------------------------------------------------------------------------


class Answers:
    """A type that knows how to be combined with anything, and wants to be asked."""

    __array_ufunc__ = None

    def __radd__(self, other):
        return "asked"

    __rmul__ = __rsub__ = __rtruediv__ = __rmatmul__ = __rpow__ = __radd__


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/", "**"])
def test_an_operand_that_refuses_numpy_is_asked_for_its_reflected_operator(symbol):
    assert BINARY[symbol](mg.tensor([1.0]), Answers()) == "asked"


@pytest.mark.parametrize("symbol", BINARY)
@pytest.mark.parametrize("other", [None, "text", object(), {}], ids=["None", "str", "object", "dict"])
def test_an_operand_that_is_no_number_is_refused(symbol, other):
    with pytest.raises(TypeError):
        BINARY[symbol](mg.tensor([1.0, 2.0]), other)


def test_numpys_scalars_on_the_left_give_tensors():
    x = mg.tensor([1.0, 2.0])
    y = np.float64(3.0) * x
    assert type(y) is mg.Tensor
    y.backward()
    assert x.grad.tolist() == [3.0, 3.0]


# --- laws ---------------------------------------------------------------------------------------------------

numbers = st.floats(-10, 10).filter(lambda v: abs(v) > 1e-3)


@given(a=numbers, b=numbers, c=numbers)
def test_the_product_rule_and_the_chain_rule_hold(a, b, c):
    x, y = mg.tensor(a), mg.tensor(b)
    (x * y * c + x / y - (x - y) ** 3).backward()
    np.testing.assert_allclose(x.grad, b * c + 1 / b - 3 * (a - b) ** 2, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(y.grad, a * c - a / b**2 + 3 * (a - b) ** 2, rtol=1e-9, atol=1e-9)


@given(a=numbers, b=numbers)
def test_divmod_takes_a_number_apart_and_so_its_derivative_is_one(a, b):
    x = mg.tensor(a)
    q, r = divmod(x, b)
    (value(q) * b + r).backward()
    assert x.grad == 1.0


class Duck:
    """An array of another library, which may hold tensors."""

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return "quack", ufunc, method

    def __array_function__(self, function, types, args, kwargs):
        return "quack", function, None


@pytest.mark.parametrize("symbol", BINARY)
def test_an_operation_with_another_library_is_left_to_it(symbol):
    x = mg.tensor([1.0, 2.0])
    assert BINARY[symbol](x, Duck())[0] == "quack"
    assert np.add(Duck(), x) == ("quack", np.add, "__call__")
    assert np.multiply.outer(x, Duck()) == ("quack", np.multiply, "outer")
    assert np.concatenate([x, Duck()]) == ("quack", np.concatenate, None)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("exponent", [1, 2, -1, 0.5, 1.0, 2.0, 0, 3, 2.5])
def test_powers_in_place_are_numpys_in_value(exponent, dtype):
    a = np.array([0.3, 1.7, 5.123]).astype(dtype)
    x = mg.tensor(a)
    y, expected = x * 1, a.copy()
    y **= exponent
    expected **= exponent
    np.testing.assert_array_equal(y.data, expected, strict=True)
    y.sum().backward()
    np.testing.assert_allclose(x.grad, np.conj(exponent * a ** (exponent - 1.0)), rtol=1e-5)


def test_a_matrix_product_in_place_that_would_be_broadcast_is_refused():
    # np.matmul would write the one product into each element.
    x = mg.tensor([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="at least two dimensions"):
        x @= [1.0, 2.0, 3.0]
    assert x.tolist() == [1.0, 2.0, 3.0]
    x @= np.eye(3)[::-1]
    assert x.tolist() == [3.0, 2.0, 1.0]


@pytest.mark.parametrize("data", [[1.0, 2.0], 3.0], ids=["array", "number"])
@pytest.mark.parametrize("zeros", [(0.0, -0.0), (-0.0, 0.0)], ids=str)
def test_a_zero_keeps_its_sign_whichever_came_first(data, zeros):
    for zero in zeros:
        x = mg.tensor(data)
        y = x * zero
        assert (np.signbit(y.data) == np.signbit(zero)).all()
        (y + 0.0 * x).sum().backward()
        assert (x.grad == 0).all()
        assert (np.signbit((zero * np.negative(x)).data) != np.signbit(zero)).all()
        assert (np.signbit(np.copysign(x, zero).data) == np.signbit(zero)).all()
        assert (np.arctan2(x, zero).data == np.arctan2(np.asarray(data), zero)).all()


@pytest.mark.parametrize("data", [[1.0, 2.0], 3.0], ids=["array", "number"])
def test_a_ufunc_that_wants_a_whole_number_gets_it(data):
    x = mg.tensor(data)
    y = np.ldexp(x, 3)
    y.sum().backward()
    assert (y.data == np.ldexp(np.asarray(data), 3)).all()
    assert (x.grad == 8.0).all()
    with pytest.raises(TypeError):
        np.ldexp(x, 3.0)
