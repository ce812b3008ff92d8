"""Cases of what describes a sample: medians, quantiles and running totals."""

import numpy as np

from mygrad.rules.quantiles import picked, quantiles

from .drawing import add, call, cases, var

A, V, T = var(3, 4), var(4), var(2, 3, 4)
MASK = np.array([[True, False, True, True], [False, False, True, False], [True, True, False, True]])
HOLES = np.where(MASK, 0.0, np.nan)

# ------------------------------------------------------------------------------ quantiles

ORDERS = [call(A), call(A, 0), call(T, axis=(0, 2), keepdims=True), call(V), call(T, 1), call(A, ())]
MORE = [call(A, overwrite_input=True), call(A, axis=(1, 0)), call(A, -1, keepdims=True), call(var())]
METHODS = ["lower", "higher", "nearest", "midpoint", "closest_observation", "averaged_inverted_cdf"]
METHODS += ["hazen", "weibull", "median_unbiased", "normal_unbiased", "interpolated_inverted_cdf"]
WEIGHTS = np.array([0.5, 0.0, 2.0, 1.25])
EACH = np.arange(12.0).reshape(3, 4) % 5

for _median in (np.median, np.nanmedian):
    cases(_median, *ORDERS, *MORE)
for _function, _unit in (
    (np.quantile, 1.0),
    (np.percentile, 100.0),
    (np.nanquantile, 1.0),
    (np.nanpercentile, 100.0),
):
    cases(
        _function,
        call(A, 0.3 * _unit),
        call(A, [0.1 * _unit, 0.8 * _unit], axis=1),
        call(T, 0.5 * _unit, axis=(0, 2), keepdims=True),
        call(A, [[0.25 * _unit], [0.6 * _unit]], 0),
    )
    cases(
        _function,
        call(V, var(2, domain=(0.4 * _unit, 0.6 * _unit))),
        call(A, 0.0, overwrite_input=True),
        call(V, _unit),
        call(A, var(domain=(0.4 * _unit, 0.6 * _unit)), 1),
    )
    for _method in METHODS:
        cases(
            _function,
            call(var(7), 0.31 * _unit, method=_method),
            call(A, q=0.6 * _unit, axis=1, method=_method),
            call(V, [0.01 * _unit, 0.99 * _unit], method=_method),
        )
    for _method in ("hazen", "weibull", "normal_unbiased", "interpolated_inverted_cdf"):
        # In between, and so near to the ends that the position stays where it is.
        for _low in (0.45, 0.02, 0.95):
            _q = var(domain=(_low * _unit, (_low + 0.03) * _unit))
            cases(_function, call(var(5), _q, method=_method))
    for _q in (0.5, [0.0, 0.4, 1.0]):
        _q = np.asarray(_q) * _unit
        cases(
            _function,
            call(V, _q, weights=WEIGHTS, method="inverted_cdf"),
            call(A, _q, 0, weights=EACH, method="inverted_cdf", keepdims=True),
            call(A, _q, weights=EACH, method="inverted_cdf"),
        )
        if _function in (np.quantile, np.percentile):  # the others want weights of the same shape
            cases(
                _function,
                call(A, _q, axis=1, weights=WEIGHTS, method="inverted_cdf"),
                call(T, _q, axis=(2, 1), weights=EACH.T, method="inverted_cdf"),
            )
add(quantiles, "a,q", lambda a, q: np.quantile(a, q, axis=0), [var(5, 4), var(domain=(0.3, 0.4))])
add(
    picked,
    "a",
    lambda a: np.quantile(a, 0.3, 0, None, False, "inverted_cdf", weights=np.ones(5)),
    [var(5, 4)],
)


def _with_holes(function, *calls):
    """The same arguments with NaN in some places."""
    for one in calls:

        def f(a, *rest, one=one):
            args, kwargs = one.filled(rest)
            return function(a + HOLES, *args, **kwargs)

        add(function, f"holes,{one!r}", f, [A, *one.places()])


_with_holes(np.nanmedian, call(), call(0), call(axis=1, keepdims=True), call(axis=(0, 1)))
for _function, _unit in ((np.nanquantile, 1.0), (np.nanpercentile, 100.0)):
    _with_holes(
        _function,
        call(0.3 * _unit),
        call([0.2 * _unit, 0.7 * _unit], axis=0),
        call(0.4 * _unit, 1, method="hazen"),
        call(0.9 * _unit, axis=1, method="midpoint", keepdims=True),
        call(var(2, domain=(0.35 * _unit, 0.45 * _unit)), 1),
        call(var(domain=(0.35 * _unit, 0.45 * _unit))),
        call(0.5 * _unit, 1, method="inverted_cdf", weights=EACH + WEIGHTS),
        call(0.5 * _unit, axis=0, method="inverted_cdf", weights=EACH + 1.0),
    )
