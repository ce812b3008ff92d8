"""A write goes into the tensor's own memory and joins the graph; earlier values keep their gradients."""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.record import node_of
from mygrad.engine.sweep import forward, gradients


def gradient(x):
    """Zeros where nothing of `x` is left in the result, so that it has no part in the graph."""
    return np.zeros_like(x.data) if x.grad is None else x.grad


AUGMENTED = {
    "+=": lambda t, v: t.__iadd__(v),
    "-=": lambda t, v: t.__isub__(v),
    "*=": lambda t, v: t.__imul__(v),
    "/=": lambda t, v: t.__itruediv__(v),
    "**=": lambda t, v: t.__ipow__(v),
}
WRITES = {
    **AUGMENTED,
    "[...] =": lambda t, v: t.__setitem__(..., v),
    "[0] =": lambda t, v: t.__setitem__(0, v),
    "[::2] =": lambda t, v: t.__setitem__(slice(None, None, 2), v),
    "[[0, 2]] =": lambda t, v: t.__setitem__([0, 2], v),
    "[mask] =": lambda t, v: t.__setitem__(np.array([True, False, True]), v),
    "out=": lambda t, v: np.multiply(t, v, out=t),
    "out= where=": lambda t, v: np.multiply(t, v, out=t, where=np.array([True, False, True])),
    "a view": lambda t, v: t[1:].__imul__(v),
    "a reversed view": lambda t, v: t[::-1].__setitem__(0, v),
    "fill": lambda t, v: t.fill(v),
    "copyto": lambda t, v: np.copyto(t, v),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_keeps_the_tensor_and_its_memory(name):
    a, expected = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])
    x = mg.tensor(a, copy=False)
    alias = a[1:]
    WRITES[name](x, 4.0)
    WRITES[name](expected, 4.0)
    assert x.data is a
    np.testing.assert_array_equal(a, expected)
    np.testing.assert_array_equal(alias, expected[1:])


@pytest.mark.parametrize("name", AUGMENTED)
def test_augmented_assignment_returns_the_tensor_itself(name):
    x = mg.tensor([1.0, 2.0, 3.0])
    assert AUGMENTED[name](x, 4.0) is x


@pytest.mark.parametrize("name", WRITES)
def test_a_write_of_a_tensor_is_differentiable(name):
    """Against central differences, in the tensor that is written and in the one that is written into."""
    a, value = np.array([1.5, 2.5, 3.5]), 1.25

    def loss(target, v):
        y = target * 1.0
        WRITES[name](y, v * v)
        return (y * [1.0, 10.0, 100.0]).sum()

    x, v = mg.tensor(a), mg.tensor(value)
    loss(x, v).backward()
    step = 1e-6
    expected = [(loss(a + e, value) - loss(a - e, value)) / (2 * step) for e in step * np.eye(3)]
    np.testing.assert_allclose(gradient(x), expected, rtol=1e-6, atol=1e-6)
    expected = (loss(a, value + step) - loss(a, value - step)) / (2 * step)
    np.testing.assert_allclose(v.grad, expected, rtol=1e-6)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_does_not_change_the_derivative_of_what_was_computed_before(name):
    x = mg.tensor([1.0, 2.0, 3.0])
    m = x * 1.0
    y = m * m * m
    WRITES[name](m, 4.0)
    y.sum().backward()
    assert y.data.tolist() == [1.0, 8.0, 27.0]
    assert x.grad.tolist() == [3.0, 12.0, 27.0]


@pytest.mark.parametrize("name", WRITES)
def test_a_write_into_a_leaf_does_not_change_what_was_computed_before(name):
    x, w = mg.tensor([1.0, 2.0, 3.0]), mg.tensor([5.0, 6.0, 7.0])
    y = x * w
    WRITES[name](x, 4.0)
    y.sum().backward()
    assert w.grad.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", WRITES)
def test_a_write_into_a_saved_result_does_not_change_its_derivative(name):
    x = mg.tensor([0.0, 1.0, 2.0])
    y = np.exp(x)
    z = y * 1.0
    WRITES[name](y, 4.0)
    z.sum().backward()
    np.testing.assert_allclose(x.grad, np.exp([0.0, 1.0, 2.0]))


