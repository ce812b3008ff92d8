"""The syntax tree of a function that exists: found in the file that its code was compiled from.

Files are parsed once. A function is told by the line that it begins on, its name and, where several lambdas
share a line, the column of what they return.
"""

import ast
import linecache
from types import CodeType
from typing import NamedTuple

__all__ = ["Definition", "NoSource", "definition_of", "mangled"]


class NoSource(Exception):
    """The source of a function can't be had, or isn't what was compiled."""


class Definition(NamedTuple):
    """Where a function is defined: its node, and the name of the class whose private names it sees."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    owner: str | None


_files: dict = {}
"""For each file its lines, and the definitions in it by name and first line."""


def definition_of(code: CodeType) -> Definition:
    """The definition that `code` was compiled from.

    Raises
    ------
    NoSource
        If there is no file, or the file has changed since.
    """
    lines = linecache.getlines(code.co_filename)
    if not lines:
        raise NoSource(f"{code.co_filename!r} can't be read")
    known = _files.get(code.co_filename)
    if known is None or known[0] is not lines:
        known = _files[code.co_filename] = lines, _definitions(code.co_filename, "".join(lines))
    candidates = [d for d in known[1].get((code.co_name, code.co_firstlineno), ()) if _fits(d.node, code)]
    if len(candidates) > 1:
        # Of a lambda in a lambda, both fit the inner one's code, and the inner one comes last.
        candidates = [d for d in candidates if _at_the_place(d.node, code)][-1:]
    if len(candidates) != 1:
        raise NoSource(f"{code.co_filename!r} isn't what {code.co_qualname} was compiled from")
    return candidates[0]


def _definitions(filename, text):
    try:
        tree = ast.parse(text, filename)
    except SyntaxError as error:
        raise NoSource(f"{filename!r} isn't Python of this version") from error
    found: dict = {}
    todo: list = [(tree, None)]
    for node, owner in todo:  # which grows on the way: what is inside comes after
        for child in ast.iter_child_nodes(node):
            inner = child.name if isinstance(child, ast.ClassDef) else owner
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                line = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                found.setdefault((child.name, line), []).append(Definition(child, owner))
            elif isinstance(child, ast.Lambda):
                found.setdefault(("<lambda>", child.lineno), []).append(Definition(child, owner))
            todo.append((child, inner))
    return found


def mangled(name, owner):
    """A private name as the class `owner` has it."""
    if owner is None or not name.startswith("__") or name.endswith("__"):
        return name
    return f"_{owner.lstrip('_')}{name}" if owner.strip("_") else name


def _fits(node, code):
    """Whether the parameters of a definition are those of `code`."""
    a = node.args
    names = [p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
    count = code.co_argcount + code.co_kwonlyargcount
    return len(names) == count and all(
        given == name or given.endswith(name)
        for given, name in zip(code.co_varnames[:count], names, strict=True)
    )


def _at_the_place(node, code):
    """Whether the instructions of `code` all come from what a lambda returns."""
    body = node.body
    start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
    places = [
        (line, column)
        for line, last, column, last_column in code.co_positions()
        if column is not None and (line, column) != (last, last_column)
    ]
    return bool(places) and all(start <= place <= end for place in places)
