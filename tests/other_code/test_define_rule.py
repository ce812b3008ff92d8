"""`mygrad.define_rule` gives any callable a derivative: by NumPy's dispatch, in twins, and directly."""

import array
import ctypes
import functools
import math
import operator
import re

import numpy as np
import pytest
from scipy import special
from scipy.linalg import blas

import mygrad as mg
from mygrad import define_rule, derivative_of
from mygrad.engine.record import node_of
from mygrad.engine.sweep import gradients as derivatives
from mygrad.errors import InvalidGradient
from mygrad.testing import check_rule
from mygrad.twins import calls

POINTS = np.array([0.4, 1.3, 2.1])


def coerced(*values):
    """Arrays, as code makes them that a tensor can't pass."""
    return [np.asarray(value) for value in values]


def gradients(f, *values, **kwargs):
    """The gradients of the sum of ``f(*values)`` in all values."""
    tensors = [mg.tensor(value) for value in values]
    f(*tensors, **kwargs).sum().backward()
    return [t.grad for t in tensors]


# ----------------------------------------------------------------------------------------- kinds of callables


def test_a_python_function_is_differentiated_where_it_is_called_directly_and_in_twins():
    def cube(x):
        (x,) = coerced(x)
        return x**3

    ours = define_rule(cube, vjp={"x": lambda g, x: g * 3.0 * x**2})
    for f in (ours, mg.drop_in(cube), mg.drop_in(lambda x: cube(x))):
        np.testing.assert_allclose(gradients(f, POINTS)[0], 3.0 * POINTS**2)
    check_rule(cube, POINTS)


def test_plain_arguments_get_what_the_function_returns():
    def halved(x):
        return [x / 2]

    ours = define_rule(halved, derivative=lambda x: 0.5 + 0.0 * x)
    assert ours(3.0) == [1.5]
    assert ours.__name__.endswith("halved")
    assert ours.__wrapped__ is halved


def test_a_function_of_ones_own_is_decorated():
    @define_rule(derivative=lambda x: 2.0 * x)
    def square(x):
        return float(x) ** 2

    t = mg.tensor(3.0)
    square(t).backward()
    assert t.grad == 6.0
    assert square(2.0) == 4.0


def test_a_function_that_a_twin_has_met_before_gets_its_rule():
    def inner(x):
        return np.tanh(x)

    def outer(x):
        return inner(x)

    twin = mg.drop_in(outer)
    np.testing.assert_allclose(gradients(twin, POINTS)[0], 1.0 - np.tanh(POINTS) ** 2)
    define_rule(inner, vjp={"x": lambda g: g * 10.0})
    np.testing.assert_array_equal(gradients(twin, POINTS)[0], [10.0, 10.0, 10.0])


def test_a_ufunc_of_another_package_is_dispatched():
    assert (
        define_rule(special.wofz, vjp=lambda g, x, out: g * (2j / math.sqrt(np.pi) - 2.0 * x * out))
        is special.wofz
    )
    check_rule(special.wofz, np.array([0.3 + 0.2j, 1.1 - 0.4j]))


def test_a_ufunc_with_several_results_has_a_rule_for_each():
    define_rule(
        special.shichi, vjp=[{"x": lambda g, x: g * np.sinh(x) / x}, {"x": lambda g, x: g * np.cosh(x) / x}]
    )
    check_rule(special.shichi, POINTS)
    define_rule(special.sici, derivative=[lambda x: np.sin(x) / x, None])
    si, ci = special.sici(mg.tensor(POINTS))
    assert not isinstance(ci, mg.Tensor) or ci.constant
    si.sum().backward()


def test_a_ufunc_of_objects_keeps_the_precision_of_its_operands():
    lgamma = np.frompyfunc(math.lgamma, 1, 1)
    define_rule(lgamma, derivative=special.digamma, signature="(x)")
    x = mg.tensor(POINTS, dtype=np.float32)
    y = lgamma(x)
    assert y.dtype == np.float32
    y.sum().backward()
    np.testing.assert_allclose(x.grad, special.digamma(POINTS), rtol=1e-6)


