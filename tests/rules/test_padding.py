"""Padding: what NumPy refuses is refused, ties share, and the layout of memory is NumPy's."""

import numpy as np
import pytest

import mygrad as mg

MODES = "constant edge linear_ramp maximum mean median minimum reflect symmetric wrap".split()


def gradient(mode, values, width=1, **options):
    """The gradient of what is padded alone: the sum of all less that of the elements."""
    x = mg.tensor(values)
    (np.pad(x, width, mode, **options).sum() - x.sum()).backward()
    return x.grad.tolist()


def test_ties_share_the_padding():
    assert gradient("maximum", [3.0, 1.0, 3.0]) == [1.0, 0.0, 1.0]
    assert gradient("minimum", [1.0, 1.0, 3.0]) == [1.0, 1.0, 0.0]
    assert gradient("median", [1.0, 2.0, 9.0]) == [0.0, 2.0, 0.0]
    assert gradient("maximum", [3.0, 1.0, 3.0], (0, 1), stat_length=2) == [0.0, 0.0, 1.0]


def test_the_odd_reflection_counts_the_edge_twice():
    assert gradient("reflect", [1.0, 2.0, 5.0], (1, 0), reflect_type="odd") == [2.0, -1.0, 0.0]
    assert gradient("symmetric", [1.0, 2.0, 5.0], (0, 2), reflect_type="odd") == [0.0, -1.0, 3.0]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_layout_of_memory_is_numpys(mode, order):
    a = np.asarray(np.arange(12.0).reshape(3, 4), order=order)
    result, expected = np.pad(mg.tensor(a, copy=False), 2, mode), np.pad(a, 2, mode)
    assert result.strides == expected.strides
    np.testing.assert_array_equal(result.data, expected)


@pytest.mark.parametrize("mode", MODES)
def test_whole_numbers_are_constants(mode):
    a = np.array([[1, 5, 2], [7, 3, 4]])
    result, expected = np.pad(mg.tensor(a), ((1, 2), (0, 3)), mode), np.pad(a, ((1, 2), (0, 3)), mode)
    assert result.constant
    assert result.dtype == expected.dtype
    np.testing.assert_array_equal(result.data, expected)


@pytest.mark.parametrize(
    ("args", "options"),
    [
        ((-1,), {}),
        (((1, 2, 3),), {}),
        ((1.5,), {}),
        (("1",), {}),
        ((1, "unheard"), {}),
        ((1, "edge"), {"stat_length": 2}),
        ((1, "constant"), {"end_values": 2}),
        ((1, "maximum"), {"stat_length": 0}),
        ((1, "mean"), {"stat_length": -1}),
    ],
)
def test_what_numpy_refuses_is_refused(args, options):
    a = np.arange(6.0).reshape(2, 3)
    with pytest.raises(Exception) as theirs:
        np.pad(a, *args, **options)
    with pytest.raises(theirs.type):
        np.pad(mg.tensor(a), *args, **options)
    with pytest.raises(ValueError, match="empty axis"):
        np.pad(mg.zeros((0, 2)), 1, "edge")


def test_an_array_is_padded_with_a_tensor():
    value = mg.tensor(2.0)
    result = mg.pad(np.ones(3), (1, 2), constant_values=value)
    np.testing.assert_array_equal(result.data, [2.0, 1.0, 1.0, 1.0, 2.0, 2.0])
    result.sum().backward()
    assert value.grad == 3.0


def test_a_value_with_a_gradient_is_not_lost_among_whole_numbers():
    with pytest.raises(TypeError, match="can't carry"):
        np.pad(mg.tensor([1, 2]), 1, constant_values=mg.tensor(2.5))


def test_the_mode_empty_has_no_derivative_in_the_padding():
    x = mg.tensor([1.0, 2.0])
    np.pad(x, 3, "empty").backward(np.ones(8))
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])


def test_padding_is_memory_of_its_own():
    x = mg.tensor([1.0, 2.0])
    for result in (np.pad(x, 0), np.pad(x, 0, "edge"), np.pad(mg.tensor(3.0), 1)):
        assert not np.shares_memory(result.data, x.data)
        assert result.base is None
