"""What is measured of scaling computes the same as by hand. No test looks at a time."""

import json

import numpy as np
import pytest


@pytest.fixture
def scaling(script):
    return script("scaling")


def test_small_sizes_agree_with_their_gradient_by_hand(scaling, capsys):
    assert scaling.main(["--quick"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == sum(map(len, scaling.workloads(quick=True)))
    assert all(line.endswith("agrees") for line in lines)


def test_a_wrong_gradient_is_found_and_nothing_is_measured(scaling, monkeypatch, capsys):
    def wrong(size, n):
        x = np.ones(size)
        return scaling.depth.Problem([x], lambda: (x.sum(), 2 * x), lambda xp, x: x.sum())

    monkeypatch.setattr(scaling.depth, "sines", wrong)
    assert scaling.main(["--only", "sines"]) == 1
    printed = capsys.readouterr()
    assert "WRONG: first call, result 1" in printed.out
    assert "nothing was measured" in printed.err


def test_a_record_is_one_that_compare_reads(scaling, script, monkeypatch, tmp_path, capsys):
    small = scaling.workloads(quick=True)
    monkeypatch.setattr(scaling, "workloads", lambda quick: small)
    path = tmp_path / "record.json"
    assert scaling.main(["--only", "chain,layers", "--save", str(path)]) == 0
    found = json.loads(path.read_text())
    assert [s["size"] for s in found["sweeps"]] == ["10 nodes", "100 nodes"]
    assert all(s["forward"] > 0 and s["backward"] > 0 for s in found["sweeps"])
    assert script("compare").main([str(path), str(path)]) == 0
    assert "layers, 10 of 10 x 10" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--only", "chian"], "nothing is called chian; there are additions, chain"),
        (["--quick", "--save", "x.json"], "nothing to --save"),
        (["--save", "nowhere/x.json"], "there is no folder nowhere"),
    ],
)
def test_what_cant_be_done_is_refused(scaling, capsys, arguments, says):
    with pytest.raises(SystemExit) as stopped:
        scaling.main(arguments)
    assert stopped.value.code == 2
    assert says in capsys.readouterr().err
