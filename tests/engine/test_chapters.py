"""Chapters of rules wait until a function is met that no other has: then it is as if they had been there."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mygrad.rules


def run(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


TABLES = """
from mygrad.engine.rule import aliases, composites, not_differentiable, refusals, rules
tables = [rules, composites, not_differentiable, refusals, aliases]
"""


def test_every_chapter_is_loaded_or_waits():
    program = """
import sys, mygrad
from mygrad.engine.chapters import waiting
print(*(name for name in [*sys.modules, *waiting] if name.startswith("mygrad.rules.")), sep="\\n")
"""
    chapters = {f"mygrad.rules.{path.stem}" for path in Path(mygrad.rules.__file__).parent.glob("[a-z]*.py")}
    # What several chapters share registers nothing.
    assert chapters - set(run(program)) == {"mygrad.rules.joint", "mygrad.rules.matrices"}


def test_no_chapter_says_something_else_of_a_function_than_another():
    program = f"""
import importlib, numpy.fft, numpy.polynomial, mygrad
from mygrad.engine.chapters import waiting
{TABLES}
for chapter in waiting:
    if chapter.startswith("mygrad.rules."):
        before = {{key: [table.get(key) for table in tables] for key in set().union(*tables)}}
        importlib.import_module(chapter)
        after = {{key: [table.get(key) for table in tables] for key in before}}
        print(*(key for key in before if before[key] != after[key]), sep="\\n", end="")
"""
    assert run(program) == []


def test_the_rules_of_methods_of_ufuncs_are_loaded_with_those_of_the_ufuncs():
    program = """
import mygrad
from mygrad.engine.chapters import load_chapters, known
from mygrad.engine.rule import composites, rules
there = set(composites)
ufuncs = set(rules)
load_chapters()
print(*(key for key in composites.keys() - there if isinstance(key, tuple) and key[0] in ufuncs))
"""
    assert run(program) == [""]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.linalg.norm(x)", "[0.6 0.8]"),
        ("np.fft.ifft(np.fft.fft(x)).real[0]", "[1. 0.]"),
        pytest.param(
            "np.polynomial.polynomial.polyval2d(x[0], x[1], [[0.0, 1.0], [1.0, 0.0]])",
            "[1. 1.]",
            marks=pytest.mark.skipif(
                not hasattr(np.polynomial.polynomial.polyval2d, "_implementation"),
                reason="NumPy asks tensors since 2.1",
            ),
        ),
        ("np.sinc(x * 0)[0]", "[0. 0.]"),
        ("np.median(x)", "[0.5 0.5]"),
        ("np.i0(x * 0)[0]", "[0. 0.]"),
        ("np.amax(x)", "[0. 1.]"),
        ("np.kron(x, [1.0])[1]", "[0. 1.]"),
        ("np.divmod(x, 5.0)[1][0]", "[1. 0.]"),
        ("np.vecmat(x, np.eye(2))[1] if hasattr(np, 'vecmat') else x[1]", "[0. 1.]"),
        ("mg.sec(x * 0)[0]", "[0. 0.]"),
        ("mg.linalg.norm(x)", "[0.6 0.8]"),
        ("mg.fft.ifft(mg.fft.fft(x)).real[0]", "[1. 0.]"),
        ("mg.linspace(x[0], x[1], 3)[1]", "[0.5 0.5]"),
        ("mg.as_strided(x, (1,), (8,))[0]", "[1. 0.]"),
        ("mg.emath.sqrt(x)[1] * 4", "[0. 1.]"),
        ("mg.drop_in(np.arange)(x[0], 5.0)[1]", "[1. 0.]"),
        ("(x @ np.linalg.inv(np.eye(2)))[0]", "[1. 0.]"),
    ],
)
def test_a_function_whose_chapter_waits_has_its_derivative_when_it_is_called_first(call, expected):
    program = f"""
import numpy as np, mygrad as mg
x = mg.tensor([3.0, 4.0])
y = {call}
y.backward()
print(np.round(x.grad, 6) + 0.0)
"""
    assert run(program) == [expected]


def test_loading_a_chapter_raises_no_flag_that_a_sweep_watches_for():
    program = """
import numpy as np, mygrad as mg
from mygrad.engine.chapters import waiting
with np.errstate(all="raise"):
    mg.linalg
print(waiting.keys() - {"mygrad.other_code.scipy.special", "mygrad.rules.bivariate", "mygrad.rules.fourier"})
with np.errstate(all="raise"):
    np.polynomial, np.fft.fft(mg.tensor([1.0, 2.0]))
print(waiting.keys() - {"mygrad.other_code.scipy.special"})
"""
    assert run(program) == ["set()", "set()"]


def test_constants_and_refusals_are_what_they_are_when_their_chapter_was_loaded():
    program = """
import io
import numpy as np, mygrad as mg
x = mg.tensor([3.0, 4.0])
c = mg.tensor([3.0, 4.0], constant=True)
print(repr(np.linalg.norm(c)))
try:
    np.savez(io.BytesIO(), x)
except TypeError as error:
    print(str(error).partition(":")[0])
"""
    assert run(program) == ["Tensor(5.)", "numpy.savez takes no tensor that carries a gradient"]


def test_an_entry_of_the_users_own_is_kept():
    program = """
import numpy as np, mygrad as mg
norm = mg.general(np.linalg.norm, vjp={"x": lambda g, x: 7.0 * g * np.ones_like(x)})
det = mg.composite(np.linalg.det)(lambda a: np.sum(a) * 3.0)
x, y = mg.tensor([1.0, 2.0]), mg.tensor([[1.0, 2.0], [3.0, 5.0]])
for _ in range(2):
    np.linalg.norm(x).backward()
    np.linalg.det(y).backward()
    print(x.grad, y.grad[0], mg.derivative_of(np.linalg.norm).chapter)
    np.median(x)
"""
    assert run(program) == ["[7. 7.] [3. 3.] __main__"] * 2


def test_threads_that_meet_a_function_at_once_all_find_its_rule():
    program = """
import threading
import numpy as np, mygrad as mg
start = threading.Barrier(8)
found = []
def work():
    x = mg.tensor([3.0, 4.0])
    start.wait()
    np.linalg.norm(x).backward()
    found.append(x.grad.tolist())
threads = [threading.Thread(target=work) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(np.allclose(found, [[0.6, 0.8]] * 8))
"""
    assert run(program) == ["True"]
