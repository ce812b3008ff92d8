"""Ways out of a tensor, and what becomes of the gradient on each: the table of `test_ways_out.py`.

A way that ends in a number without a gradient, in no exception and in no word about it would be a bug.
"""

import array
import ast
import base64
import bisect
import cmath
import collections
import colorsys
import concurrent.futures
import contextvars
import copy
import csv
import ctypes
import dataclasses
import datetime
import decimal
import fractions
import functools
import hashlib
import heapq
import importlib
import importlib.util
import io
import itertools
import json
import math
import operator
import pickle
import queue
import random
import re
import statistics
import string
import struct
import tempfile
import threading
import time
import types
import weakref
from math import sin as sine
from multiprocessing.reduction import ForkingPickler
from typing import NamedTuple

import numpy as np
import scipy.cluster
import scipy.fft
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.ndimage
import scipy.optimize
import scipy.signal
import scipy.sparse
import scipy.sparse.linalg
import scipy.spatial
import scipy.special
import scipy.stats
from numpy.lib import recfunctions

import mygrad as mg

pd, xr = (
    importlib.import_module(name) if importlib.util.find_spec(name) else None for name in ("pandas", "xarray")
)


class Way(NamedTuple):
    """A function that takes a vector and gives a number computed from it, or tries to; and what becomes of
    the gradient, outside of a twin and within.

    right
        It is there, and it is right.
    GradientLost, or the name of another exception
        It is raised: by the function, or by NumPy from ours, or by ``backward``.
    remembered
        ``backward`` of what is computed from the number, or the twin, names the line.
    explicit
        A plain value was asked for by name, or a variable of its own was made of a pickle.
    branch
        The number doesn't depend on the values but by a choice, and has no other derivative than 0.
    """

    attempt: object
    outside: str = "GradientLost"
    twin: str = "right"


def read(text):
    return float(re.findall(r"[0-9]+\.[0-9]*", text)[-1])


def filled(write):
    a = np.ones(2)
    write(a)
    return a.sum()


def saved(save, load):
    with tempfile.TemporaryFile() as file:
        save(file)
        file.seek(0)
        return load(file)


def written(write):
    file = io.StringIO()
    write(file)
    return file.getvalue()


def stored(a, i, v):
    a[i] = v
    return a


def added(a, i, v):
    a[i] += v
    return a


def unpacked(t):
    a = np.ones(2)
    a[0], a[1] = t
    return a


def flattened(t):
    a = np.ones(2)
    a.flat = t
    return a


def real_part(t):
    a = np.ones(2, complex)
    a.real = t
    return a


def imaginary_part(t):
    a = np.ones(2, complex)
    a.imag = t
    return a


def through_nditer(a, t):
    with np.nditer([a, t], op_flags=[["readwrite"], ["readonly"]]) as pairs:
        for x, y in pairs:
            x[...] = y


def executed(code, t):
    names = {"t": t}
    exec(code, names)
    return names["a"]


class Real(float):
    pass


@dataclasses.dataclass
class Box:
    value: float


def counted(v):
    n = 0
    while v > 0:
        v, n = v - 1.0, n + 1
    return n * 1.0


def in_thread(compute):
    found = []
    thread = threading.Thread(target=lambda: found.append(compute()))
    thread.start()
    thread.join()
    return found[0]


pool = concurrent.futures.ThreadPoolExecutor(1)


def queued(v):
    items = queue.Queue()
    items.put(v)
    return items.get()


def sent(v):
    def doubling():
        item = yield
        yield item * 2.0

    generator = doubling()
    next(generator)
    return generator.send(v)


variable = contextvars.ContextVar("variable")


def in_context(v):
    variable.set(v)
    return variable.get()


def packed_into(v):
    buffer = bytearray(8)
    struct.pack_into("d", buffer, 0, v)
    return struct.unpack("d", buffer)[0]


def extended(t):
    a = array.array("d")
    a.extend(t)
    return a


def listed(t):
    a = array.array("d")
    a.fromlist(list(t))
    return a


def without(t):
    with mg.no_autodiff:
        return float(np.asarray(t).sum())


def recarray(t):
    a = np.recarray((1,), dtype=[("a", float)])
    a.a = t[0]
    return a


def shuffled(t):
    items = t.copy()
    np.random.default_rng(0).shuffle(items)
    return items


