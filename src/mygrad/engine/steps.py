"""Elementwise formulas, written down as calls of ufuncs and carried out block by block.

A formula is written down by calling it with `Symbol` objects in the place of arrays: each ufunc becomes a
step. Carried out, the steps go through the elements in blocks. What passes between them is written into a few
buffers of the size of a block, again and again, and never leaves the cache, while NumPy by itself would
stream whole arrays through memory for each of them.

The blocks are of rows: all that has the same place along the first axis. So sums along the other axes are
steps as well, and so is what is done with one element for each row.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import prod
from operator import itemgetter

import numpy as np
from numpy import ndarray
from numpy.lib.mixins import NDArrayOperatorsMixin

from mygrad.engine.indexing import BITS
from mygrad.engine.rule import fitted
from mygrad.engine.sums import LONG, first_of_still, product_over, small_sum, stretched_axes

__all__ = ["Steps", "Symbol", "can_be_broadcast"]

BLOCK = 2**19
"""Bytes of a block: small enough for the cache, large enough to pay for a call of Python at each step."""


def can_be_broadcast(shape, target):
    """Whether what has this shape can be broadcast to the other one."""
    pairs = zip(shape[::-1], target[::-1], strict=False)
    return len(shape) <= len(target) and all(n in (1, m) for n, m in pairs)


class Tape(list):
    """Steps, each a function, its arguments, and the symbol of the result, which it is given to write on.

    Symbols refer to the tape and not to `Steps`, so that no cycle keeps arrays alive.
    """

    __slots__ = ("dtype", "known", "length")

    def __init__(self, dtype, length):
        self.dtype = dtype
        self.length = length  # how many rows there are
        self.known: dict[tuple, Symbol] = {}  # the results, by function and arguments

    def step(self, function, arguments, shape, by_rows=True, dtype=None):
        """Write down a step; its result."""
        result = Symbol(self, dtype or self.dtype, shape, by_rows)
        self.append((function, arguments, result))
        return result

    def operation(self, ufunc, operands, shape, by_rows, dtype):
        """The result of a ufunc, which is written down once: ``g / y`` is for both operands of a quotient."""
        key = (ufunc, *map(id, operands))
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self.step(ufunc, operands, shape, by_rows, dtype)
            if ufunc is np.negative:
                (known.minus,) = operands
        return known

    def needed(self, wanted):
        """The steps that lead to one of these symbols. A negative whose sign was carried along isn't one."""
        wanted, steps = set(wanted), []
        for step in reversed(self):
            _, arguments, result = step
            if result in wanted:
                wanted.update([a for a in arguments if type(a) is Symbol])
                steps.append(step)
        return steps[::-1]

    def forget(self, start):
        """Take back the steps from this one on."""
        for function, arguments, _ in self[start:]:
            self.known.pop((function, *map(id, arguments)), None)
        del self[start:]


class Symbol(NDArrayOperatorsMixin):
    """In the place of an array: a ufunc that is called with it becomes a step. All else is an error, but to
    take elements where a mask holds and 0 elsewhere, to give each row another shape, or to broadcast it,
    which what it is combined with does anyway.

    Attributes
    ----------
    by_rows : bool
        Whether it is cut into blocks, or the same for all rows.
    minus : Symbol or None
        What it is the negative of. Signs are carried along: of a negative, products are negatives, and it is
        subtracted where it would be added.
    """

    __slots__ = ("by_rows", "dtype", "minus", "shape", "tape")

    __hash__ = object.__hash__
    __array__ = __bool__ = None

    def __init__(self, tape, dtype, shape, by_rows):
        self.tape = tape
        self.dtype = dtype
        self.shape = shape
        self.by_rows = by_rows
        self.minus = None

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return prod(self.shape)

    def __pow__(self, exponent):
        """Of an array this is quicker than ``np.power`` for some exponents alone."""
        return np.square(self) if exponent == 2 else NotImplemented

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__" or kwargs or ufunc.nout > 1 or ufunc.signature is not None:
            return NotImplemented
        dtype = _dtype_of(ufunc, *[getattr(x, "dtype", type(x)) for x in inputs])
        if dtype != self.tape.dtype and dtype.char != "?":
            return NotImplemented  # the buffers have no other
        if ufunc is np.multiply:  # by 1, which is the derivative of a sum
            factors = [x for x in inputs if type(x) is Symbol or x != 1.0]
            if len(factors) == 1 and factors[0].dtype == self.tape.dtype:
                return factors[0]
        minus = [getattr(x, "minus", None) for x in inputs]
        if any(x is not None for x in minus):
            signed = _without_signs(ufunc, inputs, minus)
            if signed is not None:
                return signed
        return self.tape.operation(ufunc, inputs, *_extent(inputs), dtype)

    def __array_function__(self, function, types, args, kwargs):
        tape = self.tape
        if function is np.broadcast_to and len(args) == 2 and args[1][:1] == (tape.length,):
            return self
        if function is np.zeros_like and len(args) == 1 and not kwargs:
            return tape.dtype.type(0)
        if function is np.where and len(args) == 3:
            mask, x, zero = args
            masked = type(mask) is Symbol and mask.dtype.char == "?" and type(zero) is not Symbol and not zero
            if masked and all(getattr(value, "dtype", tape.dtype) == tape.dtype for value in (x, zero)):
                x = x if type(x) is Symbol else tape.dtype.type(x)
                return tape.step(_select, (mask, x), *_extent((mask, x)))
        return NotImplemented

    def reshape(self, shape):
        if self.by_rows and shape[:1] != (self.tape.length,):
            raise ValueError("Rows stay what they are.")
        if self.minus is not None:
            return -self.minus.reshape(shape)
        return self.tape.step(_reshape, (self,), shape, self.by_rows)


