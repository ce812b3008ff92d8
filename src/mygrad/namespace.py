"""The functions ``mygrad.f``: made from the table of rules, so that a rule is all that it takes to add one."""

import numpy as np

import mygrad.tensor  # noqa: F401  results are tensors
from mygrad.dispatch import array_function, public, stacked, ufunc, with_constant
from mygrad.engine.record import Handle, make
from mygrad.engine.rule import composites, not_differentiable, rules
from mygrad.tensor import Tensor, astensor, tensor

__all__: list[str] = []


def _publish(name, value):
    globals()[name] = value
    if name not in __all__:
        __all__.append(name)
    return value


def _taking_array_likes(function):
    """`function` as ``mygrad.f`` calls it: lists of tensors are stacked, and results are tensors."""

    def call(*args, **kwargs):
        sequence = function in _TAKES_SEQUENCE
        args = tuple(a if sequence else stacked(a) for a in args)
        kwargs = {name: value if sequence else stacked(value) for name, value in kwargs.items()}
        if _any_tensor(args) or _any_tensor(kwargs.values()):
            return array_function(function, args, kwargs)
        return array_function(function, tuple(map(_array, args)), kwargs) if False else function(*args, **kwargs)

    return call


def _any_tensor(values):
    return any(isinstance(v, Handle) or (type(v) in (list, tuple) and _any_tensor(v)) for v in values)


_array = np.asarray
_TAKES_SEQUENCE = {np.concatenate, np.stack, np.einsum}


def _is_public(name):
    return not name.startswith("_")


for _name in filter(_is_public, dir(np)):
    _value = getattr(np, _name)
    if isinstance(_value, np.ufunc):
        if _value in not_differentiable:
            _publish(_name, _value)
        elif _value in rules or _value in composites:
            _same = next((globals()[n] for n in __all__ if getattr(globals()[n], "_ufunc", None) is _value), None)
            _publish(_name, _same or ufunc(_value))
    elif callable(_value) and not isinstance(_value, type):
        if _value in not_differentiable and _name not in ("any", "argmax", "argmin"):
            _publish(_name, _value)
        elif _value in rules or _value in composites or _value in not_differentiable:
            _publish(_name, public(_value, _taking_array_likes(_value)))

for _function, _implementation in list(composites.items()):
    if isinstance(_function, str):

        def _extra(*args, constant=None, _implementation=_implementation, **kwargs):
            args = tuple(astensor(a) for a in args)
            return with_constant(_implementation(*args, **kwargs), constant)

        _extra.__name__ = _extra.__qualname__ = _function
        _extra.__doc__ = _implementation.__doc__
        _publish(_function, _extra)


# ------------------------------------------------------------------------------------------------- creation


def _creating(function):
    def create(*args, constant=None, **kwargs):
        return tensor(function(*args, **kwargs), constant=constant, copy=False)

    create.__name__ = create.__qualname__ = function.__name__
    create.__doc__ = function.__doc__

    def private(*args, **kwargs):
        t = create(*args, **kwargs)
        t._saved = None  # nobody else has this memory
        return t

    private.__name__ = private.__qualname__ = function.__name__
    private.__doc__ = function.__doc__
    return private


for _function in (np.arange, np.linspace, np.logspace, np.geomspace, np.empty, np.ones, np.zeros, np.eye, np.identity, np.full):
    _publish(_function.__name__, _creating(_function))


def _creating_like(function):
    def like(other, *args, constant=None, **kwargs):
        """As NumPy's; the result is a constant if `other` is no tensor that carries a gradient, unless `constant` says otherwise."""
        if not isinstance(other, Handle):
            t = tensor(function(np.asarray(other), *args, **kwargs), constant=constant is None or constant)
        else:
            t = with_constant(array_function(function, (other, *args), kwargs), constant)
        return t

    like.__name__ = like.__qualname__ = function.__name__
    return like


for _function in (np.zeros_like, np.ones_like, np.empty_like, np.full_like):
    _publish(_function.__name__, _creating_like(_function))


# ------------------------------------------------------------------------------------------------- many operands


def _sequence(operation, variables, constant):
    if len(variables) < 2:
        raise ValueError(f"At least two tensors are needed; got {len(variables)}.")
    total = variables[0]
    if not any(isinstance(v, Handle) for v in variables):
        total = tensor(total)
    for v in variables[1:]:
        total = operation(total, v)
    return with_constant(total, constant)


def add_sequence(*variables, constant=None):
    """Add up two or more array-likes."""
    return _sequence(np.add, variables, constant)


def multiply_sequence(*variables, constant=None):
    """Multiply two or more array-likes."""
    return _sequence(np.multiply, variables, constant)


def multi_matmul(tensors, *, constant=None):
    """Multiply two or more matrices, in the order that needs the fewest operations; the first and last may be vectors.

    Raises
    ------
    ValueError
        For less than two operands.

    Notes
    -----
    The order is found by dynamic programming (Cormen et al., Introduction to Algorithms, 15.2).
    """
    tensors = [t if hasattr(t, "ndim") else np.asarray(t) for t in tensors]
    if len(tensors) < 2:
        raise ValueError(f"At least two tensors are needed; got {len(tensors)}.")
    sizes = [t.shape[0] if t.ndim == 2 or i else 1 for i, t in enumerate(tensors)]
    sizes.append(tensors[-1].shape[1] if tensors[-1].ndim == 2 else 1)
    n = len(tensors)
    cost = {(i, i): (0, i) for i in range(n)}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j] = min((cost[i, k][0] + cost[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j))

    def product(i, j):
        if i == j:
            return tensors[i]
        k = cost[i, j][1]
        return np.matmul(product(i, k), product(k + 1, j))

    result = product(0, n - 1)
    return with_constant(result if isinstance(result, Handle) else make(np.asarray(result)), constant)


for _function in (add_sequence, multiply_sequence, multi_matmul):
    _publish(_function.__name__, _function)
