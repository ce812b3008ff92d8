"""What twins call in the place of functions that coerce, create arrays, or ask for types.

A tensor goes through a coercion as an array does: cast, copied or itself. What is created is a constant
tensor, so that a value with a gradient can be written into it; if none ever is, it comes out as a plain
array. Each module registers its own.
"""

from mygrad.twins.counterparts import (  # noqa: F401
    broadcasting,
    callbacks,
    coercion,
    creation,
    methods,
    numbers,
    pickles,
    types,
)
