"""A fixed few hundred random programs; ``python -m tests.programs`` runs as many as you like."""

import pytest

from .check import Invalid, Mismatch, SideBySide, check
from .generate import generate
from .program import Program, Statement, render
from .shrink import failure, shrink

EACH = 60


@pytest.mark.parametrize("first", range(0, 10 * EACH, EACH))
def test_random_programs_of_views_and_writes_do_what_numpy_does_and_have_the_right_gradients(first):
    ran = 0
    for seed in range(first, first + EACH):
        program = generate(seed)
        try:
            check(program)
            ran += 1
        except Invalid:
            continue
        except Mismatch:
            small = shrink(program)
            mismatch = failure(small)
            pytest.fail(f"seed {seed}:\n{render(small, mismatch.number)}# {mismatch}")
    assert ran > EACH // 2  # the generator writes programs that mean something


PRESENT_VALUE = [
    Statement("leaf", "t0 = tensor(array([1.0, 2.0]))", made="t0"),
    Statement("op", "t1 = t0 * 3.0", made="t1", used=("t0",)),
    Statement("write", "t0 *= 2.0", used=("t0",), target="t0"),
    Statement("view", "t2 = t0[::-1]", made="t2", used=("t0",)),
    Statement("op", "t3 = (t0 * t1).sum()", made="t3", used=("t0", "t1")),
    Statement("backward", "t3.backward()", used=("t3",)),
]


def gradients_read(monkeypatch, change=lambda name, g: g):
    """Check a program worked out by hand; return the gradients that were read, after `change`."""
    read = {}
    remember = SideBySide._remember

    def changed(self, memory, event, grads):
        grads = {name: change(name, g) for name, g in grads.items()}
        read.update(grads)
        remember(self, memory, event, grads)

    monkeypatch.setattr(SideBySide, "_remember", changed)
    check(Program(PRESENT_VALUE))
    return {name: g.tolist() for name, g in read.items()}


def test_the_gradient_refers_to_the_present_value_as_worked_out_by_hand(monkeypatch):
    # The memory of t0 is [2, 4] now; t1 = [3, 6] was made before that, so it doesn't depend on it.
    assert gradients_read(monkeypatch) == {"t0": [3.0, 6.0], "t1": [2.0, 4.0], "t2": [6.0, 3.0], "t3": 1.0}


def test_a_gradient_that_is_wrong_in_one_element_is_noticed(monkeypatch):
    with pytest.raises(
        Mismatch, match=r"gradient: in the memory of t1: \[2.0, 4.001\], measured \[2.0, 4.0\]"
    ):
        gradients_read(monkeypatch, lambda name, g: g + [0, 0.001] if name == "t1" else g)


def test_a_gradient_of_a_view_that_is_not_its_bases_is_noticed(monkeypatch):
    with pytest.raises(Mismatch, match="view of gradient"):
        gradients_read(monkeypatch, lambda name, g: g[::-1] if name == "t2" else g)


def test_a_gradient_of_a_view_that_is_a_copy_is_noticed(monkeypatch):
    with pytest.raises(Mismatch, match="gradient sharing"):
        gradients_read(monkeypatch, lambda name, g: g.copy() if name == "t2" else g)


def test_a_failing_program_is_shrunk_to_what_fails():
    lie = Statement(
        "op", "t9 = t0 * 1.0 if isinstance(t0, np.ndarray) else t0 * 2.0", made="t9", used=("t0",)
    )
    small = shrink(Program([*PRESENT_VALUE, lie]))
    assert failure(small).kind == "value"
    assert [s.made for s in small.statements] == ["t0", "t9"]
