"""What the notes of the table say of points without a derivative, or with more than one, is what comes
out."""

import numpy as np
import pytest

import mygrad as mg
from mygrad import derivative_of

INF, NAN = np.inf, np.nan

POINTS = [
    (np.divide, (1.0, 0.0), (INF, -INF)),
    (np.divide, (-1.0, 0.0), (INF, INF)),
    (np.divide, (0.0, 0.0), (INF, NAN)),
    (np.reciprocal, (0.0,), (-INF,)),
    (np.remainder, (6.0, 3.0), (1.0, -2.0)),
    (np.remainder, (-7.0, 3.0), (1.0, 3.0)),
    (np.fmod, (6.0, 3.0), (1.0, -2.0)),
    (np.fmod, (-7.0, 3.0), (1.0, 2.0)),
    (np.sqrt, (0.0,), (INF,)),
    (np.sqrt, (-1.0,), (NAN,)),
    (np.sqrt, (-4.0 + 0j,), (np.conj(1 / 4j),)),
    (np.cbrt, (0.0,), (INF,)),
    (np.power, (0.0, 2.0), (0.0, 0.0)),
    (np.power, (0.0, 1.0), (1.0, 0.0)),
    (np.power, (0.0, 0.5), (INF, 0.0)),
    (np.power, (0.0, 0.0), (0.0, 0.0)),
    (np.power, (0.0, -1.0), (-INF, NAN)),
    (np.power, (-2.0, 3.0), (12.0, NAN)),
    (np.float_power, (0.0, 0.0), (0.0, 0.0)),
    (np.float_power, (0.0, -1.0), (-INF, NAN)),
    (np.float_power, (-2.0, 3.0), (12.0, NAN)),
    (np.absolute, (0.0,), (0.0,)),
    (np.absolute, (0j,), (0j,)),
    (np.absolute, (3 + 4j,), (0.6 + 0.8j,)),
    (np.fabs, (0.0,), (0.0,)),
    (np.hypot, (0.0, 0.0), (0.0, 0.0)),
    (np.copysign, (0.0, 1.0), (0.0, 0.0)),
    (np.copysign, (-3.0, 0.0), (-1.0, 0.0)),
    (np.copysign, (2.0, -0.0), (-1.0, 0.0)),
    (np.heaviside, (0.0, 0.3), (0.0, 1.0)),
    (np.heaviside, (1.0, 0.3), (0.0, 0.0)),
    (np.ldexp, (3.0, 2), (4.0,)),
    (np.nextafter, (1.0, 2.0), (1.0, 0.0)),
    (np.arcsin, (1.0,), (INF,)),
    (np.arcsin, (-1.0,), (INF,)),
    (np.arcsin, (2.0,), (NAN,)),
    (np.arccos, (1.0,), (-INF,)),
    (np.arccos, (-1.0,), (-INF,)),
    (np.arccos, (2.0,), (NAN,)),
    (np.arctan2, (0.0, 0.0), (NAN, NAN)),
    (np.arccosh, (1.0,), (INF,)),
    (np.arccosh, (0.5,), (NAN,)),
    (np.arctanh, (1.0,), (INF,)),
    (np.arctanh, (-1.0,), (INF,)),
    (np.arctanh, (2.0,), (-1 / 3,)),
    (np.log, (0.0,), (INF,)),
    (np.log, (-2.0,), (-0.5,)),
    (np.log2, (0.0,), (INF,)),
    (np.log2, (-1.0,), (-1 / np.log(2),)),
    (np.log10, (0.0,), (INF,)),
    (np.log10, (-1.0,), (-1 / np.log(10),)),
    (np.log1p, (-1.0,), (INF,)),
    (np.log1p, (-3.0,), (-0.5,)),
    (np.logaddexp, (INF, 1.0), (1.0, 0.0)),
    (np.logaddexp, (-INF, 1.0), (0.0, 1.0)),
    (np.logaddexp, (-INF, -INF), (0.5, 0.5)),
    (np.logaddexp2, (INF, INF), (0.5, 0.5)),
    (np.divmod, (6.0, 3.0), (1.0, -2.0)),
    (np.modf, (-2.0,), (1.0,)),
    (np.frexp, (8.0,), (0.0625,)),
    (np.frexp, (0.0,), (1.0,)),
    (np.conjugate, (1 + 2j,), (1 + 0j,)),
    (mg.csc, (0.0,), (-INF,)),
    (mg.cot, (0.0,), (-INF,)),
    (mg.coth, (0.0,), (-INF,)),
    (mg.csch, (0.0,), (-INF,)),
    (mg.csch, (800.0,), (0.0,)),
    (mg.sech, (800.0,), (0.0,)),
    (mg.arccsch, (0.0,), (-INF,)),
    (mg.arcsec, (1.0,), (INF,)),
    (mg.arcsec, (-1.0,), (INF,)),
    (mg.arccsc, (1.0,), (-INF,)),
    (mg.arccsc, (-1.0,), (-INF,)),
    (mg.arccoth, (1.0,), (-INF,)),
    (mg.arccoth, (-1.0,), (-INF,)),
    (mg.arccot, (0.0,), (-1.0,)),
]


@pytest.mark.parametrize(("function", "point", "expected"), POINTS)
def test_what_a_note_says_is_so(function, point, expected):
    assert derivative_of(function).note
    tensors = [mg.tensor(x) for x in point]
    with np.errstate(all="ignore"):
        result = function(*tensors)
        if isinstance(result, tuple):  # one of the results is constant between jumps
            (result,) = [one for one in result if isinstance(one, mg.Tensor)]
        np.real(result).backward()
    found = [t.grad for t in tensors if not t.constant]
    np.testing.assert_allclose(np.array(found), expected, rtol=1e-14)
