"""Writes statements, and chooses what they speak of.

Each statement is tried on arrays as it is written, so the writer knows what is alive, how it is shaped, and
that values stay moderate and away from kinks and ties, where a difference says nothing about a derivative.
"""

import random

import numpy as np

from .graph import root
from .pieces import basic_index, broadcasts, code_of, integer_index, literal, random_mask
from .program import Statement
from .reference import PREDICATES, plain, run_plain

__all__ = ["Writer"]

LIMIT = 40.0  # no value grows beyond
ROOM = 36  # elements


class Writer:
    """Writes a program, one statement after the other, and knows what is alive."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.seed = seed
        self.arrays = plain()
        self.statements = []
        self.counts = {}
        self.tensors = []  # names
        self.plain = []  # names of plain arrays
        self.quiet = False
        style = self.rng.random()
        self.kinds = (
            ["f8"]
            if style < 0.72
            else ["f4"]
            if style < 0.78
            else ["f8", "f4"]
            if style < 0.87
            else ["c16", "f8"]
        )

    # ------------------------------------------------------------ emitting

    def name(self, letter):
        self.counts[letter] = self.counts.get(letter, -1) + 1
        return f"{letter}{self.counts[letter]}"

    def emit(self, kind, code, **fields):
        """Append a statement if NumPy runs it and values stay moderate."""
        if self.quiet and kind in ("op", "view", "write"):
            code = f"with no_autodiff: {code}"
            fields["quiet"] = True
        s = Statement(kind, code, **fields)
        for predicate, name, argument in s.needs:
            if not PREDICATES[predicate](self.arrays[name], argument):
                return False
        owner = before = None
        if kind == "illegal":
            before = {n: (a, a.copy()) for n in s.used for a in [root(self.arrays[n])]}
        elif s.target is not None:
            owner = root(self.arrays[s.target])
            before = owner.copy()
        try:
            run_plain(s, self.arrays)
            if kind == "illegal":
                exec(s.compiled, self.arrays)
            values = self.arrays.get(s.made) if s.made is not None else owner
            good = (
                values is None
                or values.dtype.kind not in "fc"
                or (values.size <= ROOM and values.ndim <= 4 and bool((np.abs(values) < LIMIT).all()))
            )
        except (ValueError, TypeError, IndexError, AttributeError):
            good = False
        if kind == "illegal":
            if good:
                for a, copy in before.values():
                    a[...] = copy
            good = not good
        if not good:
            if owner is not None:
                owner[...] = before
            if s.made is not None:
                self.arrays.pop(s.made, None)
            return False
        self.statements.append(s)
        if s.made is not None and kind in ("leaf", "op", "view"):
            self.tensors.append(s.made)
        elif s.made is not None:
            self.plain.append(s.made)
        return True

    # ------------------------------------------------------------ choosing

    def floats(self):
        return [n for n in self.tensors if self.arrays[n].dtype.kind in "fc"]

    def pick(self, test=lambda a: True):
        """A tensor, rather a young one."""
        names = [n for n in self.floats() if test(self.arrays[n])]
        if not names:
            return None
        return names[-1 - int(self.rng.random() ** 1.5 * len(names))]

    def fitting(self, shape, kinds):
        """The code of a tensor, or of a view of one, that broadcasts to `shape`; and its name."""
        rng = self.rng
        names = [n for n in self.tensors if self.arrays[n].dtype.kind in kinds]
        rng.shuffle(names)
        for n in names[:6]:
            a = self.arrays[n]
            if rng.random() < 0.25 or not broadcasts(a.shape, shape):
                if a.ndim == 0:
                    continue
                items = basic_index(rng, a.shape)
                if not broadcasts(a[tuple(items)].shape, shape):
                    continue
                return f"{n}[{code_of(items)}]", n
            return n, n
        return None

    def operand(self, shape, dtype, allow_literal=True):
        """Code of something that broadcasts to `shape` and may be written into `dtype`; the names it uses."""
        rng = self.rng
        kinds = {"f": "fi", "c": "fci", "i": "i"}[dtype.kind]
        r = rng.random()
        if r < 0.55:
            found = self.fitting(shape, kinds)
            if found:
                code, n = found
                if self.arrays[n].dtype.kind in "fc":
                    r = rng.random()
                    if r < 0.2:
                        code = f"{code} * {round(rng.uniform(-1.5, 1.5), 2)}"
                    elif r < 0.3:
                        code = f"np.sin({code})"
                return code, (n,)
        if r < 0.65 and dtype.kind in "fc":
            used = [n for n in self.plain if self.arrays[n].dtype.kind == "f"]
            used = [n for n in used if broadcasts(self.arrays[n].shape, shape)]
            if used:
                return f"still({rng.choice(used)})", ()
            n = self.pick(lambda a: broadcasts(a.shape, shape) and a.dtype.kind in kinds)
            if n:
                return f"still({n}.data)", ()
        if not allow_literal:
            return None
        if dtype.kind == "i":
            return repr(rng.randrange(-3, 4)), ()
        if r < 0.82 and 0 not in shape:
            sub = shape[rng.randrange(len(shape) + 1) :] if shape else ()
            kind = rng.choice(self.kinds) if dtype.kind == "c" else "f8" if dtype == np.float64 else "f4"
            return literal(rng, sub, kind), ()
        return repr(round(rng.uniform(0.3, 2) * rng.choice((-1, 1)), 2)), ()

    def region(self, n):
        """A random region of tensor `n`: the code between the brackets, its shape, if it is all of `n`."""
        rng, a = self.rng, self.arrays[n]
        if a.ndim == 0:
            return "...", (), True
        r = rng.random()
        if r < 0.5:
            items = basic_index(rng, a.shape)
        elif r < 0.72:
            items = integer_index(rng, a.shape)
        elif r < 0.86:
            depth = rng.randrange(1, a.ndim + 1)
            mask = random_mask(rng, a.shape[:depth])
            items = [mask]
        elif r < 0.94:
            named = [k for k in self.plain + self.tensors if self._is_index(self.arrays[k], a.shape)]
            if named:
                k = rng.choice(named)
                return k, a[self.arrays[k]].shape, True  # perhaps
            items = [Ellipsis]
        else:
            items = [Ellipsis]
        places = np.arange(a.size).reshape(a.shape)[tuple(items)]
        return code_of(items), places.shape, np.unique(places).size == a.size

    @staticmethod
    def _is_index(k, shape):
        """Whether the array `k` can index the first axes of `shape`."""
        if k.dtype == bool:
            return k.ndim > 0 and k.shape == shape[: k.ndim]
        return k.dtype.kind == "i" and k.size > 0 and k.max() < shape[0] and k.min() >= -shape[0]