def test_the_gradient_of_a_mutated_tensor_is_that_of_its_present_value():
    a = mg.tensor([1.0, 2.0])
    a *= 3.0
    (a**2).backward()
    assert a.grad.tolist() == [6.0, 12.0]


def test_the_present_value_does_not_get_the_gradient_of_the_past_one():
    x = mg.tensor([1.0, 2.0])
    y = x**2
    x *= 10.0
    (x.sum() + y.sum()).backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_what_lies_upstream_of_a_mutated_tensor_gets_both():
    w = mg.tensor([1.0, 2.0])
    x = w * 1.0
    y = x**2
    x *= 10.0
    (x.sum() + y.sum()).backward()
    assert w.grad.tolist() == [12.0, 14.0]
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_mutated_tensor_has_a_creator():
    x = mg.tensor([1.0, 2.0])
    w = mg.tensor(3.0)
    x[0] = w
    assert x.creator is not None


def test_many_writes_in_a_row():
    x = mg.tensor(2.0)
    y = mg.zeros(50)
    y[0] = x
    for i in range(1, 50):
        y[i] = y[i - 1] * 1.01 + x
    y.sum().backward()
    step = 1e-6

    def loss(v):
        total = [v]
        for _ in range(1, 50):
            total.append(total[-1] * 1.01 + v)
        return sum(total)

    assert x.grad == pytest.approx((loss(2.0 + step) - loss(2.0 - step)) / (2 * step), rel=1e-7)


def test_an_update_with_itself():
    x = mg.tensor([1.0, 2.0, 3.0])
    y = x * 1.0
    y *= y
    y += y
    y.sum().backward()
    assert y.data.tolist() == [2.0, 8.0, 18.0]
    assert x.grad.tolist() == [4.0, 8.0, 12.0]


@pytest.mark.parametrize(
    "write",
    [
        lambda t: t.__setitem__(slice(1, None), t[:-1]),
        lambda t: t.__setitem__(slice(None, -1), t[1:]),
        lambda t: t.__setitem__(slice(None), t[::-1]),
        lambda t: t[1:].__iadd__(t[:-1]),
        lambda t: t[:-1].__imul__(t[1:]),
        lambda t: np.multiply(t[:-1], t[1:], out=t[1:]),
        lambda t: t.__setitem__([0, 1, 2], t[[3, 2, 1]]),
    ],
    ids=[
        "shift right",
        "shift left",
        "reverse",
        "add neighbour",
        "multiply neighbour",
        "out",
        "index arrays",
    ],
)
def test_overlapping_reads_and_writes(write):
    """A Jacobian row at a time, against central differences."""
    a = np.array([1.5, 2.5, 3.5, 4.5])

    def result(values):
        y = values * 1.0
        write(y)
        return y

    step = 1e-6
    jacobian = np.array([(result(a + e) - result(a - e)) / (2 * step) for e in step * np.eye(4)]).T
    for i in range(4):
        x = mg.tensor(a)
        y = result(x)
        np.testing.assert_array_equal(y.data, result(a))
        y[i].backward()
        np.testing.assert_allclose(x.grad, jacobian[i], rtol=1e-6, atol=1e-6)


# --- which tensors may be written ---------------------------------------------------------------------------


def test_a_constant_float_tensor_that_a_variable_is_written_into_joins_the_graph():
    x = mg.tensor([1.0, 2.0])
    c = mg.zeros(3, constant=True)
    c[:2] = x
    assert c.constant is False
    (c * [3.0, 4.0, 5.0]).sum().backward()
    assert x.grad.tolist() == [3.0, 4.0]
    assert c.grad.tolist() == [3.0, 4.0, 5.0]


@pytest.mark.parametrize("name", AUGMENTED)
def test_so_does_one_that_is_updated_by_a_variable(name):
    x = mg.tensor(2.0)
    c = mg.tensor([1.0, 2.0], constant=True)
    c = AUGMENTED[name](c, x)
    assert c.constant is False
    c.sum().backward()
    assert x.grad is not None


