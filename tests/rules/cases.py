"""The table of cases: for each function with a rule, or composed of others, calls that use all its arguments.

Ufuncs are in `ufunc_cases`. A function without a case fails the suite.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mygrad.rules.conversion import cast
from mygrad.rules.einsum import contract
from mygrad.rules.log_sums import log_sum_exp, log_sum_exp2
from mygrad.rules.sorting import in_order
from mygrad.rules.statistics import spread, variance
from mygrad.windows import _windows

from . import (  # noqa: F401  they add their cases
    bivariate_cases,
    creation_cases,
    fourier_cases,
    histogram_cases,
    linalg_cases,
    nnet_cases,
    padding_cases,
    poly_cases,
    reinterpreting_cases,
    sets_cases,
    statistics_cases,
    structure_cases,
    ufunc_cases,
)
from .drawing import add, call, cases, parameters, table, var

__all__ = ["parameters", "table"]

RECENT = np.lib.NumpyVersion(np.__version__) >= "2.1.0"
"""Whether the newer names of arguments are known."""

A = var(3, 4)
V = var(4)
ROW_MASK = np.array([True, False, True, True])
MASK = np.array([[True, False, True, True], [False, False, True, False], [True, True, False, True]])
POSITIVE = {"domain": (0.3, 2.0)}

# ------------------------------------------------------------------------------------------------- reductions

AXES = [
    call(A),
    call(A, 0),
    call(A, axis=1),
    call(A, axis=-1, keepdims=True),
    call(A, axis=(0, 1)),
    call(A, axis=(-1, 0), keepdims=True),
    call(A, axis=None, keepdims=True),
    call(A, axis=()),
    call(var(2, 3, 2), axis=(0, 2)),
    call(var(2, 3, 2), axis=1),
    call(var(1, 4), axis=0),
    call(var()),
    call(V),
]
EMPTY = [call(var(0)), call(var(0, 3), axis=0), call(var(2, 0, 3), axis=1, keepdims=True)]
MASKED = [call(A, where=MASK), call(A, axis=0, where=MASK), call(A, axis=1, where=ROW_MASK, keepdims=True)]
# Of an array that isn't a tensor NumPy asks the initial value for a number.
STARTED = [
    call(A, axis=1, initial=var()),
    call(A, initial=var()),
    call(A, axis=0, where=MASK, initial=var(), keepdims=True),
    call(var(0), initial=var()),
]
for _reduction in (np.sum, np.prod, np.max, np.min):
    cases(_reduction, *STARTED, overwritten=True)

cases(np.sum, *AXES, *EMPTY, *MASKED)
cases(np.sum, call(A, dtype=np.longdouble), call(A, axis=1, initial=3.0))
cases(np.mean, *AXES, *MASKED, call(A, dtype=np.longdouble), call(A, axis=0, dtype=np.longdouble))
cases(np.prod, *AXES, *EMPTY, *MASKED)
cases(np.prod, call(A, dtype=np.longdouble), call(A, axis=1, initial=3.0))
for _extreme, _start in ((np.max, -9.0), (np.min, 9.0)):
    cases(_extreme, *AXES)
    cases(_extreme, call(A, initial=0.1), call(A, axis=0, initial=_start), call(var(0), initial=_start))
    cases(
        _extreme,
        call(A, where=MASK, initial=_start),
        call(A, axis=0, where=MASK, initial=_start),
        call(A, axis=1, where=ROW_MASK, keepdims=True, initial=0.1),
    )
for _spread in (np.var, np.std):
    cases(
        _spread,
        *[one for one in AXES if one.kwargs.get("axis") != () and one.places()[0].shape not in ((), (1, 4))],
        exact=False,
    )
    cases(
        _spread,
        *MASKED[:1],
        MASKED[2],
        call(A, axis=0, ddof=1),
        call(A, ddof=0.5, keepdims=True),
        exact=False,
    )
    cases(_spread, call(A, axis=1, correction=1), call(A, dtype=np.longdouble), exact=False)
    cases(
        _spread,
        call(A, axis=0, mean=var(1, 4)),
        call(A, axis=1, mean=var(3, 1), keepdims=True, ddof=1),
        exact=False,
    )
for _f in (variance, spread):
    cases(_f, call(A), call(A, 1), call(A, axis=0, ddof=1, keepdims=True), call(A, (0, 1), 0.5), exact=False)
add(np.multiply, "of one value twice", lambda a: a * a, [A])
add(np.multiply, "of one value twice, in two tensors", lambda a: a * a[...], [A])
for _ufunc in (np.add, np.multiply):
    cases(
        (_ufunc, "reduce"),
        *AXES[:6],
        *EMPTY,
        *MASKED,
        call(V),
        call(A, dtype=np.longdouble),
        call(A, initial=2.0),
    )
    cases(
        (_ufunc, "accumulate"), call(A), call(A, axis=1), call(A, -1, np.longdouble), call(V), call(var(0, 2))
    )
for _ufunc, _start in ((np.maximum, -9.0), (np.minimum, 9.0)):
    cases(
        (_ufunc, "reduce"), *AXES[:6], call(V), call(A, initial=0.1), call(A, 1, where=MASK, initial=_start)
    )
    cases((_ufunc, "reduce"), call(A, dtype=np.longdouble))
for _log_sum in (log_sum_exp, log_sum_exp2):
    cases(_log_sum, call(A, 0, False), call(A, (0, 1), True), call(V, None, False), call(A, (), False))

RUNNING = [
    call(A),
    call(A, 0),
    call(A, axis=1),
    call(A, axis=-1),
    call(V),
    call(var()),
    call(var(1)),
    call(var(7)),
]
for _running in (np.cumsum, np.cumprod):
    cases(_running, *RUNNING, call(var(0)), call(var(0, 3), axis=0), call(var(2, 3, 2), axis=1))
    cases(_running, call(A, dtype=np.longdouble), call(A, axis=0, dtype=np.longdouble))

# --------------------------------------------------------------------------------------------------- products

for _shapes in [
    ((3, 4), (4, 2)),
    ((4,), (4, 3)),
    ((3, 4), (4,)),
    ((4,), (4,)),
    ((2, 3, 4), (4, 2)),
    ((3, 4), (2, 4, 2)),
]:
    cases(np.matmul, call(*(var(*shape) for shape in _shapes)))
for _shapes in [
    ((2, 1, 3, 2), (4, 2, 2)),
    ((2, 2, 3), (3,)),
    ((3,), (2, 3, 2)),
    ((0, 3), (3, 2)),
    ((3, 0), (0, 2)),
]:
    cases(np.matmul, call(*(var(*shape) for shape in _shapes)))
cases(
    np.matmul,
    call(A, var(4, 2), dtype=np.longdouble),
    call(A, var(4, 2), order="F", casting="unsafe", subok=False),
)
for _shapes in [((4,), (4,)), ((3, 4), (4,)), ((3, 4), (3, 4)), ((3, 1, 4), (2, 4)), ((2, 0), (2, 0))]:
    cases(np.vecdot, call(*(var(*shape) for shape in _shapes)))
cases(np.vecdot, call(A, A, axis=0), call(var(3, 1), A, axis=-2), call(A, V, dtype=np.longdouble))
cases(np.vecdot, call(A, V, order="F", casting="unsafe", subok=False))
for _shapes in [
    ((4,), (4,)),
    ((3, 4), (4, 2)),
    ((3, 4), (4,)),
    ((4,), (4, 3)),
    ((2, 3, 4), (4, 2)),
    ((3, 4), (2, 4, 2)),
]:
    cases(np.dot, call(*(var(*shape) for shape in _shapes)))
for _shapes in [
    ((), (3,)),
    ((2, 3), ()),
    ((), ()),
    ((2, 2, 3), (2, 3, 2)),
    ((2, 2, 3), (3,)),
    ((3,), (2, 3, 2)),
    ((0,), (0,)),
]:
    cases(np.dot, call(*(var(*shape) for shape in _shapes)))
for _product in (np.dot, np.inner, np.outer, np.kron, np.convolve):
    cases(_product, call(2.0, V), call(V, 2.0), out=False)
cases(np.vdot, call(2.0, var()), call(var(), 2.0))
cases(np.tensordot, call(2.0, V, 0), call(V, 2.0, 0))

T = var(2, 3, 4)
cases(np.trace, call(A), call(A, 1), call(A, offset=-1), call(T), call(T, axis1=1, axis2=2), call(T, 1, 2, 0))
cases(np.trace, call(T, axis1=-1, axis2=0, offset=-1), call(A, dtype=np.longdouble), call(A, 7))

EINSUMS = [
    ("ij,jk->ik", (3, 4), (4, 2)),
    ("ij,jk", (3, 4), (4, 2)),
    ("ij->ji", (3, 4)),
    ("ba", (3, 4)),
    ("ii->i", (3, 3)),
    ("ii", (3, 3)),
    ("ij->", (3, 4)),
    ("ij->i", (3, 4)),
    ("i,i", (4,), (4,)),
    ("i,j->ij", (3,), (4,)),
    ("i->i", (4,)),
    ("...i,...i->...", (2, 3), (2, 3)),
    ("...ij,...jk->...ik", (2, 2, 3), (3, 2)),
    ("i...,i...", (3, 2), (3, 2)),
    ("...,...", (3, 2), (2,)),
    ("iij,j->i", (2, 2, 3), (3,)),
    ("iji->j", (2, 3, 2)),
    ("ij,jk,kl->il", (2, 3), (3, 2), (2, 3)),
    ("ij,ij,i->j", (2, 3), (2, 3), (2,)),
    (",i->i", (), (3,)),
    ("ij,jk->ik", (3, 1), (4, 2)),
    ("i j , j", (3, 4), (4,)),
    ("...ii->...i", (2, 3, 3)),
    ("aabb->ab", (2, 2, 2, 2)),
    ("ijk->k", (0, 2, 3)),
]
for _subscripts, *_shapes in EINSUMS:
    cases(np.einsum, call(_subscripts, *(var(*shape) for shape in _shapes)), exact=False)
cases(
    np.einsum,
    call(A, [0, 1], var(4, 2), [1, 2], [0, 2]),
    call(A, [0, 1], V, [1]),
    call(A, [0, 1], [1]),
    exact=False,
)
cases(np.einsum, call(var(2, 3, 4), [Ellipsis, 0], V, [0], [Ellipsis]), exact=False)
cases(
    np.einsum,
    call("ij,jk->ik", A, var(4, 2), optimize=True),
    call("ij,jk,kl->il", var(2, 3), var(3, 2), var(2, 3), optimize="greedy"),
    call("ij,jk,kl->il", var(2, 3), var(3, 2), var(2, 3), optimize=["einsum_path", (0, 1), (0, 1)]),
    call("ij,jk->ik", A, var(4, 2), order="F", casting="unsafe"),
    call("ij,jk->ik", A, var(4, 2), dtype=np.longdouble),
    exact=False,
)
cases(
    contract,
    call("ij,jk->ik", [A, var(4, 2)]),
    call("ij,jk->ik", [A, var(4, 2)], True),
    call("ij->i", [A]),
    exact=False,
)
cases(
    contract,
    call("ij,j->i", [A, V], optimize=False, dtype=np.longdouble, order="F", casting="unsafe"),
    exact=False,
)


def _product_with_itself(x):
    return np.einsum("ij,ik->jk", x, x)


add(np.einsum, "one operand twice", _product_with_itself, [A], exact=False)

# ----------------------------------------------------------------------------------------------------- shapes

cases(
    np.reshape,
    call(A, (4, 3)),
    call(A, -1),
    call(A, (2, -1, 2)),
    call(A, [6, 2]),
    call(var(), (1, 1)),
    call(var(1), ()),
)
cases(np.reshape, call(A, (4, 3), order="F"), call(A, (4, 3), "A"), call(var(0, 3), (3, 0, 2)))
if RECENT:
    cases(np.reshape, call(A, shape=(2, 6)), call(A, (12,), copy=True), call(A, (2, 6), copy=None))
cases(
    np.ravel,
    call(A),
    call(A, "F"),
    call(A, order="A"),
    call(A, order="K"),
    call(V),
    call(var()),
    call(var(0, 2)),
)
cases(
    np.transpose,
    call(A),
    call(A, (1, 0)),
    call(T, axes=(2, 0, 1)),
    call(T, (-1, 0, -2)),
    call(V),
    call(var()),
    call(T),
)
cases(
    np.swapaxes,
    call(A, 0, 1),
    call(T, 2, 0),
    call(T, axis1=-1, axis2=1),
    call(T, 1, 1),
    call(var(0, 2), 0, 1),
)
cases(
    np.moveaxis,
    call(T, 0, -1),
    call(T, [0, 1], [2, 0]),
    call(T, source=(2,), destination=(0,)),
    call(T, -1, 0),
)
cases(
    np.squeeze,
    call(var(1, 3, 1)),
    call(var(1, 3, 1), 0),
    call(var(1, 3, 1), axis=(0, -1)),
    call(A),
    call(var(1)),
)
cases(np.expand_dims, call(A, 0), call(A, axis=-1), call(A, (0, 2)), call(var(), 0), call(A, axis=(-1, 0)))
cases(np.matrix_transpose, call(A), call(T), call(var(0, 2)))
cases(
    np.broadcast_to,
    call(V, (3, 4)),
    call(var(3, 1), shape=(2, 3, 4)),
    call(var(), (2,)),
    call(A, (3, 4)),
    call(V, 4),
)
cases(np.broadcast_to, call(var(1), (0,)), call(var(1, 1), (2, 3), subok=True))
cases(
    np.flip, call(A), call(A, 0), call(A, axis=-1), call(T, axis=(0, 2)), call(V), call(var(0)), call(var())
)
cases(
    np.diagonal,
    call(A),
    call(A, 1),
    call(A, offset=-1),
    call(T),
    call(T, 0, 1, 2),
    call(T, 1, axis1=2, axis2=0),
)
cases(np.diagonal, call(T, axis1=-1, axis2=0), call(A, 9))
cases(np.real, call(A), call(V), call(var()), call(var(0)))
cases(np.imag, call(A), call(V), call(var()), call(var(0)), overwritten=True)
cases(
    sliding_window_view, call(V, 2), call(A, (2, 3)), call(A, window_shape=2, axis=0), call(A, (2, 2), (1, 0))
)
cases(
    sliding_window_view,
    call(A, 2, -1),
    call(A, (2, 2), axis=(1, 1)),
    call(V, 4),
    call(V, (2,), writeable=False, subok=False),
)
cases(
    np.roll,
    call(A, 1),
    call(A, -2, 0),
    call(A, (1, 2), axis=(0, 1)),
    call(A, shift=5, axis=-1),
    call(V, 1),
    call(A, 1, (0, 1)),
)
cases(
    _windows,
    call(V, (2,), (1,), (1,)),
    call(A, (2, 2), (1, 2), (1, 1)),
    call(A, (2, 2), (1, 1), dilation=(2, 1)),
)
cases(_windows, call(T, window_shape=(3,), step=(1,), dilation=(1,)), call(var(9), (2,), (3,), (2,)))
cases(np.roll, call(A, (1, 2), 0), call(A, 0), call(var(0), 1), call(var(), 1))
cases(
    np.repeat,
    call(A, 2),
    call(A, 3, axis=0),
    call(A, [1, 0, 2], 0),
    call(A, repeats=np.array([2, 0, 1, 1]), axis=-1),
)
cases(
    np.repeat, call(var(), 3), call(V, 0), call(var(0), 2), call(A, 9, axis=-1), call(A, [1], 0), call(A, 11)
)
cases(
    np.take,
    call(A, [0, 5, 5]),
    call(A, [[0, 2], [1, 1]], axis=1),
    call(A, 1, 0),
    call(A, indices=-1, axis=-1),
    call(V, 2),
)
cases(
    np.take,
    call(A, [7, -5, 1], axis=0, mode="wrap"),
    call(A, [7, -5, 1], axis=0, mode="clip"),
    call(A, [30, 2], mode="wrap"),
)
cases(np.take, call(A, np.zeros((2, 0), int), axis=1), call(A, np.array([[0, 0], [0, 0]]), 0))
for _function in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    cases(_function, call(var()), call(V), call(A), call(T), call(var(0)))
    add(_function, "several", lambda x, y, z, f=_function: f(x, y, z)[1], [var(), V, A], overwritten=True)

cases(np.copy, call(A), call(A, "F"), call(A, order="A"), call(A, subok=True), call(var()), call(var(0)))
cases(
    cast,
    call(A, float),
    call(A, np.longdouble),
    call(A, dtype=np.float64, order="F", casting="same_kind"),
    call(A, "f8", "K"),
)

# ------------------------------------------------------------------------------------------ joining, choosing

cases(
    np.concatenate,
    call([A, A]),
    call((A, var(1, 4)), 0),
    call([A, var(3, 2)], axis=1),
    call([A, V], axis=None),
    call([V]),
)
cases(
    np.concatenate,
    call([A, var(0, 4), A], axis=-2),
    call([A, A], dtype=np.longdouble),
    call([A, A], casting="unsafe"),
)
cases(np.concatenate, call([V, [1.0, 2.0], var(0)]), call([var(), var()], axis=None), call(A))
cases(
    np.stack,
    call([A, A]),
    call([A, A], 1),
    call([V, V, V], axis=-1),
    call([var(), var()]),
    call(([1.0, 2.0], var(2)), axis=0),
)
cases(
    np.stack,
    call([V, V], casting="unsafe"),
    call([V, V], dtype=np.longdouble),
    call([var(0), var(0)]),
    call(A),
)
cases(
    np.where,
    call(MASK, A, A),
    call(MASK, A, V),
    call(ROW_MASK, A, var()),
    call(MASK, A, 0.0),
    call(MASK, 1.0, A),
)
cases(
    np.where,
    call([[True], [False], [True]], V, var(3, 1)),
    call(True, A, V),
    call(np.zeros((0, 1), bool), V, V),
)
cases(np.clip, call(A, -1.0, 1.0), call(A, None, 0.5), call(A, -0.5, None), call(A, a_min=-1.0, a_max=1.0))
cases(np.clip, call(A, -1.0, V), call(A, var(3, 1), 1.9), call(A, V, A))
cases(np.clip, call(A, -1.0, 1.0, casting="unsafe", order="F"), call(A, -1.0, 1.0, dtype=np.longdouble))
if RECENT:
    cases(
        np.clip, call(A, min=-1.0), call(A, max=0.7), call(A, min=-0.5, max=0.5), call(A, None, None), call(A)
    )
add(np.clip, "where=", lambda x: np.where(MASK, np.clip(x, -1.0, 1.0, where=MASK), 0.0), [A])

# ------------------------------------------------------------------------------------------------------ order

for _function, _arguments in ((np.sort, ()), (np.partition, (2,))):
    cases(_function, *(call(x, *_arguments) for x in (A, V, T)), call(A, *_arguments, axis=0))
    cases(_function, call(A, *_arguments, -1), call(A, *_arguments, axis=-2, order=None))
cases(
    np.sort,
    call(A, axis=None),
    call(A, kind="heapsort"),
    call(A, -1, "stable"),
    call(A, axis=0, stable=True),
    call(var(0, 2)),
    call(var(0)),
)
if np.lib.NumpyVersion(np.__version__) >= "2.5.0":
    cases(np.sort, call(A, descending=True), call(A, 0, stable=True, descending=True))
cases(
    in_order,
    call(V, np.array([2, 0, 3, 1]), -1),
    call(A, np.argsort(np.sin(np.arange(12))), None),
    call(A, np.argsort(np.sin(np.arange(12.0)).reshape(3, 4), axis=0), 0),
)
# All places, as the order of the others differs between dtypes.
cases(
    np.partition,
    call(A, range(12), axis=None),
    call(A, [0, 2], axis=1),
    call(A, kth=1, kind="introselect"),
    call(A, (1, -1)),
)
PLACES = np.array([[2, 0, 2], [1, 1, 3], [0, 3, 2]])
cases(
    np.bincount,
    call([0, 2, 2, 1], V),
    call(np.array([1, 1, 5]), weights=var(3)),
    call([3], var(1), minlength=6),
)
cases(np.take_along_axis, call(A, PLACES, 1), call(A, PLACES, axis=-1))
cases(
    np.take_along_axis, call(A, indices=np.array([[0, 1, 2, 0]]), axis=0), call(A, np.array([0, 0, 11]), None)
)
cases(np.take_along_axis, call(A, np.array([[-1], [0], [1]]), 1))

# ----------------------------------------------------------------------------------------------------- writes


def _written(key, label, write, *variables):
    """Add a case of a function that writes into its first argument."""

    def f(a, *rest):
        a = a.copy()
        write(a, *rest)
        return a

    add(key, label, f, variables, written=True, overwritten=True)


_written(np.copyto, "all", lambda a, b: np.copyto(a, b), A, A)
_written(np.copyto, "broadcast", lambda a, b: np.copyto(a, b), A, V)
_written(np.copyto, "where=", lambda a, b: np.copyto(a, b, where=MASK), A, A)
_written(np.copyto, "view,where=", lambda a, b: np.copyto(a[1:], b, where=ROW_MASK), A, V)
_written(np.copyto, "number,casting=", lambda a: np.copyto(dst=a, src=3, casting="unsafe", where=MASK), A)
_written(np.put, "ind,v", lambda a, v: np.put(a, [0, 5, 11], v), A, var(3))
_written(np.put, "repeated", lambda a, v: np.put(a, [2, 5, 2], v), A, var(3))
_written(np.put, "v is short", lambda a, v: np.put(a, [[0, 5], [1, 2]], v), A, var(3))
_written(np.put, "wrap", lambda a, v: np.put(a=a, ind=[14, -1], v=v, mode="wrap"), A, var(2))
_written(np.put, "clip", lambda a, v: np.put(a, [14, -1], v, mode="clip"), A, var(2))
_written(np.put, "one", lambda a, v: np.put(a, 3, v), A, var())
_written(np.place, "mask,vals", lambda a, v: np.place(a, MASK, v), A, var(7))
_written(np.place, "vals are short", lambda a, v: np.place(arr=a, mask=MASK, vals=v), A, var(2))
_written(np.place, "vals are long", lambda a, v: np.place(a, MASK, v), A, var(9))
_written(np.putmask, "same shape", lambda a, v: np.putmask(a, MASK, v), A, A)
_written(np.putmask, "values are short", lambda a, v: np.putmask(a, mask=MASK, values=v), A, var(5))
_written(np.fill_diagonal, "number", lambda a, v: np.fill_diagonal(a, v), A, var())
_written(np.fill_diagonal, "sequence", lambda a, v: np.fill_diagonal(a, v), var(4, 3), var(3))
_written(np.fill_diagonal, "tall", lambda a, v: np.fill_diagonal(a, v), var(7, 2), var())
_written(np.fill_diagonal, "wrap", lambda a, v: np.fill_diagonal(a=a, val=v, wrap=True), var(7, 2), var())
_written(np.fill_diagonal, "cube", lambda a, v: np.fill_diagonal(a, v), var(2, 2, 2), var(2))

# ----------------------------------------------------------------------------------------------- like another


def _filled(function):
    """What is filled with a value of its own: the prototype has no influence."""

    def f(a, v):
        result = function(a)
        assert type(result) is type(a)
        result[...] = v
        return result

    return f


for _function in (np.zeros_like, np.ones_like, np.empty_like):
    for _label, _f in {
        "a": _function,
        "order=": lambda a, f=_function: f(a, None, "F"),
        "subok=,shape=": lambda a, f=_function: f(a, subok=False, shape=(3, 4)),
    }.items():
        add(_function, _label, _filled(_f), [A, A], written=True, overwritten=True)
for _label, _f in {
    "a": lambda a, v: np.full_like(a, v),
    "order=": lambda a, v: np.full_like(a, fill_value=v, order="F", subok=False),
    "shape=": lambda a, v: np.full_like(a, v, shape=(2, 3)),
}.items():
    add(np.full_like, _label, _f, [A, var()], written=True, overwritten=True)
