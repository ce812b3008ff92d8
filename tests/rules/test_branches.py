"""What the result doesn't use contributes 0, even if it is infinite or undefined: for every kind of function.

Of the rows of `x` some do harm: their results are not finite, or have no finite derivative. The result leaves
these rows out, each time in another way. So the derivatives must be those of the other rows alone, and 0 for
the rows that were left out.
"""

import numpy as np
import pytest

import mygrad as mg
from mygrad.engine.record import node_of
from mygrad.engine.sweep import forward, gradients

INF, NAN = np.inf, np.nan
USED = np.array([True, False, True, False])
rng = np.random.default_rng(7)
GOOD = rng.uniform(0.5, 2.0, (4, 3))


def rows(first, second):
    """Four rows, of which `first` and `second` do harm."""
    x = GOOD.copy()
    x[1], x[3] = first, second
    return x


HARM = {
    "NaN": rows(NAN, [1.0, NAN, 2.0]),
    "inf": rows(INF, [1.0, -INF, 2.0]),
    "zeros": rows(0.0, [0.0, 1.0, 0.0]),
    "negative": rows(-1.0, [-2.0, 1.0, -0.5]),
}


def matrices(x):
    """A matrix for each row: singular for rows of zeros, not finite for others."""
    return x[:, :, None] * np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [1.0, 0.0, 4.0]])


def symmetric(x):
    m = matrices(x)
    return m + np.swapaxes(m, -1, -2)


def stretched(x, n):
    return np.reshape(x, (*x.shape, *(1,) * (n - x.ndim)))


