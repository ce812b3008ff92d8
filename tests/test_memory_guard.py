"""An array that a living graph remembers is read-only, until the last such graph is gone."""

import gc
import os
import subprocess
import sys

import numpy as np
import pytest

import mygrad as mg


def locked(array):
    """Whether a write is refused; the write changes nothing when it is not."""
    try:
        array[...] = array.copy()
    except ValueError:
        return True
    return False


# --- what is guarded ----------------------------------------------------------------------------------------

REMEMBERED = {
    "x * arr": lambda x, a: x * a,
    "arr * x": lambda x, a: a * x,
    "x / arr": lambda x, a: x / a,
    "x ** arr": lambda x, a: x**a,
    "x @ arr": lambda x, a: x @ a,
    "arr @ x": lambda x, a: a @ x,
    "np.multiply": lambda x, a: np.multiply(x, a),
    "mg.multiply": lambda x, a: mg.multiply(x, a),
    "np.einsum": lambda x, a: np.einsum("i,i->i", x, a),
    "np.arctan2": lambda x, a: np.arctan2(x, a),
    "np.logaddexp": lambda x, a: np.logaddexp(x, a),
    "a view": lambda x, a: x[:2] * a[:2],
    "a transposed view": lambda x, a: x[:, None] * a[None].T,
    "a constant tensor": lambda x, a: x * mg.tensor(a, copy=False, constant=True),
    "np.where with a mask": lambda x, a: np.where(x > 1, x * a, 0.0),
    "several steps": lambda x, a: np.exp(x * a).sum() + 1.0,
}
NOT_REMEMBERED = {
    "x + arr": lambda x, a: x + a,
    "arr - x": lambda x, a: a - x,
    "np.add": lambda x, a: np.add(x, a),
    "np.where": lambda x, a: np.where([True, False, True], x, a),
    "np.concatenate": lambda x, a: np.concatenate([x, a]),
    "np.stack": lambda x, a: np.stack([x, a]),
    "setitem": lambda x, a: (x * 1.0).__setitem__(..., a),
    "a copy": lambda x, a: x * a.copy(),
    "mg.tensor": lambda x, a: x * mg.tensor(a),
    "constants only": lambda x, a: mg.tensor([1.0, 2.0, 3.0], constant=True) * a,
    "integers only": lambda x, a: mg.tensor([1, 2, 3]) * a,
    "comparison": lambda x, a: x > a,
    "constant=True": lambda x, a: mg.multiply(x, a, constant=True),
    "inside no_autodiff": lambda x, a: without_graph(x, a),
}


@mg.no_autodiff
def without_graph(x, a):
    return x * a


@pytest.fixture
def x():
    return mg.tensor([1.0, 2.0, 3.0])


@pytest.fixture
def arr():
    return np.array([4.0, 5.0, 6.0])


@pytest.mark.parametrize("name", REMEMBERED)
def test_an_array_that_the_graph_remembers_is_read_only_while_the_graph_lives(name, x, arr):
    y = REMEMBERED[name](x, arr)
    with pytest.raises(ValueError):
        arr[1] = 100.0
    del y
    gc.collect()
    arr[1] = 100.0
    assert arr.flags.writeable


@pytest.mark.parametrize("name", REMEMBERED)
def test_it_is_writeable_after_backward(name, x, arr):
    y = REMEMBERED[name](x, arr)
    y.backward()
    assert not locked(arr)
    assert arr.flags.writeable


@pytest.mark.parametrize("name", REMEMBERED)
def test_it_is_writeable_after_clear_graph(name, x, arr):
    y = REMEMBERED[name](x, arr)
    y.clear_graph()
    assert not locked(arr)
    assert arr.flags.writeable


@pytest.mark.parametrize("name", NOT_REMEMBERED)
def test_an_array_that_no_rule_needs_stays_writeable(name, x, arr):
    y = NOT_REMEMBERED[name](x, arr)
    assert arr.flags.writeable
    arr[1] = 100.0
    del y


def test_a_write_that_is_let_through_does_not_change_the_derivative(x, arr):
    y = (x + arr) * 2.0
    arr[:] = 100.0
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


