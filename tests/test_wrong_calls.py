"""Wrong calls fail as NumPy's do, and leave everything as it was.

The calls come from the tables of cases: each valid call of each function is made wrong in every way that the
lists below know, one argument at a time. NumPy tells what is a mistake, and of which kind: whatever it says
of arrays is what has to be said of tensors, and where it has an answer there must be one. What raised must
have changed nothing: no value, no gradient, no flag, no node, no lock.

A function that is added to the tables is tried here without further ado.
"""

import contextlib
import functools
import gc
import inspect
import warnings

import numpy as np
import pytest
from rules.cases import table
from rules.drawing import entries_of, name_of

import mygrad as mg
from mygrad.engine.rule import composites, not_differentiable, rules

# -------------------------------------------------------------------------------------------- the valid calls


class Spy(np.ndarray):
    """An array that tells which functions of NumPy it is given to, and with what."""

    seen: list = []  # noqa: RUF012  one list for all: a call is told once, whichever of its spies is asked

    def __array_function__(self, function, types, args, kwargs):
        Spy.seen.append((function, args, kwargs))
        return answered(function, args, kwargs)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if "out" in kwargs and len(kwargs["out"]) == 1:
            (kwargs["out"],) = kwargs["out"]
        Spy.seen.append((ufunc if method == "__call__" else (ufunc, method), inputs, kwargs))
        return answered(getattr(ufunc, method), inputs, kwargs)


def answered(function, args, kwargs):
    """NumPy's answer of plain arrays, with arrays that spy on; what was written to is the answer, if
    given."""
    result = function(*unspied(args), **unspied(kwargs))
    if kwargs.get("out") is not None:
        return kwargs["out"]
    return walked(result, lambda v: v.view(Spy) if type(v) is np.ndarray and numeric(v) else v)


def numeric(value):
    return not hasattr(value, "dtype") or value.dtype.kind in "fcbiu"


def walked(value, visit):
    """`value` with `visit` of what is in its lists, tuples and dictionaries."""
    if type(value) in (list, tuple):
        return type(value)([walked(item, visit) for item in value])
    if type(value) is dict:
        return {name: walked(item, visit) for name, item in value.items()}
    return visit(value)


def unspied(value):
    return walked(value, lambda v: v.view(np.ndarray) if isinstance(v, Spy) else v)


def spies_in(value):
    found = []
    walked(value, lambda v: found.append(v) if isinstance(v, Spy) else None)
    return found


def valid_calls():
    """Calls of each function, by the function: what the cases of the table come to."""
    calls = {}
    for entry in table.values():
        for case in entry:
            Spy.seen.clear()
            # What a case claims of the results is not for spies.
            with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.suppress(Exception):
                warnings.simplefilter("ignore")
                case(*[a.view(Spy) for a in case.draw()])
            for function, args, kwargs in Spy.seen:
                calls.setdefault(function, []).append((args, kwargs))
    for function in not_differentiable:
        for args in candidates(function):
            calls.setdefault(function, []).append((args, {}))
    return {function: chosen(found) for function, found in calls.items()}


def candidates(function):
    """Valid calls of a function without gradient: what NumPy takes of the usual arguments."""
    a, v = (np.linspace(-1.0, 2.0, n).reshape(shape) for n, shape in ((12, (3, 4)), (4, (4,))))
    i, n = np.array([[1, 0, 2, 3]] * 3), np.array([2, 1, 0, 3])
    found = []
    for args in [(a,), (v,), (a, v), (v, 1), (i,), (i, n), (n, 2), (n, (4, 4)), ((n, n), (4, 4)), (a, "f8")]:
        args = walked(args, lambda x: x.view(Spy) if isinstance(x, np.ndarray) else x)
        try:
            with np.errstate(all="ignore"):
                function(*unspied(args))
        except Exception:  # not a call of this function
            continue
        found.append((args, {}))
    return [args for args, _ in found[:2]]


