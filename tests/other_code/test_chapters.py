"""The chapters on other packages are loaded when one of their functions is met, and not before."""

import subprocess
import sys

import pytest


def run(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_package_is_imported_without_scipy():
    assert run("import sys, mygrad; print([name for name in sys.modules if name.startswith('scipy')])") == [
        "[]"
    ]


@pytest.mark.parametrize(
    "imports",
    ["import mygrad as mg; from scipy import special", "from scipy import special; import mygrad as mg"],
)
def test_the_order_of_imports_is_all_one(imports):
    program = f"""
{imports}
import sys
print("mygrad.other_code.scipy.special" in sys.modules)
x = mg.tensor(0.0)
special.expit(x).backward()
print(x.grad)
y = mg.tensor([0.0, 0.0])
mg.drop_in(special.logsumexp)(y).backward()
print(y.grad[0])
"""
    assert run(program) == ["False", "0.25", "0.5"]


@pytest.mark.parametrize(
    "first",
    [
        "import functools; f = functools.partial(special.logsumexp, axis=0)",
        "f = special.logsumexp",
    ],
)
def test_a_twin_loads_the_chapter(first):
    program = f"""
from scipy import special
import mygrad as mg
{first}
x = mg.tensor([0.0, 0.0])
mg.drop_in(f)(x).backward()
print(x.grad[0], mg.derivative_of(special.logsumexp).kind)
"""
    assert run(program) == ["0.5", "general"]


def test_threads_that_meet_a_function_at_once_all_find_its_rule():
    program = """
import threading
from scipy import special
import mygrad as mg
start, found = threading.Barrier(8), []
def work():
    x = mg.tensor([0.0, 0.0])
    start.wait()
    mg.drop_in(special.logsumexp)(x).backward()
    y = mg.tensor(0.0)
    special.expit(y).backward()
    found.append([*x.grad.tolist(), y.grad.tolist()])
threads = [threading.Thread(target=work) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(found == [found[0]] * 8, found[0])
"""
    assert run(program) == ["True", "[0.5,", "0.5,", "0.25]"]


def test_the_error_of_a_direct_call_loads_the_chapter():
    program = """
from scipy import special
import mygrad as mg
try:
    special.softmax(mg.tensor([0.0, 0.0]))
except mg.GradientLost as error:
    print("softmax has a derivative" in str(error))
"""
    assert run(program) == ["True"]


def test_a_method_of_a_ufunc_loads_the_chapter():
    program = """
from scipy import special
import mygrad as mg
x = mg.tensor([1.0, 2.0])
special.xlogy.outer(x, [1.0, 2.7182818284590451]).sum().backward()
print(x.grad.round(6))
"""
    assert run(program) == ["[1.", "1.]"]


@pytest.mark.parametrize(
    "said",
    [
        "mg.elementwise(special.expit, x=lambda g: 7.0 * g)",
        "mg.define_rule(special.expit, derivative=lambda x: 7.0 + 0.0 * x)",
    ],
)
def test_a_rule_of_the_users_own_is_kept(said):
    program = f"""
from scipy import special
import mygrad as mg
{said}
x, y = mg.tensor(1.0), mg.tensor(1.0)
special.erf(y).backward()
special.expit(x).backward()
print(x.grad)
"""
    assert run(program) == ["7.0"]
