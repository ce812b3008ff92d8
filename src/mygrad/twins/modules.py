"""The twin of a module: its functions and classes as twins, made when they are asked for."""

import types

__all__ = ["TwinModule"]


class TwinModule(types.ModuleType):
    """A module like another one, whose functions, classes and submodules are twins.

    Anything else, such as constants, is the original's own.
    """

    def __init__(self, original, twin, name=None):
        super().__init__(name or original.__name__, original.__doc__)
        self._original = original
        self._twin = twin
        if hasattr(original, "__all__"):
            self.__all__ = list(original.__all__)

    def __getattr__(self, name):
        found = getattr(self._original, name)
        inside = getattr(found, "__name__", "").startswith(f"{self._original.__name__}.")
        if isinstance(found, types.ModuleType):
            twin = TwinModule(found, self._twin, f"{self.__name__}.{name}") if inside else found
        elif isinstance(found, type):
            twin = self._twin(found) if type(found.__init__) is types.FunctionType else found
        elif callable(found):
            twin = self._twin(found)
        else:
            return found
        setattr(self, name, twin)
        return twin

    def __dir__(self):
        return dir(self._original)
