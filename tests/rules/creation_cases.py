"""Cases of what makes arrays, converts them, and applies functions to parts of them."""

import numpy as np
from numpy.lib import scimath, stride_tricks

from mygrad import Tensor
from mygrad.engine.rule import composites
from mygrad.rules.bessel import reduced
from mygrad.rules.spaces import evenly_spaced, evenly_stepped
from mygrad.rules.strides import strided

from .drawing import add, call, cases, parameters, tensors_in, var

A = var(3, 4)
V = var(4)
POSITIVE = {"domain": (0.3, 2.0)}
AWAY = {"domain": (1.2, 3.0)}

# ----------------------------------------------------------------------------- sequences between two numbers

for _space in (np.linspace, np.logspace):
    cases(
        _space,
        call(var(), var()),
        call(var(), var(), 5),
        call(var(), 2.0, 1),
        call(1.0, var(), num=4, endpoint=False),
        call(var(), var(), 1, False),
        call(V, var(), 3),
        call(V, V, 3, axis=-1),
        call(var(3, 1), V, 2, axis=1),
        call(stop=V, start=0, num=3),
        call(var(), var(), 4, dtype=np.longdouble),
    )
for _options in ({}, {"num": 0}, {"num": 1}):
    cases(_space, call(var(), var(), **_options))
cases(np.linspace, call(V, V, 0), call(var(), var(), 3, device="cpu"))
cases(np.logspace, call(var(), var(), 4, base=var(**POSITIVE)), call(V, var(), 3, base=var(4, **POSITIVE)))
cases(
    np.logspace,
    call(var(), V, 3, True, var(2, 1, **POSITIVE), axis=-1),
    call(var(), 1.0, 3, base=2),
    call(-1.0, 2.0, 3, base=var(3, **POSITIVE)),
)
add(np.linspace, "retstep=", lambda a, b: np.linspace(a, b, 5, retstep=True)[1], [var(), var()])
add(np.linspace, "retstep=,samples", lambda a, b: np.linspace(a, b, 5, False, True)[0], [V, var()])
add(np.linspace, "retstep=,endpoint=", lambda a, b: np.linspace(a, b, 5, False, True)[1], [V, var()])
parameters[np.linspace].add("retstep")
ENDS = var(**POSITIVE), var(**AWAY)
cases(
    np.geomspace,
    call(*ENDS),
    call(*ENDS, 4),
    call(*ENDS, num=3, endpoint=False),
    call(*ENDS, 1),
    call(*ENDS, 0),
    call(1.0, ENDS[1], 5),
    call(ENDS[0], 3, 5),
    call(var(4, **POSITIVE), ENDS[1], 3),
    call(var(4, **POSITIVE), var(2, 1, **AWAY), 3, axis=-1),
    call(start=ENDS[0], stop=ENDS[1], num=3, dtype=np.longdouble),
)
add(np.geomspace, "negative", lambda a, b: np.geomspace(-a, -b, 4), [*ENDS])
cases(evenly_spaced, call(var(), V, 3, True, None, 0, None))
cases(evenly_spaced, call(V, var(), num=3, endpoint=False, dtype=np.longdouble, axis=1, device=None))


def _arange(*args, **kwargs):
    """`np.arange`, which doesn't ask its arguments, as a user of tensors calls it."""
    given = tensors_in(list(args)) or tensors_in(list(kwargs.values()))
    return (composites[np.arange] if given else np.arange)(*args, **kwargs)


# The stop is between two steps, so that the number of steps doesn't change.
START, STEP = var(domain=(0.3, 0.4)), var(domain=(0.7, 0.72))
for _function in (np.arange, evenly_stepped):
    add(_function, "start", lambda a: _arange(np.real(a), 4.0), [START])
    add(_function, "start,stop,step", lambda a, b: _arange(np.real(a), 4.2, np.real(b)), [START, STEP])
    add(_function, "step=", lambda b: _arange(0.1, step=np.real(b), stop=2.6), [STEP])
    add(_function, "dtype=", lambda a: _arange(np.real(a), stop=3.0, dtype=np.longdouble), [START])
