"""What is remembered of parts of private memory hangs on the tensor that owns it."""

import gc

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine import memory
from mygrad.engine.memory import Parts, registry

N = 3000
assert N * 8 > memory.SMALL


def squares(y):
    """The sum of the squares of two parts, remembered."""
    return (y[:N] * y[:N]).sum() + (y[N:] * y[N:]).sum()


@pytest.fixture
def x():
    return mg.tensor(np.linspace(1.0, 2.0, 2 * N))


WRITES = {
    "a part": lambda y: y.__setitem__(slice(0, 10), 7.0),
    "the rest": lambda y: y.__setitem__(slice(N, None), 7.0),
    "all": lambda y: y.__setitem__(..., 7.0),
    "in place": lambda y: y.__imul__(2.0),
    "through a view": lambda y: y[5:].__iadd__(1.0),
    "often": lambda y: [y.__setitem__(i, 0.0) for i in range(20)],
    "once it is handed out": lambda y: (y.data, y.__setitem__(3, 0.0)),
    "once a part is handed out": lambda y: (y[1:3].data, y.__setitem__(3, 0.0)),
    "once it is reshaped": lambda y: (setattr(y, "shape", (2, N)), y.__setitem__(0, 0.0)),
    "through a view, once it has other data": lambda y: (
        v := y[:100],
        setattr(y, "data", np.zeros(3)),
        v.__setitem__(..., 0.0),
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_leaves_the_derivative_of_what_was_computed_before(name, x):
    y = x * 1.0
    loss = squares(y)
    WRITES[name](y)
    loss.backward()
    np.testing.assert_array_equal(x.grad, 2.0 * np.linspace(1.0, 2.0, 2 * N))


def test_both_the_whole_and_its_parts_are_remembered(x):
    y = x * 1.0
    loss = squares(y) + (y**2).sum() + squares(y)
    assert type(y._saved) is Parts
    y[...] = 0.0
    loss.backward()
    np.testing.assert_allclose(x.grad, 6.0 * np.linspace(1.0, 2.0, 2 * N))


def test_private_memory_needs_no_registry(x):
    loss = squares(x * 1.0)
    assert not registry
    loss.backward()


def test_what_is_handed_out_is_guarded(x):
    y = x * 1.0
    loss = squares(y)
    data = y.data
    assert not data.flags.writeable
    loss.backward()
    del loss
    assert data.flags.writeable


def test_cells_that_no_node_holds_are_given_up(x):
    y = x * 1.0
    for _ in range(1000):
        y[:N] * y[:N]
    assert len(y._saved.cells) <= 64
    kept = [y[i : N + i] ** 2 for i in range(100)]
    assert len(y._saved.cells) >= 100
    del kept
    gc.collect()
    y[0] = 1.0
    assert y._saved is None


def test_a_tensor_that_remembers_nothing_any_more_can_be_resized(x):
    y = x * 1.0
    loss = (y[:N] * y[:N]).sum()
    with pytest.raises(ValueError, match="cannot resize"):
        y.resize(4 * N)
    loss.backward()
    del loss
    y.resize(4 * N)
    assert y.shape == (4 * N,)
