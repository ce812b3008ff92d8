"""The one check of all rules: each case of the table, in both modes and two orders, by dtype and layout.

Of each case: the values are NumPy's, and so is what shares memory; reverse mode, forward mode, reverse over
reverse, reverse over forward and forward over reverse agree with numerical differentiation; gradients have
the shape and dtype of their tensor.
"""

import warnings
from functools import lru_cache

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.function import Function
from mygrad.engine.record import node_of
from mygrad.engine.rule import Elementwise, composites, rules
from mygrad.engine.sweep import forward, gradients
from mygrad.testing.numerical import along, columns, combine, gradient

from .cases import parameters, table
from .drawing import entries_of, name_of, signature_of

CASES = [case for entry in table.values() for case in entry]
each_case = pytest.mark.parametrize("case", CASES, ids=repr)

REAL, COMPLEX, MIXED = "real", "complex", "mixed"
"""All arguments real, all complex, or the first one real and the others complex."""


def dtypes(case, kind):
    """The dtypes of the variables; None for a kind that the case hasn't."""
    n = len(case.variables)
    if kind == MIXED:
        return [float] + [complex] * (n - 1) if n > 1 else None
    return [float if kind == REAL else complex] * n


def run(case, values):
    with np.errstate(all="ignore"):
        return case(*values)


@lru_cache(maxsize=8)
def prepared(case, kind):
    """Arrays for the variables, the result, a cotangent and directions; or the exception of NumPy."""
    wanted = dtypes(case, kind)
    if wanted is None:
        return None
    arrays = case.draw(wanted)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            expected = run(case, arrays)
    except np.exceptions.ComplexWarning:  # a part of the numbers is lost on purpose
        return None
    except TypeError as error:  # no complex numbers in this function
        return error
    rng = case.rng()
    return arrays, expected, like(expected, rng), [like(a, rng) for a in arrays]


def like(array, rng):
    """Random numbers in [-1, 1] of the shape and kind of an array."""
    array = np.asarray(array)
    values = rng.uniform(-1, 1, array.shape)
    if array.dtype.kind == "c":
        values = values + 1j * rng.uniform(-1, 1, array.shape)
    return np.asarray(values, array.dtype)


def each_kind(case, *kinds):
    """What `prepared` gives for each kind that NumPy's function has."""
    for kind in kinds:
        given = prepared(case, kind)
        if given is not None and not isinstance(given, TypeError):
            yield kind, *given


@lru_cache(maxsize=8)
def jacobian(case, kind):
    return columns(lambda *values: run(case, values), prepared(case, kind)[0])


def tensors_of(case, arrays, active=None):
    """Arguments for a case, of which those in `active` carry a gradient."""
    active = range(len(arrays)) if active is None else active
    return [
        mg.tensor(a) if k in active else mg.tensor(a, constant=True) if case.written else a
        for k, a in enumerate(arrays)
    ]


def close(actual, desired, tolerance=1e-7, message=""):
    scale = float(np.max(np.abs(desired), initial=1.0))
    np.testing.assert_allclose(actual, desired, rtol=tolerance, atol=tolerance * scale, err_msg=message)


def same(result, expected, exact):
    """Whether a tensor is what NumPy's function gives."""
    assert isinstance(result, mg.Tensor)
    data, expected = result.data, np.asarray(expected)
    assert data.dtype == expected.dtype
    assert data.shape == expected.shape
    if exact:
        np.testing.assert_array_equal(data, expected)
    elif expected.dtype.kind in "fc":
        close(data, expected, 64 * np.finfo(expected.dtype).eps)


def grads(case, tensors, result, cotangent):
    """The derivatives that backward leaves, as they are inside of the sweep."""
    result.backward(np.conj(cotangent))
    found = []
    for t in tensors:
        if t.grad is None:
            assert case.overwritten, "no gradient"
            found.append(np.zeros_like(t.data))
            continue
        assert type(t.grad) is np.ndarray
        assert t.grad.dtype == t.dtype
        assert t.grad.shape == t.shape
        found.append(np.conj(t.grad))
    return found


