"""Checks of derivatives: `check_rule` compares all that can be asked of one with numerical differentiation.

`numerical` differentiates numerically, `subject` calls a function with arrays and with tensors, `checks` has
the checks themselves. They need NumPy alone.
"""

from mygrad.testing.checks import check_rule
from mygrad.testing.gradients import numerical_gradient

__all__ = ["check_rule", "numerical_gradient"]
