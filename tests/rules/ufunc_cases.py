"""Cases of the ufuncs: one domain each, the rest is the same for all.

Whatever the rule, NumPy's ufuncs broadcast, write into ``out=``, leave out what ``where=`` says and compute
in the dtype that is asked for.
"""

import numpy as np

from mygrad.engine.rule import Elementwise, composites, rules

from .drawing import add, var

ANY = {"domain": (-2.0, 2.0)}
NONZERO = {"domain": (0.3, 2.0), "signed": True}
POSITIVE = {"domain": (0.3, 2.0)}
UNIT = {"domain": (-0.9, 0.9)}

DOMAINS = {
    np.reciprocal: [NONZERO],
    np.divide: [ANY, NONZERO],
    np.sqrt: [POSITIVE],
    np.cbrt: [NONZERO],
    np.power: [POSITIVE, ANY],
    np.float_power: [POSITIVE, ANY],
    np.absolute: [NONZERO],
    np.fabs: [NONZERO],
    np.hypot: [NONZERO, NONZERO],
    np.arctan2: [NONZERO, NONZERO],
    np.copysign: [NONZERO, NONZERO],
    np.heaviside: [NONZERO, ANY],
    # The whole part of x / y is 2 or -3 for all: it jumps nowhere near.
    np.remainder: [{"domain": (4.3, 5.6), "signed": True}, {"domain": (1.95, 2.05), "signed": True}],
    np.fmod: [{"domain": (4.3, 5.6), "signed": True}, {"domain": (1.95, 2.05), "signed": True}],
    np.divmod: [{"domain": (4.3, 5.6), "signed": True}, {"domain": (1.95, 2.05), "signed": True}],
    np.modf: [{"domain": (2.1, 2.9), "signed": True}],
    np.frexp: [{"domain": (2.1, 3.9), "signed": True}],
    np.log: [POSITIVE],
    np.log2: [POSITIVE],
    np.log10: [POSITIVE],
    np.log1p: [{"domain": (-0.6, 2.0)}],
    np.tan: [{"domain": (-1.1, 1.1)}],
    np.arcsin: [UNIT],
    np.arccos: [UNIT],
    np.arctanh: [UNIT],
    np.arccosh: [{"domain": (1.3, 3.0)}],
}

PLAIN = [
    np.add, np.subtract, np.multiply, np.positive, np.negative, np.square, np.conjugate, np.ldexp,
    np.nextafter, np.exp, np.exp2, np.expm1, np.logaddexp, np.logaddexp2, np.maximum, np.minimum, np.fmax,
    np.fmin, np.sin, np.cos, np.arctan, np.deg2rad, np.radians, np.rad2deg, np.degrees, np.sinh, np.cosh,
    np.tanh, np.arcsinh,
]  # fmt: skip
"""Ufuncs that have a derivative everywhere, or almost: no two elements of a case are equal."""

UNARY_SHAPES = [((3, 4),), ((),), ((0,),), ((2, 0, 3),), ((2, 1, 3),)]
BINARY_SHAPES = [
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((4,), (3, 4)),
    ((3, 1), (1, 4)),
    ((), (3,)),
    ((2, 3), ()),
    ((), ()),
    ((2, 3), (1, 1)),
    ((0, 3), (1, 3)),
    ((2, 1, 3), (4, 1)),
]

MASK = np.array([[True, False, True, True], [False, False, True, False], [True, True, False, True]])


def domains_of(ufunc):
    """For each input its domain; None for a ufunc without an entry."""
    return DOMAINS.get(ufunc) or ([ANY] * ufunc.nin if ufunc in PLAIN else None)


def result_of(ufunc):
    """Which of the results of `ufunc` is differentiated; None if it has one."""
    rule = rules[ufunc]
    return None if type(rule) is Elementwise else [one is not None for one in rule.outputs].index(True)


