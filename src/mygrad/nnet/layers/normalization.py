"""Batch normalization."""

import numpy as np

from mygrad.engine.function import general
from mygrad.nnet.operands import floating, operand, real_number, to_tensor
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike

__all__ = ["batchnorm"]


def others(x):
    """The axes of an array but the one of channels."""
    return (0, *range(2, x.ndim))


def centred(x):
    return x - np.mean(x, axis=others(x), keepdims=True)


def scale(z, eps):
    """What divides channels with a mean of 0, for a variance of 1."""
    return np.sqrt(np.mean(np.square(z), axis=others(z), keepdims=True) + eps)


def _standardized(x, eps):
    z = centred(floating(x))
    z /= scale(z, eps)
    return z


def standardized_change(g, x, out, eps):
    """The Jacobian, which is symmetric, times a cotangent or a tangent (Ioffe and Szegedy 2015)."""
    along = np.mean(g * out, axis=others(x), keepdims=True)
    return (centred(g) - out * along) / scale(centred(x), eps)


_standardized_rule = general(_standardized, vjp={"x": standardized_change}, jvp={"x": standardized_change})


def batchnorm(
    x: ArrayLike,
    *,
    gamma: ArrayLike | None = None,
    beta: ArrayLike | None = None,
    eps: float,
    constant: bool | None = None,
) -> Tensor:
    """Scale and shift each channel to a mean of 0 and a variance of 1, and then as learnt.

    Parameters
    ----------
    x : array_like, shape (N, C, ...)
        N samples of data with C channels. Means and variances are those of a channel over all other axes.
    gamma, beta : array_like, shape (C,), optional
        What each channel is multiplied by afterwards, and what is added then.
    eps : float
        Added to the variance, so that data without any is divided by something.
    constant : bool, optional
        Whether the result is a constant; by default it is one if the arrays are.

    Returns
    -------
    Tensor
        Of the shape of `x`; ``float64`` for integers.

    Raises
    ------
    ValueError
        If `x` has less than two dimensions, or `gamma` or `beta` hasn't a number for each channel.
    TypeError
        If `eps` isn't a real number.

    Notes
    -----
    Ioffe and Szegedy 2015. The variance is that of the population, divided by the number of elements. No
    running means are kept.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.tensor([[1.0, 10.0], [3.0, 30.0]])
    >>> mg.nnet.batchnorm(x, eps=0.0)
    Tensor([[-1., -1.],
            [ 1.,  1.]])
    >>> mg.nnet.batchnorm(x, gamma=[2.0, 3.0], beta=[0.0, 5.0], eps=0.0)
    Tensor([[-2.,  2.],
            [ 2.,  8.]])
    """
    eps = real_number("eps", eps)
    x = operand(x)
    if x.ndim < 2:
        raise ValueError(f"x must have the shape (N, C, ...), so 2 dimensions or more; got {x.shape}.")
    learnt = {"gamma": gamma, "beta": beta}
    for name, weights in learnt.items():
        if weights is not None:
            learnt[name] = weights = operand(weights)
            if weights.shape != x.shape[1:2]:
                raise ValueError(
                    f"{name} must have a number for each channel, so the shape {x.shape[1:2]}; got "
                    f"{weights.shape}."
                )
    per_channel = (-1,) + (1,) * (x.ndim - 2)
    result = _standardized_rule(x, eps)
    if learnt["gamma"] is not None:
        result = result * np.reshape(learnt["gamma"], per_channel)
    if learnt["beta"] is not None:
        result = result + np.reshape(learnt["beta"], per_channel)
    return to_tensor(result, constant)
