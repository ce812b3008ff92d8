"""``mygrad.as_strided``: views by strides, which NumPy doesn't hand to tensors."""

from numpy.lib import stride_tricks

from mygrad.public import public

__all__ = ["as_strided"]

as_strided = public(stride_tricks.as_strided)
