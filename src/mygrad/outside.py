"""What of NumPy is outside of the table of rules, and why: the names that never meet a gradient, and the
functions that never ask a tensor what to do.

NumPy asks the arguments of most of its functions (``__array_function__``, ``__array_ufunc__``), and those are
in the table. The rest is declared here, by full name. It is data: the page of functions,
`mygrad.derivative_of` and the test that walks NumPy's namespaces read it. A public name of NumPy that is
neither in the table nor here fails that test.
"""

from typing import NamedTuple

import numpy as np

__all__ = ["LEFT_OUT", "METHODS", "WALKED", "Outside", "outside"]


class Outside(NamedTuple):
    """Why a name isn't in the table of rules."""

    reason: str
    """What it is, or what it does with a tensor."""
    instead: str
    """What to call where a gradient is wanted; empty where none can be."""
    happens: str
    """What it does with a tensor that carries a gradient: the name of the exception that it raises, "follows"
    where its own code works on tensors, or nothing where no gradient comes near it."""


outside: dict[str, Outside] = {}
"""What is known of the names outside of the table, by full name."""


def never_given(module, names, reason):
    """Declare names that aren't given arrays which carry gradients."""
    outside.update({f"{module}.{name}": Outside(reason, "", "") for name in names.split()})


def not_asked(module, names, reason, instead="", happens="GradientLost"):
    """Declare functions that take arrays and never ask them."""
    outside.update({f"{module}.{name}": Outside(reason, instead, happens) for name in names.split()})


WALKED = [
    "numpy",
    "numpy.linalg",
    "numpy.fft",
    "numpy.lib",
    "numpy.lib.array_utils",
    "numpy.lib.scimath",
    "numpy.lib.stride_tricks",
    "numpy.polynomial",
    "numpy.polynomial.chebyshev",
    "numpy.polynomial.hermite",
    "numpy.polynomial.hermite_e",
    "numpy.polynomial.laguerre",
    "numpy.polynomial.legendre",
    "numpy.polynomial.polynomial",
    "numpy.polynomial.polyutils",
    "numpy.random",
]
"""The namespaces whose every public name is in the table or declared here."""

LEFT_OUT = {
    "numpy.char": "Text carries no gradients.",
    "numpy.core": "NumPy's old inside: what is public of it is in the main namespace.",
    "numpy.ctypeslib": "Hands memory to C. A gradient doesn't come back from there: pass `x.data`.",
    "numpy.dtypes": "The classes of dtypes.",
    "numpy.exceptions": "Exceptions and warnings.",
    "numpy.f2py": "A compiler of Fortran.",
    "numpy.fft.helper": "An old name of functions of `numpy.fft`.",
    "numpy.lib.format": "The format of `.npy` files.",
    "numpy.lib.introspect": "Tells how NumPy was built.",
    "numpy.lib.mixins": "Classes to build array types with.",
    "numpy.lib.npyio": "Reads and writes files.",
    "numpy.linalg.linalg": "An old name of `numpy.linalg`.",
    "numpy.ma": "Masked arrays are arrays of their own that can't hold a tensor. What they are for, `where=` "
    "and `np.where` do, with gradients.",
    "numpy.matlib": "NumPy's old matrices, which can't hold a tensor.",
    "numpy.rec": "Records of several fields.",
    "numpy.strings": "Text carries no gradients.",
    "numpy.testing": "Compares values, and is let through: `assert_allclose(x, y)` takes tensors.",
    "numpy.typing": "Types for annotations.",
    "numpy.version": "The version of NumPy.",
}
"""The namespaces whose names aren't declared one by one, with the reason."""


# ------------------------------------------------------------------------------------ no gradient comes near

never_given(
    "numpy",
    """
    bool bool_ byte bytes_ cdouble character clongdouble complex128 complex192 complex256 complex64
    complexfloating
    csingle datetime64 double flexible float128 float16 float32 float64 float96 floating generic half inexact
    int16 int32 int64 int8 int_ intc integer intp long longdouble longlong number object_ short signedinteger
    single str_ timedelta64 ubyte uint uint16 uint32 uint64 uint8 uintc uintp ulong ulonglong unsignedinteger
    ushort void
    """,
    "A type of number. Called with a tensor it makes a plain number, as `float(x)` does; `x.astype(dtype)` "
    "stays in the graph.",
)
never_given(
    "numpy", "dtype finfo iinfo isdtype issubdtype mintypecode promote_types typename", "About dtypes."
)
never_given("numpy", "broadcast_shapes ndindex", "Takes shapes.")
never_given("numpy", "iterable isscalar", "A question about the kind of object, answered as for an array.")
never_given("numpy", "s_ index_exp", "Makes slices of what stands between the brackets.")
never_given(
    "numpy",
    "empty eye identity indices ones tri zeros diag_indices tril_indices triu_indices mask_indices "
    "bartlett blackman hamming hanning",
    "Made from shapes and whole numbers.",
)
never_given(
    "numpy", "mgrid ogrid", "Grids between plain numbers. Of tensors: `np.linspace` and `np.meshgrid`."
)
never_given(
    "numpy",
    "fromfunction",
    "Calls a function with arrays of indices; what the function returns comes back as it is.",
)
never_given(
    "numpy",
    "fromfile fromregex fromstring genfromtxt load loadtxt memmap frombuffer from_dlpack",
    "Reads values from files, text or memory.",
)
never_given(
    "numpy",
    "base_repr binary_repr format_float_positional format_float_scientific get_printoptions printoptions "
    "set_printoptions info",
    "Text for people.",
)
never_given(
    "numpy",
    "errstate getbufsize geterr geterrcall setbufsize seterr seterrcall get_include show_config show_runtime "
    "test",
    "Settings, and questions about NumPy itself.",
)
never_given("numpy", "busdaycalendar datetime_data", "About dates.")
never_given("numpy", "frompyfunc", "Makes a ufunc of Python objects.")
never_given("numpy", "ufunc", "The class of ufuncs.")
never_given("numpy", "record", "A record of several fields.")
never_given("numpy", "chararray", "Arrays of text.")
never_given("numpy.linalg", "LinAlgError", "An exception.")
never_given(
    "numpy.fft", "fftfreq rfftfreq", "Made from whole numbers and the spacing, which is a plain number."
)
for _module in ("numpy.linalg", "numpy.fft", "numpy.lib", "numpy.polynomial", "numpy.random"):
    never_given(_module, "test", "Runs NumPy's own tests.")
