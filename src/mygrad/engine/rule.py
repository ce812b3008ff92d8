"""How a function is differentiated.

A rule names what it uses. The parameters of its functions are read once, when the rule is registered: ``g``
is the cotangent, ``out`` the result, an input's name its value, ``x_shape`` and ``x_dtype`` (for an input
``x``) what they say, any other name a static argument such as ``axis``. What no rule names is not kept alive.
::

    elementwise(np.multiply, x=lambda g, y: g * y, y=lambda g, x: g * x)

*elementwise*
    The Jacobian is diagonal, so the one expression in ``g`` is both VJP and JVP.
*linear*
    Forward mode is the function itself.
*multilinear*
    Forward mode is the function with one argument replaced by its tangent.
*general*
    Both are written; a missing JVP is found by differentiating the VJP, which is linear in its cotangent.

Rules are written with NumPy's functions on whatever they are handed: on arrays they are plain NumPy, on
tensors they record a graph of their own, which is how higher derivatives come about.

Complex numbers: a cotangent ``g`` pairs as ``dL = Re(g dz)``, so rules of holomorphic functions have no
conjugation. What arrives at a real value is its real part.
"""

from itertools import repeat
from sys import _getframe, getrefcount

import numpy as np
from numpy import ndarray

from mygrad.engine.indexing import only_where
from mygrad.engine.memory import ALONE
from mygrad.engine.mending import has_nan, selected
from mygrad.engine.node import Saved, new_cell
from mygrad.engine.record import (
    NOTHING,
    RESULT,
    SEVERAL,
    Fit,
    cell_of,
    make,
    recorders_of,
)
from mygrad.engine.signatures import parameter_names
from mygrad.engine.sums import LARGE, MIDDLE, Stretched, small_sum, stretched_axes, sum_over

__all__ = [
    "HANDS_ON_LARGE",
    "NO_PARENT",
    "Elementwise",
    "Pattern",
    "Rule",
    "Several",
    "aliases",
    "approximating",
    "careful",
    "composite",
    "composites",
    "deposit",
    "elementwise",
    "fitted",
    "lifted",
    "multi_output",
    "no_gradient",
    "not_differentiable",
    "parameters",
    "places",
    "refusals",
    "refused",
    "remember_place",
    "rules",
    "value_of",
]

HANDS_ON_LARGE = 2
"""A bit of what `Rule.pull` answers, beside that of True."""

rules: dict = {}
"""What is known of each NumPy function, by the function."""

aliases: dict = {}
"""Functions that are another one under another name, though not the same object: ``np.amax``."""

composites: dict = {}
"""Functions that are written in terms of others, by NumPy's function or by name."""

careful: dict = {}
"""Those that use their tensors when nothing can fail any more, as rules do, where there are no keywords and
no more arguments than this number."""

not_differentiable: dict = {}
"""Functions whose answers are integers, booleans or piecewise constant, with what is to be said of each."""

approximating: set = set()
"""Those without a gradient that give the value, or its text, to so many digits: code goes on with it."""

refusals: dict = {}
"""Functions that tensors are not given to, with the reason."""

places: dict = {}
"""Where the entry of each function is written: the module, the file and the line."""


NO_PARENT = repeat(False)
"""What `Rule.free_of_nan` answers where none of the parents is known to be, however many there are."""

SMALL = 1024
"""Elements up to which a new array for a sum costs less than to find out whether the old one is ours."""


def remember_place(*functions):
    """Remember who registers `functions`: the first caller that isn't one of our own functions."""
    frame = _getframe(1)
    while frame.f_globals["__name__"].startswith("mygrad.") and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    place = frame.f_globals["__name__"], frame.f_code.co_filename, frame.f_lineno
    places.update(dict.fromkeys(functions, place))


def fitted(cotangent, shape, dtype):
    """`cotangent` brought to the shape and dtype of the value that it belongs to: broadcasting is undone."""
    if not hasattr(cotangent, "shape"):
        cotangent = np.asarray(cotangent)
    if cotangent.shape != shape:
        cotangent = _unbroadcast(cotangent, shape)
    if cotangent.dtype is not dtype and cotangent.dtype != dtype:
        if cotangent.dtype.kind == "c" and dtype.kind != "c":
            cotangent = np.real(cotangent)
        if cotangent.dtype != dtype:
            cotangent = cotangent.astype(dtype)
    return cotangent


