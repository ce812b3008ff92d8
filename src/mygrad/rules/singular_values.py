"""Singular values and singular vectors, and the condition of matrices.

Vectors are determined up to a sign, or a phase, and those of equal values are an arbitrary basis. The
derivatives are right for what doesn't depend on that choice. The formulas divide by differences of singular
values; of equal ones, the part of the derivative that would mix their vectors is 0.

Townsend 2016, Differentiating the singular value decomposition; Wan & Zhang 2019, Automatic differentiation
for complex valued SVD.
"""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.rule import composite, no_gradient, rules
from mygrad.rules.arguments import arraylike, of_dtype, values_of
from mygrad.rules.joint import Joint
from mygrad.rules.matrices import (
    beside,
    conjugated,
    dagger,
    diagonals,
    over_gaps,
    pairs,
    turning,
)

SVDResult = type(np.linalg.svd(np.eye(1)))


def nonzero(s):
    """`s` to divide by: what is divided by 0 is to vanish."""
    values = values_of(s)
    return s if np.count_nonzero(values) == values.size else np.where(values == 0, np.inf, s)


def svd_vjp(g, out):
    """Wan & Zhang 2019, with sums and differences of singular values divided by apart, as Townsend 2016 does.

    Of the cotangents of the vectors the anti-Hermitian parts count. Divided by the differences is their sum,
    which vanishes for what doesn't depend on the choice of vectors of equal singular values.
    """
    gu, gs, gvh = g
    u, s, vh = out
    k = s.shape[-1]
    inner = 0.0 if gs is None else diagonals(gs)
    moved_u = moved_v = None
    if gu is not None or gvh is not None:
        sides, cotangents = [], []
        for gx, x in ((gu, u), (None if gvh is None else dagger(gvh), dagger(vh))):
            if gx is None:
                sides.append((0.0, None))
                continue
            gx = conjugated(gx)
            turned, moved = turning(gx, x, k)
            sides.append(((turned - dagger(turned)) / 2, moved))
            cotangents.append(gx[..., :k])
        (turned_u, moved_u), (turned_v, moved_v) = sides
        after, before = pairs(s)
        inner = inner + over_gaps(turned_u + turned_v, after - before, s, cotangents, gs)
        inner = inner + (turned_u - turned_v) / nonzero(after + before)
    u, vh = u[..., :k], vh[..., :k, :]
    left = u @ inner
    if moved_u is not None:
        left = left + moved_u / nonzero(s)[..., None, :]
    result = left @ vh
    if moved_v is not None:
        result = result + (u / nonzero(s)[..., None, :]) @ dagger(moved_v)
    return conjugated(result)


def decomposed(a, full_matrices):
    return np.linalg.svd(a, full_matrices)


triples = Joint(decomposed, svd_vjp)


@composite(np.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """Singular vectors have an arbitrary sign or phase, those of equal values are an arbitrary basis, and so
    are those that ``full_matrices=True`` adds: the derivative is right for what doesn't depend on the choice
    (Wan & Zhang 2019). For singular values that are equal to rounding, the part that mixes their vectors is
    0, with a warning if the loss may need it.
    """
    a = arraylike(a)
    if hermitian:
        return of_hermitian(a, compute_uv)
    return triples(a, full_matrices=full_matrices) if compute_uv else rules[singular_values](a)


def of_hermitian(a, compute_uv):
    """From the eigenvalues; the vectors on the right take their signs."""
    w, v = np.linalg.eigh(a) if compute_uv else (np.linalg.eigvalsh(a), None)
    s = np.abs(w)
    order = np.argsort(values_of(s), axis=-1)[..., ::-1]
    s = np.take_along_axis(s, order, axis=-1)
    if not compute_uv:
        return s
    signs = np.take_along_axis(np.sign(values_of(w)), order, axis=-1)
    u = np.take_along_axis(v, order[..., None, :], axis=-1)
    return SVDResult(u, s, dagger(u * signs[..., None, :]))


def singular_values(a):
    """The singular values of a stack of matrices."""
    return np.linalg.svd(a, compute_uv=False)


def singular_values_vjp(g, a):
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return conjugated((u * (g * np.not_equal(values_of(s), 0))[..., None, :]) @ vh)


def singular_values_jvp(t, a):
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    along = np.real(np.sum(conjugated(u) * (t @ dagger(vh)), axis=-2))
    return along * np.not_equal(values_of(s), 0)


general(
    singular_values,
    vjp={"a": singular_values_vjp},
    jvp={"a": singular_values_jvp},
    note="Of a singular value that is 0 the derivative is 0, the element of least norm. A function of equal "
    "ones has a derivative if it is symmetric in them (Giles 2008).",
)


@composite(np.linalg.svdvals)
def svdvals(x, /):
    """Of a singular value that is 0 the derivative is 0, the element of least norm. A function of equal ones
    has a derivative if it is symmetric in them (Giles 2008)."""
    return rules[singular_values](arraylike(x))


no_gradient(np.linalg.matrix_rank, note="A whole number: constant but for jumps.")


@composite(np.linalg.cond)
def cond(x, p=None):
    """Made of norms or singular values; of a singular matrix the result is infinite and constant."""
    x = arraylike(x)
    value = np.linalg.cond(values_of(x), p)
    infinite, undefined = np.isinf(value), np.isnan(value)  # which is an error before NumPy 2.5
    singular, holes = np.count_nonzero(infinite), np.count_nonzero(undefined)
    if singular or holes:
        x = np.where(beside(infinite | undefined), np.eye(*x.shape[-2:], dtype=x.dtype), x)
    if p is None or p in (2, -2):
        s = rules[singular_values](x)
        result = s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    else:
        result = np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, axis=(-2, -1))
    result = of_dtype(result, value.dtype)
    if holes:
        result = result * np.where(undefined, np.nan, 1.0).astype(value.dtype)
    return np.where(infinite, np.full_like(value, np.inf), result) if singular else result
