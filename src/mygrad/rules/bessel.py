"""The modified Bessel functions of the first kind, of whole orders: `np.i0`, and what its derivatives need.

The derivative of ``I_n(x) / x**n`` is ``I_(n+1)(x) / x**n`` (Abramowitz & Stegun 1964, 9.6.28), which is
``x`` times the next such quotient. They are even functions without a pole, so no derivative of any order
divides by ``x`` or subtracts numbers that are almost equal.
"""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import arraylike, of_dtype

FAR = 30.0
"""From here on the expansion for large arguments has all digits of double precision, up to order 8."""


def reduced(x, n):
    """``I_n(x) / x**n`` for real `x`.

    Near 0 by the power series (Abramowitz & Stegun 1964, 9.6.10), whose terms are all positive; far out by
    Hankel's expansion (9.7.1).
    """
    if x.dtype.kind == "c":
        raise TypeError("The modified Bessel functions are for real arguments.")
    x = np.abs(x)
    is_far = x > FAR
    result = _power_series(np.where(is_far, 0.0, x), n)
    return np.where(is_far, _expansion(np.where(is_far, x, FAR), n), result) if np.any(is_far) else result


def _power_series(x, n):
    quarter = np.square(0.5 * x)
    # Each term is the one before times quarter / (k * (n + k)): past k = 2 * x they are negligible.
    count = 20 + int(2.0 * float(np.max(x, initial=0.0, where=np.isfinite(x))))
    total = np.ones_like(quarter)
    for k in range(count, 0, -1):
        total = 1.0 + quarter / (k * (n + k)) * total
    for k in range(1, n + 1):
        total = total / (2.0 * k)
    return total


def _expansion(x, n):
    total = np.ones_like(x)
    for k in range(20 + n, 0, -1):
        total = 1.0 - (4 * n * n - (2 * k - 1) ** 2) / (8.0 * k * x) * total
    # In two factors, as exp(x) overflows before the quotient does.
    half = np.exp(0.5 * x)
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(x), x, half * (total / np.sqrt(2.0 * np.pi * x)) * half / x**n)


def reduced_of(x, n):
    """`reduced`, of an array or a tensor."""
    return (rules[reduced] if isinstance(x, Handle) else reduced)(x, n)


general(
    reduced,
    vjp={"x": lambda g, x, n: g * (x * reduced_of(x, n + 1))},
    jvp={"x": lambda t, x, n: t * (x * reduced_of(x, n + 1))},
)
general(
    np.i0,
    vjp={"x": lambda g, x: g * (x * reduced_of(x, 1))},
    jvp={"x": lambda t, x: t * (x * reduced_of(x, 1))},
    note="The derivative is I_1, by its power series and by Hankel's expansion for large arguments "
    "(Abramowitz & Stegun 1964, 9.6.10 and 9.7.1).",
)


@composite(np.kaiser)
def kaiser(M, beta):
    """NumPy takes `beta` as a plain number; ``mygrad.kaiser`` differentiates in it."""
    beta = of_dtype(arraylike(beta), np.result_type(0.0, np.asarray(M).dtype, beta.dtype))
    M = beta.dtype.type(M)
    if M == 1:
        return np.ones(1, beta.dtype) + 0.0 * beta
    n = np.arange(0, M)
    alpha = (M - 1) / 2.0
    return np.i0(beta * np.sqrt(1 - ((n - alpha) / alpha) ** 2.0)) / np.i0(beta)
