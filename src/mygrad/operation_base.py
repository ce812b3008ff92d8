"""Operations of one's own, written as classes on plain arrays: MyGrad's way to extend it.

A rule (`mygrad.elementwise` and its kin) is shorter, and gives forward mode and higher orders as well. An
`Operation` is for what can't be written with NumPy's functions; it has a first derivative only.
"""

from abc import ABC, abstractmethod

import numpy as np

from mygrad.dispatch import with_constant
from mygrad.engine.calling import written_to
from mygrad.engine.modes import RECORDING
from mygrad.engine.record import (
    Handle,
    cell_of,
    differentiable_dtype,
    fit_of,
    make,
    new_node,
    node_of,
    unrecorded,
)
from mygrad.engine.rule import Rule, fitted
from mygrad.errors import InvalidGradient
from mygrad.tensor import astensor

__all__ = ["Operation", "execute_op"]


class Operation(ABC):
    """A differentiable function of tensors, on plain arrays.

    Examples
    --------
    >>> import mygrad as mg
    >>> import numpy as np
    >>> from mygrad.operation_base import Operation, execute_op
    >>> class Multiply(Operation):
    ...     def __call__(self, x, y):
    ...         self.variables = (x, y)
    ...         return x.data * y.data
    ...
    ...     def backward_var(self, grad, index, **kwargs):
    ...         x, y = self.variables
    ...         return grad * (y.data if index == 0 else x.data)
    >>> x, y = mg.tensor(2.0), mg.tensor([1.0, 2.0])
    >>> execute_op(Multiply, x, y).backward()
    >>> x.grad, y.grad
    (array(3.), array([2., 2.]))
    """

    variables: tuple

    @abstractmethod
    def __call__(self, *input_tensors, **kwargs):
        """Compute the result from tensors, as an array, and set ``self.variables`` to those tensors."""

    @abstractmethod
    def backward_var(self, grad, index, **kwargs):
        """The derivative with respect to ``self.variables[index]``, given that of the result, `grad`.

        What was broadcast need not be summed: that is done for it.
        """


class _OperationRule(Rule):
    """Drives an `Operation` in a sweep."""

    def __init__(self, kind):
        self.kind = kind

    def __repr__(self):
        return f"<rule of {self.kind.__name__}>"

    def cotangents(self, node, g, saved):
        if isinstance(g, Handle):
            raise TypeError(
                f"{self.kind.__name__} is an Operation, which has a first derivative only; write it as a "
                f"rule instead."
            )
        operation, cells, active = saved
        for variable, cell in zip(operation.variables, cells, strict=True):
            variable._value = cell.value  # the value then, should the tensor have been written since
        result = []
        for index, (shape, dtype) in zip(active, node.fit.parents, strict=True):
            c = operation.backward_var(np.asarray(g), index)
            if not isinstance(c, (np.ndarray, np.generic, int, float, complex)):
                raise InvalidGradient(
                    f"{self.kind.__name__}.backward_var must return an array or a number; for variable "
                    f"{index} it returned {c!r}."
                )
            result.append(fitted(np.asarray(c), shape, dtype))
        return result

    def push(self, node, tangents, saved):
        raise TypeError(
            f"{self.kind.__name__} is an Operation, which has no forward mode; write it as a rule instead."
        )

    def lift(self, node):
        return node.saved


def execute_op(Op, *input_vars, op_args=None, op_kwargs=None, constant=None, out=None):
    """Call an `Operation` on tensors or array-likes, and record it.

    Parameters
    ----------
    Op : type
        A subclass of `Operation`.
    *input_vars : array_like
        What isn't a tensor is a constant.
    op_args, op_kwargs : tuple, dict, optional
        Further arguments of the operation.
    constant : bool, optional
        Whether the result is a constant; by default it is one if all inputs are.
    out : Tensor or ndarray, optional
        Where the result is written.

    Returns
    -------
    Tensor
    """
    inputs = [x if isinstance(x, Handle) else astensor(x, constant=True) for x in input_vars]
    # The operation gets handles of its own: it is remembered, and what is remembered must not know the user's
    # tensors.
    operation = Op()
    data = np.asarray(
        operation(*[make(x.data, x._node) for x in inputs], *(op_args or ()), **(op_kwargs or {}))
    )
    if not RECORDING.get():
        return with_constant(written_to(out, make(data, unrecorded(data))), constant)
    nodes = [node_of(x) for x in inputs]
    result = make(data)
    active = tuple(i for i, node in enumerate(nodes) if node is not None)
    if active and differentiable_dtype(data.dtype):
        saved = (operation, [cell_of(x) for x in inputs], active)
        fit = fit_of(data, *[inputs[i]._value for i in active])
        result._node = new_node(_OperationRule(Op), saved, fit, *[nodes[i] for i in active])
    return with_constant(written_to(out, result), constant)
