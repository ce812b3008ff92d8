"""Pieces of code for random programs: literals, indices, views, and what NumPy refuses."""

import numpy as np

__all__ = [
    "basic_index",
    "broadcasts",
    "code_of",
    "illegal_codes",
    "integer_index",
    "literal",
    "random_mask",
    "view_code",
]


def literal(rng, shape, kind="f8"):
    """The code of an array with generic elements."""

    def number():
        x = round(rng.uniform(0.2, 2) * rng.choice((-1, 1)), 2)
        return complex(x, round(rng.uniform(-2, 2), 2)) if kind == "c16" else x

    def nest(shape):
        return [nest(shape[1:]) for _ in range(shape[0])] if shape else number()

    code = f"array({nest(shape)!r}"
    if 0 in shape:
        code = f"array(np.zeros({shape})"
    return (
        code
        + {"f8": ")", "c16": ", dtype='complex128')" if 0 in shape else ")", "f4": ", dtype='float32')"}[kind]
    )


def basic_index(rng, shape):
    """A random basic index of an array of `shape`."""
    items, i = [], 0
    while i < len(shape):
        n = shape[i]
        r = rng.random()
        if r < 0.12 and n:
            items.append(rng.randrange(-n, n))
        elif r < 0.32:
            items.append(slice(None))
        elif r < 0.5:
            items.append(slice(rng.randrange(0, n + 1) if n else None, None))
        elif r < 0.65:
            items.append(slice(None, rng.choice((-1, 1, 2, n))))
        elif r < 0.78:
            items.append(slice(None, None, -1))
        elif r < 0.86:
            items.append(slice(None, None, 2))
        elif r < 0.9:
            items.append(slice(-2, None))
        elif r < 0.94:
            items.append(slice(None, None, -2))
        elif r < 0.97:
            items.append(None)
            continue
        else:
            break
        i += 1
    rest = len(shape) - i
    if (rest and rng.random() < 0.5) or rng.random() < 0.05 or not items:
        items.append(Ellipsis)
    return items


def code_of(items):
    def one(item):
        if isinstance(item, slice):
            text = f"{'' if item.start is None else item.start}:{'' if item.stop is None else item.stop}"
            return text if item.step is None else f"{text}:{item.step}"
        if item is Ellipsis:
            return "..."
        if isinstance(item, np.ndarray):
            return f"array({item.tolist()!r}" + (
                ")" if item.dtype in (np.int64, np.bool_) else f", dtype='{item.dtype}')"
            )
        return repr(item)

    return ", ".join(map(one, items))


def broadcasts(shape, to):
    """Whether an array of `shape` broadcasts to the shape `to`."""
    if len(shape) > len(to):
        return False
    return all(a in (1, b) for a, b in zip(reversed(shape), reversed(to), strict=False))


def integer_index(rng, shape):
    """An advanced index, with repetitions."""
    axis = rng.randrange(len(shape))
    if 0 in shape:
        return [Ellipsis]

    def some(n, count):
        index = np.array([rng.randrange(-n, n) for _ in range(count)])
        if rng.random() < 0.15:
            return index.astype("int32")
        if rng.random() < 0.1:
            return (index % n).astype("uint8")
        return index

    count = rng.randrange(1, 4)
    items = [slice(None)] * axis
    items.append(some(shape[axis], count))
    if axis + 1 < len(shape):
        r = rng.random()
        if r < 0.4:
            items.append(some(shape[axis + 1], count if rng.random() < 0.8 else 1))
        elif r < 0.6:
            items.append(rng.randrange(shape[axis + 1]))
        elif r < 0.8:
            items.append(slice(None, None, -1))
    return items


def random_mask(rng, shape):
    """A mask, true for about half of the elements, and for one at least."""
    mask = np.array([rng.random() < 0.5 for _ in range(int(np.prod(shape)))], bool).reshape(shape)
    if mask.size:
        mask.flat[rng.randrange(mask.size)] = True
    return mask


