"""Sums, products and extremes along axes.

``expanded`` gives a reduced array its axes back, so that it broadcasts against what it was reduced from.
"""

import numpy as np

from mygrad.engine.function import general
from mygrad.engine.rule import aliases, composite, rules
from mygrad.rules.arguments import of_dtype


def expanded(reduced, axis, keepdims, ndim):
    """`reduced`, with length 1 where axes were reduced."""
    if keepdims or (axis is None and np.ndim(reduced) == 0):
        return reduced
    return np.expand_dims(reduced, range(ndim) if axis is None else axis)


def masked(cotangent, where):
    """`cotangent`, 0 where elements were left out by ``where=``."""
    if where is None or where is True:
        return cotangent
    return np.where(where, cotangent, np.zeros_like(cotangent))


# Not linear but affine: an ``initial=`` is no part of the derivative.
general(
    np.sum,
    vjp={
        "a": lambda g, a_shape, axis, keepdims, where: masked(
            np.broadcast_to(expanded(g, axis, keepdims, len(a_shape)), a_shape), where
        )
    },
    jvp={"a": lambda t, axis, keepdims, where: np.sum(masked(t, where), axis=axis, keepdims=bool(keepdims))},
)


def extreme_vjp(g, a, out, axis, keepdims, where):
    """The cotangent goes to the elements that are the extreme; those that tie share it evenly.

    Where the result is NaN, it goes to the NaNs. An ``initial=`` that wins takes it all.
    """
    top = expanded(out, axis, keepdims, a.ndim)
    top_values, values = plain_values(top), plain_values(a)
    chosen = values == top_values
    if np.isnan(top_values).any():
        chosen |= np.isnan(values) & np.isnan(top_values)
    if where is not None and where is not True:
        chosen &= where
    count = np.count_nonzero(chosen, axis=axis, keepdims=True)
    share = expanded(g, axis, keepdims, a.ndim)
    if np.any(count > 1):
        share = share / np.maximum(count, 1).astype(values.real.dtype)
    return share * chosen


def extreme_jvp(t, a, out, axis, keepdims, where):
    """The mean of the tangents of the elements that are the extreme."""
    share = extreme_vjp(np.ones_like(plain_values(out)), a, out, axis, keepdims, where)
    return np.sum(t * share, axis=axis, keepdims=bool(keepdims))


def plain_values(x):
    """The values of an array or tensor: for masks and counts, which are constants."""
    return x.data if hasattr(x, "backward") else x


general(np.max, vjp={"a": extreme_vjp}, jvp={"a": extreme_jvp}, selects=True)
general(np.min, vjp={"a": extreme_vjp}, jvp={"a": extreme_jvp}, selects=True)


def others_product(a, axis):
    """For each element the product of the others along `axis`: by products from both sides, so that zeros do
    no harm."""
    n = a.shape[axis]
    if n < 2:
        return np.ones_like(a)
    head = np.cumprod(np.take(a, range(n - 1), axis=axis), axis=axis)
    tail = np.flip(np.cumprod(np.flip(np.take(a, range(1, n), axis=axis), axis), axis=axis), axis)
    one = np.ones_like(np.take(a, [0], axis=axis))
    return np.concatenate([one, head], axis=axis) * np.concatenate([tail, one], axis=axis)


def prod_partials(a, out, axis, keepdims, where, initial):
    """The partial derivatives of ``np.prod``, shaped like `a`."""
    ndim = a.ndim
    product = plain_values(out)
    # The quotient is as good if nothing was 0, overflowed or came near to underflow.
    if np.all(np.isfinite(product)) and np.all(np.abs(product) > 1e3 * np.finfo(product.dtype).tiny):
        return expanded(out, axis, keepdims, ndim) / a
    if ndim == 0:
        partials = np.ones_like(a)
    else:
        if where is not None and where is not True:
            a = np.where(where, a, np.ones_like(a))
        axes = np.lib.array_utils.normalize_axis_tuple(range(ndim) if axis is None else axis, ndim)
        rest = tuple(i for i in range(ndim) if i not in axes)
        order = rest + axes
        moved = np.transpose(a, order)
        rows = np.reshape(
            moved, tuple(a.shape[i] for i in rest) + (int(np.prod([a.shape[i] for i in axes])),)
        )
        partials = np.transpose(np.reshape(others_product(rows, len(rest)), moved.shape), np.argsort(order))
    return partials if initial is None else partials * initial


general(
    np.prod,
    vjp={
        "a": lambda g, a, out, axis, keepdims, where, initial: masked(
            expanded(g, axis, keepdims, a.ndim) * prod_partials(a, out, axis, keepdims, where, initial), where
        )
    },
    jvp={
        "a": lambda t, a, out, axis, keepdims, where, initial: np.sum(
            masked(t * prod_partials(a, out, axis, keepdims, where, initial), where),
            axis=axis,
            keepdims=bool(keepdims),
        )
    },
)


def _reduction_method(function, default_axis):
    """The ufunc method that is `function`: its axis is 0 by default."""

    def reduce(
        array, axis=default_axis, dtype=None, out=None, keepdims=False, initial=np._NoValue, where=True
    ):
        if dtype is not None and np.dtype(dtype).kind not in "fcbiu":
            raise TypeError(f"{function.__name__} was asked for dtype {dtype}, which tensors can't hold.")
        options = {"dtype": dtype} if function in (np.sum, np.prod) else {}
        if dtype is not None and not options:
            array = of_dtype(array, dtype)
        if where is not True:
            options["where"] = where
        if initial is not np._NoValue:
            options["initial"] = initial
        if isinstance(out, tuple):
            (out,) = out
        if out is not None:
            options["out"] = out
        return rules[function](array, axis=axis, keepdims=keepdims, **options)

    return reduce


for _ufunc, _function in [
    (np.add, np.sum),
    (np.multiply, np.prod),
    (np.maximum, np.max),
    (np.minimum, np.min),
]:
    composite((_ufunc, "reduce"))(_reduction_method(_function, 0))

aliases.update({np.amax: np.max, np.amin: np.min})
