"""A tour on measured data: functions that know nothing of us are differentiated, fitted and checked.

`main` prints it step by step. Every derivative on the way is compared with finite differences, and the fit
with the figures that NIST certifies; if any disagrees, `main` says so and returns 1.
"""

import argparse
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mygrad.tour import dataset
from mygrad.tour.fit import Array, Loss, differences, gradient, jacobian, levenberg_marquardt
from mygrad.tour.lineshapes import SQRT_2PI, Shape, lmfit_is_installed, shapes

WIDTH = 88


class Report:
    """Prints the tour, and keeps count of what disagreed."""

    def __init__(self) -> None:
        self.disagreements: list[str] = []
        self.checks = 0
        self._chapters = 0

    def chapter(self, title: str, *lines: str) -> None:
        self._chapters += 1
        heading = f"{self._chapters}. {title}"
        print(f"\n{heading}\n{'-' * len(heading)}")
        for line in lines:
            print(line)
        print()

    def compare(self, what: str, ours: Any, reference: Any, tolerance: float) -> str:
        """Compare two arrays relative to the largest element of `reference`; return a word for the table."""
        ours, reference = np.asarray(ours, dtype=float), np.asarray(reference, dtype=float)
        error = float(np.max(np.abs(ours - reference)) / np.max(np.abs(reference)))
        self.checks += 1
        if error <= tolerance:  # false for NaN
            return f"agree to {error:.0e}"
        self.disagreements.append(f"{what}: {ours} is not {reference} (relative error {error:.1e})")
        return f"DISAGREE by {error:.0e}"

    def close(self) -> int:
        print("\n" + "=" * WIDTH)
        if not self.disagreements:
            print(f"All {self.checks} comparisons agree.")
            return 0
        print(
            f"{len(self.disagreements)} OF {self.checks} COMPARISONS DISAGREE: "
            "do not trust these derivatives."
        )
        for line in self.disagreements:
            print(f"  * {line}")
        return 1


