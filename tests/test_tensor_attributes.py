"""Attributes and methods are those of NumPy's array; data, grad, constant and creator are ours."""

import weakref

import numpy as np
import pytest

import mygrad as mg

ARRAYS = {
    "0-d": np.array(2.5),
    "empty": np.zeros((0, 3)),
    "vector": np.array([3.0, -1.0, 2.0]),
    "matrix": np.arange(6.0).reshape(2, 3) - 2.5,
    "fortran": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "strided": np.arange(24.0).reshape(2, 3, 4)[:, ::2, ::-1],
    "float32": np.arange(4, dtype=np.float32),
    "integers": np.array([[3, 1], [2, 2]]),
    "bools": np.array([True, False, True]),
}


def same(got, expected):
    """Values, dtype and shape are NumPy's, whether they come in a tensor, in an array or as a scalar."""
    got = mg.asarray(got) if isinstance(got, mg.Tensor) else got
    assert np.shape(got) == np.shape(expected)
    assert np.asarray(got).dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(got, expected, rtol=1e-6, equal_nan=True)


@pytest.mark.parametrize("key", ARRAYS)
@pytest.mark.parametrize("name", "shape ndim size dtype itemsize nbytes strides".split())
def test_descriptive_attributes_are_those_of_the_array(key, name):
    a = ARRAYS[key]
    assert getattr(mg.tensor(a, copy=False), name) == getattr(a, name)


@pytest.mark.parametrize("key", ARRAYS)
def test_flags_are_those_of_the_array(key):
    a = ARRAYS[key]
    t = mg.tensor(a, copy=False)
    for flag in ("c_contiguous", "f_contiguous", "owndata", "aligned"):
        assert getattr(t.flags, flag) == getattr(a.flags, flag)
    assert t.flags["C_CONTIGUOUS"] == a.flags["C_CONTIGUOUS"]


@pytest.mark.parametrize("key", ARRAYS)
def test_transposes_and_parts_are_those_of_the_array(key):
    a = ARRAYS[key]
    t = mg.tensor(a, copy=False)
    same(t.T, a.T)
    same(t.real, a.real)
    same(t.imag, a.imag)
    if a.ndim >= 2:
        same(t.mT, a.mT)
        assert t.T.data.strides == a.T.strides


def test_mt_of_a_vector_is_refused_as_numpy_does():
    with pytest.raises(ValueError):
        _ = mg.tensor([1.0, 2.0]).mT


def test_len_is_the_length_of_the_first_axis():
    assert len(mg.tensor(np.zeros((3, 2)))) == 3
    with pytest.raises(TypeError):
        len(mg.tensor(1.0))


METHODS = [
    ("sum", (), {}),
    ("sum", (0,), {}),
    ("sum", (), {"axis": -1, "keepdims": True}),
    ("sum", (), {"dtype": np.float32}),
    ("sum", (), {"initial": 5.0}),
    ("sum", (), {"where": np.array([True, False, True])}),
    ("prod", (), {}),
    ("prod", (1,), {"keepdims": True}),
    ("mean", (), {}),
    ("mean", (0,), {"keepdims": True}),
    ("mean", (), {"dtype": np.float32}),
    ("var", (), {}),
    ("var", (0,), {"ddof": 1}),
    ("std", (), {}),
    ("std", (1,), {"ddof": 1, "keepdims": True}),
    ("max", (), {}),
    ("max", (0,), {"keepdims": True}),
    ("min", (), {}),
    ("min", (1,), {"initial": -7.0}),
    ("cumsum", (), {}),
    ("cumsum", (1,), {}),
    ("cumprod", (), {}),
    ("cumprod", (0,), {}),
    ("clip", (-1.0, 1.0), {}),
    ("clip", (), {"min": 0.0}),
    ("clip", (), {"max": 0.0}),
    ("reshape", (3, 2), {}),
    ("reshape", ((3, -1),), {}),
    ("reshape", (-1,), {"order": "F"}),
    ("ravel", (), {}),
    ("ravel", ("F",), {}),
    ("flatten", (), {}),
    ("flatten", ("F",), {}),
    ("transpose", (), {}),
    ("transpose", (1, 0), {}),
    ("transpose", ((1, 0),), {}),
    ("swapaxes", (0, 1), {}),
    ("squeeze", (), {}),
    ("repeat", (2,), {}),
    ("repeat", (2, 1), {}),
    ("repeat", ([1, 2],), {"axis": 0}),
    ("diagonal", (), {}),
    ("diagonal", (1,), {}),
    ("trace", (), {}),
    ("trace", (1,), {}),
    ("take", ([0, 2, 2],), {}),
    ("take", ([1, 0],), {"axis": 1}),
    ("dot", (np.arange(3.0),), {}),
    ("dot", (np.arange(6.0).reshape(3, 2),), {}),
    ("round", (), {}),
    ("round", (1,), {}),
    ("conj", (), {}),
    ("conjugate", (), {}),
    ("copy", (), {}),
    ("astype", (np.float32,), {}),
    ("astype", (int,), {"casting": "unsafe"}),
]


