"""Stores of values with a gradient into plain arrays: ``a[i] = t``.

The array can't take the gradient, but a tensor over its memory can. Where nobody else holds the array, the name
that it goes by is bound to that tensor, and nothing that reads it afterwards misses the gradient. Where somebody
does, they would read the values alone, so this raises.
"""

from sys import getrefcount

import numpy as np

from mygrad.drop_in.calls import created, hook
from mygrad.drop_in.counterparts.coercion import has_tensor
from mygrad.engine.function import stacked
from mygrad.engine.record import Handle, recorded_node
from mygrad.errors import GradientLost

__all__ = ["receiver"]


def _counts():
    """What `getrefcount` says of an array that has one name, and of the base that only such an array has."""

    def called(a, value):
        return getrefcount(a), getrefcount(a.base)

    a = np.empty(1)[:]
    return called(a, None)


_ONE_NAME, _ONE_VIEW = _counts()


@hook("receiver")
def receiver(a, value):
    """What takes the place of `a` under its name, so that `value` can be stored into it."""
    if type(a) is not np.ndarray or not has_tensor(value) or a.dtype.kind not in "fc":
        return a
    value = stacked(value)
    if not isinstance(value, Handle) or recorded_node(value) is None or not a.flags.writeable:
        return a
    base = a.base
    if getrefcount(a) > _ONE_NAME or (base is not None and getrefcount(base) > _ONE_VIEW + 1):
        raise GradientLost(
            "A value with a gradient was to be stored into a plain array that others hold as well, and they "
            "would read it without its gradient. Store into a copy: a = a.copy() before, or np.array(a)."
        )
    return created(a)
