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
