"""``numerical_gradient``: the derivative of a function by differences, to compare with."""

import numpy as np

from mygrad.testing.numerical import columns, gradient
from mygrad.testing.subject import Subject

__all__ = ["numerical_gradient"]


def numerical_gradient(f, *args, **kwargs):
    """The gradient of ``f(*args, **kwargs).sum()``, by central differences.

    Parameters
    ----------
    f : callable
        Of arrays or tensors; it is called with arrays.
    *args, **kwargs
        Its arguments. It is differentiated in those that its rule is for; without a rule in all arrays of
        floats, and in floats by position.

    Returns
    -------
    ndarray or tuple of ndarray
        What ``backward()`` of the sum leaves in ``.grad``, for each of these arguments, of a single one
        without a tuple.

    Examples
    --------
    >>> import numpy as np
    >>> from mygrad.testing import numerical_gradient
    >>> numerical_gradient(np.sin, np.array([0.0, 1.0])).round(6)
    array([1.      , 0.540302])
    """
    subject = Subject(f, args, kwargs)
    totals = [np.zeros_like(a) for a in subject.arrays]
    for i, value in enumerate(subject.values(subject.arrays)):
        jacobian = columns(lambda *arrays, i=i: subject.values(arrays)[i], subject.arrays)
        for total, column in zip(totals, jacobian, strict=True):
            total += np.conj(gradient(column, total, np.ones_like(value)))
    return totals[0] if len(totals) == 1 else tuple(totals)
