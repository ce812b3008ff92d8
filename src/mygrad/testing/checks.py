"""``check_rule``: one call that compares all that can be asked of a derivative with what must come out."""

import numpy as np

from mygrad.engine.function import Function
from mygrad.engine.record import node_of
from mygrad.engine.rule import Elementwise, value_of
from mygrad.engine.sweep import forward, gradients
from mygrad.errors import GradientLost
from mygrad.tensor import Tensor
from mygrad.testing.numerical import STEP, along_with_error, columns, gradient_with_error
from mygrad.testing.subject import Subject

__all__ = ["check_rule"]

DTYPES = (np.float64, np.float32, np.complex128)


def check_rule(f, *args, tolerance=1e-6, orders=2, dtypes=DTYPES, seed=0, **kwargs):
    """Check the derivative of a function for these arguments.

    It is compared with numerical differentiation: backward, forward, and once more differentiated in the
    three ways that these make. Besides: the values are those of `f` for arrays, backward and forward agree to
    rounding, an input alone has the derivative that it has among others, operands of a ufunc may be
    broadcast, gradients have the shape and dtype of their inputs, and nothing is computed in another
    precision; the arguments are not written to.

    Parameters
    ----------
    f : callable
        A function that was given a rule, by `mygrad.define_rule` or another way, or any function of tensors.
        It is called with arrays, and its rule with tensors.
    *args, **kwargs
        Its arguments. It is differentiated in those that its rule is for; without a rule in all arrays of
        floats, and in floats by position. Other values, and constant tensors, are given as they are. Choose
        points where `f` is smooth, and small arrays: each element takes several calls.
    tolerance : float
        The relative difference that is allowed, beside the error of the numerical derivative.
    orders : {1, 2}
        1 leaves second derivatives out, for a rule that calls compiled code without a rule.
    dtypes : sequence of dtypes
        The precisions to try. Single precision is compared with double. Complex numbers are left out if `f`
        refuses them, or the rule does.
    seed : int
        Of the random directions.

    Raises
    ------
    AssertionError
        Saying which check failed, for which input and element, with both numbers.

    Examples
    --------
    >>> import numpy as np
    >>> import mygrad as mg
    >>> from mygrad.testing import check_rule
    >>> def area(r):
    ...     return np.pi * np.asarray(r) ** 2
    >>> area_of = mg.define_rule(area, vjp={"r": lambda g, r: g * np.pi * r})
    >>> check_rule(area, np.array([1.0, 3.0]))
    Traceback (most recent call last):
        ...
    AssertionError: area, backward, float64: the derivative in r[0] is ... by the rule, ...
    >>> area_of = mg.define_rule(area, vjp={"r": lambda g, r: g * 2.0 * np.pi * r})
    >>> check_rule(area, np.array([1.0, 3.0]))
    """
    subject = Subject(f, args, kwargs)
    dtypes = [np.dtype(dtype) for dtype in dtypes]
    rng = np.random.default_rng(seed)
    arrays = subject.arrays
    given_complex = any(a.dtype.kind == "c" for a in arrays)
    if given_complex or np.dtype(np.float64) in dtypes:
        Check(subject, arrays, rng, tolerance).all_of(orders)
    for dtype in dtypes:
        if dtype.kind == "f" and dtype.itemsize < 8 and not given_complex:
            _check_precision(subject, [a.astype(dtype) for a in arrays], rng)
        if dtype.kind == "c" and not given_complex:
            _check_complex(subject, arrays, rng, tolerance, orders)
    if isinstance(subject.rule, Elementwise) and len(arrays) > 1:
        _check_broadcasting(subject, rng, tolerance)


