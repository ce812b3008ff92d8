"""The way out is guarded: what happens when a tensor that carries a gradient is to become a plain array.

Some callers only look at values: they print, plot or compare. They are let through; `ONLY_LOOKING` is the
list.
"""

import dis
import linecache
import sys

from mygrad.errors import GradientLost

__all__ = ["ONLY_LOOKING", "refuse_coercion", "refuse_storing"]

ONLY_LOOKING = {"numpy.testing", "matplotlib", "_pytest", "pytest", "IPython", "pandas.core.dtypes.missing"}
"""Packages and modules whose code looks at values and doesn't compute with them; extend it for your own."""

_OURS = __name__.partition(".")[0]


def refuse_storing():
    """Raise `GradientLost` where ``array[i] = t`` is what asks for a number: NumPy does, of an array without
    gradient.

    ``float(t)`` on purpose is another instruction of the code that runs.
    """
    frame = sys._getframe(2)
    if frame.f_code.co_code[frame.f_lasti] == _STORE:
        refuse_coercion()


_STORE = dis.opmap["STORE_SUBSCR"]


def refuse_coercion():
    """Raise `GradientLost` for the code that asks for a plain array, unless it is known only to look."""
    frame = sys._getframe(2)
    asked_by = None
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if any(module == name or module.startswith(name + ".") for name in ONLY_LOOKING):
            # A test runner is at the bottom of every stack; it only looks where it asks by itself.
            if asked_by is None or module.startswith("numpy.testing"):
                return
            break
        if asked_by is None and not module.startswith(("numpy.", _OURS + ".")) and module != "numpy":
            asked_by = frame
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
        f"{where}\n"
        "To stay in the graph:            use NumPy functions on the tensor itself, np.stack for a list of "
        "tensors\n"
        "For code that insists on arrays: mygrad.drop_in(function)(...), which takes tensors there\n"
        "To leave the graph on purpose:   x.data, x.numpy(), mygrad.asarray(x) or `with mygrad.no_autodiff:`"
    )
