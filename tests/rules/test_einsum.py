"""Large products of two operands are computed by BLAS: NumPy's values, layout and errors must stay."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.rules import einsum
from mygrad.rules.einsum import large_product

random = np.random.default_rng(0)
A = random.normal(size=(50, 60))
B = random.normal(size=(60, 70))
STACK = random.normal(size=(2, 3, 40, 50))


@pytest.mark.parametrize(
    ("subscripts", "a", "b"),
    [
        ("ij,jk->ik", A, B),
        ("i j, j k", A, B),
        ("ij,kj->ik", A, random.normal(size=(70, 60))),
        ("bhqd,bhkd->bhqk", STACK, random.normal(size=(2, 3, 45, 50))),
        ("...qk,...kd->...qd", STACK, random.normal(size=(2, 3, 50, 7))),
        ("ij,jk->ik", A.astype("F"), B.astype("F")),
    ],
)
def test_a_large_product_has_the_values_and_the_layout_of_numpy(subscripts, a, b):
    assert large_product(subscripts, a, b) is not None
    expected = np.einsum(subscripts, a, b)
    result = np.einsum(subscripts, mg.tensor(a), mg.tensor(b)).data
    np.testing.assert_allclose(result, expected, rtol=1e-4 if a.dtype == "F" else 1e-12, atol=1e-5)
    assert result.strides == expected.strides
    assert result.dtype == expected.dtype


@pytest.mark.parametrize(
    ("subscripts", "a", "b"),
    [
        ("ij,jk->ki", A, B),
        ("ij,jk->ik", A.T.copy().T, B),
        ("ij,jk->ik", A, B.astype("f")),
        ("ij,jk->ik", A, random.normal(size=(1, 700))),
        ("ij,jk->k", A, B),
        ("ii,ij->ij", random.normal(size=(60, 60)), B),
    ],
)
def test_what_is_no_such_product_is_left_to_numpy(subscripts, a, b):
    assert large_product(subscripts, a, b) is None
    expected = np.einsum(subscripts, a, b)
    result = np.einsum(subscripts, mg.tensor(a), mg.tensor(b)).data
    np.testing.assert_array_equal(result, expected)
    assert result.strides == expected.strides


@pytest.mark.parametrize("subscripts", ["ij,jkl->ik", "ij->ij", "ij,jk,kl->il", "ij,jk->iz", "ij,ik->jk", ""])
def test_the_error_of_a_large_wrong_product_is_that_of_numpy(subscripts):
    with pytest.raises(ValueError) as of_numpy:
        np.einsum(subscripts, A, B)
    with pytest.raises(ValueError) as ours:
        np.einsum(subscripts, mg.tensor(A), B)
    assert str(ours.value) == str(of_numpy.value)


def test_the_cotangent_of_a_constant_is_not_computed(monkeypatch):
    computed = []

    def counted(*args):
        computed.append(args[-1])
        return operand_vjp(*args)

    operand_vjp = einsum.operand_vjp
    monkeypatch.setattr(einsum, "operand_vjp", counted)
    x, w = mg.tensor(np.ones((3, 4))), np.ones((3, 4))
    np.einsum("ij,ij,j->i", w, x, w[0]).sum().backward()
    assert computed == [1]


def test_a_view_is_one_whatever_else_was_asked_for():
    x = mg.tensor(np.arange(6.0).reshape(2, 3)) * 1.0
    y = np.einsum("ij->ji", x, order="K")
    assert y.base is x
    x[0, 0] = 100.0
    (y**2).sum().backward()
    np.testing.assert_array_equal(x.grad, 2 * x.data)
