"""Neural networks: activations, losses, layers and initial weights.

Everything is a function that returns a tensor and takes a keyword ``constant``; each name is here and in the
module of its kind. None of them is needed to differentiate a network: they are faster, or more accurate, than
what one would compose of NumPy's functions.
"""

from mygrad.nnet import activations, initializers, layers, losses
from mygrad.nnet.activations import *  # noqa: F403
from mygrad.nnet.initializers import *  # noqa: F403
from mygrad.nnet.layers import *  # noqa: F403
from mygrad.nnet.losses import *  # noqa: F403

__all__ = [
    "activations",
    "initializers",
    "layers",
    "losses",
    *activations.__all__,
    *initializers.__all__,
    *layers.__all__,
    *losses.__all__,
]
