"""The benchmarks compute what they say, and write down what they found. No test looks at a time."""

import doctest
import json
import os
import platform
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import mygrad as mg

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(script):
    return script("run")


@pytest.fixture
def workloads(script):
    return script("workloads")


@pytest.fixture
def libraries(script):
    return script("libraries")


def squares(workloads, factor=2.0, **changed):
    """A workload whose gradient by hand is right for a factor of 2."""
    x = np.array([1.0, 2.0, 3.0])

    def build():
        return workloads.Problem(
            [x], lambda: ((x * x).sum(), factor * x), lambda xp, x: (x * x).sum(), **changed
        )

    return workloads.Workload("squares", "3", 1, build)


def test_all_workloads_agree_with_their_gradient_by_hand(run, workloads, capsys):
    assert run.main(["--check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(workloads.TIMED) + len(workloads.MEMORY)
    assert all(line.endswith("agrees") for line in lines)


def test_a_wrong_gradient_is_found_and_nothing_is_measured(run, workloads, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(run, "TIMED", [squares(workloads, factor=2.001)])
    monkeypatch.setattr(run, "MEMORY", [])
    assert run.main(["--save", str(tmp_path / "none.json")]) == 1
    printed = capsys.readouterr()
    assert "WRONG: first call, result 1: relative error 5.0e-04" in printed.out
    assert "nothing was measured" in printed.err
    assert not (tmp_path / "none.json").exists()


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([1.0], "1 results, not 2"),
        ([1.0, np.ones(2)], r"result 1: shape \(2,\), not \(3,\)"),
        ([1.0, np.array([1.0, np.nan, 1.0])], "result 1: relative error nan"),
    ],
)
def test_what_differs_is_said(script, found, says):
    disagreement = script("measure").disagreement
    reference = [1.0, np.ones(3)]
    assert disagreement(lambda: reference, lambda: reference) is None
    with pytest.raises(AssertionError, match=says):
        raise AssertionError(disagreement(lambda: reference, lambda: found))


def test_a_record_says_what_was_measured_where_and_nothing_of_whose_machine(run, tmp_path, capsys):
    path = tmp_path / "record.json"
    assert run.main(["--only", "formula,memory", "--rounds", "3", "--save", str(path)]) == 0
    text = path.read_text()
    record = json.loads(text)
    assert record["versions"] == {
        "mygrad": mg.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
    assert record["rounds"] == 3
    assert platform.machine() in record["machine"]
    (formula,) = record["time"]
    assert (formula["workload"], formula["size"], formula["rounds"]) == ("formula", "of two numbers", 3)
    assert formula["by_hand"] > 0
    assert formula["libraries"]["mygrad"]["microseconds"] > 0
    assert len(formula["libraries"]["mygrad"]["ratio"]) == 3
    assert formula["libraries"]["mygrad"]["ratio"] == sorted(formula["libraries"]["mygrad"]["ratio"])
    assert [w["size"] for w in record["memory"]] == ["10000 nodes of 10", "20 nodes of 1e6"]
    for found in record["memory"]:
        ours = found["libraries"]["mygrad"]
        assert ours["ratio"] == ours["bytes"] / found["by_hand"]
    assert platform.node() not in text
    assert os.sep + "home" not in text
    assert str(ROOT) not in text


def test_a_record_compared_with_itself_has_not_changed(run, script, tmp_path, capsys):
    path = str(tmp_path / "record.json")
    run.main(["--only", "formula", "--rounds", "2", "--save", path])
    capsys.readouterr()
    assert script("compare").main([path, path, "--fail-above", "1.2"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["geometric", "mean", "1.000"]


def test_the_history_has_the_present_version_with_every_workload(script, workloads):
    record, compare = script("record"), script("compare")
    found = record.read(ROOT / "benchmarks" / "history" / f"{mg.__version__}.json")
    assert found["versions"]["mygrad"] == mg.__version__
    timed, memory = ([f"{w.name}, {w.size}" for w in some] for some in (workloads.TIMED, workloads.MEMORY))
    starts = [f"start, {size}" for size in script("start").PROGRAMS]
    assert list(compare.ratios(found)) == [*timed, *starts, *memory]


@pytest.mark.parametrize(("dtype", "limit"), [(float, 1e-9), (np.float32, 1e-5), (np.complex128, 1e-9)])
def test_results_agree_to_the_precision_of_the_gradient_by_hand(script, dtype, limit):
    disagreement = script("measure").disagreement
    reference = [np.ones(3, dtype)]
    near, far = (reference[0] * (1 + factor * limit) for factor in (0.5, 2.0))
    assert disagreement(lambda: reference, lambda: [near]) is None
    assert "relative error" in disagreement(lambda: reference, lambda: [far])


@pytest.mark.usefixtures("half")
def test_the_start_of_a_process_is_measured_beside_the_import_of_numpy(run, script, tmp_path, capsys):
    path = tmp_path / "record.json"
    arguments = ["--only", "start", "--rounds", "1", "--save", str(path), "--peers", "half"]
    assert run.main(arguments) == 0
    found = json.loads(path.read_text())["time"]
    assert [(one["workload"], one["size"]) for one in found] == [
        ("start", "import"),
        ("start", "first gradient"),
    ]
    for one in found:
        ours = one["libraries"]["mygrad"]
        assert ours["ratio"] == pytest.approx([ours["microseconds"] / one["by_hand"]] * 3)  # of one round
        assert one["libraries"]["half"] is None
    assert capsys.readouterr().out.count("start  ") == 2


def test_the_programs_of_the_start_compute_a_gradient(script):
    seconds, programs = script("start").seconds, script("start").PROGRAMS
    program = programs["first gradient"]["mygrad"] + "; assert x.grad.tolist() == [2.0]"
    assert seconds(program) > 0
    with pytest.raises(subprocess.CalledProcessError):
        seconds("raise SystemExit(1)")


def test_workloads_are_told_apart_by_name_and_size(workloads):
    named = [(w.name, w.size) for w in (*workloads.TIMED, *workloads.MEMORY)]
    assert len(set(named)) == len(named)


@pytest.fixture
def half(libraries, monkeypatch):
    """A peer that computes by mygrad, and says so."""
    peer = libraries.Library("half", "0.5", libraries.with_mygrad, traced=False)
    monkeypatch.setitem(libraries.PEERS, "half", lambda: peer)


@pytest.mark.usefixtures("half")
def test_a_peer_is_measured_beside_mygrad(run, workloads, monkeypatch, tmp_path, capsys):
    able, unable = squares(workloads), squares(workloads, variants={"half": None})
    monkeypatch.setattr(run, "TIMED", [able, unable])
    monkeypatch.setattr(run, "MEMORY", [able])
    path = tmp_path / "record.json"
    assert run.main(["--peers", "half", "--rounds", "2", "--save", str(path)]) == 0
    record = json.loads(path.read_text())
    assert record["versions"]["half"] == "0.5"
    assert record["time"][0]["libraries"]["half"]["microseconds"] > 0
    assert record["time"][1]["libraries"]["half"] is None
    assert record["memory"][0]["libraries"]["half"] is None  # of which tracemalloc sees nothing
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("squares")]
    assert float(lines[0][-1]) > 0
    assert lines[1][-1] == "-"
    assert lines[2][-1] == "-"


@pytest.mark.usefixtures("half")
def test_a_peer_that_computes_something_else_is_not_measured(run, workloads, monkeypatch, capsys):
    wrong = squares(workloads, variants={"half": lambda xp, x: (x * x * x).sum()})
    monkeypatch.setattr(run, "TIMED", [wrong])
    monkeypatch.setattr(run, "MEMORY", [])
    assert run.main(["--peers", "half"]) == 1
    assert "half      WRONG" in capsys.readouterr().out


def test_a_peer_that_is_not_installed_is_left_out_and_said_so(run, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not there
    assert run.main(["--check", "--only", "formula", "--peers", "torch"]) == 0
    assert "torch is not installed, and left out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--only", "chian"], "no workload is called chian; there are"),
        (["--peers", "tensorflow"], "no peer is called tensorflow; there are autograd, torch"),
        (["--rounds", "0"], "--rounds takes a positive number, not 0"),
        (["--check", "--save", "x.json"], "nothing to --save"),
        (["--save", "nowhere/x.json"], "there is no folder nowhere"),
    ],
)
def test_what_cant_be_done_is_refused(run, capsys, arguments, says):
    with pytest.raises(SystemExit) as stopped:
        run.main(arguments)
    assert stopped.value.code == 2
    assert says in capsys.readouterr().err


def test_turns_alternate_and_long_workloads_have_fewer_rounds(script, monkeypatch):
    measure = script("measure")
    turns = []
    monkeypatch.setattr(measure, "repetitions_for", lambda side: 1)
    sides = [lambda: turns.append("a"), lambda: turns.append("b")]
    assert measure.interleaved(sides, 4).shape == (4, 2)
    assert "".join(turns) == "baabbaab"
    monkeypatch.setattr(measure, "WORKLOAD_SECONDS", -1.0)
    assert len(measure.interleaved(sides, 100)) == measure.FEWEST_ROUNDS


@pytest.mark.parametrize("name", ["compare", "record"])
def test_examples_in_docstrings_hold(script, name):
    found = doctest.testmod(script(name))
    assert found.attempted
    assert not found.failed


def test_a_version_is_where_the_history_looks_for_it():
    """The name of a record is the version that pyproject reads."""
    path = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{mg.__version__}"' in (ROOT / path).read_text()
