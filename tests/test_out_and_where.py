"""``out=``, ``where=``, ``dtype=``, ``casting=``, and the functions that write into an argument."""

import numpy as np
import pytest

import mygrad as mg

MASK = np.array([True, False, True])
A, B = np.array([1.5, 2.5, 3.5]), np.array([4.0, 5.0, 6.0])


# --- out= a tensor ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [lambda t: t, lambda t: (t,)], ids=["tensor", "tuple"])
@pytest.mark.parametrize("namespace", [np, mg], ids=["np", "mg"])
def test_out_tensor_is_written_in_place_and_returned(wrap, namespace):
    x, y, out = mg.tensor(A), mg.tensor(B), mg.zeros(3)
    memory = out.data
    result = namespace.multiply(x, y, out=wrap(out))
    assert result is out
    assert out.data is memory
    np.testing.assert_array_equal(out.data, A * B)
    out.sum().backward()
    np.testing.assert_array_equal(x.grad, B)
    np.testing.assert_array_equal(y.grad, A)


def test_out_may_be_given_by_position():
    x, out = mg.tensor(A), mg.zeros(3)
    assert np.exp(x, out) is out
    assert mg.multiply(x, 2.0, out) is out
    np.testing.assert_array_equal(out.data, 2.0 * A)


def test_out_may_be_one_of_the_operands():
    x = mg.tensor(A)
    y = x * 1.0
    assert np.multiply(y, y, out=y) is y
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, 2.0 * A)


def test_out_may_be_a_view():
    x, w = mg.tensor([1.0, 2.0, 3.0, 4.0]), mg.tensor([0.5, 0.25])
    y = x * 1.0
    v = y[::2]
    assert np.exp(w, out=v) is v
    np.testing.assert_array_equal(y.data, [np.exp(0.5), 2.0, np.exp(0.25), 4.0])
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 1.0, 0.0, 1.0]
    np.testing.assert_allclose(w.grad, np.exp([0.5, 0.25]))


def test_out_may_be_bigger_than_the_operands():
    x, out = mg.tensor([1.0, 2.0, 3.0]), mg.zeros((2, 3))
    np.multiply(x, 2.0, out=out)
    out.sum().backward()
    assert x.grad.tolist() == [4.0, 4.0, 4.0]


@pytest.mark.parametrize("out", [[0.0, 0.0, 0.0], "text", 1.0, {}], ids=repr)
def test_out_must_be_an_array_or_a_tensor(out):
    with pytest.raises(TypeError):
        np.multiply(mg.tensor(A), 2.0, out=out)


def test_out_of_the_wrong_shape_is_refused():
    out = mg.zeros(2)
    with pytest.raises(ValueError):
        np.multiply(mg.tensor(A), 2.0, out=out)
    assert out.data.tolist() == [0.0, 0.0]


def test_out_of_a_smaller_type_needs_permission():
    x, out = mg.tensor(A), mg.zeros(3, dtype=np.int64)
    with pytest.raises(TypeError):
        np.multiply(x, 2.0, out=out)
    out32 = mg.zeros(3, dtype=np.float32)
    np.multiply(x, 2.0, out=out32)
    out32.sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, 2.0, 2.0])


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "max", "min", "cumsum", "cumprod"])
def test_reductions_take_out(name):
    x = mg.tensor(np.array([[1.0, 3.0], [2.0, 4.0]]))
    expected = getattr(np, name)(x.data, axis=0)
    out = mg.zeros(expected.shape)
    assert getattr(np, name)(x, axis=0, out=out) is out
    np.testing.assert_array_equal(out.data, expected)
    out.sum().backward()
    twin = mg.tensor(x.data.copy())
    getattr(np, name)(twin, axis=0).sum().backward()
    np.testing.assert_array_equal(x.grad, twin.grad)


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (lambda x, y, out: np.concatenate([x, y], out=out), (6,)),
        (lambda x, y, out: np.stack([x, y], out=out), (2, 3)),
        (lambda x, y, out: np.einsum("i,j->ij", x, y, out=out), (3, 3)),
        (lambda x, y, out: np.clip(x, 2.0, 3.0, out=out), (3,)),
        (lambda x, y, out: np.clip(x, None, 3.0, out=out), (3,)),
        (lambda x, y, out: np.matmul(x, y.reshape(3, 1), out=out), (1,)),
        (lambda x, y, out: np.add(x, y, out=out), (3,)),
        (lambda x, y, out: np.exp(x, out=out), (3,)),
    ],
    ids=["concatenate", "stack", "einsum", "clip", "one-sided clip", "matmul", "add", "exp"],
)
@pytest.mark.parametrize("kind", ["tensor", "array"])
def test_functions_take_out(function, shape, kind):
    expected = function(A, B, np.zeros(shape))
    x, y = mg.tensor(A), mg.tensor(B)
    out = mg.zeros(shape) if kind == "tensor" else np.zeros(shape)
    result = function(x, y, out)
    assert type(result) is mg.Tensor
    if kind == "tensor":
        assert result is out
    else:
        assert np.shares_memory(result.data, out)
        np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(result.data, expected)
    weights = np.arange(1.0, 1.0 + result.size).reshape(shape)
    (result * weights).sum().backward()
    step = 1e-6
    slope = [
        np.sum((function(A + e, B, np.zeros(shape)) - function(A - e, B, np.zeros(shape))) * weights)
        / (2 * step)
        for e in step * np.eye(3)
    ]
    np.testing.assert_allclose(x.grad, slope, rtol=1e-6, atol=1e-6)


