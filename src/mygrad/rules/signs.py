"""The sign of a number: that of a complex one, ``z / |z|``, turns with its angle.

Of real numbers it is constant between jumps: NumPy's answer to the values, as of `mygrad.rules.discrete`.
"""

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.function import general
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules
from mygrad.engine.views import make_over
from mygrad.rules.arguments import arraylike, of_dtype


def direction(z):
    """``np.sign`` of complex numbers."""
    return np.sign(z)


def over_twice_size(change, z):
    """``change / (2 |z|)``, and 0 at 0, where there is no direction."""
    zero = np.equal(z, 0)
    size = np.abs(np.where(zero, np.ones_like(z), z))
    return np.where(zero, np.zeros_like(change), change / (2.0 * size))


# Of s = z / |z|: ds = (dz - s**2 conj(dz)) / (2 |z|).
general(
    direction,
    vjp={"z": lambda g, z, out: over_twice_size(g - np.conjugate(g * out * out), z)},
    jvp={"z": lambda t, z, out: over_twice_size(t - out * out * np.conjugate(t), z)},
)


@composite(np.sign)
def sign(x, /, out=None, *, where=True, dtype=None, **options):
    """Of complex numbers, the derivative is that of ``z / |z|``, and 0 at 0. The sign of real numbers has no
    gradient."""
    x = arraylike(x)
    z = x if dtype is None else of_dtype(x, dtype)
    (target,) = out if isinstance(out, tuple) else (out,)
    turns = z.dtype.kind == "c"
    if turns and where is True and target is None and not options:
        return rules[direction](z)
    # NumPy says what can't be; what it doesn't compute is what was there.
    before = target
    if isinstance(target, (Handle, np.ndarray)):
        before = np.array(plain(target))
        before.flags.writeable = isinstance(target, Handle) or target.flags.writeable
    values = np.sign(plain(x), out=before, where=plain(where), dtype=dtype, **options)
    if target is None:
        return np.where(plain(where), rules[direction](z), values) if turns else values
    if isinstance(target, Handle) or turns:
        target = target if isinstance(target, Handle) else make_over(target)
        np.copyto(target, rules[direction](z) if turns else values, where=where, casting="same_kind")
    else:
        target[...] = values
    return target