def _unbroadcast(cotangent, shape):
    if type(cotangent) is ndarray and (
        cotangent.size < LARGE or (cotangent.size < MIDDLE and cotangent.flags.c_contiguous)
    ):
        total = small_sum(cotangent, shape)
        if total is not None:
            return total
    extra = cotangent.ndim - len(shape)
    if extra < 0:  # an assigned value may have leading axes of length 1 that the region lacks
        cotangent = np.reshape(cotangent, (1,) * -extra + cotangent.shape)
    elif extra > 0:
        axes = tuple(range(extra))
        small = cotangent.size < LARGE
        cotangent = cotangent.sum(axis=axes) if small else sum_over(cotangent, axes, keepdims=False)
    if cotangent.shape == shape:
        return cotangent
    stretched = tuple(
        axis for axis, (n, m) in enumerate(zip(shape, cotangent.shape, strict=True)) if n == 1 and m != 1
    )
    if stretched:
        small = cotangent.size < LARGE
        cotangent = cotangent.sum(axis=stretched, keepdims=True) if small else sum_over(cotangent, stretched)
    return cotangent if cotangent.shape == shape else np.broadcast_to(cotangent, shape)


def deposit(node, cotangent):
    """Add a contribution to the cotangent of `node`: in place where the buffer is large, and ours alone."""
    old = node.cotangent
    if old is None:
        node.cotangent = cotangent
    # A view of the buffer would hold it too.
    elif (
        type(old) is ndarray
        and old.size > SMALL
        and getrefcount(old) == ALONE
        and old.base is None
        and type(cotangent) is ndarray
    ):
        try:
            np.add(old, cotangent, out=old)
        except FloatingPointError:  # inf - inf: it is told after the sum has been written
            return
    else:
        try:
            node.cotangent = old + cotangent
        except FloatingPointError:
            with np.errstate(invalid="ignore"):
                node.cotangent = old + cotangent


def value_of(saved):
    """What a saved argument stands for: the value of a cell, of each cell of a list or tuple, or itself."""
    if type(saved) is Saved:
        return saved.value
    if type(saved) is list:
        return [value_of(item) for item in saved]
    if type(saved) is tuple:
        for item in saved:
            if type(item) is not int:  # else a shape, or axes
                return tuple([value_of(item) for item in saved])
    return saved


def lifted(cell, node) -> Saved:
    """A cell with the same value as a tensor, so that what is computed from it is recorded."""
    return cell if node is None else new_cell(make(value_of(cell), node))


def parameters(function) -> tuple[str, ...]:
    """The names that a rule's function uses, after ``g`` (in a JVP: ``t``)."""
    (first, *names), _ = parameter_names(function)
    if first not in ("g", "t"):
        raise TypeError(
            f"The first parameter of a rule is g, the cotangent, or t, the tangent; got {first!r} in "
            f"{function}."
        )
    return tuple(names)


class Rule:
    """What a sweep asks of the rule of a node.

    Attributes
    ----------
    elementwise : bool
        Whether each element of a cotangent goes to one element of each parent.
    """

    __slots__ = ()

    elementwise = False

    def pull(self, node, g):
        """Push the cotangent `g` of `node`, an array, to its parents; true if it leaves elements out, so that
        their cotangent is exactly 0. With `HANDS_ON_LARGE` it tells that some cotangent is large."""
        for parent, c in zip(node.parents, self.cotangents(node, g, node.saved), strict=True):
            deposit(parent, c)

    def cotangents(self, node, g, saved):
        """The contributions to the cotangents of the parents, given that of `node`, and nothing else.

        `g` and what is `saved` may be tensors: then the contributions are, and can be differentiated again.
        """
        raise NotImplementedError(f"{self!r} can't be differentiated backward.")

    def mended(self, node, g, saved):
        """The same, but an element of `g` that is exactly 0 contributes 0, whatever it is multiplied by."""
        return self.cotangents(node, g, saved)

    def free_of_nan(self, node):
        """Whether a cotangent of 0 can't meet a NaN at `node`.

        Returns
        -------
        iterable of bool or None
            None if it can: something that the node remembers holds a NaN. Else for each parent whether its
            value is known to hold none, so that what it was made from needs no care either.
        """

    def leaves_out(self, node) -> bool:
        """What `pull` answers, where `cotangents` was asked."""
        return False

    def push(self, node, tangents, saved):
        """The tangent of `node`, given those of its parents (None for zero).

        Of a version that nobody else looks at the rule may take the tangent over, to write on it: it puts
        None in its place in the list.
        """
        raise NotImplementedError(f"{self!r} can't be differentiated forward.")

    def push_mended(self, node, tangents, saved):
        """The same, but an element of a tangent that is exactly 0 contributes 0."""
        return self.push(node, tangents, saved)

    def lift(self, node):
        """What `node` saved, with tensors that are connected to the graph in the place of values."""
        return node.saved

    def apply(self, array, saved):
        """If the result is a view of the operand: the same view of `array`."""
        raise NotImplementedError(f"{self!r} gives no views.")