def add_ufunc(ufunc):
    """Add what is to be checked of any ufunc."""
    which = result_of(ufunc)

    def pick(result):
        return result if which is None else result[which]

    exponents = np.array([3, -2, 0, 1], dtype=np.int32)

    def operands(shapes):
        """The variables for operands of these shapes, and how to call the ufunc with their values."""
        if ufunc is np.ldexp:
            return [var(*shapes[0], **ANY)], lambda x, **kwargs: np.ldexp(
                x, np.resize(exponents, shapes[1]), **kwargs
            )
        variables = [var(*shape, **domain) for shape, domain in zip(shapes, domains_of(ufunc), strict=True)]
        return variables, ufunc

    def outs(out):
        """Arrays to write to, with `out` for the result that is differentiated."""
        if which is None:
            return out
        other = np.zeros(out.shape, int if ufunc is np.frexp else float)
        return (out, other) if which == 0 else (other, out)

    for shapes in UNARY_SHAPES if ufunc.nin == 1 else BINARY_SHAPES:
        variables, f = operands(shapes)
        add(ufunc, " ".join(map(str, shapes)), lambda *xs, f=f: pick(f(*xs)), variables, overwritten=False)

    variables, f = operands([(3, 4), (4,)][: ufunc.nin])
    written = {"written": True, "overwritten": True}

    def into(*values):
        *xs, out = values
        out = out.copy()
        assert pick(f(*xs, out=outs(out))) is out
        return out

    def into_where(*values):
        *xs, out = values
        out = out.copy()
        f(*xs, out=outs(out), where=MASK)
        return out

    def into_view(*values):
        *xs, out = values
        out = out.copy()
        f(*xs, out=outs(out[1:, ::-1]), where=MASK[0])
        return out * 2.0

    def into_itself(x, *rest):
        x = x.copy()
        f(x, *rest, out=outs(x))
        return x

    add(ufunc, "out=", into, [*variables, var(3, 4)], **written)
    add(ufunc, "out=,where=", into_where, [*variables, var(3, 4)], **written)
    add(ufunc, "out=view,where=", into_view, [*variables, var(4, 4)], **written)
    add(ufunc, "out=x", into_itself, variables, **written)
    add(ufunc, "where=", lambda *xs: np.where(MASK, pick(f(*xs, where=MASK)), 0.0), variables)
    add(ufunc, "where=row", lambda *xs: np.where(MASK[0], pick(f(*xs, where=MASK[0])), 0.0), variables)
    add(ufunc, "order=F", lambda *xs: pick(f(*xs, order="F", casting="unsafe", subok=False)), variables)
    if ufunc not in (np.ldexp, np.frexp):  # their integers have a dtype of their own
        add(ufunc, "dtype=longdouble", lambda *xs: pick(f(*xs, dtype=np.longdouble)), variables)
        if ufunc.nin == 2:
            x, y = operands([(3,), (3,)])[0]
            number = 2.0 if domains_of(ufunc)[1] is not ANY else 1.5
            add(ufunc, "number on the right", lambda x: pick(ufunc(x, number)), [x])
            first = 5.0 if ufunc in (np.remainder, np.fmod, np.divmod) else 1.5
            add(ufunc, "number on the left", lambda y: pick(ufunc(first, y)), [y])
            add(ufunc, "list on the right", lambda x: pick(ufunc(x, [2.0, -2.0, number])), [x])
            if ufunc not in (np.maximum, np.minimum, np.fmax, np.fmin, np.remainder, np.fmod, np.divmod):
                add(ufunc, "twice the same", lambda x: pick(ufunc(x, x)), [var(3, **POSITIVE)])


for _ufunc in {**DOMAINS, **dict.fromkeys(PLAIN)}:
    add_ufunc(_ufunc)

for _exponent in (0, 1, 2, 3, -1, -2, 0.5, 2.5, np.float64(2.0), np.array([2, 0, -1])):
    add(np.power, f"x ** {_exponent}", lambda x, n=_exponent: np.power(x, n), [var(3, **POSITIVE)])
    add(np.power, f"operator x ** {_exponent}", lambda x, n=_exponent: x**n, [var(3, **POSITIVE)])
for _exponent in (0, 1, 2, 3, -2, np.array([3.0, -2.0, 0.0])):
    add(np.power, f"(-x) ** {_exponent}", lambda x, n=_exponent: np.power(x, n), [var(3, **NONZERO)])
for _base in (2, 0.5, 1, np.array([2, 3, 1])):
    add(np.power, f"{_base} ** y", lambda y, b=_base: np.power(b, y), [var(3)])

# Beyond 1, where the textbook's formulas have a second form, and within.
FAR = {"domain": (1.2, 3.0), "signed": True}
EXTRA = {
    "sec": UNIT, "csc": NONZERO, "cot": NONZERO, "arcsec": FAR, "arccsc": FAR, "arccot": NONZERO, "sech": ANY,
    "csch": NONZERO, "coth": NONZERO, "arccsch": NONZERO, "arccoth": FAR, np.sinc: ANY,
}  # fmt: skip
for _key, _domain in EXTRA.items():
    for _shape in ((3, 4), (), (0,)):
        add(
            _key,
            str(_shape),
            composites[_key] if isinstance(_key, str) else _key,
            [var(*_shape, **_domain)],
            exact=False,
        )
