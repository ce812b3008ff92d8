"""``mygrad.as_strided``: views by strides share memory, and gradients of what is shown twice add up."""

import numpy as np
import pytest
from numpy.lib import stride_tricks

import mygrad as mg


def test_it_is_a_view_of_its_base_as_numpys_is():
    x = mg.tensor(np.arange(12.0).reshape(3, 4))
    view = mg.as_strided(x, (2, 2), (40, 8))
    np.testing.assert_array_equal(view.data, stride_tricks.as_strided(x.data, (2, 2), (40, 8)))
    assert np.shares_memory(view.data, x.data)
    assert view.base is x
    x[0, 0] = 7.0
    assert view[0, 0] == 7.0


def test_windows_that_overlap_add_up_their_gradients():
    x = mg.arange(5.0)
    windows = mg.as_strided(x, (3, 3), (8, 8))
    (windows * [1.0, 10.0, 100.0]).sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 11.0, 111.0, 110.0, 100.0])
    np.testing.assert_array_equal(windows.grad, stride_tricks.as_strided(x.grad, (3, 3), (8, 8)))


def test_a_view_that_shows_no_element_twice_can_be_written_to():
    x = mg.tensor(np.arange(9.0).reshape(3, 3))
    values = mg.tensor([1.0, 2.0, 3.0])
    mg.as_strided(x, (3,), (32,))[...] = values * values
    np.testing.assert_array_equal(np.diagonal(x.data), [1.0, 4.0, 9.0])
    (x * x).sum().backward()
    np.testing.assert_array_equal(values.grad, 4.0 * values.data**3)


def test_a_view_that_shows_an_element_twice_can_be_read_alone():
    x = mg.arange(5.0)
    for shape, strides in (((3, 3), (8, 8)), ((2, 5), (0, 8)), ((2, 2), (16, 16))):
        with pytest.raises(ValueError, match="read-only"):
            mg.as_strided(x, shape, strides)[0] = 1.0
    interleaved = mg.as_strided(mg.arange(6.0), (3, 2), (16, 8))
    interleaved[0] = 1.0


def test_it_may_show_what_lies_beside_a_view_within_its_base():
    x = mg.arange(6.0)
    shown = mg.as_strided(x[2:4], (3,), (-8,))
    np.testing.assert_array_equal(shown.data, [2.0, 1.0, 0.0])
    shown.sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 1.0, 1.0, 0.0, 0.0, 0.0])


def test_of_columns_in_memory_too():
    x = mg.tensor(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    shown = mg.as_strided(x, (3,), (16,))
    np.testing.assert_array_equal(shown.data, [0.0, 1.0, 2.0])
    (shown * [1.0, 2.0, 3.0]).sum().backward()
    np.testing.assert_array_equal(x.grad, [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize(
    ("x", "shape", "strides", "message"),
    [
        (mg.arange(4.0), (5,), (8,), "outside of the tensor"),
        (mg.arange(4.0), (2,), (-8,), "outside of the tensor"),
        (mg.arange(4.0), (2,), (4,), "multiples of 8 bytes"),
        (mg.arange(4.0), (2, 2), (8,), "length"),
        (mg.tensor(np.arange(8.0)[::2], copy=False), (2,), (8,), "side by side"),
    ],
)
def test_what_has_no_derivative_is_refused(x, shape, strides, message):
    with pytest.raises(ValueError, match=message):
        mg.as_strided(x, shape, strides)


def test_numpys_own_function_raises():
    with pytest.raises(mg.GradientLost):
        stride_tricks.as_strided(mg.arange(4.0), (2,), (8,))
