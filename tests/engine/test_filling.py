"""The cotangent of a large array that is read slice by slice is filled slice by slice."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.filling import Filling, stretch_of
from mygrad.engine.record import LARGE, node_of
from mygrad.engine.rule import Rule
from mygrad.engine.sweep import gradients

SHAPE = (40, 11000)
assert np.prod(SHAPE) * 8 > LARGE

W = np.random.default_rng(0).normal(size=SHAPE)
ALL = slice(None)

READS = {
    "side by side": [slice(0, 10), slice(10, 25), slice(25, 40)],
    "from the end": [slice(25, 40), slice(10, 25), slice(0, 10)],
    "some": [slice(5, 10), slice(10, 15)],
    "apart": [slice(30, 35), slice(2, 7), slice(37, 39)],
    "over each other": [slice(0, 20), slice(10, 30), slice(5, 12)],
    "the same": [slice(3, 9), slice(3, 9)],
    "one in another": [slice(0, 30), slice(4, 5), 7],
    "rows": [3, 4, -1, 5, 3],
    "none": [slice(9, 3), slice(2, 2), slice(0, 4)],
    "columns": [(ALL, slice(0, 5000)), (ALL, slice(5000, 11000))],
    "columns, then rows": [(ALL, slice(0, 5000)), slice(3, 9), (ALL, slice(4000, 6000))],
    "blocks": [(slice(0, 20), slice(0, 5000)), (slice(20, 40), slice(5000, 11000))],
    "a slice, then a block": [slice(0, 20), (slice(15, 30), slice(5000, 11000))],
    "every other": [slice(0, 40, 2), slice(1, 40, 2)],
    "backward": [slice(None, None, -1), slice(0, 20)],
    "a slice, then an element": [slice(0, 20), (3, 4), (30, 4)],
    "a slice, then a few of a row": [slice(0, 20), (3, slice(2, 5)), (30, slice(2, 5))],
    "a slice, then by numbers": [slice(0, 20), [1, 1, 30]],
    "a slice, then by a mask": [slice(0, 20), np.arange(40) % 3 == 0],
    "a slice and a whole": [slice(0, 20), ...],
    "new axes": [(None, slice(0, 20)), (slice(20, 40), None), (..., slice(0, 9000))],
}


def total_of(x, reads):
    return sum((x[index] ** 2 * W[index]).sum() for index in reads)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("name", READS)
def test_the_gradient_of_reads_is_that_of_their_sum(name, order):
    a = np.random.default_rng(1).normal(size=SHAPE)
    expected = np.zeros(SHAPE)
    for index in READS[name]:
        np.add.at(expected, index, 2.0 * a[index] * W[index])
    x = mg.tensor(a)
    total_of(x, READS[name][::order]).backward()
    np.testing.assert_allclose(x.grad, expected, atol=1e-12)
    assert x.grad.base is None
    assert x.grad.flags.writeable
    y = mg.tensor(a)
    z = y * 3.0
    (found,) = gradients(node_of(total_of(z, READS[name][::order])), [node_of(z)])
    np.testing.assert_allclose(found, 3.0 * expected, atol=1e-12)


@pytest.mark.parametrize("first", ["reads", "whole", "between"])
def test_a_use_of_the_whole_is_added(first):
    a = np.random.default_rng(1).normal(size=SHAPE)
    x = mg.tensor(a)
    y = x * 1.0
    uses = [(y[:20] ** 2).sum(), (y[30:] ** 2).sum()]
    uses.insert({"reads": 2, "whole": 0, "between": 1}[first], (np.sin(y) * W).sum())
    sum(uses).backward()
    expected = np.cos(a) * W
    expected[:20] += 2.0 * a[:20]
    expected[30:] += 2.0 * a[30:]
    np.testing.assert_allclose(x.grad, expected)


def test_infinities_of_both_signs_make_a_nan():
    x = mg.tensor(np.ones(SHAPE))
    y = x * 1.0
    (y[:20] * np.inf).sum().backward()
    assert (x.grad[:20] == np.inf).all()
    assert (x.grad[20:] == 0.0).all()
    y = x * 1.0
    ((y[10:20] * np.inf).sum() + (y[:20] * -np.inf).sum() + (y * np.inf).sum()).backward()
    assert np.isnan(x.grad[:20]).all()
    assert (x.grad[20:] == np.inf).all()


def test_what_was_left_out_does_not_meet_what_is_undefined_there():
    a = np.ones(SHAPE)
    a[30:] = np.nan
    x = mg.tensor(a)
    y = np.sqrt(x) * 1.0
    (y[:10].sum() + y[10:20].sum()).backward()
    assert (x.grad[:20] == 0.5).all()
    assert (x.grad[20:] == 0.0).all()


def test_a_sweep_that_fails_leaves_zeros_where_nothing_arrived():
    x = mg.tensor(np.ones(SHAPE))
    y = np.sin(x)
    y.creator.rule = Failing()
    loss = y[3, 4] + (x[:10] * 2.0).sum()
    with pytest.raises(RuntimeError):
        loss.backward()
    assert (x.grad[:10] == 2.0).all()
    assert (x.grad[10:] == 0.0).all()


class Failing(Rule):
    def pull(self, node, g):
        raise RuntimeError

    def free_of_nan(self, node):
        return (True,)


@pytest.mark.parametrize(
    "index",
    [3, -1, slice(1, 3), slice(None), slice(-2, None), (ALL, 2), (ALL, slice(1, 4)), (1, ALL), (ALL, ALL, 2)],
)
def test_a_stretch_is_what_the_index_names(index):
    shape = (5, 6, 7)
    axis, first, last = stretch_of(index, shape)
    named, stretch = np.zeros(shape), np.zeros(shape)
    named[index] = 1.0
    stretch[(ALL,) * axis + (slice(first, last),)] = 1.0
    np.testing.assert_array_equal(named, stretch)


@pytest.mark.parametrize(
    "index",
    [slice(0, 4, 2), slice(None, None, -1), slice(3, 1), (1, 2), (slice(1, 2), 3), ..., (None, 1), (), None],
)
def test_other_indices_are_no_stretch(index):
    assert stretch_of(index, (5, 6)) is None


def test_filled_is_what_was_added_whatever_the_order():
    rng = np.random.default_rng(3)
    for _ in range(200):
        expected, filling = np.zeros((3, 20)), None
        for _ in range(rng.integers(1, 6)):
            first, last = np.sort(rng.choice(21, 2, replace=False)).tolist()
            g = rng.normal(size=(3, last - first))
            index = (ALL, slice(first, last))
            filling = filling or Filling((3, 20), np.dtype(float), 1, first)
            filling.add(index, g, first, last)
            expected[index] += g
        np.testing.assert_allclose(filling.whole(), expected, atol=1e-15)
