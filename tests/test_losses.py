"""What is done where a gradient is lost, and what is told of it afterwards."""

import asyncio
import math
import threading
import warnings

import numpy as np
import pytest

import mygrad as mg
from mygrad.errors import GradientLostWarning
from mygrad.losses import remembered


@pytest.fixture
def x():
    return mg.tensor([1.0, 2.0])


WAYS = {
    "asarray": lambda t: np.asarray(t).tolist(),
    "a list": lambda t: np.array([t[0], t[1]]).tolist(),
    "math": lambda t: [math.fabs(t[0]), math.fabs(t[1])],
    "a write": lambda t: _written(lambda a: a.__setitem__(..., t)),
    "an element": lambda t: _stored(t),
    "copyto": lambda t: _written(lambda a: np.copyto(a, t)),
    "at": lambda t: _written(lambda a: np.add.at(a, [0, 1], t)),
}


def _written(write):
    a = np.zeros(2)
    write(a)
    return a.tolist()


def _stored(t):
    a = np.zeros(2)
    a[0], a[1] = t[0], t[1]
    return a.tolist()


@pytest.mark.parametrize("way", WAYS)
def test_by_default_it_raises(x, way):
    with pytest.raises((mg.GradientLost, ValueError)) as raised:
        WAYS[way](x)
    # For one element NumPy raises an exception of its own from ours.
    assert mg.GradientLost in (raised.type, type(raised.value.__cause__))


@pytest.mark.parametrize("way", WAYS)
def test_a_warning_in_the_place_of_the_exception(x, way):
    with mg.on_gradient_lost("warn"), pytest.warns(GradientLostWarning) as told:
        assert WAYS[way](x) == [1.0, 2.0]
    assert told[0].filename == __file__


@pytest.mark.parametrize("way", WAYS)
def test_allowed_it_is_silent(x, way):
    with mg.on_gradient_lost("allow"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert WAYS[way](x) == [1.0, 2.0]


def test_without_a_block_the_policy_holds_from_there_on(x):
    def allowed():
        mg.on_gradient_lost("allow")
        assert np.asarray(x).tolist() == [1.0, 2.0]
        with mg.on_gradient_lost("raise"), pytest.raises(mg.GradientLost):
            np.asarray(x)
        np.asarray(x)
        done.append(True)

    done = []
    thread = threading.Thread(target=allowed)
    thread.start()
    thread.join()
    assert done
    with pytest.raises(mg.GradientLost):
        np.asarray(x)  # another thread's policy is its own


def test_a_task_has_its_own_policy(x):
    async def allowing():
        mg.on_gradient_lost("allow")
        await asyncio.sleep(0)
        return np.asarray(x).tolist()

    async def raising():
        await asyncio.sleep(0)
        with pytest.raises(mg.GradientLost):
            np.asarray(x)

    async def both():
        return await asyncio.gather(allowing(), raising())

    assert asyncio.run(both())[0] == [1.0, 2.0]


def test_an_unknown_policy_changes_nothing(x):
    with pytest.raises(ValueError, match="'ignore'"):
        mg.on_gradient_lost("ignore")
    with pytest.raises(mg.GradientLost):
        np.asarray(x)


@pytest.mark.parametrize("number", [float, complex])
def test_backward_names_the_line_where_a_number_was_taken(x, number):
    value = number(x[1])
    y = mg.tensor(value)
    with pytest.warns(GradientLostWarning, match=r"value = number\(x\[1\]\)"):
        y.backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y.backward()  # told once


def test_backward_of_a_constant_names_the_line_too(x):
    value = float(x[0])
    with pytest.warns(GradientLostWarning, match=r"value = float\(x\[0\]\)"):
        mg.tensor(value, constant=True).backward()


def test_an_exception_that_was_caught_is_named(x):
    try:
        value = np.asarray(x).sum()
    except Exception:
        value = 3.0
    with pytest.warns(GradientLostWarning, match=r"np.asarray\(x\).sum\(\)"):
        mg.tensor(value).backward()


def test_a_leaf_that_was_there_before_has_nothing_to_do_with_it(x):
    float(x[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x.backward()


def test_what_depends_on_a_tensor_is_not_told_of(x):
    scale = float(x[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (x * scale).backward()


def test_only_a_few_places_are_remembered_and_nothing_of_the_graph(x):
    for _ in range(20):
        float(x[0] * 2.0)
    assert len(remembered()) <= 4
    assert all(isinstance(part, (int, str)) for lost, place in remembered() for part in (lost, *place))


def test_ways_out_on_purpose_are_not_remembered(x):
    before = remembered()
    x.item(0), x.tolist(), x.data, x.numpy(), mg.asarray(x), int(x[0]), bool(x[0] > 0)
    assert remembered() is before


def test_the_message_names_the_function_the_line_and_who_called():
    code = compile(
        "import numpy as np\ndef insisting(a):\n    return np.asarray(a)\n", "their_file.py", "exec"
    )
    theirs = {"__name__": "their_package.module"}
    exec(code, theirs)
    with pytest.raises(mg.GradientLost) as raised:
        theirs["insisting"](mg.tensor([1.0]))
    text = str(raised.value)
    assert "their_file.py, line 3, in insisting" in text
    assert "their_package.module.insisting, reached from: " + __file__ in text


def test_code_that_only_looks_is_let_through(x, monkeypatch):
    monkeypatch.setattr("mygrad.coercion.ONLY_LOOKING", {"numpy.testing"})
    theirs = {"__name__": "their_plots.lines"}
    exec("import numpy as np\ndef look(a):\n    return np.asarray(a)", theirs)
    with pytest.raises(mg.GradientLost):
        theirs["look"](x)
    mg.only_looks("their_plots")
    assert theirs["look"](x).tolist() == [1.0, 2.0]
