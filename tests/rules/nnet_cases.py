"""Cases of `mygrad.nnet`: its rules, and its functions beside what the books say they are."""

import numpy as np

from mygrad import nnet
from mygrad.nnet.activations.rectifiers import SELU_ALPHA, SELU_SCALE, _elu, _leaky_relu, _relu
from mygrad.nnet.activations.sigmoids import _sigmoid, _soft_sign
from mygrad.nnet.activations.softmax import _logsoftmax, _softmax
from mygrad.nnet.layers.convolution import _conv_nd
from mygrad.nnet.layers.pooling import _max_pool
from mygrad.nnet.losses.focal import _focal
from mygrad.nnet.losses.margins import _multiclass_hinge

from .drawing import add, call, cases, tensors_in, var

A = var(3, 4)
LABELS = np.array([2, 0, -1])
ROWS = np.arange(3)
SIGNS = np.array([1, -1, 1])

# ------------------------------------------------------------------------------------------------------ rules

for _function in (_softmax, _logsoftmax):
    cases(
        _function,
        call(A, -1),
        call(A, axis=0),
        call(var(2, 3, 2), (0, 2)),
        call(A, None),
        call(x=var(5), axis=0),
        call(var(2, 1), 1),
        call(var(0, 3), 1),
        call(var(3, 0), 1),
    )
for _function in (_relu, _sigmoid, _soft_sign):
    cases(_function, call(A), call(x=var()), call(var(0)))
cases(_leaky_relu, call(A, 0.1), call(x=var(), slope=-2.0), call(A, 0.0))
cases(
    _elu, call(A, 0.7, 1.0), call(var(), alpha=-0.5, scale=2.0), call(x=A, alpha=SELU_ALPHA, scale=SELU_SCALE)
)

_log_p = var(5, domain=(-3.0, -0.1))
cases(_focal, call(_log_p, 0.0), call(_log_p, 0.5), call(_log_p, gamma=2.0), call(log_p=_log_p, gamma=1))
cases(_multiclass_hinge, call(A, LABELS, 1.0), call(x=A, y_true=LABELS, hinge=0.3), call(var(1, 4), [1], 9.0))

cases(
    _conv_nd,
    call(var(2, 3, 6), var(4, 3, 2), (1,), (0,), (1,)),
    call(var(2, 1, 7), var(1, 1, 3), (2,), padding=(1,), dilation=(1,)),
    call(var(1, 2, 5), var(2, 2, 2), stride=(2,), padding=(2,), dilation=(4,)),
    call(x=var(2, 2, 4, 5), filter_bank=var(3, 2, 2, 3), stride=(2, 1), padding=(0, 1), dilation=(1, 2)),
    call(var(1, 1, 3, 3, 3), var(2, 1, 2, 3, 1), (1, 1, 2), (0, 0, 0), (1, 1, 1)),
    call(var(2, 3, 1, 4), var(2, 3, 1, 1), (1, 1), (0, 0), (1, 1)),
    call(var(0, 2, 4), var(3, 2, 2), (1,), (0,), (1,)),
)
cases(
    _max_pool,
    call(var(2, 6), (2,), (2,)),
    call(var(2, 6), (3,), stride=(1,)),
    call(var(2, 3, 5), pool=(2, 3), stride=(1, 2)),
    call(x=var(4), pool=(4,), stride=(1,)),
    call(var(2, 3), (), ()),
)

# -------------------------------------------------------------------------------------------------- functions


def beside(name, function, reference, label, *variables, integers="as floats"):
    """Add a case: what a function does with tensors should be what the reference does with real arrays."""

    def f(*values):
        if tensors_in(list(values)):
            return function(*values)
        values = list(map(np.asarray, values))
        whole = any(value.dtype.kind in "iub" for value in values)
        if any(map(np.iscomplexobj, values)) or (whole and integers == "refused"):
            raise TypeError("These functions are for real numbers.")
        if whole and integers == "as floats":
            values = [value.astype(float) for value in values]
        return reference(*values)

    add(name, label, f, variables, exact=False)


def picked(x):
    return x[ROWS, LABELS]


def log_softmax(x):
    return x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


def selu(x):
    return np.where(x > 0, SELU_SCALE * x, (SELU_SCALE * SELU_ALPHA) * (np.exp(x) - 1.0))


def hinge(x):
    margins = np.maximum(x - picked(x)[:, None] + 1.0, 0.0)
    margins[ROWS, LABELS] = 0.0
    return np.sum(margins) / len(x)


def focal(p, alpha, gamma):
    return -alpha * np.maximum(1.0 - p, 0.0) ** gamma * np.log(p)


def gru(X, U, W, b, s=0.0):
    """As `mygrad.nnet.gru`, with the weights of the three gates in one array."""
    (Uz, Ur, Uh), (Wz, Wr, Wh), (bz, br, bh) = U, W, b
    states = [np.zeros((X.shape[1], b.shape[1]), X.dtype) + s]
    for x in X:
        s = states[-1]
        z = logistic(x @ Uz + s @ Wz + bz)
        r = logistic(x @ Ur + s @ Wr + br)
        h = np.tanh(x @ Uh + (r * s) @ Wh + bh)
        states.append((1.0 - z) * h + z * s)
    return np.stack(states)


