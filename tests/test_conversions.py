"""How a tensor leaves for Python and for NumPy, as text, as bytes and as a copy: as an array does."""

import copy
import math
import operator
import pickle

import numpy as np
import pytest

import mygrad as mg

ARRAYS = {
    "0-d float": np.array(2.5),
    "0-d int": np.array(3),
    "0-d bool": np.array(False),
    "0-d zero": np.array(0.0),
    "0-d nan": np.array(np.nan),
    "one": np.array([2.5]),
    "one zero": np.array([0.0]),
    "one int": np.array([3]),
    "1x1": np.array([[4.0]]),
    "empty": np.array([]),
    "vector": np.array([1.0, 2.0, 3.0]),
    "ints": np.array([1, 2, 3]),
    "bools": np.array([True, False]),
    "matrix": np.arange(6.0).reshape(2, 3),
    "float32": np.array([1.5, 2.5], dtype=np.float32),
    "complex": np.array([1 + 2j, 3 - 4j]),
    "0-d complex": np.array(1 + 2j),
}
TO_ONE_NUMBER = ("float", "int", "complex", "math.sqrt", "math.floor", "math.trunc", "percent")
CONVERSIONS = {
    "bool": bool,
    "not": operator.not_,
    "float": float,
    "int": int,
    "complex": complex,
    "index": operator.index,
    "range": lambda a: list(range(a)),
    "list index": lambda a: [10, 20, 30, 40][a],
    "item": lambda a: a.item(),
    "item 1": lambda a: a.item(1),
    "item (0, 1)": lambda a: a.item(0, 1),
    "item tuple": lambda a: a.item((0,)),
    "tolist": lambda a: a.tolist(),
    "len": len,
    "iterate": lambda a: len(list(iter(a))),
    "contains": lambda a: 2.5 in a,
    "contains not": lambda a: 77.0 in a,
    "any": lambda a: bool(a.any()),
    "all": lambda a: bool(a.all()),
    "hash": hash,
    "math.sqrt": math.sqrt,
    "math.floor": math.floor,
    "math.trunc": math.trunc,
    "format empty": lambda a: len(format(a, "")) > 0,
    "format spec": lambda a: format(a, ".2f"),
    "format width": lambda a: format(a, "8.3g"),
    "format bad": lambda a: format(a, "nonsense"),
    "percent": lambda a: "%.1f" % a,  # noqa: UP031
    "if": lambda a: 1 if a else 0,
    "and": lambda a: (a and 5) is not None,
    "unpack": lambda a: len((lambda p, q, r: (p, q, r))(*a)),
}


def outcome(function, argument):
    try:
        value = function(argument)
    except Exception as error:
        return type(error)
    return value


