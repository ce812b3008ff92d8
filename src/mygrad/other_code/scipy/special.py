"""The functions of `scipy.special`.

Most are ufuncs, and a rule is a line as in our own chapters: ``g`` is the derivative with respect to the
result, ``x``, ``y`` and ``z`` are the operands. Equations are those of the Digital Library of Mathematical
Functions (DLMF). Where the formula of the textbook overflows or cancels, the better one has a comment that
says so.
"""

import math

import numpy as np
from scipy import special

from mygrad.engine.rule import elementwise, no_gradient
from mygrad.other_code.defining import define_rule
from mygrad.rules.arguments import values_of
from mygrad.rules.log_sums import shares

SQRT_PI = math.sqrt(math.pi)
DEGREE = math.pi / 180.0

# --------------------------------------------------------------------------------- exponentials and logistics

elementwise(special.exp2, x=lambda g, out: g * out * math.log(2.0))
elementwise(special.exp10, x=lambda g, out: g * out * math.log(10.0))
elementwise(special.expm1, x=lambda g, x: g * np.exp(x))
elementwise(special.log1p, x=lambda g, x: g / (1.0 + x), note="inf at -1.")
elementwise(special.cbrt, x=lambda g, out: g / (3.0 * out * out), note="inf at 0.")

# 1 - expit(x) has no correct digit for large x.
elementwise(special.expit, x=lambda g, x: g * (special.expit(x) * special.expit(-x)))
elementwise(special.log_expit, x=lambda g, x: g * special.expit(-x))
elementwise(special.logit, x=lambda g, x: g / x + g / (1.0 - x), note="inf at 0 and 1.")

# ((x - 1) * exp(x) + 1) / x**2 cancels near 0; it is a confluent hypergeometric function (DLMF 13.2.2).
elementwise(special.exprel, x=lambda g, x: g * (0.5 * special.hyp1f1(2.0, 3.0, x)))
elementwise(special.hyp1f1, z=lambda g, x, y, z: g * (x / y * special.hyp1f1(x + 1.0, y + 1.0, z)))
elementwise(
    special.boxcox,
    x=lambda g, x, y: g * np.power(x, y - 1.0),
    # As log(x) * exprel(y * log(x)), which is smooth at y = 0.
    y=lambda g, x, y: g * (0.5 * np.square(np.log(x)) * special.hyp1f1(2.0, 3.0, y * np.log(x))),
)

# -------------------------------------------------------------------------------------- entropies, and losses


def over(x, y):
    """``x / y``, and 0 where both are 0."""
    return x / np.where(np.logical_and(x == 0, y == 0), 1.0, y)


def log_ratio(x, y):
    """``log(x / y)``, also where the quotient overflows, and with all digits where it is almost 1."""
    ratio = values_of(x) / values_of(y)
    near = np.logical_and(ratio > 0.5, ratio < 2.0)
    far = np.logical_not(np.logical_and(ratio > np.finfo(ratio.dtype).tiny, np.isfinite(ratio)))
    between = (
        np.log(np.where(near, 1.0, x) / np.where(near, 1.0, y)) if not far.any() else np.log(x) - np.log(y)
    )
    return np.where(near, np.log1p(np.where(near, x - y, 0.0) / np.where(near, y, 1.0)), between)


BOTH_ZERO = "Where both are 0, the derivative in the second is 0."

elementwise(special.xlogy, x=lambda g, y: g * np.log(y), y=lambda g, x, y: g * over(x, y), note=BOTH_ZERO)
elementwise(
    special.xlog1py,
    x=lambda g, y: g * np.log1p(y),
    y=lambda g, x, y: g * over(x, 1.0 + y),
    note="Where x is 0 and y is -1, the derivative in y is 0.",
)
elementwise(special.entr, x=lambda g, x: g * (-np.log(x) - 1.0), note="inf at 0.")
elementwise(
    special.rel_entr,
    x=lambda g, x, y: g * (log_ratio(x, y) + 1.0),
    y=lambda g, x, y: -g * over(x, y),
    note=f"{BOTH_ZERO} In the first it is -inf at 0.",
)
elementwise(
    special.kl_div,
    x=lambda g, x, y: g * log_ratio(x, y),
    y=lambda g, x, y: g * over(y - x, y),
    note=f"{BOTH_ZERO} In the first it is -inf at 0.",
)
elementwise(
    special.huber,
    x=lambda g, x, y: g * np.maximum(np.abs(y) - x, 0.0),
    y=lambda g, x, y: g * np.clip(y, -x, x),
    note="x is the delta, y the residual.",
)


