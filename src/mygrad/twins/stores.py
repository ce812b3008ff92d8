"""Stores of values with a gradient into plain arrays: ``a[i] = t``, ``a += t``.

The array can't take the gradient, but a tensor over its memory can. Where nobody else holds the array, the
name or attribute that it goes by is bound to that tensor, and nothing that reads it afterwards misses the
gradient. Where somebody does, they would read the values alone, and that is told.

A plain array that a graph remembers is read-only. Code that a twin runs wrote into it as it liked, so what is
remembered of it is copied before it does.
"""

import sys
from sys import getrefcount

import numpy as np

from mygrad.engine.calling import stacked
from mygrad.engine.memory import free, registry
from mygrad.engine.modes import RECORDING
from mygrad.engine.record import Handle
from mygrad.losses import lose, remember, warn
from mygrad.twins.attributes import attribute
from mygrad.twins.calls import created, hook

__all__ = ["ONE_NAME", "held_by_others", "receiver", "takes_no_gradient", "tell_of_others", "writable"]


def _counts():
    """What `getrefcount` says of an array that has one name, and of the base that only such an array has."""

    def called(a, value):
        return getrefcount(a), getrefcount(a.base)

    a = np.empty(1)[:]
    return called(a, None)


ONE_NAME, _ONE_VIEW = _counts()


def takes_no_gradient(a, value):
    """Whether `a` is a plain array, and `value` one that carries a gradient or a list of such."""
    if type(a) is not np.ndarray or a.dtype.kind not in "fc" or not a.flags.writeable:
        return False
    value = stacked(value)
    return isinstance(value, Handle) and not value.constant and RECORDING.get()


def held_by_others(a, count):
    """Whether more hold an array than one, who has it `count` times, or its memory."""
    base = a.base
    return getrefcount(a) > count + 1 or (base is not None and getrefcount(base) > _ONE_VIEW + 1)


def writable(a):
    """Let go of a plain array that is about to be written."""
    if registry and type(a) is np.ndarray and not a.flags.writeable:
        free(a)
    return a


@hook("receiver")
def receiver(a, value, more=0):
    """What takes the place of `a` under its name, so that `value` can be stored into it.

    Whoever asks has `a` as often as `more` says, beside its name.
    """
    writable(a)
    if not takes_no_gradient(a, value):
        return a
    if held_by_others(a, ONE_NAME + more):
        _refuse(sys._getframe(1))
        return a
    return created(a)


@hook("out_receiver")
def out_receiver(a):
    """What takes the place of `a` under its name, so that a function can write results into it, ``out=a``."""
    known = type(a) is not np.ndarray or not writable(a).flags.writeable
    return a if known or held_by_others(a, ONE_NAME) else created(a)


@hook("part_receiver")
def part_receiver(o, name, value):
    """What takes the place of the attribute `name` of `o`, so that `value` can be stored into it."""
    a = writable(attribute(o, name))
    if not takes_no_gradient(a, value):
        return a
    own = getattr(o, "__dict__", {})
    if own.get(name) is not a or held_by_others(a, ONE_NAME):
        _refuse(sys._getframe(1))
        return a
    own[name] = made = created(a)
    return made


def _refuse(frame):
    lose(f"{_WRITTEN} Store into a copy: a = a.copy() before, or np.array(a).", frame)


def tell_of_others(frame):
    """Warn that others hold a plain array which carries a gradient under one name only."""
    remember(frame)
    warn(f"{_WRITTEN} Write into a copy, or make a new array: a = a * b.", frame)


_WRITTEN = (
    "A value with a gradient was to be written into a plain array that others hold as well: they read it "
    "without the gradient."
)
