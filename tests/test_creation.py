"""How tensors come to be: ``tensor``, ``Tensor``, ``astensor``, ``asarray`` and the creation functions.

What NumPy's function of the same name returns is the value and the dtype; ours adds ``constant=``.
"""

import numpy as np
import pytest

import mygrad as mg

FLOATS = [np.float16, np.float32, np.float64, np.longdouble]
INTEGERS = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]


@pytest.mark.parametrize(
    "data",
    [
        1,
        2.5,
        True,
        [1, 2],
        [1.0, 2.0],
        (1.0, [2.0][0]),
        [[1, 2], [3, 4]],
        [],
        [[]],
        np.float32(3.0),
        np.arange(3.0),
    ],
    ids=repr,
)
@pytest.mark.parametrize("make", [mg.tensor, mg.Tensor, mg.astensor], ids=["tensor", "Tensor", "astensor"])
def test_a_tensor_holds_what_np_array_would_make_of_the_data(make, data):
    expected = np.array(data)
    t = make(data)
    assert type(t) is mg.Tensor
    assert type(t.data) is np.ndarray
    assert t.dtype == expected.dtype
    assert t.shape == expected.shape
    np.testing.assert_array_equal(t.data, expected)
    assert t.grad is None
    assert t.creator is None
    assert t.base is None


def test_tensor_is_the_class_tensor_in_both_spellings():
    assert isinstance(mg.tensor(1.0), mg.Tensor)
    assert mg.Tensor.__name__ == "Tensor"


@pytest.mark.parametrize("dtype", FLOATS)
def test_float_tensors_can_carry_a_gradient(dtype):
    assert mg.tensor([1, 2], dtype=dtype).constant is False
    assert mg.tensor(np.ones(2, dtype)).constant is False
    assert mg.tensor([1, 2], dtype=dtype, constant=True).constant is True


@pytest.mark.parametrize("dtype", [*INTEGERS, np.bool_])
def test_integers_and_booleans_are_constants(dtype):
    assert mg.tensor([1, 0], dtype=dtype).constant is True
    assert mg.tensor(np.ones(2, dtype), constant=True).constant is True


@pytest.mark.parametrize("dtype", [*INTEGERS, np.bool_])
@pytest.mark.parametrize("make", [mg.tensor, mg.Tensor, mg.astensor], ids=["tensor", "Tensor", "astensor"])
def test_integers_and_booleans_refuse_constant_false(make, dtype):
    with pytest.raises(ValueError):
        make(np.ones(2, dtype), constant=False)


@pytest.mark.parametrize("flag", [1, 0, "yes", np.array([True]), 1.0], ids=repr)
@pytest.mark.parametrize("make", [mg.tensor, mg.Tensor], ids=["tensor", "Tensor"])
def test_constant_must_be_a_bool_or_none(make, flag):
    with pytest.raises(TypeError):
        make([1.0], constant=flag)


