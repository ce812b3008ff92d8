"""The cotangent of a slice of a large array is computed where it belongs."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine import placing, regions, sweep
from mygrad.engine.record import LARGE, node_of
from mygrad.engine.sweep import gradients

SHAPE = (40, 20000)
assert np.prod(SHAPE) * 4 > LARGE

A = np.random.default_rng(0).uniform(0.5, 2.0, size=SHAPE)
W = np.random.default_rng(1).normal(size=SHAPE)

FUNCTIONS = {
    "squared": lambda v, w: v * v,
    "to the power of two": lambda v, w: v**2,
    "to the power of three": lambda v, w: v**3,
    "scaled": lambda v, w: v * 0.3,
    "shifted": lambda v, w: v + 0.3,
    "negated": lambda v, w: 0.3 - v,
    "divided": lambda v, w: v / w,
    "a divisor": lambda v, w: w / v,
    "weighted": lambda v, w: v * w,
    "a sine": lambda v, w: np.sin(v),
    "an exponential": lambda v, w: np.exp(v),
    "a logarithm": lambda v, w: np.log(v),
    "a hyperbolic tangent": lambda v, w: np.tanh(v),
}


REFUSED = {
    "by np.power": lambda v, w: v**3.5,
    "to a power": lambda v, w: v**w,
    "a maximum, which selects": lambda v, w: np.fmax(v, w),
    "used twice": lambda v, w: v + v**2,
    "of two": lambda v, w: v[1:] * v[:-1],
    "with a row": lambda v, w: v * w[0],
    "stretched": lambda v, w: v[:1] * w,
    "where= something": lambda v, w: np.exp(v, where=w > 0, out=np.zeros_like(w)),
    "in reverse": lambda v, w: v[::-1] ** 2,
    "a sum": lambda v, w: v.cumsum(axis=1) * 1.0,
}


@pytest.fixture
def placed(monkeypatch):
    """What `place` answered."""
    answers = []

    def place(node, g):
        answers.append(placing.place(node, g))
        return answers[-1]

    monkeypatch.setattr(sweep, "place", place)
    monkeypatch.setattr(regions, "place", place)
    return answers


def ordinarily(compute):
    """The answer of a function where nothing is placed."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (sweep, regions):
            patch.setattr(module, "place", lambda node, g: False)
        return compute()


def slice_by_slice(f, x, weights):
    """Each slice weighted, or summed as it is."""
    total = 0.0
    for i in range(0, 40, 4):
        value, w = f(x[i : i + 4], W[i : i + 4].astype(x.dtype)), weights[i : i + 4].astype(x.dtype)
        total = total + (value * w[: value.shape[0]] if weights.any() else value).sum()
    return total


def gradient_of(f, a, weights=W):
    x = mg.tensor(a)
    slice_by_slice(f, x * 1.0, weights).backward()
    return x.grad


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weights", [W, np.zeros(SHAPE)], ids=["weighted", "summed"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_placed_is_what_is_copied(name, weights, dtype, placed):
    f, a = FUNCTIONS[name], A.astype(dtype)
    found = gradient_of(f, a, weights)
    assert placed == [True] * 10
    expected = ordinarily(lambda: gradient_of(f, a, weights))
    np.testing.assert_allclose(found, expected, rtol=20 * np.finfo(dtype).eps)
    assert found.dtype == dtype


@pytest.mark.parametrize("name", REFUSED)
def test_what_more_is_to_be_done_for_is_left_to_the_rule(name, placed):
    f = REFUSED[name]
    found = gradient_of(f, A)
    assert not any(placed)
    np.testing.assert_array_equal(found, ordinarily(lambda: gradient_of(f, A)))


def test_slices_over_each_other_are_added_up(placed):
    x = mg.tensor(A)
    y = x * 1.0
    ((y[:10] ** 2).sum() + (y[5:15] ** 2).sum() + (y[20:30] ** 2).sum()).backward()
    assert placed == [True, True, False]  # the last comes first
    expected = np.zeros(SHAPE)
    for part in (slice(0, 10), slice(5, 15), slice(20, 30)):
        expected[part] += 2.0 * A[part]
    np.testing.assert_allclose(x.grad, expected)


def test_a_slice_that_somebody_holds_gets_its_gradient(placed):
    x = mg.tensor(A)
    y = x * 1.0
    v = y[:10]
    (v**2).sum().backward()
    assert not any(placed)
    np.testing.assert_array_equal(v.grad, 2.0 * A[:10])
    np.testing.assert_array_equal(x.grad[:10], 2.0 * A[:10])


def test_a_slice_that_is_asked_for_is_found():
    y = mg.tensor(A) * 1.0
    v = y[:10]
    read = node_of(v)
    loss = (v**2).sum()
    del v
    (found,) = gradients(node_of(loss), [read])
    np.testing.assert_array_equal(found, 2.0 * A[:10])


def test_what_is_undefined_under_a_zero_is_mended(placed):
    a = A.copy()
    a[2, :5] = 0.0
    x = mg.tensor(a)
    y = x * 1.0
    weights = np.ones((10, SHAPE[1]))
    weights[2, :5] = 0.0
    root = np.sqrt(y[:10]) * weights
    (root.sum() + (y[10:20] * 2.0).sum()).backward()
    assert placed == [True, False]  # the root is left to the rule
    assert (x.grad[2, :5] == 0.0).all()
    np.testing.assert_allclose(x.grad[3:10], 0.5 / np.sqrt(a[3:10]))
    assert (x.grad[10:20] == 2.0).all()
    assert (x.grad[20:] == 0.0).all()


def test_what_was_left_out_does_not_meet_what_is_undefined_there(placed):
    a = A.copy()
    a[30:] = np.nan
    x = mg.tensor(a)
    y = np.sqrt(x) * 1.0
    ((y[:10] * 3.0).sum() + (y[10:20] * 3.0).sum()).backward()
    assert placed == [True, True]
    np.testing.assert_allclose(x.grad[:20], 1.5 / np.sqrt(a[:20]))
    assert (x.grad[20:] == 0.0).all()


def test_a_slice_is_filled_with_what_is_written_elsewhere(placed):
    def gradient():
        x = mg.tensor(A)
        y, z = x * 1.0, mg.zeros(SHAPE, dtype=float)
        for i in range(0, 40, 4):
            z[i : i + 4] = y[i : i + 4] * (i + 1.0)
        (z * W).sum().backward()
        return x.grad

    found = gradient()
    assert placed == [True] * 10
    np.testing.assert_array_equal(found, ordinarily(gradient))


def test_the_graph_that_is_kept_gives_the_same_again(placed):
    x = mg.tensor(A)
    loss = slice_by_slice(np.sin, x, W)
    loss.backward(retain_graph=True)
    first = x.grad.copy()
    loss.backward()
    assert placed == [True] * 20
    np.testing.assert_array_equal(x.grad, first)
