"""Layers: figures worked out by hand, cases at the edges, and what is refused."""

import numpy as np
import pytest

import mygrad as mg
from mygrad import nnet

# ------------------------------------------------------------------------------------------------ convolution


def by_definition(x, w, stride, padding, dilation):
    """A convolution of two axes, one product at a time."""
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    places = [
        (size - (n - 1) * d - 1) // s + 1
        for size, n, s, d in zip(x.shape[2:], w.shape[2:], stride, dilation, strict=True)
    ]
    out = np.zeros((len(x), len(w), *places))
    for i, j in np.ndindex(*places):
        for a, b in np.ndindex(*w.shape[2:]):
            seen = x[:, :, i * stride[0] + a * dilation[0], j * stride[1] + b * dilation[1]]
            out[:, :, i, j] += seen @ w[:, :, a, b].T
    return out


@pytest.mark.parametrize("stride", [(1, 1), (2, 1)])
@pytest.mark.parametrize("padding", [(0, 0), (1, 2)])
@pytest.mark.parametrize("dilation", [(1, 1), (2, 3)])
def test_convolution_is_what_its_definition_says(stride, padding, dilation):
    rng = np.random.default_rng(0)
    x, w = mg.tensor(rng.normal(size=(2, 3, 7, 6))), mg.tensor(rng.normal(size=(4, 3, 3, 2)))
    y = nnet.conv_nd(x, w, stride=stride, padding=padding, dilation=dilation)
    expected = by_definition(x.data, w.data, stride, padding, dilation)
    np.testing.assert_allclose(y.data, expected, atol=1e-13)
    assert y.data.flags.c_contiguous
    g = rng.normal(size=y.shape)
    y.backward(g)
    # It is linear in each: the products with the cotangent agree along any direction.
    for t, moved in (
        (x, lambda d: by_definition(d, w.data, stride, padding, dilation)),
        (w, lambda d: by_definition(x.data, d, stride, padding, dilation)),
    ):
        direction = rng.normal(size=t.shape)
        np.testing.assert_allclose(np.sum(t.grad * direction), np.sum(g * moved(direction)))


def test_a_dilated_filter_that_just_fits():
    y = nnet.conv_nd(np.array([[[1.0, 2.0, 4.0]]]), np.array([[[1.0, 10.0]]]), stride=1, dilation=2)
    assert y.data.tolist() == [[[41.0]]]


def test_one_number_stands_for_all_axes():
    x, w = np.ones((1, 1, 5, 5)), np.ones((1, 1, 3, 3))
    one = nnet.conv_nd(x, w, stride=2, padding=1, dilation=1)
    each = nnet.conv_nd(x, w, stride=(2, 2), padding=(1, 1), dilation=(1, 1))
    np.testing.assert_array_equal(one.data, each.data)
    assert one.data.tolist() == [[[[4.0, 6.0, 4.0], [6.0, 9.0, 6.0], [4.0, 6.0, 4.0]]]]


def test_convolution_keeps_float32():
    x, w = mg.tensor(np.ones((1, 1, 3)), dtype=np.float32), mg.tensor(np.ones((1, 1, 2)), dtype=np.float32)
    y = nnet.conv_nd(x, w, stride=1, padding=1)
    y.backward()
    assert (y.dtype, x.grad.dtype, w.grad.dtype) == (np.float32,) * 3


@pytest.mark.parametrize(
    ("x", "w", "options", "error", "message"),
    [
        ((1, 4), (1, 2), {"stride": 1}, ValueError, r"3 dimensions or more; got \(1, 4\)"),
        ((1, 1, 4), (1, 1, 2, 2), {"stride": 1}, ValueError, "with 3 dimensions"),
        ((1, 1, 4), (1, 2, 2), {"stride": 1}, ValueError, r"\(F, 1, \*window\).*got \(1, 2, 2\)"),
        ((1, 1, 4), (1, 1, 0), {"stride": 1}, ValueError, "at least 1"),
        ((1, 1, 4), (1, 1, 2), {"stride": 3}, ValueError, r"in steps of 3.*lengths are \(4,\)"),
        ((1, 1, 4), (1, 1, 5), {"stride": 1}, ValueError, "span 5 elements"),
        ((1, 1, 4), (1, 1, 3), {"stride": 1, "dilation": 2}, ValueError, "span 5 elements"),
        ((1, 1, 4), (1, 1, 2), {"stride": 0}, ValueError, "stride must be a positive integer"),
        ((1, 1, 4), (1, 1, 2), {"stride": (1, 1)}, ValueError, "one for each of the 1 axes"),
        ((1, 1, 4), (1, 1, 2), {"stride": 1.5}, TypeError, "stride must be"),
        (
            (1, 1, 4),
            (1, 1, 2),
            {"stride": 1, "padding": -1},
            ValueError,
            "padding must be an integer of at least 0",
        ),
        ((1, 1, 4), (1, 1, 2), {"stride": 1, "dilation": 0}, ValueError, "dilation must be"),
    ],
)
def test_convolutions_that_do_not_fit_are_refused(x, w, options, error, message):
    with pytest.raises(error, match=message):
        nnet.conv_nd(mg.tensor(np.ones(x)), np.ones(w), **options)


