"""Eigenvalues and eigenvectors.

Vectors are determined up to a sign, or a phase, and those of equal eigenvalues are an arbitrary basis. The
derivatives are right for what doesn't depend on that choice. The formulas divide by differences of
eigenvalues; of equal ones, the part of the derivative that would mix their vectors is 0.

Giles 2008, An extended collection of matrix derivative results for forward and reverse mode.
"""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, values_of
from mygrad.rules.joint import Joint
from mygrad.rules.matrices import (
    conjugated,
    dagger,
    diagonals,
    mirrored,
    of_triangle,
    over_gaps,
    pairs,
    size,
)

# ------------------------------------------------------------------------------------- Hermitian matrices


def eigh_vjp(g, out, UPLO):
    """Giles 2008, section 3.1: ``v (diag(gw) + f * (v* gv)) v*`` with ``f = 1 / (w[j] - w[i])``.

    `f` is antisymmetric, so of ``v* gv`` the anti-Hermitian part counts. It vanishes for what doesn't depend
    on the choice of vectors of equal values.
    """
    gw, gv = g
    w, v = out
    if gv is None:
        return of_triangle(conjugated((v * gw[..., None, :]) @ dagger(v)), UPLO)
    gv = conjugated(gv)
    p = dagger(v) @ gv
    after, before = pairs(w)
    inner = over_gaps((p - dagger(p)) / 2, after - before, w, [gv], gw)
    if gw is not None:
        inner = inner + diagonals(gw)
    return of_triangle(conjugated(v @ inner @ dagger(v)), UPLO)


def decomposed_hermitian(a, UPLO):
    return np.linalg.eigh(a, UPLO)


hermitian_pairs = Joint(decomposed_hermitian, eigh_vjp)


@composite(np.linalg.eigh)
def eigh(a, UPLO="L"):
    """One triangle is read, and has the gradient (Giles 2008).

    Eigenvectors have an arbitrary sign or phase, and those of equal eigenvalues are an arbitrary basis: the
    derivative is right for what doesn't depend on the choice. For eigenvalues that are equal to rounding, the
    part that mixes their vectors is 0, with a warning if the loss may need it.
    """
    return hermitian_pairs(arraylike(a), UPLO=UPLO)


def eigvalsh_jvp(t, a, UPLO):
    _, v = np.linalg.eigh(a, UPLO)
    return np.real(np.sum(conjugated(v) * (mirrored(t, UPLO) @ v), axis=-2))


general(
    np.linalg.eigvalsh,
    vjp={"a": lambda g, a, UPLO: eigh_vjp((g, None), np.linalg.eigh(a, UPLO), UPLO)},
    jvp={"a": eigvalsh_jvp},
    note="One triangle is read, and has the gradient (Giles 2008). A function of equal eigenvalues has one "
    "if it is symmetric in them.",
)

# ------------------------------------------------------------------------------------------ general matrices


def eig_vjp(g, out):
    """Giles 2008, section 3.1, for vectors of length 1 whose largest component is real, as LAPACK has
    them."""
    gw, gv = g
    w, v = out
    inner = 0.0
    if gv is not None:
        gv = conjugated(gv)
        along = np.sum(conjugated(v) * gv, axis=-2, keepdims=True)
        turned = gv - v * np.real(along)
        if v.dtype.kind == "c" and v.size:
            largest = np.argmax(np.abs(values_of(v)), axis=-2)[..., None, :]
            there = np.arange(v.shape[-1])[:, None] == largest
            turned = turned - 1j * there * (np.imag(along) / np.real(np.take_along_axis(v, largest, axis=-2)))
        after, before = pairs(w)
        inner = over_gaps(dagger(v) @ turned, conjugated(after - before), w, [gv], gw)
    if gw is not None:
        inner = inner + diagonals(conjugated(gw))
    vh = dagger(v)
    return conjugated(np.linalg.solve(vh, inner @ vh))


def decomposed(a):
    return np.linalg.eig(a)


eigen_pairs = Joint(decomposed, eig_vjp)


@composite(np.linalg.eig)
def eig(a):
    """Eigenvectors have length 1 and a real largest component, and their derivative keeps to that (Giles
    2008).

    For eigenvalues that are equal to rounding, the part that mixes their vectors is 0. A matrix that can't be
    diagonalized has no derivative: the sweep raises LinAlgError, or the result is as large as the matrix is
    close to one.
    """
    return eigen_pairs(arraylike(a))


def eigenvectors_of(a, values):
    """The eigenvectors that belong to `values`, computed now."""
    w, v = np.linalg.eig(a)
    order = places(values_of(values), values_of(w))
    return v if order is None else np.take_along_axis(v, order[..., None, :], axis=-1)


def eigvals_vjp(g, a, out):
    return eig_vjp((g, None), (out, eigenvectors_of(a, out)))


def eigvals_jvp(t, a, out):
    v = eigenvectors_of(a, out)
    return np.diagonal(np.linalg.solve(v, t @ v), axis1=-2, axis2=-1)


def places(wanted, found):
    """Where each of the eigenvalues `wanted` is among those `found`, if not in the same place.

    LAPACK computes eigenvalues alone in another way than with their vectors, and may find them in another
    order.
    """
    distances = np.abs(wanted[..., :, None] - found[..., None, :])
    if not distances.size:
        return None
    order = np.argmin(distances, axis=-1)
    nearest = np.min(distances, axis=-1)
    if np.all(np.diagonal(distances, axis1=-2, axis2=-1) <= 2 * nearest + 1e-12 * size(found)[..., 0]):
        return None
    ordered = np.sort(order, axis=-1) == np.arange(order.shape[-1])
    return order if np.all(ordered) else None


general(
    np.linalg.eigvals,
    vjp={"a": eigvals_vjp},
    jvp={"a": eigvals_jvp},
    note="Where the matrix can't be diagonalized there is no derivative: the sweep raises LinAlgError, or "
    "the result is as large as the matrix is close to one (Giles 2008).",
)
