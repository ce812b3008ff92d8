"""Inverses, linear systems and determinants of stacks of matrices.

Giles 2008, An extended collection of matrix derivative results for forward and reverse mode.
"""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.record import make
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, values_of
from mygrad.rules.products import swapped

general(
    np.linalg.inv,
    vjp={"a": lambda g, out: -np.matmul(swapped(out), np.matmul(g, swapped(out)))},
    jvp={"a": lambda t, out: -np.matmul(out, np.matmul(t, out))},
)


def solution(a, b):
    """The solution of ``a @ x = b``, where `b` holds columns."""
    return np.linalg.solve(a, b)


general(
    solution,
    vjp={
        "a": lambda g, a, out: -np.matmul(np.linalg.solve(swapped(a), g), swapped(out)),
        "b": lambda g, a: np.linalg.solve(swapped(a), g),
    },
    jvp={
        "a": lambda t, a, out: -np.linalg.solve(a, np.matmul(t, out)),
        "b": lambda t, a: np.linalg.solve(a, t),
    },
)


@composite(np.linalg.solve)
def solve(a, b):
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


def beside(g):
    """A number for each matrix, beside the matrices."""
    return np.expand_dims(g, (-2, -1))


def det_vjp(g, a, out):
    if np.all(np.not_equal(out, 0)):
        return beside(g * out) * swapped(np.linalg.inv(a))
    return beside(g) * adjugate_transposed(a)


def det_jvp(t, a, out):
    return np.sum(t * det_vjp(np.ones_like(out), a, out), axis=(-2, -1))


general(np.linalg.det, vjp={"a": det_vjp}, jvp={"a": det_jvp})


def log_of_determinant(a):
    """``log(det(a))``, for complex numbers with the angle: what ``slogdet`` tells in two."""
    sign, logarithm = np.linalg.slogdet(a)
    return logarithm + 1j * np.angle(sign) if a.dtype.kind == "c" else logarithm


general(
    log_of_determinant,
    vjp={"a": lambda g, a: beside(g) * swapped(np.linalg.inv(a))},
    jvp={"a": lambda t, a: np.trace(np.linalg.solve(a, t), axis1=-2, axis2=-1)},
)


@composite(np.linalg.slogdet)
def slogdet(a):
    """The sign of a real determinant is constant; that of a complex one turns with its angle."""
    result = np.linalg.slogdet(values_of(a))
    whole = rules[log_of_determinant](a)
    if a.dtype.kind == "c":
        return type(result)(np.exp(1j * np.imag(whole)), np.real(whole))
    return type(result)(make(result.sign), whole)


@composite(np.linalg.matrix_power)
def matrix_power(a, n):
    a = arraylike(a)
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        return np.zeros_like(a) + np.eye(a.shape[-1], dtype=a.dtype)
    result = None
    while n:
        if n % 2:
            result = a if result is None else np.matmul(result, a)
        n //= 2
        if n:
            a = np.matmul(a, a)
    return result
