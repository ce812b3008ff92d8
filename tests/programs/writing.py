"""Statements that write into the memory of tensors, in all the ways that NumPy has."""

import re

import numpy as np

from .graph import root
from .pieces import random_mask

__all__ = ["write"]


def _elsewhere(w, n, code):
    """Whether `code` reads no memory of `n`: np.place and others write while they read."""
    return all(root(w.arrays[m]) is not root(w.arrays[n]) for m in re.findall(r"\b[tu]\d+\b", code))


def _copied_first(w, n, region, code):
    """Whether NumPy reads all of an overlapping value before it writes; ``a[::2] = a[:3]`` doesn't."""
    owner = root(w.arrays[n])
    before = owner.copy()
    try:
        value = np.array(eval(code, w.arrays))
        exec(f"{n}[{region}] = {code}", w.arrays)
        after = owner.copy()
        owner[...] = before
        exec(f"{n}[{region}] = value", w.arrays | {"value": value})
        return np.array_equal(owner, after)
    except (ValueError, IndexError):
        return False
    finally:
        owner[...] = before


def write(w):
    rng = w.rng
    names = [n for n in w.tensors if w.arrays[n].flags.writeable]
    if not names:
        return False
    n = names[-1 - int(rng.random() ** 1.3 * len(names))]
    a = w.arrays[n]
    real = a.dtype.kind == "f"
    options = ["set"] * 6 + ["own"] * 2 + ["augment"] * 3 + ["augment part"] * 3
    if a.dtype.kind in "fc":
        options += ["out", "copyto", "fill", "put", "putmask", "out", "at"]
    if a.ndim == 2 and min(a.shape) and a.shape[0] >= a.shape[1]:
        options += ["diagonal"]
    if real and a.ndim and a.size > 1:
        options += ["sort"]
    what = rng.choice(options)
    target = dict(target=n)
    if what == "set":
        region, shape, whole = w.region(n)
        code, used = w.operand(shape, a.dtype)
        if not _elsewhere(w, n, code) and not _copied_first(w, n, region, code):
            return False
        return w.emit("write", f"{n}[{region}] = {code}", used=used, whole=whole, **target)
    if what == "own":
        if a.ndim == 0 or a.shape[0] < 2:
            return False
        pair = rng.choice((("1:", ":-1"), (":-1", "1:"), ("...", "::-1"), ("::2", "::-2")))
        factor = rng.choice(("", " * 0.5", " + 0.1")) if a.dtype.kind in "fc" else ""
        sign = rng.choice(("=", "=", "+=", "*="))
        return w.emit("write", f"{n}[{pair[0]}] {sign} {n}[{pair[1]}]{factor}", used=(n,), **target)
    if what == "augment":
        operator = rng.choice(("+=", "-=", "*=", "*=", "/=", "**=" if a.ndim else "+="))
        if operator == "**=":
            return w.emit("write", f"{n} **= 2", used=(n,), **target)
        code, used = w.operand(a.shape, a.dtype)
        needs = ()
        if operator == "/=":
            if used and used != (code,):
                return False
            needs = (("away", code, 0.3),) if used else ()
        return w.emit("write", f"{n} {operator} {code}", used=(n, *used), needs=needs, **target)
    if what == "augment part":
        region, shape, _ = w.region(n)
        operator = rng.choice(("+=", "-=", "*=", "*="))
        code, used = w.operand(shape, a.dtype)
        return w.emit("write", f"{n}[{region}] {operator} {code}", used=(n, *used), **target)
    if what == "out":
        first = w.fitting(a.shape, "fi" if real else "fci")
        if first is None:
            return False
        code, used = w.operand(a.shape, a.dtype)
        f = rng.choice(("add", "multiply", "subtract"))
        into = n
        if rng.random() < 0.3:
            into = f"{n}[...]" if a.ndim == 0 else f"{n}[::-1]"
        where = ""
        if rng.random() < 0.4 and a.ndim:
            mask = random_mask(rng, a.shape)
            if rng.random() < 0.3:
                mask = mask[..., :1] if a.shape[-1] else mask
            where = f", where=array({mask.tolist()!r})" if mask.size else ""
        if rng.random() < 0.2 and real:
            return w.emit(
                "write", f"np.sin({first[0]}, out={into}{where})", used=(first[1],), whole=not where, **target
            )
        return w.emit(
            "write",
            f"np.{f}({first[0]}, {code}, out={into}{where})",
            used=(first[1], *used),
            whole=not where,
            **target,
        )
    if what == "copyto":
        code, used = w.operand(a.shape, a.dtype)
        where = ""
        if rng.random() < 0.5 and a.ndim and a.size:
            mask = random_mask(rng, a.shape)
            where = f", where=array({mask.tolist()!r})"
        return w.emit("write", f"np.copyto({n}, {code}{where})", used=used, whole=not where, **target)
    if what == "fill":
        code, used = w.operand((), a.dtype)
        return w.emit("write", f"{n}.fill({code})", used=used, whole=True, **target)
    if what == "put":
        if a.size == 0:
            return False
        index = [rng.randrange(-a.size, a.size) for _ in range(rng.randrange(1, 4))]
        code, used = w.operand((len(index),), a.dtype)
        return _elsewhere(w, n, code) and w.emit(
            "write", f"np.put({n}, {index}, {code})", used=used, **target
        )
    if what == "putmask":
        if a.size == 0:
            return False
        mask = random_mask(rng, a.shape)
        f = rng.choice(("putmask", "place"))
        shape = a.shape if f == "putmask" and rng.random() < 0.5 else (rng.randrange(1, 4),)
        code, used = w.operand(shape, a.dtype)
        mask = f"array({mask.tolist()!r})" if mask.size else f"np.zeros({mask.shape}, bool)"
        return _elsewhere(w, n, code) and w.emit("write", f"np.{f}({n}, {mask}, {code})", used=used, **target)
    if what == "diagonal":
        code, used = w.operand(rng.choice(((), (min(a.shape),))), a.dtype)
        return _elsewhere(w, n, code) and w.emit(
            "write", f"np.fill_diagonal({n}, {code})", used=used, **target
        )
    if what == "sort":
        axis = rng.randrange(-a.ndim, a.ndim)
        return w.emit(
            "write", rng.choice((f"{n}.sort(axis={axis})",)), used=(n,), needs=(("gap", n, axis),), **target
        )
    if what == "at":
        if a.ndim == 0 or a.size == 0:
            return False
        index = [rng.randrange(a.shape[0]) for _ in range(3)]
        code, used = w.operand((3, *a.shape[1:]), a.dtype)
        return w.emit(
            "write",
            f"np.{rng.choice(('add', 'subtract'))}.at({n}, {index}, {code})",
            used=(n, *used),
            **target,
        )
    raise AssertionError(what)
