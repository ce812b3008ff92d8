"""The data of the tour: NIST's *Eckerle4*, 35 measurements of transmittance against wavelength.

``eckerle4.dat`` is the file of the Statistical Reference Datasets of the U.S. National Institute of Standards
and Technology (https://www.itl.nist.gov/div898/strd/nls/data/eckerle4.shtml), unchanged; a work of the United
States government and in the public domain. This copy came with the source of lmfit 1.3.4 (NIST_STRD/). NIST
certifies the least-squares fit of a Gaussian peak to eleven digits, so a fit is judged by figures that are
not our own.
"""

from dataclasses import dataclass
from importlib import resources

import numpy as np

# Where things stand in the file, as its own header says (lines counted from 1).
CERTIFIED_LINES = slice(40, 43)
RESIDUAL_LINE = 44
FIRST_DATA_LINE = 60


@dataclass(frozen=True)
class Eckerle4:
    """Wavelength, transmittance, and what NIST certifies of ``(b1/b2) * exp(-((x-b3)/b2)**2 / 2)``."""

    wavelength: np.ndarray
    transmittance: np.ndarray
    start: np.ndarray  # b1, b2, b3: the second of NIST's two starting points, the nearer one
    certified: np.ndarray
    standard_deviations: np.ndarray
    residual_sum_of_squares: float


def load() -> Eckerle4:
    """Read the file that comes with the package.

    Examples
    --------
    >>> data = load()
    >>> data.wavelength.shape, data.certified
    ((35,), array([  1.55438272,   4.08883218, 451.54121844]))
    """
    lines = (resources.files(__package__) / "eckerle4.dat").read_text("ascii").splitlines()
    # "  b1 =     1           1.5         1.5543827178E+00  1.5408051163E-02"
    table = np.array([line.split("=")[1].split() for line in lines[CERTIFIED_LINES]], dtype=float)
    transmittance, wavelength = np.loadtxt(lines[FIRST_DATA_LINE:]).T
    return Eckerle4(
        wavelength=wavelength,
        transmittance=transmittance,
        start=table[:, 1],
        certified=table[:, 2],
        standard_deviations=table[:, 3],
        residual_sum_of_squares=float(lines[RESIDUAL_LINE].split(":")[1]),
    )
