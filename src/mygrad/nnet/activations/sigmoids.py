"""Functions that level off on both sides, and the gate made of one."""

import numpy as np

from mygrad.engine.function import general
from mygrad.namespace import tanh
from mygrad.nnet.operands import floating, operand, real_number, to_tensor
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike

__all__ = ["glu", "hard_tanh", "sigmoid", "soft_sign", "tanh"]


def _sigmoid(x):
    with np.errstate(over="ignore"):  # where the result is less than the least normal number, and so 0
        out = np.asarray(np.exp(-floating(x)))
    out += 1.0
    return np.divide(1.0, out, out=out)


def sigmoid_change(g, out):
    return g * (out * (1.0 - out))


_sigmoid_rule = general(_sigmoid, vjp={"x": sigmoid_change}, jvp={"x": sigmoid_change})


def sigmoid(x: ArrayLike, *, constant: bool | None = None) -> Tensor:
    """The logistic function, ``1 / (1 + exp(-x))``.

    Parameters
    ----------
    x : array_like
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor
        ``float64`` for integers.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.sigmoid([-1000.0, 0.0, 1000.0])
    Tensor([0. , 0.5, 1. ])
    """
    return to_tensor(_sigmoid_rule(operand(x)), constant)


def _soft_sign(x):
    x = floating(x)
    return x / (1.0 + np.abs(x))


def soft_sign_change(g, x):
    return g / np.square(1.0 + np.abs(x))


_soft_sign_rule = general(_soft_sign, vjp={"x": soft_sign_change}, jvp={"x": soft_sign_change})


def soft_sign(x: ArrayLike, *, constant: bool | None = None) -> Tensor:
    """The soft sign, ``x / (1 + |x|)``.

    Parameters
    ----------
    x : array_like
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor
        ``float64`` for integers.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.soft_sign([-3.0, 0.0, 1.0])
    Tensor([-0.75,  0.  ,  0.5 ])
    """
    return to_tensor(_soft_sign_rule(operand(x)), constant)


def hard_tanh(
    x: ArrayLike, *, lower_bound: float = -1, upper_bound: float = 1, constant: bool | None = None
) -> Tensor:
    """The identity between two bounds: ``max(lower_bound, min(x, upper_bound))``.

    Parameters
    ----------
    x : array_like
    lower_bound, upper_bound : float, optional
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        If a bound isn't a real number, or carries a gradient.

    Notes
    -----
    At a bound, as with ``np.clip``, the value ties with a constant, and the derivative is 1/2.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.hard_tanh([-3.0, 0.5, 3.0])
    Tensor([-1. ,  0.5,  1. ])
    """
    low, high = real_number("lower_bound", lower_bound), real_number("upper_bound", upper_bound)
    return to_tensor(np.maximum(np.minimum(operand(x), high), low), constant)


def glu(x: ArrayLike, axis: int = -1, *, constant: bool | None = None) -> Tensor:
    """The gated linear unit: the first half of `x` along an axis, times the sigmoid of the second half.

    Parameters
    ----------
    x : array_like
    axis : int, optional
        Of an even length.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor
        Half as long along `axis`.

    Raises
    ------
    ValueError
        If the length along `axis` is odd.

    Notes
    -----
    Dauphin et al. 2017.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.glu([3.0, 4.0, 0.0, 1000.0])
    Tensor([1.5, 4. ])
    """
    x = operand(x)
    n = np.size(x, axis)
    if n % 2:
        raise ValueError(
            f"x is halved along axis {axis}, where its length is {n}, an odd number; its shape is {x.shape}."
        )
    first, second = np.split(x, 2, axis)
    return to_tensor(first * _sigmoid_rule(second), constant)
