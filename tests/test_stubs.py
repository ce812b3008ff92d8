"""The typed stubs of the names that are made at import say what is there, and what comes back."""

import ast
import importlib.util
import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typing_sample

import mygrad as mg

ROOT = Path(__file__).parents[1]
MODULES = [mg.namespace, mg.linalg, mg.fft, mg.emath]


def stub_of(module):
    return Path(module.__file__).with_suffix(".pyi").read_text()


def names_in(stub):
    names = set()
    for statement in ast.parse(stub).body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "numpy":
            names.update(alias.asname for alias in statement.names)
        elif isinstance(statement, ast.AnnAssign):
            names.add(statement.target.id)
        elif isinstance(statement, ast.FunctionDef):
            names.add(statement.name)
    return names


def written_with_this_numpy(module):
    return (
        stub_of(module)
        .splitlines()[0]
        .endswith(f"NumPy {'.'.join(np.__version__.split('.')[:2])}; not to be edited.")
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_the_stub_has_the_names_that_are_there(module):
    stub = names_in(stub_of(module))
    there = set(module.__all__) - {"in1d", "trapz"}  # which went with NumPy 2.4
    assert there <= stub
    theirs = {mg.namespace: np, mg.linalg: np.linalg, mg.fft: np.fft, mg.emath: np.emath}[module]
    # What an older NumPy lacks, no more.
    assert all(not hasattr(theirs, name) for name in stub - there)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_the_stub_has_the_parameters_that_are_there(module):
    if not written_with_this_numpy(module):
        pytest.skip("signatures differ between versions of NumPy")
    definitions = [
        s for s in ast.parse(stub_of(module)).body if isinstance(s, ast.FunctionDef) and not s.decorator_list
    ]
    assert definitions
    for definition in definitions:
        signature = inspect.signature(getattr(module, definition.name))
        arguments = definition.args
        listed = [
            *arguments.posonlyargs,
            *arguments.args,
            arguments.vararg,
            *arguments.kwonlyargs,
            arguments.kwarg,
        ]
        assert [a.arg for a in listed if a is not None] == list(signature.parameters), definition.name


@pytest.mark.skipif(not (ROOT / "tools" / "write_stubs.py").exists(), reason="not a checkout")
def test_the_stubs_are_what_the_tool_writes():
    spec = importlib.util.spec_from_file_location("write_stubs", ROOT / "tools" / "write_stubs.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    for module in MODULES:
        if written_with_this_numpy(module):
            assert tool.stub(module) == stub_of(module)


CALLS = {
    "atleast_1d": ([1.0],),
    "vander": ([1.0, 2.0],),
    "roots": ([1.0, 2.0, -3.0],),
    "polyder": ([1.0, 2.0, -3.0],),
    "polyint": ([1.0, 2.0, -3.0],),
    "cumulative_sum": ([1.0, 2.0],),
    "cumulative_prod": ([1.0, 2.0],),
    "atleast_2d": ([1.0],),
    "atleast_3d": ([1.0],),
    "array_split": (np.ones(2), 2),
    "broadcast_arrays": ([1.0], [2.0]),
    "concatenate": ([[1.0], [2.0]],),
    "dsplit": (np.ones((2, 2, 2)), 2),
    "frexp": ([1.0],),
    "hsplit": (np.ones(2), 2),
    "divmod": ([1.0], [2.0]),
    "meshgrid": ([1.0], [2.0]),
    "modf": ([1.0],),
    "copyto": (np.ones(2), 1.0),
    "put": (np.ones(2), 0, 1.0),
    "split": (np.ones(2), 2),
    "vsplit": (np.ones((2, 1)), 2),
    "where": ([True], [1.0], [2.0]),
}
"""Calls of functions whose results differ in kind."""


def kind_of(result):
    if isinstance(result, (list, tuple)):
        assert all(isinstance(item, mg.Tensor) for item in result)
        return type(result).__name__
    return type(result).__name__.replace("NoneType", "None")


def annotated_kinds():
    """What the stub says comes back, by name: Tensor, list, tuple, None or Any."""
    body = ast.parse(stub_of(mg.namespace)).body
    classes = {c.name: ast.unparse(c.body[0].returns) for c in body if isinstance(c, ast.ClassDef)}
    functions = {s.name: ast.unparse(s.returns) for s in reversed(body) if isinstance(s, ast.FunctionDef)}
    ufuncs = {s.target.id: classes[s.annotation.id] for s in body if isinstance(s, ast.AnnAssign)}
    return {name: text.split("[")[0] for name, text in {**functions, **ufuncs}.items()}


@pytest.mark.parametrize("name", CALLS)
def test_what_comes_back_is_what_the_stub_says(name):
    body = ast.parse(stub_of(mg.namespace)).body
    overloaded = {s.name for s in body if isinstance(s, ast.FunctionDef) and s.decorator_list}
    result = kind_of(getattr(mg, name)(*CALLS[name]))
    assert result == ("Tensor" if name in overloaded else annotated_kinds()[name])


ONE_ARGUMENT = ["x", "a", "m", "z", "p", "val", "v", "array"]


def test_functions_of_one_array_return_what_the_stub_says():
    x = mg.tensor([[1.5, 1.25], [1.75, 1.125]])
    checked = set()
    for name, kind in annotated_kinds().items():
        if kind == "Any" or name in CALLS or not hasattr(mg.namespace, name):
            continue
        required = [
            p
            for p in inspect.signature(getattr(mg.namespace, name)).parameters.values()
            if p.default is p.empty
        ]
        required = [p for p in required if p.kind is not p.VAR_KEYWORD]
        if [p.kind for p in required] not in (
            [inspect.Parameter.POSITIONAL_ONLY],
            [inspect.Parameter.POSITIONAL_OR_KEYWORD],
        ):
            continue
        if required[0].name in ONE_ARGUMENT:
            with np.errstate(invalid="ignore"):
                assert kind_of(getattr(mg.namespace, name)(x)) == kind, name
            checked.add(name)
    assert {"sum", "sin", "cumsum", "sort", "unstack"} - checked <= {"unstack"}  # np.unstack is of NumPy 2.1


def test_the_sample_for_the_type_checker_runs():
    typing_sample.check()


def test_mypy_agrees_with_the_sample():
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy", "tests/typing_sample.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
