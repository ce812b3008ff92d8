"""The functions ``mygrad.f`` take whatever NumPy's take: lists, numbers, arrays and tensors, by position and
by name, and return what NumPy's return, as tensors.

The calls come from the tables of cases.
"""

import copy
import inspect
import warnings

import numpy as np
import pytest
from test_wrong_calls import CALLS, Spy, walked

import mygrad as mg
from mygrad.engine.rule import composites, not_differentiable, rules
from mygrad.namespace import TENSORS_OWN, UNWRAPPED

MODULES = ((mg, np), (mg.linalg, np.linalg), (mg.fft, np.fft))
WRITING = {"copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"}
"""Functions that write into their first argument, which must be one that can take the gradient."""
NESTING = {np.block, np.histogramdd}
"""Functions to which a list of arrays isn't an array."""


def entries():
    """The functions by name, with NumPy's own."""
    for ours, theirs in MODULES:
        for name in sorted({*getattr(ours, "__all__", ()), *dir(ours)}):
            function = getattr(theirs, name, None)
            known = inspect.isroutine(function) or isinstance(function, np.ufunc)
            own = name not in TENSORS_OWN and getattr(ours, name) is not function
            if known and own and function in CALLS:
                yield f"{theirs.__name__}.{name}", getattr(ours, name), function


ENTRIES = {name: (ours, theirs) for name, ours, theirs in entries()}
CREATING = {f"numpy.{name}" for name in ("empty_like", "ones_like", "zeros_like", "full_like")}


def made(value, make):
    """`value` with each array that was spied on replaced."""
    return walked(
        value,
        lambda v: (
            make(np.array(v)) if isinstance(v, Spy) else copy.copy(v) if isinstance(v, np.ndarray) else v
        ),
    )


def quietly(function, args, kwargs):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return function(*args, **kwargs)


def answer(function, args, kwargs):
    """What NumPy answers; None where it refuses what isn't an array."""
    try:
        return quietly(function, args, kwargs)
    except Exception:
        return None


def as_list(array):
    return array.tolist()


def lists_of_tensors(array):
    """An array as a list of tensors, one for each row."""
    return [mg.tensor(row) for row in array] if array.ndim and array.size else mg.tensor(array)


def same(found, expected, name):
    """Tensors with NumPy's values, in NumPy's containers."""
    if isinstance(expected, (tuple, list)):
        assert type(found) is type(expected), name
        assert len(found) == len(expected)
        assert getattr(found, "_fields", None) == getattr(expected, "_fields", None)
        for one, other in zip(found, expected, strict=True):
            same(one, other, name)
    elif isinstance(expected, (np.ndarray, np.generic)):
        value = found.data if isinstance(found, mg.Tensor) else found
        assert np.shape(value) == np.shape(expected)
        assert np.asarray(value).dtype == expected.dtype
        if not name.endswith(("empty_like", "empty")):
            np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-14, equal_nan=True)
    else:
        assert found == expected or found is expected, name


def tensors_in(value):
    found = []
    walked(
        list(value) if isinstance(value, (tuple, list)) else [value],
        lambda v: found.append(v) if isinstance(v, mg.Tensor) else None,
    )
    return found


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("make", [np.array, mg.tensor, as_list, lists_of_tensors], ids=lambda m: m.__name__)
def test_a_function_takes_anything(name, make):
    ours, theirs = ENTRIES[name]
    writes = name.rpartition(".")[2] in WRITING
    for args, kwargs in CALLS[theirs]:
        if (writes and not isinstance((*args, None)[0], Spy)) or (
            make is lists_of_tensors and theirs in NESTING
        ):
            continue
        plain = made(args, np.array), made(kwargs, np.array)
        given = made(args, make), made(kwargs, make)
        if make in (as_list, lists_of_tensors):
            if writes or "out" in kwargs:
                continue
            if make is as_list:
                plain = made(args, as_list), made(kwargs, as_list)
            expected = answer(theirs, *plain)
            if expected is None:  # a list is no array to NumPy either
                continue
        else:
            expected = quietly(theirs, *plain)
        found = quietly(ours, *given)
        same(found, expected, name)
        if theirs not in not_differentiable and name not in ("numpy.where",):
            for one, other in zip(
                found if isinstance(expected, (tuple, list)) else [found],
                expected if isinstance(expected, (tuple, list)) else [expected],
                strict=True,
            ):
                if isinstance(other, (np.ndarray, np.generic)) and other.dtype.kind in "fc":
                    assert isinstance(one, mg.Tensor), name


@pytest.mark.parametrize("name", ENTRIES)
def test_a_function_takes_its_arguments_by_name(name):
    ours, theirs = ENTRIES[name]
    if isinstance(theirs, np.ufunc):
        pytest.skip("ufuncs take operands by position alone")
    checked = 0
    try:
        parameters = list(inspect.signature(theirs).parameters.values())
    except ValueError:
        parameters = list(inspect.signature(ours).parameters.values())
    for args, kwargs in CALLS[theirs]:
        named = parameters[: len(args)]
        if not all(p.kind is p.POSITIONAL_OR_KEYWORD for p in named):
            continue
        by_name = dict(zip([p.name for p in named], args, strict=True)) | kwargs
        expected = answer(theirs, (), made(by_name, np.array))
        if expected is not None:
            same(quietly(ours, (), made(by_name, mg.tensor)), expected, name)
            checked += 1
    assert checked or not all(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters[:1]) or WRITING


@pytest.mark.parametrize(
    "name", [n for n, (ours, _) in ENTRIES.items() if "constant" in inspect.signature(ours).parameters]
)
def test_the_keyword_constant_decides(name):
    ours, theirs = ENTRIES[name]
    writes = name.rpartition(".")[2] in WRITING
    for args, kwargs in CALLS[theirs]:
        if writes or "out" in kwargs:
            continue
        given = made(args, mg.tensor), made(kwargs, mg.tensor)
        for tensor in tensors_in(quietly(ours, given[0], {**given[1], "constant": True})):
            assert tensor.constant, name
        found = quietly(ours, *given)
        if all(tensor.dtype.kind in "fc" for tensor in tensors_in(found)):
            given = made(args, np.array), made(kwargs, np.array)
            for tensor in tensors_in(quietly(ours, given[0], {**given[1], "constant": False})):
                assert not tensor.constant, name


def test_no_public_function_is_left_out():
    """Every function with a derivative that NumPy has in these namespaces is one of mygrad's, of its own."""
    for ours, theirs in MODULES:
        for name in dir(theirs):
            function = getattr(theirs, name)
            if name.startswith("_") or not (inspect.isroutine(function) or isinstance(function, np.ufunc)):
                continue
            if function in composites or function in rules:
                assert getattr(ours, name) is not function or function in UNWRAPPED, name
