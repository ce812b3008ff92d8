"""Losses: figures worked out by hand and those of MyGrad 2.5, hard cases, and what is refused."""

import numpy as np
import pytest

import mygrad as mg
from mygrad import nnet

P = [[1.0, 0.0], [0.3, 0.7]]
Y = np.array([0, 1])
OF_LABELS = [
    nnet.softmax_crossentropy,
    nnet.multiclass_hinge,
    nnet.negative_log_likelihood,
    nnet.focal_loss,
    nnet.softmax_focal_loss,
]
each_loss = pytest.mark.parametrize("loss", OF_LABELS, ids=lambda f: f.__name__)


def with_gradient(f, *arrays):
    tensors = [mg.tensor(a) for a in arrays]
    with np.errstate(divide="ignore"):
        result = f(*tensors)
        result.backward()
    return result.data, *[t.grad for t in tensors]


def test_cross_entropy():
    value, gradient = with_gradient(lambda x: nnet.softmax_crossentropy(x, Y), P)
    np.testing.assert_allclose(value, 0.41313847, rtol=1e-7)
    np.testing.assert_allclose(gradient, [[-0.13447071, 0.13447071], [0.20065617, -0.20065617]], rtol=1e-7)


def test_cross_entropy_of_scores_far_apart():
    with np.errstate(all="raise", under="ignore"):
        value, gradient = with_gradient(
            lambda x: nnet.softmax_crossentropy(x, [1, 0]), [[1e4, 0.0], [1e4, 0.0]]
        )
    assert value == 5000.0
    np.testing.assert_array_equal(gradient, [[0.5, -0.5], [0.0, 0.0]])


def test_cross_entropy_of_a_class_that_is_ruled_out():
    value, gradient = with_gradient(lambda x: nnet.softmax_crossentropy(x, [0]), [[0.0, -np.inf, 0.0]])
    np.testing.assert_allclose(value, np.log(2))
    np.testing.assert_allclose(gradient, [[-0.5, 0.0, 0.5]])


def test_negative_log_likelihood():
    x = np.log([[0.5, 0.5], [0.25, 0.75]])
    value, gradient = with_gradient(lambda x: nnet.negative_log_likelihood(x, Y, weights=[2.0, 3.0]), x)
    np.testing.assert_allclose(value, -(2 * np.log(0.5) + 3 * np.log(0.75)) / 2)
    np.testing.assert_allclose(gradient, [[-1.0, 0.0], [0.0, -1.5]])


def test_weights_of_classes_have_derivatives():
    _, _, of_weights = with_gradient(
        lambda x, w: nnet.negative_log_likelihood(x, Y, weights=w), [[-1.0, -2.0], [-3.0, -4.0]], [1.0, 1.0]
    )
    np.testing.assert_allclose(of_weights, [0.5, 2.0])


@pytest.mark.parametrize(
    ("gamma", "values", "slopes"),
    [
        (0, [0.0, 0.71334989], [-2.0, -2.85714286]),
        (0.5, [0.0, 0.39071782], [0.0, -2.21611797]),
        (1, [0.0, 0.21400497], [0.0, -1.57049275]),
        (2, [0.0, 0.06420149], [0.0, -0.68515279]),
    ],
)
def test_focal_loss(gamma, values, slopes):
    found, gradient = with_gradient(lambda p: nnet.focal_loss(p, Y, alpha=2, gamma=gamma), P)
    np.testing.assert_allclose(found, values, rtol=1e-7)
    np.testing.assert_allclose(gradient, np.diag(slopes), rtol=1e-7)


def test_focal_loss_of_no_probability_is_infinitely_steep():
    value, gradient = with_gradient(lambda p: nnet.focal_loss(p, [0], gamma=0.5), [[0.0, 1.0]])
    assert value == np.inf
    assert gradient[0, 0] == -np.inf


def test_focal_loss_of_a_probability_above_1():
    value, gradient = with_gradient(lambda p: nnet.focal_loss(p, [0], gamma=0.5), [[1.5, 0.0]])
    assert (value.item(), gradient[0, 0]) == (0.0, 0.0)


def test_softmax_focal_loss():
    value, gradient = with_gradient(
        lambda x: nnet.softmax_focal_loss(x, Y, gamma=0.5), [[800.0, 0.0], [0.3, 0.7]]
    )
    np.testing.assert_allclose(value, [0.0, 0.32499115], rtol=1e-7)
    np.testing.assert_allclose(gradient, [[0.0, 0.0], [0.35151232, -0.35151232]], rtol=1e-7)


def test_softmax_focal_loss_is_cross_entropy_where_all_count_alike():
    x = np.random.default_rng(0).normal(size=(5, 3))
    labels = [0, 2, 1, 1, 0]
    value, gradient = with_gradient(lambda x: nnet.softmax_focal_loss(x, labels).mean(), x)
    expected, wanted = with_gradient(lambda x: nnet.softmax_crossentropy(x, labels), x)
    np.testing.assert_allclose(value, expected)
    np.testing.assert_allclose(gradient, wanted)


