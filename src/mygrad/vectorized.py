"""``mygrad.vectorize``: a Python function of numbers, applied element by element, in the graph."""

import functools
import re

import numpy as np

from mygrad.engine.calling import plain, stacked
from mygrad.engine.record import Handle, make
from mygrad.rules.arguments import arraylike

__all__ = ["vectorize"]


class vectorize:
    """A function that is called for each element of its arguments, as broadcasting brings them together.

    `numpy.vectorize` makes plain arrays of what it is given and of what the function returns, so that no
    gradient gets through. This class has its parameters and its answers, as tensors.

    Parameters
    ----------
    pyfunc : callable, optional
        It is given elements: of a tensor tensors without axes, else numbers. Without it this is a decorator.
    otypes : str or sequence of dtypes, optional
        The dtypes of the results; those of the first call by default. Needed for arguments without elements.
    doc : str, optional
        The docstring; that of the function by default.
    excluded : set of str and int, optional
        Names and positions of arguments that are passed on as they are.
    cache : bool
        Accepted as by NumPy. The function is called once for each element in any case.
    signature : str, optional
        The axes that the function takes and returns, such as ``"(n),(n)->()"``.

    Examples
    --------
    >>> import mygrad as mg
    >>> @mg.vectorize
    ... def larger(a, b):
    ...     return a * a if a > b else b
    >>> x = mg.tensor([1.0, 2.0, 3.0])
    >>> larger(x, 2.0)
    Tensor([2., 2., 9.])
    >>> larger(x, 2.0).sum().backward()
    >>> x.grad
    array([0., 0., 6.])
    """

    def __init__(self, pyfunc=np._NoValue, otypes=None, doc=None, excluded=None, cache=False, signature=None):
        # NumPy says what can't be.
        checked = np.vectorize(pyfunc, otypes, doc, excluded, cache, signature)
        self.otypes, self.excluded, self.cache, self.signature = otypes, checked.excluded, cache, signature
        self._doc = doc
        self._axes = None if signature is None else _axes_of(signature)
        self.pyfunc = pyfunc
        if pyfunc is not np._NoValue:
            self._describe(pyfunc)

    def _describe(self, pyfunc):
        functools.update_wrapper(self, pyfunc)
        if self._doc is not None:
            self.__doc__ = self._doc

    def __call__(self, *args, **kwargs):
        if self.pyfunc is np._NoValue:
            (self.pyfunc,) = args
            self._describe(self.pyfunc)
            return self
        args, kwargs = list(args), dict(kwargs)
        taken = [(args, i) for i in range(len(args)) if i not in self.excluded]
        taken += [(kwargs, name) for name in kwargs if name not in self.excluded]
        arrays = [arraylike(stacked(where[key])) for where, key in taken]

        def call(values):
            for (where, key), value in zip(taken, values, strict=True):
                where[key] = value
            return self.pyfunc(*args, **kwargs)

        if not arrays:
            return call([])
        return self._over(arrays, call)

    def _over(self, arrays, call):
        """Call for each place in the axes that the function doesn't take."""
        inputs, outputs = self._axes or ([()] * len(arrays), None)
        if len(arrays) != len(inputs):
            raise TypeError(
                f"wrong number of positional arguments: expected {len(inputs)}, got {len(arrays)}"
            )
        lengths: dict[str, int] = {}
        for a, names in zip(arrays, inputs, strict=True):
            if a.ndim < len(names):
                raise ValueError(f"{a.ndim}-dimensional argument does not have enough dimensions for {names}")
            _agree(lengths, names, a.shape[a.ndim - len(names) :])
        loops = [a.shape[: a.ndim - len(names)] for a, names in zip(arrays, inputs, strict=True)]
        loop = np.broadcast_shapes(*loops)
        arrays = [
            np.broadcast_to(a, loop + a.shape[len(own) :]) for a, own in zip(arrays, loops, strict=True)
        ]
        results = None
        for place in np.ndindex(loop):
            values = call([_element(a, place) for a in arrays])
            several = isinstance(values, tuple) if outputs is None else len(outputs) > 1
            values = [arraylike(value) for value in (values if several else (values,))]
            if results is None:
                names_of = outputs or [()] * len(values)
                results = self._room(loop, values, names_of)
            if len(values) != len(results):
                raise ValueError(
                    f"wrong number of outputs from pyfunc: expected {len(results)}, got {len(values)}"
                )
            for result, value, names in zip(results, values, names_of, strict=True):
                _agree(lengths, names, value.shape)
                result[place] = value
        if results is None:
            results = self._empty(loop, lengths, outputs)
            several = len(results) > 1
        return tuple(results) if several else results[0]

    def _room(self, loop, values, names_of):
        """Tensors for the results, given those of the first call."""
        if len(values) != len(names_of):
            raise ValueError(
                f"wrong number of outputs from pyfunc: expected {len(names_of)}, got {len(values)}"
            )
        dtypes = [value.dtype for value in values] if self.otypes is None else list(self.otypes)
        shapes = [value.shape if self._axes else () for value in values]
        return [make(np.zeros(loop + shape, dtype)) for shape, dtype in zip(shapes, dtypes, strict=True)]

    def _empty(self, loop, lengths, outputs):
        if self.otypes is None:
            raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
        outputs = outputs or [()] * len(self.otypes)
        if unknown := {name for names in outputs for name in names} - lengths.keys():
            raise ValueError(
                f"cannot call `vectorize` with a signature including new output dimensions on size 0 inputs: "
                f"{sorted(unknown)}"
            )
        shapes = [loop + tuple(lengths[name] for name in names) for names in outputs]
        return [make(np.zeros(shape, dtype)) for shape, dtype in zip(shapes, self.otypes, strict=True)]


def _axes_of(signature):
    """The names of the axes of each argument, and of each result."""
    return tuple(
        [tuple(filter(None, names.replace(" ", "").split(","))) for names in re.findall(r"\(([^)]*)\)", side)]
        for side in signature.split("->")
    )


def _agree(lengths, names, shape):
    """Note the lengths of the axes `names`; they must be those that were noted before."""
    if len(names) != len(shape):
        if names:
            raise ValueError(f"pyfunc returned an array of shape {shape} for the axes {names}")
        return
    for name, n in zip(names, shape, strict=True):
        if lengths.setdefault(name, n) != n:
            raise ValueError(f"inconsistent size for core dimension {name!r}: {n} vs {lengths[name]}")


def _element(a, place):
    """What the function is given: tensors as they are, of arrays Python's numbers."""
    if isinstance(a, Handle):
        return a[place]
    part = a[place]
    return part if getattr(part, "ndim", 0) else plain(part).item()
