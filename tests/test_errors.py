"""An operation that raises has changed no value, no gradient, no flag and no graph."""

import gc
import operator

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.rule import rules


class World:
    """Tensors of every kind in the middle of a computation, and what must be left of them."""

    def __init__(self):
        self.arr = np.array([4.0, 5.0, 6.0])
        self.x = mg.tensor([1.0, 2.0, 3.0])
        self.m = self.x * 1.0
        self.v = self.m[:2]
        self.y = self.m * self.arr
        self.c = mg.tensor([7.0, 8.0, 9.0], constant=True)
        self.i = mg.tensor([1, 2, 3])
        self.g = mg.tensor([1.0, 2.0, 3.0])
        (self.g * 5.0).sum().backward()

    def state(self):
        tensors = {k: t for k, t in vars(self).items() if isinstance(t, mg.Tensor)}
        return {
            k: (
                t.data.tolist(),
                t.shape,
                t.dtype,
                t.constant,
                None if t.grad is None else t.grad.tolist(),
                id(t.base),
                id(t.data),
            )
            for k, t in tensors.items()
        } | {"arr": (self.arr.tolist(), self.arr.flags.writeable)}


FAILURES = {
    # shapes
    "add shapes": (ValueError, lambda w: w.m + np.ones(4)),
    "add shapes reflected": (ValueError, lambda w: np.ones(4) + w.m),
    "iadd shapes": (ValueError, lambda w: w.m.__iadd__(np.ones(4))),
    "iadd that would grow": (ValueError, lambda w: w.m.__iadd__(np.ones((2, 3)))),
    "imul a view": (ValueError, lambda w: w.v.__imul__(np.ones(3))),
    "matmul": (ValueError, lambda w: w.m @ np.ones(4)),
    "reshape": (ValueError, lambda w: w.m.reshape(2, 2)),
    "concatenate": (ValueError, lambda w: np.concatenate([w.m, np.ones((2, 2))])),
    "stack": (ValueError, lambda w: np.stack([w.m, w.v])),
    "broadcast_to": (ValueError, lambda w: np.broadcast_to(w.m, (4,))),
    "where": (ValueError, lambda w: np.where(np.ones(4, bool), w.m, 0.0)),
    "einsum": (ValueError, lambda w: np.einsum("i,ij->j", w.m, np.ones((4, 2)))),
    "out": (ValueError, lambda w: np.multiply(w.x, 2.0, out=w.v)),
    "out and where": (ValueError, lambda w: np.multiply(w.x, 2.0, out=w.m, where=np.ones(2, bool))),
    "set shape": (ValueError, lambda w: setattr(w.m, "shape", (2, 2))),
    "squeeze": (ValueError, lambda w: np.squeeze(w.m, axis=0)),
    # axes
    "sum axis": (ValueError, lambda w: np.sum(w.m, axis=3)),
    "max axis": (ValueError, lambda w: w.m.max(axis=-2)),
    "transpose": (ValueError, lambda w: np.transpose(w.m, (0, 1))),
    "swapaxes": (ValueError, lambda w: w.m.swapaxes(0, 1)),
    "expand_dims": (ValueError, lambda w: np.expand_dims(w.m, 5)),
    "sum axis twice": (ValueError, lambda w: np.sum(w.m, axis=(0, 0))),
    # indices
    "getitem": (IndexError, lambda w: w.m[3]),
    "getitem dimensions": (IndexError, lambda w: w.m[0, 0]),
    "getitem array": (IndexError, lambda w: w.m[[0, 5]]),
    "getitem mask": (IndexError, lambda w: w.m[np.array([True, False])]),
    "getitem float": (IndexError, lambda w: w.m[1.0]),
    "getitem float tensor": (IndexError, lambda w: w.m[w.c]),
    "getitem text": (IndexError, lambda w: w.m["a"]),
    "setitem": (IndexError, lambda w: w.m.__setitem__(3, 1.0)),
    "setitem array": (IndexError, lambda w: w.m.__setitem__([0, 5], 1.0)),
    "setitem mask": (IndexError, lambda w: w.m.__setitem__(np.array([True, False]), 1.0)),
    "setitem shapes": (ValueError, lambda w: w.m.__setitem__(slice(2), np.ones(3))),
    "setitem shapes of tensors": (ValueError, lambda w: w.m.__setitem__(slice(2), w.x)),
    "setitem too big": (ValueError, lambda w: w.m.__setitem__(0, np.ones(3))),
    "setitem of a view": (ValueError, lambda w: w.v.__setitem__(slice(None), np.ones(3))),
    "setitem mask count": (ValueError, lambda w: w.m.__setitem__(np.array([True, True, False]), np.ones(3))),
    "take": (IndexError, lambda w: np.take(w.m, [7])),
    "put": (IndexError, lambda w: np.put(w.m, [7], 1.0)),
    "delitem": ((TypeError, ValueError), lambda w: operator.delitem(w.m, 0)),
    # types
    "add None": (TypeError, lambda w: w.m + None),
    "add text": (TypeError, lambda w: w.m + "text"),
    "iadd text": (TypeError, lambda w: w.m.__iadd__("text")),
    "setitem None": (TypeError, lambda w: w.m.__setitem__(0, {})),
    "setitem text": (ValueError, lambda w: w.m.__setitem__(0, "text")),
    "setitem complex": (TypeError, lambda w: w.m.__setitem__(0, 1j)),
    "iadd complex": (TypeError, lambda w: w.m.__iadd__(1j)),
    "int iadd float": (TypeError, lambda w: w.i.__iadd__(1.5)),
    "int idiv": (TypeError, lambda w: w.i.__itruediv__(2)),
    "int out": (TypeError, lambda w: np.multiply(w.m, 2.0, out=w.i)),
    "constant flag": (TypeError, lambda w: mg.add(w.m, 1.0, constant=1)),
    "integers as variables": (ValueError, lambda w: mg.add(w.i, 1, constant=False)),
    "unknown keyword": (TypeError, lambda w: np.add(w.m, 1.0, nonsense=3)),
    "unknown keyword of a method": (TypeError, lambda w: w.m.sum(nonsense=3)),
    "wrong dtype": (TypeError, lambda w: np.add(w.m, 1.0, dtype="nonsense")),
    "wrong casting": (ValueError, lambda w: np.add(w.m, 1.0, casting="nonsense")),
    "too few operands": (TypeError, lambda w: np.multiply(w.m)),
    "out text": (TypeError, lambda w: np.multiply(w.m, 1.0, out="text")),
    "astype": (TypeError, lambda w: w.m.astype("nonsense")),
    "astype safe": (TypeError, lambda w: w.m.astype(int, casting="safe")),
    # values
    "truth": (ValueError, lambda w: bool(w.m)),
    "float": (TypeError, lambda w: float(w.m)),
    "item": (ValueError, lambda w: w.m.item()),
    "empty max": (ValueError, lambda w: w.m[:0].max()),
    "int to a negative power": (ValueError, lambda w: w.i**-1),
    "backward shape": (ValueError, lambda w: w.y.backward(np.ones(2))),
    "backward text": ((ValueError, TypeError), lambda w: w.y.backward("text")),
    "backward of a leaf": (ValueError, lambda w: w.g.backward(np.ones(2))),
    # read-only
    "write a read-only view": (ValueError, lambda w: np.broadcast_to(w.m, (2, 3)).__setitem__(0, 1.0)),
    "update a read-only view": (ValueError, lambda w: np.broadcast_to(w.m, (2, 3)).__imul__(2.0)),
    "out a read-only view": (ValueError, lambda w: np.exp(np.ones((2, 3)), out=np.broadcast_to(w.m, (2, 3)))),
    # leaving the graph
    "asarray": (lambda: mg.GradientLost, lambda w: np.asarray(w.m)),
    "array write": (lambda: mg.GradientLost, lambda w: np.zeros(3).__setitem__(..., w.m)),
    "write into integers": (
        lambda: (TypeError, ValueError, mg.GradientLost),
        lambda w: w.i.__setitem__(0, w.x[0]),
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_nothing_has_changed_after(name):
    kind, failure = FAILURES[name]
    kind = kind() if not isinstance(kind, (type, tuple)) else kind
    world = World()
    before = world.state()
    with pytest.raises(kind):
        failure(world)
    gc.collect()
    assert world.state() == before
    # the graph that was there is whole, and takes new operations, reads and writes
    world.m[0] = 10.0
    assert world.v.data.tolist() == [10.0, 2.0]
    (world.y.sum() + world.m.sum()).backward()
    assert world.x.grad.tolist() == [4.0, 6.0, 7.0]
    assert world.m.grad.tolist() == [1.0, 1.0, 1.0]
    assert world.v.grad.tolist() == [1.0, 1.0]
    assert world.arr.flags.writeable
    world.m[...] = 0.0
    world.c += 1.0
    world.i += 1


@pytest.mark.parametrize(
    ("bad", "needles"),
    [
        (lambda x: x + np.ones(4), ["(3,)", "(4,)"]),
        (lambda x: x @ np.ones((4, 2)), ["3", "4"]),
        (lambda x: x.reshape(2, 2), ["3", "(2,2)"]),
        (lambda x: x[7], ["7", "3"]),
        (lambda x: x.sum(axis=4), ["4", "1"]),
        (lambda x: (x * 1.0).backward(np.ones(5)), ["(3,)", "(5,)"]),
    ],
    ids=["add", "matmul", "reshape", "getitem", "axis", "backward"],
)
def test_messages_name_the_shapes(bad, needles):
    with pytest.raises((ValueError, IndexError)) as error:
        bad(mg.tensor([1.0, 2.0, 3.0]))
    for needle in needles:
        assert needle in str(error.value)


def test_an_exception_out_of_an_operand_leaves_the_graph_alone():
    class Bad:
        def __array__(self, dtype=None, copy=None):
            raise KeyError("bad")

    x = mg.tensor([1.0, 2.0])
    m = x * 1.0
    with pytest.raises(KeyError):
        m + Bad()
    with pytest.raises(KeyError):
        m[:] = Bad()
    assert m.data.tolist() == [1.0, 2.0]
    m.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_floating_point_error_that_the_user_asked_for_leaves_the_graph_alone():
    x = mg.tensor([0.0, 1.0])
    m = x * 1.0
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        np.log(m)
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        1.0 / m
    m.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_ufunc_without_a_rule_says_its_name():
    spread = np.frompyfunc(lambda v: v, 1, 1)
    x = mg.tensor([1.0, 2.0])
    with pytest.raises(TypeError, match="vectorized|frompyfunc|lambda"):
        spread(x)
    assert spread(mg.tensor([1.0, 2.0], constant=True)).tolist() == [1.0, 2.0]


def test_a_function_without_a_rule_says_its_name(monkeypatch):
    monkeypatch.delitem(rules, np.prod)
    x = mg.tensor([1.0, 2.0])
    with pytest.raises(TypeError, match=r"numpy\.prod has no rule"):
        np.prod(x)
