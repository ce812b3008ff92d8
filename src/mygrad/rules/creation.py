"""Arrays made like another one: constants, whatever they are like."""

import numpy as np

from mygrad.engine.record import Handle, make
from mygrad.engine.rule import composite


def _like(function):
    def like(prototype, *args, **kwargs):
        """As NumPy's, of tensors: a new leaf, which carries a gradient if the prototype does and the dtype can."""
        source = prototype._value if isinstance(prototype, Handle) else prototype
        plain = [a._value if isinstance(a, Handle) else a for a in args]
        kwargs = {name: v._value if isinstance(v, Handle) else v for name, v in kwargs.items()}
        t = type(prototype)(function(source, *plain, **kwargs), copy=False) if isinstance(prototype, Handle) else None
        if t is None:
            return make(np.asarray(function(source, *plain, **kwargs)))
        t._saved = None
        if prototype.constant:
            t._node = None
        return t

    return like


for _function in (np.zeros_like, np.ones_like, np.empty_like):
    composite(_function)(_like(_function))


@composite(np.full_like)
def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None):
    result = np.empty_like(a, dtype=dtype, order=order, subok=subok, shape=shape)
    result[...] = fill_value
    return result
