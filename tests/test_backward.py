"""``backward``: which gradients it sets, when they are cleared, and what becomes of the graph."""

import gc
import weakref

import numpy as np
import pytest

import mygrad as mg

# --- what backward computes ---------------------------------------------------------------------------------


def test_a_square():
    x = mg.tensor([1.0, 2.0, 3.0])
    np.sum(x * x).backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


def test_backward_returns_nothing():
    assert (mg.tensor(1.0) * 2.0).backward() is None


def test_every_tensor_of_the_graph_gets_its_gradient():
    x = mg.tensor([1.0, 2.0])
    m = x * 3.0
    n = m * m
    loss = n.sum()
    loss.backward()
    assert loss.grad == 1.0
    assert n.grad.tolist() == [1.0, 1.0]
    assert m.grad.tolist() == [6.0, 12.0]
    assert x.grad.tolist() == [18.0, 36.0]


def test_gradients_are_arrays_of_the_tensors_shape():
    for shape in [(), (3,), (2, 0), (2, 3)]:
        x = mg.tensor(np.ones(shape))
        y = x * 2.0
        y.backward()
        for t in (x, y):
            assert type(t.grad) is np.ndarray
            assert t.grad.shape == shape


def test_a_tensor_that_is_not_a_number_counts_as_its_sum():
    a = np.arange(6.0).reshape(2, 3)
    x, y = mg.tensor(a), mg.tensor(a)
    (x**2).backward()
    (y**2).sum().backward()
    np.testing.assert_array_equal(x.grad, y.grad)


def test_paths_add_up():
    x = mg.tensor(3.0)
    y = x * x
    z = y * x + y + x
    z.backward()
    assert x.grad == 3 * 9.0 + 2 * 3.0 + 1
    assert y.grad == 4.0


def test_the_same_operand_twice():
    x = mg.tensor([1.0, 2.0])
    (x + x).backward()
    assert x.grad.tolist() == [2.0, 2.0]
    (x - x).backward()
    assert x.grad.tolist() == [0.0, 0.0]


def test_an_array_like_is_a_constant():
    x = mg.tensor([1.0, 2.0, 3.0])
    (x * [-1.0, 0.0, 10.0]).backward()
    assert x.grad.tolist() == [-1.0, 0.0, 10.0]


def test_a_tensor_that_the_result_does_not_depend_on_keeps_no_gradient():
    x, other = mg.tensor(1.0), mg.tensor(2.0)
    y = x * 2.0
    unused = other * x
    y.backward()
    assert other.grad is None
    assert unused.grad is None


def test_constants_have_no_gradient():
    x, c = mg.tensor([1.0]), mg.tensor([2.0], constant=True)
    d = c * c
    (x * d).backward()
    assert c.grad is None
    assert d.grad is None
    assert x.grad.tolist() == [4.0]


def test_backward_on_a_constant_does_nothing():
    c = mg.tensor([1.0, 2.0], constant=True)
    x = mg.tensor([1.0, 2.0])
    assert c.backward() is None
    assert (c * 2.0).backward() is None
    mg.multiply(x, 2.0, constant=True).backward()
    assert c.grad is None
    assert x.grad is None


# --- the argument -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "grad",
    [
        2.0,
        2,
        np.float32(2.0),
        np.array(2.0),
        [2.0],
        [1.0, 2.0, 3.0],
        np.array([1, 2, 3]),
        [[1.0], [2.0]],
        np.ones((2, 3)),
    ],
    ids=repr,
)
def test_the_argument_is_broadcast_to_the_tensor(grad):
    x = mg.tensor(np.ones((2, 3)))
    y = x * 3.0
    y.backward(grad)
    full = np.broadcast_to(grad, (2, 3))
    np.testing.assert_array_equal(y.grad, full)
    np.testing.assert_array_equal(x.grad, 3.0 * full)
    assert y.grad.flags.writeable


def test_the_argument_may_be_a_tensor():
    x = mg.tensor([1.0, 2.0])
    (x * 3.0).backward(mg.tensor([1.0, 10.0]))
    assert x.grad.tolist() == [3.0, 30.0]


def test_the_argument_can_be_named():
    x = mg.tensor([1.0, 2.0])
    (x * 3.0).backward(grad=[1.0, 10.0], retain_graph=False)
    assert x.grad.tolist() == [3.0, 30.0]


def test_a_number_scales_the_gradient():
    x = mg.tensor(3.0)
    x.backward(2.0)
    assert x.grad == 2.0


