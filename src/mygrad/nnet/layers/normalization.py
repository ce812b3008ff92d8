"""Batch normalization."""

import numpy as np

from mygrad.nnet.operands import floating, operand, real_number, to_tensor
from mygrad.rules.joint import Joint
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike

__all__ = ["batchnorm"]


def others(x):
    """The axes of an array but the one of channels."""
    return (0, *range(2, x.ndim))


def centred(x):
    return x - np.mean(x, axis=others(x), keepdims=True)


def _standardized(x, eps):
    """Channels with a mean of 0 and a variance of 1, and what they were multiplied by for it."""
    z = centred(floating(x))
    scale = 1.0 / np.sqrt(np.mean(np.square(z), axis=others(z), keepdims=True) + eps)
    z *= scale
    return z, scale


def standardized_vjp(g, out):
    """Ioffe and Szegedy 2015, section 3."""
    g_z, g_scale = g
    z, scale = out
    change = 0.0
    if g_z is not None:
        along = np.mean(g_z * z, axis=others(z), keepdims=True)
        change = centred(g_z)
        change -= z * along
        change *= scale
    if g_scale is not None:
        change = change - z * (g_scale * scale * scale / (z.size // scale.size))
    return change


_standardized_rule = Joint(_standardized, standardized_vjp, ("x",))


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
    result, _ = _standardized_rule(x, eps=eps)
    if learnt["gamma"] is not None:
        result = result * np.reshape(learnt["gamma"], per_channel)
    if learnt["beta"] is not None:
        result = result + np.reshape(learnt["beta"], per_channel)
    return to_tensor(result, constant)