def test_an_object_around_a_ufunc_is_that_ufunc_to_tensors():
    class Around:
        def __init__(self, ufunc):
            self.ufunc = ufunc

        def __call__(self, *args, **kwargs):
            return self.ufunc(*args, **kwargs)

    around = Around(np.frompyfunc(lambda x: x * x, 1, 1))
    define_rule(around, derivative=lambda x: 2.0 * x)
    np.testing.assert_array_equal(gradients(around, POINTS)[0], 2.0 * POINTS)
    # Some hand themselves over, in the place of what they are around.
    x = mg.tensor(POINTS)
    x.__array_ufunc__(around, "__call__", x).sum().backward()
    np.testing.assert_array_equal(x.grad, 2.0 * POINTS)


def test_a_function_object_of_ctypes_has_higher_derivatives_if_what_its_rule_calls_has_rules():
    of_number = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)
    sin, cos = of_number(math.sin), of_number(math.cos)
    ours = define_rule(sin, derivative=lambda x: cos(x), signature="(x)")
    define_rule(cos, derivative=lambda x: -sin(x), signature="(x)")
    check_rule(sin, 0.7)
    check_rule(ours, 0.7)
    t = mg.tensor(0.7)
    mg.drop_in(lambda x: 2.0 * sin(x))(t).backward()
    assert t.grad == 2.0 * math.cos(0.7)


def test_a_builtin_function_and_a_partial_have_rules():
    define_rule(math.erf, derivative=lambda x: 2.0 / math.sqrt(math.pi) * np.exp(-x * x))
    t = mg.tensor(0.5)
    mg.drop_in(lambda x: math.erf(x))(t).backward()
    np.testing.assert_allclose(t.grad, 2.0 / math.sqrt(math.pi) * math.exp(-0.25))
    power = functools.partial(lambda n, x: float(x) ** n, 3)
    check_rule(define_rule(power, derivative=lambda x: 3.0 * x * x), 1.5)


class Parabola:
    def __init__(self, *coefficients):
        self.c = coefficients

    def __call__(self, x):
        (x,) = coerced(x)
        return self.c[0] + self.c[1] * x + self.c[2] * x**2

    def slope(self):
        return Parabola(self.c[1], 2.0 * self.c[2], 0.0)

    def scaled(self, x, factor=1.0):
        return factor * self(np.asarray(x))

    @classmethod
    def standard(cls, x):
        (x,) = coerced(x)
        return x**2

    @staticmethod
    def origin(x):
        (x,) = coerced(x)
        return 0.0 * x


class Shifted(Parabola):
    pass


def test_a_rule_of_a_class_is_for_calls_of_its_instances_and_may_name_them():
    call = define_rule(Parabola, vjp={"x": lambda g, self, x: g * self.slope()(x)})
    for parabola in (Parabola(1.0, 2.0, 3.0), Shifted(1.0, 2.0, 3.0)):
        check_rule(parabola, POINTS)
        for f in (
            mg.drop_in(lambda x, p=parabola: p(x)),
            lambda x, p=parabola: call(p, x),
            mg.drop_in(parabola),
        ):
            np.testing.assert_allclose(gradients(f, POINTS)[0], 2.0 + 6.0 * POINTS)


def test_a_method_has_a_rule_for_all_objects():
    define_rule(Parabola.scaled, vjp={"x": lambda g, self, x, factor: factor * g * self.slope()(x)})
    define_rule(Parabola.standard, derivative={"x": lambda x: 2.0 * x})
    define_rule(Parabola.origin, derivative=lambda x: 0.0 * x)
    p = Parabola(0.0, 0.0, 1.0)
    check_rule(p.scaled, POINTS, factor=3.0, orders=1)
    np.testing.assert_array_equal(
        gradients(mg.drop_in(lambda x: Parabola.standard(x)), POINTS)[0], 2.0 * POINTS
    )
    np.testing.assert_array_equal(gradients(mg.drop_in(lambda x: p.origin(x)), POINTS)[0], 0.0 * POINTS)


def test_methods_and_calls_of_compiled_classes_have_rules_for_all_objects(monkeypatch):
    monkeypatch.setattr(calls, "decided", calls.decided.copy())  # for others they stay what they are
    # Nothing of the standard library computes with arrays: what these return is beside the point.
    define_rule(array.array.count, vjp={"value": lambda g: g * 5.0}, signature="(self, value)")
    define_rule(
        operator.itemgetter, vjp={"obj": lambda g, obj_shape: np.full(obj_shape, g)}, signature="(self, obj)"
    )
    numbers, first = array.array("d", [2.0, 2.0, 3.0]), operator.itemgetter(0)
    t = mg.tensor(2.0)
    mg.drop_in(lambda x: numbers.count(x) * 1.0)(t)
    np.testing.assert_array_equal(gradients(mg.drop_in(lambda x: first(x)), POINTS)[0], np.ones(3))


