"""Indices: what they name in an array, and how it is read, written and added to there.

NumPy's indexing by arrays takes several times as long as `take` and `compress` do, or as to move a row as one
item. So an index that names rows of an array in C order is told as that: the array, with the axes merged that
the index is about, and the numbers of its rows.
"""

from math import prod

import numpy as np
from numpy import float64, ndarray

from mygrad.engine.record import Handle

__all__ = [
    "FEW",
    "add",
    "basic_index",
    "has_integers",
    "names_all",
    "only_where",
    "put",
    "repeats",
    "shape_named",
    "taken",
]

NARROW = 4
"""Elements of a row below which adding by numbers takes less time than to ask whether one repeats."""

FEW = 64
"""Numbers up to which NumPy's own way is as quick."""

SMALL, MIDDLE = 512, 2048
"""Elements from which on choosing by a mask is done in another way."""

AT_ONCE = 65536
"""Elements whose numbers are written out at a time: more would be memory and no gain."""

PAIRS = {"f": np.dtype(np.complex64), "d": np.dtype(np.complex128)}
"""What two numbers side by side can be added as."""

BOOL = np.dtype(bool)

BITS = {"e": np.int16, "f": np.int32, "d": np.int64}
"""Integers as large as the numbers of a dtype."""


def basic_index(index) -> bool:
    """Whether NumPy answers this index with a view."""
    kind = type(index)
    if kind is int or kind is slice:
        return True
    if kind is not tuple:
        return _basic_item(index)
    for item in index:  # all() of a call for each takes twice as long
        kind = type(item)
        if kind is not slice and kind is not int and not _basic_item(item):
            return False
    return True


def _basic_item(item):
    kind = type(item)
    if kind is slice or kind is int or item is None or item is Ellipsis:
        return True
    return _is_integer(item)


def _is_integer(item):
    return isinstance(item, np.integer) or (
        not isinstance(item, (bool, np.bool_, ndarray, list, tuple, Handle)) and hasattr(item, "__index__")
    )


ALL = slice(None)


def names_all(index) -> bool:
    """Whether an index names all elements in their order, and at most adds axes of length 1."""
    for item in index if type(index) is tuple else (index,):
        if item is not None and item is not Ellipsis and (type(item) is not slice or item != ALL):
            return False
    return True


def shape_named(index, shape):
    """The shape of what an index names in an array of this shape; raises where NumPy does."""
    if type(index) is ndarray and index.dtype.kind == "i" and index.size and shape:
        n, *rest = shape
        if -n <= index.min() and index.max() < n:
            return (*index.shape, *rest)
    return np.broadcast_to(False, shape)[index].shape


def repeats(index, shape):
    """Whether an index, into an array of this shape, names an element twice: arrays of integers can."""
    if not has_integers(index):
        return False
    items = index if type(index) is tuple else (index,)
    taken = [_axes_taken(item) for item in items]
    lengths, places, axis = [], [], 0
    for item, count in zip(items, taken, strict=True):
        count = len(shape) - sum(taken) if item is Ellipsis else count
        if isinstance(item, (ndarray, list)) and count:
            item = np.asarray(item)
            places.extend(item.nonzero() if item.dtype.kind == "b" else [item])
            lengths.extend(shape[axis : axis + count])
        axis += count
    return _has_twice(np.ravel_multi_index(tuple(places), lengths, mode="wrap"), prod(lengths))


def _has_twice(numbers, n):
    """Whether one of the numbers, from -n to n - 1, is there twice."""
    if numbers.size * 16 < n:
        ordered = np.sort(numbers % n, axis=None)
        return bool((ordered[1:] == ordered[:-1]).any())
    named = np.zeros(n, bool)
    named[numbers] = True
    return np.count_nonzero(named) < numbers.size


def has_integers(index):
    """Whether there are arrays of integers in an index."""
    items = index if type(index) is tuple else (index,)
    return any(isinstance(i, (ndarray, list)) and np.asarray(i).dtype.kind in "iu" for i in items)


def _axes_taken(item):
    """How many axes of an array one item of an index is about, an ellipsis aside."""
    if item is None or item is Ellipsis or isinstance(item, (bool, np.bool_)):
        return 0
    array = np.asarray(item) if isinstance(item, (ndarray, list)) else None
    return 1 if array is None or array.dtype.kind != "b" else array.ndim


def _is_mask(index, array):
    return index.dtype.kind == "b" and index.ndim > 0 and index.shape == array.shape[: index.ndim]


def taken(array, index):
    """``array[index]``, laid out as NumPy's."""
    if type(index) is not ndarray or index.size <= FEW or type(array) is not ndarray or not array.ndim:
        return array[index]
    if index.flags.c_contiguous and array.flags.c_contiguous and array.size:
        if index.dtype.kind == "i":
            return array.take(index, 0)
        if _is_mask(index, array):
            return _merged(array, index.ndim).compress(index.reshape(-1), 0)
    return array[index]


def put(array, index, value):
    """``array[index] = value``."""
    rows = None
    if type(index) is ndarray and index.size > FEW and type(array) is ndarray:
        rows, numbers = _rows(array, index)
    if rows is None or not _fills(value, rows, numbers):
        array[index] = value
    else:
        _store(rows, numbers, value)


