"""Nothing slips through: every public name of NumPy is in the table of rules, or declared with a reason.

The namespaces are walked as they are, so that a function which a new NumPy adds fails here until somebody
says what it does with tensors. What is declared is tried: a reason that isn't true fails too.
"""

import builtins
import importlib
import inspect
import types
import warnings

import numpy as np
import pytest

import mygrad as mg
from mygrad.derivatives import derivative_of
from mygrad.engine.rule import aliases, composites, not_differentiable, refusals, rules
from mygrad.outside import LEFT_OUT, METHODS, WALKED, outside


def public(module):
    """The public names of a namespace: those of ``__all__``, and in the main one all that it shows."""
    namespace = importlib.import_module(module)
    names = dir(namespace) if module == "numpy" else getattr(namespace, "__all__", dir(namespace))
    found = {}
    for name in names:
        if not name.startswith("_"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                found[name] = getattr(namespace, name)
    return found


def in_table(function):
    tables = (composites, rules, not_differentiable, refusals, aliases)
    return getattr(function, "__hash__", None) is not None and any(function in table for table in tables)


# ---------------------------------------------------------------------------------------------- the names

CONSTANTS = (int, float, str, np.bool, type(None), tuple, dict)
"""What a name such as ``pi``, ``newaxis`` or ``typecodes`` stands for."""


@pytest.mark.parametrize("module", WALKED)
def test_every_public_name_is_in_the_table_or_declared(module):
    slipped_through = [
        name
        for name, value in public(module).items()
        if not isinstance(value, (types.ModuleType, *CONSTANTS))
        and not in_table(value)
        and f"{module}.{name}" not in outside
    ]
    assert slipped_through == []


def test_every_namespace_is_walked_or_left_out():
    """Modules that can be reached from a namespace that is walked."""
    for module in WALKED:
        for name, value in public(module).items():
            if isinstance(value, types.ModuleType) and value.__name__.split(".")[0] == "numpy":
                assert value.__name__ in (*WALKED, *LEFT_OUT), f"{module}.{name}"


@pytest.mark.parametrize("module", WALKED)
def test_what_numpy_dispatches_is_in_the_table(module):
    """A reason why NumPy doesn't hand a function to tensors is no excuse for one that it does."""
    dispatched = type(np.sum)
    handed_to_us = {n: f for n, f in public(module).items() if type(f) in (dispatched, np.ufunc)}
    assert [name for name, function in handed_to_us.items() if not in_table(function)] == []


def test_what_is_declared_is_said_in_sentences():
    for name, one in outside.items():
        assert one.reason.endswith("."), name
        assert not one.instead.endswith("."), name
    for reasons in (LEFT_OUT, METHODS):
        assert all(reason.endswith(".") for reason in reasons.values())


# ----------------------------------------------------------------------------------- what is said of them

X = [1.0, 2.0, 3.0]


def tensor():
    return mg.tensor(X)


def matrix():
    return mg.tensor([[2.0, 1.0], [1.0, 3.0]])


def scalar():
    return mg.tensor(2.0)


CALLS = {
    "numpy.array": lambda f: f([scalar(), scalar()]),
    "numpy.bmat": lambda f: f([[matrix()]]),
    "numpy.broadcast": lambda f: f(tensor(), 1.0),
    "numpy.c_": lambda f: f[tensor(), tensor()],
    "numpy.flatiter": lambda f: f(tensor()),
    "numpy.full": lambda f: f(3, scalar()),
    "numpy.arange": lambda f: f(scalar()),
    "numpy.kaiser": lambda f: f(5, scalar()),
    "numpy.ndarray": lambda f: f(tensor()),
    "numpy.poly1d": lambda f: (f(tensor()) * f([1.0, 1.0])).deriv()(2.0),
    "numpy.nested_iters": lambda f: f(matrix(), [[0], [1]]),
    "numpy.r_": lambda f: f[tensor(), 1.0],
    "numpy.recarray": lambda f: f(3, buf=tensor(), formats=["f8"]),
    "numpy.require": lambda f: f(tensor(), requirements="C"),
    "numpy.vectorize": lambda f: f(abs)(tensor()),
    "numpy.fromiter": lambda f: f(tensor(), float),
    "numpy.lib.stride_tricks.as_strided": lambda f: f(tensor(), (2, 2), (8, 8)),
    "numpy.polynomial.chebyshev.chebinterpolate": lambda f: f(lambda x: x * scalar(), 3),
    "numpy.polynomial.polynomial.polyvalfromroots": lambda f: f(1.0, tensor()),
    "numpy.polynomial.polyutils.mapdomain": lambda f: f(tensor(), [0, 1], [0, 2]),
    "numpy.polynomial.polyutils.mapparms": lambda f: f(mg.tensor([0.0, 1.0]), mg.tensor([0.0, 2.0])),
    "numpy.random.choice": lambda f: f(tensor()),
    "numpy.random.multinomial": lambda f: f(3, mg.tensor([0.25, 0.75])),
    "numpy.random.multivariate_normal": lambda f: f(mg.tensor([0.0, 0.0]), np.eye(2)),
    "numpy.random.dirichlet": lambda f: f(tensor()),
}
"""Calls with tensors; others are called with one, two or three."""

STEMS = {
    "val2d": (1.0, 2.0, matrix),
    "val3d": (1.0, 2.0, 3.0, lambda: matrix().reshape(2, 2, 1)),
    "valnd": ([1.0, 2.0], matrix),
    "grid2d": (1.0, 2.0, matrix),
    "grid3d": (1.0, 2.0, 3.0, lambda: matrix().reshape(2, 2, 1)),
    "vander": (tensor, 2),
    "vander2d": (tensor, tensor, [1, 2]),
    "vander3d": (tensor, tensor, tensor, [1, 2, 1]),
    "fit": (X, tensor, 1),
    "val": (1.0, tensor),
    "pow": (tensor, 2),
    "line": (lambda: mg.tensor(1.0), lambda: mg.tensor(2.0)),
    "add": (tensor, X),
    "sub": (tensor, X),
    "mul": (tensor, X),
    "div": (tensor, [1.0, 2.0]),
}
"""Arguments of the functions of each basis of polynomials."""


def called(name):
    """A call of the function `name` with tensors that carry a gradient."""
    module, _, short = name.rpartition(".")
    function = getattr(importlib.import_module(module), short)
    if name in CALLS:
        return CALLS[name](function)
    if module.startswith("numpy.polynomial.") and not inspect.isclass(function):
        for stem in sorted(STEMS, key=len, reverse=True):
            if short.endswith(stem):
                return function(*[a() if callable(a) else a for a in STEMS[stem]])
    if module == "numpy.random" and short not in ("permutation", "shuffle"):
        required = {"hypergeometric": 3, "triangular": 3, "noncentral_f": 3}
        two = (
            "beta binomial f negative_binomial noncentral_chisquare vonmises wald gamma normal uniform "
            "gumbel laplace logistic lognormal"
        )
        return function(*[scalar()] * required.get(short, 2 if short in two.split() else 1))
    return function(tensor())


ASKED = [
    name
    for name, one in outside.items()
    if one.happens and hasattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2])
]


