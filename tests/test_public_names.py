"""The public names are there, and tell how they are called."""

import inspect

import numpy as np
import pytest

import mygrad as mg

CREATION = """
    arange asarray astensor empty empty_like eye full full_like geomspace identity linspace load logspace
    ones ones_like save Tensor tensor zeros zeros_like
""".split()
UNARY = """
    abs absolute arccos arccosh arcsin arcsinh arctan arctanh cbrt cos cosh exp exp2 expm1 log log10 log1p
    log2 negative positive reciprocal sin sinh sqrt square tan tanh
""".split()
BINARY = """
    add arctan2 divide logaddexp logaddexp2 matmul maximum minimum multiply power subtract true_divide
""".split()
FUNCTIONS = """
    add_sequence amax amin arccot arccoth arccsc arccsch arcsec atleast_1d atleast_2d atleast_3d
    broadcast_to clip concatenate cot coth csc csch cumprod cumsum einsum expand_dims max mean min
    moveaxis multi_matmul multiply_sequence prod ravel repeat reshape roll sec sech sinc squeeze stack std
    sum swapaxes transpose var where
""".split()
WITHOUT_GRADIENT = """
    allclose any argmax argmin bincount can_cast ceil copyto divmod equal floor floor_divide fmod greater
    greater_equal isclose isfinite isinf isnan isnat less less_equal logical_and logical_not logical_or
    logical_xor may_share_memory min_scalar_type mod not_equal remainder result_type rint shape
    shares_memory sign signbit trunc
""".split()
OTHERS = """
    define_rule execute_op mem_guard_active sliding_window_view turn_memory_guarding_off
    turn_memory_guarding_on
""".split()
CONSTANTS = "e euler_gamma inf nan newaxis pi".split()
DTYPES = """
    bool_ double float16 float32 float64 half int16 int32 int64 int8 intp longdouble single uint16 uint32
    uint64 uint8 uintp
""".split()
MODULES = "errors linalg nnet operation_base random testing typing".split()


@pytest.mark.parametrize("name", [*CREATION, *UNARY, *BINARY, *FUNCTIONS, *OTHERS])
def test_a_function_tells_its_parameters(name):
    function = getattr(mg, name)
    assert callable(function)
    assert inspect.signature(function).parameters or name in (
        "mem_guard_active",
        "turn_memory_guarding_off",
        "turn_memory_guarding_on",
    )


@pytest.mark.parametrize(
    "name", [*UNARY, *BINARY, *FUNCTIONS, *(n for n in CREATION if n not in ("asarray", "load", "save"))]
)
def test_a_function_that_makes_tensors_takes_the_keyword_constant(name):
    parameter = inspect.signature(getattr(mg, name)).parameters["constant"]
    assert parameter.kind is parameter.KEYWORD_ONLY
    assert parameter.default is None


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_a_ufunc_is_one(name):
    function = getattr(mg, name)
    assert isinstance(function, mg.ufunc)
    assert function.nin == (1 if name in UNARY else 2)
    assert [p for p in inspect.signature(function).parameters if p.startswith("x")] == (
        ["x"] if name in UNARY else ["x1", "x2"]
    )


@pytest.mark.parametrize("name", WITHOUT_GRADIENT)
def test_a_function_without_gradient_is_there(name):
    assert callable(getattr(mg, name))


@pytest.mark.parametrize("name", [*CONSTANTS, *DTYPES])
def test_a_constant_or_dtype_is_that_of_numpy(name):
    assert getattr(mg, name) is getattr(np, name)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_imported_with_the_package(name):
    assert inspect.ismodule(getattr(mg, name))


@pytest.mark.parametrize("name", ["mem_guard_off", "mem_guard_on", "no_autodiff"])
def test_a_switch_is_a_context(name):
    with getattr(mg, name):
        pass


def test_two_names_for_one_function_are_one_object():
    assert mg.divide is mg.true_divide
    assert mg.abs is mg.absolute
    assert mg.amax is mg.max
    assert mg.amin is mg.min


def test_the_version_is_text():
    assert isinstance(mg.__version__, str)


def test_the_types_for_annotations_are_there():
    assert {"ArrayLike", "DTypeLike", "DTypeLikeReals", "Index", "Mask", "Real", "Shape"} <= set(
        dir(mg.typing)
    )


@pytest.mark.parametrize("function", [mg.split, mg.array_split, mg.hsplit])
def test_the_pieces_of_a_constant_split_are_constant(function):
    pieces = function(mg.arange(4.0), 2, constant=True)
    assert [piece.constant for piece in pieces] == [True, True]
    assert [piece.constant for piece in function(mg.arange(4.0), 2)] == [False, False]


def test_the_pieces_of_an_array_are_tensors():
    assert [type(piece) for piece in mg.split(np.arange(4.0), 2)] == [mg.Tensor, mg.Tensor]


def test_results_that_have_names_keep_them():
    sign, logarithm = mg.linalg.slogdet(mg.tensor([[2.0, 0.0], [0.0, 3.0]]))
    named = mg.linalg.slogdet(np.diag([2.0, 3.0]))
    assert isinstance(named.logabsdet, mg.Tensor)
    assert named.sign == sign
    assert named.logabsdet == logarithm
