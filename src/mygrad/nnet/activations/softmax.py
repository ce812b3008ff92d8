"""The softmax and its logarithm.

Numbers are shifted by the greatest of them, which changes nothing but that no exponential overflows.
"""

import numpy as np

from mygrad.engine.function import general
from mygrad.nnet.operands import floating, operand, to_tensor
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike

__all__ = ["logsoftmax", "softmax"]

Axis = int | tuple[int, ...] | None


def shifted(x, axis):
    """`x` without its greatest element along `axis`."""
    return x - x.max(axis=axis, keepdims=True, initial=-np.inf)


def _softmax(x, axis):
    out = np.asarray(shifted(floating(x), axis))
    np.exp(out, out=out)
    out /= out.sum(axis=axis, keepdims=True)
    return out


def softmax_change(g, out, axis):
    """The Jacobian, which is symmetric, times a cotangent or a tangent."""
    change = g * out
    change -= out * np.sum(change, axis=axis, keepdims=True)
    return change


_softmax_rule = general(_softmax, vjp={"x": softmax_change}, jvp={"x": softmax_change})


def softmax(x: ArrayLike, axis: Axis = -1, *, constant: bool | None = None) -> Tensor:
    """Exponentials that are scaled to add up to 1: ``exp(x) / sum(exp(x))``.

    Parameters
    ----------
    x : array_like
    axis : int, tuple of ints or None, optional
        Along which they add up to 1; None for all.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor
        Of the shape of `x`; ``float64`` for integers.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.softmax([[0.0, 0.0], [1000.0, 0.0]])
    Tensor([[0.5, 0.5],
            [1. , 0. ]])
    """
    return to_tensor(_softmax_rule(operand(x), axis), constant)


def _logsoftmax(x, axis):
    out = np.asarray(shifted(floating(x), axis))
    out -= np.log(np.exp(out).sum(axis=axis, keepdims=True))
    return out


def pull_logsoftmax(g, out, axis):
    shares = np.exp(out)
    shares *= np.sum(g, axis=axis, keepdims=True)
    return g - shares


def push_logsoftmax(t, out, axis):
    return t - np.sum(np.exp(out) * t, axis=axis, keepdims=True)


_logsoftmax_rule = general(_logsoftmax, vjp={"x": pull_logsoftmax}, jvp={"x": push_logsoftmax})


def logsoftmax(x: ArrayLike, axis: Axis = -1, *, constant: bool | None = None) -> Tensor:
    """The logarithm of the softmax, accurate also where that is too small for a number.

    Parameters
    ----------
    x : array_like
    axis : int, tuple of ints or None, optional
        Along which the exponentials of the result add up to 1; None for all.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor
        Of the shape of `x`; ``float64`` for integers.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.logsoftmax([1000.0, 0.0])
    Tensor([    0., -1000.])
    """
    return to_tensor(_logsoftmax_rule(operand(x), axis), constant)