def test_the_array_of_a_leaf_without_a_copy_is_guarded(arr):
    x = mg.tensor(arr, copy=False)
    y = x * x
    with pytest.raises(ValueError):
        arr[0] = 0.0
    y.backward()
    assert not locked(arr)
    assert x.grad.tolist() == [8.0, 10.0, 12.0]


def test_the_owner_of_the_memory_is_guarded_too(x):
    big = np.arange(10.0)
    part = big[2:5]
    y = x * part
    assert locked(big)
    assert locked(part)
    del y
    assert not locked(big)
    assert not locked(part)


def test_a_part_that_was_handed_in_is_guarded_when_a_view_of_its_tensor_is_remembered():
    big = np.ones((3, 4000))
    part = big[:2]
    x = mg.tensor(part, copy=False)
    y = x[0] * x[1]
    assert locked(part)
    assert locked(big)
    y.backward()
    assert not locked(part)
    assert not locked(big)


def test_a_view_of_guarded_memory_is_writeable_once_the_graph_is_gone():
    x = mg.tensor(np.ones((2, 4000)), copy=False)
    y = x[0] * x[0]
    data = x[1][10:].data
    assert not data.flags.writeable
    del y
    data[0] = 5.0
    assert x.data[1, 10] == 5.0


def test_data_is_guarded_when_it_was_taken_before_the_graph(x):
    data = x.data
    y = x * x
    with pytest.raises(ValueError):
        data[0] = 100.0
    y.backward()
    data[0] = 100.0
    assert x.data.tolist() == [100.0, 2.0, 3.0]


def test_the_data_of_a_view_is_guarded_when_it_was_taken_before_the_graph(x):
    data = x[1:].data
    y = x * x
    with pytest.raises(ValueError):
        data[0] = 100.0
    y.backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]
    data[0] = 100.0
    assert x.data.tolist() == [1.0, 100.0, 3.0]


@pytest.mark.parametrize("way", [np.asarray, mg.asarray, lambda c: c.numpy(), lambda c: c.data])
def test_the_array_of_a_constant_tensor_is_guarded_however_it_was_got(x, way):
    c = mg.tensor([4.0, 5.0, 6.0], constant=True)
    array = way(c)
    y = x * c
    with pytest.raises(ValueError):
        array[0] = 100.0
    y.backward()
    array[0] = 100.0
    assert c.data[0] == 100.0


def test_data_is_guarded_when_it_is_taken_while_the_graph_lives(x):
    y = x * x
    data = x.data
    with pytest.raises(ValueError):
        data[0] = 100.0
    del y
    data[0] = 100.0
    assert x.data[0] == 100.0


def test_the_data_of_a_saved_result_is_guarded(x):
    y = np.exp(x)
    z = y * 2.0
    with pytest.raises(ValueError):
        y.data[0] = 100.0
    z.backward()
    y.data[0] = 100.0


def test_the_data_of_an_intermediate_that_is_only_a_view_of_what_is_remembered_is_guarded(x):
    y = x * x
    with pytest.raises(ValueError):
        x[1:].data[0] = 100.0
    del y


@pytest.mark.parametrize("kind", ["getitem", "setitem", "take", "tuple"])
@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8])
def test_index_arrays_are_guarded(x, kind, dtype):
    index = np.array([0, 2], dtype=dtype)
    if kind == "getitem":
        y = x[index]
    elif kind == "take":
        y = np.take(x, index)
    elif kind == "tuple":
        y = x[:, None][index, np.zeros(2, int)]
    else:
        y = x * 1.0
        y[index] = mg.tensor([5.0, 6.0])
    with pytest.raises(ValueError):
        index[0] = 1
    y.sum().backward()
    assert x.grad.tolist() == ([0.0, 1.0, 0.0] if kind == "setitem" else [1.0, 0.0, 1.0])
    index[0] = 1
    assert index.flags.writeable