@pytest.mark.parametrize(
    ("shape", "bad"), [((3,), (1, 3)), ((3,), (2,)), ((), (1,)), ((2, 3), (3, 2)), ((1, 3), (2, 3))], ids=repr
)
def test_an_argument_of_the_wrong_shape_is_refused_and_one_can_try_again(shape, bad):
    x = mg.tensor(np.ones(shape))
    y = x * 3.0
    with pytest.raises(ValueError) as error:
        y.backward(np.ones(bad))
    assert str(shape) in str(error.value)
    assert str(bad) in str(error.value)
    assert x.grad is None
    y.backward(2.0)
    np.testing.assert_array_equal(x.grad, np.full(shape, 6.0))


def test_an_argument_that_is_no_number_is_refused_and_one_can_try_again():
    x = mg.tensor([1.0])
    y = x * 3.0
    with pytest.raises((ValueError, TypeError)):
        y.backward("a")
    y.backward()
    assert x.grad.tolist() == [3.0]


# --- types --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_a_gradient_has_the_dtype_of_its_tensor(dtype):
    x, y = mg.tensor([1.0, 2.0], dtype=dtype), mg.tensor([3.0, 4.0])
    z = x * y
    z.backward(np.float32(1.0))
    assert x.grad.dtype == dtype
    assert y.grad.dtype == np.float64
    assert z.grad.dtype == z.dtype
    assert x.grad.tolist() == [3.0, 4.0]


def test_a_gradient_is_computed_in_the_higher_precision_and_then_cast():
    x = mg.tensor(1.0, dtype=np.float32)
    (x * np.float64(1e-30) * np.float64(1e30)).backward()
    assert x.grad == np.float32(1.0)


def test_gradients_follow_the_layout_of_the_data():
    x = mg.tensor(np.asfortranarray(np.arange(6.0).reshape(2, 3)), copy=False)
    (x * x).backward()
    assert x.grad.flags.f_contiguous


# --- no aliasing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [
        lambda x, y: x + y,
        lambda x, y: x - y,
        lambda x, y: +x + y,
        lambda x, y: (x + y) + (x + y),
        lambda x, y: mg.add(x, y, where=np.ones(3, bool), out=np.zeros(3)),
        lambda x, y: np.stack([x, y]),
        lambda x, y: np.concatenate([x, y]),
        lambda x, y: np.where([True, False, True], x, y),
        lambda x, y: x.reshape(3, 1) + y.reshape(3, 1),
        lambda x, y: x.copy() + y.astype(float),
        lambda x, y: np.positive(x) + np.broadcast_to(y, (3,)),
        lambda x, y: x * 1.0 + np.sum(y) * np.ones(3),
        lambda x, y: np.sum(x) + y,
        lambda x, y: np.real(x) + np.conj(y),
    ],
)
def test_gradients_of_different_tensors_never_share_memory(operation):
    x, y = mg.tensor([1.0, 2.0, 3.0]), mg.tensor([4.0, 5.0, 6.0])
    z = operation(x, y)
    g = np.ones(z.shape)
    z.backward(g)
    arrays = [x.grad, y.grad, z.grad, g, x.data, y.data, z.data]
    for i, a in enumerate(arrays):
        for b in arrays[:i]:
            assert not np.shares_memory(a, b)
    before = y.grad.copy(), z.grad.copy()
    x.grad[...] = 100.0
    np.testing.assert_array_equal(y.grad, before[0])
    np.testing.assert_array_equal(z.grad, before[1])


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize(
    "operation",
    [
        lambda x, y: np.concatenate([x, y]),
        lambda x, y: np.concatenate([x, y], axis=None),
        lambda x, y: np.stack([x, y]),
        lambda x, y: np.stack([x, y], axis=1),
        lambda x, y: np.concatenate([x + y.reshape(2, -1).reshape(-1), y]),
        lambda x, y: np.stack([x + y.reshape(2, -1).reshape(-1), y]),
        lambda x, y: np.concatenate([x, x, y]),
        lambda x, y: x.reshape(2, -1) + y.reshape(2, -1),
        lambda x, y: np.stack([x, y])[:, None] * np.ones((2, 3, 1)),
        lambda x, y: np.stack([np.sum(x) * np.ones(4000), y]),
    ],
)
def test_nor_do_those_of_large_tensors_that_were_joined(operation, keep):
    x, y = mg.tensor(np.arange(4000.0)), mg.tensor(np.arange(4000.0))
    z = operation(x, y)
    g = np.arange(z.size, dtype=float).reshape(z.shape)
    alone = [mg.tensor(t.data) for t in (x, y)]
    (operation(*alone) * g).backward()
    expected = [t.grad.copy() for t in alone]
    loss = z * g
    if not keep:
        z = loss
    loss.backward()
    np.testing.assert_array_equal(y.grad, expected[1])
    y.grad[...] = 7.0
    np.testing.assert_array_equal(x.grad, expected[0])
    np.testing.assert_array_equal(z.grad, g if keep else np.ones(z.shape))
    arrays = [x.grad, y.grad, z.grad, g, x.data, y.data]
    for i, a in enumerate(arrays):
        for b in arrays[:i]:
            assert not np.shares_memory(a, b)