# ---------------------------------------------------------------------------------------------------- pooling


def test_pooling():
    x = mg.tensor(np.arange(16.0).reshape(1, 1, 4, 4))
    y = nnet.max_pool(x, (2, 2), (1, 2))
    y.backward()
    assert y.data.tolist() == [[[[5.0, 7.0], [9.0, 11.0], [13.0, 15.0]]]]
    assert x.grad.tolist() == [[[[0.0] * 4, *[[0.0, 1.0, 0.0, 1.0]] * 3]]]


def test_what_ties_in_a_window_shares():
    x = mg.tensor([[3.0, 3.0], [1.0, 3.0]])
    nnet.max_pool(x, (2, 2), 1).backward()
    np.testing.assert_allclose(x.grad, [[1 / 3, 1 / 3], [0, 1 / 3]])


def test_an_element_of_several_windows_gets_a_share_of_each():
    x = mg.tensor([1.0, 5.0, 5.0, 2.0])
    nnet.max_pool(x, (2,), 1).backward([1.0, 10.0, 100.0])
    assert x.grad.tolist() == [0.0, 6.0, 105.0, 0.0]


def test_a_nan_is_the_greatest():
    x = mg.tensor([1.0, np.nan, 2.0, 3.0])
    y = nnet.max_pool(x, (2,), 2)
    y.backward([1.0, 10.0])
    np.testing.assert_array_equal(y.data, [np.nan, 3.0])
    assert x.grad.tolist() == [0.0, 1.0, 0.0, 10.0]


def test_what_a_window_left_out_does_not_speak():
    x = mg.tensor([0.0, 4.0])
    nnet.max_pool(np.sqrt(x), (2,), 1).backward()
    assert x.grad.tolist() == [0.0, 0.25]


@pytest.mark.parametrize(
    ("pool", "stride", "error", "message"),
    [
        (2, 2, TypeError, "pool must be a sequence"),
        ([2.0, 2], 1, TypeError, "pool must be a sequence"),
        ((0, 2), 1, ValueError, "positive lengths"),
        ((2,) * 5, 1, ValueError, "as many axes as the data has"),
        ((3, 3), 2, ValueError, "in steps of 2"),
        ((5, 5), 1, ValueError, "span 5 elements"),
        ((2, 2), 0, ValueError, "stride must be"),
        ((2, 2), (1, 2, 3), ValueError, "each of the 2 axes"),
        ((2, 2), 1.5, TypeError, "stride must be"),
    ],
)
def test_pools_that_do_not_fit_are_refused(pool, stride, error, message):
    with pytest.raises(error, match=message):
        nnet.max_pool(mg.tensor(np.ones((1, 1, 4, 4))), pool, stride)


# ---------------------------------------------------------------------------------------------- normalization


def test_channels_have_mean_0_and_variance_1():
    x = mg.tensor(np.random.default_rng(0).normal(3.0, 2.0, size=(6, 3, 4, 5)))
    y = nnet.batchnorm(x, eps=0.0)
    np.testing.assert_allclose(np.mean(y.data, axis=(0, 2, 3)), 0.0, atol=1e-14)
    np.testing.assert_allclose(np.var(y.data, axis=(0, 2, 3)), 1.0)
    y.sum().backward()  # the sum is 0 whatever x is
    np.testing.assert_allclose(x.grad, 0.0, atol=1e-14)


def test_normalization_with_learnt_weights():
    x, gamma, beta = mg.tensor(np.arange(6.0).reshape(2, 3)), mg.tensor(np.ones(3)), mg.tensor(np.ones(3))
    y = nnet.batchnorm(x, gamma=gamma, beta=beta, eps=0.0) ** 2
    y.backward()
    np.testing.assert_allclose(y.data, [[0.0] * 3, [4.0] * 3], atol=1e-15)
    np.testing.assert_allclose(gamma.grad, [4.0] * 3)
    np.testing.assert_allclose(beta.grad, [4.0] * 3)
    np.testing.assert_allclose(x.grad, 0.0, atol=1e-14)


def test_data_without_variance_is_divided_by_something():
    x = mg.tensor(np.ones((4, 2)))
    y = nnet.batchnorm(x, eps=1e-5)
    y[0, 0].backward()
    np.testing.assert_array_equal(y.data, 0.0)
    np.testing.assert_allclose(x.grad[:, 0], np.array([3, -1, -1, -1]) / 4 / np.sqrt(1e-5))


@pytest.mark.parametrize(
    ("shape", "options", "error", "message"),
    [
        ((3,), {"eps": 0.1}, ValueError, "2 dimensions or more"),
        ((2, 3), {"eps": 0.1, "gamma": [1.0, 2.0]}, ValueError, r"gamma must have .* \(3,\); got \(2,\)"),
        ((2, 3), {"eps": 0.1, "beta": 1.0}, ValueError, r"beta must have .* \(3,\); got \(\)"),
        ((2, 3), {"eps": "a"}, TypeError, "eps must be a real number"),
        ((2, 3), {}, TypeError, "eps"),
    ],
)
def test_normalizations_that_do_not_fit_are_refused(shape, options, error, message):
    with pytest.raises(error, match=message):
        nnet.batchnorm(mg.tensor(np.ones(shape)), **options)