class Pattern(Rule):
    """An elementwise rule for one pattern of constants: the operands `active` have a cotangent, the others
    are constants.
    """

    elementwise = True

    __slots__ = (
        "active",
        "edges",
        "functions",
        "known",
        "lifts",
        "names",
        "pull",
        "save",
        "selects",
        "source",
        "stretched",
        "together",
        "ufunc",
    )

    def __init__(self, ufunc, inputs, vjps, active, selects=False, stretched=(), both=None):
        self.ufunc = ufunc
        self.selects = selects
        self.active = active
        self.functions = tuple(vjps[i] for i in active)
        wanted = [parameters(vjps[i]) for i in active]
        self.names = tuple(dict.fromkeys(name for names in wanted for name in names))
        unknown = set(self.names) - {*inputs, "out"}
        if unknown:
            raise TypeError(f"The rule of {ufunc} uses {sorted(unknown)}; it can use g, out and {inputs}.")
        places = [[self.names.index(name) for name in names] for names in wanted]
        self.edges = tuple(
            _edge(f, indices, len(self.names)) for f, indices in zip(self.functions, places, strict=True)
        )
        # What two operands get, in one call.
        if both is not None:
            indices = [self.names.index(name) for name in parameters(both)]
            self.together = _edge(both, indices, len(self.names))
        else:
            self.together = _pair(self.functions, places, self.edges) if len(active) == 2 else None
        # How the cotangents of operands that were broadcast are added up, where there is a quicker way.
        self.stretched = tuple(
            _edge(stretched[i], indices, len(self.names)) if i in stretched else None
            for i, indices in zip(active, places, strict=True)
        )
        # Of which parents the value is remembered: or that of the result, which a NaN would have reached.
        whole = "out" in self.names and not selects
        self.known = tuple(whole or inputs[i] in self.names for i in active)
        sources = tuple(inputs.index(name) if name != "out" else None for name in self.names)
        self.save = _saver(sources)
        # Whose value each is, among the parents with the node itself behind them; None of a constant.
        owners = {**{inputs[i]: place for place, i in enumerate(active)}, "out": len(active)}
        self.lifts = tuple(map(owners.get, self.names))
        # For the hot path: what is saved, told by the place of the operand where it is one value.
        self.source = SEVERAL if len(sources) > 1 else NOTHING if not sources else sources[0]
        if self.source is None:
            self.source = RESULT
        self.pull = _puller(self)

    def __repr__(self):
        return f"<rule of {self.ufunc.__name__} in {', '.join('xyz'[i] for i in self.active)}>"

    def cotangents(self, node, g, saved):
        contributions = [edge(g, saved) for edge in self.edges]
        return contributions if node.fit is None else self._fitted_back(node.fit, contributions)

    def mended(self, node, g, saved):
        return self._fitted_back(node.fit, [selected(g, edge(g, saved)) for edge in self.edges])

    def leaves_out(self, node):
        return self.selects or (node.fit is not None and node.fit.mask is not None)

    def free_of_nan(self, node):
        saved = node.saved
        if type(saved) is Saved:
            nan = has_nan(saved.value)
        elif type(saved) is tuple:
            nan = any(has_nan(cell.value) for cell in saved)
        else:
            nan = saved != saved  # a number or None
        return None if nan else self.known

    def push(self, node, tangents, saved):
        return self._moved(
            node.fit,
            [edge(t, saved) for edge, t in zip(self.edges, tangents, strict=True) if t is not None],
        )

    def push_mended(self, node, tangents, saved):
        pairs = zip(self.edges, tangents, strict=True)
        return self._moved(node.fit, [selected(t, edge(t, saved)) for edge, t in pairs if t is not None])

    def _fitted_back(self, fit, contributions):
        if fit is None:
            return contributions
        return [self.fit_back(fit, c, i) for i, c in enumerate(contributions)]

    @staticmethod
    def _moved(fit, changes):
        total = changes[0]
        for d in changes[1:]:
            total = total + d
        if fit is None:
            return total
        if fit.mask is not None:
            total = np.where(fit.mask.value, total, np.zeros_like(total))
        return fitted(total, fit.shape, fit.dtype)

    def lift(self, node):
        if not self.names:
            return None
        if len(self.names) == 1:
            (i,) = self.lifts
            cell = node.saved
            return cell if i is None else lifted(cell, node if i == len(self.active) else node.parents[i])
        nodes = (*node.parents, node)
        return tuple(
            [
                cell if i is None else lifted(cell, nodes[i])
                for cell, i in zip(node.saved, self.lifts, strict=True)
            ]
        )

    def stretched_back(self, fit: Fit, g, saved, i):
        """What `fit_back` makes of the contribution to operand `i`; where broadcasting is undone, by the
        quicker way."""
        shape, dtype = fit.parents[i]
        total = self.stretched[i]
        if total is not None and g.shape != shape:
            c = total(Stretched(g, stretched_axes(g.shape, shape)), saved)
            if abs(np.vdot(c, c)) < np.inf:  # else the rule itself tells what is 0 * inf, and is mended
                return fitted(c.reshape(shape), shape, dtype)
        return self.fit_back(fit, self.edges[i](g, saved), i)

    @staticmethod
    def fit_back(fit: Fit, c, i):
        shape, dtype = fit.parents[i]
        if fit.in_shape and type(c) is ndarray and c.dtype is dtype:  # as `fitted`, in one call less
            return c if c.shape == shape else _unbroadcast(c, shape)
        if fit.mask is not None:
            c = only_where(fit.mask.value, c)
        return fitted(c, shape, dtype)


