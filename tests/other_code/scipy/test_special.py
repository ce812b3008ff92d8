"""The functions of `scipy.special`: each rule in all it can be asked, and its digits in the tails."""

import mpmath
import numpy as np
import pytest
from mpmath import mpf
from scipy import special

import mygrad as mg
from mygrad.engine.record import node_of
from mygrad.engine.sweep import gradients
from mygrad.testing import check_rule

POINTS = np.array([0.3, 1.4, 2.2])
SMALL = 0.3 * POINTS
SIGNED = np.array([-1.3, 0.2, 2.5])
OTHERS = np.array([1.2, 0.5, 3.1])
TABLE = 0.3 * np.arange(6.0).reshape(2, 3) + 0.1

UNARY = {
    **dict.fromkeys(
        "expit log_expit exprel exp2 exp10 expm1 erf erfc erfcx erfi ndtr log_ndtr i0 i1 i0e i1e j0 j1 cosm1 "
        "sindg cosdg tandg cbrt".split(),
        SIGNED,
    ),
    **dict.fromkeys(
        "log1p entr gammaln digamma psi gamma loggamma k0 k1 k0e k1e y0 y1 cotdg".split(), POINTS
    ),
    **dict.fromkeys("logit erfinv erfcinv ndtri".split(), SMALL),
}
BINARY = "xlogy xlog1py rel_entr kl_div huber pseudo_huber beta betaln boxcox".split()
IN_THE_SECOND = "jv yv iv kv ive kve gammainc gammaincc".split()


@pytest.mark.parametrize("name", UNARY)
def test_a_function_of_one_number(name):
    check_rule(getattr(special, name), UNARY[name])


@pytest.mark.parametrize("name", BINARY)
def test_a_function_of_two_numbers(name):
    check_rule(getattr(special, name), POINTS, OTHERS)


@pytest.mark.parametrize("name", IN_THE_SECOND)
def test_a_function_with_an_order(name):
    function = getattr(special, name)
    orders = np.array([1.5, 2.0, 0.3])
    check_rule(function, orders, OTHERS)
    with pytest.raises(TypeError, match=f"{name} has no derivative in 'x'"):
        function(mg.tensor(orders), OTHERS)


@pytest.mark.parametrize(
    ("function", "args", "kwargs"),
    [
        (special.logsumexp, (TABLE,), {}),
        (special.logsumexp, (TABLE[0],), {}),
        (special.logsumexp, (TABLE, 1), {}),
        (special.logsumexp, (TABLE, (0, 1)), {}),
        (special.logsumexp, (TABLE,), {"axis": 0, "keepdims": True}),
        (special.logsumexp, (TABLE,), {"axis": -1, "b": TABLE - 3.5, "return_sign": True}),
        (special.logsumexp, (TABLE, 0, TABLE[0] + 1.0), {}),
        (special.logsumexp, (TABLE,), {"b": 2.0}),
        (special.softmax, (TABLE,), {}),
        (special.softmax, (TABLE, 1), {}),
        (special.softmax, (TABLE,), {"axis": (0, 1)}),
        (special.log_softmax, (TABLE,), {}),
        (special.log_softmax, (TABLE,), {"axis": 0}),
        (special.polygamma, (2, TABLE), {}),
        (special.polygamma, (np.array([0, 1, 3]), TABLE), {}),
        (special.zeta, (2.5, TABLE), {}),
        # Of complex numbers the values of SciPy 1.13 itself are wrong.
        (special.hyp1f1, (1.5, 2.5, SIGNED), {"dtypes": [float, np.float32]}),
    ],
)  # fmt: skip
def test_a_function_with_arguments_of_other_kinds(function, args, kwargs):
    check_rule(function, *args, **kwargs)


def test_the_order_of_zeta_and_of_polygamma_refuses_a_tensor():
    with pytest.raises(TypeError, match="polygamma has no derivative in 'n'"):
        mg.drop_in(special.polygamma)(mg.tensor(1.0), 2.0)
    with pytest.raises(TypeError, match="zeta has no derivative in 'x'"):
        mg.drop_in(special.zeta)(mg.tensor(3.0))


def test_the_sign_of_gamma_has_no_gradient():
    assert type(special.gammasgn(mg.tensor([-0.5, 0.5]))) is np.ndarray