@pytest.mark.parametrize("name", ASKED)
def test_a_function_that_asks_nobody_does_what_is_said(name):
    happens = outside[name].happens
    if happens == "follows":
        result = called(name)
        if name == "numpy.lib.Arrayterator":
            result = result.var
        for one in result if isinstance(result, tuple) else (result,):
            assert isinstance(one, mg.Tensor)
            assert not one.constant
    elif happens == "plain numbers":
        assert type(called(name)) is np.ndarray
    else:
        error = getattr(mg.errors, happens, None) or getattr(builtins, happens)
        with warnings.catch_warnings():
            warnings.simplefilter("error" if issubclass(error, Warning) else "ignore")
            with pytest.raises((error, ValueError)) as raised:
                called(name)
        # Where NumPy wants one number it raises an exception of its own from ours.
        assert isinstance(raised.value, error) or isinstance(raised.value.__cause__, error)


@pytest.mark.parametrize("name", [name for name in ASKED if outside[name].instead])
def test_what_to_call_instead_is_there(name):
    for text in outside[name].instead.split("`")[1::2]:
        path = text.partition("(")[0].partition("[")[0]
        if path.startswith(("mygrad.", "np.")):
            target = mg if path.startswith("mygrad.") else np
            for part in path.split(".")[1:]:
                target = getattr(target, part)


