"""Cases of functions that arrange arrays, and that compute with neighbours, orders and matrices."""

import inspect

import numpy as np

from mygrad.engine.calling import array_of_numbers
from mygrad.engine.rule import composites
from mygrad.rules.averages import correlations, covariances
from mygrad.rules.diagonals import diagonal_matrix
from mygrad.rules.differences import slopes
from mygrad.rules.grids import laid_along
from mygrad.rules.interpolation import interpolated
from mygrad.rules.shaping import flattened
from mygrad.rules.systems import log_of_determinant, power, solution

from .drawing import add, call, cases, parameters, var

A, V, T = var(3, 4), var(4), var(2, 3, 4)
MASK = np.array([[True, False, True, True], [False, False, True, False], [True, True, False, True]])
POSITIVE = {"domain": (0.3, 2.0)}


def one_of(function, i, *calls, **options):
    """Cases of a function with several results, of which the one at `i` is differentiated."""
    given = parameters.setdefault(function, set())
    for one in calls:
        given.update(_names(function, one))

        def f(*values, one=one):
            args, kwargs = one.filled(values)
            return function(*args, **kwargs)[i]

        add(function, f"{one!r}[{i}]", f, one.places(), **options)


def _names(function, one):
    return inspect.signature(composites[function]).bind_partial(*one.args, **one.kwargs).arguments


# ------------------------------------------------------------------------------ parts

one_of(np.split, 1, call(A, 2, axis=1), call(A, [1, 2]), call(ary=T, indices_or_sections=(1,), axis=-1))
one_of(np.array_split, 0, call(A, 2), call(A, [1, 3], 1), call(ary=A, indices_or_sections=3, axis=-1))
for _function, _x in ((np.hsplit, A), (np.hsplit, V), (np.vsplit, var(4, 3)), (np.dsplit, T)):
    one_of(_function, 1, call(_x, 2), call(ary=_x, indices_or_sections=[1]))
if hasattr(np, "unstack"):
    one_of(np.unstack, 1, call(A), call(T, axis=-1))

# ------------------------------------------------------------------------------ stacks

cases(
    np.vstack,
    call([A, V]),
    call([V, V], dtype=np.longdouble),
    call((A, [1.0, 2.0, 3.0, 4.0]), casting="unsafe"),
)
cases(np.hstack, call([A, A]), call([V, var()], dtype=np.longdouble), call((V, [1.0]), casting="unsafe"))
cases(
    array_of_numbers,
    call([var(), var()], (2,)),
    call([var(), 2.0, 3, var(), np.float32(0.5), var()], (3, 2)),
    call([var()], (1, 1, 1)),
)
cases(np.dstack, call([A, A]), call((V, V)))
cases(np.column_stack, call([var(3), A]), call((V, V, [1.0, 2.0, 3.0, 4.0])), call([A, A]))
cases(np.append, call(A, V), call(A, A, axis=0), call(V, [1.0]), call([1.0], V), call(A, var(3, 1), 1))
cases(
    np.block,
    call([[A, A], [A, np.ones((3, 4))]]),
    call([V, 1.0, V]),
    call(A),
    call([[V], [V]]),
    call([[T], [T]]),
)
cases(np.tile, call(A, 2), call(V, (2, 1, 3)), call(T, (2, 1)), call(A, 1), call(var(), 3), call(A, 0))
cases(np.resize, call(V, (3, 3)), call(A, 5), call(V, (0,)), call(A, new_shape=(3, 4)))

# ------------------------------------------------------------------------------ order of elements

cases(np.flipud, call(A), call(V), call(T))
cases(np.fliplr, call(A), call(T))
cases(np.rot90, call(A), call(A, 2), call(A, k=-1), call(T, 1, (0, 2)), call(T, 5, axes=(2, 1)), call(A, 0))
for _axis in (0, 1, -1):
    cases(np.rollaxis, call(T, _axis), call(T, _axis, 3), call(T, _axis, start=-1), call(T, _axis, 1))