class Unknown:
    """In the place of a `Pattern`, where a ufunc has no derivative in some operand: it refuses to save."""

    source = SEVERAL

    def __init__(self, ufunc, missing):
        self.ufunc = ufunc
        self.missing = missing

    def save(self, operands, out):
        names = " and ".join(repr("xyz"[i]) for i in sorted(self.missing))
        raise TypeError(
            f"{self.ufunc.__name__} has no derivative in {names}, and was given a tensor there that carries "
            f"a gradient. Give it the plain value, .data, to go on without."
        )


def _puller(pattern):
    """The inner step of the reverse sweep, made for a pattern: `Rule.pull`.

    All that a rule answers is at hand before anything is deposited: one that raises has added nothing.
    """
    selects, fit_back, stretched_back = pattern.selects, pattern.fit_back, pattern.stretched_back
    function, edge = pattern.functions[0], pattern.edges[0]
    other_function, together = pattern.functions[-1], pattern.together
    saves_nothing, saves_one = pattern.source is NOTHING, len(pattern.names) == 1
    # What hands g on needn't be called.
    hands_on, other_hands_on = map(_is_identity, (function, other_function))

    def pull_one(node, g):
        if node.fit is not None:
            return pull_fitted(node, g)
        if saves_one:
            saved = node.saved
            c = function(g, saved.value if type(saved) is Saved else saved)
        elif saves_nothing:
            c = function(g)
        else:
            c = edge(g, node.saved)
        parent = node.parent
        if parent.cotangent is None:
            parent.cotangent = c
        else:
            deposit(parent, c)
        return selects

    def pull_fitted(node, g):
        fit = node.fit
        if saves_nothing:
            c = _summed(fit, g, 0)
            c = c if hands_on else function(c)
        elif fit.mask is None and g.size >= LARGE:
            c = stretched_back(fit, g, node.saved, 0)
        else:
            c = edge(g, node.saved)
        deposit(node.parent, fit_back(fit, c, 0))
        return selects or fit.mask is not None

    def pull_two(node, g):
        saved, fit = node.saved, node.fit
        if saves_nothing:
            c = d = g
            if fit is not None:
                c, d = _summed(fit, g, 0), _summed(fit, g, 1)
            c = c if hands_on else function(c)
            d = d if other_hands_on else other_function(d)
        elif fit is not None and fit.mask is None and g.size >= LARGE:
            c, d = stretched_back(fit, g, saved, 0), stretched_back(fit, g, saved, 1)
        else:
            c, d = together(g, saved)
        if fit is not None and not (saves_nothing and fit.in_shape):
            c, d = fit_back(fit, c, 0), fit_back(fit, d, 1)
        parent, other = node.parent, node.other
        if parent.cotangent is None:
            parent.cotangent = c
        else:
            deposit(parent, c)
        if other.cotangent is None:
            other.cotangent = d
        else:
            deposit(other, d)
        return selects or (fit is not None and fit.mask is not None)

    def hand_on(node, g):
        if node.fit is not None:
            return pull_fitted(node, g) if node.other is None else pull_two(node, g)
        parent, other = node.parent, node.other
        if parent.cotangent is None:
            parent.cotangent = g
        else:
            deposit(parent, g)
        if other is None:
            return selects
        if other.cotangent is None:
            other.cotangent = g
        else:
            deposit(other, g)
        return selects

    def pull_all(node, g):
        fit = node.fit
        for parent, c in zip(node.parents, pattern.cotangents(node, g, node.saved), strict=True):
            deposit(parent, c)
        return selects or (fit is not None and fit.mask is not None)

    if len(pattern.active) > 2:
        return pull_all
    if hands_on and other_hands_on:
        return hand_on
    return pull_one if len(pattern.active) == 1 else pull_two


