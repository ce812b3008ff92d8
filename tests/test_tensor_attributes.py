"""Attributes and methods are those of NumPy's array; data, grad, constant and creator are ours."""

import copy
import inspect
import pickle
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


def test_a_write_through_a_view_of_replaced_data_does_not_change_a_derivative_that_is_under_way():
    x = mg.tensor([1.0, 2.0])
    m = x * 1.0
    v = m[:1]
    y = m * m
    m.data = np.array([100.0, 200.0])
    v[...] = 50.0
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


# --- all that an array has ----------------------------------------------------------------------------------

PROTOCOLS = {"__array_finalize__", "__array_interface__", "__array_struct__", "__array_wrap__"}
PROTOCOLS |= {"__buffer__"} & set(dir(np.ndarray))  # since Python 3.12
"""Ways to make an array of an object behind its back, or a subclass of arrays."""


ATTRIBUTES = set(dir(np.ndarray)) - {"itemset", "newbyteorder", "ptp", "tostring"}  # no more since NumPy 2.3


def test_tensors_have_all_that_arrays_have():
    missing = {name for name in ATTRIBUTES if not hasattr(mg.Tensor, name)}
    assert missing == PROTOCOLS | {"__class_getitem__", "__setstate__"}
    for name in "__reduce__ __format__ __index__ __complex__ __contains__ __deepcopy__ __dlpack__".split():
        assert getattr(mg.Tensor, name) is not getattr(object, name, None)


METHODS = sorted(name for name in ATTRIBUTES if name[0] != "_" and callable(getattr(np.ndarray, name)))


@pytest.mark.parametrize("name", METHODS)
def test_methods_take_the_arguments_of_numpys_methods(name):
    ours = inspect.signature(getattr(mg.Tensor, name)).parameters
    assert next(iter(ours)) == "self"
    try:
        theirs = inspect.signature(getattr(np.ndarray, name)).parameters
    except ValueError:  # before NumPy 2.4 the methods told no signature
        theirs = {}
    any_name = any(p.kind is p.VAR_KEYWORD for p in ours.values())
    # By position alone, and so without a name.
    unnamed = {"new_shape", "args"} | {n for n, p in theirs.items() if p.kind is p.POSITIONAL_ONLY}
    for parameter in theirs.values():
        assert (
            parameter.name in ours
            or any_name
            or parameter.kind is parameter.VAR_KEYWORD
            or (parameter.name in unnamed)
        ), parameter


EACH_DTYPE = "? i1 u1 i8 f2 f4 f8 g c8 c16".split()


def drawn(dtype, shape):
    a = np.arange(np.prod(shape, dtype=int)).reshape(shape) * 7 % 11 - 3
    if dtype == "?":
        return np.asarray(a % 2 == 0)
    a = np.asarray(abs(a) if dtype[0] == "u" else a).astype(dtype)
    return np.asarray(a + a[..., ::-1] * a.dtype.type(1j)) if a.ndim and a.dtype.kind == "c" else a


def tried(call, *args, **kwargs):
    with np.errstate(all="ignore"):
        try:
            return call(*args, **kwargs)
        except Exception as error:
            return error


def agree(got, expected):
    if isinstance(expected, Exception):
        assert isinstance(got, type(expected)) or isinstance(expected, type(got)), (got, expected)
    elif isinstance(expected, (np.ndarray, np.generic)):
        assert not isinstance(got, Exception), (got, expected)
        value = mg.asarray(got)
        assert value.dtype == expected.dtype
        assert value.shape == expected.shape
        np.testing.assert_array_equal(value, expected)
    elif isinstance(expected, (tuple, list)):
        for one, other in zip(got, expected, strict=True):
            agree(one, other)
    else:
        assert got == expected


