"""Elements and rows, read from an array of float64 and written into one.

A loop over elements is the worst that can be asked of arrays, and people write it. So its steps have a path
of their own, in which there is little to find out.
"""

from sys import getrefcount

from numpy import float64, ndarray

from mygrad.engine.call import only_ints
from mygrad.engine.indexing import basic_index
from mygrad.engine.memory import ALONE, SHARED, registry
from mygrad.engine.modes import RECORDING
from mygrad.engine.node import Node, tick
from mygrad.engine.record import FLOAT64, fit_of, fit_of_part, fit_with_element, make, new_node
from mygrad.engine.regions import PLAIN_WRITE, READ, SUPERSEDED_WRITE, Read, Write, add_after_all, own_buffer
from mygrad.engine.views import make_view, watched

__all__ = ["read_element", "write_part"]

recording = RECORDING.get


def read_element(t, index):
    """``t[index]`` for a whole number or a tuple; None if that isn't one number or a row, or `t` no plain
    base."""
    values, parent, shape = t._value, t._node, t._shape
    if (
        type(values) is not ndarray
        or parent is None
        or parent.cotangent is not None
        or (type(index) is not int and not only_ints(index))
        or not recording()
    ):
        return None
    data = values[index]
    if type(data) is not float64:
        return make_view(t, data, READ, index) if type(data) is ndarray else None
    if shape is None:
        if values.dtype is not FLOAT64:
            return None
        shape = values.shape
        if shape and t._saved is not SHARED:
            t._shape = shape
    result = make(data)
    result._node = node = Node()  # as new_node, which would be another call
    node.order = tick()
    node.rule = GET
    node.parent = parent
    node.other = None
    node.rest = ()
    node.saved = index
    node.fit = fit_of_part((), shape)
    node.cotangent = node.grad = None
    node.mark = 0
    return result


def write_part(t, index, value) -> bool:
    """``t[index] = value`` for a basic index, if `t` is a plain base, `value` no view, and both carry a
    gradient; else False, and nothing has happened."""
    values, old = t._value, t._node
    data, new = value._value, value._node
    if (
        old is None
        or new is None
        or old.cotangent is not None
        or new.cotangent is not None
        or t._view is not None
        or t._saved is not None
        or type(values) is not ndarray
        or values.dtype is not FLOAT64
        or data.dtype is not FLOAT64
        or values.base is not None
        or id(values) in registry
        or watched
        or not recording()
    ):
        return False
    if not data.ndim and (values.ndim == 1 if type(index) is int else _names_element(index, values)):
        fit = fit_with_element(values.shape)
    elif basic_index(index) and values.flags.c_contiguous:
        fit = fit_of(values, values, data)
    else:
        return False
    values[index] = data
    if old.rule is PLAIN_WRITE:  # as in most steps of a loop
        old.rule = SUPERSEDED_WRITE
    elif isinstance(old.rule, Write):
        old.rule.supersede(old)
    t._node = new_node(PLAIN_WRITE, index, fit, old, new)
    return True


def _names_element(index, values):
    """Whether an index names a single element of `values`, an array in C order."""
    return (
        type(index) is tuple and len(index) == values.ndim and only_ints(index) and values.flags.c_contiguous
    )


class _Get(Read):
    """The number that was read."""

    def pull(self, node, g):
        parent = node.parent
        buffer = parent.cotangent
        first = buffer is None
        if type(buffer) is not ndarray or getrefcount(buffer) != ALONE or buffer.base is not None:
            buffer = own_buffer(parent, node.fit)
        try:
            buffer[node.saved] += g
        except FloatingPointError:
            add_after_all(buffer, node.saved, g)
        return first


GET = _Get()