def test_ufuncs_write_where_they_are_asked_to():
    # With where= most of SciPy's ufuncs write past the end of memory; this one doesn't.
    x = mg.tensor([0.5, 1.0, 2.0])
    out = mg.zeros(3)
    y = special.entr(x, out=out, where=[True, False, True])
    assert y is out
    y.sum().backward()
    np.testing.assert_allclose(x.grad, [-np.log(0.5) - 1.0, 0.0, -np.log(2.0) - 1.0])


@pytest.mark.parametrize(
    "function", [special.expit, special.digamma, special.log_ndtr, special.i0e, special.erfcx]
)
def test_single_precision_is_kept(function):
    x = mg.tensor(POINTS, dtype=np.float32)
    y = function(x)
    y.sum().backward()
    assert y.dtype == x.grad.dtype == np.float32


def test_a_module_of_twins_has_the_functions_that_ask_nobody():
    twins = mg.drop_in(special)
    x = mg.tensor([1.0, 2.0])
    twins.logsumexp(x).backward()
    np.testing.assert_allclose(x.grad, special.softmax(x.data))


def test_infinite_elements_share_the_derivative_of_logsumexp():
    for values, wanted in [
        ([np.inf, 1.0, np.inf], [0.5, 0.0, 0.5]),
        ([-np.inf, 1.0, 1.0], [0.0, 0.5, 0.5]),
        ([-np.inf, -np.inf], [0.5, 0.5]),
        ([1e5, 1e5 - 1.0], special.softmax([0.0, -1.0])),
    ]:
        x = mg.tensor(values)
        mg.drop_in(special.logsumexp)(x).backward()
        np.testing.assert_allclose(x.grad, wanted, rtol=1e-14)


def test_what_has_no_complex_derivative_is_refused():
    z = mg.tensor([1.0 + 1.0j, 0.5 - 2.0j])
    with pytest.raises(TypeError, match="no derivative here"):
        special.ive(1.0, z).real.sum().backward()
    with pytest.raises(TypeError, match="magnitude of complex sums"):
        mg.drop_in(special.logsumexp)(z, return_sign=True)[0].real.sum().backward()


@pytest.mark.parametrize(
    ("name", "point", "wanted"),
    [
        ("xlogy", (0.0, 2.0), (np.log(2.0), 0.0)),
        ("xlogy", (0.0, 0.0), (-np.inf, 0.0)),
        ("xlog1py", (0.0, -1.0), (-np.inf, 0.0)),
        ("entr", (0.0,), (np.inf,)),
        ("rel_entr", (0.0, 1.0), (-np.inf, 0.0)),
        ("kl_div", (0.0, 1.0), (-np.inf, 1.0)),
        ("logit", (0.0,), (np.inf,)),
        ("i0e", (0.0,), (0.0,)),
        ("i1e", (0.0,), (0.5,)),
        ("i1", (0.0,), (0.5,)),
        ("exprel", (0.0,), (0.5,)),
        ("boxcox", (2.0, 0.0), (0.5, 0.5 * np.log(2.0) ** 2)),
        ("huber", (1.0, 1.0), (0.0, 1.0)),
        ("erfinv", (1.0,), (np.inf,)),
    ],
)
def test_the_conventions_at_the_edge(name, point, wanted):
    tensors = [mg.tensor(value) for value in point]
    with np.errstate(all="ignore"):
        getattr(special, name)(*tensors).backward()
    np.testing.assert_allclose([t.grad for t in tensors], wanted, rtol=1e-15)


# ----------------------------------------------------------------------------------------------------- digits