# --- out= an array ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [lambda a: a, lambda a: (a,)], ids=["array", "tuple"])
def test_out_array_is_written_and_comes_back_in_a_tensor(wrap):
    x, out = mg.tensor(A), np.zeros(3)
    result = np.multiply(x, B, out=wrap(out))
    assert type(result) is mg.Tensor
    assert result.data is out
    np.testing.assert_array_equal(out, A * B)
    result.sum().backward()
    np.testing.assert_array_equal(x.grad, B)
    assert out.flags.writeable


def test_a_buffer_that_is_used_again_and_again():
    buffer = np.zeros(3)

    def loss(w, out):
        total = 0.0
        for k in (1.0, 2.0, 3.0):
            h = np.multiply(w, k, out=out)
            h = np.tanh(h, out=out)
            total = total + np.sum(h * h)
        return total

    x, twin = mg.tensor(A), mg.tensor(A)
    loss(x, buffer).backward()
    loss(twin, None).backward()
    np.testing.assert_allclose(x.grad, twin.grad)


def test_two_results_in_one_buffer_are_both_what_was_written_last():
    buffer = np.zeros(3)
    x = mg.tensor(A)
    first = np.exp(x, out=buffer)
    second = np.sin(x, out=buffer)
    np.testing.assert_array_equal(first.data, np.sin(A))
    (first * 1.0 + second).sum().backward()
    np.testing.assert_allclose(x.grad, 2.0 * np.cos(A))


def test_a_masked_write_into_an_array_keeps_the_rest():
    x, out = mg.tensor(A), np.full(3, 9.0)
    result = np.multiply(x, 2.0, out=out, where=MASK)
    assert out.tolist() == [3.0, 9.0, 7.0]
    result.sum().backward()
    assert x.grad.tolist() == [2.0, 0.0, 2.0]


def test_functions_without_a_derivative_write_into_arrays_and_tensors():
    x = mg.tensor(A)
    for out in (np.zeros(3, bool), mg.tensor(np.zeros(3, bool))):
        np.less(x, 2.0, out=out)
        assert mg.asarray(out).tolist() == [True, False, False]


# --- where= -------------------------------------------------------------------------------------------------

MASKS = {
    "array": MASK,
    "list": MASK.tolist(),
    "constant tensor": mg.tensor(MASK),
    "0-d": np.array(True),
    "True": True,
    "False": False,
    "numpy bool": np.bool_(True),
}


@pytest.mark.parametrize("kind", MASKS)
@pytest.mark.parametrize("namespace", [np, mg], ids=["np", "mg"])
def test_a_mask_chooses_what_is_written_and_what_gets_the_gradient(kind, namespace):
    full = np.broadcast_to(mg.asarray(MASKS[kind]), (3,))
    x, y, old = mg.tensor(A), mg.tensor(B), mg.tensor([7.0, 8.0, 9.0])
    out = old * 1.0
    assert namespace.multiply(x, y, out=out, where=MASKS[kind]) is out
    np.testing.assert_array_equal(out.data, np.where(full, A * B, [7.0, 8.0, 9.0]))
    out.sum().backward()
    np.testing.assert_array_equal(x.grad, np.where(full, B, 0.0))
    np.testing.assert_array_equal(y.grad, np.where(full, A, 0.0))
    left = np.zeros(3) if old.grad is None else old.grad  # none when nothing of it is left in the result
    np.testing.assert_array_equal(left, np.where(full, 0.0, 1.0))


def test_a_masked_square():
    x = mg.tensor([1.0, 2.0, 3.0])
    y = mg.zeros_like(x)
    np.multiply(x, x, where=[True, False, True], out=y)
    y.backward()
    assert x.grad.tolist() == [2.0, 0.0, 6.0]


