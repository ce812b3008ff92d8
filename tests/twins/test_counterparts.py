"""What twins call in the place of functions that coerce, create, iterate, ask for types, or take numbers."""

import cmath
import collections.abc
import functools
import itertools
import math
import numbers
import operator

import numpy as np
import pytest

import mygrad as mg
from mygrad import drop_in
from mygrad.engine.sweep import gradients

X = np.array([0.7, 1.3, 2.1])


def agrees(f, *args, rtol=1e-7):
    """Check the value and the gradient of the twin of a function of numbers or arrays."""
    tensors = [mg.tensor(a) for a in args]
    result = drop_in(f)(*tensors)
    assert isinstance(result, mg.Tensor)
    np.testing.assert_allclose(result.data, f(*args), rtol=1e-14)
    result.sum().backward()
    for i, (a, t) in enumerate(zip(args, tensors, strict=True)):
        a = np.asarray(a, dtype=float)
        for place in np.ndindex(a.shape):
            ends = []
            for step in (-1e-6, 1e-6):
                moved = a.copy()
                moved[place] += step
                ends.append(np.sum(f(*args[:i], moved if a.ndim else float(moved), *args[i + 1 :])))
            np.testing.assert_allclose(
                0.0 if t.grad is None else t.grad[place], (ends[1] - ends[0]) / 2e-6, rtol=1e-6, atol=1e-8
            )


ONE = "acos asin atan atanh cbrt cos cosh degrees erf erfc exp exp2 expm1 fabs gamma lgamma log log10 log1p "
ONE += "log2 radians sin sinh sqrt tan tanh asinh"


@pytest.mark.parametrize("name", ONE.split())
def test_functions_of_math_are_differentiated(name):
    f = getattr(math, name)
    agrees(lambda x: f(x) * 2.0, 0.37)
    if name in {"gamma", "lgamma", "erf", "erfc"}:
        agrees(lambda x: f(x), 14.3 if name == "lgamma" else 3.3)
        agrees(lambda x: f(x), -1.7)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: math.hypot(x, y, 2.0),
        lambda x, y: math.atan2(x, y) + math.pow(x, y) + math.copysign(x, -y),
        lambda x, y: math.log(x, y) + math.fmod(x, y) + math.remainder(x, y),
        lambda x, y: sum(math.modf(x)) + math.frexp(y)[0] + math.ldexp(x, 3),
        lambda x, y: math.dist([x, 1.0], [2.0, y]) + math.prod([x, y, 3.0]) + math.fsum([x, y, x]),
        lambda x, y: abs(cmath.exp(complex(x, y))) + cmath.phase(complex(x, y)) + cmath.polar(x + 1j * y)[0],
        lambda x, y: cmath.rect(x, y).imag + cmath.sqrt(x).real + cmath.log(complex(y, x)).real,
        lambda x, y: math.floor(x) * y + math.ceil(y) * x + round(x) * y + round(10.0 * y),
        lambda x, y: divmod(x, 0.3)[1] + x % y + pow(x, y) + abs(-y),
    ],
)
def test_numbers_are_differentiated(f):
    agrees(f, 0.8, 1.7)


def test_the_second_derivative_of_log_gamma():
    x = mg.tensor(2.5)
    y = drop_in(lambda x: math.lgamma(x))(x)
    (first,) = gradients(y.creator, [x._node], graph=True)
    (second,) = gradients(first.creator, [x._node])
    assert np.isclose(first.data, 0.7031566406452432, rtol=1e-14)
    assert np.isclose(float(second), 0.4903577561002348, rtol=1e-12)


def guarded(x):
    if not isinstance(x, float) or not isinstance(x, (int, numbers.Real)):
        raise TypeError
    if type(x) not in (float, int) or hasattr(x, "__len__") or callable(x):
        raise TypeError
    if isinstance(x, (np.ndarray, collections.abc.Iterable, collections.abc.Sized)):
        raise TypeError
    return x * 2.0


