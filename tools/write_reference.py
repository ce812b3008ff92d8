"""Write the page of functions, docs/functions.md, from the table of rules: ``python tools/write_reference.py
[--check]``.

It has what `mygrad.derivative_of` tells of each function, by chapter. The page in the repository is written
with the newest NumPy, as older ones lack some functions.
"""

import argparse
import ast
import importlib
import inspect
import re
import sys
from pathlib import Path

import numpy as np

from mygrad.derivatives import derivative_of, public_names
from mygrad.engine.chapters import load_chapters
from mygrad.engine.rule import aliases, composites
from mygrad.outside import LEFT_OUT, METHODS, outside

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "functions.md"
NUMPY = ".".join(np.__version__.split(".")[:2])

HEAD = """<!-- Written by tools/write_reference.py with NumPy {numpy}; not to be edited. -->
# Functions

Every public function of NumPy: what it does with tensors, how it is differentiated, and by which convention
where the derivative isn't unique. `mygrad.derivative_of` tells the same of one function, with the whole
source of its rule:

    >>> import numpy as np
    >>> import mygrad as mg
    >>> mg.derivative_of(np.hypot)
    numpy.hypot(x, y, /, out=None, *, where=True, dtype=None, ...)
        elementwise: the expression in g is the derivative, and forward with the tangent for g
        in x:
            def hypot(g, x, out):
                ...

In the tables `g` is the derivative of the loss with respect to the result, `out` the result, and other names
are those of the arguments. The kinds of rules are explained in [adding a rule](adding-a-rule.md), the
conventions in [conventions at kinks](conventions-at-kinks.md).

| kind | what it means | functions |
|---|---|---|
{counts}

A function is found here under each of its names. What NumPy doesn't hand to tensors is [at the
end](#functions-that-numpy-does-not-hand-to-tensors).
"""

MEANING = {
    "elementwise": "one expression, which is the derivative backward and forward",
    "linear": "forward it is the function itself",
    "multilinear": "forward it is the function, with one input replaced",
    "general": "derivatives written for both directions, or one found from the other",
    "composite": "made of functions that have derivatives",
    "no gradient": "whole numbers, truth values, or constant between jumps: what NumPy answers for the "
    "values",
    "refused": "a `TypeError` for a tensor that carries a gradient",
    "not asked": "not handed to tensors by NumPy",
    "outside": "no gradient comes near it",
}


def chapters():
    """The entries of the public functions by the module that they are written in, and their names."""
    found = {}
    names = dict(public_names())
    load_chapters()
    names |= {f"mygrad.{name}": name for name in composites if isinstance(name, str)}
    for name, value in names.items():
        if name in outside or value.__hash__ is None or isinstance(value, (float, int, tuple)):
            continue
        try:
            entry = derivative_of(name)
        except LookupError:
            continue
        key = aliases.get(value, value)
        # Of several names the function's own, and of several places the main one.
        entries = found.setdefault(entry.chapter, {})
        entries.setdefault(key, []).append(entry)
    return {
        chapter: [several for _, several in sorted(f.items(), key=first_name)] for chapter, f in found.items()
    }


def first_name(item):
    return main_entry(item[1]).name.lower()


def main_entry(several):
    """Of the entries of one function under its names, that of the name which it calls itself."""
    return min(several, key=lambda e: (e.name.rpartition(".")[2] != own_name(e), e.name.count("."), e.name))


def own_name(entry):
    value = public_names().get(entry.name)
    return getattr(value, "__name__", entry.name.rpartition(".")[2])


def short(name):
    return (
        name.replace("numpy.", "np.", 1) if name.startswith("numpy.") else name.replace("mygrad.", "mg.", 1)
    )


def code(text):
    return "`" + text.replace("|", "\\|") + "`"


def cell(text):
    """Text for a cell of a table: no bar that ends it."""
    return text.replace("``", "`").replace("|", "\\|")


def called(entry):
    """A function with its arguments, those that all ufuncs have left out."""
    signature = entry.signature.replace(", /, out=None, *, where=True, dtype=None, ...", "")
    signature = signature.replace(", /, out=(None, None), *, where=True, dtype=None, ...", "")
    return code(short(entry.name) + signature)


def definition(entry):
    """What the rule computes, in a line for each input; of a composite, what it is made of."""
    lines = []
    for what, source in entry.definition.items():
        if what == "made of":
            lines.append(made_of(entry, source))
        elif not what.endswith(", forward") and what != "cast in a":
            lines.append(f"{what}: {expression(source)}")
    return "<br>".join(filter(None, lines))


def expression(source):
    """A rule in a line: its expression, or the call of its function and the first sentence about that."""
    if source == "no gradient":
        return "none"
    if not source.startswith("def "):
        return code(source)
    (function,) = ast.parse(source).body
    call = f"{function.name}({', '.join(a.arg for a in function.args.args)})"
    said = " ".join((ast.get_docstring(function) or "").split("\n\n")[0].split())
    return f"{code(call)}: {cell(said)}" if said else code(call)


