"""Polynomials as arrays of coefficients, the highest power first: ``np.polyval`` and its kin.

An ``np.poly1d`` holds tensors as coefficients; given one, these functions return one, as NumPy's do.
"""

import functools
import warnings

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.record import make
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, of_dtype, values_of


def coefficients(p):
    """What is behind a sequence of coefficients or a ``poly1d``, as one array."""
    return np.atleast_1d(p.coeffs if isinstance(p, np.poly1d) else arraylike(p))


def keeping_class(function):
    """Return a ``poly1d``, or each of several results as one, if any polynomial was given as one."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        result = function(*args, **kwargs)
        if not any(isinstance(p, np.poly1d) for p in (*args, *kwargs.values())):
            return result
        return tuple(map(np.poly1d, result)) if isinstance(result, tuple) else np.poly1d(result)

    return wrapped


def in_front(p, count):
    """`p` after `count` coefficients that are 0."""
    return np.concatenate([np.zeros(count, p.dtype), p]) if count > 0 else p


def derivative_of(p):
    return p[:-1] * np.arange(len(p) - 1, 0, -1)


def coefficients_vjp(g, p_shape, x):
    """The sums of `g` times the powers."""
    g, x = g.reshape(-1), x.reshape(-1)
    found = []
    for _ in range(p_shape[0]):
        found.append(g.sum())
        g = g * x
    return arraylike(found[::-1])


def at_slope(g, p, x):
    return g * np.polyval(derivative_of(p), x)


general(
    np.polyval,
    vjp={"p": coefficients_vjp, "x": at_slope},
    jvp={"p": lambda t, x: np.polyval(t, x), "x": lambda t, p, x: t * np.polyval(derivative_of(p), x)},
)


@composite(np.polyval)
def polyval(p, x):
    """By Horner's scheme; `x` may be a polynomial, and is then inserted."""
    composed = isinstance(x, np.poly1d)
    if not composed and not isinstance(p, np.poly1d):
        p, x = arraylike(p), arraylike(x)
        if p.ndim == 1 and len(p):
            return rules[np.polyval](p, x)
    p = p.coeffs if isinstance(p, np.poly1d) else arraylike(p)
    if not composed:
        x = arraylike(x)
    result = np.poly1d(0) if composed else np.zeros_like(values_of(x))
    for c in p:
        result = result * x + c
    return result


def summed(a1, a2, operation):
    a1, a2 = coefficients(a1), coefficients(a2)
    n = max(len(a1), len(a2))
    return operation(in_front(a1, n - len(a1)), in_front(a2, n - len(a2)))


@composite(np.polyadd)
@keeping_class
def polyadd(a1, a2):
    return summed(a1, a2, np.add)


@composite(np.polysub)
@keeping_class
def polysub(a1, a2):
    return summed(a1, a2, np.subtract)


def trimmed(p):
    """`p` without zeros in front, of which one stays if there is nothing else."""
    p = coefficients(p)
    if p.ndim != 1:
        raise ValueError("Polynomial must be 1d only.")
    if not len(p):
        return np.zeros(1)
    there = np.flatnonzero(values_of(p))
    return p[there[0] :] if len(there) else p[-1:]


@composite(np.polymul)
@keeping_class
def polymul(a1, a2):
    return np.convolve(trimmed(a1), trimmed(a2))


@composite(np.polydiv)
@keeping_class
def polydiv(u, v):
    """By long division. Leading coefficients of the remainder that are 0 to rounding are cut off."""
    u, v = coefficients(u) + 0.0, coefficients(v) + 0.0
    dtype = (values_of(u)[0] + values_of(v)[0]).dtype
    steps = max(len(u) - len(v) + 1, 0)
    scale = 1.0 / v[0]
    rest = of_dtype(u, dtype)
    quotient = []
    for k in range(steps):
        d = scale * rest[k]
        quotient.append(d)
        rest = np.concatenate([rest[:k], rest[k : k + len(v)] - d * v, rest[k + len(v) :]])
    size = values_of(rest)
    first = 0
    while first + 1 < len(size) and np.allclose(size[first], 0, rtol=1e-14):
        first += 1
    return np.stack(quotient) if quotient else make(np.zeros(1, dtype)), rest[first:]


@composite(np.polyder)
@keeping_class
def polyder(p, m=1):
    p = p.coeffs if isinstance(p, np.poly1d) else arraylike(p)
    np.polyder(values_of(p), m)  # with its exceptions
    for _ in range(int(m)):
        p = derivative_of(p)
    return p


@composite(np.polyint)
@keeping_class
def polyint(p, m=1, k=None):
    m = int(m)
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    k = np.zeros(m) if k is None else np.atleast_1d(arraylike(k))
    if len(k) == 1 and m > 1:
        k = k[0] * np.ones(m)
    if len(k) < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    p = p.coeffs if isinstance(p, np.poly1d) else arraylike(p)
    for constant in k[:m]:
        p = np.concatenate([np.true_divide(p, np.arange(len(p), 0, -1)), np.reshape(constant, 1)])
    return p