# ------------------------------------------------------------------------------- ufuncs and their methods

UFUNCS = {f.__name__: f for f in public("numpy").values() if isinstance(f, np.ufunc)}
ARGUMENTS = {
    "reduce": lambda x: (x,),
    "accumulate": lambda x: (x,),
    "reduceat": lambda x: (x, [0, 2]),
    "outer": lambda x: (x, x + 1),
    "at": None,
}


def outcome(function, *args):
    """What a call returns, or the kind of exception that it raises."""
    with np.errstate(all="ignore"):
        try:
            return function(*args)
        except Exception as error:
            return type(error)


@pytest.mark.parametrize("method", ARGUMENTS)
@pytest.mark.parametrize("name", UFUNCS)
@pytest.mark.parametrize("dtype", [float, int])
def test_every_method_of_a_ufunc_is_answered_as_numpy_does(name, method, dtype):
    ufunc = UFUNCS[name]
    x = np.array([2, 3, 4], dtype)
    if method == "at":
        args = () if ufunc.nin == 1 else (x[:2],)
        ours, theirs = mg.tensor(x), x.copy()
        found = outcome(ufunc.at, ours, [0, 0], *args)
        expected = outcome(ufunc.at, theirs, [0, 0], *args)
        found, expected = (found, expected) if isinstance(expected, type) else (ours, theirs)
    else:
        found = outcome(getattr(ufunc, method), *ARGUMENTS[method](mg.tensor(x)))
        expected = outcome(getattr(ufunc, method), *ARGUMENTS[method](x))
    if isinstance(expected, type):
        assert isinstance(found, type), found
        assert issubclass(found, (expected, TypeError))
        return
    assert not isinstance(found, type), found
    several = isinstance(expected, tuple)
    for ours, theirs in zip(found if several else [found], expected if several else [expected], strict=True):
        value = ours.data if isinstance(ours, mg.Tensor) else ours
        np.testing.assert_array_equal(value, theirs)
        assert np.asarray(value).dtype == np.asarray(theirs).dtype
        differentiable = in_table(ufunc) and ufunc not in not_differentiable
        if differentiable and dtype is float and ufunc.nout == 1 and np.asarray(theirs).dtype.kind == "f":
            assert isinstance(ours, mg.Tensor)
            assert not ours.constant


# ------------------------------------------------------------------------------------------- of the arrays


def test_every_attribute_and_method_of_an_array_is_there_or_declared():
    array = np.ones((2, 2))
    public = [name for name in dir(np.ndarray) if hasattr(array, name)]
    assert [name for name in public if name not in dir(mg.Tensor) and name not in METHODS] == []


def test_what_is_declared_to_be_missing_is_missing():
    assert [name for name in METHODS if name in dir(mg.Tensor)] == []


# ------------------------------------------------------------------------------ functions without gradient


def arrays(case):
    """The arguments of a case with arrays, and with tensors in their place."""
    return [
        tuple(np.array(a) if isinstance(a, np.ndarray) else a for a in case),
        tuple(as_tensor(a) for a in case),
    ]


def as_tensor(a):
    if isinstance(a, np.ndarray) and a.dtype.kind in "fcbiu":
        return mg.tensor(a)
    if isinstance(a, (list, tuple)):
        return type(a)(map(as_tensor, a))
    return a


