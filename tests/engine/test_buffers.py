"""Large arrays that are broadcast, for which NumPy's buffers are set."""

import operator

import numpy as np
import pytest

import mygrad as mg

MATRIX = np.random.default_rng(0).normal(size=(200, 600))


@pytest.mark.parametrize("f", [operator.add, operator.sub, operator.mul, operator.truediv])
@pytest.mark.parametrize("other", [MATRIX[:, :1], MATRIX[0], MATRIX[:1, :1], MATRIX[0].astype(np.float32)])
@pytest.mark.parametrize("layout", [np.asarray, np.asfortranarray, lambda x: x[::-1, ::-1]])
def test_values_are_numpys_own(f, other, layout):
    x = layout(MATRIX)
    for y in (other, mg.tensor(other)):
        found = f(mg.tensor(x), y)
        assert np.array_equal(found.data, f(x, other))
        assert found.data.strides == f(x, other).strides
        assert np.array_equal(f(y, mg.tensor(x)).data, f(other, x))


@pytest.mark.parametrize("f", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
@pytest.mark.parametrize("shape", [(10_000, 8), (40, 30, 70), (100_000, 1), (300, 256)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_short_rows_with_a_column_have_numpys_own_values(f, shape, dtype):
    rng = np.random.default_rng(1)
    x, column = (
        rng.uniform(0.5, 1.5, shape).astype(dtype),
        rng.uniform(0.5, 1.5, (*shape[:-1], 1)).astype(dtype),
    )
    before = x.copy(), column.copy()
    for a, b in ((x, column), (column, x)):
        for found in (f(mg.tensor(a), b), f(a, mg.tensor(b)), f(mg.tensor(a), mg.tensor(b))):
            assert np.array_equal(found.data, f(a, b))
            assert found.dtype == dtype
    assert np.array_equal(x, before[0])
    assert np.array_equal(column, before[1])


@pytest.mark.parametrize("size", [8192, 4096])
def test_the_size_of_the_buffers_stays_what_it_was(size):
    with np.errstate():
        np.setbufsize(size)
        x = mg.tensor(MATRIX)
        y = x / mg.tensor(MATRIX[:, :1])
        assert np.getbufsize() == size
        (y - y.max(axis=1, keepdims=True)).sum().backward()
        assert np.getbufsize() == size


def test_errors_are_told_of_as_numpy_is_set():
    x, zero = mg.tensor(MATRIX), mg.tensor(np.zeros(600))
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide by zero"):
        x / zero
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        x / zero
    with np.errstate(divide="ignore"):
        assert np.isinf((x / zero).data).all()