# ------------------------------------------------------------------------------ choices

cases(
    np.compress,
    call([True, False, True], A, axis=0),
    call([0, 1, 1, 0, 2], A),
    call(np.array([True, False]), A, 1),
)
cases(np.extract, call(MASK, A), call([0, 1, 0, 2], V))
cases(
    np.delete,
    call(A, 1, axis=1),
    call(A, [0, -1], 1),
    call(A, np.s_[::5]),
    call(V, [True, False, False, True]),
    call(V, []),
)
cases(
    np.insert,
    call(A, 1, V, axis=0),
    call(A, -1, 5.0, 1),
    call(A, [2, 0, 2], var(3), axis=1),
    call(A, np.s_[1:4], var(3)),
)
cases(
    np.insert,
    call(A, [1], var(2, 4), 0),
    call(A, 2, var(3), axis=1),
    call(V, [], 1.0),
    call(V, np.array([True, False, True, False]), 2.0),
)
cases(
    np.insert,
    call(A, 1, var(1, 3), axis=1),
    call(A, [-1], var(3, 2), axis=-1),
    call(np.ones((3, 4)), 0, V, 0),
)
cases(np.choose, call([2, 0, 1, 1], [V, V, var()]), call((MASK * 5).astype(int), [A, V], mode="clip"))
cases(np.choose, call([3, -1, 1], var(2, 3), mode="wrap"))
cases(
    np.select,
    call([MASK, ~MASK[0]], [A, V]),
    call([MASK], [A], default=1.5),
    call([MASK], [A], 2),
    call([True], [V]),
)


def _put(label, *variables, **options):
    def f(a, v):
        a = a.copy()
        np.put_along_axis(a, values=v, **options)
        return a

    parameters.setdefault(np.put_along_axis, set()).update({"arr", "values", *options})
    add(np.put_along_axis, label, f, variables, written=True, overwritten=True)


_put("rows", A, var(3, 2), indices=np.array([[0, 3], [1, 2], [2, 0]]), axis=1)
_put("columns", A, var(1, 4), indices=np.array([[2, 0, 1, 1]]), axis=0)
_put("number", A, var(), indices=np.array([[1], [1], [0]]), axis=-1)
_put("vector", V, var(2), indices=np.array([3, 0]), axis=0)

for _label, _f in {
    "functions": lambda x: np.piecewise(x, [MASK], [np.exp, lambda z: z**3]),
    "numbers": lambda x: np.piecewise(x, [MASK, ~MASK], [np.sin, 2.0]),
    "arguments": lambda x: np.piecewise(x, [MASK], [lambda z, n, k: k * z**n, 0.0], 2, k=3.0),
}.items():
    add(np.piecewise, _label, _f, [A])

# ------------------------------------------------------------------------------ diagonals, grids

for _function in (np.tril, np.triu):
    cases(_function, call(A), call(T, 1), call(A, k=-1), call(V))
cases(np.diag, call(V), call(V, -2), call(A), call(A, k=1))
cases(diagonal_matrix, call(V), call(V, 1), call(V, k=-1))
cases(flattened, call(A), call(A, "F"), call(T, order="F"))
cases(np.diagflat, call(A), call(V, 1), call(V, k=-1))
one_of(np.broadcast_arrays, 1, call(var(3, 1), V), call(A, A), call(A, V, subok=False), overwritten=True)
cases(laid_along, call(V, (3, 4), 1), call(V, (4, 2), 0), call(A, (2, 12, 2), axis=1))
one_of(np.meshgrid, 0, call(V, var(3)), call(V, var(3), var(2), indexing="ij"), call(V), overwritten=True)
one_of(
    np.meshgrid,
    1,
    call(V, var(3), copy=False),
    call(V, var(3), sparse=True),
    call(V, var(3), var(2)),
    overwritten=True,
)