# Versions of NumPy differ in what one number with axes converts to: the next test says what ours does.
CASES = [(n, k) for n in CONVERSIONS for k in ARRAYS if n not in TO_ONE_NUMBER or ARRAYS[k].ndim == 0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize(("name", "key"), CASES)
def test_a_conversion_gives_what_numpy_gives_or_raises_what_numpy_raises(name, key):
    a = ARRAYS[key]
    # math computes with a number: only with that of a constant no gradient is lost.
    t = mg.tensor(a, constant=True if name == "math.sqrt" else None)
    expected, got = outcome(CONVERSIONS[name], a), outcome(CONVERSIONS[name], t)
    if isinstance(expected, type):
        assert isinstance(got, type), f"NumPy raises {expected.__name__}, ours returned {got!r}"
        assert issubclass(got, expected)
        return
    assert type(got) is type(expected)
    np.testing.assert_equal(got, expected)


def test_one_number_can_be_had_from_any_number_of_axes_but_not_from_several_or_none():
    for shape in [(), (1,), (1, 1)]:
        t = mg.tensor(np.full(shape, 2.5))
        four = mg.tensor(np.full(shape, 4.0), constant=True)
        assert (float(t), int(t), complex(t), math.sqrt(four)) == (2.5, 2, 2.5 + 0j, 2.0)
    for convert in (float, int, complex):
        with pytest.raises(TypeError):
            convert(mg.tensor([1.0, 2.0]))
        with pytest.raises((TypeError, ValueError)):
            convert(mg.tensor([]))


@pytest.mark.parametrize("constant", [True, False])
def test_numbers_can_be_had_from_variables_and_constants(constant):
    t = mg.tensor(2.5, constant=constant)
    assert (float(t), int(t), t.item(), t.tolist(), bool(t)) == (2.5, 2, 2.5, 2.5, True)
    assert type(float(t)) is float
    y = t * 2.0
    assert float(y) == 5.0


def test_the_truth_of_a_loss_is_that_of_its_value():
    x = mg.tensor(0.0)
    assert not x * 2.0
    assert x + 1.0
    with pytest.raises(ValueError, match="ambiguous"):
        bool(mg.tensor([1.0, 2.0]))


def test_any_and_all_of_an_iterable_of_tensors_look_at_values():
    tensors = [mg.tensor(0.0), mg.tensor(0.0)]
    assert not any(tensors)
    assert any([*tensors, mg.tensor(2.0)])
    assert not all([*tensors, mg.tensor(2.0)])


def test_numpy_is_a_way_out_of_the_graph():
    x = mg.tensor([1.0, 2.0])
    y = x * 2.0
    for t in (x, y):
        assert type(t.numpy()) is np.ndarray
        np.testing.assert_array_equal(t.numpy(), t.data)
    assert mg.asarray(y) is y.data


def test_constants_convert_to_arrays_without_a_copy():
    c = mg.tensor([1.0, 2.0], constant=True)
    assert np.asarray(c) is c.data
    assert np.array(c, copy=False) is c.data
    assert not np.shares_memory(np.array(c), c.data)
    assert np.asarray(c, dtype=np.float32).dtype == np.float32
    with pytest.raises(ValueError):
        np.array(c, dtype=np.float32, copy=False)
    assert c.__array__() is c.data
    assert c.__array__(np.float32).dtype == np.float32


def test_integer_tensors_convert_to_arrays():
    i = mg.tensor([3, 1])
    assert np.asarray(i).tolist() == [3, 1]
    assert np.arange(10)[i].tolist() == [3, 1]
    assert [10, 20, 30][mg.tensor(1)] == 20


# --- iteration ----------------------------------------------------------------------------------------------


def test_iteration_is_differentiable():
    x = mg.tensor([1.0, 2.0, 3.0])
    total = 0.0
    for i, t in enumerate(x):
        assert type(t) is mg.Tensor
        total = total + i * t * t
    total.backward()
    assert x.grad.tolist() == [0.0, 4.0, 12.0]


def test_unpacking_is_differentiable():
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    (a, b), (c, d) = x
    (a * d - b * c).backward()
    assert x.grad.tolist() == [[4.0, -3.0], [-2.0, 1.0]]


def test_builtin_sum_min_max_and_sorted_are_differentiable():
    x = mg.tensor([3.0, 1.0, 2.0])
    sum(x).backward()
    assert x.grad.tolist() == [1.0, 1.0, 1.0]
    max(x).backward()
    assert x.grad.tolist() == [1.0, 0.0, 0.0]
    min(x).backward()
    assert x.grad.tolist() == [0.0, 1.0, 0.0]
    first, _, last = sorted(x)
    (first + 10.0 * last).backward()
    assert x.grad.tolist() == [10.0, 1.0, 0.0]
    list(reversed(x))[0].backward()
    assert x.grad.tolist() == [0.0, 0.0, 1.0]


def test_a_0d_tensor_cannot_be_iterated():
    with pytest.raises(TypeError, match="0-d"):
        iter(mg.tensor(1.0))


def test_membership_in_a_list_is_by_identity_first():
    x = mg.tensor([1.0, 2.0])
    assert x in [x]


# --- text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (2.5, "Tensor(2.5)"),
        ([1.0, 2.0], "Tensor([1., 2.])"),
        ([1, 2], "Tensor([1, 2])"),
        ([], "Tensor([], dtype=float64)"),
        (np.array([1.0], np.float32), "Tensor([1.], dtype=float32)"),
        ([[1.0, 2.0], [3.0, 4.0]], "Tensor([[1., 2.],\n        [3., 4.]])"),
        (True, "Tensor(True)"),
    ],
    ids=repr,
)
def test_the_text_of_a_tensor_is_that_of_the_array_under_another_name(data, text):
    t = mg.tensor(data)
    assert repr(t) == text
    assert str(t) == text
    assert repr(t.copy(constant=True)) == text


