"""Random programs that NumPy can run."""

import warnings

import numpy as np

from . import computing, others, writing
from .program import Program
from .writer import Writer

__all__ = ["generate"]

# What comes between the views, operations and writes, and how often where it comes at all.
RARER = (
    (computing.leaf, 0.03),
    (computing.array, 0.08),
    (computing.mask, 0.08),
    (others.drop, 0.12),
    (others.unrecorded, 0.06),
    (others.expose, 0.06),
    (others.scribble, 0.05),
    (others.null_grad, 0.05),
    (others.grads, 0.06),
    (others.look, 0.03),
    (others.illegal, 0.12),
    (others.refused, 0.03),
    (others.clear, 0.02),
    (others.reshape, 0.03),
    (others.backward, 0.2),
)
USUAL = [computing.view] * 8 + [computing.op] * 7 + [writing.write] * 10


def generate(seed):
    """The program of `seed`."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return _program(Writer(seed))


def _program(w):
    rng = w.rng
    for _ in range(rng.randrange(2, 5)):
        computing.leaf(w)
    # Each program knows a part of what there is, so that some have much of one thing.
    rarer = [(maker, often) for maker, often in RARER if rng.random() < 0.45]
    _some(w, rarer, rng.randrange(3, 14))
    others.backward(w, retain=rng.random() < 0.3)
    if rng.random() < 0.3:
        _some(w, rarer, rng.randrange(1, 10))
        others.grads(w)
        others.backward(w, retain=False)
    return Program(w.statements, w.seed, "f4" in w.kinds)


def _some(w, rarer, length):
    for _ in range(length):
        for maker, often in rarer:
            if w.rng.random() < often:
                maker(w)
        for _ in range(3):
            if w.rng.choice(USUAL)(w):
                break