def add(array: ndarray, index, value, zero=False):
    """``array[index] += value``, by an index of arrays; what it names twice gets both contributions.

    Parameters
    ----------
    value : array
        Of the shape of ``array[index]``.
    zero : bool
        Whether the array is 0 there, so that the value can be written if nothing is named twice.
    """
    if value.size < FEW:  # to ask whether one is named twice takes longer than to take it so
        rows, twice = None, type(index) is not ndarray or index.dtype.kind != "b"
    else:
        rows, numbers = _rows(array, index)
        twice = rows is None and repeats(index, array.shape)
    if rows is None:
        if twice:
            np.add.at(array, index, value)
        elif zero:
            array[index] = value
        else:
            array[index] += value
        return
    narrow = prod(rows.shape[1:]) < NARROW
    mask = type(index) is ndarray and index.dtype.kind == "b"
    if (narrow and not (mask and zero)) or not (mask or not _has_twice(numbers, len(rows))):
        _add_each(rows, numbers, value)
    elif zero:
        _store(rows, numbers, value)
    else:
        _store(rows, numbers, rows.take(numbers, 0) + value)


def only_where(mask, values):
    """`values` where the mask holds, else 0."""
    known = type(mask) is ndarray and mask.dtype is BOOL
    arrays, number = known and type(values) is ndarray, known and type(values) is float64
    if (number or (arrays and mask.shape == values.shape)) and mask.size < SMALL:
        out = np.zeros(mask.shape, float64 if number else values.dtype)  # in half of the time of np.where
        np.copyto(out, values, where=mask)
        return out
    bits = BITS.get(values.dtype.char) if arrays else None
    if bits is None:
        return np.where(mask, values, np.zeros_like(values))
    if mask.size < MIDDLE:
        return np.where(mask, values, values.dtype.type(0))
    # By products of the bits, to which inf and NaN are numbers as others: np.where takes four times as long
    # where the mask is as good as random.
    return np.multiply(values.view(bits), mask).view(values.dtype)


def _merged(array, count):
    """`array` with so many of its first axes made one."""
    return array if count == 1 else array.reshape(-1, *array.shape[count:])


def _rows(array, index):
    """The rows of an array, and the numbers of those that an index of arrays names; None twice if it names no
    whole rows."""
    if not array.flags.c_contiguous or not array.size:
        return None, None
    if type(index) is tuple and len(index) == 1:
        (index,) = index
    if type(index) is ndarray and index.ndim and array.ndim:
        if index.dtype.kind == "i":
            return array, index.astype(np.intp, copy=False)  # there is more to be counted than int8 holds
        if _is_mask(index, array):
            return _merged(array, index.ndim), np.flatnonzero(index)
        return None, None
    if type(index) is not tuple:
        return None, None
    items = list(index)
    while items and type(items[-1]) is slice and items[-1] == slice(None):
        items.pop()
    first = 0
    while first < len(items) and type(items[first]) is slice:
        first += 1
    arrays = items[first:]
    if not arrays or not all(map(_names_numbers, arrays)):
        return None, None
    # A slice before the arrays is one more array of numbers, along an axis of its own.
    ndim = max(map(np.ndim, arrays))
    for axis in range(first):
        along = np.arange(*items[axis].indices(array.shape[axis]))
        items[axis] = along.reshape(-1, *(1,) * (first - axis - 1 + ndim))
    numbers = 0
    for item, n in zip(items, array.shape, strict=False):
        item = np.asarray(item, np.intp)
        numbers = numbers * n + (np.where(item < 0, item + n, item) if (item < 0).any() else item)
    return _merged(array, len(items)), numbers


def _names_numbers(item):
    return item.dtype.kind == "i" if type(item) is ndarray else _is_integer(item)


def _fills(value, rows, numbers):
    """Whether a value is a number, or has the dtype and the shape of the rows of these numbers."""
    if type(value) is float or type(value) is int:
        return True
    return (
        type(value) is ndarray and value.dtype is rows.dtype and value.shape == numbers.shape + rows.shape[1:]
    )


def _store(rows, numbers, value):
    width = prod(rows.shape[1:])
    if width == 1 or numbers.size <= FEW:
        rows[numbers] = value
        return
    # NumPy moves a row that is one item in a half to a fifth of the time.
    if np.ndim(value):
        value = np.ascontiguousarray(value, rows.dtype)
        shape = numbers.shape
    else:
        value = np.full(width, value, rows.dtype)
        shape = ()
    item = np.dtype((np.void, width * rows.itemsize))
    rows.reshape(-1).view(item)[numbers] = value.reshape(-1).view(item).reshape(shape)


def _add_each(rows, numbers, value):
    """``np.add.at(rows, numbers, value)``, which is quick with an axis of elements alone: with rows it takes
    thrice the time."""
    width = prod(rows.shape[1:])
    elements, value = rows.reshape(-1), np.ascontiguousarray(value, rows.dtype).reshape(-1)
    numbers = numbers.reshape(-1)
    if width % 2 == 0 and rows.dtype.char in PAIRS:
        width //= 2
        elements, value = elements.view(PAIRS[rows.dtype.char]), value.view(PAIRS[rows.dtype.char])
    if width == 1:
        np.add.at(elements, numbers, value)
        return
    # Negative numbers count from the end of the elements, too.
    inside, count = np.arange(width), AT_ONCE // width + 1
    with np.errstate(invalid="ignore"):  # a sum that is told of would leave out what comes after
        for i in range(0, numbers.size, count):
            some = numbers[i : i + count, None] * width + inside
            np.add.at(elements, some.reshape(-1), value[i * width : (i + count) * width])
