"""Sums over what was broadcast: the quicker ways give what the plain one gives."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine import sums
from mygrad.engine.sums import LARGE, product_over, sum_over, weighted_sum


def drawn(rng, shape):
    """An array of this shape: in C order or not, or a view that repeats elements."""
    array = rng.normal(size=[1 if rng.random() < 0.3 else n for n in shape])
    if rng.random() < 0.3:
        array = np.asfortranarray(array)
    if rng.random() < 0.2:
        array = array[tuple([slice(None, None, -1)] * len(shape))]
    return np.broadcast_to(array, shape)


@pytest.mark.parametrize("seed", range(200))
def test_sums_are_those_of_numpy_in_every_layout(seed, monkeypatch):
    monkeypatch.setattr(sums, "LARGE", 1)
    monkeypatch.setattr(sums, "LONG", 20)
    monkeypatch.setattr(sums, "SHORT", 3)
    rng = np.random.default_rng(seed)
    shape = tuple(rng.choice([1, 2, 3, 5, 17, 30], rng.integers(1, 5)).tolist())
    a, b = drawn(rng, shape), drawn(rng, shape)
    axes = tuple([i for i in range(len(shape)) if rng.random() < 0.5]) or (0,)
    np.testing.assert_allclose(sum_over(a, axes), a.sum(axis=axes, keepdims=True), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(sum_over(a, axes, keepdims=False), a.sum(axis=axes), rtol=1e-10, atol=1e-10)
    wanted = (a * b).sum(axis=axes, keepdims=True)
    np.testing.assert_allclose(product_over(a, b, axes), wanted, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.complex64, np.complex128])
def test_sums_keep_their_dtype(dtype):
    a = np.ones((LARGE, 3), dtype)
    for axes in ((0,), (1,), (0, 1)):
        assert sum_over(a, axes).dtype == dtype
        assert product_over(a, a[:, :1], axes).dtype == dtype


@pytest.mark.parametrize("n", [100, 70_000])
def test_a_weighted_sum_of_rows_is_a_product(n):
    rng = np.random.default_rng(n)
    rows, weights = rng.normal(size=(n, 33)), rng.normal(size=n)
    np.testing.assert_allclose(weighted_sum(weights, rows), rows.T @ weights, rtol=1e-9, atol=1e-9)


def gradients(f, *values):
    """The gradients of the sum of a function, with the rows of the last argument weighed."""
    tensors = [mg.tensor(x) for x in values]
    (f(*tensors) * np.sin(np.arange(LARGE))[:, None]).sum().backward()
    return [t.grad for t in tensors]


@pytest.mark.parametrize("f", [np.multiply, np.divide])
def test_operands_that_were_broadcast_get_the_sum(f):
    rng = np.random.default_rng(0)
    full, row = rng.uniform(0.5, 1.5, (LARGE, 3)), rng.uniform(0.5, 1.5, 3)
    column = rng.uniform(0.5, 1.5, (LARGE, 1))
    for a, b in ((full, row), (row, full), (full, column), (column, full), (row, column), (column, row)):
        # The same without broadcasting: each element has a cotangent of its own.
        apart = gradients(f, *(np.array(np.broadcast_to(x, full.shape)) for x in (a, b)))
        for x, c, each in zip((a, b), gradients(f, a, b), apart, strict=True):
            axes = (0,) if x is row else (1,) if x is column else ()
            wanted = each.sum(axis=axes).reshape(x.shape)
            np.testing.assert_allclose(c, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("wrong", [np.inf, np.nan])
def test_what_is_left_out_of_a_sum_does_not_speak(wrong):
    values = np.ones((LARGE, 3))
    values[5] = wrong
    row = mg.tensor([1.0, 2.0, 3.0])
    np.where(np.isfinite(values), row * values, 0.0).sum().backward()
    assert row.grad.tolist() == [LARGE - 1.0] * 3


def test_a_divisor_of_zero_in_a_branch_not_taken_does_not_speak():
    x, row = np.ones((LARGE, 2)), mg.tensor([0.0, 2.0])
    np.where([False, True], x / row, 0.0).sum().backward()
    assert row.grad.tolist() == [0.0, -LARGE / 4.0]
    row.null_grad()
    np.where([False, True], (x * 0.0) / row, 0.0).sum().backward()
    assert row.grad.tolist() == [0.0, 0.0]


def test_the_cotangent_of_a_sum_is_not_multiplied_out():
    x, row = mg.tensor(np.ones((LARGE, 3))), mg.tensor([1.0, 2.0, 3.0])
    (x + row).sum().backward()
    assert row.grad.tolist() == [LARGE] * 3
    assert x.grad.shape == (LARGE, 3)


def test_where_leaves_elements_out_of_a_sum():
    row = mg.tensor([1.0, 2.0, 3.0])
    x = np.ones((LARGE, 3))
    out = np.multiply(row, x, where=np.arange(3) != 1, out=np.zeros((LARGE, 3)))
    out.sum().backward()
    assert row.grad.tolist() == [LARGE, 0.0, LARGE]