def test_a_mask_without_out_leaves_the_rest_undefined_but_without_a_gradient():
    x = mg.tensor(A)
    y = np.multiply(x, 2.0, where=MASK, out=None)
    np.testing.assert_array_equal(y.data[MASK], 2.0 * A[MASK])
    y.backward()
    assert x.grad.tolist() == [2.0, 0.0, 2.0]


def test_a_mask_may_enlarge_the_result():
    x, out = mg.tensor([1.0, 2.0]), mg.zeros((3, 2))
    np.multiply(x, 2.0, out=out, where=np.array([[True], [False], [True]]))
    assert out.data.tolist() == [[2.0, 4.0], [0.0, 0.0], [2.0, 4.0]]
    out.sum().backward()
    assert x.grad.tolist() == [4.0, 4.0]


@pytest.mark.filterwarnings("error")
def test_a_masked_division_by_zero_neither_warns_nor_speaks():
    x, y = mg.tensor([1.0, 2.0, 0.0]), mg.tensor([2.0, 0.0, 0.0])
    q = np.divide(x, y, out=mg.zeros(3), where=y != 0)
    assert q.data.tolist() == [0.5, 0.0, 0.0]
    q.sum().backward()
    assert x.grad.tolist() == [0.5, 0.0, 0.0]
    assert y.grad.tolist() == [-0.25, 0.0, 0.0]


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "max", "min", "var", "std"])
def test_reductions_take_where(name):
    mask = np.array([[True, True, False], [True, False, True]])
    a = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    extra = {"initial": -1.0 if name == "max" else 100.0} if name in ("max", "min") else {}
    expected = getattr(np, name)(a, axis=1, where=mask, **extra)
    for where in (mask, mask.tolist(), mg.tensor(mask)):
        x = mg.tensor(a)
        y = getattr(np, name)(x, axis=1, where=where, **extra)
        np.testing.assert_allclose(y.data, expected)
        y.sum().backward()
        assert np.all(x.grad[~mask] == 0.0)
        step = 1e-6
        for i in np.ndindex(a.shape):
            e = np.zeros_like(a)
            e[i] = step
            up = getattr(np, name)(a + e, axis=1, where=mask, **extra)
            down = getattr(np, name)(a - e, axis=1, where=mask, **extra)
            assert x.grad[i] == pytest.approx(np.sum(up - down) / (2 * step), abs=1e-6)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "any", "all", "var", "std"])
def test_the_mask_of_a_plain_array_may_be_a_tensor(name):
    mask = np.array([True, False, True])
    expected = getattr(A, name)(where=mask)
    np.testing.assert_array_equal(mg.asarray(getattr(A, name)(where=mg.tensor(mask))), expected)
    np.testing.assert_array_equal(mg.asarray(getattr(np, name)(A, where=mg.tensor(mask))), expected)


def test_a_mask_that_is_no_mask_is_refused():
    x = mg.tensor(A)
    with pytest.raises(TypeError):
        np.add(x, 1.0, where=np.array([1.0, 0.0, 1.0]), out=mg.zeros(3))
    with pytest.raises(ValueError):
        np.add(x, 1.0, where=np.array([True, False]), out=mg.zeros(3))


# --- np.where -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MASKS)
@pytest.mark.parametrize("namespace", [np, mg], ids=["np", "mg"])
def test_where_takes_conditions_of_every_kind(kind, namespace):
    full = np.broadcast_to(mg.asarray(MASKS[kind]), (3,))
    x, y = mg.tensor(A), mg.tensor(B)
    z = namespace.where(MASKS[kind], x, y)
    np.testing.assert_array_equal(z.data, np.where(full, A, B))
    z.backward()
    np.testing.assert_array_equal(x.grad, full * 1.0)
    np.testing.assert_array_equal(y.grad, ~full * 1.0)


def test_where_with_the_condition_alone_gives_positions():
    got = mg.where(mg.tensor(A) > 2.0)
    assert type(got) is tuple
    np.testing.assert_array_equal(got[0], [1, 2])
    np.testing.assert_array_equal(np.where(mg.tensor([0.0, 3.0]))[0], [1])


def test_where_with_one_branch_is_refused():
    with pytest.raises(ValueError):
        mg.where(MASK, mg.tensor(A))


# --- dtype= and casting= ------------------------------------------------------------------------------------


