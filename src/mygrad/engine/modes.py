"""The switches: recording of the graph, and the memory guard.

Each is a context variable, so a thread or an asyncio task that turns one changes nothing for the others.
"""

import functools
import os
import warnings
from contextvars import ContextVar

__all__ = [
    "GUARDING",
    "RECORDING",
    "Switch",
    "mem_guard_active",
    "mem_guard_off",
    "mem_guard_on",
    "no_autodiff",
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
