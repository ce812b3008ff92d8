"""Initial weights: constants, and random numbers that keep the scale of signals from layer to layer.

A shape is given as numbers or as one tuple. Random numbers are those of `mygrad.random`, of NumPy's global
stream.
"""

import math
from typing import Any

import numpy as np

from mygrad.creation import identity
from mygrad.tensor import Tensor, tensor
from mygrad.typing import ArrayLike, DTypeLike

__all__ = [
    "constant",
    "dirac",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "normal",
    "uniform",
]

constant_ = bool | None
"""The type of the keyword ``constant``, which has the name of a function here."""


def shape_of(shape) -> tuple[int, ...]:
    return tuple(shape[0]) if len(shape) == 1 and not np.isscalar(shape[0]) else shape


def weights_shape(shape) -> tuple[int, ...]:
    """The shape of weights ``(outputs, inputs, *window)``."""
    shape = shape_of(shape)
    if len(shape) < 2:
        raise ValueError(
            f"Weights have 2 dimensions or more, (outputs, inputs, *window); got the shape {shape}."
        )
    return shape


def fans(shape) -> tuple[int, int]:
    """How many numbers each output is made of, and to how many outputs each input goes."""
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def floating_dtype(dtype):
    if np.dtype(dtype).kind != "f":
        raise ValueError(f"Random weights have a floating-point dtype; got {np.dtype(dtype)}.")
    return dtype


def constant(
    *shape: Any, value: ArrayLike = 0.0, dtype: DTypeLike | None = None, constant: constant_ = None
) -> Tensor:
    """Weights that are all the same.

    Parameters
    ----------
    *shape : int, or one tuple of ints
    value : array_like, optional
        What each is, or what is broadcast.
    dtype : dtype, optional
        By default that of `value`.
    constant : bool, optional
        Whether no gradient is wanted.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.initializers.constant(2, 3, value=0.5)
    Tensor([[0.5, 0.5, 0.5],
            [0.5, 0.5, 0.5]])
    """
    return tensor(np.full(shape_of(shape), value, dtype), constant=constant, copy=False)


