"""Reading, writing and adding by an index is what NumPy does by its own, however it is done."""

import re

import numpy as np
import pytest

from mygrad.engine import indexing


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """What only pays with many rows is done with few."""
    monkeypatch.setattr(indexing, "FEW", 2)
    monkeypatch.setattr(indexing, "AT_ONCE", 16)


def drawn_index(r, shape):
    """An index of arrays into an array of this shape."""

    def numbers(n, *lengths):
        return r.integers(-n, n, lengths)

    ndim = len(shape)
    some = r.integers(1, ndim + 1)
    match r.integers(8):
        case 0:
            return numbers(shape[0], *r.integers(0, 6, r.integers(1, 3)))
        case 1:
            return r.random(shape[:some]) < 0.5
        case 2:
            return tuple(numbers(n, 5) for n in shape[:some])
        case 3:
            before = [slice(None, None, -1) if r.random() < 0.5 else slice(1, None) for _ in shape[1:some]]
            return (*before, numbers(shape[some - 1], 2, 2))
        case 4:
            return (int(numbers(shape[0])), *[numbers(n, 3) for n in shape[1:some]])
        case 5:
            return (..., numbers(shape[-1], 3))
        case 6:
            return (numbers(shape[0], 3), *[slice(None)] * (ndim - 1), None)
        case _:
            return (*[slice(1, None)] * (ndim - 1), r.random(shape[-1]) < 0.5)


def drawn(seed):
    r = np.random.default_rng(seed)
    shape = tuple(map(int, r.integers(1, 8, r.integers(1, 4))))
    array = r.integers(-9, 9, shape).astype(r.choice(["f", "d", "D", "g"]))
    index = drawn_index(r, shape)
    value = r.integers(-9, 9, array[index].shape).astype(array.dtype)
    return r, np.asfortranarray(array) if r.random() < 0.2 else array, index, value


@pytest.mark.parametrize("seed", range(300))
def test_what_is_taken_is_what_numpy_takes_and_laid_out_alike(seed):
    _, array, index, _ = drawn(seed)
    expected, taken = array[index], indexing.taken(array, index)
    assert type(taken) is type(expected)
    assert taken.strides == expected.strides
    np.testing.assert_array_equal(taken, expected)


@pytest.mark.parametrize("seed", range(300))
def test_what_is_named_twice_gets_both_contributions(seed):
    _, array, index, value = drawn(seed)
    for zero in (False, True):
        start = array * 0 if zero else array
        expected, result = start.copy(), start.copy()
        np.add.at(expected, index, value)
        indexing.add(result, index, value, zero)
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("shape", [(120, 7), (40, 3, 5), (1000, 200)])
@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("count", [1, 2])
def test_numbers_of_a_narrow_dtype_name_what_they_name_in_numpy(shape, zero, count):
    r = np.random.default_rng(0)
    numbers = [r.integers(-n, n, 150) % min(n, 100) for n in shape[:count]]
    index = tuple([item.astype(np.int8) for item in numbers])
    index = index if count > 1 else index[0]
    array = r.random(shape) * (not zero)
    expected, value = array.copy(), r.random(array[index].shape)
    np.add.at(expected, index, value)
    indexing.add(array, index, value, zero)
    np.testing.assert_allclose(array, expected, rtol=1e-14)


def refused(array, index, value):
    """The error that NumPy's write raises."""
    try:
        array[index] = value
    except (ValueError, TypeError) as error:
        return error


@pytest.mark.parametrize("seed", range(300))
def test_what_is_put_is_what_numpy_puts_and_refused_where_numpy_refuses(seed):
    r, array, index, value = drawn(seed)
    for given in (value, 0, 1.5, value[:1] if value.ndim else value, r.random(17), "no"):
        expected, result = array.copy(), array.copy()
        if refusal := refused(expected, index, given):
            with pytest.raises(type(refusal), match=re.escape(str(refusal))):
                indexing.put(result, index, given)
        else:
            indexing.put(result, index, given)
        np.testing.assert_array_equal(result, expected)


def test_rows_may_be_put_in_the_place_of_each_other():
    array = np.arange(30.0).reshape(10, 3)
    indexing.put(array, np.arange(10)[::-1].copy(), array)
    np.testing.assert_array_equal(array, np.arange(30.0).reshape(10, 3)[::-1])


def test_a_sum_without_a_value_leaves_out_no_other():
    array = np.zeros((40, 3))
    array[0] = np.inf
    value = np.ones((40, 3))
    value[0] = -np.inf
    with np.errstate(invalid="raise"):
        indexing.add(array, np.arange(40), value)
    assert np.isnan(array[0]).all()
    assert (array[1:] == 1.0).all()


@pytest.mark.parametrize("index", [np.array([3, 10]), np.array([[0], [-11]])])
def test_a_number_out_of_bounds_is_told_as_numpy_tells_it(index):
    array = np.zeros((10, 2))
    with pytest.raises(IndexError) as expected:
        array[index]
    for use in (lambda: indexing.taken(array, index), lambda: indexing.put(array, index, 0.0)):
        with pytest.raises(IndexError) as raised:
            use()
        assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize("dtype", ["e", "f", "d", "g", "F", "D"])
def test_what_a_mask_leaves_out_is_0_whatever_it_was(dtype):
    values = np.array([[1.5, np.inf, np.nan], [-2.5, -np.inf, -0.0]], dtype)
    for mask in (values == 1.5, values != values, np.array([True, False, True]), np.True_, True, [[1], [0]]):
        with np.errstate(all="raise"):
            result = indexing.only_where(mask, values)
        assert result.dtype == values.dtype
        np.testing.assert_array_equal(result, np.where(mask, values, np.zeros_like(values)))
