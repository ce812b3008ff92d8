"""Gradients that are lost on the way: what is done about one, and what is remembered of it.

`on_gradient_lost` decides between an exception, a warning and silence. Whatever it decides, the place is
remembered, as is each ``float(t)``, which is allowed: when a result turns out to depend on nothing, `tell`
names them. A few places are remembered for each thread and task, as text: no value and no graph is kept.
"""

import linecache
import warnings
from contextvars import ContextVar
from typing import NamedTuple

from mygrad.engine.modes import ON_GRADIENT_LOST
from mygrad.engine.node import tick
from mygrad.errors import GradientLost, GradientLostWarning

__all__ = ["Place", "asking_frame", "lose", "place_of", "remember", "remembered", "tell", "warn"]

MOST = 4
"""How many places are remembered, the latest ones."""

_OURS = __name__.partition(".")[0]


class Place(NamedTuple):
    """A line of code."""

    file: str
    line: int
    function: str

    def __str__(self):
        source = linecache.getline(self.file, self.line).strip()
        return f"{self.file}, line {self.line}, in {self.function}" + (f":  {source}" if source else "")


_remembered: ContextVar[tuple] = ContextVar("mygrad_gradients_lost", default=())


def asking_frame(frame):
    """The frame of the code that asked: `frame`, or the first before it that is neither NumPy's nor ours."""
    while frame is not None and _is_machinery(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    return frame


def _is_machinery(module):
    return module in ("numpy", _OURS) or module.startswith(("numpy.", _OURS + "."))


def place_of(frame) -> Place:
    """The line that a frame is at; of none, one that is nowhere."""
    if frame is None:
        return Place("<unknown>", 0, "?")
    return Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_qualname)


def remember(frame):
    """Remember that a gradient was left behind where `frame` is."""
    place = place_of(asking_frame(frame))
    others, first = [], tick()
    for lost in _remembered.get():  # one place of a loop doesn't drive out the others
        if lost[1] == place:
            first = lost[0]
        else:
            others.append(lost)
    _remembered.set((*others[1 - MOST :], (first, place)))


def remembered() -> tuple:
    """What is remembered: pairs of the number of a node that would have come next, and a place."""
    return _remembered.get()


def lose(message, frame):
    """Raise `GradientLost`, or warn, or do nothing, as `on_gradient_lost` has it."""
    remember(frame)
    policy = ON_GRADIENT_LOST.get()
    if policy == "raise":
        raise GradientLost(message)
    if policy == "warn":
        warn(message, asking_frame(frame))


def tell(what, order, frame):
    """Warn that `what` depends on nothing, if a gradient was left behind before the node `order` was made."""
    places = [place for lost, place in _remembered.get() if lost < order]
    if places:
        _remembered.set(())
        warn(
            f"{what} doesn't depend on any other, and on the way to it a gradient was left behind:\n"
            + "\n".join(f"  {place}" for place in places)
            + "\nfloat(t) gives a number, and text or bytes are read as one: these carry no gradient. Keep "
            "the tensor there, or take the twin of the function, mygrad.drop_in(f), where float(t) is one.",
            asking_frame(frame),
        )


def warn(message, frame):
    """Warn of a loss at the line where `frame` is."""
    if frame is None:
        warnings.warn(message, GradientLostWarning, stacklevel=2)
        return
    where = frame.f_globals
    warnings.warn_explicit(
        message,
        GradientLostWarning,
        frame.f_code.co_filename,
        frame.f_lineno,
        where.get("__name__", "<unknown>"),
        where.setdefault("__warningregistry__", {}),
    )