@pytest.mark.parametrize("square", [lambda x: x * x, np.square, lambda x: x**2, lambda x: np.power(x, 2)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_a_large_square_has_the_gradient_of_a_small_one(square, dtype):
    a = (np.random.default_rng(0).normal(size=(70, 100)) + 1.0).astype(dtype)
    w = np.linspace(0.0, 2.0, 7000).reshape(a.shape)
    x = mg.tensor(a)
    square(x).real.sum().backward()
    np.testing.assert_array_equal(x.grad, np.conj(2 * a))
    assert x.grad.dtype == dtype
    (square(x).real * w).sum().backward()
    np.testing.assert_allclose(x.grad, np.conj(2 * a) * w, rtol=1e-6)


@pytest.mark.parametrize("operation", [np.concatenate, np.stack])
def test_the_gradients_of_large_tensors_that_were_joined_are_the_parts_of_one_array(operation):
    parts = [mg.tensor(np.arange(4000.0)) for _ in range(3)]
    (operation(parts) * 2.0).backward()
    assert len({id(t.grad.base) for t in parts}) == 1
    assert parts[0].grad.base is not None


def test_the_gradient_of_a_small_part_does_not_keep_a_large_array():
    x, y = mg.tensor(np.arange(5.0)), mg.tensor(np.arange(4000.0))
    (np.concatenate([x, y]) * 2.0).backward()
    assert x.grad.base is None


def test_gradients_of_intermediates_do_not_share_memory_either():
    x = mg.tensor([1.0, 2.0])
    chain = [x]
    for _ in range(4):
        chain.append(chain[-1] + 1.0)
    chain[-1].backward()
    for i, a in enumerate(chain):
        for b in chain[:i]:
            assert not np.shares_memory(a.grad, b.grad)


def test_a_gradient_is_not_the_callers_array():
    for make in (lambda t: t, lambda t: t * 1.0):
        x = make(mg.tensor([1.0, 2.0]))
        g = np.array([3.0, 4.0])
        x.backward(g)
        g[0] = 100.0
        assert x.grad.tolist() == [3.0, 4.0]


def test_gradients_are_writeable_and_keep_what_is_written():
    x = mg.tensor([1.0, 2.0])
    (x * 2.0).sum().backward()
    assert x.grad.flags.writeable
    x.grad[0] = 50.0
    assert x.grad.tolist() == [50.0, 2.0]
    g = x.grad
    g *= 2.0
    assert x.grad.tolist() == [100.0, 4.0]


def test_gradients_from_broadcasting_are_writeable():
    x = mg.tensor([1.0, 2.0, 3.0])
    x.sum().backward()
    assert x.grad.flags.writeable
    x.grad[0] = 5.0
    assert x.grad.tolist() == [5.0, 1.0, 1.0]


# --- when gradients are cleared -----------------------------------------------------------------------------


def test_gradients_do_not_accumulate_from_one_backward_to_the_next():
    x = mg.tensor([1.0, 2.0])
    for factor in (2.0, 5.0):
        (x * factor).backward()
        assert x.grad.tolist() == [factor, factor]


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x * 2.0,
        lambda x: np.sum(x),
        lambda x: mg.multiply(x, 2.0, constant=True),
        lambda x: x[[0, 1]],
        lambda x: x[np.array([True, False, True])],
        lambda x: np.where([True, False, True], x, 0.0),
        lambda x: x.__setitem__(0, 1.0),
        lambda x: x.__imul__(2.0),
    ],
    ids=["multiply", "sum", "constant", "index array", "mask", "where", "setitem", "imul"],
)
def test_using_a_tensor_clears_its_gradient(use):
    x = mg.tensor([1.0, 2.0, 3.0])
    (x * 2.0).sum().backward()
    assert x.grad is not None
    result = use(x)
    assert x.grad is None
    del result


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x > 1.0,
        lambda x: x == x,
        lambda x: np.isnan(x),
        lambda x: np.argmax(x),
        lambda x: x.any(),
        lambda x: repr(x),
        lambda x: x.shape,
        lambda x: x.data,
        lambda x: x.tolist(),
        lambda x: len(x),
        lambda x: x[:2],
        lambda x: x.reshape(3, 1),
        lambda x: x.T,
        lambda x: np.expand_dims(x, 0),
        lambda x: np.ravel(x),
    ],
    ids="greater equal isnan argmax any repr shape data tolist len slice reshape T expand_dims ravel".split(),
)
def test_looking_at_a_tensor_or_taking_a_view_keeps_its_gradient(use):
    x = mg.tensor([1.0, 2.0, 3.0])
    (x * 2.0).sum().backward()
    result = use(x)
    assert x.grad.tolist() == [2.0, 2.0, 2.0]
    del result


