"""A twin does what Python does, feature by feature: the programs of `tests.twins.programs`, against what
they give for arrays and against numerical differentiation."""

import importlib.util
import sys

import numpy as np
import pytest
from tests.twins.programs import PROGRAMS

import mygrad as mg
from mygrad import drop_in

A = np.array([0.3, 1.2, -0.7])


def check(f):
    x = mg.tensor(A)
    result, expected = drop_in(f)(x), f(A)
    np.testing.assert_allclose(result.data, expected, rtol=1e-14)
    cotangent = np.cos(np.arange(result.size, dtype=float)).reshape(result.shape)
    result.backward(cotangent)
    h = 1e-6
    for step, slope in zip(h * np.eye(3), x.grad, strict=True):
        numerical = np.sum(cotangent * (f(A + step) - f(A - step))) / (2 * h)
        np.testing.assert_allclose(slope, numerical, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("f", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_is_differentiated(f):
    check(f)


@pytest.mark.parametrize("f", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_of_arrays_gives_what_it_gives(f):
    result, expected = drop_in(f)(A), f(A)
    np.testing.assert_allclose(result, expected, rtol=1e-15)
    assert type(result) is type(expected)
    assert result.dtype == expected.dtype


OF_3_12 = """
import numpy as np

class Box[T]:
    def __init__(self, value: T):
        self.value = np.asarray(value)

    def map[S](self, f) -> "Box[S]":
        return Box[S](f(self.value))

def type_parameters(x):
    type Alias = list[Box]

    def first[T](values: list[T]) -> T:
        return np.asarray(values[0]) if T is not None else Alias

    return Box[float](x).map(lambda v: np.asarray(v) ** 2).value + first([x])

def quotes_in_formatted_strings(x):
    return np.asarray(x) * len(f"{"a" + f"{len(np.asarray(x))}"}")
"""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize("name", ["type_parameters", "quotes_in_formatted_strings"])
def test_a_program_of_python_3_12_is_differentiated(name, tmp_path):
    path = tmp_path / "of_3_12.py"
    path.write_text(OF_3_12)
    specification = importlib.util.spec_from_file_location("of_3_12", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    check(getattr(module, name))