@composite(np.poly)
def poly(seq_of_zeros):
    """The coefficients from the roots, or of the characteristic polynomial of a matrix (by its
    eigenvalues)."""
    roots = np.atleast_1d(arraylike(seq_of_zeros))
    if roots.ndim == 2 and roots.shape[0] == roots.shape[1] and roots.size:
        roots = np.linalg.eigvals(roots)
    elif roots.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    if not len(roots):
        return 1.0
    roots = of_dtype(roots, np.dtype(np.mintypecode(roots.dtype.char)))
    one = np.ones(1, roots.dtype)
    result = one
    for root in roots:
        result = np.convolve(result, np.concatenate([one, np.reshape(-root, 1)]))
    # Roots in conjugate pairs: the coefficients are real.
    if roots.dtype.kind == "c":
        values = values_of(roots)
        if np.all(np.sort(values) == np.sort(values.conjugate())):
            return np.real(result)
    return result


def roots_of(p):
    """``np.roots`` of an array."""
    return np.roots(p)


def slopes(p, x, change):
    """The derivative of the polynomial `p` at its roots `x`.

    Where a multiple root stays as it is, so that its `change` is 0, it is 1: 0 / 0 is nothing then.
    """
    slope = np.polyval(np.polyder(p), x)
    return np.where((values_of(slope) == 0) & ~change, np.ones_like(slope), slope)


def roots_vjp(g, p, out):
    p = np.atleast_1d(p)
    shares = -g / slopes(p, out, values_of(g) != 0)
    at_zero = len(p) - 1 - np.flatnonzero(values_of(p))[-1] if len(out) else 0
    power, parts = np.ones_like(out), []
    for k in range(len(p)):
        part = shares * power
        if k >= at_zero:  # such a change keeps the roots at 0, of whatever multiplicity
            part = np.where(values_of(out) == 0, np.zeros_like(part), part) if k else part
        parts.append(np.sum(part))
        power = power * out
    return np.stack(parts[::-1])


def roots_jvp(t, p, out):
    p, t = np.atleast_1d(p), np.atleast_1d(t)
    at_zero = len(p) - 1 - np.flatnonzero(values_of(p))[-1] if len(out) else 0
    kept = (values_of(out) == 0) & np.all(values_of(t)[len(t) - at_zero :] == 0)
    return -np.polyval(t, out) / slopes(p, out, ~kept)


general(
    roots_of,
    vjp={"p": roots_vjp},
    jvp={"p": roots_jvp},
)


@composite(np.roots)
def roots(p):
    """By differentiating ``p(x) = 0``: ``dx = -dp(x) / p'(x)``. A multiple root has no derivative, and gives
    an infinity or NaN. A leading coefficient that is 0 has the derivatives of the roots that there are."""
    return rules[roots_of](p.coeffs if isinstance(p, np.poly1d) else arraylike(p))


@composite(np.polyfit)
def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    """Least squares, by ``np.linalg.lstsq`` of the scaled powers (Golub & Pereyra 1973)."""
    x, y = arraylike(x) + 0.0, arraylike(y) + 0.0
    w = None if w is None else arraylike(w) + 0.0
    badly_weighted = w is not None and (
        w.ndim != 1
        or w.shape[0] != y.shape[0]
        or not all(np.can_cast(w.dtype, values.dtype, "same_kind") for values in (x, y))
    )
    half = y.dtype.char == "e"  # which LAPACK lacks
    if (
        half
        or deg < 0
        or x.ndim != 1
        or not x.size
        or y.ndim not in (1, 2)
        or len(x) != len(y)
        or badly_weighted
    ):
        return np.polyfit(values_of(x), values_of(y), deg, w=None if w is None else values_of(w))  # raises
    if rcond is None:
        rcond = len(x) * np.finfo(x.dtype).eps
    order = int(deg) + 1
    powers, right = np.vander(x, order), y
    if w is not None:
        powers = powers * w[:, None]
        right = right * (w[:, None] if y.ndim == 2 else w)
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    powers = powers / scale
    c, residuals, rank, s = np.linalg.lstsq(powers, right, rcond)
    c = (c.T / scale).T
    if full:
        return c, residuals, rank, s, rcond
    if rank != order:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=3)
    if not cov:
        return c
    spread = np.linalg.inv(np.dot(powers.T, powers)) / np.outer(scale, scale)
    factor = 1
    if cov != "unscaled":
        if len(x) <= order:
            raise ValueError("the number of data points must exceed order to scale the covariance matrix")
        factor = residuals / (len(x) - order)
    return c, (spread if y.ndim == 1 else spread[:, :, None]) * factor
