"""``np.sinc`` and the reciprocal trigonometric and hyperbolic functions that NumPy lacks.

All are compositions: every derivative follows from the rules of the functions that they are made of. Where
the formula of the textbook overflows or cancels, there is a second one for that part of the line.
"""

import numpy as np

from mygrad.engine.calling import plain, with_value
from mygrad.engine.rule import composite
from mygrad.rules.arguments import arraylike

# sin(y) / y = 1 - y**2 / 6 + y**4 / 120 - ...; for |y| < 1/2 what is left out is below 1e-19.
SINC_SERIES = (
    1.0,
    -1.0 / 6.0,
    1.0 / 120.0,
    -1.0 / 5040.0,
    1.0 / 362880.0,
    -1.0 / 39916800.0,
    1.0 / 6227020800.0,
    -1.0 / 1307674368000.0,
)


@composite(np.sinc)
def sinc(x):
    """Return ``sin(pi * x) / (pi * x)``, and 1 at 0.

    Near 0 it is differentiated as the power series, whose derivatives of every order are right; those of the
    quotient lose their digits to cancellation.
    """
    x = arraylike(x)
    y = np.multiply(np.pi, x)
    near = np.less(np.abs(y), 0.5)
    value = np.sinc(plain(x))
    if not np.any(near):
        return with_value(value, np.sin(y) / y)
    square = np.square(np.where(near, y, 0.0))
    series = SINC_SERIES[-1]
    for coefficient in SINC_SERIES[-2::-1]:
        series = series * square + coefficient
    y = np.where(near, 1.0, y)
    return with_value(value, np.where(near, series, np.sin(y) / y))


def side(a):
    """-1 where the real part of ``a`` is negative and 1 elsewhere: plain numbers, never tensors.

    A formula in ``side(a) * a`` is one in ``|a|`` without the kink at 0: there too the sign is a constant.
    """
    sign = np.sign(np.real(a))
    return sign + (sign == 0)


def beyond_one(a):
    """Where the real part of ``a`` is greater than 1 in magnitude."""
    return np.greater(np.abs(np.real(a)), 1.0)


@composite(name="sec")
def sec(a):
    """Return the secant, ``1 / cos(a)``, element by element.

    Parameters
    ----------
    a : array_like
        Angles in radians.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.sec([0.0, 1.0])
    Tensor([1.        , 1.85081572])
    """
    return 1.0 / np.cos(a)


@composite(name="csc")
def csc(a):
    """Return the cosecant, ``1 / sin(a)``, element by element.

    The value at 0 is inf and the derivative there -inf.

    Parameters
    ----------
    a : array_like
        Angles in radians.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.csc([1.0, 2.0])
    Tensor([1.18839511, 1.09975017])
    """
    return 1.0 / np.sin(a)


@composite(name="cot")
def cot(a):
    """Return the cotangent, ``1 / tan(a)``, element by element.

    The value at 0 is inf and the derivative there -inf.

    Parameters
    ----------
    a : array_like
        Angles in radians.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.cot([1.0, 2.0])
    Tensor([ 0.64209262, -0.45765755])
    """
    return 1.0 / np.tan(a)


@composite(name="arcsec")
def arcsec(a):
    """Return the inverse secant, ``arccos(1 / a)``, element by element.

    The derivative at -1 and 1 is inf.

    Parameters
    ----------
    a : array_like
        Numbers of magnitude 1 or greater; the value of others is NaN.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor
        Angles from 0 to pi.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.arcsec([1.0, 2.0])
    Tensor([0.        , 1.04719755])
    """
    return np.arccos(np.divide(1.0, a))


@composite(name="arccsc")
def arccsc(a):
    """Return the inverse cosecant, ``arcsin(1 / a)``, element by element.

    The derivative at -1 and 1 is -inf.

    Parameters
    ----------
    a : array_like
        Numbers of magnitude 1 or greater; the value of others is NaN.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor
        Angles from -pi/2 to pi/2.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.arccsc([1.0, 2.0])
    Tensor([1.57079633, 0.52359878])
    """
    return np.arcsin(np.divide(1.0, a))


