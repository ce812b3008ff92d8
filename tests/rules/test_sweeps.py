"""The sweeps that leave nothing in the graph: what they cost, and what they leave as it was."""

import time

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.record import node_of
from mygrad.engine.sweep import forward, gradients


def rewritten(n, times):
    """A loss of a large array of which single elements were read and written."""
    x = mg.tensor(np.linspace(0.5, 1.0, n))
    y = +x
    for i in range(times):
        y[i] = y[i + 1] * y[i]
    return x, np.sum(y)


def seconds(f):
    elapsed = []
    for _ in range(3):
        start = time.perf_counter()
        f()
        elapsed.append(time.perf_counter() - start)
    return min(elapsed)


@pytest.mark.parametrize("direction", ["backward", "forward"])
def test_reads_and_writes_cost_what_their_regions_cost(direction):
    n, times = 1_000_000, 300
    x, loss = rewritten(n, times)
    ones = np.ones(n)
    if direction == "backward":
        found = seconds(lambda: gradients(node_of(loss), [node_of(x)]))
    else:
        found = seconds(lambda: forward(node_of(loss), {node_of(x): ones}))
    assert found < times / 4 * seconds(lambda: np.array(ones))


def test_directions_agree_about_reads_and_writes():
    x, loss = rewritten(20, 9)
    t = np.cos(np.arange(20.0))
    (g,) = gradients(node_of(loss), [node_of(x)])
    np.testing.assert_allclose(forward(node_of(loss), {node_of(x): t}), np.sum(g * t))
    loss.backward()
    np.testing.assert_array_equal(x.grad, g)


@pytest.mark.parametrize("order", ["C", "F"])
def test_forward_mode_of_writes_through_views(order):
    def f(x):
        y = mg.tensor(np.zeros((3, 2), order=order))
        y[...] = x
        view = y.T.reshape(-1)
        view[1:3] = view[1:3] * view[3:5]
        y[0] *= 2.0
        return y * y

    values = np.arange(1.0, 7.0).reshape(3, 2)
    t = np.cos(values)
    x = mg.tensor(values)
    result = f(x)
    step = 1e-6
    expected = (f(values + step * t).data - f(values - step * t).data) / (2 * step)
    np.testing.assert_allclose(forward(node_of(result), {node_of(x): t}), expected, rtol=1e-7)
    graph = forward(node_of(result), {node_of(x): mg.tensor(t)}, graph=True)
    np.testing.assert_allclose(graph.data, expected, rtol=1e-7)


def test_forward_mode_keeps_the_tangents_of_values_that_were_read_before_a_write():
    x = mg.tensor([1.0, 2.0, 3.0])
    y = +x
    before = +y[:2]
    y[:2] = y[1:] * 5.0
    whole = +y
    y[0] = 0.0
    t = np.array([1.0, 10.0, 100.0])
    tangents = {node_of(x): t}
    np.testing.assert_array_equal(forward(node_of(before * 1.0), tangents), [1.0, 10.0])
    both = np.concatenate([before, whole, y])
    np.testing.assert_array_equal(forward(node_of(both), tangents), [1, 10, 50, 500, 100, 0, 500, 100])
    np.testing.assert_array_equal(t, [1.0, 10.0, 100.0])


def test_gradients_of_versions_that_were_written_since():
    x = mg.tensor([1.0, 2.0])
    y = +x
    y[0] = y[0] * 3.0
    first = node_of(y)
    y[1] = y[0] * y[1]
    found = gradients(node_of(np.sum(y * y)), [first, node_of(y), node_of(x)])
    np.testing.assert_array_equal(found, [[30.0, 36.0], [6.0, 12.0], [90.0, 36.0]])


def test_gradients_leave_what_the_nodes_held():
    x = mg.tensor([1.0, 2.0])
    y = x * x
    loss = np.sum(y * x)
    loss.backward(retain_graph=True)
    held = x.grad, y.grad
    (g,) = gradients(loss._node, [x._node])
    np.testing.assert_array_equal(g, [3.0, 12.0])
    assert x.grad is held[0]
    assert y.grad is held[1]
    with pytest.raises(ValueError, match="convert"):
        gradients(loss._node, [x._node], cotangent=np.array("no number"))
    assert x.grad is held[0]


def test_a_transposed_rule_does_not_sweep_what_came_before():
    """A JVP found by transposing a VJP is found in a graph of its own, however long the one before is."""

    def cost(n):
        x = mg.tensor(np.eye(3) * 2.0)
        y = x
        for _ in range(n):
            y = y + 0.0
        z = np.linalg.eigvalsh(y)
        return seconds(lambda: [forward(node_of(z), {node_of(y): mg.tensor(np.ones((3, 3)))}, graph=True)])

    assert cost(20_000) < 5 * cost(10)


def test_infinities_that_meet_in_a_region():
    """inf - inf is NaN, and the elements beside it keep their derivatives."""
    x = mg.tensor(np.ones(4))
    y = x * 1.0
    with np.errstate(invalid="ignore"):
        loss = np.sum(y[:2] * np.array([np.inf, 1.0])) - np.sum(y[:2] * np.array([np.inf, 5.0]))
    loss.backward()
    np.testing.assert_array_equal(x.grad, [np.nan, -4.0, 0.0, 0.0])
