"""Write the typed stubs of the names that are made from the table of rules: ``python tools/write_stubs.py
[--check]``.

A stub says which parameters a function of ``mygrad``, ``mygrad.linalg`` and the like takes, as
`inspect.signature` tells them, and what comes back. The stubs in the repository are written with the newest
NumPy, as older ones lack some names and parameters.
"""

import argparse
import inspect
import sys
from pathlib import Path

import numpy as np

from mygrad import emath, fft, linalg, namespace
from mygrad.public import ufunc

SOURCE = Path(__file__).resolve().parents[1] / "src" / "mygrad"
NUMPY = ".".join(np.__version__.split(".")[:2])

HEADER = '''# Written by tools/write_stubs.py with NumPy {numpy}; not to be edited.
"""{what}"""

from collections.abc import Sequence
from typing import Any, overload

import numpy as np

from mygrad.public import ufunc
from mygrad.tensor import Tensor
from mygrad.typing import ArrayLike, DTypeLike, Mask, Shape

'''

ARRAY_LIKE = "ArrayLike"
PARAMETERS = {
    **dict.fromkeys(
        "A a ar arr array arrays ary b choicelist f fp fill_value initial m p prototype tup".split(),
        ARRAY_LIKE,
    ),
    **dict.fromkeys(
        "args a_max a_min arys max mean min q v val vals values varargs weights x x1 x2 xi xp y z".split(),
        ARRAY_LIKE,
    ),
    **dict.fromkeys(
        "keepdims constant deg overwrite_input returned rowvar bias sparse nan_to_num".split(), "bool"
    ),
    **dict.fromkeys("return_index return_inverse return_counts wrap".split(), "bool"),
    **dict.fromkeys("axis1 axis2 axisa axisb axisc decimals edge_order offset k".split(), "int"),
    **dict.fromkeys("casting indexing kind method mode order".split(), "str"),
    **dict.fromkeys("shape new_shape newshape".split(), "Shape"),
    "axis": "int | Sequence[int]",
    "condition": "Mask",
    "dtype": "DTypeLike",
    "mask": "Mask",
    "out": "Tensor | np.ndarray",
    "where": "Mask",
}
"""The types by the names that NumPy gives to parameters. Others are Any."""

RESULTS = {
    **dict.fromkeys(["any", "argmax", "argmin"], "Any"),
    **dict.fromkeys(["array_split", "split", "dsplit", "hsplit", "vsplit"], "list[Tensor]"),
    **dict.fromkeys(["broadcast_arrays", "ix_", "meshgrid", "unstack"], "tuple[Tensor, ...]"),
    **dict.fromkeys(["copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"], "None"),
    # One tensor or several, as the arguments say; or several by name.
    **dict.fromkeys(["average", "gradient", "slogdet", "unique"], "Any"),
    **dict.fromkeys(["unique_all", "unique_counts", "unique_inverse"], "Any"),
    **dict.fromkeys(["histogram", "histogram2d", "histogramdd", "polydiv", "polyfit"], "Any"),
    **dict.fromkeys(["eig", "eigh", "lstsq", "qr", "svd"], "Any"),
}
"""What comes back, where it isn't one tensor."""

ALTERNATIVES = {
    **dict.fromkeys(
        ["atleast_1d", "atleast_2d", "atleast_3d"],
        ["() -> tuple[()]", "(ary: ArrayLike, /, *, constant: bool | None = ...) -> Tensor"]
        + ["(*arys: ArrayLike, constant: bool | None = ...) -> tuple[Tensor, ...]"],
    ),
    "where": [
        "(condition: Mask, x: ArrayLike, y: ArrayLike, /, *, constant: bool | None = ...) -> Tensor",
        "(condition: Mask, /, *, constant: bool | None = ...) -> tuple[Any, ...]",
    ],
}
"""The signatures of functions whose result depends on the number of arguments."""


def annotation(parameter):
    """The type of a parameter: by its name, and by the default, which is of the type or stands for none
    given."""
    name, default = parameter.name, parameter.default
    of = PARAMETERS.get(name, "Any")
    required = default is inspect.Parameter.empty or isinstance(default, (bool, int, float, str, type))
    return of if of == "Any" or required else f"{of} | None"


def written(signature):
    """The parameters of a function as a stub has them."""
    parts, kinds = [], [p.kind for p in signature.parameters.values()]
    for i, p in enumerate(signature.parameters.values()):
        if p.kind is p.KEYWORD_ONLY and not ({p.VAR_POSITIONAL, p.KEYWORD_ONLY} & set(kinds[:i])):
            parts.append("*")
        stars = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        default = "" if p.default is p.empty else " = ..."
        parts.append(f"{stars}{p.name}: {annotation(p)}{default}")
        if p.kind is p.POSITIONAL_ONLY and p.POSITIONAL_ONLY not in kinds[i + 1 :]:
            parts.append("/")
    return ", ".join(parts)


def ufunc_class(nin, nout):
    return f"_ufunc_{nin}_{nout}"


def ufunc_classes(functions):
    """A class for each number of operands and of results."""
    made = {}
    for function in functions:
        result = "Tensor" if function.nout == 1 else f"tuple[{', '.join(['Tensor'] * function.nout)}]"
        made[ufunc_class(function.nin, function.nout)] = written(inspect.signature(function)), result
    for name, (parameters, result) in sorted(made.items()):
        # Narrower than any ufunc's call, which mypy calls incompatible.
        call = f"def __call__(self, {parameters}) -> {result}: ..."
        yield f"class {name}(ufunc):\n    {call}  # type: ignore[override]\n"


def entry(name, function):
    """What the stub says of one name."""
    if isinstance(function, ufunc):
        return f"{name}: {ufunc_class(function.nin, function.nout)}\n"
    if getattr(np, name, None) is function:
        return f"from numpy import {name} as {name}\n"
    if name in ALTERNATIVES:
        return "".join(f"@overload\ndef {name}{alternative}: ...\n" for alternative in ALTERNATIVES[name])
    return f"def {name}({written(inspect.signature(function))}) -> {RESULTS.get(name, 'Tensor')}: ...\n"


def stub(module):
    """The stub of a module whose names are made at import."""
    functions = {name: getattr(module, name) for name in sorted(module.__all__)}
    what = (module.__doc__ or "").splitlines()[0]
    entries = [entry(name, function) for name, function in functions.items()]
    classes = ufunc_classes(f for f in functions.values() if isinstance(f, ufunc))
    reexports = [e for e in entries if e.startswith("from numpy import")]
    own = [e for e in entries if not e.startswith("from numpy import")]
    return HEADER.format(what=what, numpy=NUMPY) + "".join([*reexports, "\n", *classes, "\n", *own])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if a stub isn't what would be written"
    )
    check = parser.parse_args(arguments).check
    stale = []
    for module in (namespace, linalg, fft, emath):
        path = SOURCE / f"{module.__name__.rpartition('.')[2]}.pyi"
        text = stub(module)
        if path.exists() and path.read_text() == text:
            continue
        stale.append(path.name)
        if not check:
            path.write_text(text)
    if check and stale:
        sys.exit(f"Stale: {', '.join(stale)}. Write them with NumPy's newest: python tools/write_stubs.py")


if __name__ == "__main__":
    main()