def chosen(calls, most=3):
    """Some calls that differ in which arguments they give and in the number of dimensions."""
    kinds = {}
    for args, kwargs in calls:
        key = (tuple(map(np.ndim, spies_in((args, kwargs)))), len(args), *sorted(kwargs))
        if spies_in((args, kwargs)):
            kinds.setdefault(key, (args, kwargs))
    in_order = sorted(kinds, key=lambda key: -sum(isinstance(part, str) for part in key) - key[1])
    picked = in_order[: most - 1] + in_order[-1:] if len(in_order) > most else in_order
    return [kinds[key] for key in picked]


class Method:
    """A method of arrays and tensors, as a function."""

    def __init__(self, name):
        self.__name__ = name

    def __call__(self, a, *args, **kwargs):
        return getattr(a, self.__name__)(*args, **kwargs)


def calls_of_methods():
    """Calls of methods, of ufuncs too, which no table tells."""
    a, v = (np.linspace(-1.0, 2.0, n).reshape(shape).view(Spy) for n, shape in ((12, (3, 4)), (4, (4,))))
    n = np.array([2, 1, 0, 3]).view(Spy)
    mask = np.array([True, False, True, True])
    along = {"axis": 0, "keepdims": True}
    calls = {
        "all": [(a,), along], "any": [(a,), along], "argmax": [(a,), along], "argmin": [(a,), along],
        "argpartition": [(a, 1), {"axis": 0, "kind": "introselect", "order": None}],
        "argsort": [(a,), {"axis": 0, "kind": None, "order": None}],
        "astype": [(a, "f4"), {"order": "K", "casting": "unsafe", "subok": True, "copy": True}],
        "choose": [(n, [v, v, v, v]), {"mode": "raise"}],
        "clip": [(a, -0.5, v), {"dtype": None}],
        "compress": [(a, mask), {"axis": 1}],
        "copy": [(a,), {"order": "C"}],
        "cumprod": [(a,), {"axis": 1, "dtype": None}],
        "cumsum": [(a,), {"axis": 1, "dtype": None}],
        "diagonal": [(a, 1, 0, 1), {}],
        "dot": [(a, v), {}],
        "fill": [(a, v[0]), {}],
        "flatten": [(a,), {"order": "F"}],
        "item": [(a, 1, 2), {}],
        "max": [(a,), along | {"initial": 0.0, "where": True}],
        "mean": [(a,), along | {"dtype": None, "where": True}],
        "min": [(a,), along | {"initial": 0.0, "where": True}],
        "nonzero": [(a,), {}],
        "partition": [(a, 1), {"axis": 0, "kind": "introselect"}],
        "prod": [(a,), along | {"dtype": None, "initial": 1.0, "where": True}],
        "put": [(a, [0, 5], v), {"mode": "raise"}],
        "ravel": [(a,), {"order": "F"}],
        "repeat": [(a, 2), {"axis": 0}],
        "reshape": [(a, 4, 3), {"order": "C"}],
        "round": [(a,), {"decimals": 1}],
        "searchsorted": [(v, a), {"side": "left", "sorter": None}],
        "sort": [(a,), {"axis": 0, "kind": None}],
        "squeeze": [(a[None],), {"axis": 0}],
        "std": [(a,), along | {"dtype": None, "ddof": 1, "where": True}],
        "sum": [(a,), along | {"dtype": None, "initial": 0.0, "where": True}],
        "swapaxes": [(a, 0, 1), {}],
        "take": [(a, [0, 2]), {"axis": 1, "mode": "raise"}],
        "tobytes": [(a,), {"order": "C"}],
        "tolist": [(a,), {}],
        "trace": [(a,), {"offset": 1, "axis1": 0, "axis2": 1, "dtype": None}],
        "transpose": [(a, 1, 0), {}],
        "var": [(a,), along | {"dtype": None, "ddof": 1, "where": True}],
        "__getitem__": [(a, (1, [0, 2])), {}],
        "__setitem__": [(a, slice(2), v), {}],
        "__len__": [(a,), {}], "__float__": [(v[0],), {}], "__int__": [(v[0],), {}],
        "__bool__": [(v[0],), {}], "__index__": [(n[0],), {}], "__contains__": [(a, 1.0), {}],
    }  # fmt: skip
    for operator in "add sub mul truediv mod pow floordiv matmul divmod and or lshift eq lt ge".split():
        calls[f"__{operator}__"] = [(a, v), {}]
        if operator not in ("divmod", "eq", "lt", "ge"):
            calls[f"__i{operator}__"] = [(a, v), {}]
    calls = {Method(name): [tuple(call)] for name, call in calls.items()}
    for ufunc in (np.add, np.multiply, np.maximum, np.hypot, np.power, np.arctan2, np.less, np.floor_divide):
        positive = (a + 2.0).view(Spy)
        calls[ufunc, "outer"] = [((positive, v), {})]
        calls[ufunc, "at"] = [((positive, [0, 2, 0], v), {})]
        calls[ufunc, "reduceat"] = [((positive, [0, 2]), {"axis": 0})]
        calls[ufunc, "accumulate"] = [((positive,), {"axis": 1})]
        calls[ufunc, "reduce"] = [((positive,), {"axis": 1, "keepdims": True})]
    return calls


