"""Class patterns of a ``match`` statement, told by a guard instead.

``case np.ndarray() as a`` asks for the type of the subject in compiled code, where a tensor is no array. So
it becomes ``case a if isinstance(a, np.ndarray)``, with the `isinstance` that knows tensors.
"""

import ast
from collections.abc import Callable

__all__ = ["told_by_guards"]

_MATCHED = "__mygrad_matched_{}__"
_OF_THEMSELVES = {"bool", "bytearray", "bytes", "complex", "float", "int", "str"}
"""Classes whose one positional pattern is matched with the subject itself."""


def told_by_guards(case: ast.match_case, is_instance: Callable) -> list[ast.match_case]:
    """The cases that stand for `case`: for alternatives, one each.

    Parameters
    ----------
    case : match_case
        Its body isn't looked at.
    is_instance : callable
        Given the trees of an object and of a class, the tree of the question.
    """
    named = case.pattern
    inner = named.pattern if isinstance(named, ast.MatchAs) else named
    if not (isinstance(inner, ast.MatchOr) and any(_asks_for_class(p) for p in inner.patterns)):
        return [_told(case, is_instance)]
    made = []
    for pattern in inner.patterns:
        if inner is not named:
            pattern = ast.copy_location(ast.MatchAs(pattern, named.name), pattern)
        made.append(_told(ast.match_case(pattern, case.guard, case.body), is_instance))
    return made


def _asks_for_class(pattern):
    return any(isinstance(node, ast.MatchClass) for node in ast.walk(pattern))


def _told(case, is_instance):
    conditions: list = []

    def visit(pattern):
        if isinstance(pattern, ast.MatchOr):
            return pattern  # its alternatives bind the same names, so no other can be bound
        for field in ("patterns", "kwd_patterns"):
            if hasattr(pattern, field):
                setattr(pattern, field, [visit(p) for p in getattr(pattern, field)])
        if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
            pattern.pattern = visit(pattern.pattern)
            inner = pattern.pattern
            if isinstance(inner, ast.MatchAs) and inner.pattern is None:
                # Two names of the same: the outer one is bound, the inner one's condition asks for that.
                return _renamed(pattern, inner, conditions)
        if isinstance(pattern, ast.MatchClass) and not pattern.kwd_patterns:
            return _of_class(pattern)
        return pattern

    def _of_class(pattern):
        itself = isinstance(pattern.cls, ast.Name) and pattern.cls.id in _OF_THEMSELVES
        if len(pattern.patterns) > itself:
            return pattern
        name = _MATCHED.format(len(conditions))
        inner = pattern.patterns[0] if pattern.patterns else None
        if isinstance(inner, ast.MatchAs) and inner.pattern is None:
            name, inner = inner.name or name, None
        subject = ast.copy_location(ast.Name(name, ast.Load()), pattern)
        conditions.append((subject, is_instance(subject, pattern.cls)))
        return ast.copy_location(ast.MatchAs(inner, name), pattern)

    pattern = visit(case.pattern)
    asked = [condition for _, condition in conditions] + ([case.guard] if case.guard else [])
    guard = asked[0] if len(asked) == 1 else ast.BoolOp(ast.And(), asked) if asked else None
    if guard is not None:
        ast.copy_location(guard, case.pattern)
    return ast.match_case(pattern, guard, case.body)


def _renamed(outer, inner, conditions):
    for subject, _ in conditions:
        if subject.id == inner.name and inner.name.startswith("__mygrad"):
            subject.id = outer.name
            outer.pattern = None
    return outer
