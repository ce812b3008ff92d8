"""Elementwise formulas, written down as calls of ufuncs and carried out block by block.

A formula is written down by calling it with `Symbol` objects in the place of arrays: each ufunc becomes a
step. Carried out, the steps go through the elements in blocks. What passes between them is written into a few
buffers of the size of a block, again and again, and never leaves the cache, while NumPy by itself would
stream whole arrays through memory for each of them.
"""

from collections.abc import Iterator
from math import prod
from operator import itemgetter

import numpy as np
from numpy import ndarray
from numpy.lib.mixins import NDArrayOperatorsMixin

from mygrad.engine.rule import fitted

__all__ = ["Steps", "Symbol"]

BLOCK = 2**19
"""Bytes of a block: small enough for the cache, large enough to pay for a call of Python at each step."""


class Tape(list):
    """Steps, each a function, its arguments, and the symbol of the result, which it is given to write on.

    Symbols refer to the tape and not to `Steps`, so that no cycle keeps arrays alive.
    """

    __slots__ = ("dtype", "known")

    def __init__(self, dtype):
        self.dtype = dtype
        self.known: dict[tuple, Symbol] = {}  # the results, by function and arguments

    def step(self, function, arguments, result):
        """Write down a step; its result."""
        self.append((function, arguments, result))
        return result

    def operation(self, ufunc, operands):
        """The result of a ufunc, which is written down once: ``g / y`` is for both operands of a quotient."""
        key = (ufunc, *map(id, operands))
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self.step(ufunc, operands, Symbol(self, self.dtype))
        return known

    def forget(self, start):
        """Take back the steps from this one on."""
        for function, arguments, _ in self[start:]:
            self.known.pop((function, *map(id, arguments)), None)
        del self[start:]


class Symbol(NDArrayOperatorsMixin):
    """In the place of an array: a ufunc that is called with it becomes a step. All else is an error."""

    __slots__ = ("dtype", "tape")

    __hash__ = object.__hash__
    # An array has shortcuts for some exponents that np.power lacks.
    __pow__ = __array__ = __bool__ = __array_function__ = None

    def __init__(self, tape, dtype):
        self.tape = tape
        self.dtype = dtype

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__" or kwargs or ufunc.nout > 1 or ufunc.signature is not None:
            return NotImplemented
        like = ufunc(*[np.empty(0, x.dtype) if type(x) is Symbol else x for x in inputs])
        if like.dtype != self.tape.dtype:  # the buffers have no other
            return NotImplemented
        return self.tape.operation(ufunc, inputs)


class Steps:
    """A formula whose results are arrays of one shape and dtype."""

    def __init__(self, shape, dtype):
        self.shape = shape
        self.dtype = dtype
        self.tape = Tape(dtype)
        self.flat = True  # whether the elements can be counted through: no operand is a row or a column
        self.operands: dict[int, tuple[Symbol, ndarray]] = {}  # by the id of the array

    def operand(self, value):
        """What stands for `value`: a symbol, or a number itself; None if it can't be taken in blocks."""
        if type(value) is not ndarray:
            return value if isinstance(value, (np.generic, int, float)) else None
        if not value.ndim:
            return value
        if not any(value.strides):  # one number in the place of many, as in the derivative of a sum
            return value[(0,) * value.ndim]
        if value.shape == self.shape:
            if not value.flags.c_contiguous:
                if all(value.strides):  # laid out in another way
                    return None
                self.flat = False
        elif value.ndim > len(self.shape) or any(
            n not in (1, m) for n, m in zip(value.shape[::-1], self.shape[::-1], strict=False)
        ):
            return None
        elif value.size > 1:
            self.flat = False
        return self._symbol_of(value)

    def _symbol_of(self, array):
        known = self.operands.get(id(array))
        if known is None:
            known = self.operands[id(array)] = Symbol(self.tape, array.dtype), array
        return known[0]

    def result(self, formula, *operands):
        """What stands for what `formula` gives for these operands, which are symbols and numbers: a symbol,
        or a number of the right dtype."""
        before = len(self.tape)
        try:
            result = formula(*operands)
            if type(result) is Symbol:
                return result
            if result.dtype == self.dtype and not result.ndim:
                return result[()]
        except Exception:  # of whatever kind: it asks for more than ufuncs
            pass
        self.tape.forget(before)

        def called(*operands_and_out):
            *operands, out = operands_and_out
            out[...] = formula(*operands)

        return self.tape.step(called, operands, Symbol(self.tape, self.dtype))

    def total(self, symbol, shape) -> ndarray:
        """An array of this shape, to which the elements of `symbol`, or number, are added up."""
        if type(symbol) is not Symbol:
            return np.full(shape, symbol * (prod(self.shape) / prod(shape)), self.dtype)
        total = np.zeros(shape, self.dtype)
        self.flat = self.flat and total.size == 1
        self.tape.step(_add_up, (symbol,), self._symbol_of(total))
        return total

    def carry_out(self, wanted) -> dict[Symbol, ndarray]:
        """Go through the steps; the whole arrays of the symbols that are `wanted`."""
        arrays = dict(self.operands.values())
        whole = {s: arrays[s] if s in arrays else np.empty(self.shape, self.dtype) for s in wanted}
        shape = (prod(self.shape),) if self.flat else self.shape
        length = shape[0]
        cut, fixed = {}, {}
        for symbol, array in {**arrays, **whole}.items():
            array = array.reshape(-1) if self.flat else array
            by_block = array.ndim == len(shape) and len(array) == length
            (cut if by_block else fixed)[symbol] = array
        numbers = [a for _, arguments, _ in self.tape for a in arguments if type(a) is not Symbol]
        calls, n_buffers = self._calls([*cut, *fixed], len(numbers))
        rows = max(1, BLOCK // (self.dtype.itemsize * prod(shape[1:])))
        buffers = [np.empty((min(rows, length), *shape[1:]), self.dtype) for _ in range(n_buffers)]
        for start in range(0, length, rows):
            block = slice(start, start + rows)
            values = [array[block] for array in cut.values()]
            values.extend(fixed.values())
            values.extend(numbers)
            values.extend([buffer[: length - start] for buffer in buffers])
            for function, arguments in calls:
                function(*arguments(values))
        return whole

    def _calls(self, symbols, n_numbers):
        """The steps, each with what takes its arguments from a list: the values of these symbols, then the
        numbers in their order, then buffers, the number of which is returned as well."""
        places = {symbol: place for place, symbol in enumerate(symbols)}
        number: Iterator[int] = iter(range(len(symbols), len(symbols) + n_numbers))
        first_buffer = end = len(symbols) + n_numbers
        last = {a: k for k, (_, arguments, _) in enumerate(self.tape) for a in arguments if type(a) is Symbol}
        free: list[int] = []
        calls = []
        for k, (function, arguments, result) in enumerate(self.tape):
            used = [places[a] if type(a) is Symbol else next(number) for a in arguments]
            # What is needed no more may be written on at once: each element depends on that element alone.
            free += {p for a, p in zip(arguments, used, strict=True) if p >= first_buffer and last[a] == k}
            if result not in places:
                if not free:
                    free.append(end)
                    end += 1
                places[result] = free.pop()
            calls.append((function, itemgetter(*used, places[result])))
        return calls, end - first_buffer


def _add_up(elements, total):
    total += fitted(elements, total.shape, total.dtype)