CALLS = calls_of_methods() | valid_calls()

# ----------------------------------------------------------------------------------------------- the mistakes


def read_only(shape):
    array = np.zeros(shape)
    array.flags.writeable = False
    return array


ANYTHING = [None, "nonsense", -1, 99, 1.5, (0, 0), [], (7,), np.ones(7), object(), {}]
"""What to give for any argument that holds no array."""

BY_NAME = {
    "axis": [1j, 2, -9, (0, -9), (0, "x"), [0], 0.0, "0", np.array([0, 1]), ()],
    "axes": [(0,), (0, 1, 2), (0, 9), (0, 0, 1), "ab", ((0,), (1,)), ((0, 0), (1, 1)), -1],
    "dtype": ["nonsense", "f4", int, bool, complex, object, "S3", "M8[s]", 7],
    "out": [
        "text", [0.0], 3.0, np.zeros((7, 7, 7)), np.zeros((3, 4), int), np.zeros((3, 4), "S1"),
        read_only((3, 4)), read_only(4), (np.zeros((3, 4)), np.zeros((3, 4))), (),
    ],
    "where": [np.ones(7, bool), "text", np.ones((3, 4)), [True, "x"], np.ones((9, 3, 4), bool)],
    "casting": ["no", "equiv", "safe", 3],
    "order": ["C", "F", "X", 3, ["a"]],
    "ord": ["fro", "nuc", "x", np.inf, 0, 3, -7],
    "norm": ["ortho", "x", 3],
    "mode": ["wrap", "raise", "same", "x", 3],
    "method": ["linear", "x", 3],
    "kind": ["quicksort", "x", 3],
    "side": ["left", "x", 3],
    "indexing": ["xy", "x", 3],
    "q": [-0.1, 100.5, "x", [0.5, 1.5], np.nan],
    "n": [0, -3, 2.0],
    "k": [0, -3, 2.0],
    "ddof": [99, "x", None, 0.5],
    "correction": [99, "x", 0.5],
    "shape": [(-1, -1), (5, 7), (2.0, 6), "ab", (-2, 6)],
    "indices": [[99], [-99], [0.5], "x", [True, False]],
    "initial": ["x", None, [1.0, 2.0]],
}  # fmt: skip
"""What to give besides for an argument of a name that means the same in all of NumPy."""

KEYWORDS = ["axis", "axes", "dtype", "out", "where", "casting", "order", "keepdims", "subok", "initial"]
"""Keywords to try where there is no signature to be read: of ufuncs and their methods."""

NO_NUMBERS = [None, "nonsense", object(), np.array(["a", "b"])]
"""What to give for an array that tensors refuse to be combined with: always with a `TypeError`."""

ARRAYS = [
    lambda a: [[1.0], [2.0, 3.0]],
    lambda a: np.zeros(()),
    lambda a: np.zeros(0),
    lambda a: np.zeros((0, 3)),
    lambda a: np.zeros((3, 0)),
    lambda a: np.ones(7),
    lambda a: np.ones((5, 7)),
    lambda a: np.ones((1,) + a.shape),
    lambda a: np.ones((2, 1) + a.shape),
    lambda a: np.ones(a.shape + (2,)),
    lambda a: np.ones(a.shape[1:]),
    lambda a: a[:-1] if a.ndim else a,
    lambda a: a[..., :-1] if a.ndim else a,
    lambda a: np.ones(a.shape, int),
    lambda a: np.ones(a.shape, bool),
    lambda a: a * 1j,
    lambda a: a.astype(np.float16),
    lambda a: a.astype(np.float32),
    lambda a: np.zeros_like(a),
    lambda a: np.full_like(a, np.nan),
    lambda a: np.full_like(a, np.inf),
    lambda a: 2.0,
]
"""What else to give for an array, of which it is made."""