@pytest.mark.parametrize(
    "data",
    [
        "text",
        b"bytes",
        None,
        10**30,
        object(),
        [1.0, None],
        ["a", "b"],
        np.array(["a"]),
        np.array([b"a"]),
        np.array([1.0], dtype=object),
        np.zeros(2, dtype=[("a", float)]),
        np.array("2020-01-01", dtype="datetime64[D]"),
        np.array(3, dtype="timedelta64[D]"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("make", [mg.tensor, mg.Tensor, mg.astensor], ids=["tensor", "Tensor", "astensor"])
def test_data_that_is_not_a_number_or_a_bool_is_refused(make, data):
    with pytest.raises(TypeError):
        make(data)


def test_ragged_data_is_refused_as_numpy_does():
    with pytest.raises(ValueError):
        mg.tensor([[1.0, 2.0], [3.0]])


@pytest.mark.parametrize("dtype", [">f8", ">f4", ">i4", "<f2"])
def test_byte_order_is_kept(dtype):
    a = np.arange(3, dtype=dtype)
    assert mg.tensor(a).dtype == a.dtype


def test_dtype_is_honoured():
    t = mg.tensor([1, 2], dtype=np.float32)
    assert t.dtype == np.float32
    assert t.constant is False
    assert mg.tensor([1.7, 2.2], dtype=int).data.tolist() == [1, 2]
    assert mg.tensor([1.7, 2.2], np.float32).dtype == np.float32


@pytest.mark.parametrize("ndmin", [0, 1, 2, 4])
def test_ndmin_adds_leading_axes_as_numpy_does(ndmin):
    assert mg.tensor([1.0, 2.0], ndmin=ndmin).shape == np.array([1.0, 2.0], ndmin=ndmin).shape
    assert mg.tensor(3.0, ndmin=ndmin).shape == np.array(3.0, ndmin=ndmin).shape


def test_ndmin_of_a_tensor_without_a_copy_is_a_connected_view():
    x = mg.tensor([1.0, 2.0])
    v = mg.tensor(x, ndmin=2, copy=False)
    assert v.shape == (1, 2)
    assert v.base is x
    (v * [3.0, 4.0]).sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 4.0])


def test_tensor_copies_by_default():
    a = np.array([1.0, 2.0])
    t = mg.tensor(a)
    a[0] = 9.0
    assert t.data.tolist() == [1.0, 2.0]
    assert not np.shares_memory(t.data, a)
    assert not np.shares_memory(mg.tensor(t).data, t.data)
    assert not np.shares_memory(mg.Tensor(a).data, a)


def test_copy_false_shares_the_array_for_good():
    a = np.array([1.0, 2.0, 3.0])
    t = mg.tensor(a, copy=False)
    assert t.data is a
    t[0] = 99.0
    assert a.tolist() == [99.0, 2.0, 3.0]
    a[1] = 7.0
    assert t.data.tolist() == [99.0, 7.0, 3.0]
    assert mg.Tensor(a, copy=False).data is a
    assert mg.astensor(a).data is a


def test_copy_false_of_part_of_an_array_has_no_base():
    a = np.arange(4.0)
    t = mg.tensor(a[:2], copy=False)
    assert t.base is None
    assert np.shares_memory(t.data, a)


def test_copy_false_converts_where_the_dtype_demands_it():
    a = np.array([1.0, 2.0])
    t = mg.tensor(a, dtype=np.float32, copy=False)
    assert t.dtype == np.float32
    assert not np.shares_memory(t.data, a)


def test_a_compatible_tensor_is_returned_as_it_is_when_no_copy_is_wanted():
    x = mg.tensor([1.0, 2.0])
    c = mg.tensor([1.0, 2.0], constant=True)
    for f in (mg.astensor, lambda *a, **k: mg.tensor(*a, copy=False, **k)):
        assert f(x) is x
        assert f(x, dtype=float) is x
        assert f(x, constant=False) is x
        assert f(c, constant=True) is c
        assert f(c) is c
        assert f(x, constant=True) is not x
        assert f(x, dtype=np.float32) is not x


def test_astensor_keeps_the_graph_of_the_tensor_that_it_returns():
    x = mg.tensor([1.0, 2.0])
    y = x * 3.0
    mg.astensor(y).sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])


def test_astensor_with_another_constant_flag_shares_the_memory_but_not_the_graph():
    x = mg.tensor([1.0, 2.0])
    c = mg.astensor(x, constant=True)
    assert c.constant is True
    assert c.creator is None
    assert np.shares_memory(c.data, x.data)
    (c * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 2.0])


def test_the_class_never_returns_an_existing_tensor():
    x = mg.tensor([1.0, 2.0])
    assert mg.Tensor(x, copy=False) is not x


def test_the_class_takes_everything_but_the_data_by_keyword():
    with pytest.raises(TypeError):
        mg.Tensor([1.0], np.float32)
    with pytest.raises(TypeError):
        mg.tensor([1.0], np.float32, True)
    t = mg.Tensor([1], dtype=np.float32, constant=True, copy=True, ndmin=2)
    assert (t.dtype, t.constant, t.shape) == (np.float32, True, (1, 1))


