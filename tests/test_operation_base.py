"""Operations of one's own."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.errors import InvalidGradient
from mygrad.operation_base import Operation, execute_op


class Multiply(Operation):
    def __call__(self, x, y):
        self.variables = (x, y)
        return x.data * y.data

    def backward_var(self, grad, index, **kwargs):
        x, y = self.variables
        return grad * (y.data if index == 0 else x.data)


def test_an_operation_is_differentiable_and_broadcasting_is_undone():
    x, y = mg.tensor(2.0), mg.tensor([1.0, 2.0])
    execute_op(Multiply, x, y).backward()
    assert x.grad == 3.0
    assert y.grad.tolist() == [2.0, 2.0]


def test_an_operation_differentiates_the_values_that_it_was_given():
    x = mg.tensor([1.0, 2.0])
    y = execute_op(Multiply, x, [3.0, 4.0])
    z = execute_op(Multiply, y, y)
    y[...] = 0.0
    z.backward()
    assert x.grad.tolist() == [18.0, 64.0]
    assert z.grad.tolist() == [1.0, 1.0]


def test_an_operation_of_constants_is_a_constant():
    assert execute_op(Multiply, [1.0], [2.0]).constant
    assert not execute_op(Multiply, [1.0], [2.0], constant=False).constant


@pytest.mark.parametrize("wrong", [None, [1.0], "1"])
def test_a_derivative_that_is_no_array_is_refused(wrong):
    class Wrong(Multiply):
        def backward_var(self, grad, index, **kwargs):
            return wrong

    with pytest.raises(InvalidGradient, match="Wrong.backward_var must return an array"):
        execute_op(Wrong, mg.tensor([1.0]), [2.0]).backward()


def test_an_operation_without_its_methods_is_refused():
    class Half(Operation):
        def __call__(self, x):
            return x.data

    with pytest.raises(TypeError):
        execute_op(Half, mg.tensor(1.0))


def test_an_operation_writes_into_out():
    x, out = mg.tensor([1.0, 2.0]), np.zeros(2)
    y = execute_op(Multiply, x, [3.0, 4.0], out=out)
    y.backward()
    assert out.tolist() == [3.0, 8.0]
    assert x.grad.tolist() == [3.0, 4.0]
