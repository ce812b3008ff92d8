"""Views share memory with their base, before and after everything, and so do their gradients."""

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mygrad as mg

VIEWS = {
    "slice": lambda a: a[1:],
    "reversed": lambda a: a[::-1],
    "column": lambda a: a[:, 1],
    "row": lambda a: a[1],
    "ellipsis": lambda a: a[...],
    "empty tuple": lambda a: a[()],
    "0-d": lambda a: a[1, 2, ...],
    "newaxis": lambda a: a[:, None],
    "nothing": lambda a: a[3:],
    "method reshape": lambda a: a.reshape(4, 3),
    "np.reshape": lambda a: np.reshape(a, -1),
    "method ravel": lambda a: a.ravel(),
    "np.ravel": lambda a: np.ravel(a),
    "T": lambda a: a.T,
    "mT": lambda a: a.mT,
    "method transpose": lambda a: a.transpose(1, 0),
    "np.transpose": lambda a: np.transpose(a),
    "method swapaxes": lambda a: a.swapaxes(0, 1),
    "np.swapaxes": lambda a: np.swapaxes(a, 0, 1),
    "np.moveaxis": lambda a: np.moveaxis(a, 0, -1),
    "np.rollaxis": lambda a: np.rollaxis(a, 1),
    "np.expand_dims": lambda a: np.expand_dims(a, (0, 2)),
    "np.squeeze": lambda a: np.squeeze(a[:, None]),
    "squeeze of nothing": lambda a: np.squeeze(a),
    "method squeeze of nothing": lambda a: a.squeeze(),
    "np.broadcast_to": lambda a: np.broadcast_to(a, (2, 3, 4)),
    "np.atleast_3d": lambda a: np.atleast_3d(a),
    "np.einsum": lambda a: np.einsum("ij->ji", a),
    "np.diagonal": lambda a: np.diagonal(a),
    "method diagonal": lambda a: a.diagonal(1),
    "np.flip": lambda a: np.flip(a, 1),
    "np.flipud": lambda a: np.flipud(a),
    "np.fliplr": lambda a: np.fliplr(a),
    "np.rot90": lambda a: np.rot90(a),
    "np.split": lambda a: np.split(a, 2, axis=1)[1],
    "np.array_split": lambda a: np.array_split(a, 2)[0],
    "np.hsplit": lambda a: np.hsplit(a, 2)[0],
    "np.vsplit": lambda a: np.vsplit(a, 3)[2],
    "iteration": lambda a: list(a)[1],
    "sliding windows": lambda a: np.lib.stride_tricks.sliding_window_view(a, 2, axis=1),
    "a view of a view": lambda a: a[1:].T[::2],
    "a view of a view of a view": lambda a: a.T[1:].ravel()[None] if a.ndim == 1 else a[:2][1:][0],
}
READ_ONLY = {"np.broadcast_to", "np.diagonal", "method diagonal", "sliding windows"}
COPIES = {
    "index array": lambda a: a[[0, 1]],
    "mask": lambda a: a[a > 3],
    "flatten": lambda a: a.flatten(),
    "ravel of a transpose": lambda a: a.T.ravel(),
    "reshape of a transpose": lambda a: a.T.reshape(-1),
    "copy": lambda a: a.copy(),
    "positive": lambda a: +a,
    "take": lambda a: np.take(a, [0, 1]),
    "roll": lambda a: np.roll(a, 1),
    "repeat": lambda a: np.repeat(a, 1),
    "concatenate": lambda a: np.concatenate([a]),
    "einsum": lambda a: np.einsum("ij,j->ij", a, np.ones(4)),
}


def matrix():
    return np.arange(12.0).reshape(3, 4)


def base():
    return mg.tensor(matrix())


@pytest.mark.parametrize("name", VIEWS)
def test_what_is_a_view_in_numpy_is_a_view_here(name):
    a = matrix()
    expected = VIEWS[name](a)
    assert np.shares_memory(a, expected) or expected.size == 0
    x = base()
    v = VIEWS[name](x)
    assert type(v) is mg.Tensor
    assert v.base is x
    assert (v.shape, v.dtype, v.data.strides) == (expected.shape, expected.dtype, expected.strides)
    np.testing.assert_array_equal(v.data, expected)
    assert v.size == 0 or np.shares_memory(v.data, x.data)
    assert v.data.flags.writeable == expected.flags.writeable
    assert v.constant is False


