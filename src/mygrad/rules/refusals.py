"""Functions that NumPy hands to us and that tensors which carry a gradient aren't given to, with what to do
instead.

What NumPy doesn't hand to us is in `mygrad.outside`.
"""

import numpy as np

from mygrad.engine.rule import refused

refused(
    np.save,
    np.savez,
    np.savez_compressed,
    np.savetxt,
    reason="A file holds values and no graph. Give it the values, x.data, or keep a tensor and its gradient "
    "with mygrad.save(file, x).",
)