def test_hinge_has_no_slope_at_the_margin():
    value, gradient = with_gradient(lambda x: nnet.multiclass_hinge(x, Y), [[1.0, 0.0], [0.0, 0.0]])
    assert value == 0.5
    np.testing.assert_array_equal(gradient, [[0.0, 0.0], [0.5, -0.5]])


def test_hinge_is_what_one_would_write():
    rng = np.random.default_rng(1)
    scores, labels = rng.normal(size=(100, 10)), rng.integers(0, 10, 100)

    def by_hand(x):
        index = (range(100), labels)
        margins = x - x[index][:, np.newaxis] + 1.0
        margins[margins.data <= 0] = 0.0
        margins[index] = 0.0
        return margins.sum() / 100

    for ours, theirs in zip(
        with_gradient(lambda x: nnet.multiclass_hinge(x, labels), scores),
        with_gradient(by_hand, scores),
        strict=True,
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-15)


def test_margin_ranking_loss():
    value, first, second = with_gradient(
        lambda a, b: nnet.margin_ranking_loss(a, b, [1, -1], 0.5), np.ones((2, 3)), np.zeros((2, 3))
    )
    assert value == 0.75
    np.testing.assert_allclose(first, [[0.0] * 3, [1 / 6] * 3])
    np.testing.assert_allclose(second, -first)


def test_margin_ranking_loss_has_no_slope_at_the_margin():
    _, first, _ = with_gradient(lambda a, b: nnet.margin_ranking_loss(a, b, 1, 1.0), [1.0, 0.0], [0.0, 1.0])
    np.testing.assert_array_equal(first, [0.0, -0.5])


@each_loss
def test_labels_may_be_integers_of_any_kind(loss):
    expected = loss(mg.tensor(P), Y).data
    for labels in ([0, 1], np.array([0, 1], np.uint8), mg.tensor([0, 1]), [0, -1]):
        np.testing.assert_array_equal(loss(mg.tensor(P), labels).data, expected)


@each_loss
def test_labels_may_change_once_the_loss_is_known(loss):
    def gradient(change):
        x, labels = mg.tensor([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]), np.array([2, 1])
        result = loss(x, labels)
        if change:
            labels[:] = 0
        result.backward()
        return x.grad

    np.testing.assert_array_equal(gradient(True), gradient(False))


@each_loss
@pytest.mark.parametrize(
    ("x", "labels", "error", "message"),
    [
        ([1.0, 2.0], [0, 1], ValueError, r"2 dimensions.*got the shape \(2,\)"),
        (P, [0.0, 1.0], TypeError, "must hold integers.*float64"),
        (P, [False, True], TypeError, "must hold integers.*bool"),
        (P, [0, 1, 0], ValueError, r"the shape \(2,\); got \(3,\)"),
        (P, [[0], [1]], ValueError, r"the shape \(2,\); got \(2, 1\)"),
        (P, [0, 2], IndexError, "labels from 0 to 1; got 0 to 2"),
        (P, [0, -3], IndexError, "labels from 0 to 1; got -3 to 0"),
    ],
)
def test_labels_that_do_not_fit_are_refused_and_change_nothing(loss, x, labels, error, message):
    x = mg.tensor(x)
    x.backward()
    with pytest.raises(error, match=message):
        loss(x, labels)
    assert x.grad is not None


@each_loss
def test_scores_that_are_integers_give_a_constant(loss):
    assert loss(mg.tensor([[1, 2], [3, 4]]), [0, 1]).constant
    assert loss([[1, 2], [3, 4]], [0, 1]).constant


@each_loss
def test_a_constant_is_one_if_asked_for(loss):
    assert loss(mg.tensor(P), Y, constant=True).constant


def test_parameters_out_of_their_range_are_refused():
    for call, error in (
        (lambda: nnet.focal_loss(P, Y, gamma=-1), ValueError),
        (lambda: nnet.softmax_focal_loss(P, Y, gamma=-0.5), ValueError),
        (lambda: nnet.focal_loss(P, Y, alpha=[1, 2]), TypeError),
        (lambda: nnet.multiclass_hinge(P, Y, hinge="a"), TypeError),
        (lambda: nnet.margin_ranking_loss([1.0], [0.0], 1, -1.0), ValueError),
        (lambda: nnet.margin_ranking_loss([1], [0], 1, 1.0), TypeError),
        (lambda: nnet.margin_ranking_loss([1.0], [0.0, 1.0], 1, 1.0), ValueError),
        (lambda: nnet.margin_ranking_loss(np.ones((2, 3, 1)), np.ones((2, 3, 1)), 1, 1.0), ValueError),
        (lambda: nnet.margin_ranking_loss(np.ones((2, 3)), np.ones((2, 3)), [1, 1, 1], 1.0), ValueError),
        (lambda: nnet.negative_log_likelihood(P, Y, weights=[1.0, 2.0, 3.0]), ValueError),
    ):
        with pytest.raises(error):
            call()