def first_order(case, arrays, cotangent):
    tensors = tensors_of(case, arrays)
    return grads(case, tensors, run(case, tensors), cotangent)


# -------------------------------------------------------------------------------------------------- the table


@pytest.mark.parametrize("key", [*entries_of(rules), *entries_of(composites)], ids=name_of)
def test_each_rule_and_composite_has_a_case(key):
    assert key in table, f"{name_of(key)} has no case: add one to tests/rules/cases.py"


@pytest.mark.parametrize(
    "key", [k for k in table if not isinstance(k, (str, np.ufunc)) and k in parameters], ids=name_of
)
def test_the_cases_use_each_parameter(key):
    # Where an array is made is no question of derivatives, nor are old names that have no effect.
    unused = set(signature_of(key).parameters) - parameters[key] - {"device", "kwargs", "interpolation"}
    if key is np.corrcoef:
        unused -= {"bias", "ddof"}
    assert not unused, f"No case of {name_of(key)} gives {sorted(unused)}"


@pytest.mark.parametrize(
    "key", [k for k in entries_of(rules) if isinstance(rules[k], (Function, Elementwise))], ids=name_of
)
def test_the_cases_differentiate_in_each_input(key):
    rule = rules[key]
    seen = set()
    for case in table[key]:
        nodes = [node_of(run(case, tensors_of(case, case.draw())))]
        for node in nodes:
            if node.rule is rule:
                seen.update(name for name, _ in node.saved.active)
            elif isinstance(rule, Elementwise) and node.rule in rule.patterns.values():
                seen.update(rule.inputs[i] for i in node.rule.active)
            nodes.extend(node.parents)
    wanted = (
        {name for pattern in rule.patterns for name in np.take(rule.inputs, pattern)}
        if hasattr(rule, "patterns")
        else rule.inputs
    )
    assert seen == set(wanted)


# ----------------------------------------------------------------------------------------------------- values


@each_case
def test_values_are_those_of_numpy(case):
    for kind in (REAL, COMPLEX, MIXED):
        given = prepared(case, kind)
        if given is None:
            continue
        if isinstance(given, TypeError):
            assert kind != REAL, given
            with pytest.raises(TypeError):
                run(case, tensors_of(case, case.draw(dtypes(case, kind))))
            continue
        arrays, expected, *_ = given
        tensors = tensors_of(case, arrays)
        result = run(case, tensors)
        same(result, expected, case.exact)
        assert not result.constant
        for array, t in zip(arrays, tensors, strict=True):
            np.testing.assert_array_equal(t.data, array)
            assert np.shares_memory(result.data, t.data) == np.shares_memory(expected, array)
        constant = run(case, [mg.tensor(a, constant=True) for a in arrays])
        same(constant, expected, case.exact)
        assert constant.constant