def test_so_does_one_whose_view_a_variable_is_written_into():
    x = mg.tensor(2.0)
    c = mg.zeros(3, constant=True)
    v = c[1:]
    v[0] = x
    assert c.constant is False
    assert v.constant is False
    (c * [3.0, 4.0, 5.0]).sum().backward()
    assert x.grad == 4.0


def test_a_constant_that_a_constant_is_written_into_stays_one():
    c = mg.zeros(3, constant=True)
    c[0] = 5.0
    c += mg.tensor(1.0, constant=True)
    assert c.constant is True
    assert c.data.tolist() == [6.0, 1.0, 1.0]


@pytest.mark.parametrize(
    "write",
    [
        lambda i, x: i.__setitem__(0, x),
        lambda i, x: i.__setitem__(slice(None), x),
        lambda i, x: i[:1].__setitem__(0, x),
        lambda i, x: i.__iadd__(x),
        lambda i, x: np.copyto(i, x, casting="unsafe"),
        lambda i, x: np.add(x, x, out=i, casting="unsafe"),
    ],
    ids=["setitem", "setitem slice", "view", "iadd", "copyto", "out"],
)
def test_a_variable_cannot_be_written_into_integers(write):
    i, x = mg.tensor([1, 2, 3]), mg.tensor(2.5)
    with pytest.raises((TypeError, ValueError, mg.GradientLost)):
        write(i, x)
    assert i.data.tolist() == [1, 2, 3]
    assert i.constant is True


def test_a_number_written_into_integers_is_cast_as_numpy_casts_it():
    i = mg.tensor([1, 2, 3])
    i[0] = 2.9
    i[1:] = np.array([3.9, -4.9])
    assert i.data.tolist() == [2, 3, -4]
    i[0] = mg.tensor(7.7, constant=True)
    assert i.data.tolist() == [7, 3, -4]


@pytest.mark.parametrize(
    "other", [1.5, np.array([1.5]), mg.tensor([1.5], constant=True)], ids=["float", "array", "tensor"]
)
def test_an_augmented_assignment_that_numpy_refuses_to_cast_is_refused(other):
    i = mg.tensor([1, 2, 3])
    with pytest.raises(TypeError):
        i += other
    assert i.data.tolist() == [1, 2, 3]


def test_the_dtype_of_the_target_decides():
    x, w = mg.tensor([1.0, 2.0], dtype=np.float32), mg.tensor([3.0, 4.0])
    y = x * 1
    y *= w
    y[0] = w[0]
    assert y.dtype == np.float32
    y.sum().backward()
    assert w.grad.tolist() == [1.0, 2.0]
    assert x.grad.tolist() == [0.0, 4.0]
    assert (w.grad.dtype, x.grad.dtype) == (np.float64, np.float32)


def test_an_overflow_on_the_way_to_a_smaller_type_warns_as_numpy_does():
    x = mg.tensor([1.0], dtype=np.float32)
    with pytest.warns(RuntimeWarning):
        x[0] = 1e300
    assert np.isposinf(x.data[0])


def test_a_variable_may_be_overwritten_with_numbers():
    x = mg.tensor([1.0, 2.0, 3.0])
    y = x * 2.0
    y[0] = 7.0
    y[1:] *= 3.0
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 6.0, 6.0]
    assert y.grad.tolist() == [1.0, 1.0, 1.0]


# --- read-only data -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITES)
def test_read_only_data_is_not_written(name):
    x = mg.tensor([1.0, 2.0, 3.0])
    x.data.flags.writeable = False
    with pytest.raises(ValueError):
        WRITES[name](x, 4.0)
    assert x.data.tolist() == [1.0, 2.0, 3.0]
    assert not x.data.flags.writeable


@pytest.mark.parametrize("places", [[0], [99], []])
def test_numpy_says_first_that_what_is_put_into_is_read_only(places):
    x = mg.tensor(np.ones((3, 3)))
    with pytest.raises(ValueError, match="read-only"):
        np.put(np.diagonal(x), places, 1.0)
    y = x * 1.0
    kept = y * y
    data = y.data  # which the guard locks
    assert not data.flags.writeable
    np.put(y, [0], 5.0)
    assert y[0, 0] == 5.0
    assert kept[0, 0] == 1.0


