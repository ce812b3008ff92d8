"""What NumPy has as a number, in the place of an array without axes, can't be written into."""

import numpy as np
import pytest

import mygrad as mg


@pytest.mark.parametrize(
    "augment",
    [
        "t += 1.0",
        "t -= x[1]",
        "t *= 2.0",
        "t /= 4.0",
        "t **= 2",
        "t %= 0.3",
    ],
)
@pytest.mark.parametrize("made", ["x[0]", "np.sum(x)", "x[0] * x[1]"])
def test_an_augmented_number_leaves_other_names_for_it_alone(made, augment):
    code = f"s = {made}\nt = s\n{augment}\nresult = s * t"
    values = {"np": np, "x": np.array([0.7, 1.9])}
    tensors = {"np": np, "x": mg.tensor([0.7, 1.9])}
    exec(code, values)
    exec(code, tensors)
    assert tensors["result"].item() == values["result"]
    tensors["result"].backward()
    for i in range(2):
        ends = []
        for step in (-1e-6, 1e-6):
            moved = {"np": np, "x": np.array([0.7, 1.9])}
            moved["x"][i] += step
            exec(code, moved)
            ends.append(moved["result"])
        assert np.isclose(tensors["x"].grad[i], (ends[1] - ends[0]) / 2e-6, rtol=1e-6, atol=1e-8)


def test_an_array_without_axes_is_written_into():
    t = mg.tensor(2.0)
    same = t
    t *= 3.0
    assert same is t
    assert t.item() == 6.0


@pytest.mark.parametrize("augment", ["t += 1.0", "t -= x[1]", "t *= 2.0", "t /= np.float64(4.0)", "t **= 2"])
def test_an_augmented_number_keeps_its_place_in_the_graph_where_nothing_is_recorded(augment):
    x = mg.tensor([0.7, 1.9])
    names = {"np": np, "x": x, "t": np.sum(x * x)}
    before = names["t"]
    with mg.no_autodiff:
        exec(augment, names)
    assert before.item() == np.sum(x.data * x.data)
    plain = {"np": np, "x": x.data, "t": before.data[()]}
    exec(augment, plain)
    assert names["t"].item() == plain["t"]
    (names["t"] * 3.0).backward()
    assert x.grad.tolist() == [3.0 * 2.0 * 0.7, 3.0 * 2.0 * 1.9]
    assert names["t"].grad == 3.0
    assert before.grad == 3.0


def test_an_augmented_number_that_answers_plainly_does_so_where_nothing_is_recorded():
    t = mg.tensor([7.0, 1.0]).sum()
    with mg.no_autodiff:
        t //= 3.0
    assert t == 2.0


def test_an_augmented_constant_stays_one_where_nothing_is_recorded():
    t = mg.tensor([7.0, 1.0], constant=True).sum()
    with mg.no_autodiff:
        t += 0.5
    assert t.constant
    assert t.item() == 8.5
