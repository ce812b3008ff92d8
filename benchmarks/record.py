"""What a run found, as a file: written by ``run.py --save``, read by ``compare.py``.

A record is JSON: `date`, `versions`, `machine`, `rounds`; under `time` for each workload its size, the
microseconds by hand and in each library, and the ratio of each library to NumPy by hand as first quartile,
median and third quartile; under `memory` bytes and their ratio. A library that can't do a workload has null
there.
"""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

FORMAT = 1


def machine() -> str:
    """Say of what class this machine is; not which one it is.

    >>> machine().endswith(("core", "cores"))
    True
    """
    cores = os.cpu_count() or 1
    return f"{platform.system()} {platform.machine()}, {cores} core{'s' * (cores > 1)}"


def new(versions: dict[str, str], rounds: int) -> dict:
    """Return a record with nothing measured yet."""
    return {
        "format": FORMAT,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {**versions, "python": platform.python_version()},
        "machine": machine(),
        "rounds": rounds,
        "time": [],
        "memory": [],
    }


def heading(record: dict) -> str:
    """Say in a line what was measured where."""
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    return f"{record['date']}: {versions}; {record['machine']}; {record['rounds']} rounds"


def write(path: Path, record: dict) -> None:
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> dict:
    """Read a record.

    Raises
    ------
    ValueError
        The file is not there, or is no record of ours; the message says which.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}; `run.py --save {path}` writes such a record") from error
    except ValueError as error:
        raise ValueError(f"{path} is not JSON ({error}); `run.py --save` writes records") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        found = record.get("format") if isinstance(record, dict) else type(record).__name__
        raise ValueError(
            f"{path} is no record of format {FORMAT}, but {found}; measure again, `run.py --save`"
        )
    return record
