"""``Tensor.flat``: the elements of a tensor in C order."""

import numpy as np

__all__ = ["Flat"]


class Flat:
    """The elements of a tensor in C order, whatever its memory layout: reads are copies, writes go into the
    tensor.

    Examples
    --------
    >>> import mygrad as mg
    >>> x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> x.T.flat[1:3]
    Tensor([3., 2.])
    """

    def __init__(self, base):
        self.base = base
        # A tensor without axes has one element, and is indexed as if it had one axis.
        self._whole = base if base.ndim else base.reshape(1)

    def _places(self, index):
        if hasattr(index, "_value"):
            index = index._value
        numbers = np.arange(self.base.size)[index]
        return np.unravel_index(numbers, self._whole.shape)

    def __len__(self):
        return self.base.size

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index):
        return self._whole[self._places(index)]

    def __setitem__(self, index, value):
        places = self._places(index)
        count = np.size(places[0])
        if np.ndim(value):
            # As NumPy's: values are repeated to the number of elements, and surplus ones are left out.
            value = np.resize(np.ravel(value), count) if np.size(value) != count else np.ravel(value)
            value = np.reshape(value, np.shape(places[0]))
        self._whole[places] = value

    def __array__(self, dtype=None, copy=None):
        return np.array(self.base.ravel(), dtype=dtype)

    def copy(self):
        """The elements as a tensor of one dimension."""
        return self.base.flatten()
