"""A twin tells of writes into the tensors that it was given, and of results that depend on nothing."""

import pickle
import threading
import warnings

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.views import watched
from mygrad.errors import GradientLost, GradientLostWarning, InputWritten


def scaled(q):
    q /= 2.0
    return q[0] * 1.0


def through_a_view(q):
    row = np.asarray(q)[1:]
    row[...] = 0.0
    return q.sum()


def by_out(q):
    np.multiply(q, 3.0, out=q)
    return q.sum()


def by_method(q):
    q.sort()
    return q[0] + 0.0


def in_a_list(qs):
    qs[0][0] = 1.0
    return qs[0].sum()


@pytest.mark.parametrize("f", [scaled, through_a_view, by_out, by_method])
def test_a_write_into_an_argument_is_told_with_its_line(f):
    x = mg.tensor([3.0, 1.0, 2.0])
    with pytest.warns(InputWritten, match=r"x\.copy\(\)") as told:
        mg.drop_in(f)(x)
    assert f"in {f.__name__}" in str(told[0].message)
    assert told[0].filename == __file__
    assert not watched


def test_an_argument_in_a_list_or_dictionary():
    x = mg.tensor([3.0, 1.0])
    with pytest.warns(InputWritten, match="in_a_list"):
        mg.drop_in(in_a_list)([x])
    with pytest.warns(InputWritten):
        mg.drop_in(lambda options: in_a_list([options["q"]]))({"q": x})


def test_the_tensor_is_written_as_the_array_would_be():
    x = mg.tensor([3.0, 1.0])
    with pytest.warns(InputWritten):
        y = mg.drop_in(scaled)(x)
    y.backward()
    assert x.data.tolist() == [1.5, 0.5]
    assert x.grad.tolist() == [1.0, 0.0]


@pytest.mark.filterwarnings("error")
def test_a_copy_is_differentiated_at_what_was_given():
    x = mg.tensor([3.0, 1.0])
    mg.drop_in(scaled)(x.copy()).backward()
    assert x.grad.tolist() == [0.5, 0.0]


@pytest.mark.filterwarnings("error")
def test_writes_that_are_nobodys_business():
    def own(q):
        made = np.zeros(2)
        made[0] = q[0]
        copy = np.array(q)
        copy *= 2.0
        return made.sum() + copy.sum()

    mg.drop_in(own)(mg.tensor([1.0, 2.0]))
    mg.drop_in(scaled)(np.array([1.0, 2.0]))
    mg.drop_in(scaled)(mg.tensor([1.0, 2.0], constant=True))
    out = mg.tensor([0.0, 0.0])
    mg.drop_in(lambda q, out: np.add(q, 1.0, out=out))(mg.tensor([1.0, 2.0]), out=out)


def test_the_watch_ends_where_the_function_raises():
    def failing(q):
        q[0] = 0.0
        raise KeyError("why")

    with pytest.raises(KeyError), pytest.warns(InputWritten):
        mg.drop_in(failing)(mg.tensor([1.0]))
    assert not watched


def test_a_write_in_another_thread_meanwhile_is_not_ours_to_tell():
    x, other = mg.tensor([1.0, 2.0]), mg.tensor([1.0, 2.0])

    def calm(q):
        thread = threading.Thread(target=other.__setitem__, args=(0, 5.0))
        thread.start()
        thread.join()
        return q.sum()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mg.drop_in(calm)(x)


def test_a_result_that_depends_on_nothing_is_told():
    def counted(t):
        return int(t) * 2.0

    def caught(t):
        try:
            return np.ma.array(t).sum()
        except Exception:
            return 0.0

    def whole(t):
        return np.round(t)

    def by_text(t):
        return float(f"{t:.3f}") * 2.0

    def by_bytes(t):
        return np.frombuffer(t.tobytes()) * 2.0

    def by_text_of_an_array(t):
        return np.fromstring(np.array2string(t, precision=17)[1:-1], sep=" ")

    def rounded(t):
        return np.asarray(t).round(12) + 0.0

    for f in (by_bytes, by_text_of_an_array, rounded):
        with pytest.warns(GradientLostWarning, match=f.__name__):
            mg.drop_in(f)(mg.tensor([1.0, 2.0]))
    with pytest.warns(GradientLostWarning, match=r"float\(f"):
        mg.drop_in(by_text)(mg.tensor(2.0))
    with pytest.warns(GradientLostWarning, match=r"np\.ma\.array\(t\)"):
        mg.drop_in(caught)(mg.tensor([1.0, 2.0]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mg.drop_in(counted)(mg.tensor(2.0)) == 4.0  # constant between jumps
        assert mg.drop_in(whole)(mg.tensor([2.4])).tolist() == [2.0]


def test_a_structured_array_has_no_room_for_a_gradient():
    def fields(t):
        return np.array([(v, 2.0 * v) for v in t], dtype=[("a", float), ("b", float)])["b"]

    with pytest.raises(GradientLost, match="structured"):
        mg.drop_in(fields)(mg.tensor([1.0, 2.0]))
    assert mg.drop_in(fields)(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]


def test_a_pickle_has_no_room_for_a_gradient():
    def again(t):
        return pickle.loads(pickle.dumps({"t": t, "b": 1.0}))["t"]

    with pytest.raises(GradientLost, match="pickled"):
        mg.drop_in(again)(mg.tensor([1.0, 2.0]))
    assert mg.drop_in(again)(np.array([1.0, 2.0])).tolist() == [1.0, 2.0]
