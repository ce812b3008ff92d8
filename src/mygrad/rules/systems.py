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
    """The solution of ``a @ x = b``, where `b` holds columns."""
    return np.linalg.solve(a, b)


def transposed_solution(a, g):
    """The solution of ``a.T @ x = g``: by blocks where `a` is a lower triangle, as a Cholesky factor is."""
    # Of a tensor the zeros have derivatives too. The first row tells most other matrices at once.
    large = a.shape[-1] > BLOCK and not hasattr(a, "backward")
    if large and not a[..., 0, 1:].any() and not np.triu(a, 1).any():
        return solved_upper(swapped(a), g)
    return np.linalg.solve(swapped(a), g)


general(
    solution,
    vjp={
        "a": lambda g, a, out: np.matmul(transposed_solution(a, -g), swapped(out)),
        "b": lambda g, a: transposed_solution(a, g),
    },
    jvp={
        "a": lambda t, a, out: -np.linalg.solve(a, np.matmul(t, out)),
        "b": lambda t, a: np.linalg.solve(a, t),
    },
)


@composite(np.linalg.solve)
def solve(a, b):
    """A system with the transposed matrix (Giles 2008, section 2.3.1)."""
    a, b = arraylike(a), arraylike(b)
    if b.ndim == 1:
        return rules[solution](a, b[:, None])[..., 0]
    return rules[solution](a, b)


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
    if np.all(np.not_equal(out, 0)):
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
    singular = np.isneginf(values_of(out).real)
    if not np.any(singular):
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
    whole = rules[log_of_determinant](a)
    if a.dtype.kind == "c":
        turned = with_value(result.sign, np.exp(1j * np.imag(whole)))
        return type(result)(turned, with_value(result.logabsdet, np.real(whole)))
    return type(result)(make(result.sign), whole)


@composite(np.linalg.matrix_power)
def matrix_power(a, n):
    """Made of products, by repeated squaring, and of the inverse for negative powers."""
    a = arraylike(a)
    np.linalg.matrix_power(values_of(a), 0)  # for its exceptions
    n = operator.index(n)
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        return np.zeros_like(a) + np.eye(a.shape[-1], dtype=a.dtype)
    if n == 3:  # the order of NumPy, for its rounding
        return np.matmul(np.matmul(a, a), a)
    result = power = None
    while n:
        power = a if power is None else np.matmul(power, power)
        n, odd = divmod(n, 2)
        if odd:
            result = power if result is None else np.matmul(result, power)
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
