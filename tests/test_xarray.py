"""Programs written with xarray for arrays give tensors their derivatives, compared with differences.

Nothing here knows of tensors but the line that makes one: labels, dimensions and missing values are xarray's.
"""

import copy
import pickle

import numpy as np
import pytest

import mygrad as mg

xr = pytest.importorskip("xarray")
pd = pytest.importorskip("pandas")

rng = np.random.default_rng(0)
VALUES = rng.uniform(0.5, 2.0, (4, 6))
TIMES = pd.date_range("2000-01-01", periods=6, freq="12h")
WEIGHTS = xr.DataArray(rng.uniform(0.5, 2.0, 6), dims="t", coords={"t": TIMES})


def labelled(values):
    return xr.DataArray(
        values,
        dims=("x", "t"),
        coords={"x": [0.0, 1.0, 2.5, 4.0], "t": TIMES, "group": ("t", list("aabbab"))},
    )


def without_labels_of_text(d):
    return d.drop_vars("group")


def with_a_row_written(d):
    d = d * 1.0
    d.loc[{"x": 1.0}] = d.sel(x=0.0) ** 2
    d[{"t": 0}] = d[{"t": 1}] * 2
    return d


ARITHMETIC = {
    "add": lambda d: d + WEIGHTS,
    "multiply": lambda d: WEIGHTS * d * 2,
    "power": lambda d: (1 - d) ** 2 / WEIGHTS,
    "ufunc": lambda d: np.exp(-abs(d - 1)),
    "by coordinate": lambda d: d * d.x,
    "outer join": lambda d: d.isel(t=slice(3)) + d.isel(t=slice(1, 4)),
    "astype": lambda d: d.astype("complex128").real,
    "clip": lambda d: d.clip(0.7, 1.5),
    "where": lambda d: d.where(d > 1),
    "where else": lambda d: xr.where(d > 1, d**2, -d),
    "fillna": lambda d: d.where(d > 1).fillna(d * 3),
    "combine first": lambda d: d.where(d > 1).combine_first(d * 0.5),
    "apply ufunc": lambda d: xr.apply_ufunc(lambda v: np.sum(v**2, axis=-1), d, input_core_dims=[["t"]]),
    "pipe": lambda d: d.pipe(np.sqrt),
    "a row written": with_a_row_written,
}
REDUCTIONS = {
    **{
        f"{name} {kind}": lambda d, name=name, options=options: getattr(d, name)(**options)
        for name in "sum mean std var prod min max median cumsum cumprod".split()
        for kind, options in {"all": {}, "t": {"dim": "t"}, "no nan": {"dim": "t", "skipna": False}}.items()
    },
    **{
        f"{name} of some": lambda d, name=name: getattr(d.where(d > 0.7), name)("t")
        for name in "sum mean std var prod min max median cumsum".split()
    },
    "minimal count": lambda d: d.where(d > 0.9).sum("t", min_count=4),
    "ddof": lambda d: d.std("t", ddof=1),
    "quantile": lambda d: d.quantile([0.1, 0.9], "t"),
    "reduce": lambda d: d.reduce(np.mean, "t"),
    "dot": lambda d: d.dot(WEIGHTS),
    "matmul": lambda d: d @ WEIGHTS,
    "weighted mean": lambda d: d.weighted(WEIGHTS).mean("t"),
    "weighted std": lambda d: d.weighted(WEIGHTS).std("t"),
    "weights": lambda d: (WEIGHTS * d.x).weighted(d).mean("t"),
    "covariance": lambda d: xr.cov(d, WEIGHTS, "t"),
    "correlation": lambda d: xr.corr(d, WEIGHTS, "t"),
}
SELECTION = {
    "sel": lambda d: d.sel(x=2.5),
    "sel nearest": lambda d: d.sel(x=2.2, method="nearest"),
    "sel slice": lambda d: d.sel(x=slice(0, 2.5), t="2000-01-02"),
    "isel": lambda d: d.isel(t=[0, 2, 2], x=slice(None, None, 2)),
    "brackets": lambda d: d[1:, ::2],
    "loc": lambda d: d.loc[1.0],
    "where, dropped": lambda d: d.where(d.x > 1, drop=True),
    "dropna": lambda d: d.where(d.t != TIMES[2]).dropna("t"),
    "drop": lambda d: d.drop_sel(x=[1.0]),
    "sortby": lambda d: d.sortby("x", ascending=False),
    "reindex": lambda d: d.reindex(x=[0.0, 1.0, 7.0]),
    "reindex nearest": lambda d: d.reindex(x=[0.2, 1.1], method="nearest"),
    "by hour": lambda d: d.isel(t=d.t.dt.hour == 0),
    "align": lambda d: xr.align(d, WEIGHTS.isel(t=slice(2, 5)))[0],
}
ALONG_AN_AXIS = {
    "diff": lambda d: d.diff("t", n=2),
    "shift": lambda d: d.shift(t=-1, fill_value=0.0),
    "roll": lambda d: d.roll(t=2),
    "rolling mean": lambda d: d.rolling(t=3).mean(),
    "rolling sum": lambda d: d.rolling(t=3, min_periods=1).sum(),
    "rolling max": lambda d: d.rolling(t=2, center=True).max(),
    "rolling std": lambda d: d.rolling(t=3).std(),
    "rolling reduce": lambda d: d.rolling(t=2).reduce(np.sum),
    "windows": lambda d: d.rolling(t=3).construct("w"),
    "coarsen": lambda d: without_labels_of_text(d).coarsen(t=2).mean(),
    "coarsen max": lambda d: without_labels_of_text(d).coarsen(t=4, boundary="trim").max(),
    "differentiate": lambda d: d.differentiate("x"),
    "integrate": lambda d: d.integrate("x"),
    "cumulative integral": lambda d: d.cumulative_integrate("x"),
    "integrate over time": lambda d: d.integrate("t", datetime_unit="D"),
    "pad": lambda d: d.pad(t=(1, 2), mode="edge"),
    "pad with nan": lambda d: d.pad(t=1),
    "pad by reflection": lambda d: d.pad(t=2, mode="reflect"),
    "polyfit": lambda d: d.polyfit("x", 2).polyfit_coefficients,
}
GROUPS = {
    "groups' sum": lambda d: d.groupby("group").sum(),
    "groups' std": lambda d: d.groupby("group").std(),
    "groups' median": lambda d: d.groupby("group").median(),
    "groups' first": lambda d: d.groupby("group").first(),
    "groups' quantile": lambda d: d.groupby("group").quantile(0.5),
    "groups mapped": lambda d: d.groupby("group").map(lambda part: part - part.mean("t")),
    "group arithmetic": lambda d: d.groupby("group") - d.groupby("group").mean(),
    "bins": lambda d: d.groupby_bins("x", [-1, 1.5, 5]).sum(),
    "by day": lambda d: d.groupby("t.dayofyear").mean(),
    "resample": lambda d: d.resample(t="1D").mean(),
    "resample, filled": lambda d: d.resample(t="6h").ffill(),
}
TOGETHER = {
    "concat": lambda d: xr.concat([d, d * 2], "n"),
    "concat along": lambda d: xr.concat([d.isel(t=slice(3)), d.isel(t=slice(3, None)) * 3], "t"),
    "merge": lambda d: xr.merge([d.rename("a"), (d * 2).rename("b")]).to_array(),
    "dataset": lambda d: xr.Dataset({"a": d, "b": d**2}).mean("t").to_array(),
    "dataset arithmetic": lambda d: (xr.Dataset({"a": d, "b": d**2}) * 2 + WEIGHTS)["b"],
    "assign": lambda d: xr.Dataset({"a": d}).assign(c=lambda s: s.a * 3)["c"],
    "map": lambda d: xr.Dataset({"a": d}).map(np.log)["a"],
    "broadcast": lambda d: xr.broadcast(WEIGHTS, d)[1],
    "stack": lambda d: d.stack(z=("x", "t")),
    "unstack": lambda d: d.stack(z=("x", "t")).unstack("z"),
    "transpose": lambda d: d.transpose("t", "x"),
    "new dimension": lambda d: d.expand_dims(k=3),
    "squeeze": lambda d: d.isel(x=[0]).squeeze(),
    "deep copy": lambda d: d.copy() * 2,
    "shallow copy": lambda d: d.copy(deep=False) * 2,
}
PROGRAMS = ARITHMETIC | REDUCTIONS | SELECTION | ALONG_AN_AXIS | GROUPS | TOGETHER


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_its_values_and_its_derivatives(name):
    program = PROGRAMS[name]
    expected = program(labelled(VALUES.copy()))
    x = mg.tensor(VALUES)
    got = program(labelled(x))
    assert got.dims == expected.dims
    assert isinstance(got.data, mg.Tensor)
    assert got.dtype == expected.dtype
    np.testing.assert_allclose(got.data, expected.data, rtol=1e-12)

    # Along one direction, where nothing is missing.
    there = ~np.isnan(expected.data)
    cotangent = np.where(there, np.random.default_rng(1).normal(size=expected.shape), 0.0)
    direction = np.random.default_rng(2).normal(size=VALUES.shape)
    (np.where(there, got.data, 0.0) * cotangent).sum().backward()
    h = 1e-6
    above, below = (program(labelled(VALUES + step * direction)).data for step in (h, -h))
    difference = (np.where(there, above - below, 0.0) * cotangent).sum() / (2 * h)
    np.testing.assert_allclose((x.grad * direction).sum(), difference, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    "question",
    [
        lambda d: d.argmax("t"),
        lambda d: d.argmax(...)["x"],
        lambda d: d.idxmax("t"),
        lambda d: d.isnull(),
        lambda d: d.count("t"),
        lambda d: d > WEIGHTS,
        lambda d: d.argsort(),
        lambda d: d.isin([VALUES[0, 0]]),
        lambda d: d.round(1),
    ],
)
def test_questions_are_answered_as_for_arrays(question):
    got, expected = question(labelled(mg.tensor(VALUES))), question(labelled(VALUES))
    np.testing.assert_array_equal(mg.asarray(got.data), expected.data)
    assert got.dtype == expected.dtype