CALLS = {
    "all": ["", "0", "axis=-1, keepdims=True", "5", "(0,)", "where=True"],
    "any": ["", "0", "axis=-1, keepdims=True", "5"],
    "argmax": ["", "0", "axis=-1, keepdims=True", "5"],
    "argmin": ["", "0", "axis=-1, keepdims=True"],
    "argpartition": ["0", "0, 0", "0, None", "(0, 1)", "100", "0, axis=-1, kind='introselect'"],
    "argsort": ["", "0", "None", "-1, 'stable'", "stable=True"],
    "astype": ["float", "'f4'", "'i8', 'F'", "'c16', 'C', 'safe'", "dtype='u1', copy=False", "bool"],
    "byteswap": ["", "True", "inplace=False"],
    "clip": ["0, 2", "0", "None, 2", "min=0, max=1", "1, None, None", "0, 2, dtype='f8'", "0.5, 1.5"],
    "compress": ["[True, False]", "[True], 0", "condition=[0, 1, 1], axis=0"],
    "conj": [""],
    "conjugate": [""],
    "copy": ["", "'F'", "order='K'"],
    "cumprod": ["", "0", "-1, float", "axis=4"],
    "cumsum": ["", "0", "-1, float", "axis=0, dtype='f4'"],
    "diagonal": ["", "1", "0, 1, 0", "offset=-1, axis1=0, axis2=1"],
    "dot": ["2", "2.5", "np.arange(3.0)", "np.arange(6).reshape(3, 2)"],
    "flatten": ["", "'F'", "order='K'", "'A'"],
    "getfield": ["'u1'", "'f4', 0", "dtype='i4', offset=4", "'f8'", "'u1', 7"],
    "item": ["", "0", "0, 0", "(0, 0)", "-1", "100"],
    "max": ["", "0", "0, None, True", "0, None, False, 3, True", "axis=-1, keepdims=True"],
    "mean": ["", "0", "0, 'f8'", "axis=-1, keepdims=True", "0, None, None, True"],
    "min": ["", "0", "0, None, True", "initial=3", "axis=(0,)"],
    "nonzero": [""],
    "prod": ["", "0", "0, float", "axis=0, initial=2", "None, None, None, False, 3, True"],
    "ravel": ["", "'F'", "order='K'"],
    "repeat": ["2", "2, 0", "[1, 2, 0], axis=-1", "repeats=1"],
    "reshape": ["-1", "(-1,)", "-1, 1", "(-1, 1), order='F'", "7, 7", "-1, copy=True", "", "[1, -1]"],
    "round": ["", "1", "decimals=-1"],
    "searchsorted": ["2", "[1, 2]", "1, 'right'", "v=2"],
    "squeeze": ["", "0", "axis=0", "(0,)"],
    "std": ["", "0", "0, 'f8'", "0, None, None, 1, True", "ddof=1"],
    "sum": ["", "0", "0, float", "0, None, None, True", "where=True", "dtype='c16'", "axis=9"],
    "swapaxes": ["0, 1", "0, -1", "0, 7"],
    "take": ["0", "[0, 1]", "[[0], [1]], 0", "indices=[1], axis=-1", "[50], mode='wrap'", "[50]"],
    "to_device": ["'cpu'", "'gpu'", "'cpu', stream=None"],
    "tobytes": ["", "'F'", "order='A'"],
    "tolist": [""],
    "trace": ["", "1", "0, 1, 0", "dtype=float"],
    "transpose": ["", "None", "1, 0", "(1, 0)", "0", "0, 0"],
    "var": ["", "0", "0, 'f8'", "0, None, None, 1, True", "axis=(0,)"],
    "view": ["", "'f4'", "dtype='f8'", "'i8'", "'u1'", "'c8'", "np.ndarray", "'?'"],
    "__contains__": ["0", "100", "1.5"],
    "__iter__": [""],
    "__len__": [""],
    "__index__": [""],
    "__complex__": [""],
    "__format__": ["''", "'.2f'"],
}
WRITES = {
    "byteswap": ["True", "inplace=True"],
    "fill": ["2", "1.5", "np.array(3)", "'a'", "300"],
    "partition": ["0", "0, 0", "(0, 1)", "0, kind='introselect'", "50", "0, None"],
    "put": ["0, 5", "[0, 1], [3, 4]", "[0, 1], 7, 'clip'", "[99], 1", "[99], 1, mode='wrap'", "[99], []"],
    "resize": ["2", "(2,)", "2, 2", "(5, 5)", "()", "", "-1", "3, refcheck=False"],
    "setfield": ["1, 'u1'", "2, 'i8', 0", "1, 'f4', 4", "1, 'u1', 3"],
    "setflags": ["", "False", "write=False", "align=True"],
    "sort": ["", "0", "-1, 'stable'", "axis=0, stable=True", "axis=None", "4"],
}


