"""Pseudo-inverses and least squares.

Golub & Pereyra 1973, The differentiation of pseudo-inverses and nonlinear least squares problems whose
variables separate: they have a derivative where the rank is constant. Of matrices that aren't of full rank,
that is the derivative along changes that keep the rank, and the formula for all others.
"""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike, values_of
from mygrad.rules.joint import Joint
from mygrad.rules.matrices import conjugated, dagger, mirrored, of_triangle, swapped


def pinv_vjp(g, a, out, hermitian):
    a, ph, gh = mirrored(a) if hermitian else a, dagger(out), swapped(g)
    beside_range = gh - a @ (out @ gh)
    beside_rows = gh - (gh @ out) @ a
    result = beside_range @ (out @ ph) + (ph @ out) @ beside_rows - ph @ dagger(gh) @ ph
    return of_triangle(conjugated(result)) if hermitian else conjugated(result)


def pinv_jvp(t, a, out, hermitian):
    a, t = (mirrored(a), mirrored(t)) if hermitian else (a, t)
    ph, th = dagger(out), dagger(t)
    beside_range = th - (th @ a) @ out
    beside_rows = th - out @ (a @ th)
    return out @ (ph @ beside_range) + (beside_rows @ ph) @ out - out @ t @ out


general(
    np.linalg.pinv,
    vjp={"a": pinv_vjp},
    jvp={"a": pinv_jvp},
    note="Of a matrix that isn't of full rank, the derivative along changes that keep the rank (Golub & "
    "Pereyra 1973). With ``hermitian=True`` the lower triangle is read, and has the gradient.",
)


def solved(a, b, rcond):
    return np.linalg.lstsq(a, b, rcond)


def lstsq_vjp(g, out, a, b):
    """Golub & Pereyra 1973; the residuals don't feel the change of the solution, which makes them least."""
    gx, g_residuals, _, gs = g
    x, residuals, rank, s = out
    vector = b.ndim == 1
    if vector:
        b, x = b[:, None], x[:, None]
    rest = b - a @ x
    ga, gb = np.zeros(a.shape, a.dtype), np.zeros(b.shape, b.dtype)
    if gx is not None:
        gx = conjugated(gx[:, None] if vector else gx)
        p = inverse_of_rank(a, rank, s)
        gb = dagger(p) @ gx
        gxh = dagger(gx)
        ga = -(gb @ dagger(x))
        if rank < a.shape[0]:  # else nothing is left of `b`
            ga = ga + rest @ (gxh @ p @ dagger(p))
        if rank < a.shape[1]:  # else ``p @ a`` is the identity
            ga = ga + (dagger(p) @ x) @ (gxh - (gxh @ p) @ a)
    if g_residuals is not None and residuals.size:
        weighted = 2.0 * rest * g_residuals
        ga, gb = ga - weighted @ dagger(x), gb + weighted
    if gs is not None:
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        ga = ga + (u * gs[..., None, :]) @ vh
    ga, gb = conjugated(ga), conjugated(gb)
    return ga, gb[:, 0] if vector else gb


def inverse_of_rank(a, rank, s):
    """The pseudo-inverse of a matrix of this rank, whose singular values are `s`."""
    if hasattr(a, "backward"):  # the derivative of vectors isn't defined where values are equal: pinv's is
        return np.linalg.pinv(a, cutoff(values_of(s), rank))
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return (dagger(vh[:rank]) / s[:rank]) @ dagger(u[:, :rank])


def cutoff(s, rank):
    """Relative to the largest, a number between the singular values that count and those that don't."""
    if rank == 0:
        return 1.0
    return float(s[rank - 1] + s[rank]) / 2.0 / float(s[0]) if rank < len(s) else 0.0


least_squares = Joint(solved, lstsq_vjp, inputs=("a", "b"))


@composite(np.linalg.lstsq)
def lstsq(a, b, rcond=None):
    """Of a matrix that isn't of full rank, the derivative along changes that keep the rank (Golub & Pereyra
    1973). The rank is a plain number."""
    return least_squares(arraylike(a), arraylike(b), rcond=rcond)