RESULTS = {
    # reductions
    "sum": lambda x: np.sum(np.log(x), axis=1),
    "mean": lambda x: np.mean(np.sqrt(x), axis=1),
    "prod": lambda x: np.prod(x, axis=1),
    "prod of roots": lambda x: np.prod(np.sqrt(x), axis=1),
    "var": lambda x: np.var(x, axis=1),
    "var of roots": lambda x: np.var(np.sqrt(x), axis=1),
    "std": lambda x: np.std(np.log(x), axis=1),
    "max": lambda x: np.max(np.log(x), axis=1),
    "min": lambda x: np.min(np.sqrt(x), axis=1),
    "ptp": lambda x: np.ptp(np.log(x), axis=1),
    "average": lambda x: np.average(np.log(x), axis=1, weights=[1.0, 2.0, 3.0]),
    "average by weights": lambda x: np.average(x, axis=1, weights=np.log(x) + 2.0),
    "norm": lambda x: np.linalg.norm(np.log(x), axis=1),
    "norm of order 3": lambda x: np.linalg.norm(np.sqrt(x), 3, axis=1),
    "norm of order 1/2": lambda x: np.linalg.norm(x, 0.5, axis=1),
    "logarithm of the sum": lambda x: np.log(np.sum(x, axis=1)),
    "root of the variance": lambda x: np.sqrt(np.var(x, axis=1)),
    "a softmax": lambda x: np.exp(np.log(x)) / np.sum(np.exp(np.log(x)), axis=1, keepdims=True),
    "logaddexp.reduce": lambda x: np.logaddexp.reduce(np.log(x), axis=1),
    "hypot.reduce": lambda x: np.hypot.reduce(np.sqrt(x), axis=1),
    "multiply.reduce": lambda x: np.multiply.reduce(np.sqrt(x), axis=1),
    "cumsum": lambda x: np.cumsum(np.log(x), axis=1),
    "cumprod": lambda x: np.cumprod(np.log(x), axis=1),
    "logaddexp.accumulate": lambda x: np.logaddexp.accumulate(np.log(x), axis=1),
    "diff": lambda x: np.diff(np.log(x), axis=1),
    "gradient": lambda x: np.gradient(np.sqrt(x), axis=1),
    "trapezoid": lambda x: np.trapezoid(np.log(x), x, axis=1),
    # order
    "sort": lambda x: np.sort(np.log(x), axis=1),
    "median": lambda x: np.median(np.log(x), axis=1),
    "quantile": lambda x: np.quantile(np.sqrt(x), 0.3, axis=1),
    "partition": lambda x: np.partition(np.log(x), 1, axis=1),
    # without NaN
    "nansum": lambda x: np.nansum(np.sqrt(x) * np.log(x), axis=1),
    "nanmean": lambda x: np.nanmean(np.log(x), axis=1),
    "nanvar": lambda x: np.nanvar(np.sqrt(x), axis=1),
    "nanmax": lambda x: np.nanmax(np.log(x), axis=1),
    "nanprod": lambda x: np.nanprod(np.sqrt(x), axis=1),
    "nanmedian": lambda x: np.nanmedian(np.sqrt(x), axis=1),
    # products
    "matmul": lambda x: np.log(x) @ (np.arange(9.0).reshape(3, 3) - 2.0),
    "matmul of stacks": lambda x: np.matmul(matrices(x), matrices(np.sqrt(x))),
    "matmul with itself": lambda x: np.matmul(np.log(x)[:, None, :], np.sqrt(x)[:, :, None]),
    "dot": lambda x: np.dot(np.log(x), np.array([1.0, 0.0, 2.0])),
    "einsum": lambda x: np.einsum("ij,ij->i", np.log(x), np.sqrt(x)),
    "einsum of three": lambda x: np.einsum("ij,ik,il->ijl", x, np.log(x), np.sqrt(x)),
    "tensordot": lambda x: np.tensordot(np.log(x), np.arange(6.0).reshape(3, 2), axes=1),
    "vecdot": lambda x: np.vecdot(np.log(x), np.sqrt(x)) if hasattr(np, "vecdot") else np.sum(x, axis=1),
    "cross": lambda x: np.cross(np.log(x), np.sqrt(x)),
    "outer": lambda x: np.multiply.outer(np.sqrt(x), [1.0, 2.0]),
    "convolve": lambda x: np.stack([np.convolve(row, [1.0, 2.0]) for row in np.log(x)]),
    "fft": lambda x: np.abs(np.fft.fft(np.log(x), axis=1) + 3.0),
    "irfft": lambda x: np.fft.irfft(np.sqrt(x), axis=1),
    "kron": lambda x: np.stack([np.kron(np.log(row), np.sqrt(row)) for row in x]),
    "inner": lambda x: np.inner(np.log(x), np.sqrt(GOOD)),
    "vdot": lambda x: np.stack([np.vdot(np.log(row), np.sqrt(row)) for row in x]),
    "correlate": lambda x: np.stack([np.correlate(np.log(row), np.sqrt(row), "full") for row in x]),
    "corrcoef": lambda x: np.stack([np.corrcoef(np.sqrt(row), row)[0, 1] for row in x]),
    "cov": lambda x: np.stack([np.cov(np.log(row), row)[0] for row in x]),
    "fft of complex": lambda x: np.abs(np.fft.fft(np.sqrt(x + 1j * x), axis=1)),
    "add.reduceat": lambda x: np.add.reduceat(np.log(x), [0, 2], axis=1),
    "hypot.reduceat": lambda x: np.hypot.reduceat(np.log(x), [0, 2], axis=1),
    "multiply.at": lambda x: multiplied_at(x),
    "nancumsum": lambda x: np.nancumsum(np.sqrt(x), axis=1),
    "nanquantile": lambda x: np.nanquantile(np.sqrt(x), 0.4, axis=1),
    "nanstd": lambda x: np.nanstd(np.log(x), axis=1),
    "percentile by weights": lambda x: np.percentile(
        np.sqrt(x), 40, axis=1, weights=[1.0, 2.0, 1.0], method="inverted_cdf"
    ),
    "unwrap": lambda x: np.unwrap(np.log(x) * 9.0, axis=1),
    "apply_along_axis": lambda x: np.apply_along_axis(lambda row: np.log(row) * np.sum(row), 1, x),
    # elementwise
    "divide": lambda x: np.sin(x) / x,
    "0 / 0": lambda x: (x * x) / (x + np.abs(x)),
    "power": lambda x: np.power(x, 0.5) ** 3,
    "power of both": lambda x: x**x,
    "hypot": lambda x: np.hypot(np.sqrt(x), np.log(x)),
    "arctan2": lambda x: np.arctan2(np.sqrt(x), np.log(x)),
    "logaddexp": lambda x: np.logaddexp(np.log(x), np.sqrt(x)),
    "fmax": lambda x: np.fmax(np.sqrt(x), np.log(x)),
    "maximum": lambda x: np.sqrt(np.maximum(x, 0.0)),
    "clip": lambda x: np.log(np.clip(x, 0.0, 5.0)),
    "nan_to_num": lambda x: np.sqrt(np.nan_to_num(np.sqrt(x))),
    "interp": lambda x: np.interp(np.log(x), [-1.0, 0.0, 1.0], [0.0, 2.0, 1.0]),
    "products of roots": lambda x: np.sqrt(x) * np.log(x) * np.sqrt(x),
    "a long chain": lambda x: np.tanh(np.exp(np.log(np.sqrt(x)) * 2.0) * np.sqrt(x) + 1.0),
    # shapes
    "concatenate": lambda x: np.concatenate([np.log(x), np.sqrt(x)], axis=1),
    "stack": lambda x: np.stack([np.log(x), x], axis=-1),
    "repeat": lambda x: np.repeat(np.log(x), 2, axis=1),
    "pad": lambda x: np.pad(np.sqrt(x), ((0, 0), (1, 2))),
    "flip": lambda x: np.flip(np.log(x), axis=1),
    "roll": lambda x: np.roll(np.log(x), 1, axis=1),
    "take": lambda x: np.take(np.log(x), [0, 2, 2], axis=1),
    "where": lambda x: np.where(x > 1.0, np.log(x), np.sqrt(x)),
    "a loop of writes": lambda x: written_one_by_one(x),
    # linear algebra
    "det": lambda x: np.linalg.det(matrices(x)),
    "slogdet": lambda x: np.linalg.slogdet(matrices(x))[1],
    "trace": lambda x: np.trace(matrices(np.log(x)), axis1=1, axis2=2),
    "matrix_power": lambda x: np.linalg.matrix_power(matrices(np.sqrt(x)), 3),
}
STACKS = {
    "inv": lambda x: np.linalg.inv(matrices(x)),
    "solve": lambda x: np.linalg.solve(matrices(x), np.sqrt(x)[:, :, None]),
    "cholesky": lambda x: np.linalg.cholesky(
        np.matmul(matrices(x), np.swapaxes(matrices(x), -1, -2)) + np.eye(3)
    ),
    "eigvalsh": lambda x: np.linalg.eigvalsh(symmetric(x)),
    "eigh": lambda x: np.abs(np.linalg.eigh(symmetric(x))[1]),
    "eigvals": lambda x: np.linalg.eigvals(symmetric(x)).real,
    "svd": lambda x: np.linalg.svd(matrices(x), compute_uv=False),
    "singular vectors": lambda x: np.abs(np.linalg.svd(matrices(x))[0]),
    "pinv": lambda x: np.linalg.pinv(matrices(x)),
    "qr": lambda x: np.linalg.qr(matrices(x))[1],
    "nuclear norm": lambda x: np.linalg.norm(matrices(x), "nuc", axis=(1, 2)),
    "cond": lambda x: np.linalg.cond(matrices(x)),
    "complex slogdet": lambda x: np.linalg.slogdet(matrices(x) * (1 + 1j))[1],
    "tensorinv": lambda x: np.stack([np.linalg.norm(np.linalg.tensorinv(m, 1)) for m in matrices(x)]),
}


