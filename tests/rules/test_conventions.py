"""Where there is no derivative, or more than one: what the answer is, and that it is never a silent NaN.

Ties share; a branch that isn't taken doesn't speak; NaN and several zeros have the derivative that exists.
"""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.record import node_of
from mygrad.engine.sweep import forward, gradients

INF, NAN = np.inf, np.nan


def reverse(f, *arrays):
    """The gradients of the sum of `f`."""
    tensors = [mg.tensor(np.asarray(a, float)) for a in arrays]
    with np.errstate(all="ignore"):
        f(*tensors).backward()
    return [t.grad for t in tensors]


def pushed(f, *arrays):
    """For elementwise `f`: the derivatives by forward mode."""
    result = []
    tensors = [mg.tensor(np.asarray(a, float)) for a in arrays]
    for t in tensors:
        with np.errstate(all="ignore"):
            result.append(forward(node_of(f(*tensors)), {node_of(t): np.ones(t.shape)}))
    return result


def second(f, x):
    """The second derivatives of elementwise `f`, by reverse over reverse."""
    x = mg.tensor(np.asarray(x, float))
    with np.errstate(all="ignore"):
        (g,) = gradients(node_of(np.sum(f(x))), [node_of(x)], graph=True)
        if node_of(g) is None:
            return np.zeros(x.shape)
        np.sum(g).backward()
    return np.zeros(x.shape) if x.grad is None else x.grad


# ------------------------------------------------------------------------------------------------- ties share


@pytest.mark.parametrize("ufunc", [np.maximum, np.minimum, np.fmax, np.fmin])
def test_operands_that_tie_share(ufunc):
    for found in (reverse(ufunc, [1.0, 2.0], [1.0, 2.0]), pushed(ufunc, [1.0, 2.0], [1.0, 2.0])):
        np.testing.assert_array_equal(found, 0.5)
    np.testing.assert_array_equal(reverse(lambda x: ufunc(x, 1.0), [1.0]), [[0.5]])
    np.testing.assert_array_equal(reverse(lambda x: ufunc(1.0, x), [1.0]), [[0.5]])


@pytest.mark.parametrize("function", [np.max, np.min])
def test_elements_that_tie_share(function):
    a = [[1.0, 1.0, 1.0], [2.0, 2.0, 1.0]]
    share = [[1 / 3] * 3, [0.5, 0.5, 0.0]] if function is np.max else [[1 / 3] * 3, [0.0, 0.0, 1.0]]
    np.testing.assert_allclose(reverse(lambda x: function(x, axis=1), a)[0], share)
    x = mg.tensor(a)
    tangent = forward(node_of(function(x, axis=1)), {node_of(x): np.arange(6.0).reshape(2, 3)})
    np.testing.assert_allclose(tangent, np.sum(np.array(share) * np.arange(6.0).reshape(2, 3), axis=1))
    np.testing.assert_allclose(reverse(lambda x: function(x), np.ones(4))[0], 0.25)


@pytest.mark.parametrize("function", [np.max, np.min])
def test_an_initial_value_that_ties_has_its_share(function):
    for start, shares in (
        (2.0, [1 / 3, 1 / 3, 1 / 3]),
        (5.0 if function is np.max else 1.0, [0.0, 0.0, 1.0]),
    ):
        x, i = reverse(lambda x, i: function(x, initial=i), [2.0, 2.0], start)
        np.testing.assert_allclose([*x, i], shares)
        x, t = mg.tensor([2.0, 2.0]), mg.tensor(start)
        found = forward(
            node_of(function(x, initial=t)), {node_of(x): np.array([1.0, 3.0]), node_of(t): np.float64(5.0)}
        )
        np.testing.assert_allclose(found, np.dot(shares, [1.0, 3.0, 5.0]))


def test_the_value_has_half_at_a_bound():
    x = [-1.0, 0.0, 1.0, 2.0, 3.0]
    for found in (reverse(lambda x: np.clip(x, 0.0, 2.0), x), pushed(lambda x: np.clip(x, 0.0, 2.0), x)):
        np.testing.assert_array_equal(found[0], [0.0, 0.5, 1.0, 0.5, 0.0])
    found = reverse(lambda x, low: np.clip(x, low, 9.0), [1.0, 2.0], [1.0, 3.0])
    np.testing.assert_array_equal(found, [[0.5, 0.0], [0.5, 1.0]])


