"""What is known of the derivative of a function: the entries of the table of rules, in words.

The definitions are the source of the rules themselves, found by their code, so that what is printed is what
is computed.
"""

import functools
import importlib
import inspect
import linecache
import textwrap
from collections.abc import Hashable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mygrad.engine.chapters import load_chapters
from mygrad.engine.function import Function
from mygrad.engine.rule import (
    Elementwise,
    Several,
    aliases,
    composites,
    not_differentiable,
    places,
    refusals,
    rules,
)
from mygrad.outside import WALKED, outside
from mygrad.public import ufunc as public_ufunc

__all__ = ["Derivative", "derivative_of", "public_names"]

_PACKAGE = Path(__file__).resolve().parent


class Derivative(NamedTuple):
    """How a function is differentiated, as its entry in the table says."""

    name: str
    """The function, by its full name."""
    signature: str
    kind: str
    """elementwise, linear, multilinear, general, composite, no gradient, refused, not asked, or outside."""
    inputs: tuple[str, ...]
    """The arguments that have a derivative of their own; empty where that follows from other functions."""
    definition: dict[str, str]
    """The source of the rule, by what it is the derivative of; of a composite, of what it is made of."""
    note: str
    """The convention where the derivative isn't unique or doesn't exist, and the source of the formula."""
    place: str
    """Where the entry is written: file and line."""
    chapter: str
    """The module that it is written in."""

    def __str__(self):
        lines = [f"{self.name}{self.signature}", f"    {_KINDS.get(self.kind, self.kind)}"]
        for what, source in self.definition.items():
            if "\n" in source:
                lines += [f"    {what}:", textwrap.indent(source, " " * 8)]
            else:
                lines.append(f"    {what}: {source}")
        if self.note:
            lines.append(textwrap.fill(self.note, 100, initial_indent="    ", subsequent_indent="    "))
        if self.place:
            lines.append(f"    {self.place}")
        return "\n".join(lines)

    __repr__ = __str__


_KINDS = {
    "elementwise": "elementwise: the expression in g is the derivative, and forward with the tangent for g",
    "linear": "linear: forward it is the function itself, backward",
    "multilinear": "multilinear: forward it is the function with one input replaced, backward",
    "general": "general: backward, from the cotangent g of the result, and forward, from a tangent t",
    "composite": "composite: made of functions that have derivatives, so that its own follows from theirs",
    "no gradient": "no gradient: tensors get what NumPy answers for their values",
    "refused": "refused: takes no tensor that carries a gradient",
    "not asked": "not asked: NumPy doesn't hand this function to tensors",
    "outside": "outside: no gradient comes near it",
}


def derivative_of(function):
    """What is known of the derivative of a function.

    Parameters
    ----------
    function : callable or str
        A function of NumPy or mygrad, a ufunc, any other function that has been registered, or a name such as
        ``"linalg.norm"``.

    Returns
    -------
    Derivative
        A tuple with names, which prints what it says: the signature, the kind of rule, the source of the
        derivative with respect to each input, the convention where that isn't unique, and where it is
        written.

    Raises
    ------
    LookupError
        If the table has no entry. Functions written in Python need none, where they are made of functions
        that have one.

    Examples
    --------
    >>> import numpy as np
    >>> import mygrad as mg
    >>> mg.derivative_of(np.multiply)
    numpy.multiply(x, y, /, out=None, *, where=True, dtype=None, ...)
        elementwise: the expression in g is the derivative, and forward with the tangent for g
        in x: g * y
        in y: g * x
        mygrad/rules/arithmetic.py, line ...
    >>> mg.derivative_of("numpy.sqrt").definition
    {'in x': 'g * 0.5 / out'}
    >>> mg.derivative_of(np.argsort).kind
    'no gradient'
    """
    public_names()  # imports the modules whose chapters would wait for that
    load_chapters()
    name, key = _found(function)
    if name in outside:
        kind = "not asked" if outside[name].happens else "outside"
        return Derivative(name, "", kind, (), {}, _advice(name, key), "", "mygrad.outside")
    key = aliases.get(key, key)
    module, file, line = places.get(key, ("", "", 0))
    place = f"{_short(file)}, line {line}" if line else ""
    entry = functools.partial(Derivative, name, place=place, chapter=module)
    signature = _signature(key)
    if key in composites:
        implementation = composites[key]
        note = _note(implementation, key)
        while not _numpys(inner := getattr(implementation, "__wrapped__", None)):
            implementation = inner
        if _numpys(implementation):
            return entry(signature, "composite", (), {"made of": "NumPy's own code, run on tensors"}, note)
        made_of = {"made of": source_of(implementation, docstring=False)}
        own = [rules[key]] if isinstance(rules.get(key), Function) else []  # for what is asked most
        for inner in (*own, *_inner_rules(implementation)):
            made_of |= {f"{inner.name} {what}": text for what, text in _definition(inner).items()}
        return entry(signature, "composite", (), made_of, note)
    if key in rules:
        rule = rules[key]
        return entry(signature, _kind(rule), _inputs(rule), _definition(rule), rule.note)
    if key in not_differentiable:
        return entry(signature, "no gradient", (), {}, not_differentiable[key])
    if key in refusals:
        return entry(signature, "refused", (), {}, refusals[key])
    method = getattr(key, "__self__", None)
    if isinstance(method, np.ufunc):
        of = derivative_of(method)
        note = f"The method {key.__name__} of {of.name}, composed of calls of the ufunc."
        return of._replace(name=name, signature="(...)", note=f"{note} {of.note}".strip())
    raise LookupError(
        f"{name} has no entry in the table of rules. A function written in Python needs none where it calls "
        "functions that have one: hand it a tensor, or take its twin, mygrad.drop_in(f). Others get one from "
        "mygrad.define_rule."
    )