def test_the_method_of_one_object_is_refused():
    with pytest.raises(TypeError, match=r"bound to one object.*Parabola\.scaled, and may name self"):
        define_rule(Parabola(1.0, 2.0, 3.0).scaled, vjp={"x": lambda g: g})


def test_a_class_whose_instances_cannot_be_called_is_refused():
    with pytest.raises(TypeError, match=r"Instances of Point can't be called"):
        define_rule(type("Point", (), {}), vjp={"x": lambda g: g})


# --------------------------------------------------------------------------------------------- ways to say it


def rotated(x, y, angle=0.5):
    x, y = coerced(x, y)
    return np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y, len(x)


WAYS = {
    "backward": dict(
        vjp={
            "x": lambda g, x_shape, angle: sum(
                f(angle) * c for f, c in zip((np.cos, np.sin), g, strict=False) if c is not None
            ),
            "y": lambda g, angle: sum(
                f * c for f, c in zip((-np.sin(angle), np.cos(angle)), g, strict=False) if c is not None
            ),
        }
    ),
    "forward": dict(
        jvp={
            "x": lambda t, angle: (np.cos(angle) * t, np.sin(angle) * t, 0),
            "y": lambda t, angle: (-np.sin(angle) * t, np.cos(angle) * t, 0),
        }
    ),
    "together": dict(
        inputs=("x", "y"),
        vjp=lambda g, x_shape, y_shape, angle: (
            sum(f * c for f, c in zip((np.cos(angle), np.sin(angle)), g, strict=False) if c is not None),
            sum(f * c for f, c in zip((-np.sin(angle), np.cos(angle)), g, strict=False) if c is not None),
        ),
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_several_inputs_and_results_in_each_way_to_say_it(way):
    def f(x, y, angle=0.5):
        return rotated(x, y, angle)

    ours = define_rule(f, **WAYS[way])
    check_rule(f, POINTS, 2.0 * POINTS)
    check_rule(ours, POINTS, 2.0 * POINTS[:, None], angle=1.2)
    x = mg.tensor(POINTS)
    first, _, count = ours(x, 0.0)
    assert count == 3
    assert not isinstance(count, mg.Tensor) or count.constant
    first.sum().backward()
    np.testing.assert_allclose(x.grad, np.full(3, np.cos(0.5)))


@pytest.mark.parametrize("several", [False, True])
def test_an_array_that_a_rule_remembers_is_guarded(several):
    def f(x, weights):
        result = np.asarray(x) * weights
        return (result, 1.0) if several else result

    ours = define_rule(f, vjp={"x": lambda g, weights: (g[0] if several else g) * weights})
    weights = np.array([1.0, 2.0, 3.0])
    result = ours(mg.tensor(POINTS), weights)
    with pytest.raises(ValueError, match="read-only"):
        weights[0] = 0.0
    del result
    weights[0] = 0.0


def test_numbers_among_several_results_are_differentiated():
    def f(x):
        return np.float64(x.sum()), float(x.max()), x.size

    ours = define_rule(f, vjp=lambda g, x: np.zeros(3) if g[0] is None else g[0] * np.ones_like(x))
    x = mg.tensor(POINTS)
    total, greatest, count = ours(x)
    assert not total.constant
    assert not greatest.constant
    assert count == 3
    total.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 1.0, 1.0])


def test_both_directions_are_used_as_they_are_said():
    def f(x):
        return float(x)

    ours = define_rule(f, vjp={"x": lambda g: g}, jvp={"x": lambda t: 3.0 * t})
    with pytest.raises(AssertionError, match="forward"):
        check_rule(ours, 1.0, orders=1)
    ours = define_rule(f, vjp={"x": lambda g: 2.0 * g}, jvp={"x": lambda t: t})
    with pytest.raises(AssertionError, match="backward"):
        check_rule(ours, 1.0, orders=1)


def test_a_rule_for_all_inputs_together_runs_once():
    calls = []

    def f(a, b, power=2):
        a, b = coerced(a, b)
        return (a * b) ** power

    def vjp(g, a, b, power):
        calls.append(power)
        common = g * power * (a * b) ** (power - 1)
        return common * b, common * a

    ours = define_rule(f, vjp=vjp, inputs=("a", "b"))
    gradients(ours, POINTS, POINTS, power=3)
    assert calls == [3]
    check_rule(ours, POINTS, 0.5 + POINTS)


