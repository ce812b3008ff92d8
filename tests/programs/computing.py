"""Statements that compute: leaves, views, operations.

Each function tries to append one statement of its kind to what the writer `w` has, and says whether it could.
"""

import numpy as np

from .pieces import literal, view_code

__all__ = ["array", "leaf", "mask", "op", "view"]

SHAPES = [(3,), (4,), (6,), (2, 3), (3, 3), (3, 2), (2, 2, 2), (1, 3), (4, 1), (2, 1, 3), (), (1,)]
RARE_SHAPES = [(0,), (0, 3), (2, 0), (1, 1), (2, 3, 2)]


def leaf(w):
    rng = w.rng
    shape = rng.choice(RARE_SHAPES) if rng.random() < 0.05 else rng.choice(SHAPES)
    kind = rng.choice(w.kinds)
    r = rng.random()
    t = w.name("t")
    if r < 0.08:
        numbers = [rng.randrange(0, 3) for _ in range(int(np.prod(shape)))]
        if 0 in shape:
            return False
        return w.emit("leaf", f"{t} = tensor(array({np.reshape(numbers, shape).tolist()!r}))", made=t)
    if r < 0.14:
        return w.emit("leaf", f"{t} = tensor({literal(rng, shape, kind)}, constant=True)", made=t)
    if r < 0.6:
        u = w.name("u")
        if not w.emit("array", f"{u} = {literal(rng, shape, kind)}", made=u):
            return False
        part = ""
        if len(shape) >= 1 and rng.random() < 0.2:
            part = rng.choice(("[::-1]", ".T", "[...]"))
        constant = ", constant=True" if rng.random() < 0.1 else ""
        return w.emit("leaf", f"{t} = tensor({u}{part}, copy=False{constant})", made=t)
    return w.emit("leaf", f"{t} = tensor({literal(rng, shape, kind)})", made=t)


def array(w):
    """A plain array that will be an operand, a mask or an index."""
    rng = w.rng
    u = w.name("u")
    r = rng.random()
    if r < 0.35:
        return w.emit("array", f"{u} = {literal(rng, rng.choice(SHAPES))}", made=u)
    shape = rng.choice(((3,), (4,), (2,)))
    if r < 0.6:
        return w.emit("array", f"{u} = array({[rng.random() < 0.5 for _ in range(shape[0])]!r})", made=u)
    return w.emit("array", f"{u} = array({[rng.randrange(0, 2) for _ in range(shape[0])]!r})", made=u)


def view(w):
    n = w.pick()
    if n is None:
        return False
    v = w.name("t")
    return w.emit("view", f"{v} = {view_code(w.rng, n, w.arrays[n])}", made=v, used=(n,))


def mask(w):
    n = w.pick(lambda a: a.dtype.kind == "f" and a.size and a.ndim)
    if n is None:
        return False
    m = w.name("u")
    bound = round(w.rng.uniform(-0.7, 0.7), 2)
    return w.emit("mask", f"{m} = {n} > {bound}", made=m, used=(n,), needs=(("far", n, bound),))


