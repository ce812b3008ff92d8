"""Run a program with mygrad and with NumPy side by side, and again with NumPy to measure every derivative.

Values must agree bit for bit, and so must dtypes, shapes, strides, exceptions, and who shares memory with
whom.

The reference for the gradients knows no calculus. The gradient of a tensor is the derivative with respect
to the value that it has now, so: run the program on plain arrays, and when the memory of the tensor has got
its present value, nudge it. Derivatives are linear, so all memories are nudged in one run, each in a random
direction at its own time, and the central difference must be the sum of all gradients times their
directions. Runs are in extended precision.
"""

import traceback
import warnings
from dataclasses import dataclass

import numpy as np

import mygrad

from .graph import ANY, Graph, Undecided, flat, positions, reach
from .reference import PREDICATES, Nudged, plain, run_plain

__all__ = ["Invalid", "Mismatch", "check"]

EPS = float(np.finfo(np.longdouble).eps)
STEP = EPS**0.4  # the error is about STEP**2 from the third derivative, and EPS / STEP from rounding
TOLERANCE = 1e-7 if EPS < 1e-18 else 1e-5


class Mismatch(AssertionError):
    """mygrad did something else than NumPy, or a gradient is wrong."""

    def __init__(self, kind, message, number=None):
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.number = number


class Invalid(Exception):
    """NumPy can't run the program, or a derivative doesn't exist."""


# ---------------------------------------------------------------- namespaces


def _library():
    return {
        "np": np,
        "array": np.array,
        "tensor": mygrad.tensor,
        "no_autodiff": mygrad.no_autodiff,
        "still": lambda a: a,
        "f4": np.float32,
        "f8": np.float64,
        "c16": np.complex128,
    }


# ---------------------------------------------------------------- side by side


@dataclass
class Event:
    """A ``backward``: from what, and what must be measured."""

    number: int
    name: str
    weights: object
    reached: dict  # Memory -> is it sure that it takes part
    born: dict  # Memory -> when it got the value that the gradient refers to


def _alike(a, b, near):
    """Bit for bit; or `near`, as scalars and loops of NumPy round complex products differently."""
    if near:
        return np.allclose(a, b, rtol=1e-13, atol=1e-13)
    return a.tobytes() == b.tobytes() or np.array_equal(a, b)


