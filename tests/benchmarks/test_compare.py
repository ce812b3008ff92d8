"""Two records side by side: what counts as slower, and what can't be compared."""

import json

import pytest


@pytest.fixture
def compare(script):
    return script("compare")


@pytest.fixture
def saved(tmp_path):
    """Write a record of these ratios; return where."""

    def save(name, ratios, memory=(), **changed):
        def entry(workload, ratio):
            return {
                "workload": workload,
                "size": "10",
                "by_hand": 1.0,
                "libraries": {"mygrad": {"ratio": ratio}},
            }

        record = {
            "format": 1,
            "date": "2030-01-01",
            "versions": {"mygrad": "0.1.0", "numpy": "2.4.6", "python": "3.11.7"},
            "machine": "Linux x86_64, 2 cores",
            "rounds": 15,
            "time": [entry(name, list(ratio)) for name, ratio in ratios.items()],
            "memory": [entry(name, ratio) for name, ratio in dict(memory).items()],
        }
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(record | changed))
        return str(path)

    return save


def test_change_is_the_ratio_of_the_medians_and_the_mean_is_geometric(compare, saved, capsys):
    old = saved("old", {"chain": (3.9, 4.0, 4.1), "reads": (1.9, 2.0, 2.1)})
    new = saved("new", {"chain": (1.9, 2.0, 2.1), "reads": (3.9, 4.0, 4.1)})
    assert compare.main([old, new]) == 0
    lines = {line.split("  ")[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines() if line}
    assert lines["chain, 10"] == "0.500"
    assert lines["reads, 10"] == "2.000"
    assert lines["geometric mean"] == "1.000"


@pytest.mark.parametrize(
    ("ratios", "status"),
    [
        pytest.param((2.55, 2.6, 2.65), 1, id="more than the quartiles explain"),
        pytest.param((2.3, 2.6, 2.9), 0, id="within what the quartiles explain"),
        pytest.param((2.1, 2.2, 2.3), 0, id="slower, within the limit"),
        pytest.param((1.0, 1.0, 1.0), 0, id="faster"),
    ],
)
def test_slower_means_above_the_limit_by_more_than_the_quartiles_explain(
    compare, saved, capsys, ratios, status
):
    old, new = saved("old", {"chain": (1.95, 2.0, 2.05)}), saved("new", {"chain": ratios})
    assert compare.main([old, new, "--fail-above", "1.2"]) == status
    assert ("chain, 10" in capsys.readouterr().err) == bool(status)
    assert compare.main([old, new]) == 0


def test_bytes_are_held_against_the_limit_as_they_are(compare, saved):
    old = saved("old", {"chain": (2.0, 2.0, 2.0)}, {"memory": 3.0})
    new = saved("new", {"chain": (2.0, 2.0, 2.0)}, {"memory": 3.7})
    assert compare.main([old, new, "--fail-above", "1.2"]) == 1
    assert compare.main([old, new, "--fail-above", "1.3"]) == 0


def refused(compare, capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        compare.main(list(arguments))
    assert stopped.value.code == 2
    return capsys.readouterr().err


def test_a_missing_file_is_named(compare, saved, capsys, tmp_path):
    missing = str(tmp_path / "nowhere.json")
    why = refused(compare, capsys, missing, saved("new", {"chain": (1, 1, 1)}))
    assert f"{missing}: No such file" in why
    assert "run.py --save" in why


def test_a_file_that_is_no_record_is_named(compare, saved, capsys, tmp_path):
    good, bad = saved("good", {"chain": (1, 1, 1)}), tmp_path / "bad.json"
    for text, says in (("{", "not JSON"), ("[]", "but list"), ('{"format": 7}', "but 7")):
        bad.write_text(text)
        why = refused(compare, capsys, good, str(bad))
        assert "bad.json" in why
        assert says in why


def test_other_workloads_are_refused_and_named_unless_told_to_leave_them_out(compare, saved, capsys):
    old = saved("old", {"chain": (2, 2, 2), "gone": (1, 1, 1)})
    new = saved("new", {"chain": (3, 3, 3), "added": (1, 1, 1)})
    why = refused(compare, capsys, old, new)
    assert "in OLD alone: gone, 10" in why
    assert "in NEW alone: added, 10" in why
    assert compare.main([old, new, "--common"]) == 0
    out = capsys.readouterr().out
    assert "chain, 10" in out
    assert "gone" not in out
    assert "added" not in out
    other = saved("other", {"nothing": (1, 1, 1)})
    assert "share no workload" in refused(compare, capsys, old, other, "--common")


def test_another_machine_is_pointed_out(compare, saved, capsys):
    old = saved("old", {"chain": (1, 1, 1)})
    new = saved("new", {"chain": (1, 1, 1)}, machine="Darwin arm64, 8 cores")
    assert compare.main([old, new]) == 0
    assert "not the same: machine" in capsys.readouterr().out
    assert compare.main([old, old]) == 0
    assert "not the same" not in capsys.readouterr().out


def test_a_limit_is_positive(compare, saved, capsys):
    path = saved("one", {"chain": (1, 1, 1)})
    assert "positive ratio, not -1" in refused(compare, capsys, path, path, "--fail-above", "-1")
