"""``python -m mygrad``: the tour reaches its end, and is loud when a derivative is wrong."""

import subprocess
import sys

import numpy as np
import pytest

import mygrad as mg
from mygrad import tour
from mygrad.tour import dataset, fit, lineshapes

BOTH = pytest.mark.parametrize("options", [[], ["--numpy-only"]], ids=["lmfit", "numpy only"])


@BOTH
def test_the_tour_ends_well_and_fits_a_narrow_terminal(options):
    done = subprocess.run(
        [sys.executable, "-m", "mygrad", *options],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "comparisons agree" in done.stdout
    assert "DISAGREE" not in done.stdout
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert ("lmfit.lineshapes.gaussian" in done.stdout) == (not options)


def test_without_the_extra_the_tour_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(tour, "lmfit_is_installed", lambda: False)
    assert tour.main([]) == 0
    printed = capsys.readouterr().out
    assert "pip install lmfit" in printed
    assert "mygrad.tour.lineshapes.gaussian" in printed


def test_the_tour_is_loud_about_a_wrong_derivative(monkeypatch, capsys):
    def wrong(loss, parameters):
        value, g = fit.gradient(loss, parameters)
        return value, g * (1 + 1e-5)

    monkeypatch.setattr(tour, "gradient", wrong)
    assert tour.main(["--numpy-only"]) == 1
    printed = capsys.readouterr().out
    assert "COMPARISONS DISAGREE: do not trust these derivatives" in printed
    assert "gradient of gaussian" in printed


def test_a_gradient_that_is_not_a_number_disagrees():
    report = tour.Report()
    assert report.compare("a slope", [np.nan, 1.0], [1.0, 1.0], 1e-7).startswith("DISAGREE")
    assert report.close() == 1


def test_the_data_are_those_of_nist():
    """A fit feels every digit of the data: NumPy alone, with differences, must arrive at the certified."""
    data = dataset.load()
    assert data.wavelength.shape == data.transmittance.shape == (35,)

    def residual(b):
        return b[0] / b[1] * np.exp(-0.5 * ((data.wavelength - b[2]) / b[1]) ** 2) - data.transmittance

    found, _ = fit.levenberg_marquardt(residual, lambda b: fit.differences(residual, b), data.start)
    np.testing.assert_allclose(found, data.certified, rtol=1e-9)
    np.testing.assert_allclose(np.sum(residual(found) ** 2), data.residual_sum_of_squares, rtol=1e-9)


@BOTH
def test_peaks_are_the_same_for_arrays_and_tensors(options):
    x = np.linspace(440.0, 460.0, 7)
    for peak in lineshapes.shapes((4.0, 450.0, 5.0), use_lmfit=not options):
        of_arrays = peak.function(x, *peak.start)
        of_tensors = peak.function(x, *map(mg.tensor, peak.start))
        assert isinstance(of_tensors, mg.Tensor)
        np.testing.assert_array_equal(of_tensors.data, of_arrays)


def test_a_peak_of_ours_has_the_area_that_it_says():
    x = np.linspace(-4000.0, 4000.0, 400_001)
    for peak in lineshapes.shapes((3.0, 0.0, 2.0), use_lmfit=False):
        assert np.trapezoid(peak.function(x, *peak.start), x) == pytest.approx(3.0, rel=1e-3)
