"""Losses: how far scores, probabilities or ranks are from what they should be."""

from mygrad.nnet.losses.crossentropy import negative_log_likelihood, softmax_crossentropy
from mygrad.nnet.losses.focal import focal_loss, softmax_focal_loss
from mygrad.nnet.losses.margins import margin_ranking_loss, multiclass_hinge

__all__ = [
    "focal_loss",
    "margin_ranking_loss",
    "multiclass_hinge",
    "negative_log_likelihood",
    "softmax_crossentropy",
    "softmax_focal_loss",
]
