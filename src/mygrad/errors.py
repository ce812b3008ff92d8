"""The exceptions that mygrad raises, each documented, each of a standard base.

Where NumPy or Python would raise an exception of their own for the same mistake, so do we; the classes here
are for what only a library of derivatives can get wrong.
"""

__all__ = [
    "DisconnectedView",
    "GradientLost",
    "GradientLostWarning",
    "InputWritten",
    "InvalidBackprop",
    "InvalidGradient",
    "MyGradException",
]


class MyGradException(Exception):
    """The base of all exceptions that are mygrad's own."""


class InvalidGradient(MyGradException):
    """A rule produced something that can't be the cotangent of its input: no array, or one of an unfit
    shape."""


class InvalidBackprop(MyGradException):
    """``backward`` met a part of the graph that was consumed by an earlier ``backward`` or
    ``clear_graph``."""


class DisconnectedView(MyGradException):
    """A view and its base have lost each other."""


class GradientLost(MyGradException):
    """A tensor that carries a gradient was about to become a plain array, which can't carry it on.

    Neither a ``TypeError`` nor a ``ValueError``: much code catches those around a coercion and goes on
    without the gradient.
    """


class GradientLostWarning(UserWarning):
    """A gradient was left behind: by ``float(t)`` on the way to a result that depends on nothing else, or
    where `on_gradient_lost` asks for a warning in the place of `GradientLost`."""


class InputWritten(UserWarning):
    """The function of a twin has written into a tensor that it was given.

    The tensor holds what was written, and its `grad` is the derivative with respect to that.
    """