WAYS = {
    # arrays
    "t.__array__()": Way(lambda t: t.__array__().sum()),
    "np.array": Way(lambda t: np.array(t).sum()),
    "np.array([t, t])": Way(lambda t: np.array([t, t]).sum()),
    "np.array([t[0], t[1]])": Way(lambda t: np.array([t[0], t[1]]).sum()),
    "np.array([t[0], t[1]], dtype=object)": Way(lambda t: np.array([t[0], t[1]], dtype=object).sum()),
    "np.array(t, dtype=object)": Way(lambda t: np.array(t, dtype=object).sum()),
    "np.array(t, dtype=int)": Way(lambda t: np.array(t, dtype=int).sum() * 1.0, "GradientLost", "branch"),
    "np.array(t, dtype=str)": Way(lambda t: float(np.array(t, dtype=str)[0]), "GradientLost", "GradientLost"),
    "np.asarray": Way(lambda t: np.asarray(t).sum()),
    "np.from_dlpack": Way(lambda t: np.from_dlpack(t).sum(), "GradientLost", "GradientLost"),
    "t.__array_interface__": Way(
        lambda t: np.array(t.__array_interface__["shape"]).sum() * t.item(0),
        "AttributeError",
        "AttributeError",
    ),
    "memoryview": Way(lambda t: memoryview(t)[0], "TypeError", "TypeError"),
    "bytes": Way(lambda t: np.frombuffer(bytes(t))[0], "TypeError", "TypeError"),
    "t.tobytes()": Way(lambda t: np.frombuffer(t.tobytes())[0], "remembered", "remembered"),
    "np.frombuffer": Way(lambda t: np.frombuffer(t).sum(), "TypeError", "TypeError"),
    "np.ctypeslib.as_ctypes": Way(lambda t: np.ctypeslib.as_ctypes(t)[0], "AttributeError", "AttributeError"),
    "np.matrix": Way(lambda t: np.matrix(t).sum()),
    "np.rec.fromarrays": Way(
        lambda t: np.rec.fromarrays([t, t], names="a,b").a.sum(), "GradientLost", "GradientLost"
    ),
    "t.view(np.recarray)": Way(lambda t: t.view(np.recarray).sum()),
    "t.astype(int)": Way(lambda t: t.astype(int).sum() * 1.0, "branch", "branch"),
    "t.astype(object)": Way(lambda t: t.astype(object).sum()),
    # numbers
    "float": Way(lambda t: float(t[0]), "remembered"),
    "complex": Way(lambda t: complex(t[0]).real, "remembered"),
    "int": Way(lambda t: int(t[0]) * 1.0, "branch", "branch"),
    "round": Way(lambda t: round(t[0], 1), "remembered", "remembered"),
    "math.floor": Way(lambda t: math.floor(t[0]) * 1.0, "remembered", "remembered"),
    "math.trunc": Way(lambda t: math.trunc(t[0]) * 1.0, "TypeError", "TypeError"),
    "divmod": Way(lambda t: divmod(t[0], 1.0)[1], "right"),
    "bool": Way(lambda t: bool(t[0]) * 2.0, "branch", "branch"),
    "t[0] or 1.0": Way(lambda t: t[0] or 1.0, "right"),
    "t[0] > 0": Way(lambda t: 2.0 if t[0] > 0 else 3.0, "branch", "branch"),
    "operator.index": Way(lambda t: operator.index(t[0].astype(int)) * 1.0, "branch", "branch"),
    "range": Way(lambda t: sum(range(t[0].astype(int))) * 1.0, "branch", "branch"),
    "t.item()": Way(lambda t: t[0].item(), "explicit"),
    "t.tolist()": Way(lambda t: sum(t.tolist()), "explicit"),
    "math.sin": Way(lambda t: math.sin(t[0])),
    "math.hypot": Way(lambda t: math.hypot(t[0], t[1])),
    "math.fsum": Way(lambda t: math.fsum(t)),
    "math.prod": Way(lambda t: math.prod(t), "right"),
    "math.dist": Way(lambda t: math.dist(t, (0.0, 0.0))),
    "math.isclose": Way(lambda t: math.isclose(t[0], 1.0) * 2.0, "remembered", "remembered"),
    "map(math.sin)": Way(lambda t: sum(map(math.sin, t)), "remembered"),
    "sum": Way(lambda t: sum(t), "right"),
    "max": Way(lambda t: max(t), "right"),
    "sorted": Way(lambda t: sorted(t)[0], "right"),
    "functools.reduce": Way(lambda t: functools.reduce(operator.mul, t), "right"),
    "map(float)": Way(lambda t: sum(map(float, t)), "remembered"),
    "np.float64": Way(lambda t: np.float64(t[0])),
    "np.float32": Way(lambda t: np.float32(t[0]) * 1.0),
    "np.int64": Way(lambda t: np.int64(t[0]) * 1.0, "GradientLost", "GradientLost"),
    "statistics.mean": Way(lambda t: statistics.mean(t), "TypeError", "TypeError"),
    "statistics.fmean": Way(lambda t: statistics.fmean(t)),
    "statistics.stdev": Way(lambda t: statistics.stdev(t), "TypeError", "TypeError"),
    "statistics.median": Way(lambda t: statistics.median(t), "right"),
    "statistics.NormalDist": Way(lambda t: statistics.NormalDist(t[0], 1.0).cdf(0.5), "remembered"),
    "decimal.Decimal": Way(lambda t: float(decimal.Decimal(t[0])), "TypeError", "TypeError"),
    "fractions.Fraction": Way(lambda t: float(fractions.Fraction(t[0])), "TypeError", "TypeError"),
    "random.uniform": Way(lambda t: random.Random(0).uniform(t[0], t[1]), "right"),
    "random.gauss": Way(lambda t: random.Random(0).gauss(t[0], 1.0), "right"),
    "random.choices(weights=)": Way(
        lambda t: random.Random(0).choices([1.0, 2.0], weights=t)[0], "remembered", "remembered"
    ),
    "float.fromhex": Way(lambda t: float.fromhex(float(t[0]).hex()), "remembered", "AttributeError"),
    "ctypes.c_double": Way(lambda t: ctypes.c_double(t[0]).value, "remembered", "remembered"),
    # text
    "str": Way(lambda t: read(str(t[0])), "remembered", "remembered"),
    "repr": Way(lambda t: read(repr(t[0])), "remembered", "remembered"),
    "f'{t}'": Way(lambda t: read(f"{t[0]}"), "remembered", "remembered"),
    "f'{t:.3f}'": Way(lambda t: float(f"{t[0]:.3f}"), "remembered", "remembered"),
    "'%.3f' % t": Way(lambda t: float("%.3f" % t[0]), "remembered", "remembered"),  # noqa: UP031
    "'%s' % t": Way(lambda t: read("%s" % t[0]), "remembered", "remembered"),  # noqa: UP031
    "'{:.3f}'.format": Way(lambda t: float(str.format("{:.3f}", t[0])), "remembered", "remembered"),
    "np.array2string": Way(
        lambda t: float(np.array2string(t).strip("[]").split()[0]), "remembered", "remembered"
    ),
    "np.format_float_positional": Way(
        lambda t: float(np.format_float_positional(t[0])), "GradientLost", "remembered"
    ),
    "json.dumps": Way(lambda t: json.loads(json.dumps(t[0])), "TypeError", "TypeError"),
    "json.dumps(default=float)": Way(
        lambda t: json.loads(json.dumps([t[0]], default=float))[0], "remembered", "remembered"
    ),
    "json.dumps(default=str)": Way(
        lambda t: read(json.loads(json.dumps([t[:1]], default=str))[0]), "remembered", "remembered"
    ),
    # copies, files and formats
    "copy.copy": Way(lambda t: copy.copy(t).sum(), "right"),
    "copy.deepcopy": Way(lambda t: copy.deepcopy(t).sum(), "right"),
    "copy.deepcopy([t])": Way(lambda t: copy.deepcopy([t])[0].sum(), "right"),
    "pickle": Way(lambda t: pickle.loads(pickle.dumps(t)).sum(), "explicit", "remembered"),
    "t.dumps()": Way(lambda t: pickle.loads(t.dumps()).sum(), "explicit", "remembered"),
    "t.tofile": Way(lambda t: saved(t.tofile, np.fromfile).sum(), "remembered", "remembered"),
    "np.save": Way(lambda t: saved(lambda file: np.save(file, t), np.load).sum(), "TypeError", "TypeError"),
    "np.savez": Way(
        lambda t: saved(lambda file: np.savez(file, a=t), np.load)["a"].sum(), "TypeError", "TypeError"
    ),
    "np.savetxt": Way(
        lambda t: saved(lambda file: np.savetxt(file, t), np.loadtxt).sum(), "TypeError", "TypeError"
    ),
    "array.array": Way(lambda t: array.array("d", t)[0], "remembered", "remembered"),
    "array.append": Way(
        lambda t: stored(array.array("d", [0.0]), 0, t[0])[0], "GradientLost", "GradientLost"
    ),
    "struct.pack": Way(lambda t: struct.unpack("d", struct.pack("d", t[0]))[0], "remembered", "remembered"),
    # arrays of other kinds
    "np.ma.array": Way(lambda t: np.ma.array(t, mask=[False, True]).sum(), "GradientLost", "GradientLost"),
    "masked * t": Way(
        lambda t: (np.ma.array([1.0, 2.0], mask=[False, True]) * t).sum(), "GradientLost", "GradientLost"
    ),
    "t * masked": Way(
        lambda t: (t * np.ma.array([1.0, 2.0], mask=[False, True])).sum(), "TypeError", "TypeError"
    ),
    "np.ma.add": Way(lambda t: np.ma.add(t, 1.0).sum(), "GradientLost", "GradientLost"),
    "np.ma.mean": Way(lambda t: np.ma.mean(t), "GradientLost", "GradientLost"),
    "masked[0] = t": Way(
        lambda t: stored(np.ma.array([1.0, 2.0]), 0, t[0]).sum(), "GradientLost", "GradientLost"
    ),
    "matrix * t": Way(lambda t: (np.matrix([[1.0, 2.0]]) * t[:, None]).sum(), "TypeError", "TypeError"),
    "matrix + t": Way(lambda t: (np.matrix([[1.0, 2.0]]) + t).sum(), "right"),
    # writes
    "a[...] = t": Way(lambda t: filled(lambda a: operator.setitem(a, ..., t))),
    "stored(a, 0, t)": Way(lambda t: stored(np.ones(2), 0, t[0]).sum()),
    "a[:] = [t[0], t[1]]": Way(lambda t: stored(np.ones(2), slice(None), [t[0], t[1]]).sum()),
    "a[[True, False]] = t": Way(lambda t: stored(np.ones(2), [True, False], t[0]).sum()),
    "a.flat[0] = t": Way(lambda t: filled(lambda a: operator.setitem(a.flat, 0, t[0])), "remembered"),
    "a[...] += t": Way(lambda t: added(np.ones(2), ..., t).sum()),
    "a += t": Way(lambda t: operator.iadd(np.ones(2), t).sum(), "right"),
    "int array[0] = t": Way(lambda t: stored(np.ones(2, int), 0, t[0]).sum() * 1.0, "branch", "branch"),
    "object array[0] = t": Way(lambda t: stored(np.ones(2, object), 0, t[0]).sum(), "right"),
    "record array = t": Way(
        lambda t: stored(np.ones(2, [("v", float)]), "v", t)["v"].sum(), "GradientLost", "GradientLost"
    ),
    "a.fill": Way(lambda t: filled(lambda a: a.fill(t[0]))),
    "a.put": Way(lambda t: filled(lambda a: a.put([0], t[0]))),
    "np.copyto": Way(lambda t: filled(lambda a: np.copyto(a, t))),
    "np.put": Way(lambda t: filled(lambda a: np.put(a, [0], t[0]))),
    "np.place": Way(lambda t: filled(lambda a: np.place(a, [True, False], t))),
    "np.putmask": Way(lambda t: filled(lambda a: np.putmask(a, [True, False], t))),
    "np.put_along_axis": Way(lambda t: filled(lambda a: np.put_along_axis(a, np.array([0]), t[0], 0))),
    "np.fill_diagonal": Way(lambda t: (a := np.ones((2, 2)), np.fill_diagonal(a, t))[0].sum()),
    "np.add.at": Way(lambda t: filled(lambda a: np.add.at(a, [0, 1], t))),
    "np.add(out=a)": Way(lambda t: filled(lambda a: np.add(t, 1.0, out=a)), "remembered"),
    "np.add(out=(a,))": Way(lambda t: filled(lambda a: np.add(t, 1.0, out=(a,))), "remembered"),
    "np.sum(out=a)": Way(lambda t: filled(lambda a: np.sum(t[:, None] * t, axis=0, out=a)), "remembered"),
    "np.cumsum(out=a)": Way(lambda t: filled(lambda a: np.cumsum(t, out=a)), "remembered"),
    "np.clip(out=a)": Way(lambda t: filled(lambda a: np.clip(t, 0.0, 2.0, out=a)), "remembered"),
    "np.matmul(out=a)": Way(lambda t: filled(lambda a: np.matmul(np.eye(2), t, out=a)), "remembered"),
    "np.einsum(out=a)": Way(lambda t: filled(lambda a: np.einsum("i,i->i", t, t, out=a)), "remembered"),
    "np.concatenate(out=a)": Way(
        lambda t: filled(lambda a: np.concatenate([t[:1], t[:1]], out=a)), "remembered"
    ),
    "np.take(out=a)": Way(lambda t: filled(lambda a: np.take(t, [0, 0], out=a)), "remembered"),
    "np.floor(out=a)": Way(lambda t: filled(lambda a: np.floor(t, out=a)), "branch", "branch"),
    "a.sum(initial=)": Way(lambda t: np.ones(2).sum(initial=t[0])),
    "a.dot": Way(lambda t: np.ones(2).dot(t)),
    "a.clip": Way(lambda t: np.array([0.0, 9.0]).clip(0.0, t[0]).sum(), "TypeError"),
    "a.searchsorted": Way(lambda t: np.arange(9.0).searchsorted(t).sum() * 1.0, "GradientLost", "branch"),
    "a.choose": Way(lambda t: np.array([0, 1]).choose([t[0], t[1]]).sum()),
    "a.astype(...) * t": Way(lambda t: (np.ones(2).astype(object) * t).sum(), "TypeError", "TypeError"),
    # functions of numbers
    "np.vectorize": Way(lambda t: np.vectorize(lambda v: v * 2.0)(t).sum()),
    "np.vectorize, closure": Way(lambda t: np.vectorize(lambda v: v * t[0])(np.ones(2)).sum()),
    "np.frompyfunc": Way(lambda t: np.frompyfunc(lambda v: v * 2.0, 1, 1)(t).sum(), "TypeError"),
    "np.frompyfunc, closure": Way(
        lambda t: np.frompyfunc(lambda v: v * t[0], 1, 1)(np.ones(2)).sum(), "right"
    ),
    "np.apply_along_axis": Way(lambda t: np.apply_along_axis(lambda v: v * 2.0, 0, t).sum(), "right"),
    "np.apply_along_axis, closure": Way(
        lambda t: np.apply_along_axis(lambda v: v * t[0], 0, np.ones(2)).sum()
    ),
    "np.apply_over_axes": Way(lambda t: np.apply_over_axes(np.sum, t, 0).sum(), "right"),
    "np.fromfunction": Way(lambda t: np.fromfunction(lambda i: i * t, (2,)).sum(), "right"),
    "np.fromiter": Way(lambda t: np.fromiter(t, float).sum()),
    "np.fromiter, generator": Way(lambda t: np.fromiter((v * 2.0 for v in t), float).sum()),
    "np.piecewise": Way(lambda t: np.piecewise(t, [t > 2.0], [lambda v: v * 2.0, 0.0]).sum(), "right"),
    "np.piecewise, closure": Way(lambda t: np.piecewise(np.ones(2), [[True, False]], [t[0], 0.0]).sum()),
    "np.nditer": Way(lambda t: sum(v * 1.0 for v in np.nditer(t))),
    "np.ndenumerate": Way(lambda t: sum(v for _, v in np.ndenumerate(t))),
    "np.broadcast": Way(lambda t: sum(v for v, _ in np.broadcast(t, 1.0))),
    "object array of tensors": Way(
        lambda t: (np.array([None, t[0]])[1:] * 2.0).sum(), "GradientLost", "GradientLost"
    ),
    "object array, astype": Way(
        lambda t: np.array([None, t[0]])[1:].astype(float).sum(), "GradientLost", "GradientLost"
    ),
    "object array, dot": Way(
        lambda t: np.dot(np.array([None, t[0]])[1:], [2.0]), "GradientLost", "GradientLost"
    ),
    # randomness
    "rng.normal": Way(lambda t: np.random.default_rng(0).normal(loc=t).sum(), "GradientLost", "GradientLost"),
    "rng.normal, number": Way(
        lambda t: np.random.default_rng(0).normal(loc=t[0]), "GradientLost", "GradientLost"
    ),
    "rng.normal, scale": Way(
        lambda t: np.random.default_rng(0).normal(0.0, t[0]), "GradientLost", "GradientLost"
    ),
    "rng.uniform": Way(
        lambda t: np.random.default_rng(0).uniform(t[0], 9.0, 2).sum(), "GradientLost", "GradientLost"
    ),
    "rng.choice(p=)": Way(
        lambda t: np.random.default_rng(0).choice([1.0, 2.0], p=t / t.sum()), "GradientLost", "GradientLost"
    ),
    "rng.choice": Way(lambda t: np.random.default_rng(0).choice(t), "GradientLost", "GradientLost"),
    "rng.permutation": Way(
        lambda t: np.random.default_rng(0).permutation(t)[0], "GradientLost", "GradientLost"
    ),
    "rng.poisson": Way(
        lambda t: np.random.default_rng(0).poisson(t[0]) * 1.0, "GradientLost", "GradientLost"
    ),
    "rng.multivariate_normal": Way(
        lambda t: np.random.default_rng(0).multivariate_normal(t, np.eye(2)).sum(),
        "GradientLost",
        "GradientLost",
    ),
    "np.random.normal": Way(lambda t: np.random.normal(t[0], 0.0), "GradientLost", "GradientLost"),
    "np.random.RandomState": Way(
        lambda t: np.random.RandomState(0).normal(t, 0.0).sum(), "GradientLost", "GradientLost"
    ),
    # keys, membership
    "hash": Way(lambda t: {t[0]: 1.0}[t[0]], "TypeError", "TypeError"),
    "set": Way(lambda t: len({t[0]}) * 1.0, "TypeError", "TypeError"),
    "in a list": Way(lambda t: (t[0] in [1.0]) * 1.0, "branch", "branch"),
    "list.index": Way(lambda t: [9.0, 1.5].index(t[0]) * 1.0, "ValueError", "ValueError"),
    "lru_cache": Way(lambda t: functools.lru_cache(lambda v: v * 2.0)(t[0]), "TypeError"),
    # NumPy's constructors
    "np.full": Way(lambda t: np.full(2, t).sum()),
    "np.arange": Way(lambda t: np.arange(t[0], t[0] + 2.0).sum()),
    "np.r_": Way(lambda t: np.r_[t, 1.0].sum()),
    "np.bmat": Way(lambda t: np.bmat([[t]]).sum()),
    "np.polynomial": Way(lambda t: np.polynomial.Polynomial(t)(0.5)),
    "np.pad(constant_values=)": Way(lambda t: np.pad(np.ones(2), 1, constant_values=t[0]).sum()),
    "np.where(array)": Way(lambda t: np.where([True, False], t, 1.0).sum(), "right"),
    "np.select": Way(lambda t: np.select([[True, False]], [t], 1.0).sum(), "right"),
    "np.nan_to_num(nan=)": Way(
        lambda t: np.nan_to_num([1.0, np.nan], nan=t[0]).sum(), "GradientLost", "GradientLost"
    ),
    "np.interp(left=)": Way(
        lambda t: np.interp(-1.0, [0.0, 1.0], [0.0, 1.0], left=t[0]), "GradientLost", "GradientLost"
    ),
    "np.histogram(bins=t)": Way(
        lambda t: np.histogram([1.7, 2.0], bins=t)[0].sum() * 1.0, "branch", "branch"
    ),
    "np.ufunc.reduce(initial=)": Way(lambda t: np.add.reduce(np.ones(2), initial=t[0])),
    "np.std(mean=)": Way(lambda t: np.std(np.array([1.0, 3.0]), mean=t[:1]), "right"),
    "np.var(ddof=)": Way(
        lambda t: np.var(np.array([1.0, 3.0]), ddof=t[0] - 1.0), "GradientLost", "remembered"
    ),
    "np.gradient(spacing)": Way(lambda t: np.gradient(np.array([1.0, 3.0]), t[0]).sum(), "right"),
    "np.quantile(q)": Way(lambda t: np.quantile([1.0, 3.0], t[0] / 2.0), "right"),
    "np.linalg.norm(ord)": Way(lambda t: np.linalg.norm(np.array([1.0, 3.0]), t[0]), "right"),
    "np.trapezoid(dx)": Way(lambda t: np.trapezoid([1.0, 3.0], dx=t[0]), "right"),
    "np.unwrap(period)": Way(
        lambda t: np.unwrap([1.0, 9.0], period=t[0]).sum(), "GradientLost", "GradientLost"
    ),
    "np.isclose(rtol)": Way(lambda t: np.isclose(1.0, 2.0, rtol=t[0]) * 1.0, "branch", "branch"),
    "np.linalg.pinv(rcond)": Way(
        lambda t: np.linalg.pinv(np.eye(2), t[0] / 9).sum(), "GradientLost", "TypeError"
    ),
    "np.fft.fftfreq(d)": Way(lambda t: np.fft.fftfreq(2, t[0]).sum(), "right"),
    "np.kaiser": Way(lambda t: np.kaiser(3, t[0]).sum()),
    # arrays
    "np.asanyarray": Way(lambda t: np.asanyarray(t).sum()),
    "np.array([t, [t]])": Way(
        lambda t: np.array([t[0], [t[1]]], dtype=object)[0], "GradientLost", "ValueError"
    ),
    "np.array([[t, 1], [2, t]])": Way(lambda t: np.array([[t[0], 1.0], [2.0, t[1]]]).sum()),
    "np.array(structured)": Way(
        lambda t: np.array([(t[0], t[1])], dtype=[("a", float), ("b", float)])["a"][0],
        "remembered",
        "GradientLost",
    ),
    "np.ndarray(buffer=t)": Way(lambda t: np.ndarray((2,), float, buffer=t)[0], "TypeError", "TypeError"),
    "np.lib.stride_tricks.as_strided": Way(lambda t: np.lib.stride_tricks.as_strided(t, (2,), (8,)).sum()),
    "np.lib.stride_tricks.sliding_window_view": Way(
        lambda t: np.lib.stride_tricks.sliding_window_view(t, 1).sum(), "right"
    ),
    "np.broadcast_to": Way(lambda t: np.broadcast_to(t, (3, 2)).sum(), "right"),
    "t.__array_struct__": Way(lambda t: t.__array_struct__ and t.item(0), "AttributeError", "AttributeError"),
    "t.__dlpack__": Way(lambda t: np.from_dlpack(t[:1]).sum(), "GradientLost", "GradientLost"),
    "t.ctypes": Way(
        lambda t: ctypes.cast(t.ctypes.data, ctypes.POINTER(ctypes.c_double))[0],
        "GradientLost",
        "GradientLost",
    ),
    "t.data": Way(lambda t: t.data.sum(), "explicit", "explicit"),
    "t.numpy()": Way(lambda t: t.numpy().sum(), "explicit", "explicit"),
    "mg.asarray": Way(lambda t: mg.asarray(t).sum(), "explicit", "explicit"),
    "constant=True": Way(lambda t: mg.sum(t, constant=True), "explicit", "explicit"),
    "t.real": Way(lambda t: t.real.sum(), "right"),
    "t.copy()": Way(lambda t: t.copy().sum(), "right"),
    "t.view()": Way(lambda t: t.view().sum(), "right"),
    "t.byteswap()": Way(lambda t: t.byteswap().sum(), "TypeError", "TypeError"),
    "t.view(int)": Way(lambda t: t.view(np.int64).sum() * 1.0, "TypeError", "TypeError"),
    "t.astype(np.float32)": Way(lambda t: t.astype(np.float32).sum() * 1.0, "right"),
    "t.astype(complex)": Way(lambda t: t.astype(complex).sum().real, "right"),
    "t.astype(str)": Way(lambda t: float(t.astype(str)[0]), "GradientLost", "GradientLost"),
    "t.astype('datetime64')": Way(
        lambda t: t.astype("m8[s]").astype(float).sum(), "GradientLost", "GradientLost"
    ),
    "t.astype(structured)": Way(
        lambda t: t.astype([("a", float)])["a"].sum(), "GradientLost", "GradientLost"
    ),
    "np.concatenate with None": Way(
        lambda t: np.concatenate([t, np.array([None])])[0], "GradientLost", "GradientLost"
    ),
    "np.stack with None": Way(lambda t: np.stack([t[0], None])[0], "GradientLost", "GradientLost"),
    "np.where with None": Way(lambda t: np.where([True, False], t, None)[0], "GradientLost", "GradientLost"),
    "np.append of text": Way(lambda t: float(np.append(t, "a")[0]), "GradientLost", "GradientLost"),
    "np.select of text": Way(
        lambda t: float(np.select([[True, False]], [t], default="n")[0]), "GradientLost", "GradientLost"
    ),
    "np.full(dtype=object)": Way(lambda t: np.full(2, t[0], dtype=object).sum(), "GradientLost", "TypeError"),
    "np.char.mod": Way(lambda t: float(np.char.mod("%.3f", t)[0]), "TypeError", "GradientLost"),
    "np.char.add": Way(lambda t: float(np.char.add(t.astype(str), "0")[0]), "GradientLost", "GradientLost"),
    "np.strings": Way(
        lambda t: float(np.strings.strip(np.asarray(t, dtype=str))[0]), "GradientLost", "GradientLost"
    ),
    "np.array2string(precision=3)": Way(
        lambda t: read(np.array2string(t, precision=3)), "remembered", "remembered"
    ),
    "np.array_str": Way(lambda t: float(np.array_str(t).strip("[]").split()[0]), "remembered", "remembered"),
    "np.array_repr": Way(
        lambda t: float(np.array_repr(t).split("[")[1].split(",")[0]), "remembered", "remembered"
    ),
    "format(t, '.3f')": Way(lambda t: float(format(t[0], ".3f")), "remembered", "remembered"),
    "io.StringIO": Way(
        lambda t: float(written(lambda file: print(float(t[0]), file=file))), "remembered", "ValueError"
    ),
    "repr of a list": Way(lambda t: read(repr([t[:1]])), "remembered", "remembered"),
    "str of a dictionary": Way(lambda t: read(str({"a": t[:1]})), "remembered", "remembered"),
    "string.Template": Way(
        lambda t: read(string.Template("$a").substitute(a=t[:1])), "remembered", "remembered"
    ),
    "ast.literal_eval": Way(lambda t: ast.literal_eval(f"{t[0]:.4f}"), "remembered", "remembered"),
    "eval": Way(lambda t: eval("t[0] * 2.0", {"t": t}), "right"),
    "exec": Way(lambda t: executed("a = t[0] * 2.0", t), "right"),
    "eval(f-string)": Way(lambda t: eval(f"{t[0]:.4f} * 2.0"), "remembered", "remembered"),
    "float(t.tolist()[0])": Way(lambda t: float(t.tolist()[0]), "explicit"),
    # numbers
    "operator.mul": Way(lambda t: operator.mul(t[0], 2.0), "right"),
    "operator.itemgetter": Way(lambda t: operator.itemgetter(0)(t), "right"),
    "operator.setitem": Way(lambda t: filled(lambda a: operator.setitem(a, 0, t[0])), "remembered"),
    "operator.truth": Way(lambda t: operator.truth(t[0]) * 1.0, "branch", "branch"),
    "operator.eq": Way(lambda t: operator.eq(t[0], 1.5) * 1.0, "branch", "branch"),
    "pow": Way(lambda t: pow(t[0], 2), "right"),
    "abs": Way(lambda t: abs(t[0]), "right"),
    "np.complex128": Way(lambda t: np.complex128(t[0]).real),
    "np.longdouble": Way(lambda t: np.longdouble(t[0]) * 1.0),
    "np.bool_": Way(lambda t: np.bool_(t[0]) * 1.0, "GradientLost", "GradientLost"),
    "np.double": Way(lambda t: np.double(t[0])),
    "np.float64.__new__": Way(lambda t: np.float64.__new__(np.float64, t[0]), "remembered", "remembered"),
    "np.float64(1) * t": Way(lambda t: np.float64(2.0) * t[0], "right"),
    "np.float64(1).__mul__": Way(lambda t: np.float64(2.0).__mul__(t[0]), "right"),
    "t[0].__float__()": Way(lambda t: t[0].__float__(), "remembered", "remembered"),
    "t.item(0)": Way(lambda t: t.item(0), "explicit"),
    "class of float": Way(lambda t: Real(t[0]) * 1.0, "remembered", "remembered"),
    "fsum of a list": Way(lambda t: math.fsum([t[0], t[1]])),
    "math.exp": Way(lambda t: math.exp(t[0])),
    "math.atan2": Way(lambda t: math.atan2(t[0], t[1])),
    "math.erf": Way(lambda t: math.erf(t[0])),
    "math.gamma": Way(lambda t: math.gamma(t[0])),
    "math.modf": Way(lambda t: math.modf(t[0])[0]),
    "math.frexp": Way(lambda t: math.frexp(t[0])[0]),
    "math.ldexp": Way(lambda t: math.ldexp(t[0], 1)),
    "math.fmod": Way(lambda t: math.fmod(t[0], 1.0)),
    "math.remainder": Way(lambda t: math.remainder(t[0], 1.0)),
    "math.degrees": Way(lambda t: math.degrees(t[0])),
    "math.ceil": Way(lambda t: math.ceil(t[0]) * 1.0, "remembered", "remembered"),
    "math.isnan": Way(lambda t: math.isnan(t[0]) * 1.0, "remembered", "remembered"),
    "math.comb": Way(lambda t: math.comb(t[0].astype(int), 1) * 1.0, "branch", "branch"),
    "from math import sin": Way(lambda t: sine(t[0])),
    "functools.partial(math.sin)": Way(lambda t: functools.partial(math.sin, t[0])(), "remembered"),
    "cmath.exp": Way(lambda t: cmath.exp(t[0]).real),
    "cmath.phase": Way(lambda t: cmath.phase(t[0])),
    "cmath.rect": Way(lambda t: cmath.rect(t[0], 0.5).real),
    "complex(t, t)": Way(lambda t: complex(t[0], t[1]).real, "remembered"),
    "statistics.pstdev": Way(lambda t: statistics.pstdev(t), "TypeError", "TypeError"),
    "statistics.geometric_mean": Way(lambda t: statistics.geometric_mean(t), "remembered"),
    "statistics.correlation": Way(lambda t: statistics.correlation(t, [1.0, 2.0])),
    "decimal.Decimal(str)": Way(lambda t: float(decimal.Decimal(f"{t[0]:.4f}")), "remembered", "remembered"),
    "decimal.Decimal.from_float": Way(
        lambda t: float(decimal.Decimal.from_float(t[0])), "TypeError", "TypeError"
    ),
    "fractions.from_float": Way(
        lambda t: float(fractions.Fraction.from_float(t[0])), "TypeError", "TypeError"
    ),
    "datetime.timedelta": Way(
        lambda t: datetime.timedelta(seconds=t[0]).total_seconds(), "TypeError", "TypeError"
    ),
    "datetime.fromtimestamp": Way(
        lambda t: datetime.datetime.fromtimestamp(t[0], datetime.UTC).timestamp(), "TypeError", "TypeError"
    ),
    "time.gmtime": Way(lambda t: time.gmtime(t[0]).tm_sec * 1.0, "TypeError", "TypeError"),
    "slice": Way(lambda t: sum([1.0, 2.0, 3.0][: int(t[0])]), "branch", "branch"),
    "a[int(t)]": Way(lambda t: np.arange(3.0)[int(t[0])], "branch", "branch"),
    "a[t]": Way(lambda t: np.arange(3.0)[t.astype(int)].sum(), "branch", "branch"),
    "list[t]": Way(lambda t: [1.0, 2.0, 3.0][t[0].astype(int)], "branch", "branch"),
    "bisect": Way(lambda t: bisect.bisect([1.0, 2.0], t[0]) * 1.0, "branch", "branch"),
    "heapq": Way(lambda t: heapq.nsmallest(1, t)[0], "right"),
    "random.betavariate": Way(
        lambda t: random.Random(0).betavariate(t[0], t[1]), "GradientLost", "GradientLost"
    ),
    "random.expovariate": Way(lambda t: random.Random(0).expovariate(t[0]), "right"),
    "random.triangular": Way(
        lambda t: random.Random(0).triangular(0.0, t[0], t[1]), "GradientLost", "GradientLost"
    ),
    "colorsys": Way(lambda t: colorsys.rgb_to_hsv(t[0] / 4.0, t[1] / 4.0, 0.1)[2], "right"),
    # containers and control
    "any": Way(lambda t: any(t) * 1.0, "branch", "branch"),
    "all": Way(lambda t: all(t > 0) * 1.0, "branch", "branch"),
    "t[0] and t[1]": Way(lambda t: t[0] and t[1], "right"),
    "1.0 if t[0]": Way(lambda t: 1.0 if t[0] else 2.0, "branch", "branch"),
    "while t[0] > 0": Way(lambda t: counted(t[0]), "branch", "branch"),
    "t[0] in set": Way(lambda t: (t[0] in {1.5}) * 1.0, "TypeError", "TypeError"),
    "t in array": Way(lambda t: (1.5 in t) * 1.0, "branch", "branch"),
    "t.index": Way(lambda t: t.tolist().index(1.5) * 1.0, "ValueError", "ValueError"),
    "dict value": Way(lambda t: {"a": t[0]}["a"] * 2.0, "right"),
    "dict of items": Way(lambda t: {1.5: 7.0}.get(t[0].item(), 8.0), "branch", "TypeError"),
    "tuple unpacking": Way(lambda t: (lambda a, b: a * b)(*t), "right"),
    "star in a list": Way(lambda t: [*t, 1.0][0], "right"),
    "zip": Way(lambda t: sum(a * b for a, b in zip(t, [1.0, 2.0])), "right"),
    "enumerate": Way(lambda t: sum(i * v for i, v in enumerate(t)), "right"),
    "reversed": Way(lambda t: list(reversed(t))[0], "right"),
    "min": Way(lambda t: min(t), "right"),
    "min(key=)": Way(lambda t: min(t, key=lambda v: -v), "right"),
    "sorted(key=float)": Way(lambda t: sorted(t, key=float)[0], "right"),
    "filter": Way(lambda t: sum(filter(lambda v: v > 1.0, t)), "right"),
    "itertools.accumulate": Way(lambda t: list(itertools.accumulate(t))[-1], "right"),
    "itertools.chain": Way(lambda t: sum(itertools.chain(t, [1.0])), "right"),
    "itertools.groupby": Way(lambda t: [k for k, _ in itertools.groupby(t)][0], "right"),
    "itertools.starmap": Way(lambda t: list(itertools.starmap(operator.mul, [(t[0], 2.0)]))[0], "right"),
    "collections.deque": Way(lambda t: collections.deque(t).pop(), "right"),
    "collections.Counter": Way(lambda t: collections.Counter({"a": t[0]}).total(), "right"),
    "collections.Counter of elements": Way(
        lambda t: len(collections.Counter(t)) * 1.0, "TypeError", "TypeError"
    ),
    "dataclass": Way(lambda t: dataclasses.replace(Box(1.0), value=t[0]).value, "right"),
    "dataclasses.asdict": Way(lambda t: dataclasses.asdict(Box(t[0]))["value"], "right"),
    "types.SimpleNamespace": Way(lambda t: types.SimpleNamespace(a=t[0]).a, "right"),
    "threads": Way(lambda t: in_thread(lambda: t.sum()), "right"),
    "executor": Way(lambda t: list(pool.map(lambda v: v * 2.0, t))[0], "right"),
    # What another thread leaves behind is remembered there.
    "executor, float": Way(lambda t: pool.submit(float, t[0]).result(), "explicit"),
    "queue": Way(lambda t: queued(t[0]), "right"),
    "generator": Way(lambda t: sum(v * 2.0 for v in t), "right"),
    "generator.send": Way(lambda t: sent(t[0]), "right"),
    "weakref": Way(lambda t: weakref.ref(t)().sum(), "right"),
    "contextvars": Way(lambda t: in_context(t[0]), "right"),
    "contextvars copy_context": Way(lambda t: contextvars.copy_context().run(lambda: t.sum()), "right"),
    "functools.cache on floats": Way(lambda t: functools.cache(lambda v: v * 2.0)(t[0].item()), "explicit"),
    "multiprocessing pickle": Way(
        lambda t: ForkingPickler.loads(ForkingPickler.dumps(t)).sum(), "explicit", "remembered"
    ),
    "shelve-like dictionary": Way(
        lambda t: pickle.loads(pickle.dumps({"a": t}))["a"].sum(), "explicit", "remembered"
    ),
    "np.save(allow_pickle)": Way(
        lambda t: saved(
            lambda file: np.save(file, np.array([t, None], dtype=object), allow_pickle=True),
            lambda file: np.load(file, allow_pickle=True),
        )[0].sum(),
        "GradientLost",
        "remembered",
    ),
    "t.dump": Way(lambda t: saved(t.dump, pickle.load).sum(), "explicit", "remembered"),
    "csv": Way(
        lambda t: read(written(lambda file: csv.writer(file).writerow([t[:1]]))), "remembered", "remembered"
    ),
    "base64": Way(
        lambda t: np.frombuffer(base64.b64decode(base64.b64encode(t.tobytes())))[0],
        "remembered",
        "remembered",
    ),
    "hashlib": Way(lambda t: len(hashlib.md5(t.tobytes()).digest()) * 1.0, "remembered", "remembered"),
    "struct.pack_into": Way(lambda t: packed_into(t[0]), "remembered", "remembered"),
    "array.array.extend": Way(lambda t: extended(t)[0], "remembered", "remembered"),
    "array.array.fromlist": Way(lambda t: listed(t)[0], "remembered", "remembered"),
    "ctypes array": Way(lambda t: (ctypes.c_double * 2)(*t)[0], "remembered", "remembered"),
    "bytearray": Way(lambda t: np.frombuffer(bytearray(t))[0], "TypeError", "TypeError"),
    "memoryview.cast": Way(lambda t: memoryview(t.tobytes()).cast("d")[0], "remembered", "remembered"),
    "no_autodiff": Way(lambda t: without(t), "explicit", "explicit"),
    # masked arrays and other kinds of arrays
    "np.ma.masked_where": Way(
        lambda t: np.ma.masked_where([True, False], t).sum(), "GradientLost", "GradientLost"
    ),
    "np.ma.masked_greater": Way(lambda t: np.ma.masked_greater(t, 2.0).sum(), "GradientLost", "GradientLost"),
    "np.ma.masked_invalid": Way(lambda t: np.ma.masked_invalid(t).sum(), "GradientLost", "GradientLost"),
    "np.ma.sum": Way(lambda t: np.ma.sum(t), "GradientLost", "GradientLost"),
    "np.ma.where": Way(lambda t: np.ma.where([True, False], t, 0.0).sum(), "GradientLost", "GradientLost"),
    "np.ma.concatenate": Way(lambda t: np.ma.concatenate([t, t]).sum(), "GradientLost", "GradientLost"),
    "np.ma.getdata": Way(lambda t: np.ma.getdata(t).sum()),
    "np.ma.average(weights=)": Way(
        lambda t: np.ma.average(np.ma.array([1.0, 2.0]), weights=t), "GradientLost", "GradientLost"
    ),
    "masked += t": Way(
        lambda t: operator.iadd(np.ma.array([1.0, 2.0]), t).sum(), "GradientLost", "GradientLost"
    ),
    "masked.filled(t)": Way(lambda t: np.ma.array([1.0, 2.0], mask=[False, True]).filled(t[0]).sum()),
    "masked ** t": Way(lambda t: (np.ma.array([1.0, 2.0]) ** t).sum(), "GradientLost", "GradientLost"),
    "t + masked": Way(lambda t: (t + np.ma.array([1.0, 2.0])).sum(), "TypeError", "TypeError"),
    "np.add(masked, t)": Way(lambda t: np.add(np.ma.array([1.0, 2.0]), t).sum(), "TypeError", "TypeError"),
    "t * matrix": Way(lambda t: (t[None] * np.matrix([[1.0], [2.0]])).sum(), "right"),
    "matrix * t[0]": Way(lambda t: (np.matrix([[1.0, 2.0]]) * t[0]).sum(), "right"),
    "t[0] * matrix": Way(lambda t: (t[0] * np.matrix([[1.0, 2.0]])).sum(), "right"),
    "matrix @ t": Way(lambda t: (np.matrix([[1.0, 2.0]]) @ t).sum(), "ValueError", "ValueError"),
    "np.asmatrix": Way(lambda t: np.asmatrix(t).sum()),
    "np.recarray": Way(lambda t: recarray(t).a.sum(), "GradientLost", "GradientLost"),
    "np.rec.array": Way(
        lambda t: np.rec.array([(t[0], 1)], dtype=[("a", float), ("b", int)]).a[0],
        "GradientLost",
        "GradientLost",
    ),
    "structured row = (t, t)": Way(
        lambda t: stored(np.ones(1, [("a", float), ("b", float)]), 0, (t[0], t[1]))["a"][0],
        "GradientLost",
        "GradientLost",
    ),
    "structured to unstructured": Way(
        lambda t: recfunctions.structured_to_unstructured(
            recfunctions.unstructured_to_structured(t[None], np.dtype([("a", float), ("b", float)]))
        ).sum(),
        "TypeError",
        "TypeError",
    ),
    "timedelta * t": Way(
        lambda t: (np.array([1, 2], "m8[s]") * t).sum() / np.timedelta64(1, "s"), "TypeError", "TypeError"
    ),
    "np.poly1d * t": Way(lambda t: (np.poly1d([1.0, 2.0]) * t[0])(1.0), "right"),
    "np.poly1d(t)": Way(lambda t: np.poly1d(t)(2.0), "right"),
    "np.polynomial * t": Way(lambda t: (np.polynomial.Polynomial([1.0, 2.0]) * t[0])(1.0), "TypeError"),
    "np.polynomial(x)": Way(lambda t: np.polynomial.Polynomial([1.0, 2.0])(t).sum()),
    "np.polyfit": Way(lambda t: np.polyfit([0.0, 1.0], t, 1)[0], "right"),
    # writes
    "a[0:1] = t": Way(lambda t: stored(np.ones(2), slice(0, 1), t[:1]).sum()),
    "a[[0]] = t": Way(lambda t: stored(np.ones(2), [0], t[:1]).sum()),
    "a[0], a[1] = t": Way(lambda t: unpacked(t).sum()),
    "a[0] += t": Way(lambda t: added(np.ones(2), 0, t[0]).sum()),
    "a -= t": Way(lambda t: operator.isub(np.ones(2), t).sum(), "right"),
    "a.flat = t": Way(lambda t: flattened(t).sum()),
    "a.real = t": Way(lambda t: real_part(t).real.sum()),
    "a.imag = t": Way(lambda t: imaginary_part(t).imag.sum()),
    "a.data = ": Way(lambda t: stored(memoryview(np.ones(2)), 0, t[0])[0], "GradientLost", "TypeError"),
    "a.view()[...] = t": Way(lambda t: filled(lambda a: operator.setitem(a.view(), ..., t))),
    "a.T[...] = t": Way(lambda t: filled(lambda a: operator.setitem(a.T, ..., t))),
    "a.ravel()[0] = t": Way(lambda t: filled(lambda a: operator.setitem(a.ravel(), 0, t[0])), "remembered"),
    "a.resize and fill": Way(lambda t: filled(lambda a: a.fill(t[1]))),
    "a.setfield": Way(lambda t: filled(lambda a: a.setfield(t[0], float))),
    "np.nditer writing": Way(lambda t: filled(lambda a: through_nditer(a, t))),
    "np.multiply.at": Way(lambda t: filled(lambda a: np.multiply.at(a, [0, 1], t))),
    "np.add.reduce(out=a)": Way(
        lambda t: filled(lambda a: np.add.reduce(t[:, None] * t, axis=0, out=a)), "remembered"
    ),
    "np.add.accumulate(out=a)": Way(lambda t: filled(lambda a: np.add.accumulate(t, out=a)), "remembered"),
    "np.modf(out=)": Way(lambda t: filled(lambda a: np.modf(t, out=(a, None))), "remembered"),
    "np.sin(t, a)": Way(lambda t: filled(lambda a: np.sin(t, a)), "remembered"),
    "np.mean(out=a)": Way(lambda t: filled(lambda a: np.mean(t[:, None] * t, axis=0, out=a)), "remembered"),
    "np.max(out=a)": Way(lambda t: filled(lambda a: np.max(t[:, None] * t, axis=0, out=a)), "remembered"),
    "np.dot(out=a)": Way(lambda t: filled(lambda a: np.dot(np.eye(2), t, out=a)), "remembered"),
    "np.round(out=a)": Way(lambda t: filled(lambda a: np.round(t, 0, out=a)), "remembered", "remembered"),
    "np.stack(out=a)": Way(lambda t: filled(lambda a: np.stack([t[0], t[1]], out=a)), "remembered"),
    "np.choose(out=a)": Way(lambda t: filled(lambda a: np.choose([0, 0], [t, t], out=a)), "remembered"),
    "np.median(out=)": Way(
        lambda t: filled(lambda a: np.median(t[:, None] * t, axis=0, out=a)), "remembered"
    ),
    "np.linspace": Way(lambda t: np.linspace(t[0], t[1], 3).sum(), "right"),
    "np.logspace": Way(lambda t: np.logspace(t[0], 2.0, 3).sum(), "right"),
    "np.geomspace": Way(lambda t: np.geomspace(t[0], 2.0, 3).sum(), "right"),
    "np.mgrid": Way(lambda t: np.mgrid[t[0] : t[0] + 2.0 : 1.0].sum()),
    "np.ogrid": Way(lambda t: np.ogrid[t[0] : t[0] + 2.0 : 1.0].sum()),
    "np.c_": Way(lambda t: np.c_[t, t].sum()),
    "np.tri(k=)": Way(lambda t: np.tri(2, k=int(t[0])).sum(), "branch", "branch"),
    "np.diag": Way(lambda t: np.diag(t).sum(), "right"),
    "np.zeros(int(t))": Way(lambda t: np.ones(int(t[0])).sum(), "branch", "branch"),
    "np.fromfunction(kwargs)": Way(lambda t: np.fromfunction(lambda i, b: i * b, (2,), b=t).sum(), "right"),
    "np.vectorize(otypes)": Way(lambda t: np.vectorize(lambda v: v * 2.0, otypes=[float])(t).sum()),
    "np.vectorize(signature)": Way(lambda t: np.vectorize(lambda v: v * 2.0, signature="(n)->(n)")(t).sum()),
    "np.frompyfunc.reduce": Way(
        lambda t: np.frompyfunc(lambda a, b: a + b, 2, 1).reduce(t), "TypeError", "TypeError"
    ),
    "np.testing.assert_allclose": Way(lambda t: np.testing.assert_allclose(t, t.data) or t.sum(), "right"),
    "np.interp": Way(lambda t: np.interp(t, [0.0, 3.0], [0.0, 6.0]).sum(), "right"),
    "np.interp(fp)": Way(lambda t: np.interp(0.5, [0.0, 1.0], t), "right"),
    "np.interp(xp)": Way(lambda t: np.interp(0.5, [0.0, t[0]], [0.0, 1.0])),
    "np.histogram": Way(lambda t: np.histogram(t, bins=2)[0].sum() * 1.0, "branch", "branch"),
    "np.histogram(edges)": Way(lambda t: np.histogram(t, bins=2)[1].sum(), "right"),
    "np.histogram(weights)": Way(lambda t: np.histogram([0.5, 1.5], bins=2, weights=t)[0].sum(), "right"),
    "np.histogram(range)": Way(
        lambda t: np.histogram([0.5, 1.5], bins=2, range=(0.0, t[0]))[1].sum(), "right"
    ),
    "np.histogram2d": Way(lambda t: np.histogram2d(t, t, bins=2)[1].sum(), "right"),
    "np.histogram_bin_edges": Way(lambda t: np.histogram_bin_edges(t, 2).sum(), "right"),
    "np.digitize": Way(lambda t: np.digitize(t, [1.0, 2.0]).sum() * 1.0, "branch", "branch"),
    "np.searchsorted": Way(lambda t: np.searchsorted([1.0, 2.0], t).sum() * 1.0, "branch", "branch"),
    "np.bincount(weights)": Way(lambda t: np.bincount([0, 1], weights=t).sum(), "right"),
    "np.unique": Way(lambda t: np.unique(t).sum(), "right"),
    "np.sort": Way(lambda t: np.sort([t[1], t[0]]).sum()),
    "np.lexsort": Way(lambda t: np.lexsort([t, t]).sum() * 1.0, "GradientLost", "branch"),
    "np.argsort": Way(lambda t: t[np.argsort(t)].sum(), "right"),
    "np.argmax": Way(lambda t: np.argmax(t) * 1.0, "branch", "branch"),
    "np.floor": Way(lambda t: np.floor(t).sum(), "branch", "branch"),
    "np.sign": Way(lambda t: np.sign(t).sum(), "branch", "branch"),
    "np.isclose": Way(lambda t: np.isclose(t, 1.5).sum() * 1.0, "branch", "branch"),
    "np.allclose": Way(lambda t: np.allclose(t, 1.5) * 1.0, "branch", "branch"),
    "np.array_equal": Way(lambda t: np.array_equal(t, [1.5, 2.0]) * 1.0, "branch", "branch"),
    "np.result_type": Way(lambda t: np.result_type(t, 1.0).itemsize * 1.0, "branch", "branch"),
    "np.can_cast": Way(lambda t: np.can_cast(t.dtype, float) * 1.0, "branch", "branch"),
    "np.shape": Way(lambda t: np.shape(t)[0] * 1.0, "branch", "branch"),
    "np.iterable": Way(lambda t: np.iterable(t) * 1.0, "branch", "branch"),
    "np.isscalar": Way(lambda t: np.isscalar(t[0]) * 1.0, "branch", "branch"),
    "np.clip([..], t)": Way(lambda t: np.clip([0.0, 9.0], 0.0, t[0]).sum(), "right"),
    "np.nansum of a list": Way(lambda t: np.nansum([t[0], t[1]])),
    "np.sum([t0, t1])": Way(lambda t: np.sum([t[0], t[1]])),
    "np.max([t0, t1])": Way(lambda t: np.max([t[0], t[1]])),
    "np.sin([t0, t1])": Way(lambda t: np.sin([t[0], t[1]]).sum()),
    "np.multiply([t0], 2)": Way(lambda t: np.multiply([t[0], t[1]], 2.0).sum()),
    "np.einsum of lists": Way(lambda t: np.einsum("i,i", [1.0, 2.0], [t[0], t[1]])),
    "np.linalg.inv of a list": Way(lambda t: np.linalg.inv([[t[0], 0.0], [0.0, t[1]]]).sum()),
    "np.linalg.solve": Way(lambda t: np.linalg.solve(np.eye(2), [t[0], t[1]]).sum()),
    "np.linalg.matrix_rank": Way(lambda t: np.linalg.matrix_rank(np.diag(t)) * 1.0, "branch", "branch"),
    "np.fft of a list": Way(lambda t: np.fft.fft([t[0], t[1]]).real.sum()),
    "np.unwrap": Way(lambda t: np.unwrap(t).sum(), "right"),
    "np.correlate": Way(lambda t: np.correlate(t, [1.0, 2.0]).sum(), "right"),
    "np.convolve of a list": Way(lambda t: np.convolve([t[0], t[1]], [1.0, 2.0]).sum()),
    "np.i0": Way(lambda t: np.i0(t).sum(), "right"),
    "np.trim_zeros": Way(lambda t: np.trim_zeros(t).sum(), "right"),
    "np.busday_offset": Way(
        lambda t: np.busday_offset("2020-01-01", int(t[0])).astype(int) * 1.0, "branch", "branch"
    ),
    "np.packbits": Way(lambda t: np.packbits(t > 0).sum() * 1.0, "branch", "branch"),
    "np.loadtxt": Way(lambda t: np.loadtxt([f"{t[0]:.4f}"]).sum(), "remembered", "remembered"),
    "np.fromstring": Way(lambda t: np.fromstring(f"{t[0]:.4f}", sep=" ")[0], "remembered", "remembered"),
    "np.genfromtxt": Way(lambda t: np.genfromtxt([f"{t[0]:.4f}"]).sum(), "remembered", "remembered"),
    # randomness
    "rng.exponential": Way(
        lambda t: np.random.default_rng(0).exponential(t[0]), "GradientLost", "GradientLost"
    ),
    "rng.gamma": Way(lambda t: np.random.default_rng(0).gamma(t[0], t[1]), "GradientLost", "GradientLost"),
    "rng.beta": Way(lambda t: np.random.default_rng(0).beta(t, t).sum(), "GradientLost", "GradientLost"),
    "rng.binomial": Way(
        lambda t: np.random.default_rng(0).binomial(9, t[0] / 9.0) * 1.0, "GradientLost", "GradientLost"
    ),
    "rng.integers": Way(lambda t: np.random.default_rng(0).integers(0, 9, 1)[0] + t[0], "right"),
    "rng.dirichlet": Way(lambda t: np.random.default_rng(0).dirichlet(t)[0], "GradientLost", "GradientLost"),
    "rng.multinomial": Way(
        lambda t: np.random.default_rng(0).multinomial(9, t / t.sum())[0] * 1.0,
        "GradientLost",
        "GradientLost",
    ),
    "rng.shuffle": Way(lambda t: shuffled(t)[0], "right"),
    "rng.standard_normal(out=)": Way(lambda t: np.random.default_rng(0).standard_normal(2) @ t, "right"),
    "np.random.uniform": Way(lambda t: np.random.uniform(t[0], t[0]), "GradientLost", "GradientLost"),
    "np.random.choice": Way(lambda t: np.random.choice(t, 1)[0], "GradientLost", "GradientLost"),
    "np.random.permutation": Way(lambda t: np.random.permutation(t).sum(), "GradientLost", "GradientLost"),
    "np.random.exponential": Way(
        lambda t: np.random.RandomState(0).exponential(t[0]), "GradientLost", "GradientLost"
    ),
    # other packages
    "scipy.special.expit": Way(lambda t: scipy.special.expit(t).sum(), "right"),
    "scipy.special.wrightomega": Way(lambda t: scipy.special.wrightomega(t).sum(), "TypeError", "TypeError"),
    "scipy.special.logsumexp": Way(lambda t: scipy.special.logsumexp(t)),
    "scipy.special of a list": Way(lambda t: scipy.special.gammaln([t[0], t[1]]).sum()),
    "scipy.optimize.brentq": Way(
        lambda t: scipy.optimize.brentq(lambda v: v - t[0], 0.0, 9.0), "remembered", "remembered"
    ),
    "scipy.optimize.newton": Way(lambda t: scipy.optimize.newton(lambda v: v - t[0], 1.0), "right"),
    "scipy.optimize.minimize": Way(
        lambda t: scipy.optimize.minimize(lambda v: (v[0] - t[0]) ** 2, [0.0]).x[0]
    ),
    "scipy.optimize.least_squares": Way(
        lambda t: scipy.optimize.least_squares(lambda v: v - t, [0.0, 0.0]).x[0],
        "GradientLost",
        "GradientLost",
    ),
    "scipy.optimize.curve_fit": Way(
        lambda t: scipy.optimize.curve_fit(lambda x, a: a * x, [1.0, 2.0], t)[0][0], "GradientLost", "error"
    ),
    "scipy.optimize.linprog": Way(
        lambda t: scipy.optimize.linprog([1.0, 1.0], bounds=[(t[0], 9.0), (0.0, 9.0)]).fun,
        "GradientLost",
        "remembered",
    ),
    "scipy.integrate.quad": Way(
        lambda t: scipy.integrate.quad(lambda v: v * t[0], 0.0, 1.0)[0], "remembered", "remembered"
    ),
    "scipy.integrate.quad(limit)": Way(
        lambda t: scipy.integrate.quad(lambda v: v, 0.0, t[0])[0], "remembered", "remembered"
    ),
    "scipy.integrate.solve_ivp": Way(
        lambda t: scipy.integrate.solve_ivp(lambda s, y: -y * t[0], (0.0, 1.0), [1.0]).y[0, -1]
    ),
    "scipy.integrate.odeint": Way(
        lambda t: scipy.integrate.odeint(lambda y, s: -y * t[0], 1.0, [0.0, 1.0])[-1, 0],
        "GradientLost",
        "GradientLost",
    ),
    "scipy.integrate.trapezoid": Way(lambda t: scipy.integrate.trapezoid(t)),
    "scipy.interpolate.interp1d": Way(lambda t: scipy.interpolate.interp1d([0.0, 1.0], t)(0.5)),
    "scipy.interpolate.CubicSpline": Way(
        lambda t: scipy.interpolate.CubicSpline([0.0, 1.0], t)(0.5), "GradientLost", "GradientLost"
    ),
    "scipy.interpolate.CubicSpline(x)": Way(
        lambda t: scipy.interpolate.CubicSpline([0.0, 1.0, 3.0], [0.0, 1.0, 4.0])(t).sum(),
        "GradientLost",
        "TypeError",
    ),
    "scipy.interpolate.UnivariateSpline": Way(
        lambda t: scipy.interpolate.UnivariateSpline([0.0, 1.0], t, k=1)(0.5), "GradientLost", "GradientLost"
    ),
    "scipy.linalg.solve": Way(
        lambda t: scipy.linalg.solve(np.diag(t), np.ones(2)).sum(), "GradientLost", "TypeError"
    ),
    "scipy.linalg.expm": Way(lambda t: scipy.linalg.expm(np.diag(t)).sum(), "GradientLost", "TypeError"),
    "scipy.linalg.lu": Way(lambda t: scipy.linalg.lu(np.diag(t))[2].sum(), "GradientLost", "TypeError"),
    "scipy.linalg.blas": Way(lambda t: scipy.linalg.blas.ddot(t, t), "GradientLost", "GradientLost"),
    "scipy.sparse.csr_matrix": Way(
        lambda t: scipy.sparse.csr_matrix(np.diag(t)).sum(), "GradientLost", "GradientLost"
    ),
    "sparse @ t": Way(
        lambda t: (scipy.sparse.csr_matrix(np.eye(2)) @ t).sum(), "GradientLost", "GradientLost"
    ),
    "sparse * t[0]": Way(lambda t: (scipy.sparse.csr_matrix(np.eye(2)) * t[0]).sum()),
    "t @ sparse": Way(
        lambda t: (t @ scipy.sparse.csr_matrix(np.eye(2))).sum(), "GradientLost", "GradientLost"
    ),
    "sparse[0, 0] = t": Way(
        lambda t: stored(scipy.sparse.lil_matrix((2, 2)), (0, 0), t[0]).sum(), "remembered", "remembered"
    ),
    "scipy.sparse.linalg.spsolve": Way(
        lambda t: scipy.sparse.linalg.spsolve(scipy.sparse.csc_matrix(np.eye(2)), t).sum(),
        "GradientLost",
        "GradientLost",
    ),
    "scipy.sparse.diags": Way(lambda t: scipy.sparse.diags(t).sum(), "ValueError", "GradientLost"),
    "scipy.spatial.distance.cdist": Way(
        lambda t: scipy.spatial.distance.cdist(t[None], np.zeros((1, 2))).sum(),
        "GradientLost",
        "GradientLost",
    ),
    "scipy.spatial.distance.euclidean": Way(
        lambda t: scipy.spatial.distance.euclidean(t, [0.0, 0.0]), "GradientLost", "GradientLost"
    ),
    "scipy.spatial.KDTree": Way(
        lambda t: scipy.spatial.KDTree(np.zeros((1, 2))).query(t)[0], "GradientLost", "GradientLost"
    ),
    "scipy.spatial.ConvexHull": Way(
        lambda t: scipy.spatial.ConvexHull(np.array([[0.0, 0.0], [1.0, 0.0], [t[0], t[1]]])).volume,
        "GradientLost",
        "GradientLost",
    ),
    "scipy.ndimage.gaussian_filter": Way(
        lambda t: scipy.ndimage.gaussian_filter(t, 1.0).sum(), "GradientLost", "GradientLost"
    ),
    "scipy.ndimage.map_coordinates": Way(
        lambda t: scipy.ndimage.map_coordinates(np.arange(5.0), [t], order=1).sum(),
        "GradientLost",
        "GradientLost",
    ),
    "scipy.ndimage(output=)": Way(lambda t: filled(lambda a: scipy.ndimage.uniform_filter(t, 1, output=a))),
    "scipy.signal.lfilter": Way(
        lambda t: scipy.signal.lfilter([1.0], [1.0, 0.5], t).sum(), "GradientLost", "ValueError"
    ),
    "scipy.signal.convolve": Way(lambda t: scipy.signal.convolve(t, [1.0, 2.0]).sum()),
    "scipy.fft.fft": Way(lambda t: scipy.fft.fft(t).real.sum(), "GradientLost", "GradientLost"),
    "scipy.fft.dct": Way(lambda t: scipy.fft.dct(t).sum(), "GradientLost", "GradientLost"),
    "scipy.stats.norm.pdf": Way(lambda t: scipy.stats.norm.pdf(t).sum()),
    "scipy.stats.zscore": Way(lambda t: scipy.stats.zscore(t)[0]),
    "scipy.stats.norm(loc=t).rvs": Way(lambda t: scipy.stats.norm(loc=t[0]).rvs(random_state=0), "right"),
    "scipy.stats.rankdata": Way(lambda t: scipy.stats.rankdata(t).sum(), "GradientLost", "branch"),
    "scipy.LowLevelCallable": Way(lambda t: scipy.cluster.vq.whiten(t[:, None]).sum()),
}