def arguments(text):
    return eval(f"(lambda *args, **kwargs: (args, kwargs))({text})", {"np": np})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_methods_do_what_numpys_do_in_all_dtypes(name):
    for dtype in EACH_DTYPE:
        for shape in ((), (3,), (2, 3), (0, 3), (2, 1, 3)):
            a = drawn(dtype, shape)
            for text in CALLS[name]:
                args, kwargs = arguments(text)
                x = mg.tensor(a, constant=True)
                expected = tried(getattr(np.ndarray, name), a.copy(), *args, **kwargs)
                got = tried(getattr(x, name), *args, **kwargs)
                if name == "__format__":
                    assert isinstance(got, type(expected))
                elif name in ("__complex__", "__index__") and a.shape:
                    assert isinstance(got, Exception)
                else:
                    if name == "__iter__" and a.shape:
                        got, expected = list(got), list(expected)
                    agree(got, expected)
                    if isinstance(expected, np.ndarray):
                        shared = getattr(a, name)(*args, **kwargs)
                        assert np.shares_memory(mg.asarray(got), x.data) == np.shares_memory(shared, a)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WRITES)
def test_methods_that_write_do_what_numpys_do_in_all_dtypes(name):
    for dtype in EACH_DTYPE:
        for shape in ((), (3,), (2, 3), (0, 3), (2, 1, 3)):
            for text in WRITES[name]:
                args, kwargs = arguments(text)
                a, x = drawn(dtype, shape).copy(), mg.tensor(drawn(dtype, shape), constant=True)
                expected = tried(getattr(a, name), *args, **kwargs)
                got = tried(getattr(x, name), *args, **kwargs)
                if isinstance(expected, Exception):
                    agree(got, expected)
                    agree(x, drawn(dtype, shape))  # NumPy may have written a part before
                else:
                    assert got is None or got is x
                    agree(x, a)
                assert x.flags.writeable == a.flags.writeable


def test_every_method_is_tried():
    tested = CALLS.keys() | WRITES.keys()
    of_files = {"dump", "dumps", "tofile"}
    assert set(METHODS) - tested - of_files == {"choose"}


def test_tensors_are_written_to_files_and_pickled(tmp_path):
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    x.tofile(tmp_path / "raw")
    assert np.fromfile(tmp_path / "raw").tolist() == [1.0, 2.0, 3.0, 4.0]
    x.tofile(tmp_path / "text", ",", "%.1f")
    assert (tmp_path / "text").read_text() == "1.0,2.0,3.0,4.0"
    x.dump(tmp_path / "pickle")
    with open(tmp_path / "open", "wb") as file:
        x.dump(file)
    for data in ((tmp_path / "pickle").read_bytes(), (tmp_path / "open").read_bytes(), x.dumps()):
        other = pickle.loads(data)
        assert type(other) is mg.Tensor
        assert other.tolist() == x.tolist()
    assert pickle.loads(pickle.dumps(x)).tolist() == x.tolist()
    assert copy.deepcopy([x, x])[0] is not x


# --- bytes --------------------------------------------------------------------------------------------------