def normal(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


DIGITS = {
    "expit": (lambda x: 1 / (1 + mpmath.exp(-x)), [-700, -40, -1, 2, 40, 700]),
    "log_expit": (lambda x: -mpmath.log1p(mpmath.exp(-x)), [-40, -1, 0, 2, 40, 300]),
    "logit": (lambda x: mpmath.log(x / (1 - x)), [1e-100, 1e-10, 0.3, 0.9, 1 - 1e-10]),
    "exprel": (lambda x: mpmath.expm1(x) / x, [-700, -5, 1e-8, 0.5, 20, 600]),
    "gammaln": (mpmath.loggamma, [1e-10, 0.5, 1, 2, 10.5, 1e5, 1e10]),
    "gamma": (mpmath.gamma, [1e-5, 0.5, 3, 20.5, 170, -1.5]),
    "digamma": (mpmath.digamma, [1e-5, 0.5, 1.4616, 3, 1e5, 1e10]),
    "erf": (mpmath.erf, [-5, 0.1, 3, 10, 25]),
    "erfc": (mpmath.erfc, [-5, 0.1, 3, 10, 25]),
    "erfcx": (lambda x: mpmath.exp(x * x) * mpmath.erfc(x), [-5, 0, 0.1, 3, 6.9, 7.1, 10, 25]),
    "ndtr": (normal, [-35, -5, 0.1, 3, 8]),
    "log_ndtr": (lambda x: mpmath.log(normal(x)), [-80, -35, -5, 0, 0.1, 3, 8, 30]),
    "ndtri": (lambda p: mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1), [1e-5, 0.1, 0.999]),
    "xlogy": (lambda x, y: x * mpmath.log(y), [(1, 2), (1e-3, 1e-100), (5, 1e200), (2, 1 + 1e-12)]),
    "xlog1py": (lambda x, y: x * mpmath.log1p(y), [(1, 2), (5, 1e100), (2, -1 + 1e-12)]),
    "entr": (lambda x: -x * mpmath.log(x), [1e-300, 0.1, 1, 1e10]),
    "rel_entr": (lambda x, y: x * mpmath.log(x / y), [(1, 2), (1, 1 + 1e-9), (1e-200, 1e200), (0.3, 0.1)]),
    "kl_div": (lambda x, y: x * mpmath.log(x / y) - x + y, [(1, 2), (1, 1 + 1e-9), (0.3, 0.1)]),
    "beta": (mpmath.beta, [(1, 2), (0.5, 0.5), (20, 1e-3), (100, 3)]),
    "betaln": (
        lambda x, y: mpmath.loggamma(x) + mpmath.loggamma(y) - mpmath.loggamma(x + y),
        [(1, 2), (0.5, 0.5), (20, 1e-8), (1e10, 1.0), (1e5, 1e5), (1e-5, 1e5)],
    ),
    "i0e": (lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)), [-50, -5, 0.1, 29, 31, 500, 1e4]),
    "i1e": (lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)), [-50, -5, 0.1, 29, 31, 500, 1e4]),
    "k0e": (lambda x: mpmath.besselk(0, x) * mpmath.exp(x), [0.1, 2, 29, 31, 500, 1e4]),
    "k1e": (lambda x: mpmath.besselk(1, x) * mpmath.exp(x), [0.1, 2, 29, 31, 500, 1e4]),
    "pseudo_huber": (
        lambda d, r: d * d * (mpmath.sqrt(1 + (r / d) ** 2) - 1),
        [(1, 2), (1, 1e-5), (1e-5, 1), (3, 1e6)],
    ),
    "boxcox": (lambda x, k: (x**k - 1) / k, [(2, 0.5), (0.3, 1e-8), (10, -3), (1.0001, 3)]),
}
SATURATED = "expit log_expit erf erfc ndtr log_ndtr".split()
"""Functions that are 1 but for what a hundred digits don't tell."""

CASES = [(name, p) for name, (_, points) in DIGITS.items() for p in points]


@pytest.mark.parametrize(("name", "point"), CASES)
def test_both_derivatives_have_their_digits(name, point):
    exact = DIGITS[name][0]
    point = point if isinstance(point, tuple) else (point,)
    for k, value in enumerate(point):
        t = mg.tensor(float(value))
        result = getattr(special, name)(*[t if i == k else float(p) for i, p in enumerate(point)])
        (first,) = gradients(node_of(result), [node_of(t)], np.ones(()), graph=True)
        (second,) = gradients(node_of(first), [node_of(t)]) if isinstance(first, mg.Tensor) else (None,)
        with mpmath.workdps(420 if name in SATURATED else 110):
            numbers = [mpf(float(p)) for p in point]
            step = mpf(10) ** -25 * (abs(numbers[k]) or 1)
            behind, there, ahead = (
                exact(*numbers[:k], numbers[k] + s * step, *numbers[k + 1 :]) for s in (-1, 0, 1)
            )
            wanted = float((ahead - behind) / (2 * step)), float((ahead - 2 * there + behind) / step**2)
        np.testing.assert_allclose(float(first), wanted[0], rtol=1e-12)
        np.testing.assert_allclose(
            0.0 if second is None else float(second), wanted[1], rtol=2e-10, atol=1e-30
        )
