"""Cases of `mygrad.nnet`: its rules, and its functions beside what the books say they are."""

import numpy as np
from scipy import special

from mygrad import nnet
from mygrad.nnet.activations.rectifiers import SELU_ALPHA, SELU_SCALE, _elu, _leaky_relu, _relu
from mygrad.nnet.activations.sigmoids import _sigmoid, _soft_sign
from mygrad.nnet.activations.softmax import _logsoftmax, _softmax
from mygrad.nnet.layers.convolution import _conv_nd
from mygrad.nnet.layers.normalization import _standardized
from mygrad.nnet.layers.pooling import _max_pool
from mygrad.nnet.losses.focal import _focal
from mygrad.nnet.losses.margins import _multiclass_hinge

from .drawing import add, call, cases, tensors_in, var

A = var(3, 4)
LABELS = np.array([2, 0, -1])
ROWS = np.arange(3)

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
cases(_elu, call(A, 0.7, 1.0), call(var(), alpha=-0.5, scale=2.0), call(x=A, alpha=SELU_ALPHA, scale=SELU_SCALE))

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
cases(
    _standardized,
    call(var(4, 3), 0.1),
    call(var(3, 2, 2), eps=0.0),
    call(x=var(2, 2, 2, 2), eps=1e-3),
    call(var(1, 2, 4), 0.0),
)

# -------------------------------------------------------------------------------------------------- functions


def beside(function, reference, label, *variables):
    """Add a case: what the function does with tensors should be what the reference does with real arrays."""

    def f(*values):
        if tensors_in(values):
            return function(*values)
        if any(np.iscomplexobj(value) for value in values):
            raise TypeError("These functions are for real numbers.")
        return reference(*values)

    add(function.__name__, label, f, variables, exact=False)


def picked(x):
    return x[ROWS, LABELS]


def log_softmax(x):
    return special.log_softmax(x, axis=1).astype(x.dtype)
