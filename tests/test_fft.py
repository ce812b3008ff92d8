"""``mygrad.fft``: the transforms of tensors, and what is special about real ones."""

import numpy as np
import pytest

import mygrad as mg


@pytest.mark.parametrize("name", np.fft.__all__)
def test_all_of_numpys_names_are_there_and_give_tensors(name):
    function, theirs = getattr(mg.fft, name), getattr(np.fft, name)
    argument = 6 if name.endswith("freq") else np.arange(6.0).reshape(2, 3)
    result = function(argument)
    assert type(result) is mg.Tensor
    np.testing.assert_array_equal(result.data, theirs(argument))
    assert function(argument, constant=True).constant


def test_the_frequencies_are_differentiable_in_the_spacing():
    d = mg.tensor(0.5)
    frequencies = mg.fft.rfftfreq(4, d)
    np.testing.assert_array_equal(frequencies.data, np.fft.rfftfreq(4, 0.5))
    frequencies.sum().backward()
    assert d.grad == pytest.approx(-frequencies.data.sum() / 0.5)


@pytest.mark.parametrize("n", [4, 5])
def test_imaginary_parts_that_are_ignored_have_no_derivative(n):
    rng = np.random.default_rng(n)
    c = mg.tensor(rng.normal(size=n // 2 + 1) + 1j * rng.normal(size=n // 2 + 1))
    (np.fft.irfft(c, n) * rng.normal(size=n)).sum().backward()
    ignored = [0, n // 2] if n % 2 == 0 else [0]
    assert not c.grad.imag[ignored].any()
    assert np.delete(c.grad.imag, ignored).all()


@pytest.mark.parametrize("n", [6, 7])
@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
def test_there_and_back_the_gradient_is_what_it_was(n, norm):
    x = mg.tensor(np.random.default_rng(0).normal(size=(3, n)))
    g = np.random.default_rng(1).normal(size=(3, n))
    np.fft.irfft(np.fft.rfft(x, norm=norm), n, norm=norm).backward(g)
    np.testing.assert_allclose(x.grad, g, atol=1e-14)
    np.fft.hfft(np.fft.ihfft(x, norm=norm), n, norm=norm).backward(g)
    np.testing.assert_allclose(x.grad, g, atol=1e-14)


def test_the_energy_of_a_signal_is_that_of_its_spectrum():
    x = mg.tensor(np.random.default_rng(0).normal(size=9))
    np.square(np.abs(np.fft.fft(x, norm="ortho"))).sum().backward()
    np.testing.assert_allclose(x.grad, 2.0 * x.data)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.complex64])
def test_single_precision_is_not_left(dtype):
    x = mg.tensor(np.arange(6), dtype=dtype)
    spectrum = np.fft.fftn(x)
    assert spectrum.dtype == np.complex64
    np.abs(spectrum[1:]).sum().backward()
    assert x.grad.dtype == dtype


def test_without_axes_the_tensor_is_given_back_as_a_view():
    x = mg.tensor([[1.0, 2.0]])
    y = np.fft.fftn(x, axes=())
    assert y.base is x
    y[0, 0] = 5.0
    assert x[0, 0] == 5.0


def test_what_numpy_refuses_is_refused():
    x = mg.tensor(np.ones(4))
    for call in (
        lambda a: np.fft.fft(a, 0),
        lambda a: np.fft.fft(a, norm="unheard"),
        lambda a: np.fft.fft2(a),
        lambda a: np.fft.irfft(a[:1]),
        lambda a: np.fft.rfftn(a, (2, 2), (0,)),
        lambda a: np.fft.fft(a, out=np.zeros(3, complex)),
        lambda a: np.fft.rfft(a + 0j),
        lambda a: np.fft.fft(a, out=np.zeros(4)),
    ):
        with pytest.raises(Exception) as theirs:
            call(np.ones(4))
        with pytest.raises(theirs.type):
            call(x)
