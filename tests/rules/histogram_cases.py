"""Cases of histograms: their sums of weights, densities and edges."""

import numpy as np

from mygrad.rules.histograms import counted

from .drawing import add, parameters, var

A, B = var(12), var(12)
SAMPLE = var(9, 2)
WEIGHTS, NINE = var(12, domain=(0.3, 2.0)), var(9, domain=(0.3, 2.0))
EDGES = np.array([-2.0, -0.7, 0.45, 2.1])
# Numbers of bins that follow from the elements, numbers and edges that are given, and limits.
BINS = [{"bins": 4}, {"bins": EDGES}, {"bins": 3, "range": (-1.0, 1.5)}]
GRIDS = [{"bins": 2}, {"bins": [2, EDGES]}, {"bins": (2, 3), "range": [(-1.0, 1.5), (-2.0, 1.0)]}]
ROUNDED = {"exact": False}

for _options in BINS:
    _name = ",".join(f"{key}={np.shape(value) or value}" for key, value in _options.items())
    add(
        np.histogram,
        f"{_name}: weights",
        lambda w, o=_options: np.histogram(np.linspace(-1.9, 1.9, 12), weights=w, **o)[0],
        [WEIGHTS],
        **ROUNDED,
    )
    if _options["bins"] is EDGES:  # where NumPy adds in half precision what has it
        continue
    add(
        np.histogram,
        f"{_name}: density",
        lambda a, w, o=_options: np.histogram(np.real(a), weights=w, density=True, **o)[0],
        [A, WEIGHTS],
        overwritten=True,
        **ROUNDED,
    )
for _bins in (4, "fd", "sqrt"):
    add(np.histogram_bin_edges, f"{_bins}", lambda a, b=_bins: np.histogram_bin_edges(a, b), [A])
    add(np.histogram, f"{_bins}: edges", lambda a, b=_bins: np.histogram(a, b)[1], [A])
add(
    np.histogram_bin_edges,
    "range",
    lambda r: np.histogram_bin_edges(r * 0.0 + 1.0, 3, (r[0], r[0] + 1.0)),
    [var(1)],
)
add(
    np.histogram,
    "edges given",
    lambda a, e: np.histogram(np.real(a), np.sort(np.real(e)), density=True)[0],
    [A, var(4)],
    overwritten=True,
)

add(
    counted,
    "weights",
    lambda w: np.histogram(np.linspace(0, 1, 12), [0.2, 0.5, 0.9], weights=w)[0],
    [WEIGHTS],
)
add(
    np.histogram,
    "several axes",
    lambda a, w: np.histogram(np.real(a), 3, weights=w)[0],
    [var(3, 4), var(3, 4)],
    overwritten=True,
)

for _options in GRIDS:
    _name = str(_options["bins"])
    add(
        np.histogramdd,
        f"{_name}: density",
        lambda s, w, o=_options: np.histogramdd(np.real(s), weights=w, density=True, **o)[0],
        [SAMPLE, NINE],
        overwritten=True,
        **ROUNDED,
    )
    add(
        np.histogram2d,
        f"{_name}: weights",
        lambda x, y, w, o=_options: np.histogram2d(np.real(x), np.real(y), weights=w, **o)[0],
        [A, B, WEIGHTS],
        overwritten=True,
        **ROUNDED,
    )
add(np.histogramdd, "edges", lambda s: np.histogramdd(s, 3)[1][1], [SAMPLE])
add(
    np.histogramdd,
    "a list",
    lambda x, y: np.histogramdd([np.real(x), np.real(y)], 3, density=True)[0],
    [A, B],
    **ROUNDED,
)
add(np.histogram2d, "edges", lambda x, y: np.histogram2d(x, y, [3, 2])[2], [A, B], overwritten=True)
add(
    np.histogram2d,
    "density",
    lambda x, y: np.histogram2d(np.real(x), np.real(y), 1, density=True)[0],
    [A, B],
    **ROUNDED,
    overwritten=True,
)
parameters[np.histogram] = set("a bins range density weights".split())
parameters[np.histogram_bin_edges] = set("a bins range weights".split())
parameters[np.histogramdd] = set("sample bins range density weights".split())
parameters[np.histogram2d] = set("x y bins range density weights".split())