@functools.cache
def signature_of(function):
    """The signature of a function, or None."""
    try:
        return None if isinstance(function, (tuple, np.ufunc, Method)) else inspect.signature(function)
    except ValueError:
        rule = rules.get(function)
        return inspect.signature(rule if rule is not None else composites.get(function, len))


def mistakes(name):
    """What to give for the argument `name`."""
    # Of conditions and counts NumPy makes what it can.
    return BY_NAME[name] if name in ("where", "ddof", "correction") else ANYTHING + BY_NAME.get(name, [])


def mutants(function, args, kwargs):
    """A valid call made wrong in each way, as (what was done, args, kwargs)."""
    yield "nothing given", (), {}
    yield "an unknown keyword", args, {**kwargs, "nonsense": 1}
    yield "too many arguments", (*args, *[None] * 24), kwargs
    yield "the first argument left out", args[1:], kwargs
    yield "the last argument left out", args[:-1], kwargs
    yield "an argument given twice", args, {**kwargs, "a": args[0] if args else 0.0, "x": 0.0}
    signature = signature_of(function)
    names = []
    if signature is None:
        for i, value in enumerate(args):
            if not spies_in([value]):
                for bad in ANYTHING:
                    yield f"argument {i}: {short(bad)}", (*args[:i], bad, *args[i + 1 :]), kwargs
        for name in {
            **dict.fromkeys(kwargs),
            **dict.fromkeys(() if isinstance(function, Method) else KEYWORDS),
        }:
            for bad in [] if isinstance(kwargs.get(name), bool) else mistakes(name):
                yield f"{name}={short(bad)}", args, {**kwargs, name: bad}
    else:
        bound = signature.bind(*args, **kwargs)
        variadic = [
            p.name for p in signature.parameters.values() if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
        names = [n for n in signature.parameters if n not in variadic and n not in ("like", "device")]
        for name in names:
            value = bound.arguments.get(name)
            if isinstance(value, (Spy, bool)) or isinstance(default(signature, name), bool):
                continue  # anything is true or false
            for bad in mistakes(name):
                if name == "shape" and bad is None:  # an old name of ()
                    continue
                refused = isinstance(value, (np.ndarray, list)) and (bad is None or not np.isscalar(bad))
                wrong = inspect.BoundArguments(signature, type(bound.arguments)(bound.arguments))
                wrong.arguments[name] = bad
                label = "no numbers" if refused and not isinstance(bad, (tuple, list, np.ndarray)) else name
                yield f"{label}={short(bad)}", wrong.args, wrong.kwargs
    for i, spy in enumerate(spies_in((args, kwargs))):
        made = [make(unspied(spy)) for make in ARRAYS]
        for k, bad in enumerate([*NO_NUMBERS, *made]):
            if (
                "out" in kwargs and isinstance(bad, np.ndarray) and bad.dtype.kind == "b"
            ):  # into floats, NumPy computes with floats
                continue
            if spy is kwargs.get("out") and getattr(bad, "shape", ()) == ():  # NumPy's running sums crash
                continue
            bad = bad.view(Spy) if isinstance(bad, np.ndarray) and numeric(bad) else bad

            def swap(v, spy=spy, bad=bad):
                return bad if v is spy else v

            name = "no numbers" if k < len(NO_NUMBERS) else "array"
            yield f"{name} {i}: {short(bad)} ({k})", walked(args, swap), walked(kwargs, swap)


def default(signature, name):
    return None if name == "where" else signature.parameters[name].default


def short(value):
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    return repr(value) if type(value) is not object else "an object"


# --------------------------------------------------------------------------------------------- what must hold


class World:
    """Tensors for the arrays of a call, in turn leaves with a gradient and values in the midst of a graph."""

    def __init__(self, spies):
        self.spies = spies
        self.tensors, self.arrays = {}, []
        self.leaves, self.squares = [], []
        for i, spy in enumerate(spies):
            array = np.array(unspied(spy))
            leaf = mg.tensor(array)
            self.leaves.append(leaf)
            if leaf.constant:
                self.tensors[id(spy)] = leaf
            elif i % 2:
                self.tensors[id(spy)] = t = leaf * 1.0
                self.squares.append((t, leaf, t * t))  # which remembers t, and locks it
            else:
                (leaf * 2.0).sum().backward()
                self.tensors[id(spy)] = leaf
        self.locks = [(t, t.data.flags.writeable) for t in self.everything()]
        self.before = self.state()

    def everything(self):
        return [*self.tensors.values(), *self.leaves, *[square for *_, square in self.squares]]

    def filled(self, value):
        def visit(v):
            if isinstance(v, Spy):
                return self.tensors[id(v)]
            if isinstance(v, np.ndarray):
                self.arrays.append((v, v.flags.writeable))
            return v

        self.arrays.clear()
        return walked(value, visit)

    def state(self):
        return [
            (
                t.data.tobytes(), t.shape, t.dtype, t.constant, id(t.creator),
                None if t.grad is None else t.grad.tobytes(), id(t.base), id(t.data),
            )
            for t in self.everything()
        ]  # fmt: skip

    def changed(self):
        """What a call that raised has left otherwise than it was."""
        if self.state() != self.before:
            return "the tensors"
        if any(t.data.flags.writeable != writeable for t, writeable in self.locks):
            # What was remembered may have been copied for a write that failed then: it must be right.
            for t, leaf, square in self.squares:
                square.backward()
                if not np.array_equal(leaf.grad, 2.0 * t.data):
                    return "what the graph remembers"
            if not all(t.data.flags.writeable for t, _ in self.locks):
                return "the locks of tensors"
            self.__init__(self.spies)
        if any(a.flags.writeable != writeable for a, writeable in self.arrays):
            gc.collect()
            if any(a.flags.writeable != writeable for a, writeable in self.arrays):
                return "the locks"
        return None


def outcome(function, args, kwargs):
    """The result of a call, and what it raised."""
    try:
        with np.errstate(all="ignore"):
            return function(*args, **kwargs), None
    except Exception as error:
        error.__context__ = error.__cause__ = None  # which would hold what the call has made
        return None, error.with_traceback(None)


def fresh(value):
    """Plain arrays of one's own in the place of the spies and of all others."""
    return walked(value, lambda v: np.array(v) if isinstance(v, Spy) else v)


OLD = np.lib.NumpyVersion(np.__version__) < "2.1.0"

DEGENERATE = [np.gradient, np.interp]
"""What is not finite of these, with knots that coincide or are infinite, needn't be the same inf or NaN."""

ACCIDENTS = (AttributeError, UnboundLocalError, NotImplementedError, SystemError, ZeroDivisionError, KeyError)
"""What NumPy's own code stumbles into, which says nothing of how the call should be answered."""

REFUSALS = [
    "gradient",
    "out= must be an array or a tensor",
    "out= has the shape",
    "out= must have the dtype",
    "inplace matrix multiplication requires",
    "which tensors can't hold",
]
"""What tensors refuse though arrays don't, and say: what would lose a gradient, what holds no numbers, and an
``out=`` that isn't one, which some of NumPy's functions take no notice of."""


def verdict(called, what, expected, error, found, mistake):
    """What is wrong with the outcome of a call with tensors; None if it is NumPy's."""
    if error is None and mistake is None:
        return None if what.startswith("no numbers") else difference(called, what, expected, found)
    if isinstance(mistake, (TypeError, ValueError, mg.GradientLost)) and any(
        words in str(mistake) for words in REFUSALS
    ):
        return None
    if isinstance(error, ACCIDENTS) or (what.startswith("no numbers") and isinstance(mistake, TypeError)):
        return None
    if error is None:
        if isinstance(mistake, TypeError) and not all(map(numeric, leaves(expected))):
            return None
        return f"NumPy has an answer; tensors: {mistake!r}"
    if mistake is None:
        return f"NumPy: {error!r}; tensors have an answer"
    kind = TypeError if type(error).__name__.lower().endswith("typeerror") else type(error)
    if isinstance(mistake, kind):
        return None
    return f"NumPy: {error!r}; tensors: {mistake!r}"


def leaves(value):
    if type(value) in (list, tuple) or hasattr(value, "_fields"):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def difference(called, what, expected, found):
    """How an answer differs from NumPy's, to rounding."""
    if type(expected) in (list, tuple) or hasattr(expected, "_fields"):
        if not isinstance(found, (list, tuple)) or len(found) != len(expected):
            return f"NumPy: {expected!r}; tensors: {found!r}"
        return next(
            filter(None, [difference(called, what, *pair) for pair in zip(expected, found, strict=True)]),
            None,
        )
    values = found.data if isinstance(found, mg.Tensor) else found
    if not isinstance(expected, (np.ndarray, np.generic)):
        return None
    if np.shape(values) != expected.shape:
        return f"NumPy: shape {expected.shape}; tensors: {np.shape(values)}"
    if np.asarray(values).dtype != expected.dtype:
        return f"NumPy: {expected.dtype}; tensors: {np.asarray(values).dtype}"
    if expected.dtype.kind in "fc":
        if called in DEGENERATE:
            finite = np.isfinite(expected)
            values, expected = values[finite], expected[finite]
        with np.errstate(all="ignore"):
            scale = np.max(np.abs(expected), where=np.isfinite(expected), initial=1.0)
            # Of float16 and float32 written into float64, NumPy may compute in the latter.
            coarse = 2e-3 if "float16" in what else 2e-6 if "float32" in what or "'f4'" in what else 0.0
            bound = max(coarse, 1e3 * float(np.finfo(expected.dtype).eps)) * float(scale)
            same = np.allclose(values, expected, rtol=bound, atol=bound, equal_nan=True)
    else:
        same = np.array_equal(values, expected)
    return None if same else f"NumPy: {expected!r}; tensors: {values!r}"


def failures(function):
    """What is wrong with the wrong calls of `function`."""
    called = getattr(*function) if isinstance(function, tuple) else function
    found = []
    for args, kwargs in CALLS[function]:
        world = None
        for what, wrong_args, wrong_kwargs in mutants(function, args, kwargs):
            spies = spies_in((wrong_args, wrong_kwargs))
            if not spies:
                continue
            expected, error = outcome(called, fresh(wrong_args), fresh(wrong_kwargs))
            ours = [id(spy) for spy in spies]
            if world is None or not set(ours) <= world.tensors.keys():
                world = World(spies)
            given, named = world.filled((wrong_args, wrong_kwargs))
            result, mistake = outcome(called, given, named)
            if called is np.empty_like or (isinstance(called, np.ufunc) and "where" in wrong_kwargs):
                result = expected  # of memory that nobody has set
            if error is not None and mistake is not None and any(map(callable, args)):
                error = mistake  # of a function that they were given
            wrong = verdict(called, what, expected, error, result, mistake)
            if wrong is None and mistake is not None and (left := world.changed()):
                wrong = f"{mistake!r} has changed {left}"
            if wrong is not None:
                found.append(f"{what}: {wrong}")
            if mistake is None or wrong is not None:
                world = None
            del result, mistake, given, named
    return found


@pytest.mark.parametrize("function", CALLS, ids=name_of)
@pytest.mark.filterwarnings("ignore")
def test_wrong_calls_fail_as_numpys_do(function):
    if OLD and name_of(function) in ("__eq__", "__ne__"):
        pytest.skip("NumPy 2.0 crashes where an array of strings is compared with what isn't to be converted")
    found = failures(function)
    assert not found, "\n".join(found)


def test_each_function_is_tried():
    public = [f for f in entries_of({**rules, **composites}) if not isinstance(f, (str, tuple))]
    # What makes arrays asks `like` alone, and some functions ask nobody.
    numpys = [f for f in vars(np).values() if isinstance(f, np.ufunc)]
    public = [f for f in public if f in numpys or type(f) is type(np.sum)]
    missing = {name_of(f) for f in public if f not in CALLS and "like" not in str(signature_of(f))}
    missing -= {"roots"}  # which asks the elements: those of a spy are numbers
    assert not missing