def _is_identity(f):
    code = getattr(f, "__code__", None)
    return code is not None and not parameters(f) and code.co_code == (lambda g: g).__code__.co_code


def _summed(fit, g, i):
    """`g` with broadcasting undone for parent `i`, as far as a mask doesn't forbid it."""
    if fit.mask is not None or g.shape == fit.parents[i][0]:
        return g
    return _unbroadcast(g, fit.parents[i][0])


def _edge(f, indices, count):
    """`f`, called with the cotangent and what a node saved: nothing, a cell, a number, a tuple of cells."""
    if not indices:
        return lambda g, saved: f(g)
    if count == 1:
        return lambda g, saved: f(g, saved.value if type(saved) is Saved else saved)
    if len(indices) == 1:
        (i,) = indices
        return lambda g, saved: f(g, saved[i].value)
    if len(indices) == 2:
        i, j = indices
        return lambda g, saved: f(g, saved[i].value, saved[j].value)
    return lambda g, saved: f(g, *[saved[i].value for i in indices])


def _pair(functions, places, edges):
    """Two functions, called in turn with the cotangent and what each takes of what a node saved."""
    (f, h), (indices, other_indices) = functions, places
    if len(indices) == len(other_indices) == 1 and indices != other_indices:  # as for products
        (i,), (j,) = indices, other_indices
        return lambda g, saved: (f(g, saved[i].value), h(g, saved[j].value))
    edge, other_edge = edges
    return lambda g, saved: (edge(g, saved), other_edge(g, saved))


def _saver(sources):
    """A function that remembers the operands at the places `sources` (None: the result) in the form that
    `_edge` reads."""
    if not sources:
        return lambda operands, out: None
    if len(sources) == 1:
        (i,) = sources
        if i is None:
            return lambda operands, out: cell_of(out)
        return lambda operands, out: cell_of(operands[i])
    if len(sources) == 2:
        i, j = sources
        return lambda operands, out: (
            cell_of(out if i is None else operands[i]),
            cell_of(out if j is None else operands[j]),
        )
    return lambda operands, out: tuple([cell_of(out if i is None else operands[i]) for i in sources])


class Elementwise:
    """The rule of a ufunc whose Jacobian is diagonal.

    For each set of operands that aren't constants there is a `Pattern`, made at registration.
    """

    def __init__(
        self,
        ufunc,
        inputs,
        vjps,
        note="",
        selects=False,
        same=None,
        operator=None,
        stretched=None,
        untied=None,
        both=None,
    ):
        self.ufunc = ufunc
        self.operator = operator
        self.inputs = inputs
        self.vjps = vjps
        self.note = note
        self.patterns = {}
        places = [i for i, name in enumerate(inputs) if name in vjps]
        functions = {i: vjps[inputs[i]] for i in places}
        totals = {inputs.index(name): f for name, f in (stretched or {}).items()}
        for bits in range(1, 1 << len(places)):
            active = tuple(p for k, p in enumerate(places) if bits >> k & 1)
            at_once = both if len(active) == 2 else None
            self.patterns[active] = Pattern(ufunc, inputs, functions, active, selects, totals, at_once)
        # For the hot path, by name.
        if len(inputs) == 1:
            self.unary = self.patterns[(0,)]
        elif len(inputs) == 2:
            self.first, self.second, self.both = map(self.pattern, [(0,), (1,), (0, 1)])
            self.same = same and Pattern(ufunc, inputs, {0: same}, (0,), selects)
            self.untied = [
                untied and Pattern(ufunc, inputs, {i: untied[name]}, (i,), selects)
                for i, name in enumerate("xy")
            ]
        self.record, self.record_constant = recorders_of(self)

    def computed_by(self, compute):
        """This rule with another function than the ufunc for the values."""
        other = object.__new__(Elementwise)
        vars(other).update(vars(self), ufunc=compute)
        return other

    def pattern(self, active):
        """The pattern where the operands at these places aren't constants."""
        found = self.patterns.get(active)
        return Unknown(self.ufunc, set(active) - {i for i, *_ in self.patterns}) if found is None else found

    def __repr__(self):
        return f"<elementwise rule of {self.ufunc.__name__}>"


