"""The syntax tree of a function that exists: found in the file that its code was compiled from.

Files are parsed once. A function is told by the line that it begins on, its name and, where several lambdas
share a line, the column of what they return.
"""

import ast
import linecache
import sys
from threading import RLock
from types import CodeType
from typing import NamedTuple

__all__ = ["Definition", "NoSource", "definition_of", "mangled", "names_in", "parsed", "same"]

_parsing = RLock()


class NoSource(Exception):
    """The source of a function can't be had, or isn't what was compiled."""


class Definition(NamedTuple):
    """Where a function is defined: its node, the name of the class whose private names it sees, and the names
    that its module imports, since calls of their attributes are compiled in another way."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    owner: str | None
    imported: set[str]


_files: dict = {}
"""For each file its lines, and the definitions in it by name and first line."""


def parsed(text, filename="<unknown>") -> ast.Module:
    """The syntax tree of a module, made while no other is: Python 3.11 counts the depth of all in one place,
    and takes two at a time for a mistake of its own (python/cpython#106905)."""
    with _parsing:
        return ast.parse(text, filename)


def definition_of(code: CodeType) -> Definition:
    """The definition that `code` was compiled from, as far as its name, place and parameters tell.

    Raises
    ------
    NoSource
        If there is no file, or nothing like `code` in it.
    """
    filename = code.co_filename
    if filename.startswith("<frozen "):  # modules of the standard library that Python has in itself
        module = sys.modules.get(filename.removeprefix("<frozen ").removesuffix(">"))
        filename = getattr(module, "__file__", None) or filename
    lines = linecache.getlines(filename)
    if not lines:
        raise NoSource(f"{filename!r} can't be read")
    known = _files.get(filename)
    if known is None or known[0] is not lines:
        known = _files[filename] = lines, _definitions(filename, "".join(lines))
    candidates = [d for d in known[1].get((code.co_name, code.co_firstlineno), ()) if _fits(d.node, code)]
    if len(candidates) > 1:
        # Of a lambda in a lambda, both fit the inner one's code, and the inner one comes last.
        candidates = [d for d in candidates if _at_the_place(d.node, code)][-1:]
    if len(candidates) != 1:
        raise NoSource(f"{filename!r} isn't what {code.co_qualname} was compiled from")
    return candidates[0]


def _definitions(filename, text):
    try:
        tree = parsed(text, filename)
    except SyntaxError as error:
        raise NoSource(f"{filename!r} isn't Python of this version") from error
    found: dict = {}
    imported: set = set()
    todo: list = [(tree, None, True)]
    for node, owner, outermost in todo:  # which grows on the way: what is inside comes after
        for child in ast.iter_child_nodes(node):
            inner, at_top = owner, outermost
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                line = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                found.setdefault((child.name, line), []).append(Definition(child, owner, imported))
                at_top = False
            elif isinstance(child, ast.Lambda):
                found.setdefault(("<lambda>", child.lineno), []).append(Definition(child, owner, imported))
            elif isinstance(child, ast.ClassDef):
                inner, at_top = child.name, False
            elif outermost and isinstance(child, (ast.Import, ast.ImportFrom)):
                imported |= {(a.asname or a.name).partition(".")[0] for a in child.names} - {"*"}
            todo.append((child, inner, at_top))
    return found


def mangled(name, owner):
    """A private name as the class `owner` has it."""
    if owner is None or not name.startswith("__") or name.endswith("__") or "." in name:
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


def same(compiled: CodeType, original: CodeType) -> bool:
    """Whether `original` is what its source compiles to, so that the file hasn't changed since.

    Tools that watch or check a program put instructions of their own into it. They bring names along, and
    leave the names, the constants and the lines that were there.
    """
    if _instructions(compiled) == _instructions(original) and names_in(compiled) == names_in(original):
        return _constants(compiled) == _constants(original)
    return (
        names_in(compiled) < names_in(original)
        and _constants(compiled) <= _constants(original)
        and _lines(compiled) <= _lines(original)
    )


def _nested(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _instructions(code):
    return [c.co_code for c in _nested(code)]


def names_in(code) -> set[str]:
    """The names that a code object, and what is in it, knows things by."""
    return {n for c in _nested(code) for n in (*c.co_names, *c.co_varnames, *c.co_cellvars, *c.co_freevars)}


def _constants(code):
    return {_key(k) for c in _nested(code) for k in c.co_consts if not isinstance(k, CodeType)}


def _key(constant):
    """What tells constants apart: 1 == 1.0 == True, and equal sets may be in another order."""
    if isinstance(constant, (tuple, frozenset)):
        return type(constant)(map(_key, constant))
    return type(constant), repr(constant)


def _lines(code):
    return {line for c in _nested(code) for _, _, line in c.co_lines() if line is not None}
