"""Cases of padding: each mode, each way to say how much, and padding that is longer than the axis."""

import numpy as np

from mygrad.rules.padding import among_zeros, copying, padded_anyhow, pulled_in, with_numbers, with_statistics

from .drawing import add, call, cases, var

A = var(3, 4)
V = var(4)
T = var(2, 3, 2)
DICTS = np.lib.NumpyVersion(np.__version__) >= "2.2.0"
"""Whether `pad_width` may be a dict."""

WIDTHS = [(V, 2), (V, (1, 3)), (A, ((0, 2), (1, 0))), (A, 1), (T, ((1, 1), (0, 0), (2, 0))), (A, [[1], [2]])]
LONG = [(V, 9), (V, (0, 13)), (var(2), 7), (var(1), 3), (A, ((5, 2), (0, 11))), (var(1, 3), ((2, 1), (1, 1)))]
COPYING = {"edge": [{}], "wrap": [{}]} | {
    mode: [{}, {"reflect_type": "even"}, {"reflect_type": "odd"}] for mode in ("reflect", "symmetric")
}

cases(np.pad, call(V, 1), call(A, ((1, 0), (0, 2))), call(array=A, pad_width=(1, 2), mode="constant"))
cases(among_zeros, call(V, (1,), (2,)), call(A, (0, 1), (2, 0)))
cases(np.pad, call(var(), 1), call(var(0), 2), call(var(0, 2), ((1, 0), (0, 1))), call(A, 0))
for _mode, _options in COPYING.items():
    for _option in _options:
        cases(np.pad, *(call(a, width, _mode, **_option) for a, width in WIDTHS + LONG))
    cases(np.pad, call(var(0, 2), ((0, 0), (1, 0)), _mode))
for _mode in ("maximum", "minimum", "mean", "median"):
    cases(np.pad, *(call(a, width, mode=_mode) for a, width in WIDTHS), exact=True)
    cases(
        np.pad,
        call(V, 2, _mode, stat_length=2),
        call(V, (1, 2), _mode, stat_length=(3, 1)),
        call(A, ((1, 2), (2, 0)), _mode, stat_length=((1, 2), (9, 3))),
        call(A, 1, _mode, stat_length=None),
        call(var(0, 2), ((0, 0), (1, 0)), _mode),
    )
for _mode, _name in (("constant", "constant_values"), ("linear_ramp", "end_values")):
    cases(np.pad, *(call(a, width, _mode, **{_name: 1.5}) for a, width in WIDTHS))
    # NumPy asks the array alone, so it is a tensor wherever the values are.
    for _values in (
        var(),
        var(1),
        var(2),
        (var(), 2.0),
        [[var(), var()], [0.5, var()]],
        var(2, 1),
        var(1, 2),
        var(2, 2),
        var(1, 1),
    ):
        cases(np.pad, call(A, ((1, 2), (3, 0)), _mode, **{_name: _values}), written=True)
    for _values in (var(2), [var(), var()]):
        cases(np.pad, call(V, (2, 1), _mode, **{_name: _values}), written=True)
    cases(np.pad, call(T, 1, _mode, **{_name: var(3, 2)}), written=True)
cases(np.pad, call(var(0), (1, 2), constant_values=var(2)), written=True)
cases(np.pad, call(var(), 1, constant_values=var()), written=True, overwritten=True)
if DICTS:
    cases(np.pad, call(A, {1: (1, 2)}), call(A, {-1: 2, 0: (0, 1)}, "edge"), call(T, {}, "mean"))


def _ramp(vector, pad_width, axis, options):
    """Write into a row what a user's function might: the mean, and twice the edge."""
    before, after = pad_width
    if before:
        vector[:before] = options.get("factor", 1.0) * np.mean(vector[before : len(vector) - after])
    if after:
        vector[-after:] = 2.0 * vector[-after - 1]


for _label, _array, _width in (("row", V, (2, 1)), ("rows", A, ((1, 1), (2, 0)))):
    add(np.pad, f"function,{_label}", lambda a, w=_width: np.pad(a, w, _ramp), [_array])
add(np.pad, "function,options", lambda a, b: np.pad(a, 1, _ramp, factor=b), [A, var()], written=True)


def _emptied(a):
    """The padding of the mode "empty" is whatever was there."""
    padded = np.pad(a, ((1, 2), (0, 1)), "empty")
    return padded[1:-2, :-1]


add(np.pad, "empty", _emptied, [A], view=False)
add(padded_anyhow, "a", lambda a: np.pad(a, 1, "empty")[1:-1], [V], view=False)

PAIRS = ((1, 2), (3, 0))
cases(copying, call(A, PAIRS, "wrap", "even"), call(A, widths=PAIRS, mode="reflect", reflect_type="odd"))
for _mode, _type in (
    ("edge", "even"),
    ("wrap", "even"),
    ("reflect", "even"),
    ("reflect", "odd"),
    ("symmetric", "odd"),
):
    cases(pulled_in, call(var(6, 7), (3, 4), PAIRS, _mode, _type))
cases(pulled_in, call(var(10, 3), shape=(1, 3), widths=((4, 5), (0, 0)), mode="reflect", reflect_type="odd"))
cases(
    with_numbers,
    call(A, var(2, 2), PAIRS, "constant"),
    call(A, values=var(), widths=PAIRS, mode="linear_ramp"),
)
cases(with_statistics, call(A, PAIRS, "maximum", 2), call(A, widths=PAIRS, mode="mean", lengths=None))