def dirac(*shape: Any, dtype: DTypeLike = np.float32, constant: constant_ = None) -> Tensor:
    """Filters that hand each channel on as it is: 1 in the middle, where the channel out is the one in.

    Parameters
    ----------
    *shape : int, or one tuple of ints
        ``(outputs, inputs, *window)``.
    dtype : dtype, optional
    constant : bool, optional
        Whether no gradient is wanted.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the shape has less than 2 dimensions.

    Notes
    -----
    Zagoruyko and Komodakis 2017.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.dirac(2, 2, 3)
    Tensor([[[0., 1., 0.],
             [0., 0., 0.]],
    <BLANKLINE>
            [[0., 0., 0.],
             [0., 1., 0.]]], dtype=float32)
    """
    shape = weights_shape(shape)
    data = np.zeros(shape, dtype)
    same = np.arange(min(shape[:2]))
    middle: tuple[Any, ...] = (same, same, *(n // 2 for n in shape[2:]))
    data[middle] = 1
    return tensor(data, constant=constant, copy=False)


def normal(
    *shape: Any,
    mean: float = 0,
    std: float = 1,
    dtype: DTypeLike = np.float32,
    constant: constant_ = None,
) -> Tensor:
    """Weights of a normal distribution.

    Parameters
    ----------
    *shape : int, or one tuple of ints
    mean, std : float, optional
        The mean and the standard deviation.
    dtype : dtype, optional
    constant : bool, optional
        Whether no gradient is wanted.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If `std` is negative, or the dtype isn't a floating-point one.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.normal(2, 3, std=0.1).shape
    (2, 3)
    """
    if std < 0:
        raise ValueError(f"The standard deviation must be at least 0; got {std}.")
    dtype = floating_dtype(dtype)
    return tensor(np.random.normal(mean, std, shape_of(shape)), dtype, constant=constant)


def uniform(
    *shape: Any,
    lower_bound: float = 0,
    upper_bound: float = 1,
    dtype: DTypeLike = np.float32,
    constant: constant_ = None,
) -> Tensor:
    """Weights of a uniform distribution.

    Parameters
    ----------
    *shape : int, or one tuple of ints
    lower_bound, upper_bound : float, optional
    dtype : dtype, optional
    constant : bool, optional
        Whether no gradient is wanted.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the lower bound isn't below the upper one, or the dtype isn't a floating-point one.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.uniform((2, 3), lower_bound=-0.1, upper_bound=0.1).shape
    (2, 3)
    """
    if lower_bound >= upper_bound:
        raise ValueError(f"lower_bound must be less than upper_bound; got {lower_bound} and {upper_bound}.")
    dtype = floating_dtype(dtype)
    return tensor(np.random.uniform(lower_bound, upper_bound, shape_of(shape)), dtype, constant=constant)


def glorot_normal(
    *shape: Any, gain: float = 1, dtype: DTypeLike = np.float32, constant: constant_ = None
) -> Tensor:
    """Normal weights with the variance ``2 * gain**2 / (fan_in + fan_out)``.

    Parameters
    ----------
    *shape : int, or one tuple of ints
        ``(outputs, inputs, *window)``. ``fan_in`` is the number of inputs times the size of the window,
        ``fan_out`` that of outputs.
    gain : float, optional
    dtype : dtype, optional
    constant : bool, optional
        Whether no gradient is wanted.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the shape has less than 2 dimensions, or the dtype isn't a floating-point one.

    Notes
    -----
    Glorot and Bengio 2010, eq. 12.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.glorot_normal(64, 32, 3, 3).shape
    (64, 32, 3, 3)
    """
    shape = weights_shape(shape)
    std = gain * math.sqrt(2 / sum(fans(shape)))
    return normal(*shape, std=std, dtype=dtype, constant=constant)


def glorot_uniform(
    *shape: Any, gain: float = 1, dtype: DTypeLike = np.float32, constant: constant_ = None
) -> Tensor:
    """Uniform weights with the variance ``2 * gain**2 / (fan_in + fan_out)``.

    Parameters
    ----------
    *shape : int, or one tuple of ints
        ``(outputs, inputs, *window)``. ``fan_in`` is the number of inputs times the size of the window,
        ``fan_out`` that of outputs.
    gain : float, optional
    dtype : dtype, optional
    constant : bool, optional
        Whether no gradient is wanted.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the shape has less than 2 dimensions, or the dtype isn't a floating-point one.

    Notes
    -----
    Glorot and Bengio 2010, eq. 16.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.glorot_uniform(64, 32).shape
    (64, 32)
    """
    shape = weights_shape(shape)
    bound = gain * math.sqrt(6 / sum(fans(shape)))
    return uniform(*shape, lower_bound=-bound, upper_bound=bound, dtype=dtype, constant=constant)


def he_normal(
    *shape: Any, gain: float = 1, dtype: DTypeLike = np.float32, constant: constant_ = None
) -> Tensor:
    """Normal weights with the variance ``gain**2 / fan_in``.

    Parameters
    ----------
    *shape : int, or one tuple of ints
        ``(outputs, inputs, *window)``. ``fan_in`` is the number of inputs times the size of the window.
    gain : float, optional
        The square root of 2 before a `relu`; ``sqrt(2 / (1 + slope**2))`` before a `leaky_relu`.
    dtype : dtype, optional
    constant : bool, optional
        Whether no gradient is wanted.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the shape has less than 2 dimensions, or the dtype isn't a floating-point one.

    Notes
    -----
    He et al. 2015, eqs. 10 and 15, where the gain is part of the formula.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.he_normal(64, 32, gain=2**0.5).shape
    (64, 32)
    """
    shape = weights_shape(shape)
    fan_in, _ = fans(shape)
    return normal(*shape, std=gain / math.sqrt(fan_in), dtype=dtype, constant=constant)


def he_uniform(
    *shape: Any, gain: float = 1, dtype: DTypeLike = np.float32, constant: constant_ = None
) -> Tensor:
    """Uniform weights with the variance ``gain**2 / fan_in``.

    Parameters
    ----------
    *shape : int, or one tuple of ints
        ``(outputs, inputs, *window)``. ``fan_in`` is the number of inputs times the size of the window.
    gain : float, optional
        The square root of 2 before a `relu`; ``sqrt(2 / (1 + slope**2))`` before a `leaky_relu`.
    dtype : dtype, optional
    constant : bool, optional
        Whether no gradient is wanted.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the shape has less than 2 dimensions, or the dtype isn't a floating-point one.

    Notes
    -----
    He et al. 2015, eqs. 10 and 15, where the gain is part of the formula.

    Examples
    --------
    >>> import mygrad as mg
    >>> mg.nnet.he_uniform(64, 32, gain=2**0.5).shape
    (64, 32)
    """
    shape = weights_shape(shape)
    fan_in, _ = fans(shape)
    bound = gain * math.sqrt(3 / fan_in)
    return uniform(*shape, lower_bound=-bound, upper_bound=bound, dtype=dtype, constant=constant)
