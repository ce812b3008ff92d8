"""What a type checker makes of code that uses mygrad. Checked by mypy, and run by `test_stubs`."""

from typing import Any, assert_type

import numpy as np

import mygrad as mg


def check() -> None:
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert_type(x, mg.Tensor)
    assert_type(mg.astensor(3.0), mg.Tensor)
    assert_type(mg.asarray(x), np.ndarray)
    assert_type(mg.zeros((2, 3)), mg.Tensor)
    assert_type(mg.ones_like(x), mg.Tensor)
    assert_type(mg.random.rand(2), mg.Tensor)

    # Operators
    assert_type(x + 1, mg.Tensor)
    assert_type(2.0 * x, mg.Tensor)
    assert_type(x @ x, mg.Tensor)
    assert_type(x**2, mg.Tensor)
    assert_type(2**x, mg.Tensor)
    assert_type(-x, mg.Tensor)
    assert_type(abs(x), mg.Tensor)
    assert_type(x[0], mg.Tensor)
    assert_type(list(x), list[mg.Tensor])
    y = x + 0
    y += x
    y[0] = 1.0
    assert_type(y, mg.Tensor)

    # Methods and attributes
    assert_type(x.sum(axis=0), mg.Tensor)
    assert_type(x.mean(), mg.Tensor)
    assert_type(x.reshape(4).clip(0.0, 1.0), mg.Tensor)
    assert_type(x.astype("float32"), mg.Tensor)
    assert_type(x.T, mg.Tensor)
    assert_type(x.shape, tuple[int, ...])
    assert_type(x.ndim, int)
    assert_type(x.data, np.ndarray)
    assert_type(x.constant, bool)
    assert_type(float(x.sum()), float)

    # Functions of mygrad
    assert_type(mg.exp(x), mg.Tensor)
    assert_type(mg.add([1.0, 2.0], x, where=[True, False], out=np.zeros((2, 2))), mg.Tensor)
    assert_type(mg.modf(x), tuple[mg.Tensor, mg.Tensor])
    assert_type(mg.add.reduce(x), mg.Tensor)
    assert_type(mg.sum(x, axis=(0, 1), keepdims=True, constant=False), mg.Tensor)
    assert_type(mg.concatenate([x, [[1.0, 2.0]]]), mg.Tensor)
    assert_type(mg.where(x > 2.0, x, 0.0), mg.Tensor)
    assert_type(mg.atleast_1d(x), mg.Tensor)
    assert_type(mg.atleast_1d(x, 1.0), tuple[mg.Tensor, ...])
    assert_type(mg.split(x, 2), list[mg.Tensor])
    assert_type(mg.linalg.norm(x, axis=0), mg.Tensor)
    assert_type(mg.multi_matmul([x, x, x]), mg.Tensor)
    assert_type(mg.sliding_window_view(x, (2,), 1), Any)
    mg.isfinite(x)

    # Neural networks
    assert_type(mg.nnet.relu(x), mg.Tensor)
    assert_type(mg.nnet.softmax(x, axis=(0, 1), constant=True), mg.Tensor)
    assert_type(mg.nnet.losses.softmax_crossentropy(x, [0, 1]), mg.Tensor)
    assert_type(mg.nnet.layers.max_pool(x, (2,), 1), mg.Tensor)
    assert_type(mg.nnet.he_normal(2, 3, gain=2**0.5), mg.Tensor)
    assert_type(mg.nnet.initializers.constant((2, 3), value=1.0), mg.Tensor)

    # NumPy's own functions take tensors; its stubs know of no others to return than arrays.
    np.exp(x)
    np.sum(np.multiply(x, 2))
    np.concatenate([x, x])

    loss = (x * y).sum()
    assert_type(loss.backward(), None)
    assert_type(x.grad, np.ndarray | None)
    assert_type(x.null_grad(), mg.Tensor)


def mistakes() -> None:
    """Not to be run. Were these not found, mypy would call the comments unused."""
    x = mg.tensor([1.0])
    mg.exp(None)  # type: ignore[arg-type]
    mg.exp(x, x, x)  # type: ignore[call-arg]
    mg.sum(x, axes=0)  # type: ignore[call-arg]
    mg.nnet.relu(x, axis=0)  # type: ignore[call-arg]
    x.backwards()  # type: ignore[attr-defined]