def pseudo_huber_in_delta(x, y):
    """``x * (s - 1)**2 / s`` with ``s = sqrt(1 + (y / x)**2)``, where s - 1 would cancel."""
    u = y / x
    s = np.hypot(1.0, u)
    w = u * (u / (s + 1.0))
    return x * (w * (w / s))


elementwise(
    special.pseudo_huber,
    x=lambda g, x, y: g * pseudo_huber_in_delta(x, y),
    y=lambda g, x, y: g * (x * np.sin(np.arctan(y / x))),
    note="x is the delta, y the residual.",
)

# -------------------------------------------------------------------------------------------- error functions

elementwise(special.erf, x=lambda g, x: g * ((2.0 / SQRT_PI) * np.exp(-x * x)))
elementwise(special.erfc, x=lambda g, x: g * ((-2.0 / SQRT_PI) * np.exp(-x * x)))
elementwise(special.erfi, x=lambda g, x: g * ((2.0 / SQRT_PI) * np.exp(x * x)))
elementwise(
    special.erfinv, x=lambda g, out: g * ((0.5 * SQRT_PI) * np.exp(out * out)), note="inf at -1 and 1."
)
elementwise(
    special.erfcinv, x=lambda g, out: g * ((-0.5 * SQRT_PI) * np.exp(out * out)), note="-inf at 0, 2."
)
elementwise(special.ndtr, x=lambda g, x: g * (math.sqrt(0.5 / math.pi) * np.exp(-0.5 * x * x)))
elementwise(
    special.ndtri,
    x=lambda g, out: g * (math.sqrt(2.0 * math.pi) * np.exp(0.5 * out * out)),
    note="inf at 0, 1.",
)
# The density over the distribution is 0 / 0 far to the left; scaled, it is neither.
elementwise(
    special.log_ndtr,
    x=lambda g, x: g * (math.sqrt(2.0 / math.pi) / special.erfcx(x * -math.sqrt(0.5))),
)


def slope_of_erfcx(x):
    """``2 x erfcx(x) - 2 / sqrt(pi)``, which cancels for large `x`: there by its expansion (DLMF 7.12.1)."""
    far = np.real(values_of(x)) > 7.0
    if not far.any():
        return 2.0 * x * special.erfcx(x) - 2.0 / SQRT_PI
    u = np.power(np.where(far, x, 7.0), -2.0)
    total = np.zeros_like(u)
    for n in range(26, 0, -1):
        total = (n - 0.5) * u * (1.0 - total)
    x = np.where(far, 0.0, x)
    return np.where(far, total * (-2.0 / SQRT_PI), 2.0 * x * special.erfcx(x) - 2.0 / SQRT_PI)


elementwise(special.erfcx, x=lambda g, x: g * slope_of_erfcx(x))

# -------------------------------------------------------------------------------------------- gamma functions

# In the order of zeta and of polygamma no derivative is known here, so that they refuse a tensor there.
zeta = define_rule(special.zeta, derivative={"q": lambda x, q: -x * zeta(x + 1, q)}, note="DLMF 25.11.17.")
polygamma = define_rule(special.polygamma, derivative={"x": lambda n, x: polygamma(n + 1, x)})

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
"""``B_2, B_4, ...``, of the expansions for large arguments."""

SHIFT = 20
"""So far to the right all digits of these expansions are right."""


def trigamma(x):
    """The derivative of `digamma`; where `x` is complex, by DLMF 5.15.5, 5.15.6 and 5.15.8."""
    if not np.iscomplexobj(values_of(x)):
        return zeta(2, x)
    left = np.real(values_of(x)) < 0.5
    right = np.where(left, 1.0 - x, x)
    total = sum(1.0 / np.square(right + float(k)) for k in range(SHIFT))
    far = right + float(SHIFT)
    square = 1.0 / np.square(far)
    series = np.zeros_like(far)
    for b in BERNOULLI[::-1]:
        series = (series + b) * square
    total = total + 1.0 / far + 0.5 * square + series / far
    sine = np.sin(np.pi * np.where(left, x, 0.5))
    return np.where(left, np.square(math.pi / sine) - total, total)


