"""All ufuncs: each has its place in the table, and their methods differentiate whatever the rule.

The methods compute in another order than ufuncs do; their derivatives follow from the one elementwise rule.
"""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.record import node_of
from mygrad.engine.rule import Elementwise, composites, not_differentiable, rules
from mygrad.engine.sweep import forward
from mygrad.testing.numerical import along, columns, gradient

from .drawing import entries_of
from .ufunc_cases import NONZERO, POSITIVE, domains_of

UFUNCS = {f for f in map(np.__dict__.get, dir(np)) if isinstance(f, np.ufunc)}
BINARY = sorted(
    (f for f in entries_of(rules) if type(rules[f]) is Elementwise and f.nin == 2), key=lambda f: f.__name__
)
each_binary = pytest.mark.parametrize("ufunc", BINARY, ids=lambda f: f.__name__)

# What a method feeds back into the ufunc must stay in its domain: next to a jump there is no derivative.
ROWS = {
    np.remainder: [[7.3, -8.6, 5.6], [2.9, 3.3, 2.2], [1.3, 1.7, 1.45]],
    np.fmod: [[7.3, -8.6, 5.6], [2.9, 3.3, 2.2], [1.3, 1.7, 1.45]],
    np.nextafter: [[1.0, 2.0, 3.0], [1.5, 1.5, 2.5], [0.5, 2.5, 2.75]],
}

# Where NumPy has vectorised loops for these, it doesn't take the elements of a contiguous axis, or of any in
# reduceat, one after the other: power.reduce([a, b, c]) isn't (a**b)**c then, nor the same on each machine.
UNORDERED = (np.power, np.arctan2)


def rows_of(ufunc, n=3):
    """An array to reduce along its first axis."""
    if ufunc in ROWS:
        return np.array(ROWS[ufunc])[:n]
    rng = np.random.default_rng(len(ufunc.__name__))
    if ufunc in (np.power, np.float_power, np.divide, np.hypot, np.arctan2):
        return rng.permutation(np.linspace(0.6, 1.7, 3 * n)).reshape(n, 3)
    domains = domains_of(ufunc)
    values = rng.permutation(np.linspace(0.35, 1.9, 3 * n)).reshape(n, 3)
    return (
        values * rng.choice([-1, 1], values.shape)
        if NONZERO in domains or POSITIVE not in domains
        else values
    )


def check(f, *arrays):
    """Values, both modes, and the second order, of a function of arrays."""
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        expected = f(*arrays)
        tensors = [mg.tensor(a) for a in arrays]
        result = f(*tensors)
        assert isinstance(result, mg.Tensor)
        assert result.dtype == expected.dtype
        assert result.shape == expected.shape
        np.testing.assert_allclose(result.data, expected, rtol=1e-14, atol=1e-14)
        cotangent = rng.uniform(-1, 1, expected.shape)
        directions = [rng.uniform(-1, 1, a.shape) for a in arrays]
        tangent = forward(node_of(result), {node_of(t): d for t, d in zip(tensors, directions, strict=True)})
        np.testing.assert_allclose(tangent, along(f, arrays, directions), rtol=1e-7, atol=1e-7)
        result.backward(cotangent)
        for t, a, column in zip(tensors, arrays, columns(f, arrays), strict=True):
            if t.grad is None:
                assert not a.size  # nothing of it is in the result
                continue
            assert t.grad.shape == a.shape
            assert t.grad.dtype == a.dtype
            np.testing.assert_allclose(t.grad, gradient(column, a, cotangent), rtol=1e-7, atol=1e-7)


def written(write, *arrays):
    """A function that writes into a copy of its first argument, differentiated."""

    def f(a, *rest):
        a = a.copy()
        write(a, *rest)
        return a

    check(f, *arrays)


# ---------------------------------------------------------------------------------------------- the namespace


@pytest.mark.parametrize("ufunc", sorted(UFUNCS, key=lambda f: f.__name__), ids=lambda f: f.__name__)
def test_each_ufunc_of_numpy_has_its_place(ufunc):
    places = [ufunc in rules, ufunc in composites, ufunc in not_differentiable]
    # The sign of complex numbers is composed, that of real ones has no gradient.
    assert sum(places) == (2 if ufunc is np.sign else 1), (
        f"{ufunc.__name__} is to be one of: a rule, a composite, without gradient"
    )


