"""Derivatives that know no calculus: central differences, extrapolated to a step of zero, with an estimate of
their error.

Central differences with steps h, h/2, h/4, ... are combined such that the errors in h**2, h**4, ... cancel
(Richardson 1911). How far the combinations are apart tells the error of each, and the best is taken, for each
element of the result by itself (Ridders 1982). With h = 1/128 in double precision three steps give some ten
digits, if nothing singular is near; if something is, smaller ones are tried.

Derivatives of complex arrays are taken as those of pairs of real numbers. A gradient ``g`` is paired as
``dL = Re(sum(g * dz))``, as inside a sweep; `Tensor.grad` is its conjugate.
"""

import numpy as np

__all__ = ["along", "along_with_error", "columns", "combine", "gradient", "gradient_with_error"]

STEP = 2.0**-7
MOST_STEPS = 20
ENOUGH = 1e-9
"""The relative error at which no more steps are tried."""


def along(f, arrays, directions):
    """The derivative of ``f(*arrays)`` if each of the arrays moves in its direction; None is no move."""
    return along_with_error(f, arrays, directions)[0]


def along_with_error(f, arrays, directions, step=STEP):
    """The same, and an estimate of the error of each element."""

    def moved(t):
        return f(
            *[a if d is None else np.asarray(a + t * d) for a, d in zip(arrays, directions, strict=True)]
        )

    with np.errstate(all="ignore"):
        table: list = []
        for i in range(MOST_STEPS):
            h = step / 2.0**i
            ahead, behind = moved(h), moved(-h)
            row = [(ahead - behind) / (2.0 * h)]
            for k, coarser in enumerate(table[:4], 1):
                row.append(row[-1] + (row[-1] - coarser) / (4.0**k - 1.0))
            noise = _rounding(ahead, behind, h)
            if not table:
                best, error = row[0], np.full(np.shape(row[0]), np.inf)
            for k in range(1, len(row)):
                # A difference is no better than the rounding of the values that it is made of.
                apart = np.maximum(np.abs(row[k] - row[k - 1]), np.abs(row[k] - table[k - 1])) + noise
                better = apart < error
                best, error = np.where(better, row[k], best), np.where(better, apart, error)
            table = row
            if i >= 2 and np.all(error <= ENOUGH * np.abs(best) + 8.0 * noise):
                break
    return best, error


def _rounding(ahead, behind, h):
    precision = np.finfo(np.result_type(ahead, 0.0)).eps
    return precision * np.maximum(np.abs(ahead), np.abs(behind)) / h


def columns(f, arrays):
    """The Jacobian of ``f(*arrays)``: for each array the derivatives along each of its elements.

    Returns
    -------
    list of list
        For each array a list of ``(index, unit, derivative, error)``, where the unit is 1, and 1j besides for
        the elements of a complex array.
    """
    result = []
    for k, array in enumerate(arrays):
        found = []
        for index in np.ndindex(array.shape):
            for unit in (1.0, 1j) if array.dtype.kind == "c" else (1.0,):
                direction = np.zeros_like(array)
                direction[index] = unit
                directions = [None] * len(arrays)
                directions[k] = direction
                step = STEP * max(1.0, abs(float(np.abs(array[index]))) / 16.0)
                found.append((index, unit, *along_with_error(f, arrays, directions, step)))
        result.append(found)
    return result


def gradient(column, like, cotangent):
    """The gradient of ``Re(sum(cotangent * f))`` for the array `like`, given its columns of the Jacobian."""
    return gradient_with_error(column, like, cotangent)[0]


def gradient_with_error(column, like, cotangent):
    """The same, and an estimate of the error of each element."""
    g = np.zeros_like(like)
    error = np.zeros(like.shape)
    for index, unit, derivative, uncertain in column:
        # dL = Re(g dz): the derivative along 1 is Re(g), that along 1j is -Im(g).
        g[index] += np.conj(unit) * np.sum(np.real(cotangent * derivative))
        error[index] += np.sum(np.abs(cotangent) * uncertain)
    return g, error


def combine(jacobian, tangents, shape):
    """The derivative along `tangents`, given the columns of the Jacobian."""
    total = np.zeros(shape)
    for column, tangent in zip(jacobian, tangents, strict=True):
        for index, unit, derivative, _ in column:
            part = tangent[index].imag if unit == 1j else tangent[index].real
            total = total + part * derivative
    return total
