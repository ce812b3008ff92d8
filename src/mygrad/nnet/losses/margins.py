"""Losses that want the right answer to be ahead of the others by a margin."""

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.function import general
from mygrad.nnet.activations.rectifiers import relu
from mygrad.nnet.losses.labels import labelled, private
from mygrad.nnet.operands import floating, operand, real_number, to_tensor
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike

__all__ = ["margin_ranking_loss", "multiclass_hinge"]


def lacking(x, y_true, hinge):
    """How much the score of each class is too near to that of the right one, or negative: values alone."""
    x = plain(x)
    rows = np.arange(len(x))
    margins = x - (x[rows, y_true] - hinge)[:, None]
    margins[rows, y_true] = 0.0
    return margins


def _multiclass_hinge(x, y_true, hinge):
    margins = lacking(floating(x), y_true, hinge)
    return np.sum(np.maximum(margins, 0.0, out=margins)) / max(len(x), 1)


def slopes(x, y_true, hinge):
    """How the loss of N samples moves with each score, times N: 1, or 0, or minus the number of ones."""
    near = lacking(x, y_true, hinge) > 0
    found = near.astype(x.dtype)
    found[np.arange(len(found)), y_true] = -np.sum(near, axis=1)
    return found


_multiclass_hinge_rule = general(
    _multiclass_hinge,
    vjp={"x": lambda g, x, y_true, hinge: slopes(x, y_true, hinge) * (g / max(len(x), 1))},
    jvp={"x": lambda t, x, y_true, hinge: np.sum(slopes(x, y_true, hinge) * t) / max(len(x), 1)},
    note="Where a score is exactly at the margin, the derivative is 0, as that of relu.",
)


def multiclass_hinge(
    x: ArrayLike, y_true: ArrayLike, hinge: float = 1.0, *, constant: bool | None = None
) -> Tensor:
    """The mean over the samples of ``sum(max(0, x[j] - x[y_true] + hinge))``, the sum over ``j != y_true``.

    Parameters
    ----------
    x : array_like, shape (N, C)
        The score of each of C classes for each of N samples.
    y_true : array_like of int, shape (N,)
        The right class of each sample.
    hinge : float, optional
        By how much the right class should be ahead.
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
        If the labels aren't integers, or `hinge` isn't a real number.
    IndexError
        If a label is no class.

    Notes
    -----
    Where a score is exactly at the margin the derivative is 0.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.tensor([[1.0, 0.5, 3.0], [2.0, 0.0, 0.0]])
    >>> loss = mg.nnet.multiclass_hinge(x, [0, 0])
    >>> loss
    Tensor(1.75)
    >>> loss.backward()
    >>> x.grad
    array([[-1. ,  0.5,  0.5],
           [ 0. ,  0. ,  0. ]])
    """
    hinge = real_number("hinge", hinge)
    x, labels, _ = labelled(x, y_true)
    return to_tensor(_multiclass_hinge_rule(x, private(labels), hinge), constant)


def margin_ranking_loss(
    x1: ArrayLike, x2: ArrayLike, y: ArrayLike, margin: float, *, constant: bool | None = None
) -> Tensor:
    """The mean of ``max(0, margin - y * (x1 - x2))``.

    Parameters
    ----------
    x1, x2 : array_like, shape (N,) or (N, D)
        Scores, or D scores for each of N samples; floating-point numbers.
    y : array_like, shape () or (N,)
        1 where `x1` should rank above `x2`, and -1 where below.
    margin : float
        By how much; at least 0.
    constant : bool, optional
        Whether the result is a constant; by default it is one if the arrays are.

    Returns
    -------
    Tensor, shape ()

    Raises
    ------
    ValueError
        If the shapes are others, or the margin is negative.
    TypeError
        If the scores aren't floating-point numbers, or the margin isn't a real number.

    Notes
    -----
    Where a pair is exactly at the margin the derivative is 0.

    Examples
    --------
    >>> import mygrad as mg
    >>> x1, x2 = mg.tensor([1.0, 2.0]), mg.tensor([0.8, 4.0])
    >>> loss = mg.nnet.margin_ranking_loss(x1, x2, [1, 1], margin=0.5)
    >>> loss
    Tensor(1.4)
    >>> loss.backward()
    >>> x1.grad, x2.grad
    (array([-0.5, -0.5]), array([0.5, 0.5]))
    """
    margin = real_number("margin", margin)
    if margin < 0:
        raise ValueError(f"margin must be at least 0; got {margin}.")
    x1, x2, y = operand(x1), operand(x2), operand(y)
    if x1.shape != x2.shape or x1.ndim not in (1, 2):
        raise ValueError(f"x1 and x2 must both have the shape (N,) or (N, D); got {x1.shape} and {x2.shape}.")
    if x1.dtype.kind != "f" or x2.dtype.kind != "f":
        raise TypeError(
            f"x1 and x2 must hold floating-point numbers; got the dtypes {x1.dtype} and {x2.dtype}."
        )
    if y.shape not in ((), (1,), x1.shape[:1]):
        raise ValueError(
            f"y must be a number or have one for each sample, so the shape {x1.shape[:1]}; got {y.shape}."
        )
    if y.ndim and x1.ndim == 2:
        y = y[:, np.newaxis]
    return to_tensor(np.mean(relu(margin - y * (x1 - x2))), constant)