@pytest.mark.parametrize(
    "use",
    [
        lambda x, m: x[m],
        lambda x, m: np.where(m, x, 0.0),
        lambda x, m: np.multiply(x, 2.0, where=m, out=mg.zeros(3)),
        lambda x, m: np.sum(x, where=m),
        lambda x, m: (x * 1.0)[m] * 2.0,
        lambda x, m: np.compress(m, x),
    ],
    ids=["getitem", "np.where", "where=", "sum", "getitem of a result", "compress"],
)
def test_masks_are_guarded(x, use):
    mask = np.array([True, False, True])
    y = use(x, mask)
    with pytest.raises(ValueError):
        mask[0] = False
    y.sum().backward()
    assert x.grad[1] == 0.0
    assert x.grad[0] != 0.0
    mask[0] = False
    assert mask.flags.writeable


@pytest.mark.parametrize(
    "name", [*REMEMBERED, *NOT_REMEMBERED, "arr / x", "arr % x", "out=", "sum of a product"]
)
def test_a_write_into_any_array_of_a_computation_is_refused_or_harmless(name, x, arr):
    operation = {
        "arr / x": lambda x, a: a / x,
        "arr % x": lambda x, a: a % x,
        "out=": lambda x, a: np.exp(x, out=a) * 2.0,
        "sum of a product": lambda x, a: np.sum(x * 2.0 * a) * a[0],
        **REMEMBERED,
        **NOT_REMEMBERED,
    }[name]
    twin = mg.tensor(x.data.copy())
    expected = operation(twin, arr.copy())
    y = operation(x, arr)
    if not isinstance(y, mg.Tensor) or y.constant or y.creator is None:
        return
    expected.sum().backward()
    try:
        arr[...] = 77.0
    except ValueError:
        assert not arr.flags.writeable
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, twin.grad)


def test_lists_are_copied_and_need_no_guard(x):
    values = [4.0, 5.0, 6.0]
    y = x * values
    values[0] = 100.0
    y.backward()
    assert x.grad.tolist() == [4.0, 5.0, 6.0]


# --- release ------------------------------------------------------------------------------------------------


def test_an_array_in_two_graphs_is_released_with_the_last(x, arr):
    w = mg.tensor([1.0, 1.0, 1.0])
    first, second = x * arr, w * arr
    del first
    assert locked(arr)
    second.backward()
    assert not locked(arr)


def test_an_array_in_two_graphs_is_released_with_the_last_whichever_way_they_end(x, arr):
    w = mg.tensor([1.0, 1.0, 1.0])
    first, second = x * arr, w * arr
    second.backward()
    assert locked(arr)
    first.clear_graph()
    assert not locked(arr)


def test_an_array_that_is_used_twice_in_one_graph(x, arr):
    y = (x * arr) * arr
    assert locked(arr)
    y.backward()
    assert not locked(arr)
    assert x.grad.tolist() == [16.0, 25.0, 36.0]


def test_two_views_of_one_array(x):
    big = np.arange(6.0)
    w = mg.tensor([1.0, 1.0, 1.0])
    first, second = x * big[:3], w * big[3:]
    del first
    assert locked(big)
    del second
    assert not locked(big)
    assert big.flags.writeable


def test_a_retained_graph_still_guards(x, arr):
    y = x * arr
    y.backward(retain_graph=True)
    assert locked(arr)
    y.backward()
    assert not locked(arr)


def test_arrays_that_were_read_only_stay_so(x, arr):
    arr.flags.writeable = False
    y = x * arr
    y.backward()
    assert not arr.flags.writeable
    y = x * arr
    del y
    assert not arr.flags.writeable


def test_a_read_only_view_of_a_writeable_array_stays_so(x, arr):
    view = arr[:]
    view.flags.writeable = False
    y = x * view
    assert locked(arr)
    y.backward()
    assert not view.flags.writeable
    assert not locked(arr)


def test_an_operation_that_raises_locks_nothing(x, arr):
    with pytest.raises(ValueError):
        x * arr[:2]
    with pytest.raises(ValueError):
        np.multiply(x, arr, out=mg.zeros(5))
    with pytest.raises(TypeError):
        np.multiply(x, arr, dtype="text")
    assert arr.flags.writeable
    assert not locked(arr)