# ------------------------------------------------------------------------------------------------------ names


@functools.cache
def public_names():
    """The public functions, classes and other callables of NumPy, by full name."""
    found = {}
    for module in WALKED:
        namespace = importlib.import_module(module)
        names = dir(namespace) if module == "numpy" else getattr(namespace, "__all__", dir(namespace))
        for name in sorted(names):
            # Deprecated names warn where they are read, but tell what they are.
            if not name.startswith("_") and not inspect.ismodule(value := getattr(namespace, name)):
                found[f"{module}.{name}"] = value
    return found


def _known(key):
    return any(key in table for table in (composites, rules, not_differentiable, refusals, aliases))


def _found(function):
    """The full name of what was asked for, and its key in the table."""
    if isinstance(function, str):
        return _named(function)
    if isinstance(function, public_ufunc):
        function = function._ufunc
    key = function
    while not _known(key) and hasattr(key, "__wrapped__"):
        key = key.__wrapped__
    for name, implementation in composites.items():
        if isinstance(name, str) and implementation is key:
            return f"mygrad.{name}", name
    if not _known(key):
        key = function
    names = [name for name, value in public_names().items() if value is key]
    if names:
        own = [name for name in names if name.rpartition(".")[2] == getattr(key, "__name__", "")]
        return (own or names)[0], key
    if isinstance(getattr(key, "__self__", None), np.ufunc):
        return f"numpy.{key.__self__.__name__}.{key.__name__}", key
    module = getattr(key, "__module__", None)
    name = getattr(key, "__qualname__", None) or getattr(key, "__name__", repr(key))
    return f"{module}.{name}" if module else name, key


def _named(name):
    _, _, short = name.rpartition("mygrad.")
    if short in composites:
        return f"mygrad.{short}", short
    full = "numpy." + name.removeprefix("numpy.").removeprefix("np.").removeprefix("mygrad.")
    if full in public_names():
        return full, public_names()[full]
    raise LookupError(f"NumPy and mygrad have no public function {name!r}.")


def _short(file):
    path = Path(file)
    return f"mygrad/{path.relative_to(_PACKAGE).as_posix()}" if path.is_relative_to(_PACKAGE) else path.name


def _signature(key):
    if isinstance(key, np.ufunc) and not isinstance(rules.get(key), Function):
        inputs = ("x", "y", "z")[: key.nin]
        outs = "out=None" if key.nout == 1 else f"out={(None,) * key.nout}"
        return f"({', '.join(inputs)}, /, {outs}, *, where=True, dtype=None, ...)"
    signature = "(...)"
    for told in (key, composites.get(key), rules.get(key)):
        try:
            signature = str(inspect.signature(told))
            break
        except (TypeError, ValueError):  # a name, nothing, or one of NumPy's compiled functions before 2.4
            continue
    return signature.replace("<no value>", "...")


# ------------------------------------------------------------------------------------------------ definitions


