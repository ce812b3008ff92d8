"""Reading and writing by everything that NumPy takes as an index: values, memory, gradients and refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mygrad as mg

SHAPE = (3, 4, 5)
MASK_3D = np.arange(60).reshape(SHAPE) % 7 == 0
INDICES = {
    # basic
    "int": 1,
    "negative int": -1,
    "numpy int": np.int64(2),
    "numpy uint8": np.uint8(2),
    "0-d array": np.array(1),
    "bool is a new axis": True,
    "False is an empty axis": False,
    "numpy bool": np.bool_(True),
    "slice": slice(1, 3),
    "slice with step": slice(None, None, 2),
    "reversed": slice(None, None, -1),
    "reversed part": slice(2, 0, -1),
    "far too long slice": slice(-100, 100),
    "empty slice": slice(2, 2),
    "ellipsis": ...,
    "newaxis": None,
    "empty tuple": (),
    "ints": (1, 2),
    "all ints": (1, 2, 3),
    "all ints and an ellipsis": (1, 2, 3, ...),
    "ellipsis first": (..., 2),
    "ellipsis in the middle": (1, ..., 2),
    "ellipsis and slices": (slice(1), ..., slice(None, None, -2)),
    "newaxes": (None, slice(None), None, ..., None),
    "slices": (slice(1, 3), slice(None, None, -1), slice(0, 4, 3)),
    "int and slice": (0, slice(1, 3)),
    "slice and int": (slice(None), 2),
    # arrays
    "list": [2, 0],
    "list with a repetition": [0, 2, 0],
    "negative list": [-1, -1, 1],
    "empty list": [],
    "array": np.array([2, 1]),
    "int32": np.array([2, 1], dtype=np.int32),
    "uint8": np.array([2, 1, 2], dtype=np.uint8),
    "2-d array": np.array([[0, 1], [2, 0]]),
    "empty array": np.array([], dtype=int),
    "range": (range(3), range(3)),
    "nested list": [[0, 1], [1, 2]],
    "two arrays": ([0, 2], [1, 3]),
    "two arrays that broadcast": (np.array([[0], [2]]), np.array([1, 3, 3])),
    "np.ix_": np.ix_([0, 2], [1, 3], [0, 4]),
    "three arrays": ([0, 2, 2], [1, 3, 3], [4, 0, 0]),
    "array and slice": ([0, 2, 2], slice(1, 3)),
    "slice and array": (slice(None), [0, 3, 3]),
    "array and int": ([0, 2, 0], 1),
    "int and array": (1, [0, 2, 0]),
    "array, slice, array": ([0, 1], slice(None), [2, 2]),
    "array, newaxis": ([0, 1], None),
    "array, ellipsis": ([0, 1], ...),
    "ellipsis, array": (..., [0, 4, 4]),
    "int, slice, array": (0, slice(None), [2, 2]),
    "array, ellipsis, int": ([0, 1], ..., 2),
    # masks
    "mask": MASK_3D,
    "mask of the first axis": np.array([True, False, True]),
    "mask of two axes": MASK_3D[:, :, 0],
    "mask as a list": [True, False, True],
    "mask of a later axis": (slice(None), np.array([True, False, True, True])),
    "mask and int": (np.array([True, False, True]), 2),
    "mask and array": (np.array([True, False, True]), [1, 2]),
    "mask and slice": (np.array([True, False, True]), slice(1, 3)),
    "mask at the end": (..., np.array([True, False, True, False, True])),
    "empty mask": np.zeros(SHAPE, bool),
    "0-d mask": np.array(True),
    "nonzero": np.nonzero(MASK_3D),
}


def array():
    return np.random.default_rng(0).normal(size=SHAPE)


def wrapped(index):
    """The same index with tensors in the place of arrays."""
    if isinstance(index, np.ndarray):
        return mg.tensor(index)
    if isinstance(index, tuple):
        return tuple(map(wrapped, index))
    return index


@pytest.mark.parametrize("name", INDICES)
def test_reading_gives_numpys_values_and_memory(name):
    a, index = array(), INDICES[name]
    expected = a[index]
    x = mg.tensor(a, copy=False)
    y = x[index]
    assert type(y) is mg.Tensor
    assert (y.shape, y.dtype) == (np.shape(expected), expected.dtype)
    np.testing.assert_array_equal(y.data, expected)
    is_view = isinstance(expected, np.ndarray) and (name == "empty slice" or np.shares_memory(expected, a))
    assert (y.base is x) == is_view
    assert np.shares_memory(y.data, a) == (is_view and y.size > 0)
    assert isinstance(y.data, np.ndarray)


@pytest.mark.parametrize("name", INDICES)
def test_the_gradient_of_a_read_is_added_where_it_was_read(name):
    index = INDICES[name]
    x = mg.tensor(array())
    y = x[index]
    w = np.random.default_rng(1).normal(size=y.shape)
    expected = np.zeros(SHAPE)
    np.add.at(expected, index, w)
    (y * w).sum().backward()
    np.testing.assert_allclose(x.grad, expected)


@pytest.mark.parametrize("name", INDICES)
def test_an_index_may_be_made_of_tensors(name):
    index = INDICES[name]
    a = array()
    x = mg.tensor(a)
    y = x[wrapped(index)]
    np.testing.assert_array_equal(y.data, a[index])
    expected = np.zeros(SHAPE)
    np.add.at(expected, index, 1.0)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, expected)


@pytest.mark.parametrize("value", ["number", "array", "tensor", "broadcast tensor", "0-d tensor"])
@pytest.mark.parametrize("name", INDICES)
def test_writing_gives_numpys_values_and_the_right_gradients(name, value):
    """Each element of the result is one that was there or one that was written: positions tell which."""
    a, index = array(), INDICES[name]
    shape = np.shape(a[index])
    full = np.random.default_rng(2).normal(size=shape)
    plain = {
        "number": 7.0,
        "array": full,
        "tensor": full,
        "broadcast tensor": full[:1] if full.ndim else full,
        "0-d tensor": np.array(3.0),
    }[value]
    x = mg.tensor(a)
    y = x * 1.0
    memory = y.data
    v = mg.tensor(plain) if "tensor" in value else plain
    y[index] = v
    expected = a.copy()
    expected[index] = plain
    np.testing.assert_array_equal(y.data, expected)
    assert y.data is memory

    w = np.random.default_rng(3).normal(size=SHAPE)
    (y * w).sum().backward()
    # which element of the value ended up where: -1 for none
    source = np.full(SHAPE, -1)
    numbers = np.arange(np.size(plain)).reshape(np.shape(plain))
    source[index] = numbers
    left = np.zeros(SHAPE) if x.grad is None else x.grad  # none when nothing of it is left in the result
    np.testing.assert_allclose(left, np.where(source == -1, w, 0.0))
    if "tensor" in value:
        grad = np.zeros(np.size(plain))
        np.add.at(grad, source[source >= 0], w[source >= 0])
        np.testing.assert_allclose(v.grad, grad.reshape(np.shape(plain)), atol=1e-12)


@pytest.mark.parametrize("name", INDICES)
def test_an_augmented_write_gives_numpys_values_and_the_right_gradients(name):
    a, index = array(), INDICES[name]
    x, s = mg.tensor(a), mg.tensor(3.0)
    y = x * 1.0
    y[index] *= s
    expected = a.copy()
    expected[index] *= 3.0
    np.testing.assert_array_equal(y.data, expected)
    w = np.random.default_rng(4).normal(size=SHAPE)
    (y * w).sum().backward()
    touched = np.zeros(SHAPE, bool)
    touched[index] = True
    np.testing.assert_allclose(x.grad, np.where(touched, 3.0 * w, w))
    np.testing.assert_allclose(s.grad, np.sum((a * w)[touched]))


@pytest.mark.parametrize("name", INDICES)
def test_a_read_of_a_read_goes_back_through_both(name):
    index = INDICES[name]
    x = mg.tensor(array())
    y = x[index]
    z = y[..., None][..., 0] if y.ndim else y[()]
    (z * z).sum().backward()
    count = np.zeros(SHAPE)
    np.add.at(count, index, 1.0)
    np.testing.assert_allclose(x.grad, 2.0 * x.data * count)


# --- refusals -----------------------------------------------------------------------------------------------

BAD = {
    "int": 3,
    "negative int": -4,
    "int of a later axis": (0, 4),
    "too many": (0, 0, 0, 0),
    "too many ellipses": (..., ...),
    "float": 1.0,
    "text": "a",
    "float array": np.array([0.0, 1.0]),
    "float list": [0.0, 1.0],
    "object": object(),
    "list out of bounds": [0, 3],
    "uint8 out of bounds": np.array([0, 200], dtype=np.uint8),
    "mask of the wrong length": np.array([True, False]),
    "mask as a list of the wrong length": [True, False, True, True],
    "mask of too many axes": np.ones((3, 4, 5, 6), bool),
    "arrays that do not broadcast": ([0, 1], [0, 1, 2]),
    "slice of floats": slice(0.0, 1.0),
    "slice with step 0": slice(None, None, 0),
    "float tensor": mg.tensor([0.0, 1.0], constant=True),
    "variable": mg.tensor([0.0, 1.0]),
    "dict": {},
}


@pytest.mark.parametrize("name", BAD)
def test_what_numpy_refuses_is_refused(name):
    a, index = array(), BAD[name]
    plain = mg.asarray(index) if isinstance(index, mg.Tensor) else index
    try:
        a[plain]
    except Exception as error:
        kind = type(error)
    x = mg.tensor(a)
    y = x * 1.0
    with pytest.raises(kind):
        y[index]
    with pytest.raises(kind):
        y[index] = 1.0
    with pytest.raises(kind):
        y[index] = mg.tensor(1.0)
    np.testing.assert_array_equal(y.data, a)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, np.ones(SHAPE))


def test_a_0d_tensor_takes_an_ellipsis_and_an_empty_tuple():
    x = mg.tensor(2.0)
    assert x[...].data == 2.0
    assert x[()].data == 2.0
    assert x[None].shape == (1,)
    assert x[True].shape == (1,)
    with pytest.raises(IndexError):
        x[0]
    y = x * 1.0
    y[...] = x * 3.0
    y[()] = y * 2.0
    y.backward()
    assert y.data == 12.0
    assert x.grad == 6.0


def test_an_index_tensor_that_is_written_later_does_not_change_what_was_read():
    x, i = mg.tensor([1.0, 2.0, 3.0]), mg.tensor([0, 2])
    y = x[i] * 10.0
    i[0] = 1
    y.sum().backward()
    assert x.grad.tolist() == [10.0, 0.0, 10.0]


def test_the_graph_of_an_index_is_ignored():
    x, s = mg.tensor([1.0, 2.0, 3.0]), mg.tensor([2.0, 0.0])
    y = x[s.astype(int)]
    assert y.data.tolist() == [3.0, 1.0]
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 1.0]
    assert s.grad is None


def test_masked_reads_of_a_matrix():
    x = mg.tensor(np.arange(9.0).reshape(3, 3))
    (x[x < 4] ** 2).backward()
    assert x.grad.tolist() == [[0.0, 2.0, 4.0], [6.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_repeated_reads_add_up():
    x = mg.tensor([1.0, 2.0])
    (x[[0, 0, 0, 1]] * [1.0, 2.0, 4.0, 8.0]).sum().backward()
    assert x.grad.tolist() == [7.0, 8.0]


def test_reads_of_constants_are_constants():
    c = mg.tensor([1.0, 2.0], constant=True)
    assert c[0].constant is True
    assert c[[0]].constant is True
    assert mg.tensor([1, 2])[1].data == 2


@pytest.mark.parametrize(
    ("function", "reference"),
    [
        (lambda t: np.take(t, [0, 2, 0]), lambda a: np.take(a, [0, 2, 0])),
        (lambda t: np.take(t, [[1, 0]], axis=1), lambda a: np.take(a, [[1, 0]], axis=1)),
        (lambda t: np.take(t, [7, -1], mode="wrap"), lambda a: np.take(a, [7, -1], mode="wrap")),
        (lambda t: np.take(t, [70, -5], mode="clip"), lambda a: np.take(a, [70, -5], mode="clip")),
        (
            lambda t: np.take_along_axis(t, np.array([[0, 0], [2, 1]]), axis=1),
            lambda a: np.take_along_axis(a, np.array([[0, 0], [2, 1]]), axis=1),
        ),
        (
            lambda t: np.compress([True, False, True], t, axis=1),
            lambda a: np.compress([True, False, True], a, axis=1),
        ),
        (lambda t: np.extract(MASK_2D, t), lambda a: np.extract(MASK_2D, a)),
        (lambda t: np.choose([1, 0, 1], [t[0], t[1]]), lambda a: np.choose([1, 0, 1], [a[0], a[1]])),
        (lambda t: np.delete(t, 1, axis=1), lambda a: np.delete(a, 1, axis=1)),
        (lambda t: np.select([MASK_2D], [t], -t), lambda a: np.select([MASK_2D], [a], -a)),
    ],
    ids="take take-axis take-wrap take-clip take_along_axis compress extract choose delete select".split(),
)
def test_functions_that_read_by_index(function, reference):
    a = np.arange(6.0).reshape(2, 3) + 1.0
    x = mg.tensor(a)
    y = function(x)
    np.testing.assert_array_equal(y.data, reference(a))
    w = np.arange(1.0, 1.0 + y.size).reshape(y.shape)
    (y * w).sum().backward()
    expected = np.array([np.sum(reference(e.reshape(2, 3)) * w) for e in np.eye(6)]).reshape(2, 3)
    np.testing.assert_array_equal(x.grad, expected)


MASK_2D = np.array([[True, False, True], [False, True, False]])


# --- laws ---------------------------------------------------------------------------------------------------

axis_slices = st.builds(
    slice, *[st.none() | st.integers(-6, 6)] * 2, st.none() | st.integers(-3, 3).filter(bool)
)
basic = st.lists(st.one_of(st.integers(-2, 1), axis_slices, st.none()), max_size=3).filter(
    lambda parts: sum(p is not None for p in parts) <= 3
)
rows = st.lists(st.integers(-3, 2), max_size=5)


@given(parts=basic, tail=st.booleans())
def test_any_basic_index_reads_and_writes_as_numpys(parts, tail):
    index = (*parts, ...) if tail else tuple(parts)
    a = array()
    x = mg.tensor(a)
    y = x * 1.0
    np.testing.assert_array_equal(y[index].data, a[index])
    expected = a.copy()
    expected[index] = expected[index] * 2.0 + 1.0
    y[index] = y[index] * 2.0 + 1.0
    np.testing.assert_array_equal(y.data, expected)
    y.sum().backward()
    factor = np.ones(SHAPE)
    factor[index] = 2.0
    np.testing.assert_array_equal(x.grad, factor)


@given(picked=rows)
def test_the_gradient_of_a_sum_over_rows_counts_how_often_each_was_read(picked):
    x = mg.tensor(np.ones((3, 2)))
    x[np.array(picked, dtype=int)].sum().backward()
    counts = np.bincount(np.array(picked, dtype=int) % 3, minlength=3)
    np.testing.assert_array_equal(x.grad, np.repeat(counts[:, None], 2, axis=1))


@given(picked=rows)
def test_of_rows_written_twice_the_last_counts(picked):
    index = np.array(picked, dtype=int)
    x, v = mg.tensor(np.zeros(3)), mg.tensor(np.arange(1.0, 1.0 + len(picked)))
    y = x * 1.0
    y[index] = v
    expected = np.zeros(3)
    expected[index] = v.data
    np.testing.assert_array_equal(y.data, expected)
    (y * [2.0, 3.0, 5.0]).sum().backward()
    kept = {row % 3: k for k, row in enumerate(picked)}
    grad = np.zeros(len(picked))
    for row, k in kept.items():
        grad[k] = [2.0, 3.0, 5.0][row]
    np.testing.assert_array_equal(v.grad, grad)


@given(data=st.data())
def test_reading_a_region_and_writing_it_back_changes_nothing(data):
    name = data.draw(st.sampled_from(list(INDICES)))
    index = INDICES[name]
    x = mg.tensor(array())
    y = x * 1.0
    y[index] = y[index]
    np.testing.assert_array_equal(y.data, x.data)
    (y * x.data).sum().backward()
    np.testing.assert_allclose(x.grad, x.data)


@pytest.mark.parametrize("n", [2, 50_000])
@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize(
    "index", [0, (0,), np.int64(0), (..., 0), slice(0, 1), [0], np.array([0, 0]), [0, 1]], ids=str
)
def test_infinite_gradients_of_opposite_signs_that_meet_at_an_element_are_nan(index, dtype, n):
    x = mg.tensor(np.ones(n, dtype))
    infinity = x.dtype.type(np.inf)
    with np.errstate(invalid="ignore"):
        (x[index] * infinity - x[index] * infinity).sum().backward()
    named = np.zeros(n, bool)
    named[index] = True
    np.testing.assert_array_equal(x.grad, np.where(named, np.nan, 0.0))


def test_they_are_in_rows_that_are_named():
    x = mg.tensor(np.ones((3, 50_000)))
    with np.errstate(invalid="ignore"):
        (x[[0]] * np.inf - x[[0]] * np.inf).sum().backward()
    np.testing.assert_array_equal(np.isnan(x.grad).all(axis=1), [True, False, False])
