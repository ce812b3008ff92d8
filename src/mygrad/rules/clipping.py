"""Clipping: the lesser of the upper bound and the greater of the lower bound and the value."""

import numpy as np

from mygrad.engine.calling import written_to
from mygrad.engine.rule import composite


@composite(np.clip)
def clip(a, a_min=np._NoValue, a_max=np._NoValue, out=None, *, min=np._NoValue, max=np._NoValue, **kwargs):
    """At a bound the value and the bound tie: the value gets half of the cotangent."""
    low = [bound for bound in (a_min, min) if bound is not np._NoValue]
    high = [bound for bound in (a_max, max) if bound is not np._NoValue]
    if len(low) > 1 or len(high) > 1 or (a_min is np._NoValue) != (a_max is np._NoValue):
        raise ValueError(
            "Give the bounds as a_min and a_max, or as min= and max=; not as both, and not half of them."
        )
    lower, upper = low[0] if low else None, high[0] if high else None
    if lower is None and upper is None:
        result = np.positive(a, **kwargs)
        return written_to(out, result)
    if lower is None:
        return np.minimum(a, upper, out=out, **kwargs)
    if upper is None:
        return np.maximum(a, lower, out=out, **kwargs)
    return np.minimum(np.maximum(a, lower, **kwargs), upper, out=out, **kwargs)
