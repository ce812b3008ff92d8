"""What a workload is: its data, its gradient by hand, and its loss, written once for every library."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

Side = Callable[[], Sequence]
Loss = Callable


@dataclass(frozen=True)
class Problem:
    """A loss, and its gradient by hand.

    Parameters
    ----------
    variables : sequence of ndarray
        With respect to these the loss is differentiated.
    by_hand : callable
        Called without arguments; returns the value and the gradients. What a good engineer would write.
    loss : callable
        Called as ``loss(xp, *variables, *constants)``, where `xp` is the module of arrays: NumPy for mygrad,
        ``autograd.numpy``, ``torch``.
    constants : sequence of ndarray
        Data. Handed over, so that each library gets its own kind of array.
    variants : mapping of str to callable or None
        The loss of a library that needs one of its own, by the library's name; None if it can't do it.

    Examples
    --------
    >>> x = np.array([1.0, 2.0])
    >>> problem = Problem([x], lambda: ((x * x).sum(), 2 * x), lambda xp, x: (x * x).sum())
    >>> problem.loss_for("mygrad")(np, x)
    np.float64(5.0)
    """

    variables: Sequence[np.ndarray]
    by_hand: Side
    loss: Loss
    constants: Sequence[np.ndarray] = ()
    variants: Mapping[str, Loss | None] = field(default_factory=dict)

    def loss_for(self, library: str) -> Loss | None:
        return self.variants.get(library, self.loss)


@dataclass(frozen=True)
class Workload:
    """`build` makes the problem, so that making data is not timed; a time is divided by `units`."""

    name: str
    size: str
    units: int
    build: Callable[[], Problem]
