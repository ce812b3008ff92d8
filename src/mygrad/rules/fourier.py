"""The discrete Fourier transform. Its matrix is symmetric, so the transform of the cotangent is the
transpose."""

import numpy as np

from mygrad.engine.function import linear


def resized(c, n, axis):
    """`c` cut, or filled up with zeros, to length `n`: the transpose of what the transform did to its
    input."""
    length = c.shape[axis]
    if length >= n:
        return np.take(c, range(n), axis=axis)
    shape = [n - length if i == axis % c.ndim else m for i, m in enumerate(c.shape)]
    return np.concatenate([c, np.zeros(shape, c.dtype)], axis=axis)


linear(
    np.fft.fft,
    a=lambda g, a_shape, axis, norm: resized(np.fft.fft(g, axis=axis, norm=norm), a_shape[axis], axis),
)
linear(
    np.fft.ifft,
    a=lambda g, a_shape, axis, norm: resized(np.fft.ifft(g, axis=axis, norm=norm), a_shape[axis], axis),
)
