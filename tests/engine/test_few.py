"""Cotangents that are 0 but for few elements are handed on as these."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine import few
from mygrad.engine.few import Few
from mygrad.engine.record import node_of
from mygrad.engine.sweep import gradients

A = np.random.default_rng(0).normal(size=(300, 400))
B = np.random.default_rng(1).uniform(0.5, 2.0, size=A.shape)

FORMULAS = {
    "of elements": lambda x: (np.exp(x) * B - x / B).max(),
    "of two operands": lambda x: (np.sin(x) * (x + 1.0)).min(),
    "numbers": lambda x: ((x - x.mean()) / x.std()).max(),
    "of numbers of one element": lambda x: (x * np.array([[2.0]]) + np.mean(x, keepdims=True)).max(),
    "of rows": lambda x: (np.exp(x) * 2.0).max(axis=1).sum(),
    "of columns": lambda x: np.tanh(x).min(axis=0).sum(),
    "of a row that is broadcast": lambda x: (x[0] * x * B[0]).max(),
    "of a constant row": lambda x: (np.exp(x) * B[0]).max(),
    "of columns in memory": lambda x: (np.exp(x.T) * B.T).max(),
    "two": lambda x: (y := np.exp(x) * 1.5).max() - 2.0 * y.min(),
    "the same twice": lambda x: (y := np.exp(x) * 1.5).max() + y.max(axis=0)[3:4].sum() + y.max(axis=1).sum(),
    "a use before": lambda x: (y := np.exp(x) * 1.5).max() + (y * B).sum(),
    "a use after": lambda x: ((y := np.exp(x) * 1.5) * B).sum() + y.max(),
    "a use of the square": lambda x: ((y := np.exp(x)) * B).sum() + (y * y).max() + y.max(),
    "a region": lambda x: (y := np.exp(x))[:20].sum() + y.max() + y[7, 3],
    "a region before": lambda x: (y := np.exp(x)).max() + y[:20].sum() + y[7, 3],
    "what is no elementwise function": lambda x: np.cumsum(np.exp(x), axis=0).max(),
    "what is written": lambda x: with_a_row_of(np.exp(x)).max(),
    "where=": lambda x: np.exp(x, where=A > 2.0, out=np.zeros_like(A)).max(),
    "a quantile": lambda x: np.quantile(np.exp(x), 0.3),
    "ties": lambda x: np.floor(x).max() * np.maximum(x, 4.0).max() + np.minimum(x, 1.0).max(),
}


def with_a_row_of(y):
    y[3] = y[4] * 50.0
    return y


@pytest.fixture(params=["few", "whole"])
def either(request, monkeypatch):
    if request.param == "whole":
        monkeypatch.setattr(few, "LARGE", np.inf)
    return request.param


def gradient(f, a):
    x = mg.tensor(a)
    f(x).backward()
    return x.grad


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", FORMULAS)
def test_the_gradient_is_that_of_the_whole(monkeypatch, name, dtype):
    got = gradient(FORMULAS[name], A.astype(dtype))
    monkeypatch.setattr(few, "LARGE", np.inf)
    expected = gradient(FORMULAS[name], A.astype(dtype))
    assert got.dtype == expected.dtype == dtype
    assert got.flags.writeable
    np.testing.assert_allclose(got, expected, rtol=1e-5 if dtype is np.float32 else 1e-12, atol=1e-12)


def test_the_formula_before_is_computed_of_few_elements(monkeypatch):
    taken = []
    of = Few.of

    def watched(self, value):
        taken.append(of(self, value))
        return taken[-1]

    monkeypatch.setattr(Few, "of", watched)
    gradient(lambda x: (np.sqrt(np.exp(x) * B) + 1.0).max(), A)
    assert [part.size for part in taken] == [1, 1, 1]


def test_what_was_left_out_does_not_meet_what_is_undefined_there(either):
    a = np.where(A > 0.0, A, np.nan)
    a[0, 0] = 0.0
    x = mg.tensor(a)
    y = np.sqrt(x) * np.log(x)
    y = np.where(np.isfinite(y.data), y, -10.0)
    y.max().backward()
    assert np.count_nonzero(x.grad) == 1
    assert np.isfinite(x.grad).all()


def test_what_is_undefined_and_used_stays(either):
    a = np.abs(A)
    a[5, 6] = 0.0
    x = mg.tensor(a)
    (-np.sqrt(x)).max().backward()
    assert x.grad[5, 6] == -np.inf
    assert np.count_nonzero(x.grad) == 1


def test_a_cotangent_of_0_contributes_0(either):
    a = np.abs(A)
    a[5, 6] = 0.0
    x = mg.tensor(a)
    ((-np.sqrt(x)).max() * 0.0).backward()
    assert (x.grad == 0.0).all()


def test_who_holds_a_tensor_sees_its_whole_gradient(either):
    x = mg.tensor(A)
    y = np.exp(x)
    z = y * 2.0
    z.max().backward()
    expected = (A.max() == A) * 1.0
    np.testing.assert_array_equal(z.grad, expected)
    np.testing.assert_array_equal(y.grad, 2.0 * expected)
    np.testing.assert_allclose(x.grad, 2.0 * np.exp(A) * expected)
    y.grad[...] = 7.0
    np.testing.assert_array_equal(z.grad, expected)


def test_a_retained_graph_is_swept_again(either):
    x = mg.tensor(A)
    loss = (np.exp(x) * 2.0).max()
    loss.backward(retain_graph=True)
    first = x.grad
    loss.backward()
    np.testing.assert_array_equal(x.grad, first)


def test_gradients_without_leaving_anything(either):
    x = mg.tensor(A)
    y = np.exp(x)
    found = gradients(node_of((y * 2.0).max()), [node_of(x), node_of(y)])
    expected = 2.0 * (A.max() == A)
    np.testing.assert_allclose(found[0], np.exp(A) * expected)
    np.testing.assert_array_equal(found[1], expected)