@each_case
def test_integers_compute_and_are_constants(case):
    for dtype in (np.int64, np.int8, np.bool_):
        arrays = [np.asarray(np.rint(3 * a)).astype(dtype) for a in case.draw()]
        try:
            expected = run(case, arrays)
        except Exception as error:
            # NumPy's private exceptions are of a kind that everybody knows.
            with pytest.raises(next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")):
                run(case, [mg.tensor(a) for a in arrays])
            continue
        result = run(case, [mg.tensor(a) for a in arrays])
        same(result, expected, case.exact)
        assert result.constant


# ------------------------------------------------------------------------------------------------ first order


@each_case
def test_reverse_mode(case):
    for kind, arrays, _, cotangent, _ in each_kind(case, REAL, COMPLEX, MIXED):
        expected = [gradient(c, a, cotangent) for c, a in zip(jacobian(case, kind), arrays, strict=True)]
        n = len(arrays)
        for active in [range(n), *([k] for k in range(n) if n > 1 and kind == REAL)]:
            tensors = tensors_of(case, arrays, active)
            try:
                result = run(case, tensors)
            except ValueError as error:  # of NumPy's code that wants a number, and doesn't ask the tensor
                if not case.overwritten or type(error.__cause__) is not mg.GradientLost:
                    raise
                continue
            if getattr(result, "constant", True):
                assert case.overwritten
                continue
            found = grads(case, [tensors[k] for k in active], result, cotangent)
            for k, g in zip(active, found, strict=True):
                close(g, expected[k])
            for k in set(range(n)) - set(active):
                assert not isinstance(tensors[k], mg.Tensor) or tensors[k].grad is None


@each_case
def test_forward_mode(case):
    for kind, arrays, value, cotangent, directions in each_kind(case, REAL, COMPLEX, MIXED):
        tensors = tensors_of(case, arrays)
        result = run(case, tensors)
        leaves = [node_of(t) for t in tensors]
        expected = combine(jacobian(case, kind), directions, np.shape(value))
        tangent = forward(node_of(result), dict(zip(leaves, directions, strict=True)))
        if tangent is None:
            tangent = np.zeros_like(value)
        assert tangent.shape == np.shape(value)
        assert tangent.dtype == np.asarray(value).dtype
        close(tangent, expected)

        found = gradients(node_of(result), leaves, cotangent)
        pairs = [(g, d) for g, d in zip(found, directions, strict=True) if g is not None]
        pulled = sum(float(np.sum(np.real(g * d))) for g, d in pairs)
        close(pulled, float(np.sum(np.real(cotangent * tangent))), 1e-13 * max(1, np.size(value)))

        if kind == REAL and len(arrays) > 1:
            for k, (leaf, direction) in enumerate(zip(leaves, directions, strict=True)):
                tangent = forward(node_of(result), {leaf: direction})
                alone = [d if i == k else np.zeros_like(d) for i, d in enumerate(directions)]
                expected = combine(jacobian(case, kind), alone, np.shape(value))
                close(np.zeros_like(value) if tangent is None else tangent, expected)


# ----------------------------------------------------------------------------------------------- second order


def traced(case, arrays):
    """The arguments of a case as tensors, their nodes, and the node of the result."""
    tensors = tensors_of(case, arrays)
    return tensors, [node_of(t) for t in tensors], node_of(run(case, tensors))


def differentiated(total, tensors):
    """The gradients of a scalar; None where it doesn't depend on a tensor."""
    if not isinstance(total, mg.Tensor) or total.constant:
        return [None] * len(tensors)
    total.backward()
    return [None if t.grad is None else np.conj(t.grad) for t in tensors]


def reverse_over_reverse(case, arrays, cotangent, directions):
    tensors, nodes, result = traced(case, arrays)
    first = gradients(result, nodes, cotangent, graph=True)
    pairs = [(g, d) for g, d in zip(first, directions, strict=True) if g is not None]
    return differentiated(sum(np.sum(np.real(g * d)) for g, d in pairs), tensors)


def reverse_over_forward(case, arrays, cotangent, directions):
    tensors, nodes, result = traced(case, arrays)
    tangent = forward(result, dict(zip(nodes, directions, strict=True)), graph=True)
    return differentiated(None if tangent is None else np.sum(np.real(tangent * cotangent)), tensors)


def forward_over_reverse(case, arrays, cotangent, directions):
    _, nodes, result = traced(case, arrays)
    first = gradients(result, nodes, cotangent, graph=True)
    tangents = dict(zip(nodes, directions, strict=True))
    return [forward(node_of(g), tangents) if isinstance(g, mg.Tensor) else None for g in first]


@each_case
def test_second_order(case):
    for _, arrays, _, cotangent, directions in each_kind(case, REAL, COMPLEX):
        # The derivative along the directions of the gradient of Re(sum(cotangent * f)), in three ways.
        expected = [
            along(lambda *values, k=k, u=cotangent: first_order(case, values, u)[k], arrays, directions)
            for k in range(len(arrays))
        ]
        for way in (reverse_over_reverse, reverse_over_forward, forward_over_reverse):
            with np.errstate(all="ignore"):
                found = way(case, arrays, cotangent, directions)
            for array, g, wanted in zip(arrays, found, expected, strict=True):
                assert g is None or g.shape == array.shape, way.__name__
                close(np.zeros_like(array) if g is None else g, wanted, message=way.__name__)


# -------------------------------------------------------------------------------------------- dtypes, layouts

PRECISIONS = [
    (np.float16, None),
    (np.float32, 2e-3),
    (np.longdouble, 1e-10),
    (np.complex64, 2e-3),
    (np.clongdouble, 1e-10),
]


@each_case
def test_dtypes(case):
    references = {}
    for kind, arrays, _, cotangent, _ in each_kind(case, REAL, COMPLEX):
        references["fc"[kind == COMPLEX]] = arrays, cotangent, first_order(case, arrays, cotangent)
    for dtype, tolerance in PRECISIONS:
        kind = np.dtype(dtype).kind
        if kind not in references:
            continue
        arrays, cotangent, reference = references[kind]
        arrays = [a.astype(dtype) for a in arrays]
        tensors = tensors_of(case, arrays)
        try:
            expected = run(case, arrays)
        except TypeError:  # NumPy's linear algebra is in single and double precision
            with pytest.raises(TypeError):
                run(case, tensors)
            continue
        result = run(case, tensors)
        # NumPy's pairwise sums and ours may differ by rounding where the table says so.
        same(result, expected, case.exact)
        found = grads(case, tensors, result, cotangent.astype(result.dtype))
        if tolerance is not None:
            for g, wanted in zip(found, reference, strict=True):
                close(g, wanted, tolerance)


def spaced(a):
    """Each second element of twice the memory, along each axis."""
    memory = np.zeros([2 * n for n in a.shape], a.dtype)
    memory[tuple(slice(None, None, 2) for _ in a.shape)] = a
    return memory[tuple(slice(None, None, 2) for _ in a.shape)]


def backwards(a):
    """The same values in memory that is walked backwards."""
    reverse = (slice(None, None, -1),) * a.ndim
    return a[reverse].copy()[reverse]


def aligned_amiss(a):
    """The same values at an odd address."""
    memory = np.zeros(a.nbytes + 1, np.uint8)[1:].view(a.dtype).reshape(a.shape)
    memory[...] = a
    return memory


LAYOUTS = [np.asfortranarray, spaced, backwards, aligned_amiss]


@each_case
def test_memory_layouts(case):
    ((_, arrays, _, cotangent, _),) = each_kind(case, REAL)
    if not any(a.size > 1 for a in arrays):
        return
    order_matters = case.key in (np.reshape, np.ravel)
    for layout in LAYOUTS:
        arranged = [layout(a) if a.ndim else a for a in arrays]
        with np.errstate(all="ignore"):
            expected = case(*arranged)
        if not order_matters and not np.allclose(expected, case(*arrays), equal_nan=True):
            continue  # NumPy 2.0 reduces an array that runs backward into out= wrongly
        tensors = [mg.tensor(a, copy=False) for a in arranged]
        result = run(case, tensors)
        same(result, expected, case.exact)
        for array, t in zip(arranged, tensors, strict=True):
            assert np.shares_memory(result.data, t.data) == np.shares_memory(expected, array)
        reference = (
            [
                gradient(column, a, cotangent)
                for column, a in zip(columns(lambda *v: run(case, v), arranged), arrays, strict=True)
            ]
            if order_matters
            else first_order(case, arrays, cotangent)
        )
        for g, wanted in zip(grads(case, tensors, result, cotangent), reference, strict=True):
            close(g, wanted, 1e-7 if order_matters else 1e-12)
