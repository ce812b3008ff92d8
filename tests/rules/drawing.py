"""What a case is: a call of a function, with places for the arrays in which it is differentiated.

A table of cases says ``cases(np.sum, call(var(3, 4), axis=0), call(var(3, 4), keepdims=True))``: `var` stands
for an array of floats, drawn for the case with a seed of its own. No two elements of a case are closer to
each other than the steps of a numerical derivative reach, so that maxima and orders don't change on the way.
"""

import inspect
import zlib
from contextlib import suppress

import numpy as np

from mygrad import Tensor
from mygrad.engine.rule import composites, places, rules

__all__ = ["Case", "Var", "call", "cases", "entries_of", "table", "tensors_in", "var"]

table: dict = {}
"""The cases of each entry of `rules` and `composites`."""

parameters: dict = {}
"""For each entry the names of the parameters that some case gives."""


def entries_of(registered):
    """The entries of a table without those of other packages, and of numbers in twins."""
    others = ("mygrad.other_code.", "mygrad.twins.")
    of_others = {key for key, (module, *_) in places.items() if module.startswith(others)}
    return [key for key in registered if key not in of_others]


class Var:
    """An array to be drawn.

    Parameters
    ----------
    shape : tuple of int
    domain : (float, float)
        The elements lie between.
    signed : bool
        Whether they have random signs, in a domain of positive numbers.
    """

    def __init__(self, shape, domain, signed):
        self.shape, self.domain, self.signed = shape, domain, signed
        self.size = int(np.prod(shape))


def var(*shape, domain=(-2.0, 2.0), signed=False):
    """The place of an array; see `Var`."""
    return Var(shape, domain, signed)


class call:
    """The arguments of a call, some of them places for arrays."""

    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs

    def places(self):
        """The places, in the order in which `filled` takes their values."""
        found = []
        self._walk((self.args, self.kwargs), lambda place: found.append(place))
        return found

    def filled(self, values):
        """The arguments with values in the places."""
        rest = iter(values)
        return self._walk((self.args, self.kwargs), lambda place: next(rest))

    def _walk(self, item, visit):
        if isinstance(item, Var):
            return visit(item)
        if type(item) in (list, tuple):
            return type(item)(self._walk(x, visit) for x in item)
        if type(item) is dict:
            return {name: self._walk(x, visit) for name, x in item.items()}
        return item

    def __repr__(self):
        return ",".join(
            [*map(_short, self.args), *(f"{name}={_short(v)}" for name, v in self.kwargs.items())]
        )


def _short(value):
    if isinstance(value, Var):
        return "x".join(map(str, value.shape)) or "0d"
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    if isinstance(value, type):
        return value.__name__
    if type(value) in (list, tuple):
        return f"[{','.join(map(_short, value))}]"
    return str(value)


