"""Formulas written down as steps, and carried out block by block."""

import numpy as np
import pytest

from mygrad.engine import steps
from mygrad.engine.steps import Steps, Symbol


@pytest.fixture
def seven(monkeypatch):
    """Blocks of seven numbers."""
    monkeypatch.setattr(steps, "BLOCK", 56)


def carried_out(formula, *values, shape=(40,)):
    written = Steps(shape, np.dtype(float))
    result = written.result(formula, *map(written.operand, values))
    names = [getattr(f, "__name__", "") for f, _, _ in written.needed({result})]
    return written.carry_out({result})[result], names


X = np.linspace(0.5, 2.0, 40)
G = np.linspace(-1.0, 1.0, 40)

WRITTEN_DOWN = {
    "a product": (lambda g, x: g * x, ["multiply"]),
    "numbers": (lambda g, x: 2.0 - g * 0.5 / x, ["multiply", "divide", "subtract"]),
    "a function": (
        lambda g, x: g * (1.0 - np.tanh(x) * np.tanh(x)),
        ["tanh", *["multiply"] * 2, "subtract"],
    ),
    "the dtype asked for": (lambda g, x: g * x if x.dtype.kind == "f" else g, ["multiply"]),
    "a square": (lambda g, x: g * x**2, ["square", "multiply"]),
    "a power": (lambda g, x: g * x**3, ["called"]),
    "a choice": (
        lambda g, x: np.where((x > 1.0) & (x < 1.5), g, 0.0),
        ["greater", "less", "bitwise_and", "_select"],
    ),
    "zeros": (lambda g, x: np.where(x > 1.0, g, np.zeros_like(g)), ["greater", "_select"]),
    "another choice": (lambda g, x: np.where(x > 1.0, g, x), ["called"]),
    "a mask": (lambda g, x: x > 1.0, ["called"]),
    "a question": (lambda g, x: g * x if (x > 0.0).all() else g, ["called"]),
    "a truth value": (lambda g, x: g * x if x else g, None),
    "where=": (lambda g, x: np.multiply(g, x, where=x > 0.0, out=np.zeros_like(x)), ["called"]),
    "a method": (lambda g, x: g * x.clip(1.0, 1.5), ["called"]),
    "an array made of it": (lambda g, x: g * np.asarray(x), ["called"]),
    "the other way round": (lambda g, x: -(1.0 / x) * g, ["divide", "multiply", "negative"]),
    "signs": (lambda g, x: 1.0 + x - -(-g / -x) * -x, ["add", "divide", "multiply", "subtract"]),
    "a sign that is lost": (
        lambda g, x: np.sin(-g) - (-g + x) / 2.0,
        ["negative", "sin", "subtract", "divide", "subtract"],
    ),
    "negatives alone": (lambda g, x: -g - x, ["add", "negative"]),
}


@pytest.mark.parametrize(("formula", "expected"), WRITTEN_DOWN.values(), ids=WRITTEN_DOWN)
def test_what_ufuncs_do_is_written_down_and_all_else_is_called(seven, formula, expected):
    if expected is None:
        with pytest.raises(ValueError, match="ambiguous"):
            carried_out(formula, G, X)
        return
    got, names = carried_out(formula, G, X)
    assert sorted(names) == sorted(expected)
    np.testing.assert_array_equal(got, formula(G, X))


def test_a_formula_that_is_called_is_given_each_block(seven):
    lengths = []

    def formula(g, x):
        lengths.append(len(x))
        return np.where(x > 1.0, g, x)

    got, _ = carried_out(formula, G, X)
    assert lengths == [7, 7, 7, 7, 7, 5]
    np.testing.assert_array_equal(got, np.where(X > 1.0, G, X))


def test_few_buffers_serve_many_steps():
    written = Steps((40,), np.dtype(float))
    g = written.operand(G)
    for _ in range(50):
        g = np.sin(g * 1.5) + 0.5
    _, buffers = steps._calls(written.tape, [written.operand(G), g], 100)
    assert len(buffers) == 1


def test_what_is_asked_for_may_be_an_operand(seven):
    got, names = carried_out(lambda g: g, G)
    assert got is G
    assert names == []


