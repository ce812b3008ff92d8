"""Cotangents of slices of large arrays, computed where they belong.

The cotangent of a slice goes into a stretch of the cotangent of the array. Where an elementwise rule computes
it and there is nothing else to it, the rule writes there: else the memory of the slice would be filled and
read once more. For that the rule is written down as calls of ufuncs, once for each kind of operands, and all
of them write on the stretch.
"""

from functools import lru_cache
from operator import itemgetter
from sys import getrefcount

import numpy as np
from numpy import ndarray

from mygrad.engine.filling import Filling, stretch_of
from mygrad.engine.memory import ALONE, SMALL
from mygrad.engine.node import Saved, new_cell
from mygrad.engine.rule import Pattern, rules
from mygrad.engine.steps import Symbol, Tape

__all__ = ["HELD_BY_ONE", "place"]

HELD_BY_ONE = ALONE + 1
"""What `getrefcount` says of a local variable or an argument that the sweep holds, and a node."""


WHOLE, NUMBER = "whole", "number"


def place(node, g) -> bool:
    """Pull `node`, whose parent is a read of a large array, with the cotangent `g`: into the cotangent of the
    array. False, and nothing has happened, where there is more to one of them or to the step."""
    rule, read = node.rule, node.parent
    if (
        type(g) is not ndarray
        or g.nbytes <= SMALL
        or not isinstance(rule, Pattern)
        or rule.selects
        or node.other is not None
        or node.fit is not None
        or read.cotangent is not None
        or getrefcount(read) > HELD_BY_ONE
    ):
        return False
    shape, dtype = read.fit.parents[0]
    array, index = read.parent, read.saved
    filling = array.cotangent
    stretch = None if type(index) is Saved else stretch_of(index, shape)
    if stretch is None or g.dtype is not dtype:
        return False
    axis, first, last = stretch
    if filling is not None and not (
        type(filling) is Filling and filling.axis == axis and filling.is_beyond(first, last)
    ):
        return False
    saved = node.saved
    single = type(saved) is Saved
    still = not any(g.strides)  # one number in the place of many, as in the derivative of a sum
    values = [g[(0,) * g.ndim] if still else g]
    kinds = [NUMBER if still else WHOLE]
    for cell in (saved,) if single else saved or ():
        value = cell.value
        if type(value) is int or type(value) is float:
            kinds.append(value)
            continue
        if value.dtype is not dtype or (value.ndim and value.shape != g.shape):
            return False
        kinds.append(WHOLE if value.ndim else NUMBER)
        values.append(value)
    write = _written_down(rule, dtype, single, *kinds)
    if write is None:
        return False
    new = filling is None
    if new:
        filling = Filling(shape, dtype, axis, first)
    try:
        write(values, filling.array[index])
    except FloatingPointError:
        return False
    filling.reach(first, last)
    if new:
        array.cotangent = filling
        array.mark = -abs(array.mark)  # elements are left out, and whatever `node` left out is among them
    return True


@lru_cache(1024)
def _written_down(rule, dtype, single, *kinds):
    """The rule of one operand as a function of the cotangent with what is remembered, and of the array to
    write on; None where it isn't a matter of ufuncs alone that can all write there.

    Of what is remembered, numbers of Python's are of a kind of their own each: they aren't given to the
    function.
    """
    tape = Tape(dtype, 1)
    g, *values = [
        Symbol(tape, dtype, (1,) if kind is WHOLE else (), kind is WHOLE) if type(kind) is str else kind
        for kind in kinds
    ]
    operands = [value for value in (g, *values) if type(value) is Symbol]
    cells = list(map(new_cell, values))
    try:
        result = rule.edges[0](g, cells[0] if single else tuple(cells))
    except Exception:  # of whatever kind, as a symbol isn't what a rule expects
        return None
    if type(result) is not Symbol or result.dtype != dtype:
        return None
    places = {symbol: i for i, symbol in enumerate(operands)}
    numbers, calls = [], []
    steps = tape.needed([result])
    if not result.by_rows or not steps:  # it has to be written there
        steps.append((np.positive, (result,), Symbol(tape, dtype, (1,), True)))
    n_numbers = sum(type(a) is not Symbol for _, arguments, _ in steps for a in arguments)
    there = None  # what has been written there last
    for function, arguments, symbol in steps:
        used = []
        for a in arguments:
            if type(a) is not Symbol:
                used.append(len(operands) + len(numbers))
                numbers.append(a)
            elif a.by_rows and places[a] >= len(operands) and a is not there:
                return None
            else:
                used.append(places[a])
        if not isinstance(function, np.ufunc) or symbol.dtype != dtype:
            return None
        there = symbol if symbol.by_rows else there
        places[symbol] = len(operands) + n_numbers + len(calls)
        if not symbol.by_rows:  # NumPy's scalars are quicker by themselves than in a ufunc
            function = getattr(rules.get(function), "operator", None) or function
        calls.append((function, itemgetter(*used) if len(used) > 1 else _only(used[0]), symbol.by_rows))

    def write(values, out):
        values.extend(numbers)
        for function, arguments, whole in calls:
            values.append(function(*arguments(values), out) if whole else function(*arguments(values)))

    return write


def _only(place):
    return lambda values: (values[place],)