def test_the_two_middle_elements_share_the_median():
    if not hasattr(mg, "median"):
        pytest.skip("no rule for np.median")
    np.testing.assert_array_equal(reverse(np.median, [3.0, 1.0, 2.0, 5.0])[0], [0.5, 0.0, 0.5, 0.0])


# ---------------------------------------------------------------------------------- the element of least norm


@pytest.mark.parametrize("ufunc", [np.absolute, np.fabs])
def test_the_magnitude_of_zero(ufunc):
    for found in (reverse(ufunc, [0.0, -0.0]), pushed(ufunc, [0.0, -0.0]), [second(ufunc, [0.0, 0.0])]):
        np.testing.assert_array_equal(found[0], 0.0)
    z = mg.tensor([0j])
    np.abs(z).backward()
    np.testing.assert_array_equal(z.grad, 0.0)


def test_norms_of_zero_vectors():
    for order in (None, 1, 2, 3, 2.5, np.inf):
        np.testing.assert_array_equal(reverse(lambda x, p=order: np.linalg.norm(x, p), np.zeros(3))[0], 0.0)
    found = reverse(lambda x: np.linalg.norm(x, axis=1), [[0.0, 0.0], [3.0, 4.0]])[0]
    np.testing.assert_allclose(found, [[0.0, 0.0], [0.6, 0.8]])
    np.testing.assert_array_equal(reverse(np.linalg.norm, np.zeros((2, 2)))[0], 0.0)
    np.testing.assert_array_equal(reverse(np.hypot, [0.0], [0.0]), 0.0)
    x = mg.tensor(np.zeros(2))
    tangent = forward(node_of(np.linalg.norm(x)), {node_of(x): np.ones(2)})
    np.testing.assert_array_equal(tangent, 0.0)


def test_the_spread_of_constant_data():
    for options in ({}, {"ddof": 1}, {"axis": 0}):
        np.testing.assert_array_equal(reverse(lambda x, o=options: np.std(x, **o), np.full(4, 2.0))[0], 0.0)
        np.testing.assert_array_equal(reverse(lambda x, o=options: np.var(x, **o), np.full(4, 2.0))[0], 0.0)
    found = reverse(lambda x: np.std(x, axis=1), [[1.0, 1.0], [1.0, 3.0]])[0]
    np.testing.assert_allclose(found, [[0.0, 0.0], [-0.5, 0.5]])


# --------------------------------------------------------------------------------------- infinite derivatives


@pytest.mark.parametrize(
    ("ufunc", "x", "derivative"),
    [
        (np.sqrt, 0.0, INF),
        (np.cbrt, 0.0, INF),
        (np.log, 0.0, INF),
        (np.log2, 0.0, INF),
        (np.log10, 0.0, INF),
        (np.log1p, -1.0, INF),
        (np.arcsin, 1.0, INF),
        (np.arcsin, -1.0, INF),
        (np.arccos, 1.0, -INF),
        (np.arccos, -1.0, -INF),
        (np.arccosh, 1.0, INF),
        (np.arctanh, 1.0, INF),
        (np.arctanh, -1.0, INF),
        (np.reciprocal, 0.0, -INF),
    ],
)
def test_an_element_that_is_used_keeps_its_infinity(ufunc, x, derivative):
    assert reverse(ufunc, [x])[0] == derivative
    assert pushed(ufunc, [x])[0] == derivative


# -------------------------------------------------------------------------- a branch not taken does not speak

