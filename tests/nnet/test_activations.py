"""Activations at the points that matter: kinks, large numbers, integers; and what they refuse."""

import numpy as np
import pytest

import mygrad as mg
from mygrad import nnet

INF, NAN = np.inf, np.nan
X = [-2.0, -0.5, 0.0, 0.5, 3.0]

# The values and derivatives that MyGrad 2.5 gives, with ours at kinks where they differ.
ANSWERS = {
    "elu": (
        lambda x: nnet.elu(x, 0.7),
        [-0.6052653, -0.27542854, 0.0, 0.5, 3.0],
        [0.0947347, 0.42457146, 1.0, 1.0, 1.0],
    ),
    "selu": (
        nnet.selu,
        [-1.52016647, -0.69175819, 0.0, 0.52535049, 3.15210296],
        [0.23793287, 1.06634115, 1.05070099, 1.05070099, 1.05070099],
    ),
    "leaky_relu": (
        lambda x: nnet.leaky_relu(x, 0.1),
        [-0.2, -0.05, 0.0, 0.5, 3.0],
        [0.1, 0.1, 0.0, 1.0, 1.0],
    ),
    "relu": (nnet.relu, [0.0, 0.0, 0.0, 0.5, 3.0], [0.0, 0.0, 0.0, 1.0, 1.0]),
    "soft_sign": (
        nnet.soft_sign,
        [-0.66666667, -0.33333333, 0.0, 0.33333333, 0.75],
        [0.11111111, 0.44444444, 1.0, 0.44444444, 0.0625],
    ),
    "sigmoid": (
        nnet.sigmoid,
        [0.11920292, 0.37754067, 0.5, 0.62245933, 0.95257413],
        [0.10499359, 0.23500371, 0.25, 0.23500371, 0.04517666],
    ),
    "hard_tanh": (nnet.hard_tanh, [-1.0, -0.5, 0.0, 0.5, 1.0], [0.0, 1.0, 1.0, 1.0, 0.0]),
    "softmax": (nnet.softmax, [0.00576481, 0.02583606, 0.04259647, 0.0702297, 0.85557296], [0.0] * 5),
    "logsoftmax": (
        nnet.logsoftmax,
        [-5.15598391, -3.65598391, -3.15598391, -2.65598391, -0.15598391],
        [0.97117597, 0.87081968, 0.78701765, 0.64885148, -3.27786478],
    ),
    "tanh": (nnet.tanh, np.tanh(X), 1 - np.tanh(X) ** 2),
}


def derivative(f, *values):
    x = mg.tensor(values)
    f(x).sum().backward()
    return x.grad.tolist()


@pytest.mark.parametrize("name", ANSWERS)
def test_an_activation_and_its_derivative(name):
    function, values, slopes = ANSWERS[name]
    x = mg.tensor(X)
    y = function(x)
    y.backward()
    np.testing.assert_allclose(y.data, values, atol=1e-8)
    np.testing.assert_allclose(x.grad, slopes, atol=1e-8)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_activation_takes_lists_and_keeps_float32(name):
    function = ANSWERS[name][0]
    of_a_list = function(X)
    assert of_a_list.constant
    assert not function([mg.tensor(1.0), 2.0]).constant
    assert function(mg.tensor(X, dtype=np.float32)).dtype == np.float32
    np.testing.assert_array_equal(of_a_list.data, function(mg.tensor(X)).data)


@pytest.mark.parametrize("name", sorted(set(ANSWERS) - {"tanh"}))
def test_an_activation_refuses_complex_numbers(name):
    with pytest.raises(TypeError, match="complex128"):
        ANSWERS[name][0](mg.tensor([1j, 2.0]))


def test_a_constant_is_one_if_asked_for():
    x = mg.tensor([1.0, 2.0])
    for function in (
        nnet.relu,
        nnet.selu,
        nnet.softmax,
        nnet.logsoftmax,
        nnet.sigmoid,
        nnet.hard_tanh,
        nnet.glu,
    ):
        assert not function(x).constant
        assert function(x, constant=True).constant


def test_integers_stay_integers_where_the_answers_are():
    whole = [-2, 0, 3]
    for function in (nnet.relu, nnet.hard_tanh, lambda x: nnet.leaky_relu(x, 2)):
        assert function(whole).dtype.kind == "i"
    for function in (nnet.softmax, nnet.logsoftmax, nnet.sigmoid, nnet.selu, nnet.soft_sign):
        assert function(whole).dtype == np.float64
        assert function(mg.tensor(whole)).constant


