"""Products over several axes, linear in each operand: its rule is a product with the other one."""

import numpy as np

from mygrad.engine.calling import plain
from mygrad.engine.function import multilinear
from mygrad.engine.rule import composite, fitted
from mygrad.rules.arguments import arraylike, delivered
from mygrad.rules.products import conjugated, swapped

multilinear(
    np.outer,
    a=lambda g, a_shape, b: np.reshape(np.matmul(g, np.ravel(b)), a_shape),
    b=lambda g, a, b_shape: np.reshape(np.matmul(np.ravel(a), g), b_shape),
)

# Conjugate in the first operand: Re(g * conj(da) * b) = Re(conj(g) * conj(b) * da).
multilinear(
    np.vdot,
    signature="a, b, /",
    a=lambda g, a_shape, b: np.reshape(conjugated(g) * conjugated(b), a_shape),
    b=lambda g, a, b_shape: np.reshape(g * conjugated(a), b_shape),
    note="Linear in the second vector and conjugate-linear in the first.",
)


def inner_first(g, a_shape, b):
    if not a_shape or b.ndim == 0:
        return g * b
    return np.tensordot(g, b, (range(len(a_shape) - 1, g.ndim), range(b.ndim - 1)))


def inner_second(g, a, b_shape):
    if a.ndim == 0 or not b_shape:
        return g * a
    return np.tensordot(g, a, (range(a.ndim - 1), range(a.ndim - 1)))


multilinear(np.inner, signature="a, b, /", a=inner_first, b=inner_second)


def summed_axes(axes, a_ndim, b_ndim):
    """The axes of each operand that ``np.tensordot`` sums over, in pairs; and those that it keeps."""
    if np.ndim(axes) == 0 and not hasattr(axes, "__iter__"):
        pair = range(a_ndim - int(axes), a_ndim), range(int(axes))
    else:
        pair = ([int(i)] if np.ndim(i) == 0 else [int(k) for k in i] for i in axes)
    a_axes, b_axes = pair
    a_axes, b_axes = [i % a_ndim for i in a_axes], [i % b_ndim for i in b_axes]
    return (
        a_axes,
        b_axes,
        [i for i in range(a_ndim) if i not in a_axes],
        [i for i in range(b_ndim) if i not in b_axes],
    )


def tensordot_first(g, a_ndim, b, axes):
    a_axes, b_axes, a_kept, b_kept = summed_axes(axes, a_ndim, b.ndim)
    product = np.tensordot(g, b, (range(len(a_kept), g.ndim), b_kept))
    # Its axes are those of `a` that were kept, then the partners of the others in the order of `b`.
    return np.transpose(product, np.argsort(a_kept + [a_axes[k] for k in np.argsort(b_axes)]))


def tensordot_second(g, a, b_ndim, axes):
    a_axes, b_axes, a_kept, b_kept = summed_axes(axes, a.ndim, b_ndim)
    product = np.tensordot(a, g, (a_kept, range(len(a_kept))))
    return np.transpose(product, np.argsort([b_axes[k] for k in np.argsort(a_axes)] + b_kept))


multilinear(np.tensordot, a=tensordot_first, b=tensordot_second)


def blocks(g, a_shape, b_shape):
    """A Kronecker product with two axes for each: the block, and the place in it."""
    ndim = max(len(a_shape), len(b_shape))
    a_shape, b_shape = (1,) * (ndim - len(a_shape)) + a_shape, (1,) * (ndim - len(b_shape)) + b_shape
    return np.reshape(g, [n for pair in zip(a_shape, b_shape, strict=True) for n in pair]), ndim


def kron_first(g, a_shape, b):
    g, ndim = blocks(g, a_shape, b.shape)
    b = np.reshape(b, (1,) * (ndim - b.ndim) + b.shape)
    return np.reshape(np.tensordot(g, b, (range(1, 2 * ndim, 2), range(ndim))), a_shape)


def kron_second(g, a, b_shape):
    g, ndim = blocks(g, a.shape, b_shape)
    a = np.reshape(a, (1,) * (ndim - a.ndim) + a.shape)
    return np.reshape(np.tensordot(g, a, (range(0, 2 * ndim, 2), range(ndim))), b_shape)


multilinear(np.kron, a=kron_first, b=kron_second)

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
    return u.take(NEXT, -1) * v.take(PREVIOUS, -1) - u.take(PREVIOUS, -1) * v.take(NEXT, -1)


def crossed(a, b, *args, **kwargs):
    """``np.cross``, with the same values: in a third of the time where three components are the last axis."""
    if args or kwargs or a.shape[-1:] != (3,) or b.shape[-1:] != (3,):
        return np.cross(a, b, *args, **kwargs)
    return cross_of_components(a, b)


def components_last(x, axis):
    return x if axis in (-1, x.ndim - 1) else np.moveaxis(x, axis, -1)


def cross_back(g, shape, other, own_axis, axis_of_other, axisc, axis):
    """The cotangent of a vector of this shape, ``other x g``: `a . (b x g)` is `g . (a x b)`."""
    if axis is not None:
        own_axis = axis_of_other = axisc = axis
    count = shape[own_axis]
    other = components_last(other, axis_of_other)
    if other.shape[-1] == 3:
        c = cross_of_components(other, components_last(g, axisc))
    else:  # a vector of two components has a third of 0, and the product of two such nothing else
        u, v = other[..., 0], other[..., 1]
        x, y, z = (None, None, g) if count == 2 else np.moveaxis(g, axisc, 0)
        c = np.stack([v * z, -(u * z)] if count == 2 else [v * z, -(u * z), u * y - v * x], axis=-1)
    others = list(shape)
    others.append(others.pop(own_axis))
    c = fitted(c[..., :count], tuple(others), c.dtype)
    return c if own_axis in (-1, len(shape) - 1) else np.moveaxis(c, -1, own_axis)


multilinear(
    np.cross,
    method=crossed,
    a=lambda g, a_shape, b, axisa, axisb, axisc, axis: cross_back(g, a_shape, b, axisa, axisb, axisc, axis),
    b=lambda g, a, b_shape, axisa, axisb, axisc, axis: -cross_back(g, b_shape, a, axisb, axisa, axisc, axis),
)


def best_order(sizes):
    """Where to divide each chain of matrices for the fewest multiplications.

    By dynamic programming (Cormen et al., Introduction to Algorithms, 15.2).
    """
    n = len(sizes) - 1
    cost, divide = np.zeros((n, n)), np.zeros((n, n), dtype=int)
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            costs = [
                cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)
            ]
            divide[i, j] = i + int(np.argmin(costs))
            cost[i, j] = min(costs)
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
    divide = best_order([a.shape[0] for a in arrays] + [arrays[-1].shape[1]])

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
    return np.vecdot(x1, x2, axis=axis)


@composite(np.linalg.cross)
def cross_of_three(x1, x2, /, *, axis=-1):
    x1, x2 = arraylike(x1), arraylike(x2)
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, "
            f"but they are {x1.shape[axis]} and {x2.shape[axis]} dimensional instead."
        )
    return np.cross(x1, x2, axis=axis)


@composite(np.linalg.trace)
def trace(x, /, *, offset=0, dtype=None):
    return np.trace(x, offset, axis1=-2, axis2=-1, dtype=dtype)


@composite(np.linalg.diagonal)
def diagonal(x, /, *, offset=0):
    return np.diagonal(x, offset, axis1=-2, axis2=-1)


@composite(np.linalg.matrix_transpose)
def matrix_transpose(x, /):
    return np.matrix_transpose(x)