def digamma_difference(x, y):
    """``digamma(x) - digamma(x + y)``. Where both are positive, as a sum that doesn't cancel: `x` is moved to
    the right (DLMF 5.5.2), and the expansion is subtracted term by term (DLMF 5.11.2)."""
    positive = np.logical_and(values_of(x) > 0, values_of(x) + values_of(y) > 0)
    u, v = np.where(positive, x, 1.0), np.where(positive, y, 1.0)
    total = sum(v / ((u + float(k)) * (u + float(k) + v)) for k in range(SHIFT))
    far = u + float(SHIFT)
    step = np.log1p(v / far)
    total = total + step + v / (2.0 * far * (far + v))
    for k, b in enumerate(BERNOULLI, 1):
        total = total - b / (2.0 * k) * far ** (-2.0 * k) * np.expm1(-2.0 * k * step)
    if positive.all():
        return -total
    x, y = np.where(positive, 1.0, x), np.where(positive, 1.0, y)
    return np.where(positive, -total, special.digamma(x) - special.digamma(x + y))


AT_POLES = "At the poles, 0, -1, -2, ..., there is none."

elementwise(special.gammaln, x=lambda g, x: g * special.digamma(x), note=AT_POLES)
elementwise(special.loggamma, x=lambda g, x: g * special.digamma(x), note=AT_POLES)
elementwise(special.gamma, x=lambda g, x, out: g * (out * special.digamma(x)), note=AT_POLES)
elementwise(special.psi, x=lambda g, x: g * trigamma(x), note=AT_POLES)
elementwise(
    special.beta,
    x=lambda g, x, y, out: g * (out * digamma_difference(x, y)),
    y=lambda g, x, y, out: g * (out * digamma_difference(y, x)),
)
elementwise(
    special.betaln,
    x=lambda g, x, y: g * digamma_difference(x, y),
    y=lambda g, x, y: g * digamma_difference(y, x),
)
no_gradient(special.gammasgn)


def gamma_density(x, y):
    """``y**(x - 1) * exp(-y) / gamma(x)``."""
    return np.exp(special.xlogy(x - 1.0, y) - y - special.gammaln(x))


# In the shape, x, no derivative is known in closed form.
elementwise(special.gammainc, y=lambda g, x, y: g * gamma_density(x, y))
elementwise(special.gammaincc, y=lambda g, x, y: -g * gamma_density(x, y))

# ------------------------------------------------------------------------------------------- Bessel functions

# DLMF 10.6.1 and 10.29.1. In the order, x, no derivative is known in closed form.
elementwise(special.j0, x=lambda g, x: -g * special.j1(x))
elementwise(special.j1, x=lambda g, x: g * (0.5 * (special.j0(x) - special.jv(2.0, x))))
elementwise(special.jv, y=lambda g, x, y: g * (0.5 * (special.jv(x - 1.0, y) - special.jv(x + 1.0, y))))
elementwise(special.y0, x=lambda g, x: -g * special.y1(x))
elementwise(special.y1, x=lambda g, x: g * (0.5 * (special.y0(x) - special.yv(2.0, x))))
elementwise(special.yv, y=lambda g, x, y: g * (0.5 * (special.yv(x - 1.0, y) - special.yv(x + 1.0, y))))
elementwise(special.i0, x=lambda g, x: g * special.i1(x))
elementwise(special.i1, x=lambda g, x: g * (0.5 * (special.i0(x) + special.iv(2.0, x))))
elementwise(special.iv, y=lambda g, x, y: g * (0.5 * (special.iv(x - 1.0, y) + special.iv(x + 1.0, y))))
elementwise(special.k0, x=lambda g, x: -g * special.k1(x))
elementwise(special.k1, x=lambda g, x: g * (-0.5 * (special.k0(x) + special.kv(2.0, x))))
elementwise(special.kv, y=lambda g, x, y: g * (-0.5 * (special.kv(x - 1.0, y) + special.kv(x + 1.0, y))))

FAR = 30.0
"""From here on the expansions of Bessel functions have all digits of double precision, for orders 0 and 1."""


def slope_far_out(x, order, alternating):
    """The derivative of ``sum(a_k / x**k) / sqrt(x)``, term by term; of I_n the signs alternate (DLMF
    10.40.1, 10.40.2)."""
    terms = [1.0]
    for k in range(1, 20):
        terms.append(terms[-1] * (4 * order * order - (2 * k - 1) ** 2) / (8.0 * k) * (-1) ** alternating)
    total = np.zeros_like(x)
    for k in range(len(terms) - 1, -1, -1):
        total = total / x - terms[k] * (k + 0.5)
    return total / (x * np.sqrt(x))


def near_and_far(x, near, order, alternating):
    """The derivative of a scaled Bessel function: by `near`, which cancels far out, and there by that of its
    expansion."""
    is_far = np.abs(values_of(x)) > FAR
    if not is_far.any():
        return near(x)
    s = np.sign(values_of(x))
    far = slope_far_out(np.where(is_far, s * x, FAR), order, alternating)
    far = far * (math.sqrt(0.5 / math.pi) if alternating else math.sqrt(0.5 * math.pi))
    if alternating and order == 0:  # of an even function the derivative is odd
        far = s * far
    return np.where(is_far, far, near(np.where(is_far, 1.0, x)))


