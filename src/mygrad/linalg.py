"""``mygrad.linalg``: NumPy's linear algebra, of tensors."""

import numpy as np

import mygrad.rules  # noqa: F401  fills the table
from mygrad.engine.rule import composites, not_differentiable, rules
from mygrad.public import public

__all__: list[str] = []

for _name in np.linalg.__all__:
    _function = getattr(np.linalg, _name)
    if _function in composites or _function in rules:
        globals()[_name] = public(_function)
        __all__.append(_name)
    elif _function in not_differentiable:
        globals()[_name] = _function
        __all__.append(_name)