BRANCHES = {
    "log": (lambda x: np.where(x > 0, np.log(x), 0.0), lambda x: 1 / x, lambda x: -1 / x**2),
    "log of the other sign": (
        lambda x: np.where(x <= 0, 0.0, np.log(x)),
        lambda x: 1 / x,
        lambda x: -1 / x**2,
    ),
    "log2": (
        lambda x: np.where(x > 0, np.log2(x), 0.0),
        lambda x: 1 / x / np.log(2),
        lambda x: -1 / x**2 / np.log(2),
    ),
    "log10": (
        lambda x: np.where(x > 0, np.log10(x), 0.0),
        lambda x: 1 / x / np.log(10),
        lambda x: -1 / x**2 / np.log(10),
    ),
    "log1p": (lambda x: np.where(x > 0, np.log1p(x - 1), 0.0), lambda x: 1 / x, lambda x: -1 / x**2),
    "1 / x": (lambda x: np.where(x > 0, 1 / x, 0.0), lambda x: -1 / x**2, lambda x: 2 / x**3),
    "reciprocal": (lambda x: np.where(x > 0, np.reciprocal(x), 0.0), lambda x: -1 / x**2, lambda x: 2 / x**3),
    "x / x": (lambda x: np.where(x > 0, x / x, 0.0), lambda x: 0 * x, lambda x: 0 * x),
    "sin(x) / x": (
        lambda x: np.where(x > 0, np.sin(x) / x, 1.0),
        lambda x: np.cos(x) / x - np.sin(x) / x**2,
        lambda x: -np.sin(x) / x - 2 * np.cos(x) / x**2 + 2 * np.sin(x) / x**3,
    ),
    "sqrt": (lambda x: np.where(x > 0, np.sqrt(x), 0.0), lambda x: 0.5 * x**-0.5, lambda x: -0.25 * x**-1.5),
    "cbrt": (
        lambda x: np.where(x > 0, np.cbrt(x), 0.0),
        lambda x: x ** (-2 / 3) / 3,
        lambda x: -2 / 9 * x ** (-5 / 3),
    ),
    "x ** -1.5": (
        lambda x: np.where(x > 0, x**-1.5, 0.0),
        lambda x: -1.5 * x**-2.5,
        lambda x: 3.75 * x**-3.5,
    ),
    "x ** 0.5": (lambda x: np.where(x > 0, x**0.5, 0.0), lambda x: 0.5 * x**-0.5, lambda x: -0.25 * x**-1.5),
    "x ** x": (
        lambda x: np.where(x > 0, x**x, 0.0),
        lambda x: x**x * (np.log(x) + 1),
        lambda x: x**x * ((np.log(x) + 1) ** 2 + 1 / x),
    ),
    "float_power": (
        lambda x: np.where(x > 0, np.float_power(x, -1.5), 0.0),
        lambda x: -1.5 * x**-2.5,
        lambda x: 3.75 * x**-3.5,
    ),
    "arcsin": (lambda x: np.where(x > 0, np.arcsin(x - 1), 0.0), lambda x: (1 - (x - 1) ** 2) ** -0.5, None),
    "arccos": (
        lambda x: np.where(x > 0, np.arccos(x - 1), 0.0),
        lambda x: -((1 - (x - 1) ** 2) ** -0.5),
        None,
    ),
    "arctanh": (lambda x: np.where(x > 0, np.arctanh(x - 1), 0.0), lambda x: 1 / (1 - (x - 1) ** 2), None),
    "arccosh": (lambda x: np.where(x > 0, np.arccosh(x + 1), 0.0), lambda x: 1 / np.sqrt(x * (x + 2)), None),
    "arctan2": (lambda x: np.where(x > 0, np.arctan2(x, x), 0.0), lambda x: 0 * x, None),
    "times a mask": (
        lambda x: np.where(x > 0, np.log(x) * (x > 0), 0.0),
        lambda x: 1 / x,
        lambda x: -1 / x**2,
    ),
    "chain": (
        lambda x: np.where(x > 0, np.log(np.sqrt(x)) * 2, 0.0),
        lambda x: 1 / x,
        lambda x: -1 / x**2,
    ),
    "logarithm of a product": (
        lambda x: np.where(x > 0, np.log(x * x) / 2, 0.0),
        lambda x: 1 / x,
        lambda x: -1 / x**2,
    ),
    "maximum": (
        lambda x: np.where(x > 0, np.log(np.maximum(x, 0.0)), 0.0),
        lambda x: 1 / x,
        lambda x: -1 / x**2,
    ),
}
POINTS = np.array([1.2, 0.0, 0.3, -0.0, -1.5, 0.8])
each_branch = pytest.mark.parametrize(("f", "first", "twice"), BRANCHES.values(), ids=BRANCHES)