def test_using_a_view_clears_the_gradient_of_its_base_too():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    (x * 2.0).sum().backward()
    assert v.grad.tolist() == [2.0, 2.0]
    w = v * 3.0
    assert x.grad is None
    assert v.grad is None
    w.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0, 0.0]


def test_null_grad_clears_the_gradient_and_returns_the_tensor():
    x = mg.tensor([1.0, 2.0])
    (x * 2.0).backward()
    assert x.null_grad() is x
    assert x.grad is None
    assert x.null_grad() is x


def test_null_grad_keeps_the_graph():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    x.null_grad()
    y.null_grad()
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_null_grad_of_a_view_clears_what_it_shows():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    (x * 2.0).sum().backward()
    v.null_grad()
    assert v.grad is None


# --- a leaf's own backward ----------------------------------------------------------------------------------


def test_a_leafs_own_gradient_is_one():
    x = mg.tensor([1.0, 2.0])
    x.backward()
    assert x.grad.tolist() == [1.0, 1.0]
    x.backward(5.0)
    assert x.grad.tolist() == [5.0, 5.0]
    x.backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_leafs_own_backward_works_after_another_graph_was_consumed():
    x = mg.tensor([1.0, 2.0])
    (x * 3.0).backward()
    x.backward()
    assert x.grad.tolist() == [1.0, 1.0]


# --- consumed graphs ----------------------------------------------------------------------------------------


def test_backward_clears_the_graph():
    x = mg.tensor([1.0, 2.0])
    m = x * 3.0
    n = m * m
    n.backward()
    assert m.creator is None
    assert n.creator is None


def test_backward_frees_the_intermediates_that_nobody_holds():
    x = mg.tensor([1.0, 2.0])
    m = x * 3.0
    memory = weakref.ref(m.data)
    y = np.exp(m * m)
    del m
    y.backward()
    gc.collect()
    assert memory() is None
    assert y.grad is not None


def test_a_second_backward_is_refused():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    y.backward()
    with pytest.raises(mg.errors.InvalidBackprop):
        y.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_the_error_says_what_to_do():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    y.backward()
    with pytest.raises(mg.errors.InvalidBackprop, match="retain_graph"):
        y.backward()


def test_invalid_backprop_is_one_of_the_librarys_errors():
    assert issubclass(mg.errors.InvalidBackprop, mg.errors.MyGradException)
    assert issubclass(mg.errors.InvalidGradient, mg.errors.MyGradException)
    assert issubclass(mg.errors.MyGradException, Exception)


def test_two_losses_that_share_an_intermediate_cannot_be_differentiated_one_after_the_other():
    x = mg.tensor(1.0)
    m = x * 2.0
    first, second = m * 3.0, m * 5.0
    first.backward()
    with pytest.raises(mg.errors.InvalidBackprop):
        second.backward()


def test_nor_can_two_losses_that_share_a_leaf():
    x = mg.tensor([1.0, 2.0])
    first, second = (x * 2.0).sum(), (x * 3.0).sum()
    first.backward()
    with pytest.raises(mg.errors.InvalidBackprop):
        second.backward()


