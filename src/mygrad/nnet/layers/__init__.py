"""Layers: convolution, pooling, normalization and recurrence, as functions of their weights."""

from mygrad.nnet.layers.convolution import conv_nd
from mygrad.nnet.layers.normalization import batchnorm
from mygrad.nnet.layers.pooling import max_pool
from mygrad.nnet.layers.recurrent import gru

__all__ = ["batchnorm", "conv_nd", "gru", "max_pool"]