def test_what_is_asked_for_is_not_written_on(seven):
    written = Steps((40,), np.dtype(float))
    g = written.operand(G)
    middle = np.sin(g)
    last = np.exp(middle) * middle
    whole = written.carry_out({middle, last})
    np.testing.assert_array_equal(whole[middle], np.sin(G))
    np.testing.assert_array_equal(whole[last], np.exp(np.sin(G)) * np.sin(G))


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (8,), (1, 8), (5, 1)])
def test_rows_columns_and_numbers(seven, shape):
    g = X.reshape(5, 8)
    row = np.random.default_rng(0).uniform(size=shape)
    written = Steps((5, 8), np.dtype(float))
    product = np.multiply(written.operand(g), written.operand(row))
    total = written.total(product, shape)
    by_rows = shape == (5, 1)
    whole = written.carry_out({product, total} if by_rows else {product})
    total = whole[total] if by_rows else total
    np.testing.assert_array_equal(whole[product], g * row)
    over = tuple(axis for axis in range(2) if axis < 2 - len(shape) or shape[axis + len(shape) - 2] == 1)
    np.testing.assert_allclose(total, (g * row).sum(axis=over, keepdims=True).reshape(shape), rtol=1e-13)


@pytest.mark.parametrize(
    "array",
    [
        np.ones((8, 5)).T,
        np.ones((5, 16))[:, ::2],
        np.ones((5, 8))[::-1],
        np.ones((2, 5, 8)),
        np.ones(5),
        [1.0],
        None,
    ],
    ids=repr,
)
def test_what_cant_be_taken_in_blocks(array):
    assert Steps((5, 8), np.dtype(float)).operand(array) is None


@pytest.mark.parametrize("value", [2.0, 3, np.float64(2.0), np.array(2.0)], ids=repr)
def test_numbers_are_themselves(value):
    assert Steps((5, 8), np.dtype(float)).operand(value) is value


def test_one_number_in_the_place_of_many_is_that_number(seven):
    written = Steps((40,), np.dtype(float))
    g = written.operand(np.broadcast_to(np.float64(0.5), (40,)))
    assert g == 0.5
    assert written.result(lambda g: -(g + g), g) == -1.0
    assert not written.tape
    got, names = carried_out(lambda g, x: (g + g) * x, np.broadcast_to(0.75, (40,)), X)
    assert names == ["multiply"]
    np.testing.assert_array_equal(got, 1.5 * X)
    np.testing.assert_array_equal(written.total(g, (1,)), [20.0])


def test_nothing_is_multiplied_by_one(seven):
    got, names = carried_out(lambda g, x: g * np.sin(x), np.broadcast_to(1.0, (40,)), X)
    assert names == ["sin"]
    np.testing.assert_array_equal(got, np.sin(X))
    assert carried_out(lambda g, x: g * x, np.broadcast_to(1.0, (40,)), np.arange(40))[1] == ["multiply"]


def test_what_is_computed_twice_is_computed_once(seven):
    written = Steps((40,), np.dtype(float))
    g, y = map(written.operand, (G, X))
    first = written.result(lambda g, y: g / y, g, y)
    second = written.result(lambda g, y: -(g / y) * y, g, y)
    names = [f.__name__ for f, _, _ in written.needed({first, second})]
    assert names == ["divide", "multiply", "negative"]
    whole = written.carry_out({first, second})
    np.testing.assert_array_equal(whole[first], G / X)
    np.testing.assert_array_equal(whole[second], -(G / X) * X)


def test_what_was_taken_back_is_computed_again(seven):
    written = Steps((40,), np.dtype(float))
    g, x = map(written.operand, (G, X))
    written.result(lambda g, x: g * x if (g * x).any() else g, g, x)  # asks for more than ufuncs
    product = written.result(np.multiply, g, x)
    assert [getattr(f, "__name__", "") for f, _, _ in written.tape] == ["called", "multiply"]
    np.testing.assert_array_equal(written.carry_out({product})[product], G * X)


