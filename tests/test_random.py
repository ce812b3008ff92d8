"""``mygrad.random``: the numbers of NumPy's global stream."""

import numpy as np
import pytest

import mygrad as mg


@pytest.fixture(autouse=True)
def _same_stream_afterwards():
    state = np.random.get_state()
    yield
    np.random.set_state(state)


UNIFORM = ["random", "random_sample", "ranf", "sample"]
SAMPLERS = [
    *((name, (shape,)) for name in UNIFORM for shape in (None, 3, (2, 3), (0,), ())),
    *((name, shape) for name in ("rand", "randn") for shape in ((), (3,), (2, 3))),
]


@pytest.mark.parametrize(("name", "args"), SAMPLERS)
def test_the_numbers_are_those_of_numpy(name, args):
    mg.random.seed(5)
    t = getattr(mg.random, name)(*args)
    np.random.seed(5)
    expected = getattr(np.random, name)(*args)
    assert isinstance(t, mg.Tensor)
    assert not t.constant
    assert t.shape == np.shape(expected)
    np.testing.assert_array_equal(t.data, expected)


@pytest.mark.parametrize(("name", "args"), SAMPLERS)
def test_random_numbers_can_be_constants(name, args):
    assert getattr(mg.random, name)(*args, constant=True).constant


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((5,), {}),
        ((2, 9), {}),
        ((5,), {"shape": 4}),
        ((2, 9, (2, 3)), {}),
        ((9,), {"shape": (3,), "dtype": np.int8}),
    ],
)
def test_random_integers_are_those_of_numpy_and_constant(args, kwargs):
    mg.random.seed(1)
    t = mg.random.randint(*args, **kwargs)
    np.random.seed(1)
    expected = np.random.randint(
        *args, **{"size" if name == "shape" else name: value for name, value in kwargs.items()}
    )
    assert isinstance(t, mg.Tensor)
    assert t.constant
    assert t.dtype == kwargs.get("dtype", np.dtype(int))
    np.testing.assert_array_equal(t.data, expected)


def test_random_numbers_are_differentiated():
    x = mg.random.rand(3)
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad, 2 * x.data)
