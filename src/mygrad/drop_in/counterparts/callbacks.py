"""Functions that call what they are given: it becomes a twin."""

import functools
import itertools

import numpy as np

from mygrad.drop_in.calls import callee, counterpart

__all__: list[str] = []


def _calling(function, place=0):
    """The counterpart of a function that calls its argument at `place`."""

    def call(*args, **kwargs):
        if len(args) > place and args[place] is not None:
            args = (*args[:place], callee(args[place]), *args[place + 1 :])
        for name in ("func", "key"):
            if kwargs.get(name) is not None:
                kwargs[name] = callee(kwargs[name])
        return function(*args, **kwargs)

    counterpart(function)(call)


for _function in (
    map,
    filter,
    functools.reduce,
    np.frompyfunc,
    itertools.starmap,
    itertools.filterfalse,
    itertools.takewhile,
    itertools.dropwhile,
):
    _calling(_function)
for _function in (itertools.accumulate, itertools.groupby):
    _calling(_function, place=1)


def _with_key(function):
    """The counterpart of a function that orders by a key."""

    def call(*args, key=None, **kwargs):
        return function(*args, key=None if key is None else callee(key), **kwargs)

    counterpart(function)(call)


for _function in (sorted, max, min):
    _with_key(_function)
