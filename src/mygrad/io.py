"""Tensors in files: NumPy's ``.npz`` archives, with an entry for the data and one for the gradient."""

import numpy as np

from mygrad.tensor import Tensor, _unpickled

__all__ = ["load", "save"]


def save(file, tensor: Tensor) -> None:
    """Save a tensor, and its gradient if it has one.

    Parameters
    ----------
    file : str, path or file object
        As for `numpy.savez`, which adds ``.npz`` to a name that lacks it.
    tensor : Tensor

    Raises
    ------
    TypeError
        For anything but a tensor.

    Notes
    -----
    Neither the graph nor the flag `constant` is saved.

    Examples
    --------
    >>> import io
    >>> import mygrad as mg
    >>> x = mg.tensor([1.0, 2.0])
    >>> (x * x).backward()
    >>> file = io.BytesIO()
    >>> mg.save(file, x)
    >>> _ = file.seek(0)
    >>> y = mg.load(file)
    >>> y, y.grad
    (Tensor([1., 2.]), array([2., 4.]))
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"mygrad.save saves a tensor; got {type(tensor).__name__}. For arrays there is np.save."
        )
    if tensor.grad is None:
        np.savez(file, data=tensor.data)
    else:
        np.savez(file, data=tensor.data, grad=tensor.grad)


def load(file) -> Tensor:
    """The tensor that `save` saved, with its gradient.

    Parameters
    ----------
    file : str, path or file object
        The whole name, with ``.npz``.
    """
    with np.load(file) as entries:
        return _unpickled(Tensor, entries["data"], None, entries.get("grad"), {})
