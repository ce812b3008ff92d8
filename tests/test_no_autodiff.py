"""``no_autodiff``: as a context manager and as a decorator, values without a graph."""

import numpy as np
import pytest

import mygrad as mg


def test_results_have_no_graph():
    x = mg.tensor([1.0, 2.0])
    with mg.no_autodiff:
        y = x * 2.0
    assert type(y) is mg.Tensor
    assert y.data.tolist() == [2.0, 4.0]
    assert y.creator is None
    assert y.base is None


def test_results_are_leaves_afterwards():
    x = mg.tensor([1.0, 2.0])
    with mg.no_autodiff:
        y = x * 2.0
    assert y.constant is False
    (y * 3.0).backward()
    assert y.grad.tolist() == [3.0, 3.0]
    assert x.grad is None
    y.backward()
    assert y.grad.tolist() == [1.0, 1.0]


def test_the_constant_flag_is_that_of_the_dtype_or_what_was_asked_for():
    x, i = mg.tensor([1.0, 2.0]), mg.tensor([1, 2])
    with mg.no_autodiff:
        assert (x * 2.0).constant is False
        assert (i * 2).constant is True
        assert mg.multiply(x, 2.0, constant=True).constant is True


def test_backward_does_nothing_inside():
    x = mg.tensor([1.0, 2.0])
    y = x * 3.0
    with mg.no_autodiff:
        assert y.backward() is None
        assert x.grad is None
        x.backward()
        assert x.grad is None
    y.backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_gradients_are_kept_by_operations_inside():
    x = mg.tensor([1.0, 2.0])
    (x * 3.0).backward()
    with mg.no_autodiff:
        y = x * 2.0
        z = x[[0]] + 1.0
    assert x.grad.tolist() == [3.0, 3.0]
    del y, z


def test_an_update_inside_is_numpys():
    w = mg.tensor([1.0, 2.0])
    memory = w.data
    (w * w).backward()
    with mg.no_autodiff:
        w -= 0.1 * w.grad
    assert w.data is memory
    assert w.creator is None
    assert w.data.tolist() == [0.8, 1.6]
    (w * w).backward()
    assert w.grad.tolist() == [1.6, 3.2]


@pytest.mark.parametrize(
    "write",
    [
        lambda t: t.__setitem__(0, 100.0),
        lambda t: t.__imul__(3.0),
        lambda t: t[1:].__setitem__(0, 100.0),
        lambda t: np.exp(t, out=t),
        lambda t: np.copyto(t, 0.0),
    ],
    ids=["setitem", "imul", "view", "out", "copyto"],
)
def test_an_update_inside_never_changes_a_derivative_that_is_under_way(write):
    """Where the graph outside remembers the old value: right, or refused."""
    x = mg.tensor([1.0, 2.0, 3.0])
    m = x * 1.0
    y = m * m
    with mg.no_autodiff:
        try:
            write(m)
        except ValueError:
            assert m.data.tolist() == [1.0, 2.0, 3.0]
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


def test_a_graph_goes_on_through_the_outside():
    x = mg.tensor(2.0)
    y = x * 3.0
    with mg.no_autodiff:
        scale = (x * 10.0).item()
    (y * scale).backward()
    assert x.grad == 60.0


def test_the_switch_is_restored_after_an_error():
    x = mg.tensor(2.0)
    with pytest.raises(KeyError), mg.no_autodiff:
        raise KeyError
    (x * 3.0).backward()
    assert x.grad == 3.0


def test_the_switch_can_be_nested():
    x = mg.tensor(2.0)
    with mg.no_autodiff:
        with mg.no_autodiff:
            a = x * 3.0
        b = x * 3.0
    c = x * 3.0
    assert (a.creator, b.creator) == (None, None)
    assert c.creator is not None


def test_as_a_decorator():
    @mg.no_autodiff
    def double(t, *, factor=2.0):
        """Twice."""
        return t * factor

    x = mg.tensor([1.0, 2.0])
    y = double(x, factor=3.0)
    assert type(y) is mg.Tensor
    assert y.creator is None
    assert y.data.tolist() == [3.0, 6.0]
    assert (double.__name__, double.__doc__) == ("double", "Twice.")
    (x * 3.0).backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_as_a_decorator_that_returns_arrays():
    def double(t):
        return t * 2.0

    plain = mg.no_autodiff(double, to_numpy=True)
    got = plain(mg.tensor([1.0, 2.0]))
    assert type(got) is np.ndarray
    assert got.tolist() == [2.0, 4.0]


def test_a_decorated_function_restores_the_switch_after_an_error_and_may_recurse():
    @mg.no_autodiff
    def countdown(t, n):
        if n == 0:
            raise KeyError
        return countdown(t * 2.0, n - 1)

    x = mg.tensor(2.0)
    with pytest.raises(KeyError):
        countdown(x, 5)
    (x * 3.0).backward()
    assert x.grad == 3.0


def test_every_function_works_inside():
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    with mg.no_autodiff:
        for y, expected in (
            (np.linalg.norm(x, ord=np.inf, axis=1), [2.0, 4.0]),
            (np.sum(x, axis=0), [4.0, 6.0]),
            (x @ x, [[7.0, 10.0], [15.0, 22.0]]),
            (np.where(x > 2, x, 0.0), [[0.0, 0.0], [3.0, 4.0]]),
            (x[:, [1]], [[2.0], [4.0]]),
            (np.concatenate([x, x])[2], [1.0, 2.0]),
        ):
            assert type(y) is mg.Tensor
            np.testing.assert_array_equal(mg.asarray(y), expected)


def test_nothing_is_kept_inside():
    a = np.ones(3)
    x = mg.tensor([1.0, 2.0, 3.0])
    with mg.no_autodiff:
        y = x * a
        assert a.flags.writeable
        assert x.data.flags.writeable
    assert y.data.tolist() == [1.0, 2.0, 3.0]


def test_out_inside_writes_and_returns_the_tensor():
    x, out = mg.tensor([1.0, 2.0]), mg.zeros(2)
    with mg.no_autodiff:
        assert np.multiply(x, 2.0, out=out) is out
    assert out.data.tolist() == [2.0, 4.0]
    assert out.creator is None
