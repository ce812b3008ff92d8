"""The way out is guarded: what happens when a tensor that carries a gradient is to become a plain array.

Some callers only look at values: they print, plot or compare. They are let through; `ONLY_LOOKING` is the
list.
"""

import dis
import itertools
import linecache
import sys

from mygrad.engine.chapters import load_chapters
from mygrad.losses import asking_frame, lose, place_of, remember

__all__ = ["ONLY_LOOKING", "has_rule", "only_looks", "refuse_coercion", "refuse_number", "remember_text"]

ONLY_LOOKING = {
    *"numpy.testing matplotlib _pytest pytest IPython pandas.core.dtypes.missing".split(),
    *"logging traceback reprlib pdb unittest".split(),
}
"""Packages and modules whose code looks at values and doesn't compute with them; extend it for your own."""

has_rule: dict = {}
"""The code of functions that have a rule which a direct call doesn't reach, and their names."""


def refuse_number():
    """Raise `GradientLost` where a number is asked for to go on with: by ``array[i] = t`` and other code of
    NumPy's, and by ``math.sin(t)``.

    ``float(t)`` on purpose is let through, and remembered: it is told by the instruction that runs, and by
    its source.
    """
    frame = sys._getframe(2)
    code = frame.f_code
    by_numpy = frame.f_globals.get("__name__", "").startswith("numpy.")
    stores = code.co_code[frame.f_lasti] == _STORE
    if by_numpy or stores or _called(frame) in _COMPUTING:
        refuse_coercion()
    else:
        remember(frame)


def remember_text():
    """Remember that text or bytes were made of a tensor, from which a number may be read: unless they are
    only to be looked at."""
    frame = sys._getframe(2)
    asking = asking_frame(frame)
    if asking is None or _only_looks(asking):
        return
    if asking.f_code.co_code[asking.f_lasti] not in _ECHO and _called(asking) != "print":
        remember(asking)


def _called(frame):
    """The name of the function that a frame calls, as far as one line of its source tells."""
    code = frame.f_code
    line, last, start, end = next(itertools.islice(code.co_positions(), frame.f_lasti // 2, None))
    if line is None or line != last:
        return None
    call = linecache.getline(code.co_filename, line).encode()[start:end].decode()
    depth = 0
    for i in range(len(call) - 1, 0, -1):  # back to the parenthesis that the last one closes
        depth += (call[i] == ")") - (call[i] == "(")
        if not depth:
            name = call[:i].rpartition(".")[2].strip()
            called = frame.f_locals.get(name, frame.f_globals.get(name))  # by another name, perhaps
            return getattr(called, "__name__", name)
    return None


_STORE = dis.opmap["STORE_SUBSCR"]
_ECHO = {dis.opmap[name] for name in ("PRINT_EXPR", "CALL_INTRINSIC_1") if name in dis.opmap}
"""The instruction that prints what was typed: before Python 3.12, and since."""
_COMPUTING = {
    *"acos acosh asin asinh atan atan2 atanh cbrt copysign cos cosh degrees dist erf erfc exp exp2 expm1 "
    "fabs fma fmod frexp fsum gamma hypot ldexp lgamma log log10 log1p log2 modf nextafter phase polar pow "
    "prod radians rect remainder sin sinh sqrt sumprod tan tanh fill fromiter reduce".split(),
    *"half single double longdouble csingle cdouble clongdouble float16 float32 float64 complex64 "
    "complex128".split(),
}
"""Names of functions that ask for numbers and compute with them: of `math`, of `cmath`, NumPy's types and its
methods that have no Python frame."""


def only_looks(*modules):
    """Let code of these modules have plain arrays of tensors that carry a gradient, as it only looks at them.

    Parameters
    ----------
    *modules : str
        Full names of modules or packages: such as print, plot or compare values, and compute nothing that is
        to be differentiated. ``mygrad.coercion.ONLY_LOOKING`` has those that are known.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.only_looks("my_project.plots")
    """
    ONLY_LOOKING.update(modules)


def refuse_coercion():
    """Raise `GradientLost`, or what `on_gradient_lost` has in its place, for the code that asks for a plain
    array, unless it is known only to look."""
    load_chapters()
    frame = asking = sys._getframe(2)
    known, in_twin, asked_by = None, False, asking_frame(frame)
    while frame is not None:
        if _only_looks(frame):
            # A test runner is at the bottom of every stack; it only looks where it asks by itself.
            if frame is asked_by or frame.f_globals["__name__"].startswith("numpy.testing"):
                return
            break
        known = has_rule.get(frame.f_code, known)
        in_twin = in_twin or TWIN in frame.f_code.co_freevars
        frame = frame.f_back
    if in_twin:
        ways = (
            "This is a twin already: what asked is compiled, or its source can't be had.\n"
            "To go on through it:             give it a derivative, mygrad.define_rule(f, vjp=...)\n"
        )
    else:
        ways = (
            "To stay in the graph:            use NumPy functions on the tensor itself, np.stack for a list "
            "of tensors\n"
            "For code that insists on arrays: mygrad.drop_in(f)(...), which takes tensors there\n"
            "For a compiled function:         its derivative, mygrad.define_rule(f, vjp=...)\n"
        )
    lose(
        "A plain array was asked of a Tensor that carries a gradient, and a plain array can't carry it on."
        f"{_asked_by(asked_by)}\n{_through_its_rule(known)}{ways}"
        "To leave the graph on purpose:   x.data, x.numpy(), mygrad.asarray(x) or `with mygrad.no_autodiff:`",
        asking,
    )


def _only_looks(frame):
    module = frame.f_globals.get("__name__", "")
    return any(module == name or module.startswith(name + ".") for name in ONLY_LOOKING)


def _asked_by(frame):
    """The line that asked, and the line of the user's that led there, if that is in another package."""
    if frame is None:
        return ""
    module = frame.f_globals.get("__name__", "")
    package = module.partition(".")[0]
    said = f"\nAsked by: {place_of(frame)}"
    caller = asking_frame(frame.f_back)
    while caller is not None and caller.f_globals.get("__name__", "").partition(".")[0] == package:
        caller = asking_frame(caller.f_back)
    if package == "__main__" or caller is None or caller.f_globals.get("__name__", "") in _RUNNERS:
        return said
    return f"{said}\nwhich is {module}.{frame.f_code.co_qualname}, reached from: {place_of(caller)}"


_RUNNERS = {"runpy", "doctest", "_pytest.python", "code", "codeop", "importlib._bootstrap", "threading"}
"""Modules that run somebody's code: what they call was reached from nowhere else."""

TWIN = "__mygrad_callee__"
"""The hook that the code of each twin has among its free variables."""


def _through_its_rule(name):
    if name is None:
        return ""
    return (
        f"{name} has a derivative, but doesn't ask tensors for it.\n"
        f"To reach it:                      mygrad.drop_in(f)(...), where f is {name} or what calls it\n"
    )
