"""The types that annotations of mygrad speak of."""

from types import EllipsisType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["ArrayLike", "DTypeLike", "DTypeLikeReals", "Index", "Mask", "Real", "Shape"]

ArrayLike: TypeAlias = Any
"""Whatever makes a tensor: a number, nested sequences of numbers, arrays or tensors, an array, a tensor.

NumPy's ``ArrayLike`` knows of no sequences that hold tensors, and no type can tell the nested sequences that are arrays from
those that aren't.
"""

DTypeLike: TypeAlias = npt.DTypeLike
"""Whatever makes a dtype."""

DTypeLikeReals: TypeAlias = npt.DTypeLike
"""Whatever makes a dtype of real numbers."""

Real: TypeAlias = int | float
Shape: TypeAlias = int | tuple[int, ...] | list[int]

Mask: TypeAlias = Any
"""What chooses elements, as ``where=`` does: booleans that broadcast."""

Index: TypeAlias = int | np.integer | slice | EllipsisType | np.ndarray | list | tuple | None
"""What goes between the brackets of ``x[...]``."""