def test_a_backward_that_is_refused_keeps_the_guard_and_can_be_tried_again(x, arr):
    y = x * arr
    with pytest.raises(ValueError):
        y.backward(np.ones(7))
    assert locked(arr)
    y.backward()
    assert not locked(arr)


def test_the_array_may_outlive_everything_or_die_first(x):
    y = x * np.array([1.0, 2.0, 3.0])
    gc.collect()
    y.backward()
    assert x.grad.tolist() == [1.0, 2.0, 3.0]


def test_a_graph_that_is_dropped_in_the_middle_releases_what_nobody_needs(x, arr):
    m = x * arr
    y = m + 1.0
    del m
    assert locked(arr)
    del y
    assert not locked(arr)


def test_a_thousand_training_steps_leave_the_data_writeable(arr):
    w = mg.tensor(np.ones(3))
    index = np.array([0, 2])
    for _ in range(1000):
        loss = ((w * arr)[index] ** 2).sum()
        loss.backward()
        w.data -= 1e-4 * w.grad
    assert not locked(arr)
    assert not locked(index)


@pytest.mark.parametrize("seed", range(20))
def test_no_program_leaves_an_array_locked(seed):
    """Views, writes, operations and backwards in any order: at the end every array is writeable."""
    rng = np.random.default_rng(seed)
    arrays = [np.ones(6), np.arange(6.0), np.array([0, 1, 2, 3, 4, 5])]
    tensors = [mg.tensor(arrays[0], copy=False), mg.tensor(np.ones(6))]
    for _ in range(40):
        t = tensors[rng.integers(len(tensors))]
        match rng.integers(8):
            case 0:
                tensors.append(t[...])
            case 1:
                tensors.append(t[::-1])
            case 2:
                tensors.append(t * arrays[1])
            case 3:
                tensors.append(t[arrays[2]] * t)
            case 4:
                t *= 0.5
            case 5:
                t[: rng.integers(6)] = tensors[rng.integers(len(tensors))][0]
            case 6:
                tensors.pop()
                tensors = tensors or [t]
            case 7:
                try:
                    t.backward()
                except mg.errors.InvalidBackprop:
                    t.clear_graph()
    for t in tensors:
        t.clear_graph()
    del t, tensors
    gc.collect()
    for a in arrays:
        assert a.flags.writeable
        assert not locked(a)


# --- the tensor's own writes --------------------------------------------------------------------------------


def test_the_tensor_itself_may_be_written_while_the_graph_remembers_its_value(arr):
    x = mg.tensor(arr, copy=False)
    w = mg.tensor([1.0, 1.0, 1.0])
    y = x * w
    x[0] = 100.0
    x *= 2.0
    assert arr.tolist() == [200.0, 10.0, 12.0]
    y.backward()
    assert w.grad.tolist() == [4.0, 5.0, 6.0]


# --- switches -----------------------------------------------------------------------------------------------


def test_the_guard_is_on():
    assert mg.mem_guard_active() is True


def test_mem_guard_off_lets_writes_through(x, arr):
    with mg.mem_guard_off:
        assert mg.mem_guard_active() is False
        y = x * arr
        arr[0] = 4.0
        assert arr.flags.writeable
    assert mg.mem_guard_active() is True
    y.backward()
    assert x.grad.tolist() == [4.0, 5.0, 6.0]


def test_switches_nest_and_are_restored_after_an_error(x, arr):
    with mg.mem_guard_off:
        with mg.mem_guard_on:
            assert mg.mem_guard_active() is True
            with mg.mem_guard_off, mg.mem_guard_off:
                assert mg.mem_guard_active() is False
            assert mg.mem_guard_active() is True
            y = x * arr
            assert locked(arr)
        assert mg.mem_guard_active() is False
    with pytest.raises(KeyError), mg.mem_guard_off:
        raise KeyError
    assert mg.mem_guard_active() is True
    del y


