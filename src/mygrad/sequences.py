"""Operations on many operands, which NumPy lacks."""

import numpy as np

from mygrad.dispatch import with_constant
from mygrad.engine.record import Handle
from mygrad.tensor import Tensor, astensor

__all__ = ["add_sequence", "multi_matmul", "multiply_sequence"]


def _fold(operation, variables, constant):
    if len(variables) < 2:
        raise ValueError(f"At least two tensors are needed; got {len(variables)}.")
    total = astensor(variables[0]) if not isinstance(variables[0], Handle) else variables[0]
    for variable in variables[1:]:
        total = operation(total, variable)
    return with_constant(total, constant)


def add_sequence(*variables, constant=None) -> Tensor:
    """Add up two or more array-likes."""
    return _fold(np.add, variables, constant)


def multiply_sequence(*variables, constant=None) -> Tensor:
    """Multiply two or more array-likes."""
    return _fold(np.multiply, variables, constant)


def multi_matmul(tensors, *, constant=None) -> Tensor:
    """Multiply two or more matrices in the order that needs the fewest operations; the first and the last may
    be vectors.

    Raises
    ------
    ValueError
        For less than two operands.

    Notes
    -----
    The order is found by dynamic programming (Cormen et al., Introduction to Algorithms, 15.2).
    """
    tensors = [t if isinstance(t, Handle) else astensor(t) for t in tensors]
    n = len(tensors)
    if n < 2:
        raise ValueError(f"At least two tensors are needed; got {n}.")
    sizes = [1 if t.ndim == 1 and i == 0 else t.shape[0] for i, t in enumerate(tensors)]
    sizes.append(tensors[-1].shape[-1] if tensors[-1].ndim == 2 else 1)
    # best[i, j]: the cost of the product of i to j, and after which factor to split it.
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            best[i, j] = min(
                (best[i, k][0] + best[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
                for k in range(i, j)
            )

    def product(i, j):
        if i == j:
            return tensors[i]
        k = best[i, j][1]
        return np.matmul(product(i, k), product(k + 1, j))

    return with_constant(product(0, n - 1), constant)