def test_a_read_only_array_stays_so_in_a_tensor():
    a = np.array([1.0, 2.0])
    a.flags.writeable = False
    x = mg.tensor(a, copy=False)
    with pytest.raises(ValueError):
        x[0] = 5.0
    assert mg.tensor(a).data.flags.writeable


# --- gradients of what is written ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "index", "value"),
    [
        ((3,), 0, ()),
        ((3,), slice(None), ()),
        ((3,), slice(None), (1,)),
        ((2, 3), slice(None), (3,)),
        ((2, 3), slice(None), (2, 1)),
        ((2, 3), 0, (3,)),
        ((2, 3), (slice(None), 1), (2,)),
        ((2, 3), (slice(None), 1), ()),
        ((3,), slice(None), (1, 3)),
        ((2, 3), ..., (1, 1, 2, 3)),
        ((2, 3), [1, 0], (2, 3)),
        ((2, 3), ([1, 0], [2, 2]), (2,)),
        ((2, 3), ([1, 0], [2, 2]), ()),
        ((2, 3), np.array([[True, False, True], [False, True, False]]), (3,)),
        ((2, 3), np.array([[True, False, True], [False, True, False]]), ()),
        ((2, 3), (0, ...), (3,)),
        ((3,), slice(0, 0), ()),
        ((3,), slice(0, 0), (0,)),
    ],
    ids=repr,
)
def test_a_value_that_is_broadcast_gets_the_sum_of_what_it_was_spread_over(target, index, value):
    rng = np.random.default_rng(3)
    a, b, weights = rng.normal(size=target), rng.normal(size=value), rng.normal(size=target)
    x, v = mg.tensor(a), mg.tensor(b)
    y = x * 1.0
    y[index] = v
    expected = a.copy()
    expected[index] = b
    np.testing.assert_array_equal(y.data, expected)
    (y * weights).sum().backward()

    kept = weights.copy()
    kept[index] = 0.0
    np.testing.assert_array_equal(gradient(x), kept)
    for direction in rng.normal(size=(2, *value)):
        moved = np.zeros(target)
        moved[index] = direction
        assert np.sum(v.grad * direction) == pytest.approx(np.sum(moved * weights))
    assert v.grad.shape == value


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.int16, np.intp])
def test_of_several_values_written_to_one_place_the_last_gets_the_gradient(dtype):
    x, b = mg.tensor([1.0, 2.0, 3.0]), mg.tensor([10.0, 20.0, 30.0])
    y = x * 1.0
    y[np.array([0, 0, 1], dtype=dtype)] = b
    assert y.data.tolist() == [20.0, 30.0, 3.0]
    (y**2).sum().backward()
    assert b.grad.tolist() == [0.0, 40.0, 60.0]
    assert x.grad.tolist() == [0.0, 0.0, 6.0]


def test_of_several_rows_written_to_one_place_the_last_gets_the_gradient():
    x, b = mg.tensor(np.ones((2, 2))), mg.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    y = x * 1.0
    y[[1, 1, 0]] = b
    assert y.data.tolist() == [[5.0, 6.0], [3.0, 4.0]]
    (y * [[1.0, 10.0], [100.0, 1000.0]]).sum().backward()
    assert b.grad.tolist() == [[0.0, 0.0], [100.0, 1000.0], [1.0, 10.0]]


def test_an_augmented_write_to_one_place_twice_counts_once():
    x, b = mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0])
    y = x * 1.0
    y[[0, 0]] += 1.0
    assert y.data.tolist() == [2.0, 2.0]
    y[[0, 0]] += b
    assert y.data.tolist() == [6.0, 2.0]
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    assert b.grad.tolist() == [0.0, 1.0]


def test_masks_and_index_arrays_may_be_tensors():
    x = mg.tensor([1.0, 2.0, 3.0])
    y = x * 1.0
    y[mg.tensor([True, False, False])] = mg.tensor([7.0])
    y[mg.tensor([1])] = 8.0
    assert y.data.tolist() == [7.0, 8.0, 3.0]
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 1.0]


