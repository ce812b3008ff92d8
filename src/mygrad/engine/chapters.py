"""Rules of functions of other packages, loaded when somebody uses such a function.

A chapter is a module that registers rules when it is imported. It waits until the package that it is for has
been imported by somebody else, and a function is met that has no rule.
"""

import importlib
import sys

from mygrad.engine.rule import composites, rules

__all__ = ["load_chapters", "waiting"]

waiting: dict[str, str] = {}
"""The chapters that aren't loaded, by the module whose functions they are for."""


def load_chapters() -> bool:
    """Load the chapters of modules that are imported by now; whether there was one.

    What was registered before is kept: a user's own rule goes before that of a chapter.
    """
    ready = [name for name in waiting if name in sys.modules]
    for name in ready:
        own_rules, own_composites = dict(rules), dict(composites)
        importlib.import_module(waiting[name])
        rules.update(own_rules)
        composites.update(own_composites)
        # Not before: another thread that looks for a rule meanwhile must wait for the import.
        waiting.pop(name, None)
    return bool(ready)
