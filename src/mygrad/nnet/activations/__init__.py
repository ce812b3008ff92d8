"""Activations: functions of each element, and the softmax of many."""

from mygrad.nnet.activations.rectifiers import elu, leaky_relu, relu, selu
from mygrad.nnet.activations.sigmoids import glu, hard_tanh, sigmoid, soft_sign, tanh
from mygrad.nnet.activations.softmax import logsoftmax, softmax

__all__ = [
    "elu",
    "glu",
    "hard_tanh",
    "leaky_relu",
    "logsoftmax",
    "relu",
    "selu",
    "sigmoid",
    "soft_sign",
    "softmax",
    "tanh",
]
