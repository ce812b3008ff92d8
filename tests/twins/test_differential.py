"""The twin of a function gives of plain arrays what the function gives: the same values, dtypes and types."""

import copy

import numpy as np
import pytest

from mygrad import drop_in

from .functions import CALLS, name_of


def difference(expected, got, where="the result"):
    """How `got` differs from `expected`; empty if it doesn't."""
    if type(expected) is not type(got):
        return f"{where} is of type {type(got).__name__}, not {type(expected).__name__}"
    if isinstance(expected, dict):
        if list(expected) != list(got):
            return f"{where} has the keys {list(got)}"
        parts = [(expected[key], got[key], f"{where}[{key!r}]") for key in expected]
    elif isinstance(expected, (list, tuple)):
        if len(expected) != len(got):
            return f"{where} has {len(got)} items"
        parts = [(a, b, f"{where}[{i}]") for i, (a, b) in enumerate(zip(expected, got, strict=True))]
    elif isinstance(expected, (np.ndarray, np.generic)):
        if (expected.dtype, expected.shape) != (got.dtype, got.shape):
            return f"{where} is {got.dtype}{got.shape}, not {expected.dtype}{expected.shape}"
        if isinstance(expected, np.ma.MaskedArray):
            parts = [(expected.filled(), got.filled(), f"{where}.filled()")]
        else:
            same = np.array_equal(expected, got, equal_nan=expected.dtype.kind in "fc")
            return "" if same else f"{where} is {got!r}, not {expected!r}"
    elif hasattr(expected, "__dict__"):
        return difference(vars(expected), vars(got), f"{where}.__dict__")
    else:
        return "" if expected == got else f"{where} is {got!r}, not {expected!r}"
    return next(filter(None, (difference(*part) for part in parts)), "")


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_a_twin_of_plain_arrays_gives_what_the_function_gives(call):
    f, *args = call
    given, given_to_twin = copy.deepcopy(args), copy.deepcopy(args)
    expected = f(*given)
    got = drop_in(f)(*given_to_twin)
    assert difference(expected, got) == ""
    for a, b, c in zip(given, given_to_twin, args, strict=True):
        if not callable(c):
            assert difference(a, b, "what was given") == ""


def test_a_difference_is_told():
    assert "type float" in difference(np.float64(1.0), 1.0)
    assert "float32" in difference(np.zeros(2), np.zeros(2, np.float32))
    assert "[1]" in difference([1.0, 2.0], [1.0, 3.0])
    assert "keys" in difference({"a": 1}, {"b": 1})
    assert difference({"a": (np.nan * np.ones(2), "x")}, {"a": (np.nan * np.ones(2), "x")}) == ""
