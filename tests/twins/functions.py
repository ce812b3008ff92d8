"""A hundred calls of functions that were written for arrays: NumPy's own Python code, the modules of the
standard library that compute, SciPy's where it is there, and fixtures of what code does with arrays."""

import colorsys
import copy
import functools
import importlib
import itertools
import math
import numbers
import operator
import statistics

import numpy as np

V = np.array([0.3, 1.2, -0.7, 2.1])
P = np.array([0.4, 1.3, 0.8, 2.2])
M = np.array([[2.0, 0.3], [0.3, 1.5]])
CUBE = np.linspace(0.1, 1.9, 24).reshape(2, 3, 4)
POINTS = np.array([[0.1, 0.2], [1.3, 0.4], [0.6, 1.9]])


def guarded_by_types(x):
    if not isinstance(x, (np.ndarray, list, float, numbers.Real)):
        raise TypeError(type(x))
    if type(x) in (float, int) or isinstance(x, float):
        return math.exp(x)
    if np.issubdtype(x.dtype, np.floating) and x.dtype == float and hasattr(x, "__len__"):
        return np.exp(x) / len(x)
    raise TypeError(x.dtype)


def filled_by_place(x):
    out = np.zeros(len(x))
    np.place(out, x > 0, x[x > 0])
    np.putmask(out, x < 0, -x)
    np.copyto(out[:1], x[1:2])
    out.flat[2] = x[0]
    out[-1:] += 1.0
    return out


def iterated(x):
    total = 0.0
    for place, value in np.ndenumerate(x):
        total = total + value * (1 + sum(place))
    for value in np.nditer(x):
        total = total + value**2
    steps = np.nditer(x, flags=["multi_index"])
    while not steps.finished:
        total = total + x[steps.multi_index] * 0.5
        steps.iternext()
    return total


def broadcast(x, y):
    b = np.broadcast(x[:, None], y)
    out = np.empty(b.shape)
    out.flat = [u * v for u, v in b]
    return out


def of_objects(x):
    rows = np.empty(2, dtype=object)
    rows[0], rows[1] = x[:2] * 2.0, x
    return sum(row.sum() for row in rows)


def with_iterators(x):
    running = list(itertools.accumulate(x, lambda a, b: np.asarray(a) * 0.5 + b))
    powers = list(itertools.starmap(lambda a, n: float(a) ** n, zip(x, range(4), strict=True)))
    return np.array(running) + np.fromiter(powers, float) + functools.reduce(operator.add, map(float, x))


def numbers_of_python(x):
    s = x.item(0)
    first, *rest = x.tolist()
    t = s
    t += 1.0
    return [
        s,
        t,
        first,
        sum(rest),
        round(s, 1),
        round(t),
        abs(-s),
        pow(s, 2),
        divmod(t, 1.0),
        max(rest),
        complex(s, t),
    ]


def copies(x):
    y = copy.copy(x)
    y[0] = 9.0
    z = x.copy()
    z *= 2.0
    w = np.array(x, copy=True)
    w[1:] -= w[:-1]
    return x.sum(), y, z, w, copy.deepcopy({"x": x})["x"]


def views(x):
    y = x.reshape(2, 2)
    z = y.T
    z = z * 1.0
    z[0] = y[1]
    return y, z, y.ravel() is not x


def by_errors(x):
    with np.errstate(all="ignore"):
        y = np.log(np.abs(x)) / np.where(x > 0, x, np.inf)
    try:
        np.asarray(y).reshape(7)
    except ValueError:
        y = y[np.isfinite(y)]
    return y


def drawn(x):
    rng = np.random.default_rng(3)
    np.random.seed(5)
    return x * rng.normal(size=4) + np.random.rand(4)


class Meter:
    """Keeps what it is given as floats."""

    def __init__(self, scale, offset=0.5):
        self.scale = float(scale)
        self.offset = np.float64(offset)

    @property
    def both(self):
        return np.array([self.scale, self.offset])

    def __call__(self, x):
        return np.asarray(x, dtype=float) * self.scale + self.offset

    def read(self, x):
        return {"value": self(x), "both": self.both, "n": int(np.size(x))}


def metered(x):
    meter = Meter(x[0])
    return meter.read(x), list(meter.both)