def of_real(x, scaled):
    """A value that is scaled by ``exp(-|x|)``, which only of real `x` has a derivative."""
    if np.iscomplexobj(values_of(x)):
        raise TypeError("ive is no holomorphic function: of complex numbers it has no derivative here.")
    return scaled


elementwise(
    special.i0e,
    x=lambda g, x: g * near_and_far(x, lambda x: special.i1e(x) - np.sign(x) * special.i0e(x), 0, True),
    note="0 at 0, between the slopes on either side.",
)
elementwise(
    special.i1e,
    x=lambda g, x: (
        g
        * near_and_far(
            x,
            lambda x: 0.5 * (special.i0e(x) + special.ive(2.0, x)) - np.sign(x) * special.i1e(x),
            1,
            True,
        )
    ),
)
elementwise(
    special.ive,
    y=lambda g, x, y, out: (
        g * of_real(y, 0.5 * (special.ive(x - 1.0, y) + special.ive(x + 1.0, y)) - np.sign(y) * out)
    ),
)
elementwise(
    special.k0e, x=lambda g, x: g * near_and_far(x, lambda x: special.k0e(x) - special.k1e(x), 0, False)
)
elementwise(
    special.k1e,
    x=lambda g, x: (
        g * near_and_far(x, lambda x: special.k1e(x) - 0.5 * (special.k0e(x) + special.kve(2.0, x)), 1, False)
    ),
)
elementwise(
    special.kve,
    y=lambda g, x, y, out: g * (out - 0.5 * (special.kve(x - 1.0, y) + special.kve(x + 1.0, y))),
)

# ---------------------------------------------------------------------------------------- angles in degrees

elementwise(special.sindg, x=lambda g, x: g * (DEGREE * special.cosdg(x)))
elementwise(special.cosdg, x=lambda g, x: g * (-DEGREE * special.sindg(x)))
elementwise(special.tandg, x=lambda g, out: g * (DEGREE * (1.0 + out * out)))
elementwise(special.cotdg, x=lambda g, out: g * (-DEGREE * (1.0 + out * out)))
elementwise(special.cosm1, x=lambda g, x: -g * np.sin(x))

# --------------------------------------------------------------------------------------- sums of exponentials


def kept(g, a, axis, keepdims=True):
    """A value for each sum over `axis`, with that axis kept."""
    if keepdims:
        return g
    axis = tuple(range(np.ndim(a))) if axis is None else axis
    return np.expand_dims(g, axis) if np.ndim(a) else g


def of_weights(g, a, axis, b, keepdims, return_sign):
    """What comes for ``b * exp(a)``, over ``exp(a)``."""
    if return_sign:
        g, of_sign = g
        if of_sign is not None and np.iscomplexobj(values_of(of_sign)):
            raise TypeError("logsumexp has no derivative here for the phase of complex sums.")
    share = shares(a, axis)
    weighted = share if b is None else b * share
    if g is None:
        return np.zeros_like(weighted)
    g = kept(g, weighted, axis, keepdims)
    total = np.sum(weighted, axis=axis, keepdims=True)
    if return_sign and np.iscomplexobj(values_of(total)):
        raise TypeError("logsumexp has no derivative here for the magnitude of complex sums.")
    return g / total * share


def logsumexp_in_a(g, a, axis, b, keepdims, return_sign):
    found = of_weights(g, a, axis, b, keepdims, return_sign)
    return found if b is None else b * found


def logsumexp_in_b(g, a, axis, b, keepdims, return_sign):
    return of_weights(g, a, axis, b, keepdims, return_sign)


logsumexp = define_rule(
    special.logsumexp,
    vjp={"a": logsumexp_in_a, "b": logsumexp_in_b},
    note="The weights of a softmax. Of infinite elements the greatest share it evenly. The sign has none.",
)
softmax = define_rule(
    special.softmax,
    vjp={"x": lambda g, out, axis: out * (g - np.sum(g * out, axis=axis, keepdims=True))},
    jvp={"x": lambda t, out, axis: out * (t - np.sum(t * out, axis=axis, keepdims=True))},
)
log_softmax = define_rule(
    special.log_softmax,
    vjp={"x": lambda g, out, axis: g - np.exp(out) * np.sum(g, axis=axis, keepdims=True)},
    jvp={"x": lambda t, out, axis: t - np.sum(np.exp(out) * t, axis=axis, keepdims=True)},
)