def made_of(entry, source):
    """The functions with derivatives that a composite calls by name."""
    if "NumPy's own code" in source:
        return "NumPy's own code"
    names = ["numpy." + name for name in re.findall(r"\bnp\.([a-z_0-9.]+)\(", source)]
    known = [name for name in names if name in public_names() and name not in outside and name != entry.name]
    kinds = {name: derivative_of(name).kind for name in known}
    called = sorted({short(name) for name in known if kinds[name] not in ("no gradient", "refused")})
    return "of " + ", ".join(map(code, called)) if called else ""


def row(several):
    entry = main_entry(several)
    others = sorted({short(e.name) for e in several} - {short(entry.name)})
    also = "<br>also " + ", ".join(map(code, others)) if others else ""
    return f"| {called(entry)}{also} | {entry.kind} | {definition(entry)} | {cell(entry.note)} |"


def title(module):
    """The first sentence of a module, its description in the rest of the first paragraph."""
    text = " ".join((inspect.getdoc(importlib.import_module(module)) or "").split("\n\n")[0].split())
    sentence, _, more = text.replace("``", "`").partition(". ")
    return sentence.rstrip(".") + ".", more


def chapter(module, entries):
    sentence, more = title(module)
    file = Path(importlib.import_module(module).__file__).resolve().relative_to(ROOT).as_posix()
    name = module.rpartition(".")[2].replace("_", " ").capitalize()
    lines = [f"## {name}", "", f"{sentence} {more}".strip(), f"In [{Path(file).name}](../{file}).", ""]
    rules = [e for e in entries if main_entry(e).kind not in ("no gradient", "refused")]
    if rules:
        lines += ["| function | kind | derivative | convention |", "|---|---|---|---|", *map(row, rules), ""]
    for kind, said in (("no gradient", "No gradient"), ("refused", "Refused")):
        by_note = {}
        for several in entries:
            if main_entry(several).kind == kind:
                by_note.setdefault(main_entry(several).note, set()).update(e.name for e in several)
        for note, names in by_note.items():
            listed = ", ".join(code(short(name)) for name in sorted(names, key=str.lower))
            lines += [f"{said}: {listed}.{' ' + note if note else ''}", ""]
    return "\n".join(lines)


def tables_of_others():
    """What is declared outside of the table."""
    asked = [name for name in outside if outside[name].happens]
    lines = [
        "## Functions that NumPy does not hand to tensors",
        "",
        "They take arrays and never ask what they are given. Most make plain arrays, and a tensor that "
        "carries a "
        "gradient then raises `GradientLost` rather than lose it. [Code that insists on "
        "arrays](drop-in.md) is "
        "differentiated all the same by its twin, `mg.drop_in(f)`, in which these functions take tensors.",
        "",
        "| function | what it does | with a tensor | instead |",
        "|---|---|---|---|",
    ]
    grouped = {}
    for name in asked:
        one = outside[name]
        module = name.rpartition(".")[0]
        instead = re.sub(
            r"`mygrad\.polynomial\.(\w+)\.[^`]*`.*", r"the same function of `mg.polynomial.\1`", one.instead
        )
        grouped.setdefault((module, one.reason, one.happens, instead), []).append(name)
    happening = {"follows": "differentiated", "plain numbers": "the gradient is lost"}
    for (_, reason, happens, instead), names in grouped.items():
        listed = ", ".join(code(short(n)) for n in sorted(names))
        said = happening.get(happens, f"`{happens}`")
        lines.append(f"| {listed} | {cell(reason)} | {said} | {cell(instead.replace('`mygrad.', '`mg.'))} |")
    lines += ["", "## Names that no gradient comes near", "", "| names | what they are |", "|---|---|"]
    grouped = {}
    for name in outside:
        if not outside[name].happens:
            grouped.setdefault(outside[name].reason, []).append(name)
    for reason, names in grouped.items():
        lines.append(f"| {', '.join(code(short(n)) for n in sorted(names))} | {cell(reason)} |")
    lines += ["", "## Namespaces that are left out", "", "| namespace | why |", "|---|---|"]
    lines += [f"| {code(name)} | {cell(reason)} |" for name, reason in LEFT_OUT.items()]
    lines += ["", "## What arrays have and tensors lack", "", "| attribute or method | why |", "|---|---|"]
    lines += [f"| {code(name)} | {cell(reason)} |" for name, reason in METHODS.items()]
    return "\n".join(lines)


def page():
    by_chapter = chapters()
    kinds = [main_entry(several).kind for entries in by_chapter.values() for several in entries]
    # Those that only some platforms and versions have, too: the page is the same for all.
    kinds += ["not asked" if one.happens else "outside" for one in outside.values()]
    counts = "\n".join(f"| {kind} | {said} | {kinds.count(kind)} |" for kind, said in MEANING.items())
    parts = [HEAD.format(numpy=NUMPY, counts=counts)]
    parts += [chapter(module, by_chapter[module]) for module in sorted(by_chapter)]
    return "\n".join([*parts, tables_of_others(), ""])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if the page isn't what would be"
    )
    check = parser.parse_args(arguments).check
    text = page()
    if PAGE.exists() and PAGE.read_text("utf-8") == text:
        return
    if check:
        sys.exit("Stale: docs/functions.md. Write it with NumPy's newest: python tools/write_reference.py")
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
