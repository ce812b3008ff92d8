"""The types that annotations of mygrad speak of."""

from collections.abc import Sequence
from types import EllipsisType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["ArrayLike", "DTypeLike", "DTypeLikeReals", "Index", "Mask", "Real", "Shape"]

ArrayLike: TypeAlias = npt.ArrayLike | Sequence[Any]
"""Whatever makes a tensor: a number, an array, a tensor, or nested sequences of those, which NumPy's
``ArrayLike`` doesn't know."""

DTypeLike: TypeAlias = npt.DTypeLike
"""Whatever makes a dtype."""

DTypeLikeReals: TypeAlias = npt.DTypeLike
"""Whatever makes a dtype of real numbers."""

Real: TypeAlias = int | float
Shape: TypeAlias = int | tuple[int, ...] | list[int]

Mask: TypeAlias = ArrayLike
"""What chooses elements, as ``where=`` does: booleans that broadcast."""

Index: TypeAlias = int | np.integer | slice | EllipsisType | np.ndarray | list | tuple | None
"""What goes between the brackets of ``x[...]``."""
