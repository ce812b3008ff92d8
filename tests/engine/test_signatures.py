"""Signatures that are found out when somebody asks, and names that are read without."""

import functools
import inspect
import pickle

import numpy as np
import pytest

from mygrad.engine.signatures import LateSignature, parameter_names, told_by


def several_kinds(a, b=1, /, c=2, *rest, d, e=3, **others):
    return a


@functools.wraps(several_kinds)
def wrapper(*args, **kwargs):
    return several_kinds(*args, **kwargs)


def test_a_late_signature_is_found_once_and_not_before_it_is_asked_for():
    calls = []
    late = LateSignature(lambda: calls.append(1) or inspect.signature(several_kinds))
    assert not calls
    several = inspect.signature(several_kinds)
    assert late == several
    assert hash(late) == hash(several)
    assert str(late) == str(several)
    assert repr(late) == repr(several)
    assert late.bind(1, d=2).arguments == {"a": 1, "d": 2}
    assert len(calls) == 1


def test_what_is_made_of_a_late_signature_is_a_signature():
    late = LateSignature(lambda: inspect.signature(several_kinds))
    assert pickle.loads(pickle.dumps(late)).parameters.keys() == late.parameters.keys()
    assert late.replace(parameters=[]) == inspect.signature(lambda: None)
    assert late.replace(return_annotation=int).return_annotation is int
    assert late.return_annotation is inspect.Signature.empty


@pytest.mark.parametrize(
    "function",
    [
        several_kinds,
        wrapper,
        functools.partial(several_kinds, 1),
        lambda: None,
        lambda *, key: key,
        lambda *args, key: key,
        lambda x, **kwargs: x,
        np.sum,
        np.linalg.norm,
        np.einsum,
    ],
)
def test_names_are_those_of_inspect(function):
    parameters = inspect.signature(function).parameters
    by_position = tuple(
        name for name, p in parameters.items() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    )
    assert parameter_names(function) == (tuple(parameters), by_position)
    assert parameter_names(told_by(function)) == (tuple(parameters), by_position)


def test_names_of_a_signature_that_is_given_as_text():
    told = told_by(np.concatenate, "arrays, /, axis=0, out=None, *, dtype=None")
    assert parameter_names(told) == (("arrays", "axis", "out", "dtype"), ("arrays", "axis", "out"))
