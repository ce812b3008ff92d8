"""How long a fresh process imports a library, and until it has a first gradient, beside ``import numpy``."""

import os
import subprocess
import sys

import measure
import numpy as np
from libraries import Library

NUMPY = "import numpy"
PROGRAMS = {
    "import": {
        "mygrad": "import mygrad",
        "autograd": "import autograd.numpy",
        "torch": "import torch",
    },
    "first gradient": {
        "mygrad": "import numpy as np, mygrad as mg; x = mg.tensor([1.0]); np.sum(x * x).backward()",
        "autograd": "import autograd, autograd.numpy as np; autograd.grad(lambda x: x * x)(1.0)",
        "torch": "import torch; x = torch.ones(1, requires_grad=True); torch.sum(x * x).backward()",
    },
}
"""What is run, by library: the sizes of the workload ``start``."""


def seconds(program: str) -> float:
    """Return the time of the processor that a program takes in a fresh process, after Python's own start."""
    timed = f"import time; start = time.process_time()\n{program}\nprint(time.process_time() - start)"
    # With the bytecode that an earlier run left, as users have it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", timed]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(told.stdout)


def time_of(size: str, libraries: list[Library], rounds: int) -> dict:
    """Time the programs turn by turn; return what a record has of a workload."""
    programs = {library.name: PROGRAMS[size].get(library.name) for library in libraries}
    able = {name: program for name, program in programs.items() if program}
    turns = [[seconds(program) for program in (NUMPY, *able.values())] for _ in range(rounds + 1)]
    times = np.array(turns[1:])  # the first writes the bytecode
    microseconds = np.median(times, axis=0) * 1e6
    found = {
        name: {"microseconds": float(microseconds[i]), "ratio": measure.quartiles(times[:, i] / times[:, 0])}
        for i, name in enumerate(able, start=1)
    }
    return {
        "workload": "start",
        "size": size,
        "rounds": rounds,
        "by_hand": float(microseconds[0]),
        "libraries": {name: found.get(name) for name in programs},
    }
