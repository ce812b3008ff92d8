"""Making and calling twins leaves everything else as it was: modules, classes, functions and their code."""

import copy
import sys
import threading
import types

import numpy as np
import pytest

import mygrad as mg
from mygrad import drop_in

from . import functions
from .functions import CALLS, SCIPY, name_of

PACKAGES = [
    "numpy",
    "statistics",
    "colorsys",
    "math",
    "itertools",
    "functools",
    "builtins",
    "scipy",
    functions.__name__,
]

CACHES = {"__warningregistry__", "__annotations__", "__dict__", "__weakref__"}
"""What Python itself writes into modules and classes as they are used."""


def contents(o):
    """What a module, class or function is made of, by identity."""
    if isinstance(o, types.FunctionType):
        cells = o.__closure__ or ()
        return (o.__code__, o.__defaults__, o.__kwdefaults__, o.__globals__, *cells, *vars(o).values())
    return tuple(value for name, value in sorted(vars(o).items()) if name not in CACHES)


def everything():
    """The contents of all modules of the packages, and of their classes and functions."""
    found = {}
    for name, module in list(sys.modules.items()):
        if isinstance(module, types.ModuleType) and any(
            name == package or name.startswith(package + ".") for package in PACKAGES
        ):
            found[id(module)] = module, contents(module)
            for value in list(vars(module).values()):
                if isinstance(value, (type, types.FunctionType)):
                    found[id(value)] = value, contents(value)
                if isinstance(value, type):
                    for method in vars(value).values():
                        if isinstance(method, types.FunctionType):
                            found[id(method)] = method, contents(method)
    return found


def changed(before, after):
    """What is made of other things than it was."""
    return [
        repr(o)
        for key, (o, was) in before.items()
        if key in after
        and (
            len(was) != len(after[key][1]) or any(a is not b for a, b in zip(was, after[key][1], strict=True))
        )
    ]


def as_tensors(args):
    """The arguments with tensors in the place of arrays of floats."""
    return [mg.tensor(a) if type(a) is np.ndarray and a.dtype.kind == "f" else copy.deepcopy(a) for a in args]


def call_twins(outcomes=None):
    for f, *args in CALLS:
        for given in (copy.deepcopy(args), as_tensors(args)):
            try:
                result = drop_in(f)(*given)
            except Exception as error:  # of what is compiled, and takes no tensor
                result = type(error)
            if outcomes is not None:
                outcomes.append(result)


def run_all_once():
    """Whatever is imported or cached at a first call has been."""
    for f, *args in CALLS:
        f(*copy.deepcopy(args))


def test_there_are_a_hundred_functions():
    assert len(CALLS) >= 100


def test_twins_leave_modules_classes_and_functions_as_they_were():
    run_all_once()
    before = everything()
    call_twins()
    assert changed(before, everything()) == []
    assert len(before) > 1000


def raising(x):
    np.asarray(x)
    raise KeyError("on purpose")


def test_twins_that_raise_leave_everything_as_it_was():
    before = everything()
    for x in (np.ones(2), mg.tensor([1.0, 2.0])):
        with pytest.raises(KeyError, match="on purpose"):
            drop_in(raising)(x)
    assert changed(before, everything()) == []


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (functions, "POINTS"),
        (functions.Meter, "both"),
        (functions.views, "__defaults__"),
        (functions.views, "tag"),
    ],
)
def test_a_change_is_noticed(owner, name, monkeypatch):
    before = everything()
    monkeypatch.setattr(owner, name, (1.0,), raising=False)
    assert changed(before, everything()) == [repr(owner)]


def test_twins_in_threads_and_originals_meanwhile():
    run_all_once()
    expected = [f(*copy.deepcopy(args)) for f, *args in CALLS if f is not functions.drawn]
    before = everything()
    outcomes = [[] for _ in range(3)]
    threads = [threading.Thread(target=call_twins, args=(o,)) for o in outcomes]
    for thread in threads:
        thread.start()
    meanwhile = [f(*copy.deepcopy(args)) for f, *args in CALLS if f is not functions.drawn]
    for thread in threads:
        thread.join()
    assert changed(before, everything()) == []
    assert [repr(a) for a in meanwhile] == [repr(a) for a in expected]
    types_of = [[o if isinstance(o, type) else type(o) for o in each] for each in outcomes]
    assert types_of[0] == types_of[1] == types_of[2]
    assert len(outcomes[0]) == 2 * len(CALLS)


def calling_the_original(x):
    """The original of what is called, besides its twin."""
    plain = np.array([1.0, 2.0, 3.0, 4.0])
    original = ORIGINALS["filled"]
    return functions.filled_by_place(x) + original(plain)


ORIGINALS = {}


def test_a_twin_may_call_an_original_while_it_runs():
    seen = []

    def original(x):
        seen.append(type(x))
        return np.asarray(x)

    ORIGINALS["filled"] = eval("lambda x: f(x)", {"f": original})  # without a source, it is called as it is
    x = mg.tensor([0.3, 1.2, -0.7, 2.1])
    result = drop_in(calling_the_original)(x)
    result.sum().backward()
    assert x.grad is not None
    assert len(seen) == 1
    with pytest.raises(mg.GradientLost):
        functions.filled_by_place(mg.tensor([0.3, 1.2, -0.7, 2.1]))


def test_scipy_is_among_the_functions_where_it_is_installed():
    pytest.importorskip("scipy")
    assert {name.partition(":")[2] for name in SCIPY} <= {name_of(call) for call in CALLS}
