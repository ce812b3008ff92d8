"""``mygrad.linalg``: NumPy's linear algebra, of tensors."""

import numpy as np

from mygrad.engine.chapters import implementation_of
from mygrad.engine.rule import not_differentiable
from mygrad.public import public

__all__: list[str] = []

for _name in np.linalg.__all__:
    _function = getattr(np.linalg, _name)
    if implementation_of(_function) is not None:
        globals()[_name] = public(_function)
        __all__.append(_name)
    elif _function in not_differentiable:
        globals()[_name] = _function
        __all__.append(_name)
