"""Cases of decompositions, least squares and norms.

Vectors are compared in forms that don't depend on their signs and phases. The matrices have eigenvalues and
singular values far from each other, so that differences taken numerically are accurate.
"""

import numpy as np

from mygrad.rules.linalg import euclidean
from mygrad.rules.singular_values import singular_values

from .drawing import add, call, cases, parameters, var

GENTLE = {"domain": (-0.5, 0.5)}
NONZERO = {"domain": (0.3, 2.0), "signed": True}
A, V = var(3, 4), var(4)


def spread(a, by=3.0):
    """`a` with eigenvalues and singular values of about 3, 6, 9."""
    rows, columns = a.shape[-2:]
    return a + np.eye(rows, columns) * (by * np.arange(1.0, columns + 1.0))


def dagger(a):
    return np.conjugate(np.swapaxes(a, -1, -2))


def decompositions(function, names, shapes, forms, **options):
    """Cases of the function of each form, of matrices of each shape."""
    parameters.setdefault(function, set()).update(names)
    for shape in shapes:
        for label, form in forms.items():
            variable = var(*shape, **GENTLE)
            text = f"{label} of {'x'.join(map(str, shape))}"
            add(function, text, lambda a, form=form: form(spread(a)), [variable], exact=False, **options)


# ------------------------------------------------------------------------------------------------------ norms

NORM_AXES = [call(A), call(V), call(A, axis=0), call(A, axis=-1, keepdims=True), call(A, None, (0, 1), True)]
cases(
    np.linalg.norm,
    *NORM_AXES,
    call(var(2, 3, 2)),
    call(var(2, 3, 2), axis=(2, 0)),
    call(A, keepdims=True),
    exact=False,
)
for _order in (None, 1, 2, 3, -1, -2, 0.5, 2.5, np.inf, -np.inf):
    cases(
        np.linalg.norm,
        call(var(3, 4, **NONZERO), _order, axis=1),
        call(var(4, **NONZERO), ord=_order),
        call(var(2, 3, 2, **NONZERO), _order, 1, True),
        exact=False,
    )
    cases(
        np.linalg.vector_norm,
        call(var(3, 4, **NONZERO), ord=_order or 2),
        call(var(2, 3, 2, **NONZERO), axis=(2, 0), keepdims=True, ord=_order or 2),
        call(var(3, 4, **NONZERO), axis=-1, ord=_order or 2),
        exact=False,
    )
