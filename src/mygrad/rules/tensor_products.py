"""Products over several axes, linear in each operand: its rule is a product with the other one."""

from functools import lru_cache
from math import isfinite, prod

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.function import multilinear
from mygrad.engine.record import FLOAT64
from mygrad.engine.rule import composite, fitted
from mygrad.rules.arguments import arraylike, delivered, values_of
from mygrad.rules.products import conjugated, rows_of, swapped, tall_product
from mygrad.rules.shaping import inverse, moved

multilinear(
    np.outer,
    a=lambda g, a_shape, b: (g @ b.reshape(-1)).reshape(a_shape),
    b=lambda g, a, b_shape: (a.reshape(-1) @ g).reshape(b_shape),
)

# Conjugate in the first operand: Re(g * conj(da) * b) = Re(conj(g) * conj(b) * da).
multilinear(
    np.vdot,
    signature="a, b, /",
    a=lambda g, a_shape, b: (conjugated(g) * conjugated(b)).reshape(a_shape),
    b=lambda g, a, b_shape: (g * conjugated(a)).reshape(b_shape),
    note="Linear in the second vector and conjugate-linear in the first.",
)


def inner_first(g, a_shape, b):
    if not a_shape or b.ndim == 0 or len(a_shape) == b.ndim == 1:
        return g * b
    rows = rows_of(b)
    return (g.reshape((prod(a_shape[:-1]), len(rows))) @ rows).reshape(a_shape)


def inner_second(g, a, b_shape):
    if a.ndim == 0 or not b_shape or a.ndim == len(b_shape) == 1:
        return g * a
    rows = rows_of(a)
    return (g.reshape((len(rows), prod(b_shape[:-1]))).T @ rows).reshape(b_shape)


multilinear(np.inner, signature="a, b, /", a=inner_first, b=inner_second)


def numbers(axes):
    """One axis or several as a tuple."""
    if type(axes) is int:
        return (axes,)
    return tuple(map(int, axes if type(axes) in (tuple, list) else np.ravel(axes)))


def orders(axes, a_ndim, b_ndim):
    """The axes of each operand of ``np.tensordot`` in the order of a product of matrices: of `a` those that
    are kept first, of `b` those that are summed; and how many are."""
    if type(axes) is not int:
        pair = type(axes) in (tuple, list) or np.ndim(axes)
        axes = tuple(map(numbers, axes)) if pair else int(axes)
    return orders_by(axes, a_ndim, b_ndim)


@lru_cache(1024)
def orders_by(axes, a_ndim, b_ndim):
    a_axes, b_axes = (range(a_ndim - axes, a_ndim), range(axes)) if type(axes) is int else axes
    a_axes, b_axes = [i % a_ndim for i in a_axes], [i % b_ndim for i in b_axes]
    return (
        [i for i in range(a_ndim) if i not in a_axes] + a_axes,
        b_axes + [i for i in range(b_ndim) if i not in b_axes],
        len(a_axes),
    )


def as_matrix(a, order, count):
    """`a` with its axes in this order, the first `count` as rows and the others as columns."""
    shape = [a.shape[i] for i in order]
    return a.transpose(order).reshape((prod(shape[:count]), prod(shape[count:])))


def as_it_was(matrix, shape, order):
    """The array of this shape that `as_matrix` made a matrix of."""
    return matrix.reshape([shape[i] for i in order]).transpose(inverse(order))


def tensordot_first(g, a_shape, b, axes):
    order, order_of_b, count = orders(axes, len(a_shape), b.ndim)
    columns = as_matrix(b, order_of_b, count)
    rows = prod([a_shape[i] for i in order[: len(order) - count]])
    return as_it_was(g.reshape((rows, columns.shape[1])) @ columns.T, a_shape, order)


def tensordot_second(g, a, b_shape, axes):
    order_of_a, order, count = orders(axes, a.ndim, len(b_shape))
    rows = as_matrix(a, order_of_a, a.ndim - count)
    columns = prod([b_shape[i] for i in order[count:]])
    return as_it_was(tall_product(rows, g.reshape((len(rows), columns))), b_shape, order)


def product_of_matrices(a, b, axes=2):
    """``np.tensordot``, with the same values: over the axes in between in a third of the time."""
    if type(axes) is int and type(b) is np.ndarray and 0 <= axes <= min(a.ndim, b.ndim):
        rows, inner, columns = a.shape[: a.ndim - axes], b.shape[:axes], b.shape[axes:]
        if a.shape[a.ndim - axes :] == inner:
            n = prod(inner)
            product = np.dot(a.reshape((prod(rows), n)), b.reshape((n, prod(columns))))
            return product.reshape(rows + columns)
    return np.tensordot(a, b, axes)