def test_dtype_decides_the_type_of_the_result_and_not_of_the_gradient():
    x, y = mg.tensor(A, dtype=np.float32), mg.tensor(B, dtype=np.float32)
    for namespace in (np, mg):
        z = namespace.multiply(x, y, dtype=np.float64)
        assert z.dtype == np.float64
        z.backward()
        assert z.grad.dtype == np.float64
        assert x.grad.dtype == np.float32
        np.testing.assert_array_equal(x.grad, B)


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "cumsum", "cumprod"])
def test_reductions_take_dtype(name):
    x = mg.tensor(A, dtype=np.float32)
    y = getattr(np, name)(x, dtype=np.float64)
    assert y.dtype == np.float64
    y.sum().backward()
    assert x.grad.dtype == np.float32
    twin = mg.tensor(A)
    getattr(np, name)(twin).sum().backward()
    np.testing.assert_allclose(x.grad, twin.grad, rtol=1e-6)


def test_casting_is_honoured():
    x = mg.tensor(A)
    with pytest.raises(TypeError):
        np.multiply(x, 2.0, dtype=np.float32, casting="safe")
    y = np.multiply(x, 2.0, dtype=np.float32, casting="same_kind")
    assert y.dtype == np.float32
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]
    with pytest.raises(TypeError):
        np.add(x, 1.0, casting="no", dtype=np.float32)


def test_order_and_subok_are_accepted():
    x = mg.tensor(np.ones((2, 3)))
    assert np.add(x, 1.0, order="F").data.flags.f_contiguous
    assert np.add(x, 1.0, subok=False).shape == (2, 3)


def test_integers_summed_in_floats_are_constants():
    i = mg.tensor([1, 2, 3])
    total = np.sum(i, dtype=np.float64)
    assert (total.dtype, total.constant) == (np.float64, True)


# --- functions that write into an argument ------------------------------------------------------------------


def check(write, reference):
    """``write(target, values)``: same values as NumPy's, and gradients of a linear loss by directions."""
    rng = np.random.default_rng(4)
    a, b, weights = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(3, 3))
    x, v = mg.tensor(a), mg.tensor(b)
    y = x * 1.0
    memory = y.data
    assert write(y, v) is None
    expected = a.copy()
    reference(expected, b)
    assert y.data is memory
    np.testing.assert_array_equal(y.data, expected)
    (y * weights).sum().backward()
    for _ in range(3):
        da, db = rng.normal(size=(3, 3)), rng.normal(size=3)
        moved = da.copy()
        reference(moved, db)
        assert np.sum(x.grad * da) + np.sum(v.grad * db) == pytest.approx(np.sum(moved * weights))


MASK_2D = np.array([[True, False, False], [False, True, True], [False, False, False]])
WRITERS = {
    "copyto": lambda t, v: np.copyto(t, v),
    "copyto where": lambda t, v: np.copyto(t, v, where=MASK_2D),
    "copyto where list": lambda t, v: np.copyto(t, v, where=[True, False, True]),
    "put": lambda t, v: np.put(t, [0, 4, 7], v),
    "put twice": lambda t, v: np.put(t, [0, 4, 4], v),
    "put wrap": lambda t, v: np.put(t, [0, 10, -1], v, mode="wrap"),
    "put clip": lambda t, v: np.put(t, [0, 100, 3], v, mode="clip"),
    "put repeats its values": lambda t, v: np.put(t, [0, 1, 2, 3, 4], v),
    "place": lambda t, v: np.place(t, MASK_2D, v),
    "place repeats its values": lambda t, v: np.place(t, np.ones((3, 3), bool), v),
    "putmask": lambda t, v: np.putmask(t, MASK_2D, v),
    "fill_diagonal": lambda t, v: np.fill_diagonal(t, v),
    "put_along_axis": lambda t, v: np.put_along_axis(t, np.array([[0], [2], [1]]), v[:, None], axis=1),
}


@pytest.mark.parametrize("name", WRITERS)
def test_functions_that_write_into_their_argument_are_recorded(name):
    check(WRITERS[name], WRITERS[name])


@pytest.mark.parametrize("name", WRITERS)
def test_functions_that_write_into_their_argument_write_through_views(name):
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(4, 4)), rng.normal(size=3)
    x, v = mg.tensor(a), mg.tensor(b)
    y = x * 1.0
    WRITERS[name](y[1:, :3], v)
    expected = a.copy()
    WRITERS[name](expected[1:, :3], b)
    np.testing.assert_array_equal(y.data, expected)
    y.sum().backward()
    changed = np.zeros((4, 4))
    WRITERS[name](changed[1:, :3], np.ones(3))
    np.testing.assert_array_equal(x.grad, 1.0 - changed)
    assert v.grad.sum() == pytest.approx(changed.sum())


