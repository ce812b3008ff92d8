"""What a tensor notes of its shape, so that operands needn't be compared, and when it is no longer so."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.record import node_of
from mygrad.engine.sweep import gradients


def noted(values):
    """A tensor whose shape has been noted."""
    t = mg.tensor(values)
    t * 2.0
    assert t._shape == t.shape
    return t


def test_alike_operands_come_to_share_what_is_noted():
    x, y, z = mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0]), mg.tensor([5.0, 6.0])
    a = x * 2.0
    b = np.sin(y * z)
    c = a + b
    assert c._shape == (2,)
    assert a._shape is c._shape is b._shape
    assert (c - 1.0)._shape is (-c)._shape is c._shape


@pytest.mark.parametrize(
    "values",
    [1.0, np.float32([1.0, 2.0]), np.array([1j, 2.0]), [1, 2]],
    ids=["a number", "float32", "complex", "integers"],
)
def test_of_other_values_nothing_is_noted(values):
    x = mg.tensor(values)
    assert [t._shape for t in (x, x * 2.0, 2.0 - x, x + x, x * mg.tensor(values), abs(x))] == [None] * 6


def test_an_array_of_no_axes_is_none_that_numbers_come_from():
    x, y = mg.tensor(1.0), mg.tensor([1.0, 2.0])
    z = x * x + x
    assert z._shape is None
    (z * y).sum().backward()
    assert (x.grad, y.grad.tolist()) == (9.0, [2.0, 2.0])


def squares(t, other):
    """What `t` gets from a sum of products with itself and with another of its shape."""
    (t * t + t * other + np.sin(other) * t).sum().backward()
    return t.grad


def expected(t, other):
    return 2 * t.data + other + np.sin(other)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: setattr(t, "shape", (3, 2)),
        lambda t: setattr(t.data, "shape", (3, 2)),
        lambda t: t.resize((3, 2), refcheck=False),
        lambda t: t.resize((2, 5), refcheck=False),
        lambda t: setattr(t, "data", np.arange(8.0).reshape(4, 2)),
        lambda t: setattr(t, "data", np.arange(6.0, dtype=np.float32)),
        lambda t: setattr(t, "data", np.float64(2.0)),
    ],
    ids=["shape", "shape of the data", "resize", "longer", "data", "data of float32", "a number"],
)
def test_a_shape_that_changes_is_no_longer_noted(change):
    t = noted(np.arange(6.0).reshape(2, 3))
    change(t)
    other = np.arange(t.size, dtype=t.dtype).reshape(t.shape) + 1
    want = expected(t, other)
    found = squares(t, mg.tensor(other))
    assert found.shape == t.shape
    assert found.dtype == t.dtype
    np.testing.assert_allclose(found, want, rtol=1e-6)


def test_the_shape_of_memory_that_others_reach_is_not_noted():
    array = np.arange(6.0)
    for x in (mg.tensor(array, copy=False), mg.tensor(array)[1:]):
        y = x * 2.0 + x
        assert x._shape is None
        assert y._shape == y.shape


def test_what_was_noted_before_a_write_holds_after_it():
    x = noted([1.0, 2.0, 3.0])
    y = x * x
    y += x
    y[0] = 5.0
    y *= [1.0, 2.0, 3.0]
    (y * x).sum().backward()
    np.testing.assert_allclose(x.grad, [5.0, 2 * (3 * 4 + 2 * 2), 3 * (3 * 9 + 2 * 3)])


def test_a_ufunc_that_gives_no_float64_is_recorded_with_its_own_dtype():
    halves = np.frompyfunc(lambda x: x / 2, 1, 1)
    mg.elementwise(halves, x=lambda g: g / 2)
    x = noted([1.0, 2.0])
    assert halves(x)._shape is None
    halves(x).astype(float).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.5, 0.5])
    scaled = np.ldexp(x, np.array([1, 2]))
    scaled.sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])


@pytest.mark.parametrize("f", [np.sin, np.exp, np.sqrt, np.log, np.tanh], ids=lambda f: f.__name__)
def test_a_number_is_remembered_without_a_cell(f):
    x = mg.tensor([0.3, 0.4])
    number = x[0]
    y = f(number)
    assert type(y._node.saved) is np.float64
    x[0] = 5.0  # what was read before stays what it was
    y.backward()
    exact = {"sin": np.cos(0.3), "exp": np.exp(0.3), "sqrt": 0.5 / np.sqrt(0.3), "log": 1 / 0.3}
    assert number.grad == pytest.approx(exact.get(f.__name__, 1 - np.tanh(0.3) ** 2))


def test_a_number_that_is_remembered_is_differentiated_again():
    x = mg.tensor([0.3, 0.4])
    (first,) = gradients(node_of(np.sin(x[0] * 1.0)), [node_of(x)], graph=True)
    (second,) = gradients(node_of(first.sum()), [node_of(x)])
    np.testing.assert_allclose(second.data, [-np.sin(0.3), 0.0])


def test_a_number_that_is_nan_is_no_branch_not_taken():
    x = mg.tensor([np.nan, 0.4])
    y = np.where([True, False], np.stack([np.sin(x[0] * 1.0), x[1]]), np.stack([x[1], np.exp(x[0] * 1.0)]))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [np.nan, 0.0])