class Stretched:
    """In the place of the cotangent of a result, for an operand that was broadcast (`sums.Stretched`)."""

    def __init__(self, g, of, shape, by_rows):
        self.g = g
        self.of = of  # what it is broadcast to
        self.shape = shape
        self.by_rows = by_rows

    def dot(self, factor):
        """The products with `factor`, added up."""
        g, tape = self.g, self.g.tape
        if g.minus is not None:
            return -Stretched(g.minus, self.of, self.shape, self.by_rows).dot(factor)
        if g.shape != self.of and type(factor) is Symbol and factor.shape == self.of:
            g, factor = factor, g
        if g.shape != self.of:
            g = tape.step(_fill, (g,), self.of)
        return tape.step(_dot, (g, factor), self.shape, self.by_rows)


class Steps:
    """A formula whose results are arrays of one dtype, and of one shape or one that is broadcast to it."""

    def __init__(self, shape, dtype):
        self.shape = shape
        self.dtype = dtype
        self.tape = Tape(dtype, shape[0])
        self.flat = True  # whether the elements can be counted through: no operand is a row or a column
        self.operands: dict[int, tuple[Symbol, ndarray]] = {}  # by the id of the array

    def operand(self, value, shape=None):
        """What stands for `value`, an operand of what has this shape: a symbol, or a number itself; None if
        it can't be taken in blocks."""
        if shape is None:
            shape = self.shape
        if type(value) is not ndarray:
            return value if isinstance(value, (np.generic, int, float)) else None
        if not value.ndim:
            return value
        if not any(value.strides):  # one number in the place of many, as in the derivative of a sum
            return value[(0,) * value.ndim]
        if value.shape == shape:
            if not value.flags.c_contiguous:
                if all(value.strides):  # laid out in another way
                    return None
                value = first_of_still(value)
                self.flat = False
        elif not can_be_broadcast(value.shape, shape):
            return None
        elif value.size > 1:
            self.flat = False
        return self._symbol_of(value, value.ndim == len(shape) and self.has_rows(value.shape))

    def has_rows(self, shape):
        """Whether what has this shape is cut into blocks."""
        return shape == self.shape or (self.shape[0] > 1 and shape[:1] == self.shape[:1])

    def _symbol_of(self, array, by_rows):
        known = self.operands.get(id(array))
        if known is None:
            symbol = Symbol(self.tape, array.dtype, array.shape, by_rows)
            known = self.operands[id(array)] = symbol, array
        return known[0]

    def result(self, formula, *operands, shape=None):
        """What stands for what an elementwise `formula` gives for these operands, which are symbols and
        numbers: a symbol, or a number of the right dtype."""
        found = self.written(formula, *operands)
        if found is not None:
            return found

        def called(*operands_and_out):
            *operands, out = operands_and_out
            out[...] = formula(*operands)

        return self.tape.step(called, operands, self.shape if shape is None else shape)

    def written(self, formula, *operands):
        """The same of any formula; None where it asks for more than ufuncs."""
        before = len(self.tape)
        try:
            result = formula(*operands)
        except Exception:  # of whatever kind, as a symbol isn't what a formula expects
            result = None
        if type(result) is ndarray:
            result = self.operand(result if result.ndim else result[()])
        if (type(result) is Symbol or isinstance(result, np.generic)) and result.dtype == self.dtype:
            return result
        self.tape.forget(before)
        return None

    def filled(self, symbol, shape):
        """`symbol`, or number, with this shape, which it is broadcast to."""
        if type(symbol) is not Symbol or symbol.shape == shape:
            return symbol
        return self.copied(symbol, shape)

    def copied(self, symbol, shape):
        """The same, as an array of its own."""
        return self.tape.step(_fill, (symbol,), shape)

    def stretched(self, symbol, shape, of):
        """What stands for the cotangent `symbol`, which is broadcast to the shape `of`, for an operand of
        this shape; None if it is a number."""
        if type(symbol) is not Symbol:
            return None
        return Stretched(symbol, of, shape, len(shape) == len(of) and self.has_rows(shape))

    def total(self, symbol, shape, of=None):
        """What the elements of `symbol`, or number, which is broadcast to the shape `of`, add up to in this
        shape: what stands for it where it has rows, else an array."""
        of = self.shape if of is None else of
        by_rows = len(shape) == len(of) and self.has_rows(shape)
        if type(symbol) is not Symbol:
            total = symbol * self.dtype.type(prod(of) / prod(shape))
            return total if by_rows else np.full(shape, total, self.dtype)
        if symbol.minus is not None and by_rows:
            return -self.total(symbol.minus, shape, of)
        leading = (1,) * (len(of) - len(shape))
        repeated = [m if n == k == 1 else 1 for n, k, m in zip(symbol.shape, (*leading, *shape), of)]
        counted = tuple([m // r for m, r in zip(of, repeated)])
        if symbol.ndim == len(of) and counted != of and (symbol.by_rows or symbol.shape == counted):
            symbol, of = symbol * self.dtype.type(prod(repeated)), counted
            if not symbol.by_rows:  # the same in each block, and not to be added up
                total = np.empty(shape, self.dtype)
                self.flat = False
                self.tape.append((_sum_up, (symbol,), self._symbol_of(total, False)))
                return total
        symbol = self.filled(symbol, of)
        return self.tape.step(_sum_up, (symbol,), shape) if by_rows else self.gathered(symbol, shape)

    def gathered(self, symbol, shape) -> ndarray:
        """An array of this shape, to which what `symbol` is in each block adds up."""
        total = np.zeros(shape, self.dtype)
        self.flat = self.flat and total.size == 1
        added = (_add_up, (symbol,)) if symbol.minus is None else (_take_off, (symbol.minus,))
        self.tape.append((*added, self._symbol_of(total, False)))
        return total

    def needed(self, wanted):
        """The steps that lead to the symbols that are `wanted`, or to a total."""
        return self.tape.needed([*wanted, *[symbol for symbol, _ in self.operands.values()]])

    def long_ones(self, wanted):
        """How many of these steps go through all elements, and not only through one of each row."""
        size = prod(self.shape)
        return sum(
            any(type(a) is Symbol and prod(a.shape) >= size for a in (*arguments, result))
            for _, arguments, result in self.needed(wanted)
        )

    def carry_out(self, wanted) -> dict[Symbol, ndarray]:
        """Go through the steps; the whole arrays of the symbols that are `wanted`."""
        arrays = dict(self.operands.values())
        steps = self.needed(wanted)
        whole = {s: arrays[s] if s in arrays else np.empty(s.shape, self.dtype) for s in wanted}
        flat = self.flat and all(s.shape == self.shape or s in arrays for _, _, s in steps)
        shape = (prod(self.shape),) if flat else self.shape
        cut, fixed = {}, {}
        for symbol, array in {**arrays, **whole}.items():
            array = array.reshape(-1) if flat else array
            (cut if symbol.by_rows else fixed)[symbol] = array
        numbers = [a for _, arguments, _ in steps for a in arguments if type(a) is not Symbol]
        calls, kinds = _calls(steps, [*cut, *fixed], len(numbers))
        length = shape[0]
        widest = max(
            [prod(shape[1:]), *[prod(kind[1:]) for by_rows, kind, _ in kinds if by_rows and not flat]]
        )
        rows = min(max(1, BLOCK // (self.dtype.itemsize * widest)), length)
        buffers = [
            np.empty((rows, *(shape if flat else kind)[1:]) if by_rows else kind, dtype)
            for by_rows, kind, dtype in kinds
        ]
        for start in range(0, length, rows):
            block = slice(start, start + rows)
            values = [array[block] for array in cut.values()]
            values.extend(fixed.values())
            values.extend(numbers)
            left = length - start
            for buffer, (by_rows, *_) in zip(buffers, kinds):
                values.append(buffer[:left] if by_rows else buffer)
            for function, arguments in calls:
                function(*arguments(values))
        return whole


def _calls(steps, symbols, n_numbers):
    """The steps, each with what takes its arguments from a list: the values of these symbols, then the
    numbers in their order, then buffers, whose kinds are returned as well."""
    places = {symbol: place for place, symbol in enumerate(symbols)}
    number: Iterator[int] = iter(range(len(symbols), len(symbols) + n_numbers))
    first_buffer = len(symbols) + n_numbers
    last = {a: k for k, (_, arguments, _) in enumerate(steps) for a in arguments if type(a) is Symbol}
    kinds: list[tuple] = []  # of the buffers: whether they are cut, shape, and dtype
    free: dict[tuple, list[int]] = {}
    calls = []
    for k, (function, arguments, result) in enumerate(steps):
        used = [places[a] if type(a) is Symbol else next(number) for a in arguments]
        # What is needed no more may be written on at once: each element depends on that element alone.
        for place in {p for a, p in zip(arguments, used) if p >= first_buffer and last[a] == k}:
            free[kinds[place - first_buffer]].append(place)
        if result not in places:
            kind = result.by_rows, result.shape, result.dtype
            spare = free.setdefault(kind, [])
            if not spare:
                spare.append(first_buffer + len(kinds))
                kinds.append(kind)
            places[result] = spare.pop()
        calls.append((function, itemgetter(*used, places[result])))
    return calls, kinds


def _without_signs(ufunc, inputs, minus):
    """The result of a ufunc, some of whose two `inputs` are negatives (`minus` tells of what) and are not
    taken as such; None if it isn't arithmetic."""
    if ufunc is np.negative:
        return minus[0]
    if ufunc is np.multiply or ufunc is np.divide:
        x, y = [x if m is None else m for x, m in zip(inputs, minus, strict=True)]
        return -ufunc(x, y) if any(m is None for m in minus) else ufunc(x, y)
    if ufunc is np.add:
        (x, y), (m, n) = inputs, minus
        return x - n if n is not None else y - m
    if ufunc is np.subtract:
        (x, y), (m, n) = inputs, minus
        return x + n if n is not None else -(m + y)
    return None


@lru_cache(4096)
def _dtype_of(ufunc, *kinds):
    """That of the result for operands of these dtypes, or of these types of Python's numbers."""
    return ufunc(*[np.empty(0, kind) if isinstance(kind, np.dtype) else kind(1) for kind in kinds]).dtype


def _extent(inputs):
    """The shape of what these symbols and numbers are combined to, and whether it is cut into blocks."""
    symbols = [x for x in inputs if type(x) is Symbol]
    return np.broadcast_shapes(*[x.shape for x in symbols]), any(x.by_rows for x in symbols)


def _select(mask, x, out):
    bits = BITS[x.dtype.char]
    np.multiply(x.view(bits), mask, out=out.view(bits))


def _reshape(x, out):
    out[...] = x.reshape(out.shape)


def _fill(x, out):
    out[...] = x


def _sum_up(elements, out):
    total = small_sum(elements, out.shape) if elements.size < LONG * out.size else None
    out[...] = fitted(elements, out.shape, out.dtype) if total is None else total


def _dot(a, b, out):
    out[...] = product_over(a, b, stretched_axes(a.shape, out.shape)).reshape(out.shape)
    if not np.isfinite(out).all():  # the ordinary sweep tells what is 0 * inf
        raise FloatingPointError


def _add_up(elements, total):
    total += fitted(elements, total.shape, total.dtype)


def _take_off(elements, total):
    total -= fitted(elements, total.shape, total.dtype)
