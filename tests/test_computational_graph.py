"""Pictures of graphs: what is drawn, how it is labelled, and what is refused."""

import sys

import numpy as np
import pytest

import mygrad as mg
from mygrad.computational_graph import build_graph


def boxes(picture):
    """The labels of the values, with their lines."""
    lines = [line.strip() for line in picture.source.splitlines()]
    labels = [line.split("label=")[1].removesuffix(" shape=box]") for line in lines if "shape=box" in line]
    return sorted(tuple(label.strip('"').split(r"\n")) for label in labels)


def operations(picture):
    lines = picture.source.splitlines()
    return sorted(
        line.split("label=")[1].split(" color")[0].strip('"') for line in lines if "color=red" in line
    )


def arrows(picture):
    return sum("->" in line for line in picture.source.splitlines())


def test_values_are_boxes_and_operations_are_red():
    x, y = mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0])
    f = x * y
    g = f + x - 2
    picture = build_graph(g, names=locals())
    assert boxes(picture) == [("Intermediary Tensor",), ("f",), ("g",), ("x",), ("y",)]
    assert operations(picture) == ["add", "multiply", "subtract"]
    assert arrows(picture) == 8


def test_what_has_no_name_is_intermediary():
    x = mg.tensor([1.0, 2.0])
    assert boxes(build_graph(np.exp(x))) == [("Intermediary Tensor",)] * 2


def test_numbers_are_shown():
    x = mg.tensor(2.0)
    y = x * 3
    assert boxes(build_graph(y, names={"x": x, "y": y})) == [("x", "2.0"), ("y", "6.0")]


def test_shapes_and_dtypes_are_known_of_every_value():
    x = mg.tensor(np.ones((2, 3)), dtype=np.float32)
    y = np.sum(np.exp(x) * np.ones(3), axis=1)
    assert boxes(build_graph(y, names={"x": x}, dims=True, dtypes=True)) == [
        ("Intermediary Tensor", "Dims: (2, 3)", "Dtype: float32"),
        ("Intermediary Tensor", "Dims: (2, 3)", "Dtype: float64"),
        ("Intermediary Tensor", "Dims: (2,)", "Dtype: float64"),
        ("x", "Dims: (2, 3)", "Dtype: float32"),
    ]


def test_statistics_are_those_of_the_values():
    x = mg.tensor([1.0, 2.0, 9.0])
    (_, named) = boxes(build_graph(x * 2.0, names={"x": x}, sum_stats=True))
    assert named == ("x", "Min: 1.0", "Median: 2.0", "Mean: 4.0", "Max: 9.0")


def test_named_constants_are_drawn_where_the_graph_remembers_them():
    x, weights, bias = mg.tensor([1.0, 2.0]), np.array([3.0, 4.0]), mg.tensor([5.0, 6.0], constant=True)
    y = x * weights + bias
    assert ("weights",) in boxes(build_graph(y, names=locals()))
    assert ("bias",) not in boxes(build_graph(y, names=locals()))
    assert ("bias",) in boxes(build_graph(x * bias, names=locals()))


def test_a_view_and_functions_of_ours_have_their_names():
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    view = x[0]
    loss = mg.nnet.softmax_crossentropy(mg.nnet.relu(np.stack([view, view])), [0, 1])
    picture = build_graph(loss, names={"view": view, "loss": loss})
    assert {"x[index]", "relu", "softmax_crossentropy", "stack"} <= set(operations(picture))
    assert {("view",), ("loss", f"{float(loss)}")} <= set(boxes(picture))


def test_a_leaf_and_a_constant_are_one_box():
    x, c = mg.tensor([1.0]), mg.tensor([1, 2])
    assert boxes(build_graph(x, names={"x": x})) == [("x",)]
    assert boxes(build_graph(c, names={"c": c}, dims=True)) == [("c", "Dims: (2,)")]
    assert boxes(build_graph(c)) == [("*Constant*",)]


def test_to_draw_changes_nothing():
    x = mg.tensor([1.0, 2.0])
    (x * x).backward()
    build_graph(x, names={"x": x})
    assert x.grad.tolist() == [2.0, 4.0]
    y = x * 3
    build_graph(y, names=locals())
    y.backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_a_graph_that_was_cleared_is_not_drawn():
    x = mg.tensor([1.0, 2.0])
    y = x * x
    y.backward()
    with pytest.raises(mg.errors.InvalidBackprop, match="draw it before"):
        build_graph(y)


def test_a_picture_is_saved_and_returned_as_asked(monkeypatch):
    import graphviz

    saved = []
    monkeypatch.setattr(graphviz.Digraph, "render", lambda self, name, **options: saved.append(name))
    x = mg.tensor(1.0)
    assert build_graph(x, render=False) is None
    assert saved == []
    assert isinstance(build_graph(x, save=True), graphviz.Digraph)
    assert saved == ["computational_graph"]


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(TypeError, match="fin must be a tensor; got ndarray"):
        build_graph(np.ones(2))
    with pytest.raises(TypeError, match="names must be a dict.*got list"):
        build_graph(mg.tensor(1.0), names=[])


def test_without_graphviz_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(ImportError, match=r"pip install 'mygrad\[graph\]'"):
        build_graph(mg.tensor(1.0))
