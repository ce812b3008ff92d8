"""Arrays brought to one shape."""

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.function import linear
from mygrad.engine.record import Handle, make
from mygrad.engine.rule import composite, fitted, rules
from mygrad.rules.arguments import arraylike


@composite(np.broadcast_arrays)
def broadcast_arrays(*args, subok=False):
    arrays = [arraylike(a) for a in args]
    shape = np.broadcast_shapes(*[a.shape for a in arrays])
    return tuple([a if a.shape == shape else np.broadcast_to(a, shape) for a in arrays])


def laid_along(x, shape, axis):
    """A new array of this shape that has `x` along one axis, and repeats it along the others."""
    x = x.reshape((-1,) + (1,) * (len(shape) - axis - 1))
    if type(x) is not np.ndarray:
        return np.copy(np.broadcast_to(x, shape), order="C")
    out = np.empty(shape, x.dtype)
    out[...] = x
    return out


def sum_of_repeated(g, x_shape, axis):
    along = (g.shape[axis],) + (1,) * (g.ndim - axis - 1)
    return fitted(g, along, g.dtype).reshape(x_shape)


linear(laid_along, x=sum_of_repeated)


def lay(x, shape, axis):
    return (rules[laid_along] if isinstance(x, Handle) else laid_along)(x, shape, axis)


@composite(np.meshgrid)
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    ndim = len(xi)
    places = list(range(ndim))
    if indexing == "xy" and ndim > 1:
        places[:2] = 1, 0
    arrays = list(map(arraylike, xi))
    if copy and not sparse:
        shape = tuple([arrays[place].size for place in places])
        return tuple([lay(x, shape, place) for x, place in zip(arrays, places, strict=True)])
    grids = []
    for x, place in zip(arrays, places, strict=True):
        grids.append(np.reshape(x, (1,) * place + (-1,) + (1,) * (ndim - place - 1)))
    if not sparse:
        grids = np.broadcast_arrays(*grids)
    return tuple(np.copy(grid) for grid in grids) if copy else tuple(grids)


@composite(np.ix_)
def ix_(*args):
    grids = []
    for x, like in zip(args, np.ix_(*map(plain, args)), strict=True):
        x = arraylike(x)
        # Truth values stand for the places where they are true; what is empty is an index.
        grids.append(np.reshape(x, like.shape) if x.dtype == like.dtype else make(like))
    return tuple(grids)
