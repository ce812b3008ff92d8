"""Sliding windows with steps and dilation."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mygrad as mg


def by_loops(a, window_shape, step, dilation):
    """The windows, one element at a time."""
    n = len(window_shape)
    still, trailing = a.shape[: a.ndim - n], a.shape[a.ndim - n :]
    counts = [
        (m - (w - 1) * d - 1) // s + 1
        for m, w, s, d in zip(trailing, window_shape, step, dilation, strict=True)
    ]
    out = np.empty((*counts, *still, *window_shape), a.dtype)
    for place in itertools.product(*map(range, counts)):
        for inside in itertools.product(*map(range, window_shape)):
            at = tuple(p * s + i * d for p, s, i, d in zip(place, step, inside, dilation, strict=True))
            out[(*place, *(slice(None),) * len(still), *inside)] = a[(..., *at)]
    return out


@st.composite
def windows(draw):
    """An array, and a window that fits into it."""
    n = draw(st.integers(1, 3))
    still = draw(st.lists(st.integers(1, 2), max_size=3 - n))
    window = draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    step = draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    dilation = draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    room = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    shape = (*still, *((w - 1) * d + 1 + r for w, d, r in zip(window, dilation, room, strict=True)))
    return np.arange(float(np.prod(shape))).reshape(shape), window, step, dilation


@given(windows())
def test_the_windows_show_the_elements(case):
    expected = by_loops(*case)
    np.testing.assert_array_equal(mg.sliding_window_view(*case), expected)
    a, *how = case
    t = mg.sliding_window_view(mg.tensor(a), *how)
    assert isinstance(t, mg.Tensor)
    np.testing.assert_array_equal(t.data, expected)


@given(windows())
def test_an_element_gets_the_cotangents_of_all_windows_that_show_it(case):
    a, *how = case
    x = mg.tensor(a)
    y = mg.sliding_window_view(x, *how)
    g = np.random.default_rng(0).normal(size=y.shape)
    (y * g).sum().backward()
    expected = np.zeros(a.size)
    shown = by_loops(np.arange(a.size).reshape(a.shape), *how)
    np.add.at(expected, shown, g)
    np.testing.assert_allclose(x.grad, expected.reshape(a.shape), rtol=1e-12, atol=1e-12)


def test_windows_of_an_array_are_a_view_that_cannot_be_written_to():
    a = np.arange(12.0).reshape(3, 4)
    view = mg.sliding_window_view(a, (2, 2), 1)
    assert type(view) is np.ndarray
    assert np.shares_memory(view, a)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0


def test_windows_of_a_tensor_are_a_view_that_cannot_be_written_to():
    x = mg.arange(6.0)
    view = mg.sliding_window_view(x, (2,), step=2)
    assert view.base is x
    assert np.shares_memory(view.data, x.data)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0
    x[1] = 10.0
    np.testing.assert_array_equal(view.data, [[0.0, 10.0], [2.0, 3.0], [4.0, 5.0]])
    (view * view).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 20.0, 4.0, 6.0, 8.0, 10.0])


def test_the_first_axes_come_between_the_places_and_the_window():
    assert mg.sliding_window_view(np.zeros((7, 5, 6)), (2, 3), (1, 2)).shape == (4, 2, 7, 2, 3)


def test_a_dilated_window_needs_room_for_what_it_spans_and_no_more():
    a = np.arange(5.0)
    np.testing.assert_array_equal(mg.sliding_window_view(a, (3,), 1, dilation=2), [[0.0, 2.0, 4.0]])
    with pytest.raises(
        ValueError,
        match=r"spans \(7,\) elements, which don't fit into the trailing axes of the array, \(5,\)",
    ):
        mg.sliding_window_view(a, (3,), 1, dilation=3)


def test_lists_and_constants_have_windows_too():
    assert mg.sliding_window_view([1.0, 2.0, 3.0], [2], np.int64(1)).tolist() == [[1.0, 2.0], [2.0, 3.0]]
    assert mg.sliding_window_view(mg.arange(3), (2,), 1).constant


@pytest.mark.parametrize("window", [2, (2.0,), (0,), (-1,), ("a",), None])
def test_the_window_must_be_a_sequence_of_positive_integers(window):
    with pytest.raises(TypeError, match="window_shape must be a sequence of positive integers"):
        mg.sliding_window_view(np.zeros((5, 6)), window, 1)


@pytest.mark.parametrize("window", [(7,), (6, 6), (1, 1, 1)])
def test_the_window_must_fit(window):
    with pytest.raises(ValueError, match="fit into|more axes"):
        mg.sliding_window_view(np.zeros((5, 6)), window, 1)


@pytest.mark.parametrize("name", ["step", "dilation"])
def test_steps_and_dilations_must_be_positive_integers_one_for_each_axis(name):
    for value in (0, -1, (1,), (1, 0), (1, 1, 1)):
        with pytest.raises(
            ValueError, match=f"{name} must be a positive integer, or one for each of the 2 axes"
        ):
            mg.sliding_window_view(np.zeros((5, 6)), (2, 2), **{"step": 1, name: value})
    for value in (1.5, "a", (1.0, 2)):
        with pytest.raises(TypeError, match=f"{name} must be a positive integer"):
            mg.sliding_window_view(np.zeros((5, 6)), (2, 2), **{"step": 1, name: value})


@pytest.mark.parametrize("options", [{"axis": (2, 0)}, {"axis": None}, {"axis": -1, "writeable": True}])
def test_without_a_step_it_is_numpys_function(options):
    a = np.arange(24.0).reshape(2, 3, 4)
    window = {None: (1, 2, 2), -1: 2}.get(options["axis"], (2, 2))
    x = mg.tensor(a)
    y = mg.sliding_window_view(x, window, **options)
    np.testing.assert_array_equal(y.data, np.lib.stride_tricks.sliding_window_view(a, window, **options))
    y.sum().backward()
    shown = np.lib.stride_tricks.sliding_window_view(np.arange(24).reshape(a.shape), window, options["axis"])
    np.testing.assert_array_equal(x.grad.ravel(), np.bincount(shown.ravel(), minlength=24))


def test_numpys_options_beside_a_step_are_refused():
    with pytest.raises(TypeError, match="leave out axis"):
        mg.sliding_window_view(mg.arange(6.0), (2,), 2, axis=0)


def test_dilation_alone_moves_by_one():
    np.testing.assert_array_equal(mg.sliding_window_view(np.arange(4.0), (2,), dilation=2), [[0, 2], [1, 3]])
