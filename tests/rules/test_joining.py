"""Joining arrays: calls that are alike but for the values are known, and each array gets its part back."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.rule import rules

A, B, C = (np.random.default_rng(k).normal(size=(2, 3)) for k in range(3))
W = np.random.default_rng(3).normal(size=(4, 9))

JOINED = {
    "rows": (lambda a, b: np.concatenate([a, b]), (A, B)),
    "columns": (lambda a, b: np.concatenate([a, b], axis=1), (A, B)),
    "the last axis": (lambda a, b: np.concatenate([a, b], -1), (A, B)),
    "all elements": (lambda a, b: np.concatenate([a, b], axis=None), (A, B)),
    "with a constant": (lambda a, b: np.concatenate([a, C, b, C]), (A, B)),
    "one twice": (lambda a, b: np.concatenate([a, b, a]), (A, B)),
    "of other lengths": (lambda a, b: np.concatenate([a, b[:1], b[1:1]]), (A, B)),
    "stacked": (lambda a, b: np.stack([a, b]), (A, B)),
    "stacked last": (lambda a, b: np.stack([a, b], axis=-1), (A, B)),
    "vectors": (lambda a, b: np.stack([a, b, a]), (A[0], B[0])),
    "numbers": (lambda a, b: np.stack([a, b, a[()]]), (A[0, 0], B[0, 0])),
    "hstack": (lambda a, b: np.hstack([a, b]), (A, B)),
    "hstack of vectors": (lambda a, b: np.hstack((a, b)), (A[0], B[1])),
    "hstack of numbers": (lambda a, b: np.hstack([a, b, 1.0]), (A[0, 0], B[0, 0])),
    "vstack": (lambda a, b: np.vstack([a, b]), (A, B)),
    "vstack of vectors": (lambda a, b: np.vstack([a, b]), (A[0], B[0])),
    "column_stack": (lambda a, b: np.column_stack([a, b]), (A[0], B[0])),
    "a matrix of numbers": (lambda a, b: made([[a, 2.0], [1, b]]), (A[0, 0], B[0, 0])),
    "numbers in lists and tuples": (lambda a, b: made([([a], [b]), ([b], [0])]), (A[0, 0], B[0, 0])),
    "many numbers": (lambda a, b: made([[a, b]] * 18), (A[0, 0], B[0, 0])),
    "rows of numbers and of arrays": (lambda a, b: made([a, [b[0], 1.0, 2]]), (A[0], B[0])),
}


def made(items):
    """The tensor of nested sequences, or the array that NumPy makes of them where no tensor is in them."""
    try:
        return np.array(items)
    except mg.GradientLost:
        return mg.tensor(items)


@pytest.mark.parametrize("name", JOINED)
def test_a_call_that_is_known_gives_what_the_first_gave(name):
    f, given = JOINED[name]
    expected = f(*given)
    weights = W.reshape(-1)[: expected.size].reshape(expected.shape)
    gradients = []
    for _ in range(3):
        tensors = [mg.tensor(a) for a in given]
        result = f(*tensors)
        np.testing.assert_array_equal(result.data, expected, strict=True)
        (result * weights).sum().backward()
        gradients.append([x.grad for x in tensors])
    for found in gradients:
        for x, first, g in zip(given, gradients[0], found, strict=True):
            np.testing.assert_array_equal(g, first)
            assert g.shape == x.shape
    # Linear in each: the gradients with the values are the result with the weights.
    zero = [np.zeros_like(a) for a in given]
    total = np.sum(expected * weights) - np.sum(f(*zero) * weights)
    np.testing.assert_allclose(sum(np.sum(a * g) for a, g in zip(given, gradients[0], strict=True)), total)


@pytest.mark.parametrize("change", ["a dtype", "a shape", "a constant", "an axis"])
def test_a_call_that_differs_is_not_taken_for_a_known_one(change):
    def joined(a, b, axis=0):
        x, y = mg.tensor(a), mg.tensor(b)
        z = np.concatenate([x, y], axis=axis)
        (z * z).sum().backward()
        return z, x.grad, y.grad

    joined(A, B)
    a, axis = A, 0
    if change == "a dtype":
        a = A.astype(np.float32)
    elif change == "a shape":
        a = A[:1]
    elif change == "an axis":
        axis = 1
    if change == "a constant":
        x = mg.tensor(B)
        z = np.concatenate([A, x])
        (z * z).sum().backward()
        np.testing.assert_array_equal(x.grad, 2 * B)
        return
    z, g, h = joined(a, B, axis)
    np.testing.assert_array_equal(z.data, np.concatenate([a, B], axis=axis), strict=True)
    np.testing.assert_array_equal(g, 2 * a)
    np.testing.assert_array_equal(h, 2 * B)
    assert g.dtype == a.dtype


def test_the_parts_are_written_apart():
    x, y = mg.tensor(A), mg.tensor(B)
    for _ in range(2):
        u, v = x * 1.0, y * 1.0
        (np.concatenate([u, v]) * 3.0).sum().backward()
        u.grad[...] = 0.0
        np.testing.assert_array_equal(v.grad, np.full_like(B, 3.0))
        np.testing.assert_array_equal(x.grad, np.full_like(A, 3.0))


@pytest.mark.parametrize("arrays", [[A.T, B.T], [A[0, ::2], B[0, ::-2]], [np.asfortranarray(A)] * 2])
def test_what_is_stacked_lies_in_memory_as_numpys(arrays):
    for _ in range(2):
        found = np.stack([mg.tensor(a, copy=False) for a in arrays])
        assert found.data.strides == np.stack(arrays).strides


def test_many_numbers_are_stacked():
    x = mg.tensor(np.arange(3000.0))
    (np.stack(list(x)) ** 2).sum().backward()
    np.testing.assert_array_equal(x.grad, 2.0 * np.arange(3000.0))


def test_of_a_long_sequence_nothing_is_kept():
    known = len(rules[np.stack].sequences)
    x = mg.tensor(np.arange(300.0))
    for n in (100, 200, 300):
        np.stack([x[i] for i in range(n)])
    assert len(rules[np.stack].sequences) == known


@pytest.mark.parametrize(
    ("items", "dtype"),
    [
        (lambda x: [[x, 1], [2, x]], np.float64),
        (lambda x: [[x], [x]], np.float32),
        (lambda x: [x, True, x], np.float32),
        (lambda x: [[x, 1j, x]], np.complex128),
    ],
    ids=["integers", "alike", "a truth value", "complex"],
)
def test_numbers_have_the_dtype_that_numpy_gives_them(items, dtype):
    assert np.array(items(np.float32(3.0))).dtype == dtype
    for _ in range(3):
        x = mg.tensor(np.float32(3.0))
        found = mg.tensor(items(x))
        found.sum().backward()
        assert found.dtype == dtype
        assert (x.grad, x.grad.dtype) == (2.0, np.float32)


def test_numbers_that_are_no_array_are_refused_as_they_were():
    x = mg.tensor(1.0)
    with pytest.raises(ValueError, match="same shape"):
        mg.tensor([[x, 1.0], [2.0]])
    (x * 2.0).backward()
    assert x.grad == 2.0