@composite(name="arccot")
def arccot(a):
    """Return the inverse cotangent, ``arctan(1 / a)``, element by element.

    The value at 0 is pi/2 and jumps to -pi/2 for negative numbers; the derivative is ``-1 / (1 + a**2)``
    everywhere, at 0 too.

    Parameters
    ----------
    a : array_like
        Any numbers.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor
        Angles from -pi/2 to pi/2.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.arccot([-1.0, 0.0, 1.0])
    Tensor([-0.78539816,  1.57079633,  0.78539816])
    """
    if np.iscomplexobj(a):
        return np.arctan(np.divide(1.0, a))
    s = side(a)
    return np.arctan2(s, s * a)


@composite(name="sech")
def sech(a):
    """Return the hyperbolic secant, ``1 / cosh(a)``, element by element.

    Where ``cosh(a)`` overflows, the value and the derivative are 0.

    Parameters
    ----------
    a : array_like
        Any numbers.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.sech([0.0, 1.0, 800.0])
    Tensor([1.        , 0.64805427, 0.        ])
    """
    far = beyond_one(a)
    if not np.any(far):
        return 1.0 / np.cosh(a)
    u = np.exp(-1.0 * side(a) * a)
    return np.where(far, 2.0 * u / (1.0 + u * u), 1.0 / np.cosh(np.where(far, 0.0, a)))


@composite(name="csch")
def csch(a):
    """Return the hyperbolic cosecant, ``1 / sinh(a)``, element by element.

    Where ``sinh(a)`` overflows the value and the derivative are 0; at 0 they are inf and -inf.

    Parameters
    ----------
    a : array_like
        Any numbers.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.csch([-1.0, 1.0, 800.0])
    Tensor([-0.85091813,  0.85091813,  0.        ])
    """
    far = beyond_one(a)
    if not np.any(far):
        return 1.0 / np.sinh(a)
    s = side(a)
    u = np.where(far, np.exp(-1.0 * s * a), 0.0)
    return np.where(far, 2.0 * s * u / (1.0 - u * u), 1.0 / np.sinh(np.where(far, 1.0, a)))


@composite(name="coth")
def coth(a):
    """Return the hyperbolic cotangent, ``1 / tanh(a)``, element by element.

    The value at 0 is inf and the derivative there -inf.

    Parameters
    ----------
    a : array_like
        Any numbers.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.coth([1.0, 800.0])
    Tensor([1.31303529, 1.        ])
    """
    return 1.0 / np.tanh(a)


@composite(name="arccsch")
def arccsch(a):
    """Return the inverse hyperbolic cosecant, ``arcsinh(1 / a)``, element by element.

    The value at 0 is inf and the derivative there -inf.

    Parameters
    ----------
    a : array_like
        Any numbers.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.arccsch([0.5, 1.0])
    Tensor([1.44363548, 0.88137359])
    """
    far = beyond_one(a)
    if np.iscomplexobj(a) or np.all(far):
        return np.arcsinh(np.divide(1.0, a))
    # In [-1, 1] the logarithm taken apart: its derivative at 0 is -inf, where that of arcsinh(1 / a) is 0 *
    # inf. + 0.0 turns -0.0 into 0.0.
    s = side(a)
    b = np.where(far, s, a) + 0.0
    near = s * (np.log1p(np.hypot(b, 1.0)) - np.log(s * b))
    return np.where(far, np.arcsinh(1.0 / np.where(far, a, s)), near)


@composite(name="arccoth")
def arccoth(a):
    """Return the inverse hyperbolic cotangent, ``arctanh(1 / a)``, element by element.

    The derivative at -1 and 1 is -inf.

    Parameters
    ----------
    a : array_like
        Numbers of magnitude 1 or greater; the value of others is NaN.
    constant : bool, optional
        Whether the result is a constant, which no gradient passes. By default it is one if ``a`` is.

    Returns
    -------
    mygrad.Tensor

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.arccoth([2.0, 4.0])
    Tensor([0.54930614, 0.25541281])
    """
    return np.arctanh(np.divide(1.0, a))