def test_a_function_that_is_written_with_others_takes_the_place():
    def spread(x, axis=None):
        (x,) = coerced(x)
        return x.max(axis) - x.min(axis)

    @define_rule(spread)
    def of_tensors(x, axis=None):
        return np.max(x, axis) - np.min(x, axis)

    check_rule(spread, POINTS)
    np.testing.assert_array_equal(gradients(mg.drop_in(spread), POINTS, axis=0)[0], [-1.0, 0.0, 1.0])
    assert isinstance(of_tensors(POINTS), float)
    assert "of_tensors" in derivative_of(spread).definition["made of"]


def test_a_forward_rule_alone_goes_backward_by_transposing():
    def smoothed(x, weights):
        x, weights = coerced(x, weights)
        return np.convolve(x, weights, "valid")

    jvp = {"x": lambda t, weights: np.convolve(t, weights, "valid")}
    check_rule(define_rule(smoothed, jvp=jvp), np.arange(6.0) ** 2, np.array([1.0, 2.0]))


def test_starred_arguments_pass_through():
    def f(x, *powers, **scales):
        (x,) = coerced(x)
        return sum(x**p for p in powers) * scales.get("scale", 1.0)

    vjp = {"x": lambda g, x, powers, scales: g * sum(p * x ** (p - 1) for p in powers) * scales["scale"]}
    ours = define_rule(f, vjp=vjp)
    check_rule(ours, POINTS, 2, 3, scale=0.5)
    with pytest.raises(TypeError, match="no derivative in 'scales'"):
        ours(mg.tensor(POINTS), 2, scale=mg.tensor(0.5))
    with pytest.raises(TypeError, match=r"no rule in \*powers"):
        define_rule(f, vjp={"powers": lambda g: g})


# ---------------------------------------------------------------------------------------------- right or loud


def test_an_argument_without_a_rule_refuses_a_tensor():
    def f(x, n):
        return np.asarray(x) ** np.asarray(n)

    ours = define_rule(f, vjp={"x": lambda g, x, n: g * n * x ** (n - 1)})
    ours(mg.tensor(POINTS), mg.tensor(2.0, constant=True))
    with pytest.raises(TypeError, match="no derivative in 'n'"):
        ours(mg.tensor(POINTS), mg.tensor(2.0))


def test_an_operand_without_a_rule_refuses_a_tensor():
    power = special.eval_chebyt
    define_rule(power, vjp={"y": lambda g, x, y: g * x * special.eval_chebyu(x - 1, y)})
    power(2, mg.tensor(POINTS)).sum().backward()
    for args in [(mg.tensor(2.0), 0.5), (mg.tensor(2.0), mg.tensor(0.5))]:
        with pytest.raises(TypeError, match="eval_chebyt has no derivative in 'x'"):
            power(*args)
        with pytest.raises(TypeError, match="eval_chebyt has no derivative in 'x'"):
            power(*args, where=True, dtype=float)


def test_a_rule_that_returns_nothing_or_too_little_is_told():
    def forgetful(g, x):
        g * x

    nothing = define_rule(lambda x: np.asarray(x) * 2.0, vjp={"x": forgetful})
    with pytest.raises(InvalidGradient, match="returned None: a return is missing"):
        nothing(mg.tensor(POINTS)).sum().backward()
    half = define_rule(lambda x, y: np.asarray(x) * np.asarray(y), vjp=lambda g, x: g * x, inputs=("x", "y"))
    with pytest.raises(InvalidGradient, match=r"is for the inputs \('x', 'y'\); it returned 1"):
        half(mg.tensor(POINTS), mg.tensor(POINTS)).sum().backward()


def test_lists_of_tensors_are_stacked():
    def total(values):
        return float(np.sum(np.asarray(values)))

    ours = define_rule(total, vjp={"values": lambda g, values_shape: np.broadcast_to(g, values_shape)})
    a, b = mg.tensor(1.0), mg.tensor(2.0)
    ours([a, b]).backward()
    assert (a.grad, b.grad) == (1.0, 1.0)


def test_a_result_that_is_a_view_of_an_argument_gets_memory_of_its_own():
    ours = define_rule(lambda x: np.asarray(x)[::-1], vjp={"x": lambda g: g[::-1]})
    x = mg.tensor(POINTS)
    y = ours(x)
    assert not np.shares_memory(x.data, y.data)
    y *= 2.0
    np.testing.assert_array_equal(x.data, POINTS)


