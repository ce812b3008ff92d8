"""Make a failing program small: leave out what the failure doesn't need."""

import re
from dataclasses import replace

from .check import Invalid, Mismatch, check
from .program import Program

__all__ = ["failure", "shrink"]


def failure(program):
    """The `Mismatch` that the program ends in, or None."""
    try:
        check(program)
    except Mismatch as mismatch:
        return mismatch
    return None


def _sort_of(mismatch):
    """What makes two failures the same: of exceptions the type, as messages name shapes and numbers."""
    detail = str(mismatch).split(":")[1] if "raise" in mismatch.kind or "exception" in mismatch.kind else ""
    return mismatch.kind, detail


def _without(statements, unwanted):
    """The statements but the unwanted ones, and but those that speak of names that nobody makes any more."""
    made, kept = set(), []
    for number, s in enumerate(statements):
        if number in unwanted:
            continue
        if s.kind == "drop" and s.used[0] not in made:
            continue
        known = {name for name in s.names if name[0] in "tu"}
        if known - made - {s.made}:
            continue
        if s.made is not None:
            made.add(s.made)
        kept.append(s)
    return kept


_SIMPLER = (
    (r" \* -?\d+\.\d+", ""),
    (r"np\.sin\((t\d+)\)(?!\.)", r"\1"),
    (r"still\((u\d+|t\d+\.data)\)", "0.5"),
    (r", where=array\([^()]*\)", ""),
    (r"-?\d+\.\d+e?-?\d*", "1.0"),
    (r"^with no_autodiff: ", ""),
    (r", copy=False", ""),
    (r"\.astype\(f\d\)", ""),
    (r", dtype='\w+'", ""),
)


def _simpler(s):
    """Simpler forms of a statement."""
    if s.kind == "op" and ".sum() + " in s.code:
        head, terms = s.code.split(" = ", 1)
        terms = re.split(r"(?<=\.sum\(\)) \+ ", terms)
        for k in range(len(terms)):
            yield f"{head} = " + " + ".join(terms[:k] + terms[k + 1 :])
    if s.kind == "backward":
        yield f"{s.used[0]}.backward({'retain_graph=True' if s.retain else ''})"
        if s.weights is None and s.retain:
            yield f"{s.used[0]}.backward()"
        return
    for pattern, simple in _SIMPLER:
        if s.needs and simple == "1.0":  # they name the number
            continue
        for found in re.finditer(pattern, s.code):
            yield s.code[: found.start()] + found.expand(simple) + s.code[found.end() :]


def _rewritten(s, code):
    mentioned = set(re.findall(r"\b[tu]\d+\b", code))
    quiet = s.quiet and code.startswith("with no_autodiff")
    retain = s.retain and "retain_graph=True" in code
    whole = s.whole or (s.kind == "write" and "where=" in s.code and "where=" not in code)
    used = tuple(name for name in s.used if name in mentioned)
    weights = s.weights if s.kind == "backward" and "array" in code else None
    return replace(s, code=code, used=used, quiet=quiet, retain=retain, whole=whole, weights=weights)


def shrink(program, patience=600):
    """A program with few and simple statements that fails in the same way."""
    first = failure(program)
    if first is None:
        return program
    wanted = _sort_of(first)
    tries = 0

    def fails(statements):
        nonlocal tries
        tries += 1
        candidate = Program(statements, program.seed, program.single)
        try:
            mismatch = failure(candidate)
        except Invalid:
            return False
        return mismatch is not None and _sort_of(mismatch) == wanted

    statements = program.statements
    size = max(1, len(statements) // 2)
    while tries < patience:
        changed = False
        start = len(statements) - size
        while start > -size and tries < patience:
            candidate = _without(statements, range(max(start, 0), start + size))
            if len(candidate) < len(statements) and fails(candidate):
                statements, changed = candidate, True
            start -= size
        if size > 1:
            size //= 2
        elif not changed:
            break
    changed = True
    while changed and tries < 2 * patience:
        changed = False
        for number, s in enumerate(statements):
            for code in _simpler(s):
                if len(code) < len(s.code):
                    candidate = [*statements[:number], _rewritten(s, code), *statements[number + 1 :]]
                    try:
                        if fails(candidate):
                            statements, changed = candidate, True
                            break
                    except SyntaxError:
                        continue
    smaller = _without(statements, ())
    return Program(smaller if fails(smaller) else statements, program.seed, program.single)
