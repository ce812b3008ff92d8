"""Arithmetic, powers, magnitudes and floating-point routines.

Each rule is elementwise: the one expression in ``g`` is both the VJP and the JVP. ``x`` and ``y`` are the
first and the second input and ``out`` is the result; a rule keeps alive what it names and nothing else.

Four habits, here and in the other chapters of elementwise functions:

- Factors stand in the order that overflows last: ``g * (x / out)``, not ``g * x / out``.
- Where the partial is infinite or undefined the expression meets ``0 * inf``, ``0 / 0`` or a function outside
  its domain, so that an element with ``g == 0`` raises the floating-point flag by which the sweep finds and
  mends it.
- Constants are Python floats, so float16, float32 and longdouble operands stay what they are.
- Holomorphic functions have the formula of the real function. Where NumPy tells the two sides of a branch cut
  apart by the sign of a zero, the formula keeps that sign: ``x - -1.0`` where ``x + 1.0`` would turn -0.0
  into 0.0.
"""

import math
import operator

import numpy as np

from mygrad.engine.rule import elementwise
from mygrad.engine.sums import LARGE


def is_complex(x):
    """Whether ``x``, which is an array, a NumPy scalar or a tensor, holds complex numbers."""
    return x.dtype.kind == "c"


def zero(g):
    """The partial of a function that is constant in this input wherever it is continuous."""
    return np.zeros_like(g)


def doubled_product(g, x):
    """``2 g x``."""
    if type(g) is type(x) is np.ndarray and g.size > LARGE:
        if not any(g.strides):  # one number that stands for many, as in the derivative of a sum
            return (g[(0,) * g.ndim] * 2.0) * x
        product = g * x
        return np.add(product, product, out=product)
    return (g + g) * x


# Sums and products

elementwise(np.add, operator=operator.add, x=lambda g: g, y=lambda g: g)
elementwise(np.subtract, operator=operator.sub, x=lambda g: g, y=lambda g: -g)
elementwise(np.positive, x=lambda g: g)
elementwise(np.negative, x=lambda g: -g)
elementwise(
    np.multiply,
    operator=operator.mul,
    x=lambda g, y: g * y,
    y=lambda g, x: g * x,
    same=doubled_product,
    stretched={"x": lambda g, y: g.dot(y), "y": lambda g, x: g.dot(x)},
)

# -(g / y) * out: g / y is what raises the flag at y = 0, where out may be a NaN, which would pass quietly.
elementwise(
    np.divide,
    operator=operator.truediv,
    x=lambda g, y: g / y,
    y=lambda g, y, out: -(g / y) * out,
    both=lambda g, y, out: (share := g / y, -share * out),
    stretched={"y": lambda g, y, out: -g.dot(out) / y},
    note="At y = 0 the derivative in x is infinite; that in y is, or it is NaN where the value is.",
)

# Two divisions: x * x underflows where the quotient is finite for a small cotangent, and out would not raise
# the flag at a complex 0, where it is a NaN.
elementwise(np.reciprocal, x=lambda g, x: -(g / x) / x, note="At 0 it is -inf.")


JUMPS = "The jumps at whole multiples of y have no derivative and are left out."

# Remainders. x = n * y + out with a whole n that jumps where out does, so the partials are 1 and -n.


def truncated_quotient(x, y):
    """The ``n`` of ``np.fmod``: not ``np.trunc(x / y)``, where the division may round up to the next one."""
    # abs, not np.abs: a Python number must stay one, which leaves the dtype to the other operand.
    n = np.floor_divide(abs(x), abs(y))
    return np.where(np.signbit(x) == np.signbit(y), n, -n)


elementwise(
    np.remainder,
    x=lambda g: g,
    y=lambda g, x, y: -g * np.floor_divide(x, y),
    note=JUMPS,
)
elementwise(
    np.fmod,
    x=lambda g: g,
    y=lambda g, x, y: -g * truncated_quotient(x, y),
    note=JUMPS,
)


# Powers and roots

elementwise(np.square, x=doubled_product)

# At 0 the partials are inf.
elementwise(
    np.sqrt,
    x=lambda g, out: g * 0.5 / out,
    note="inf at 0; NaN for negative numbers, as the value is. Of complex numbers the principal root.",
)
elementwise(np.cbrt, x=lambda g, out: g / (3.0 * out * out), note="inf at 0.")


