"""Sliding windows, also with steps and dilation, as views."""

import operator

import numpy as np

from mygrad.engine.function import linear
from mygrad.engine.record import Handle

__all__ = ["each_axis", "fold", "sliding_window_view", "spans"]


def sliding_window_view(arr, window_shape, step=None, dilation=None, *, axis=None, **options):
    """Windows that slide over an array, as a view.

    Without `step` and `dilation` this is ``np.lib.stride_tricks.sliding_window_view``, which has the axes of
    the windows last in the order of `axis`, and slides along any axes.

    Parameters
    ----------
    arr : array_like
        A tensor gives a tensor, through which gradients pass; anything else an array.
    window_shape : sequence of ints
        The number of elements of a window along each of the last ``len(window_shape)`` axes.
    step : int or sequence of ints, optional
        How far the window moves at a time.
    dilation : int or sequence of ints, optional
        How far the elements of a window are apart; 1, so that they are neighbours, by default.
    axis, **options
        As NumPy's function takes them; not beside `step` or `dilation`.

    Returns
    -------
    Tensor or ndarray
        A view that can't be written to, of shape ``(*places, *axes without windows, *window_shape)``.

    Raises
    ------
    TypeError
        If `window_shape` isn't a sequence of positive integers, or `step` or `dilation` holds no integers, or
        what is NumPy's is asked for beside them.
    ValueError
        If the window has more axes than the array or doesn't fit into it, or there isn't one positive step
        and dilation an axis.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.arange(6.0)
    >>> windows = mg.sliding_window_view(x, (2,), step=2)
    >>> windows
    Tensor([[0., 1.],
            [2., 3.],
            [4., 5.]])
    >>> (windows * windows).sum().backward()
    >>> x.grad
    array([ 0.,  2.,  4.,  6.,  8., 10.])

    Neighbours with one element between them:

    >>> mg.sliding_window_view(x, (2,), step=1, dilation=2)
    Tensor([[0., 2.],
            [1., 3.],
            [2., 4.],
            [3., 5.]])
    """
    if not isinstance(arr, Handle):
        arr = np.asarray(arr)
    if step is None and dilation is None:
        return np.lib.stride_tricks.sliding_window_view(arr, window_shape, axis, **options)
    if axis is not None or options:
        given = ", ".join([*(["axis"] if axis is not None else []), *options])
        raise TypeError(f"With a step or dilation the windows slide over the last axes: leave out {given}.")
    step = 1 if step is None else step
    try:
        window_shape = tuple(map(operator.index, window_shape))
    except TypeError:
        raise TypeError(
            f"window_shape must be a sequence of positive integers; got {window_shape!r}."
        ) from None
    if any(n < 1 for n in window_shape):
        raise TypeError(f"window_shape must be a sequence of positive integers; got {window_shape!r}.")
    if len(window_shape) > arr.ndim:
        raise ValueError(f"The window {window_shape} has more axes than the array, of shape {arr.shape}.")
    step = each_axis("step", step, len(window_shape))
    dilation = each_axis("dilation", 1 if dilation is None else dilation, len(window_shape))
    extents = spans(window_shape, dilation)
    trailing = arr.shape[arr.ndim - len(window_shape) :]
    if any(extent > n for extent, n in zip(extents, trailing, strict=True)):
        raise ValueError(
            f"The window {window_shape} with dilation {dilation} spans {extents} elements, which don't fit "
            f"into the trailing axes "
            f"of the array, {trailing}."
        )
    return (_rule if isinstance(arr, Handle) else _windows)(arr, window_shape, step, dilation)


def each_axis(name, value, n, least=1):
    """`value` for each of `n` axes: integers of at least 1, or 0."""
    wanted = "a positive integer" if least else "an integer of at least 0"
    try:
        values = (operator.index(value),) * n if np.ndim(value) == 0 else tuple(map(operator.index, value))
    except TypeError:
        raise TypeError(f"{name} must be {wanted} or a sequence of them; got {value!r}.") from None
    if len(values) != n or any(v < least for v in values):
        raise ValueError(
            f"{name} must be {wanted}, or one for each of the {n} axes of the window; got {value!r}."
        )
    return values


def spans(window_shape, dilation):
    """How many elements a window spans along each of its axes."""
    return tuple((n - 1) * d + 1 for n, d in zip(window_shape, dilation, strict=True))


def _windows(arr, window_shape, step, dilation):
    n = len(window_shape)
    still = arr.ndim - n
    windows = np.lib.stride_tricks.sliding_window_view(
        arr, spans(window_shape, dilation), axis=tuple(range(-n, 0))
    )
    windows = windows[(..., *(slice(None, None, s) for s in (*step, *dilation)))]
    return np.moveaxis(windows, range(still, still + n), range(n))


def fold(g, arr_shape, window_shape, step, dilation):
    """Each place in the window shows a slice of the array with steps: add up over the places."""
    n = len(window_shape)
    still = len(arr_shape) - n
    g = np.moveaxis(g, range(n), range(still, still + n))
    total = np.zeros_like(g, shape=arr_shape)
    counts = g.shape[still : still + n]
    for place in np.ndindex(*window_shape):
        starts = [i * d for i, d in zip(place, dilation, strict=True)]
        shown = (
            slice(a, a + s * (count - 1) + 1, s) for a, s, count in zip(starts, step, counts, strict=True)
        )
        total[(..., *shown)] += g[(..., *place)]
    return total


_rule = linear(_windows, view=True, arr=fold)