def elementwise(
    ufunc,
    *,
    note="",
    selects=False,
    same=None,
    operator=None,
    stretched=None,
    untied=None,
    both=None,
    **vjps,
) -> Elementwise:
    """Register the rule of a ufunc: for each differentiable input (``x``, ``y``, ``z``) an expression in its
    cotangent ``g``.

    The same expression is the JVP, with the tangent for ``g``. It may name ``x``, ``y``, ``z`` and ``out``.
    The note tells the convention where the derivative isn't unique. Of a ufunc that `selects`, as ``np.fmax``
    does, the result may be a number although an operand is a NaN. Where ``x * x``, of one value twice, has a
    cheaper derivative than the sum of two, it is given by `same`. `operator` is Python's operator for it, if
    there is one: NumPy's scalars have it do the same in less time. `stretched` has, for an operand that was
    broadcast, the sum of its expression over what it was broadcast along, which ``g.dot`` is the sum of a
    product in: it takes its own value, which is constant there, out of the sum. `untied` has the
    expressions in ``x`` and ``y`` where the other operand is a number, no NaN, that no element is equal to:
    for large arrays. `both` gives what ``x`` and ``y`` get at once, where one of the two is a step on the
    way to the other.
    """
    inputs = ("x", "y", "z")[: ufunc.nin]
    unknown = set(vjps) - set(inputs)
    if unknown or not vjps:
        raise TypeError(f"A rule of {ufunc} is for some of {inputs}; got {sorted(vjps)}.")
    rules[ufunc] = rule = Elementwise(
        ufunc, inputs, vjps, note, selects, same, operator, stretched, untied, both
    )
    remember_place(ufunc)
    return rule


class Several:
    """The rules of a ufunc with several outputs, one for each; None for an output that is piecewise
    constant."""

    def __init__(self, ufunc, outputs, note=""):
        self.ufunc = ufunc
        self.note = note
        inputs = ("x", "y", "z")[: ufunc.nin]
        self.outputs = tuple(None if vjps is None else Elementwise(ufunc, inputs, vjps) for vjps in outputs)


def multi_output(ufunc, *outputs, note="") -> Several:
    """Register the rules of a ufunc with several outputs: for each its VJPs by input, or None where it has
    none."""
    rules[ufunc] = rule = Several(ufunc, outputs, note)
    remember_place(ufunc)
    return rule


def composite(function=None, *, name=None, uses_last=False):
    """Register a Python function, written with NumPy's functions, as what a NumPy function does with tensors.

    ``@composite(np.var)``; ``@composite(name="sec")`` for a function that NumPy lacks. Its docstring tells
    what the name of the function doesn't. Of one that uses its tensors last, when nothing can fail any more,
    gradients that these hold needn't be looked after.
    """

    def register(implementation):
        if uses_last:
            names = implementation.__code__.co_varnames
            careful[implementation] = names.index("out") if "out" in names else 32
        composites[function if function is not None else name] = implementation
        remember_place(function if function is not None else name)
        return implementation

    return register


def no_gradient(*functions, note="", approximate=False):
    """Register functions whose answers are piecewise constant: they return what NumPy returns.

    Of those that are `approximate` it is remembered where they were called for so many digits: a result that
    depends on nothing may have been rounded.
    """
    not_differentiable.update(dict.fromkeys(functions, note))
    if approximate:
        approximating.update(functions)
    remember_place(*functions)


def refused(*functions, reason):
    """Register functions that refuse tensors: with the reason, and what to do instead."""
    refusals.update(dict.fromkeys(functions, reason))
    remember_place(*functions)