def names(cases):
    return [f"{n}{a}{k}" for n, a, k in cases]


@pytest.mark.parametrize(("name", "args", "kwargs"), METHODS, ids=names(METHODS))
def test_methods_return_numpys_values_as_tensors(name, args, kwargs):
    a = np.array([[0.5, -1.25, 2.0], [3.0, 0.75, -2.5]])
    got = getattr(mg.tensor(a), name)(*args, **kwargs)
    if name != "round":  # rounding has no derivative, so that its result may be NumPy's own
        assert isinstance(got, mg.Tensor)
    same(got, getattr(a, name)(*args, **kwargs))


DIFFERENTIABLE = [case for case in METHODS if case[0] != "round" and case[2] != {"casting": "unsafe"}]


@pytest.mark.parametrize(("name", "args", "kwargs"), DIFFERENTIABLE, ids=names(DIFFERENTIABLE))
def test_methods_are_differentiable(name, args, kwargs):
    """The derivative of a weighted sum of the result agrees with central differences."""
    a = np.array([[0.5, -1.25, 2.0], [3.0, 0.75, -2.5]])
    double = {k: np.float64 if k == "dtype" else v for k, v in kwargs.items()}  # differences need the digits
    in_double = tuple(np.float64 if v is np.float32 else v for v in args)
    weights = np.random.default_rng(0).normal(size=np.shape(getattr(a, name)(*args, **kwargs)))

    def loss(values):
        return np.sum(getattr(values, name)(*in_double, **double) * weights)

    expected = np.zeros_like(a)
    for i in np.ndindex(a.shape):
        step = np.zeros_like(a)
        step[i] = 1e-6
        expected[i] = (loss(a + step) - loss(a - step)) / 2e-6
    x = mg.tensor(a)
    (getattr(x, name)(*args, **kwargs) * weights).sum().backward()
    np.testing.assert_allclose(x.grad, expected, rtol=1e-6, atol=1e-7)


NO_GRADIENT = [
    ("any", (), {}),
    ("any", (0,), {}),
    ("any", (), {"axis": 1, "keepdims": True}),
    ("all", (), {}),
    ("all", (0,), {"keepdims": True}),
    ("argmax", (), {}),
    ("argmax", (1,), {}),
    ("argmax", (), {"axis": 0, "keepdims": True}),
    ("argmin", (), {}),
    ("argmin", (0,), {}),
    ("argsort", (), {}),
    ("argsort", (0,), {}),
    ("nonzero", (), {}),
    ("tolist", (), {}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), NO_GRADIENT, ids=names(NO_GRADIENT))
def test_methods_without_a_derivative_return_exactly_what_numpy_returns(name, args, kwargs):
    a = np.array([[0.5, 0.0, 2.0], [3.0, 0.75, -2.5]])
    got, expected = getattr(mg.tensor(a), name)(*args, **kwargs), getattr(a, name)(*args, **kwargs)
    assert type(got) is type(expected)
    np.testing.assert_equal(got, expected)


def test_moveaxis_is_a_method_too():
    x = mg.tensor(np.arange(24.0).reshape(2, 3, 4))
    assert x.moveaxis(0, -1).shape == (3, 4, 2)
    assert x.moveaxis((0, 1), (1, 0)).shape == (3, 2, 4)


