"""Inverses, linear systems and determinants of stacks of matrices.

Giles 2008, An extended collection of matrix derivative results for forward and reverse mode.
"""

import math
import operator

import numpy as np

from mygrad.engine.calling import with_value
from mygrad.engine.function import general
from mygrad.engine.record import make
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, values_of
from mygrad.rules.matrices import BLOCK, beside, solved_upper, swapped

general(
    np.linalg.inv,
    vjp={"a": lambda g, out: -np.matmul(swapped(out), np.matmul(g, swapped(out)))},
    jvp={"a": lambda t, out: -np.matmul(out, np.matmul(t, out))},
    note="``-inv(a) da inv(a)`` (Giles 2008, section 2.2.3).",
)


def solution(a, b):
    """The solution of ``a @ x = b``."""
    return np.linalg.solve(a, b)


def transposed_solution(g, a, b_ndim):
    """The solution of ``a.T @ x = g``: by blocks where `a` is a lower triangle, as a Cholesky factor is."""
    # Of a tensor the zeros have derivatives too. The first row tells most other matrices at once.
    large = a.shape[-1] > BLOCK and not hasattr(a, "backward")
    if large and not a[..., 0, 1:].any() and not np.triu(a, 1).any():
        if b_ndim == 1:
            return solved_upper(swapped(a), g[..., None])[..., 0]
        return solved_upper(swapped(a), g)
    return solved(swapped(a), g, b_ndim)


def solved(a, b, b_ndim):
    """``np.linalg.solve``, for one vector with each matrix where `b_ndim` is 1."""
    if b_ndim == 1 and b.ndim > 1:
        return np.linalg.solve(a, b[..., None])[..., 0]
    return np.linalg.solve(a, b)


def solve_vjp(g, a, b_ndim, out):
    """What both get: with ``c`` for that of `b`, that of `a` is ``-c @ out.T``."""
    c = transposed_solution(g, a, b_ndim)
    if b_ndim == 1:
        return -c[..., :, None] * out[..., None, :], c
    return np.matmul(-c, swapped(out)), c


def solve_in_matrix_jvp(t, a, b_ndim, out):
    change = np.matmul(t, out[..., None])[..., 0] if b_ndim == 1 else np.matmul(t, out)
    return -solved(a, change, b_ndim)


general(
    solution,
    vjp={"a": lambda g, a, b_ndim, out: solve_vjp(g, a, b_ndim, out)[0], "b": transposed_solution},
    both=solve_vjp,
    jvp={"a": solve_in_matrix_jvp, "b": lambda t, a, b_ndim: solved(a, t, b_ndim)},
)


@composite(np.linalg.solve)
def solve(a, b):
    """A system with the transposed matrix (Giles 2008, section 2.3.1)."""
    return rules[solution](arraylike(a), arraylike(b))


def adjugate_transposed(a):
    """The matrix of cofactors: det(a) * inv(a).T, and right for singular matrices too.

    From ``a = u diag(s) v``: the cofactors of a product are the product of the cofactors, those of a unitary
    matrix its determinant times its conjugate, those of a diagonal matrix the products of the other elements.
    """
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    others = np.stack([np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(n)], axis=-1) if n else s
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return sign[..., None, None] * np.matmul(np.conjugate(u) * others[..., None, :], np.conjugate(vh))


def det_vjp(g, a, out):
    if np.count_nonzero(out) == out.size:
        return beside(g * out) * swapped(np.linalg.inv(a))
    return beside(g) * adjugate_transposed(a)


def det_jvp(t, a, out):
    return np.sum(t * det_vjp(np.ones_like(out), a, out), axis=(-2, -1))


general(
    np.linalg.det,
    vjp={"a": det_vjp},
    jvp={"a": det_jvp},
    note="The matrix of cofactors: from the inverse (Giles 2008, section 2.2.4), or for singular matrices "
    "from the singular values.",
)


def log_of_determinant(a):
    """``log(det(a))``, for complex numbers with the angle: what ``slogdet`` tells in two."""
    sign, logarithm = np.linalg.slogdet(a)
    return logarithm + 1j * np.angle(sign) if a.dtype.kind == "c" else logarithm