def test_the_hinge_loss_idiom():
    """Writes into an intermediate by mask and by index arrays, as one does by hand in NumPy."""
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(20, 5)), rng.integers(0, 5, 20)
    index = (range(20), labels)

    def loss(s):
        margins = s - s[index][:, np.newaxis] + 1.0
        margins[margins <= 0] = 0.0
        margins[index] = 0.0
        return margins.sum() / 20.0

    x = mg.tensor(scores)
    value = loss(x)
    assert value.item() == pytest.approx(loss(scores))
    value.backward()
    step = 1e-6
    expected = np.zeros_like(scores)
    for i in np.ndindex(scores.shape):
        e = np.zeros_like(scores)
        e[i] = step
        expected[i] = (loss(scores + e) - loss(scores - e)) / (2 * step)
    np.testing.assert_allclose(x.grad, expected, atol=1e-7)


def test_a_preallocated_recurrence():
    a, out = mg.tensor(0.5), mg.zeros(6)
    out[0] = 1.0
    for i in range(1, 6):
        out[i] = np.tanh(out[i - 1] * a) + 0.1
    out[-1].backward()

    def last(v):
        y = 1.0
        for _ in range(1, 6):
            y = np.tanh(y * v) + 0.1
        return y

    assert a.grad == pytest.approx((last(0.5 + 1e-6) - last(0.5 - 1e-6)) / 2e-6, rel=1e-7)


def test_a_tensor_over_the_users_array_is_written_where_the_user_sees_it():
    a = np.zeros(3)
    t = mg.tensor(a, copy=False)
    x = mg.tensor([1.0, 2.0])
    t[1:] = x * 2.0
    assert a.tolist() == [0.0, 2.0, 4.0]
    t.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    "alias",
    [
        lambda x: mg.astensor(x, constant=True),
        lambda x: mg.Tensor(x, copy=False),
        lambda x: mg.tensor(x, copy=False, constant=True),
        lambda x: mg.tensor(x.data, copy=False),
        lambda x: mg.tensor(x.data[1:], copy=False),
        lambda x: mg.astensor(x[1:], constant=True),
        lambda x: mg.astensor(x, constant=True)[::-1],
    ],
    ids="astensor Tensor tensor data part-of-data view view-of-astensor".split(),
)
@pytest.mark.parametrize("early", [True, False], ids=["made before", "made after"])
def test_a_write_through_another_tensor_over_the_same_memory_is_refused_or_harmless(alias, early):
    x = mg.tensor([1.0, 2.0, 3.0])
    other = alias(x) if early else None
    y = x * x
    other = alias(x) if other is None else other
    try:
        other[0] = 100.0
    except ValueError:
        assert x.data.tolist() == [1.0, 2.0, 3.0]
    y.backward()
    assert x.grad is None or x.grad.tolist() == [2.0, 4.0, 6.0]


def test_writes_to_several_views_in_turn():
    x = mg.tensor(np.arange(6.0).reshape(2, 3))
    y = x * 1.0
    top, right = y[0], y[:, 2]
    top *= 2.0
    right *= 5.0
    top[2] += 1.0
    expected = np.arange(6.0).reshape(2, 3)
    expected[0] *= 2.0
    expected[:, 2] *= 5.0
    expected[0, 2] += 1.0
    np.testing.assert_array_equal(y.data, expected)
    np.testing.assert_array_equal(top.data, expected[0])
    np.testing.assert_array_equal(right.data, expected[:, 2])
    y.sum().backward()
    assert x.grad.tolist() == [[2.0, 2.0, 10.0], [1.0, 1.0, 5.0]]


def test_what_was_read_from_a_view_before_a_write_keeps_its_value_and_its_derivative():
    x = mg.tensor([1.0, 2.0, 3.0])
    y = x * 1.0
    v = y[:2]
    before = v * v
    y[0] = 100.0
    after = v * v
    (before + 10.0 * after).sum().backward()
    assert before.data.tolist() == [1.0, 4.0]
    assert after.data.tolist() == [10000.0, 4.0]
    assert x.grad.tolist() == [2.0, 4.0 + 40.0, 0.0]


