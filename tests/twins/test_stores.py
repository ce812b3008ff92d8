"""Plain arrays that values with a gradient are stored into: they take them, or it is told."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.errors import GradientLost, GradientLostWarning

ONES = np.ones(3)
X = np.array([0.3, 1.2, -0.7])


def an_item(x):
    a = np.sqrt(ONES * 2.0)
    a[0] = x[1]
    a[1:] = [x[0], 1.0]
    return a * a


def a_view_that_alone_has_its_memory(x):
    a = np.outer(ONES, ONES).reshape(9)
    a[:3] = x
    return a**2


def a_view_that_is_made_afterwards(x):
    a = np.outer(ONES, ONES)
    a[0] = x
    b = a.T
    b[1] = x * 2.0
    return a


def an_item_with_an_operator(x):
    a = np.cos(ONES)
    a[1:] *= x[1:]
    a[0] += x[2]
    return a


def an_attribute(x):
    class Table:
        def __init__(self):
            self.rows = np.diag(np.cos(ONES))

        def filled(self, x):
            self.rows = self.rows + 1.0
            self.rows[0] = x
            self.rows[1, 2] = x[0]
            return self.rows

    return Table().filled(x)


def a_name_that_a_function_inside_reads(x):
    a = np.cos(ONES)

    def doubled():
        return a * 2.0

    a[0] = x[0]
    return doubled()


def out_of_a_function(x):
    a = np.cos(ONES)
    np.multiply(x, 2.0, out=a)
    return a


def in_a_comprehension_and_a_class(x):
    a = np.cos(ONES)
    sums = [np.add(x, a, out=a) for a in [np.cos(ONES)]]

    class Inner:
        b = np.cos(ONES) * 1.0
        b[0] = 2.0

    return sums[0] * Inner.b + a


@pytest.mark.parametrize(
    "f",
    [
        an_item,
        a_view_that_alone_has_its_memory,
        a_view_that_is_made_afterwards,
        an_item_with_an_operator,
        an_attribute,
        a_name_that_a_function_inside_reads,
        out_of_a_function,
        in_a_comprehension_and_a_class,
    ],
)
@pytest.mark.filterwarnings("ignore::mygrad.errors.GradientLostWarning")
def test_an_array_that_nobody_else_holds_takes_the_gradient(f):
    plain = mg.drop_in(f)(X)
    np.testing.assert_array_equal(plain, f(X))
    assert type(plain) is np.ndarray
    x = mg.tensor(X)
    y = mg.drop_in(f)(x)
    np.testing.assert_array_equal(y.data, f(X))
    cotangent = np.cos(np.arange(y.size, dtype=float)).reshape(y.shape)
    y.backward(cotangent)
    h = 1e-6
    numerical = [np.sum(cotangent * (f(X + d) - f(X - d))) / (2 * h) for d in h * np.eye(3)]
    np.testing.assert_allclose(x.grad, numerical, rtol=1e-6, atol=1e-8)


def under_two_names(x):
    a = np.cos(ONES)
    b = a
    a[0] = x[0]
    return b


def through_a_view(x):
    a = np.outer(ONES, ONES)
    row = a[0]
    row[:] = x
    return a


def while_an_attribute_has_two_holders(x):
    class Holder:
        pass

    holder = Holder()
    holder.a = np.cos(ONES)
    held = holder.a
    holder.a[0] = x[0]
    return held


def filled(x):
    a = np.cos(ONES)
    a.fill(x[0])
    return a


def put(x):
    a = np.cos(ONES)
    a.put([0], x[:1])
    return a


@pytest.mark.parametrize(
    "f", [under_two_names, through_a_view, while_an_attribute_has_two_holders, filled, put]
)
def test_what_others_would_read_without_its_gradient_raises(f):
    with pytest.raises(GradientLost, match="plain array"):
        mg.drop_in(f)(mg.tensor(X))
    np.testing.assert_array_equal(mg.drop_in(f)(X), f(X))


def assigned_with_an_operator(x):
    a = np.cos(ONES)
    b = a
    a *= x
    return a + b


def a_row_assigned_with_an_operator(x):
    a = np.outer(ONES, ONES)
    row = a[0]
    row *= x
    return a * x


def an_item_of_a_list(x):
    rows = [np.cos(ONES)]
    row = rows[0]
    rows[0] *= x
    return row * x


def out_by_its_place(x):
    a = np.cos(ONES)
    np.multiply(x, 2.0, a)
    return a * x


@pytest.mark.parametrize(
    "f",
    [assigned_with_an_operator, a_row_assigned_with_an_operator, an_item_of_a_list, out_by_its_place],
)
def test_what_others_may_read_without_its_gradient_is_told(f):
    with pytest.warns(GradientLostWarning, match="plain array"):
        y = mg.drop_in(f)(mg.tensor(X))
    np.testing.assert_array_equal(y.data, f(X))


def test_whole_numbers_refuse_what_they_refused():
    def halves(x):
        a = np.arange(3)
        a[1:] += 0.5
        return a * x

    for x in (X, mg.tensor(X)):
        with pytest.raises(TypeError, match="same_kind"):
            mg.drop_in(halves)(x)


def items(x, a):
    a[0] = 3.0


def a_row(x, a):
    a[1:] *= 2.0


def the_whole(x, a):
    a += 1.0


def by_out(x, a):
    np.add(a, 1.0, out=a)


def by_a_function(x, a):
    np.copyto(a, 2.0)


def by_a_method(x, a):
    a.sort()


def an_item_with_a_gradient(x, a):
    a[0] = x[1]


@pytest.mark.parametrize(
    "write", [items, a_row, the_whole, by_out, by_a_function, by_a_method, an_item_with_a_gradient]
)
def test_a_plain_array_that_was_used_can_be_written(write):
    def sums(x):
        a = np.cos(np.arange(3.0))
        total = 0.0
        for _ in range(3):
            total = total + x * a
            if write is an_item_with_a_gradient:
                a[0] = x[1]
            else:
                write(x, a)
        return total

    x = mg.tensor(X)
    y = mg.drop_in(sums)(x)
    np.testing.assert_array_equal(y.data, sums(X))
    y.sum().backward()
    h = 1e-6
    numerical = [np.sum(sums(X + d) - sums(X - d)) / (2 * h) for d in h * np.eye(3)]
    np.testing.assert_allclose(x.grad, numerical, rtol=1e-7)


def test_an_array_that_is_read_only_stays_so():
    a = np.ones(3)
    a.flags.writeable = False

    def written(x):
        y = x * a
        a[0] = 2.0
        return y

    with pytest.raises(ValueError, match="read-only"):
        mg.drop_in(written)(mg.tensor(X))
