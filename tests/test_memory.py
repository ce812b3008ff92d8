"""What is kept and what is not: no cycles, no recursion, no needless copy, no value that no rule needs."""

import contextlib
import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import mygrad as mg

MEGABYTE = 2**20


@contextlib.contextmanager
def no_collector():
    """Nothing in here is freed but by its reference count."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.contextmanager
def measured():
    """Yields a function that gives the bytes that are in use and the peak, both since the beginning."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        yield lambda: tuple(m - before for m in tracemalloc.get_traced_memory())
    finally:
        tracemalloc.stop()


def growth(work, n):
    """Bytes that ``work(2 * n)`` leaves beyond ``work(n)``: the interpreter's free lists fill up and stop."""
    work(n)
    left = []
    with no_collector():
        for k in (n, 2 * n):
            with measured() as memory:
                work(k)
                left.append(memory()[0])
    return left[1] - left[0]


# --- cycles -------------------------------------------------------------------------------------------------

PROGRAMS = {
    "an operation": lambda x: x * 2.0,
    "a backward": lambda x: (x * x).sum().backward(),
    "a chain": lambda x: np.exp(np.sin(x) * x).sum().backward(),
    "a retained graph": lambda x: (x * x).sum().backward(retain_graph=True),
    "a cleared graph": lambda x: (x * x).sum().clear_graph(),
    "a view": lambda x: x[1:],
    "views of views": lambda x: x[1:][1:].reshape(-1)[None],
    "a view's backward": lambda x: (x[1:] * 2.0).sum().backward(),
    "a write": lambda x: (x * 1.0).__setitem__(0, x[1]),
    "a write through a view": lambda x: (x * 1.0)[1:].__imul__(x[0]),
    "a write and a backward": lambda x: write_and_sweep(x),
    "a write of a view into its base": lambda x: write_overlapping(x),
    "out": lambda x: np.multiply(x, 2.0, out=mg.zeros(4)),
    "index arrays": lambda x: x[np.array([0, 1, 1])].sum().backward(),
    "a guarded array": lambda x: x * np.ones(4),
    "an error": lambda x: failing(x),
    "no_autodiff": lambda x: mg.no_autodiff(lambda t: t * 2.0)(x),
    "a reduction": lambda x: np.max(x),
    "matmul": lambda x: (x @ x).backward(),
    "an iteration": lambda x: [t * 2.0 for t in x],
    "joining": lambda x: np.concatenate([x, x * 2.0]).sum().backward(),
    "a gradient that was looked at": lambda x: ((x[1:] * 2.0).sum().backward(), x[1:].grad),
}


def write_and_sweep(x):
    y = x * 1.0
    v = y[:2]
    v[0] = x[3]
    y[1:] *= 3.0
    (v.sum() + y.sum()).backward()
    return v.grad


def write_overlapping(x):
    y = x * 1.0
    y[1:] = y[:-1]
    y[...] = y[::-1]
    y.sum().backward()


def failing(x):
    y = x * np.ones(4)
    try:
        y + np.ones(7)
    except ValueError:
        return


@pytest.mark.parametrize("name", PROGRAMS)
def test_tensors_die_with_their_last_reference(name):
    with no_collector():
        x = mg.tensor([1.0, 2.0, 3.0, 4.0])
        alive = weakref.ref(x)
        memory = weakref.ref(x.data)
        result = PROGRAMS[name](x)
        del result
        del x
        assert alive() is None
        assert memory() is None
        collected = gc.collect()
    assert collected == 0


def test_a_training_loop_makes_no_garbage_and_does_not_grow():
    w = mg.tensor(np.ones((20, 20)))
    data = np.random.default_rng(0).normal(size=(50, 20))

    def step():
        h = np.tanh(data @ w)
        h[:, 0] *= 2.0
        loss = (h[1:] ** 2).mean()
        loss.backward()
        w.data -= 0.01 * w.grad

    def steps(n):
        for _ in range(n):
            step()

    assert growth(steps, 2500) < 20_000  # there may be 2000 tuples of a length in a free list
    with no_collector():
        steps(10)
        assert gc.collect() == 0


# --- what is freed ------------------------------------------------------------------------------------------


