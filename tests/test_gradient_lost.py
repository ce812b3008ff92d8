"""Whatever would take a value out of the graph without a word raises ``GradientLost``."""

import cmath
import contextvars
import copy
import logging
import math
import warnings

import numpy as np
import pytest

import mygrad as mg
from mygrad.errors import GradientLostWarning
from mygrad.losses import remembered

LOSSES = {
    "np.asarray": lambda t: np.asarray(t),
    "np.array": lambda t: np.array(t),
    "np.asanyarray": lambda t: np.asanyarray(t),
    "np.ascontiguousarray": lambda t: np.ascontiguousarray(t),
    "np.asfortranarray": lambda t: np.asfortranarray(t),
    "np.asarray dtype": lambda t: np.asarray(t, dtype=np.float32),
    "np.array copy": lambda t: np.array(t, copy=True),
    "np.array no copy": lambda t: np.array(t, copy=False),
    "np.array of a list": lambda t: np.array([t, t]),
    "np.asarray of a list": lambda t: np.asarray([t, 1.0 * t]),
    "np.array of numbers": lambda t: np.array([t[0], t[1], 3.0]),
    "np.array of a nested list": lambda t: np.array([[t[0], 1.0], [2.0, t[1]]]),
    "np.asarray of a tuple": lambda t: np.asarray((t,)),
    "write into an array": lambda t: np.zeros(2).__setitem__(..., t),
    "write a list into an array": lambda t: np.zeros(2).__setitem__(..., [t[0], t[1]]),
    "np.ma.array": lambda t: np.ma.array(t),
    "np.vectorize": lambda t: np.vectorize(lambda v: v + 1.0)(t),
    "np.fromiter": lambda t: np.fromiter([t], dtype=(float, 2)),
    "__array__": lambda t: t.__array__(),
    "sum of a list": lambda t: np.sum([t, t]),
    "max of a list": lambda t: np.max([t, t]),
    "ufunc of a list": lambda t: np.multiply([t, t], 2.0),
    "reduce of a list": lambda t: np.multiply.reduce([t, t]),
    "np.random": lambda t: np.random.default_rng(0).normal(t, 1.0),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("kind", ["leaf", "result", "view"])
def test_a_way_out_that_would_lose_the_gradient_is_refused(name, kind):
    x = mg.tensor([1.0, 2.0])
    t = {"leaf": x, "result": x * 2.0, "view": x[...]}[kind]
    with pytest.raises(mg.GradientLost):
        LOSSES[name](t)
    (t * 3.0).backward()
    assert x.grad is not None


@pytest.mark.parametrize("name", LOSSES)
def test_constants_go_where_arrays_go(name):
    a = np.array([1.0, 2.0])
    LOSSES[name](mg.tensor(a, constant=True))
    LOSSES[name](mg.tensor([1, 2]))


@pytest.mark.parametrize(
    "name", ["np.asarray", "np.array", "np.array of a list", "sum of a list", "np.ma.array"]
)
def test_constants_give_the_values_that_arrays_give(name):
    a = np.array([1.0, 2.0])
    np.testing.assert_array_equal(LOSSES[name](mg.tensor(a, constant=True)), LOSSES[name](a))


@pytest.mark.parametrize("name", LOSSES)
def test_inside_no_autodiff_everything_may_leave(name):
    x = mg.tensor([1.0, 2.0])
    with mg.no_autodiff:
        LOSSES[name](x)


def test_inside_no_autodiff_asarray_is_the_data():
    x = mg.tensor([1.0, 2.0])
    with mg.no_autodiff:
        assert np.asarray(x) is x.data


def test_there_are_ways_out_on_purpose():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    for a in (y.data, y.numpy(), mg.asarray(y)):
        assert type(a) is np.ndarray
        assert a.tolist() == [2.0, 4.0]
    assert y.tolist() == [2.0, 4.0]
    assert y[0].item() == 2.0
    assert float(y[1]) == 4.0
    assert math.sqrt(y[1].item()) == 2.0


def test_results_that_carry_no_gradient_may_leave():
    x = mg.tensor([1.0, 2.0])
    np.testing.assert_array_equal(np.asarray(mg.multiply(x, 2.0, constant=True)), [2.0, 4.0])
    np.testing.assert_array_equal(np.asarray(x.astype(int)), [1, 2])
    np.testing.assert_array_equal(np.asarray(x.copy(constant=True)), [1.0, 2.0])


def test_the_error_is_neither_a_type_error_nor_a_value_error():
    assert issubclass(mg.GradientLost, Exception)
    assert not issubclass(mg.GradientLost, (TypeError, ValueError, AttributeError, RuntimeWarning))


def test_the_error_says_where_and_what_to_do():
    x = mg.tensor([1.0, 2.0])
    with pytest.raises(mg.GradientLost) as error:
        np.asarray(x)
    message = str(error.value)
    for needle in ("test_gradient_lost.py", "np.asarray(x)", ".data", "no_autodiff"):
        assert needle in message


@pytest.mark.parametrize(
    "look",
    [
        lambda t, a: np.testing.assert_allclose(t, a),
        lambda t, a: np.testing.assert_array_equal(t, a),
        lambda t, a: np.testing.assert_array_equal(a, t),
        lambda t, a: np.testing.assert_almost_equal(t, a),
        lambda t, a: np.testing.assert_array_almost_equal(t, a),
        lambda t, a: np.testing.assert_equal(t, a),
        lambda t, a: np.testing.assert_array_less(t, a + 1.0),
        lambda t, a: np.testing.assert_array_compare(np.equal, t, a),
        lambda t, a: np.testing.assert_array_max_ulp(t, a),
        lambda t, a: np.testing.assert_allclose([t, t], [a, a]),
    ],
    ids=[
        "allclose",
        "array_equal",
        "array_equal reflected",
        "almost_equal",
        "array_almost_equal",
        "equal",
        "less",
        "compare",
        "ulp",
        "list",
    ],
)
def test_numpys_testing_functions_may_look(look):
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    if not hasattr(np.testing, "assert_array_compare") and "array_compare" in look.__code__.co_names:
        pytest.skip("not public in this NumPy")
    look(y, np.array([2.0, 4.0]))
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_numpys_testing_functions_still_see_a_difference():
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(mg.tensor([1.0, 2.0]), [1.0, 3.0])


def test_approx_may_look():
    x = mg.tensor([1.0, 2.0])
    assert x == pytest.approx(np.array([1.0, 2.0]))
    assert x[0] == pytest.approx(1.0)


def test_a_loss_that_is_caught_leaves_the_graph_whole():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    try:
        np.asarray(y)
    except mg.GradientLost:
        y = y * 3.0
    y.backward()
    assert x.grad.tolist() == [6.0, 6.0]


def test_the_usual_net_for_coercions_does_not_catch_it():
    def tolerant(v):
        try:
            return np.asarray(v, dtype=float)
        except (TypeError, ValueError):
            return np.zeros(2)

    with pytest.raises(mg.GradientLost):
        tolerant(mg.tensor([1.0, 2.0]))


@pytest.mark.parametrize(
    "write",
    [
        lambda a, t: np.copyto(a, t),
        lambda a, t: np.put(a, [0, 1], t),
        lambda a, t: np.place(a, [True, True], t),
        lambda a, t: np.putmask(a, [True, True], t),
        lambda a, t: np.fill_diagonal(a[None], t),
        lambda a, t: np.add.at(a, [0, 1], t),
        lambda a, t: a.put([0, 1], t),
    ],
    ids="copyto put place putmask fill_diagonal add.at method".split(),
)
def test_functions_that_write_into_a_plain_array_refuse_a_variable_and_take_a_constant(write):
    a = np.zeros(2)
    with pytest.raises(mg.GradientLost):
        write(a, mg.tensor([1.0, 2.0]))
    assert a.tolist() == [0.0, 0.0]
    write(a, mg.tensor([1.0, 2.0], constant=True))
    assert a[0] == 1.0


def test_an_array_that_could_not_be_written_is_as_it_was():
    a = np.arange(3.0)
    x = mg.tensor([5.0, 6.0, 7.0])
    with pytest.raises(mg.GradientLost):
        a[:] = x
    with pytest.raises(mg.GradientLost):
        a[::2] = [x[0], x[1]]
    assert a.tolist() == [0.0, 1.0, 2.0]


# --- right or loud ------------------------------------------------------------------------------------------

QUIET_LEAKS = {
    "masked * tensor": lambda t: np.ma.masked_array([1.0, 2.0]) * t,
    "tensor * masked": lambda t: t * np.ma.masked_array([1.0, 2.0]),
    "np.matrix * tensor": lambda t: np.add(np.matrix([1.0, 2.0]), t),
    "np.block": lambda t: np.block([t, t]),
    "np.linspace": lambda t: np.linspace(0.0, t, 3),
    "np.full": lambda t: np.full((3, 2), t),
    "np.interp": lambda t: np.interp(t, [0.0, 3.0], [0.0, 6.0]),
    "np.piecewise": lambda t: np.piecewise(t, [t < 1.5, t >= 1.5], [lambda v: v, lambda v: 2.0 * v]),
    "np.select": lambda t: np.select([t < 1.5], [t], 2.0 * t),
    "np.apply_along_axis": lambda t: np.apply_along_axis(lambda v: v * 2.0, 0, t),
    "np.polyval": lambda t: np.polyval(t, 3.0),
    "np.poly1d": lambda t: np.poly1d(t)(3.0),
    "np.r_": lambda t: np.r_[t, t],
    "np.c_": lambda t: np.c_[t, t],
    "np.trapezoid": lambda t: np.trapezoid(t),
    "np.meshgrid": lambda t: np.meshgrid(t, t)[0],
    "np.histogram weights": lambda t: np.histogram([0.5, 1.5], bins=2, weights=t)[0],
    "np.bincount weights": lambda t: np.bincount([0, 1], weights=t),
    "np.einsum with lists": lambda t: np.einsum("i,i", [1.0, 2.0], t),
    "np.dot with lists": lambda t: np.dot([1.0, 2.0], t),
    "np.nditer": lambda t: sum(v * 1.0 for v in np.nditer(t)),
    "np.fromfunction": lambda t: np.fromfunction(lambda i: i * t, (2,)),
    "np.frompyfunc": lambda t: np.frompyfunc(lambda v: v * 2.0, 1, 1)(t),
    "copy.deepcopy": lambda t: copy.deepcopy(t),
    "np.asarray_chkfinite": lambda t: np.asarray_chkfinite(t),
    "np.require": lambda t: np.require(t, float),
    "np.resize": lambda t: np.resize(t, (2, 2)),
    "np.append": lambda t: np.append(t, 1.0),
    "np.insert": lambda t: np.insert([1.0, 2.0], 1, t),
    "np.atleast_1d of a list": lambda t: np.atleast_1d([t[0], t[1]]),
    "np.stack of lists": lambda t: np.stack([[t[0], t[1]], [1.0, 2.0]]),
    "np.nan_to_num": lambda t: np.nan_to_num(t),
    "np.linalg.inv of a list": lambda t: np.linalg.inv([[t[0], 0.0], [0.0, t[1]]]),
    "np.fft.fft": lambda t: np.real(np.fft.fft(t)),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", QUIET_LEAKS)
def test_either_the_gradient_is_right_or_an_exception_says_why_there_is_none(name):
    function = QUIET_LEAKS[name]
    a = np.array([1.25, 2.5])
    x = mg.tensor(a)
    try:
        y = function(x)
    except (mg.GradientLost, TypeError, NotImplementedError):
        return
    assert isinstance(y, mg.Tensor), f"{type(y).__name__} came back, and the gradient is gone"
    weights = np.arange(1.0, 1.0 + y.size).reshape(y.shape)
    (y * weights).sum().backward()
    step = 1e-6
    slopes = [np.asarray(function(a + e) - function(a - e)) / (2 * step) for e in step * np.eye(2)]
    expected = [np.sum(slope * weights) for slope in slopes]
    np.testing.assert_allclose(x.grad, np.array(expected, dtype=float), rtol=1e-6, atol=1e-6)


def store_an_element(t):
    np.empty(2)[0] = t


def store_several(t):
    plain = np.empty(2)
    plain[0], plain[1] = 0.0, t


COMPUTED = {
    "an element of an array": store_an_element,
    "several elements": store_several,
    "sin": lambda t: math.sin(t),
    "hypot": lambda t: 1.0 + math.hypot(1.0, t),
    "cmath": lambda t: cmath.exp(t),
    "float64": lambda t: np.float64(t) * 2.0,
    "fromiter": lambda t: np.fromiter([t], float),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_numbers_to_compute_with_are_refused(name):
    compute = COMPUTED[name]
    with pytest.raises((mg.GradientLost, ValueError)) as caught:
        compute(mg.tensor(2.0))
    cause = caught.value if isinstance(caught.value, mg.GradientLost) else caught.value.__cause__
    assert isinstance(cause, mg.GradientLost)
    assert "test_gradient_lost.py" in str(cause)
    compute(mg.tensor(2.0, constant=True))
    with mg.no_autodiff:
        compute(mg.tensor(2.0))


def test_numbers_to_look_at_are_given():
    t = mg.tensor(2.5)
    assert [float(t), *map(float, [t]), "%.1f" % t, f"{t:.1f}"] == [2.5, 2.5, "2.5", "2.5"]  # noqa: UP031
    assert (math.isnan(t), math.floor(t), math.isclose(t, 2.5)) == (False, 2, True)
    kept = {}
    kept["loss"] = float(t)
    assert kept == {"loss": 2.5}


ONE_NUMBER = {
    "initial= of a reduction": lambda t: np.sum(np.ones(2), initial=t),
    "initial= of a ufunc's": lambda t: np.add.reduce(np.ones(2), initial=t),
    "np.vectorize, with otypes": lambda t: np.vectorize(lambda v: v + t, otypes=[float])(np.ones(2)),
    "by another name": lambda t: _reduced(np.add.reduce, t),
    "fill": lambda t: np.ones(2).fill(t),
    "an element": lambda t: _stored(t),
}


def _reduced(function, t):
    return function(np.ones(2), initial=t)


def _stored(t):
    a = np.ones(2)
    a[0] = t


@pytest.mark.parametrize("name", ONE_NUMBER)
def test_where_numpy_asks_for_one_number_its_error_comes_from_ours(name):
    with pytest.raises((ValueError, mg.GradientLost)) as raised:
        ONE_NUMBER[name](mg.tensor(2.0))
    assert mg.GradientLost in (raised.type, type(raised.value.__cause__))
    ONE_NUMBER[name](mg.tensor(2.0, constant=True))


# --- text, bytes, and what can't hold a gradient ------------------------------------------------------------


def told_of(show):
    """What is remembered of showing a tensor in some way."""

    def shown():
        show(mg.tensor([1.5, 2.5]))
        return [str(place) for _, place in remembered()]

    return contextvars.Context().run(shown)


@pytest.mark.parametrize(
    "read",
    [str, repr, "{}".format, "{0[0]:.2f}".format, np.array2string, np.array_str, lambda t: t.tobytes()],
    ids="str repr format spec array2string array_str tobytes".split(),
)
def test_text_and_bytes_are_remembered(read):
    (place,) = told_of(lambda t: read(t))
    assert "test_gradient_lost.py" in place


@pytest.mark.parametrize(
    "show",
    [
        lambda t: print(t),
        lambda t: print("t is", t, t[0]),
        lambda t: logging.getLogger("quiet").warning("t is %s", t),
        lambda t: pytest.approx(t),
    ],
    ids=["print", "print several", "logging", "approx"],
)
def test_what_is_only_shown_is_not_remembered(show):
    assert told_of(show) == []


def test_what_carries_no_gradient_is_not_remembered():
    assert told_of(lambda t: str(mg.tensor([1.0], constant=True))) == []
    assert told_of(lambda t: _shown_without(t)) == []


def _shown_without(t):
    with mg.no_autodiff:
        str(t)


def test_a_loop_does_not_drive_other_places_out_of_memory():
    def several(t):
        float(t[0])
        for _ in range(100):
            str(t)

    first, second = told_of(several)
    assert "float(t[0])" in first
    assert "str(t)" in second


def test_a_twin_that_only_reports_warns_of_nothing():
    def report(t):
        return f"the sum is {t.sum():.1f}"

    def log(t):
        lines.append(f"{t.sum():.1f}")

    lines = []

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mg.drop_in(report)(mg.tensor([1.0, 2.0])) == "the sum is 3.0"
        mg.drop_in(log)(mg.tensor([1.0, 2.0]))
    assert lines == ["3.0"]


def test_an_array_written_by_out_is_named_if_it_is_used_in_the_place_of_the_result():
    x = mg.tensor([1.0, 2.0])
    a = np.empty(2)
    result = np.multiply(x, 3.0, out=a)
    with pytest.warns(GradientLostWarning, match="out=a"):
        mg.tensor(a.sum()).backward()
    result.backward()
    assert x.grad.tolist() == [3.0, 3.0]


MIXED = {
    "stack with None": lambda t: np.stack([t, np.array([1.0, None])]),
    "where with None": lambda t: np.where([True, False], t, None),
    "append of text": lambda t: np.append(t, "a"),
    "astype of objects": lambda t: t.astype(object),
    "astype of text": lambda t: t.astype(str),
}


@pytest.mark.parametrize("name", MIXED)
def test_text_and_objects_are_not_made_of_a_gradient(name):
    x = mg.tensor([1.0, 2.0])
    (x * x).backward()
    with pytest.raises(mg.GradientLost, match="gives data of dtype"):
        MIXED[name](x)
    assert x.grad.tolist() == [2.0, 4.0]  # what raises has changed nothing
    with mg.no_autodiff:
        MIXED[name](x)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_product_with_a_matrix_is_that_of_matrices_or_refused():
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    x = mg.tensor(a)
    product = x * np.matrix(a)
    np.testing.assert_allclose(product, a @ a)
    product.sum().backward()
    np.testing.assert_allclose(x.grad, np.ones((2, 2)) @ a.T)
    with pytest.raises(TypeError, match="meaning of its own"):
        np.matrix(a) * x
    np.testing.assert_allclose(mg.tensor(2.0) * np.matrix(a), 2.0 * a)
    np.testing.assert_allclose(np.matrix(a) * mg.tensor(2.0), 2.0 * a)