def op(w):
    rng = w.rng
    n = w.pick()
    if n is None:
        return False
    a = w.arrays[n]
    y = w.name("t")
    nd = a.ndim
    real = a.dtype.kind == "f"
    options = (
        ["unary"] * 4
        + ["binary"] * 6
        + ["read"] * 4
        + ["sum"] * 2
        + ["where", "join", "copy", "flat", "square"]
    )
    if nd in (1, 2):
        options += ["matmul"] * 2
    if nd and a.size:
        options += ["max", "take", "cumsum"] if real else ["take"]
    if real and rng.random() < 0.3:
        options += ["astype", "out"]
    what = rng.choice(options)
    needs, used = (), (n,)
    if what == "unary":
        f = rng.choice(
            ("sin", "cos", "exp", "tanh", "negative", "abs", "sqrt", "log", "reciprocal", "square", "conj")
        )
        if f in ("exp",):
            needs = (("below", n, 3.0),)
        elif f in ("abs", "reciprocal"):
            needs = (("away", n, 0.2),)
        elif f in ("sqrt", "log"):
            if not real:
                return False
            needs = (("above", n, 0.2),)
        elif f in ("tanh",) and not real:
            return False
        code = f"np.{f}({n})" if f != "negative" else f"-{n}"
    elif what == "square":
        if nd == 0:  # NumPy's scalars take powers in their own way, so the last bit is a matter of taste
            return False
        code = f"{n} ** {rng.choice((2, 3, 2.0, 1))}"
    elif what == "binary":
        other = w.operand(a.shape, np.dtype(complex) if "c16" in w.kinds else np.dtype(float))
        code, extra = other
        operator = rng.choice("***+-/")
        if operator == "/":
            if extra != (code,):
                operator = "*"
            else:
                needs = (("away", code, 0.3),)
        used = (n, *extra)
        code = (
            f"{n} {operator} {code}" if rng.random() < 0.7 or operator == "/" else f"({code}) {operator} {n}"
        )
    elif what == "read":
        region, _, _ = w.region(n)
        code = f"{n}[{region}] * 1.5" if rng.random() < 0.3 else f"{n}[{region}]"
        return w.emit("view", f"{y} = {code}", made=y, used=used)
    elif what == "sum":
        axis = rng.choice([None, *range(nd)])
        code = rng.choice(
            (
                f"{n}.sum(axis={axis})",
                f"np.sum({n}, axis={axis}, keepdims=True)",
                f"np.mean({n}, axis={axis})",
            )
        )
        if a.size == 0:
            code = f"{n}.sum(axis={axis})"
    elif what == "max":
        axis = rng.choice([None, *range(nd)])
        needs = (("gap", n, axis),)
        code = rng.choice(
            (f"{n}.max(axis={axis})", f"np.min({n}, axis={axis})", f"np.sort({n}, axis={axis})")
        )
    elif what == "cumsum":
        code = f"np.cumsum({n}, axis={rng.randrange(nd)})"
    elif what == "matmul":
        k = a.shape[-1]
        other = w.pick(lambda b: b.ndim in (1, 2) and b.shape[0] == k)
        if other is None:
            return False
        used = (n, other)
        code = rng.choice((f"{n} @ {other}", f"np.matmul({n}, {other})"))
    elif what == "where":
        bound = round(rng.uniform(-0.7, 0.7), 2)
        code, extra = w.operand(a.shape, a.dtype)
        if not real:
            return False
        used = (n, *extra)
        needs = (("far", n, bound),)
        code = f"np.where({n} > {bound}, {n}, {code})"
    elif what == "join":
        other = w.pick(lambda b: b.shape == a.shape and b.ndim > 0)
        if other is None or nd == 0:
            return False
        used = (n, other)
        join = rng.choice(
            ("concatenate([{0}, {1}])", "concatenate([{0}, {1}], axis=-1)", "stack([{0}, {1}])")
        )
        code = "np." + join.format(n, other)
    elif what == "copy":
        code = rng.choice((f"{n}.copy()", f"np.copy({n})", f"+{n}", f"{n}.flatten()"))
    elif what == "flat":
        if a.size == 0:
            return False
        code = f"{n}.flat[{rng.choice((str(rng.randrange(a.size)), '[0, -1, 0]', '::2'))}]"
    elif what == "take":
        code = rng.choice(
            (f"np.take({n}, [0, 0, -1], axis=0)", f"np.repeat({n}, 2, axis=0)", f"{n}.take([0, 0])")
        )
    elif what == "astype":
        code = f"{n}.astype({rng.choice(('f4', 'f8')) if 'f4' in w.kinds else 'f8'})"
    elif what == "out":
        u = w.name("u")
        if not w.emit("array", f"{u} = {literal(rng, a.shape, 'f8')}", made=u):
            return False
        if rng.random() < 0.5 and a.ndim == 1 and a.size:
            mask = [rng.random() < 0.5 for _ in range(a.size)]
            code = f"np.multiply({n}, {n}, out={u}, where=array({mask}))"
        else:
            code = f"np.multiply({n}, {n}, out={u})"
    return w.emit("op", f"{y} = {code}", made=y, used=used, needs=needs)