@pytest.mark.parametrize("name", COPIES)
def test_what_is_a_copy_in_numpy_is_a_copy_here(name):
    assert not np.shares_memory(COPIES[name](matrix()), matrix())
    x = base()
    c = COPIES[name](x)
    assert c.base is None
    assert not np.shares_memory(c.data, x.data)
    c[...] = 99.0
    np.testing.assert_array_equal(x.data, matrix())


def test_a_scalar_read_is_a_copy_but_an_ellipsis_makes_it_a_view():
    x = mg.tensor([1.0, 2.0])
    assert x[0].base is None
    assert x[0, ...].base is x
    assert x[...].base is x
    assert base()[0, 0].base is None


def test_the_base_is_the_owner_of_the_memory_and_never_a_view_in_between():
    x = base()
    v = x[1:]
    w = v.T
    assert w[0].base is x
    del v
    gc.collect()
    assert w.base is x


def test_a_tensor_made_by_reshaping_a_result_has_that_result_as_base():
    x = mg.arange(9.0).reshape(3, 3)
    assert x.base.shape == (9,)
    assert x[0].base is x.base
    flat = mg.arange(9.0)
    assert flat.reshape(3, 3)[1:].base is flat


def test_the_base_of_a_views_array_is_the_bases_array():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    assert v.data.base is x.data


def test_a_transposed_vector_is_a_view_and_not_the_tensor_itself():
    x = mg.tensor([1.0, 2.0])
    assert x.T is not x
    assert x.T.base is x


def test_atleast_kd_returns_the_tensor_itself_where_nothing_is_to_be_done():
    x = base()
    assert mg.atleast_1d(x) is x
    assert mg.atleast_2d(x) is x
    several = mg.atleast_1d(x, mg.tensor(1.0))
    assert several[0] is x
    assert several[1].shape == (1,)


def test_a_view_keeps_its_base_alive():
    x = base()
    v = x[1:]
    alive = weakref.ref(x)
    del x
    gc.collect()
    assert v.base is alive()
    del v
    gc.collect()
    assert alive() is None


def test_a_base_does_not_keep_its_views_alive():
    x = base()
    v = x[1:]
    alive = weakref.ref(v)
    del v
    assert alive() is None
    x[0] = 1.0


# --- derivatives of views -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_passes_its_gradient_on_to_its_base(name):
    """The loss is linear: its gradient is the weight that each element of the base meets."""
    x = base()
    v = VIEWS[name](x)
    w = np.arange(1.0, v.size + 1.0).reshape(v.shape)
    expected = np.zeros(12)
    positions = VIEWS[name](np.arange(12).reshape(3, 4))
    np.add.at(expected, positions.ravel(), w.ravel())
    (v * w).sum().backward()
    np.testing.assert_array_equal(x.grad, expected.reshape(3, 4))


@pytest.mark.parametrize("name", VIEWS)
def test_the_gradient_of_a_view_is_the_view_of_the_gradient_of_its_base(name):
    x = base()
    v = VIEWS[name](x)
    (v.sum() + (x**2).sum()).backward()
    np.testing.assert_array_equal(v.grad, VIEWS[name](x.grad))
    assert v.grad.shape == v.shape
    assert v.size == 0 or np.shares_memory(v.grad, x.grad)


def test_the_gradient_of_a_view_is_the_whole_gradient_and_not_only_what_came_through_it():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    w = v * 2.0
    (w.sum() + (x**2).sum()).backward()
    assert x.grad.tolist() == [4.0, 6.0, 6.0]
    assert v.grad.tolist() == [4.0, 6.0]


def test_a_view_that_took_no_part_in_the_loss_shows_the_gradient_too():
    x = mg.tensor([1.0, 2.0, 3.0])
    before = x[:2]
    (x * 2.0).sum().backward()
    after = x[1:]
    assert before.grad.tolist() == [2.0, 2.0]
    assert after.grad.tolist() == [2.0, 2.0]
    assert np.shares_memory(after.grad, x.grad)


def test_a_write_into_the_gradient_of_a_view_is_a_write_into_the_gradient_of_the_base():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    (x * 2.0).sum().backward()
    v.grad[0] = 50.0
    assert x.grad.tolist() == [50.0, 2.0, 2.0]


def test_backward_of_a_view_alone_gives_zeros_elsewhere():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    v.backward()
    assert x.grad.tolist() == [1.0, 1.0, 0.0]
    assert v.grad.tolist() == [1.0, 1.0]


