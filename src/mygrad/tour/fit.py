"""Derivatives of a peak, by `backward()` and by differences, and a least-squares fit that uses either."""

from collections.abc import Callable
from typing import Any

import numpy as np

import mygrad as mg

Array = np.ndarray
Loss = Callable[..., Any]


def gradient(loss: Loss, parameters: Array) -> tuple[float, Array]:
    """Return ``loss(*parameters)`` and its gradient, by one sweep backward."""
    tensors = [mg.tensor(float(p)) for p in parameters]
    value = loss(*tensors)
    value.backward()
    return float(value.data), np.array([t.grad for t in tensors])


def jacobian(function: Loss, x: Array, parameters: Array) -> Array:
    """Return d function(x[i], *parameters) / d parameters[j]: a sweep for each point of `x`."""
    return np.array([gradient(lambda *p, x=float(point): function(x, *p), parameters)[1] for point in x])


def differences(function: Callable[[Array], Any], parameters: Array) -> Array:
    """Return the derivatives of `function` by central differences, extrapolated once (Richardson).

    The last axis runs over the parameters. With steps of a thousandth of a parameter the truncation error is
    below 1e-10 of the derivative for the smooth functions here, and the rounding error smaller.
    """
    columns = []
    for j, parameter in enumerate(parameters):
        # For a center near 450 the width of the peak sets the scale of a step, not its place.
        h = 1e-3 * min(abs(parameter), 5.0)

        def central(step: float, j: int = j) -> Any:
            up, down = parameters.copy(), parameters.copy()
            up[j] += step
            down[j] -= step
            return (function(up) - function(down)) / (up[j] - down[j])

        columns.append((4 * central(h / 2) - central(h)) / 3)
    return np.stack(columns, axis=-1)


def levenberg_marquardt(
    residual: Callable[[Array], Array],
    jacobian: Callable[[Array], Array],
    parameters: Array,
    *,
    steps: int = 200,
) -> tuple[Array, int]:
    """Minimise the sum of squares of ``residual(parameters)``; return the parameters and the steps taken.

    Gauss-Newton steps, damped while they do not lead downhill (Marquardt 1963, scaled by the diagonal).
    """
    r = residual(parameters)
    damping = 1e-3
    for step in range(1, steps + 1):
        j = jacobian(parameters)
        normal, slope = j.T @ j, j.T @ r
        move = np.zeros_like(parameters)
        while damping < 1e12:
            move = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), -slope)
            trial = residual(parameters + move)
            if trial @ trial <= r @ r:
                parameters, r = parameters + move, trial
                damping /= 10
                break
            damping *= 10
        else:
            return parameters, step  # no direction leads downhill any more: rounding has the last word
        if np.all(np.abs(move) <= 1e-13 * np.abs(parameters)):
            return parameters, step
    return parameters, steps
