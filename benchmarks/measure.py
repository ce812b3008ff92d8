"""Agreement, time and memory of the sides of a workload."""

import time
import tracemalloc
from collections.abc import Sequence

import numpy as np
from workloads.problem import Side

TURN_SECONDS = 0.02  # a turn repeats what takes less than this
WORKLOAD_SECONDS = 8.0  # rounds of one workload take about this at most,
FEWEST_ROUNDS = 5  # unless that would leave fewer than these


def disagreement(by_hand: Side, side: Side) -> str | None:
    """Run both sides twice; say where they differ, or return None."""
    for call in ("first", "second"):
        reference, found = by_hand(), side()
        if len(reference) != len(found):
            return f"{call} call: {len(found)} results, not {len(reference)}"
        for i, (r, f) in enumerate(zip(reference, found, strict=True)):
            r, f = np.asarray(r), np.asarray(f)
            if r.shape != f.shape:
                return f"{call} call, result {i}: shape {f.shape}, not {r.shape}"
            scale = max(float(np.max(np.abs(r))), 1e-300)
            error = float(np.max(np.abs(f - r))) / scale
            if not error <= (1e-9 if r.real.dtype.itemsize > 4 else 1e-5):
                return f"{call} call, result {i}: relative error {error:.1e}"
    return None


def seconds(function, repetitions: int) -> float:
    start = time.process_time()
    for _ in range(repetitions):
        function()
    return (time.process_time() - start) / repetitions


def repetitions_for(function) -> int:
    """Return how many calls fill a turn."""
    function()
    repetitions = 1
    while True:
        spent = seconds(function, repetitions) * repetitions
        if spent >= TURN_SECONDS or repetitions >= 10_000:
            return repetitions
        repetitions = min(10_000, max(2 * repetitions, int(repetitions * TURN_SECONDS / max(spent, 1e-6))))


def interleaved(sides: Sequence[Side], rounds: int) -> np.ndarray:
    """Time the sides turn by turn, every other round in the opposite order.

    Returns
    -------
    ndarray
        Seconds of the processor for a call: a row for each round, a column for each side.
    """
    repetitions = [repetitions_for(side) for side in sides]
    order = list(range(len(sides)))
    times: list[list[float]] = []
    start = time.process_time()
    while len(times) < rounds:
        row = [0.0] * len(sides)
        for i in reversed(order) if len(times) % 2 == 0 else order:
            row[i] = seconds(sides[i], repetitions[i])
        times.append(row)
        if time.process_time() - start > WORKLOAD_SECONDS and len(times) >= FEWEST_ROUNDS:
            break
    return np.array(times)


def quartiles(ratios: np.ndarray) -> list[float]:
    """Return first quartile, median and third quartile."""
    return np.quantile(ratios, [0.25, 0.5, 0.75]).tolist()


def peak_bytes(function) -> int:
    function()  # what is made once and kept is not what a graph costs
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
