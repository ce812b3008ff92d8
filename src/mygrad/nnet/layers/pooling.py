"""Pooling: the greatest element of each window."""

import operator

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.indexing import only_where
from mygrad.nnet.layers.places import counted
from mygrad.nnet.operands import operand, real, to_tensor
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike
from mygrad.windows import each_axis

__all__ = ["max_pool"]


def parts(shape, pool, stride):
    """For each place in the window the index of the elements that are there, as the window slides."""
    sizes = shape[len(shape) - len(pool) :]
    last = [size - n for size, n in zip(sizes, pool, strict=True)]
    for place in np.ndindex(*pool):
        yield (..., *(slice(i, i + end + 1, s) for i, end, s in zip(place, last, stride, strict=True)))


def _max_pool(x, pool, stride):
    first, *others = parts(real(x).shape, pool, stride)
    out = np.array(x[first])
    for part in others:
        np.maximum(out, x[part], out=out)
    return out


def ties(x, out, pool, stride):
    """For each place in the window where the greatest element is there, and at how many places it is."""
    found = []
    for part in parts(x.shape, pool, stride):
        shown = x[part]
        found.append(np.logical_or(np.equal(shown, out), np.isnan(shown)))
    return found, sum(tie.astype(out.dtype) for tie in found)


def pull_max_pool(g, x, out, pool, stride):
    found, count = ties(x, out, pool, stride)
    share = g / count
    total = np.zeros_like(g, shape=x.shape)
    for part, tie in zip(parts(x.shape, pool, stride), found, strict=True):
        total[part] += only_where(tie, share)
    return total


def push_max_pool(t, x, out, pool, stride):
    found, count = ties(x, out, pool, stride)
    moves = (only_where(tie, t[part]) for part, tie in zip(parts(x.shape, pool, stride), found, strict=True))
    return sum(moves) / count


_max_pool_rule = general(
    _max_pool,
    vjp={"x": pull_max_pool},
    jvp={"x": push_max_pool},
    selects=True,
    note="Elements of a window that tie have equal shares.",
)


def max_pool(
    x: ArrayLike,
    pool: tuple[int, ...],
    stride: int | tuple[int, ...],
    *,
    constant: bool | None = None,
) -> Tensor:
    """The greatest element of each window that slides over the last axes.

    Parameters
    ----------
    x : array_like
    pool : tuple of ints
        The length of the window along each of the last ``len(pool)`` axes.
    stride : int or tuple of ints
        How far the window moves at a time, along all of these axes or each.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` is.

    Returns
    -------
    Tensor
        Along each axis that the window slides over, of the length ``(size - pool) / stride + 1``.

    Raises
    ------
    ValueError
        If that is none or no integer, or the window has more axes than the data, or the pool or stride is too
        small.
    TypeError
        If `pool` isn't a sequence of integers, or `stride` neither an integer nor a sequence of them.

    Notes
    -----
    Elements of a window that tie share its derivative.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.tensor([[1.0, 5.0, 2.0, 2.0]])
    >>> y = mg.nnet.max_pool(x, pool=(2,), stride=2)
    >>> y
    Tensor([[5., 2.]])
    >>> y.backward()
    >>> x.grad
    array([[0. , 1. , 0.5, 0.5]])
    """
    x = operand(x)
    try:
        pool = tuple(map(operator.index, pool))
    except TypeError:
        raise TypeError(f"pool must be a sequence of positive integers; got {pool!r}.") from None
    n = len(pool)
    if n > x.ndim or any(length < 1 for length in pool):
        raise ValueError(
            f"pool must have positive lengths, for as many axes as the data has or fewer; got {pool} for "
            f"data of shape {x.shape}."
        )
    stride = each_axis("stride", stride, n)
    counted(x.shape[x.ndim - n :], pool, stride, (0,) * n, (1,) * n)
    return to_tensor(_max_pool_rule(x, pool, stride), constant)