multilinear(np.tensordot, method=product_of_matrices, a=tensordot_first, b=tensordot_second)


def padded(a_shape, b_shape):
    """Both shapes, the shorter one with axes of length 1 in front."""
    ndim = max(len(a_shape), len(b_shape))
    return (1,) * (ndim - len(a_shape)) + a_shape, (1,) * (ndim - len(b_shape)) + b_shape


def in_blocks(g, a_shape, b_shape):
    """A Kronecker product with a row for each block, which is an element of the first factor."""
    shape = [n for pair in zip(*padded(a_shape, b_shape), strict=True) for n in pair]
    blocks = g.reshape(shape).transpose([*range(0, len(shape), 2), *range(1, len(shape), 2)])
    return blocks.reshape((prod(a_shape), prod(b_shape)))


def product_of_blocks(a, b):
    """``np.kron``, with the same values, in a third of the time."""
    if type(b) is not np.ndarray or not a.ndim or not b.ndim:
        return np.kron(a, b)
    a_shape, b_shape = padded(a.shape, b.shape)
    blocks = a.reshape([n for m in a_shape for n in (m, 1)]) * b.reshape([n for m in b_shape for n in (1, m)])
    return blocks.reshape([m * n for m, n in zip(a_shape, b_shape, strict=True)])


multilinear(
    np.kron,
    method=product_of_blocks,
    a=lambda g, a_shape, b: (in_blocks(g, a_shape, b.shape) @ b.reshape(-1)).reshape(a_shape),
    b=lambda g, a, b_shape: (a.reshape(-1) @ in_blocks(g, a.shape, b_shape)).reshape(b_shape),
)

_GUFUNC = "x1, x2, /, out=None, *, casting='same_kind', order='K', dtype=None, subok=True"
if hasattr(np, "matvec"):  # NumPy 2.2
    multilinear(
        np.matvec,
        signature=_GUFUNC,
        x1=lambda g, x2: g[..., :, None] * x2[..., None, :],
        x2=lambda g, x1: np.matmul(swapped(x1), g[..., None])[..., 0],
    )
    multilinear(
        np.vecmat,
        signature=_GUFUNC,
        x1=lambda g, x2: conjugated(np.matmul(x2, g[..., None])[..., 0]),
        x2=lambda g, x1: conjugated(x1)[..., :, None] * g[..., None, :],
        note="Conjugate-linear in the vector.",
    )


NEXT, PREVIOUS = np.array([1, 2, 0]), np.array([2, 0, 1])


def cross_of_components(u, v):
    """The product of vectors of three components along the last axis."""
    if type(u) is type(v) is np.ndarray and u.ndim == v.ndim == 1 and u.dtype is v.dtype is FLOAT64:
        # Of two vectors Python's arithmetic takes a third of the time; what isn't finite NumPy tells of.
        (a, b, c), (x, y, z) = u.tolist(), v.tolist()
        product = b * z - c * y, c * x - a * z, a * y - b * x
        if isfinite(sum(product)):
            return np.array(product)
    return u.take(NEXT, -1) * v.take(PREVIOUS, -1) - u.take(PREVIOUS, -1) * v.take(NEXT, -1)