# ------------------------------------------------------------------------------ products

cases(np.outer, call(V, var(3)), call(A, V), call(V, A))
cases(np.vdot, call(V, V), call(A, A), exact=False)
cases(np.inner, call(V, V), call(A, V), call(T, A), call(V, T), call(var(), A), call(A, var()))
cases(
    np.tensordot,
    call(A, var(4, 2), 1),
    call(T, A),
    call(A, V, axes=0),
    call(A, T, ((1, 0), (2, 1))),
    call(A, T, (0, 1)),
)
cases(np.tensordot, call(T, var(4, 2, 2), ([2, 0], [0, 2])), call(T, var(2, 4), axes=[(-1, 0), (1, 0)]))
cases(np.kron, call(A, V), call(V, A), call(A, var(2, 2)), call(var(), A), call(V, T))
if hasattr(np, "matvec"):
    cases(
        np.matvec,
        call(A, V),
        call(T, V),
        call(var(2, 1, 3, 4), var(2, 4)),
        call(A, V, dtype=np.longdouble),
        exact=False,
    )
    cases(np.vecmat, call(var(3), A), call(var(3), T), call(var(2, 3), var(2, 1, 3, 4)), exact=False)
    for _function, _x, _y in ((np.matvec, A, V), (np.vecmat, var(3), A)):
        cases(
            _function,
            call(_x, _y, order="F", casting="unsafe", subok=False, dtype=np.longdouble),
            exact=False,
        )
B = var(2, 3)
cases(np.cross, call(B, B), call(B, var(3)), call(var(3, 2), B, 0, 1, 0), call(var(3, 2), var(3, 2), axis=0))
cases(np.cross, call(B, B, axisa=-1, axisb=1, axisc=0))
cases(np.cross, call(var(3, 2), var(4, 1, 3), axisa=0))
if np.lib.NumpyVersion(np.__version__) < "2.5.0":  # of vectors in a plane
    cases(np.cross, call(var(2), var(2, 2)), call(var(4, 2), var(3)), call(var(3), var(4, 2), axisc=0))
cases(
    np.linalg.multi_dot,
    call([A, V]),
    call([A, var(4, 2), var(2, 5)]),
    call((V, var(4, 3), var(3, 2), var(2))),
    exact=False,
)
cases(np.linalg.multi_dot, call([var(5, 1), var(1, 4), var(4, 2), var(2, 3)]), exact=False)
cases(np.linalg.matmul, call(A, var(4, 2)), call(T, V))
cases(np.linalg.outer, call(V, var(3)))
cases(np.linalg.tensordot, call(T, A), call(A, A, axes=((0,), (0,))))
cases(np.linalg.vecdot, call(A, V), call(A, A, axis=0))
cases(np.linalg.cross, call(B, B), call(var(3, 2), var(3, 2), axis=0))
cases(np.linalg.trace, call(T), call(A, offset=1, dtype=np.longdouble))
cases(np.linalg.diagonal, call(T), call(A, offset=-1))
cases(np.linalg.matrix_transpose, call(T), call(A))
for _mode in ("full", "same", "valid"):
    for _n, _m in ((6, 3), (3, 6), (5, 4), (4, 5), (4, 4), (1, 3)):
        cases(np.convolve, call(var(_n), var(_m), _mode))
        cases(np.correlate, call(var(_n), var(_m), _mode))
cases(np.convolve, call(V, V, mode="same"), call(V, var()))
cases(np.correlate, call(V, V, mode="same"), call(V, var(2)))

# ------------------------------------------------------------------------------ neighbours

