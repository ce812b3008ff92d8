"""``mygrad.random``: tensors of random numbers, from NumPy's global stream.

The same seed gives the same numbers as the functions of these names in ``numpy.random``.
"""

from typing import Any

import numpy as np

from mygrad.tensor import Tensor, tensor
from mygrad.typing import Shape

__all__ = ["rand", "randint", "randn", "random", "random_sample", "ranf", "sample", "seed"]


def rand(*shape: int, constant: bool | None = None) -> Tensor:
    """Random numbers, uniform in [0, 1), in an array with axes of the lengths `shape`."""
    return tensor(np.random.rand(*shape), constant=constant, copy=False)


def randn(*shape: int, constant: bool | None = None) -> Tensor:
    """Random numbers of the standard normal distribution, in an array with axes of the lengths `shape`."""
    return tensor(np.random.randn(*shape), constant=constant, copy=False)


def random_sample(shape: Shape | None = None, *, constant: bool | None = None) -> Tensor:
    """Random numbers, uniform in [0, 1).

    Parameters
    ----------
    shape : int or tuple of ints, optional
        By default a single number is drawn.
    constant : bool, optional
        Whether no gradient is wanted.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.random.seed(0)
    >>> mg.random.random_sample((2, 3)).shape
    (2, 3)
    """
    return tensor(np.random.random_sample(shape), constant=constant, copy=False)


random = ranf = sample = random_sample


def randint(low, high=None, shape: Shape | None = None, dtype: Any = int) -> Tensor:
    """Random integers from `low` up to but without `high`; from 0 up to but without `low` if `high` is None.
    A constant."""
    return tensor(np.random.randint(low, high, size=shape, dtype=dtype), copy=False)


def seed(seed_number) -> None:
    """Start NumPy's global stream, and so this one, from `seed_number`."""
    np.random.seed(seed_number)
