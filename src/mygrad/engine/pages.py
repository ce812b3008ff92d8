"""Pages of memory that are kept for the next arrays.

The arrays of a graph are freed at about the same time. Of a heap that ends in so much free memory glibc gives
the end back to the system, and the next graph is made of fresh pages, each of which costs more than the
arithmetic on its 4096 bytes: up to six times the time of a formula on 10⁵ elements. It keeps twice the size
of the largest array ever freed, so a program that frees one of 32 MB has it as well.
"""

import numpy as np

__all__ = ["keep_pages"]

LARGEST = 2**25 - 2**14
"""Bytes of the largest array from which glibc learns: it has to stay below 32 MB with what goes around it."""


def keep_pages():
    """Let glibc keep 64 MB; elsewhere nothing happens.

    An array is made and freed, which has no pages as nobody writes to it.
    """
    np.empty(LARGEST, np.uint8)