def test_clearing_or_using_the_base_clears_the_gradient_of_its_views():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    (x * 2.0).sum().backward()
    x.null_grad()
    assert v.grad is None
    (x * 2.0).sum().backward()
    assert v.grad.tolist() == [2.0, 2.0]
    y = x * 3.0
    assert v.grad is None
    del y


def test_a_constant_view_of_a_variable_has_no_gradient():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x.reshape(3, 1, constant=True)
    assert v.constant is True
    assert np.shares_memory(v.data, x.data)
    (x * v.ravel()).sum().backward()
    assert x.grad.tolist() == [1.0, 2.0, 3.0]
    assert v.grad is None


def test_overlapping_views_add_up():
    x = mg.tensor([1.0, 2.0, 3.0])
    (x[1:] * x[:-1]).sum().backward()
    assert x.grad.tolist() == [2.0, 4.0, 2.0]


def test_the_product_of_a_vector_and_its_reverse():
    x = mg.tensor([2.0, 4.0, 8.0])
    (x * x[::-1]).backward()
    assert x.grad.tolist() == [16.0, 8.0, 4.0]


# --- writes through views -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in VIEWS if n not in READ_ONLY])
def test_a_write_into_a_view_is_seen_by_its_base_and_by_the_other_views(name):
    a, x = matrix(), base()
    other, mine = x.T, a.T
    v, expected = VIEWS[name](x), VIEWS[name](a)
    if v is x:
        pytest.skip("the tensor itself")
    v[...] = -1.0
    expected[...] = -1.0
    np.testing.assert_array_equal(x.data, a)
    np.testing.assert_array_equal(other.data, mine)
    np.testing.assert_array_equal(v.data, expected)
    assert v.base is x
    assert other.base is x


@pytest.mark.parametrize("name", VIEWS)
def test_a_write_into_the_base_is_seen_by_its_views(name):
    a, x = matrix(), base()
    v, expected = VIEWS[name](x), VIEWS[name](a)
    x[1] = -1.0
    a[1] = -1.0
    np.testing.assert_array_equal(v.data, expected)
    x *= 2.0
    a *= 2.0
    np.testing.assert_array_equal(v.data, expected)
    assert v.base is x


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_reads_the_derivative_of_what_was_written_into_its_base(name):
    x, w = base(), mg.tensor([1.0, 2.0, 3.0, 4.0])
    y = x * 1.0
    v = VIEWS[name](y)
    y[1] = w
    (v * v).sum().backward()

    counts = np.zeros(12)
    np.add.at(counts, VIEWS[name](np.arange(12).reshape(3, 4)).ravel(), 1.0)
    counts = counts.reshape(3, 4)
    expected = 2.0 * matrix() * counts
    expected[1] = 0.0
    np.testing.assert_array_equal(x.grad, expected)
    np.testing.assert_array_equal(w.grad, 2.0 * counts[1] * w.data)


@pytest.mark.parametrize("name", [n for n in VIEWS if n not in READ_ONLY])
def test_the_base_reads_the_derivative_of_what_was_written_into_a_view(name):
    x, w = base(), mg.tensor(3.0)
    y = x * 1.0
    v = VIEWS[name](y)
    v[...] = w * w
    y.sum().backward()
    counts = np.ones(12)
    counts[VIEWS[name](np.arange(12).reshape(3, 4)).ravel()] = 0.0
    np.testing.assert_array_equal(x.grad, counts.reshape(3, 4))
    assert w.grad == 6.0 * v.size


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_a_read_only_view_refuses_to_be_written(name):
    x = base()
    v = VIEWS[name](x)
    with pytest.raises(ValueError):
        v[...] = 1.0
    with pytest.raises(ValueError):
        v *= 2.0
    np.testing.assert_array_equal(x.data, matrix())


def test_writing_through_a_view_whose_intermediate_view_is_gone():
    x = base()
    w = x[1:].T[1:]
    gc.collect()
    w[0, 0] = 100.0
    assert x.data[1, 1] == 100.0
    x.T[0] = [7.0, 8.0, 9.0]
    x.reshape(12)[-1] = 50.0
    x[1:][0] *= 2.0
    expected = matrix()
    expected[1, 1] = 100.0
    expected.T[0] = [7.0, 8.0, 9.0]
    expected.reshape(12)[-1] = 50.0
    expected[1:][0] *= 2.0
    np.testing.assert_array_equal(x.data, expected)
    np.testing.assert_array_equal(w.data, expected[1:].T[1:])


