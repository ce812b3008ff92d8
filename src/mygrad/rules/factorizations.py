"""Cholesky's factorization and QR.

The factors are unique, their derivatives are those of the factorizations differentiated: Murray 2016,
Differentiation of the Cholesky decomposition; Seeger et al. 2017, Auto-differentiating linear algebra; Walter
& Lehmann 2018, Algorithmic differentiation of linear algebra functions with application in optimum
experimental design.
"""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, values_of
from mygrad.rules.joint import Joint
from mygrad.rules.matrices import (
    BLOCK,
    conjugated,
    dagger,
    lower,
    mirrored,
    solved_upper,
    swapped,
    turning,
)

# --------------------------------------------------------------------------------------------- Cholesky


def cholesky_vjp(g, out, upper):
    """Murray 2016: ``l^-* low(l* g) l^-1``, symmetric, where `low` is the triangle with half of the
    diagonal."""
    g = conjugated(g)
    l, g = (dagger(out), dagger(g)) if upper else (out, g)
    return lower(conjugated(twice_of_symmetric(g, l)), "U" if upper else "L")


def twice_of_symmetric(g, l):
    """Twice the cotangent of the whole Hermitian matrix ``l l*``, given that of `l`.

    Both systems are solved with ``l*``, of which a small one is inverted once. Large factors are taken by
    halves, Murray's blocked algorithm: a fourth of the arithmetic, leaving out the zeros of the triangles.
    """
    n = l.shape[-1]
    upper = dagger(l)
    if n <= BLOCK:
        inverse = np.linalg.inv(upper)
        half = inverse @ lower(upper @ g) @ dagger(inverse)
        return half + dagger(half)
    if hasattr(g, "backward") or hasattr(l, "backward"):
        half = solved_upper(upper, dagger(solved_upper(upper, dagger(lower(upper @ g)))))
        return half + dagger(half)
    k = n // 2
    first, below, last = l[..., :k, :k], l[..., k:, :k], l[..., k:, k:]
    c_last = twice_of_symmetric(g[..., k:, k:], last)
    # below = a[k:, :k] first^-*, and last is the factor of a[k:, k:] - below below*.
    across = solved_upper(dagger(first), dagger(g[..., k:, :k] - c_last @ below))
    out = np.empty(g.shape, g.dtype)
    out[..., :k, :k] = twice_of_symmetric(g[..., :k, :k] - across @ below, first)
    out[..., :k, k:] = across
    out[..., k:, :k] = dagger(across)
    out[..., k:, k:] = c_last
    return out


def cholesky_jvp(t, out, upper):
    factor = dagger(out) if upper else out
    half = np.linalg.solve(factor, mirrored(t, "U" if upper else "L"))
    change = factor @ lower(np.linalg.solve(factor, dagger(half)))
    return dagger(change) if upper else change


general(
    np.linalg.cholesky,
    vjp={"a": cholesky_vjp},
    jvp={"a": cholesky_jvp},
    note="One triangle is read, and has the gradient; that of ``(a + a.T) / 2`` is symmetric (Murray 2016).",
)

# --------------------------------------------------------------------------------------------------- QR


def qr_vjp(g, out):
    """Walter & Lehmann 2018; Seeger et al. 2017.

    With ``m = q* da r^-1``, what turns the columns of `q` among each other is an anti-Hermitian matrix whose
    lower triangle is that of `m`, as `r` stays upper with a real diagonal. Of a wide matrix the columns on
    the left are factorized, and the others are ``q r``.
    """
    q, r = out
    gq, gr = (None if gx is None else conjugated(gx) for gx in g)
    k = min(q.shape[-2], r.shape[-1])
    on_the_right = None
    if r.shape[-1] > k:
        if gr is None:
            on_the_right = np.zeros_like(r[..., k:])
        else:
            on_the_right = q @ gr[..., k:]
            moved = q @ r[..., k:] @ dagger(gr[..., k:])
            gq = moved if gq is None else gq + moved
    turned, moved = (0.0, None) if gq is None else turning(gq, q, k)
    r = r[..., :k, :k]
    through_r = 0.0 if gr is None else gr[..., :k, :k] @ dagger(r)
    difference = turned - through_r
    inner = q[..., :k] @ (through_r + lower(difference - dagger(difference)))
    on_the_left = dagger(solved_upper(r, dagger(inner if moved is None else inner + moved)))
    if on_the_right is not None:
        on_the_left = np.concatenate([on_the_left, on_the_right], axis=-1)
    return conjugated(on_the_left)


def orthogonalized(a, mode):
    return np.linalg.qr(a, mode)


factors = Joint(orthogonalized, qr_vjp)


@composite(np.linalg.qr)
def qr(a, mode="reduced"):
    """The first columns, as many as there are rows or columns, must be independent: else there is no
    derivative, and the sweep raises LinAlgError (Walter & Lehmann 2018). The columns that ``mode="complete"``
    adds to q are an arbitrary basis: the derivative is right for what doesn't depend on the choice.
    """
    a = arraylike(a)
    if mode in ("reduced", "complete"):
        return factors(a, mode=mode)
    if mode == "r":
        return factors(a, mode="reduced").R
    expected = np.linalg.qr(values_of(a), mode)  # with its exceptions and warnings for other modes
    if mode == "raw":
        reflections, scales = householder(a)
        return swapped(reflections), scales
    return householder(a)[0] if isinstance(expected, np.ndarray) else factors(a, mode="reduced")


def householder(a):
    """The reflections of LAPACK's geqrf below the diagonal of `r`, and their scales, computed step by step.

    Golub & Van Loan, Matrix Computations, 5.2; signs and phases are those of LAPACK's larfg.
    """
    steps, scales = [], []
    for _ in range(min(a.shape[-2:])):
        alpha, below, right = a[..., 0, 0], a[..., 1:, 0], a[..., 0, 1:]
        value = values_of(alpha)
        # A column that is zero below a real element is left alone.
        flat = np.all(np.equal(values_of(below), 0), axis=-1) & np.equal(value.imag, 0)
        length = np.linalg.norm(a[..., 0], axis=-1)
        beta = np.where(flat, np.real(alpha), np.where(value.real < 0, length, -length))
        scale = (beta - alpha) / np.where(flat, np.ones_like(beta), beta)
        v = below / np.where(flat, np.ones_like(alpha), alpha - beta)[..., None]
        along = right + np.sum(conjugated(v)[..., None] * a[..., 1:, 1:], axis=-2)
        along = conjugated(scale)[..., None] * along
        steps.append((np.concatenate([beta[..., None], right - along], axis=-1), v))
        scales.append(scale)
        a = a[..., 1:, 1:] - v[..., None] * along[..., None, :]
    for row, v in reversed(steps):
        a = np.concatenate([row[..., None, :], np.concatenate([v[..., None], a], axis=-1)], axis=-2)
    return a, np.stack(scales, axis=-1) if scales else np.reshape(a, (*a.shape[:-2], 0))
