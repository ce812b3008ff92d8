"""Triangles and diagonals of matrices."""

from functools import lru_cache

import numpy as np

from mygrad.engine.function import linear
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike
from mygrad.rules.reductions import SMALL


@lru_cache(256)
def below(rows, columns, k):
    """Which elements of a small matrix are below a diagonal, or on it."""
    return np.tri(rows, columns, k, bool)


def _is_small(m, k):
    return type(m) is np.ndarray and m.ndim > 1 and m.shape[-2] * m.shape[-1] <= SMALL and type(k) is int


def lower(m, k=0):
    """``np.tril``, with the same values: of small matrices in half of the time."""
    if not _is_small(m, k):
        return np.tril(m, k)
    return np.where(below(*m.shape[-2:], k), m, np.zeros(1, m.dtype))


def upper(m, k=0):
    """``np.triu``, with the same values: of small matrices in half of the time."""
    if not _is_small(m, k):
        return np.triu(m, k)
    return np.where(below(*m.shape[-2:], k - 1), np.zeros(1, m.dtype), m)


linear(np.tril, method=lower, m=lambda g, k: lower(g, k))
linear(np.triu, method=upper, m=lambda g, k: upper(g, k))


def diagonal_matrix(v, k=0):
    """The matrix that is zero but for its k-th diagonal, a vector."""
    return np.diag(v, k)


linear(diagonal_matrix, v=lambda g, k: g.diagonal(k))


@composite(np.diag)
def diag(v, k=0):
    if v.ndim == 1:
        return rules[diagonal_matrix](v, k)
    if v.ndim == 2:
        return rules[np.diagonal](v, k)
    raise ValueError(f"Input must be 1- or 2-d; got the shape {v.shape}.")


@composite(np.diagflat)
def diagflat(v, k=0):
    return rules[diagonal_matrix](np.ravel(arraylike(v)), k)