def written_one_by_one(x):
    y = np.zeros_like(x)
    for i in range(len(x.data if isinstance(x, mg.Tensor) else x)):
        y[i] = np.log(x[i]) * np.sqrt(x[i])
    return y


def multiplied_at(x):
    y = np.sqrt(x)
    np.multiply.at(y, (slice(None), [0, 2, 2]), np.log(x))
    return y


def mask_for(y):
    return np.broadcast_to(USED.reshape(-1, *(1,) * (np.ndim(y) - 1)), np.shape(y))


def by_write(y):
    y = +y
    y[~USED] = 0.0
    return y


def by_copyto(y):
    y = +y
    np.copyto(y, 0.0, where=~mask_for(y))
    return y


def by_putmask(y):
    y = +y
    np.putmask(y, ~mask_for(y), 0.0)
    return y


def by_ufunc_where(y):
    out = mg.zeros_like(y.data, constant=True)
    return np.multiply(y, 1.0, where=mask_for(y), out=out)


def by_piecewise(y):
    return np.piecewise(y, [mask_for(y)], [lambda z: z, 0.0])


WAYS = {
    "where": lambda y: np.where(mask_for(y), y, 0.0),
    "where on the other side": lambda y: np.where(~mask_for(y), 0.0, y),
    "index": lambda y: y[USED],
    "slices": lambda y: y[::2],
    "one by one": lambda y: np.stack([y[0], y[2]]),
    "mask": lambda y: y[mask_for(y)],
    "take": lambda y: np.take(y, [0, 2], axis=0),
    "compress": lambda y: np.compress(USED, y, axis=0),
    "extract": lambda y: np.extract(mask_for(y), y),
    "delete": lambda y: np.delete(y, [1, 3], axis=0),
    "sum where": lambda y: np.sum(y, axis=0, where=mask_for(y)),
    "mean where": lambda y: np.mean(y, axis=0, where=mask_for(y)),
    "write": by_write,
    "copyto": by_copyto,
    "putmask": by_putmask,
    "ufunc where": by_ufunc_where,
    "select": lambda y: np.select([mask_for(y)], [y], 0.0),
    "choose": lambda y: np.choose(mask_for(y).astype(int), [np.zeros(y.shape), y]),
    "piecewise": by_piecewise,
    "take_along_axis": lambda y: np.take_along_axis(
        y, np.broadcast_to(np.array([0, 2]).reshape(-1, *(1,) * (y.ndim - 1)), (2, *y.shape[1:])), axis=0
    ),
}

