"""The memory of a graph is used again by the next one."""

import platform
import subprocess
import sys

import pytest

FAULTS_OF_A_STEP = """
import resource
import numpy as np
import mygrad as mg

def step():
    y = x
    for _ in range(10):
        y = np.exp(y) * 0.1
    y.sum().backward()

x = mg.tensor(np.linspace(0.0, 1.0, 100_000))
for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 10)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc gives free memory back to the system")
def test_a_graph_that_is_made_again_and_again_takes_no_fresh_pages():
    """Each of the 20 arrays has 200 of them."""
    run = subprocess.run([sys.executable, "-c", FAULTS_OF_A_STEP], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 200
