"""``Tensor.flat``: the elements of a tensor in C order."""

import operator

import numpy as np

from mygrad.engine.calling import stacked
from mygrad.engine.record import Handle

__all__ = ["Flat"]


class Flat:
    """The elements of a tensor in C order, whatever its memory layout: reads are copies, writes go into the
    tensor.

    As NumPy's, it is an iterator too, and remembers how far it came.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> x.T.flat[1:3]
    Tensor([3., 2.])
    """

    def __init__(self, base):
        self.base = base
        self.index = 0
        # A tensor without axes has one element, and is indexed as if it had one axis.
        self._whole = base if base.ndim else base.reshape(1)

    @property
    def coords(self) -> tuple[int, ...]:
        """Where in the tensor the next element is."""
        if self.index == len(self):
            return (self.base.shape[0], *[0] * (self.base.ndim - 1)) if self.base.ndim else ()
        return tuple(map(int, np.unravel_index(self.index, self._whole.shape)))[: self.base.ndim]

    def _places(self, index):
        """The indices into the tensor of what `index` names."""
        if isinstance(index, tuple) and len(index) == 1:
            (index,) = index
        if isinstance(index, Handle):
            index = index._value
        size = len(self)
        if isinstance(index, slice):
            numbers = np.arange(*index.indices(size))
        elif isinstance(index, (int, np.integer)) and not isinstance(index, bool):
            numbers = operator.index(index)
            if not -size <= numbers < size:
                raise IndexError(f"index {numbers} is out of bounds for size {size}")
            numbers %= size
        else:
            numbers = np.arange(size)[index]
        return np.unravel_index(numbers, self._whole.shape)

    def __len__(self):
        return self.base.size

    def __iter__(self):
        return self

    def __next__(self):
        if self.index == len(self):
            self.index = 0
            raise StopIteration
        self.index += 1
        return self[self.index - 1]

    def __getitem__(self, index):
        return self._whole[self._places(index)]

    def __setitem__(self, index, value):
        places = self._places(index)
        value = stacked(value)
        if np.ndim(value):
            if not np.ndim(places[0]):
                raise ValueError("Error setting single item of array.")
            if not np.size(value):
                return
            # As NumPy's: values are repeated to the number of elements, and surplus ones are left out.
            count = np.size(places[0])
            value = np.resize(np.ravel(value), count) if np.size(value) != count else np.ravel(value)
            value = np.reshape(value, np.shape(places[0]))
        self._whole[places] = value

    def __array__(self, dtype=None, copy=None):
        return np.array(self.base.ravel(), dtype=dtype)

    def _compared(compare):
        return lambda self, other: compare(self.base.ravel(), other)

    __eq__ = _compared(operator.eq)
    __ne__ = _compared(operator.ne)
    __lt__ = _compared(operator.lt)
    __le__ = _compared(operator.le)
    __gt__ = _compared(operator.gt)
    __ge__ = _compared(operator.ge)
    __hash__ = None

    def copy(self):
        """The elements as a tensor of one dimension."""
        return self.base.flatten()
