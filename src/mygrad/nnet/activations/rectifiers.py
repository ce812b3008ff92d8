"""Rectifiers: the identity for positive numbers, something small for negative ones."""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.indexing import only_where
from mygrad.nnet.operands import floating, operand, real, real_number, to_tensor
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike

__all__ = ["elu", "leaky_relu", "relu", "selu"]

SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772
"""The fixed point of mean 0 and variance 1 (Klambauer et al. 2017, eq. 14)."""


def above(x, bound):
    """Where `x` is greater, or is NaN: there the slope is 1, and what was undefined remains it."""
    return np.logical_not(np.less_equal(x, bound))


def _relu(x):
    return np.maximum(real(x), 0)


def relu_change(g, out):
    return only_where(above(out, 0), g)


_relu_rule = general(
    _relu,
    vjp={"x": relu_change},
    jvp={"x": relu_change},
    selects=True,
    note="At 0 the derivative is 0, the element of least norm.",
)


def relu(x: ArrayLike, *, constant: bool | None = None) -> Tensor:
    """The rectifier, ``max(x, 0)``.

    Parameters
    ----------
    x : array_like
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor

    Notes
    -----
    At 0 the derivative is 0.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.tensor([-2.0, 0.0, 3.0])
    >>> y = mg.nnet.relu(x)
    >>> y
    Tensor([0., 0., 3.])
    >>> y.backward()
    >>> x.grad
    array([0., 0., 1.])
    """
    return to_tensor(_relu_rule(operand(x)), constant)


def _leaky_relu(x, slope):
    return np.maximum(real(x), 0) + slope * np.minimum(x, 0)


def leaky_relu_change(g, x, slope):
    return g * (above(x, 0) + slope * np.less(x, 0)).astype(g.dtype)


_leaky_relu_rule = general(
    _leaky_relu,
    vjp={"x": leaky_relu_change},
    jvp={"x": leaky_relu_change},
    note="At 0 the derivative is 0, as that of relu.",
)


def leaky_relu(x: ArrayLike, slope: float, *, constant: bool | None = None) -> Tensor:
    """The leaky rectifier, ``max(x, 0) + slope * min(x, 0)``.

    Parameters
    ----------
    x : array_like
    slope : float
        The slope for negative numbers.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        If `slope` isn't a real number, or carries a gradient.

    Notes
    -----
    At 0 the derivative is 0.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.leaky_relu([-2.0, 0.0, 3.0], slope=0.1)
    Tensor([-0.2,  0. ,  3. ])
    """
    return to_tensor(_leaky_relu_rule(operand(x), real_number("slope", slope)), constant)


def _elu(x, alpha, scale):
    x = floating(x)
    # Of the two terms one is 0, and neither overflows. To choose by np.where takes longer.
    return scale * np.maximum(x, 0) + (scale * alpha) * np.expm1(np.minimum(x, 0))


def elu_change(g, x, alpha, scale):
    negative = np.less(x, 0)
    slope = (scale * alpha) * np.exp(np.minimum(x, 0))
    return g * (slope * negative + scale * np.logical_not(negative).astype(g.dtype))


_elu_rule = general(
    _elu,
    vjp={"x": elu_change},
    jvp={"x": elu_change},
    note="At 0 the derivative is that to the right.",
)


def elu(x: ArrayLike, alpha: float, *, constant: bool | None = None) -> Tensor:
    """The exponential linear unit: ``x`` where that is at least 0, else ``alpha * (exp(x) - 1)``.

    Parameters
    ----------
    x : array_like
    alpha : float
        The distance that very negative numbers are below 0.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor
        ``float64`` for integers.

    Raises
    ------
    TypeError
        If `alpha` isn't a real number, or carries a gradient.

    Notes
    -----
    Clevert et al. 2016. At 0 the derivative is 1.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.elu([-1000.0, 0.0, 3.0], alpha=0.5)
    Tensor([-0.5,  0. ,  3. ])
    """
    return to_tensor(_elu_rule(operand(x), real_number("alpha", alpha), 1.0), constant)


def selu(x: ArrayLike, *, constant: bool | None = None) -> Tensor:
    """The scaled exponential linear unit, which keeps a mean of 0 and a variance of 1 from layer to layer.

    Parameters
    ----------
    x : array_like
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor
        ``float64`` for integers.

    Notes
    -----
    ``scale * elu(x, alpha)`` with ``scale = 1.0507009873554805`` and ``alpha = 1.6732632423543772``
    (Klambauer et al. 2017). At 0 the derivative is ``scale``.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.selu([-1.0, 0.0, 1.0])
    Tensor([-1.11133074,  0.        ,  1.05070099])
    """
    return to_tensor(_elu_rule(operand(x), SELU_ALPHA, SELU_SCALE), constant)