add(np.arange, "start,int", lambda a: _arange(np.real(a) * 0.0, 3) * a, [START])
cases(
    np.vander,
    call(V),
    call(V, 2),
    call(V, 6, True),
    call(V, N=1),
    call(V, 0),
    call(x=var(3), increasing=True),
    call(var(1)),
    call(var(0), 3),
)

# -------------------------------------------------------------------------------------- arrays that are made


def _filled(make_like):
    """What is made is a tensor, which can be written to; what it is like has no influence."""

    def f(a, v):
        result = make_like(a)
        assert type(result) is type(a)
        result = result.astype(a.dtype)
        result[...] = v
        return result

    return f


_BYTES = np.arange(4.0).tobytes()
for _function, _make in {
    np.zeros: lambda a: np.zeros(4, like=a),
    np.ones: lambda a: np.ones((4,), dtype=float, order="F", like=a),
    np.empty: lambda a: np.empty(shape=4, like=a),
    np.eye: lambda a: np.eye(1, 4, k=1, like=a)[0],
    np.identity: lambda a: np.identity(4, like=a)[1],
    np.tri: lambda a: np.tri(4, k=-1, like=a)[2],
    np.frombuffer: lambda a: np.copy(np.frombuffer(_BYTES, like=a)),
    np.fromstring: lambda a: np.fromstring("1 2 3 4", sep=" ", like=a),
    np.loadtxt: lambda a: np.loadtxt(["1 2", "3 4"], like=a).ravel(),
    np.genfromtxt: lambda a: np.genfromtxt(["1 2", "3 4"], like=a).ravel(),
    np.fromfunction: lambda a: np.fromfunction(lambda i: 2.0 * i, (4,), like=a),
}.items():
    add(_function, "like=", _filled(_make), [A, V], written=True, overwritten=True)


def _of_a_file(a):
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.write(_BYTES)
        file.seek(0)
        return np.fromfile(file, like=a)


add(np.fromfile, "like=", _filled(_of_a_file), [A, V], written=True, overwritten=True)
add(np.arange, "like=", _filled(lambda a: np.arange(4.0, like=a)), [A, V], written=True, overwritten=True)


def _full(*args, like):
    return np.full(*args, like=like) if isinstance(like, Tensor) else np.full(*args)


for _label, _arguments, _variable in (
    ("number", lambda v: ((2, 3), v), var()),
    ("row", lambda v: ((2, 4), v, None, "F"), V),
    ("dtype=", lambda v: (3, v, np.longdouble), var()),
    ("list", lambda v: ((2, 2), [v[0], v[1]]), var(2)),
):
    add(np.full, _label, lambda v, f=_arguments: _full(*f(v), like=v), [_variable])
add(np.fromfunction, "tensor", lambda v: np.fromfunction(lambda i, j: v * i, (2, 4), like=v), [V])


def _from_iter(*args, like):
    items, *rest = args
    if isinstance(like, Tensor):
        return np.fromiter(iter(items), *rest, like=like)
    return np.fromiter(iter(items), *rest)


add(np.fromiter, "iter,dtype", lambda v: _from_iter([v[0], 2 * v[1]], v.dtype, like=v), [V])
add(np.fromiter, "count=", lambda v: _from_iter([v[0], v[2], v[1]], v.dtype, 2, like=v), [V])

# ----------------------------------------------------------------------------------------------- conversions