def main(argv: Sequence[str] | None = None) -> int:
    """Give the tour; return 0 if everything agreed and 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m mygrad", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--numpy-only",
        action="store_true",
        help="do not use lmfit even if it is there; NumPy's functions instead",
    )
    arguments = parser.parse_args(argv)
    use_lmfit = lmfit_is_installed() and not arguments.numpy_only

    data = dataset.load()
    b1, b2, b3 = data.start
    peaks = shapes((b1 * SQRT_2PI, b3, b2), use_lmfit=use_lmfit)
    report = Report()

    print("mygrad: derivatives of code that was written for NumPy arrays")
    print("=" * WIDTH)
    if use_lmfit:
        import lmfit

        print(f"The functions are those of lmfit {lmfit.__version__}, as its authors wrote them for arrays.")
    else:
        print("lmfit is not used here, so the functions are a few lines around NumPy's own.")
        print("To tour a package that knows nothing of us, install the extra `tour`:  pip install lmfit")

    _show_data(report, data)
    _check_gradients(report, data, peaks)
    _fit_certified(report, data, peaks[0])
    _compare_shapes(report, data, peaks)
    _write_in_place(report, data, peaks[0])
    return report.close()


def _sum_of_squares(data: dataset.Eckerle4, peak: Shape) -> Loss:
    def loss(*parameters: Any) -> Any:
        residual = peak.function(data.wavelength, *parameters) - data.transmittance
        return (residual**2).sum()

    return loss


def _of_one_array(loss: Loss) -> Callable[[Array], Any]:
    return lambda parameters: loss(*parameters)


def _residual(data: dataset.Eckerle4, peak: Shape) -> Callable[[Array], Array]:
    return lambda p: peak.function(data.wavelength, *p) - data.transmittance


def _fit(data: dataset.Eckerle4, peak: Shape, *, by_differences: bool = False) -> tuple[Array, int]:
    residual = _residual(data, peak)
    start = np.array(peak.start)
    if by_differences:
        return levenberg_marquardt(residual, lambda p: differences(residual, p), start)
    return levenberg_marquardt(residual, lambda p: jacobian(peak.function, data.wavelength, p), start)


def _show_data(report: Report, data: dataset.Eckerle4) -> None:
    report.chapter(
        "The data",
        "NIST measured what a circular interference filter lets through, at 35 wavelengths (Eckerle4).",
    )
    for x, y in zip(data.wavelength[8:28:2], data.transmittance[8:28:2], strict=True):
        print(f"  {x:6.1f} nm  {y:9.7f}  {'#' * round(150 * y)}")


def _check_gradients(report: Report, data: dataset.Eckerle4, peaks: list[Shape]) -> None:
    report.chapter(
        "Gradients of the sum of squares",
        "loss = ((peak(wavelength, *parameters) - transmittance)**2).sum();  loss.backward()",
        "The parameters are tensors; nothing else was changed. Beside it: finite differences.",
    )
    for peak in peaks:
        loss, start = _sum_of_squares(data, peak), np.array(peak.start)
        value, ours = gradient(loss, start)
        reference = differences(_of_one_array(loss), start)
        print(f"  {peak.written_in}   loss {value:.6f}")
        print(f"    backward     {_row(ours)}")
        verdict = report.compare(f"gradient of {peak.name}", ours, reference, 1e-7)
        print(f"    differences  {_row(reference)}   {verdict}")


def _fit_certified(report: Report, data: dataset.Eckerle4, peak: Shape) -> None:
    report.chapter(
        "A fit against certified figures",
        "Least squares (Levenberg-Marquardt), each row of the Jacobian by one backward().",
        "NIST certifies eleven digits.",
    )
    parameters, steps = _fit(data, peak)
    amplitude, center, sigma = parameters
    residual = _residual(data, peak)(parameters)
    squares = residual @ residual

    # NIST's b1 is amplitude / sqrt(2 pi); its standard deviations come from the same Jacobian.
    per_parameter = np.array([SQRT_2PI, 1.0, 1.0])
    rows = jacobian(peak.function, data.wavelength, parameters) * per_parameter
    covariance = np.linalg.inv(rows.T @ rows) * squares / (len(residual) - len(parameters))
    ours = np.array([amplitude / SQRT_2PI, sigma, center])
    deviations = np.sqrt(np.diag(covariance))[[0, 2, 1]]

    print(f"  {steps} steps from NIST's second starting point")
    print(f"    {'':28}{'found':>18}{'certified':>18}")
    lines = [
        ("height x width     b1", ours[0], data.certified[0]),
        ("width (nm)         b2", ours[1], data.certified[1]),
        ("center (nm)        b3", ours[2], data.certified[2]),
        ("std. deviation of  b1", deviations[0], data.standard_deviations[0]),
        ("std. deviation of  b2", deviations[1], data.standard_deviations[1]),
        ("std. deviation of  b3", deviations[2], data.standard_deviations[2]),
        ("sum of squares", squares, data.residual_sum_of_squares),
    ]
    for name, found, certified in lines:
        verdict = report.compare(f"certified {name}", found, certified, 1e-8)
        print(f"    {name:28}{found:18.10e}{certified:18.10e}   {verdict}")


def _compare_shapes(report: Report, data: dataset.Eckerle4, peaks: list[Shape]) -> None:
    report.chapter(
        "Which peak is it?",
        "The same fit for each shape, and once more with a Jacobian of finite differences.",
    )
    for peak in peaks:
        parameters, steps = _fit(data, peak)
        reference, _ = _fit(data, peak, by_differences=True)
        residual = _residual(data, peak)(parameters)
        verdict = report.compare(f"fit of {peak.name}", parameters, reference, 1e-6)
        print(f"  {peak.name:11} sum of squares {residual @ residual:.3e} after {steps:3} steps;  {verdict}")
        print(f"    {_row(parameters)}")


def _write_in_place(report: Report, data: dataset.Eckerle4, peak: Shape) -> None:
    report.chapter(
        "Views and writes are differentiable too",
        "residual = peak(...) - transmittance",
        "wings = residual[:8]     # a view, as in NumPy",
        "wings *= 0.1             # seen by residual",
        "residual[-8:] = 0        # written over: no gradient comes from there",
        "loss = (residual**2).sum();  loss.backward()",
    )
    kept: dict[str, Any] = {}

    def loss(*parameters: Any) -> Any:
        residual = peak.function(data.wavelength, *parameters) - data.transmittance
        wings = residual[:8]
        wings *= 0.1
        residual[-8:] = 0
        kept.update(residual=residual, wings=wings)
        return (residual**2).sum()

    start = np.array(peak.start)
    _, ours = gradient(loss, start)
    shared = np.shares_memory(kept["wings"].grad, kept["residual"].grad)
    report.compare("wings.grad shares memory with residual.grad", shared, 1.0, 0.0)
    reference = differences(_of_one_array(loss), start)
    print(f"    backward     {_row(ours)}")
    print(f"    differences  {_row(reference)}   {report.compare('in-place loss', ours, reference, 1e-7)}")
    print(f"    wings.grad is a view of residual.grad: {bool(shared)}")


def _row(values: Array) -> str:
    return "".join(f"{v:14.7g}" for v in values)
