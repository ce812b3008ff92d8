"""Convolution, by matrix products with the windows as columns.

In the layout used here the copy that makes columns reads and writes whole rows of the data, and the product
has the layout of the result. It is linear in the data and in the filters, so each rule is a product too; what
comes of a window is added where the window was.
"""

import math

import numpy as np

from mygrad.engine.function import multilinear
from mygrad.nnet.layers.places import counted
from mygrad.nnet.operands import operand, to_tensor
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike
from mygrad.windows import each_axis, fold, sliding_window_view

__all__ = ["conv_nd"]


def windows(x, window, stride, padding, dilation):
    """The windows of the padded data: a view of shape ``(*places, N, C, *window)``."""
    if any(padding):
        x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    return sliding_window_view(x, window, stride, dilation)


def flat(a, rows=1):
    """`a` as a matrix, with the first axes, so many of them, for rows."""
    return np.reshape(a, (math.prod(a.shape[:rows]), math.prod(a.shape[rows:])))


def _conv_nd(x, filter_bank, stride, padding, dilation):
    shown = windows(x, filter_bank.shape[2:], stride, padding, dilation)
    n = len(stride)
    places = shown.shape[:n]
    columns = np.moveaxis(shown, range(n), range(-n, 0))
    columns = np.reshape(columns, (len(x), math.prod(filter_bank.shape[1:]), math.prod(places)))
    out = np.matmul(flat(filter_bank), columns)
    return np.reshape(out, (*out.shape[:2], *places))


def pull_data(g, x_shape, filter_bank, stride, padding, dilation):
    n = len(stride)
    window, places = filter_bank.shape[2:], g.shape[2:]
    weights = np.swapaxes(flat(filter_bank), 0, 1)
    columns = np.matmul(weights, np.reshape(g, (*g.shape[:2], math.prod(places))))
    shown = np.moveaxis(np.reshape(columns, (len(g), x_shape[1], *window, *places)), range(-n, 0), range(n))
    padded = tuple(size + 2 * p for size, p in zip(x_shape[2:], padding, strict=True))
    total = fold(shown, (*x_shape[:2], *padded), window, stride, dilation)
    if any(padding):
        total = total[(..., *(slice(p, p + size) for p, size in zip(padding, x_shape[2:], strict=True)))]
    return total


def pull_filters(g, x, filter_bank_shape, stride, padding, dilation):
    n = len(stride)
    shown = windows(x, filter_bank_shape[2:], stride, padding, dilation)
    # (C, *window, N, *places), with the products over samples and places.
    columns = np.moveaxis(shown, range(n), range(-n, 0))
    columns = flat(np.moveaxis(columns, 0, n + 1), n + 1)
    rows = flat(np.moveaxis(g, 1, 0))
    return np.reshape(np.matmul(rows, np.swapaxes(columns, 0, 1)), filter_bank_shape)


_conv_nd_rule = multilinear(_conv_nd, x=pull_data, filter_bank=pull_filters)


def conv_nd(
    x: ArrayLike,
    filter_bank: ArrayLike,
    *,
    stride: int | tuple[int, ...],
    padding: int | tuple[int, ...] = 0,
    dilation: int | tuple[int, ...] = 1,
    constant: bool | None = None,
) -> Tensor:
    """Slide filters over data, and take the sum of products with each at each place.

    Parameters
    ----------
    x : array_like, shape (N, C, *sizes)
        N samples of data with C channels.
    filter_bank : array_like, shape (F, C, *window)
        F filters, with as many axes as the data.
    stride : int or tuple of ints
        How far the filters move at a time, along all axes or each.
    padding : int or tuple of ints, optional
        How many zeros are put before and after the data.
    dilation : int or tuple of ints, optional
        How far the elements are apart that neighbours in a filter meet.
    constant : bool, optional
        Whether the result is a constant; by default it is one if `x` and `filter_bank` are.

    Returns
    -------
    Tensor, shape (N, F, *places)
        Along each axis there are ``(size + 2 * padding - (window - 1) * dilation - 1) / stride + 1`` places.

    Raises
    ------
    ValueError
        If the shapes don't fit together, the number of places is none or no integer, or the stride, padding
        or dilation is too small.
    TypeError
        If the stride, padding or dilation isn't an integer or a sequence of them.

    Notes
    -----
    The filters aren't turned around: in the language of signals this is a cross-correlation.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.tensor([[[1.0, 2.0, 4.0, 8.0]]])
    >>> w = mg.tensor([[[-1.0, 1.0]]])
    >>> y = mg.nnet.conv_nd(x, w, stride=1)
    >>> y
    Tensor([[[1., 2., 4.]]])
    >>> y.backward()
    >>> x.grad, w.grad
    (array([[[-1.,  0.,  0.,  1.]]]), array([[[ 7., 14.]]]))
    """
    x, filter_bank = operand(x), operand(filter_bank)
    n = x.ndim - 2
    if n < 1:
        raise ValueError(f"x must have the shape (N, C, *sizes), so 3 dimensions or more; got {x.shape}.")
    if filter_bank.ndim != x.ndim or filter_bank.shape[1] != x.shape[1]:
        raise ValueError(
            f"filter_bank must have the shape (F, {x.shape[1]}, *window), with {x.ndim} dimensions as x has; "
            f"got {filter_bank.shape} for x of shape {x.shape}."
        )
    stride, dilation = each_axis("stride", stride, n), each_axis("dilation", dilation, n)
    padding = each_axis("padding", padding, n, least=0)
    if 0 in filter_bank.shape[2:]:
        raise ValueError(
            f"The filters must have a length of at least 1 along each axis; got {filter_bank.shape}."
        )
    counted(x.shape[2:], filter_bank.shape[2:], stride, padding, dilation)
    return to_tensor(_conv_nd_rule(x, filter_bank, stride, padding, dilation), constant)