def test_dropping_the_result_frees_the_graph_at_once():
    with no_collector(), measured() as memory:
        x = mg.tensor(np.ones(MEGABYTE // 8))
        y = np.exp(np.exp(np.exp(x)))
        assert memory()[0] > 3.9 * MEGABYTE
        del y
        assert memory()[0] < 1.1 * MEGABYTE
        del x
        assert memory()[0] < 0.1 * MEGABYTE


@pytest.mark.parametrize("end", ["backward", "clear_graph"])
def test_the_end_of_a_graph_frees_what_only_the_graph_held(end):
    with no_collector(), measured() as memory:
        x = mg.tensor(np.ones(MEGABYTE // 8))
        y = np.exp(np.exp(np.exp(x)))
        getattr(y, end)()
        held = 4 if end == "backward" else 2  # x and y, and their gradients
        assert memory()[0] < (held + 0.1) * MEGABYTE


def test_a_loss_frees_its_whole_graph_although_the_loss_is_kept():
    x = mg.tensor(np.ones(MEGABYTE // 8))
    with no_collector(), measured() as memory:
        losses = []
        for _ in range(5):
            loss = np.sum(np.exp(x * 2.0))
            loss.backward()
            x.null_grad()
            losses.append(loss)
        assert memory()[0] < 0.1 * MEGABYTE


@pytest.mark.parametrize(
    "operation",
    [
        lambda a: a + 1.0,
        lambda a: a - 1.0,
        lambda a: 1.0 - a,
        lambda a: -a,
        lambda a: +a,
        lambda a: a * 2.0,
        lambda a: a / 2.0,
        lambda a: a * np.ones(1000),
        lambda a: a + mg.tensor(np.ones(1000)),
        lambda a: np.sum(a),
        lambda a: np.mean(a),
        lambda a: np.cumsum(a),
        lambda a: np.concatenate([a, a]),
        lambda a: np.stack([a, a]),
        lambda a: np.where(np.ones(1000, bool), a, 0.0),
        lambda a: a[[1, 2]],
        lambda a: a[np.arange(1000) % 2 == 0],
        lambda a: np.roll(a, 3),
        lambda a: np.repeat(a, 2),
        lambda a: np.exp(a),
        lambda a: np.tanh(a),
        lambda a: a @ np.ones(1000),
        lambda a: a.astype(np.float32),
        lambda a: a.copy(),
        lambda a: np.multiply(a, 2.0, where=np.ones(1000, bool), out=mg.zeros(1000)),
    ],
    ids=(
        "a+1 a-1 1-a -a +a a*2 a/2 a*array a+tensor sum mean cumsum concatenate stack where index mask roll "
        "repeat exp tanh matmul astype copy masked"
    ).split(),
)
def test_a_value_that_no_rule_needs_is_not_kept(operation):
    x = mg.tensor(np.linspace(0.1, 1.0, 1000))
    a = x + 1.0
    value = weakref.ref(a.data)
    y = operation(a)
    del a
    assert value() is None
    y.sum().backward()
    assert x.grad is not None


@pytest.mark.parametrize(
    "operation",
    [
        lambda a: np.exp(a) + 1.0,
        lambda a: np.exp(a).sum(),
        lambda a: np.tanh(a) * 2.0,
        lambda a: a.sum() * 2.0,
    ],
)
def test_a_value_that_only_a_result_needed_is_not_kept(operation):
    x = mg.tensor(np.linspace(0.1, 1.0, 1000))
    a = x * x
    value = weakref.ref(a.data)
    y = operation(a)
    del a
    assert value() is None
    y.backward()


def test_a_value_that_a_rule_needs_is_kept_and_only_that_one():
    x = mg.tensor(np.linspace(0.1, 1.0, 1000))
    a, b = x + 1.0, mg.tensor(np.ones(1000), constant=True)
    kept, not_kept = weakref.ref(a.data), weakref.ref(b.data)
    y = a * mg.tensor(2.0)
    z = a + b
    del a, b
    assert kept() is not None
    assert not_kept() is None
    (y + z).sum().backward()
    np.testing.assert_array_equal(x.grad, np.full(1000, 3.0))
    assert kept() is None


def test_a_constant_factor_is_kept_without_the_variable_that_it_multiplies():
    x, c = mg.tensor(np.ones(1000)), np.ones(1000)
    a = x + 1.0
    value, factor = weakref.ref(a.data), weakref.ref(c)
    y = a * c
    del a, c
    assert value() is None
    assert factor() is not None
    y.backward()
    assert factor() is None


def test_the_peak_of_a_long_chain_is_what_the_rules_must_keep():
    x = mg.tensor(np.ones(MEGABYTE // 8))
    with no_collector(), measured() as memory:
        y = x
        for _ in range(50):
            y = y + 1.0
        assert memory()[1] < 3.5 * MEGABYTE
        y.sum().backward()
        assert memory()[1] < 6.5 * MEGABYTE
    assert x.grad[0] == 1.0


# --- views --------------------------------------------------------------------------------------------------


def test_views_that_are_gone_leave_nothing_behind():
    x = mg.tensor(np.ones(100))

    def views(n):
        for _ in range(n):
            x[1:]
            x.reshape(10, 10)
            x.T  # noqa: B018

    assert growth(views, 5000) < 20_000


def test_views_that_are_gone_leave_nothing_behind_although_the_base_is_written():
    x = mg.tensor(np.ones(100))

    def writes(n):
        for _ in range(n):
            v = x[1:]
            v[0] = 1.0
            x[0] = 2.0
            x.clear_graph()

    assert growth(writes, 3000) < 20_000


def test_a_view_costs_no_memory():
    x = mg.tensor(np.ones(MEGABYTE // 8))
    with no_collector(), measured() as memory:
        views = [x[i:] for i in range(100)]
        assert memory()[1] < 0.5 * MEGABYTE
    assert views[0].base is x


# --- writes -------------------------------------------------------------------------------------------------

WRITES = {
    "a row": lambda y, w: y.__setitem__(3, w),
    "a slice": lambda y, w: y.__setitem__(slice(3, 5), w),
    "an index array": lambda y, w: y.__setitem__([3, 7], w),
    "an augmented row": lambda y, w: y[3].__imul__(w),
    "through a view": lambda y, w: y[2:][1].__setitem__(..., w),
    "out of a view": lambda y, w: np.multiply(w, 2.0, out=y[3]),
    "a number": lambda y, w: y.__setitem__((3, 3), w[0]),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_into_a_region_does_not_copy_the_rest(name):
    """16 MB of base, 8 kB of region."""
    a, w = np.ones((2048, 1024)), mg.tensor(np.ones(1024))
    y = mg.tensor(a, copy=False)
    WRITES[name](y, w)
    with no_collector(), measured() as memory:
        WRITES[name](y, w)
        assert memory()[1] < 0.2 * MEGABYTE
    assert y.data is a


@pytest.mark.parametrize("name", WRITES)
def test_a_write_into_an_intermediate_that_nothing_remembers_does_not_copy_it(name):
    x, w = mg.tensor(np.ones((1024, 1024))), mg.tensor(np.ones(1024))
    y = x + 1.0
    z = y + 1.0
    with no_collector(), measured() as memory:
        WRITES[name](y, w)
        assert memory()[1] < 0.2 * MEGABYTE
    z.sum().backward()
    assert x.grad[3, 3] == 1.0


def test_only_the_value_that_a_rule_remembers_is_copied_before_a_write():
    x = mg.tensor(np.ones((1024, 1024)))
    y = x + 1.0
    row = y[5] * y[5]
    with no_collector(), measured() as memory:
        y[5] = 0.0
        assert memory()[1] < 0.2 * MEGABYTE
    row.sum().backward()
    assert x.grad[5, 0] == 4.0
    assert x.grad[4, 0] == 0.0


def test_many_writes_hold_no_more_than_their_regions():
    x = mg.tensor(np.ones(1024))
    y = mg.zeros((1024, 1024))
    with no_collector(), measured() as memory:
        for i in range(200):
            y[i] = x * 2.0
        assert memory()[1] < 4 * MEGABYTE
        y.sum().backward()
        assert memory()[1] < 8 * MEGABYTE + 3 * 8 * MEGABYTE
    assert x.grad[0] == 400.0


def test_many_reads_of_a_region_hold_one_gradient_of_the_whole():
    x = mg.tensor(np.ones((1024, 1024)))
    with no_collector(), measured() as memory:
        total = 0.0
        for i in range(200):
            total = total + np.sum(x[i])
        total.backward()
        assert memory()[1] < 20 * MEGABYTE
    assert x.grad.sum() == 200 * 1024


# --- depth --------------------------------------------------------------------------------------------------

DEEP = 100_000


def chain(x, n=DEEP):
    y = x
    for _ in range(n):
        y = y + 1.0
    return y


def test_a_deep_graph_goes_forward_and_backward():
    x = mg.tensor(1.0)
    y = chain(x)
    assert y.data == 1.0 + DEEP
    y.backward()
    assert x.grad == 1.0


def test_a_deep_graph_can_be_dropped():
    x = mg.tensor(1.0)
    y = chain(x)
    del y
    (x * 2.0).backward()
    assert x.grad == 2.0


def test_a_deep_graph_can_be_cleared():
    x = mg.tensor(1.0)
    y = chain(x)
    y.clear_graph()
    assert y.creator is None


def test_a_deep_graph_whose_rules_remember_values_can_be_dropped():
    x, c = mg.tensor(np.ones(2)), np.ones(2)
    y = x
    for _ in range(DEEP // 2):
        y = y * c
    assert not c.flags.writeable
    del y
    assert c.flags.writeable


def test_a_long_list_of_writes_goes_forward_and_backward_and_can_be_dropped():
    x = mg.tensor(1.0)
    for dropped in (True, False):
        y = mg.zeros(3)
        for _ in range(DEEP // 10):
            y[0] = x
            y[1:] += y[0]
        if dropped:
            del y
    y[0].backward()
    assert x.grad == 1.0


def test_a_deep_graph_of_two_operands():
    x = mg.tensor(1.0)
    a, b = x * 1.0, x * 1.0
    for _ in range(DEEP // 5):
        a, b = b, a * 0.5 + b * 0.5
    del a
    b.backward()
    assert x.grad == pytest.approx(1.0)


def test_a_wide_graph():
    x = mg.tensor(1.0)
    parts = [x * float(i) for i in range(2000)]
    np.sum(np.stack(parts)).backward()
    assert x.grad == sum(range(2000))
