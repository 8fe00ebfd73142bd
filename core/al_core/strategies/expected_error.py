"""Expected error reduction: ask for the label after which the retrained model is expected to err least on the pool.

With 0/1 loss the error of a model at an item is 1 − max_y P(y|x); with log loss it is the entropy −Σ_y P log P. Nobody knows
the label of the candidate yet, so its error is averaged over the current P(y|x).

On a Gaussian field retraining is a rank-one update: a label y at candidate k moves the field at item i to
f_i + (e_y − f_k) g_ik with g_ik = cov(i, k) / var(k). For any other learner it is done by retraining.
"""

from __future__ import annotations

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.parameters import Parameter
from al_core.learners.gaussian_field import GaussianField
from al_core.learners.model import Model
from al_core.strategies.registry import Choice, QueryContext, strategy

_CELLS = 1 << 18
"""Numbers worked on at a time: what fits into a processor's cache."""


@strategy(
    "expected_error_reduction",
    family="expected error",
    formula="Σ_y P(y|x) · mean_i [1 − max_c P⁺⁽ˣʸ⁾(c|xᵢ)], or the entropy of P⁺⁽ˣʸ⁾ with loss=log",
    source="Roy & McCallum 2001; on the Gaussian field Zhu, Lafferty & Ghahramani 2003",
    cost="Gaussian field: O(n²·(C + labels)), exact; other learners: C fits for each tried candidate",
    why="With its label the model is expected to be wrong on {score:.2%} of the pool, the least of all that were tried.",
    parameters={
        "loss": Parameter("what counts as error of the retrained model", choices=("zero_one", "log")),
        "tries": Parameter(
            "random candidates to try where trying all is out of reach; a Gaussian field of 5,000 tries all", low=1
        ),
    },
)
def expected_error_reduction(context: QueryContext, k: int, *, loss: str = "zero_one", tries: int = 20) -> Choice:
    """Smallest expected error on the pool after learning the candidate's label.

    A batch is chosen one by one: each pick is given its most probable label before the next is chosen, so that a batch does not
    ask for the same news twice. Scores are the expected error at the time of the pick.
    """
    model, n = context.model, len(context.candidates)
    if not isinstance(model, GaussianField) or not model.graph.positions(context.candidates)[1].all():
        return _by_retraining(context, _sample(context, max(k, tries)), k, loss)
    tried = np.arange(n) if model.prior is not None else _sample(context, max(k, tries))
    return _on_field(context, model, tried, k, loss)


def _sample(context: QueryContext, size: int) -> IntArray:
    n = len(context.candidates)
    return np.sort(context.rng.choice(n, size=min(n, size), replace=False))


def _on_field(context: QueryContext, model: GaussianField, tried: IntArray, k: int, loss: str) -> Choice:
    rows = context.candidates
    f = model.field(rows)  # not the sharpened one: what a label does to the field is linear
    covariance = model.covariance(rows[tried], rows)
    eligible = np.ones(len(tried), dtype=bool)
    picks, scores = np.empty(k, dtype=np.int64), np.empty(k)
    for position in range(k):
        variance = np.where(eligible, covariance[np.arange(len(tried)), tried], 1.0)
        errors = expected_errors(f, covariance, variance, f[tried], loss)
        best = _smallest(np.where(eligible, errors, np.inf), 1, context.rng)[0]
        picks[position], scores[position] = tried[best], errors[best]
        eligible[best] = False
        if position + 1 < k:
            f, covariance = _with_label(f, covariance, variance[best], int(best), int(tried[best]))
    return Choice(picks, scores, np.arange(1, k + 1))


def _with_label(f: FloatArray, covariance: FloatArray, variance: float, best: int, item: int) -> tuple[FloatArray, FloatArray]:
    """Field and covariance once ``item``, row ``best`` of the covariance, has its most probable label."""
    response = covariance[best] / variance
    label = np.eye(f.shape[1])[f[item].argmax()]
    f = f + np.outer(response, label - f[item])
    covariance = covariance - np.outer(covariance[:, item], response)
    covariance[best] = covariance[:, item] = 0.0  # exactly: what is known moves no more
    return f, covariance