@pytest.mark.parametrize(
    "call",
    [
        lambda x, c: x.sum(constant=c),
        lambda x, c: x.mean(constant=c),
        lambda x, c: x.var(constant=c),
        lambda x, c: x.std(constant=c),
        lambda x, c: x.prod(constant=c),
        lambda x, c: x.max(constant=c),
        lambda x, c: x.min(constant=c),
        lambda x, c: x.cumsum(constant=c),
        lambda x, c: x.cumprod(constant=c),
        lambda x, c: x.clip(0.0, 1.0, constant=c),
        lambda x, c: x.reshape(3, 1, constant=c),
        lambda x, c: x.ravel(constant=c),
        lambda x, c: x.flatten(constant=c),
        lambda x, c: x.transpose(constant=c),
        lambda x, c: x.swapaxes(0, 0, constant=c),
        lambda x, c: x.moveaxis(0, 0, constant=c),
        lambda x, c: x.squeeze(constant=c),
        lambda x, c: x.copy(constant=c),
        lambda x, c: x.astype(np.float32, constant=c),
    ],
)
def test_methods_take_the_constant_flag(call):
    x = mg.tensor([1.0, 2.0, 3.0])
    assert call(x, True).constant is True
    assert call(x, False).constant is False
    assert call(x, None).constant is False


def test_reductions_and_scalar_reads_return_0d_tensors():
    x = mg.tensor([1.0, 2.0])
    for function in (np.sum, np.mean, np.max, np.linalg.norm, lambda t: t[0]):
        t = function(x)
        assert type(t) is mg.Tensor
        assert t.shape == ()
        t.backward()
        assert type(t.grad) is np.ndarray
        assert t.grad.shape == ()


# --- in place -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda t: t.fill(7.0),
        lambda t: t.sort(),
        lambda t: t.sort(axis=0),
        lambda t: t.put([0, 4], [9.0, 8.0]),
        lambda t: t.put([5, -1], 1.0),
    ],
    ids=["fill", "sort", "sort axis", "put", "put twice"],
)
def test_methods_that_write_do_so_in_the_tensors_own_memory(write):
    a = np.array([[3.0, -1.0, 2.0], [0.0, 5.0, 4.0]])
    expected = a.copy()
    t = mg.tensor(a, copy=False)
    assert write(t) is None
    write(expected)
    assert t.data is a
    np.testing.assert_array_equal(a, expected)


def test_fill_with_a_tensor_is_differentiable():
    x, v = mg.tensor([1.0, 2.0]), mg.tensor(3.0)
    y = x * 1.0
    y.fill(v)
    (y * [4.0, 5.0]).sum().backward()
    assert v.grad == 9.0
    assert x.grad is None or x.grad.tolist() == [0.0, 0.0]


def test_sort_in_place_is_differentiable():
    x = mg.tensor([3.0, 1.0, 2.0])
    y = x * 1.0
    y.sort()
    (y * [10.0, 20.0, 30.0]).sum().backward()
    assert y.data.tolist() == [1.0, 2.0, 3.0]
    assert x.grad.tolist() == [30.0, 10.0, 20.0]


def test_put_is_differentiable():
    x, v = mg.tensor([1.0, 2.0, 3.0]), mg.tensor([5.0, 6.0])
    y = x * 1.0
    y.put([0, 2], v)
    (y * [10.0, 20.0, 30.0]).sum().backward()
    assert x.grad.tolist() == [0.0, 20.0, 0.0]
    assert v.grad.tolist() == [10.0, 30.0]


@pytest.mark.parametrize("shape", [(3, 2), 6, [6], (2, -1), (1, 2, 3)], ids=repr)
def test_the_shape_can_be_set(shape):
    a = np.arange(6.0)
    t, expected = mg.tensor(a, copy=False), np.arange(6.0).reshape(shape)
    t.shape = shape
    assert t.shape == expected.shape
    assert t.base is None
    assert np.shares_memory(t.data, a)


def test_setting_the_shape_is_differentiable_and_leaves_views_right():
    x = mg.tensor(np.arange(4.0))
    y = x * 2.0
    v = y[1:]
    y.shape = (2, 2)
    y[0, 1] = 50.0
    assert v.data.tolist() == [50.0, 4.0, 6.0]
    (y * [[1.0, 2.0], [3.0, 4.0]]).sum().backward()
    assert x.grad.tolist() == [2.0, 0.0, 6.0, 8.0]
    assert y.grad.shape == (2, 2)


def test_an_impossible_shape_is_refused():
    x = mg.tensor(np.arange(6.0))
    with pytest.raises(ValueError):
        x.shape = (4, 2)
    t = mg.tensor(np.arange(6.0).reshape(2, 3).T, copy=False)
    with pytest.raises(AttributeError):
        t.shape = (6,)
    assert (x.shape, t.shape) == ((6,), (3, 2))