def test_the_diagonal_by_einsum():
    x = mg.arange(9.0).reshape(3, 3)
    diag = np.einsum("ii->i", x)
    assert np.shares_memory(diag.data, x.data)
    diag *= -1.0
    assert x.data.tolist() == [[-0.0, 1.0, 2.0], [3.0, -4.0, 5.0], [6.0, 7.0, -8.0]]
    (x**2).backward()
    np.testing.assert_array_equal(x.grad, 2.0 * x.data)
    np.testing.assert_array_equal(diag.grad, [0.0, -8.0, -16.0])
    assert np.shares_memory(diag.grad, x.grad)


def test_two_diagonals():
    x = mg.tensor(np.arange(9.0).reshape(3, 3))
    diag = np.einsum("ii->i", x)
    anti = np.einsum("ii->i", x[:, ::-1])
    (diag - anti).sum().backward()
    assert x.grad.tolist() == [[1.0, 0.0, -1.0], [0.0, 0.0, 0.0], [-1.0, 0.0, 1.0]]


# --- views last ---------------------------------------------------------------------------------------------

ENDINGS = {
    "backward": lambda x: (x * 2.0).sum().backward(),
    "clear_graph": lambda x: (x * 2.0).sum().clear_graph(),
    "clear_graph of the tensor": lambda x: x.clear_graph(),
    "its own backward": lambda x: x.backward(),
    "two backwards": lambda x: [(x * 2.0).sum().backward() for _ in range(2)],
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_views_stay_views_when_the_graph_is_gone(ending):
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    ENDINGS[ending](x)
    assert v.base is x
    x[0] = 10.0
    assert v.data.tolist() == [10.0, 2.0]
    v[1] = 20.0
    assert x.data.tolist() == [10.0, 20.0, 3.0]
    assert np.shares_memory(x.data, v.data)
    assert v.base is x
    (x * x).sum().backward()
    assert x.grad.tolist() == [20.0, 40.0, 6.0]
    assert v.grad.tolist() == [20.0, 40.0]
    assert np.shares_memory(v.grad, x.grad)


def test_a_view_that_was_part_of_the_graph_stays_a_view_when_the_graph_is_gone():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    (v * 2.0).sum().backward()
    w = v * 5.0
    assert v.base is x
    w.sum().backward()
    assert x.grad.tolist() == [5.0, 5.0, 0.0]
    assert v.grad.tolist() == [5.0, 5.0]


def test_a_view_of_an_intermediate_stays_a_view_of_it_when_the_graph_is_gone():
    x = mg.tensor([1.0, 2.0, 3.0])
    m = x * 2.0
    v = m[:2]
    (v * 3.0).sum().backward()
    assert x.grad.tolist() == [6.0, 6.0, 0.0]
    (m[1:] * 5.0).sum().backward()
    assert m.grad.tolist() == [0.0, 5.0, 5.0]
    assert v.grad.tolist() == [0.0, 5.0]
    assert x.grad.tolist() == [6.0, 6.0, 0.0]


def test_views_stay_views_inside_no_autodiff():
    x = mg.tensor([1.0, 2.0, 3.0])
    outside = x[:2]
    with mg.no_autodiff:
        inside = x[1:]
        assert inside.base is x
        inside[0] = 20.0
        outside[0] = 10.0
    assert x.data.tolist() == [10.0, 20.0, 3.0]
    assert outside.data.tolist() == [10.0, 20.0]
    inside[1] = 30.0
    assert x.data.tolist() == [10.0, 20.0, 30.0]
    (x * x).sum().backward()
    assert inside.grad.tolist() == [40.0, 60.0]
    assert outside.grad.tolist() == [20.0, 40.0]


def test_a_view_made_once_serves_a_whole_training_loop():
    w = mg.tensor([1.0, 2.0, 3.0, 4.0])
    head, tail = w[:2], w[2:]
    expected = w.data.copy()
    for _ in range(5):
        (np.sum(head**2) + 3.0 * np.sum(tail)).backward()
        gradient = np.concatenate([2.0 * expected[:2], [3.0, 3.0]])
        np.testing.assert_allclose(w.grad, gradient)
        np.testing.assert_allclose(head.grad, gradient[:2])
        w.data -= 0.1 * w.grad
        expected -= 0.1 * gradient
        np.testing.assert_allclose(head.data, expected[:2])


def test_a_view_may_be_written_right_after_backward():
    x = mg.tensor([1.0, 2.0, 3.0])
    (x * 2.0).sum().backward()
    x[:2] *= 3.0
    assert x.data.tolist() == [3.0, 6.0, 3.0]
    assert x.grad is None
    (x * 2.0).sum().backward()
    v = x[:2]
    v[0] = 9.0
    assert x.data.tolist() == [9.0, 6.0, 3.0]
    (x * 2.0).sum().backward()
    np.exp(np.zeros(2), out=x[:2])
    assert x.data.tolist() == [1.0, 1.0, 3.0]
    (x * 2.0).sum().backward()
    x.shape = (3, 1)
    assert x.shape == (3, 1)


def test_a_view_can_be_written_between_two_of_its_own_backwards():
    x = mg.tensor([1.0, 2.0])
    v = x[...]
    vv = v[...]
    v.backward()
    v += 0.0
    v.backward()
    v += 1.0
    assert vv.data.tolist() == [2.0, 3.0]
    assert x.data.tolist() == [2.0, 3.0]


def test_long_chains_of_views():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x
    for _ in range(3000):
        v = v[:]
    assert v.base is x
    v[0] = 10.0
    assert x.data.tolist() == [10.0, 2.0, 3.0]
    (x * 2.0).sum().backward()
    assert v.grad.tolist() == [2.0, 2.0, 2.0]
    (v * 3.0).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0, 3.0]


