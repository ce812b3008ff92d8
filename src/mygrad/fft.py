"""``mygrad.fft``: NumPy's discrete Fourier transforms, of tensors."""

import numpy as np

import mygrad.rules  # noqa: F401  fills the table
from mygrad.creation import creating
from mygrad.engine.rule import composites, rules
from mygrad.public import public

__all__: list[str] = []

for _name in np.fft.__all__:
    _function = getattr(np.fft, _name)
    if _function in composites or _function in rules:
        globals()[_name] = public(_function)
    else:  # the frequencies
        globals()[_name] = creating(_function)
    __all__.append(_name)
