#!/usr/bin/env python
"""Compare two records of mygrad's speed: is a workload slower than it was?

    python benchmarks/compare.py OLD NEW                     the table
    python benchmarks/compare.py OLD NEW --fail-above 1.2    the same, and 1 as exit status if one is slower
    python benchmarks/compare.py OLD NEW --common            of the workloads that both have

Compared are ratios to the gradient by hand, which was measured in the same rounds: so the speed of the
machine is out of it, mostly. `change` is the new median by the old one, 1 for no change. A workload is
*slower* than the limit L if even the first quartile of the new ratios is more than L times the third quartile
of the old: then the change can't be explained by how much the ratios vary within a run. For this reason a
change of a little more than L may pass where ratios vary a lot; more rounds narrow it. Bytes don't vary:
there the change itself is held against L.

Two runs differ by more than their quartiles if machine, NumPy or Python are not the same; then the table says
so.
The exit status is 2 where two records can't be compared.
"""

import argparse
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import record


@dataclass(frozen=True)
class Change:
    """The old and the new ratios of a workload: first quartile, median and third quartile."""

    name: str
    old: tuple[float, float, float]
    new: tuple[float, float, float]

    @property
    def change(self) -> float:
        return self.new[1] / self.old[1]

    def slower_than(self, limit: float) -> bool:
        """Whether the change is above the limit by more than the quartiles explain.

        >>> Change("steady", (2.0, 2.1, 2.2), (2.7, 2.8, 2.9)).slower_than(1.2)
        True
        >>> Change("it varies", (1.6, 2.1, 2.6), (2.2, 2.8, 3.4)).slower_than(1.2)
        False
        """
        return self.new[0] > limit * self.old[2]


def ratios(found: dict) -> dict[str, tuple[float, float, float]]:
    """Return what a record says of mygrad, by workload."""
    times = {f"{w['workload']}, {w['size']}": tuple(w["libraries"]["mygrad"]["ratio"]) for w in found["time"]}
    bytes_ = {f"{w['workload']}, {w['size']}": w["libraries"]["mygrad"]["ratio"] for w in found["memory"]}
    return times | {name: (ratio,) * 3 for name, ratio in bytes_.items()}


def changes(old: dict, new: dict, common: bool = False) -> list[Change]:
    """Pair the workloads of two records.

    Raises
    ------
    ValueError
        A workload stands in one of them alone, and `common` is False; or they share none.
    """
    before, now = ratios(old), ratios(new)
    both = [name for name in now if name in before]
    if not both:
        raise ValueError("the two records share no workload")
    only = [
        (which, [n for n in a if n not in b]) for which, a, b in (("OLD", before, now), ("NEW", now, before))
    ]
    if not common and any(names for _, names in only):
        listed = "; ".join(f"in {which} alone: {' / '.join(names)}" for which, names in only if names)
        raise ValueError(f"the records are of other workloads ({listed}); --common compares what both have")
    return [Change(name, before[name], now[name]) for name in both]


def geometric_mean(values: list[float]) -> float:
    """
    >>> geometric_mean([0.5, 2.0])
    1.0
    """
    return math.exp(math.fsum(map(math.log, values)) / len(values))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old", type=Path, metavar="OLD")
    parser.add_argument("new", type=Path, metavar="NEW")
    parser.add_argument("--fail-above", type=float, metavar="L", help="exit with 1 if a workload is slower")
    parser.add_argument("--common", action="store_true", help="leave out what only one of them has")
    options = parser.parse_args(arguments)
    if options.fail_above is not None and not options.fail_above > 0:
        parser.error(f"--fail-above takes a positive ratio, not {options.fail_above}")

    try:
        old, new = record.read(options.old), record.read(options.new)
        found = changes(old, new, options.common)
    except ValueError as error:
        parser.error(str(error))

    print(f"old  {record.heading(old)}\nnew  {record.heading(new)}")
    others = [n for n in ("numpy", "python") if old["versions"][n] != new["versions"][n]]
    others += ["machine"] * (old["machine"] != new["machine"])
    if others:
        print(f"not the same: {', '.join(others)}; changes may be theirs")
    print(f"\n{'workload':<36}{'old':>9}{'new':>9}{'change':>9}")
    slower = []
    for one in found:
        mark = ""
        if options.fail_above is not None and one.slower_than(options.fail_above):
            slower.append(one.name)
            mark = "  slower"
        print(f"{one.name:<36}{one.old[1]:>9.2f}{one.new[1]:>9.2f}{one.change:>9.3f}{mark}")
    mean = geometric_mean([one.change for one in found])
    print(f"{'geometric mean':<36}{'':>18}{mean:>9.3f}")
    if slower:
        print(f"slower than {options.fail_above} times what it was: {'; '.join(slower)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