each_result = pytest.mark.parametrize("f", RESULTS.values(), ids=RESULTS)
each_harm = pytest.mark.parametrize("x", HARM.values(), ids=HARM)
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def weighted(y):
    """A number that gives each element a cotangent of its own."""
    return np.sum(y * np.cos(np.arange(y.size)).reshape(y.shape))


def loss_of(f, way, x):
    with np.errstate(all="ignore"):
        return weighted(way(f(x)))


def first(f, way, x):
    x = mg.tensor(x)
    loss = loss_of(f, way, x)
    loss.backward()
    return np.zeros(x.shape) if x.grad is None else x.grad


def second(f, way, x):
    """The derivative of the first derivative in a direction."""
    x = mg.tensor(x)
    (g,) = gradients(node_of(loss_of(f, way, x)), [node_of(x)], graph=True)
    if g is None or node_of(g) is None:
        return np.zeros(x.shape)
    (h,) = gradients(node_of(np.sum(np.sin(1.0 + np.arange(12.0)).reshape(4, 3) * g)), [node_of(x)])
    return np.zeros(x.shape) if h is None else h


def whole(f, order):
    """The derivatives where no row does harm."""
    return order(f, WAYS["index"], GOOD)


def check(found, expected, rtol=1e-9):
    np.testing.assert_array_equal(found[~USED], 0.0)
    np.testing.assert_allclose(found[USED], expected[USED], rtol=rtol, atol=1e-11)


def computes(f, x):
    """Whether NumPy has results for such rows: it refuses singular matrices and eigenvalues of NaN."""
    with np.errstate(all="ignore"):
        try:
            f(x)
        except np.linalg.LinAlgError:
            return False
    return True


@each_harm
@each_result
def test_rows_that_are_left_out(f, x):
    check(first(f, WAYS["index"], x), whole(f, first))
    check(first(f, WAYS["where"], x), whole(f, lambda f, way, x: first(f, WAYS["where"], x)))


@each_way
@pytest.mark.parametrize("f", [RESULTS[name] for name in ("products of roots", "var of roots", "matmul")])
@each_harm
def test_ways_to_leave_out(f, x, way):
    expected = first(f, way, GOOD)
    check(first(f, way, x), expected)


@each_harm
@each_result
def test_second_derivatives_of_rows_that_are_left_out(f, x):
    check(second(f, WAYS["where"], x), second(f, WAYS["where"], GOOD), rtol=1e-7)


@each_harm
@each_result
def test_forward_mode_of_rows_that_are_left_out(f, x):
    t = np.sin(1.0 + np.arange(12.0)).reshape(4, 3)
    results = []
    for values in (x, GOOD):
        a = mg.tensor(values)
        y = node_of(loss_of(f, WAYS["where"], a))
        results.append(forward(y, {node_of(a): t}))
    np.testing.assert_allclose(*results, rtol=1e-9, atol=1e-11)


STACKED = [
    pytest.param(f, x, id=f"{name}-{harm}")
    for name, f in STACKS.items()
    for harm, x in HARM.items()
    if computes(f, x) and (name, harm) != ("qr", "zeros")  # that has no derivative, and the rule says so
]


@pytest.mark.parametrize(("f", "x"), STACKED)
def test_matrices_that_are_left_out(f, x):
    for way in ("index", "where", "write"):
        check(first(f, WAYS[way], x), first(f, WAYS[way], GOOD))
    check(second(f, WAYS["where"], x), second(f, WAYS["where"], GOOD), rtol=1e-6)


@each_harm
@each_result
def test_rows_that_are_used_are_not_mended(f, x):
    """What is infinite or undefined in these rows by themselves is that beside others, too."""
    alone = first(f, lambda y: y[[0, 1]], x[~USED])
    beside = first(f, lambda y: y[~USED], x)
    np.testing.assert_allclose(beside[~USED], alone, rtol=1e-9, atol=1e-11)
    np.testing.assert_array_equal(beside[USED], 0.0)