@pytest.mark.parametrize("step", [1, -1])
def test_writes_through_views_of_a_base_whose_memory_runs_backward(step):
    """A view of the base is a view of a buffer only if that runs the same way."""
    x = mg.tensor([1.0, 2.0, 3.0])
    y = mg.tensor(np.ones((2, 3))[::-1, ::step], copy=False)
    y[0] = x
    view = np.flip(y, axis=0).reshape(6) if step > 0 else y[::-1, ::-1].reshape(6)
    view[3:] = view[3:] * 10.0
    (y * y).sum().backward()
    np.testing.assert_array_equal(x.grad, 200.0 * x.data)


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("index", [slice(1, 3), 2, [0, 2], [True, False, True, False]], ids=str)
def test_what_was_written_has_its_gradient_if_it_is_kept_and_else_the_others_have_theirs(index, keep):
    x, v = mg.tensor([1.0, 2.0, 3.0, 4.0]), mg.tensor(5.0)
    y = x * 3.0
    y[index] = v
    loss = (y * y).sum()
    expected = 2.0 * y.data
    y = y if keep else None
    loss.backward()
    written = np.zeros(4, bool)
    written[index] = True
    np.testing.assert_array_equal(x.grad, np.where(written, 0.0, 3.0 * expected))
    np.testing.assert_array_equal(v.grad, expected[written].sum())
    if keep:
        np.testing.assert_array_equal(y.grad, expected)


# --- what is added to a part --------------------------------------------------------------------------------


def test_an_addition_to_a_part_is_one_node_and_its_write_back_none():
    x, v = mg.tensor(np.ones((4, 4))), mg.tensor(np.ones(2))
    y = x * 2.0
    before = y.creator
    y[1:3, 1:3] += v
    assert repr(y.creator.rule) == "<rule of x[index] += value>"
    assert y.creator.parents[0] is before
    middle = y[1:3]
    middle -= 1.0
    assert repr(y.creator.rule) == "<rule of x[index] -= value>"
    assert len(y.creator.parents) == 1


TARGETS = {
    "a slice": lambda y: y[1:3],
    "a row": lambda y: y[1],
    "steps backward": lambda y: y[::-2],
    "a view of a view": lambda y: y[1:].T[1:3],
    "another shape": lambda y: y.reshape(2, 8)[:, ::3],
    "a diagonal": lambda y: y.reshape(16)[::5],
    "all": lambda y: y[...],
}
ADDENDS = {
    "its shape": lambda v, part: (
        np.broadcast_to(v[0, 0], part.shape) * v.flat[: part.size].reshape(part.shape)
    ),
    "a row": lambda v, part: v.flat[: part.shape[-1]],
    "one number": lambda v, part: v[0, 1],
    "itself": lambda v, part: part,
    "itself, backward": lambda v, part: part[::-1],
    "a constant": lambda v, part: 3.0,
    "a constant of its shape": lambda v, part: np.full(part.shape, 3.0),
}


@pytest.mark.parametrize("sign", ["+", "-"])
@pytest.mark.parametrize("addend", ADDENDS)
@pytest.mark.parametrize("target", TARGETS)
def test_an_addition_to_a_part_has_the_derivatives_of_a_write_of_the_sum(target, addend, sign):
    r = np.random.default_rng(5)
    a, b, w = r.normal(size=(3, 4, 4))

    def added(x, v):
        y = x * x
        part = TARGETS[target](y)
        if sign == "+":
            part += ADDENDS[addend](v, part)
        else:
            part -= ADDENDS[addend](v, part)
        return (y * y * w).sum() + (part * part).sum()

    def written(x, v):
        y = x * x
        part = TARGETS[target](y)
        other = ADDENDS[addend](v, part)
        part[...] = part + other if sign == "+" else part - other
        return (y * y * w).sum() + (part * part).sum()

    for got, expected in zip(derivatives(added, a, b), derivatives(written, a, b), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-11)