def test_a_tensor_without_axes_is_a_number_to_a_twin():
    agrees(guarded, 1.5)
    agrees(lambda x: guarded(float(x[0])) + guarded(x[1].item()) + sum(map(guarded, x.tolist())), X)


def guarded_array(x):
    x = np.asarray(x)
    if not isinstance(x, np.ndarray) or type(x) is not np.ndarray or isinstance(x, collections.abc.Sequence):
        raise TypeError
    if getattr(x, "values", None) is not None or not hasattr(x, "__len__") or hasattr(x, "backward"):
        raise TypeError
    if not np.issubdtype(x.dtype, np.floating) or x.dtype != float:
        raise TypeError
    return x * 2.0


def test_what_was_made_an_array_is_one():
    agrees(guarded_array, X)
    agrees(guarded_array, 1.5)
    agrees(lambda x: guarded_array(x[1]) + guarded_array(np.array(x[0])), X)


def test_tensors_are_known_to_those_who_ask_for_them():
    assert drop_in(lambda x: isinstance(x, mg.Tensor))(mg.tensor(X))
    assert drop_in(lambda x: isinstance(x, (int, mg.Tensor)))(mg.tensor(X))
    assert not drop_in(lambda x: isinstance(x, str | list))(mg.tensor(X))


class Degrees(float):
    def __new__(cls, value):
        made = float.__new__(cls, value)
        made.unit = "degrees"
        return made


def test_a_number_of_a_subclass_of_float_keeps_its_gradient():
    def f(x):
        d = Degrees(x)
        if not isinstance(d, Degrees) or type(d) is not Degrees or d.unit != "degrees":
            raise TypeError
        return d * math.radians(d)

    agrees(f, 1.5)
    made = drop_in(lambda x: Degrees(x))(1.5)
    assert (type(made), made) == (Degrees, 1.5)


def written(made):
    def f(x):
        out = made()
        out[1] = x[0]
        out[2] = x[1] * out[1]
        return out * x[2]

    return f


CREATED = {
    "linspace": lambda: np.linspace(0.0, 1.0, 4),
    "arange": lambda: np.arange(4.0),
    "copy": lambda: np.arange(4.0).copy(),
    "astype": lambda: np.arange(4).astype(float),
    "tri": lambda: np.tri(4)[2],
    "fromiter": lambda: np.fromiter((0.5 for _ in range(4)), float),
    "geomspace": lambda: np.geomspace(1.0, 8.0, 4),
}


@pytest.mark.parametrize("name", CREATED)
def test_what_was_created_takes_elements_with_a_gradient(name):
    agrees(written(CREATED[name]), X)
    result = drop_in(CREATED[name])()
    np.testing.assert_array_equal(result, CREATED[name]())
    assert type(result) is np.ndarray


def test_an_element_of_an_array_of_others_is_not_lost():
    theirs = np.zeros(3)

    def f(x):
        theirs[0] = x[0]
        return theirs.sum() + x[1]

    with pytest.raises((mg.GradientLost, ValueError)) as caught:
        drop_in(f)(mg.tensor(X))
    assert mg.GradientLost in (type(caught.value), type(caught.value.__cause__))


def numbered(x):
    return np.arange(x[0], x[1] + 3.0, x[2]) * 2.0


def by_place(x):
    total = 0.0
    for (i,), value in np.ndenumerate(x):
        total = total + value * (i + 1)
    for value in np.nditer(x):
        total = total + np.sin(value)
    with np.nditer([x, np.ones((2, 3))]) as both:
        for a, b in both:
            total = total + a * b
    steps = np.nditer(x, flags=["multi_index"])
    while not steps.finished:
        total = total + steps[0] * x[steps.multi_index]
        steps.iternext()
    return total


def written_by_place(x):
    out = np.array(x)
    for value in np.nditer(out, op_flags=["readwrite"]):
        value[...] = value * value
    return out


def by_broadcasting(x):
    b = np.broadcast(x[:, None], x)
    out = np.empty(b.shape)
    out.flat = [u * v + b.index for u, v in b]
    return out


