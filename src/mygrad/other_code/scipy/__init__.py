"""The chapters of SciPy, a module for each of its own.

None imports SciPy before somebody else has: see `mygrad.engine.chapters`.
"""