# --- the tensor's own attributes ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["grad", "constant", "creator", "base", "ndim", "size"])
def test_attributes_that_describe_the_graph_cannot_be_set(name):
    x = mg.tensor([1.0])
    with pytest.raises(AttributeError):
        setattr(x, name, None)


def test_the_flag_constant_follows_the_operands():
    x, c, i = mg.tensor([1.0]), mg.tensor([1.0], constant=True), mg.tensor([1])
    assert (x + c).constant is False
    assert (c + c).constant is True
    assert (x * i).constant is False
    assert (x + 1.0).constant is False
    assert (np.ones(1) * x).constant is False
    assert (c * np.ones(1)).constant is True
    assert (i + i).constant is True


def test_integers_stay_constants_although_the_result_is_a_float():
    i = mg.tensor([1, 2])
    for t in (i / 2, np.mean(i), np.sin(i), mg.sqrt(i)):
        assert t.dtype == np.float64
        assert t.constant is True


def test_functions_of_plain_arrays_return_constants_unless_told_otherwise():
    assert mg.add([1.0], [2.0]).constant is True
    y = mg.add([1.0], [2.0], constant=False)
    assert y.constant is False
    (y * 3.0).backward()
    assert y.grad.tolist() == [3.0]
    with pytest.raises(ValueError):
        mg.add([1], [2], constant=False)


def test_constant_true_cuts_the_flow_of_the_gradient():
    x = mg.tensor([1.0, 2.0, 3.0])
    (mg.multiply(x, x, constant=True) * x).sum().backward()
    assert x.grad.tolist() == [1.0, 4.0, 9.0]


def test_results_know_that_they_were_made_and_leaves_that_they_were_not():
    x = mg.tensor([1.0])
    y = x * 2.0
    assert x.creator is None
    assert y.creator is not None


def test_tensors_take_new_attributes_and_weak_references():
    x = mg.tensor([1.0])
    x.name = "weight"
    assert x.name == "weight"
    assert weakref.ref(x)() is x


def test_null_gradients_warns_that_it_does_nothing_any_more():
    x = mg.tensor([1.0])
    (x * 2.0).backward()
    with pytest.warns(FutureWarning):
        x.null_gradients()


def test_subclasses_are_tensors_and_carry_gradients():
    class Parameter(mg.Tensor):
        pass

    p = Parameter([1.0, 2.0])
    y = p * 3.0
    assert isinstance(y, mg.Tensor)
    assert isinstance(p[0], mg.Tensor)
    y.sum().backward()
    assert p.grad.tolist() == [3.0, 3.0]


def test_data_can_be_replaced_and_later_operations_use_the_new_values():
    x = mg.tensor([1.0, 2.0])
    x.data = np.array([5.0, 6.0, 7.0])
    assert x.shape == (3,)
    (x * x).sum().backward()
    assert x.grad.tolist() == [10.0, 12.0, 14.0]


def test_replacing_the_data_does_not_change_a_derivative_that_is_under_way():
    x = mg.tensor([1.0, 2.0])
    m = x * 1.0
    y = m * m
    m.data = np.array([100.0, 200.0])
    y.backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_views_of_a_tensor_whose_data_are_replaced_do_not_get_the_gradient_of_other_values():
    """They follow the tensor to its new memory, or keep the old memory and are its views no more."""
    x = mg.tensor([1.0, 2.0])
    v = x[:1]
    x.data = np.array([7.0, 8.0])
    (v * v).sum().backward()
    if v.base is x:
        assert v.data.tolist() == [7.0]
        assert x.grad.tolist() == [14.0, 0.0]
    else:
        assert v.data.tolist() == [1.0]
        assert v.grad.tolist() == [2.0]
        assert x.grad is None


def test_an_optimiser_may_update_data_in_place_after_backward():
    w = mg.tensor(10.0)
    seen = []
    for _ in range(10):
        loss = w**2
        loss.backward()
        w.data -= 0.3 * w.grad
        seen.append(w.item())
    expected = [4, 1.6, 0.64, 0.256, 0.1024, 0.04096, 0.016384, 0.0065536, 0.00262144, 0.001048576]
    assert seen == pytest.approx(expected)
