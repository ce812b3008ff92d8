"""What a program means on plain arrays, and what changes when a memory is nudged."""

import contextlib

import numpy as np

from .graph import flat, root

__all__ = ["PREDICATES", "Nudged", "plain", "run_plain"]


def _gap(a, axis):
    """No two elements along `axis` are close."""
    return a.size > 0 and bool(
        (np.abs(np.diff(np.sort(a, axis=axis), axis=-1 if axis is None else axis)) > 1e-3).all()
    )


PREDICATES = {
    "gap": _gap,
    "far": lambda a, bound: bool((np.abs(a - bound) > 1e-3).all()),
    "away": lambda a, bound: bool((np.abs(a) > bound).all()),
    "above": lambda a, bound: bool((a > bound).all()),
    "below": lambda a, bound: bool((np.abs(a) < bound).all()),
}


def _plain_tensor(a, dtype=None, *, constant=None, copy=True):
    # A view: a tensor that uses the memory of an array still has a shape of its own.
    return np.array(a, dtype) if copy else a.view()


def plain():
    """What the names mean on arrays."""
    return {
        "np": np,
        "array": np.array,
        "tensor": _plain_tensor,
        "no_autodiff": contextlib.nullcontext(),
        "still": np.asarray,  # of an array, `.data` is a memoryview
        "f4": np.float32,
        "f8": np.float64,
        "c16": np.complex128,
    }


_WIDE = {"f": np.longdouble, "c": np.clongdouble}


def _wide_array(a, dtype=None):
    narrow = np.array(a, dtype)
    return narrow.astype(_WIDE.get(narrow.dtype.kind, narrow.dtype))


def run_plain(s, arrays):
    """Run one statement on arrays."""
    if s.kind in ("backward", "null_grad", "clear_graph", "grads", "values", "illegal", "refused"):
        return
    if s.kind == "expose":
        arrays[s.made] = arrays[s.used[0]].view()
        return
    exec(s.compiled, arrays)
    if s.made is not None and not isinstance(arrays[s.made], np.ndarray):
        arrays[s.made] = np.asarray(arrays[s.made])  # scalars of NumPy are tensors of no dimensions
    elif s.kind == "view" and arrays[s.made] is arrays[s.used[0]]:
        arrays[s.made] = arrays[s.made].view()  # np.squeeze and np.real may return what they were given


class Nudged:
    """The program run on arrays, in extended precision, with memories nudged.

    What isn't recorded doesn't move when something is nudged: `nominal` is a list of the values that it has
    without a nudge. It is written by a run without an event, and read by the others.
    """

    def __init__(self, both, directions, step, event, nominal):
        self.program = both.program
        self.skipped = both.skipped
        self.cuts = both.graph.cuts
        self.event = event
        self.arrays = {
            **plain(),
            "array": _wide_array,
            "still": self._still,
            "f4": np.longdouble,
            "f8": np.longdouble,
            "c16": np.clongdouble,
        }
        self.nominal = nominal
        self.next = 0
        self.nudges = {}
        if event is not None:
            for memory, direction in directions.items():
                when, number, name = event.born[memory]
                self.nudges.setdefault((when, number), []).append((name, direction * step))

    def _log(self, value):
        """The value that `value` has without a nudge."""
        if self.event is None:
            self.nominal.append(value.copy(order="K"))
            return value
        self.next += 1
        return self.nominal[self.next - 1]

    def _still(self, a):
        a = np.asarray(a)
        # A copy of a broadcast array would have another order of axes, and so would what is computed from it.
        once = a[tuple(slice(1) if stride == 0 else slice(None) for stride in a.strides)]
        return np.broadcast_to(self._log(once), a.shape)

    def _nudge(self, when, number):
        for name, delta in self.nudges.get((when, number), ()):
            line = flat(root(self.arrays[name]))
            line += delta

    def run(self):
        for number, s in enumerate(self.program.statements):
            for cut, name in self.cuts:
                if cut == number:
                    line = flat(root(self.arrays[name]))
                    line[...] = self._log(line)
            self._nudge("before", number)
            if self.event is not None and number == self.event.number:
                end = self.arrays[self.event.name]
                return end.sum() if self.event.weights is None else (end * np.array(self.event.weights)).sum()
            if number in self.skipped:
                continue
            if s.kind in ("write", "scribble") and (s.quiet or s.kind == "scribble"):
                line = flat(root(self.arrays[s.target]))
                before = line.copy()
                moved = before - self._log(before) if line.dtype.kind == "f" else None
                run_plain(s, self.arrays)
                line = flat(root(self.arrays[s.target]))
                after = self._log(line)
                if moved is not None:
                    line[...] = after + moved
            else:
                run_plain(s, self.arrays)
                if s.quiet and s.kind in ("op", "view"):
                    made = self.arrays[s.made]
                    if s.kind == "op" or root(made) is not root(self.arrays[s.used[0]]):
                        made[...] = self._log(made)
            self._nudge("after", number)
