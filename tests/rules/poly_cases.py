"""Cases of polynomials as arrays of coefficients."""

import numpy as np

from mygrad.rules.polynomials import roots_of

from .drawing import add, call, cases, parameters, var

P, Q = var(4, domain=(0.3, 2.0), signed=True), var(3, domain=(0.3, 2.0), signed=True)
X = var(5)

cases(
    np.polyval, call(P, X), call(P, var(2, 3)), call(P, var()), call(p=var(1), x=X), call([1.0, 2.0, 3.0], X)
)
cases(np.polyval, call(P, 0.5))
for _sum in (np.polyadd, np.polysub):
    cases(_sum, call(P, Q), call(Q, P), call(P, [1.0, 2.0]), call(a1=3.0, a2=P), call(P, P))
cases(np.polymul, call(P, Q), call(Q, [0.0, 2.0, 1.0]), call(a1=[1.0, 2.0], a2=P), call(P, 2.0))


def quotient(place):
    return lambda u, v: np.polydiv(u, v)[place]


# How many coefficients of the remainder are 0 depends on the precision.
add(np.polydiv, "quotient", quotient(0), [P, Q], exact=False)
add(np.polydiv, "remainder", lambda u, v: quotient(1)(u, v)[-2:], [P, Q], exact=False)
add(np.polydiv, "no quotient", quotient(1), [Q, P], overwritten=True)
parameters.setdefault(np.polydiv, set()).update("uv")
cases(np.polyder, call(P), call(P, 2), call(p=P, m=0), call(var(1)))
cases(np.polyint, call(P), call(p=P, m=2, k=0.7), call(P, k=[0.5]), call(P, 0), call(P, 3, 0.5))
add(np.polyint, "constants", lambda p: np.polyint(p, 2, p[:2]), [P])
cases(np.poly, call(seq_of_zeros=var(3)), call(var(1)), call(var(3, 3)), exact=False)
cases(np.roots, call(p=P), call(Q), call(var(1)), exact=False)
add(roots_of, "p", np.roots, [P])
add(np.roots, "one at 0", lambda p: np.roots(p - p[-1] * np.array([0.0, 0.0, 0.0, 1.0]) * 1.0)[:2], [P])
add(
    np.roots,
    "zeros around",
    lambda p: np.roots(np.concatenate([np.zeros(1), p, np.zeros(2)])),
    [Q],
    exact=False,
)

XS, YS, WEIGHTS = var(7), var(7), var(7, domain=(0.5, 1.5))


def fitted(place, **options):
    return lambda x, y, w: np.polyfit(x, y, 2, w=w, **options)[place]


cases(
    np.polyfit,
    call(XS, YS, 2),
    call(XS, var(7, 2), deg=1, rcond=1e-12),
    call(x=XS, y=YS, deg=3, w=WEIGHTS),
    call(XS, YS, 0),
    exact=False,
)
parameters[np.polyfit].update(["full", "cov"])
add(np.polyfit, "full", fitted(0, full=True), [XS, YS, WEIGHTS], exact=False)
add(np.polyfit, "residuals", fitted(1, full=True), [XS, YS, WEIGHTS], exact=False)
for _cov in (True, "unscaled"):
    add(
        np.polyfit,
        f"covariance {_cov}",
        fitted(1, cov=_cov),
        [XS, YS, WEIGHTS],
        exact=False,
        overwritten=True,
    )