class Case:
    """A function of arrays or tensors to be differentiated in all of them.

    Parameters
    ----------
    key
        The entry of the table that it is for.
    label : str
    function : callable
        Takes a value for each variable.
    variables : list of Var
    exact : bool
        Whether the values are NumPy's to the last bit; else to rounding.
    written : bool
        Whether an argument is written to, so that it must be a tensor if any other is.
    overwritten : bool
        Whether some argument may have no influence on the result.
    view : bool
        Whether the result shares memory with an argument whenever NumPy's does.
    """

    def __init__(
        self, key, label, function, variables, exact=True, written=False, overwritten=False, view=True
    ):
        self.key, self.label, self.function, self.variables = key, label, function, variables
        self.exact, self.written, self.overwritten, self.view = exact, written, overwritten, view
        self.name = f"{name_of(key)}({label})"

    def __repr__(self):
        return self.name

    def __call__(self, *values):
        return self.function(*values)

    def rng(self):
        """Random numbers that are the same whenever the case is run."""
        return np.random.default_rng(zlib.crc32(self.name.encode()))

    def draw(self, dtype=float):
        """Arrays for the variables; imaginary parts keep away from 0, where branch cuts are."""
        rng = self.rng()
        dtypes = dtype if isinstance(dtype, list) else [dtype] * len(self.variables)
        count = len(self.variables)
        places = count * max([16, *(v.size for v in self.variables)])
        arrays = []
        for k, (variable, dtype) in enumerate(zip(self.variables, dtypes, strict=True)):
            low, high = variable.domain
            spacing = (high - low) / places
            chosen = rng.permutation(places // count)[: variable.size] * count + k
            values = low + spacing * (chosen + 0.5 + rng.uniform(-0.125, 0.125, variable.size))
            if variable.signed:
                values = values * rng.choice([-1.0, 1.0], variable.size)
            if np.dtype(dtype).kind == "c":
                values = values + 1j * rng.uniform(0.2, 0.8, variable.size) * rng.choice(
                    [-1, 1], variable.size
                )
            arrays.append(np.reshape(values, variable.shape).astype(dtype))
        return arrays


def name_of(key):
    """The name of an entry of the table."""
    if isinstance(key, tuple):
        return f"{key[0].__name__}.{key[1]}"
    return key if isinstance(key, str) else key.__name__


def tensors_in(value):
    """Whether there is a tensor in nested lists and tuples."""
    if type(value) in (list, tuple):
        return any(map(tensors_in, value))
    return isinstance(value, Tensor)


def entry_function(key):
    """The function that a user calls; of one that is ours alone, the rule where tensors are given."""
    if isinstance(key, str):
        return composites[key]
    if isinstance(key, tuple):
        return getattr(*key)
    if isinstance(key, np.ufunc) or not key.__module__.startswith("mygrad"):
        return key

    def function(*args, **kwargs):
        given = tensors_in(list(args)) or tensors_in(list(kwargs.values()))
        return (rules[key] if given else key)(*args, **kwargs)

    return function


def signature_of(key):
    """The signature by which parameters are counted: NumPy's, if it tells; None where nothing is counted."""
    if isinstance(key, np.ufunc):
        return None
    if callable(key) and not key.__module__.startswith("mygrad"):
        with suppress(ValueError):
            return inspect.signature(key)
    rule = rules.get(key)
    return inspect.signature(composites[key]) if key in composites else rule.signature


def cases(key, *calls, out=True, **options):
    """Add cases of the entry `key`: each call, and with ``out=`` each third one if the function has it."""
    function = entry_function(key)
    signature = signature_of(key)
    given = parameters.setdefault(key, set())
    has_out = out and signature is not None and "out" in signature.parameters
    for i, one in enumerate(calls):
        if signature is not None:
            given.update(signature.bind_partial(*one.args, **one.kwargs).arguments)
        add(key, repr(one), _calling(function, one), one.places(), **options)
        if has_out and i % 3 == 0:
            given.add("out")
            add_out(key, repr(one), _calling(function, one), one.places(), **options)


def _calling(function, one):
    def f(*values, **more):
        args, kwargs = one.filled(values)
        return function(*args, **kwargs, **more)

    return f


def add(key, label, function, variables, **options):
    """Add a case in the form of a function of its variables."""
    table.setdefault(key, []).append(Case(key, label, function, list(variables), **options))


def add_out(key, label, function, variables, **options):
    """Add a case that writes its result into an array, which is one more variable."""
    probe = Case(key, label, function, list(variables))
    with np.errstate(all="ignore"):
        shape = np.shape(function(*probe.draw()))

    def into(*values):
        *values, out = values
        out = out.copy()
        result = function(*values, out=out)
        # np.dot answers with a scalar where `out` is 0-d; a tensor is a tensor.
        assert result is out or not isinstance(out, Tensor)
        return out

    options = {**options, "written": True, "overwritten": True}
    add(key, f"{label},out=", into, [*variables, var(*shape)], **options)