def test_a_tensor_of_a_tensor_is_a_leaf_with_a_flag_of_its_own():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    t = mg.tensor(y)
    assert t.creator is None
    assert t.constant is False
    assert mg.tensor(mg.tensor([1.0], constant=True)).constant is False
    t.backward()
    assert x.grad is None
    assert t.grad.tolist() == [1.0, 1.0]


def test_a_list_of_tensors_is_stacked_and_stays_in_the_graph():
    x, y = mg.tensor(2.0), mg.tensor(3.0)
    t = mg.tensor([x, y, 5.0])
    assert t.data.tolist() == [2.0, 3.0, 5.0]
    (t * [10.0, 20.0, 30.0]).sum().backward()
    assert x.grad == 10.0
    assert y.grad == 20.0


def test_nested_lists_of_tensors_are_stacked_and_stay_in_the_graph():
    x, y = mg.tensor(2.0), mg.tensor([3.0, 4.0])
    t = mg.tensor([[x, 1.0], y])
    assert t.data.tolist() == [[2.0, 1.0], [3.0, 4.0]]
    (t * [[1.0, 2.0], [3.0, 4.0]]).sum().backward()
    assert x.grad == 1.0
    assert y.grad.tolist() == [3.0, 4.0]


def test_functions_take_lists_of_tensors_as_array_likes():
    x, y = mg.tensor(2.0), mg.tensor(3.0)
    mg.sum([x, y]).backward()
    assert (x.grad, y.grad) == (1.0, 1.0)
    mg.multiply([x, y], [5.0, 7.0]).sum().backward()
    assert (x.grad, y.grad) == (5.0, 7.0)


class Convertible:
    """Anything with ``__array__`` is an array-like."""

    def __array__(self, dtype=None, copy=None):
        return np.array([1.0, 2.0], dtype=dtype)


def test_objects_with_an_array_method_are_array_likes():
    assert mg.tensor(Convertible()).data.tolist() == [1.0, 2.0]
    assert mg.add(Convertible(), 1.0).data.tolist() == [2.0, 3.0]


def test_asarray_unwraps_without_a_copy():
    t = mg.tensor([1.0, 2.0])
    assert mg.asarray(t) is t.data
    a = np.arange(3)
    assert mg.asarray(a) is a
    assert type(mg.asarray([1, 2])) is np.ndarray
    assert mg.asarray(t, dtype=np.float32).dtype == np.float32
    assert mg.asarray(np.ones((2, 3)), order="F").flags.f_contiguous


def test_asarray_unwraps_results_in_the_middle_of_a_graph():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    assert type(mg.asarray(y)) is np.ndarray
    assert mg.asarray(y).tolist() == [2.0, 4.0]


CREATION = [
    ("arange", (5,), {}),
    ("arange", (5.0,), {}),
    ("arange", (1, 7, 2), {}),
    ("arange", (1.0, 2.0, 0.25), {}),
    ("arange", (5,), {"dtype": np.float32}),
    ("linspace", (0, 1), {}),
    ("linspace", (0.0, 1.0, 5), {}),
    ("linspace", (0, 1, 4), {"endpoint": False}),
    ("linspace", (0, 1, 4, True), {"dtype": np.float32}),
    ("linspace", ([0, 1], [1, 2], 3), {"axis": 1}),
    ("logspace", (0, 1, 4), {}),
    ("logspace", (0, 1, 4), {"base": 2.0}),
    ("geomspace", (1, 8, 4), {}),
    ("geomspace", (1, 8, 4), {"endpoint": False}),
    ("ones", (3,), {}),
    ("ones", ((2, 3),), {}),
    ("ones", ((2, 3), int), {}),
    ("ones", ((2, 3),), {"dtype": np.float32, "order": "F"}),
    ("zeros", (3,), {}),
    ("zeros", ((),), {}),
    ("zeros", ((2, 3), np.int8), {}),
    ("zeros", (), {"shape": (2,), "dtype": bool}),
    ("eye", (3,), {}),
    ("eye", (3, 4, 1), {}),
    ("eye", (3,), {"k": -1, "dtype": np.float32}),
    ("identity", (3,), {}),
    ("identity", (3,), {"dtype": int}),
    ("full", ((2, 2), 7.5), {}),
    ("full", (3, 7), {}),
    ("full", (3, 7, np.float32), {}),
    ("full", ((2,), [1.0, 2.0]), {}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), CREATION, ids=[f"{n}{a}{k}" for n, a, k in CREATION])