def expected_errors(f: FloatArray, covariance: FloatArray, variance: FloatArray, beliefs: FloatArray, loss: str) -> FloatArray:
    """Mean error over the items of a field, expected after the label of each candidate.

    Parameters
    ----------
    f : float array, shape (n, n_classes), the field at the items.
    covariance : float array, shape (m, n), between candidates and items.
    variance : float array, shape (m,), of the candidates.
    beliefs : float array, shape (m, n_classes), the field at the candidates.
    loss : ``"zero_one"`` or ``"log"``.

    Returns
    -------
    Float array, shape (m,).
    """
    compute = _zero_one if loss == "zero_one" else _log
    out = np.empty(len(covariance))
    step = max(1, _CELLS // len(f))
    for begin in range(0, len(out), step):
        block = slice(begin, begin + step)
        out[block] = compute(f, covariance[block] / variance[block, None], beliefs[block])
    return out / len(f)


def _zero_one(f: FloatArray, responses: FloatArray, beliefs: FloatArray) -> FloatArray:
    """Summed 0/1 error. Where the leading class is ahead by 2 g or more no label of the candidate can overtake it, and what a
    label adds or takes cancels in the mean over labels: only the other pairs need to be looked at, a few in a hundred."""
    if f.shape[1] < 2:
        return np.zeros(len(responses))
    leaders = np.partition(f, -2, axis=1)
    best, second = leaders[:, -1], leaders[:, -2]
    pairs = np.flatnonzero(responses > (best - second) / 2)
    candidate, item = np.divmod(pairs, len(f))
    g = responses.ravel()[pairs]
    belief = np.take(beliefs.T, candidate, axis=1)
    with_label = np.take(f.T, item, axis=1)
    with_label += (1.0 - belief) * g
    without = with_label.max(axis=0) - g
    expected = (belief * np.maximum(with_label, without)).sum(axis=0)
    gains = np.bincount(candidate, expected - best[item], minlength=len(responses))
    return np.asarray(np.sum(1.0 - best) - gains)


def _log(f: FloatArray, responses: FloatArray, beliefs: FloatArray) -> FloatArray:
    """Summed entropy. A label y changes every class by −f_ky g and its own by + g, so each class has two entropies, not C."""
    from scipy.special import entr

    total = np.zeros(len(responses))
    for label in np.flatnonzero(f.any(axis=0)):
        belief = beliefs[:, label]
        without = f[:, label] - belief[:, None] * responses
        other = entr(np.maximum(without, 0.0)).sum(axis=1)
        own = entr(np.clip(without + responses, 0.0, 1.0)).sum(axis=1)
        total += (1.0 - belief) * other + belief * own
    return total


def _by_retraining(context: QueryContext, tried: IntArray, k: int, loss: str) -> Choice:
    if context.refit is None:
        raise ValueError("it needs to retrain the learner, and this context has none to retrain")
    errors = np.zeros(len(tried))
    for position, index in enumerate(tried):
        rows = np.append(context.labelled, context.candidates[index])
        order = np.argsort(rows)
        for label in np.flatnonzero(context.probabilities[index]):
            model = context.refit(rows[order], np.append(context.labels, label)[order])
            errors[position] += context.probabilities[index, label] * _error(model, context.candidates, int(index), loss)
    best = _smallest(errors, k, context.rng)
    return Choice(tried[best], errors[best], 1 + np.searchsorted(errors[best], errors[best]))


def _smallest(errors: FloatArray, k: int, rng: np.random.Generator) -> IntArray:
    """Positions of the ``k`` smallest, smallest first, ties in random order."""
    return np.lexsort((rng.random(len(errors)), errors))[:k]


def _error(model: Model, candidates: IntArray, known: int, loss: str) -> float:
    """Mean error of a retrained model over the pool; the candidate whose label it has learnt has none."""
    from scipy.special import entr

    p = model.probabilities(candidates)
    if not np.isfinite(p).all():
        raise ValueError("the retrained learner gave probabilities that are no numbers")
    errors = 1.0 - p.max(axis=1) if loss == "zero_one" else entr(p).sum(axis=1)
    errors[known] = 0.0
    return float(errors.sum() / len(candidates))