def taken(derivative):
    with np.errstate(all="ignore"):
        return np.where(POINTS > 0, derivative(POINTS), 0.0)


@each_branch
def test_reverse_mode_of_a_branch_not_taken(f, first, twice):
    np.testing.assert_allclose(reverse(f, POINTS)[0], taken(first), rtol=1e-12, atol=1e-12)


@each_branch
def test_forward_mode_of_a_branch_not_taken(f, first, twice):
    np.testing.assert_allclose(pushed(f, POINTS)[0], taken(first), rtol=1e-12, atol=1e-12)


@each_branch
def test_second_order_of_a_branch_not_taken(f, first, twice):
    if twice is None:
        found = second(f, POINTS)
        assert np.isfinite(found).all()
        np.testing.assert_array_equal(found[POINTS <= 0], 0.0)
    else:
        np.testing.assert_allclose(second(f, POINTS), taken(twice), rtol=1e-10, atol=1e-10)


@each_branch
def test_forward_over_reverse_of_a_branch_not_taken(f, first, twice):
    x = mg.tensor(POINTS)
    with np.errstate(all="ignore"):
        (g,) = gradients(node_of(np.sum(f(x))), [node_of(x)], graph=True)
        tangent = None if node_of(g) is None else forward(node_of(g), {node_of(x): np.ones(POINTS.shape)})
    tangent = np.zeros(POINTS.shape) if tangent is None else tangent
    assert np.isfinite(tangent).all()
    np.testing.assert_array_equal(tangent[POINTS <= 0], 0.0)
    if twice is not None:
        np.testing.assert_allclose(tangent, taken(twice), rtol=1e-10, atol=1e-10)


def test_other_ways_not_to_take_a_branch():
    x = np.array([1.0, 0.0, 2.0])
    expected = [1.0, 0.0, 0.5]

    def by_where(x):
        return np.log(
            x, where=x > 0, out=np.zeros(3) if not isinstance(x, mg.Tensor) else mg.zeros(3, constant=True)
        )

    def by_index(x):
        return np.log(x)[x.data > 0]

    def by_sum(x):
        return np.sum(np.log(x), where=x.data > 0)

    def by_write(x):
        y = np.log(x)
        y[x.data <= 0] = 0.0
        return y

    def by_copyto(x):
        y = np.log(x)
        np.copyto(y, 0.0, where=x.data <= 0)
        return y

    def by_masked_division(x):
        return np.divide(1.0, x, where=x.data > 0, out=mg.zeros(3, constant=True)) * -x * -x + np.zeros(3)

    for f in (by_where, by_index, by_sum, by_write, by_copyto):
        np.testing.assert_array_equal(reverse(f, x)[0], expected, err_msg=f.__name__)
    np.testing.assert_allclose(reverse(by_masked_division, x)[0], [1.0, 0.0, 1.0])


def test_an_element_that_is_used_is_not_mended():
    found = reverse(lambda x: np.where(x >= 0, np.sqrt(x), 0.0), [4.0, 0.0, -1.0])[0]
    np.testing.assert_array_equal(found, [0.25, INF, 0.0])
    found = reverse(lambda x: x * np.log(x), [0.0, 1.0])[0]
    assert np.isnan(found[0]) or found[0] == -INF
    assert found[1] == 1.0
    assert np.isnan(reverse(lambda x: np.sqrt(x) / np.sqrt(x), [0.0])[0]).all()


def test_a_gradient_of_zero_given_by_the_user():
    x = mg.tensor([0.0, 4.0])
    np.sqrt(x).backward([0.0, 1.0])
    np.testing.assert_array_equal(x.grad, [0.0, 0.25])


