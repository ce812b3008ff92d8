"""What an operation costs, counted: calls of our functions, their calls of C functions, and blocks of memory.

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


def additions(x, n):
    y = mg.zeros(10, dtype=float)
    for _ in range(n):
        y[2:5] += x
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


def updates(x, n):
    y = mg.zeros(10, dtype=float)
    for _ in range(n):
        y += x
    return y.sum()


def rows(x, n):
    y = mg.zeros((n, 10), dtype=float)
    for i in range(1, n):
        y[i] = y[i - 1] + x
    return y.sum()


def joins(x, n):
    y = x
    for _ in range(n):
        y = np.concatenate([y, x])[:10]
    return y.sum()


def choices(x, n):
    y, mask = x, np.arange(10) > 4
    for _ in range(n):
        y = np.where(mask, y, x)
    return y.sum()


def picks(x, n):
    y, places = x, np.arange(10)[::-1]
    for _ in range(n):
        y = y[places]
    return y.sum()


def scalings(x, n):
    y, factor = x, x[0]
    for _ in range(n):
        y = y * factor
    return y.sum()


def matrices(x, n):
    y = x[0]
    for _ in range(n):
        y = mg.tensor([[y, 2.0], [1, y]])[1, 1]
    return y


def fan_in(x, n):
    return sum([x] * n).sum()


TEN = np.linspace(0.1, 1.0, 10)
ONE = np.array(0.7)

# Of each step: calls of Python functions forward and backward, of C functions forward and backward, and
# blocks of memory that the graph holds.
COSTS = [
    pytest.param(chain, TEN, (1.5, 1.75, 3, 2, 2.5), id="chain of ten elements"),
    pytest.param(chain, ONE, (1.5, 1.75, 3.75, 2, 2.5), id="chain of numbers"),
    pytest.param(negations, TEN, (1, 2, 2, 2, 2), id="negations"),
    pytest.param(scalings, TEN, (6, 9, 6, 4, 4), id="an array by a number"),
    pytest.param(matrices, TEN, (25, 9, 45, 9, 4), id="matrices of numbers"),
    pytest.param(fan_in, TEN, (1, 2, 2, 2, 2), id="fan-in"),
    pytest.param(reads, TEN, (4, 2, 5, 5, 4), id="reads of a number, and their sum"),
    pytest.param(slices, TEN, (8, 2, 3, 5, 5), id="reads of a slice, and their sum"),
    pytest.param(writes, ONE, (3, 3, 2, 5, 2), id="writes"),
    pytest.param(additions, ONE, (29, 15, 17, 8, 5), id="additions to a part"),
    pytest.param(sums, TEN, (5, 6, 8, 9, 4), id="sums, and their sum"),
    pytest.param(means, TEN, (7, 15, 10, 14, 4), id="means, and differences from them"),
    pytest.param(reshapes, TEN, (10, 5, 8, 7, 4), id="reshapes, and sums"),
    pytest.param(updates, TEN, (5, 2, 6, 2, 2), id="updates in place"),
    pytest.param(rows, TEN, (13, 7, 8, 12, 6), id="rows, each made from the one before"),
    pytest.param(joins, TEN, (13, 10, 19, 9, 5), id="joins, and slices"),
    pytest.param(choices, TEN, (17, 9, 29, 8, 2), id="choices by a mask"),
    pytest.param(picks, TEN, (14, 7, 16, 6, 2), id="picks by an array"),
    pytest.param(products, TEN, (10, 3, 13, 5, 5), id="products with a matrix"),
]


def calls(function):
    """What `function` returns, and how many functions of ours and how many of C by these are called."""
    counts = Counter()

    def count(frame, event, function):
        if frame.f_globals.get("__name__", "").startswith("mygrad"):
            counts[event] += 1

    sys.setprofile(count)
    try:
        result = function()
    finally:
        sys.setprofile(None)
    return result, counts["call"], counts["c_call"]


def blocks(loop, x, n):
    """How many blocks of memory the graph of a loop holds: what else is allocated meanwhile can only add."""
    found = []
    gc.collect()
    gc.disable()
    for _ in range(5):
        before = sys.getallocatedblocks()
        result = loop(x, n)
        found.append(sys.getallocatedblocks() - before)
        del result
    gc.enable()
    return min(found)


def measured(loop, data, n):
    x = mg.tensor(data)
    loop(x, n).backward()  # what is decided once is decided now
    held = blocks(loop, x, n)
    result, forward, forward_c = calls(lambda: loop(x, n))
    _, backward, backward_c = calls(result.backward)
    return np.array([forward, backward, forward_c, backward_c, held])


@pytest.mark.parametrize(("loop", "data", "bounds"), COSTS)
def test_a_step_costs_no_more_than_it_did(loop, data, bounds):
    step = (measured(loop, data, 200) - measured(loop, data, 100)) / 100
    names = "Python forward", "Python backward", "C forward", "C backward", "blocks"
    dearer = [f"{name}: {a:g} > {b}" for name, a, b in zip(names, step, bounds, strict=True) if a > b + 0.1]
    assert not dearer, "; ".join(dearer)


def test_a_step_of_a_longer_loop_costs_the_same():
    short, long = (measured(chain, TEN, n + 100) - measured(chain, TEN, n) for n in (100, 2000))
    assert (np.abs(short - long) <= 5).all()


def test_a_view_of_guarded_memory_costs_the_same_however_many_are_remembered():
    x = mg.tensor(np.ones((400, 4000)), copy=False)

    def squares(n):
        return calls(lambda: [row * row for row in (x[i] for i in range(n))])[1:]

    few, some, many = map(np.array, (squares(n) for n in (100, 200, 300)))
    assert (np.abs((many - some) - (some - few)) <= 5).all()


def test_calls_of_ours_are_counted():
    x = mg.tensor(TEN)
    _, python, c = calls(lambda: -x)
    _, more_python, more_c = calls(lambda: [-x, -x])
    assert python > 0
    assert c > 0
    assert (more_python, more_c) == (2 * python, 2 * c)