def recurrent(X, U, W, b, s=None):
    weights = [part[gate] for gate in range(3) for part in (U, W, b)]
    return nnet.gru(X, *weights, s0=s)


def normalized(x, gamma, beta):
    axes = (0, *range(2, x.ndim))
    gamma, beta = (np.reshape(a, (-1,) + (1,) * (x.ndim - 2)) for a in (gamma, beta))
    deviation = np.sqrt(np.var(x, axis=axes, keepdims=True) + 0.25)
    return gamma * (x - np.mean(x, axis=axes, keepdims=True)) / deviation + beta


beside("softmax", lambda x: nnet.softmax(x, None), lambda x: np.exp(x) / np.sum(np.exp(x)), "axis=None", A)
beside("logsoftmax", nnet.logsoftmax, log_softmax, "x", A)
beside("sigmoid", nnet.sigmoid, logistic, "x", A)
beside("soft_sign", nnet.soft_sign, lambda x: x / (1.0 + np.abs(x)), "x", A)
beside("relu", nnet.relu, lambda x: np.maximum(x, 0), "x", A, integers="kept")
beside("leaky_relu", lambda x: nnet.leaky_relu(x, 0.1), lambda x: np.where(x > 0, x, 0.1 * x), "x", A)
beside("elu", lambda x: nnet.elu(x, 0.5), lambda x: np.where(x > 0, x, 0.5 * (np.exp(x) - 1.0)), "x", A)
beside("selu", nnet.selu, selu, "x", A)
beside("hard_tanh", nnet.hard_tanh, lambda x: np.clip(x, -1, 1), "x", A, integers="kept")
beside("glu", nnet.glu, lambda x: x[..., :2] * logistic(x[..., 2:]), "x", A)
beside("glu", lambda x: nnet.glu(x, 0), lambda x: x[:1] * logistic(x[1:]), "axis=0", var(2, 3))

beside(
    "softmax_crossentropy",
    lambda x: nnet.softmax_crossentropy(x, LABELS),
    lambda x: -np.mean(picked(log_softmax(x))),
    "x",
    A,
)
beside(
    "negative_log_likelihood",
    lambda x: nnet.negative_log_likelihood(x, LABELS),
    lambda x: -np.mean(picked(x)),
    "x",
    A,
)
beside(
    "negative_log_likelihood",
    lambda x, w: nnet.negative_log_likelihood(x, LABELS, weights=w),
    lambda x, w: -np.mean(picked(x) * w[LABELS]),
    "x,weights",
    A,
    var(4),
)
for _gamma in (0, 0.5, 2.0):
    _options = {"alpha": 1.5, "gamma": _gamma}
    beside(
        "focal_loss",
        lambda x, o=_options: nnet.focal_loss(x, LABELS, **o),
        lambda x, o=_options: focal(picked(x), **o),
        f"gamma={_gamma}",
        var(3, 4, domain=(0.1, 0.9)),
    )
    beside(
        "softmax_focal_loss",
        lambda x, o=_options: nnet.softmax_focal_loss(x, LABELS, **o),
        lambda x, o=_options: focal(np.exp(picked(log_softmax(x))), **o),
        f"gamma={_gamma}",
        A,
    )
beside("multiclass_hinge", lambda x: nnet.multiclass_hinge(x, LABELS), hinge, "x", A)
for _label, _shape, _signs in (("rows", (3,), SIGNS), ("tables", (3, 4), SIGNS[:, None])):
    beside(
        "margin_ranking_loss",
        lambda a, b: nnet.margin_ranking_loss(a, b, SIGNS, 0.5),
        lambda a, b, signs=_signs: np.mean(np.maximum(0.5 - signs * (a - b), 0.0)),
        _label,
        var(*_shape),
        var(*_shape),
        integers="refused",
    )

for _shape in ((4, 2), (2, 2, 3), (2, 2, 2, 2)):
    beside(
        "batchnorm",
        lambda x: nnet.batchnorm(x, eps=0.25),
        lambda x: normalized(x, np.ones(2, x.dtype), np.zeros(2, x.dtype)),
        f"x,ndim={len(_shape)}",
        var(*_shape),
    )
    beside(
        "batchnorm",
        lambda x, gamma, beta: nnet.batchnorm(x, gamma=gamma, beta=beta, eps=0.25),
        normalized,
        f"ndim={len(_shape)}",
        var(*_shape),
        var(2),
        var(2),
    )
beside(
    "max_pool",
    lambda x: nnet.max_pool(x, (2,), 2),
    lambda x: np.max(np.reshape(x, (2, 3, 2)), axis=2),
    "x",
    var(2, 6),
    integers="kept",
)
for _name, _start in (("X", []), ("s0", [var(2, 2)])):
    beside("gru", recurrent, gru, _name, var(3, 2, 3), var(3, 3, 2), var(3, 2, 2), var(3, 2), *_start)