def test_quiet_nans_that_are_left_out():
    """A product with NaN raises no floating-point flag."""
    roots = [NAN, 2.0]
    for f in (
        lambda x: np.where([False, True], x * roots * roots, 0.0),
        lambda x: (x * roots * roots)[1:],
        lambda x: np.fmax(x * roots * roots, 0.0),
        lambda x: np.nansum(np.tanh(x * roots)) + 3.0 * x[1] - np.tanh(2.0 * x[1]) + x[1],
    ):
        np.testing.assert_allclose(reverse(f, [1.0, 1.0])[0], [0.0, 4.0], atol=1e-12)
    x = mg.tensor([1.0, 1.0])
    (x * roots * roots).backward([0.0, 1.0])
    np.testing.assert_array_equal(x.grad, [0.0, 4.0])


@pytest.mark.parametrize("pick", [np.max, np.median, lambda x: np.sort(x)[-1], lambda x: np.quantile(x, 1.0)])
def test_an_infinite_cotangent_goes_to_what_was_picked(pick):
    x = [-4.0, 0.0, -1.0] if pick is not np.median else [-4.0, 0.0, 1.0]
    np.testing.assert_array_equal(reverse(lambda x: np.sqrt(pick(x)), x)[0], [0.0, INF, 0.0])


@pytest.mark.parametrize(
    "pick", [np.max, np.median, lambda x: np.sort(x)[1], lambda x: np.maximum(x[0], x[1])]
)
def test_an_infinite_tangent_of_what_was_not_picked(pick):
    x = mg.tensor([0.0, 4.0] if pick is not np.median else [0.0, 4.0, 9.0])
    with np.errstate(all="ignore"):
        y = node_of(pick(np.sqrt(x)))
    assert forward(y, {node_of(x): np.ones(x.shape)}) == 0.25


def test_matrices_without_an_inverse_in_branches_not_taken():
    def f(x):
        return np.where(x[0, 0] > 5.0, np.linalg.slogdet(x)[1], x[0, 0])

    np.testing.assert_array_equal(reverse(f, np.ones((2, 2)))[0], [[1.0, 0.0], [0.0, 0.0]])
    singular = np.diag([1.0, 0.0])  # its R is singular to the last bit, whatever library computes it
    x = mg.tensor(singular)
    r = np.linalg.qr(x)[1]
    np.where(False, r, x).sum().backward()
    np.testing.assert_array_equal(x.grad, 1.0)
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.qr(mg.tensor(singular))[1].sum().backward()


def test_what_does_not_move_does_not_speak():
    """Columns of a Jacobian by forward mode: 0 beside the diagonal, even where the slope is infinite."""
    x = mg.tensor([0.0, 1.0])
    with np.errstate(all="ignore"):
        y = node_of(np.log(x))
        z = node_of(np.log(x)[:, None] * x)
    np.testing.assert_array_equal(forward(y, {node_of(x): np.array([0.0, 1.0])}), [0.0, 1.0])
    np.testing.assert_array_equal(forward(y, {node_of(x): np.array([1.0, 0.0])}), [INF, 0.0])
    found = forward(z, {node_of(x): np.array([0.0, 1.0])})
    np.testing.assert_array_equal(found[1], [0.0, 1.0])


# ---------------------------------------------------------------------------------------------- NaN and zeros


@pytest.mark.parametrize("function", [np.max, np.min])
def test_a_nan_has_the_gradient_of_the_extreme_that_it_is(function):
    np.testing.assert_array_equal(reverse(function, [1.0, NAN, 3.0])[0], [0.0, 1.0, 0.0])


def test_which_operand_has_the_gradient_beside_a_nan():
    for ufunc in (np.maximum, np.minimum):
        np.testing.assert_array_equal(
            reverse(ufunc, [1.0, NAN, NAN], [NAN, 1.0, NAN]), [[0, 1, 0.5], [1, 0, 0.5]]
        )
    for ufunc in (np.fmax, np.fmin):
        np.testing.assert_array_equal(
            reverse(ufunc, [1.0, NAN, NAN], [NAN, 1.0, NAN]), [[1, 0, 0.5], [0, 1, 0.5]]
        )


