"""Splitting arrays into views of their parts."""

import numpy as np

from mygrad.rules.arguments import numpys_own

numpys_own(np.array_split, np.split, np.hsplit, np.vsplit, np.dsplit)
if hasattr(np, "unstack"):  # NumPy 2.1
    numpys_own(np.unstack)
