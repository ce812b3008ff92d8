"""``np.einsum``: linear in each operand, so the rule of an operand is another einsum."""

import math
from functools import lru_cache

import numpy as np

from mygrad.engine.calling import plain, shows, written_to
from mygrad.engine.function import Function, multilinear
from mygrad.engine.record import Handle
from mygrad.engine.rule import composite, rules

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def explicit(subscripts, ndims):
    """The subscripts of each operand and of the result, with letters in the place of an ellipsis.

    Parameters
    ----------
    subscripts : str
        As NumPy takes it, with or without ``->``.
    ndims : list of int
        The number of dimensions of each operand.
    """
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    spare = [letter for letter in LETTERS if letter not in subscripts]
    extra = [
        ndim - len(term.replace("...", "")) if "..." in term else 0
        for term, ndim in zip(terms, ndims, strict=True)
    ]
    dots = "".join(spare[: max(extra, default=0)])
    if not arrow:
        named = left.replace("...", "").replace(",", "")
        result = ("..." if "..." in left else "") + "".join(sorted({x for x in named if named.count(x) == 1}))
    terms = [term.replace("...", dots[len(dots) - n :]) for term, n in zip(terms, extra, strict=True)]
    return terms, result.replace("...", dots)


@lru_cache(4096)
def contraction(subscripts, shapes, i):
    """What the cotangent of operand `i` of these is the einsum of.

    Returns
    -------
    inputs : list of str
        The subscripts of the result, of the other operands, and of what is added to them.
    wanted : str
        Those of the cotangent.
    subscripts : str
        All of them.
    added : list of (function, length)
        What is added: `np.ones` or `np.eye` of so many.
    """
    terms, result = explicit(subscripts, list(map(len, shapes)))
    inputs, added = [result, *terms[:i], *terms[i + 1 :]], []
    # An index that this operand alone has was summed: each element has the same share. A repeated index was a
    # diagonal.
    spare = iter(letter for letter in LETTERS if letter not in subscripts and letter not in "".join(terms))
    wanted, seen = "", ""
    for letter, n in zip(terms[i], shapes[i], strict=True):
        if letter in seen:
            new = next(spare)
            inputs.append(letter + new)
            added.append((np.eye, n))
            wanted += new
            continue
        seen += letter
        wanted += letter
        if not any(letter in other for other in inputs):
            inputs.append(letter)
            added.append((np.ones, n))
    return inputs, wanted, ",".join(inputs) + "->" + wanted, added


def operand_vjp(g, others, shapes, subscripts, i):
    """The cotangent of operand `i`: the result's contracted with the other operands."""
    inputs, wanted, subscripts, added = contraction(subscripts, shapes, i)
    arrays = [g, *others]
    if added:
        arrays += [of(n, dtype=g.dtype) for of, n in added]
    # By BLAS where that pays for finding the way.
    if len(arrays) == 2 and (product := as_matmul(*inputs, wanted, *arrays)) is not None:
        return product
    large = g.size > 1000 or any(array.size > 1000 for array in arrays)
    return np.einsum(subscripts, *arrays, optimize=large and len(arrays) > 1)


@lru_cache(4096)
def way_of_matmul(first, second, wanted):
    """How an einsum of two operands is a stack of matrix products: whether they change places, and the order
    of the axes of both and of the product; None where it isn't one."""
    if not wanted or len({*first}) < len(first) or len({*second}) < len(second):
        return None
    stack = [x for x in first if x in second and x in wanted]
    inner = [x for x in first if x in second and x not in wanted]
    row, column = [x for x in first if x not in second], [x for x in second if x not in first]
    if not len(inner) == len(row) == len(column) == 1 or {*row, *column} - {*wanted}:
        return None
    swapped = wanted[-1] == row[0]  # the other way round the result is laid out as it is wanted
    if swapped:
        first, second, row, column = second, first, column, row
    found = stack + row + column
    return (
        swapped,
        [first.index(x) for x in stack + row + inner],
        [second.index(x) for x in stack + inner + column],
        [found.index(x) for x in wanted],
    )


def as_matmul(first, second, wanted, a, b):
    """The einsum of `a` and `b` as a stack of matrix products, by BLAS; None where it isn't one."""
    way = way_of_matmul(first, second, wanted)
    if way is None:
        return None
    swapped, order_of_a, order_of_b, order = way
    if swapped:
        a, b = b, a
    return np.matmul(a.transpose(order_of_a), b.transpose(order_of_b)).transpose(order)


def contract(subscripts, operands, optimize=False, dtype=None, order="K", casting="safe"):
    """``np.einsum`` with its operands in a list; large products of two are computed by BLAS."""
    if len(operands) == 2 and not optimize and dtype is None and order == "K":
        product = large_product(subscripts, *operands)
        if product is not None:
            return product
    return np.einsum(subscripts, *operands, optimize=optimize, dtype=dtype, order=order, casting=casting)


