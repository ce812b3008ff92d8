"""Stacks of matrices: what the chapters of linear algebra share.

A cotangent pairs as ``dL = Re(sum(g * da))``. The formulas of the literature pair with the conjugate, so the
rules take the conjugate of what comes, follow the paper, and give the conjugate of what they find.
"""

import warnings
from functools import lru_cache

import numpy as np

from mygrad.rules.arguments import values_of
from mygrad.rules.products import conjugated, swapped

__all__ = [
    "BLOCK",
    "beside",
    "conjugated",
    "dagger",
    "diagonals",
    "lengths",
    "lower",
    "mirrored",
    "of_triangle",
    "over_gaps",
    "pairs",
    "size",
    "swapped",
    "turning",
]


def dagger(a):
    """The conjugate transpose of each matrix."""
    return conjugated(swapped(a))


def beside(g):
    """A number for each matrix, beside the matrices."""
    return g[..., None, None]


def diagonals(d):
    """A diagonal matrix for each row."""
    return d[..., None, :] * np.eye(d.shape[-1], dtype=d.real.dtype)


def lower(a, UPLO="L"):
    """The triangle of square matrices, with half of the diagonal."""
    n = a.shape[-1]
    weights = (weights_of_small if n <= BLOCK else weights_of_triangle)(n, a.dtype.char.lower())
    return a * (weights if UPLO in "Ll" else weights.T)


def weights_of_triangle(n, char):
    """What a matrix is multiplied with for its lower triangle, with half of the diagonal."""
    weights = np.tri(n, dtype=char)
    np.fill_diagonal(weights, 0.5)
    return weights


# Making them takes ten times as long as the product with them.
weights_of_small = lru_cache(256)(weights_of_triangle)

BLOCK = 64
"""The size from which on a triangular matrix is solved by halves."""


def solved_upper(u, b):
    """The solution of ``u @ x = b`` for upper triangular matrices.

    By halves, so that most of the work is a product of matrices: NumPy's solve eliminates, and doesn't see
    that it has nothing to do. No row is exchanged. For many columns the blocks on the diagonal are inverted.
    """
    n = u.shape[-1]
    if n <= BLOCK:
        return np.linalg.solve(u, b) if b.shape[-1] < 2 * n else np.matmul(np.linalg.inv(u), b)
    k = n // 2
    below = solved_upper(u[..., k:, k:], b[..., k:, :])
    above = solved_upper(u[..., :k, :k], b[..., :k, :] - u[..., :k, k:] @ below)
    return np.concatenate([above, below], axis=-2)


def mirrored(a, UPLO="L"):
    """The Hermitian matrix that LAPACK makes of one triangle of `a`; the other one isn't read."""
    half = lower(a, UPLO)
    return half + dagger(half)


def of_triangle(g, UPLO="L"):
    """The cotangent of the triangle that is read, given that of the Hermitian matrix: the transpose of
    `mirrored`."""
    return lower(g + dagger(g), UPLO)


def pairs(x):
    """``x[j]`` and ``x[i]``, as matrices with row i and column j."""
    return x[..., None, :], x[..., :, None]


def lengths(g):
    """The length of the longer of each two columns: what products with them are rounded relative to."""
    return np.maximum(*pairs(np.linalg.norm(values_of(g), axis=-2)))


def size(values):
    """The largest magnitude in each row, beside the matrices."""
    return np.max(np.abs(values_of(values)), axis=-1, initial=0.0)[..., None, None]


@lru_cache(256)
def infinite_diagonal(n, char):
    """Zeros, but for the diagonal."""
    infinite = np.zeros((n, n), char)
    np.fill_diagonal(infinite, np.inf)
    return infinite


def over_gaps(numerators, gaps, values, turned, g):
    """``numerators / gaps``, and 0 where the gap is 0, or where both are no more than rounding.

    The cotangents of vectors and values don't tell how the vectors of equal values mix. They don't for losses
    of the vectors' span alone, such as projections, and of the values alone; for others there is a warning.

    Parameters
    ----------
    values : array
        What the gaps are differences of.
    turned : list of array
        The cotangents of vectors, which the numerators are differences of products with.
    g : array or None
        The cotangent of the values.
    """
    n = gaps.shape[-1]
    rounding = 10 * n * np.finfo(gaps.dtype).eps
    if n <= BLOCK:  # mostly none is lost but those of values to themselves, which is soon told
        apart = gaps + infinite_diagonal(n, gaps.dtype.char)
        least = np.abs(values_of(apart)).min(initial=np.inf)
        if least > rounding * np.abs(values_of(values)).max(initial=0.0):
            return numerators / apart
    gap, numerator = np.abs(values_of(gaps)), np.abs(values_of(numerators))
    unclear = numerator > rounding * sum(map(lengths, turned))
    lost = (gap == 0) | ((gap <= rounding * size(values)) & ~unclear)
    if np.count_nonzero(lost) > lost.size // max(n, 1):  # more than the diagonals
        if g is not None:
            unclear = unclear | (np.maximum(*pairs(np.abs(values_of(g)))) > 0)
        if np.any(lost & unclear & ~np.eye(n, dtype=bool)):
            warnings.warn(MIXING, RuntimeWarning, stacklevel=2)
    return numerators / np.where(lost, np.inf, gaps)


MIXING = (
    "A matrix has equal eigenvalues or singular values, and the loss depends on their vectors: the part of "
    "the derivative that mixes these vectors is taken to be 0, and the gradient may lack it. Functions of a "
    "matrix that are made of products, inverses or solutions have the whole derivative there."
)


def turning(g, x, k):
    """What the cotangent `g` of orthonormal columns `x` does to the first `k` of them.

    Columns past the first `k` are any basis of the rest of the space. They move with the first ones, so what
    comes to them counts as well.

    Returns
    -------
    turned, moved : array, array or None
        ``x* g``, for turning the columns among each other; and the cotangent of moving them out of their
        span.
    """
    first, others = x[..., :k], x[..., k:]
    g_first = g[..., :k]
    turned = dagger(first) @ g_first
    if x.shape[-1] > k:
        return turned, others @ (dagger(others) @ g_first - dagger(g[..., k:]) @ first)
    return turned, g_first - first @ turned if x.shape[-2] > k else None
