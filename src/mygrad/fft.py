"""``mygrad.fft``: NumPy's discrete Fourier transforms, of tensors."""

import numpy as np

from mygrad.creation import creating
from mygrad.engine.chapters import implementation_of
from mygrad.public import public

__all__: list[str] = []

for _name in np.fft.__all__:
    _function = getattr(np.fft, _name)
    if implementation_of(_function) is not None:
        globals()[_name] = public(_function)
    else:  # the frequencies
        globals()[_name] = creating(_function)
    __all__.append(_name)
