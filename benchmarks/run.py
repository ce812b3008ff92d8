#!/usr/bin/env python
"""Measure mygrad against the same gradients written by hand in NumPy.

    python benchmarks/run.py                        everything, a minute or two
    python benchmarks/run.py --only reads,writes    some workloads
    python benchmarks/run.py --check                no timing: both sides compute the same

Both sides of a workload are timed turn by turn in one process, in an order that alternates. A ratio is taken
within a round; the table shows the median of the rounds and the quartiles. Times are of the processor, in one
thread.
"""

import argparse
import os
import sys
import time
import tracemalloc

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before NumPy is imported, which reads them once

import numpy as np  # noqa: E402
from workloads import MEMORY, TIMED, Workload  # noqa: E402

import mygrad as mg  # noqa: E402

TURN_SECONDS = 0.02  # a turn repeats what takes less than this


def disagreement(workload: Workload) -> str | None:
    """Run both sides twice; say where they differ, or return None."""
    by_hand, ours = workload.build()
    for call in ("first", "second"):
        reference, found = by_hand(), ours()
        if len(reference) != len(found):
            return f"{call} call: {len(found)} results, not {len(reference)}"
        for i, (r, f) in enumerate(zip(reference, found, strict=True)):
            r, f = np.asarray(r), np.asarray(f)
            if r.shape != f.shape:
                return f"{call} call, result {i}: shape {f.shape}, not {r.shape}"
            scale = max(float(np.max(np.abs(r))), 1e-300)
            error = float(np.max(np.abs(f - r))) / scale
            if not error <= 1e-9:
                return f"{call} call, result {i}: relative error {error:.1e}"
    return None


def seconds(function, repetitions: int) -> float:
    start = time.process_time()
    for _ in range(repetitions):
        function()
    return (time.process_time() - start) / repetitions


def repetitions_for(function) -> int:
    function()
    repetitions = 1
    while True:
        start = time.process_time()
        for _ in range(repetitions):
            function()
        spent = time.process_time() - start
        if spent >= TURN_SECONDS or repetitions >= 10_000:
            return repetitions
        repetitions = min(10_000, max(2 * repetitions, int(repetitions * TURN_SECONDS / max(spent, 1e-6))))


def measure(workload: Workload, rounds: int) -> str:
    sides = workload.build()
    repetitions = [repetitions_for(side) for side in sides]
    times = np.empty((rounds, 2))
    for turn in range(rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            times[turn, side] = seconds(sides[side], repetitions[side])
    by_hand, ours = np.median(times, axis=0) / workload.units
    first, median, third = np.quantile(times[:, 1] / times[:, 0], [0.25, 0.5, 0.75])
    return (
        f"{workload.name:<13}{workload.size:<25}{1e6 * by_hand:>12.2f}{1e6 * ours:>12.2f}"
        f"{median:>9.2f}   {first:.2f} - {third:.2f}"
    )


def peak_bytes(function) -> int:
    function()  # what is made once and kept is not what a graph costs
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def measure_memory(workload: Workload) -> str:
    by_hand, ours = (peak_bytes(side) / workload.units for side in workload.build())
    return f"{workload.name:<13}{workload.size:<25}{by_hand:>12.0f}{ours:>12.0f}{ours / by_hand:>9.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare values and gradients, measure nothing")
    parser.add_argument("--only", help="names of workloads, with commas between")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each side (default %(default)s)")
    arguments = parser.parse_args()

    wanted = set(arguments.only.split(",")) if arguments.only else None
    if wanted and (unknown := wanted - {w.name for w in (*TIMED, *MEMORY)}):
        parser.error(f"no workload is called {', '.join(sorted(unknown))}")
    timed = [w for w in TIMED if not wanted or w.name in wanted]
    memory = [w for w in MEMORY if not wanted or w.name in wanted]

    failed = False
    for workload in (*timed, *memory):
        why = disagreement(workload)
        failed = failed or why is not None
        if arguments.check or why:
            print(f"{workload.name:<13}{workload.size:<25}{'agrees' if why is None else 'WRONG: ' + why}")
    if failed:
        print("mygrad and NumPy by hand disagree: nothing was measured", file=sys.stderr)
        return 1
    if arguments.check:
        return 0

    print(
        f"mygrad {mg.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}; "
        f"{arguments.rounds} rounds"
    )
    if timed:
        print("\nmicroseconds of the processor per unit, forward and backward\n")
        print(f"{'workload':<13}{'size':<25}{'by hand':>12}{'mygrad':>12}{'ratio':>9}   quartiles")
        for workload in timed:
            print(measure(workload, arguments.rounds), flush=True)
    if memory:
        print("\nbytes at the peak, per unit\n")
        print(f"{'workload':<13}{'size':<25}{'by hand':>12}{'mygrad':>12}{'ratio':>9}")
        for workload in memory:
            print(measure_memory(workload), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
