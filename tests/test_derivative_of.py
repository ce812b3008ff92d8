"""What is told of derivatives: by `derivative_of`, and on the page of functions that is written from it."""

import functools
import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import mygrad as mg
from mygrad.derivatives import derivative_of, public_names
from mygrad.engine.rule import aliases, composites, not_differentiable, refusals, rules
from mygrad.outside import outside

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "functions.md"


@pytest.mark.parametrize("asked", [np.multiply, mg.multiply, "multiply", "np.multiply", "numpy.multiply"])
def test_a_function_has_many_names(asked):
    found = derivative_of(asked)
    assert found.name == "numpy.multiply"
    assert found.kind == "elementwise"
    assert found.inputs == ("x", "y")
    assert found.definition == {"in x": "g * y", "in y": "g * x"}
    assert found.chapter == "mygrad.rules.arithmetic"


@pytest.mark.parametrize("asked", [np.linalg.det, mg.linalg.det, "linalg.det", "mygrad.linalg.det"])
def test_a_function_of_a_submodule_has_too(asked):
    found = derivative_of(asked)
    assert found.name == "numpy.linalg.det"
    assert found.kind == "general"
    assert "def det_vjp(g, a, out):" in found.definition["in a"]
    assert "Giles 2008" in found.note


@pytest.mark.parametrize("asked", [mg.sec, "sec", "mygrad.sec"])
def test_a_function_that_numpy_lacks(asked):
    found = derivative_of(asked)
    assert (found.name, found.signature, found.kind) == ("mygrad.sec", "(a)", "composite")
    assert "1.0 / np.cos(a)" in found.definition["made of"]


def test_the_place_is_where_the_entry_stands():
    found = derivative_of(np.sqrt)
    file, line = re.fullmatch(r"mygrad/(.+\.py), line (\d+)", found.place).groups()
    lines = (Path(mg.__file__).parent / file).read_text("utf-8").splitlines()
    assert "np.sqrt" in "".join(lines[int(line) - 1 : int(line) + 1])


def test_a_composite_tells_the_rules_that_it_calls_itself():
    found = derivative_of(np.quantile)
    assert found.kind == "composite"
    assert "quantiles in a" in found.definition


def test_an_alias_is_what_it_is_another_name_of():
    assert derivative_of(np.amax)._replace(name="") == derivative_of(np.max)._replace(name="")


def test_each_result_of_several():
    found = derivative_of(np.divmod)
    assert found.definition["result 1"] == "no gradient"
    assert found.definition["result 2 in x"] == "g"


def test_methods_of_tensors_and_of_ufuncs():
    assert derivative_of(mg.Tensor.cumsum).name == "numpy.cumsum"
    found = derivative_of(np.add.reduce)
    assert found.name == "numpy.add.reduce"
    assert "composed of calls of the ufunc" in found.note


def test_what_has_no_derivative_says_so():
    assert derivative_of(np.argsort).kind == "no gradient"
    refused = derivative_of(np.save)
    assert refused.kind == "refused"
    assert "x.data" in str(refused)
    not_asked = derivative_of(np.asarray)
    assert not_asked.kind == "not asked"
    assert "astensor" in not_asked.note
    assert "like=" in not_asked.note
    assert derivative_of("float64").kind == "outside"
    assert derivative_of("polynomial.hermite.hermdomain").kind == "outside"


def test_what_is_unknown_is_an_error():
    with pytest.raises(LookupError, match="NumPy and mygrad have no public function 'sinn'"):
        derivative_of("sinn")
    with pytest.raises(LookupError, match=r"drop_in"):
        derivative_of(test_what_is_unknown_is_an_error)


def test_rules_of_ones_own_are_told(monkeypatch):
    def area(a):
        return a * a

    monkeypatch.setattr(
        "mygrad.engine.function.rules", table := {**rules}
    )  # what is registered here is forgotten
    monkeypatch.setattr("mygrad.derivatives.rules", table)
    first, second = mg.general(area, vjp={"a": lambda g, a: g * 2.0 * a}), lambda g: g + 1.0  # two on a line
    assert second(1.0) == 2.0
    found = derivative_of(area)
    assert found.definition == {"in a": "g * 2.0 * a"}
    assert found.place.startswith("test_derivative_of.py, line ")
    assert repr(first) == "<general rule of area>"


def test_every_entry_is_told():
    """Of each the whole text, without a source that isn't found."""
    told = 0
    for name, value in public_names().items():
        hashable = getattr(value, "__hash__", None) is not None
        tables = (composites, rules, not_differentiable, refusals, aliases)
        if name in outside or (hashable and any(value in table for table in tables)):
            found = derivative_of(name)
            text = str(found)
            assert text.startswith(name)
            assert "isn't there" not in text
            assert ", line" not in "".join(found.definition.values())
            assert found.kind in ("outside", "not asked", "no gradient", "refused") or found.definition
            told += 1
    assert told > 700


# ------------------------------------------------------------------------------------------------- the page


@functools.cache
def tool():
    spec = importlib.util.spec_from_file_location("write_reference", ROOT / "tools" / "write_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_tool_writes():
    text = PAGE.read_text("utf-8")
    version = re.search(r"with NumPy (\d+\.\d+);", text)[1]
    if version != ".".join(np.__version__.split(".")[:2]):
        pytest.skip("functions and signatures differ between versions of NumPy")
    assert tool().page() == text, "write it again: python tools/write_reference.py"


def test_every_function_of_the_table_is_on_the_page():
    text = PAGE.read_text("utf-8")
    if hasattr(np.polynomial.polynomial, "polyvalnd") and "polyvalnd" not in text:
        pytest.skip("NumPy 2.5 has functions that the one lacks which the page was written with")
    for name, value in public_names().items():
        if getattr(value, "__hash__", None) is not None and value in {
            *composites,
            *rules,
            *not_differentiable,
        }:
            short = name.replace("numpy.", "np.", 1)
            older = not hasattr(np, "unstack")  # what NumPy 2.0 has and newer ones lack
            assert older or f"`{short}`" in text or f"`{short}(" in text, name


def test_a_table_of_the_page_has_as_many_cells_in_each_row():
    columns = None
    for line in PAGE.read_text("utf-8").splitlines():
        if not line.startswith("|"):
            columns = None
            continue
        cells = len(re.findall(r"(?<!\\)\|", line)) - 1
        columns = columns or cells
        assert cells == columns, line
