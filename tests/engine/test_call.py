"""A call that is like one before is answered by what is remembered of that, and by the same."""

import numpy as np
import pytest

import mygrad as mg


@pytest.mark.parametrize("f", [np.tile, np.repeat, np.roll, np.take, np.expand_dims, np.sum])
def test_a_constant_tensor_in_the_place_of_a_number_is_no_operand(f):
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    for _ in range(3):
        f(x, 1)
    result = f(x, mg.tensor(1) + 0)
    assert type(result.data) is np.ndarray
    result.backward()
    np.testing.assert_array_equal(x.grad, np.ones((2, 2)) if f is not np.take else [[0, 1], [0, 0]])


A, B = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])
WEIGHTS = np.arange(1.0, 17.0)


def items(*kinds):
    """Arrays of the same shape: tensors, constants, views, or of another dtype."""
    made = {
        "tensor": lambda: mg.tensor(A),
        "computed": lambda: mg.tensor(A) * 2.0,
        "array": lambda: B,
        "constant": lambda: mg.tensor(B, constant=True),
        "view": lambda: mg.tensor(np.stack([A, B]))[0],
        "constant view": lambda: mg.tensor(B)[:].reshape(2, 2, constant=True),
        "float32": lambda: mg.tensor(A.astype(np.float32)),
        "integers": lambda: mg.tensor([[1, 2], [3, 4]]),
        "list": lambda: [[1.0, 2.0], [3.0, 4.0]],
    }
    return [made[kind]() for kind in kinds]


SEQUENCES = [
    ("tensor", "tensor"),
    ("computed", "array"),
    ("array", "tensor"),
    ("constant", "computed"),
    ("tensor", "constant"),
    ("view", "tensor"),
    ("constant view", "tensor"),
    ("tensor", "constant view"),
    ("float32", "tensor"),
    ("float32", "float32"),
    ("tensor", "integers"),
    ("tensor", "list"),
]


@pytest.mark.parametrize("f", [np.concatenate, np.stack, np.hstack, np.vstack])
@pytest.mark.parametrize("kwargs", [{}, {"axis": 1}, {"axis": -1}, {"dtype": np.float32}], ids=str)
def test_a_sequence_is_joined_as_at_first_whatever_was_joined_before(f, kwargs):
    if f in (np.hstack, np.vstack) and "axis" in kwargs:
        pytest.skip("has no axis")

    def joined(kinds):
        tensors = items(*kinds)
        out = f(tensors, **kwargs)
        assert out.dtype == f([getattr(t, "data", t) for t in tensors], **kwargs).dtype
        (out * WEIGHTS[: out.size].reshape(out.shape)).sum().backward()
        return out.data, [getattr(t, "grad", None) for t in tensors]

    def forget():
        for rule in (mg.engine.rule.rules[np.concatenate], mg.engine.rule.rules[np.stack]):
            rule.sequences.clear()

    for kinds in SEQUENCES:
        forget()
        at_first, gradients = joined(kinds)
        for others in SEQUENCES:
            joined(others)
        again, same = joined(kinds)
        np.testing.assert_array_equal(again, at_first)
        for first, second in zip(gradients, same, strict=True):
            np.testing.assert_array_equal(first, second)


def test_a_sequence_of_numbers_is_joined_again_and_again():
    x = mg.tensor([1.0, 2.0, 3.0])
    for _ in range(3):
        y = np.stack([x[0], x[2], x[1]])
        (y * [1.0, 10.0, 100.0]).sum().backward()
        assert x.grad.tolist() == [1.0, 100.0, 10.0]


def test_a_sequence_is_joined_without_a_graph_too():
    x = mg.tensor([1.0, 2.0])
    np.concatenate([x, x])
    with mg.no_autodiff:
        y = np.concatenate([x, x])
    assert y.creator is None
    assert not y.constant


def test_a_sequence_that_does_not_fit_together_leaves_the_gradients_that_it_would_clear():
    x, y = mg.tensor([1.0, 2.0]), mg.tensor([[1.0, 2.0]])
    np.concatenate([x, x])
    (x * x).sum().backward()
    with pytest.raises(ValueError, match="dimensions"):
        np.concatenate([x, y])
    assert x.grad.tolist() == [2.0, 4.0]
    with pytest.raises(TypeError):
        np.concatenate([x, x], axis="rows")
    assert x.grad.tolist() == [2.0, 4.0]