@pytest.mark.parametrize(
    "program",
    [
        lambda d: d.values,
        lambda d: d.to_series(),
        lambda d: float(d.mean()),
        lambda d: d.to_dict(),
        lambda d: xr.apply_ufunc(lambda row: row[0], d, input_core_dims=[["t"]], vectorize=True),
        lambda d: xr.DataArray(d.data[0], dims="t", coords={"t": d.data[0]}),
    ],
)
def test_what_makes_plain_arrays_is_refused(program):
    with pytest.raises(mg.GradientLost):
        program(labelled(mg.tensor(VALUES)))


def test_points_cannot_be_selected_together():
    # xarray does so for its own arrays alone, and says so.
    d = labelled(mg.tensor(VALUES))
    with pytest.raises(TypeError, match="Vectorized indexing"):
        d.isel(x=xr.DataArray([0, 1], dims="p"), t=xr.DataArray([3, 4], dims="p"))


@pytest.mark.parametrize(
    "operation",
    [
        lambda x, d: x * d,
        lambda x, d: d - x,
        lambda x, d: np.add(x, d),
        lambda x, d: np.arctan2(d, x),
        lambda x, d: x**d,
        lambda x, d: x / d,
    ],
)
def test_an_operation_of_a_tensor_and_a_dataarray_is_left_to_xarray(operation):
    x, d = mg.tensor([1.0, 2.0, 3.0]), xr.DataArray([3.0, 4.0, 5.0], dims="a")
    got, expected = operation(x, d), operation(x.data, d)
    assert type(got) is type(expected)
    np.testing.assert_allclose(got.data, expected)
    got.data.sum().backward()
    assert x.grad.shape == (3,)


def test_a_series_beside_a_tensor_is_the_data_that_it_holds():
    x, s = mg.tensor([1.0, 2.0, 3.0]), pd.Series([3.0, 4.0, 5.0], index=list("abc"))
    y = x * s + s.index.get_indexer(["a", "b", "c"])
    assert type(y.data) is np.ndarray
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 4.0, 5.0]
    with pytest.raises(mg.GradientLost):
        s * x


def test_arrays_with_tensors_are_shown_copied_and_pickled():
    x = mg.tensor(VALUES)
    d = labelled(x)
    assert "Tensor(" in repr(d)
    assert d._repr_html_()
    for other in (copy.deepcopy(d), pickle.loads(pickle.dumps(d))):
        assert isinstance(other.data, mg.Tensor)
        xr.testing.assert_identical(other, d)
    assert copy.copy(d).data is x