def test_iteration_gives_views_of_rows_and_copies_of_numbers():
    x = base()
    rows = list(x)
    assert all(row.base is x for row in rows)
    rows[0][0] = 99.0
    assert x.data[0, 0] == 99.0
    first, *_ = mg.tensor([1.0, 2.0])
    assert first.base is None


# --- laws ---------------------------------------------------------------------------------------------------


def steps():
    """Views that fit every array with at least one axis of at least one element."""
    return st.sampled_from(
        [
            lambda a: a[::-1],
            lambda a: a[: max(1, len(a) - 1)],
            lambda a: a.T,
            lambda a: a[None],
            lambda a: a.reshape(-1),
            lambda a: a[..., None],
            lambda a: a.squeeze(),
            lambda a: a[...],
            lambda a: a.swapaxes(0, -1),
        ]
    )


def apply(chain, a):
    for step in chain:
        if a.ndim:
            a = step(a)
    return a


@given(chain=st.lists(steps(), max_size=6))
def test_any_chain_of_views_reads_writes_and_differentiates_as_numpys(chain):
    a, x = matrix(), base()
    expected, v = apply(chain, a), apply(chain, x)
    np.testing.assert_array_equal(v.data, expected)
    shared = np.shares_memory(expected, a)
    assert np.shares_memory(v.data, x.data) == shared
    if chain:
        assert (v.base is x) == shared
    expected[...] = expected * 2.0 + 1.0
    v[...] = v * 2.0 + 1.0
    np.testing.assert_array_equal(v.data, expected)
    np.testing.assert_array_equal(x.data, a)
    (x**2).sum().backward()
    np.testing.assert_array_equal(x.grad, 2.0 * a)
    if shared:
        np.testing.assert_array_equal(v.grad, apply(chain, x.grad))


@given(chain=st.lists(steps(), max_size=6))
def test_reading_a_view_and_writing_it_back_changes_nothing(chain):
    x = base()
    y = x * 1.0
    v = apply(chain, y)
    v[...] = v
    np.testing.assert_array_equal(y.data, matrix())
    (y * matrix()).sum().backward()
    np.testing.assert_array_equal(x.grad, matrix())


@pytest.mark.parametrize(
    "index", [(slice(None), None), None, ..., (..., None, slice(None)), slice(None, None, -1)], ids=str
)
def test_a_large_view_of_all_elements_passes_its_gradient_on(index):
    x = mg.tensor(np.arange(4000.0).reshape(40, 100))
    w = np.arange(4000.0)
    y = x[index]
    (y * w.reshape(y.shape) + y).sum().backward()
    expected = np.empty((40, 100))
    expected[index] = w.reshape(y.shape) + 1.0
    np.testing.assert_array_equal(x.grad, expected)
    np.testing.assert_array_equal(y.grad, expected[index])
    assert np.shares_memory(x.grad, y.grad)
