"""Chapters of rules that wait until a function is met that no other chapter has.

A chapter is a module that registers rules when it is imported. Those on what most programs call are loaded at
once. The others would double the time of an import, for functions that a program may never call: they wait
until the module whose functions they are for has been imported by somebody, and one is met that has no rule.
"""

import importlib
import sys

from mygrad.engine.memory import RLock
from mygrad.engine.rule import composites, not_differentiable, places, rules

__all__ = ["found_late", "implementation_of", "known", "load_chapters", "waiting"]

waiting: dict[str, str] = {}
"""The chapters that aren't loaded, each with the module whose functions it is for."""

_loading: list[str] = []
"""The chapters that the thread which has the lock is loading."""

_lock = RLock()


def load_chapters() -> bool:
    """Load the chapters on modules that are imported by now; whether there was one.

    What was registered before is kept: a user's own rule goes before that of a chapter.
    """
    ready = [chapter for chapter, module in list(waiting.items()) if module in sys.modules]
    if not ready:
        return False
    with _lock:
        if _loading:  # a chapter asks, which calls define_rule
            return False
        own_rules, own_composites, own_places = dict(rules), dict(composites), dict(places)
        _loading.extend(ready)
        try:
            for chapter in ready:
                importlib.import_module(chapter)
        finally:
            _loading.clear()
        for function in own_rules.keys() & (composites.keys() - own_composites.keys()):
            del composites[function]
        rules.update(own_rules)
        composites.update(own_composites)
        places.update(own_places)
        # Not before: another thread that looks for a rule meanwhile must wait for the import.
        for chapter in ready:
            waiting.pop(chapter, None)
    return True


def known(function) -> bool:
    """Whether a chapter that is loaded says what tensors are to a function."""
    return function in rules or function in composites or function in not_differentiable


def found_late(function) -> bool:
    """The same of a function that wasn't known, when the chapters that wait are loaded."""
    load_chapters()
    return known(function)  # even if none did: another thread may have loaded them meanwhile


def implementation_of(function):
    """What is called with tensors in the place of a function: its composite, or its rule; None without."""
    if not known(function):
        load_chapters()
    return composites.get(function) or rules.get(function)