LARGE = 2**16
"""Multiplications from which on a product by BLAS, which is ten times as fast, pays for finding it."""


def large_product(subscripts, a, b):
    """``np.einsum(subscripts, a, b)`` by BLAS; None where that isn't a large stack of matrix products.

    The result is laid out as NumPy lays it out, but may differ in the last digits.
    """
    if a.size * b.size < LARGE or a.dtype != b.dtype:
        return None
    if not all(type(x) is np.ndarray and x.dtype.char in "fdFD" and x.flags.c_contiguous for x in (a, b)):
        return None
    terms = terms_of_large_product(subscripts, a.shape, b.shape)
    return None if terms is None else as_matmul(*terms, a, b)


@lru_cache(4096)
def terms_of_large_product(subscripts, shape_of_a, shape_of_b):
    """The subscripts of both operands and of the result, where this is a large stack of matrix products."""
    if subscripts.count(",") != 1:
        return None
    (first, second), wanted = explicit(subscripts, [len(shape_of_a), len(shape_of_b)])
    lengths = dict(zip(first + second, shape_of_a + shape_of_b, strict=False))
    if [(x, lengths.get(x)) for x in first + second] != [*zip(first, shape_of_a), *zip(second, shape_of_b)]:
        return None  # NumPy stretches a length of 1, or says what is wrong
    stack = len(first) - 2
    in_order = "".join([x for x in dict.fromkeys(first + second) if x in wanted])
    if wanted != in_order or wanted[: stack + 1] != first[:-1] or first[:stack] != second[:stack]:
        return None
    return (first, second, wanted) if math.prod(lengths.values()) >= LARGE else None


class Cotangents:
    """Those of the operands, each computed when it is asked for: that of a constant never is."""

    def __init__(self, g, operands, operands_shape, subscripts):
        self.g, self.operands, self.shapes = g, operands, tuple(operands_shape)
        self.subscripts = subscripts

    def __getitem__(self, i):
        others = self.operands[:i] + self.operands[i + 1 :]
        return operand_vjp(self.g, others, self.shapes, self.subscripts, i)


multilinear(
    contract,
    many=True,
    operands=lambda g, operands, operands_shape, subscripts: Cotangents(
        g, operands, operands_shape, subscripts
    ),
)


@lru_cache(1024)
def rule_of_one(subscripts):
    """The rule of ``np.einsum(subscripts, a)``: which may be a view."""

    def einsum(a):
        return np.einsum(subscripts, a)

    vjp = lambda g, a_shape: operand_vjp(g, [], (a_shape,), subscripts, 0)  # noqa: E731
    return Function(einsum, {"a": vjp}, "linear", view=True)


@lru_cache(1024)
def rule_of_two(subscripts):
    """The rule of ``np.einsum(subscripts, a, b)``: of two operands less is to be found out in each call."""

    def einsum(a, b):
        product = large_product(subscripts, a, b)
        return np.einsum(subscripts, a, b) if product is None else product

    vjps = {
        "a": lambda g, a_shape, b: operand_vjp(g, [b], (a_shape, b.shape), subscripts, 0),
        "b": lambda g, a, b_shape: operand_vjp(g, [a], (a.shape, b_shape), subscripts, 1),
    }
    return Function(einsum, vjps, "multilinear")


def as_string(operands):
    """NumPy's other form, ``einsum(a, [0, 1], b, [1], [0])``, as subscripts and operands."""
    arrays, lists = list(operands[:-1:2] if len(operands) % 2 else operands[::2]), list(operands[1::2])
    term = lambda indices: "".join("..." if i is Ellipsis else LETTERS[i] for i in indices)  # noqa: E731
    subscripts = ",".join(map(term, lists))
    if len(operands) % 2:
        subscripts += "->" + term(operands[-1])
    return subscripts, arrays


@composite(np.einsum)
def einsum(*operands, out=None, optimize=False, **kwargs):
    """Linear in each operand: the derivative in one is an einsum of the others."""
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], list(operands[1:])
    else:
        subscripts, arrays = as_string(operands)
    arrays = [a if isinstance(a, Handle) else np.asarray(a) for a in arrays]
    if kwargs and len(arrays) == 1 and isinstance(arrays[0], Handle):
        data = np.einsum(subscripts, plain(arrays[0]), **kwargs)
        if shows(data, arrays[0]):  # then they have asked for nothing else
            kwargs = {}
    if kwargs or len(arrays) > 2 or (optimize and len(arrays) == 2):
        result = rules[contract](subscripts, arrays, optimize, **kwargs)
    else:
        result = (rule_of_one if len(arrays) == 1 else rule_of_two)(subscripts)(*arrays)
    return written_to(out, result)