def power_base(g, x, y):
    """``y * x**(y - 1)``, and 0 wherever ``y`` is 0; right for negative ``x`` and whole ``y`` too."""
    if isinstance(y, (int, float, complex)):
        # A Python number: the everyday powers without np.power, which costs some ten multiplications.
        if y == 2:
            return doubled_product(g, x)
        if y == 1:
            return g
        if y == 0:
            return zero(g)
        if y == 0.5:
            return g * 0.5 / np.sqrt(x)
        return g * (y * x ** (y - 1))
    partial = y * x ** (y - 1)
    flat = y == 0
    if flat.any():
        # y / x is the same number there. Unlike 0 * x**-1 it is 0 also where 1 / x overflows; unlike a
        # constant 0 it has the right derivative in y, 1 / x.
        partial = np.where(flat, y / np.where(x == 0, 1.0, x), partial)
    return g * partial


def power_exponent(g, x, out):
    """``x**y * log(x)``: at x = 0 it is 0 if y >= 0 and NaN if y < 0; at a negative real x it is NaN."""
    if isinstance(x, (int, float)) and x > 0:
        return g * out * math.log(x)
    # log(1) = 0 stands in for log(0): out * 0 is 0 where 0**y is 0 or 1, and NaN where it is inf.
    # dtype: the logarithm of a negative real base with a complex exponent is the complex one.
    return g * out * np.log(np.where(x == 0, 1.0, x), dtype=out.dtype)


def float_power_base(g, x, y):
    """As ``power_base``, in the double precision of ``np.float_power``."""
    partial = y * np.float_power(x, y - 1)
    flat = np.equal(y, 0)
    if flat.any():
        partial = np.where(flat, y / np.where(x == 0, 1.0, x), partial)
    return g * partial


elementwise(
    np.power,
    x=power_base,
    y=power_exponent,
    note="At x = 0: in x 0 where y is 0 or greater than 1, infinite where y is negative or between 0 and 1; "
    "in y 0 where y >= 0, NaN where y < 0. In y at negative real x NaN.",
)
elementwise(np.float_power, x=float_power_base, y=power_exponent, note="As of np.power.")


# Magnitudes, signs and complex conjugates


def absolute(g, x):
    """0 at x = 0, the element of least norm, for real and for complex numbers alike."""
    if is_complex(x):
        modulus = np.abs(x)
        # 0 / inf: the zero has derivative 0 as well, and no flag is raised on the way.
        return g * (np.conjugate(x) / np.where(modulus == 0, np.inf, modulus))
    return g * np.sign(x)


def hypot(g, x, out):
    """``x / hypot(x, y)``: the partials at (0, 0) are 0, the element of least norm."""
    return g * (x / np.where(out == 0, np.inf, out))


elementwise(
    np.absolute, x=absolute, note="0 at 0, the element of least norm. Of complex numbers conj(z) / |z|."
)
elementwise(np.fabs, x=lambda g, x: g * np.sign(x), note="0 at 0, the element of least norm.")
elementwise(
    np.hypot, x=hypot, y=lambda g, y, out: hypot(g, y, out), note="0 at (0, 0), the element of least norm."
)

# Not holomorphic. The cotangent of conj(z) is paired as Re(g * dz), and Re(g * conj(dz)) = Re(conj(g) * dz).
elementwise(
    np.conjugate,
    x=lambda g: np.conjugate(g) if is_complex(g) else g,
    note="Not holomorphic: the conjugate of the cotangent.",
)

# |x| with the sign of y: at x = 0 the convention of abs; the jump at y = 0 has no derivative and is left out.
elementwise(
    np.copysign,
    x=lambda g, x, out: g * (np.sign(x) * np.sign(out)),
    y=zero,
    selects=True,
    note="|x| with the sign of y: 0 at x = 0; the jump at y = 0 has no derivative and is left out.",
)

# The step at x = 0 has no derivative and is left out; y is the value there and nowhere else.
elementwise(
    np.heaviside,
    x=zero,
    y=lambda g, x: np.where(x == 0, g, 0.0),
    note="The step at x = 0 has no derivative and is left out; y is the value there and nowhere else.",
)


# Floating-point routines

elementwise(
    np.ldexp, x=lambda g, y: np.ldexp(g, y), note="The exponent is a whole number and has no derivative."
)

# The neighbour of x is x and a rounding error.
elementwise(np.nextafter, x=lambda g: g, y=zero, note="The neighbour of x is x, but for a rounding error.")
