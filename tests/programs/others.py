"""Statements about gradients, memory and mistakes.

Each function tries to append one statement of its kind to what the writer `w` has, and says whether it could.
"""

import numpy as np

from .computing import op, view
from .pieces import illegal_codes, literal
from .program import Statement
from .writing import write

__all__ = [
    "backward",
    "clear",
    "drop",
    "expose",
    "grads",
    "illegal",
    "look",
    "null_grad",
    "refused",
    "reshape",
    "scribble",
    "unrecorded",
]


def unrecorded(w):
    w.quiet = True
    try:
        return w.rng.choice((write, write, op, view))(w)
    finally:
        w.quiet = False


def expose(w):
    n = w.pick()
    if n is None:
        return False
    d = w.name("u")
    return w.emit("expose", f"{d} = {n}.data", made=d, used=(n,))


def scribble(w):
    names = [n for n in w.plain if w.arrays[n].size and w.arrays[n].flags.writeable]
    if not names:
        return False
    u = w.rng.choice(names)
    a = w.arrays[u]
    value = {"b": "True", "i": "0"}.get(a.dtype.kind, repr(round(w.rng.uniform(-2, 2), 2)))
    index = ", ".join(["0"] * a.ndim) or "..."
    return w.emit("scribble", f"{u}[{index}] = {value}", target=u)


def drop(w):
    if len(w.tensors) < 3:
        return False
    n = w.rng.choice(w.tensors)
    w.tensors.remove(n)
    return w.emit("drop", f"del {n}", used=(n,))


def null_grad(w):
    n = w.pick()
    return n is not None and w.emit("null_grad", f"{n}.null_grad()", used=(n,))


def grads(w):
    n = w.pick()
    return n is not None and w.emit("grads", f"{n}.grad", used=(n,) if w.rng.random() < 0.7 else ())


def look(w):
    return w.emit("values", "pass")


def illegal(w):
    rng = w.rng
    n = w.pick()
    if n is None:
        return False
    a = w.arrays[n]
    integers = [i for i in w.tensors if w.arrays[i].dtype.kind == "i"]
    frozen = [b for b in w.floats() if not w.arrays[b].flags.writeable and w.arrays[b].size]
    options = illegal_codes(n, a, integers, frozen)
    code = rng.choice(options)
    used = tuple(sorted({m for m in w.tensors if f"{m}" in code and m in Statement("illegal", code).names}))
    return w.emit("illegal", code, used=used, whole=rng.random() < 0.5)


def refused(w):
    integers = [i for i in w.tensors if w.arrays[i].dtype.kind == "i" and w.arrays[i].size]
    n = w.pick(lambda a: a.dtype.kind == "f" and a.size)
    if not integers or n is None:
        return False
    i = w.rng.choice(integers)
    last = ", ".join(["0"] * w.arrays[n].ndim)
    return w.emit("refused", f"{i}[...] = {n}[{last or '...'}]", used=(n,), whole=w.rng.random() < 0.5)


def loss(w):
    rng = w.rng
    names = w.floats()
    if not names:
        return None
    terms, used = [], []
    for _ in range(rng.randrange(1, 4)):
        n = w.pick()
        a = w.arrays[n]
        used.append(n)
        if a.dtype.kind == "c":
            terms.append(f"({n}.real * {n}.imag + {n}.real).sum()")
            continue
        weights = literal(rng, a.shape[-1:]) if a.size else "1.0"
        term = rng.choice(("({0} * {0})", "({0} * {1})", "({0} * {1})", "np.sin({0})"))
        terms.append(term.format(n, weights) + ".sum()")
    y = w.name("t")
    if not w.emit("op", f"{y} = {' + '.join(terms)}", made=y, used=tuple(used)):
        return None
    return y


def backward(w, retain=True):
    rng = w.rng
    if rng.random() < 0.25:
        y = w.pick(lambda a: a.dtype.kind == "f" and a.size)
    else:
        y = loss(w)
    if y is None:
        return False
    a = w.arrays[y]
    start, weights = "", None
    if rng.random() < 0.2 and a.size and a.dtype == np.float64:
        start = literal(rng, a.shape)
        weights = eval(start, {"array": np.array}).tolist()
    keep = "retain_graph=True" if retain else ""
    code = f"{y}.backward({', '.join(filter(None, (start, keep)))})"
    return w.emit("backward", code, used=(y,), retain=retain, weights=weights)


def clear(w):
    n = w.pick()
    return n is not None and w.emit("clear_graph", f"{n}.clear_graph()", used=(n,))


def reshape(w):
    n = w.pick(lambda a: a.flags.writeable)
    if n is None:
        return False
    # These may return the very object that they were given; it is a matter of taste if a tensor is one, too.
    if any("atleast" in s.code or "out=u" in s.code for s in w.statements):
        return False
    a = w.arrays[n]
    shape = w.rng.choice(((a.size,), (-1, 1), (1, -1), a.shape))
    if a.size == 0 or a.dtype.kind == "c":
        return False
    return w.emit("shape", f"{n}.shape = {shape}", target=n)