def by_iterators(x):
    powers = list(itertools.starmap(lambda a, n: np.asarray(a) ** n, zip(x, (1, 2, 3), strict=True)))
    running = list(itertools.accumulate(x, lambda a, b: np.asarray(a) * b))
    kept = list(itertools.takewhile(lambda a: np.asarray(a) < 2.0, x))
    largest = max(x, key=lambda a: float(a))
    groups = [sum(group) for _, group in itertools.groupby(x, key=lambda a: bool(np.asarray(a) > 1.0))]
    return np.array(powers + running + kept + groups) * functools.reduce(operator.mul, x, largest)


def along_an_axis(x):
    rows = np.apply_along_axis(lambda row: np.asarray(row, dtype=float) * 2.0, 0, np.array([x, x**2]))
    return rows + np.piecewise(x, [x > 1.0], [lambda v: np.array(v) ** 2, lambda v: np.asarray(v) * 3.0])


def nested(x):
    return np.hstack((x / 2.0, (x[0], x[1] * 2.0))) + np.concatenate([[x[0]], np.ones(3), [x[2]]])


def by_lists(x):
    return x * [x[0], 2.0, x[1]] + list(map(np.dot, x, x)) * x


def of_objects(x):
    rows = np.array([x[0], x[1]], dtype=object)
    boxed = np.empty(2, dtype=object)
    boxed[0], boxed[1] = x, x[:2] * 2.0
    return sum(b.sum() for b in np.asarray(boxed)) + np.asarray(rows, dtype=float).sum()


def by_methods_of_arrays(x):
    return np.ndarray.sum(x * 2.0) + np.ndarray.__getitem__(x, 1) * np.ndarray.mean(x) + x.__array__()[2]


def strided(x):
    x = np.concatenate([x, x])
    return np.lib.stride_tricks.as_strided(x, (4, 3), (x.strides[0], x.strides[0])).copy()


@pytest.mark.parametrize(
    "f",
    [
        numbered, by_place, written_by_place, by_broadcasting, by_iterators, along_an_axis, nested, by_lists,
        of_objects, by_methods_of_arrays, strided,
    ],
)  # fmt: skip
def test_arrays_are_differentiated_by_element(f):
    agrees(f, X)


def test_an_array_of_objects_comes_out_as_one_tensor():
    x = mg.tensor(X)
    squares = drop_in(lambda x: np.frompyfunc(lambda v: np.asarray(v) * v, 1, 1)(x))(x)
    np.testing.assert_array_equal(squares.data, X * X)
    squares.sum().backward()
    np.testing.assert_allclose(x.grad, 2.0 * X)


def test_augmented_numbers_are_bound_anew():
    def f(x):
        r = x
        r -= 0.5
        r *= 2.0
        return r * x

    agrees(f, 1.5)


def test_from_iter_counts():
    f = drop_in(lambda x: np.fromiter(iter(x), float, 2))
    assert f(mg.tensor(X)).shape == (2,)
    with pytest.raises(ValueError):
        drop_in(lambda x: np.fromiter(iter(x), float, 5))(mg.tensor(X))


@pytest.mark.parametrize("f", [lambda x: x.item(), lambda x: np.array(x).item(0, 0), lambda x: float(x)])
def test_several_elements_are_no_number(f):
    with pytest.raises((TypeError, ValueError, IndexError)):
        f(X)
    with pytest.raises((TypeError, ValueError, IndexError)):
        drop_in(f)(mg.tensor(X))


@pytest.mark.parametrize(
    "coerce",
    [
        lambda a: np.array(a, copy=None),
        lambda a: np.array(a, copy=None, ndmin=2),
        lambda a: np.asarray(a[:2]),
        lambda a: np.asanyarray(a),
    ],
)
def test_code_sees_whether_a_coercion_shares_memory(coerce):
    f = drop_in(lambda a: (coerce(a) is a, coerce(a).base is a, np.shares_memory(coerce(a), a)))
    assert f(X) == (coerce(X) is X, coerce(X).base is X, True)
