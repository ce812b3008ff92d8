"""Run many random programs: ``python -m tests.programs --count 100000 --seed 0 --jobs 2``."""

import argparse
import collections
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from .check import Invalid, Mismatch, check
from .generate import generate
from .program import render
from .shrink import failure, shrink

CHUNK = 250
SHRUNK = 4  # a chunk shrinks this many failures of a sort


def signature(mismatch):
    """The failure without names and numbers."""
    text = re.sub(r"\s+in   .*", "", str(mismatch))
    if (
        mismatch.kind in ("value", "gradient", "view of gradient", "has a gradient")
        or "half" in mismatch.kind
    ):
        text = mismatch.kind
    return re.sub(r"[-\d.]+", "#", re.sub(r"\[.*\]|\(.*\)", "", text))[:150]


def run(seeds):
    """Run the programs of `seeds`; count, and report what failed."""
    counts = collections.Counter()
    failures = []
    sorts = collections.Counter()
    for seed in seeds:
        program = generate(seed)
        counts["programs"] += 1
        counts.update(f"{s.kind} statements" for s in program.statements)
        try:
            check(program)
        except Invalid:
            counts["without a derivative"] += 1
        except Mismatch as mismatch:
            sort = signature(mismatch)
            counts["FAILURES"] += 1
            sorts[sort] += 1
            if sorts[sort] <= SHRUNK:
                failures.append((sort, *reported(program, mismatch)))
    return counts, sorts, failures


def reported(program, mismatch):
    """How long the program is when made small, its seed, its code, and how it fails."""
    again = failure(program)
    if again is None:  # it depends on what ran before, or on where memory lies
        return (
            len(program.statements),
            program.seed,
            render(program, mismatch.number),
            f"ONCE ONLY: {mismatch}",
        )
    small = shrink(program)
    again = failure(small) or again
    return len(small.statements), program.seed, render(small, again.number), str(again)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.programs", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="how many programs")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; the others follow")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--show", type=int, default=2, help="how many failures to show of each sort, the shortest first"
    )
    arguments = parser.parse_args()

    started = time.perf_counter()
    last = arguments.seed + arguments.count
    chunks = [range(k, min(k + CHUNK, last)) for k in range(arguments.seed, last, CHUNK)]
    counts, sorts, failures = collections.Counter(), collections.Counter(), []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for done, (some, kinds, failed) in enumerate(pool.map(run, chunks), 1):
            counts.update(some)
            sorts.update(kinds)
            failures += failed
            if sys.stderr.isatty() or done % 40 == 0:
                print(
                    f"{counts['programs']} programs, {counts['FAILURES']} failures",
                    file=sys.stderr,
                    flush=True,
                )
    seconds = time.perf_counter() - started
    for sort, number in sorts.most_common():
        print(f"\n######## {number} x {sort}")
        shown = sorted(f for f in failures if f[0] == sort)[: arguments.show]
        for _, _, seed, code, message in shown:
            print(f"\n# seed {seed}\n{code}# {message}")
    print()
    for what, number in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"{number:9} {what}")
    print(f"{1e3 * seconds / max(counts['programs'], 1):9.2f} ms a program, {seconds:.0f} s in all")
    return 1 if counts["FAILURES"] else 0


if __name__ == "__main__":
    sys.exit(main())