def test_complex_numbers_are_viewed_as_pairs_of_floats_and_back():
    z = mg.tensor([1 + 2j, 3 - 1j])
    pairs = z.view(float)
    assert pairs.base is z
    assert pairs.tolist() == [1.0, 2.0, 3.0, -1.0]
    assert pairs.view(complex).base is z
    pairs[1] = pairs[2] * 5.0
    assert z.tolist() == [1 + 15j, 3 - 1j]
    (pairs * [1.0, 10.0, 100.0, 1000.0]).sum().backward()
    # The gradient is that of the present values; a descent along it goes down.
    assert z.grad.tolist() == [1 + 10j, 100 + 1000j]
    assert pairs.grad.tolist() == [1.0, 10.0, 100.0, 1000.0]


def test_a_write_through_pairs_takes_the_gradient_of_what_was_there():
    x = mg.tensor([1.0, 2.0, 3.0, 4.0])
    y = x * 1.0
    z = y.view(complex)
    v = mg.tensor([5 + 6j, 7 + 8j, 9j])
    z[[0, 0, 1]] = v  # the last one counts
    (z * np.array([1 + 1j, 2 - 1j])).real.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0, 0.0]
    np.testing.assert_allclose(v.grad, [0.0, 1 - 1j, 2 + 1j])


def test_single_precision_numbers_are_viewed_as_pairs_too():
    z = mg.tensor(np.array([1 + 2j, 3 - 1j], np.complex64))
    (z.view(np.float32)[[0, 0, 3]] * [1.0, 2.0, 4.0]).sum().backward()
    np.testing.assert_allclose(z.grad, [3.0, 4j])
    z = mg.tensor(np.array([1 + 2j, 3 - 1j], np.complex64))
    v = mg.tensor([1.0, 2.0, 3.0])
    w = z * 1.0
    w.view(np.float32)[[0, 0, 3]] = v
    w.real.sum().backward()
    assert v.grad.tolist() == [0.0, 1.0, 0.0]
    np.testing.assert_allclose(z.grad, [0.0, 1.0])


def test_parts_of_complex_numbers_are_fields():
    z = mg.tensor([1 + 2j, 3 - 1j])
    z.setfield([7.0, 8.0], float, 8)
    assert z.tolist() == [1 + 7j, 3 + 8j]
    (z.getfield(float) * 2 + z.getfield(float, 8) * 3).sum().backward()
    np.testing.assert_array_equal(z.grad, [2 + 3j, 2 + 3j])


REINTERPRETATIONS = [
    lambda x: x.view("i8"),
    lambda x: x.view(np.float32),
    lambda x: x.getfield("i4"),
    lambda x: x.setfield(1, "u1"),
    lambda x: x.byteswap(),
    lambda x: x.byteswap(inplace=True),
    lambda x: setattr(x, "dtype", "i8"),
]


@pytest.mark.parametrize("reinterpret", REINTERPRETATIONS)
def test_the_bytes_of_a_number_that_carries_a_gradient_are_refused(reinterpret):
    x = mg.tensor([1.0, 2.0])
    with pytest.raises(TypeError, match="bytes of a number have no derivative"):
        reinterpret(x)
    assert x.tolist() == [1.0, 2.0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_dtype_and_the_strides_of_a_constant_can_be_set_as_numpys():
    x, a = mg.tensor([1, 2, 3]), np.array([1, 2, 3])
    x.dtype = a.dtype = np.int32
    agree(x, a)
    x.strides = a.strides = (0,)
    agree(x, a)
    agree(tried(setattr, x, "dtype", "i8"), tried(setattr, a, "dtype", "i8"))


def test_plain_arrays_and_raw_memory_are_guarded():
    x = mg.tensor([1.0, 2.0])
    for way in (lambda x: x.view(np.ndarray), lambda x: x.ctypes, lambda x: x.__dlpack__()):
        with pytest.raises(mg.GradientLost):
            way(x)
    constant = mg.tensor([1, 2])
    assert type(constant.view(np.ndarray)) is np.ndarray
    assert constant.ctypes.data == constant.data.ctypes.data
    assert x.view(mg.Tensor).base is x


# --- resize -------------------------------------------------------------------------------------------------


def test_a_resized_tensor_has_zeros_at_its_end_and_its_gradient():
    x = mg.tensor([1.0, 2.0, 3.0])
    y = x * 2.0
    y.resize((2, 2))
    assert y.tolist() == [[2.0, 4.0], [6.0, 0.0]]
    (y * y).sum().backward()
    assert x.grad.tolist() == [8.0, 16.0, 24.0]
    z = x * 2.0
    z.resize(2)
    z.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 0.0]


