"""Arrays of other people's subclasses of `ndarray`, made in a twin of what carries a gradient."""

import numpy as np
import pytest

import mygrad as mg
from mygrad import drop_in


class Tagged(np.ndarray):
    """Made as NumPy's guide to subclasses says."""

    def __new__(cls, x, tag="given"):
        made = np.asarray(x, dtype=float).view(cls)
        made.tag = tag
        return made

    def __array_finalize__(self, obj):
        if obj is not None:
            self.tag = getattr(obj, "tag", None)

    def __getitem__(self, index):
        return super().__getitem__(index)

    @property
    def first(self):
        return self[0]

    def length(self):
        return np.sqrt((self * self).sum())

    def unit(self):
        return self / self.length()

    def doubled(self):
        return self.__class__(np.asarray(self) * 2.0, tag="doubled")

    @classmethod
    def ones(cls):
        return cls(np.ones(3))


class Derived(Tagged):
    def length(self):
        return super().length() * 2.0

    def swapped(self):
        return Derived([self[1], self[0], self[2]])


class Buffered(np.ndarray):
    """Made over the memory of an array, and remembers that."""

    def __new__(cls, q):
        q = np.array(q, dtype=float)
        q /= np.linalg.norm(q)
        made = super().__new__(cls, q.shape, float, q)
        made.array = q
        return made

    def conjugated(self):
        return Buffered(self.array * np.array([1.0, -1.0, -1.0]))

    def matrix(self):
        return np.outer(self.array, self)


class Wrapping(np.ndarray):
    """Counts the ufuncs on the way to a value."""

    def __new__(cls, x):
        made = np.asarray(x, dtype=float).view(cls)
        made.count = 0
        return made

    def __array_finalize__(self, obj):
        self.count = getattr(obj, "count", 0)

    def __array_wrap__(self, array, context=None, return_scalar=False):
        made = np.asarray(array).view(type(self))
        made.count = self.count + (context is not None)
        return made


class InUnits(np.ndarray):
    """Has a ufunc protocol of its own."""

    def __new__(cls, x, unit):
        made = np.asarray(x, dtype=float).view(cls)
        made.unit = unit
        return made

    def __array_finalize__(self, obj):
        self.unit = getattr(obj, "unit", 1.0)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        values = [x.value() if isinstance(x, InUnits) else x for x in inputs]
        return InUnits(super().__array_ufunc__(ufunc, method, *values, **kwargs), 1.0)

    def value(self):
        return self.view(np.ndarray) * self.unit


def of_tagged(x):
    v = Derived(x)
    if not (isinstance(v, Tagged) and isinstance(v, np.ndarray) and type(v) is Derived):
        raise TypeError(type(v))
    w = (2.0 * v).unit()
    if (w.tag, type(w[1:]), w.doubled().tag) != ("given", Derived, "doubled"):
        raise ValueError(w.tag)
    if type(np.asarray(w)) is not np.ndarray or type(np.asanyarray(w)) is not Derived:
        raise TypeError("coerced")
    products = v.swapped().first * v.first + np.dot(v, w) + (v @ type(v).ones())
    return np.asarray(w.doubled()).sum() + np.asarray(products) * 1.0


def of_buffers(x):
    return np.asarray(Buffered(x).conjugated().matrix()) * np.arange(9.0).reshape(3, 3)


def of_matrices(x):
    a = np.matrix(np.outer(x, x) + np.eye(3))
    b = np.asmatrix(a.T) * a
    total = np.asarray(a * a.T + b[0] + np.dot(a, b)).sum() + a.sum(axis=0)[0, 1] + (a.I * a.T)[0, 1]
    return total + (a**2)[1, 2] + a.A1[3]


def of_wraps(x):
    v = np.exp(np.sin(Wrapping(x)) * 2.0)
    return np.asarray(v) * v.count


def of_units(x):
    return (InUnits(x, 3.0) + InUnits(x**2, 0.5) * 2.0).value()


FUNCTIONS = [of_tagged, of_buffers, of_matrices, of_wraps, of_units]
X = np.array([0.3, 0.5, -0.2])


@pytest.mark.parametrize("f", FUNCTIONS)
def test_a_subclass_is_differentiated(f):
    x = mg.tensor(X)
    result = drop_in(f)(x)
    np.testing.assert_allclose(result.data, f(X), rtol=1e-14)
    result.backward()
    h = 1e-6
    for i in range(3):
        step = h * np.eye(3)[i]
        slope = (np.sum(f(X + step)) - np.sum(f(X - step))) / (2 * h)
        np.testing.assert_allclose(x.grad[i], slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_plain_arrays_give_what_the_subclass_gives(f):
    result, expected = drop_in(f)(X), f(X)
    assert type(result) is type(expected)
    np.testing.assert_array_equal(result, expected)


def test_what_is_made_of_plain_arrays_is_of_the_class_itself():
    made = drop_in(lambda x: Derived(x).doubled())(X)
    assert type(made) is Derived
    assert made.tag == "doubled"


class Finalized(np.ndarray):
    def __array_finalize__(self, obj):
        super().__array_finalize__(obj)
        self.seen = getattr(obj, "seen", 0) + 1

    def again(self):
        self.__array_finalize__(self)
        return self.seen


def test_a_compiled_method_is_reached_by_super():
    array = X.view(Finalized)
    assert drop_in(lambda a: a.again() + a.again())(array) == 5


def test_an_array_with_a_mask_is_refused():
    with pytest.raises(mg.GradientLost):
        drop_in(lambda x: np.ma.masked_less(x, 0.0).sum())(mg.tensor(X))


def test_a_buffer_that_would_be_read_with_gaps_is_refused():
    with pytest.raises(TypeError, match="own dtype that follow"):
        drop_in(lambda x: np.ndarray.__new__(Tagged, (2,), float, x, 4))(mg.tensor(X))


def test_without_a_twin_a_view_as_a_subclass_is_refused():
    with pytest.raises(mg.GradientLost):
        mg.tensor(X).view(np.matrix)
    constant = mg.tensor(X, constant=True)
    assert type(constant.view(np.matrix)) is np.matrix
