"""Derivatives that know no calculus: central differences, extrapolated to a step of zero.

Three central differences with steps h, h/2 and h/4 are combined such that the errors in h**2 and h**4 cancel
(Richardson 1911). With h = 1/128 in double precision some ten digits are right, if nothing singular is near.

Derivatives of complex arrays are taken as those of pairs of real numbers. A gradient ``g`` is paired as
``dL = Re(sum(g * dz))``, as inside a sweep; `Tensor.grad` is its conjugate.
"""

import numpy as np

__all__ = ["along", "columns", "combine", "gradient"]

STEP = 2.0**-7


def along(f, arrays, directions):
    """The derivative of ``f(*arrays)`` if each of the arrays moves in its direction; None is no move."""

    def moved(t):
        return f(
            *[a if d is None else np.asarray(a + t * d) for a, d in zip(arrays, directions, strict=True)]
        )

    table = []
    for h in (STEP, STEP / 2, STEP / 4):
        row = [(moved(h) - moved(-h)) / (2.0 * h)]
        for k, coarser in enumerate(table[-1] if table else (), 1):
            row.append(row[-1] + (row[-1] - coarser) / (4.0**k - 1.0))
        table.append(row)
    return table[-1][-1]


def columns(f, arrays):
    """The Jacobian of ``f(*arrays)``: for each array the derivatives along each of its elements.

    Returns
    -------
    list of list
        For each array a list of ``(index, unit, derivative)``, where the unit is 1, and 1j besides for the
        elements of a complex array.
    """
    result = []
    for k, array in enumerate(arrays):
        found = []
        for index in np.ndindex(array.shape):
            for unit in (1.0, 1j) if array.dtype.kind == "c" else (1.0,):
                step = np.zeros_like(array)
                step[index] = unit
                directions = [None] * len(arrays)
                directions[k] = step
                found.append((index, unit, along(f, arrays, directions)))
        result.append(found)
    return result


def gradient(column, like, cotangent):
    """The gradient of ``Re(sum(cotangent * f))`` for the array `like`, given its columns of the Jacobian."""
    g = np.zeros_like(like)
    for index, unit, derivative in column:
        # dL = Re(g dz): the derivative along 1 is Re(g), that along 1j is -Im(g).
        g[index] += np.conj(unit) * np.sum(np.real(cotangent * derivative))
    return g


def combine(jacobian, tangents, shape):
    """The derivative along `tangents`, given the columns of the Jacobian."""
    total = np.zeros(shape)
    for column, tangent in zip(jacobian, tangents, strict=True):
        for index, unit, derivative in column:
            part = tangent[index].imag if unit == 1j else tangent[index].real
            total = total + part * derivative
    return total