def test_creation_functions_return_numpys_array_as_a_tensor(name, args, kwargs):
    expected = getattr(np, name)(*args, **kwargs)
    t = getattr(mg, name)(*args, **kwargs)
    assert type(t) is mg.Tensor
    assert t.dtype == expected.dtype
    assert t.shape == expected.shape
    assert t.data.strides == expected.strides
    np.testing.assert_array_equal(t.data, expected)
    assert t.constant is not np.issubdtype(expected.dtype, np.floating)
    assert t.base is None
    assert t.creator is None


@pytest.mark.parametrize(("name", "args", "kwargs"), CREATION, ids=[f"{n}{a}{k}" for n, a, k in CREATION])
def test_creation_functions_take_the_constant_flag(name, args, kwargs):
    f = getattr(mg, name)
    assert f(*args, **kwargs, constant=True).constant is True
    if f(*args, **kwargs).constant:
        with pytest.raises(ValueError):
            f(*args, **kwargs, constant=False)
    else:
        assert f(*args, **kwargs, constant=False).constant is False


def test_empty_has_numpys_shape_and_dtype():
    assert (mg.empty((2, 3)).shape, mg.empty((2, 3)).dtype) == ((2, 3), np.float64)
    assert mg.empty(4, dtype=np.int16).dtype == np.int16
    assert mg.empty(4, constant=True).constant is True


def test_zeros_ones_and_empty_are_float64_by_default():
    assert {mg.zeros(2).dtype, mg.ones(2).dtype, mg.empty(2).dtype} == {np.dtype(np.float64)}


LIKE = ["empty_like", "ones_like", "zeros_like", "full_like"]


def like(namespace, name, other, **kwargs):
    arguments = (other, 7) if name == "full_like" else (other,)
    return getattr(namespace, name)(*arguments, **kwargs)


@pytest.mark.parametrize("name", LIKE)
@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"dtype": np.float32},
        {"shape": (4,)},
        {"dtype": int, "shape": 2},
        {"order": "F"},
        {"subok": False},
    ],
    ids=repr,
)
def test_like_functions_match_numpy_in_shape_dtype_and_layout(name, kwargs):
    a = np.arange(6.0).reshape(2, 3)
    expected = like(np, name, a, **kwargs)
    for t in (
        like(mg, name, a, **kwargs),
        like(mg, name, mg.tensor(a), **kwargs),
        like(np, name, mg.tensor(a), **kwargs),
    ):
        assert type(t) is mg.Tensor
        assert (t.shape, t.dtype, t.data.strides) == (expected.shape, expected.dtype, expected.strides)
        if name != "empty_like":
            np.testing.assert_array_equal(t.data, expected)


@pytest.mark.parametrize("name", LIKE)
def test_like_functions_take_the_constant_flag_from_their_prototype(name):
    x = mg.tensor([1.0, 2.0])
    assert like(mg, name, x).constant is False
    assert like(mg, name, x, dtype=int).constant is True
    assert like(mg, name, x, constant=True).constant is True
    assert like(mg, name, mg.tensor([1.0], constant=True)).constant is True
    assert like(mg, name, np.ones(2)).constant is True
    assert like(mg, name, [1.0, 2.0]).constant is True
    assert like(mg, name, np.ones(2), constant=False).constant is False


def test_like_functions_do_not_connect_to_their_prototype():
    x = mg.tensor([1.0, 2.0])
    z = mg.zeros_like(x)
    assert z.creator is None
    (z * 3.0).backward()
    assert x.grad is None


