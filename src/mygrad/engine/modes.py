"""The switches: recording of the graph, the memory guard, and what is done where a gradient would be lost.

Each is a context variable, so a thread or an asyncio task that turns one changes nothing for the others.
"""

import functools
import os
import warnings
from contextvars import ContextVar

__all__ = [
    "GUARDING",
    "ON_GRADIENT_LOST",
    "RECORDING",
    "Switch",
    "mem_guard_active",
    "mem_guard_off",
    "mem_guard_on",
    "no_autodiff",
    "on_gradient_lost",
    "turn_memory_guarding_off",
    "turn_memory_guarding_on",
]


def _guard_from_environment() -> bool:
    setting = os.environ.get("MYGRAD_MEM_GUARD", "true")
    known = {"true": True, "1": True, "false": False, "0": False}
    if setting.lower() not in known:
        warnings.warn(
            f"MYGRAD_MEM_GUARD is {setting!r}; it can be true, 1, false or 0. The memory guard is on.",
            stacklevel=2,
        )
    return known.get(setting.lower(), True)


RECORDING: ContextVar[bool] = ContextVar("mygrad_recording", default=True)
ON_GRADIENT_LOST: ContextVar[str] = ContextVar("mygrad_on_gradient_lost", default="raise")
GUARDING: ContextVar[bool] = ContextVar("mygrad_guarding", default=_guard_from_environment())


class Switch:
    """Holds a context variable at a value: ``with switch: ...`` or ``@switch``. Re-entrant; used by name, not
    called."""

    def __init__(self, variable: ContextVar[bool], value: bool, doc: str):
        self._variable = variable
        self._value = value
        # The values to go back to, innermost last: a context variable too, as one switch serves all threads
        # and tasks.
        self._before: ContextVar[tuple] = ContextVar(f"{variable.name}_before_{value}", default=())
        self.__doc__ = doc

    def __enter__(self):
        self._before.set((*self._before.get(), self._variable.get()))
        self._variable.set(self._value)

    def __exit__(self, *exception):
        *outer, before = self._before.get()
        self._before.set(tuple(outer))
        self._variable.set(before)

    def __bool__(self):
        """Whether the switch's state is in force now."""
        return self._variable.get() is self._value

    def __call__(self, function):
        @functools.wraps(function)
        def switched(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return switched


class _NoAutodiff(Switch):
    def __call__(self, function, to_numpy=False):
        """Decorate `function` to run without a graph; with ``to_numpy=True`` it returns a plain array."""
        switched = super().__call__(function)
        if not to_numpy:
            return switched

        @functools.wraps(function)
        def to_array(*args, **kwargs):
            result = switched(*args, **kwargs)
            return getattr(result, "data", result)

        return to_array


no_autodiff = _NoAutodiff(
    RECORDING,
    False,
    """Nothing that happens in this block is recorded: ``with no_autodiff: ...`` or ``@no_autodiff``.

    Values are computed, views are views and writes write; results are leaves.

    >>> import mygrad as mg
    >>> x = mg.tensor([1.0, 2.0])
    >>> with mg.no_autodiff:
    ...     y = x * x
    >>> y.creator is None
    True
    """,
)
mem_guard_off = Switch(GUARDING, False, "The memory guard is off in this block: ``with mem_guard_off: ...``.")
mem_guard_on = Switch(GUARDING, True, "The memory guard is on in this block: ``with mem_guard_on: ...``.")


def turn_memory_guarding_off() -> None:
    """Turn the memory guard off from here on, in this thread or task.

    Gradients stay right as long as nobody writes into arrays that a living graph needs with plain NumPy.
    """
    GUARDING.set(False)


def turn_memory_guarding_on() -> None:
    """Turn the memory guard on from here on, in this thread or task."""
    GUARDING.set(True)


def mem_guard_active() -> bool:
    """Whether arrays that a graph remembers are made read-only."""
    return GUARDING.get()


class on_gradient_lost:
    """Decide what is done where a tensor that carries a gradient would become a plain array.

    From here on, in this thread or task; as a block, ``with on_gradient_lost(policy): ...``, until its end.

    Parameters
    ----------
    policy : {"raise", "warn", "allow"}
        To raise `mygrad.GradientLost`, the default; to warn, with `mygrad.errors.GradientLostWarning`, and go
        on with the plain values; or to go on without a word, as MyGrad does.

    Raises
    ------
    ValueError
        For another policy.

    Examples
    --------
    >>> import mygrad as mg
    >>> import numpy as np
    >>> x = mg.tensor([1.0, 2.0])
    >>> with mg.on_gradient_lost("allow"):
    ...     np.asarray(x)
    array([1., 2.])
    """

    def __init__(self, policy: str):
        if policy not in ("raise", "warn", "allow"):
            raise ValueError(f"The policy is 'raise', 'warn' or 'allow'; got {policy!r}.")
        self._before = ON_GRADIENT_LOST.get()
        ON_GRADIENT_LOST.set(policy)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        ON_GRADIENT_LOST.set(self._before)
