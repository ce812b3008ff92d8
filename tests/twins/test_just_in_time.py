"""A function that was compiled just in time from a Python function runs as that where there is a gradient."""

import numpy as np

import mygrad as mg


class Compiled:
    """What a compiler of Python functions makes: machine code, and the function as `py_func`."""

    __module__ = "some_compiler"

    def __init__(self, function):
        self.py_func = function
        self.calls = []

    @property
    def __call__(self):
        def call(*args):
            assert all(type(a) in (np.ndarray, float, int) for a in args), "machine code takes no tensors"
            self.calls.append(args)
            return self.py_func(*args)

        return call


@Compiled
def total_of_squares(x):
    total = 0.0
    for i in range(len(x)):
        total += square(x[i])
    return total


@Compiled
def square(x):
    return x * x


@Compiled
def fill(out, value):
    for i in range(len(out)):
        out[i] = value


def test_its_python_function_is_differentiated():
    x = mg.tensor([1.0, 2.0, 3.0])
    y = mg.drop_in(lambda x: total_of_squares(x) / 2.0)(x)
    y.backward()
    np.testing.assert_array_equal(x.grad, x.data)
    y = mg.drop_in(total_of_squares)(x)
    y.backward()
    np.testing.assert_array_equal(x.grad, 2.0 * x.data)


def test_without_a_gradient_it_runs_compiled():
    def program(x):
        out = np.zeros(3)
        fill(out, 2.0)
        return x * out

    fill.calls.clear()
    x = mg.tensor([1.0, 1.0, 1.0])
    y = mg.drop_in(program)(x)
    assert len(fill.calls) == 1
    np.testing.assert_array_equal(y.data, [2.0, 2.0, 2.0])
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, 2.0, 2.0])
