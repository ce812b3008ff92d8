"""The names ``mygrad.f``, made from the table of rules when they are first asked for: to register a rule is
all that it takes to add one."""

import numpy as np

from mygrad import creation
from mygrad.engine.chapters import found_late, known, load_chapters
from mygrad.engine.rule import aliases, composites, not_differentiable
from mygrad.public import extra, public, ufunc

REEXPORTED = {np.any, np.argmax, np.argmin}
"""Functions without gradient that take lists of tensors; the others are NumPy's own objects."""


UNWRAPPED = {np.bincount}
"""NumPy's own objects, though they have a rule: without weights the answers are integers."""


TENSORS_OWN = {"asarray"}
"""Names that are ours, and mean something else: ``mygrad.asarray`` leaves the graph."""

_made: dict = {}
"""The public functions that were asked for, by what they are of: two names of one function are one object."""


def _of_numpy(name):
    """NumPy's function of this name, if it is one that there could be a rule for."""
    if name.startswith("_") or name in TENSORS_OWN or name in creation.__all__:
        return None
    function = vars(np).get(name)  # without the modules that NumPy imports when they are first asked for
    if isinstance(function, type) or not callable(function):
        return None
    return aliases.get(function, function)


def _public(function):
    constant = function in not_differentiable and function not in composites
    if (constant and function not in REEXPORTED) or function in UNWRAPPED:
        return function
    return ufunc(function) if isinstance(function, np.ufunc) else public(function)


def __getattr__(name):
    """The function of this name: ``mygrad.f`` of ``np.f``, or one that NumPy lacks."""
    if name == "__all__":
        return __dir__()
    for key in (_of_numpy(name), name):
        if not name.startswith("_") and key is not None and (known(key) or found_late(key)):
            break
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if key not in _made:
        _made[key] = extra(name, composites[name]) if key is name else _public(key)
    return _made[key]


def __dir__():
    """The names that there are."""
    load_chapters()
    names = [name for name in vars(np) if (function := _of_numpy(name)) is not None and known(function)]
    return sorted({*names, *(name for name in composites if isinstance(name, str))})