@pytest.mark.parametrize("linspace", [mg.linspace, np.linspace], ids=["mg", "np"])
def test_linspace_of_tensors_is_differentiable(linspace):
    x = mg.tensor(2.0)
    linspace(0.0, x, 3).sum().backward()
    assert x.grad == pytest.approx(1.5)


def test_the_step_of_linspace_is_differentiable_beside_the_samples():
    x = mg.tensor(2.0)
    samples, step = mg.linspace(0.0, x, 5, retstep=True)
    assert step == np.linspace(0.0, 2.0, 5, retstep=True)[1]
    (samples[-1] + 10.0 * step).backward()
    assert x.grad == pytest.approx(1.0 + 2.5)
    assert np.isnan(mg.linspace(0.0, x, 1, retstep=True)[1])


def test_arange_of_tensors_moves_with_its_start_and_step_and_not_with_its_stop():
    start, stop, step = mg.tensor(1.0), mg.tensor(2.2), mg.tensor(0.5)
    numbers = mg.arange(start, stop, step)
    np.testing.assert_array_equal(numbers.data, np.arange(1.0, 2.2, 0.5))
    numbers.sum().backward()
    assert (start.grad, stop.grad, step.grad) == (3.0, None, 3.0)
    assert mg.arange(stop).constant
    np.testing.assert_array_equal(mg.arange(stop).data, np.arange(2.2))


def test_full_is_filled_with_a_tensor():
    x = mg.tensor([1.0, 2.0])
    full = mg.full((3, 2), x)
    np.testing.assert_array_equal(full.data, np.full((3, 2), [1.0, 2.0]))
    full.sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])
    with pytest.raises(TypeError, match="gradient"):
        mg.full(2, mg.tensor(1.5), dtype=int)


LIKE = {
    "arange": lambda like: np.arange(3.0, like=like),
    "array": lambda like: np.array([1.0, 2.0], like=like),
    "asanyarray": lambda like: np.asanyarray([1.0, 2.0], like=like),
    "asarray": lambda like: np.asarray([1.0, 2.0], like=like),
    "ascontiguousarray": lambda like: np.ascontiguousarray([1.0, 2.0], like=like),
    "asfortranarray": lambda like: np.asfortranarray([[1.0, 2.0]], like=like),
    "empty": lambda like: np.empty(0, like=like),
    "eye": lambda like: np.eye(2, 3, like=like),
    "frombuffer": lambda like: np.frombuffer(bytes(16), like=like),
    "fromfunction": lambda like: np.fromfunction(lambda i: i * 2.0, (3,), like=like),
    "fromiter": lambda like: np.fromiter([1.0, 2.0], float, like=like),
    "fromstring": lambda like: np.fromstring("1 2", sep=" ", like=like),
    "full": lambda like: np.full((2, 2), 3.0, like=like),
    "genfromtxt": lambda like: np.genfromtxt(["1 2"], like=like),
    "identity": lambda like: np.identity(2, like=like),
    "loadtxt": lambda like: np.loadtxt(["1 2"], like=like),
    "ones": lambda like: np.ones(2, np.float32, like=like),
    "require": lambda like: np.require([1.0, 2.0], like=like),
    "tri": lambda like: np.tri(3, like=like),
    "zeros": lambda like: np.zeros((2, 1), like=like),
}


@pytest.mark.parametrize("name", LIKE)
def test_what_is_made_like_a_tensor_is_a_constant_tensor(name):
    result, expected = LIKE[name](mg.tensor([1.0])), LIKE[name](None)
    assert type(result) is mg.Tensor
    assert result.constant
    assert result.dtype == expected.dtype
    np.testing.assert_array_equal(result.data, expected)


def test_what_is_made_like_a_tensor_takes_values_with_a_gradient():
    x = mg.tensor([1.0, 2.0])
    buffer = np.zeros(3, like=x)
    buffer[1:] = x * x
    buffer.sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])


