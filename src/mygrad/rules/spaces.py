"""Sequences of numbers between two others, by equal steps or factors, and sequences of powers: ends, steps,
bases may be tensors."""

import operator

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.function import general, linear
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, of_dtype
from mygrad.rules.creation import new_constant
from mygrad.rules.shaping import moved


def fractions(like, num, endpoint):
    """How far each of `num` samples is on its way from start to stop, along the first axis of `like`."""
    way = np.arange(num) / max(num - 1 if endpoint else num, 1)
    return way.astype(np.finfo(like.dtype).dtype).reshape((-1,) + (1,) * (like.ndim - 1))


def from_start(g, num, endpoint, axis):
    g = moved(g, axis, 0)
    return (g * (1.0 - fractions(g, num, endpoint))).sum(axis=0)


def from_stop(g, num, endpoint, axis):
    g = moved(g, axis, 0)
    return (g * fractions(g, num, endpoint)).sum(axis=0)


def evenly_spaced(start, stop, num, endpoint, dtype, axis, device):
    """`np.linspace` without the size of the step."""
    return np.linspace(start, stop, num, endpoint, dtype=dtype, axis=axis, device=device)


linear(evenly_spaced, start=from_start, stop=from_stop)


@composite(np.linspace)
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None):
    """The step, if asked for, is a tensor too. Samples of an integer dtype are rounded, and so constants."""
    num = operator.index(num)
    result = rules[evenly_spaced](start, stop, num, endpoint, dtype, axis, device)
    if not retstep:
        return result
    count = num - 1 if endpoint else num
    if count <= 0:
        return result, np.nan
    _, step = np.linspace(plain(start), plain(stop), num, endpoint, retstep=True)
    start, stop = (of_dtype(arraylike(end), step.dtype) for end in (start, stop))
    return result, (stop - start) / count


@composite(np.logspace)
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    if np.ndim(base):  # it takes part in broadcasting, and so in what `axis` counts
        arrays = list(map(arraylike, (start, stop, base)))
        ndim = max(a.ndim for a in arrays)
        start, stop, base = (np.reshape(a, (1,) * (ndim - a.ndim) + a.shape) for a in arrays)
        base = np.expand_dims(base, axis)
    result = np.power(base, np.linspace(start, stop, num, endpoint, axis=axis))
    return result if dtype is None else of_dtype(result, np.dtype(dtype))


def along_the_way(t, out, num, endpoint, axis, backwards):
    """Each sample times what the relative change `t` of one end makes of it."""
    out = np.moveaxis(out, axis, 0)
    way = fractions(out, num, endpoint)
    return np.moveaxis(out * ((1.0 - way if backwards else way) * t), 0, axis)


# Each sample is a product of powers of the ends, start**(1 - way) * stop**way, for complex numbers too.
general(
    np.geomspace,
    vjp={
        "start": lambda g, start, out, num, endpoint, axis: from_start(g * out, num, endpoint, axis) / start,
        "stop": lambda g, stop, out, num, endpoint, axis: from_stop(g * out, num, endpoint, axis) / stop,
    },
    jvp={
        "start": lambda t, start, out, num, endpoint, axis: along_the_way(
            t / start, out, num, endpoint, axis, True
        ),
        "stop": lambda t, stop, out, num, endpoint, axis: along_the_way(
            t / stop, out, num, endpoint, axis, False
        ),
    },
)


def evenly_stepped(start, step, stop, dtype, options):
    """`np.arange`, with the names that it has."""
    return np.arange(start, stop, step, dtype, **options)


def numbers(like):
    """0, 1, 2, ... for each element."""
    return np.arange(like.shape[0]).astype(np.finfo(like.dtype).dtype)


general(
    evenly_stepped,
    vjp={"start": lambda g: np.sum(g), "step": lambda g, out: np.sum(g * numbers(out))},
    jvp={"start": lambda t: t, "step": lambda t, out: t * numbers(out)},
)


@composite(np.arange)
def arange(start=None, stop=None, step=None, dtype=None, **options):
    """In the stop the derivative is 0: how many numbers there are is constant between jumps."""
    if stop is None:
        start, stop = 0, start
    if not any(isinstance(value, Handle) for value in (start, stop, step)):
        return new_constant(np.arange(start, stop, step, dtype, **options))
    return rules[evenly_stepped](start, 1 if step is None else step, plain(stop), dtype, options)


def powers(x, n, increasing):
    """The derivatives of the columns of `np.vander` but the constant one, of `n` columns: their number, times
    the power before."""
    count = max(n - 1, 0)
    exponents = np.arange(1, count + 1) if increasing else np.arange(count, 0, -1)
    return np.vander(x, count, increasing) * exponents.astype(np.finfo(x.dtype).dtype)


def vander_vjp(g, x, increasing):
    g_powers = g[:, 1:] if increasing else g[:, : max(g.shape[1] - 1, 0)]
    return np.sum(g_powers * powers(x, g.shape[1], increasing), axis=1)


def vander_jvp(t, x, N, increasing):
    n = len(x) if N is None else N
    changes = t[:, None] * powers(x, n, increasing)
    still = np.zeros((len(x), min(n, 1)), changes.dtype)
    return np.concatenate([still, changes] if increasing else [changes, still], axis=1)


general(np.vander, vjp={"x": vander_vjp}, jvp={"x": vander_jvp})