never_given("numpy.lib", "NumpyVersion", "Compares versions.")
never_given("numpy.lib", "add_docstring add_newdoc", "Adds documentation.")
never_given("numpy.lib.array_utils", "normalize_axis_index normalize_axis_tuple", "Takes axes.")
never_given("numpy.polynomial", "set_default_printstyle", "Text for people.")
never_given("numpy.polynomial.polyutils", "format_float", "Text for people.")


# ------------------------------------------------------------- functions that take arrays, and don't ask them

_COERCES = "Makes a plain array of whatever it is given."
not_asked(
    "numpy",
    "array asanyarray ascontiguousarray asfortranarray require",
    _COERCES,
    "the function of `mygrad` of the same name, for tensors and lists of them; `x.data` to leave the graph "
    "on purpose",
)
not_asked(
    "numpy",
    "asarray asarray_chkfinite",
    _COERCES,
    "the tensor as it is; `mygrad.astensor(x)` for what may be a list; `x.data` to leave the graph on "
    "purpose",
)
not_asked(
    "numpy",
    "asmatrix matrix bmat",
    "NumPy's old matrices, which can't hold a tensor.",
    "`x` of two dimensions",
)
not_asked("numpy", "full", "Fills a plain array.", "`mygrad.full(shape, x)` or `np.full_like(array, x)`")
not_asked("numpy", "arange", "Counts between plain numbers.", "`mygrad.arange(start, stop, step)`")
not_asked(
    "numpy",
    "kaiser",
    "Takes `beta` as a plain number.",
    "`mygrad.kaiser(M, beta)`",
)
not_asked(
    "numpy",
    "fromiter",
    "Takes a plain number of each item.",
    "`mygrad.fromiter(items, dtype)`, or `np.stack(list(items))`",
)
not_asked(
    "numpy",
    "c_ r_",
    "Makes plain arrays of what stands between the brackets.",
    "`mygrad.r_` and `mygrad.c_`; `np.concatenate` or `np.column_stack`",
)
not_asked(
    "numpy",
    "vectorize",
    "Calls a function with plain numbers, one by one.",
    "`mygrad.vectorize(f)`; or the function itself, if it takes arrays",
)
not_asked(
    "numpy",
    "poly1d",
    "Holds a tensor as its coefficients, and computes with it; a quotient of two raises `GradientLost`.",
    "`np.polydiv(u, v)` of coefficients for a quotient",
    happens="follows",
)
not_asked(
    "numpy", "nditer ndenumerate", "Iterates over plain numbers.", "`for row in x`, or `np.ndindex(x.shape)`"
)
not_asked(
    "numpy", "nested_iters", "Iterates over plain numbers.", "`np.ndindex(x.shape)`", happens="GradientLost"
)
not_asked("numpy", "flatiter", "The class of `x.flat` of an array.", "`x.flat`", happens="TypeError")
not_asked("numpy", "ndarray recarray", "Arrays over plain memory.", "`mygrad.tensor(x)`", happens="TypeError")
not_asked(
    "numpy", "broadcast", "Iterates over plain numbers.", "`np.broadcast_arrays`; `np.broadcast_shapes`"
)
not_asked(
    "numpy",
    "row_stack",
    "An old name of `np.vstack`, which it calls.",
    "`np.vstack`",
    happens="follows",
)
not_asked("numpy.lib", "Arrayterator", "Reads a file in pieces.", "slices of `x`", happens="follows")
not_asked("numpy.lib.array_utils", "byte_bounds", "Asks for addresses.", "`x.data`", happens="AttributeError")
not_asked(
    "numpy.lib.stride_tricks",
    "as_strided",
    "Lays any strides over memory.",
    "`mygrad.as_strided`; `np.lib.stride_tricks.sliding_window_view(x, shape)`, or a slice",
)


