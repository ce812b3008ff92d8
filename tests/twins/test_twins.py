"""The twin of a function does what the function does, and takes tensors where that insists on arrays."""

import functools
import inspect
import math
import traceback

import numpy as np
import pytest

import mygrad as mg
from mygrad import drop_in

A = np.array([0.3, 1.2, -0.7])


def coercing(x):
    x = np.asarray(x, dtype=np.float64)
    if np.ndim(x) and (not isinstance(x, np.ndarray) or type(x) is not np.ndarray):
        raise TypeError("an array is needed")
    return np.array(x) * 2.0


def filling(x):
    out = np.zeros(3)
    for i in range(3):
        out[i] = float(x[i]) ** 2 + math.sin(x[i])
    return out


def building(x):
    return np.array([[x[0], x[1] * x[2]], [1.0, np.exp(x[0])]]).sum(axis=0)


def of_a_default(x, convert=np.asarray):
    return convert(x) * 3.0


def by_closure(x):
    total = np.zeros(())
    count = 0

    def add(v):
        nonlocal total, count
        total = total + np.asarray(v) * count
        count += 1

    for v in x:
        add(v)
    return total


def generating(x):
    def parts():
        for v in np.asarray(x):
            yield np.asarray(v) ** 2

    return np.stack(list(parts()))


def with_callbacks(x):
    first = list(map(coercing, x))
    return functools.reduce(lambda a, b: np.asarray(a) * b, first) + np.asarray(sorted(x, key=float)[0])


def in_comprehensions(x):
    return np.array([np.asarray(v) * w for v in x for w in (1.0, 2.0) if w > 1]) + sum(
        np.asarray(v) for v in x
    )


def with_numbers(x):
    return math.hypot(x[0], x[1]) + math.atan2(x[0], x[1]) + math.log(x[1], 2) + math.pow(x[1], 1.5)


def by_joining(x):
    return np.r_[x, 1.0, x**2] * np.r_[0:7]


class Model:
    __scale = 2.0

    def __init__(self, weights):
        self.weights = np.asarray(weights, dtype=float)

    @property
    def squared(self):
        return np.asarray(self.weights) ** 2

    @staticmethod
    def coerce(x):
        return np.asarray(x)

    @classmethod
    def made(cls, weights):
        return cls(weights)

    def __private(self):
        return self.coerce(self.weights) * self.__scale

    def evaluate(self):
        return self.squared + self.__private()


class Shifted(Model):
    def evaluate(self):
        return super().evaluate() + np.asarray(self.weights)


def of_itself(x, depth=2):
    return (
        np.asarray(x) if depth == 0 else of_itself(np.array(x, copy=np._CopyMode.IF_NEEDED), depth - 1) * 2.0
    )


def with_objects(x):
    return Model.made(x).evaluate() + Shifted(x).evaluate()


FUNCTIONS = [
    coercing, filling, building, of_a_default, by_closure, generating, with_callbacks,
    in_comprehensions, of_itself, with_numbers, by_joining, with_objects, lambda x: np.asarray(x) ** 3,
]  # fmt: skip


def name(f):
    return f.__name__.strip("<>")


@pytest.mark.parametrize("f", FUNCTIONS, ids=name)
def test_a_twin_is_differentiated(f):
    x = mg.tensor(A)
    result = drop_in(f)(x)
    expected = f(A)
    np.testing.assert_allclose(result.data, expected, rtol=1e-15)
    cotangent = np.cos(np.arange(result.size, dtype=float)).reshape(result.shape)
    result.backward(cotangent)
    h = 1e-6
    for i in range(3):
        step = h * np.eye(3)[i]
        slope = np.sum(cotangent * (f(A + step) - f(A - step))) / (2 * h)
        np.testing.assert_allclose(x.grad[i], slope, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("f", FUNCTIONS, ids=name)
def test_a_twin_of_arrays_gives_what_the_function_gives(f):
    result, expected = drop_in(f)(A), f(A)
    np.testing.assert_allclose(result, expected, rtol=1e-15)
    assert np.asarray(result).dtype == np.asarray(expected).dtype
    assert not isinstance(result, mg.Tensor)


def test_nothing_outside_of_a_twin_changes():
    before = dict(globals()), dict(vars(Model)), filling.__code__, dict(vars(np))
    drop_in(with_objects)(mg.tensor(A))
    drop_in(filling)(mg.tensor(A))
    after = dict(globals()), dict(vars(Model)), filling.__code__, dict(vars(np))
    for old, new in zip(before, after, strict=True):
        assert old == new or old.keys() == new.keys()
    with pytest.raises(mg.GradientLost):
        coercing(mg.tensor(A))


def test_a_twin_looks_like_the_function():
    twin = drop_in(of_a_default)
    assert inspect.signature(twin) == inspect.signature(of_a_default)
    assert (twin.__name__, twin.__doc__, twin.__module__) == ("of_a_default", None, __name__)
    assert twin.__wrapped__ is of_a_default


def failing(x):
    return np.asarray(x).reshape(7)


def test_a_traceback_shows_the_file_and_the_line_of_the_source():
    with pytest.raises(ValueError, match="reshape") as caught:
        drop_in(failing)(mg.tensor(A))
    frames = traceback.extract_tb(caught.value.__traceback__)
    (frame,) = [f for f in frames if f.name == "failing"]
    assert frame.filename == __file__
    assert frame.lineno == failing.__code__.co_firstlineno + 1


@functools.lru_cache
def failing_when_decorated(x):
    y = x * 2.0
    return np.asarray(y).reshape(7)


def test_a_traceback_shows_the_line_in_a_decorated_function():
    with pytest.raises(ValueError, match="reshape") as caught:
        drop_in(failing_when_decorated)(mg.tensor(A))
    (frame,) = [
        f for f in traceback.extract_tb(caught.value.__traceback__) if f.name == "failing_when_decorated"
    ]
    assert frame.line == "return np.asarray(y).reshape(7)"


def test_twins_of_methods_partials_cached_functions_and_objects():
    x = mg.tensor(A)
    for twin in (
        drop_in(functools.partial(of_a_default, convert=np.array)),
        drop_in(functools.lru_cache(of_a_default)),
        drop_in(np.vectorize(lambda v: 3.0 * np.asarray(v))),
    ):
        x.null_grad()
        twin(x).sum().backward()
        np.testing.assert_array_equal(x.grad, [3.0, 3.0, 3.0])
    model = Model(A)
    model.weights = mg.tensor(A)
    drop_in(model.evaluate)().sum().backward()
    np.testing.assert_allclose(model.weights.grad, 2 * A + 2)


def test_compiled_code_gets_arrays_and_refuses_gradients():
    def sizes(x):
        made = np.zeros(4)
        return np.frombuffer(made, dtype=float).size + x.sum()

    x = mg.tensor(A)
    result = drop_in(sizes)(x)
    assert np.isclose(result.data, 4 + A.sum())


def test_a_built_in_function_is_called_as_it_is(capsys):
    assert drop_in(print)("text") is None
    assert capsys.readouterr().out == "text\n"


def test_what_compiled_code_says_of_a_tensor_has_a_note_on_what_to_do():
    special = pytest.importorskip("scipy.special.cython_special")

    def f(x):
        return special.loggamma(x)

    with pytest.raises(TypeError) as raised:
        mg.drop_in(f)(mg.tensor([1.0, 2.0]))
    assert any("mygrad.define_rule" in note for note in raised.value.__notes__)
