"""Pictures of the graph of a computation, drawn with Graphviz."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from mygrad.engine.call import Call
from mygrad.engine.node import CONSUMED, SPENT, Node, Saved
from mygrad.engine.sweep import reachable
from mygrad.errors import InvalidBackprop
from mygrad.tensor import Tensor

if TYPE_CHECKING:
    from graphviz import Digraph

__all__ = ["build_graph"]

INTERMEDIATE = "Intermediary Tensor"
"""The label of a value that no name was given for."""

NEW_LINE = r"\n"
"""In Graphviz's own language."""


def build_graph(
    fin: Tensor,
    names: dict[str, Any] | None = None,
    *,
    render: bool = True,
    save: bool = False,
    dims: bool = False,
    dtypes: bool = False,
    sum_stats: bool = False,
) -> "Digraph | None":
    """Draw what a tensor was computed from, and how.

    It has to be drawn before ``backward``, which clears the graph. To look changes nothing: gradients stay.

    Parameters
    ----------
    fin : Tensor
        The result.
    names : dict, optional
        Tensors and arrays by name; ``locals()`` will do. What isn't among them is labelled
        "Intermediary Tensor". Constants have no place in the graph; those are drawn that have a name here and
        are remembered, because the derivative of an operation depends on them.
    render : bool, optional
        Whether the picture is returned.
    save : bool, optional
        Whether it is written to the file ``computational_graph.pdf``, for which the programs of Graphviz must
        be installed, too.
    dims, dtypes : bool, optional
        Whether shapes and dtypes are written into the picture.
    sum_stats : bool, optional
        Whether the least, median, mean and greatest element are, of the result and of what has a name.

    Returns
    -------
    graphviz.Digraph or None
        The picture, which notebooks show; None if `render` is false.

    Raises
    ------
    ImportError
        If the package ``graphviz`` isn't installed: it comes with ``pip install 'mygrad[graph]'``.
    InvalidBackprop
        If the graph was cleared already.
    TypeError
        If `fin` is no tensor, or `names` no dict.

    Examples
    --------
    >>> import mygrad as mg
    >>> from mygrad.computational_graph import build_graph
    >>> x, y = mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0])
    >>> f = x * y
    >>> g = f + x - 2
    >>> print(build_graph(g, names={"x": x, "y": y, "f": f, "g": g}).source)
    strict digraph "computational graph" {
        4 [label=g shape=box]
        "operation 4" [label=subtract color=red]
        "operation 4" -> 4
        3 -> "operation 4"
        3 [label="Intermediary Tensor" shape=box]
        ...
    """
    try:
        from graphviz import Digraph
    except ImportError as error:
        raise ImportError(
            "build_graph draws with graphviz, a package that can't be imported: pip install 'mygrad[graph]'."
        ) from error
    if not isinstance(fin, Tensor):
        raise TypeError(f"fin must be a tensor; got {type(fin).__name__}.")
    if names is not None and not isinstance(names, dict):
        raise TypeError(
            f"names must be a dict, from names to tensors and arrays; got {type(names).__name__}."
        )
    named = {label: t for label, t in (names or {}).items() if isinstance(t, (Tensor, np.ndarray))}
    described = _Descriptions(dims, dtypes, sum_stats)
    picture = Digraph("computational graph", strict=True)
    root = _node(fin)
    if root is None:
        label = next((label for label, t in named.items() if t is fin), "*Constant*")
        picture.node("constant", described.known(label, fin.data), shape="box")
    else:
        _draw(picture, root, fin, named, described)
    if save:
        picture.render("computational_graph", cleanup=True)
    return picture if render else None


class _Descriptions:
    """The text of the boxes."""

    def __init__(self, dims, dtypes, sum_stats):
        self.dims, self.dtypes, self.sum_stats = dims, dtypes, sum_stats

    def unknown(self, label, shape, dtype):
        """Of a value that nobody holds: the shape and dtype are known."""
        lines = [label]
        if self.dims:
            lines.append(f"Dims: {shape}")
        if self.dtypes:
            lines.append(f"Dtype: {dtype}")
        return NEW_LINE.join(lines)

    def known(self, label, data):
        lines = [self.unknown(label, data.shape, data.dtype)]
        if data.ndim == 0:
            lines.append(str(data))
        elif self.sum_stats and data.size:
            statistics = {"Min": np.min, "Median": np.median, "Mean": np.mean, "Max": np.max}
            lines += [f"{name}: {f(data)}" for name, f in statistics.items()]
        return NEW_LINE.join(lines)


def _node(t) -> Node | None:
    """The node of a tensor, found without the consequences of a use."""
    return t.creator or t._node


def _draw(picture, root, fin, named, described):
    nodes = reachable(root)
    if root.rule is CONSUMED or any(node.rule is CONSUMED or node.rule is SPENT for node in nodes[:-1]):
        raise InvalidBackprop("The graph of this tensor was cleared already: draw it before backward().")
    tensors = {_node(t): (label, t) for label, t in named.items() if isinstance(t, Tensor) and not t.constant}
    tensors.setdefault(root, (INTERMEDIATE, fin))
    constants = {}
    for label, t in named.items():
        if not isinstance(t, Tensor):
            constants[id(t)] = label, t
        elif t.constant:
            constants[id(t.data)] = label, t.data
    kinds = {root: (fin.shape, fin.dtype)}
    numbers = {node: str(i) for i, node in enumerate(nodes)}
    for node in reversed(nodes):
        number, kind = numbers[node], kinds[node]
        if node in tensors:
            label, t = tensors[node]
            text = described.known(label, t.data)
        else:
            text = described.unknown(INTERMEDIATE, *kind)
        picture.node(number, text, shape="box")
        if node.parent is None:
            continue
        kinds |= zip(node.parents, node.fit.parents if node.fit else [kind] * len(node.parents), strict=True)
        operation = f"operation {number}"
        picture.node(operation, _name(node.rule), color="red")
        picture.edge(operation, number)
        for parent in node.parents:
            picture.edge(numbers[parent], operation)
        for array in _arrays(node.saved):
            if id(array) in constants:
                label, array = constants[id(array)]
                picture.node(f"constant {label}", described.known(label, array), shape="box")
                picture.edge(f"constant {label}", operation)


def _name(rule):
    """What a rule says that it is of."""
    text = repr(rule).strip("<>")
    found = re.search(r"rule of _?(.+?)( in [xyz, ]+)?$", text)
    return found[1] if found else text


def _arrays(saved):
    """The arrays that a node remembers, however its rule arranges them."""
    if isinstance(saved, Saved):
        yield saved.value
    elif isinstance(saved, (Call, list, tuple, dict)):
        items = (
            saved.values if isinstance(saved, Call) else saved.values() if isinstance(saved, dict) else saved
        )
        for item in items:
            yield from _arrays(item)
