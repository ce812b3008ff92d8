"""Cross-entropy, of scores and of logarithms of probabilities."""

import numpy as np

from mygrad.nnet.activations.softmax import softmax_change
from mygrad.nnet.losses.labels import labelled, private
from mygrad.nnet.operands import floating, operand, to_tensor
from mygrad.rules.joint import Joint
from mygrad.rules.statistics import mean_of
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike

__all__ = ["negative_log_likelihood", "softmax_crossentropy"]


BLOCK = 2**21
"""Bytes of scores that are taken at a time: they stay in the cache while five operations go over them."""


def _softmax_crossentropy(x, y_true):
    """The loss, and the softmax, which its rule uses."""
    x = floating(x)
    shares, losses = np.empty(x.shape, x.dtype), np.empty(len(x), x.dtype)
    step = max(BLOCK // max(x[:1].nbytes, 1), 1)
    for start in range(0, len(x), step):
        rows = slice(start, start + step)
        scores, part = x[rows], shares[rows]
        np.subtract(scores, scores.max(axis=1, keepdims=True, initial=-np.inf), out=part)
        picked = part[np.arange(len(part)), y_true[rows]]
        np.exp(part, out=part)
        totals = part.sum(axis=1, keepdims=True)
        part /= totals
        losses[rows] = np.log(totals[:, 0]) - picked
    return np.asarray(mean_of(losses)), shares


def softmax_crossentropy_vjp(g, out, y_true):
    g_loss, g_shares = g
    _, shares = out
    change = 0.0
    if g_loss is not None:
        each = g_loss / len(shares)
        change = shares * each
        change[np.arange(len(shares)), y_true] -= each
    if g_shares is not None:
        change = change + softmax_change(g_shares, shares, 1)
    return change


_softmax_crossentropy_rule = Joint(_softmax_crossentropy, softmax_crossentropy_vjp, ("x",), shown=1)


def softmax_crossentropy(x: ArrayLike, y_true: ArrayLike, *, constant: bool | None = None) -> Tensor:
    """The mean over the samples of ``-log(softmax(x)[y_true])``.

    Parameters
    ----------
    x : array_like, shape (N, C)
        The score of each of C classes for each of N samples.
    y_true : array_like of int, shape (N,)
        The right class of each sample.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor, shape ()

    Raises
    ------
    ValueError
        If the shapes are others.
    TypeError
        If the labels aren't integers.
    IndexError
        If a label is no class.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.tensor([[2.0, 2.0], [1000.0, 0.0]])
    >>> loss = mg.nnet.softmax_crossentropy(x, [0, 0])
    >>> loss
    Tensor(0.34657359)
    >>> loss.backward()
    >>> x.grad
    array([[-0.25,  0.25],
           [ 0.  ,  0.  ]])
    """
    x, labels, _ = labelled(x, y_true)
    (loss,) = _softmax_crossentropy_rule(x, y_true=private(labels))
    return to_tensor(loss, constant)


def negative_log_likelihood(
    x: ArrayLike, y_true: ArrayLike, *, weights: ArrayLike | None = None, constant: bool | None = None
) -> Tensor:
    """The mean over the samples of ``-weights[y_true] * x[y_true]``, `x` being logarithms of probabilities.

    Parameters
    ----------
    x : array_like, shape (N, C)
        The logarithm of the probability of each of C classes for each of N samples.
    y_true : array_like of int, shape (N,)
        The right class of each sample.
    weights : array_like, shape (C,), optional
        How much samples of each class count. The mean is that over N, whatever the weights add up to.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` and `weights` are.

    Returns
    -------
    Tensor, shape ()

    Raises
    ------
    ValueError
        If the shapes are others.
    TypeError
        If the labels aren't integers.
    IndexError
        If a label is no class.

    Examples
    --------
    >>> import mygrad as mg
    >>> import numpy as np
    >>> x = np.log([[0.5, 0.5], [0.25, 0.75]])
    >>> mg.nnet.negative_log_likelihood(x, [0, 1])
    Tensor(0.49041463)
    """
    x, labels, rows = labelled(x, y_true)
    picked = x[rows, labels]
    if weights is not None:
        weights = operand(weights)
        if weights.shape != x.shape[1:]:
            raise ValueError(
                f"weights must have one for each class, so the shape {x.shape[1:]}; got {weights.shape}."
            )
        picked = picked * weights[labels]
    return to_tensor(-np.mean(picked), constant)
