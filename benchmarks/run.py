#!/usr/bin/env python
"""Measure mygrad against the same gradients written by hand in NumPy.

    python benchmarks/run.py                          everything, about a minute
    python benchmarks/run.py --only reads,writes      some workloads
    python benchmarks/run.py --peers autograd,torch   other libraries too, where they are installed
    python benchmarks/run.py --save FILE              a record too, which compare.py reads
    python benchmarks/run.py --check                  no timing: all sides compute the same

All sides of a workload are timed turn by turn in one process, in an order that alternates. A ratio is taken
within a round, to the gradient by hand; the table shows the median of the rounds, and of mygrad the
quartiles too. `start` is timed in fresh processes, and its ratios are to ``import numpy``.
Times are of the processor, in one thread. A library that can't do a workload has a hyphen there.
"""

import argparse
import gc
import sys
from pathlib import Path

import one_thread  # noqa: F401

# isort: split
import measure
import numpy as np
import record
import start
from libraries import MYGRAD, PEERS, Library, installed
from workloads import MEMORY, TIMED, Workload


def check(workload: Workload, libraries: list[Library], every: bool) -> bool:
    """Print how far the libraries agree with NumPy by hand: each that doesn't, or every one."""
    problem = workload.build()
    agreed = True
    for library in libraries:
        side = library.side(problem)
        why = None if side is None else measure.disagreement(problem.by_hand, side)
        agreed = agreed and why is None
        if every or why:
            says = f"WRONG: {why}" if why else "agrees" if side else "-"
            print(f"{workload.name:<14}{workload.size:<24}{library.name:<10}{says}")
    return agreed


def time_of(workload: Workload, libraries: list[Library], rounds: int) -> dict:
    problem = workload.build()
    sides = {library.name: library.side(problem) for library in libraries}
    able = [name for name, side in sides.items() if side]
    times = measure.interleaved([problem.by_hand, *(sides[name] for name in able)], rounds)
    microseconds = np.median(times, axis=0) * 1e6 / workload.units
    found = {
        name: {"microseconds": float(microseconds[i]), "ratio": measure.quartiles(times[:, i] / times[:, 0])}
        for i, name in enumerate(able, start=1)
    }
    return {
        "workload": workload.name,
        "size": workload.size,
        "rounds": len(times),
        "by_hand": float(microseconds[0]),
        "libraries": {name: found.get(name) for name in sides},
    }


def memory_of(workload: Workload, libraries: list[Library]) -> dict:
    problem = workload.build()
    by_hand = measure.peak_bytes(problem.by_hand) / workload.units
    found: dict[str, dict | None] = {}
    for library in libraries:
        side = library.side(problem) if library.traced else None
        found[library.name] = None
        if side:
            peak = measure.peak_bytes(side) / workload.units
            found[library.name] = {"bytes": peak, "ratio": peak / by_hand}
    return {"workload": workload.name, "size": workload.size, "by_hand": by_hand, "libraries": found}


def line_of_time(found: dict) -> str:
    ours, *peers = found["libraries"].values()
    first, median, third = ours["ratio"]
    line = f"{found['workload']:<14}{found['size']:<24}{found['by_hand']:>12.2f}{ours['microseconds']:>12.2f}"
    line += f"{median:>9.2f}   {f'{first:.2f} - {third:.2f}':<15}"
    return line + "".join(f"{p['ratio'][1]:>10.2f}" if p else f"{'-':>10}" for p in peers)


def line_of_memory(found: dict) -> str:
    ours, *peers = found["libraries"].values()
    line = f"{found['workload']:<14}{found['size']:<24}{found['by_hand']:>12.0f}{ours['bytes']:>12.0f}"
    line += f"{ours['ratio']:>9.2f}{'':<18}"
    return line + "".join(f"{p['ratio']:>10.2f}" if p else f"{'-':>10}" for p in peers)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare values and gradients, measure nothing")
    parser.add_argument("--only", help="names of workloads, with commas between")
    parser.add_argument("--peers", default="", help=f"of {', '.join(PEERS)}, with commas between")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each side (default %(default)s)")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write a record, as JSON")
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    refuse = parser().error
    wanted = set(options.only.split(",")) if options.only else None
    known = {w.name for w in (*TIMED, *MEMORY)} | {"start"}
    if wanted and (unknown := wanted - known):
        refuse(f"no workload is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    peers = [name for name in options.peers.split(",") if name]
    if unknown := set(peers) - set(PEERS):
        refuse(f"no peer is called {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    if options.rounds < 1:
        refuse(f"--rounds takes a positive number, not {options.rounds}")
    if options.save and options.check:
        refuse("--check measures nothing, so there is nothing to --save")
    if options.save and not options.save.parent.is_dir():
        refuse(f"--save: there is no folder {options.save.parent}")
    timed = [w for w in TIMED if not wanted or w.name in wanted]
    memory = [w for w in MEMORY if not wanted or w.name in wanted]

    found, missing = installed(peers)
    libraries = [MYGRAD, *found]
    for name in missing:
        print(f"{name} is not installed, and left out")
    gc.collect()
    gc.freeze()  # else the collector goes through all that was imported, a peer's modules too, in our time

    agreed = [check(workload, libraries, every=options.check) for workload in (*timed, *memory)]
    if not all(agreed):
        print("not all agree with NumPy by hand: nothing was measured", file=sys.stderr)
        return 1
    if options.check:
        return 0

    versions = {library.name: library.version for library in libraries}
    report = record.new({**versions, "numpy": np.__version__}, options.rounds)
    print(record.heading(report))
    names = f"{'by hand':>12}{'mygrad':>12}{'ratio':>9}"
    peer_names = "".join(f"{library.name:>10}" for library in found)
    if timed:
        print("\nmicroseconds of the processor per unit, forward and backward; of peers the ratio\n")
        print(f"{'workload':<14}{'size':<24}{names}   {'quartiles':<15}{peer_names}")
        for workload in timed:
            report["time"].append(time_of(workload, libraries, options.rounds))
            print(line_of_time(report["time"][-1]), flush=True)
    if not wanted or "start" in wanted:
        print("\nmicroseconds of the processor; by hand stands for `import numpy`\n")
        for size in start.PROGRAMS:
            report["time"].append(start.time_of(size, libraries, options.rounds))
            print(line_of_time(report["time"][-1]), flush=True)
    if memory:
        print("\nbytes at the peak, per unit; of peers the ratio\n")
        print(f"{'workload':<14}{'size':<24}{names}{'':<18}{peer_names}")
        for workload in memory:
            report["memory"].append(memory_of(workload, libraries))
            print(line_of_memory(report["memory"][-1]), flush=True)
    if options.save:
        record.write(options.save, report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