cases(
    np.diff,
    call(A),
    call(A, 2, axis=0),
    call(V, prepend=var(2), append=0.5),
    call(A, n=1, prepend=var(), axis=1),
    call(T, 2, 1, append=var(2, 2, 4)),
    call(A, 3, axis=0),
    call(A, 2, 0, append=var(1, 4)),
)
cases(
    np.ediff1d,
    call(A),
    call(var()),
    call(var(0), to_end=var(1)),
    call(V, [1.0], 2.0),
    call(V, to_end=var(2), to_begin=var()),
)
STEP = np.array([0.5, 1.0, 1.75, 3.0])
for _order in (1, 2):
    cases(
        np.gradient,
        call(A, axis=1, edge_order=_order),
        call(A, STEP, axis=1, edge_order=_order),
        call(V, 0.25),
        exact=False,
    )
    cases(
        np.gradient,
        call(V, var(**POSITIVE), edge_order=_order),
        call(A, var(4, domain=(2.0, 9.0)), axis=-1, edge_order=_order),
        exact=False,
    )
cases(slopes, call(A, 0, 1), call(A, 1, 2, STEP, np.diff(STEP)), exact=False)
one_of(np.gradient, 1, call(A), call(A, 0.5, STEP), call(A, var(**POSITIVE)), overwritten=True)
for _function in (np.trapezoid, *([vars(np)["trapz"]] if "trapz" in vars(np) else [])):
    cases(
        _function,
        call(A),
        call(A, V, axis=1),
        call(var(1), var(1)),
        call(var(3, 1), var(3, 1)),
        call(A, A, axis=0),
        call(V, dx=var()),
        call(A, dx=0.5, axis=0),
        call(A, dx=var(4), axis=0),
        exact=False,
    )

# ------------------------------------------------------------------------------ statistics

cases(np.ptp, call(A), call(A, 0), call(T, axis=(0, 2), keepdims=True))
W = var(4, **POSITIVE)
cases(
    np.average,
    call(A),
    call(A, 1),
    call(A, axis=1, weights=W),
    call(A, weights=var(3, 4, **POSITIVE), keepdims=True),
    exact=False,
)
cases(np.average, call(T, (2, 1), var(4, 3, **POSITIVE)), exact=False)
one_of(
    np.average,
    1,
    call(A, 1, W, returned=True),
    call(A, 0, var(3, 4, **POSITIVE), True),
    overwritten=True,
    exact=False,
)
cases(
    np.cov,
    call(A),
    call(A, A),
    call(A, rowvar=False, bias=True),
    call(V, V, ddof=0),
    call(m=A, y=V),
    exact=False,
)
cases(np.cov, call(A, aweights=W), call(A, fweights=[1, 2, 1, 3], dtype=np.longdouble), exact=False)
cases(
    np.corrcoef,
    call(A),
    call(var(5), var(5)),
    call(x=A, y=None, rowvar=True, dtype=np.longdouble),
    exact=False,
)
cases(np.corrcoef, call(V), call(A, rowvar=False), call(A, V), exact=False)
cases(covariances, call(A, 1), call(var(1, 4), 0), exact=False)
cases(correlations, call(A), exact=False)

HOLES = np.where(MASK, 0.0, np.nan)


def _with_holes(function, *calls):
    """The same arguments with NaN in some places."""
    for one in calls:

        def f(a, *rest, one=one):
            return function(a + HOLES if a.shape == HOLES.shape else a, *one.args, **one.kwargs)

        add(function, f"holes,{one!r}", f, [A], exact=False)


for _function in (np.nansum, np.nanprod, np.nanmax, np.nanmin, np.nanmean):
    cases(_function, call(A), call(A, 1), call(A, axis=0, keepdims=True), exact=False)
    cases(
        _function,
        call(A, where=MASK, **({"initial": 1.0} if _function is not np.nanmean else {})),
        exact=False,
    )
    _with_holes(_function, call(), call(axis=0), call(axis=1, keepdims=True))
for _function in (np.nansum, np.nanprod, np.nanmean):
    cases(_function, call(A, dtype=np.longdouble), exact=False)
