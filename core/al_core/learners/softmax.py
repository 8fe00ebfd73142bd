"""Multinomial logistic regression with an L2 penalty, solved to convergence by Newton's method.

The objective is strictly convex (up to a shift of all intercepts), so its minimum is a fact about the labelled items: it does
not depend on where a solver starts. This one starts where the data says, never from an earlier model, so that a run that was
undone or resumed learns the same model bit for bit.

Each Newton step is solved by conjugate gradients. Their preconditioner is one Cholesky factor for all classes: the Hessian with
its class-by-class blocks replaced by what they are on average, Σᵢ hᵢ xᵢxᵢᵀ + penalty with hᵢ = (1 − Σ_c pᵢ꜀²)/(C − 1). It
makes the steps insensitive to the scale of the features, and costs as much as ridge regression.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from al_core.data.dataset import FloatArray, IntArray

_DECREMENT = 1e-14
"""Stop when the squared Newton decrement is below this: log odds of the labelled items are then within some 1e-7."""
_STEPS = 100
_INEXACT = 0.1
"""Share of the squared error, in the preconditioner's norm, that an early Newton step may leave."""
_FACTORED = 2000
"""Columns up to which a Cholesky factor is affordable; beyond, the diagonal preconditions."""
_SLOW = 20
_LEAST_SHARE = 1e-3
"""Least weight of an item in the preconditioner, as a share of the largest: of a certain item, 1 − Σ p² is all rounding."""

Solve = Callable[[FloatArray], FloatArray]


def fit_softmax(X: FloatArray, y: IntArray, n_classes: int, penalty: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Minimise Σᵢ −log P(yᵢ|xᵢ) + penalty/2 · ‖W‖² over weights W and intercepts, which are not penalised.

    Parameters
    ----------
    X : float array, shape (n, d), finite.
    y : int array, shape (n,), in [0, n_classes); every class occurs.
    n_classes : at least 2.
    penalty : weight of the penalty, 1/C in scikit-learn's words.

    Returns
    -------
    W, shape (n_classes, d), and intercepts, shape (n_classes,); both sum to 0 over the classes.
    """
    centre = X.mean(axis=0)
    centred = X - centre
    basis = None
    if X.shape[1] > len(X):  # the solution lies in the span of the items: turn them so that n columns hold it
        basis, upper = np.linalg.qr(centred.T)
        centred = upper.T
    W = _newton(centred, y, n_classes, penalty)
    W -= W.mean(axis=0)  # as it is at the minimum: rounding lets it drift where the penalty is small beside the features
    weights, intercepts = W[:, :-1], W[:, -1]
    if basis is not None:
        weights = weights @ basis.T
    return np.ascontiguousarray(weights), intercepts - weights @ centre


def _newton(X: FloatArray, y: IntArray, n_classes: int, penalty: float) -> FloatArray:
    n, d = X.shape
    columns = np.ones((d + 1, n))  # both orders are kept: every product then runs along memory
    columns[:d] = X.T
    rows = np.ascontiguousarray(columns.T)
    targets = np.zeros((n_classes, n))
    targets[y, np.arange(n)] = 1.0
    penalties = np.full(d + 1, penalty)
    penalties[d] = 0.0

    def objective(W: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        z = W @ columns
        z -= z.max(axis=0)
        agreed = np.vdot(z, targets)
        np.exp(z, out=z)
        total = z.sum(axis=0)
        z /= total
        gradient = (z - targets) @ rows
        gradient += penalties * W
        return float(np.log(total).sum() - agreed + 0.5 * np.vdot(W, penalties * W)), gradient, z

    # The first step from W = 0, where every class is equally likely, has a closed form: a ridge regression on the targets.
    solve = _preconditioner(columns, penalties, np.full(n, 1.0 / n_classes))
    W = solve((targets - 1.0 / n_classes) @ rows)
    loss, gradient, p = objective(W)
    if loss > n * np.log(n_classes):
        W = np.zeros_like(W)
        loss, gradient, p = objective(W)
    effort = 0
    for step in range(_STEPS):
        if step < 2 or effort > _SLOW:
            doubt = (1.0 - np.einsum("cn,cn->n", p, p)) / (n_classes - 1)
            solve = _preconditioner(columns, penalties, np.maximum(doubt, _LEAST_SHARE * doubt.max()))

        def curvature(v: FloatArray, p: FloatArray = p) -> FloatArray:
            b = v @ columns
            b *= p
            b -= p * b.sum(axis=0)
            product = b @ rows
            product += penalties * v
            return np.asarray(product)

        direction, decrement, effort = _conjugate_gradients(curvature, gradient, solve)
        if decrement < _DECREMENT:
            break
        slope, length = np.vdot(direction, gradient), 1.0
        while True:
            moved = W - length * direction
            new_loss, new_gradient, new_p = objective(moved)
            if new_loss <= loss - 1e-4 * length * slope + 1e-12 * abs(loss):
                break
            length *= 0.5
            if length < 1e-10:  # rounding is all that is left
                return W
        W, loss, gradient, p = moved, new_loss, new_gradient, new_p
    return W


def _conjugate_gradients(
    curvature: Callable[[FloatArray], FloatArray], gradient: FloatArray, solve: Solve
) -> tuple[FloatArray, float, int]:
    """The Newton step, nearly, its squared decrement at the start, and the number of iterations.

    The nearer the minimum, the more exactly it is solved: so the last steps converge quadratically.
    """
    direction = np.zeros_like(gradient)
    residual = gradient.copy()
    search = z = solve(residual)
    error = first = float(np.vdot(residual, z))
    goal = max(first * min(_INEXACT, first), 0.1 * _DECREMENT)
    iterations = 0
    while error > goal and iterations < gradient.size:
        bent = curvature(search)
        along = np.vdot(search, bent)
        if along <= 0:  # only rounding makes it so
            break
        length = error / along
        direction += length * search
        residual -= length * bent
        z = solve(residual)
        before, error = error, float(np.vdot(residual, z))
        search = z + (error / before) * search
        iterations += 1
    return direction, first, iterations


def _preconditioner(columns: FloatArray, penalties: FloatArray, weights: FloatArray) -> Solve:
    """What divides by Σᵢ weightᵢ xᵢxᵢᵀ + penalties, a row for each class."""
    from scipy.linalg.blas import dsyrk
    from scipy.linalg.lapack import dpotrf, dpotrs

    size = len(columns)
    if size > _FACTORED:
        diagonal = np.einsum("dn,dn,n->d", columns, columns, weights) + penalties
        return lambda right: right / diagonal
    matrix = dsyrk(1.0, (columns * np.sqrt(weights)).T, trans=1, lower=1)
    on_diagonal = np.arange(size)
    matrix[on_diagonal, on_diagonal] += penalties
    ridge = 0.0
    while True:
        factor, failed = dpotrf(matrix, lower=1, clean=0)
        if not failed:
            return lambda right: np.asarray(dpotrs(factor, right.T, lower=1)[0].T)
        # Features so large that the penalty drowns in rounding: a little more of it, for the preconditioner only.
        ridge = max(10.0 * ridge, 1e-14 * float(matrix[on_diagonal, on_diagonal].max()))
        matrix[on_diagonal, on_diagonal] += ridge