class Check:
    """The checks of one call, with arrays of one kind."""

    def __init__(self, subject, arrays, rng, tolerance):
        self.subject = subject
        self.arrays = arrays
        self.tolerance = tolerance
        self.kind = np.result_type(*arrays)
        given = [a.copy() for a in arrays]
        self.expected = subject.values(given)
        self.unchanged(given)
        if not self.expected:
            raise ValueError(f"{subject.name} returned no floats, which alone have a derivative.")
        self.cotangents = [_random(rng, value) for value in self.expected]
        self.directions = [_random(rng, a) for a in arrays]

    def all_of(self, orders):
        self.values()
        jacobians = self.jacobians()
        self.backward(jacobians)
        self.forward(jacobians)
        self.alone()
        if orders > 1:
            self.second_order()

    def fail(self, check, message):
        raise AssertionError(f"{self.subject.name}, {check}, {self.kind}: {message}")

    # The values.

    def values(self):
        """The rule's values are those of the function, and its arguments stay as they are."""
        tensors, results = self.subject.tensors(self.arrays)
        self.unchanged([t.data for t in tensors])
        if len(results) != len(self.expected):
            self.fail("values", f"{len(results)} results with tensors, {len(self.expected)} with arrays.")
        for i, (result, expected) in enumerate(zip(results, self.expected, strict=True)):
            self.same_kind("values", f"result {i + 1}", result, expected)
            if not isinstance(result, Tensor):
                continue
            allowed = 64 * np.finfo(expected.dtype).eps * np.abs(expected)
            self.compare(
                "values", "the value of result", f" {i + 1}", result.data, expected, allowed, "for arrays"
            )
        if all(not isinstance(result, Tensor) or result.constant for result in results):
            self.fail("values", "the result is constant: it doesn't depend on any input.")

    def unchanged(self, values):
        for name, now, given in zip(self.subject.names, values, self.arrays, strict=True):
            if not np.array_equal(now, given, equal_nan=True):
                self.fail("values", f"{name} was written to.")

    def same_kind(self, check, what, found, expected):
        if found.shape != expected.shape:
            self.fail(check, f"{what} has the shape {found.shape}, and must have {expected.shape}.")
        if found.dtype != expected.dtype:
            self.fail(check, f"{what} has the dtype {found.dtype}, and must have {expected.dtype}.")

    def compare(self, check, what, name, found, wanted, allowed, way):
        """Each element of what was found must be what is wanted, but for what is allowed."""
        found, wanted = np.asarray(found), np.asarray(wanted)
        with np.errstate(invalid="ignore"):
            right = (np.abs(found - wanted) <= allowed) | (found == wanted)
        right |= np.isnan(found) & np.isnan(wanted)
        if right.all():
            return
        index = tuple(int(i) for i in np.argwhere(~right)[0])
        at = f"[{', '.join(map(str, index))}]" if index else ""
        count = int(np.sum(~right))
        more = f" So it is for {count} of {right.size} elements." if count > 1 else ""
        self.fail(check, f"{what}{name}{at} is {found[index]} by the rule, and {wanted[index]} {way}.{more}")

    # First order.

    def jacobians(self):
        """For each result the columns of its Jacobian."""
        found = []
        for i in range(len(self.expected)):
            found.append(columns(lambda *arrays, i=i: self.subject.values(arrays)[i], self.arrays))
        return found

    def swept(self, active=None, graph=False):
        """Tensors and the contributions to each of them, from the cotangents of all results."""
        tensors, results = self.subject.tensors(self.arrays, active)
        leaves = [node_of(t) for t in tensors]
        return tensors, _pulled(results, leaves, self.cotangents, graph)

    def backward(self, jacobians):
        tensors, results = self.subject.tensors(self.arrays)
        leaves = [node_of(t) for t in tensors]
        self.raw(results)
        found = _pulled(results, leaves, self.cotangents)
        for name, array, c, k in zip(
            self.subject.names, self.arrays, found, range(len(self.arrays)), strict=True
        ):
            parts = [
                gradient_with_error(jacobian[k], array, g)
                for jacobian, g in zip(jacobians, self.cotangents, strict=True)
            ]
            wanted, error = sum(p[0] for p in parts), sum(p[1] for p in parts)
            self.known("backward", name, wanted, error)
            c = np.zeros_like(array) if c is None else c
            self.same_kind("backward", f"the derivative in {name}", c, array)
            self.compare(
                "backward",
                "the derivative in ",
                name,
                c,
                wanted,
                self.allowed(wanted, error),
                "by differences",
            )

    def allowed(self, wanted, error):
        return self.tolerance * np.abs(wanted) + 16.0 * error

    def known(self, check, name, wanted, error):
        """The numerical derivative must be good enough to compare with."""
        size = np.maximum(np.abs(wanted), 1e-3 * np.max(np.abs(wanted), initial=0.0))
        with np.errstate(invalid="ignore"):
            poor = ~(error <= 1e-3 * size + 1e-9)
        if poor.any():
            index = [int(i) for i in np.argwhere(poor)[0]]
            self.fail(
                check,
                f"the differences in {name}{index or ''} don't settle: the function has no derivative there, "
                f"or something singular is very near. Choose another point.",
            )

    def raw(self, results):
        """What the rule itself returns has the precision of what it is given, and that stays as it is."""
        for result, g in zip(results, self.cotangents, strict=True):
            node = node_of(result) if isinstance(result, Tensor) else None
            if node is None or type(g) is not np.ndarray:
                continue
            own = g.copy()
            found = _own_contributions(self.subject.rule, node, own)
            if not np.array_equal(own, g):
                self.fail("backward", "the rule has written into g, which isn't its own.")
            for k, c in enumerate(found):
                dtype = getattr(c, "dtype", None)
                if dtype is not None and dtype.kind in "fc" and _precision(dtype) > _precision(g.dtype):
                    self.fail(
                        "precision",
                        f"given a g of dtype {g.dtype}, the rule computes in {dtype} for "
                        f"{self.subject.names[k]}: are its constants numbers of Python?",
                    )

    def forward(self, jacobians):
        names, n = self.subject.names, len(self.arrays)
        for moving in [*([k] for k in range(n)), range(n)]:
            tensors, results = self.subject.tensors(self.arrays)
            tangents = {node_of(tensors[k]): self.directions[k] for k in moving}
            name = f"along {names[moving[0]]}" if len(moving) == 1 else "along all inputs"
            moved = [
                _pushed(result, tangents, value) for result, value in zip(results, self.expected, strict=True)
            ]
            for i, (tangent, jacobian) in enumerate(zip(moved, jacobians, strict=True)):
                self.same_kind("forward", f"the tangent {name}", tangent, self.expected[i])
                wanted, error = _moved(jacobian, self.directions, moving, self.expected[i])
                which = f"result {i + 1}" if len(moved) > 1 else "the result"
                self.compare(
                    "forward",
                    f"the derivative {name} of ",
                    which,
                    tangent,
                    wanted,
                    self.allowed(wanted, error),
                    "by differences",
                )
            pulled = self.swept()[1]
            left = [np.real(pulled[k] * self.directions[k]) for k in moving if pulled[k] is not None]
            right = [np.real(g * t) for g, t in zip(self.cotangents, moved, strict=True)]
            size = max(1e-300, *(float(np.sum(np.abs(x))) for x in (*left, *right)))
            a, b = (float(sum(np.sum(x) for x in side)) for side in (left, right))
            if not abs(a - b) <= 1e-9 * size:
                self.fail("backward and forward", f"{name} their product is {a} backward and {b} forward.")

    def alone(self):
        """An input alone has the derivative that it has among others."""
        if len(self.arrays) == 1:
            return
        _, together = self.swept()
        for k, name in enumerate(self.subject.names):
            (t,), (c,) = self.swept([k])
            wanted = np.zeros_like(t.data) if together[k] is None else together[k]
            found = np.zeros_like(t.data) if c is None else c
            self.compare(
                "others constant",
                "the derivative in ",
                name,
                found,
                wanted,
                1e-9 * np.max(np.abs(wanted), initial=0.0),
                "where all inputs carry a gradient",
            )

    # Second order.

    def second_order(self):
        """The derivative along the directions of the gradient, in three ways."""
        expected = []
        for k in range(len(self.arrays)):

            def gradient_of(*arrays, k=k):
                tensors, results = self.subject.tensors(arrays)
                (c,) = _pulled(results, [node_of(tensors[k])], self.cotangents)
                return np.zeros_like(arrays[k]) if c is None else c

            size = max(1.0, *(float(np.max(np.abs(a), initial=0.0)) / 16.0 for a in self.arrays))
            expected.append(along_with_error(gradient_of, self.arrays, self.directions, STEP * size))
        for way, check in (
            (self.reverse_over_reverse, "second derivative, backward over backward"),
            (self.reverse_over_forward, "second derivative, backward over forward"),
            (self.forward_over_reverse, "second derivative, forward over backward"),
        ):
            try:
                with np.errstate(all="ignore"):
                    found = way()
            except (GradientLost, NotImplementedError, AttributeError, TypeError) as error:
                self.fail(check, f"it can't be had ({error!r}). With orders=1 it isn't asked for.")
            for name, array, c, (wanted, uncertain) in zip(
                self.subject.names, self.arrays, found, expected, strict=True
            ):
                c = np.zeros_like(array) if c is None else np.asarray(getattr(c, "data", c))
                self.compare(
                    check,
                    "the derivative in ",
                    name,
                    c,
                    wanted,
                    self.allowed(wanted, uncertain) + self.tolerance * np.max(np.abs(wanted), initial=0.0),
                    "by differences of the first derivative",
                )

    def reverse_over_reverse(self):
        tensors, first = self.swept(graph=True)
        pairs = [(c, d) for c, d in zip(first, self.directions, strict=True) if c is not None]
        return _gradients_of(sum(np.sum(np.real(c * d)) for c, d in pairs), tensors)

    def reverse_over_forward(self):
        tensors, results = self.subject.tensors(self.arrays)
        tangents = dict(zip(map(node_of, tensors), self.directions, strict=True))
        total = 0.0
        for result, g in zip(results, self.cotangents, strict=True):
            node = node_of(result) if isinstance(result, Tensor) else None
            moved = None if node is None else forward(node, tangents, graph=True)
            if moved is not None:
                total = total + np.sum(np.real(moved * g))
        return _gradients_of(total, tensors)

    def forward_over_reverse(self):
        tensors, first = self.swept(graph=True)
        tangents = dict(zip(map(node_of, tensors), self.directions, strict=True))
        return [
            forward(node_of(c), tangents) if isinstance(c, Tensor) and node_of(c) is not None else None
            for c in first
        ]


