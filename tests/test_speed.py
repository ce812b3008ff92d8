"""What an operation costs, counted: calls of Python functions, of C functions, and blocks of memory.

Time depends on the machine; these numbers don't. Each is that of one step of a loop: the difference between
200 steps and 100, by 100. NumPy's functions and methods are among those of C; its ufuncs are not, which are
called without Python's profiler being told. The bounds are what a step costs now: who makes one dearer raises
its bound on purpose.
"""

import gc
import sys
from collections import Counter

import numpy as np
import pytest

import mygrad as mg


def chain(x, n):
    y = x
    for _ in range(n // 4):
        y = y * 1.5
        y = y + x
        y = np.sin(y)
        y = y - 0.1
    return y.sum()


def negations(x, n):
    y = x
    for _ in range(n):
        y = -y
    return y.sum()


def reads(x, n):
    s = 0.0
    for i in range(n):
        s = s + x[i % 10]
    return s


def slices(x, n):
    s = 0.0
    for _ in range(n):
        s = s + x[2:5]
    return s.sum()


def writes(x, n):
    y = mg.zeros(10, dtype=float)
    for i in range(n):
        y[i % 10] = x
    return y.sum()


def sums(x, n):
    s = 0.0
    for _ in range(n):
        s = s + x.sum()
    return s


def means(x, n):
    y = x
    for _ in range(n):
        y = y - y.mean(axis=0, keepdims=True)
    return y.sum()


def reshapes(x, n):
    y = x
    for _ in range(n):
        y = (y + x).reshape(10)
    return y.sum()


def products(x, n):
    m, y = np.eye(10), x
    for _ in range(n):
        y = y @ m
    return y.sum()


def fan_in(x, n):
    return sum([x] * n).sum()


TEN = np.linspace(0.1, 1.0, 10)
ONE = np.array(0.7)

# Of each step: calls of Python functions forward and backward, of C functions forward and backward, and
# blocks of memory that the graph holds.
COSTS = [
    pytest.param(chain, TEN, (3.25, 2.5, 4.75, 2.5, 3.5), id="chain of ten elements"),
    pytest.param(chain, ONE, (3, 2.5, 5.25, 2.25, 3.5), id="chain of numbers"),
    pytest.param(negations, TEN, (2, 2, 2, 2, 3), id="negations"),
    pytest.param(fan_in, TEN, (2, 4, 4, 4, 3), id="fan-in"),
    pytest.param(reads, TEN, (10, 7, 10, 7, 6), id="reads of a number, and their sum"),
    pytest.param(slices, TEN, (17, 7, 9, 7, 7), id="reads of a slice, and their sum"),
    pytest.param(writes, ONE, (17, 8, 10, 6, 4), id="writes"),
    pytest.param(sums, TEN, (16, 19, 24, 11, 10), id="sums, and their sum"),
    pytest.param(means, TEN, (23, 29, 38, 17, 10), id="means, and differences from them"),
    pytest.param(reshapes, TEN, (33, 13, 28, 8, 10), id="reshapes, and sums"),
    pytest.param(products, TEN, (24, 12, 31, 6, 6), id="products with a matrix"),
]


def calls(function):
    """What `function` returns, and how many Python and C functions are called meanwhile."""
    counts = Counter()

    def count(frame, event, function):
        counts[event] += 1

    sys.setprofile(count)
    try:
        result = function()
    finally:
        sys.setprofile(None)
    return result, counts["call"], counts["c_call"]


def measured(loop, data, n):
    x = mg.tensor(data)
    loop(x, n).backward()  # what is decided once is decided now
    gc.collect()
    before = sys.getallocatedblocks()
    result = loop(x, n)
    blocks = sys.getallocatedblocks() - before
    del result
    result, forward, forward_c = calls(lambda: loop(x, n))
    _, backward, backward_c = calls(result.backward)
    return np.array([forward, backward, forward_c, backward_c, blocks])


@pytest.mark.parametrize(("loop", "data", "bounds"), COSTS)
def test_a_step_costs_no_more_than_it_did(loop, data, bounds):
    step = (measured(loop, data, 200) - measured(loop, data, 100)) / 100
    names = "Python forward", "Python backward", "C forward", "C backward", "blocks"
    dearer = [f"{name}: {a:g} > {b}" for name, a, b in zip(names, step, bounds, strict=True) if a > b + 0.1]
    assert not dearer, "; ".join(dearer)


def test_a_step_of_a_longer_loop_costs_the_same():
    short, long = (measured(chain, TEN, n + 100) - measured(chain, TEN, n) for n in (100, 2000))
    assert (np.abs(short - long) <= 5).all()


def test_what_the_tests_count_is_counted():
    def python():
        return None

    _, before, before_c = calls(lambda: None)
    _, after, after_c = calls(lambda: [python(), len("")])
    assert (after - before, after_c - before_c) == (1, 1)
