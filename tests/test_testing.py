"""`mygrad.testing.check_rule` passes what is right, and tells of what is wrong where and by how much."""

import numpy as np
import pytest

import mygrad as mg
from mygrad import define_rule
from mygrad.testing import check_rule, numerical_gradient

X = np.array([0.4, 1.3, 2.1])
Y = np.array([1.5, 0.7, 0.9])


def cube(**rule):
    """A function with the rule that is given."""

    def f(x):
        return np.asarray(x) ** 3

    define_rule(f, **rule)
    return f


def product(**rule):
    def f(x, y):
        return np.asarray(x) * np.asarray(y)

    define_rule(f, **rule)
    return f


def sums(**rule):
    def f(x):
        return np.asarray(x).sum(axis=-1)

    define_rule(f, **rule)
    return f


def writing(g, x):
    g *= 3.0 * x**2
    return g


RIGHT = {"x": lambda g, x: g * 3.0 * x**2}

WRONG = {
    "the sign": (
        cube(derivative=lambda x: -3.0 * x**2),
        (X,),
        r"backward, float64: the derivative in x\[0\] is ",
    ),
    "a factor": (cube(derivative=lambda x: 3.1 * x**2), (X,), r"backward, float64: .* for 3 of 3 elements"),
    "one element, by a ten-thousandth": (
        cube(derivative=lambda x: 3.0 * x**2 * np.array([1.0, 1.0001, 1.0])),
        (X,),
        r"backward, float64: the derivative in x\[1\] is -?\d\.\d+ by the rule, and -?\d\.\d+ by diff.*\.$",
    ),
    "g is left out": (cube(vjp={"x": lambda g, x: 3.0 * x**2}), (X,), r"backward, float64: .*x\[0\]"),
    "the sum isn't spread over the right axis": (
        sums(vjp={"x": lambda g, x_shape: np.broadcast_to(g, x_shape)}),
        (np.arange(9.0).reshape(3, 3),),
        r"backward, float64: the derivative in x\[0, 1\]",
    ),
    "broadcasting is undone by the wrong sum": (
        product(vjp={"x": lambda g, y: g * y, "y": lambda g, x: np.sum(g * x)}),
        (np.ones((2, 3)), Y),
        r"backward, float64: the derivative in y\[0\]",
    ),
    "the second input": (
        product(vjp={"x": lambda g, y: g * y, "y": lambda g, y: g * y}),
        (X, Y),
        r"backward, float64: the derivative in y\[0\]",
    ),
    "forward": (
        cube(vjp=RIGHT, jvp={"x": lambda t, x: t * 3.0 * x}),
        (X,),
        r"forward, float64: the derivative along x of the result\[0\]",
    ),
    "the precision of the rule": (
        cube(vjp={"x": lambda g, x: np.float64(3.0) * g * x**2}),
        (X,),
        r"precision, float32: given a g of dtype float32, the rule computes in float64 for x: .*Python",
    ),
    "only the second order": (
        cube(vjp={"x": lambda g, x: g * 3.0 * np.asarray(getattr(x, "data", x)) ** 2}),
        (X,),
        r"second derivative, backward over backward, float64: the derivative in x\[0\] is 0\.0 by the rule",
    ),
    "only for complex numbers": (
        cube(vjp={"x": lambda g, x: g * 3.0 * np.abs(x) ** 2}),
        (X,),
        r"backward, complex128: the derivative in x\[0\]",
    ),
    "it writes into g": (
        cube(vjp={"x": writing}, jvp={"x": lambda t, x: t * 3.0 * x**2}),
        (X,),
        "the rule has written into g",
    ),
    "the result is constant": (
        lambda x: mg.tensor(x.data, constant=True) if isinstance(x, mg.Tensor) else x,
        (X,),
        "constant",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_rule_is_told(what):
    f, args, message = WRONG[what]
    with pytest.raises(AssertionError, match=message):
        check_rule(f, *args)


def test_the_values_must_be_those_of_the_function():
    def f(x):
        return np.asarray(x) ** 2

    @define_rule(f)
    def other(x):
        return x**2 + np.where(x > 1.0, 1e-9, 0.0)

    with pytest.raises(AssertionError, match=r"values, float64: the value of result 1\[1\] is .* for arrays"):
        check_rule(f, X)


def test_the_precision_of_the_values_must_be_that_of_the_function():
    def f(x):
        return np.asarray(x) ** 2

    @define_rule(f)
    def other(x):
        return x**2 * np.float64(1.0)

    with pytest.raises(
        AssertionError, match="values, float32: result 1 has the dtype float64, and must have float32"
    ):
        check_rule(f, X)


def test_the_shape_must_be_that_of_the_function():
    def f(x):
        return np.asarray(x).sum(keepdims=True)

    @define_rule(f)
    def other(x):
        return np.sum(x)

    with pytest.raises(AssertionError, match=r"result 1 has the shape \(\), and must have \(1,\)"):
        check_rule(f, X)


def test_an_argument_that_is_written_to_is_told():
    def f(x):
        x = np.asarray(x)
        result = x * 2.0
        x[...] = 0.0
        return result

    define_rule(f, derivative=lambda x: 2.0 + 0.0 * x)
    with pytest.raises(AssertionError, match="x was written to"):
        check_rule(f, X)


@pytest.mark.parametrize(
    ("f", "args", "kwargs"),
    [
        (np.sin, (X,), {}),
        (np.multiply, (X, Y), {}),
        (np.where, (X > 1.0, X, Y), {}),
        (np.sum, (X.reshape(1, 3),), {"axis": 0}),
        (np.linalg.svd, (np.arange(6.0).reshape(2, 3) ** 2,), {"full_matrices": False, "compute_uv": False}),
        (mg.exp, (X,), {}),
        (lambda x, scale: np.tanh(x * scale), (X, 2.0), {}),
        (lambda x, weights=None: x @ weights, (X,), {"weights": Y}),
        (lambda x: (x**2, np.cos(x)), (X,), {}),
        (lambda x, n: x**n, (X, 3), {}),
        (cube(vjp=RIGHT), (X,), {}),
        (cube(derivative=lambda x: 3.0 * x * x), (2.0,), {}),
        (mg.general(lambda x: x * x, vjp={"x": lambda g, x: 2.0 * g * x}), (X,), {}),
        (np.abs, (np.array([1.0 + 1.0j, 2.0 - 1.0j]),), {}),
        (mg.drop_in(lambda x: np.array([x[0], 2.0 * x[1]])), (X,), {}),
    ],
)  # fmt: skip
def test_what_is_right_passes(f, args, kwargs):
    check_rule(f, *args, **kwargs)


def test_operands_of_a_ufunc_are_broadcast_too():
    calls = []

    def in_y(g, x):
        calls.append((np.shape(g), np.shape(x)))
        return g * x

    @define_rule(vjp={"x": lambda g, y: g * y, "y": in_y})
    def f(x, y):
        return x * y

    check_rule(f, X, Y)
    assert {shape for shape, _ in calls} == {(3,)}
    with pytest.raises(AssertionError, match="backward, float64: the derivative in y"):
        check_rule(define_rule(lambda x, y: x * y, vjp={"x": lambda g, y: g * y, "y": lambda g, x: g}), X, Y)


def test_a_constant_tensor_is_left_as_it_is():
    f = product(vjp={"x": lambda g, y: g * y, "y": lambda g: g})
    with pytest.raises(AssertionError, match="derivative in y"):
        check_rule(f, X, Y)
    check_rule(f, X, mg.tensor(Y, constant=True))


def test_nothing_to_differentiate_in_is_an_error():
    with pytest.raises(ValueError, match="No argument of .* is an array of floats"):
        check_rule(np.sin, np.array([1, 2]))
    with pytest.raises(ValueError, match="returned no floats"):
        check_rule(np.argsort, X)


def test_a_point_without_a_derivative_is_told():
    with pytest.raises(AssertionError, match=r"differences in x\[1\] don't settle"):
        check_rule(np.cbrt, np.array([1.0, 0.0]))


def test_a_second_derivative_that_is_wrong_is_left_out_on_request():
    f, args, _ = WRONG["only the second order"]
    check_rule(f, *args, orders=1)


def test_a_numerical_gradient_is_that_of_backward():
    x, y = mg.tensor(X), mg.tensor(Y)
    (np.sin(x) * y**2).sum().backward()
    found = numerical_gradient(lambda x, y: np.sin(x) * y**2, X, Y)
    np.testing.assert_allclose(found[0], x.grad, rtol=1e-9)
    np.testing.assert_allclose(found[1], y.grad, rtol=1e-9)
    z = mg.tensor([1.0 + 2.0j])
    np.real(z**2).sum().backward()
    np.testing.assert_allclose(numerical_gradient(lambda z: np.real(z**2), z), z.grad, rtol=1e-9)


@pytest.mark.parametrize(
    ("f", "x", "wanted"),
    [
        (np.log, 1e-6, 1e6),
        (np.exp, -30.0, np.exp(-30.0)),
        (np.exp, 300.0, np.exp(300.0)),
        (lambda x: np.maximum(x, 0.0), 1e-4, 1.0),
        (lambda x: np.sin(1e3 * x), 0.1, 1e3 * np.cos(100.0)),
        (np.sqrt, 1e8, 5e-5),
    ],
)
def test_the_step_is_fitted_to_the_function(f, x, wanted):
    np.testing.assert_allclose(numerical_gradient(f, np.array([x])), [wanted], rtol=1e-6)
