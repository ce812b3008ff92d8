"""The focal loss (Lin et al. 2017, eq. 4), in which samples that are easy count less."""

import numpy as np

from mygrad.engine.function import general
from mygrad.nnet.activations.softmax import logsoftmax
from mygrad.nnet.losses.labels import labelled
from mygrad.nnet.operands import floating, floating_operand, real_number, to_tensor
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike

__all__ = ["focal_loss", "softmax_focal_loss"]


def rest(log_p):
    """``1 - p``; 0 where `p` is greater than 1."""
    return np.maximum(-np.expm1(log_p), 0.0)


def _focal(log_p, gamma):
    return rest(floating(log_p)) ** gamma * (0.0 - log_p)


def focal_change(g, log_p, gamma):
    q = rest(log_p)
    if gamma == 0:
        return -g
    # With log(p) / (1 - p), which tends to -1, a power of 1 - p less than 1 does no harm at p = 1. And
    # p * log(p) tends to 0, so where p is 0 what is multiplied by p is left out.
    ratio = np.where(np.greater(q, 0.0), log_p / np.where(np.greater(q, 0.0), q, 1.0), -1.0)
    p_ratio = np.exp(log_p) * np.where(np.isneginf(log_p), 0.0, ratio)
    return g * q**gamma * (gamma * p_ratio - 1.0)


_focal_rule = general(
    _focal,
    vjp={"log_p": focal_change},
    jvp={"log_p": focal_change},
    note="For a gamma above 0 the derivative is 0 where the probability is 1.",
)


def checked(alpha, gamma):
    alpha, gamma = real_number("alpha", alpha), real_number("gamma", gamma)
    if gamma < 0:
        raise ValueError(f"gamma must be at least 0; got {gamma}.")
    return alpha, gamma


def focal_loss(
    class_probs: ArrayLike,
    targets: ArrayLike,
    *,
    alpha: float = 1,
    gamma: float = 0,
    constant: bool | None = None,
) -> Tensor:
    """For each sample ``-alpha * (1 - p)**gamma * log(p)``, where `p` is the probability of the right class.

    Parameters
    ----------
    class_probs : array_like, shape (N, C)
        The probability of each of C classes for each of N samples. They needn't add up to 1.
    targets : array_like of int, shape (N,)
        The right class of each sample.
    alpha : float, optional
        The weight of the loss.
    gamma : float, optional
        How much less samples count that are nearly certain: at 0 all count alike.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `class_probs` is.

    Returns
    -------
    Tensor, shape (N,)

    Raises
    ------
    ValueError
        If the shapes are others, or `gamma` is negative.
    TypeError
        If the labels aren't integers, or `alpha` or `gamma` isn't a real number.
    IndexError
        If a label is no class.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.focal_loss([[0.5, 0.5], [0.9, 0.1]], [0, 0], gamma=2)
    Tensor([0.1732868 , 0.00105361])
    """
    alpha, gamma = checked(alpha, gamma)
    x, labels, rows = labelled(floating_operand(class_probs), targets, "targets")
    return to_tensor(alpha * _focal_rule(np.log(x[rows, labels]), gamma), constant)


def softmax_focal_loss(
    scores: ArrayLike,
    targets: ArrayLike,
    *,
    alpha: float = 1,
    gamma: float = 0,
    constant: bool | None = None,
) -> Tensor:
    """The focal loss of the softmax of scores, for each sample.

    Parameters
    ----------
    scores : array_like, shape (N, C)
        The score of each of C classes for each of N samples.
    targets : array_like of int, shape (N,)
        The right class of each sample.
    alpha : float, optional
        The weight of the loss.
    gamma : float, optional
        How much less samples count that are nearly certain: at 0 all count alike.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `scores` is.

    Returns
    -------
    Tensor, shape (N,)

    Raises
    ------
    ValueError
        If the shapes are others, or `gamma` is negative.
    TypeError
        If the labels aren't integers, or `alpha` or `gamma` isn't a real number.
    IndexError
        If a label is no class.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.softmax_focal_loss([[0.0, 0.0], [0.0, 1000.0]], [0, 1], gamma=2)
    Tensor([0.1732868, 0.       ])
    """
    alpha, gamma = checked(alpha, gamma)
    x, labels, rows = labelled(scores, targets, "targets")
    return to_tensor(alpha * _focal_rule(logsoftmax(x)[rows, labels], gamma), constant)
