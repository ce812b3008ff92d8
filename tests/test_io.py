"""Tensors in files."""

import io

import numpy as np
import pytest

import mygrad as mg


def after_a_file(t):
    file = io.BytesIO()
    mg.save(file, t)
    file.seek(0)
    return mg.load(file)


@pytest.mark.parametrize(
    "dtype",
    [
        np.float16,
        np.float32,
        np.float64,
        np.longdouble,
        np.complex64,
        np.complex128,
        np.int8,
        np.uint64,
        bool,
    ],
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_a_tensor_comes_back(dtype, shape):
    t = mg.tensor(np.arange(np.prod(shape)).reshape(shape), dtype=dtype)
    back = after_a_file(t)
    assert type(back) is mg.Tensor
    assert (back.dtype, back.shape, back.constant, back.grad) == (t.dtype, t.shape, t.constant, None)
    np.testing.assert_array_equal(back.data, t.data)


@pytest.mark.parametrize("values", [2.0, [1.0, 2.0], [[1.0 + 2.0j, 3.0]]])
def test_the_gradient_comes_back(values):
    x = mg.tensor(values)
    (x * x).sum().real.backward()
    back = after_a_file(x)
    np.testing.assert_array_equal(back.grad, x.grad)
    assert back.grad.dtype == x.grad.dtype


def test_a_tensor_that_comes_back_is_a_leaf():
    x = mg.tensor([1.0, 2.0])
    (3 * x).sum().backward()
    back = after_a_file(x)
    assert back.creator is None
    (back * back).sum().backward()
    np.testing.assert_array_equal(back.grad, [2.0, 4.0])


def test_the_gradient_comes_back_where_nothing_is_recorded():
    x = mg.tensor([1.0, 2.0])
    (3 * x).sum().backward()
    with mg.no_autodiff:
        back = after_a_file(x)
    np.testing.assert_array_equal(back.grad, [3.0, 3.0])


def test_the_flag_is_not_saved():
    assert not after_a_file(mg.tensor([1.0], constant=True)).constant


def test_the_file_is_an_archive_of_numpy_with_the_usual_ending(tmp_path):
    x = mg.tensor([1.0, 2.0])
    (x * x).sum().backward()
    mg.save(tmp_path / "x", x)
    with np.load(tmp_path / "x.npz") as entries:
        assert set(entries) == {"data", "grad"}
    np.testing.assert_array_equal(mg.load(tmp_path / "x.npz").grad, [2.0, 4.0])


@pytest.mark.parametrize("value", [np.ones(2), [1.0], 1.0, None])
def test_only_tensors_are_saved(value, tmp_path):
    with pytest.raises(TypeError, match="saves a tensor"):
        mg.save(tmp_path / "x", value)
    assert not list(tmp_path.iterdir())