# ------------------------------------------------------------------------------------------------- recurrence

T, N, C, D = 5, 2, 3, 2


def unit():
    """Inputs and weights of a gated recurrent unit, in the order of the arguments."""
    rng = np.random.default_rng(0)
    X, *weights = (rng.normal(size=s) for s in ((T, N, C), (3, C, D), (3, D, D), (3, D)))
    return [mg.tensor(X), *(mg.tensor(part[gate]) for gate in range(3) for part in weights)]


def test_truncation_leaves_the_values_alone():
    expected = nnet.gru(*unit()).data
    for limit in range(T):
        np.testing.assert_allclose(nnet.gru(*unit(), bp_lim=limit).data, expected)


@pytest.mark.parametrize("limit", range(T))
def test_a_state_depends_on_as_many_steps_back_as_allowed(limit):
    X, *weights = unit()
    nnet.gru(X, *weights, bp_lim=limit)[-1].backward()
    reached = np.any(X.grad != 0, axis=(1, 2))
    np.testing.assert_array_equal(reached, np.arange(T) >= T - 1 - limit)


def test_truncation_after_all_steps_is_none():
    whole, limited = unit(), unit()
    g = np.random.default_rng(1).normal(size=(T + 1, N, D))
    nnet.gru(*whole).backward(g)
    nnet.gru(*limited, bp_lim=T - 1).backward(g)
    for a, b in zip(whole, limited, strict=True):
        np.testing.assert_allclose(a.grad, b.grad)


def test_truncated_derivatives_are_those_of_each_state_from_constants():
    # The derivatives of the last state, with the state two steps before as a constant.
    limited, short = unit(), unit()
    states = nnet.gru(*limited, bp_lim=1)
    states[-1].backward()
    nnet.gru(short[0][-2:], *short[1:], s0=states.data[-3])[-1].backward()
    for a, b in zip(limited, short, strict=True):
        np.testing.assert_allclose(a.grad, b.grad)


def test_the_initial_state_has_a_derivative():
    X, *weights = unit()
    s0 = mg.tensor(np.full((N, D), 0.5))
    states = nnet.gru(X, *weights, s0=s0)
    np.testing.assert_array_equal(states.data[0], s0.data)
    states[0].backward()
    np.testing.assert_array_equal(s0.grad, 1.0)


def test_dropout_leaves_the_mean_and_repeats_with_the_seed():
    X, *weights = unit()
    mg.random.seed(0)
    first = nnet.gru(X, *weights, dropout=0.5).data
    mg.random.seed(0)
    np.testing.assert_array_equal(nnet.gru(X, *weights, dropout=0.5).data, first)
    assert not np.allclose(nnet.gru(X, *weights, dropout=0.5).data, first)
    # With gates shut and small weights a state is the sum of the inputs that were kept, twice as large.
    zeros, shut = np.zeros((2, 2)), np.full(2, -50.0)
    states = nnet.gru(
        np.ones((3, 500, 2)),
        zeros,
        zeros,
        shut,
        zeros,
        zeros,
        shut,
        np.eye(2) * 1e-4,
        zeros,
        shut * 0,
        dropout=0.5,
    )
    kept = states.data[1:] / 1e-4
    np.testing.assert_allclose(np.minimum(kept, np.abs(kept - 2)), 0.0, atol=1e-6)
    np.testing.assert_allclose(kept[0], kept[2])
    np.testing.assert_allclose(np.mean(kept), 1.0, atol=0.1)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"bp_lim": T}, ValueError, "less than the 5 steps; got 5"),
        ({"bp_lim": -1}, ValueError, "at least 0"),
        ({"bp_lim": 1.5}, TypeError, "integer"),
        ({"dropout": 1.0}, ValueError, "less than 1; got 1.0"),
        ({"dropout": -0.1}, ValueError, "at least 0"),
        ({"s0": np.zeros((N, 3))}, ValueError, r"s0 must have the shape \(2, 2\); got \(2, 3\)"),
        ({"Wr": np.zeros((D, 3))}, ValueError, r"Wr must have the shape \(2, 2\).*got \(2, 3\)"),
        ({"Uh": np.zeros((D, D))}, ValueError, r"Uh must have the shape \(3, 2\)"),
        ({"bh": np.zeros(3)}, ValueError, r"bh must have the shape \(2,\)"),
        ({"X": np.zeros((T, N))}, ValueError, r"\(T, N, C\).*got \(5, 2\)"),
    ],
)
def test_units_that_do_not_fit_are_refused(options, error, message):
    names = "X Uz Wz bz Ur Wr br Uh Wh bh".split()
    with pytest.raises(error, match=message):
        nnet.gru(**{**dict(zip(names, unit(), strict=True)), **options})
