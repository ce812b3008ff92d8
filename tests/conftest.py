"""The tests look at the whole table of rules, whatever of it a program would have loaded."""

import numpy.fft
import numpy.polynomial  # noqa: F401  whose chapters wait for them

import mygrad  # noqa: F401
from mygrad.engine.chapters import load_chapters

load_chapters()
