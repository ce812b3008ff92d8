"""Initial weights: the moments that the papers ask for, and what is refused."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.nnet import initializers

RANDOM = "normal uniform glorot_normal glorot_uniform he_normal he_uniform".split()
SCALED = RANDOM[2:]
each_random = pytest.mark.parametrize("name", RANDOM)
each_scaled = pytest.mark.parametrize("name", SCALED)


@pytest.fixture(autouse=True)
def _seeded():
    mg.random.seed(0)


@each_scaled
@pytest.mark.parametrize("shape", [(400, 300), (64, 32, 9), (64, 32, 3, 5), (16, 8, 3, 4, 5)])
@pytest.mark.parametrize("gain", [1, 2**0.5])
def test_the_variance_is_that_of_the_paper(name, shape, gain):
    w = getattr(initializers, name)(*shape, gain=gain).data
    window = int(np.prod(shape[2:]))
    fan_in, fan_out = shape[1] * window, shape[0] * window
    variance = gain**2 * (2 / (fan_in + fan_out) if name.startswith("glorot") else 1 / fan_in)
    np.testing.assert_allclose(np.var(w), variance, rtol=0.05)
    np.testing.assert_allclose(np.mean(w), 0.0, atol=4 * np.sqrt(variance / w.size))
    if name.endswith("uniform"):
        bound = np.sqrt(3 * variance)
        assert 0.999 * bound < np.max(np.abs(w)) <= bound * (1 + 1e-6)
    else:
        assert np.max(np.abs(w)) > 3 * np.sqrt(variance)


@each_random
def test_random_weights_are_of_single_precision_and_carry_a_gradient(name):
    w = getattr(initializers, name)(3, 4)
    assert isinstance(w, mg.Tensor)
    assert (w.shape, w.dtype, w.constant) == ((3, 4), np.float32, False)
    assert getattr(initializers, name)(3, 4, dtype=np.float64, constant=True).constant


@each_random
def test_a_shape_may_be_a_tuple(name):
    mg.random.seed(1)
    numbers = getattr(initializers, name)(2, 3)
    mg.random.seed(1)
    np.testing.assert_array_equal(getattr(initializers, name)((2, 3)).data, numbers.data)


@each_random
def test_random_integers_are_refused(name):
    with pytest.raises(ValueError, match="floating-point dtype; got int64"):
        getattr(initializers, name)(2, 2, dtype=np.int64)


@pytest.mark.parametrize("name", [*SCALED, "dirac"])
@pytest.mark.parametrize("shape", [(), (3,), ((3,),)])
def test_weights_of_less_than_two_dimensions_are_refused(name, shape):
    with pytest.raises(ValueError, match="2 dimensions or more"):
        getattr(initializers, name)(*shape)


def test_normal_weights():
    w = initializers.normal(200, 300, mean=5, std=0.5).data
    np.testing.assert_allclose((np.mean(w), np.std(w)), (5, 0.5), rtol=0.01)
    assert initializers.normal(3).shape == (3,)
    with pytest.raises(ValueError, match="at least 0; got -1"):
        initializers.normal(2, 2, std=-1)


def test_uniform_weights():
    w = initializers.uniform(200, 300, lower_bound=-2, upper_bound=1).data
    np.testing.assert_allclose((np.min(w), np.max(w), np.mean(w)), (-2, 1, -0.5), atol=0.02)
    for lower, upper in ((1, 0), (1, 1)):
        with pytest.raises(ValueError, match="lower_bound must be less"):
            initializers.uniform(2, 2, lower_bound=lower, upper_bound=upper)


def test_constant_weights():
    assert initializers.constant(2, 3).data.tolist() == [[0.0] * 3] * 2
    assert initializers.constant((2, 3), value=[1, 2, 3]).data.tolist() == [[1, 2, 3]] * 2
    assert initializers.constant(2, value=1.5, dtype=np.float32).dtype == np.float32
    assert initializers.constant().shape == ()
    assert initializers.constant(2, constant=True).constant


def test_dirac_filters_hand_on_what_they_are_given():
    x = np.random.default_rng(0).normal(size=(1, 2, 6))
    for shape in ((2, 2, 3), (4, 2, 5), (1, 2, 3)):
        y = mg.nnet.conv_nd(x, initializers.dirac(*shape), stride=1, padding=shape[2] // 2).data
        both = min(shape[0], 2)
        np.testing.assert_array_equal(y[:, :both], x[:, :both])
        np.testing.assert_array_equal(y[:, both:], 0.0)
    assert initializers.dirac(2, 3).data.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert initializers.dirac(2, 3).dtype == np.float32


def test_the_identity():
    np.testing.assert_array_equal(initializers.identity(3).data, np.eye(3))
