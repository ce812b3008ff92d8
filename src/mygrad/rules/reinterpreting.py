"""The same bytes read as numbers of another dtype: ``x.view(dtype)``, ``x.getfield``.

Complex numbers are pairs of floats, and that view has a derivative. The bytes of a number have none.
"""

import numpy as np

from mygrad.engine.function import Function
from mygrad.engine.memory import SHARED
from mygrad.engine.record import make, recorded_node
from mygrad.engine.rule import rules
from mygrad.engine.views import data_of, own_memory


def pairs(a, dtype):
    """``a.view(dtype)`` of complex numbers as pairs of floats, or of pairs of floats as complex numbers."""
    return a.view(dtype)


# A complex cotangent stands for the pair of its real part and the negative of its imaginary part.
rules[pairs] = Function(
    pairs,
    {"a": lambda g, a_dtype: np.conj(np.conj(g).copy().view(a_dtype))},
    "general",
    {"a": lambda t, dtype: t.copy().view(dtype)},
    view=True,
)


def are_pairs(a, b):
    """Whether one dtype is that of the complex numbers whose parts are of the other."""
    sizes = {a.kind: a.itemsize, b.kind: b.itemsize}
    return sizes.keys() == {"f", "c"} and sizes["c"] == 2 * sizes["f"] and a.isnative and b.isnative


def viewed(t, dtype):
    """``t.view(dtype)`` of a tensor."""
    value = own_memory(t)
    if dtype == value.dtype:
        return t[...]
    return rules[pairs](t, dtype) if are_pairs(value.dtype, dtype) else _constant_over(t, value.view(dtype))


def field(t, dtype, offset=0):
    """``t.getfield(dtype, offset)`` of a tensor."""
    value = own_memory(t)
    part = value.getfield(dtype, offset)
    if dtype == value.dtype:
        return t[...]
    if value.dtype.kind == "c" and are_pairs(value.dtype, dtype) and offset in (0, dtype.itemsize):
        return t.imag if offset else t.real
    return _constant_over(t, part)


def swapped_bytes(t):
    """The values of a constant with the order of their bytes reversed."""
    return own_memory(refused_with_gradient(t)).byteswap()


def refused_with_gradient(t):
    """`t`, unless it carries a gradient: the bytes of a number have no derivative."""
    if recorded_node(t) is not None:
        raise TypeError(
            f"The bytes of a number have no derivative, and this tensor of dtype {t.dtype} carries a "
            f"gradient. Use x.astype(dtype) to convert, x.view(dtype) between complex numbers and pairs of "
            f"floats, or x.data for the plain array."
        )
    return t


def _constant_over(t, array):
    """A constant over `array`, which is memory of the constant `t`."""
    refused_with_gradient(t)
    if array.dtype.kind not in "fcbiu":
        raise TypeError(
            f"Tensor data must be of a floating, complex, integer or boolean type; got dtype {array.dtype}."
        )
    data_of(t)  # the memory is known to others from here on
    over = make(array)
    over._saved = SHARED
    return over
