"""The discrete Fourier transforms.

All are linear, and what is written is the transpose. The matrix of the transform is symmetric, so that of the
cotangent is the transpose; the scale that `norm` asks for stays. What was filled up with zeros is cut off
again, and what was cut off gets zeros.

Real transforms keep half of a spectrum whose other half is its mirror image. Going back to real numbers, a
kept bin counts twice, but for those that are their own mirror image: bin 0, and the last one of an even
length. Of these the imaginary part is ignored, so it has no derivative.
"""

from functools import lru_cache

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from mygrad.engine.function import linear

SWAPPED = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}
"""The `norm` by which the inverse has the scale of the transform."""


def along(axis, part):
    """The index of a part of one axis."""
    return (slice(None),) * axis + (part,)


def resized(c, n, axis):
    """`c` cut or filled up with zeros to length `n`: the transpose of what a transform does to its input."""
    length = c.shape[axis]
    if length >= n:
        return c if length == n else c[along(axis, slice(n))]
    zeros = np.zeros([n - length if i == axis else m for i, m in enumerate(c.shape)], c.dtype)
    return np.concatenate([c, zeros], axis=axis)


def weighted(c, weight, n, axis):
    """Half a spectrum, of a signal of length `n`, with the bins that have a mirror image times `weight`."""
    count = c.shape[axis]
    weights = (weights_of_few if count <= 1024 else weights_of_bins)(count, weight, n, c.real.dtype.char)
    return c * weights.reshape((-1,) + (1,) * (c.ndim - axis - 1))


def weights_of_bins(count, weight, n, char):
    """What so many bins are multiplied with."""
    weights = np.full(count, weight, char)
    weights[0] = 1.0
    if n % 2 == 0:
        weights[n // 2 :] = 1.0
    return weights


# Making them takes as long as a short transform.
weights_of_few = lru_cache(256)(weights_of_bins)


# The transposes: of a transform of length n along an axis, whose input has the length `length`.


def fft_transposed(g, length, n, axis, norm):
    return resized(np.fft.fft(g, axis=axis, norm=norm), length, axis)


def ifft_transposed(g, length, n, axis, norm):
    return resized(np.fft.ifft(g, axis=axis, norm=norm), length, axis)


def rfft_transposed(g, length, n, axis, norm):
    half = weighted(g.conj(), 0.5, n, axis)
    return resized(np.fft.irfft(half, n, axis, SWAPPED[norm]), length, axis)


def irfft_transposed(g, length, n, axis, norm):
    spectrum = weighted(np.fft.rfft(g, n, axis, SWAPPED[norm]), 2.0, n, axis)
    return resized(spectrum.conj(), length, axis)


def hfft_transposed(g, length, n, axis, norm):
    return resized(weighted(np.fft.rfft(g, n, axis, norm), 2.0, n, axis), length, axis)


def ihfft_transposed(g, length, n, axis, norm):
    return resized(np.fft.irfft(weighted(g, 0.5, n, axis), n, axis, norm), length, axis)


def _along_one_axis(transposed, of_half=False):
    """The VJP of a transform along one axis; `of_half` where the input is half a spectrum."""

    def vjp(g, a_shape, n, axis, norm):
        axis = normalize_axis_index(axis, len(a_shape))
        length = a_shape[axis]
        if n is None:
            n = 2 * (length - 1) if of_half else length
        return transposed(g, length, n, axis, norm)

    return vjp


linear(np.fft.fft, a=_along_one_axis(fft_transposed))
linear(np.fft.ifft, a=_along_one_axis(ifft_transposed))
linear(np.fft.rfft, a=_along_one_axis(rfft_transposed))
linear(np.fft.irfft, a=_along_one_axis(irfft_transposed, of_half=True))
linear(np.fft.hfft, a=_along_one_axis(hfft_transposed, of_half=True))
linear(np.fft.ihfft, a=_along_one_axis(ihfft_transposed))


def lengths_and_axes(shape, s, axes, of_half):
    """The length of the transform along each axis, None for the length that is found there, and the axes."""
    ndim = len(shape)
    if axes is None:
        axes = range(ndim) if s is None else range(-len(s), 0)
    axes = [normalize_axis_index(axis, ndim) for axis in axes]
    if s is not None:
        return [shape[axis] if n == -1 else n for n, axis in zip(s, axes, strict=True)], axes
    lengths = [shape[axis] for axis in axes]
    if of_half:
        lengths[-1] = 2 * (lengths[-1] - 1)
    return lengths, axes


def _along_axes(inner, last, of_half=False):
    """The VJP of a transform along several axes, one after the other, given the transposes along one.

    NumPy begins with the last axis, which is special among real transforms; with half a spectrum it ends
    there. An axis that is named twice is transformed twice.
    """

    def vjp(g, a_shape, s, axes, norm):
        lengths, axes = lengths_and_axes(a_shape, s, axes, of_half)
        places = range(len(axes)) if of_half else range(len(axes) - 1, -1, -1)
        steps = []
        shape = list(a_shape)
        for i in places:
            n, axis = lengths[i], axes[i]
            is_last = i == len(axes) - 1
            if n is None:
                n = 2 * (shape[axis] - 1) if of_half and is_last else shape[axis]
            steps.append((last if is_last else inner, shape[axis], n, axis))
            shape[axis] = n // 2 + 1 if last is rfft_transposed and is_last else n
        for transposed, length, n, axis in reversed(steps):
            g = transposed(g, length, n, axis, norm)
        return g

    return vjp


for _name, _vjp in {
    "fft{}": _along_axes(fft_transposed, fft_transposed),
    "ifft{}": _along_axes(ifft_transposed, ifft_transposed),
    "rfft{}": _along_axes(fft_transposed, rfft_transposed),
    "irfft{}": _along_axes(ifft_transposed, irfft_transposed, of_half=True),
}.items():
    for _axes in ("n", "2"):
        # Without axes there is nothing to transform, and NumPy gives back the array that it got.
        linear(getattr(np.fft, _name.format(_axes)), view=True, a=_vjp)

linear(np.fft.fftshift, x=lambda g, axes: np.fft.ifftshift(g, axes))
linear(np.fft.ifftshift, x=lambda g, axes: np.fft.fftshift(g, axes))