for _function, _calls in {
    np.array: {
        "a": lambda a: np.array(a, like=a),
        "copy=": lambda a: np.array(a, copy=None, like=a),
        "order=": lambda a: np.array(a, order="F", like=a),
        "ndmin=": lambda a: np.array(a, None, ndmin=4, copy=False, like=a),
        "dtype=": lambda a: np.array(a, np.longdouble, ndmin=3, like=a),
        "list": lambda a: (
            np.array([a[0], 2 * a[1]], like=a) if isinstance(a, Tensor) else np.array([a[0], 2 * a[1]])
        ),
    },
    np.asarray: {
        "a": lambda a: np.asarray(a, like=a),
        "order=": lambda a: np.asarray(a, order="F", like=a),
        "copy=": lambda a: np.asarray(a, copy=True, like=a),
        "dtype=": lambda a: np.asarray(a, np.longdouble, like=a),
    },
    np.asanyarray: {
        "a": lambda a: np.asanyarray(a, like=a),
        "order=": lambda a: np.asanyarray(a, None, "F", like=a),
    },
    np.ascontiguousarray: {"a": lambda a: np.ascontiguousarray(a, like=a)},
    np.asfortranarray: {"a": lambda a: np.asfortranarray(a, like=a)},
    np.require: {
        "a": lambda a: np.require(a, like=a),
        "requirements": lambda a: np.require(a, np.longdouble, ["F", "W"], like=a),
        "F": lambda a: np.require(a, requirements="F", like=a),
    },
}.items():
    for _label, _f in _calls.items():
        add(_function, _label, _f, [A])
    for _label, _f in [*_calls.items()][:1]:
        add(_function, f"{_label},row", _f, [V])
        add(_function, f"{_label},number", _f, [var()])


if hasattr(np, "astype"):
    # Of floats: whole numbers become floats that can carry a gradient, as by the method.
    for _label, _f in {
        "dtype": lambda a: np.astype((a * 1.0), np.longdouble),
        "same": lambda a: np.astype((a * 1.0), (a * 1.0).dtype, copy=True),
        "copy=": lambda a: np.astype((a * 1.0), (a * 1.0).dtype, copy=False),
        "complex": lambda a: np.astype((a * 1.0), np.complex128),
    }.items():
        add(np.astype, _label, _f, [A])


cases(np.real_if_close, call(A), call(V, 1000), call(a=V, tol=0.9), call(var()))
add(np.real_if_close, "close", lambda x: np.real_if_close(np.real(x) + 0j * np.imag(x)) * 1.0, [V])
cases(np.sort_complex, call(V), call(A), call(var(0)))


def _with_zeros(a):
    return np.concatenate([[0.0, 0.0], a, [0.0]])


cases(np.trim_zeros, call(V), call(V, "f"), call(filt=V, trim="B"), call(var(0)))
for _trim in ("fb", "f", "b"):
    add(np.trim_zeros, _trim, lambda a, t=_trim: np.trim_zeros(_with_zeros(a), t), [V])
add(np.trim_zeros, "zeros", lambda a: np.trim_zeros(a * 0.0), [V], overwritten=True)
if np.lib.NumpyVersion(np.__version__) >= "2.2.0":
    cases(np.trim_zeros, call(A), call(A, axis=0), call(A, "fb", (0, 1)), call(A, axis=()))
    add(
        np.trim_zeros,
        "rows",
        lambda a: np.trim_zeros(np.concatenate([np.zeros((2, 4)), a * [0.0, 1.0, 1.0, 0.0]]), "f"),
        [A],
    )
else:
    parameters[np.trim_zeros].add("axis")
_several = {"overwritten": True}
add(np.ix_, "first", lambda a, b: np.ix_(a, b)[0], [V, var(3)], **_several)
add(np.ix_, "second", lambda a, b: np.ix_(a, b, [0, 1])[1], [V, var(3)], **_several)
add(np.ix_, "sum", lambda a, b: sum(np.ix_(a, b, np.array([True, False, True]))), [V, var(3)])

# ------------------------------------------------------------------------------------------ Bessel functions

cases(np.i0, call(A), call(var(5, domain=(5.0, 45.0), signed=True)), call(var()), call(x=var(0, 2)))
cases(np.i0, call(var(4, domain=(1e-9, 1e-3))))
cases(
    reduced,
    call(A, 1),
    call(var(4, domain=(25.0, 35.0)), n=0),
    call(var(3, domain=(25.0, 35.0)), 2),
    exact=True,
)


def _kaiser(M, beta):
    return (composites[np.kaiser] if isinstance(beta, Tensor) else np.kaiser)(M, beta)