def _of_numpy():
    linalg, fft = np.linalg, np.fft
    return [
        (np.average, V, None, P), (np.cov, V, P), (np.corrcoef, V, P), (np.cross, V[:3], P[:3]),
        (np.kron, M, M), (np.trapezoid, V), (np.gradient, V), (np.diff, V), (np.ediff1d, V),
        (np.interp, 0.5, [0.0, 1.0], [2.0, 3.0]), (np.unwrap, V), (np.vander, V), (np.polyval, P, 0.3),
        (np.polyfit, V, P, 1), (np.polyder, P), (np.polyint, P), (np.polymul, P, V), (np.roots, P),
        (np.convolve, V, P), (np.correlate, V, P), (np.histogram, V, 3), (np.percentile, V, 30.0),
        (np.quantile, V, 0.3), (np.median, V), (np.nanmean, V), (np.nanvar, V), (np.ptp, V),
        (np.meshgrid, V, P), (np.tile, V, 2), (np.repeat, V, 2), (np.roll, V, 1), (np.rot90, M),
        (np.flip, V), (np.pad, V, 1), (np.block, [[M, M]]), (np.apply_along_axis, np.sum, 0, M),
        (np.apply_over_axes, np.sum, M, 0), (np.piecewise, V, [V > 0], [lambda v: v * 2, 0.0]),
        (np.select, [V > 0], [V], 1.0), (np.vectorize(lambda v: v * 2 if v > 0 else 0.0), V),
        (np.fromfunction, lambda i, j: i + j, (2, 2)), (np.insert, V, 1, 9.0), (np.delete, V, 1),
        (np.unique, V), (np.isclose, V, P), (np.allclose, V, P), (np.tensordot, M, M),
        (np.einsum, "ij,jk->ik", M, M), (np.outer, V, P), (np.sinc, V), (np.i0, V), (np.hanning, 5),
        (np.kaiser, 5, 3.0), (np.logspace, 0.0, 1.0, 4), (np.geomspace, 1.0, 8.0, 4), (np.tri, 3),
        (np.diag, V), (np.fill_diagonal, np.zeros((2, 2)), 1.0), (np.nan_to_num, V), (np.real_if_close, V),
        (np.linspace, 0.0, 1.0, 4), (np.arange, 0.0, 1.0, 0.3), (np.array, [V, P]), (np.full, 3, 0.5),
        (np.lib.stride_tricks.sliding_window_view, V, 2),
        (np.lib.stride_tricks.as_strided, V, (3, 2), (8, 8)),
        (np.ma.average, np.ma.array(V, mask=V < 0)), (np.poly1d(P), 0.3), (np.polynomial.Polynomial(P), 0.4),
        (np.polynomial.polynomial.polyval, 0.3, P), (np.polynomial.chebyshev.chebval, 0.3, P),
        (np.polynomial.legendre.legder, P), (linalg.norm, V), (linalg.inv, M), (linalg.det, M),
        (linalg.solve, M, V[:2]), (linalg.cond, M), (linalg.matrix_power, M, 3),
        (linalg.multi_dot, [M, M, M]), (linalg.pinv, M), (linalg.eigvalsh, M), (linalg.lstsq, M, V[:2]),
        (linalg.tensorinv, np.eye(4).reshape(2, 2, 2, 2)),
        (fft.fft, V), (fft.fftshift, V), (fft.rfft, V), (fft.fftfreq, 4, 0.5),
    ]  # fmt: skip


def _of_the_standard_library():
    values = [0.3, 1.2, -0.7, 2.1]
    return [
        (statistics.mean, values), (statistics.fmean, values), (statistics.stdev, values),
        (statistics.median, values), (statistics.geometric_mean, [1.0, 2.0, 4.0]),
        (statistics.linear_regression, values, [1.0, 2.0, 3.0, 4.0]),
        (statistics.correlation, values, [1.0, 2.0, 3.5, 4.0]), (statistics.quantiles, values),
        (statistics.NormalDist(0.1, 2.0).cdf, 0.4), (statistics.NormalDist(0.1, 2.0).pdf, 0.4),
        (colorsys.rgb_to_hsv, 0.1, 0.5, 0.7), (colorsys.hls_to_rgb, 0.1, 0.5, 0.7),
        (colorsys.rgb_to_yiq, 0.1, 0.5, 0.7),
    ]  # fmt: skip


SCIPY = {
    "scipy.optimize:rosen": (V,),
    "scipy.optimize:rosen_der": (V,),
    "scipy.spatial.distance:cosine": (V, P),
    "scipy.spatial.distance:braycurtis": (V, P),
    "scipy.spatial.distance:canberra": (V, P),
    "scipy.spatial:procrustes": (POINTS, POINTS[::-1] + 0.1),
    "scipy.stats:zscore": (V,),
    "scipy.stats:gmean": (P,),
    "scipy.stats:skew": (V,),
    "scipy.signal.windows:hann": (5,),
    "scipy.signal:unit_impulse": (4,),
    "scipy.linalg:circulant": (V,),
    "scipy.linalg:block_diag": (M, M),
    "scipy.linalg:lstsq": (M, V[:2]),
    "scipy.signal:detrend": (V,),
}


def _of_scipy():
    for name, args in SCIPY.items():
        module, attribute = name.split(":")
        try:
            yield getattr(importlib.import_module(module), attribute), *args
        except ImportError:  # it isn't needed to run the tests
            return


def _fixtures():
    return [
        (guarded_by_types, V), (guarded_by_types, 0.3), (filled_by_place, V), (iterated, M),
        (broadcast, V, P), (of_objects, V), (with_iterators, P), (numbers_of_python, P), (copies, V),
        (views, V), (by_errors, V), (drawn, V),
        (metered, V), (Meter(2.0), V), (Meter(2.0).read, V),
    ]  # fmt: skip


CALLS = [*_of_numpy(), *_of_the_standard_library(), *_of_scipy(), *_fixtures()]
"""Each a function, and what it is given."""


def name_of(call):
    return getattr(call[0], "__name__", type(call[0]).__name__).strip("<>")
