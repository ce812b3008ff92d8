"""The peaks that the tour fits: somebody else's functions, as they are.

With the package ``lmfit`` installed, they are functions of ``lmfit.lineshapes``, which was written for NumPy
arrays and has never heard of tensors. Without it, they are a few lines around NumPy's own functions, with the
same parameters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

SQRT_2PI = np.sqrt(2 * np.pi)


@dataclass(frozen=True)
class Shape:
    """A peak ``function(x, amplitude, center, sigma, *further)`` and where a fit of it may start."""

    name: str
    function: Callable[..., Any]
    start: tuple[float, ...]

    @property
    def written_in(self) -> str:
        return f"{self.function.__module__}.{self.function.__qualname__}"


def gaussian(x: Any, amplitude: Any, center: Any, sigma: Any) -> Any:
    """Return a Gaussian peak of area ``amplitude``."""
    return amplitude / (SQRT_2PI * sigma) * np.exp(-0.5 * np.square((x - center) / sigma))


def lorentzian(x: Any, amplitude: Any, center: Any, sigma: Any) -> Any:
    """Return a Lorentzian peak of area ``amplitude``."""
    return amplitude / (np.pi * sigma) / (1 + np.square((x - center) / sigma))


def slit(x: Any, amplitude: Any, center: Any, sigma: Any) -> Any:
    """Return the image of a slit, a squared sinc of area ``amplitude``."""
    return amplitude / sigma * np.square(np.sinc((x - center) / sigma))


def lmfit_is_installed() -> bool:
    return find_spec("lmfit") is not None


def shapes(start: tuple[float, float, float], *, use_lmfit: bool) -> list[Shape]:
    """List the peaks, the Gaussian first; `start` is amplitude, center and sigma of the Gaussian."""
    amplitude, center, sigma = start
    if use_lmfit:
        from lmfit import lineshapes

        return [
            Shape("gaussian", lineshapes.gaussian, start),
            Shape("lorentzian", lineshapes.lorentzian, start),
            # Half of each; with `fraction` a fifth parameter finds its own mixture.
            Shape("pvoigt", lineshapes.pvoigt, (*start, 0.5)),
            # (1 + z**2)**-beta is near a Gaussian of this width: wider, and to a higher power.
            Shape("moffat", lineshapes.moffat, (amplitude / 10, center, 2 * sigma, 2.0)),
        ]
    return [
        Shape("gaussian", gaussian, start),
        Shape("lorentzian", lorentzian, start),
        Shape("slit", slit, (amplitude, center, 2 * sigma)),
    ]