def test_a_rule_that_calls_compiled_code_without_a_rule_has_no_second_derivative_and_says_why():
    def square(x):
        return np.asarray(x) ** 2

    ours = define_rule(square, vjp={"x": lambda g, x: g * blas.daxpy(x, x.copy())})
    check_rule(square, POINTS, orders=1, dtypes=[float])
    with pytest.raises(AssertionError, match=r"second derivative.*With orders=1 it isn't asked for"):
        check_rule(square, POINTS, dtypes=[float])
    x = mg.tensor(POINTS)
    with pytest.raises(mg.GradientLost) as caught:
        derivatives(node_of(ours(x)), [node_of(x)], np.ones(3), graph=True)
    (note,) = caught.value.__notes__
    assert re.search(r"in the rule of .*square, .* needs a rule too: mygrad\.define_rule", note)


def test_the_loss_of_a_gradient_names_a_rule_that_a_direct_call_does_not_reach():
    def insisting(x):
        return np.asarray(x) ** 2

    define_rule(insisting, derivative=lambda x: 2.0 * x)
    with pytest.raises(mg.GradientLost, match=r"insisting has a derivative.*\n.*mygrad\.drop_in\(f\)"):
        insisting(mg.tensor(POINTS))


def test_a_result_that_is_no_number_is_refused():
    ours = define_rule(lambda x: "text", vjp={"x": lambda g: g})
    assert ours(1.0) == "text"
    with pytest.raises(TypeError, match="returned str"):
        ours(mg.tensor(1.0))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (dict(vjp={"z": lambda g: g}), r"is for \['z'\]; its parameters are \('x', 'n'\)"),
        (dict(vjp={"x": lambda g, y: g}), r"uses \['y'\]; it can use g, out and \('x', 'n'\)"),
        (dict(vjp={"x": lambda x: x}), r"first parameter of a rule is g"),
        (dict(vjp={"x": lambda g: g}, derivative=lambda x: 1.0), "both ways in one"),
        (dict(vjp=lambda g: g, inputs=("z",)), r"is for 'z'"),
        (dict(vjp={"x": lambda g: g}, inputs=("x",)), "inputs= is for a vjp"),
        (dict(vjp=lambda g: g, jvp={"x": lambda t: t}, inputs=("x",)), "both by input, or both"),
        (dict(jvp=lambda t: t, inputs=("x",)), "give jvp="),
        (dict(derivative=lambda x: 1.0), None),
    ],
)
def test_a_rule_that_cannot_be_is_refused_when_it_is_said(said, message):
    def f(x, n=2):
        return np.asarray(x) ** n

    if message is None:
        define_rule(f, **said)
    else:
        with pytest.raises(TypeError, match=message):
            define_rule(f, **said)


def test_a_wrong_use_is_told():
    with pytest.raises(TypeError, match="needs a function, or one of"):
        define_rule()
    with pytest.raises(TypeError, match="can be called; got int"):
        define_rule(3, vjp={})
    with pytest.raises(TypeError, match="is a decorator for a function"):
        define_rule(np.frompyfunc(abs, 1, 1))(POINTS)
    with pytest.raises(TypeError, match="say which the rule is for"):
        define_rule(lambda x, y: x, derivative=lambda x: x)
    with pytest.raises(TypeError, match=r"doesn't tell its parameters.*signature="):
        define_rule(ctypes.CFUNCTYPE(ctypes.c_double)(lambda: 0.0), vjp={"x": lambda g: g})
    with pytest.raises(TypeError, match="one expression is both"):
        define_rule(special.wofz, vjp=lambda g: g, jvp=lambda t: t)
    with pytest.raises(TypeError, match="has 2 inputs: give a dict"):
        define_rule(special.binom, derivative=lambda x: x)
    with pytest.raises(TypeError, match="has 2 results: give a list"):
        define_rule(special.sici, derivative=lambda x: x)


def test_what_was_said_can_be_read():
    ours = define_rule(lambda x: float(x), vjp={"x": lambda g, out: g * out}, note="Nothing to add.")
    found = derivative_of(ours)
    assert found.definition == {"in x": "g * out"}
    assert found.note == "Nothing to add."
    assert found.place.startswith("test_define_rule.py, line ")
