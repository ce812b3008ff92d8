"""Cases of arrays as sets, of what is trimmed, and of running totals by their newer names."""

import inspect

import numpy as np

from mygrad.rules.signs import direction

from .drawing import add, call, cases, var
from .structure_cases import one_of

A, V, T = var(3, 4), var(4), var(2, 3, 4)
MASK = np.array([[True, False, True, True], [False, False, True, False], [True, True, False, True]])

cases(
    np.unique,
    call(A),
    call(A, axis=0),
    call(V, equal_nan=False),
    call(T, axis=-1),
    call(var()),
    call(V, axis=0),
)
if "sorted" in inspect.signature(np.unique).parameters:  # NumPy 2.3
    cases(np.unique, call(A, sorted=True), call(A, axis=1, sorted=False))
    # NumPy leaves the order open, and that of complex numbers changes with each last bit.
    add(np.unique, "in any order", lambda a: np.sort(np.unique(a, sorted=False)), [A])
    one_of(np.unique, 0, call(A, return_inverse=True, sorted=False))
one_of(
    np.unique,
    0,
    call(A, True, True, True),
    call(V, return_index=True),
    call(V, return_inverse=True),
    call(V, return_counts=True),
    call(A, True, axis=1),
)
for _function in (np.unique_all, np.unique_counts, np.unique_inverse):
    one_of(_function, 0, call(A), call(V), call(var(0)))
cases(np.unique_values, call(var(0)))
for _shape in (A, V):
    add(np.unique_values, f"{_shape.shape} in any order", lambda a: np.sort(np.unique_values(a)), [_shape])


def _overlapping(function):
    """A function of two sets of which the second has two elements of the first, and two of its own."""

    def f(a, b, **options):
        other = np.concatenate([np.ravel(a)[[1, 2]], b])
        return function(a, other, **options)

    return f


for _function in (np.union1d, np.setdiff1d, np.setxor1d):
    cases(_function, call(A, V), call(V, [0.5, -1.0]), overwritten=True)
    if _function is not np.setdiff1d:  # whose elements are those of the first
        cases(_function, call(ar1=[0.5, 1.0], ar2=V), overwritten=True)
for _function in (np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d):
    _f = _overlapping(_function)
    add(_function, "overlapping", _f, [A, var(2)], overwritten=True)
    if _function is not np.union1d:
        add(
            _function,
            "assume_unique=",
            lambda a, b, f=_f: f(np.ravel(a), b, assume_unique=True),  # one dimension, before NumPy 2.1
            [A, var(2)],
            overwritten=True,
        )
add(
    np.intersect1d,
    "return_indices=",
    lambda a, b: _overlapping(np.intersect1d)(a, b, return_indices=True)[0],
    [A, var(2)],
    overwritten=True,
)
for _function in (np.setdiff1d, np.setxor1d):
    cases(_function, call(V, var(3), assume_unique=True), overwritten=True)


def _between_zeros(x):
    return np.concatenate([np.zeros((2, *x.shape[1:])), x, np.zeros((3, *x.shape[1:]))])


_options = [{}, {"trim": "f"}, {"trim": "B"}, {"trim": "bf"}]
for _one in _options:
    add(np.trim_zeros, f"{_one}", lambda x, one=_one: np.trim_zeros(_between_zeros(x), **one), [V])
if "axis" in inspect.signature(np.trim_zeros).parameters:  # NumPy 2.2
    for _axis in (None, 0, (0, 1), -1):
        for _trim in ("fb", "b"):
            add(
                np.trim_zeros,
                f"{_trim},axis={_axis}",
                lambda x, trim=_trim, axis=_axis: np.trim_zeros(_between_zeros(x), trim, axis=axis),
                [A],
            )
add(np.sign, "complex", lambda z: np.sign(z + (0.5 + 1.0j)), [A])
add(direction, "complex", lambda z: np.sign(z + (0.5 + 1.0j)), [A])
add(np.sign, "where=", lambda z: np.sign(z + 1.0j, where=MASK, out=np.zeros((3, 4), complex)), [A])
cases(np.sort_complex, call(V), call(A))

if hasattr(np, "cumulative_sum"):  # NumPy 2.1
    for _function in (np.cumulative_sum, np.cumulative_prod):
        cases(
            _function,
            call(V),
            call(A, axis=1),
            call(A, axis=-2, include_initial=True),
            call(var(), include_initial=True),
            call(V, dtype=np.longdouble),
            call(A, axis=0, include_initial=True, dtype=np.longdouble),
            call(var(0), include_initial=True),
            call(T, axis=1, include_initial=False),
        )