def derivatives(f, *arrays):
    """The value of `f`, its gradients, those of a product of these, and a derivative in a direction."""
    tensors = [mg.tensor(a) for a in arrays]
    value = f(*tensors)
    leaves = [node_of(t) for t in tensors]
    directions = [np.cos(a) for a in arrays]
    directional = forward(node_of(value), dict(zip(leaves, directions, strict=True)))
    recorded = forward(node_of(value), dict(zip(leaves, map(mg.tensor, directions), strict=True)), graph=True)
    along = [] if node_of(recorded) is None else gradients(node_of(recorded), leaves)
    first = gradients(node_of(value), leaves, graph=True)
    product = sum((c * np.sin(a)).sum() for c, a in zip(first, arrays, strict=True) if c is not None)
    second = gradients(node_of(product), leaves) if isinstance(product, mg.Tensor) else []
    value.backward()
    results = [value.data, directional, recorded, *[t.grad for t in tensors], *first, *second, *along]
    return [0.0 if r is None else getattr(r, "data", r) for r in results]


@pytest.mark.parametrize("index", [np.array([0, 0, 3]), (slice(1, 3), [0, 0, 1]), slice(1, 3)])
@pytest.mark.parametrize("part", [slice(None), slice(None, None, -1)])
def test_an_addition_by_numbers_has_all_derivatives(index, part):
    a, b = np.random.default_rng(5).normal(size=(2, 4, 4))

    def added(x, v):
        y = x * x
        np.add.at(y[part], index, v[: y[part][index].shape[0], : y[part][index].shape[1]])
        return (y * y * np.arange(4.0)).sum()

    def summed(x, v):
        y = (x * x)[part]
        n, m = y[index].shape
        for i in range(n):
            for j in range(m):
                place = np.zeros((4, 4))
                ones = np.zeros((n, m))
                ones[i, j] = 1.0
                np.add.at(place, index, ones)
                y = y + place * v[i, j]
        return (y[part] * y[part] * np.arange(4.0)).sum()

    for got, expected in zip(derivatives(added, a, b), derivatives(summed, a, b), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-11)


def test_a_complex_addition_to_a_real_part_is_that_of_numpy():
    z, v = mg.tensor([1.0 + 2.0j, 3.0 - 1.0j]), mg.tensor([2.0, 5.0])
    y = z * 1.0
    y.real += v
    y.imag -= 2.0 * v
    np.testing.assert_array_equal(y.data, [3.0 - 2.0j, 8.0 - 11.0j])
    (y * y).real.sum().backward()
    np.testing.assert_allclose(z.grad, np.conj(2.0 * y.data))
    np.testing.assert_allclose(v.grad, (2.0 * y.data * (1.0 - 2.0j)).real)


def test_an_addition_through_a_constant_view_leaves_a_constant():
    x, v = mg.tensor([1.0, 2.0, 3.0]), mg.tensor([10.0, 20.0])
    y = x * 1.0
    part = mg.reshape(y[1:], (2,), constant=True)
    part += v
    y.sum().backward()
    assert y.data.tolist() == [1.0, 12.0, 23.0]
    assert x.grad.tolist() == [1.0, 0.0, 0.0]


def test_a_graph_with_additions_can_be_swept_twice():
    x, v = mg.tensor(np.arange(6.0)), mg.tensor([1.0, 2.0])
    y = x * 1.0
    y[:2] += v
    y[1:3] += y[:2] * v
    loss = (y * y).sum()
    loss.backward(retain_graph=True)
    first = x.grad.copy(), v.grad.copy()
    loss.backward()
    np.testing.assert_array_equal(first[0], x.grad)
    np.testing.assert_array_equal(first[1], v.grad)


def test_a_write_of_a_view_into_itself_makes_a_new_value():
    x = mg.tensor([1.0, 2.0, 3.0])
    y = x * x
    x[1:] = x[1:]
    y.backward()
    assert x.grad is None
    x = mg.tensor([1.0, 2.0, 3.0])
    part = x[1:]
    part += 1.0
    z = x * x
    x[1:] = part
    z.backward()
    assert x.grad is None


# --- parts of a large array ---------------------------------------------------------------------------------

N = 3000  # elements of a part, too many for a copy of it to be cheap


def kept(f, results):
    def keeping(*args):
        results.append(f(*args))
        return results[-1]

    return keeping


