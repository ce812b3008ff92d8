"""The namespace of the array API standard, 2024.12, for tensors: what ``x.__array_namespace__()`` returns.

It has the names of `mygrad`, of which the standard's are a part; other names are NumPy's, whose functions
take tensors. Only `asarray` differs. To code that is written for any array library it must keep what it is
given, so here it keeps tensors, with their gradients; ``mygrad.asarray`` leaves the graph on purpose.

Examples
--------
>>> import mygrad as mg
>>> x = mg.tensor([3.0, 4.0])
>>> xp = x.__array_namespace__()
>>> y = xp.sqrt(xp.vecdot(xp.asarray(x), x))
>>> y.backward()
>>> x.grad
array([0.6, 0.8])
"""

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import bool, broadcast_shapes, complex64, complex128, finfo, iinfo, isdtype

from mygrad.engine.calling import stacked
from mygrad.tensor import Tensor, astensor, tensor

# Names for the package too; not `asarray`, which leaves the graph there.
__all__ = [
    "bool",
    "broadcast_shapes",
    "complex64",
    "complex128",
    "finfo",
    "from_dlpack",
    "iinfo",
    "isdtype",
]


def asarray(obj, /, *, dtype=None, device=None, copy=None) -> Tensor:
    """`obj` as a tensor: one is kept, with its gradient; what is none becomes a constant.

    What no tensor can hold, such as dates, becomes NumPy's array.

    Parameters
    ----------
    obj : array_like
    dtype : DTypeLike, optional
    device : {"cpu", None}
    copy : bool, optional
        Whether to copy; by default only where that must be. With False a copy that must be is a ValueError.
    """
    if device not in (None, "cpu"):
        raise ValueError(f'Device not understood. Only "cpu" is allowed; got {device!r}.')
    if isinstance(obj, Tensor):
        if dtype is not None and np.dtype(dtype) != obj.dtype:
            if copy is False:
                raise ValueError(
                    f"A copy is needed to make a tensor of {obj.dtype} one of {np.dtype(dtype)}."
                )
            return obj.astype(dtype)
        return obj.copy() if copy else obj
    obj = stacked(obj)
    if isinstance(obj, Tensor):
        return obj if dtype is None else obj.astype(dtype)
    data = np.array(obj, dtype=dtype, copy=copy)
    return tensor(data, constant=True, copy=False) if data.dtype.kind in "fcbiu" else data


def from_dlpack(x, /, *, device=None, copy=None, constant=None) -> Tensor:
    """A tensor over the memory of another library's array, without a copy where that can be.

    Parameters
    ----------
    x : object with ``__dlpack__``
        Of a tensor, one that carries no gradient.
    device : {"cpu", None}
    copy : bool, optional
    constant : bool, optional
        Whether no gradient is wanted.

    Examples
    --------
    >>> import mygrad as mg, numpy as np
    >>> mg.from_dlpack(np.arange(3.0))
    Tensor([0., 1., 2.])
    """
    options = {"device": device, "copy": copy}  # since NumPy 2.1
    array = np.from_dlpack(x, **{name: value for name, value in options.items() if value is not None})
    return tensor(array, constant=constant, copy=False)


if TYPE_CHECKING or hasattr(np, "__array_namespace_info__"):
    from numpy import __array_namespace_info__

    __all__ += ["__array_namespace_info__"]

else:  # NumPy 2.0 knows the standard of 2022.12

    def unstack(x, /, *, axis=0) -> tuple[Tensor, ...]:
        """The parts of `x` along an axis."""
        return tuple(np.moveaxis(x, axis, 0))

    def _cumulative(scan, start):
        def cumulative(x, /, *, axis=None, dtype=None, include_initial=False) -> Tensor:
            if axis is None and np.ndim(x) != 1:
                raise ValueError(
                    "For arrays which have more than one dimension ``axis`` argument is required."
                )
            axis = 0 if axis is None else axis
            result = scan(astensor(x), axis=axis, dtype=dtype)
            if not include_initial:
                return result
            shape = tuple(1 if i == axis % result.ndim else n for i, n in enumerate(result.shape))
            return np.concatenate([np.full(shape, start, result.dtype), result], axis)

        return cumulative

    cumulative_sum = _cumulative(np.cumsum, 0)
    cumulative_prod = _cumulative(np.cumprod, 1)
    __all__ += ["cumulative_prod", "cumulative_sum", "unstack"]


def __getattr__(name) -> Any:
    # The package is there by the time that anybody asks, though it imports this module.
    package = sys.modules["mygrad"]
    return getattr(package if hasattr(package, name) else np, name)


def __dir__():
    return sorted({*dir(sys.modules["mygrad"]), *globals()})
