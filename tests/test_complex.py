"""For a real loss L the gradient of a complex tensor is dL/d(re z) + i dL/d(im z), which descends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mygrad as mg

Z = np.array([1.0 + 2.0j, -0.5 + 0.25j, 3.0 - 1.0j])
W = np.array([0.5 - 1.5j, 2.0 + 1.0j, -1.0 - 0.75j])
R = np.array([0.5, -1.5, 2.0])


def descent(loss, z):
    """dL/d(re z) + i dL/d(im z) by central differences, or the plain derivative of a real array."""
    grad = np.zeros_like(z)
    step = 1e-6
    for i in np.ndindex(z.shape):
        for unit in (1.0, 1j) if np.iscomplexobj(z) else (1.0,):
            e = np.zeros_like(z)
            e[i] = step * unit
            grad[i] += unit * (loss(z + e) - loss(z - e)) / (2 * step)
    return grad


def check(loss, *arrays):
    tensors = [mg.tensor(a) for a in arrays]
    result = loss(*tensors)
    np.testing.assert_allclose(result.data, loss(*arrays))
    result.backward()
    for k, (t, a) in enumerate(zip(tensors, arrays, strict=True)):

        def alone(v, k=k):
            return loss(*arrays[:k], v, *arrays[k + 1 :])

        assert t.grad.dtype == a.dtype
        np.testing.assert_allclose(t.grad, descent(alone, a), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128, np.clongdouble])
def test_complex_data_makes_a_variable(dtype):
    z = mg.tensor(Z.astype(dtype))
    assert z.dtype == dtype
    assert z.constant is False
    assert mg.tensor([1 + 2j]).dtype == np.complex128
    assert mg.tensor(Z, constant=True).constant is True
    y = z * 2
    assert y.dtype == dtype
    y.backward()
    assert z.grad.dtype == dtype


def test_the_square_of_the_modulus():
    for loss in (
        lambda z: np.sum(np.abs(z) ** 2),
        lambda z: np.sum(np.real(z * np.conj(z))),
        lambda z: np.sum(z.real**2 + z.imag**2),
        lambda z: (z * z.conj()).real.sum(),
    ):
        z = mg.tensor(Z)
        loss(z).backward()
        np.testing.assert_allclose(z.grad, 2 * Z)


def test_gradient_descent_descends():
    z = mg.tensor(Z)
    for _ in range(50):
        loss = np.sum(np.abs(z - W) ** 2)
        loss.backward()
        z.data -= 0.25 * z.grad
    np.testing.assert_allclose(z.data, W)


LOSSES = {
    "real": lambda z: np.sum(np.real(z) * R),
    "imag": lambda z: np.sum(np.imag(z) * R),
    "abs": lambda z: np.sum(np.abs(z) * R),
    "angle": lambda z: np.sum(np.angle(z) * R),
    "conj": lambda z: np.sum(np.real(np.conj(z) * W)),
    "square": lambda z: np.sum(np.imag(z**2)),
    "power": lambda z: np.sum(np.real(z**3)),
    "reciprocal": lambda z: np.sum(np.real(1 / z)),
    "divide": lambda z: np.sum(np.real(W / z)),
    "exp": lambda z: np.sum(np.imag(np.exp(z))),
    "log": lambda z: np.sum(np.real(np.log(z) * W)),
    "sqrt": lambda z: np.sum(np.imag(np.sqrt(z))),
    "sin": lambda z: np.sum(np.real(np.sin(z))),
    "tanh": lambda z: np.sum(np.real(np.tanh(z) * W)),
    "sum and mean": lambda z: np.real(np.sum(z) * np.mean(z)),
    "prod": lambda z: np.real(np.prod(z)),
    "cumsum": lambda z: np.sum(np.real(np.cumsum(z) * W)),
    "getitem": lambda z: np.real(z[0] * z[-1]),
    "reshape": lambda z: np.sum(np.real(z.reshape(3, 1) * W)),
    "where": lambda z: np.sum(np.real(np.where(R > 0, z * z, W))),
    "concatenate": lambda z: np.sum(np.real(np.concatenate([z, W * z])) * np.arange(6.0)),
    "matmul": lambda z: np.real(z @ W),
    "vdot": lambda z: np.imag(np.vdot(z, W)),
    "vdot reversed": lambda z: np.real(np.vdot(W, z)),
    "fft": lambda z: np.sum(np.abs(np.fft.fft(z)) ** 2 * R),
    "method real": lambda z: np.sum(z.real * R),
    "method imag": lambda z: np.sum(z.imag * R),
    "method conj": lambda z: np.sum(np.real(z.conj() * W)),
    "method conjugate": lambda z: np.sum(np.real(z.conjugate() * W)),
    "outer": lambda z: np.real(np.sum(np.multiply.outer(z, z) * np.multiply.outer(W, R))),
}


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_of_real_losses(name):
    check(LOSSES[name], Z)


MIXED = {
    "multiply": lambda z, r: np.sum(np.real(z * r * W)),
    "add": lambda z, r: np.sum(np.real((z + r) * W)),
    "subtract": lambda z, r: np.sum(np.imag((r - z) * W)),
    "divide": lambda z, r: np.sum(np.real(z / r * W)),
    "divide reversed": lambda z, r: np.sum(np.real(r / z * W)),
    "power": lambda z, r: np.sum(np.real(z ** (r * r) * W)),
    "polar": lambda z, r: np.sum(np.real(np.exp(1j * r) * z)),
    "matmul": lambda z, r: np.imag(z @ r),
    "where": lambda z, r: np.sum(np.real(np.where(np.array([True, False, True]), z, r) * W)),
    "stack": lambda z, r: np.sum(np.real(np.stack([z, r]) * W)),
    "broadcast": lambda z, r: np.sum(np.real(z[:, None] * r[None] * W[:, None])),
}


@pytest.mark.parametrize("name", MIXED)
def test_a_real_operand_gets_a_real_gradient(name):
    check(MIXED[name], Z, R)


def test_holomorphic_functions_follow_the_conjugate_of_the_plain_derivative():
    z = mg.tensor(Z)
    (W * z).backward()
    np.testing.assert_allclose(z.grad, W.conj())
    w = mg.tensor(Z)
    y = W * w
    y.backward(1j)
    np.testing.assert_allclose(y.grad, np.full(3, 1j))
    np.testing.assert_allclose(w.grad, W.conj() * 1j)


def test_writes_and_views():
    def loss(z, r):
        y = z * 1.0
        y[0] = y[1] * y[2]
        v = y[1:]
        v *= r[:2]
        y[2] = r[2]
        return np.sum(np.real(y * W))

    check(loss, Z, R)


def test_parts_are_views_of_the_tensor_as_they_are_of_the_array():
    z = mg.tensor(Z)
    assert np.shares_memory(z.real.data, z.data)
    assert np.shares_memory(z.imag.data, z.data)


def test_a_part_that_is_written_changes_the_whole():
    def loss(z, r):
        y = z * 1.0
        y.real[...] = r
        y.imag *= 2.0
        return np.sum(np.real(y * y * W))

    z, r = mg.tensor(Z), mg.tensor(R)
    result = loss(z, r)
    np.testing.assert_allclose(result.data, np.sum(np.real((R + 2j * Z.imag) ** 2 * W)))
    check(loss, Z, R)


@pytest.mark.parametrize("part", ["real", "imag"])
def test_parts_can_be_assigned_as_numpys(part):
    z, r = mg.tensor(Z), mg.tensor(R)
    y, expected = z * 1.0, Z * 1.0
    setattr(y, part, r)
    setattr(expected, part, R)
    np.testing.assert_array_equal(y.data, expected)
    (y * W).real.sum().backward()
    np.testing.assert_allclose(r.grad, W.real if part == "real" else -W.imag)


def test_a_complex_value_does_not_fit_into_a_real_tensor():
    x, z = mg.tensor([1.0, 2.0, 3.0]), mg.tensor(Z)
    with pytest.raises(TypeError):
        x += z
    with pytest.raises(TypeError):
        x[0] = 1j
    with pytest.raises(TypeError):
        np.multiply(z, 2.0, out=x)
    assert x.data.tolist() == [1.0, 2.0, 3.0]


def test_a_real_value_fits_into_a_complex_tensor():
    x, y = mg.tensor(R), mg.tensor(Z) * 1.0
    y[...] = x * 1j
    y.imag.sum().backward()
    np.testing.assert_allclose(x.grad, [1.0, 1.0, 1.0])
    assert x.grad.dtype == np.float64


def test_astype_to_complex_and_its_parts_are_differentiable():
    x = mg.tensor(R)
    y = x.astype(complex)
    assert y.dtype == np.complex128
    np.real(y * W).sum().backward()
    np.testing.assert_allclose(x.grad, W.real)
    assert x.grad.dtype == np.float64


def test_comparisons_and_predicates_are_numpys():
    z = mg.tensor(Z)
    np.testing.assert_array_equal(z == Z, [True, True, True])
    assert np.iscomplexobj(z)
    assert np.isrealobj(mg.tensor(R))
    np.testing.assert_array_equal(np.iscomplex(z), [True, True, True])


def test_the_modulus_at_zero_has_the_gradient_of_least_norm():
    z = mg.tensor([0j, 3 + 4j])
    np.abs(z).sum().backward()
    np.testing.assert_allclose(z.grad, [0.0, 0.6 + 0.8j])


def test_real_and_conj_of_real_tensors_are_themselves():
    x = mg.tensor(R)
    for f in (np.real, np.conj, lambda t: t.real, lambda t: t.conj()):
        y = f(x)
        np.testing.assert_array_equal(y.data, R)
        (y * W.real).sum().backward()
        np.testing.assert_array_equal(x.grad, W.real)
    np.testing.assert_array_equal(mg.asarray(x.imag), [0.0, 0.0, 0.0])


parts = st.floats(-3, 3).filter(lambda v: abs(v) > 0.1)


@given(a=parts, b=parts, c=parts, d=parts)
def test_the_cauchy_riemann_equations_hold(a, b, c, d):
    """A holomorphic f: the gradient of Re f is conj(f'), and that of Im f is i conj(f')."""
    w = complex(c, d)
    f, slope = (lambda z: z * z * w + w / z), 2 * complex(a, b) * w - w / complex(a, b) ** 2
    z = mg.tensor(complex(a, b))
    f(z).real.backward()
    np.testing.assert_allclose(z.grad, np.conj(slope), rtol=1e-9, atol=1e-9)
    f(z).imag.backward()
    np.testing.assert_allclose(z.grad, 1j * np.conj(slope), rtol=1e-9, atol=1e-9)
