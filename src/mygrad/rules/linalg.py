"""Linear algebra: norms."""

import numpy as np

from mygrad.engine.function import Function, general
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules
from mygrad.rules.arguments import of_dtype
from mygrad.rules.reductions import expanded


def euclidean(x, axis=None, keepdims=False, nan_to_num=True):
    """The 2-norm of vectors, and the Frobenius norm of matrices."""
    return np.linalg.norm(x, axis=axis, keepdims=keepdims)


def direction(x, out, axis, keepdims, nan_to_num):
    """``conj(x) / |x|``, and 0 for a zero vector, the element of least norm."""
    length = expanded(out, axis, keepdims, x.ndim)
    if nan_to_num:
        length = np.where(length == 0, np.full_like(length, np.inf), length)
    return (np.conjugate(x) if x.dtype.kind == "c" else x) / length


general(
    euclidean,
    vjp={
        "x": lambda g, x, out, axis, keepdims, nan_to_num: (
            expanded(g, axis, keepdims, x.ndim) * direction(x, out, axis, keepdims, nan_to_num)
        )
    },
    jvp={
        "x": lambda t, x, out, axis, keepdims, nan_to_num: np.real(
            np.sum(t * direction(x, out, axis, keepdims, nan_to_num), axis=axis, keepdims=bool(keepdims))
        )
    },
)


def singular_values(a):
    """The singular values of a stack of matrices."""
    return np.linalg.svd(a, compute_uv=False)


def recombined(a, d):
    """``u diag(d) v*``, with the singular vectors of `a` and real `d`."""
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return (u * np.real(d)[..., None, :]) @ vh


def recombined_change(t, a, d):
    """How ``u diag(d) v*`` changes if `a` changes by `t`; the map from `t` is its own adjoint.

    From the differentials of the singular vectors (Townsend 2016). Sums and differences of singular values
    are divided by apart, so that equal ones cost nothing where the vectors don't matter.
    """
    d = np.real(d)
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    uh, v = dagger(u), dagger(vh)
    p = uh @ t @ v
    near, far = s[..., None, :] - s[..., :, None], s[..., None, :] + s[..., :, None]
    differences = (d[..., None, :] - d[..., :, None]) / np.where(near == 0, np.inf, near)
    sums = (d[..., None, :] + d[..., :, None]) / np.where(far == 0, np.inf, far)
    change = u @ ((sums + differences) / 2 * p - (sums - differences) / 2 * dagger(p)) @ vh
    scale = (d / np.where(s == 0, np.inf, s))[..., None, :]
    beside = (t @ v - u @ p) * scale @ vh
    below = (u * scale) @ (uh @ t - p @ vh)
    return change + beside + below


def dagger(a):
    """The conjugate transpose of each matrix of a stack."""
    return np.conjugate(np.swapaxes(a, -1, -2))


def singular_change(t, a):
    """How the singular values of `a` change if it changes by `t` (Giles 2008, section 3.1)."""
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return np.real(np.einsum("...ji,...jk,...ik->...i", np.conjugate(u), t, np.conjugate(vh)))


def on_either(function, *args):
    """`function` on arrays, its rule on tensors: NumPy's svd has none."""
    return (inner[function] if any(isinstance(x, Handle) for x in args) else function)(*args)


# The change of the singular values, and what it is the transpose of: each is the derivative of the other.
# Rules of the rule of the singular values, and so not in the table; a third derivative is refused.
inner = {
    recombined: Function(
        recombined,
        {
            "a": lambda g, a, d: np.conjugate(recombined_change(np.conjugate(g), a, d)),
            "d": lambda g, a: on_either(singular_change, np.conjugate(g), a),
        },
        "general",
    ),
    singular_change: Function(
        singular_change,
        {
            "t": lambda g, a: np.conjugate(on_either(recombined, a, g)),
            "a": lambda g, t, a: np.conjugate(recombined_change(t, a, g)),
        },
        "general",
    ),
}
general(
    singular_values,
    vjp={"a": lambda g, a: np.conjugate(on_either(recombined, a, g))},
    jvp={"a": lambda t, a: on_either(singular_change, t, a)},
)


def powers_norm(x, p, axis, keepdims):
    """``sum(|x|**p)**(1/p)``; for a zero vector with p >= 1 the derivative is 0."""
    magnitudes = np.abs(x)
    total = np.sum(magnitudes**p, axis=axis, keepdims=keepdims)
    # In the precision of the sum: 1 / 3 of a longdouble has more digits than a Python float.
    root = np.reciprocal(p, dtype=total.dtype)
    flat = np.equal(total, 0)
    if np.any(flat):
        at_zero = np.zeros_like(total) if p > 0 else total**root
        return np.where(flat, at_zero, np.where(flat, np.ones_like(total), total) ** root)
    return total**root


@composite(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False, *, nan_to_num=True):
    """The derivative of a norm of a zero vector is 0, the element of least norm."""
    x = x if hasattr(x, "shape") else np.asarray(x)
    if x.dtype.kind in "biu":
        x = of_dtype(x, np.dtype(float))
    if axis is None and ord is None:
        return rules[euclidean](x, None, keepdims, nan_to_num)
    if axis is None:
        axis = tuple(range(x.ndim))
    axis = np.lib.array_utils.normalize_axis_tuple(axis, x.ndim)
    if len(axis) == 1:
        return _vector_norm(x, ord, axis[0], keepdims, nan_to_num)
    if len(axis) == 2:
        return _matrix_norm(x, ord, axis, keepdims, nan_to_num)
    raise ValueError("Improper number of dimensions to norm.")


def _vector_norm(x, order, axis, keepdims, nan_to_num):
    if order is None or order == 2:
        return rules[euclidean](x, axis, keepdims, nan_to_num)
    if order == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    if order == -np.inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    if order == 0:
        return np.sum(np.not_equal(x, 0).astype(x.real.dtype), axis=axis, keepdims=keepdims)
    if order == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if isinstance(order, str):
        raise ValueError(f"Invalid norm order '{order}' for vectors")
    return powers_norm(x, order, axis, keepdims)


def _matrix_norm(x, order, axes, keepdims, nan_to_num):
    rows, columns = axes
    if rows == columns:
        raise ValueError("Duplicate axes given.")
    if order in (None, "fro", "f"):
        return rules[euclidean](x, axes, keepdims, nan_to_num)
    if order in (1, -1, np.inf, -np.inf):
        along, over = (rows, columns) if abs(order) == 1 else (columns, rows)
        sums = np.sum(np.abs(x), axis=along, keepdims=True)
        result = (np.max if order > 0 else np.min)(sums, axis=over, keepdims=True)
    elif order in (2, -2, "nuc"):
        values = rules[singular_values](np.moveaxis(x, axes, (-2, -1)))
        reduce = np.sum if order == "nuc" else np.max if order == 2 else np.min
        result = reduce(values, axis=-1)
        result = np.expand_dims(result, tuple(sorted(axes)))
    else:
        raise ValueError("Invalid norm order for matrices.")
    return result if keepdims else np.squeeze(result, axis=axes)