@pytest.mark.parametrize("index", [0, slice(0, 1), [0]], ids=str)
def test_nor_when_what_they_share_is_a_version_that_was_written_since(index):
    x = mg.tensor([1.0, 2.0, 3.0])
    y = x * 2.0
    y[index] = x[1]
    second = (y * 1.0).sum()  # of a version whose buffer the sweep hands on
    y[1] = x[0]
    (y * y).sum().backward()
    with pytest.raises(mg.errors.InvalidBackprop):
        second.backward()


def test_nor_when_what_they_share_was_used_again_in_between():
    x = mg.tensor(1.0)
    m = x * 2.0
    first, second = m * 3.0, m * 5.0
    first.backward()
    again = m * 1.0
    with pytest.raises(mg.errors.InvalidBackprop):
        second.backward()
    again.backward()
    assert m.grad == 1.0


def test_nor_when_the_shared_leaf_was_used_again_in_between():
    x = mg.tensor(1.0)
    first, second = x * 3.0, x * 5.0
    first.backward()
    again = x * 7.0
    with pytest.raises(mg.errors.InvalidBackprop):
        second.backward()
    again.backward()
    assert x.grad == 7.0


def test_nor_when_what_they_share_was_cleared_and_used_again():
    x = mg.tensor(1.0)
    m = x * 2.0
    n = m * 5.0
    m.clear_graph()
    again = m * 1.0
    with pytest.raises(mg.errors.InvalidBackprop):
        n.backward()
    again.backward()
    assert m.grad == 1.0


def test_nor_when_they_share_only_through_a_view():
    x = mg.tensor([1.0, 2.0, 3.0])
    m = x * 2.0
    first, second = (m[:2] * 3.0).sum(), (m[1:] * 5.0).sum()
    first.backward()
    with pytest.raises(mg.errors.InvalidBackprop):
        second.backward()


def test_a_refused_backward_changes_no_gradient():
    x, w = mg.tensor(1.0), mg.tensor(2.0)
    first, second = x * 3.0, x * w
    first.backward()
    with pytest.raises(mg.errors.InvalidBackprop):
        second.backward()
    assert x.grad == 3.0
    assert w.grad is None


def test_the_sum_of_two_losses_is_the_supported_pattern():
    x = mg.tensor([1.0, 2.0])
    first, second = (x * 2.0).sum(), (x * 3.0).sum()
    (first + second).backward()
    assert x.grad.tolist() == [5.0, 5.0]


def test_a_loss_that_is_part_of_a_bigger_one_that_was_consumed():
    x = mg.tensor(2.0)
    part = x * x
    whole = part * 3.0
    whole.backward()
    with pytest.raises(mg.errors.InvalidBackprop):
        part.backward()
    assert x.grad == 12.0


def test_a_bigger_loss_whose_part_was_consumed():
    x = mg.tensor(2.0)
    part = x * x
    whole = part * 3.0
    part.backward()
    with pytest.raises(mg.errors.InvalidBackprop):
        whole.backward()
    assert x.grad == 4.0


def test_an_intermediate_that_is_used_again_after_its_graph_was_consumed_acts_as_a_leaf():
    x = mg.tensor([1.0, 2.0])
    m = x * 2.0
    (m * 3.0).backward()
    assert x.grad.tolist() == [6.0, 6.0]
    (m * 5.0).backward()
    assert m.grad.tolist() == [5.0, 5.0]
    assert x.grad.tolist() == [6.0, 6.0]


def test_a_leaf_can_be_used_again_and_again():
    x = mg.tensor(1.0)
    for _ in range(3):
        y = x * x
        y.backward()
        assert x.grad == 2.0


def test_graphs_without_a_common_tensor_are_independent():
    x, y = mg.tensor(1.0), mg.tensor(2.0)
    first, second = x * 3.0, y * 5.0
    first.backward()
    second.backward()
    assert (x.grad, y.grad) == (3.0, 5.0)


def test_a_common_constant_does_not_tie_two_graphs():
    x, y, c = mg.tensor(1.0), mg.tensor(2.0), mg.tensor(7.0, constant=True)
    first, second = x * c, y * c
    first.backward()
    second.backward()
    assert (x.grad, y.grad) == (7.0, 7.0)


def test_a_graph_that_was_merely_dropped_leaves_the_others_alone():
    x = mg.tensor(1.0)
    kept, dropped = x * 3.0, x * 5.0
    del dropped
    kept.backward()
    assert x.grad == 3.0


# --- clear_graph --------------------------------------------------------------------------------------------