class SideBySide:
    """A program run with mygrad and with NumPy, statement by statement."""

    def __init__(self, program):
        self.program = program
        self.tensors = _library()
        self.arrays = plain()
        self.graph = Graph()
        self.live = {}  # name -> "tensor" or "array"
        self.events = []
        self.skipped = set()
        self.complex = any("j)" in s.code or "complex128" in s.code for s in program.statements)
        self.number = 0

    def fail(self, kind, message):
        raise Mismatch(kind, message, self.number)

    def run(self):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for number, s in enumerate(self.program.statements):
                self.number = number
                for predicate, name, argument in s.needs:
                    if name not in self.arrays or not PREDICATES[predicate](self.arrays[name], argument):
                        raise Invalid(f"{predicate} of {name}")
                getattr(self, "_" + s.kind, self._recorded)(s)
            self._values(None)
            self._grads(None)
            self._measure()
            self._all_writeable()

    def _library(self, s):
        try:
            exec(s.compiled, self.tensors)
        except Exception as error:
            if isinstance(error, NameError):
                raise Invalid(str(error)) from None
            return error.with_traceback(None)  # whose frames would keep tensors alive

    def _numpy(self, s):
        try:
            run_plain(s, self.arrays)
        except Exception as error:
            raise Invalid(f"NumPy: {error}") from None
        name = s.made or s.target
        if name is not None and s.kind != "illegal":
            values = self.arrays[name]
            if values.dtype.kind in "fc" and not (np.abs(values) < 1e3).all():
                raise Invalid("too large")

    def _recorded(self, s):
        self._numpy_first_check(s)
        error = self._library(s)
        if error is not None:
            raise Mismatch(
                "raised", f"{type(error).__name__}: {error}   in   {s.code}", self.number
            ) from error
        self._numpy(s)
        graph, arrays = self.graph, self.arrays
        if s.kind == "array" or s.kind == "mask":
            self.live[s.made] = "array"
        elif s.kind == "leaf":
            array = arrays[s.made]
            constant = "constant=True" in s.code or array.dtype.kind not in "fc"
            graph.leaf(self.number, s.made, array, constant)
            self.live[s.made] = "tensor"
        elif s.kind == "op":
            graph.result(self.number, s, arrays[s.made], arrays)
            self.live[s.made] = "tensor"
        elif s.kind == "view":
            if not graph.knows(arrays[s.made]):
                graph.result(self.number, s, arrays[s.made], arrays)
            else:
                graph.viewed(arrays[s.made])
            self.live[s.made] = "tensor"
        elif s.kind == "write":
            graph.write(self.number, s, arrays)
        elif s.kind == "expose":
            self.live[s.made] = "array"

    def _numpy_first_check(self, s):
        for name in (*s.used, s.target):
            if name is not None and name not in self.arrays:
                raise Invalid(f"{name} is not there")

    def _drop(self, s):
        self._numpy_first_check(s)
        for name in s.used:
            del self.tensors[name], self.arrays[name], self.live[name]

    def _scribble(self, s):
        self._numpy_first_check(s)
        error = self._library(s)
        if error is None:
            self._numpy(s)
        elif isinstance(error, ValueError) and "read-only" in str(error):
            self.skipped.add(self.number)
        else:
            self.fail("raised", f"{type(error).__name__}: {error}   in   {s.code}")

    def _illegal(self, s):
        self._numpy_first_check(s)
        before = self._state() if s.whole else None
        error = self._library(s)
        try:
            exec(s.compiled, self.arrays)
        except Exception as expected:
            if error is None:
                self.fail("did not raise", f"NumPy: {type(expected).__name__}: {expected}   in   {s.code}")
            public = next(t for t in type(expected).__mro__ if not t.__name__.startswith("_"))
            if not isinstance(error, public):
                self.fail(
                    "other exception",
                    f"{type(error).__name__}: {error}; NumPy: {public.__name__}   in   {s.code}",
                )
        else:
            raise Invalid("NumPy allows it")
        if before is not None:
            self._unchanged(before, self._state(), s)

    def _refused(self, s):
        self._numpy_first_check(s)
        memory = self.graph.memory(self.arrays[s.used[0]])
        if memory.node is None:
            raise Invalid("a constant")
        before = self._state(grads=False) if s.whole else None
        if self._library(s) is None:
            self.fail("did not raise", f"a gradient is lost in   {s.code}")
        memory.doubt()  # what stands on the right-hand side may have used it
        if before is not None:
            self._unchanged(before, self._state(grads=False), s)

    def _state(self, grads=True):
        state = {}
        for name, what in self.live.items():
            t = self.tensors[name]
            if what == "tensor":
                g = t.grad if grads else None
                state[name, "array"] = id(t.data)
                state[name, "value"] = t.data.tolist()
                state[name, "constant"] = t.constant
                state[name, "grad"] = None if g is None else g.tolist()
            else:
                state[name, "value"] = t.tolist()
        return state

    def _unchanged(self, before, after, s):
        for (name, what), value in before.items():
            if after[name, what] != value:
                self.fail(f"half done: {what}", f"{s.code} raised; {name}: {value} -> {after[name, what]}")

    # ------------------------------------------------------------ backward

    def _backward(self, s):
        self._numpy_first_check(s)
        (name,) = s.used
        array = self.arrays[name]
        if self.graph.memory(array).node is None or array.dtype.kind == "c":
            raise Invalid("no loss")
        verdict, found = self.graph.backward(self.number, name, array)
        error = self._library(s)
        if error is not None:
            if not isinstance(error, mygrad.errors.InvalidBackprop) or verdict == "pass":
                raise Mismatch(
                    "raised", f"{type(error).__name__}: {error}   in   {s.code}", self.number
                ) from error
            for memory in self.graph.memories.values():
                memory.doubt()
            return
        if verdict == "raise":
            self.fail("did not raise", f"the graph was consumed before   {s.code}")
        reached = self.graph.reached(found)
        if not s.retain:
            self.graph.consume(found)
        event = Event(self.number, name, s.weights, reached, {m: m.node.born for m in reached})
        for memory, certain in reached.items():
            if not certain and memory.grad is not None:
                memory.grad = ANY  # zeros, or what it was
            else:
                memory.grad = (event, certain)
        self.events.append(event)

    def _clear_graph(self, s):
        self._recorded_only_by_library(s)
        memory = self.graph.memory(self.arrays[s.used[0]])
        if memory.node is not None:
            self.graph.consume(reach(memory.node))
        for memory in self.graph.memories.values():
            memory.doubt()

    def _shape(self, s):
        self._recorded_only_by_library(s)
        self._numpy(s)
        memory = self.graph.memory(self.arrays[s.target])
        memory.reshaped = True
        memory.doubt()

    def _null_grad(self, s):
        self._recorded_only_by_library(s)
        memory = self.graph.memory(self.arrays[s.used[0]])
        memory.grad = None

    def _recorded_only_by_library(self, s):
        self._numpy_first_check(s)
        error = self._library(s)
        if error is not None:
            self.fail("raised", f"{type(error).__name__}: {error}   in   {s.code}")

    # ------------------------------------------------------------ comparisons

    def _families(self):
        families = {}
        for name, what in self.live.items():
            if what == "tensor":
                families.setdefault(self.graph.memory(self.arrays[name]), []).append(name)
        return families

    def _values(self, s):
        datas = {}
        for name, what in self.live.items():
            expected, t = self.arrays[name], self.tensors[name]
            if what == "tensor":
                if not isinstance(t, mygrad.Tensor):
                    self.fail("left the graph", f"{name} is a {type(t).__name__}")
                t = t.data
            elif not isinstance(t, np.ndarray):
                self.fail("left the graph", f"{name} is a {type(t).__name__}, not an array")
            datas[name] = t
            if t.shape != expected.shape or t.dtype != expected.dtype:
                self.fail("shape", f"{name} is {t.dtype}{t.shape}, NumPy: {expected.dtype}{expected.shape}")
            if not _alike(t, expected, self.complex):
                self.fail("value", f"{name} is {t.tolist()}, NumPy: {expected.tolist()}")
            if t.strides != expected.strides and any(
                a != b for a, b, n in zip(t.strides, expected.strides, t.shape, strict=True) if n > 1
            ):
                self.fail("strides", f"{name} has {t.strides}, NumPy: {expected.strides}")
        names = list(datas)
        for i, a in enumerate(names):
            for b in names[:i]:
                shared = np.shares_memory(self.arrays[a], self.arrays[b])
                if np.shares_memory(datas[a], datas[b]) != shared:
                    self.fail("sharing", f"{b} and {a}: NumPy says {shared}")
        for memory, family in self._families().items():
            for name in family:
                t = self.tensors[name]
                if t.constant != (memory.node is None):
                    self.fail("constant", f"{name}.constant is {t.constant}")
                owner = memory.tensor
                if (
                    owner in family
                    and self.arrays[name].size
                    and self.arrays[owner] is not self.arrays[name]
                    and t is not self.tensors[owner]
                    and t.base is not self.tensors[owner]
                ):
                    self.fail("base", f"{name}.base isn't {owner}")

    def _grads(self, s):
        """Compare who has a gradient; remember the gradients for `_measure`."""
        wanted = s.used if s is not None and s.used else None
        bounds = []
        for memory, family in self._families().items():
            if wanted is not None:
                family = [name for name in family if name in wanted]
            grads = {name: self.tensors[name].grad for name in family}
            if memory.grad is ANY:
                continue
            if memory.grad is None:
                for name, g in grads.items():
                    if g is not None:
                        self.fail("has a gradient", f"{name}.grad is {g.tolist()}; it should be None")
                continue
            event, certain = memory.grad
            missing = [name for name, g in grads.items() if g is None]
            if missing and (certain or len(missing) < len(family)):
                self.fail("has no gradient", f"{missing[0]}.grad is None")
            if missing:
                continue
            self._remember(memory, event, grads)
            if grads:
                bounds.append((np.lib.array_utils.byte_bounds(next(iter(grads.values()))), family[0]))
        for i, ((low, high), a) in enumerate(bounds):
            for (lo, hi), b in bounds[:i]:
                if low < hi and lo < high and wanted is None:
                    ga, gb = self.tensors[a].grad, self.tensors[b].grad
                    if np.shares_memory(ga, gb):
                        self.fail("gradients alias", f"{a}.grad and {b}.grad share memory; {a} and {b} don't")

    def _remember(self, memory, event, grads):
        seen = memory.measured.get(event.number)
        if seen is None:
            seen = memory.measured[event.number] = np.full(flat(memory.owner).size, np.nan)
        for name, g in grads.items():
            array = self.arrays[name]
            if not isinstance(g, np.ndarray) or g.dtype != array.dtype or g.shape != array.shape:
                self.fail("gradient's shape", f"{name}.grad is {g!r}")
            if not np.isfinite(g).all():
                self.fail("gradient", f"{name}.grad is {g.tolist()}")
            where = positions(array, memory.owner)
            parts = ((where, g.real), (where + 1, g.imag)) if array.dtype.kind == "c" else ((where, g),)
            for where, part in parts:
                known = seen[where]
                if not ((known == part) | np.isnan(known)).all():
                    self.fail("view of gradient", f"{name}.grad is {g.tolist()}; expected {known.tolist()}")
                seen[where] = part
        names = list(grads)
        for i, a in enumerate(names):
            for b in names[:i]:
                shared = np.shares_memory(self.arrays[a], self.arrays[b])
                if np.shares_memory(grads[a], grads[b]) != shared and not memory.backwards:
                    self.fail("gradient sharing", f"{b}.grad and {a}.grad: shares_memory should be {shared}")

    def _all_writeable(self):
        """When all tensors are gone, the user's arrays are theirs again."""
        mine = [name for name, what in self.live.items() if what == "array"]
        for name, what in self.live.items():
            if what == "tensor":
                del self.tensors[name]
        for name in mine:
            if self.tensors[name].flags.writeable != self.arrays[name].flags.writeable:
                self.fail("guard", f"{name} is still read-only, although no tensor is left")

    # ------------------------------------------------------------ measuring

    def _measure(self):
        rng = np.random.default_rng(self.program.seed & 0xFFFFFFFF)
        stands_still = bool(self.graph.cuts) or any(
            s.quiet or s.kind == "scribble" or "still" in s.code for s in self.program.statements
        )
        nominal = None if stands_still else ()
        for event in self.events:
            directions = {}
            total = scale = 0.0
            for memory in event.reached:
                gradient = memory.measured.get(event.number)
                if gradient is None:
                    continue
                known = ~np.isnan(gradient)
                direction = np.where(
                    known, rng.uniform(0.5, 1.5, gradient.shape) * rng.choice((-1, 1), gradient.shape), 0.0
                )
                directions[memory] = direction
                terms = gradient[known] * direction[known]
                total += float(terms.sum())
                scale += float(np.abs(terms).sum())
            if not directions:
                continue
            if nominal is None:
                nominal = []
                Nudged(self, {}, 0.0, None, nominal).run()
            measured = self._derivative(event, directions, nominal)
            tolerance = 2e-3 if self.program.single else TOLERANCE
            if not abs(measured - total) <= tolerance * (1 + scale):
                self.number = event.number
                self._explain(event, directions, nominal, tolerance)
                self.fail("gradient", f"of all tensors times a direction is {total}, measured {measured}")

    def _derivative(self, event, directions, nominal):
        ends = [Nudged(self, directions, step, event, nominal).run() for step in (STEP, -STEP)]
        return float((ends[0] - ends[1]) / (2 * STEP))

    def _explain(self, event, directions, nominal, tolerance):
        """Find the wrong entries."""
        for memory in directions:
            gradient = memory.measured[event.number]
            measured = np.full(gradient.size, np.nan)
            for k in np.flatnonzero(~np.isnan(gradient)):
                unit = np.zeros(gradient.size)
                unit[k] = 1
                measured[k] = self._derivative(event, {memory: unit}, nominal)
            if not np.allclose(gradient, measured, rtol=tolerance, atol=tolerance, equal_nan=True):
                names = ", ".join(self._families().get(memory, [memory.tensor]))
                measured = np.round(measured, 9).tolist()
                self.fail("gradient", f"in the memory of {names}: {gradient.tolist()}, measured {measured}")


def check(program):
    """Raise `Mismatch` if mygrad does something else than NumPy, or a gradient is wrong."""
    both = SideBySide(program)
    try:
        both.run()
    except (Mismatch, Invalid):
        raise
    except Undecided as undecided:
        raise Invalid(str(undecided)) from None
    except Exception as error:  # looking at a tensor went wrong
        where = traceback.extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__}: {error}   in   {where.filename}, line {where.lineno}"
        raise Mismatch("raised", message, both.number) from error