def view_code(rng, n, a):
    """The code of a random view of the tensor `n`, whose array is `a`."""
    nd = a.ndim
    options = ["index"] * 5 + ["reshape", "ravel"] * 3 + ["T", "expand", "ellipsis"]
    if nd:
        options += ["flip", "split", "row", "atleast"]
    if nd >= 2:
        options += ["transpose", "swapaxes", "moveaxis", "T", "npT"] * 2
        if a.shape[0] == a.shape[1] and nd == 2:
            options += ["einsum", "diagonal"]
    if 1 in a.shape:
        options += ["squeeze", "squeeze"]
    else:
        options += ["nosqueeze"] if rng.random() < 0.3 else []
    if a.dtype.kind == "c":
        options += ["real", "imag", "real", "imag"]
    elif rng.random() < 0.1:
        options += ["real"]
    if rng.random() < 0.25 and a.size:
        options += ["broadcast", "windows"]
    what = rng.choice(options)
    if what == "index":
        return f"{n}[{code_of(basic_index(rng, a.shape))}]"
    if what == "ellipsis":
        return f"{n}[...]"
    if what == "reshape":
        shapes = {(a.size,), (1, a.size), (a.size, 1), (-1,)}
        shapes |= {(d, a.size // d) for d in (2, 3) if a.size % d == 0}
        shape = rng.choice(sorted(shapes))
        if a.size == 0:
            shape = (0,)
        return rng.choice((f"{n}.reshape({shape})", f"np.reshape({n}, {shape})", f"{n}.reshape(*{shape})"))
    if what == "ravel":
        return rng.choice((f"{n}.ravel()", f"np.ravel({n})"))
    if what == "T":
        return f"{n}.T"
    if what == "npT":
        return f"np.transpose({n})"
    if what == "flip":
        return rng.choice((f"np.flip({n})", f"np.flip({n}, axis={rng.randrange(nd)})", f"np.flipud({n})"))
    if what == "split":
        return f"np.split({n}, [1], axis={rng.randrange(nd)})[{rng.randrange(2)}]"
    if what == "row":
        return f"list({n})[-1]" if nd > 1 and len(a) else f"{n}[:]"
    if what == "atleast":
        return f"np.atleast_{rng.choice('23')}d({n})"
    if what == "transpose":
        axes = list(range(nd))
        rng.shuffle(axes)
        return rng.choice((f"{n}.transpose({tuple(axes)})", f"np.transpose({n}, {tuple(axes)})"))
    if what == "swapaxes":
        return rng.choice(("np.swapaxes({0}, 0, {1})", "{0}.swapaxes(0, {1})")).format(n, rng.randrange(nd))
    if what == "moveaxis":
        return f"np.moveaxis({n}, {rng.randrange(nd)}, {rng.randrange(-nd, nd)})"
    if what == "expand":
        return f"np.expand_dims({n}, {rng.randrange(-nd - 1, nd + 1)})"
    if what == "squeeze":
        return rng.choice((f"{n}.squeeze()", f"np.squeeze({n}, axis={a.shape.index(1)})"))
    if what == "nosqueeze":
        return f"np.squeeze({n})"
    if what == "einsum":
        return rng.choice(
            (f"np.einsum('ii->i', {n})", f"np.einsum('ij->ji', {n})", f"np.einsum('ii->i', {n}[:, ::-1])")
        )
    if what == "diagonal":
        return rng.choice((f"np.diagonal({n})", f"{n}.diagonal()"))
    if what in ("real", "imag"):
        return rng.choice((f"{n}.{what}", f"np.{what}({n})"))
    if what == "broadcast":
        return f"np.broadcast_to({n}, {(2, *a.shape)})"
    if nd == 0:
        return f"{n}[...]"
    return f"np.lib.stride_tricks.sliding_window_view({n}, {rng.randrange(1, a.shape[-1] + 1)}, axis=-1)"


def illegal_codes(n, a, integers, frozen):
    """What NumPy refuses: with tensor `n`, whose array is `a`; with those of integers; with frozen ones."""
    memory = n if a.ndim else f"{n}[...]"  # of a number of NumPy's, += makes another one
    options = [
        f"{n}[9] = 1.0",
        f"{n}[99]",
        f"{n}[[0, 99]] = 1.0",
        f"{n}[...] = array([1.0, 2.0, 3.0, 4.0, 5.0])",
        f"{memory} += array([1.0, 2.0, 3.0, 4.0, 5.0])",
        f"{memory} *= np.ones((7, 1, 1, 1, 1))",
        f"{n}.reshape(1000)",
        f"{n}.sum(axis=9)",
        f"np.multiply({n}, {n}, out=tensor(array([1.0, 2.0, 3.0, 4.0, 5.0])))",
        f"np.multiply({n}, np.ones((7, 1, 1, 1)), out={n})",
        f"{n}[array([True, False, True, True, False])] = 1.0",
        f"{n}[1.0]",
        f"{n}[1.0] = 2.0",
        f"np.transpose({n}, (0, 0))",
        f"np.copyto({n}, array([1.0, 2.0, 3.0, 4.0, 5.0]))",
        f"np.put({n}, [99], 1.0)",
        f"{n} @ array([1.0, 2.0, 3.0, 4.0, 5.0])",
        f"np.broadcast_to({n}, {(2, *a.shape)})[...] = 1.0",
        f"np.broadcast_to({n}, {(2, *a.shape)}).fill(1.0)",
        f"np.add({n}, 1.0, out=np.broadcast_to({n}, {(2, *a.shape)}))",
    ]
    if a.dtype.kind == "f":
        options += [f"{memory} += array(1j)", f"{memory} *= 2j", f"np.add({n}, 1j, out={n})"]
    if a.ndim == 2:
        options += [f"np.diagonal({n})[0] = 1.0", f"np.diagonal({n})[...] += 1.0"]
    if a.ndim:
        options += [f"np.lib.stride_tricks.sliding_window_view({n}, 1, axis=0)[0] = 1.0"]
    for i in integers[:1]:
        options += [
            f"{i}[...] += 1.5",
            f"{i}[...] *= {n}",
            f"np.add({i}, 0.5, out={i})",
            f"np.copyto({i}, array(1.5))",
        ] * 3
    for b in frozen[:1]:
        options += [f"{b}[...] = 1.0", f"{b} += 1.0", f"{b}.fill(2.0)", f"np.multiply({b}, 2.0, out={b})"] * 3
    return options
