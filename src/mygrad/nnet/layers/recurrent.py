"""The gated recurrent unit."""

import operator

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.modes import no_autodiff
from mygrad.nnet.activations.sigmoids import sigmoid
from mygrad.nnet.operands import floating_operand, real_number, to_tensor
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike

__all__ = ["gru"]


def step(s, of_input, recurrent):
    """The states after `s`, given what the inputs contribute to both gates and to the candidate."""
    z_in, r_in, h_in = of_input
    Wz, Wr, Wh = recurrent
    z = sigmoid(z_in + np.matmul(s, Wz))
    r = sigmoid(r_in + np.matmul(s, Wr))
    h = np.tanh(h_in + np.matmul(r * s, Wh))
    return h + z * (s - h)


def run(s0, of_input, recurrent):
    """All states, from the initial one on."""
    states = [s0]
    for t in range(len(of_input[0])):
        states.append(step(states[-1], [part[t] for part in of_input], recurrent))
    return np.stack(states)


def run_truncated(s0, of_input, recurrent, limit):
    """The same states, of which each depends on its time step and the `limit` before it alone.

    All times at once take these steps, from states that are constants.
    """
    with no_autodiff:
        before = plain(run(s0, of_input, recurrent))[:-1]
    first = np.expand_dims(s0, 0)
    for _ in range(limit + 1):
        after = step(before, of_input, recurrent)
        before = np.concatenate([first, after[:-1]])
    return np.concatenate([first, after])


def dropped(a, dropout):
    """`a` with elements at random set to 0, the same along a first of three axes, which is time.

    The others are larger for it, so that the mean stays.
    """
    kept = np.random.random_sample(a.shape[-2:]) >= dropout
    return a * (kept / (1.0 - dropout)).astype(a.dtype)


def gru(
    X: ArrayLike,
    Uz: ArrayLike,
    Wz: ArrayLike,
    bz: ArrayLike,
    Ur: ArrayLike,
    Wr: ArrayLike,
    br: ArrayLike,
    Uh: ArrayLike,
    Wh: ArrayLike,
    bh: ArrayLike,
    s0: ArrayLike | None = None,
    bp_lim: int | None = None,
    dropout: float = 0.0,
    constant: bool | None = None,
) -> Tensor:
    """The states of a gated recurrent unit that reads sequences.

    A step takes the state ``s`` and the input ``x`` to the next state::

        z = sigmoid(x @ Uz + s @ Wz + bz)
        r = sigmoid(x @ Ur + s @ Wr + br)
        h = tanh(x @ Uh + (r * s) @ Wh + bh)
        s = (1 - z) * h + z * s

    Parameters
    ----------
    X : array_like, shape (T, N, C)
        N sequences of T inputs of C numbers.
    Uz, Ur, Uh : array_like, shape (C, D)
        The weights of the inputs.
    Wz, Wr, Wh : array_like, shape (D, D)
        The weights of the state.
    bz, br, bh : array_like, shape (D,)
        The biases.
    s0 : array_like, shape (N, D), optional
        The initial states; zeros by default.
    bp_lim : int, optional
        Over how many steps back in time derivatives are taken, from 0 to ``T - 1``; all by default. The
        values stay the same.
    dropout : float, optional
        The part of the inputs, and of the weights of the state, that is left out at random; at least 0 and
        less than 1. The same are left out in all steps (Gal and Ghahramani 2016). Random numbers are those of
        `mygrad.random`.
    constant : bool, optional
        Whether the result is a constant; by default it is one if the arrays are.

    Returns
    -------
    Tensor, shape (T + 1, N, D)
        The states, the initial ones first.

    Raises
    ------
    ValueError
        If the shapes are others, or `bp_lim` or `dropout` is out of its range.
    TypeError
        If `bp_lim` is no integer, or `dropout` no real number.

    Notes
    -----
    Cho et al. 2014, with the gate `z` for what stays.

    Examples
    --------
    >>> import mygrad as mg
    >>> import numpy as np
    >>> U, W, b = np.full((1, 1), 2.0), np.zeros((1, 1)), np.zeros(1)
    >>> x = mg.tensor([[[1.0]], [[0.0]]])
    >>> s = mg.nnet.gru(x, U, W, b, U, W, b, U, W, b)
    >>> s[:, 0, 0]
    Tensor([0.        , 0.1149149 , 0.05745745])
    >>> s[-1].backward()
    >>> x.grad[:, 0, 0]
    array([-0.09279493,  1.05745745])
    """
    X = floating_operand(X)
    U, W, b = ([floating_operand(a) for a in three] for three in ((Uz, Ur, Uh), (Wz, Wr, Wh), (bz, br, bh)))
    if X.ndim != 3 or b[0].ndim != 1:
        raise ValueError(f"X must have the shape (T, N, C), and bz (D,); got {X.shape} and {b[0].shape}.")
    (times, n, channels), (size,) = X.shape, b[0].shape
    shapes = {"U": (channels, size), "W": (size, size), "b": (size,)}
    for kind, arrays in zip("UWb", (U, W, b), strict=True):
        for gate, a in zip("zrh", arrays, strict=True):
            if a.shape != shapes[kind]:
                raise ValueError(
                    f"{kind}{gate} must have the shape {shapes[kind]} for {channels} inputs and {size} "
                    f"numbers in a state; got {a.shape}."
                )
    s0 = np.zeros((n, size), X.dtype) if s0 is None else floating_operand(s0)
    if s0.shape != (n, size):
        raise ValueError(f"s0 must have the shape {(n, size)}; got {s0.shape}.")
    if bp_lim is not None and not 0 <= (bp_lim := operator.index(bp_lim)) < times:
        raise ValueError(f"bp_lim must be at least 0 and less than the {times} steps; got {bp_lim}.")
    dropout = real_number("dropout", dropout)
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout must be at least 0 and less than 1; got {dropout}.")
    if dropout:
        X, W = dropped(X, dropout), [dropped(w, dropout) for w in W]
    of_input = [np.matmul(X, u) + bias for u, bias in zip(U, b, strict=True)]
    states = run(s0, of_input, W) if bp_lim is None else run_truncated(s0, of_input, W, bp_lim)
    return to_tensor(states, constant)
