"""Products of large matrices, which are computed in other ways than small ones."""

import numpy as np
import pytest

import mygrad as mg


def drawn(*shape):
    return np.random.default_rng(len(shape)).normal(size=shape)


@pytest.mark.parametrize(
    ("x", "w"),
    [
        (drawn(3000, 50), drawn(50, 5)),
        (drawn(5, 600, 50), drawn(50, 5)),
        (drawn(600, 5, 50), drawn(50, 60)),
        (drawn(5, 600, 50), drawn(50)),
        (drawn(3000, 50), drawn(50)),
        (drawn(70_000, 33), drawn(33)),
        (np.asfortranarray(drawn(3000, 50)), drawn(50, 5)),
        (drawn(50, 3000), drawn(3000, 5)),
    ],
)
@pytest.mark.parametrize("product", [np.matmul, np.dot])
def test_gradients_of_products_of_large_matrices(x, w, product):
    a, b = mg.tensor(x), mg.tensor(w)
    out = product(a, b)
    g = np.sin(np.arange(out.size)).reshape(out.shape)
    out.backward(g)
    rows, parts = x.reshape(-1, x.shape[-1]), g.reshape(-1, *w.shape[1:])
    np.testing.assert_allclose(b.grad, rows.T @ parts, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        a.grad, (np.multiply.outer(g, w) if w.ndim == 1 else g @ w.T), rtol=1e-9, atol=1e-9
    )
    assert b.grad.flags.c_contiguous


def test_an_infinite_element_of_a_sample_left_out_does_not_speak():
    x = drawn(70_000, 33)
    x[5] = np.inf
    w = mg.tensor(np.ones(33))
    np.where(np.arange(70_000) != 5, x @ w, 0.0).sum().backward()
    np.testing.assert_allclose(w.grad, np.delete(x, 5, axis=0).sum(axis=0), rtol=1e-9)
    w.null_grad()
    ((x @ w) * (np.arange(70_000) != 5))[:5].sum().backward()
    np.testing.assert_allclose(w.grad, x[:5].sum(axis=0), rtol=1e-9)
