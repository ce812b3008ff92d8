#!/usr/bin/env python
"""Measure how the cost of a node, a write, a read and a use grows with their number and with the size.

    python benchmarks/scaling.py                      everything, two minutes
    python benchmarks/scaling.py --only chain,reads   a part
    python benchmarks/scaling.py --save FILE          a record too, which compare.py reads
    python benchmarks/scaling.py --quick              small sizes: all sides compute the same; no timing

Ratios are to the gradient by hand, as those of run.py. Of a chain the two sweeps are timed apart as well.
"""

import argparse
import gc
import sys
import time
from functools import partial
from pathlib import Path

import one_thread  # noqa: F401

# isort: split
import numpy as np
import record
import run
from libraries import MYGRAD
from workloads import Workload, depth, engine

import mygrad as mg

ROUNDS = 5


def workloads(quick: bool) -> tuple[list[Workload], list[Workload]]:
    """Return what is timed and what is weighed."""
    lengths = (10, 100) if quick else (1_000, 10_000, 100_000, 1_000_000)
    writes, sizes = (
        (10, 100) if quick else lengths[:3],
        (1_000, 10_000) if quick else (10**4, 10**5, 10**6, 10**7),
    )
    uses, large, width = ((10, 100), 1_000, 10) if quick else ((1_000, 10_000), 1_000_000, 300)
    timed = [Workload("chain", f"{n} nodes", n, partial(engine.chain, (10,), n)) for n in lengths]
    timed += [Workload("writes", f"{n} into {n}", n, partial(engine.writes, n, n)) for n in writes]
    timed += [Workload("reads", f"1000 of {n}", 1_000, partial(engine.reads, n)) for n in sizes]
    timed += [Workload("fan_in", f"{n} uses", n, partial(engine.fan_in, n)) for n in uses]
    weighed = [Workload("nodes", f"{n} of 10", n, partial(engine.chain, (10,), n)) for n in lengths[:3]]
    weighed += [  # a unit is an array
        Workload("sines", f"20 of {large}", 8 * large, partial(depth.sines, large, 20)),
        Workload("additions", f"20 of {large}", 8 * large, partial(depth.additions, large, 20)),
        Workload("layers", f"10 of {width} x {width}", 8 * width**2, partial(depth.layers, width, width, 10)),
    ]
    return timed, weighed


def sweeps(workload: Workload) -> dict:
    """Return microseconds of a unit forward and backward."""
    problem = workload.build()
    tensors, found = [mg.tensor(x) for x in problem.variables], []
    for _ in range(ROUNDS):
        start = time.process_time()
        value = problem.loss(np, *tensors, *problem.constants)
        middle = time.process_time()
        value.backward()
        found.append((middle - start, time.process_time() - middle))
        del value
    forward, backward = (np.median(found, axis=0) * 1e6 / workload.units).tolist()
    return {"workload": workload.name, "size": workload.size, "forward": forward, "backward": backward}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, compared and not timed")
    parser.add_argument("--only", help="names, with commas between")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write a record, as JSON")
    options = parser.parse_args(arguments)
    timed, weighed = workloads(options.quick)
    known = {w.name for w in (*timed, *weighed)}
    wanted = set(options.only.split(",")) if options.only else known
    if unknown := wanted - known:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    if options.save and options.quick:
        parser.error("--quick measures nothing, so there is nothing to --save")
    if options.save and not options.save.parent.is_dir():
        parser.error(f"--save: there is no folder {options.save.parent}")
    timed, weighed = ([w for w in some if w.name in wanted] for some in (timed, weighed))

    # The same loops at small sizes: a check of the large ones would take as long as measuring them.
    small = [w for some in workloads(quick=True) for w in some if w.name in wanted]
    if not all(run.check(w, [MYGRAD], every=options.quick) for w in small):
        print("not all agree with NumPy by hand: nothing was measured", file=sys.stderr)
        return 1
    if options.quick:
        return 0

    gc.collect()
    gc.freeze()
    report = record.new({"mygrad": MYGRAD.version, "numpy": np.__version__}, ROUNDS)
    print(f"{record.heading(report)}\n\nmicroseconds of the processor: by hand, mygrad, ratio, quartiles\n")
    for w in timed:
        report["time"].append(run.time_of(w, [MYGRAD], ROUNDS))
        print(run.line_of_time(report["time"][-1]), flush=True)
    report["sweeps"] = [sweeps(w) for w in timed if w.name == "chain"]
    for s in report["sweeps"]:
        print(f"{s['workload']:<14}{s['size']:<24}forward {s['forward']:.2f}, backward {s['backward']:.2f}")
    if weighed:
        print("\nat the peak: bytes of a node; else arrays: by hand, mygrad, ratio\n")
    for w in weighed:
        report["memory"].append(found := run.memory_of(w, [MYGRAD]))
        ours = found["libraries"]["mygrad"]
        print(f"{w.name:<14}{w.size:<24}{found['by_hand']:>12.1f}{ours['bytes']:>12.1f}{ours['ratio']:>9.2f}")
    if options.save:
        record.write(options.save, report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