@pytest.mark.parametrize(
    ("a", "expected"),
    [
        ([2.0, 0.0, 3.0], [0.0, 6.0, 0.0]),
        ([0.0, 0.0, 3.0], [0.0, 0.0, 0.0]),
        ([0.0], [1.0]),
        ([0.0, 5.0], [5.0, 0.0]),
    ],
)
def test_products_with_zeros(a, expected):
    np.testing.assert_array_equal(reverse(np.prod, a)[0], expected)
    x = mg.tensor(a)
    for k in range(len(a)):
        tangent = forward(node_of(np.prod(x)), {node_of(x): np.eye(len(a))[k]})
        assert tangent == expected[k]


def test_running_products_with_zeros():
    a = np.array([2.0, 0.0, 3.0, 0.0, 5.0])
    u = np.array([1.0, 10.0, 100.0, 1e3, 1e4])
    jacobian = np.array(
        [[np.prod(np.delete(a[: i + 1], j)) if j <= i else 0.0 for j in range(5)] for i in range(5)]
    )
    x = mg.tensor(a)
    np.cumprod(x).backward(u)
    np.testing.assert_array_equal(x.grad, u @ jacobian)
    x = mg.tensor(a)
    for k in range(5):
        np.testing.assert_array_equal(
            forward(node_of(np.cumprod(x)), {node_of(x): np.eye(5)[k]}), jacobian[:, k]
        )


def test_a_nan_in_a_product_is_no_silent_zero():
    found = reverse(np.prod, [2.0, NAN, 3.0])[0]
    np.testing.assert_array_equal(found, [NAN, 6.0, NAN])


def test_sorting_puts_nan_last_and_leaves_each_element_its_gradient():
    x = mg.tensor([3.0, NAN, 1.0])
    np.sort(x).backward([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(x.grad, [2.0, 3.0, 1.0])


def test_the_step_of_heaviside_is_left_out():
    np.testing.assert_array_equal(
        reverse(np.heaviside, [-1.0, 0.0, 2.0], [0.5, 0.5, 0.5]), [[0, 0, 0], [0, 1, 0]]
    )


def test_powers_of_zero():
    for exponent, derivative in ((0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0), (0.5, INF), (-1, -INF)):
        assert reverse(lambda x, n=exponent: np.power(x, float(n)), [0.0])[0] == derivative
        assert reverse(lambda x, n=exponent: x**n, [0.0])[0] == derivative
    found = reverse(np.power, [0.0, 0.0, 0.0], [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(found, [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize(
    "values", [[0.0, -0.0, 1.0, -0.0], [np.nan, 1.0, -np.nan, 0.5], [1 + 0j, 1 - 0j, -1j]]
)
def test_sorted_values_are_those_of_numpy_bit_for_bit(values):
    for array in (np.array(values), np.tile(values, (3, 40)), np.tile(values, (40, 3)).T):
        out = np.sort(mg.tensor(array), axis=-1)
        assert not out.constant
        assert out.data.tobytes() == np.sort(array, axis=-1).tobytes()
        assert out.data.strides == np.sort(array, axis=-1).strides


@pytest.mark.parametrize("axis", [0, 1, (0, 2), None])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("digits", [0, 9])
@pytest.mark.parametrize("order", ["C", "F"])
def test_few_extremes_of_many_elements_get_what_others_get(axis, keepdims, digits, order):
    """By their places, where the mask of the rule would be as large as the array; ties among them."""
    x = np.asarray(np.round(np.random.default_rng(0).normal(size=(20, 30, 40)), digits), order=order)
    t = mg.tensor(x)
    y = t + 0.0
    out = np.max(y, axis=axis, keepdims=keepdims)
    weights = np.cos(np.arange(out.size)).reshape(out.shape)
    ((out * weights).sum() + np.sum(y * x)).backward()
    top = np.max(x, axis=axis, keepdims=True)
    chosen = x == top
    share = weights.reshape(top.shape) / np.count_nonzero(chosen, axis=axis, keepdims=True)
    np.testing.assert_allclose(t.grad, x + chosen * share, rtol=1e-12)