CONSTANT = sorted((f for f in UFUNCS if f in not_differentiable), key=lambda f: f.__name__)
INTEGERS = {
    np.bitwise_and,
    np.bitwise_or,
    np.bitwise_xor,
    np.invert,
    np.bitwise_count,
    np.left_shift,
    np.right_shift,
    np.gcd,
}
INTEGERS |= {np.lcm}


@pytest.mark.parametrize("ufunc", [f for f in CONSTANT if f is not np.isnat], ids=lambda f: f.__name__)
def test_piecewise_constant_ufuncs_return_what_numpy_returns(ufunc):
    arrays = [np.array([[1.5, -2.5, 0.0], [3.0, np.nan, np.inf]]), np.array([1.5, 2.0, -1.0])][: ufunc.nin]
    if ufunc in INTEGERS:
        arrays = [np.array([[12, 7, 4], [9, 1, 3]]), np.array([2, 3, 1])][: ufunc.nin]
    with np.errstate(all="ignore"):
        expected = ufunc(*arrays)
        for result in (
            ufunc(*map(mg.tensor, arrays)),
            ufunc(mg.tensor(arrays[0]), *arrays[1:]),
            ufunc(*arrays[:-1], mg.tensor(arrays[-1])),
            ufunc(mg.tensor(arrays[0])[0, 1], *arrays[1:]),
            ufunc(*map(mg.tensor, arrays), where=[True, True, True]),
        ):
            assert not isinstance(result, mg.Tensor)
            wanted = expected if result.shape == expected.shape else ufunc(arrays[0][0, 1], *arrays[1:])
            assert type(result) is type(wanted)
            assert result.dtype == wanted.dtype
            np.testing.assert_array_equal(result, wanted)
        out = np.zeros_like(expected)
        assert ufunc(*map(mg.tensor, arrays), out=out) is out
        np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("ufunc", [f for f in CONSTANT if f.nin == 2], ids=lambda f: f.__name__)
def test_methods_of_piecewise_constant_ufuncs_return_what_numpy_returns(ufunc):
    a = np.array([[12, 7, 4], [9, 1, 3]])
    for method, rest in (("reduce", ()), ("accumulate", (1,)), ("outer", (a[0],)), ("reduceat", ([0, 1],))):
        function = getattr(ufunc, method)
        try:
            expected = function(a, *rest)
        except TypeError:  # the result of a comparison is none of its operands
            with pytest.raises(TypeError):
                function(mg.tensor(a), *rest)
            continue
        result = function(mg.tensor(a), *rest)
        assert type(result) is type(expected)
        assert result.dtype == expected.dtype
        np.testing.assert_array_equal(result, expected)


# ------------------------------------------------------------------------------------------------ the methods


@each_binary
def test_reduce(ufunc):
    if ufunc is np.ldexp:
        return  # a float to the left and an integer to the right: NumPy has no loop that feeds back
    a = rows_of(ufunc)
    check(lambda x: ufunc.reduce(x), a)
    check(lambda x: ufunc.reduce(x, axis=0, keepdims=True), a)
    check(lambda x: ufunc.reduce(x), a[:1])
    if ufunc not in UNORDERED:
        check(lambda x: ufunc.reduce(x, axis=-1), a.T)
        check(lambda x: ufunc.reduce(x), a[:, 0])
    check(lambda x: ufunc.reduce(x, dtype=np.longdouble), a)
    mask = np.array([[True, False, True], [True, True, True], [False, True, True]])
    start = 1.25 if ufunc not in (np.remainder, np.fmod) else 9.1
    check(lambda x: ufunc.reduce(x, initial=start), a[:2])
    if ufunc.identity is not None:
        check(lambda x: ufunc.reduce(x, where=mask), a)
    check(lambda x: ufunc.reduce(x, initial=start, where=mask[:2]), a[:2])

    def into(x, out):
        out = out.copy()
        assert ufunc.reduce(x, out=out) is out
        return out * 2.0

    arrays = [a, np.ones(3)]
    tensors = [mg.tensor(v) for v in arrays]
    np.testing.assert_allclose(into(*tensors).data, into(*arrays))
    check(lambda x: into(x, mg.zeros(3) if isinstance(x, mg.Tensor) else np.zeros(3)), a)
    if ufunc in (
        np.add,
        np.multiply,
        np.maximum,
        np.minimum,
        np.fmax,
        np.fmin,
        np.logaddexp,
        np.logaddexp2,
        np.hypot,
    ):
        check(lambda x: ufunc.reduce(x, axis=None), a)
        check(lambda x: ufunc.reduce(x, axis=(0, 1), keepdims=True), a)


