"""The little language: a program is a list of statements, each a line of Python and what it does.

The same line runs on tensors and on arrays. What a line means for the graph is said beside it, in the
fields of `Statement`, so nothing has to be understood from the text. A few lines have no meaning for arrays
(``backward``, ``null_grad``); the interpreters that run on arrays know those by their kind.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["Program", "Statement", "render"]

# What a statement can be.
KINDS = frozenset(
    {
        "array",  # a plain array, mask or index array of the user's: never a tensor
        "leaf",  # a tensor from a plain array
        "op",  # a tensor computed from `used`
        "view",  # a tensor that NumPy makes a view of `used`, or a copy
        "write",  # changes the memory of `target`; the new values depend on `used`
        "mask",  # a plain array computed from tensors: nothing is recorded
        "expose",  # `made` is the array of the tensor `used`
        "scribble",  # plain NumPy writes into the plain array `target`: the guard may refuse
        "illegal",  # NumPy refuses
        "refused",  # NumPy would do it; mygrad refuses, as a gradient would be lost
        "drop",  # forgets `used`
        "backward",  # from `used`
        "clear_graph",
        "shape",  # gives `target` another shape in place
        "null_grad",
        "grads",  # compares the gradients of `used`, or of everything
        "values",  # compares the values of everything
    }
)


@dataclass(frozen=True)
class Statement:
    """One line of a program.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    code : str
        The line.
    made : str or None
        The name that it binds.
    used : tuple of str
        The tensors whose values take part: what a gradient can flow to.
    target : str or None
        The name whose memory it writes into.
    whole : bool
        A write that leaves no old element of `target`: whether what made the old value still takes part is
        then a matter of taste, and a gradient of zeros is as good as none. Of something illegal: look at the
        state of all tensors before and after.
    quiet : bool
        In ``no_autodiff``.
    retain : bool
        Whether `backward` keeps the graph.
    needs : tuple of (str, str, object)
        What must hold for the derivative to exist: the name of a predicate of `reference`, the name of a
        tensor, and an argument.
    weights : list or None
        What `backward` starts from; None means ones.
    """

    kind: str
    code: str
    made: str | None = None
    used: tuple = ()
    target: str | None = None
    whole: bool = False
    quiet: bool = False
    retain: bool = False
    needs: tuple = ()
    weights: object = None

    @cached_property
    def compiled(self):
        return compile(self.code, "<program>", "exec")

    @cached_property
    def names(self):
        """Every name of the program that the line mentions."""
        return frozenset(re.findall(r"\b[a-z]\d+\b", self.code)) | frozenset(self.used)


@dataclass
class Program:
    """A list of statements, and the seed that it came from."""

    statements: list
    seed: int = -1
    single: bool = field(default=False)  # whether anything is computed in float32


HEADER = """\
import numpy as np
from numpy import array
from mygrad import no_autodiff, tensor
f4, f8, c16 = np.float32, np.float64, np.complex128
"""


def render(program, upto=None) -> str:
    """The program as Python code that can be pasted and run with mygrad."""
    lines = []
    for number, s in enumerate(program.statements):
        code = re.sub(r"still\(([^()]*)\)", r"\1", s.code)
        if s.kind in ("illegal", "refused"):
            code = f"try: {code}  # must raise\nexcept Exception as e: print(type(e), e)"
        elif s.kind == "scribble":
            code = f"try: {code}  # the guard may refuse\nexcept ValueError as e: print('refused:', e)"
        elif s.kind == "grads":
            code = (
                "\n".join(f"print('{name}.grad', {name}.grad)" for name in s.used)
                or "# all gradients are read here"
            )
        elif s.kind == "values":
            code = "# all values are read here"
        lines.append(code + ("   # <-- here" if number == upto else ""))
    return HEADER + "\n".join(lines) + "\n"