def _kind(rule):
    return rule.kind if isinstance(rule, Function) else "elementwise"


def _inputs(rule):
    if isinstance(rule, Several):
        known = [one for one in rule.outputs if one is not None]
        return tuple(dict.fromkeys(name for one in known for name in one.vjps))
    return tuple(rule.vjps) if isinstance(rule, Elementwise) else rule.inputs


def _definition(rule):
    """The source of a rule, by what it is."""
    if isinstance(rule, Several):
        found = {}
        for i, one in enumerate(rule.outputs, 1):
            if one is None:
                found[f"result {i}"] = "no gradient"
            else:
                found |= {f"result {i} {what}": text for what, text in _definition(one).items()}
        return found
    found = {}
    for name, vjp in rule.vjps.items():
        found[f"in {name}"] = "g, where the view is" if vjp is None else source_of(inspect.unwrap(vjp))
        if name in getattr(rule, "jvps", ()):
            found[f"in {name}, forward"] = source_of(inspect.unwrap(rule.jvps[name]))
    return found


def _numpys(function):
    """Whether a function is NumPy's own, or none."""
    return function is None or (function.__module__ or "").startswith("numpy")


def _advice(name, key):
    """What is declared of a name outside of the table."""
    declared = outside[name]
    parts = [declared.reason, f"Instead: {declared.instead}." if declared.instead else ""]
    if isinstance(key, Hashable) and key in composites:
        parts.append("With a tensor as `like=` it is asked, and makes one.")
    return " ".join(filter(None, parts))


def _note(implementation, key):
    """The docstring of a composite, if it has one of its own, up to the parameters."""
    text = inspect.getdoc(implementation) or ""
    if text == inspect.getdoc(key) or (implementation.__module__ or "").startswith("numpy"):
        return ""
    return " ".join(text.partition("Parameters\n")[0].split())


def _inner_rules(implementation):
    """The rules, of functions that NumPy lacks, which a composite calls by itself or through helpers."""
    found, seen, todo = {}, set(), [implementation]
    while todo:
        function = inspect.unwrap(todo.pop())
        code = getattr(function, "__code__", None)
        if code is None or code in seen:
            continue
        seen.add(code)
        cells = dict(
            zip(code.co_freevars, [c.cell_contents for c in function.__closure__ or ()], strict=True)
        )
        scope = {**function.__globals__, **cells}
        values = [scope[name] for name in (*_names_in(code), *code.co_freevars) if name in scope]
        for value in values:
            if not inspect.isfunction(value) or not value.__module__.startswith("mygrad.rules"):
                continue
            if isinstance(rules.get(value), Function):
                found[value] = rules[value]
            elif value not in composites.values():
                todo.append(value)
    return found.values()


def _names_in(code):
    """The global names of a code object and of what is defined in it."""
    yield from code.co_names
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _names_in(constant)


def source_of(function, docstring=True):
    """The source of a function: the expression of a lambda, else all of it, with or without its docstring."""
    import ast

    from mygrad.twins.source import parsed

    code = getattr(function, "__code__", None)
    if code is None:
        return getattr(function, "__name__", repr(function))
    lines = linecache.getlines(code.co_filename, getattr(function, "__globals__", None))
    if not lines:
        return f"{function.__name__}, whose source isn't there"
    node = _definition_in(parsed("".join(lines)), code)
    if node is None:
        return f"{function.__name__}, in {_short(code.co_filename)}, line {code.co_firstlineno}"
    if isinstance(node, ast.Lambda):
        return ast.unparse(node.body)
    left_out = range(0)
    if not docstring and ast.get_docstring(node) is not None and len(node.body) > 1:
        left_out = range(node.body[0].lineno, node.body[1].lineno)
    kept = [lines[i - 1] for i in range(node.lineno, node.end_lineno + 1) if i not in left_out]
    return textwrap.dedent("".join(kept)).rstrip()


def _definition_in(tree, code):
    """The node of a syntax tree that `code` was compiled from."""
    import ast

    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            start = node.body.lineno, node.body.col_offset
            end = node.body.end_lineno, node.body.end_col_offset
            spots = [(p[0], p[2]) for p in code.co_positions() if p[0] and p[2] is not None and p[3]]
            if all(start <= spot <= end for spot in spots):
                return node
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name:
            first = min([node.lineno, *[d.lineno for d in node.decorator_list]])
            if first == code.co_firstlineno:
                return node
    return None