for _count in (0, 1, 2, 5, 8):
    add(
        np.kaiser,
        str(_count),
        lambda beta, n=_count: _kaiser(n, beta),
        [var(domain=(3.0, 9.0))],
        overwritten=_count < 2,
    )

# ------------------------------------------------------------------------------------------- complex domains

for _name in ("sqrt", "log", "log2", "log10"):
    cases(getattr(scimath, _name), call(A), call(var(4, **POSITIVE)), call(var()), call(var(0)))
for _name in ("arccos", "arcsin", "arctanh"):
    _f = getattr(scimath, _name)
    cases(
        _f,
        call(var(3, domain=(-0.9, 0.9))),
        call(
            var(
                5,
                **AWAY,
            )
        ),
        call(var(5, domain=(-3.0, -1.2))),
    )
    cases(_f, call(var(domain=(-3.0, -1.2))), call(var(0)))
    add(
        _f,
        "all",
        lambda a, b, f=_f: f(np.stack([a, b])),
        [var(3, domain=(-0.9, 0.9)), var(3, **AWAY, signed=True)],
    )
cases(
    scimath.logn, call(2, A), call(var(**AWAY), A), call(n=var(4, domain=(-3.0, -1.2)), x=var(4, **POSITIVE))
)
cases(
    scimath.power,
    call(A, 2),
    call(A, -2),
    call(A, var(4)),
    call(x=var(3, **POSITIVE), p=var(3)),
    call(-2.0, V),
)
cases(scimath.power, call(V, [1, -1, 2, -3]))

# -------------------------------------------------------------------------------- functions of rows and axes


def _spread(row, factor=1.0, *, shift=0.0):
    return factor * np.sum(row * row) / (3.0 + shift + np.abs(row[0]))


def _as_list(row):
    return [row[0], row[1] - row[2]]


def _both_ways(row):
    return np.stack([row, 2.0 * row[::-1]])


for _axis in (0, 1, -1):
    cases(
        np.apply_along_axis,
        call(_spread, _axis, A),
        call(_both_ways, _axis, A),
        call(np.sort, _axis, var(2, 3, 2)),
    )
cases(
    np.apply_along_axis,
    call(_spread, 0, A, 2.0),
    call(_spread, 1, A, shift=var()),
    call(func1d=_spread, axis=0, arr=V),
    call(_as_list, 1, A),
    call(_spread, 0, V, var(), shift=2.0),
    written=True,
)
cases(np.apply_over_axes, call(np.sum, var(2, 3, 2), [0, 2]), call(np.mean, A, 1), call(np.sum, A, (-1, 0)))
cases(
    np.apply_over_axes,
    call(func=np.cumsum, a=A, axes=[0, 1]),
    call(lambda a, i: np.max(a, i, keepdims=True), A, [1]),
)

# ------------------------------------------------------------------------------------------------ by strides


def _strided(x, shape, strides, start=0, **kwargs):
    """NumPy doesn't ask the array: of a tensor, what ``mygrad.as_strided`` does. Strides are in elements."""
    x = np.copy(x, order="C")[start:]
    strides = [n * x.itemsize for n in strides]
    function = composites[stride_tricks.as_strided] if isinstance(x, Tensor) else stride_tricks.as_strided
    return function(x, shape, strides, **kwargs)


for _label, _f, _variable in (
    ("windows", lambda a: _strided(a, (3, 2), (1, 1)), V),
    ("diagonal", lambda a: _strided(a, (3,), (5,), writeable=False), A),
    ("backwards", lambda a: _strided(a, (4,), (-1,), start=3), V),
    ("blocks", lambda a: _strided(a, (2, 2, 2), (4, 2, 1)), A),
    ("repeated", lambda a: _strided(a, (2, 4), (0, 1)), V),
    ("empty", lambda a: _strided(a, (0, 4), (1, 1)), V),
):
    add(stride_tricks.as_strided, _label, _f, [_variable], view=False)
cases(
    strided,
    call(var(6), (2, 3), (2, 1), 1, True),
    call(var(6), shape=(4, 3), strides=(1, 1), offset=0, writeable=False),
)