@each_binary
def test_reduce_of_nothing(ufunc):
    empty = np.zeros((0, 3))
    try:
        expected = ufunc.reduce(empty)
    except (ValueError, TypeError) as error:
        with pytest.raises(type(error)):
            ufunc.reduce(mg.tensor(empty))
    else:
        np.testing.assert_array_equal(ufunc.reduce(mg.tensor(empty)).data, expected)


@each_binary
def test_accumulate(ufunc):
    if ufunc is np.ldexp:
        return
    a = rows_of(ufunc)
    check(lambda x: ufunc.accumulate(x), a)
    check(lambda x: ufunc.accumulate(x, axis=-1), a.T)
    check(lambda x: ufunc.accumulate(x), a[:, 1])
    check(lambda x: ufunc.accumulate(x, dtype=np.longdouble), a)
    check(lambda x: ufunc.accumulate(x), np.zeros((0, 2)))

    def into(x):
        out = mg.zeros(x.shape) if isinstance(x, mg.Tensor) else np.zeros(x.shape)
        assert ufunc.accumulate(x, out=out) is out
        return out * 2.0

    check(into, a)


@each_binary
def test_reduceat(ufunc):
    if ufunc is np.ldexp:
        return
    a = rows_of(ufunc)
    if ufunc in UNORDERED:
        check(lambda x: ufunc.reduceat(x, [0, 1, 2]), a)
        return
    check(lambda x: ufunc.reduceat(x, [0, 1, 0]), a)
    check(lambda x: ufunc.reduceat(x, [1, 2], axis=0), a)
    check(lambda x: ufunc.reduceat(x, [0, 2], axis=1), a.T)
    check(lambda x: ufunc.reduceat(x, [2, 0], dtype=np.longdouble), a)


def operands(ufunc, n, m):
    """Arguments for `ufunc` of these lengths, in its domain, all different."""
    result = []
    for k, (domain, size) in enumerate(zip(domains_of(ufunc), (n, m), strict=True)):
        low, high = domain["domain"]
        values = low + (high - low) * (np.arange(size) + 0.3 + 0.35 * k) / size
        result.append(values * np.resize([1, -1], size) if domain.get("signed") else values)
    return result


@each_binary
def test_outer(ufunc):
    if ufunc is np.ldexp:
        check(lambda x: np.ldexp.outer(x, [1, -2, 0]), np.array([0.5, 1.5]))
        return
    x, y = operands(ufunc, 3, 4)
    check(ufunc.outer, x, y)
    check(ufunc.outer, x.reshape(3, 1), y.reshape(2, 2))
    check(lambda x: ufunc.outer(x, y), x)
    check(lambda y: ufunc.outer(x, y), y)
    check(ufunc.outer, x, np.array(y[0]))
    check(lambda x, y: ufunc.outer(x, y, dtype=np.longdouble), x, y)

    def into(x, y):
        out = mg.zeros((3, 4)) if isinstance(x, mg.Tensor) else np.zeros((3, 4))
        assert ufunc.outer(x, y, out=out) is out
        return out * 2.0

    check(into, x, y)


@each_binary
def test_at(ufunc):
    if ufunc is np.ldexp:
        written(lambda a: np.ldexp.at(a, [0, 2, 0], [1, -2, 3]), np.array([0.5, 1.5, -1.0]))
        return
    x, y = operands(ufunc, 4, 3)
    written(lambda a, b: ufunc.at(a, [0, 3, 1], b), x, y)
    written(lambda a, b: ufunc.at(a, slice(1, None), b), x, y)
    written(lambda a, b: ufunc.at(a, np.array([True, False, True, True]), b), x, y)
    written(lambda a, b: ufunc.at(a, ([0, 1], [1, 0]), b), x.reshape(2, 2), y[:1])
    written(lambda a, b: ufunc.at(a, (Ellipsis, 0), b), x.reshape(2, 2), y[:1])
    written(lambda a, b: ufunc.at(a[1:], [0, 2], b), x, y[:2])
    written(lambda a, b: ufunc.at(a, [], b), x, np.zeros(0))
    if ufunc in (np.add, np.subtract, np.multiply, np.maximum, np.minimum, np.logaddexp, np.hypot):
        # An element that is named several times is updated several times.
        written(lambda a, b: ufunc.at(a, [2, 0, 2], b), x, y)
        written(lambda a, b: ufunc.at(a, [1, 1, 1], b), x, y)
        written(lambda a, b: ufunc.at(a, [-1, 3], b), x, y[:1])


