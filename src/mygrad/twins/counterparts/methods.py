"""Methods of arrays that hand out plain values: in a twin they keep the gradient."""

import numpy as np

from mygrad.tensor import Tensor
from mygrad.twins.calls import counterpart, number
from mygrad.twins.counterparts.coercion import coerced

__all__: list[str] = []


def _python_number(t):
    """An element as a number of Python's; what carries no gradient as a plain one."""
    if t.constant:
        return t.item()
    return number(t, complex if t.dtype.kind == "c" else float)


@counterpart(Tensor.item)
def item(self, *args):
    if self.constant:
        return self.item(*args)
    if not args:
        np.empty(self.shape).item()  # which raises unless there is one element
    place = args[0] if len(args) == 1 else args or 0
    return _python_number(self[place] if isinstance(place, tuple) else self.flat[place])


@counterpart(Tensor.tolist)
def tolist(self):
    if self.constant:
        return self.tolist()
    return [tolist(part) for part in self] if self.ndim else _python_number(self)


@counterpart(Tensor.__array__)
def array(self, dtype=None, copy=None):
    return coerced(self, dtype, copy)


@counterpart(Tensor.astype)
def astype(self, dtype, *args, **kwargs):
    if np.dtype(dtype) == object and not self.constant:
        return coerced(self, object)
    # What was made a whole number, or text, carries no gradient any more.
    constant = {"constant": True} if self.constant else {}
    return self.astype(dtype, *args, **{**constant, **kwargs})
