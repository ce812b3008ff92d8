"""``mygrad.vectorize`` answers as NumPy's does, with tensors that carry gradients."""

import numpy as np
import pytest

import mygrad as mg


def larger(a, b=2.0):
    """Return a square or a bound."""
    return a * a if a > b else b


def sums(a, b):
    return a + b, a * b


def of_rows(a, b):
    return np.sum(a * b) if isinstance(a, mg.Tensor) or isinstance(b, mg.Tensor) else (a * b).sum()


CALLS = {
    "one argument": (larger, {}, ([1.0, 2.0, 3.0],), {}),
    "broadcasting": (larger, {}, ([[1.0], [3.0]], [0.5, 2.5]), {}),
    "by name": (larger, {}, ([1.0, 3.0],), {"b": [0.5, 4.0]}),
    "several results": (sums, {}, ([1.0, 2.0], [[3.0], [4.0]]), {}),
    "otypes": (sums, {"otypes": "fd"}, ([1.0, 2.0], 3.0), {}),
    "no elements": (larger, {"otypes": [float]}, (np.zeros((2, 0)),), {}),
    "number": (larger, {}, (3.0,), {}),
    "excluded": (lambda a, p: a * len(p), {"excluded": {1}}, ([1.0, 2.0], [1, 2, 3]), {}),
    "excluded by name": (lambda a, p: a * len(p), {"excluded": {"p"}}, ([1.0, 2.0],), {"p": [1, 2, 3]}),
    "signature": (
        of_rows,
        {"signature": "(n),(n)->()"},
        (np.ones((2, 1, 3)), np.arange(6.0).reshape(2, 3)),
        {},
    ),
    "rows": (lambda a: a[::-1] * 2.0, {"signature": "(n)->(n)"}, (np.arange(6.0).reshape(2, 3),), {}),
    "two of rows": (
        lambda a: (a[:1], a[0]),
        {"signature": "(n)->(m),()"},
        (np.arange(6.0).reshape(2, 3),),
        {},
    ),
    "no rows": (lambda a: a, {"signature": "(n)->(n)", "otypes": "d"}, (np.zeros((0, 3)),), {}),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_answers_are_numpys(name):
    function, options, args, kwargs = CALLS[name]
    expected = np.vectorize(function, **options)(*args, **kwargs)
    excluded = options.get("excluded", ())
    tensors = [a if i in excluded else mg.tensor(a) for i, a in enumerate(args)]
    for first in (tensors, args):
        result = mg.vectorize(function, **options)(*first, **kwargs)
        assert isinstance(result, tuple) == isinstance(expected, tuple)
        several = result if isinstance(result, tuple) else (result,)
        for got, wanted in zip(
            several, expected if isinstance(expected, tuple) else (expected,), strict=True
        ):
            assert type(got) is mg.Tensor
            assert got.dtype == wanted.dtype
            np.testing.assert_array_equal(got.data, wanted)


def test_gradients_come_through_elements_rows_and_closures():
    x, y = mg.tensor([1.0, 2.0, 3.0]), mg.tensor(5.0)
    mg.vectorize(lambda a: a * a * y)(x).sum().backward()
    np.testing.assert_array_equal(x.grad, [10.0, 20.0, 30.0])
    assert y.grad == 14.0
    mg.vectorize(lambda n: n * y)([1.0, 2.0]).sum().backward()
    assert y.grad == 3.0
    rows = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    mg.vectorize(np.prod, signature="(n)->()")(rows).sum().backward()
    np.testing.assert_array_equal(rows.grad, [[2.0, 1.0], [4.0, 3.0]])


def test_it_decorates():
    @mg.vectorize(otypes=[float])
    def double(a):
        """Return twice as much."""
        return 2 * a

    assert double.__name__ == "double"
    assert double.__doc__ == "Return twice as much."
    np.testing.assert_array_equal(double([1, 2]).data, [2.0, 4.0])
    assert mg.vectorize(larger, doc="Other.").__doc__ == "Other."


@pytest.mark.parametrize(
    ("function", "options", "args"),
    [
        (larger, {}, (np.zeros(0),)),
        (larger, {}, (np.zeros(2), np.zeros(3))),
        (of_rows, {"signature": "(n),(n)->()"}, (np.zeros(2), np.zeros(3))),
        (of_rows, {"signature": "(n),(n)->()"}, (np.zeros(2), 1.0)),
        (of_rows, {"signature": "(n),(m)->(n)"}, (1.0, 2.0)),
        (lambda a: a, {"signature": "(n)->(m)"}, (np.zeros((0, 3)),)),
    ],
)
def test_errors_are_of_numpys_kind(function, options, args):
    with pytest.raises(ValueError):
        np.vectorize(function, **options)(*args)
    with pytest.raises(ValueError):
        mg.vectorize(function, **options)(*map(mg.tensor, args))
    with pytest.raises(TypeError):
        mg.vectorize(of_rows, signature="(n)->()")(np.ones(2), np.ones(2))


def test_numpys_own_class_raises():
    with pytest.raises(mg.GradientLost):
        np.vectorize(larger)(mg.tensor([1.0, 2.0]))