TABLES = {
    # tables
    "frame.iloc = t": Way(
        lambda t: (f := pd.DataFrame({"b": [1.0, 2.0]}), f.iloc.__setitem__((0, 0), t[0]), f)[2].b.sum()
    ),
    "frame.assign": Way(lambda t: pd.DataFrame({"b": [1.0, 2.0]}).assign(a=t).a.sum()),
    "frame * t": Way(lambda t: (pd.DataFrame({"b": [1.0, 2.0]}) * t[0]).b.sum(), "right"),
    "frame.apply": Way(lambda t: pd.DataFrame({"b": [1.0, 2.0]}).apply(lambda c: c * t[0]).b.sum()),
    "frame.to_numpy": Way(lambda t: pd.DataFrame({"a": t}).to_numpy().sum()),
    "series.at": Way(
        lambda t: (s := pd.Series([1.0, 2.0]), s.at.__setitem__(0, t[0]), s)[2].sum(),
        "GradientLost",
        "GradientLost",
    ),
    "series.where": Way(lambda t: pd.Series([1.0, 2.0]).where([True, False], t[0]).sum(), "right"),
    "series.replace": Way(lambda t: pd.Series([1.0, 2.0]).replace(1.0, t[0]).sum()),
    "series.rolling": Way(lambda t: pd.Series(t).rolling(1).sum().sum(), "GradientLost", "GradientLost"),
    "pd.concat": Way(lambda t: pd.concat([pd.Series(t), pd.Series([1.0])]).sum()),
    "pd.Index": Way(
        lambda t: pd.Index(t).sum() if hasattr(pd.Index, "sum") else pd.Index(t).to_numpy().sum()
    ),
    "pd.cut": Way(lambda t: pd.cut(t, [0.0, 2.0, 9.0]).codes.sum() * 1.0, "GradientLost", "GradientLost"),
    "pd.to_numeric": Way(lambda t: pd.to_numeric(t).sum(), "right"),
    "pd.Timedelta": Way(lambda t: pd.Timedelta(seconds=t[0]).total_seconds(), "TypeError", "TypeError"),
    "pd.eval": Way(lambda t: pd.DataFrame({"a": [1.0, 2.0]}).eval("a * @t", local_dict={"t": t}).sum()),
    "xr.DataArray": Way(lambda t: xr.DataArray(t, dims="a").sum().data[()], "right"),
    "xr.DataArray.values": Way(lambda t: xr.DataArray(t, dims="a").values.sum()),
    "xr.DataArray * t": Way(lambda t: (xr.DataArray([1.0, 2.0], dims="a") * t).sum().data[()], "right"),
    "xr.DataArray[0] = t": Way(lambda t: stored(xr.DataArray([1.0, 2.0], dims="a"), 0, t[0]).sum().data[()]),
    "xr.DataArray.item": Way(lambda t: xr.DataArray(t, dims="a")[0].item(), "explicit"),
    "xr.DataArray(coords=t)": Way(
        lambda t: xr.DataArray([1.0, 2.0], dims="a", coords={"a": t}).a.sum().data[()],
        "GradientLost",
        "AssertionError",
    ),
    "float(xr.DataArray)": Way(lambda t: float(xr.DataArray(t, dims="a")[0]), "GradientLost", "TypeError"),
    "xr.DataArray.to_pandas": Way(lambda t: xr.DataArray(t, dims="a").to_pandas().sum()),
    "pd.Series": Way(lambda t: pd.Series(t).sum()),
    "pd.Series(list)": Way(lambda t: pd.Series([t[0], t[1]]).sum(), "right", "TypeError"),
    "series * t": Way(lambda t: (pd.Series([1.0, 2.0]) * t).sum()),
    "t * series": Way(lambda t: (t * pd.Series([1.0, 2.0])).sum(), "right"),
    "series + t[0]": Way(lambda t: (pd.Series([1.0, 2.0]) + t[0]).sum()),
    "series[0] = t": Way(
        lambda t: stored(pd.Series([1.0, 2.0]), 0, t[0]).sum(), "GradientLost", "GradientLost"
    ),
    "series.map": Way(lambda t: pd.Series([1.0, 2.0]).map(lambda v: v * t[0]).sum(), "right", "TypeError"),
    "series.apply": Way(
        lambda t: pd.Series([1.0, 2.0]).apply(lambda v: v * t[0]).sum(), "right", "TypeError"
    ),
    "series.fillna": Way(lambda t: pd.Series([1.0, np.nan]).fillna(t[0]).sum(), "right"),
    "series.clip": Way(lambda t: pd.Series([1.0, 9.0]).clip(upper=t[0]).sum(), "right"),
    "pd.DataFrame": Way(lambda t: pd.DataFrame({"a": t}).a.sum()),
    "frame['a'] = t": Way(lambda t: stored(pd.DataFrame({"b": [1.0, 2.0]}), "a", t).a.sum()),
    "frame.loc = t": Way(
        lambda t: (f := pd.DataFrame({"b": [1.0, 2.0]}), f.loc.__setitem__((0, "b"), t[0]), f)[2].b.sum()
    ),
}
