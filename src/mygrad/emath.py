"""``mygrad.emath``: functions of real numbers that answer with complex ones outside of their real domain."""

import numpy as np

from mygrad.public import public

__all__ = list(np.emath.__all__)

for _name in __all__:
    globals()[_name] = public(getattr(np.emath, _name))