def test_blocks_are_as_long_as_the_widest_rows_allow(seven):
    written = Steps((40, 2), np.dtype(float))
    g = np.arange(80.0).reshape(40, 2)
    wide = written.written(lambda g: np.broadcast_to(g.reshape((40, 2, 1)), (40, 2, 3)), written.operand(g))
    lengths = []

    def formula(g):
        lengths.append(len(g))
        return np.where(g > 1.0, g, 1.0)

    wide = written.result(formula, written.filled(wide, (40, 2, 3)), shape=(40, 2, 3))
    np.testing.assert_array_equal(written.carry_out({wide})[wide][..., 2], np.where(g > 1.0, g, 1.0))
    assert lengths == [1] * 40  # six numbers each


def test_a_symbol_is_no_array_in_disguise():
    symbol = Steps((40,), np.dtype(float)).operand(G)
    assert type(symbol) is Symbol
    for wrong in (bool, float, np.asarray, np.sum, lambda x: x**3, lambda x: x == x and x, len):
        with pytest.raises(TypeError):
            wrong(symbol)


def test_what_a_mask_leaves_out_is_0(seven):
    x = np.where(X > 1.0, X, np.nan)
    got, names = carried_out(lambda g, x: np.where(x > 1.0, g * x, 0.0), G, x)
    assert names == ["greater", "multiply", "_select"]
    np.testing.assert_array_equal(got, np.where(X > 1.0, G * X, 0.0))
    got, names = carried_out(
        lambda g, x: np.where(x > 1.0, g, np.zeros_like(g)), np.broadcast_to(0.5, (40,)), X
    )
    assert names == ["greater", "_select"]
    np.testing.assert_array_equal(got, np.where(X > 1.0, 0.5, 0.0))


@pytest.mark.parametrize("shape", [*np.ndindex(2, 2, 2), (1, 1), (0, 1), (1,), ()], ids=str)
@pytest.mark.parametrize("still", list(np.ndindex(2, 2, 2))[1:-1], ids=str)
def test_what_repeats_the_same_elements_is_computed_once_for_all(seven, still, shape):
    of = (5, 3, 4)
    still = tuple(n if there else 1 for n, there in zip(of, still, strict=True))
    shape = tuple(n if there else 1 for n, there in zip(of[3 - len(shape) :], shape, strict=True))
    g = np.random.default_rng(0).uniform(size=still)
    written = Steps(of, np.dtype(float))
    double = written.result(lambda g: -(g + g), written.operand(np.broadcast_to(g, of)))
    assert double.shape == still
    total = written.total(double, shape)
    whole = written.filled(double, of)
    arrays = written.carry_out({whole, total} if type(total) is Symbol else {whole})
    expected = np.broadcast_to(-2.0 * g, of)
    np.testing.assert_array_equal(arrays[whole], expected)
    over = tuple(axis for axis in range(3) if axis < 3 - len(shape) or shape[axis - 3 + len(shape)] == 1)
    total = arrays[total] if type(total) is Symbol else total
    np.testing.assert_allclose(total, expected.sum(axis=over, keepdims=True).reshape(shape), rtol=1e-13)


@pytest.mark.parametrize("still", [(1, 8), (5, 1)])
@pytest.mark.parametrize("shape", [(8,), (5, 1), (1, 8), ()])
def test_products_with_what_repeats_the_same_elements_are_added_up(seven, still, shape):
    g = np.random.default_rng(0).uniform(size=still)
    x = X.reshape(5, 8)
    written = Steps((5, 8), np.dtype(float))
    double = written.result(lambda g: -(g + g), written.operand(np.broadcast_to(g, (5, 8))))
    total = written.stretched(double, shape, (5, 8)).dot(written.operand(x))
    by_rows = shape == (5, 1)
    total = total if by_rows else written.gathered(total, shape)
    names = [f.__name__ for f, _, _ in written.needed({total} if by_rows else ())]
    assert "_fill" not in names
    arrays = written.carry_out({total} if by_rows else ())
    over = tuple(axis for axis in range(2) if axis < 2 - len(shape) or shape[axis - 2 + len(shape)] == 1)
    np.testing.assert_allclose(
        arrays[total] if by_rows else total,
        (-2.0 * g * x).sum(axis=over, keepdims=True).reshape(shape),
        rtol=1e-12,
    )


def test_an_invalid_operation_is_told():
    with np.errstate(invalid="raise"), pytest.raises(FloatingPointError):
        carried_out(lambda g, x: g / x, np.zeros(40), np.zeros(40))
