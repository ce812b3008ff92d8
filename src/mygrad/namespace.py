"""The names ``mygrad.f``, made from the table of rules: to register a rule is all that it takes to add
one."""

import numpy as np

import mygrad.rules  # noqa: F401  fills the table
from mygrad.engine.rule import composites, not_differentiable, rules
from mygrad.public import extra, public, ufunc

__all__: list[str] = []

REEXPORTED = {np.any, np.argmax, np.argmin}
"""Functions without gradient that take lists of tensors; the others are NumPy's own objects."""


UNWRAPPED = {np.bincount}
"""NumPy's own objects, though they have a rule: without weights the answers are integers."""


TENSORS_OWN = {"asarray"}
"""Names that are ours, and mean something else: ``mygrad.asarray`` leaves the graph."""


def _names():
    """The public functions by name."""
    known = {*rules, *composites, *not_differentiable}
    made = {}
    for name in sorted(vars(np)):  # without the modules that NumPy imports when they are first asked for
        function = getattr(np, name)
        if (
            name.startswith("_")
            or name in TENSORS_OWN
            or isinstance(function, type)
            or not callable(function)
            or function not in known
        ):
            continue
        if function not in made:
            constant = function in not_differentiable and function not in composites
            if (constant and function not in REEXPORTED) or function in UNWRAPPED:
                made[function] = function
            else:
                made[function] = ufunc(function) if isinstance(function, np.ufunc) else public(function)
        yield name, made[function]
    for name, implementation in composites.items():
        if isinstance(name, str):
            yield name, extra(name, implementation)


for _name, _function in _names():
    globals()[_name] = _function
    __all__.append(_name)