# ------------------------------------------------------------------------------------------ other conditions


def _check_precision(subject, arrays, rng):
    """Half or single precision: dtypes are kept, and the numbers are those of double precision, roughly."""
    double = Check(subject, [a.astype(np.float64) for a in arrays], rng, 0.0)
    single = Check(subject, arrays, rng, 0.0)
    single.cotangents = [
        g.astype(value.dtype) for g, value in zip(double.cotangents, single.expected, strict=True)
    ]
    _, results = subject.tensors(arrays)
    for i, (result, expected) in enumerate(zip(results, single.expected, strict=True)):
        single.same_kind("values", f"result {i + 1}", result, expected)
    single.raw(results)
    _, found = single.swept()
    _, wanted = double.swept()
    rough = np.sqrt(np.finfo(arrays[0].dtype).eps)
    for name, a, c, w in zip(subject.names, arrays, found, wanted, strict=True):
        if c is None or w is None:
            continue
        single.same_kind("backward", f"the derivative in {name}", c, a)
        allowed = 4.0 * rough * (np.abs(w) + np.max(np.abs(w), initial=0.0))
        single.compare("backward", "the derivative in ", name, c, w, allowed, "in double precision")


def _check_complex(subject, arrays, rng, tolerance, orders):
    """Complex numbers, if both the function and its rule take them."""
    arrays = [
        np.asarray(a + 1j * np.minimum(1.0, np.abs(a)) * rng.uniform(0.2, 0.8, a.shape)) for a in arrays
    ]
    try:
        check = Check(subject, arrays, rng, tolerance)
    except Exception:  # of any kind, or a warning: the function refuses complex numbers
        return
    try:
        check.swept()
    except TypeError:
        return
    check.all_of(orders)