def test_clear_graph_takes_the_graph_away_without_gradients():
    x = mg.tensor([1.0, 2.0])
    m = x * 2.0
    y = m * m
    assert y.clear_graph() is None
    assert y.creator is None
    assert m.creator is None
    assert (x.grad, m.grad, y.grad) == (None, None, None)
    assert y.data.tolist() == [4.0, 16.0]


def test_backward_after_clear_graph_is_refused():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    y.clear_graph()
    with pytest.raises(mg.errors.InvalidBackprop):
        y.backward()
    assert x.grad is None


def test_clear_graph_keeps_gradients_that_are_there():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    y.backward()
    y.clear_graph()
    assert x.grad.tolist() == [2.0, 2.0]


def test_clear_graph_of_a_leaf_is_harmless():
    x = mg.tensor([1.0, 2.0])
    x.clear_graph()
    (x * 2.0).backward()
    assert x.grad.tolist() == [2.0, 2.0]


# --- retain_graph -------------------------------------------------------------------------------------------


def test_a_retained_graph_can_be_used_again_and_gradients_start_afresh():
    x = mg.tensor([1.0, 2.0])
    y = x * x
    for factor in (1.0, 10.0, 1.0):
        y.backward(factor, retain_graph=True)
        assert x.grad.tolist() == [2.0 * factor, 4.0 * factor]
        assert y.creator is not None
    y.backward()
    assert x.grad.tolist() == [2.0, 4.0]
    with pytest.raises(mg.errors.InvalidBackprop):
        y.backward()


def test_two_losses_over_a_retained_graph():
    x, w = mg.tensor([1.0, 2.0]), mg.tensor(3.0)
    m = x * w
    first, second = (m * 2.0).sum(), (m * m).sum()
    first.backward(retain_graph=True)
    assert x.grad.tolist() == [6.0, 6.0]
    assert w.grad == 6.0
    second.backward()
    assert x.grad.tolist() == [18.0, 36.0]
    assert w.grad == 30.0


def test_gradients_of_a_retained_graph_do_not_share_memory_with_the_ones_before():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    y.backward(retain_graph=True)
    kept = x.grad
    y.backward(3.0, retain_graph=True)
    assert kept.tolist() == [2.0, 2.0]
    assert x.grad.tolist() == [6.0, 6.0]


def test_a_retained_graph_can_grow():
    x = mg.tensor(2.0)
    y = x * x
    y.backward(retain_graph=True)
    (y * x).backward()
    assert x.grad == 12.0


def test_retain_graph_is_given_by_name():
    with pytest.raises(TypeError):
        (mg.tensor(1.0) * 2.0).backward(None, True)


# --- branches that are not taken ----------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: np.where(x > 0, np.log(x), 0.0), [0.0, 0.0, 0.5]),
        (lambda x: np.where(x != 0, 1.0 / x, 0.0), [-1.0, 0.0, -0.25]),
        (lambda x: np.where(x > 0, np.sqrt(x), 0.0), [0.0, 0.0, 0.5 / np.sqrt(2.0)]),
        (lambda x: np.where(x > 0, x / x, 0.0), [0.0, 0.0, 0.0]),
        (lambda x: np.log(x)[2:], [0.0, 0.0, 0.5]),
        (lambda x: np.sqrt(x)[[2]], [0.0, 0.0, 0.5 / np.sqrt(2.0)]),
    ],
    ids=["log", "reciprocal", "sqrt", "0/0", "slice", "index"],
)
def test_a_branch_that_is_not_taken_does_not_speak(function, expected):
    x = mg.tensor([-1.0, 0.0, 2.0])
    function(x).sum().backward()
    np.testing.assert_allclose(x.grad, expected)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_element_that_is_used_keeps_its_infinity_or_nan():
    x = mg.tensor([0.0, -1.0, 4.0])
    np.sqrt(x).sum().backward()
    assert np.isposinf(x.grad[0])
    assert np.isnan(x.grad[1])
    assert x.grad[2] == 0.25


def test_backward_leaves_numpys_error_state_as_it_was():
    before = np.geterr()
    x = mg.tensor([1.0, 2.0])
    (x / 3.0).backward()
    assert np.geterr() == before
    with np.errstate(all="raise"):
        x = mg.tensor([0.0, 1.0])
        np.sqrt(x).sum().backward()
    assert np.isposinf(x.grad[0])
    assert np.geterr() == before
