"""Cases of the Fourier transforms: lengths even and odd, cut and filled up, with each scale."""

import warnings

import numpy as np

from .drawing import add, call, cases, parameters, var

A = var(3, 4)
V = var(4)
T = var(2, 3, 4)

ALONG_ONE = [
    call(V),
    call(A),
    call(var(5)),
    call(A, axis=0),
    call(V, 7),
    call(V, 3),
    call(V, 6),
    call(V, 2),
    call(V, 1),
    call(var(2)),
    call(var(3)),
    call(A, n=5, axis=0),
    call(A, n=2, axis=-2),
    call(T, 4, axis=1),
    call(var(0, 3)),
    call(var(3, 0), 4),
    call(A, None, 1, "ortho"),
    call(V, 5, norm="ortho"),
    call(A, norm="forward"),
    call(A, 5, 0, "forward"),
    call(A, 2, -2, norm="backward"),
]
ALONG_SEVERAL = [
    call(A),
    call(T),
    call(T, axes=(0, 2)),
    call(T, (2, 3), (2, 0)),
    call(T, [2, 6], axes=[-2, -1]),
    call(A, s=(-1, 3), axes=(0, 1)),
    call(A, s=(2, -1), axes=(0, 1)),
    call(A, axes=(1, 1)),
    call(A, (3, 6), (1, 1)),
    call(A, (2, 3, 2), (1, 0, 1)),
    call(T, axes=(1,)),
    call(var(3, 5), norm="ortho"),
    call(A, (5, 3), (-1, -2), "forward"),
    call(A, norm="backward"),
    call(var(0, 4), axes=(1,)),
]
DEPRECATED = [call(T, (3, 5)), call(A, (None, 5), (1, 0)), call(A, (4, None), axes=(0, 1))]
"""What NumPy warns of: lengths of None, and lengths without axes."""
WRITES_NOTHING = {np.fft.hfft, np.fft.ifft2, np.fft.irfft2}
"""NumPy takes `out` and leaves it alone; ours is written to, as NumPy's documents say."""


def _without_warnings(f, one):
    def quiet(*values):
        args, kwargs = one.filled(values)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return f(*args, **kwargs)

    return quiet


def _transform(f, *calls):
    cases(f, *calls, out=False)
    parameters[f].add("out")
    complex_result = f not in {np.fft.irfft, np.fft.irfftn, np.fft.irfft2, np.fft.hfft}
    result = np.zeros_like(f(np.zeros((3, 4))))

    def into(a, b):
        out = b * 1j if complex_result else np.real(b) * 1.0
        if f in WRITES_NOTHING and type(out) is np.ndarray:
            out[...] = f(a)
        else:
            assert f(a, out=out) is out
        return out

    add(f, "out=", into, [A, var(*result.shape)], written=True, overwritten=True)


for _f in (np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.ihfft):
    _transform(_f, *ALONG_ONE)
for _f in (np.fft.irfft, np.fft.hfft):  # one bin alone has no even length
    _transform(_f, *(one for one in ALONG_ONE if one.places()[0].shape != (3, 0)), call(var(3, 1), 3))
for _f in (np.fft.fftn, np.fft.ifftn, np.fft.rfftn, np.fft.irfftn):
    _transform(_f, *ALONG_SEVERAL)
for _f in (np.fft.fft2, np.fft.ifft2, np.fft.rfft2, np.fft.irfft2):
    _transform(_f, *ALONG_SEVERAL)
for _f in (np.fft.fftn, np.fft.ifftn, np.fft.rfftn, np.fft.irfftn, np.fft.fft2, np.fft.irfft2):
    for _one in DEPRECATED:
        add(_f, f"{_one!r},deprecated", _without_warnings(_f, _one), _one.places())
for _f in (np.fft.fftn, np.fft.ifft2):  # nothing to transform
    cases(_f, call(A, axes=()), out=False)
cases(np.fft.fftn, call(var()), out=False)
for _f in (np.fft.fftshift, np.fft.ifftshift):
    cases(_f, call(V), call(var(5)), call(A), call(T, 1), call(T, axes=(0, 2)), call(var(5), axes=(0, 0)))
    cases(_f, call(var(0)), call(var(3, 5), (-1,)))