def test_a_tensor_made_an_array_like_a_tensor_stays_in_the_graph():
    x = mg.tensor([[1.0, 2.0]])
    assert np.asarray(x, like=x) is x
    assert np.asarray(x, dtype=float, order="C", like=x) is x
    assert np.array(x, ndmin=3, copy=False, like=x).base is x
    copied = np.array(x, like=x)
    assert copied is not x
    (copied * np.array([x[0, 0], x[0, 1]], like=x)).sum().backward()
    np.testing.assert_array_equal(x.grad, [[2.0, 4.0]])
    with pytest.raises(ValueError):
        np.asarray(x, dtype=np.float32, copy=False, like=x)


def test_memory_of_the_user_is_shared_as_numpy_shares_it():
    a = np.ones(3)
    t = np.asarray(a, like=mg.tensor(1.0))
    assert t.data is a
    y = t * mg.tensor([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="read-only"):
        a[0] = 5.0
    assert mg.asanyarray(a).data is a
    assert not np.shares_memory(mg.array(a).data, a)
    del y


def test_text_and_objects_are_no_tensors():
    with pytest.raises(TypeError, match="dtype"):
        np.zeros(2, dtype=object, like=mg.tensor(1.0))


def test_kaiser_is_differentiable_in_its_shape():
    beta = mg.tensor(5.0)
    window = mg.kaiser(6, beta)
    np.testing.assert_array_equal(window.data, np.kaiser(6, 5.0))
    window.sum().backward()
    h = 1e-6
    expected = (np.kaiser(6, 5.0 + h).sum() - np.kaiser(6, 5.0 - h).sum()) / (2 * h)
    assert beta.grad == pytest.approx(expected, rel=1e-8)


@pytest.mark.skipif(not hasattr(np, "row_stack"), reason="newer versions of NumPy are without it")
def test_row_stack_stacks_tensors():
    x = mg.tensor([1.0, 2.0])
    row_stack = vars(np)["row_stack"]
    with pytest.warns(DeprecationWarning, match="row_stack"):
        rows = row_stack([x, 2.0 * x])
    rows.sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])


def test_constants_and_dtypes_are_numpys_own():
    for name in ("pi", "e", "inf", "euler_gamma", "newaxis"):
        assert getattr(mg, name) is getattr(np, name)
    assert np.isnan(mg.nan)
    for name in (
        "bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp uintp "
        "float16 float32 float64 half single double longdouble"
    ).split():
        assert getattr(mg, name) is getattr(np, name)


@pytest.mark.parametrize(
    "name",
    "allclose bincount can_cast isclose may_share_memory min_scalar_type result_type shares_memory "
    "equal not_equal greater greater_equal less less_equal logical_and logical_or logical_not logical_xor "
    "isfinite isinf isnan signbit any all argmax argmin".split(),
)
def test_functions_without_a_derivative_return_what_numpy_returns(name):
    a = np.array([1, 0, 3]) if name in ("bincount",) else np.array([1.0, 0.0, 3.0])
    if name == "can_cast":
        arguments = tensors = (np.float32, np.float64)
    elif (
        name
        in "isfinite isinf isnan signbit logical_not any all argmax argmin bincount min_scalar_type".split()
    ):
        arguments, tensors = (a,), (mg.tensor(a),)
    else:
        arguments = (a, a[::-1].copy())
        tensors = tuple(map(mg.tensor, arguments))
    expected = getattr(np, name)(*arguments)
    for f in (getattr(mg, name), getattr(np, name)):
        for args in (arguments, tensors):
            got = f(*args)
            assert type(got) is type(expected)
            np.testing.assert_array_equal(got, expected)


def test_shape_functions_answer_for_tensors():
    x = mg.tensor(np.ones((2, 3)))
    assert mg.shape(x) == np.shape(x) == (2, 3)
    assert np.ndim(x) == 2
    assert np.size(x) == 6
    assert np.result_type(x, np.float32) == np.float64
    assert np.shares_memory(x, x[:1])