def test_switches_are_decorators(x, arr):
    @mg.mem_guard_off
    def unguarded(a, *, factor=1.0):
        """Doc."""
        assert mg.mem_guard_active() is False
        return x * a * factor

    @mg.mem_guard_on
    def guarded(a):
        assert mg.mem_guard_active() is True
        return x * a

    y = unguarded(arr, factor=2.0)
    assert not locked(arr)
    assert unguarded.__name__ == "unguarded"
    assert unguarded.__doc__ == "Doc."
    with mg.mem_guard_off:
        z = guarded(arr)
    assert locked(arr)
    assert mg.mem_guard_active() is True
    del y, z


def test_the_guard_can_be_turned_off_and_on(x, arr):
    try:
        mg.turn_memory_guarding_off()
        assert mg.mem_guard_active() is False
        y = x * arr
        assert not locked(arr)
        with mg.mem_guard_on:
            assert mg.mem_guard_active() is True
        assert mg.mem_guard_active() is False
    finally:
        mg.turn_memory_guarding_on()
    assert mg.mem_guard_active() is True
    del y


def test_a_graph_built_under_the_guard_stays_guarded(x, arr):
    y = x * arr
    with mg.mem_guard_off:
        assert locked(arr)
        y.backward()
        assert not locked(arr)


def test_a_graph_built_without_the_guard_stays_unguarded(x, arr):
    with mg.mem_guard_off:
        y = x * arr
    assert not locked(arr)
    y.backward()
    assert arr.flags.writeable


@pytest.mark.parametrize(
    "write",
    [
        lambda t: t.__setitem__(0, 100.0),
        lambda t: t.__imul__(3.0),
        lambda t: t[1:].__setitem__(0, 100.0),
        lambda t: np.exp(t, out=t),
        lambda t: t.fill(0.0),
        lambda t: np.copyto(t, 0.0),
        lambda t: t.sort(),
        lambda t: np.put(t, [0], 100.0),
    ],
    ids=["setitem", "imul", "view", "out", "fill", "copyto", "sort", "put"],
)
def test_without_the_guard_the_tensors_own_writes_still_leave_derivatives_right(write):
    with mg.mem_guard_off:
        x = mg.tensor([3.0, 2.0, 1.0])
        m = x * 1.0
        y = m * m
        write(m)
        y.sum().backward()
        assert x.grad.tolist() == [6.0, 4.0, 2.0]


def test_without_the_guard_a_write_behind_our_back_is_the_users_own_doing():
    a = np.arange(3.0)
    with mg.mem_guard_off:
        x = mg.tensor(np.ones(3))
        y = x * a
        a[:] = 0.0
        y.backward()
    assert y.data.tolist() == [0.0, 1.0, 2.0]
    assert x.grad.tolist() == [0.0, 0.0, 0.0]
    guarded = x * np.arange(3.0)
    guarded.backward()
    assert x.grad.tolist() == [0.0, 1.0, 2.0]


PROGRAM = "import warnings; warnings.simplefilter('error'); import mygrad; print(mygrad.mem_guard_active())"


@pytest.mark.parametrize(("value", "active"), [("0", False), ("False", False), ("true", True)])
def test_the_environment_sets_the_guard(value, active):
    env = {**os.environ, "MYGRAD_MEM_GUARD": value}
    got = subprocess.run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True)
    assert got.stdout.strip() == str(active)


def test_an_environment_that_makes_no_sense_warns_and_leaves_the_guard_on():
    env = {**os.environ, "MYGRAD_MEM_GUARD": "perhaps"}
    program = PROGRAM.replace("simplefilter('error')", "simplefilter('always')")
    got = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert got.stdout.strip() == "True"
    assert "MYGRAD_MEM_GUARD" in got.stderr


def test_a_view_of_guarded_memory_can_be_written_though_another_was_handed_out():
    x = mg.tensor([1.0, 2.0, 3.0]) * 1.0
    array = x.data
    kept = x * x
    windows = np.lib.stride_tricks.sliding_window_view(x, 2)
    windows.data.tolist()
    x[:2] *= 0.5
    assert array.tolist() == [0.5, 1.0, 3.0]
    assert kept.data.tolist() == [1.0, 4.0, 9.0]
