"""Functions of numbers, one by one: those of `math` and `cmath`."""

import builtins
import cmath
import functools
import math

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.function import general
from mygrad.engine.record import Handle
from mygrad.engine.rule import rules
from mygrad.rules.arguments import of_dtype
from mygrad.twins.calls import counterpart, number
from mygrad.twins.operands import number_of

__all__: list[str] = []


def _erf(x):
    return np.float64(math.erf(x))


def _erfc(x):
    return np.float64(math.erfc(x))


def _gamma(x):
    return np.float64(math.gamma(x))


def _lgamma(x):
    return np.float64(math.lgamma(x))


def _digamma(x):
    """The derivative of log gamma: moved up by its recurrence to where the asymptotic series is exact."""
    if plain(x) <= 0:
        return _digamma(1 - x) - math.pi / np.tan(math.pi * x)
    below = 0.0
    while plain(x) < 12:
        below, x = below + 1 / x, x + 1
    series = 0.0
    for n in (691 / 32760, -1 / 132, 1 / 240, -1 / 252, 1 / 120, -1 / 12):  # DLMF 5.11.2
        series = (series + n) / x**2
    return np.log(x) - 1 / (2 * x) + series - below


general(_erf, vjp={"x": lambda g, x: g * (2 / math.sqrt(math.pi)) * np.exp(-(x**2))})
general(_erfc, vjp={"x": lambda g, x: -g * (2 / math.sqrt(math.pi)) * np.exp(-(x**2))})
general(_gamma, vjp={"x": lambda g, x, out: g * out * _digamma(x)})
general(_lgamma, vjp={"x": lambda g, x: g * _digamma(x)})


def _log(x, base=None):
    return np.log(x) if base is None else np.log(x) / np.log(base)


_REAL = {
    **{
        name: getattr(np, name)
        for name in "sin cos tan sinh cosh tanh exp expm1 log1p log2 log10 sqrt fabs copysign fmod degrees "
        "radians exp2 cbrt modf ldexp".split()
    },
    **{name: getattr(np, f"arc{name[1:]}") for name in "asin acos atan asinh acosh atanh".split()},
    "atan2": np.arctan2,
    "pow": np.float_power,
    "hypot": lambda *x: functools.reduce(np.hypot, x) if len(x) > 1 else np.abs(*x),
    "remainder": lambda x, y: x - y * np.round(plain(x) / plain(y)),
    "log": _log,
    "erf": rules[_erf],
    "erfc": rules[_erfc],
    "gamma": rules[_gamma],
    "lgamma": rules[_lgamma],
    "fma": lambda x, y, z: x * y + z,
    "frexp": lambda x: (x / 2.0 ** math.frexp(plain(x))[1], math.frexp(plain(x))[1]),
    "nextafter": lambda x, y, **steps: x + (math.nextafter(plain(x), plain(y), **steps) - plain(x)),
    "prod": lambda values, *, start=1: functools.reduce(lambda a, b: a * b, values, start),
    "fsum": builtins.sum,
    "dist": lambda p, q: np.sqrt(builtins.sum((a - b) ** 2 for a, b in zip(p, q, strict=True))),
    "sumprod": lambda p, q: builtins.sum(a * b for a, b in zip(p, q, strict=True)),
}
"""What functions of `math` do with tensors."""


def _on_complex(function):
    return lambda x, *rest: function(of_dtype(x, np.dtype(complex)), *rest)


_COMPLEX = {
    **{
        name: _on_complex(_REAL[name])
        for name in "sin cos tan sinh cosh tanh exp sqrt log10 log asin acos atan asinh acosh atanh".split()
    },
    "phase": np.angle,
    "polar": lambda z: (np.abs(z), np.angle(z)),
    "rect": lambda r, phi: r * np.exp(1j * phi),
}
"""What functions of `cmath` do with tensors."""


def _of_numbers(function, ours, *methods):
    """The counterpart of a function of Python's numbers, which raises as that does."""

    def call(*args, **kwargs):
        args = [list(a) if hasattr(a, "__next__") else number_of(a, *methods) for a in args]
        value = function(*(_numbers(a) for a in args), **kwargs)  # outside of its domain it raises
        if not _carries_gradient(args):
            return value
        made = ours(*args, **kwargs)
        return tuple(map(_number, made)) if type(made) is tuple else _number(made)

    counterpart(function)(call)


def _numbers(a):
    return [_numbers(item) for item in a] if type(a) in (list, tuple) else plain(a)


def _number(a):
    if not isinstance(a, Handle):
        return a
    return number(np.reshape(a, ()) if a.ndim else a, complex if a.dtype.kind == "c" else float)


def _carries_gradient(values):
    return any(
        _carries_gradient(v) if type(v) in (list, tuple) else isinstance(v, Handle) and not v.constant
        for v in values
    )


for _module, _table, *_methods in ((math, _REAL, "__float__"), (cmath, _COMPLEX, "__complex__", "__float__")):
    for _name, _ours in _table.items():
        if hasattr(_module, _name):  # some are new in later versions of Python
            _of_numbers(getattr(_module, _name), _ours, *_methods)