@pytest.mark.parametrize(
    "ufunc",
    sorted(
        (f for f in entries_of(rules) if type(rules[f]) is Elementwise and f.nin == 1),
        key=lambda f: f.__name__,
    ),
    ids=lambda f: f.__name__,
)
def test_at_of_unary_ufuncs(ufunc):
    (domain,) = domains_of(ufunc)
    low, high = domain["domain"]
    x = low + (high - low) * np.array([0.2, 0.5, 0.9])
    written(lambda a: ufunc.at(a, [0, 2]), x)
    written(lambda a: ufunc.at(a, np.array([False, True, False])), x)


def test_a_write_by_at_into_a_plain_array_is_refused():
    a = np.zeros(3)
    with pytest.raises(mg.GradientLost, match=r"plain array, which can't carry it on.*mygrad.tensor"):
        np.add.at(a, [0, 1], mg.tensor([1.0, 2.0]))
    np.testing.assert_array_equal(a, 0.0)


def test_methods_keep_single_precision():
    x = mg.tensor(np.array([1.5, 2.5, 0.5], np.float32))
    for f in (np.add.reduce, np.multiply.accumulate, np.subtract.reduce, lambda x: np.hypot.outer(x, x)):
        result = f(x)
        assert result.dtype == np.float32
        result.backward()
        assert x.grad.dtype == np.float32


def test_methods_of_tensors_of_integers_are_constants():
    i = mg.tensor([3, 1, 2])
    for result, expected in (
        (np.add.reduce(i), 6),
        (np.multiply.accumulate(i), [3, 3, 6]),
        (np.subtract.reduceat(i, [0, 2]), [2, 2]),
        (np.maximum.outer(i, i), [[3, 3, 3], [3, 1, 2], [3, 2, 2]]),
    ):
        assert result.constant
        assert result.dtype == np.int64
        np.testing.assert_array_equal(result.data, expected)


@pytest.mark.parametrize("ufunc", [np.logaddexp, np.logaddexp2])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1e300, 1e300, -1e300], [0.5, 0.5, 0.0]),
        ([-np.inf, 1.0, 1.0], [0.0, 0.5, 0.5]),
        ([np.inf, 1.0, -np.inf], [1.0, 0.0, 0.0]),
        ([np.inf, np.inf, 0.0], [0.5, 0.5, 0.0]),
        ([-np.inf, -np.inf], [0.5, 0.5]),
        ([np.nan, 1.0], [np.nan, np.nan]),
    ],
)
def test_the_log_of_a_sum_is_shared_by_the_greatest(ufunc, values, expected):
    x = mg.tensor([values, np.zeros(len(values))])
    y = ufunc.reduce(x, axis=1)
    np.testing.assert_array_equal(y.data, ufunc.reduce(x.data, axis=1))
    y.backward()
    np.testing.assert_allclose(x.grad, [expected, np.full(len(values), 1 / len(values))])


# ---------------------------------------------------------------------------- what NumPy does, in all dtypes

EACH_DTYPE = "? i1 u1 i8 f4 f8 c16".split()
SOME = np.array([True, False, True])
CALLS = {
    "reduce": [
        ((), {}),
        ((None,), {}),
        ((1, "f8"), {}),
        ((0, None, None, True), {}),
        ((0, None, None, False, 3, SOME), {}),
        ((), {"axis": (0, 1)}),
        ((), {"axis": ()}),
        ((), {"axis": 7}),
        ((), {"dtype": "f4", "keepdims": True}),
        ((), {"initial": 1}),
        ((), {"initial": None}),
        ((), {"where": SOME}),
    ],
    "accumulate": [((), {}), ((1,), {}), ((-1, "f8"), {}), ((), {"axis": 0, "dtype": "f4"}), ((9,), {})],
    "reduceat": [
        (([0, 1],), {}),
        (([0, 2], 1), {}),
        (([1, 0, 0],), {"axis": -1}),
        (([0], 0, "f8"), {}),
        (([5],), {}),
        (([], 0), {}),
        ((np.array([0, 1], "i4"),), {}),
    ],
}


def drawn(dtype, shape):
    a = np.arange(np.prod(shape)).reshape(shape) * 7 % 5 - (0 if dtype == "u1" else 1)
    a = (a % 2 == 0) if dtype == "?" else a.astype(dtype)
    if dtype == "c16":
        return np.asarray(a + 1j * a[..., ::-1] if a.ndim else a + 1j)
    return np.asarray((a + 0.25).astype(dtype)) if dtype[0] == "f" else a