def _check_broadcasting(subject, rng, tolerance):
    """Operands of a ufunc in shapes that are broadcast."""
    n = len(subject.arrays)
    for shapes in ([(2, 1), (3,), ()], [(), (2, 3), (1, 3)], [(1, 3), (2, 1), (2, 3)]):
        shapes = shapes[:n] + [()] * (n - len(shapes))
        arrays = [np.resize(a, shape) for a, shape in zip(subject.arrays, shapes, strict=True)]
        check = Check(subject, arrays, rng, tolerance)
        check.values()
        check.backward(check.jacobians())


# -------------------------------------------------------------------------------------------------- sweeps


def _random(rng, like):
    """Numbers between 1/2 and 1 in magnitude, with random signs, of the shape and dtype of an array."""
    values = rng.uniform(0.5, 1.0, like.shape) * rng.choice([-1.0, 1.0], like.shape)
    if like.dtype.kind == "c":
        values = values + 1j * rng.uniform(-1.0, 1.0, like.shape)
    return np.asarray(values, like.dtype)


def _pulled(results, leaves, cotangents, graph=False):
    """The contributions to the leaves, from all results."""
    totals = [None] * len(leaves)
    for result, g in zip(results, cotangents, strict=True):
        node = node_of(result) if isinstance(result, Tensor) else None
        if node is None:
            continue
        for k, c in enumerate(gradients(node, leaves, g, graph=graph)):
            if c is not None:
                totals[k] = c if totals[k] is None else totals[k] + c
    return totals


def _pushed(result, tangents, value):
    node = node_of(result) if isinstance(result, Tensor) else None
    moved = None if node is None else forward(node, tangents)
    return np.zeros_like(value) if moved is None else np.asarray(moved)


def _moved(jacobian, directions, moving, value):
    """The derivative along the directions of the inputs `moving`, and its error, by the Jacobian."""
    total, error = np.zeros_like(value), np.zeros(value.shape)
    for k in moving:
        for index, unit, derivative, uncertain in jacobian[k]:
            part = directions[k][index].imag if unit == 1j else directions[k][index].real
            total = total + part * derivative
            error = error + abs(part) * uncertain
    return total, error


def _gradients_of(total, tensors):
    node = node_of(total) if isinstance(total, Tensor) else None
    return [None] * len(tensors) if node is None else gradients(node, [node_of(t) for t in tensors])


def _own_contributions(rule, node, g):
    """What the rule of `node` itself returns, before it is fitted to shapes and dtypes; nothing if the node
    was made by other rules."""
    if isinstance(rule, Elementwise) and any(node.rule is one for one in rule.patterns.values()):
        return [edge(g, node.saved) for edge in node.rule.edges]
    if isinstance(rule, Function) and node.rule is rule and not rule.many and not rule.by_region:
        saved = node.saved
        return [vjp(g, *map(value_of, wanted(saved.values))) for vjp, wanted in saved.plan.edges]
    return []


def _precision(dtype):
    return np.finfo(dtype).precision