for _function in (np.nancumsum, np.nancumprod):
    cases(_function, call(A), call(A, 1), call(A, axis=0, dtype=np.longdouble))
    _with_holes(_function, call(), call(axis=1))
for _function in (np.nanvar, np.nanstd):
    cases(
        _function,
        call(A),
        call(A, 1),
        call(A, axis=0, keepdims=True, ddof=1),
        call(A, dtype=np.longdouble),
        exact=False,
    )
    cases(_function, call(A, where=MASK), exact=False)
    _with_holes(_function, call(), call(axis=0), call(axis=1, keepdims=True))
cases(
    np.nanvar,
    call(A, correction=1, axis=1),
    call(A, axis=1, mean=np.ones((3, 1)), keepdims=True),
    exact=False,
)
for _function in (np.nanvar, np.nanstd):
    cases(_function, call(A, correction=1), call(A, axis=1, mean=np.ones((3, 1)), keepdims=True), exact=False)
cases(np.nan_to_num, call(A), call(A, copy=True, nan=1.0, posinf=2.0, neginf=3.0))
_with_holes(np.nan_to_num, call(), call(nan=7.0))

# ------------------------------------------------------------------------------ interpolation, angles

KNOTS = np.array([-1.5, -0.5, 0.3, 1.7])
FIXED = np.array([-2.0, -1.1, 0.1, 0.9, 1.7, 2.5])
cases(np.interp, call(FIXED, KNOTS, V), call(FIXED, KNOTS, V, left=-3.0, right=2.0), call(var(), KNOTS, V))
cases(np.interp, call(A, [0.1], var(1)), call(A, [0.1], [2.0]), overwritten=True)
cases(np.interp, call(FIXED[1:4], [-1.5, -0.5, 0.3, 1.7], V, period=3.7), call(x=FIXED, xp=KNOTS, fp=V))
for _f in (np.interp, interpolated):
    add(_f, "knots", lambda xp, fp: np.interp(FIXED[1:4], np.sort(xp * 0.05 + KNOTS), fp), [V, V])
    add(
        _f,
        "all",
        lambda x, xp, fp, left, right: np.interp(
            0.05 * x + FIXED, 0.05 * xp + KNOTS, fp + 0.0 * left + 0.0 * right, left, right
        ),
        [var(6), V, V, var(), var()],
    )
cases(np.unwrap, call(A), call(A, axis=0), call(A, 1.0, 0, period=20.0), call(V, discont=2.0))
add(np.unwrap, "period", lambda p, t: np.unwrap(p + 0.0 * t, period=t), [A, var(domain=(1.5, 2.0))])
cases(np.angle, call(V), call(A, deg=True), overwritten=True)
cases(np.real_if_close, call(A), call(V, tol=10))

# ------------------------------------------------------------------------------ linear systems

S = var(3, 3)
cases(np.linalg.inv, call(var(2, 2)), call(var(2, 3, 3)), exact=False)
cases(
    np.linalg.solve,
    call(S, var(3)),
    call(var(2, 3, 3), var(2, 3, 2)),
    call(S, var(2, 3, 1)),
    call(var(2, 3, 3), var(3)),
    exact=False,
)
cases(solution, call(S, var(3, 2)), call(var(2, 3, 3), var(3, 1)), exact=False)
cases(np.linalg.det, call(S), call(var(2, 2, 2)), exact=False)
cases(log_of_determinant, call(S), call(var(2, 2, 2)), exact=False)
add(np.linalg.slogdet, "sign", lambda a: np.multiply(*np.linalg.slogdet(a)), [S], exact=False)
one_of(np.linalg.slogdet, 1, call(S), call(var(2, 2, 2)), exact=False)
cases(power, call(S, 1), call(S, 2), call(var(2, 2, 2), 7), exact=False)
cases(
    np.linalg.matrix_power,
    call(S, 3),
    call(var(2, 2, 2), 4),
    call(var(2, 2), -2),
    call(S, n=1),
    exact=False,
)
