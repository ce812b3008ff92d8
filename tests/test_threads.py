"""Threads and tasks do not hear of each other: neither their graphs nor their switches."""

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import mygrad as mg

THREADS = 8


def in_threads(work, n=THREADS):
    """Run ``work(k)`` in n threads that start together; the first exception is raised here."""
    barrier = threading.Barrier(n)

    def run(k):
        barrier.wait()
        return work(k)

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))


def test_independent_graphs_in_many_threads():
    def work(k):
        rng = np.random.default_rng(k)
        for _ in range(60):
            a, b = rng.normal(size=(4, 3)), rng.normal(size=3)
            x, y = mg.tensor(a), mg.tensor(b)
            m = x * y
            v = m[1:]
            v *= 2.0
            m[0] = y
            np.sum(m**2).backward()
            factor = np.array([0.0, 4.0, 4.0, 4.0])[:, None]
            np.testing.assert_allclose(x.grad, 2.0 * factor * a * b**2)
            np.testing.assert_allclose(y.grad, 2.0 * b + np.sum(2.0 * factor * a**2 * b, axis=0))
        return True

    assert all(in_threads(work))


def test_a_shared_constant_array_is_guarded_until_the_last_thread_has_done():
    shared = np.arange(1.0, 4.0)

    def work(k):
        for _ in range(100):
            x = mg.tensor([1.0, 2.0, float(k)])
            y = x * shared
            assert not shared.flags.writeable
            y.backward()
            np.testing.assert_array_equal(x.grad, [1.0, 2.0, 3.0])
        return True

    assert all(in_threads(work))
    assert shared.flags.writeable
    shared[0] = 5.0


def test_a_shared_leaf_may_be_read_by_many_threads():
    w = mg.tensor([1.0, 2.0, 3.0], constant=True)

    def work(k):
        for _ in range(100):
            x = mg.tensor([1.0, 1.0, float(k)])
            (x * w).sum().backward()
            np.testing.assert_array_equal(x.grad, [1.0, 2.0, 3.0])
        return True

    assert all(in_threads(work))


def alternately(first, second):
    """Run both in turns: ``first`` up to its ``pause()``, then ``second``, then the rest of ``first``."""
    paused, resume = threading.Event(), threading.Event()
    errors = []

    def pause():
        paused.set()
        assert resume.wait(10)

    def run():
        try:
            first(pause)
        except BaseException as error:  # handed to the main thread below
            errors.append(error)
        finally:
            paused.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert paused.wait(10)
    try:
        second()
    finally:
        resume.set()
        thread.join(10)
    if errors:
        raise errors[0]


def records_a_graph():
    x = mg.tensor([1.0, 2.0])
    y = x * 3.0
    assert y.creator is not None
    y.backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_no_autodiff_in_one_thread_leaves_the_others_alone():
    def first(pause):
        x = mg.tensor([1.0, 2.0])
        with mg.no_autodiff:
            pause()
            y = x * 3.0
        assert y.creator is None

    alternately(first, records_a_graph)


def test_leaving_no_autodiff_in_one_thread_does_not_leave_it_in_another():
    def first(pause):
        x = mg.tensor([1.0, 2.0])
        with mg.no_autodiff:
            pause()
            assert (x * 3.0).creator is None

    def second():
        with mg.no_autodiff:
            records_nothing()
        records_a_graph()

    def records_nothing():
        assert (mg.tensor([1.0]) * 3.0).creator is None

    alternately(first, second)


@pytest.mark.parametrize("how", ["with", "turn off"])
def test_the_guard_is_switched_for_one_thread_alone(how):
    def first(pause):
        if how == "with":
            with mg.mem_guard_off:
                pause()
                assert mg.mem_guard_active() is False
        else:
            mg.turn_memory_guarding_off()
            pause()
            assert mg.mem_guard_active() is False
            mg.turn_memory_guarding_on()

    def second():
        assert mg.mem_guard_active() is True
        a = np.ones(2)
        y = mg.tensor([1.0, 2.0]) * a
        assert not a.flags.writeable
        del y

    alternately(first, second)
    assert mg.mem_guard_active() is True


def test_a_new_thread_starts_with_the_switches_as_they_are_by_default():
    seen = []

    def work():
        seen.append(mg.mem_guard_active())
        seen.append((mg.tensor([1.0]) * 2.0).creator is not None)

    with mg.no_autodiff, mg.mem_guard_off:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == [True, True]


def test_a_context_carries_its_switches():
    with mg.no_autodiff:
        context = contextvars.copy_context()
    x = mg.tensor([1.0])
    assert context.run(lambda: x * 2.0).creator is None
    assert (x * 2.0).creator is not None
    assert contextvars.Context().run(lambda: x * 2.0).creator is not None


def test_tasks_have_their_own_switches():
    x = mg.tensor([1.0, 2.0])

    async def without():
        for _ in range(5):
            with mg.no_autodiff:
                await asyncio.sleep(0)
                assert (x * 2.0).creator is None
                await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert (x * 2.0).creator is not None

    async def unguarded():
        with mg.mem_guard_off:
            for _ in range(10):
                await asyncio.sleep(0)
                assert mg.mem_guard_active() is False

    async def ordinary():
        for _ in range(10):
            await asyncio.sleep(0)
            assert mg.mem_guard_active() is True
            t = mg.tensor([1.0, 2.0])
            y = t * 3.0
            await asyncio.sleep(0)
            y.backward()
            assert t.grad.tolist() == [3.0, 3.0]

    async def everything():
        await asyncio.gather(without(), ordinary(), unguarded(), ordinary(), without())

    asyncio.run(everything())


def test_a_switch_is_on_again_after_a_coroutine_was_cancelled_inside_it():
    async def stuck():
        with mg.no_autodiff:
            await asyncio.sleep(100)

    async def everything():
        task = asyncio.create_task(stuck())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        records_a_graph()

    asyncio.run(everything())
    records_a_graph()


def test_a_graph_may_be_built_in_one_thread_and_swept_in_another():
    x = mg.tensor([1.0, 2.0])
    y = np.exp(x * 2.0)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(y.backward).result()
    np.testing.assert_allclose(x.grad, 2.0 * np.exp([2.0, 4.0]))


def test_gradients_lost_in_one_thread_are_not_allowed_by_another():
    def first(pause):
        with mg.no_autodiff:
            pause()
            np.asarray(mg.tensor([1.0]))

    def second():
        with pytest.raises(mg.GradientLost):
            np.asarray(mg.tensor([1.0]))

    alternately(first, second)
