"""An import is quick: what a program may never ask for is loaded when it is first asked for, and is there."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mygrad as mg


def run(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


WAITING = set(
    """
    mygrad.creation mygrad.derivatives mygrad.emath mygrad.fft mygrad.linalg mygrad.namespace mygrad.nnet
    mygrad.operation_base mygrad.other_code.defining mygrad.polynomial mygrad.public mygrad.random
    mygrad.sequences mygrad.testing mygrad.twins mygrad.typing
    concurrent.futures copy logging numpy.fft numpy.polynomial numpy.typing pathlib scipy threading urllib
""".split()
)


def test_an_import_and_a_gradient_load_no_more_than_they_need():
    program = f"""
import sys
import numpy as np
before = set(sys.modules)
import mygrad as mg
x = mg.tensor([1.0, 2.0, 3.0])
np.sum(x * x).backward()
from mygrad.engine.chapters import waiting
print(*({{*{WAITING!r}, *waiting}} & (sys.modules.keys() - before)))
"""
    assert run(program) == []


@pytest.mark.parametrize("name", sorted(mg._LATE))
def test_a_name_that_waits_is_there_when_it_is_asked_for_first(name):
    assert run(f"import mygrad as mg; print(mg.{name} is mg.{name})") == ["True"]


def test_the_names_that_wait_are_those_that_type_checkers_are_told_of():
    tree = ast.parse(Path(mg.__file__).read_text(encoding="utf-8"))
    (told,) = (
        node.body
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    found = {
        alias.name: None if item.module == "mygrad" else item.module.removeprefix("mygrad.")
        for item in told
        for alias in item.names
        if item.module != "mygrad.namespace"  # whose names are made from the table
    }
    assert found == mg._LATE


def test_the_names_that_wait_are_listed_and_imported_with_a_star():
    star = "from mygrad import *; print(drop_in.__name__, linalg.norm.__name__, tensor.__name__)"
    assert run(star) == ["drop_in", "norm", "tensor"]
    assert run("import mygrad; print({*mygrad._LATE, 'sin'} <= {*dir(mygrad)} & {*mygrad.__all__})") == [
        "True"
    ]
    assert run("from mygrad.linalg import norm; import mygrad as mg; print(mg.linalg.norm is norm)") == [
        "True"
    ]


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'mygrad' has no attribute 'sinus'"):
        mg.sinus  # noqa: B018
    # What the modules behind the names import isn't one.
    assert not any(hasattr(mg, name) for name in ("np", "composites", "extra", "known"))


def test_a_function_made_from_the_table_is_made_once():
    program = """
import mygrad as mg
from mygrad import sin, sec
print(mg.sin is sin, mg.sec is sec, mg.namespace.sin is sin, "sin" in vars(mg), mg.abs is mg.absolute)
"""
    assert run(program) == ["True"] * 5


def test_functions_of_numpy_take_tensors_though_nobody_has_imported_the_module_of_that_name():
    program = """
import sys
import numpy as np, mygrad as mg
x = mg.tensor([3.0, 4.0])
np.linalg.norm(x).backward()
print(x.grad, np.fft.fft(x).data.real, "mygrad.linalg" in sys.modules, "mygrad.fft" in sys.modules)
"""
    assert run(program) == ["[0.6", "0.8]", "[", "7.", "-1.]", "False", "False"]


def test_the_counterparts_of_joining_are_found_in_a_twin_before_anybody_asks_for_them(tmp_path):
    (tmp_path / "program.py").write_text("import numpy as np\ndef f(x):\n    return np.r_[x, 1.0]\n")
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import mygrad as mg, program
print(mg.drop_in(program.f)(mg.tensor([2.0])))
"""
    assert run(program) == ["Tensor([2.,", "1.])"]