def tried(call, *args, **kwargs):
    with np.errstate(all="ignore"):
        try:
            return call(*args, **kwargs)
        except Exception as error:
            return error


def agree(got, expected):
    if isinstance(expected, Exception):
        assert isinstance(got, type(expected)) or isinstance(expected, type(got)), (got, expected)
        return
    assert not isinstance(got, Exception), (got, expected)
    for one, other in zip(*[r if isinstance(r, tuple) else (r,) for r in (got, expected)], strict=True):
        value = mg.asarray(one)
        assert value.dtype == np.asarray(other).dtype
        np.testing.assert_array_equal(value, other, strict=True)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("ufunc", sorted(UFUNCS, key=lambda f: f.__name__), ids=lambda f: f.__name__)
def test_methods_take_all_that_numpys_take_in_all_dtypes(ufunc, method):
    f = getattr(ufunc, method)
    for dtype in EACH_DTYPE:
        for shape in ((2, 3), (0, 3), (3,)):
            a = drawn(dtype, shape)
            for args, kwargs in CALLS[method]:
                expected = tried(f, a, *args, **kwargs)
                for constant in (None, True):
                    x = mg.tensor(a, constant=constant)
                    agree(tried(f, x, *args, **kwargs), expected)
                    if len(args) > 2 or not isinstance(expected, np.ndarray):
                        continue
                    for out in (np.full_like(expected, 1), mg.full_like(expected, 1)):
                        assert mg.asarray(tried(f, x, *args, **kwargs, out=out)) is mg.asarray(out)
                        agree(out, expected)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("ufunc", sorted(UFUNCS, key=lambda f: f.__name__), ids=lambda f: f.__name__)
def test_outer_and_at_take_all_that_numpys_take_in_all_dtypes(ufunc):
    for dtype in EACH_DTYPE:
        for shape in ((2, 3), (3,)):
            a = drawn(dtype, shape)
            for b in (drawn(dtype, (2,)), 2, np.array([0.5, 1.5])):
                expected = tried(ufunc.outer, a, b)
                agree(tried(ufunc.outer, mg.tensor(a), b), expected)
                agree(tried(ufunc.outer, a, mg.tensor(b)), expected)
            for index in (0, [0, 0, 1], slice(0, 2), (0,), np.array([True, False, True][-len(a) :])):
                for operands in ((), (2,), (1.5,), (a[:1],)):
                    if ufunc.nin != len(operands) + 1:
                        continue
                    written, x = a.copy(), mg.tensor(a)
                    expected = tried(ufunc.at, written, index, *operands)
                    got = tried(ufunc.at, x, index, *operands)
                    assert isinstance(got, type(expected)) or isinstance(expected, type(got))
                    if expected is None:
                        agree(x, written)


def test_a_loop_is_in_the_dtype_of_out_and_its_derivative_passes_through():
    x = mg.tensor(np.array([[1.5, 2.0], [0.5, 3.0]], np.float32))
    out = mg.zeros(2)
    result = np.hypot.reduce(x, axis=0, out=out)
    assert result is out
    np.testing.assert_array_equal(out.data, np.hypot.reduce(x.data, axis=0, dtype=float))
    out.sum().backward()
    np.testing.assert_allclose(x.grad, x.data / out.data, rtol=1e-6)
    assert x.grad.dtype == np.float32


def test_an_initial_value_may_carry_a_gradient():
    start = mg.tensor(10.0)
    x = mg.tensor([1.0, 2.0])
    result = np.arctan2.reduce(x, initial=start)
    np.testing.assert_allclose(result.data, np.arctan2.reduce(x.data, initial=10.0))
    result.backward()
    inner = np.arctan2(10.0, 1.0)
    np.testing.assert_allclose(start.grad, 2 / (inner**2 + 4) * 1 / 101)
    np.hypot.reduce(mg.tensor([3.0], constant=True), initial=start).backward()
    np.testing.assert_allclose(start.grad, 10 / np.sqrt(109))


def test_a_reduction_of_nothing_gives_a_zero_gradient():
    x = mg.tensor(np.ones((2, 0)))
    np.hypot.reduce(x, axis=1).sum().backward()
    assert x.grad.shape == (2, 0)
    y = mg.tensor([1.0, 2.0])
    (np.hypot.reduceat(y, []).sum() + y[0]).backward()
    assert y.grad.tolist() == [1.0, 0.0]
