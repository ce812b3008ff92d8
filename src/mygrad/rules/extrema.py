"""The greater and the lesser of two numbers.

The cotangent goes to the operand that is the value. Operands that tie share it, half each, whether or not the
other one is a constant. A NaN is the value of ``maximum`` and ``minimum`` and so has the whole cotangent;
``fmax`` and ``fmin`` pass over it and the number has it; two NaNs tie.

Each rule is elementwise: the one expression in ``g`` is both the VJP and the JVP.
"""

import numpy as np

from mygrad.engine.indexing import only_where
from mygrad.engine.rule import elementwise


def choose(g, wins, loses, x, y, nan_wins):
    """The part of ``g`` that is due to ``x``, given where ``x`` wins over ``y`` and where it loses.

    ``nan_wins`` says whether a NaN is taken or passed over when the other operand is a number.
    """
    part = only_where(wins, g)
    if np.count_nonzero(wins) + np.count_nonzero(loses) < np.size(wins):
        undecided = wins == loses
        x_is_nan, y_is_nan = np.isnan(x), np.isnan(y)
        part = np.where(undecided & (x_is_nan == y_is_nan), 0.5 * g, part)
        alone = x_is_nan & ~y_is_nan if nan_wins else y_is_nan & ~x_is_nan
        if alone.any():
            part = np.where(alone, g, part)
    return part


def share(g, wins, loses, x, y):
    """The parts of ``g`` that are due to ``x`` and to ``y``."""
    return choose(g, wins, loses, x, y, nan_wins=True), choose(g, loses, wins, y, x, nan_wins=True)


# Without ties the value tells where it is that of x, or a NaN. In a network the next layer remembers it
# anyway, and the operand needn't be kept.
untied = {"x": lambda g, out, y: only_where(out != y, g), "y": lambda g, out, x: only_where(out != x, g)}

elementwise(
    np.maximum,
    x=lambda g, x, y: choose(g, x > y, x < y, x, y, nan_wins=True),
    y=lambda g, x, y: choose(g, y > x, y < x, y, x, nan_wins=True),
    both=lambda g, x, y: share(g, x > y, x < y, x, y),
    untied=untied,
)
elementwise(
    np.minimum,
    x=lambda g, x, y: choose(g, x < y, x > y, x, y, nan_wins=True),
    y=lambda g, x, y: choose(g, y < x, y > x, y, x, nan_wins=True),
    both=lambda g, x, y: share(g, x < y, x > y, x, y),
    untied=untied,
)
elementwise(
    np.fmax,
    selects=True,
    x=lambda g, x, y: choose(g, x > y, x < y, x, y, nan_wins=False),
    y=lambda g, x, y: choose(g, y > x, y < x, y, x, nan_wins=False),
)
elementwise(
    np.fmin,
    selects=True,
    x=lambda g, x, y: choose(g, x < y, x > y, x, y, nan_wins=False),
    y=lambda g, x, y: choose(g, y < x, y > x, y, x, nan_wins=False),
)