for _order in (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
    cases(
        np.linalg.norm,
        call(var(3, 4, **NONZERO), ord=_order, axis=(0, 1)),
        call(var(4, 3), _order, keepdims=True),
        exact=False,
    )
    cases(np.linalg.norm, call(var(2, 3, 2, **NONZERO), ord=_order, axis=(2, 0)), exact=False)
    cases(np.linalg.matrix_norm, call(var(2, 3, 2, **NONZERO), ord=_order, keepdims=True), exact=False)
cases(np.linalg.matrix_norm, call(A), exact=False)
cases(
    euclidean,
    call(A),
    call(A, 1),
    call(A, axis=0, keepdims=True),
    call(A, None, True),
    call(A, 0, False, True),
)
cases(euclidean, call(A, axis=1, nan_to_num=False))

# --------------------------------------------------------------------------------------------- factorizations

SQUARE = [(1, 1), (3, 3), (2, 2, 2), (0, 0), (0, 2, 2)]
OBLONG = [(4, 2), (2, 4), (2, 3, 2)]

decompositions(
    np.linalg.cholesky,
    ("a", "upper"),
    SQUARE,
    {
        "lower": np.linalg.cholesky,
        "upper": lambda a: np.linalg.cholesky(a, upper=True),
        "both": lambda a: np.linalg.cholesky(a @ dagger(a)),
    },
)
decompositions(
    np.linalg.qr,
    ("a", "mode"),
    [*SQUARE, *OBLONG],
    {
        "q": lambda a: np.linalg.qr(a)[0],
        "r": lambda a: np.linalg.qr(a, mode="r"),
        "q r": lambda a: np.matmul(*np.linalg.qr(a)) * np.linalg.qr(a)[1][..., :1, :],
        "whole q": lambda a: np.linalg.qr(a, "complete").Q[..., : min(a.shape[-2:])],
        "whole r": lambda a: np.linalg.qr(a, mode="complete").R,
        "whole rest": lambda a: projector(np.linalg.qr(a, "complete").Q, min(a.shape[-2:])),
        "raw": lambda a: np.linalg.qr(a, "raw")[0],
        "raw scales": lambda a: np.linalg.qr(a, "raw")[1],
    },
)


def projector(vectors, k):
    """What projects onto the columns past the first `k`, whatever basis they are."""
    return vectors[..., k:] @ dagger(vectors[..., k:])


# ---------------------------------------------------------------------------------------------------- spectra


def rebuilt(decomposition):
    """A function of the matrix, by its eigenvalues."""
    w, v = decomposition
    return (v * np.sin(w)[..., None, :]) @ dagger(v)


decompositions(
    np.linalg.eigh,
    ("a", "UPLO"),
    SQUARE,
    {
        "values": lambda a: np.linalg.eigh(a).eigenvalues,
        "vectors": lambda a: np.abs(np.linalg.eigh(a, "U").eigenvectors) ** 2,
        "both": lambda a: rebuilt(np.linalg.eigh(a, UPLO="U")),
    },
)
decompositions(
    np.linalg.eigvalsh,
    ("a", "UPLO"),
    SQUARE,
    {"lower": np.linalg.eigvalsh, "upper": lambda a: np.linalg.eigvalsh(a, UPLO="U")},
)
decompositions(np.linalg.eigvals, ("a",), SQUARE, {"values": np.linalg.eigvals})
decompositions(
    np.linalg.eig,
    ("a",),
    SQUARE,
    {
        "values": lambda a: np.linalg.eig(a).eigenvalues,
        "vectors": lambda a: np.abs(np.linalg.eig(a).eigenvectors) ** 2,
        "both": lambda a: rebuilt(np.linalg.eig(a)),
    },
)


def recombined(a, full):
    u, s, vh = np.linalg.svd(a, full_matrices=full)
    k = s.shape[-1]
    return (u[..., :k] * np.sin(s)[..., None, :]) @ vh[..., :k, :]


decompositions(
    np.linalg.svd,
    ("a", "full_matrices", "compute_uv", "hermitian"),
    [*SQUARE, *OBLONG],
    {
        "left": lambda a: np.abs(np.linalg.svd(a, full_matrices=False).U) ** 2,
        "values": lambda a: np.linalg.svd(a).S,
        "right": lambda a: np.abs(np.linalg.svd(a, full_matrices=False).Vh) ** 2,
        "values alone": lambda a: np.linalg.svd(a, compute_uv=False),
        "all": lambda a: recombined(a, False),
        "all of whole": lambda a: recombined(a, True),
        "left rest": lambda a: projector(np.linalg.svd(a).U, min(a.shape[-2:])),
        "right rest": lambda a: projector(dagger(np.linalg.svd(a).Vh), min(a.shape[-2:])),
    },
)
decompositions(
    np.linalg.svd,
    (),
    [(3, 3), (2, 2, 2)],
    {
        "Hermitian": lambda a: np.abs(np.linalg.svd(-a, hermitian=True).U) ** 2,
        "Hermitian product": lambda a: (
            np.linalg.svd(-a, hermitian=True).U @ np.linalg.svd(-a, hermitian=True).Vh
        ),
        "Hermitian values": lambda a: np.linalg.svd(-a, compute_uv=False, hermitian=True),
    },
)
cases(singular_values, call(A), call(var(2, 3, 3)), call(var(4, 2)))
decompositions(np.linalg.svdvals, ("x",), [*SQUARE, *OBLONG], {"values": np.linalg.svdvals})
decompositions(
    np.linalg.cond,
    ("x", "p"),
    [(3, 3), (2, 2, 2)],
    {
        str(p): lambda a, p=p: np.linalg.cond(a, p)
        for p in (None, 2, -2, 1, -1, np.inf, -np.inf, "fro", "nuc")
    },
)
decompositions(np.linalg.cond, (), OBLONG, {"2": np.linalg.cond})

# ---------------------------------------------------------------------------------------------- least squares


def of_rank_two(a):
    return a[..., :, :2] @ a[..., :2, :]


decompositions(
    np.linalg.pinv,
    ("a", "rcond", "hermitian"),
    [*SQUARE, *OBLONG],
    {
        "plain": np.linalg.pinv,
        "Hermitian": lambda a: np.linalg.pinv(a[..., : a.shape[-1], : a.shape[-2]], hermitian=True),
    },
)
decompositions(
    np.linalg.pinv,
    ("rtol",),
    [(3, 3), (3, 4)],
    {
        "of rank 2": lambda a: np.linalg.pinv(of_rank_two(a), rcond=1e-10),
        "with rtol": lambda a: np.linalg.pinv(of_rank_two(a), rtol=1e-10),
        "default rtol": lambda a: np.linalg.pinv(a, rtol=None),
    },
)
parameters.setdefault(np.linalg.lstsq, set()).update(("a", "b", "rcond"))
for _shape, _right in [((4, 2), (4,)), ((4, 2), (4, 3)), ((2, 4), (2,)), ((3, 3), (3, 2)), ((4, 2), (4, 0))]:
    for _i in (0, 1, 3):
        if _i == 1 and (_shape[0] <= _shape[1]):
            continue
        add(
            np.linalg.lstsq,
            f"{_shape}, {_right}[{_i}]",
            lambda a, b, i=_i: np.linalg.lstsq(spread(a), b)[i] * (1.0 + 0.0 * np.sum(b)),
            [var(*_shape, **GENTLE), var(*_right)],
            exact=False,
        )
for _shape in ((3, 3), (4, 3), (3, 4)):
    for _i in (0, 3):
        add(
            np.linalg.lstsq,
            f"{_shape} of rank 2[{_i}]",
            lambda a, b, i=_i: np.linalg.lstsq(of_rank_two(spread(a)), b, rcond=1e-10)[i][:2] * np.sum(b),
            [var(*_shape, **GENTLE), var(_shape[0])],
            exact=False,
        )

# ---------------------------------------------------------------------------------------------------- systems

cases(np.linalg.tensorinv, call(var(2, 3, 6)), call(var(4, 2, 2), ind=1), exact=False)
cases(
    np.linalg.tensorsolve,
    call(var(2, 3, 6), var(2, 3)),
    call(var(3, 3), var(3)),
    exact=False,
)
parameters[np.linalg.tensorsolve].add("axes")
add(
    np.linalg.tensorsolve,
    "6x6, 2x3, axes=[1]",
    lambda a, b: np.linalg.tensorsolve(np.moveaxis(np.reshape(spread(a), (2, 3, 6)), 2, 1), b, axes=(1,)),
    [var(6, 6, **GENTLE), var(2, 3)],
    exact=False,
)