A = np.array([[1.5, -2.5, 0.0], [np.nan, 4.5, -0.5]])
V = np.array([3.0, 1.0, 2.0])
I = np.array([3, 1, 2])
B = np.array([True, False, True])

WITHOUT_GRADIENT = {
    "all": [(A,), (A, 0), (A, 1, None, True)],
    "allclose": [(V, V), (V, V + 1e-9, 1e-5, 1e-8)],
    "any": [(A,), (A, 0), (A, None, None, True)],
    "argmax": [(V,), (A, 1)],
    "argmin": [(V,), (A, 0)],
    "argpartition": [(V, 1), (A, 1, 1)],
    "argsort": [(V,), (A, 0)],
    "argwhere": [(A,)],
    "around": [(A, 1)],
    "array2string": [(V,), (V, 20, 2)],
    "array_equal": [(V, V), (A, A, True)],
    "array_equiv": [(V, V)],
    "array_repr": [(V,), (A, 30, 2)],
    "array_str": [(V,)],
    "busday_count": [("2011-01", "2011-02")],
    "busday_offset": [("2011-10-04", I)],
    "can_cast": [("f8", "f4")],
    "common_type": [(V, I)],
    "count_nonzero": [(A,), (A, 0)],
    "datetime_as_string": [(np.array(["2011-01-01"], "M8[D]"),)],
    "diag_indices_from": [(A[:, :2],)],
    "digitize": [(V, V[[1, 2, 0]]), (V, V[[1, 2, 0]], True)],
    "einsum_path": [("ij,j", A, V)],
    "fix": [(A,)],
    "flatnonzero": [(A,)],
    "intersect1d": [(V, V + 1)],
    "is_busday": [("2011-07-01",)],
    "isclose": [(V, V), (A, A, 1e-5, 1e-8, True)],
    "iscomplex": [(A,), (A + 1j,)],
    "iscomplexobj": [(A,), (A + 1j,)],
    "isfortran": [(A.T.copy("F"),)],
    "isin": [(I, [1, 2]), (V, V[:1])],
    "isneginf": [(A,)],
    "isposinf": [(A,)],
    "isreal": [(A,), (A + 1j,)],
    "isrealobj": [(A,)],
    "lexsort": [((V, I),), ((A[0], V), -1), (A, 0)],
    "may_share_memory": [(A, V)],
    "min_scalar_type": [(np.array(3),)],
    "nanargmax": [(A,), (A, 1)],
    "nanargmin": [(A,), (A, 0)],
    "ndim": [(A,), (V,)],
    "nonzero": [(A,)],
    "packbits": [(B,), (np.array([[1, 0, 1]]), 1, "little")],
    "ravel_multi_index": [((I, I), (4, 4)), ([I, I], (4, 4), "wrap", "F")],
    "result_type": [(V, np.float32(1)), (I, 1.0)],
    "round": [(A,), (A, 1)],
    "searchsorted": [(V[[1, 2, 0]], V), (V, 2.5, "right", I - 1)],
    "shape": [(A,), (V,)],
    "shares_memory": [(A, V)],
    "size": [(A,), (A, 0)],
    "tril_indices_from": [(A[:, :2],), (A[:, :2], 1)],
    "triu_indices_from": [(A,)],
    "unpackbits": [(np.array([7, 2], np.uint8),), (np.array([[7]], np.uint8), 1, 3, "little")],
    "unravel_index": [(I, (4, 4)), (np.array(7), (4, 4), "F")],
    "in1d": [(I, [1, 2])],
    "linalg.matrix_rank": [(A[:, 1:],), (A[:, 1:], 1e-3)],
}
"""Calls of functions without gradient."""


def without_gradient():
    for module in WALKED:
        for name, f in public(module).items():
            if in_table(f) and f in not_differentiable and not isinstance(f, np.ufunc):
                yield f"{module}.{name}".removeprefix("numpy."), f