def log_of_determinant_vjp(g, a, out):
    singular = values_of(out).real == -np.inf
    if not np.count_nonzero(singular):
        return beside(g) * swapped(np.linalg.inv(a))
    regular = np.where(beside(singular), np.eye(a.shape[-1], dtype=a.dtype), a)
    result = beside(g) * swapped(np.linalg.inv(regular))
    used = singular & np.not_equal(values_of(g), 0)
    if not np.any(used):
        return result
    return np.where(beside(used), adjugate_transposed(a) * beside(g / np.linalg.det(a)), result)


def log_of_determinant_jvp(t, a, out):
    if np.any(np.isneginf(values_of(out).real)):
        return np.sum(t * log_of_determinant_vjp(np.ones_like(out), a, out), axis=(-2, -1))
    return np.trace(np.linalg.solve(a, t), axis1=-2, axis2=-1)


general(
    log_of_determinant,
    vjp={"a": log_of_determinant_vjp},
    jvp={"a": log_of_determinant_jvp},
    note="The inverse, transposed (Giles 2008). Of a singular matrix the derivative is infinite, as that of "
    "the logarithm at 0.",
)


@composite(np.linalg.slogdet)
def slogdet(a):
    """The sign of a real determinant is constant; that of a complex one turns with its angle."""
    result = np.linalg.slogdet(values_of(a))
    if a.dtype.kind == "c":
        whole = rules[log_of_determinant](a)
        turned = with_value(result.sign, np.exp(1j * np.imag(whole)))
        return type(result)(turned, with_value(result.logabsdet, np.real(whole)))
    whole = rules[log_of_determinant].record((a,), result.logabsdet)
    return type(result)(make(result.sign), whole)


def power(a, n):
    """``np.linalg.matrix_power`` of small matrices, for a positive `n`."""
    return np.linalg.matrix_power(a, n)


def power_jvp(t, a, n):
    """The sum of ``a^k t a^(n - 1 - k)``, by repeated squaring."""
    product = change = None  # of the squares that make up the power, and how it moves
    while n:
        n, odd = divmod(n, 2)
        if odd and product is None:
            product, change = a, t
        elif odd:
            product, change = product @ a, product @ t + change @ a
        if n:
            a, t = a @ a, a @ t + t @ a
    return change


general(power, vjp={"a": lambda g, a, n: power_jvp(g, swapped(a), n)}, jvp={"a": power_jvp})


@composite(np.linalg.matrix_power)
def matrix_power(a, n):
    """Of the inverse for negative powers; of large matrices made of products, by repeated squaring."""
    a = arraylike(a)
    small = a.ndim > 1 and a.shape[-1] <= BLOCK
    if small and type(n) is int and n > 0:
        return rules[power](a, n)
    np.linalg.matrix_power(values_of(a), 0)  # for its exceptions
    n = operator.index(n)
    if n < 0:
        return matrix_power(np.linalg.inv(a), -n)
    if n == 0:
        return np.zeros_like(a) + np.eye(a.shape[-1], dtype=a.dtype)
    if n == 3:  # the order of NumPy, for its rounding
        return np.matmul(np.matmul(a, a), a)
    result = square = None
    while n:
        square = a if square is None else np.matmul(square, square)
        n, odd = divmod(n, 2)
        if odd:
            result = square if result is None else np.matmul(result, square)
    return result


@composite(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None):
    """A linear system, after `a` and `b` are put into a matrix and a vector."""
    a, b = arraylike(a), arraylike(b)
    if axes is not None:
        order = list(range(a.ndim))
        for k in axes:
            order.remove(k)
            order.append(k)
        a = np.transpose(a, order)
    shape = a.shape[-(a.ndim - b.ndim) :]
    n = math.prod(shape)
    if a.size != n**2:
        raise np.linalg.LinAlgError(
            "Input arrays must satisfy the requirement prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])"
        )
    return np.reshape(np.linalg.solve(np.reshape(a, (n, n)), np.ravel(b)), shape)


@composite(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    """The inverse, after `a` is put into a matrix."""
    a = arraylike(a)
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    n = math.prod(a.shape[ind:])
    return np.reshape(np.linalg.inv(np.reshape(a, (n, -1))), a.shape[ind:] + a.shape[:ind])
