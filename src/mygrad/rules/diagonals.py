"""Triangles and diagonals of matrices."""

import numpy as np

from mygrad.engine.function import linear
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike

linear(np.tril, m=lambda g, k: np.tril(g, k))
linear(np.triu, m=lambda g, k: np.triu(g, k))


def diagonal_matrix(v, k=0):
    """The matrix that is zero but for its k-th diagonal, a vector."""
    return np.diag(v, k)


linear(diagonal_matrix, v=lambda g, k: np.diagonal(g, k))


@composite(np.diag)
def diag(v, k=0):
    if v.ndim == 1:
        return rules[diagonal_matrix](v, k)
    if v.ndim == 2:
        return np.diagonal(v, k)
    raise ValueError(f"Input must be 1- or 2-d; got the shape {v.shape}.")


@composite(np.diagflat)
def diagflat(v, k=0):
    return rules[diagonal_matrix](np.ravel(arraylike(v)), k)