PARTS = {
    "a product": lambda x, w: x * w,
    "a product with a number": lambda x, w: x * 2.0,
    "a quotient": lambda x, w: w / x,
    "a sum": lambda x, w: x + w,
    "what it was": lambda x, w: x**1,
    "a power": lambda x, w: np.abs(x) ** w[0],
    "a function": lambda x, w: np.sin(x),
    "something used twice": lambda x, w: (lambda p: p * np.exp(p))(x * w),
    "a part itself": lambda x, w: x,
    "what is broadcast": lambda x, w: x[:1] * w[:1],
    "single precision": lambda x, w: x.astype(np.float32) * w.astype(np.float32),
    "the greater": lambda x, w: np.maximum(x * w, w),
    "a branch": lambda x, w: np.where(x > 0, np.log(np.abs(x)) * w, 0.0),
}


@pytest.mark.parametrize("keep", [False, True], ids=["", "kept"])
@pytest.mark.parametrize("name", PARTS)
def test_parts_written_have_the_gradient_of_parts_joined(name, keep):
    r = np.random.default_rng(2)
    a, b, c = r.normal(size=(3, 3 * N))
    results = []
    f = kept(PARTS[name], results) if keep else PARTS[name]

    def written(x, w):
        y = mg.zeros(3 * N, dtype=float)
        for part in (slice(0, N), slice(N, 2 * N), slice(2 * N, 3 * N)):
            y[part] = f(x[part], w[part])
        y[: N // 2] = y[N : N + N // 2] * 2.0
        return y

    def joined(x, w):
        parts = [f(x[i : i + N], w[i : i + N]) * np.ones(N) for i in (0, N, 2 * N)]
        first = np.concatenate([parts[1][: N // 2] * 2.0, parts[0][N // 2 :]])
        return np.concatenate([first, *parts[1:]])

    found = []
    for program in (written, joined):
        x, w = mg.tensor(a), mg.tensor(b)
        loss = (program(x, w) ** 2 * c).sum()
        loss.backward(retain_graph=True)
        first = gradient(x).copy(), gradient(w).copy()
        found.append(first)
        loss.backward()
        np.testing.assert_array_equal(first[0], gradient(x))
        np.testing.assert_array_equal(first[1], gradient(w))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-6, atol=1e-12)


def test_what_a_large_part_overwrites_does_not_meet_what_is_undefined_there():
    x, w = mg.tensor(np.zeros(2 * N)), mg.tensor(np.ones(N))
    with np.errstate(divide="ignore"):
        roots = np.sqrt(x)
        y = mg.zeros(2 * N, dtype=float)
        y[:N] = roots[:N] * w
        y[N:] = np.sqrt(x[N:])
    y[: N - 5] = 1.0
    y[N + 5 :] = 1.0
    with np.errstate(divide="ignore"):
        y.sum().backward()
    assert (x.grad[: N - 5] == 0.0).all()
    assert (x.grad[N - 5 : N + 5] == np.inf).all()
    assert (x.grad[N + 5 :] == 0.0).all()


@pytest.mark.parametrize("holder", ["nobody", "its data", "a view", "a node", "a tensor over it"])
def test_whoever_holds_an_array_sees_it_written(holder):
    x, y = mg.tensor([1.0, 2.0, 3.0]), mg.tensor([0.5, 0.25, 2.0])
    z = x * 1.0
    held = {
        "nobody": lambda: None,
        "its data": lambda: z.data,
        "a view": lambda: z[:2],
        "a node": lambda: z * z,
        "a tensor over it": lambda: mg.tensor(z.data, copy=False),
    }[holder]()
    z *= y
    z += 1.0
    np.testing.assert_array_equal(z.data, [1.5, 1.5, 7.0])
    if holder == "a node":
        np.testing.assert_array_equal(held.data, [1.0, 4.0, 9.0])
    elif held is not None:
        np.testing.assert_array_equal(mg.asarray(held), z.data[: len(held)])
    z.sum().backward()
    np.testing.assert_array_equal(x.grad, y.data)
    np.testing.assert_array_equal(y.grad, x.data)


@pytest.mark.parametrize(("a", "b"), [("C", "F"), ("F", "C"), ("F", "F"), ("C", "C")])
def test_an_array_that_is_written_keeps_its_layout(a, b):
    values, other = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    x = mg.tensor(np.array(values, order=a))
    y = x * 1.0
    y += np.array(other, order=b)
    assert y.strides == (x * 1.0).strides