def crossed(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """``np.cross``, with the same values: of three components along one axis in a third of the time."""
    along = -1 if axis is None and axisa == axisb == axisc == -1 else axis
    if type(along) is int and type(b) is np.ndarray and has_three(a, along) and has_three(b, along):
        product = cross_of_components(components_last(a, along), components_last(b, along))
        if along == -1 or -product.ndim <= along < product.ndim:
            return product if along == -1 else moved(product, -1, along)
    return np.cross(a, b, axisa, axisb, axisc, axis)


def has_three(x, axis):
    return -x.ndim <= axis < x.ndim and x.shape[axis] == 3


def components_last(x, axis):
    return x if axis in (-1, x.ndim - 1) else moved(x, axis, -1)


def cross_back(g, shape, other, own_axis, axis_of_other, axisc, axis):
    """The cotangent of a vector of this shape, ``other x g``: `a . (b x g)` is `g . (a x b)`."""
    if axis is not None:
        own_axis = axis_of_other = axisc = axis
    count = shape[own_axis]
    other = components_last(other, axis_of_other)
    if other.shape[-1] == 3:
        c = cross_of_components(other, components_last(g, axisc))
        if c.shape == shape and own_axis in (-1, len(shape) - 1):
            return c
    else:  # a vector of two components has a third of 0, and the product of two such nothing else
        u, v = other[..., 0], other[..., 1]
        x, y, z = (None, None, g) if count == 2 else np.moveaxis(g, axisc, 0)
        c = np.stack([v * z, -(u * z)] if count == 2 else [v * z, -(u * z), u * y - v * x], axis=-1)
    others = list(shape)
    others.append(others.pop(own_axis))
    c = fitted(c[..., :count], tuple(others), c.dtype)
    return c if own_axis in (-1, len(shape) - 1) else moved(c, -1, own_axis)


multilinear(
    np.cross,
    method=crossed,
    a=lambda g, a_shape, b, axisa, axisb, axisc, axis: cross_back(g, a_shape, b, axisa, axisb, axisc, axis),
    b=lambda g, a, b_shape, axisa, axisb, axisc, axis: -cross_back(g, b_shape, a, axisb, axisa, axisc, axis),
)


@lru_cache(1024)
def best_order(sizes):
    """Where to divide each chain of matrices for the fewest multiplications.

    By dynamic programming (Cormen et al., Introduction to Algorithms, 15.2).
    """
    n = len(sizes) - 1
    cost, divide = {(i, i): 0 for i in range(n)}, {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            costs = [
                cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)
            ]
            cost[i, j] = min(costs)
            divide[i, j] = i + costs.index(cost[i, j])
    return divide


def exactly(result, out):
    """`result` in an `out` that must have its dtype, as for ``np.dot``."""
    if out is not None and plain(out).dtype != result.dtype:
        raise ValueError(f"out= must have the dtype {result.dtype}; it has {plain(out).dtype}.")
    return delivered(result, out)


@composite(np.linalg.multi_dot)
def multi_dot(arrays, *, out=None):
    """A chain of products, in the order of the fewest multiplications."""
    arrays = [arraylike(a) for a in arrays]
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    if len(arrays) == 2:
        return exactly(np.dot(*arrays), out)
    first, last = arrays[0].ndim, arrays[-1].ndim
    arrays[0] = arrays[0][None] if first == 1 else arrays[0]
    arrays[-1] = arrays[-1][:, None] if last == 1 else arrays[-1]
    for a in arrays:
        if a.ndim != 2:
            raise np.linalg.LinAlgError(f"{a.ndim}-dimensional array given. Array must be two-dimensional")
    divide = best_order((*[a.shape[0] for a in arrays], arrays[-1].shape[1]))

    def product(i, j):
        return arrays[i] if i == j else np.dot(product(i, divide[i, j]), product(divide[i, j] + 1, j))

    result = product(0, len(arrays) - 1)
    result = result[0, 0] if first == last == 1 else np.ravel(result) if 1 in (first, last) else result
    return exactly(result, out)


# The functions of the array API standard: those of the main namespace with other defaults.


@composite(np.linalg.matmul)
def matmul(x1, x2, /):
    return np.matmul(x1, x2)


@composite(np.linalg.outer)
def outer(x1, x2, /):
    x1, x2 = arraylike(x1), arraylike(x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(
            f"Input arrays must be one-dimensional, but they are x1.ndim={x1.ndim} and x2.ndim={x2.ndim}."
        )
    return np.outer(x1, x2)


@composite(np.linalg.tensordot)
def tensordot(x1, x2, /, *, axes=2):
    return np.tensordot(x1, x2, axes)


@composite(np.linalg.vecdot)
def vecdot(x1, x2, /, *, axis=-1):
    return np.vecdot(x1, x2) if axis == -1 else np.vecdot(x1, x2, axis=axis)


@composite(np.linalg.cross)
def cross_of_three(x1, x2, /, *, axis=-1):
    x1, x2 = arraylike(x1), arraylike(x2)
    if axis is None:
        np.linalg.cross(values_of(x1), values_of(x2), axis=None)  # an error before NumPy 2.5
        axis = -1
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, "
            f"but they are {x1.shape[axis]} and {x2.shape[axis]} dimensional instead."
        )
    return np.cross(x1, x2) if axis == -1 else np.cross(x1, x2, axis=axis)


@composite(np.linalg.trace)
def trace(x, /, *, offset=0, dtype=None):
    return np.trace(x, offset, axis1=-2, axis2=-1, dtype=dtype)


@composite(np.linalg.diagonal)
def diagonal(x, /, *, offset=0):
    return np.diagonal(x, offset, axis1=-2, axis2=-1)


@composite(np.linalg.matrix_transpose)
def matrix_transpose(x, /):
    return np.matrix_transpose(x)