def test_nothing_overflows_far_from_zero():
    with np.errstate(all="raise", under="ignore"):
        for function in (nnet.sigmoid, nnet.selu, nnet.softmax, nnet.logsoftmax, nnet.soft_sign):
            x = mg.tensor([-1000.0, 1000.0])
            y = function(x)
            y.backward([1.0, 2.0])
            assert np.isfinite(y.data).all()
            assert np.isfinite(x.grad).all()


def test_infinities_have_their_limits():
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(nnet.relu([-INF, INF]).data, [0, INF])
        np.testing.assert_array_equal(nnet.sigmoid([-INF, INF]).data, [0, 1])
        np.testing.assert_array_equal(nnet.elu([-INF, INF], 0.5).data, [-0.5, INF])
        np.testing.assert_array_equal(nnet.softmax([-INF, 0.0]).data, [0, 1])


def test_small_values_of_the_sigmoid_are_accurate():
    np.testing.assert_allclose(nnet.sigmoid([-700.0, -40.0]).data, np.exp([-700.0, -40.0]), rtol=1e-14)


def test_nan_is_not_hidden():
    for function in (nnet.relu, nnet.sigmoid, nnet.selu, lambda x: nnet.leaky_relu(x, 0.1), nnet.hard_tanh):
        assert np.isnan(function([NAN]).data).all()
    assert derivative(lambda x: nnet.relu(x) * 3.0, NAN) == [3.0]
    assert derivative(lambda x: nnet.leaky_relu(x, 0.1), NAN) == [1.0]


def test_a_steep_function_of_what_relu_left_out_has_no_derivative_there():
    assert derivative(lambda x: np.sqrt(nnet.relu(x)), -1.0, 0.0, 4.0) == [0.0, 0.0, 0.25]


def test_hard_tanh_shares_ties_with_its_bounds():
    assert derivative(nnet.hard_tanh, -1.0, 0.0, 1.0) == [0.5, 1.0, 0.5]
    assert nnet.hard_tanh([-9.0, 9.0], lower_bound=-2, upper_bound=0.5).data.tolist() == [-2.0, 0.5]


def test_the_softmax_of_one_number_is_one():
    x = mg.tensor(3.0)
    y = nnet.softmax(x)
    y.backward()
    assert (float(y), float(x.grad)) == (1.0, 0.0)


def test_the_axes_of_a_softmax():
    x = np.arange(12.0).reshape(2, 3, 2)
    for axis in (0, 1, -1, (0, 2), None):
        np.testing.assert_allclose(np.sum(nnet.softmax(x, axis).data, axis=axis), 1.0)
        np.testing.assert_allclose(np.exp(nnet.logsoftmax(x, axis).data), nnet.softmax(x, axis).data)
    with pytest.raises(np.exceptions.AxisError):
        nnet.softmax(x, 3)


@pytest.mark.parametrize("value", ["a", 1j, None, np.array([1.0]), [0.1]])
def test_a_parameter_must_be_a_real_number(value):
    for call in (
        lambda: nnet.elu([1.0], value),
        lambda: nnet.leaky_relu([1.0], value),
        lambda: nnet.hard_tanh([1.0], lower_bound=value),
        lambda: nnet.hard_tanh([1.0], upper_bound=value),
    ):
        with pytest.raises(TypeError, match="must be a real number"):
            call()


def test_a_parameter_may_be_of_dimension_0():
    x = mg.tensor([-1.0], dtype=np.float32)
    for slope in (np.float64(0.5), np.array(0.5), mg.tensor(0.5, constant=True)):
        y = nnet.leaky_relu(x, slope)
        assert (y.dtype, y.data.tolist()) == (np.float32, [-0.5])


def test_a_parameter_that_carries_a_gradient_is_refused():
    slope = mg.tensor(0.5)
    with pytest.raises(TypeError, match=r"slope has no derivative here.*slope\.data"):
        nnet.leaky_relu([1.0], slope)
    assert float(nnet.leaky_relu([-1.0], slope.data).item()) == -0.5


def test_glu_needs_two_halves():
    with pytest.raises(ValueError, match=r"length is 5, an odd number; its shape is \(5,\)"):
        nnet.glu(mg.tensor(X))
    x = mg.tensor(X[:4])
    y = nnet.glu(x)
    y.backward()
    np.testing.assert_allclose(y.data, [-1.0, -0.31122967], rtol=1e-7)
    np.testing.assert_allclose(x.grad, [0.5, 0.62245933, -0.5, -0.11750186], rtol=1e-7)


def test_tanh_is_the_ufunc():
    assert nnet.tanh is mg.tanh
