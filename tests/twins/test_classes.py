"""Objects that twins make are of the class itself; the twin of a class makes objects for use outside."""

import copy
import dataclasses
import enum
import functools
import pickle

import numpy as np
import pytest
from tests.twins.programs import Frozen, Point, Vec

import mygrad as mg
from mygrad import drop_in

A = np.array([0.3, 1.2, -0.7])


class Base:
    def __init_subclass__(cls, **options):
        Base.told = (*getattr(Base, "told", ()), cls.__name__)


class Shape(Base):
    scale = 2.0

    def __init__(self, x):
        super().__init__()
        self.x = np.asarray(x)

    @property
    def scaled(self):
        return np.asarray(self.x) * self.scale

    @classmethod
    def made(cls, x):
        return cls(x)

    @staticmethod
    def converted(x):
        return np.asarray(x)

    def __add__(self, other):
        return type(self)(np.asarray(self.x) + np.asarray(other.x))


class Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize("cls", [Vec, Shape, Point, Frozen])
def test_objects_made_by_a_twin_are_of_the_class_itself(cls):
    def make(x):
        return cls(x)

    made = drop_in(make)(A[0])
    assert type(made) is cls
    assert type(copy.deepcopy(made)) is type(pickle.loads(pickle.dumps(made))) is cls


def test_the_twin_of_a_class_works_outside_of_twins():
    x = mg.tensor(A)
    twin = drop_in(Shape)
    made = twin(x) + twin.made(x)
    assert isinstance(made, Shape)
    (made.scaled + twin.converted(x)).sum().backward()
    np.testing.assert_array_equal(x.grad, [5.0, 5.0, 5.0])
    assert (twin.__name__, twin.__module__, twin.__qualname__) == ("Shape", __name__, "Shape")


def test_a_class_has_one_twin_and_isnt_told_of_it():
    before = Base.told
    assert drop_in(Shape) is drop_in(Shape)
    assert drop_in(drop_in(Shape)) is drop_in(Shape)
    assert Base.told == before == ("Shape",)

    class Sub(drop_in(Shape)):
        pass

    assert Base.told == ("Shape", "Sub")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
@pytest.mark.parametrize("cls", [Shape, Vec, Point, np.polynomial.Polynomial])
def test_objects_of_the_twin_of_a_class_are_copied_and_pickled(cls, again):
    made = drop_in(cls)(A) if cls is not Point else drop_in(cls)(A[0])
    other = again(made)
    assert type(other) is type(made)
    assert str(other)[:4] == str(made)[:4]


def test_a_class_can_be_decorated():
    @drop_in
    class Outer:
        def __init__(self, x):
            self.x = np.asarray(x)

    @drop_in
    class Inner(Outer):
        def __init__(self, x):
            super(Inner, self).__init__(x)  # noqa: UP008
            self.y = np.asarray(self.x) * 2.0

    x = mg.tensor(A)
    Inner(x).y.sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, 2.0, 2.0])


def test_methods_can_be_decorated():
    class Part:
        def __init__(self, x):
            self.x = x

        @drop_in
        def method(self):
            return np.asarray(self.x) * 2.0

        @drop_in
        @property
        def read(self):
            return np.asarray(self.x) * 3.0

        @drop_in
        @staticmethod
        def static(x):
            return np.asarray(x) * 5.0

        @drop_in
        @classmethod
        def of_class(cls, x):
            return cls(np.asarray(x)).x * 7.0

    x = mg.tensor(A)
    part = Part(x)
    (part.method() + part.read + part.static(x) + Part.of_class(x)).sum().backward()
    np.testing.assert_array_equal(x.grad, [17.0, 17.0, 17.0])


def test_a_class_that_has_no_subclasses_is_its_own_twin():
    assert drop_in(Colour) is Colour
    assert drop_in(Colour)(1) is Colour.RED


def test_a_field_that_is_made_by_default_takes_tensors():
    @dataclasses.dataclass
    class Buffer:
        out: object = dataclasses.field(default_factory=lambda: np.zeros(3))

    def fill(x):
        buffer = Buffer()
        buffer.out[0] = x[1]
        return buffer.out * 2.0

    x = mg.tensor(A)
    drop_in(fill)(x).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 2.0, 0.0])


def test_attributes_that_cant_be_set_or_read_raise_what_they_did():
    def write(o, x):
        o.x = x

    def read(o):
        return o.missing

    with pytest.raises(dataclasses.FrozenInstanceError):
        drop_in(write)(Frozen(1.0), mg.tensor(A))
    with pytest.raises(AttributeError, match="'Vec' object has no attribute 'missing'"):
        drop_in(read)(Vec(A))


def test_operators_raise_what_they_did():
    def add(a, b):
        return a + b

    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+: 'Point' and 'float'"):
        drop_in(add)(Point(1.0), 1.0)
    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+: 'float' and 'Point'"):
        drop_in(add)(1.0, Point(1.0))


def test_a_tuple_on_the_left_of_an_object_that_knows_what_to_do():
    class Cell:
        def __init__(self, a):
            self.a = a

    # As a decorator would set it, from a function that isn't written for this class.
    Cell.__rmatmul__ = functools.partialmethod(lambda self, other: np.asarray(other) @ np.asarray(self.a))

    def f(x):
        return (1.0, 2.0) @ Cell(x)

    x = mg.tensor([3.0, 4.0])
    assert f(np.array([3.0, 4.0])) == 11.0
    mg.drop_in(f)(x).backward()
    assert x.grad.tolist() == [1.0, 2.0]