@pytest.mark.parametrize(
    ("name", "function"), [*without_gradient()], ids=lambda v: v if type(v) is str else ""
)
def test_functions_without_gradient_answer_as_numpy_does(name, function):
    for case in WITHOUT_GRADIENT[name]:
        plain, tensors = arrays(case)
        same(function(*tensors), function(*plain))
        try:
            names = list(inspect.signature(function).parameters.values())
        except ValueError:
            continue
        if all(p.kind is p.POSITIONAL_OR_KEYWORD for p in names[: len(case)]):
            by_name = {p.name: a for p, a in zip(names, tensors, strict=False)}
            same(function(**by_name), function(*plain))


def same(found, expected):
    assert type(found) is type(expected)
    if isinstance(expected, (tuple, list)):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    else:
        np.testing.assert_array_equal(found, expected)
        assert getattr(found, "dtype", None) == getattr(expected, "dtype", None)


WITH_OUT = ["all", "any", "argmax", "argmin", "nanargmax", "nanargmin", "round", "around"]


@pytest.mark.parametrize("name", [*WITH_OUT, "fix", "isposinf", "isneginf"])
@pytest.mark.parametrize("by_position", [True, False])
def test_functions_without_gradient_write_into_a_tensor(name, by_position):
    function = getattr(np, name)
    a = np.array([[1.5, -2.5], [0.0, 4.5]])
    axis = (1,) if name in WITH_OUT else ()
    expected = function(a, *axis)
    out = mg.tensor(np.zeros_like(expected))
    remembered = out * mg.tensor(np.full(expected.shape, 2.0))
    x = mg.tensor(a)
    answer = function(x, *axis, out) if by_position else function(x, *axis, out=out)
    assert answer is out
    np.testing.assert_array_equal(out.data, expected)
    if out.dtype.kind == "f":
        assert out.dtype == expected.dtype
    remembered.backward()  # what the graph remembers of `out` isn't what was written


def test_the_graph_keeps_what_a_function_without_gradient_overwrites():
    w, out = tensor(), mg.tensor([10.0, 20.0, 30.0])
    product = w * out
    np.round(mg.tensor([0.4, 1.6, 2.4]), 0, out)
    product.backward()
    np.testing.assert_array_equal(w.grad, [10.0, 20.0, 30.0])
    np.testing.assert_array_equal(out.data, [0.0, 2.0, 2.0])


# -------------------------------------------------------------------------------------- what has no entry


@pytest.mark.parametrize("function", [f for f in refusals if callable(f)], ids=lambda f: f.__name__)
def test_a_function_that_is_refused_says_what_to_do(function, tmp_path):
    with pytest.raises(TypeError, match=r"takes no tensor that carries a gradient: .*x\.data"):
        function(tmp_path / "values", tensor())


def test_constants_are_saved_like_arrays(tmp_path):
    np.save(tmp_path / "values", mg.tensor([1, 2]))
    np.testing.assert_array_equal(np.load(tmp_path / "values.npy"), [1, 2])


def test_a_function_without_an_entry_computes_with_constants_and_raises_else(monkeypatch):
    for table in (composites, rules):
        monkeypatch.delitem(table, np.kron, raising=False)
    constant = mg.tensor([1.0, 2.0], constant=True)
    result = np.kron(constant, [1.0, 10.0])
    assert isinstance(result, mg.Tensor)
    assert result.constant
    np.testing.assert_array_equal(result, [1.0, 10.0, 2.0, 20.0])
    with pytest.raises(TypeError, match=r"numpy\.kron has no rule for tensors yet"):
        np.kron(tensor(), [1.0])
    with pytest.raises(TypeError, match=r"numpy\.kron has no rule for tensors yet"):
        np.kron([1.0], b=tensor())
    with pytest.raises(LookupError, match=r"numpy\.kron has no entry"):
        derivative_of(np.kron)