# --------------------------------------------------------------------------------------- numpy.polynomial

_FAMILIES = {
    "polynomial": ("poly", "Polynomial", ""),
    "chebyshev": ("cheb", "Chebyshev", "interpolate pts1 pts2"),
    "hermite": ("herm", "Hermite", ""),
    "hermite_e": ("herme", "HermiteE", ""),
    "laguerre": ("lag", "Laguerre", ""),
    "legendre": ("leg", "Legendre", ""),
}
"""The module of each basis: the beginning of its names, its class, and what only it has."""

_ON_ARRAYS = (
    "add sub mulx mul div pow val der int fromroots vander fit trim roots val2d val3d grid2d grid3d "
    "vander2d vander3d companion line"
) + (" valnd" if hasattr(np.polynomial.polynomial, "polyvalnd") else "")
_COERCING = "Makes plain arrays of its arguments."

for _module, (_short, _class, _own) in _FAMILIES.items():
    _full = f"numpy.polynomial.{_module}"
    _twin = f"mygrad.polynomial.{_module}"
    for _stem in _ON_ARRAYS.split():
        if hasattr(getattr(getattr(np.polynomial, _module), _short + _stem), "_implementation"):
            # polyval2d and polygrid2d of the powers are dispatched since NumPy 2.1, and in the table
            continue
        not_asked(_full, _short + _stem, _COERCING, f"`{_twin}.{_short}{_stem}`")
    never_given(_full, f"{_short}domain {_short}zero {_short}one {_short}x", "Plain numbers.")
    if _module != "polynomial":
        not_asked(
            _full, f"{_short}2poly poly2{_short}", _COERCING, f"`{_twin}.{_short}2poly`, `poly2{_short}`"
        )
        never_given(_full, f"{_short}gauss", "Nodes and weights, for a whole number of them.")
        not_asked(_full, f"{_short}weight", "Its own code works on tensors.", happens="follows")
    for _place in (_full, "numpy.polynomial"):
        not_asked(_place, _class, "Holds plain coefficients.", f"`mygrad.polynomial.{_class}`")
not_asked(
    "numpy.polynomial.polynomial",
    "polyvalfromroots",
    _COERCING,
    "`mygrad.polynomial.polynomial.polyvalfromroots`",
)
not_asked(
    "numpy.polynomial.chebyshev",
    "chebinterpolate",
    "Calls a function with points; its own code works on the tensor that the function returns.",
    happens="follows",
)
never_given("numpy.polynomial.chebyshev", "chebpts1 chebpts2", "Points, for a whole number of them.")
not_asked(
    "numpy.polynomial.polyutils",
    "as_series getdomain mapdomain trimcoef",
    _COERCING,
    "the same function of `mygrad.polynomial.polyutils`",
)
not_asked(
    "numpy.polynomial.polyutils", "mapparms trimseq", "Its own code works on tensors.", happens="follows"
)


# -------------------------------------------------------------------------------------------- numpy.random

_DRAW = "Draws with plain parameters."
_NOISE = "a transformed draw, such as `loc + scale * np.random.standard_normal(n)`"
not_asked(
    "numpy.random",
    """
    beta binomial chisquare dirichlet exponential f gamma geometric gumbel hypergeometric laplace logistic
    lognormal logseries multinomial multivariate_normal negative_binomial noncentral_chisquare noncentral_f
    normal pareto poisson power rayleigh standard_gamma standard_t triangular uniform vonmises wald weibull
    zipf
    """,
    _DRAW,
    _NOISE,
)
not_asked("numpy.random", "choice", "Draws from a plain array.", "`x[np.random.choice(len(x), n)]`")
not_asked("numpy.random", "permutation", "Shuffles a plain array.", "`x[np.random.permutation(len(x))]`")
not_asked(
    "numpy.random",
    "shuffle",
    "Exchanges rows one by one, which goes wrong with the views of a tensor, as NumPy's own warning says.",
    "`x[np.random.permutation(len(x))]`",
    happens="UserWarning",
)
never_given(
    "numpy.random",
    """
    bytes default_rng get_bit_generator get_state rand randint randn random random_integers random_sample
    ranf sample seed set_bit_generator set_state standard_cauchy standard_exponential standard_normal
    """,
    "Takes shapes, whole numbers or seeds.",
)
never_given(
    "numpy.random",
    "BitGenerator Generator MT19937 PCG64 PCG64DXSM Philox RandomState SFC64 SeedSequence",
    "Generators. Their methods do with tensors what the functions of `numpy.random` of the same names do.",
)


# ------------------------------------------------------------------------ what an array has, and a tensor not

METHODS = {
    **dict.fromkeys(
        "__array_finalize__ __array_wrap__ __class_getitem__ __setstate__".split(),
        "How NumPy makes, pickles and annotates arrays and their subclasses; a tensor isn't one.",
    ),
    **dict.fromkeys(
        "__array_interface__ __array_struct__ __buffer__".split(),
        "Hands out the memory without its gradient: take it from `x.data`.",
    ),
    "tostring": "An old name of `tobytes`.",
}
"""Methods and attributes of arrays that tensors lack, with the reason."""
