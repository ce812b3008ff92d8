"""Logarithms of sums of exponentials along axes, by the methods `reduce` of the ufuncs that combine two.

The partial derivatives are the weights of a softmax. As for two operands they are taken from differences,
here to the greatest: those to the result have lost the digits that large numbers have before the point.
"""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.mending import all_finite
from mygrad.engine.ufunc import reductions
from mygrad.rules.arguments import values_of
from mygrad.rules.reductions import expanded

INFINITE = "Of infinite numbers the greatest have all of the derivative, in equal parts."


def shares(x, axis, exp=np.exp):
    """``exp(x)`` over the greatest of them: of infinite ones 1 for each that is the greatest, else 0."""
    values = values_of(x).real
    greatest = values.max(axis=axis, keepdims=True, initial=-np.inf)
    if all_finite(greatest):
        return exp(x - greatest)
    finite = np.isfinite(greatest)
    differences = x - np.where(finite, greatest, 0.0)
    return exp(np.where(finite, differences, np.where(values == greatest, 0.0, -np.inf)))


def softmax(x, axis, exp):
    """The part that each element has of the sum of exponentials."""
    share = shares(x, axis, exp)
    return share / share.sum(axis=axis, keepdims=True)


def log_sum(ufunc, exp):
    """Register the rule of ``ufunc.reduce``, and return the function that it is of."""

    def reduced(x, axis, keepdims):
        return ufunc.reduce(x, axis, keepdims=keepdims)

    def vjp(g, x, axis, keepdims):
        return expanded(g, axis, keepdims, x.ndim) * softmax(x, axis, exp)

    def jvp(t, x, axis, keepdims):
        return np.sum(t * softmax(x, axis, exp), axis=axis, keepdims=keepdims)

    reduced.__name__ = f"{ufunc.__name__}.reduce"
    reductions[ufunc] = general(reduced, vjp={"x": vjp}, jvp={"x": jvp}, note=INFINITE)
    return reduced


log_sum_exp = log_sum(np.logaddexp, np.exp)
log_sum_exp2 = log_sum(np.logaddexp2, np.exp2)
