"""Writes of a twin's function into the tensors that it was given.

The function would write into its caller's arrays; so the twin writes into the caller's tensors, whose
gradients are then those of what they hold afterwards. Whoever didn't expect that is told.
"""

import sys
import warnings

from mygrad.engine.record import Handle
from mygrad.engine.regions import Write
from mygrad.engine.views import base_of, watched
from mygrad.errors import InputWritten
from mygrad.losses import asking_frame, place_of

__all__ = ["given_tensors", "telling_of_writes"]


def given_tensors(values):
    """The bases of tensors that carry a gradient, among `values` and what lists and the like of them hold, by
    id."""
    found = {}
    for value in values:
        if isinstance(value, Handle):
            if not value.constant:
                found[id(base_of(value))] = base_of(value)
        elif type(value) in (list, tuple):
            found |= given_tensors(value)
        elif type(value) is dict:
            found |= given_tensors(value.values())
    return found


def telling_of_writes(name, tensors, call):
    """``call()``, with a warning for each line in it that writes into `tensors`."""
    places = {}

    def written(frame):
        places[place_of(asking_frame(frame))] = None

    # Of a tensor that was computed, one wants the gradient of what it was computed from, which is as it was.
    ours = [key for key, base in tensors.items() if key not in watched and _is_computed_no_further(base)]
    watched.update(dict.fromkeys(ours, written))
    try:
        return call()
    finally:
        for key in ours:
            del watched[key]
        for place in places:
            warnings.warn(_message(name, place), InputWritten, stacklevel=_levels())


def _is_computed_no_further(base):
    rule = base._node.rule
    return rule is None or isinstance(rule, Write)


def _message(name, place):
    return (
        f"{name} writes into a tensor that it was given:\n  {place}\nThe tensor holds the new values, and "
        f"its grad is the derivative with respect to these. For the derivative with respect to the values "
        f"that were given, give a copy: x.copy()."
    )


def _levels():
    """How far up the stack the twin was called, as `warnings.warn` counts."""
    frame = sys._getframe(2)
    levels = 2
    while frame is not None and frame is not asking_frame(frame):
        frame, levels = frame.f_back, levels + 1
    return levels