def test_the_text_of_a_result_can_be_had_while_the_graph_lives():
    x = mg.tensor([1.0, 2.0])
    assert repr(x * 2.0) == "Tensor([2., 4.])"
    assert f"{np.sum(x):.3f}" == "3.000"
    assert f"{x}" == "Tensor([1., 2.])"


def test_the_text_follows_numpys_print_options():
    with np.printoptions(precision=2):
        assert repr(mg.tensor([1.23456])) == "Tensor([1.23])"


# --- copies -------------------------------------------------------------------------------------------------

COPIES = {
    "copy()": lambda t: t.copy(),
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "np.copy": np.copy,
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_has_memory_of_its_own_and_stays_in_the_graph(name):
    x = mg.tensor([1.0, 2.0])
    y = COPIES[name](x)
    assert type(y) is mg.Tensor
    assert y is not x
    assert y.base is None
    assert not np.shares_memory(y.data, x.data)
    y[0] = 9.0
    assert x.data.tolist() == [1.0, 2.0]
    (y * 3.0).sum().backward()
    assert x.grad.tolist() == [0.0, 3.0]


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_of_a_constant_is_a_constant(name):
    assert COPIES[name](mg.tensor([1.0, 2.0], constant=True)).constant is True
    assert COPIES[name](mg.tensor([1, 2])).constant is True
    assert COPIES[name](mg.tensor([1.0, 2.0])).constant is False


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_of_a_view_is_no_view(name):
    x = mg.tensor([1.0, 2.0, 3.0])
    y = COPIES[name](x[:2])
    assert y.base is None
    y *= 5.0
    assert x.data.tolist() == [1.0, 2.0, 3.0]
    y.sum().backward()
    assert x.grad.tolist() == [5.0, 5.0, 0.0]


def test_a_copy_may_be_made_a_constant():
    x = mg.tensor([1.0, 2.0])
    c = x.copy(constant=True)
    assert c.constant is True
    (c * x).sum().backward()
    assert x.grad.tolist() == [1.0, 2.0]


def test_a_deep_copy_of_a_structure_of_tensors():
    x = mg.tensor([1.0, 2.0])
    d = copy.deepcopy({"w": x, "again": x, "n": 3})
    assert d["w"] is d["again"]
    assert d["w"] is not x
    assert d["w"].data.tolist() == [1.0, 2.0]


# --- pickles ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("data", [2.5, [1.0, 2.0], [1, 2], [[True]], np.ones((2, 0), np.float32)], ids=repr)
def test_tensors_pickle(data, protocol):
    t = mg.tensor(data)
    u = pickle.loads(pickle.dumps(t, protocol))
    assert type(u) is mg.Tensor
    assert (u.dtype, u.shape, u.constant) == (t.dtype, t.shape, t.constant)
    np.testing.assert_array_equal(u.data, t.data)
    assert u.grad is None
    if not u.constant:
        (u * 2.0).backward()
        np.testing.assert_array_equal(u.grad, np.full(t.shape, 2.0))


def test_the_constant_flag_and_the_gradient_survive_a_pickle():
    assert pickle.loads(pickle.dumps(mg.tensor([1.0], constant=True))).constant is True
    x = mg.tensor([1.0, 2.0])
    (x * 3.0).backward()
    y = pickle.loads(pickle.dumps(x))
    assert y.grad.tolist() == [3.0, 3.0]
    assert not np.shares_memory(y.grad, x.grad)


def test_a_tensor_pickles_as_a_leaf_while_its_graph_and_its_views_live():
    x = mg.tensor([1.0, 2.0, 3.0])
    v = x[:2]
    m = v * 2.0
    y = np.exp(m)
    for t in (x, v, m, y):
        u = pickle.loads(pickle.dumps(t))
        np.testing.assert_array_equal(u.data, t.data)
        assert u.creator is None
        assert u.base is None
        u[0] = 5.0
    y.backward()
    np.testing.assert_allclose(x.grad, [2 * np.exp(2.0), 2 * np.exp(4.0), 0.0])


def test_a_pickled_tensor_is_writeable_although_it_was_guarded():
    x = mg.tensor([1.0, 2.0])
    y = x * x
    u = pickle.loads(pickle.dumps(x))
    assert u.data.flags.writeable
    del y


def test_copies_of_guarded_tensors_are_writeable():
    x = mg.tensor([1.0, 2.0])
    y = x * x
    assert x.copy().data.flags.writeable
    assert mg.tensor(x).data.flags.writeable
    del y


# --- astype -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, "f4", float])
def test_astype_between_floats_is_differentiable(dtype):
    x = mg.tensor([1.5, 2.5])
    y = x.astype(dtype)
    assert y.dtype == np.dtype(dtype)
    assert y.constant is False
    assert not np.shares_memory(x.data, y.data)
    (y * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    assert x.grad.dtype == np.float64
    assert y.grad.dtype == np.dtype(dtype)


@pytest.mark.parametrize("dtype", [int, np.uint8, bool])
def test_astype_to_integers_is_a_constant(dtype):
    y = mg.tensor([1.7, 0.0]).astype(dtype)
    assert y.constant is True
    np.testing.assert_array_equal(y.data, np.array([1.7, 0.0]).astype(dtype))


def test_astype_makes_a_variable_of_integers():
    y = mg.tensor([1, 2]).astype(float)
    assert (y.dtype, y.constant) == (np.float64, False)
    (y * y).backward()
    assert y.grad.tolist() == [2.0, 4.0]
    assert mg.tensor([1, 2]).astype(float, constant=True).constant is True


def test_astype_without_a_copy_returns_the_tensor_where_nothing_changes():
    x = mg.tensor([1.0, 2.0])
    assert x.astype(float, copy=False) is x
    assert x.astype(float) is not x
    assert x.astype(np.float32, copy=False).dtype == np.float32


def test_astype_refuses_casts_as_numpy_does():
    with pytest.raises(TypeError):
        mg.tensor([1.0]).astype(int, casting="safe")
    assert mg.tensor([1]).astype(float, casting="safe").dtype == np.float64


# --- the truth about types ----------------------------------------------------------------------------------


def test_tensors_do_not_offer_the_array_interface_behind_numpys_back():
    x = mg.tensor([1.0, 2.0])
    for name in ("__array_interface__", "__array_struct__"):
        assert not hasattr(x, name)
    with pytest.raises(TypeError):
        memoryview(x)


def test_a_number_without_gradient_has_the_hash_of_its_value():
    t = mg.tensor([1.5, 2.5], constant=True)[1]
    assert {2.5: "found"}[t] == "found"


@pytest.mark.parametrize("t", [mg.tensor([1.5])[0], mg.tensor(1.5, constant=True), mg.tensor([1.5])])
def test_arrays_and_what_carries_a_gradient_have_no_hash(t):
    with pytest.raises(TypeError, match="unhashable type: 'Tensor'"):
        hash(t)
