"""The way out is guarded: what happens when a tensor that carries a gradient is to become a plain array.

Some callers only look at values: they print, plot or compare. They are let through; `ONLY_LOOKING` is the
list.
"""

import dis
import itertools
import linecache
import re
import sys

from mygrad.engine.chapters import load_chapters
from mygrad.errors import GradientLost

__all__ = ["ONLY_LOOKING", "has_rule", "refuse_coercion", "refuse_number"]

ONLY_LOOKING = {"numpy.testing", "matplotlib", "_pytest", "pytest", "IPython", "pandas.core.dtypes.missing"}
"""Packages and modules whose code looks at values and doesn't compute with them; extend it for your own."""

has_rule: dict = {}
"""The code of functions that have a rule which a direct call doesn't reach, and their names."""

_OURS = __name__.partition(".")[0]


def refuse_number():
    """Raise `GradientLost` where a number is asked for to go on with: by ``array[i] = t``, where NumPy asks,
    and by ``math.sin(t)``.

    ``float(t)`` on purpose is let through: it is told by the instruction that runs, and by its source.
    """
    frame = sys._getframe(2)
    code = frame.f_code
    if code.co_code[frame.f_lasti] != _STORE:
        line, _, column, _ = next(itertools.islice(code.co_positions(), frame.f_lasti // 2, None))
        source = linecache.getline(code.co_filename, line or 0).encode()
        called = re.match(rb"[\w.]*?(\w+)\(", source[column or 0 :])
        if called is None or called[1].decode() not in _COMPUTING:
            return
    refuse_coercion()


_STORE = dis.opmap["STORE_SUBSCR"]
_COMPUTING = {
    *"acos acosh asin asinh atan atan2 atanh cbrt copysign cos cosh degrees dist erf erfc exp exp2 expm1 "
    "fabs fma fmod frexp fsum gamma hypot ldexp lgamma log log10 log1p log2 modf nextafter phase polar pow "
    "prod radians rect remainder sin sinh sqrt sumprod tan tanh fromiter".split(),
    *"half single double longdouble csingle cdouble clongdouble float16 float32 float64 complex64 "
    "complex128".split(),
}
"""Names of functions that ask for numbers and compute with them: of `math`, of `cmath`, and NumPy's types."""


def refuse_coercion():
    """Raise `GradientLost` for the code that asks for a plain array, unless it is known only to look."""
    load_chapters()
    frame = sys._getframe(2)
    asked_by = known = None
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if any(module == name or module.startswith(name + ".") for name in ONLY_LOOKING):
            # A test runner is at the bottom of every stack; it only looks where it asks by itself.
            if asked_by is None or module.startswith("numpy.testing"):
                return
            break
        if asked_by is None and not module.startswith(("numpy.", _OURS + ".")) and module != "numpy":
            asked_by = frame
        known = has_rule.get(frame.f_code, known)
        frame = frame.f_back
    where = ""
    if asked_by is not None:
        code = asked_by.f_code
        line = linecache.getline(code.co_filename, asked_by.f_lineno).strip()
        where = f"\nAsked by: {code.co_filename}, line {asked_by.f_lineno}, in {code.co_name}" + (
            f":  {line}" if line else ""
        )
    raise GradientLost(
        "A plain array was asked of a Tensor that carries a gradient, and a plain array can't carry it on."
        f"{where}\n{_through_its_rule(known)}"
        "To stay in the graph:            use NumPy functions on the tensor itself, np.stack for a list of "
        "tensors\n"
        "For code that insists on arrays: mygrad.drop_in(function)(...), which takes tensors there\n"
        "To leave the graph on purpose:   x.data, x.numpy(), mygrad.asarray(x) or `with mygrad.no_autodiff:`"
    )


def _through_its_rule(name):
    if name is None:
        return ""
    return (
        f"{name} has a derivative, but doesn't ask tensors for it.\n"
        f"To reach it:                      mygrad.drop_in(f)(...), where f is {name} or what calls it\n"
    )
