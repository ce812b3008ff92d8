"""Scores and labels: a row of numbers for each sample, and the column that is right."""

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.record import make
from mygrad.nnet.operands import operand

__all__ = ["labelled", "private"]


def labelled(x, y_true, name="y_true"):
    """Scores as a tensor or an array, labels as an array of integers, and the numbers of the rows.

    Raises
    ------
    ValueError
        If the scores aren't of shape ``(N, C)``, or the labels not of shape ``(N,)``.
    TypeError
        If the labels aren't integers.
    IndexError
        If a label is no column. Negative ones count from the end, as everywhere in NumPy.
    """
    x = operand(x)
    if x.ndim != 2:
        raise ValueError(f"The scores must have 2 dimensions, samples and classes; got the shape {x.shape}.")
    labels = np.array(plain(y_true))  # a copy: the graph remembers it, and the user's may be written
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must hold integers, the labels of the samples; got the dtype {labels.dtype}."
        )
    n, classes = x.shape
    if labels.shape != (n,):
        raise ValueError(
            f"{name} must have a label for each of the {n} samples, so the shape ({n},); got {labels.shape}."
        )
    if n and not (-classes <= np.minimum.reduce(labels) and np.maximum.reduce(labels) < classes):
        raise IndexError(
            f"{name} must hold labels from 0 to {classes - 1}; got {labels.min()} to {labels.max()}."
        )
    return x, labels, np.arange(n)


def private(labels):
    """Labels that `labelled` gave, for a rule to remember.

    As a tensor: nobody else has its memory, so the guard needn't watch it.
    """
    return make(labels)