def test_a_tensor_whose_memory_others_refer_to_is_not_resized():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[1:]
    with pytest.raises(ValueError, match="does not own"):
        v.resize(5)
    with pytest.raises(ValueError, match="others refer"):
        x.resize(5)
    del v
    data = x.data
    with pytest.raises(ValueError, match="others refer"):
        x.resize(5)
    x.resize(5, refcheck=False)
    assert data.tolist() == [1.0, 2.0, 3.0]
    assert x.tolist() == [1.0, 2.0, 3.0, 0.0, 0.0]


def test_resizing_to_the_same_size_is_setting_the_shape():
    x = mg.tensor(np.arange(6.0))
    v = x[::2]
    x.resize(2, 3)
    v[0] = 9.0
    assert x.tolist() == [[9.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


def test_a_tensor_that_the_graph_remembers_can_be_resized():
    x = mg.tensor([1.0, 2.0])
    y = x * x
    x.resize(3)
    y.sum().backward()
    assert x.tolist() == [1.0, 2.0, 0.0]


# --- flat ---------------------------------------------------------------------------------------------------

INDICES = [
    0,
    -1,
    5,
    100,
    slice(None),
    slice(1, 4),
    slice(None, None, -1),
    ...,
    [0, 2],
    [0, 0],
    np.array([[0, 1], [2, 3]]),
    np.array([True, False] * 3),
    (0,),
    (1, 2),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("index", INDICES, ids=str)
def test_flat_reads_and_writes_as_numpys(index):
    arrays = [np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(6.0)]
    if isinstance(index, (int, slice)) or index is ...:
        arrays.append(np.array(1.0))
    for a in arrays:
        agree(tried(mg.tensor(a).flat.__getitem__, index), tried(a.flat.__getitem__, index))
        for value in (7, [1.0, 2.0], np.arange(12.0).reshape(3, 4), [], np.array(5)):
            b, x = a.copy(order="K"), mg.tensor(a)
            expected = tried(b.flat.__setitem__, index, value)
            got = tried(x.flat.__setitem__, index, value)
            assert (got is None) == (expected is None), (got, expected)
            agree(x, b if expected is None else a)


def test_flat_is_an_iterator():
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    flat, expected = x.flat, x.data.flat
    for _ in range(3):
        assert next(flat).data == next(expected)
        assert (flat.index, flat.coords) == (expected.index, expected.coords)
    assert len(list(flat)) == 1
    assert sum(x.flat).data == 10.0
    assert (x.flat == np.array([1.0, 0.0, 3.0, 0.0])).tolist() == [True, False, True, False]
    x.flat = [5.0, 6.0]
    assert x.tolist() == [[5.0, 6.0], [5.0, 6.0]]
    sum(v * v for v in x.flat).backward()
    assert x.grad.tolist() == [[10.0, 12.0], [10.0, 12.0]]


@pytest.mark.parametrize(
    "choose",
    [lambda x: x.take([0, 0], axis=0), lambda x: x.repeat(2, axis=-1), lambda x: x.compress([True], axis=0)],
)
def test_a_number_is_chosen_from_along_an_axis_as_if_it_had_one(choose):
    x = mg.tensor(3.0)
    result = choose(x)
    np.testing.assert_array_equal(result.data, choose(x.data))
    result.sum().backward()
    assert x.grad == result.size