def test_copyto_an_array_from_a_variable_is_refused():
    out = np.zeros(3)
    with pytest.raises(mg.GradientLost):
        np.copyto(out, mg.tensor(A))
    assert out.tolist() == [0.0, 0.0, 0.0]
    np.copyto(out, mg.tensor(A, constant=True))
    np.testing.assert_array_equal(out, A)


def test_copyto_refuses_casts_as_numpy_does():
    with pytest.raises(TypeError):
        np.copyto(mg.tensor([1, 2, 3]), mg.tensor(A, constant=True))


def test_ufunc_at_is_recorded():
    x, v = mg.tensor(np.ones(3)), mg.tensor([2.0, 3.0])
    y = x * 1.0
    np.add.at(y, [0, 0], v)
    assert y.data.tolist() == [6.0, 1.0, 1.0]
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 1.0]
    assert v.grad.tolist() == [1.0, 1.0]


ADDED = {
    "rows, many times": (np.arange(300) % 7, (300, 4)),
    "numbers before the first": (np.arange(300) % 7 - 8, (300, 4)),
    "small whole numbers": ((np.arange(90) % 5).astype(np.int8), (90, 4)),
    "a table of rows": (np.arange(80).reshape(8, 10) % 3, (8, 10, 4)),
    "elements": ((np.arange(90) % 8, np.arange(90) % 4), (90,)),
    "columns": ((slice(None), np.arange(90) % 4), (8, 90)),
    "a mask": (np.arange(8) % 2 == 0, (4, 4)),
    "a slice": (slice(2, 5), (3, 4)),
    "a list": ([1, 1, 2], (3, 4)),
    "what is broadcast": (np.arange(90) % 7, (4,)),
}


@pytest.mark.parametrize("ufunc", [np.add, np.subtract])
@pytest.mark.parametrize("name", ADDED)
@pytest.mark.parametrize(
    "part", [slice(None), slice(None, None, -1), slice(1, 9)], ids=["base", "backward", "part"]
)
def test_what_is_added_at_an_index_has_the_values_of_numpy_and_the_gradient_of_a_read(ufunc, name, part):
    index, shape = ADDED[name]
    r = np.random.default_rng(0)
    a, b, w = r.normal(size=(9 if part == slice(1, 9) else 8, 4)), r.normal(size=shape), r.normal(size=(8, 4))
    expected = a.copy()
    ufunc.at(expected[part], index, b)
    x, v = mg.tensor(a), mg.tensor(b)
    y = x * 1.0
    ufunc.at(y[part], index, v)
    np.testing.assert_array_equal(y.data, expected)
    (y[part] ** 2 * w).sum().backward()
    g = 2.0 * w * expected[part]
    np.testing.assert_allclose(x.grad[part], g)
    read = g[index] if ufunc is np.add else -g[index]
    np.testing.assert_allclose(v.grad, read.sum(0) if read.ndim > v.ndim else read)


def test_a_number_is_added_to_single_precision_as_numpy_does_it():
    expected, x = np.ones(3, np.float32), mg.tensor(np.ones(3, np.float32))
    np.add.at(expected, [1, 1, 1, 0], 1.73)
    np.add.at(x, [1, 1, 1, 0], 1.73)
    np.testing.assert_array_equal(x.data, expected)


@pytest.mark.parametrize("index", [np.array([0, 9]), np.array([-9, 0]), [0, 9]])
def test_nothing_is_added_where_a_number_is_out_of_bounds(index):
    x, v = mg.tensor(np.ones((8, 4))), mg.tensor(np.ones((2, 4)))
    (x * v[0]).sum().backward()
    with pytest.raises(IndexError):
        np.add.at(x, index, v)
    assert (x.data == 1.0).all()
    assert (x.grad == 1.0).all()
    assert v.grad is not None


def test_constants_are_added_at_an_index_and_to_constants():
    x, v, index = mg.tensor(np.ones((8, 4))), mg.tensor(np.ones((3, 4))), np.array([1, 1, 2])
    y = x * 2.0
    np.add.at(y, index, 1.0)
    np.add.at(y, index, np.ones((3, 4)))
    z = mg.zeros((8, 4), dtype=float)
    np.add.at(z, index, v)
    assert y.data[:3, 0].tolist() == [2.0, 6.0, 4.0]
    (y + z).sum().backward()
    assert (x.grad == 2.0).all()
    assert (v.grad == 1.0).all()


@pytest.mark.parametrize(("alias", "function"), [(np.amax, np.max), (np.amin, np.min)])
def test_a_function_under_its_other_name_is_the_same(alias, function):
    x, y = mg.tensor(A), mg.tensor(A)
    alias(x, axis=0).backward()
    function(y, axis=0).backward()
    assert x.grad.tolist() == y.grad.tolist()
