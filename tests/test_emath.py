"""``mygrad.emath``: real functions that go on outside of their real domain."""

import numpy as np
import pytest

import mygrad as mg


@pytest.mark.parametrize("name", np.emath.__all__)
def test_all_of_numpys_names_are_there_and_give_tensors(name):
    arguments = {"logn": (2.0, [-1.5, 0.5]), "power": ([-0.5], [1.5])}.get(name, ([-1.5, 0.5],))
    result = getattr(mg.emath, name)(*arguments)
    assert type(result) is mg.Tensor
    np.testing.assert_array_equal(result.data, getattr(np.emath, name)(*arguments))
    assert getattr(mg.emath, name)(*arguments, constant=True).constant


def test_a_root_of_a_negative_number_has_a_gradient():
    x = mg.tensor([-4.0, 9.0])
    root = mg.emath.sqrt(x)
    np.testing.assert_array_equal(root.data, [2j, 3.0])
    np.sum(root.imag + root.real).backward()
    np.testing.assert_allclose(x.grad, [-0.25, 1 / 6])
